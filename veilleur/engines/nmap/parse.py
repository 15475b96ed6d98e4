"""Reads nmap's XML, its own or a file that somebody hands in. Pure; bounded, without entities."""

import re
from ipaddress import ip_address
from xml.parsers import expat

from veilleur.domains.estate.rules.sweep import HostSeen, OpenPort, SweepFault, Swept, card_of
from veilleur.engines.agent_protocol.fields import clean

MOST_BYTES = 32 << 20
MOST_HOSTS = 20_000
_MOST_OF_A_HOST = 1000
_DEEPEST = 40
_NAME = 200
# How a document ends that was not written to its end.
_CUT = frozenset(
    expat.errors.codes[each]
    for each in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    )
)
_PROTOCOLS = frozenset({"tcp", "udp", "sctp"})


class _Refused(Exception):
    """Raised for a file that is not read further."""

    def __init__(self, fault: SweepFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def read(document: bytes) -> Swept | SweepFault:
    """Return what a file of nmap says was seen, or why it is not read.

    One that ends in the middle, as when nmap was stopped, gives the hosts that came before.
    """
    if len(document) > MOST_BYTES:
        return SweepFault.TOO_LARGE
    reader = _Reader()
    parser = _parser(reader)
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        if not (error.code in _CUT and reader.is_of_nmap):
            return SweepFault.NOT_OF_NMAP
    except (ValueError, LookupError):
        # An encoding that nobody knows.
        return SweepFault.NOT_OF_NMAP
    except _Refused as refused:
        return refused.fault
    return Swept(tuple(sorted(reader.hosts, key=_place)), is_whole=reader.is_finished)


def _parser(reader: "_Reader") -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = _document_type
    parser.EntityDeclHandler = _entity
    return parser


def _document_type(_name: str, _system: str | None, _public: str | None, has_declarations: bool) -> None:
    # nmap names a type, and declares nothing in it.
    if has_declarations:
        raise _Refused(SweepFault.ENTITIES)


def _entity(*_about: object) -> None:
    raise _Refused(SweepFault.ENTITIES)


def _place(host: HostSeen) -> tuple[int, int]:
    first = ip_address(host.addresses[0])
    return first.version, int(first)


class _Reader:
    """Takes elements as they come by."""

    def __init__(self) -> None:
        self.hosts: list[HostSeen] = []
        self.is_of_nmap = self.is_finished = False
        self._depth = 0
        self._host: _Host | None = None

    def start(self, name: str, told: dict[str, str]) -> None:
        """Take the beginning of an element."""
        self._depth += 1
        if self._depth == 1:
            self.is_of_nmap = name == "nmaprun" and told.get("scanner") == "nmap"
        if not self.is_of_nmap:
            raise _Refused(SweepFault.NOT_OF_NMAP)
        if self._depth > _DEEPEST:
            raise _Refused(SweepFault.TOO_LARGE)
        if name == "host" and self._depth == 2:
            self._host = _Host()
        elif name == "finished":
            self.is_finished = told.get("exit", "success") == "success"
        elif self._host is not None:
            self._host.take(name, told)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        self._depth -= 1
        if name == "host" and self._depth == 1 and self._host is not None:
            if (seen := self._host.seen()) is not None:
                self.hosts.append(seen)
            self._host = None
            if len(self.hosts) > MOST_HOSTS:
                raise _Refused(SweepFault.TOO_LARGE)


class _Host:
    """What one element `host` holds."""

    def __init__(self) -> None:
        self._is_up = True
        self._addresses: dict[str, None] = {}
        self._names: dict[str, None] = {}
        self._ports: set[OpenPort] = set()
        self._mac = self._maker = ""
        self._port = ("", 0)
        self._is_open = False

    def take(self, name: str, told: dict[str, str]) -> None:
        """Take an element within."""
        if name == "status":
            self._is_up = told.get("state", "up") == "up"
        elif name == "address":
            self._address(told)
        elif name == "hostname" and len(self._names) < _MOST_OF_A_HOST:
            self._names[clean(told.get("name", ""), _NAME)] = None
        else:
            self._of_a_port(name, told)

    def _address(self, told: dict[str, str]) -> None:
        written = told.get("addr", "")
        if told.get("addrtype") == "mac":
            self._mac, self._maker = card_of(written), clean(told.get("vendor", ""), _NAME)
        elif len(self._addresses) < _MOST_OF_A_HOST and (address := _address(written)):
            self._addresses[address] = None

    def _of_a_port(self, name: str, told: dict[str, str]) -> None:
        if name == "port":
            number = told.get("portid", "")
            is_number = re.fullmatch(r"[0-9]{1,5}", number) and int(number) < 2**16
            protocol = told.get("protocol", "")
            self._port = (protocol, int(number)) if is_number and protocol in _PROTOCOLS else ("", 0)
            self._is_open = False
        elif name == "state":
            self._is_open = told.get("state") == "open" and bool(self._port[0])
            if self._is_open and len(self._ports) < _MOST_OF_A_HOST:
                self._ports.add(OpenPort(*self._port))
        elif name == "service" and self._is_open and OpenPort(*self._port) in self._ports:
            self._ports.remove(OpenPort(*self._port))
            self._ports.add(OpenPort(*self._port, clean(told.get("name", ""), _NAME)))

    def seen(self) -> HostSeen | None:
        """Return the host, None for one that was silent."""
        if not (self._is_up and self._addresses):
            return None
        names = tuple(name for name in self._names if name)
        return HostSeen(tuple(self._addresses), self._mac, self._maker, names, tuple(sorted(self._ports)))


def _address(written: str) -> str:
    try:
        return str(ip_address(written.partition("%")[0]))
    except ValueError:
        return ""

"""A real OpenLDAP server for tests: folder, port on loopback and authority of its own; gone afterwards."""

import base64
import datetime
import ipaddress
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from ldap3 import MODIFY_REPLACE, NONE, Connection, Server

BASE = "dc=vexin,dc=example"
READER, READER_PASSWORD = f"cn=reader,{BASE}", "the reader's own password"
_PROGRAM = "/usr/sbin/slapd"
_ADMIN, _ADMIN_PASSWORD = f"cn=admin,{BASE}", "only the tests know it"
_CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
moduleload ppolicy
pidfile {folder}/slapd.pid
{tls}
{limits}
database mdb
maxsize 67108864
suffix "{base}"
rootdn "{admin}"
rootpw "{admin_password}"
directory {folder}/data
dbnosync
overlay memberof
overlay ppolicy
ppolicy_default "cn=policy,{base}"
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{reader}" read by * none
"""
_TLS = """TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
"""


def password_of(name: str) -> str:
    """Return the password of somebody who was added without saying any."""
    return f"the password of {name}"


def slapd_program() -> str | None:
    """Return the path of the server, None where it is not installed."""
    return shutil.which("slapd", path="/usr/sbin:/usr/bin:/usr/lib/openldap") or None


class Authority:
    """A certificate authority that exists for one test run."""

    def __init__(self, name: str = "Tests") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = self._begun(self._name, self._key.public_key()).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        self._certificate = made.add_extension(usage, critical=True).sign(self._key, hashes.SHA256())

    @property
    def pem(self) -> str:
        """Return the authority's certificate."""
        return self._certificate.public_bytes(serialization.Encoding.PEM).decode()

    def issue(self, folder: Path, names: Sequence[str], *, has_ended: bool = False) -> None:
        """Write the certificate and the key of a server with these names or addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        made = self._begun(subject, key.public_key(), has_ended=has_ended)
        made = made.add_extension(
            x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False
        )
        signed = made.sign(self._key, hashes.SHA256())
        (folder / "ca.pem").write_text(self.pem)
        (folder / "server.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        (folder / "server.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )

    def _begun(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *, has_ended: bool = False
    ) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        ends = now + datetime.timedelta(days=-1 if has_ended else 1)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=2))
            .not_valid_after(ends)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
        )


class ThrowawaySlapd:
    """A server with one database, below `BASE`; use it as a context manager.

    `names`: whose certificate it shows, signed by `authority`; without an authority it has no TLS at all.
    `limits` are lines of its configuration, such as "sizelimit 3".
    """

    def __init__(
        self,
        authority: Authority | None = None,
        *,
        names: Sequence[str] = ("localhost", "127.0.0.1"),
        has_ended: bool = False,
        limits: str = "",
    ) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="veilleur-slapd-"))
        self._authority, self._limits = authority, limits
        (self._folder / "data").mkdir()
        if authority is not None:
            authority.issue(self._folder, names, has_ended=has_ended)
        self.port, self.secure_port = _free_port(), _free_port()
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "ThrowawaySlapd":
        self._configure()
        self.load(_entry(BASE, ["dcObject", "organization"], {"o": "Vexin"}))
        policy = {"sn": "policy", "pwdAttribute": "userPassword", "pwdLockout": "TRUE"}
        self.load(_entry(f"cn=policy,{BASE}", ["person", "pwdPolicy"], policy))
        self.load(_entry(f"ou=people,{BASE}", ["organizationalUnit"], {}))
        self.load(_entry(f"ou=groups,{BASE}", ["organizationalUnit"], {}))
        reader = {"userPassword": READER_PASSWORD}
        self.load(_entry(READER, ["organizationalRole", "simpleSecurityObject"], reader))
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def url(self) -> str:
        """Return where it answers with TLS from the start, or without any where it has none."""
        if self._authority is None:
            return self.plain_url
        return f"ldaps://localhost:{self.secure_port}"

    @property
    def plain_url(self) -> str:
        """Return where it answers, and begins TLS when asked to."""
        return f"ldap://localhost:{self.port}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        urls = f"ldap://127.0.0.1:{self.port}"
        if self._authority is not None:
            urls += f" ldaps://127.0.0.1:{self.secure_port}"
        # With "-d" it stays the child that it is.
        command = (_program(), "-d", "0", "-f", self._folder / "slapd.conf", "-h", urls)
        self._server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end_s = time.monotonic() + 10
        while time.monotonic() < end_s:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.01)
        raise AssertionError("slapd does not answer")

    def stop(self) -> None:
        """Stop the server; its data stays until the end of the context."""
        if self._server is not None:
            self._server.send_signal(signal.SIGTERM)
            self._server.wait(timeout=10)
            self._server = None

    def add_person(self, name: str, *, password: str = "", **attributes: str) -> str:
        """Add somebody, called and addressed by `name` where nothing else is said; return the DN."""
        dn = f"cn={name},ou=people,{BASE}"
        values = {
            "sn": name,
            "uid": name,
            "mail": f"{name}@vexin.example",
            "userPassword": password or password_of(name),
            **attributes,
        }
        with self._as_admin() as admin:
            admin.add(dn, "inetOrgPerson", {key: value for key, value in values.items() if value})
        return dn

    def add_group(self, name: str, members: Sequence[str], kind: str = "groupOfNames") -> str:
        """Add a group of these entries, or of these logins for a posixGroup; return its DN."""
        dn = f"cn={name},ou=groups,{BASE}"
        attribute = {"posixGroup": "memberUid", "groupOfUniqueNames": "uniqueMember"}.get(kind, "member")
        more = {"gidNumber": 1000} if kind == "posixGroup" else {}
        with self._as_admin() as admin:
            admin.add(dn, kind, {attribute: list(members), **more})
        return dn

    def replace(self, dn: str, **attributes: str | Sequence[str]) -> None:
        """Give an entry other values of these attributes; an empty one takes the attribute away."""
        values = {
            key: [value] if isinstance(value, str) else list(value) for key, value in attributes.items()
        }
        changes = {key: [(MODIFY_REPLACE, [each for each in value if each])] for key, value in values.items()}
        with self._as_admin() as admin:
            admin.modify(dn, changes)

    def remove(self, dn: str) -> None:
        """Remove an entry."""
        with self._as_admin() as admin:
            admin.delete(dn)

    def rename(self, dn: str, name: str) -> str:
        """Give an entry another name; return its new DN."""
        with self._as_admin() as admin:
            admin.modify_dn(dn, f"cn={name}")
        return f"cn={name},{dn.partition(',')[2]}"

    def _as_admin(self) -> Connection:
        server = Server("127.0.0.1", self.port, get_info=NONE)
        return Connection(
            server, _ADMIN, _ADMIN_PASSWORD, auto_bind=True, raise_exceptions=True, check_names=False
        )

    def load(self, ldif: str) -> None:
        """Load LDIF text while the server does not run."""
        # Beside the server: only root has that folder on the path.
        program = Path(slapd_program() or _PROGRAM).with_name("slapadd")
        command = (program, "-q", "-f", self._folder / "slapd.conf")
        subprocess.run(command, input=ldif.encode(), check=True, capture_output=True)

    def _configure(self) -> None:
        tls = _TLS.format(folder=self._folder) if self._authority else ""
        text = _CONFIG.format(
            folder=self._folder,
            tls=tls,
            limits=self._limits,
            base=BASE,
            admin=_ADMIN,
            admin_password=_ADMIN_PASSWORD,
            reader=READER,
        )
        (self._folder / "slapd.conf").write_text(text)


def _entry(dn: str, classes: Sequence[str], attributes: Mapping[str, str]) -> str:
    lines = [f"dn:: {_coded(dn)}", *(f"objectClass: {name}" for name in classes)]
    return "\n".join(lines + [f"{key}:: {_coded(value)}" for key, value in attributes.items()]) + "\n"


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _program() -> str:
    program = slapd_program()
    assert program is not None, "no OpenLDAP server is installed: apt install slapd"
    return program

"""Behind the estate's port DeviceReader: asks column by column, so many at once, and gives up in time.

Devices are slow and small: one question is under way at a time, and each is asked once more at most.
"""

import asyncio
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from pysnmp.error import PySnmpError
from pysnmp.hlapi.v3arch.asyncio import (
    USM_AUTH_HMAC96_SHA,
    USM_AUTH_HMAC192_SHA256,
    USM_AUTH_HMAC384_SHA512,
    USM_AUTH_NONE,
    USM_PRIV_CFB128_AES,
    USM_PRIV_CFB256_AES,
    USM_PRIV_NONE,
    CommunityData,
    ContextData,
    ObjectIdentity,
    ObjectType,
    SnmpEngine,
    Udp6TransportTarget,
    UdpTransportTarget,
    UsmUserData,
    bulk_cmd,
)
from pysnmp.proto import errind
from pysnmp.proto.rfc1905 import EndOfMibView

from veilleur.domains.estate.rules.devices import (
    Cipher,
    Community,
    DeviceAccess,
    DeviceFacts,
    Digest,
    SnmpUser,
)
from veilleur.domains.estate.rules.reach import Reach, Unreached
from veilleur.engines.snmp import commands, parse
from veilleur.engines.snmp.commands import Column
from veilleur.engines.snmp.parse import Index, Value

_DIGESTS = {
    Digest.SHA1: USM_AUTH_HMAC96_SHA,
    Digest.SHA256: USM_AUTH_HMAC192_SHA256,
    Digest.SHA512: USM_AUTH_HMAC384_SHA512,
}
_CIPHERS = {Cipher.AES128: USM_PRIV_CFB128_AES, Cipher.AES256: USM_PRIV_CFB256_AES}
# The status by which a device says that this user, or this way of asking, may not (RFC 3416).
_MAY_NOT = 16
# As long as the protocol asks for, and no shorter one is taken by the library either.
_SHORTEST_PASSWORD = 8


@dataclass(frozen=True)
class Bounds:
    """How long a device is waited for, and how much it may tell."""

    answer_s: float = 3.0
    again: int = 1
    all_s: float = 90.0
    rows: int = 2000
    at_once: int = 20


DEFAULT_BOUNDS = Bounds()


class _Fault(Exception):
    """Raised when a device does not answer as it should."""

    def __init__(self, reason: Reach) -> None:
        super().__init__(reason.value)
        self.reason = reason


# The first that an error is an instance of.
_REASONS: tuple[tuple[type[Exception], Reach], ...] = (
    (socket.gaierror, Reach.NAME_UNKNOWN),
    (TimeoutError, Reach.TIMED_OUT),
    (OSError, Reach.NOT_REACHED),
    (PySnmpError, Reach.OTHER_PROTOCOL),
)


class SnmpDevices:
    """Reads devices by SNMP; keeps nothing."""

    def __init__(self, bounds: Bounds = DEFAULT_BOUNDS) -> None:
        self._bounds = bounds

    def read(self, access: DeviceAccess) -> DeviceFacts | Unreached:
        """Return what a device tells of itself; see the port."""
        if isinstance(access.who, SnmpUser) and _is_short(access.who):
            return Unreached(Reach.LOGIN_REFUSED)
        try:
            return asyncio.run(self._read(access))
        except _Fault as fault:
            return Unreached(fault.reason)
        except (OSError, PySnmpError) as error:
            return Unreached(next(reason for kind, reason in _REASONS if isinstance(error, kind)))

    async def _read(self, access: DeviceAccess) -> DeviceFacts:
        engine = SnmpEngine()
        try:
            async with asyncio.timeout(self._bounds.all_s):
                device = _Device(engine, access, self._bounds, await self._place(access))
                return parse.facts_of(await device.answers())
        finally:
            engine.close_dispatcher()

    async def _place(self, access: DeviceAccess) -> UdpTransportTarget | Udp6TransportTarget:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(access.host, access.port, type=socket.SOCK_DGRAM)
        family, *_rest, address = found[0]
        kind = Udp6TransportTarget if family == socket.AF_INET6 else UdpTransportTarget
        target: UdpTransportTarget | Udp6TransportTarget = await kind.create(
            (address[0], access.port), timeout=self._bounds.answer_s, retries=self._bounds.again
        )
        return target


class _Device:
    """One device while it is read."""

    def __init__(
        self,
        engine: SnmpEngine,
        access: DeviceAccess,
        bounds: Bounds,
        place: UdpTransportTarget | Udp6TransportTarget,
    ) -> None:
        self._engine, self._place, self._bounds = engine, place, bounds
        self._who = _who(access.who)

    async def answers(self) -> dict[Column, dict[Index, Value]]:
        told = await self._columns(commands.FIRST)
        if not any(told.values()):
            raise _Fault(Reach.NO_VIEW)
        return told | await self._columns(commands.TABLES)

    async def _columns(self, columns: Iterable[Column]) -> dict[Column, dict[Index, Value]]:
        return {column: await self._column(column) for column in columns}

    async def _column(self, column: Column) -> dict[Index, Value]:
        """Return a column of a table; one that a device does not have is empty."""
        root = tuple(map(int, column.split(".")))
        found: dict[Index, Value] = {}
        last = root
        while True:
            rows = await self._next(last)
            for place, value in rows:
                if place[: len(root)] != root or isinstance(value, EndOfMibView):
                    return found
                if place <= last:
                    # It goes in circles, as some broken devices do.
                    raise _Fault(Reach.OTHER_PROTOCOL)
                found[place[len(root) :]] = _plain(value)
                last = place
            if not rows or len(found) > self._bounds.rows:
                return found

    async def _next(self, place: Index) -> list[tuple[Index, object]]:
        trouble, status, _where, rows = await bulk_cmd(
            self._engine,
            self._who,
            self._place,
            ContextData(),
            0,
            self._bounds.at_once,
            ObjectType(ObjectIdentity(place)),
            lookupMib=False,
        )
        if trouble:
            raise _Fault(_reason(trouble))
        if status:
            if int(status) == _MAY_NOT:
                raise _Fault(Reach.LOGIN_REFUSED)
            return []
        return [(tuple(row[0]), row[1]) for row in rows]


def _who(who: Community | SnmpUser) -> CommunityData | UsmUserData:
    if isinstance(who, Community):
        # Version 2c, for devices that speak no other.
        return CommunityData(who.word, mpModel=1)  # noqa: S508
    return UsmUserData(
        who.login,
        who.password or None,
        who.privacy or None,
        authProtocol=_DIGESTS[who.digest] if who.password else USM_AUTH_NONE,
        privProtocol=_CIPHERS[who.cipher] if who.privacy else USM_PRIV_NONE,
    )


def _is_short(user: SnmpUser) -> bool:
    has_short_privacy = bool(user.privacy) and len(user.privacy) < _SHORTEST_PASSWORD
    return not user.login or len(user.password) < _SHORTEST_PASSWORD or has_short_privacy


def _reason(trouble: errind.ErrorIndication) -> Reach:
    if isinstance(trouble, errind.RequestTimedOut):
        return Reach.SILENT
    refused = (
        errind.UnknownUserName,
        errind.WrongDigest,
        errind.UnsupportedSecurityLevel,
        errind.DecryptionError,
    )
    return Reach.LOGIN_REFUSED if isinstance(trouble, refused) else Reach.OTHER_PROTOCOL


def _plain(value: object) -> Value:
    """Return a value without the library's own types."""
    if hasattr(value, "asOctets"):
        return bytes(value.asOctets())
    try:
        return int(value)  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError):
        return str(value)

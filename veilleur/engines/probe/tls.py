"""Real TLS handshakes: the certificate that a port presents, whoever signed it, and which ports speak TLS."""

import asyncio
import functools
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509

from veilleur.engines.probe.targets import split_target

_DAY = timedelta(days=1)
# A server that speaks first (mail, SSH, databases) does so at once.
_BANNER_S = 0.3
_HANDSHAKE_S = 3.0
_AT_ONCE = 20


@functools.cache
def _reading_context() -> ssl.SSLContext:
    """Return the one of this process: making one costs more than a handshake."""
    context = ssl.create_default_context()
    # The question is until when a certificate lasts, not whether it is trusted.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def days_left(certificate: bytes, now: datetime) -> int:
    """Return how long a certificate (DER) is valid after `now`, in thousandths of a day; below 0: expired."""
    end = x509.load_der_x509_certificate(certificate).not_valid_after_utc
    return (end - now) * 1000 // _DAY


async def presented_certificate(target: str) -> bytes:
    """Return the certificate (DER) that a port presents; OSError, or ValueError where none was presented."""
    host, port = split_target(target)
    _reader, writer = await asyncio.open_connection(host, port, ssl=_reading_context())
    try:
        return _certificate_of(writer)
    finally:
        # No polite goodbye: a server that never answers it would hold the slot.
        writer.transport.abort()


def _certificate_of(writer: asyncio.StreamWriter) -> bytes:
    found = writer.get_extra_info("ssl_object")
    certificate = found.getpeercert(binary_form=True) if found else None
    if not certificate:
        raise ValueError("no certificate was presented")
    return bytes(certificate)


class HandshakeFinder:
    """Implements monitoring's `TlsFinder`."""

    def speaking_tls(self, targets: Sequence[str]) -> tuple[str, ...]:
        """Return those targets that completed a handshake, in their order."""
        return asyncio.run(_find(targets)) if targets else ()


async def _find(targets: Sequence[str]) -> tuple[str, ...]:
    slots = asyncio.Semaphore(_AT_ONCE)

    async def ask(target: str) -> bool:
        async with slots:
            return await _speaks_tls(target)

    answers = await asyncio.gather(*(ask(target) for target in targets))
    return tuple(target for target, answer in zip(targets, answers, strict=True) if answer)


async def _speaks_tls(target: str) -> bool:
    try:
        async with asyncio.timeout(_HANDSHAKE_S):
            reader, writer = await asyncio.open_connection(*split_target(target))
            try:
                if await _speaks_first(reader):
                    return False
                await writer.start_tls(_reading_context())
                return bool(_certificate_of(writer))
            finally:
                writer.transport.abort()
    except (OSError, ValueError):
        # Gone meanwhile, silent, or speaking something else: no TLS was found there.
        return False


async def _speaks_first(reader: asyncio.StreamReader) -> bool:
    try:
        async with asyncio.timeout(_BANNER_S):
            # Bytes are a banner, no bytes a closed connection: no handshake either way.
            await reader.read(1)
            return True
    except TimeoutError:
        return False

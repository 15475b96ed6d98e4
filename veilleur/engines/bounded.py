"""A socket that ends: after so many seconds in all, and after so many bytes, whatever the other side does."""

import socket
import time


class TooMuch(OSError):
    """The other side sends more than any honest answer has."""


class BoundedSocket:
    """What the library uses of a socket, within limits. A limit per answer alone would let a server that
    sends a byte now and then hold a thread for ever.
    """

    def __init__(self, inner: socket.socket, *, until_s: float, patience_s: float, most_bytes: int) -> None:
        self.inner = inner
        self._until_s, self._patience_s, self._left = until_s, patience_s, most_bytes

    def recv(self, size: int) -> bytes:
        """Return what came; raise TimeoutError or TooMuch."""
        self.arm()
        data = self.inner.recv(size)
        self._left -= len(data)
        if self._left < 0:
            raise TooMuch("the answer is too long")
        return data

    def sendall(self, data: bytes) -> None:
        """Send all of it, or raise OSError."""
        self.arm()
        self.inner.sendall(data)

    def arm(self) -> None:
        """Give the next step what is left of the time; raise TimeoutError when nothing is."""
        left_s = self._until_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("timed out")
        self.inner.settimeout(min(left_s, self._patience_s))

    def shutdown(self, how: int) -> None:
        """End both ways."""
        self.inner.shutdown(how)

    def close(self) -> None:
        """Close the socket."""
        self.inner.close()

"""An authenticator app: given a secret, it shows the codes of any moment. Written apart from ours."""

import base64
import hashlib
import hmac
import struct
import time


class App:
    """Shows codes."""

    def __init__(self, secret: str) -> None:
        self._key = base64.b32decode(secret)

    @staticmethod
    def settle() -> None:
        """Wait for the next half minute if this one is nearly over: a code shown now would be old at once."""
        left_s = 30 - time.time() % 30
        if left_s < 3:
            time.sleep(left_s)

    def code(self, steps_later: int = 0) -> str:
        """Return the code that the app shows so many half minutes from now."""
        counter = struct.pack(">Q", int(time.time()) // 30 + steps_later)
        digest = hmac.new(self._key, counter, hashlib.sha1).digest()
        start = digest[19] & 15
        return str(int.from_bytes(digest[start : start + 4], "big") % 2**31)[-6:].zfill(6)

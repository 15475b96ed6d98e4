"""How often a token, and an address with bad tokens, may ask: counted in memory, by the process that serves.

Nobody guesses a token of 238 random bits: these limits are about load, and about one program that leaves no
time to others. That is worth no write to the database at every request. A restart forgets them.
"""

from collections import OrderedDict
from threading import Lock

WINDOW_S = 60
# Beyond that many callers in one minute the oldest are forgotten; each is a few dozen bytes.
_MOST_KEYS = 10_000


class Rates:
    """Counts by key in windows of a minute, of the caller's own clock."""

    def __init__(self) -> None:
        self._counts: OrderedDict[tuple[str, object], tuple[int, int]] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, kind: str, key: object, most: int, now_s: float) -> int:
        """Count one more, and return how many seconds to wait: 0 up to `most` in this minute."""
        window = int(now_s // WINDOW_S)
        with self._lock:
            seen_in, count = self._counts.pop((kind, key), (window, 0))
            count = count + 1 if seen_in == window else 1
            self._counts[kind, key] = window, count
            if len(self._counts) > _MOST_KEYS:
                self._counts.popitem(last=False)
        return 0 if count <= most else WINDOW_S - int(now_s % WINDOW_S)


RATES = Rates()

"""Bulk work in chunks that each fit into a turn, so that everybody else comes in between."""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from veilleur.shared.sqlite_turn.turn import waited_s

Item = TypeVar("Item")

# Well below the budget of a turn: the next chunk may be slower than the last.
TARGET_S = 0.025
FIRST = 20
LARGEST = 2000


def work_in_chunks(
    items: Sequence[Item],
    work: Callable[[Sequence[Item]], object],
    *,
    target_s: float = TARGET_S,
    after_each: Callable[[int], object] = lambda _: None,
) -> int:
    """Call `work` with one chunk after the other, in order, and return how many items were worked on.

    `work` is one recorded action: it commits its chunk, and with it how far the whole has come, so that work
    that was killed resumes with the items after that. The size of chunks follows the time they take once
    they have their turn, towards `target_s` seconds each: who waits long would wait longer still with small
    ones. `after_each` gets the number of items done so far, after each commit.
    """
    done, size = 0, FIRST
    while done < len(items):
        chunk = items[done : done + size]
        began, waited_before_s = time.monotonic(), waited_s()
        work(chunk)
        took_s = time.monotonic() - began - (waited_s() - waited_before_s)
        done += len(chunk)
        size = next_size(len(chunk), took_s, target_s)
        after_each(done)
    return done


def next_size(size: int, took_s: float, target_s: float) -> int:
    """Return the size of the next chunk after one of `size` items took `took_s` seconds.

    It shrinks at once and grows by half at most: a chunk that is too long is worse than one too short.
    """
    fitting = int(size * target_s / max(took_s, 1e-6))
    return max(1, min(fitting, size + max(1, size // 2), LARGEST))

"""The watch measures itself: how late its checks start, how many it skipped and made. Pure."""

from dataclasses import dataclass, field


@dataclass
class Figures:
    """Counts since the last time they were taken. Lateness in milliseconds."""

    lateness_ms: list[float] = field(default_factory=list)
    skipped: int = 0
    made: int = 0

    def take(self) -> tuple[tuple[str, float], ...]:
        """Return the figures as series and start anew."""
        late = sorted(self.lateness_ms)
        series = [("watch.checks", float(self.made)), ("watch.skipped", float(self.skipped))]
        if late:
            # The nearest rank: with few checks the 99th percentile is the latest one.
            series.append(("watch.lateness_p99_ms", late[-(-99 * len(late) // 100) - 1]))
            series.append(("watch.lateness_max_ms", late[-1]))
        self.lateness_ms, self.skipped, self.made = [], 0, 0
        return tuple(series)

"""What the tables about rotas may say: codes alone, so that whoever loads the tables loads no arithmetic."""

from enum import StrEnum


class Cover(StrEnum):
    """Which hours somebody must answer for."""

    OUTSIDE = "outside"
    ALWAYS = "always"
    WITHIN = "within"


class ShiftKind(StrEnum):
    """Why a stretch of duty is somebody else's than the turns say."""

    PLANNED = "planned"
    TAKEN_OVER = "taken_over"
    SWAPPED = "swapped"


class AbsenceKind(StrEnum):
    """Why somebody is away."""

    LEAVE = "leave"
    ILLNESS = "illness"
    OTHER = "other"


class SwapOutcome(StrEnum):
    """What became of a swap that somebody asked for."""

    OPEN = "open"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

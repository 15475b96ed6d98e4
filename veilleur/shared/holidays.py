"""Public holidays of France by place: the only door to the `holidays` library.

Called by `shared/hours.py` and by on-call rotas; dates are local calendar days of the place.
"""

from datetime import date
from functools import lru_cache

import holidays

# The library groups Moselle, Bas-Rhin and Haut-Rhin under one code of its own.
_ALSACE_MOSELLE = dict.fromkeys(("FR-57", "FR-67", "FR-68"), "6AE")
_OVERSEAS_NAMES = ("971", "972", "973", "974", "976", "BL", "MF", "NC", "PF", "PM", "TF", "WF")
_OVERSEAS = {f"FR-{place}": place for place in _OVERSEAS_NAMES}
_PLACES: dict[str, str | None] = {"FR": None, **_ALSACE_MOSELLE, **_OVERSEAS}

HOLIDAY_CODES = tuple(_PLACES)


def check_holiday_code(code: str) -> None:
    """Raise ValueError unless the code is one of `HOLIDAY_CODES`."""
    if code not in _PLACES:
        raise ValueError(f"{code!r} is no known holidays code: use one of {', '.join(HOLIDAY_CODES)}")


@lru_cache(maxsize=1024)
def public_holidays(code: str, year: int) -> frozenset[date]:
    """Return the public holidays of a place in one year.

    `FR` has the eleven national days; `FR-57`, `FR-67` and `FR-68` (Moselle, Bas-Rhin, Haut-Rhin)
    add Good Friday and 26 December, `FR-971` and the like the days kept overseas. ValueError for
    another code, and for a year that the library does not know: no holidays at all would be a
    wrong answer given in silence.
    """
    check_holiday_code(code)
    calendar = holidays.country_holidays("FR", subdiv=_PLACES[code], years=year)
    if not calendar.start_year <= year <= calendar.end_year:
        raise ValueError(
            f"public holidays are known from {calendar.start_year} to {calendar.end_year}, not for {year}"
        )
    return frozenset(calendar)

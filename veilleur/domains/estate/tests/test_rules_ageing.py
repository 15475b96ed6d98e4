"""What has ended, what ends soon, and what may as well end."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from veilleur.domains.estate.rules.ageing import Ageing, AgeingIn, aged

TODAY = date(2026, 11, 28)
DAY = timedelta(days=1)


def component(number: int = 1, **said: object) -> AgeingIn:
    values: dict[str, object] = {"updates_until": None, "warranty_until": None, "is_counted_on": True}
    return AgeingIn(UUID(int=number), f"srv-{number:02}", **(values | said))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        # The last day is still covered.
        (-1, [Ageing.SYSTEM_ENDED]),
        (0, [Ageing.SYSTEM_ENDS]),
        (90, [Ageing.SYSTEM_ENDS]),
        (91, []),
    ],
)
def test_a_system_is_named_from_ninety_days_before_its_last_day(days: int, expected: list[Ageing]) -> None:
    found = aged([component(updates_until=TODAY + days * DAY)], TODAY)

    assert [each.ageing for each in found] == expected


def test_a_warranty_is_named_only_where_people_count_on_the_component() -> None:
    over = TODAY - DAY

    assert [each.ageing for each in aged([component(warranty_until=over)], TODAY)] == [Ageing.WARRANTY_ENDED]
    assert aged([component(warranty_until=over, is_counted_on=False)], TODAY) == ()


def test_what_nobody_has_said_is_not_old() -> None:
    assert aged([component()], TODAY) == ()


def test_the_gravest_come_first_and_among_them_what_ended_first() -> None:
    found = aged(
        [
            component(1, warranty_until=TODAY - 9 * DAY),
            component(2, updates_until=TODAY - DAY),
            component(3, updates_until=TODAY - 30 * DAY),
            component(4, updates_until=TODAY + DAY),
        ],
        TODAY,
    )

    assert [each.name for each in found] == ["srv-03", "srv-02", "srv-04", "srv-01"]

"""What an erasure would do: what goes, what stays and why, counted before anybody presses the button."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps

from veilleur.domains.journal.queries import sequence_of
from veilleur.domains.journal.queries.bodies import count_by_actor, whole_bodies_with
from veilleur.domains.organisations.labels.personal_data import DISPOSITIONS, HELD_TABLES, WHY
from veilleur.domains.organisations.ports import PERSONAL_DATA
from veilleur.domains.organisations.queries.address_digests import address_digest
from veilleur.domains.organisations.queries.erasures import PersonHere
from veilleur.domains.organisations.queries.mentions import Mention, whole_mentions, whole_policy
from veilleur.domains.organisations.rules.erasure_policy import ACCOUNT
from veilleur.domains.organisations.rules.personal_data import Disposition, Held, Key, Whose, Why, is_named
from veilleur.shared.models import TenantModel

# Entries that are read at once: no read lasts long.
ENTRIES_AT_ONCE = 20_000
_GOING = (Disposition.ROW_GOES, Disposition.EMPTIED)


@dataclass(frozen=True)
class Line:
    """Rows of one table that are about the person, and what becomes of them."""

    table: str
    count: int
    disposition: Disposition
    why: Why

    @property
    def word(self) -> str:
        """Return what people call these rows."""
        is_pseudonym = self.table == "organisations.Person" and self.disposition is Disposition.PSEUDONYMISED
        return table_word("organisations.Person.pseudonym" if is_pseudonym else self.table)

    @property
    def disposition_word(self) -> str:
        """Return what becomes of them, in words."""
        return str(DISPOSITIONS[self.disposition])

    @property
    def why_word(self) -> str:
        """Return why, in a sentence."""
        return str(WHY[self.why])


@dataclass(frozen=True)
class Preview:
    """What an erasure would do to one organisation's data, and to the account."""

    going: tuple[Line, ...]
    staying: tuple[Line, ...]
    bodies: int
    mentions: tuple[Mention, ...]
    is_account_going: bool

    @property
    def held(self) -> dict[str, int]:
        """Return how many rows of each kind are held; one that goes in part and stays in part counts once."""
        counts: dict[str, int] = {}
        for line in (*self.going, *self.staying):
            counts[line.word] = max(line.count, counts.get(line.word, 0))
        return counts


def preview_of(organisation_id: int, person: PersonHere) -> Preview:
    """Return what the erasure of somebody would do now. Reads the organisation's journal and texts once."""
    lines = list(_lines(organisation_id, person))
    end = sequence_of(organisation_id)
    bodies = sum(
        len(named_bodies(organisation_id, person.whose, after=start, up_to=start + ENTRIES_AT_ONCE))
        for start in range(0, end, ENTRIES_AT_ONCE)
    )
    return Preview(
        going=tuple(line for line in lines if line.disposition in _GOING),
        staying=tuple(line for line in lines if line.disposition not in _GOING),
        bodies=bodies,
        mentions=whole_mentions(organisation_id, person.whose),
        is_account_going=not person.is_held_elsewhere,
    )


def rows_about(held: Held, whose: Whose, organisation_id: int | None) -> Any:
    """Return the rows of a policy's column that are about a person; None: of whatever organisation."""
    model = apps.get_model(held.table)
    if not issubclass(model, TenantModel):
        rows = model._default_manager.all()
    elif organisation_id is None:
        rows = model.objects.across_organisations("the account goes, and with it what hangs on it")
    else:
        rows = model.objects.of(organisation_id)
    return rows.filter(**{held.by: whose.value(held.key)})


def named_bodies(organisation_id: int | None, whose: Whose, *, after: int, up_to: int) -> tuple[UUID, ...]:
    """Return the entries of a chain, after < sequence <= up_to, whose bodies name a person by more than the
    pseudonym. None is the installation's chain, which also names addresses by their digest.
    """
    digest = address_digest(whose.address) if organisation_id is None else ""
    needles = whose.sought.needles
    bodies = whole_bodies_with(
        organisation_id, (*needles, digest) if digest and needles else needles, after=after, up_to=up_to
    )
    return tuple(
        body.id for body in bodies if is_named(body.text, whose.sought) or (digest and digest in body.text)
    )


def _lines(organisation_id: int, person: PersonHere) -> Iterator[Line]:
    """Yield what is held about a person by table, what goes first."""
    counts: Counter[tuple[str, Disposition, Why]] = Counter()
    seen = set()
    for held in whole_policy():
        path = (held.table, held.by, held.disposition)
        is_of_account = held in ACCOUNT
        if held.key is Key.NONE or path in seen or (is_of_account and person.is_held_elsewhere):
            continue
        seen.add(path)
        if held.table == "journal.Entry":
            count = count_by_actor(organisation_id, person.whose.pseudonym)
        else:
            count = rows_about(held, person.whose, organisation_id).count()
        counts[held.table, held.disposition, held.why] += count
    for (table, disposition, why), count in counts.items():
        if count:
            yield Line(table, count, disposition, why)


def table_word(table: str) -> str:
    """Return what people call the rows of a table."""
    for part in PERSONAL_DATA.get():
        if table in part.places:
            return str(part.places[table].word)
    return str(HELD_TABLES[table] if table in HELD_TABLES else apps.get_model(table)._meta.verbose_name)

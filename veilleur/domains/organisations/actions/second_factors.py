"""Second factors: codes are spent, and what is added or removed is a fact. The library keeps the rest."""

from datetime import datetime

from allauth.mfa.models import Authenticator

from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.organisations.facts import RecoveryCodesMade, SecondFactorAdded, SecondFactorRemoved
from veilleur.domains.organisations.models import Person
from veilleur.domains.organisations.queries import chains_of
from veilleur.shared.viewer import Actor

ALL = "all"


@recorded
def spend_code(*, now: datetime, actor: Actor, person_id: int, step: int) -> bool:
    """Spend the one-time code of a step; False where it, or a later one, was spent already.

    Of two who come at once with one code, one gets True: the spending is one conditional update.
    """
    unspent = Person.objects.filter(pk=person_id, last_code_step__lt=step)
    return unspent.update(last_code_step=step) == 1


@recorded
def note_second_factor_added(*, now: datetime, actor: Actor, person_id: int, factor: str) -> None:
    """Record that the person has one more second factor, in every organisation of the person."""
    _note(SecondFactorAdded(factor=factor), person_id, now)


@recorded
def note_second_factor_removed(*, now: datetime, actor: Actor, person_id: int, factor: str) -> None:
    """Record that the person removed a second factor, in every organisation of the person."""
    _note(SecondFactorRemoved(factor=factor, by_operator=False), person_id, now)


@recorded
def note_recovery_codes(*, now: datetime, actor: Actor, person_id: int) -> None:
    """Record that the person has new recovery codes, in every organisation of the person."""
    _note(RecoveryCodesMade(), person_id, now)


@recorded
def forget_second_factors(*, now: datetime, actor: Actor, person_id: int) -> int:
    """Remove every second factor of somebody who lost them, and end the person's sessions; return how many.

    For whoever runs the machine: no page does it.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    kept = Authenticator.objects.filter(user_id=person_id)
    # Recovery codes go with them and are none of their own.
    removed = kept.exclude(type=Authenticator.Type.RECOVERY_CODES).count()
    kept.delete()
    person.session_generation += 1
    person.save(update_fields=["session_generation"])
    _note(SecondFactorRemoved(factor=ALL, by_operator=True), person_id, now)
    return int(removed)


def _note(fact: object, person_id: int, now: datetime) -> None:
    person = Person.objects.get(pk=person_id)
    for organisation_id in chains_of(person_id, now):
        record(fact, subject=person.public_id, organisation_id=organisation_id)

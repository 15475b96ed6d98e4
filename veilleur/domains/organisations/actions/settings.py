"""What an organisation decides about itself: its profile, and who signs in with a second factor."""

from collections.abc import Collection
from datetime import datetime

from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.organisations.actions.authority import has_lost
from veilleur.domains.organisations.actions.memberships import hold_members
from veilleur.domains.organisations.actions.people import name_organisation
from veilleur.domains.organisations.facts import ProfileChosen, SecondFactorAsked
from veilleur.domains.organisations.models import Organisation
from veilleur.domains.organisations.rules.profiles import Profile
from veilleur.domains.organisations.rules.roles import Permission, Role
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@recorded
def set_organisation(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    name: str,
    profile: Profile,
    second_factor_roles: Collection[Role],
) -> Refused | None:
    """Set all of it at once, as its page does; what stays as it is leaves no fact.

    Refuse "no_longer_allowed" where whoever acts lost the right to it while waiting.
    """
    hold_members(organisation_id)
    if has_lost(Permission.SET_ORGANISATION, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    name_organisation(now=now, actor=actor, organisation_id=organisation_id, name=name)
    choose_profile(now=now, actor=actor, organisation_id=organisation_id, profile=profile)
    ask_second_factor(now=now, actor=actor, organisation_id=organisation_id, roles=second_factor_roles)
    return None


@recorded
def choose_profile(*, now: datetime, actor: Actor, organisation_id: int, profile: Profile) -> None:
    """Show more of Veilleur, or less; nothing for the profile of before. Nothing is lost by it."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    before = organisation.profile
    if profile == before:
        return
    organisation.profile = profile
    organisation.save(update_fields=["profile"])
    fact = ProfileChosen(profile=profile, profile_before=before)
    record(fact, subject=organisation.public_id, organisation_id=organisation_id)


@recorded
def ask_second_factor(*, now: datetime, actor: Actor, organisation_id: int, roles: Collection[Role]) -> None:
    """Let whoever has one of these roles in only with a second factor, from the next page on."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    before, after = list(organisation.second_factor_roles), [role.value for role in Role if role in roles]
    if after == before:
        return
    organisation.second_factor_roles = after
    organisation.save(update_fields=["second_factor_roles"])
    fact = SecondFactorAsked(roles=tuple(after), roles_before=tuple(before))
    record(fact, subject=organisation.public_id, organisation_id=organisation_id)

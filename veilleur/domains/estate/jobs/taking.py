"""A machine that was read from afar is brought into the estate: once it is known which it is."""

from dataclasses import replace
from typing import Any

from veilleur.domains.estate.actions import refresh_machine, register_read_machine
from veilleur.domains.estate.jobs.parts import bring_part_in
from veilleur.domains.estate.queries.assets import machine_here
from veilleur.domains.estate.queries.taking import whole_taken_as
from veilleur.domains.estate.rules.identity import Recognition, Scheme
from veilleur.domains.estate.rules.machine import PARTS, MachineFacts
from veilleur.domains.estate.rules.taking import Taken, Whose
from veilleur.domains.journal.rules.work import Clock
from veilleur.shared.viewer import SYSTEM


def take_machine(
    clock: Clock, organisation_id: int, facts: MachineFacts, whose: Whose
) -> Taken | Recognition:
    """Bring a machine in, or return why only a person can say which it is; nothing is written then.

    The machine that Veilleur runs on is read by Veilleur: of it, only the signs are taken.
    """
    found = Recognition(whose.asset)
    if whose.asset is None and not whose.is_new:
        found = whole_taken_as(organisation_id, facts.identities, facts.host_name)
        if found.doubt is not None:
            return found
    said: dict[str, Any] = {"now": clock(), "actor": SYSTEM, "organisation_id": organisation_id}
    if found.asset is None:
        asset = register_read_machine(**said, facts=facts)
    else:
        asset = found.asset
        refresh_machine(**said, asset=asset, facts=_with_lasting_signs(facts))
    if machine_here(organisation_id) != asset:
        for part in PARTS:
            bring_part_in(organisation_id, asset, part, getattr(facts, part), clock)
    return Taken(asset, is_new=found.asset is None)


def _with_lasting_signs(facts: MachineFacts) -> MachineFacts:
    """Return the facts without the name as a sign: another machine may bear it tomorrow."""
    signs = tuple(each for each in facts.identities if each.scheme != Scheme.HOST_NAME)
    return replace(facts, identities=signs)

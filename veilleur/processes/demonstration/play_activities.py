"""What the company lives by: its activities, the services that they rely on, and who answers for them.

One is still undescribed, as in every company: what has not been said is shown as not said.
"""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from veilleur.domains.estate.actions import change_busy_periods, declare_activity, describe_service
from veilleur.domains.estate.rules.activities import ActivityDraft, Grade, HourEffects
from veilleur.domains.estate.rules.map import ServiceDraft
from veilleur.domains.estate.rules.rhythms import BusyPeriod, Rhythm
from veilleur.processes.demonstration.company import DIRECTORY, ERP
from veilleur.processes.demonstration.play_documents import PEOPLE
from veilleur.processes.demonstration.stage import Played, done
from veilleur.shared.viewer import Actor

_HEAD, _NEAR, _FAR, _ERP = PEOPLE
_DAY = 86_400


@dataclass(frozen=True)
class Activity:
    """An activity, the services it relies on by name, who answers for it, and when it counts most."""

    said: ActivityDraft
    services: tuple[str, ...]
    referent: str = ""
    busy: tuple[BusyPeriod, ...] = ()


ACTIVITIES = (
    Activity(
        ActivityDraft(
            "Facturer",
            "Émettre les factures, encaisser, relancer, clore le mois.",
            is_vital=True,
            effects=HourEffects(Grade.NOTICEABLE, Grade.NOTICEABLE, Grade.NONE, Grade.SERIOUS),
            idle_people=6,
        ),
        (ERP,),
        _ERP,
        (BusyPeriod(Rhythm.MONTHLY, 28, 5, "Clôture du mois"),),
    ),
    Activity(
        ActivityDraft(
            "Produire",
            "Lancer les ordres de fabrication, découper, assembler.",
            is_vital=True,
            effects=HourEffects(Grade.SERIOUS, Grade.SERIOUS, Grade.NOTICEABLE, Grade.NONE),
            turnover_eur=4_200,
            idle_people=38,
        ),
        (ERP, "Plans de CAO"),
        _ERP,
        (BusyPeriod(Rhythm.WEEKLY, 0, 4, "Deux équipes à l’atelier"),),
    ),
    Activity(
        ActivityDraft(
            "Expédier",
            "Préparer les colis, étiqueter, remettre aux transporteurs.",
            is_vital=True,
            effects=HourEffects(Grade.SERIOUS, Grade.NOTICEABLE, Grade.SERIOUS, Grade.NONE),
            turnover_eur=2_800,
            idle_people=11,
        ),
        (ERP, "Étiquettes d’expédition"),
        _ERP,
        (BusyPeriod(Rhythm.YEARLY, 1115, 1224, "Commandes de fin d’année"),),
    ),
    Activity(
        ActivityDraft(
            "Vendre en ligne",
            "Montrer le catalogue, prendre les commandes des revendeurs.",
            effects=HourEffects(Grade.NOTICEABLE, Grade.NONE, Grade.NOTICEABLE, Grade.NONE),
            turnover_eur=350,
        ),
        ("Site web",),
        _HEAD,
    ),
    Activity(
        ActivityDraft(
            "Travailler ensemble",
            "Partager les dossiers, téléphoner.",
            effects=HourEffects(Grade.NONE, Grade.NOTICEABLE, Grade.NONE, Grade.NONE),
            idle_people=24,
        ),
        ("Fichiers partagés", "Téléphonie"),
        _HEAD,
    ),
    Activity(ActivityDraft("Compter les heures"), ("Badgeage",)),
)

# Service -> who answers for it, the longest without it, what losing its data would do.
MEANINGS: dict[str, tuple[str, int | None, str]] = {
    ERP: (
        _ERP,
        2 * _DAY,
        "Commandes, factures et stocks seraient à ressaisir d’après papier.",
    ),
    DIRECTORY: (_HEAD, _DAY, "Personne ne pourrait plus ouvrir sa session, ni ici ni à Magny."),
    "Étiquettes d’expédition": (
        _ERP,
        _DAY,
        "Les colis du jour partiraient étiquetés à la main, à moitié moins vite.",
    ),
    "Plans de CAO": (_HEAD, 3 * _DAY, "Quinze ans de plans, dont ceux des pièces sous garantie."),
    "Fichiers partagés": (_HEAD, 3 * _DAY, ""),
    "Site web": (_HEAD, 7 * _DAY, "Les commandes en cours des revendeurs."),
}


def play_activities(played: Played, people: dict[str, tuple[UUID, Actor]]) -> None:
    """Let the company say what it lives by, in its first days."""
    actor = people[_HEAD][1]
    scope: dict[str, Any] = {"now": played.start, "actor": actor, "organisation_id": played.organisation_id}
    for activity in ACTIVITIES:
        referent = people[activity.referent][0] if activity.referent else None
        services = frozenset(played.nodes[name] for name in activity.services)
        draft = replace(activity.said, referent=referent)
        row = done(declare_activity(**scope, draft=draft, services=services))
        played.nodes[row.name] = row.public_id
        if activity.busy:
            change_busy_periods(**scope, activity=row.public_id, added=frozenset(activity.busy))
    for service, (who, longest_s, effect) in MEANINGS.items():
        said = ServiceDraft(people[who][0], longest_s, effect)
        done(describe_service(**scope, service=played.nodes[service], draft=said))

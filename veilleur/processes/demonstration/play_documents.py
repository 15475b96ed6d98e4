"""The company's people, by their roles alone, and what they have written down: most of it well kept, one text
stale, one known by a single person, one procedure for everybody; what nobody wrote is missing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from veilleur.domains.knowledge.actions import (
    Care,
    NewDocument,
    NewFile,
    attach_file,
    confirm_document,
    end_run,
    start_run,
    tick_step,
    write_document,
)
from veilleur.domains.knowledge.ports import FILE_LIMITS, FILE_STORE
from veilleur.domains.knowledge.rules.audience import Audience
from veilleur.domains.knowledge.rules.documents import DocumentKind, Draft, Priority, Topic
from veilleur.domains.knowledge.rules.files import FileType
from veilleur.domains.knowledge.rules.prepared import Prepared, prepare
from veilleur.domains.knowledge.rules.runs import Outcome
from veilleur.domains.organisations.actions import add_member, create_person
from veilleur.domains.organisations.rules.roles import Role
from veilleur.processes.demonstration.stage import Played, done
from veilleur.shared.markdown import items_of_first_list
from veilleur.shared.viewer import DEMO, Actor

_TEXTS = Path(__file__).parent / "documents"
# Role in the company -> role in Veilleur.
PEOPLE = {
    "Responsable informatique": Role.MANAGER,
    "Technicien de Pontoise": Role.TECHNICIAN,
    "Technicienne de Magny": Role.TECHNICIAN,
    "Référente de l’ERP": Role.REFERENT,
}
_HEAD, _NEAR, _FAR, _ERP = PEOPLE


@dataclass(frozen=True)
class Run:
    """A time at which a procedure was really done: days before the present, by whom, minutes it took."""

    days_ago: int
    by: str
    minutes: int


@dataclass(frozen=True)
class Written:
    """A document of the company; its text is the file of that name. Days are before the present."""

    file: str
    title: str
    topic: Topic
    about: tuple[str, ...]
    owner: str
    deputy: str
    written_days_ago: int
    reviewed_days_ago: int
    may_ask: str = ""
    acts: str = ""
    within_min: int | None = None
    priority: str = ""
    audience: Audience = Audience.TEAM_AND_PROVIDER
    runs: tuple[Run, ...] = ()

    @property
    def kind(self) -> DocumentKind:
        """Return whether it is done or read."""
        return DocumentKind.PROCEDURE if self.acts else DocumentKind.PAGE

    @property
    def draft(self) -> Draft:
        """Return what it says."""
        text = (_TEXTS / f"{self.file}.md").read_text(encoding="utf-8")
        return Draft(self.title, text, self.may_ask, self.acts, self.within_min, self.priority)


DOCUMENTS = (
    Written(
        "fichier-perdu",
        "Retrouver un fichier perdu",
        Topic.ONE_FILE_RESTORE,
        ("fic-01", "Fichiers partagés"),
        owner=_NEAR,
        deputy=_FAR,
        written_days_ago=210,
        reviewed_days_ago=41,
        may_ask="Tout le monde, par le responsable de service",
        acts="Le technicien du site ; à défaut, celui de l’autre site",
        within_min=120,
        priority=Priority.FIRST,
        audience=Audience.EVERYBODY,
        runs=(Run(160, _NEAR, 24), Run(97, _FAR, 31), Run(34, _NEAR, 19), Run(12, _NEAR, 22)),
    ),
    Written(
        "base-erp",
        "Restaurer la base de l’ERP",
        Topic.FULL_RESTORE,
        ("erp-db", "ERP"),
        owner=_HEAD,
        deputy=_NEAR,
        written_days_ago=380,
        # Nobody has looked at it since.
        reviewed_days_ago=380,
        may_ask="La direction ou la référente de l’ERP",
        acts="Le responsable informatique",
        within_min=240,
        priority=Priority.AT_ONCE,
        runs=(Run(240, _HEAD, 205),),
    ),
    Written(
        "demarrer-erp",
        "Démarrer l’ERP après un arrêt",
        Topic.START,
        ("erp-app", "erp-db", "ERP", "Facturer"),
        owner=_ERP,
        deputy=_NEAR,
        written_days_ago=190,
        reviewed_days_ago=60,
        may_ask="La référente de l’ERP",
        acts="Un technicien, avec la référente de l’ERP pour le contrôle",
        within_min=60,
        priority=Priority.AT_ONCE,
        runs=(Run(120, _NEAR, 38), Run(58, _FAR, 44)),
    ),
    Written(
        "etiquettes",
        "Les étiquettes ne s’impriment plus",
        Topic.SOFTWARE_HANGS,
        ("etq-01", "Étiquettes d’expédition"),
        owner=_FAR,
        # The case every company has once: one person knows.
        deputy="",
        written_days_ago=150,
        reviewed_days_ago=20,
        may_ask="Le chef d’équipe de l’expédition",
        acts="La technicienne de Magny",
        within_min=30,
        priority=Priority.AT_ONCE,
        runs=(Run(75, _FAR, 14), Run(20, _FAR, 11)),
    ),
    Written(
        "rancongiciel",
        "Rançongiciel : les premières minutes",
        Topic.RANSOMWARE,
        ("fic-01", "ad-01"),
        owner=_HEAD,
        deputy=_FAR,
        written_days_ago=300,
        reviewed_days_ago=88,
        may_ask="Toute personne qui voit des fichiers renommés ou un message de rançon",
        acts="Le premier technicien joint ; le responsable informatique prévient la direction",
        within_min=15,
        priority=Priority.AT_ONCE,
        # It says where keys and copies are: no provider’s business.
        audience=Audience.TEAM,
    ),
    Written(
        "reseau",
        "Schéma du réseau",
        Topic.NETWORK_DIAGRAM,
        (),
        owner=_NEAR,
        deputy=_HEAD,
        written_days_ago=260,
        reviewed_days_ago=100,
    ),
    Written(
        "sauvegardes",
        "Ce qui est sauvegardé, où et combien de temps",
        Topic.BACKUP,
        ("nas-01", "nas-02"),
        owner=_HEAD,
        deputy=_NEAR,
        written_days_ago=330,
        reviewed_days_ago=75,
    ),
)
_ATTACHED_TO, _ATTACHED = "reseau", ("vlans-pontoise.txt", "vlans-pontoise.txt")


def join_people(played: Played) -> dict[str, tuple[UUID, Actor]]:
    """Let the company's people join; return them by name, the manager first."""
    return {name: _join(played, name, role) for name, role in PEOPLE.items()}


def play_documents(played: Played, people: dict[str, tuple[UUID, Actor]]) -> None:
    """Let the company's people write, review and carry out."""
    for written in DOCUMENTS:
        _play(played, written, people)


def _join(played: Played, name: str, role: Role) -> tuple[UUID, Actor]:
    number = list(PEOPLE).index(name) + 1
    person = create_person(now=played.start, actor=DEMO, email=f"poste{number}@vexin.example", name=name)
    add_member(
        now=played.start, actor=DEMO, organisation_id=played.organisation_id, person_id=person.pk, role=role
    )
    return person.public_id, Actor(person.pseudonym)


def _play(played: Played, written: Written, people: dict[str, tuple[UUID, Actor]]) -> None:
    owner, actor = people[written.owner]
    care = Care(
        owner=owner,
        deputy=people[written.deputy][0] if written.deputy else None,
        review_months=6,
        about=frozenset(played.nodes[name] for name in written.about),
        audience=written.audience,
    )
    prepared = prepare(written.draft)
    at = _ago(played, written.written_days_ago)
    scope: dict[str, Any] = {"actor": actor, "organisation_id": played.organisation_id}
    new = NewDocument(written.topic, written.kind, prepared, care)
    document = done(write_document(now=at, new=new, **scope)).public_id
    number = 1
    if written.file == _ATTACHED_TO:
        _attach(played, document, prepared, at + timedelta(minutes=4), actor)
        number = 2
    for run in written.runs:
        _carry_out(played, document, written.draft.text, run, people[run.by][1])
    if written.reviewed_days_ago < written.written_days_ago:
        reviewed_at = _ago(played, written.reviewed_days_ago)
        done(confirm_document(now=reviewed_at, document=document, number=number, **scope))


def _carry_out(played: Played, document: UUID, text: str, run: Run, actor: Actor) -> None:
    begun, steps = _ago(played, run.days_ago), items_of_first_list(text)
    scope: dict[str, Any] = {"actor": actor, "organisation_id": played.organisation_id}
    sheet = done(start_run(now=begun, document=document, number=1, steps=steps, **scope)).public_id
    for step in range(1, len(steps) + 1):
        at = begun + timedelta(minutes=run.minutes) * step / len(steps)
        done(tick_step(now=at, sheet=sheet, number=step, done=True, **scope))
    ended = begun + timedelta(minutes=run.minutes, seconds=40)
    done(end_run(now=ended, sheet=sheet, outcome=Outcome.FINISHED, **scope))


def _attach(played: Played, document: UUID, prepared: Prepared, at: datetime, actor: Actor) -> None:
    name, source = _ATTACHED
    content = FILE_STORE.get().incoming()
    content.write((_TEXTS / source).read_bytes())
    file = NewFile(
        name, content.digest(), content.size_bytes, FileType.TEXT, quota_bytes=FILE_LIMITS.get().quota_bytes
    )
    with FILE_STORE.get().keeping(played.company, content):
        done(
            attach_file(
                now=at,
                actor=actor,
                organisation_id=played.organisation_id,
                document=document,
                prepared=prepared,
                file=file,
            )
        )


def _ago(played: Played, days: int) -> datetime:
    return played.end - timedelta(days=days, hours=2, minutes=days % 47)

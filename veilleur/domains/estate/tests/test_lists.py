"""A company's own list is kept, read in one way or another, written piece by piece, and forgotten."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from veilleur.domains.estate import actions
from veilleur.domains.estate.actions.sheets import IMPORT_LIST, write_lines
from veilleur.domains.estate.factories import make_asset
from veilleur.domains.estate.jobs import HANDLERS
from veilleur.domains.estate.queries import whole_asset_rows, whole_map, whole_outcomes, whole_services
from veilleur.domains.estate.queries.sheets import ImportRow, whole_import
from veilleur.domains.estate.rules.sheet import Effect, Sheet
from veilleur.domains.estate.rules.sheet_words import Field
from veilleur.domains.estate.rules.sheets import ImportState
from veilleur.domains.journal.jobs import take_due_job
from veilleur.domains.journal.queries import whole_entries
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
SERVERS = Sheet(
    "Serveurs",
    (
        ("Nos serveurs",),
        ("Nom", "Type", "Site", "Service", "Hyperviseur", "Fin de garantie", "Fonction"),
        ("erp-01", "VM", "Pontoise", "ERP ; Mail", "hv-01", "", "ERP"),
        ("hv-01", "Serveur", "Pontoise", "", "", "30/06/2027", ""),
        ("", "Serveur", "Magny", "", "", "", ""),
        ("vieux", "grille-pain", "", "", "", "", ""),
    ),
)


class Desk:
    """Somebody with a list."""

    def __init__(self) -> None:
        self.organisation = make_organisation()
        self.scope: dict[str, Any] = {
            "now": NOW,
            "actor": Actor("anna"),
            "organisation_id": self.organisation.pk,
        }

    def load(self, *sheets: Sheet) -> ImportRow:
        made = actions.load_list(
            **self.scope, file_name="parc.xlsx", digest="0" * 64, sheets=sheets or (SERVERS,)
        )
        return self.row(made.public_id)

    def row(self, listed: Any) -> ImportRow:
        found = whole_import(self.organisation.pk, listed)
        assert found is not None
        return found

    def ask(self, row: ImportRow) -> None:
        assert not isinstance(actions.ask_import(**self.scope, listed=row.id, total=len(row.lines)), Refused)

    def work(self) -> None:
        """Do what was asked for, as the background work does."""
        HANDLERS[IMPORT_LIST](self.ticket(), lambda: NOW)

    def ticket(self) -> JobTicket:
        """Return the job that is due, leased."""
        found = take_due_job(NOW, (IMPORT_LIST,))
        assert found is not None
        return found


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_list_is_looked_at_and_nothing_is_written(desk: Desk) -> None:
    row = desk.load()

    found = {each.line.number: each.effect for each in whole_outcomes(desk.organisation.pk, row)}

    assert found == {3: Effect.NEW, 4: Effect.NEW, 5: Effect.NOT_TAKEN, 6: Effect.NEW}
    assert whole_asset_rows(desk.organisation.pk) == []
    assert list(whole_entries(desk.organisation.pk)) == []


def test_an_imported_list_is_on_the_map_with_sites_services_and_hosts(desk: Desk) -> None:
    row = desk.load()
    desk.ask(row)

    desk.work()

    assets = {each.name: each for each in whole_asset_rows(desk.organisation.pk)}
    assert set(assets) == {"erp-01", "hv-01", "vieux"}
    assert (assets["erp-01"].kind, assets["erp-01"].site, assets["erp-01"].purpose) == (
        "virtual_machine",
        "Pontoise",
        "ERP",
    )
    # A word that nobody knows leaves the kind open.
    assert assets["vieux"].kind == "unknown"
    assert assets["hv-01"].warranty_until == date(2027, 6, 30)
    services = {each.name: each for each in whole_services(desk.organisation.pk)}
    assert set(services) == {"ERP", "Mail"}
    # Named in a list, but nobody has said yet how long it may be down.
    assert services["ERP"].is_proposed
    assert services["ERP"].asset_ids == (assets["erp-01"].id,)
    edges = {(edge.dependent, edge.dependency) for edge in whole_map(desk.organisation.pk, NOW).edges}
    assert (assets["erp-01"].id, assets["hv-01"].id) in edges
    done = desk.row(row.id)
    assert (done.state, done.new, done.changed, done.total, done.rows) == (ImportState.DONE, 3, 0, 4, ())


def test_the_same_list_brought_again_changes_nothing(desk: Desk) -> None:
    for _time in range(2):
        row = desk.load()
        desk.ask(row)
        desk.work()
    kinds = [entry.kind for entry in whole_entries(desk.organisation.pk)]

    assert desk.row(row.id).new == 0
    assert desk.row(row.id).changed == 0
    assert kinds.count("estate.asset_registered") == 3
    assert kinds.count("estate.list_imported") == 2


def test_work_that_was_stopped_goes_on_where_it_was(desk: Desk) -> None:
    row = desk.load()
    desk.ask(row)
    ticket = desk.ticket()
    first = whole_outcomes(desk.organisation.pk, row)[:1]
    write_lines(**desk.scope, listed=row.id, outcomes=first, ticket=ticket)

    HANDLERS[IMPORT_LIST](ticket, lambda: NOW)

    assert desk.row(row.id).new == 3
    assert len(whole_asset_rows(desk.organisation.pk)) == 3


def test_a_list_adds_to_what_is_known_and_takes_nothing_away(desk: Desk) -> None:
    make_asset(desk.organisation, "hv-01", model="R740", purpose="Hosts everything")
    sheet = Sheet("", (("Nom", "Modèle", "Fonction"), ("HV-01", "R750", "")))
    row = desk.load(sheet)
    desk.ask(row)

    desk.work()

    (asset,) = whole_asset_rows(desk.organisation.pk)
    assert (asset.name, asset.model, asset.purpose) == ("hv-01", "R750", "Hosts everything")


def test_columns_are_put_right_by_a_person(desk: Desk) -> None:
    row = desk.load(Sheet("", (("Code", "Machin"), ("erp-01", "VM"))))
    assert row.columns == {}

    refused = actions.settle_columns(**desk.scope, listed=row.id, heading=0, columns={1: Field.KIND})
    actions.settle_columns(**desk.scope, listed=row.id, heading=0, columns={0: Field.NAME, 1: Field.KIND})

    assert refused == Refused("no_name_column")
    assert [line.said for line in desk.row(row.id).lines] == [
        {Field.NAME: "erp-01", Field.KIND: "virtual_machine"}
    ]


def test_the_longest_sheet_is_taken_first_and_another_may_be_chosen(desk: Desk) -> None:
    row = desk.load(Sheet("Notes", (("Nom",), ("x",))), SERVERS)
    assert row.sheet_names[row.sheet] == "Serveurs"

    actions.choose_sheet(**desk.scope, listed=row.id, sheet=0)
    refused = actions.choose_sheet(**desk.scope, listed=row.id, sheet=2)

    assert desk.row(row.id).rows == (("Nom",), ("x",))
    assert refused == Refused("no_such_import")


def test_a_list_that_was_dropped_is_imported_no_more_and_its_lines_are_gone(desk: Desk) -> None:
    row = desk.load()

    assert actions.drop_list(**desk.scope, listed=row.id) is None

    assert actions.ask_import(**desk.scope, listed=row.id, total=4) == Refused("no_such_import")
    assert desk.row(row.id).rows == ()


def test_a_list_that_nobody_imported_for_a_month_is_forgotten_with_the_next_one(desk: Desk) -> None:
    old = desk.load()
    desk.scope["now"] = NOW + timedelta(days=31)

    desk.load()

    assert whole_import(desk.organisation.pk, old.id) is None


def test_a_job_for_a_list_that_is_gone_does_nothing(desk: Desk) -> None:
    row = desk.load()
    payload = {"organisation": str(desk.organisation.public_id), "list": str(row.id)}
    ticket = JobTicket(IMPORT_LIST, str(row.id), payload, attempts=1, token=uuid4())

    HANDLERS[IMPORT_LIST](ticket, lambda: NOW)

    assert whole_asset_rows(desk.organisation.pk) == []

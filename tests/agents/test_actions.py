"""Reports of agents become machines that a person let in, once each, whatever comes and however often."""

from uuid import uuid4

import pytest

from tests.agents.house import accept, bring_in, kinds, make_key, only_device, report, said, send, waiting
from veilleur.domains.estate.actions import (
    accept_device,
    link_device,
    refuse_device,
    register_machine,
)
from veilleur.domains.estate.factories import make_asset
from veilleur.domains.estate.jobs import agents as jobs
from veilleur.domains.estate.models import (
    AgentDevice,
    AgentDocument,
    AgentReport,
    Asset,
    AssetIdentity,
    InstalledPackage,
)
from veilleur.domains.estate.queries import whole_asset
from veilleur.domains.estate.rules.inventory import Antivirus, RemoteTool
from veilleur.domains.estate.rules.machine import (
    Hardware,
    Identity,
    MachineFacts,
    OperatingSystem,
    Package,
)
from veilleur.domains.estate.rules.map import AssetKind
from veilleur.domains.organisations.factories import make_organisation
from veilleur.engines.agent_protocol.tests.samples import UUID, content, inventory
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused

pytestmark = pytest.mark.django_db


def test_a_device_that_nobody_knows_waits_and_changes_nothing_of_the_estate() -> None:
    organisation = make_organisation()
    key = make_key(organisation)

    report(key, organisation)

    device = only_device(organisation)
    assert (device.state, device.doubt, device.asset) == ("waiting", "unknown", None)
    assert (device.host_name, device.kind, device.serial) == ("PC-COMPTA", "workstation", "5CG1234XYZ")
    assert Asset.objects.of(organisation.pk).count() == 0
    assert kinds(organisation) == ["estate.agent_key_made", "estate.device_waits"]
    assert waiting(organisation) == 0


def test_a_device_that_a_person_lets_in_is_a_machine_with_all_that_it_told() -> None:
    organisation = make_organisation()
    report(make_key(organisation), organisation)

    asset = accept(organisation)

    view = whole_asset(organisation.pk, asset.public_id)
    assert view is not None
    assert (view.name, view.kind, view.os_name) == (
        "PC-COMPTA", "workstation", "Microsoft Windows 11 Professionnel",
    )  # fmt: skip
    assert view.part("antivirus").rows == (Antivirus("Windows Defender", "Microsoft", "4.18", "yes", "no"),)
    assert view.part("remote_tools").rows == (RemoteTool("teamviewer", "123456789"),)
    assert len(view.part("packages").rows) == 2
    assert kinds(organisation)[2:] == ["estate.asset_registered", "estate.device_accepted"]


def test_a_machine_that_reports_again_is_refreshed_and_what_changed_is_a_fact() -> None:
    organisation = make_organisation()
    key = make_key(organisation)
    report(key, organisation)
    asset = accept(organisation)
    before = len(kinds(organisation))

    report(key, organisation, content(softwares=[{"name": "Firefox", "version": "128"}]))

    view = whole_asset(organisation.pk, asset.public_id)
    assert view is not None
    assert view.part("packages").rows == (Package("Firefox", "", "128"),)
    assert kinds(organisation)[before:] == ["estate.inventory_changed"]
    assert Asset.objects.of(organisation.pk).count() == AgentDevice.objects.of(organisation.pk).count() == 1


def test_the_same_document_twice_is_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    organisation = make_organisation()
    key = make_key(organisation)
    report(key, organisation)
    accept(organisation)
    before, seen = len(kinds(organisation)), only_device(organisation).last_report_at
    monkeypatch.setattr(jobs._Reading, "_read", lambda *_: pytest.fail("it was read again"))

    for _ in range(2):
        send(key, inventory())
    assert waiting(organisation) == 1
    bring_in(organisation)

    assert len(kinds(organisation)) == before
    assert only_device(organisation).last_report_at > seen
    assert waiting(organisation) == 0


def test_what_a_machine_told_before_and_tells_again_is_true_again() -> None:
    organisation = make_organisation()
    key = make_key(organisation)
    report(key, organisation)
    asset = accept(organisation)

    for told in (content(softwares=[{"name": "Firefox", "version": "128"}]), content()):
        send(key, inventory(told))
    bring_in(organisation)

    view = whole_asset(organisation.pk, asset.public_id)
    assert view is not None
    assert [row.name for row in view.part("packages").rows] == [
        "7-Zip 23.01 (x64)", "{90160000-008C-0000-1000-0000000FF1CE}",
    ]  # fmt: skip


def test_a_partial_report_changes_what_it_holds_and_nothing_else() -> None:
    organisation = make_organisation()
    key = make_key(organisation)
    report(key, organisation)
    asset = accept(organisation)

    report(key, organisation, {"antivirus": [], "softwares": [{"name": "Firefox"}]}, partial=True)

    view = whole_asset(organisation.pk, asset.public_id)
    assert view is not None
    assert view.part("antivirus").rows == ()
    assert [row.name for row in view.part("packages").rows] == ["Firefox"]
    assert len(view.part("disks").rows) == 1
    assert (view.os_name, view.memory_bytes) == ("Microsoft Windows 11 Professionnel", 16 * 2**30)


def test_a_device_of_which_only_changes_are_known_says_so() -> None:
    organisation = make_organisation()
    report(make_key(organisation), organisation, {"softwares": [{"name": "Firefox"}]}, partial=True)

    assert only_device(organisation).is_incomplete is True

    asset = accept(organisation)
    view = whole_asset(organisation.pk, asset.public_id)
    assert view is not None
    assert [row.name for row in view.part("packages").rows] == ["Firefox"]
    assert view.part("volumes").unread_reason == "not_read"


def test_a_device_that_is_a_known_machine_by_two_numbers_needs_nobody() -> None:
    organisation = make_organisation()
    asset = make_asset(organisation, "compta")
    for scheme, value in (("dmi_uuid", UUID), ("serial", "5CG1234XYZ")):
        row = AssetIdentity(
            organisation=organisation, asset=asset, scheme=scheme, value=value, public_id=uuid4()
        )
        row.save()

    report(make_key(organisation), organisation)

    device = only_device(organisation)
    assert (device.state, device.asset_id) == ("accepted", asset.pk)
    asset.refresh_from_db()
    # What a person called it, and said it is, stays.
    assert (asset.name, asset.kind, asset.model) == ("compta", AssetKind.SERVER, "HP ProBook 450 G8")
    assert kinds(organisation) == ["estate.agent_key_made", "estate.device_accepted", "estate.asset_changed"]


def test_a_copied_machine_never_writes_over_the_other_one() -> None:
    organisation = make_organisation()
    key = make_key(organisation)
    report(key, organisation)
    asset = accept(organisation)
    copy = content(
        hardware={"name": "PC-COPY", "uuid": "5d5d5544-0042-3510-8052-b4c04f4a5931"}, bios={"ssn": "OTHER999"}
    )

    for _ in range(2):
        report(key, organisation, copy)
        report(key, organisation)

    first, second = AgentDevice.objects.of(organisation.pk).order_by("pk")
    assert (first.state, second.state, second.doubt) == ("accepted", "waiting", "clone")
    view = whole_asset(organisation.pk, asset.public_id)
    assert view is not None
    assert (view.host_name, view.memory_bytes) == ("PC-COMPTA", 16 * 2**30)
    assert "estate.asset_changed" not in kinds(organisation)


def test_machines_whose_makers_left_no_numbers_stay_apart() -> None:
    organisation = make_organisation()
    key = make_key(organisation)
    blank = {"ssn": "To Be Filled By O.E.M."}
    for number in range(3):
        told = content(
            bios=blank,
            hardware={"name": f"pc-{number}", "uuid": "03000200-0400-0500-0006-000700080009"},
            networks=[{"description": "eth0", "mac": "00:00:00:00:00:00"}],
        )
        report(key, organisation, told, agent_id="", deviceid=f"pc-{number}-2026-01-01-08-00-00")
        accept(organisation, AgentDevice.objects.of(organisation.pk).get(state="waiting"))

    assert Asset.objects.of(organisation.pk).count() == 3
    assert [each.doubt for each in AgentDevice.objects.of(organisation.pk)] == ["", "", ""]


def test_a_number_that_two_machines_share_merges_none() -> None:
    organisation = make_organisation()
    key = make_key(organisation)
    for number in range(3):
        told = content(
            bios={"ssn": "SAME-1234"},
            hardware={"name": "pc", "uuid": f"4c4c4544-0042-3510-8052-b4c04f4a593{number}"},
        )
        report(key, organisation, told, agent_id=str(uuid4()), deviceid=f"pc-{number}")
        accept(organisation, AgentDevice.objects.of(organisation.pk).get(state="waiting"))

    assert Asset.objects.of(organisation.pk).count() == 3


def test_a_person_says_that_a_device_is_a_machine_that_is_known() -> None:
    organisation = make_organisation()
    asset = make_asset(organisation, "compta")
    report(make_key(organisation), organisation)

    answer = link_device(
        **said(organisation), device=only_device(organisation).public_id, asset=asset.public_id
    )
    bring_in(organisation)

    assert answer == asset.public_id
    asset.refresh_from_db()
    assert (asset.name, asset.host_name) == ("compta", "PC-COMPTA")
    assert InstalledPackage.objects.of(organisation.pk).filter(asset=asset, until=None).count() == 2


def test_a_device_that_was_turned_away_leaves_nothing_and_may_be_let_in_later() -> None:
    organisation = make_organisation()
    key = make_key(organisation)
    report(key, organisation)
    device = only_device(organisation)

    assert refuse_device(**said(organisation), device=device.public_id) is None
    assert refuse_device(**said(organisation), device=device.public_id) is None
    report(key, organisation, content(softwares=[]))

    assert only_device(organisation).state == "refused"
    assert (
        AgentDocument.objects.of(organisation.pk).count()
        == AgentReport.objects.of(organisation.pk).count()
        == 0
    )
    assert kinds(organisation).count("estate.device_refused") == 1
    accept(organisation)
    report(key, organisation)
    assert InstalledPackage.objects.of(organisation.pk).count() == 2


def test_nobody_lets_in_what_is_let_in_already_or_belongs_to_others() -> None:
    ours, theirs = make_organisation("Nous"), make_organisation("Eux")
    report(make_key(ours), ours)
    device, foreign = only_device(ours).public_id, make_asset(theirs).public_id

    assert accept_device(**said(theirs), device=device) == Refused("no_such_device")
    assert link_device(**said(ours), device=device, asset=foreign) == Refused("no_such_node")
    accept(ours)
    assert accept_device(**said(ours), device=device) == Refused("no_such_device")
    assert refuse_device(**said(ours), device=device) == Refused("no_such_device")


def test_the_machine_veilleur_runs_on_is_read_by_veilleur_and_its_agent_adds_the_rest() -> None:
    organisation = make_organisation()
    own = MachineFacts(
        host_name="PC-COMPTA",
        identities=(Identity("dmi_uuid", UUID), Identity("host_name", "PC-COMPTA")),
        system=OperatingSystem("debian", "12", "Debian"),
        hardware=Hardware(AssetKind.SERVER, cpu_count=2, memory_bytes=2**32),
        packages=(Package("restic", "amd64", "0.14"),),
        is_here=True,
    )
    asset = register_machine(**said(organisation), facts=own)

    report(make_key(organisation), organisation)

    view = whole_asset(organisation.pk, asset.public_id)
    assert view is not None
    assert (view.os_name, view.is_here, view.cpu_count) == ("Debian", True, 2)
    assert view.part("packages").rows == (Package("restic", "amd64", "0.14"),)
    assert view.part("remote_tools").rows == (RemoteTool("teamviewer", "123456789"),)


def test_an_agent_that_may_read_less_this_time_takes_nothing_away() -> None:
    organisation = make_organisation()
    key = make_key(organisation)
    report(key, organisation)
    asset = accept(organisation)

    report(key, organisation, content(bios={}, hardware={"name": "PC-COMPTA"}, softwares=None))

    view = whole_asset(organisation.pk, asset.public_id)
    assert view is not None
    assert view.memory_bytes == 16 * 2**30
    part = view.part("packages")
    assert (len(part.rows), part.unread_reason) == (2, "not_told")
    assert only_device(organisation).uuid == UUID


def test_a_machine_that_left_the_estate_waits_again() -> None:
    organisation = make_organisation()
    key = make_key(organisation)
    report(key, organisation)
    accept(organisation)
    Asset.objects.of(organisation.pk).update(until=utc_now())

    report(key, organisation, content(softwares=[]))

    assert (only_device(organisation).state, only_device(organisation).asset) == ("waiting", None)

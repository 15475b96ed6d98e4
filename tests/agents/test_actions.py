"""Reports of agents become machines that a person let in, once each, whatever comes and however often."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import CharField, Model

from tests.agents.house import bring_in, make_key, only_device, report, send, waiting
from veilleur.domains.estate.actions import (
    accept_device,
    link_device,
    make_agent_key,
    open_site,
    refuse_device,
    register_machine,
    revoke_agent_key,
)
from veilleur.domains.estate.factories import make_asset
from veilleur.domains.estate.jobs import agents as jobs
from veilleur.domains.estate.models import (
    AgentDevice,
    AgentDocument,
    AgentKey,
    AgentReport,
    Asset,
    AssetIdentity,
    Disk,
    InstalledPackage,
    PartReading,
    Volume,
)
from veilleur.domains.estate.queries import PART_TABLES, whole_asset
from veilleur.domains.estate.rules import agents as limits
from veilleur.domains.estate.rules.agents import Fault, digest_of_key
from veilleur.domains.estate.rules.inventory import Antivirus, RemoteTool
from veilleur.domains.estate.rules.machine import (
    AGENT_PARTS,
    Hardware,
    Identity,
    MachineFacts,
    OperatingSystem,
    Package,
)
from veilleur.domains.estate.rules.map import AssetKind
from veilleur.domains.journal.models import Job
from veilleur.domains.journal.queries import whole_entries
from veilleur.domains.organisations.factories import make_organisation
from veilleur.engines.agent_protocol.tests.samples import AGENT_ID, UUID, content, filled, inventory
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

pytestmark = pytest.mark.django_db


def kinds(organisation: Model) -> list[str]:
    return [entry.kind for entry in whole_entries(organisation.pk)]


def said(organisation: Model) -> dict[str, Any]:
    return {"now": utc_now(), "actor": SYSTEM, "organisation_id": organisation.pk}


def accept(organisation: Model, device: AgentDevice | None = None) -> Asset:
    row = device or only_device(organisation)
    made = accept_device(**said(organisation), device=row.public_id)
    assert not isinstance(made, Refused), made
    bring_in(organisation)
    asset: Asset = Asset.objects.of(organisation.pk).get(public_id=made)
    return asset


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


def test_a_document_that_cannot_be_read_is_laid_aside_with_its_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    organisation = make_organisation()
    key = make_key(organisation)
    monkeypatch.setattr("veilleur.engines.agent_protocol.adapter.READ_AT_ONCE_BYTES", 10)
    monkeypatch.setattr("veilleur.domains.estate.actions.agent_reports.MOST_LAID_ASIDE", 2)

    for number in range(4):
        assert send(key, b'{"deviceid": "d", "content": {"broken": %d' % number).status_code == 200
    bring_in(organisation)

    kept = AgentReport.objects.of(organisation.pk)
    assert [row.fault for row in kept] == [Fault.NOT_JSON] * 2
    assert waiting(organisation) == 0


def test_a_document_over_which_the_worker_dies_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    organisation = make_organisation()
    key = make_key(organisation)
    send(key, inventory(deviceid="deadly"))
    send(key, inventory(deviceid="sound"), agent_id="")
    real = jobs._Reading.take

    def dies(self: Any, begun: Any) -> None:
        if begun.head.agent_id:
            raise MemoryError
        real(self, begun)

    monkeypatch.setattr(jobs._Reading, "take", dies)
    for _ in range(limits.MOST_ATTEMPTS):
        with pytest.raises(MemoryError):
            bring_in(organisation)

    bring_in(organisation)

    assert [row.fault for row in AgentReport.objects.of(organisation.pk)] == ["failed"]
    assert only_device(organisation).device_id == "sound"


def test_one_run_reads_so_many_and_asks_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    organisation = make_organisation()
    key = make_key(organisation)
    monkeypatch.setattr(jobs, "REPORTS_AT_ONCE", 2)
    for number in range(3):
        send(key, inventory(deviceid=f"pc-{number}"), agent_id="")
    Job.objects.filter(kind=limits.READ_REPORTS).update(due_at_us=None)

    bring_in(organisation)

    assert waiting(organisation) == 1
    job = Job.objects.get(kind=limits.READ_REPORTS)
    assert job.due_at_us is not None
    assert job.payload == {"organisation": str(organisation.public_id)}


def test_so_many_wait_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    organisation = make_organisation()
    key = make_key(organisation)
    monkeypatch.setattr("veilleur.domains.estate.actions.agent_devices.MOST_WAITING_DEVICES", 1)
    monkeypatch.setattr("veilleur.domains.estate.actions.agent_reports.MOST_WAITING_REPORTS", 2)

    answers = [send(key, inventory(deviceid=f"pc-{number}"), agent_id="").status_code for number in range(3)]
    bring_in(organisation)

    assert answers == [200, 200, 503]
    assert AgentDevice.objects.of(organisation.pk).count() == 1
    assert [row.fault for row in AgentReport.objects.of(organisation.pk)] == ["too_many_waiting"]


def test_a_key_is_kept_by_its_digest_and_opens_nothing_once_it_is_revoked() -> None:
    organisation, other = make_organisation(), make_organisation()
    key = make_key(organisation)
    row = AgentKey.objects.of(organisation.pk).get()

    assert row.key_digest == digest_of_key(key)
    assert key not in str(vars(row))
    assert send(key, inventory()).status_code == 200
    assert AgentKey.objects.of(organisation.pk).get().last_used_at is not None
    assert revoke_agent_key(**said(other), key=row.public_id) == Refused("no_such_key")
    for _ in range(2):
        assert revoke_agent_key(**said(organisation), key=row.public_id) is None
    assert send(key, inventory()).status_code == 403
    assert kinds(organisation) == ["estate.agent_key_made", "estate.agent_key_revoked"]


def test_a_key_has_a_name_and_there_are_not_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    organisation = make_organisation()
    monkeypatch.setattr("veilleur.domains.estate.actions.agent_keys.MOST_KEYS", 1)

    assert make_agent_key(**said(organisation), name="  ") == Refused("name_missing")
    make_key(organisation)
    assert make_agent_key(**said(organisation), name="Two") == Refused("too_many_keys")


def test_two_organisations_hear_of_the_same_laptop_apart() -> None:
    ours, theirs = make_organisation("Nous"), make_organisation("Eux")

    report(make_key(ours), ours)
    report(make_key(theirs), theirs)

    assert only_device(ours).pk != only_device(theirs).pk
    assert only_device(theirs).doubt == "unknown"


def test_an_older_report_does_not_make_the_last_one_earlier() -> None:
    organisation = make_organisation()
    key = make_key(organisation)
    report(key, organisation)
    later = utc_now() + timedelta(days=1)
    AgentDevice.objects.of(organisation.pk).update(last_report_at=later)

    report(key, organisation, content(softwares=[]))

    assert only_device(organisation).last_report_at == later
    assert only_device(organisation).agent_id == AGENT_ID


def test_work_that_is_broken_off_anywhere_is_done_in_full_the_next_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    organisation = make_organisation()
    key = make_key(organisation)
    report(key, organisation)
    asset = accept(organisation)
    told = content(softwares=[{"name": f"tool-{number}"} for number in range(15)])
    send(key, inventory(told))
    real, parts = jobs.bring_part_in, list(AGENT_PARTS)

    def breaks(organisation_id: int, asset: Any, part: str, *told: Any) -> None:
        if parts and part == parts[0]:
            parts.pop(0)
            raise OSError("the power went")
        real(organisation_id, asset, part, *told)

    monkeypatch.setattr(jobs, "bring_part_in", breaks)
    for _ in range(2):
        with pytest.raises(OSError, match="power"):
            bring_in(organisation)
    parts.clear()
    bring_in(organisation)

    view = whole_asset(organisation.pk, asset.public_id)
    assert view is not None
    assert len(view.part("packages").rows) == 15
    assert InstalledPackage.objects.of(organisation.pk).filter(until=None).count() == 15
    assert kinds(organisation).count("estate.inventory_changed") == 1
    assert waiting(organisation) == 0


LONG = ["x" * 5000, "İ" * 5000, "ß" * 5000, "ŉ 'é" * 1000, "12" * 2000]


@pytest.mark.parametrize("words", LONG, ids=[words[0] for words in LONG])
def test_whatever_is_told_at_length_fits_where_it_is_kept(words: str) -> None:
    organisation = make_organisation()
    key = make_key(organisation)
    machine = {"name": "", "uuid": "", "status": "", "vmtype": ""}
    server = {"type": "", "name": "", "databases": [{"name": ""}]}
    told = filled(content(virtualmachines=[machine], databases_services=[server]), words)
    told["drives"][0]["total"] = told["storages"][0]["disksize"] = 10

    report(key, organisation, told, deviceid=words, tag=words, itemtype=words)
    accept(organisation)

    for model in (*PART_TABLES.values(), AgentDevice, Asset, AssetIdentity):
        columns = {each.name: each.max_length for each in model._meta.fields if isinstance(each, CharField)}
        for row in model.objects.of(organisation.pk):
            assert [name for name, most in columns.items() if len(getattr(row, name)) > (most or 0)] == []
    assert [each.objects.of(organisation.pk).count() for each in (Disk, Volume)] == [1, 1]


def test_a_machine_stands_at_the_site_that_its_tag_names() -> None:
    organisation = make_organisation()
    site = open_site(**said(organisation), name="Atelier")
    key = make_key(organisation)
    for number, tag in enumerate(("atelier", "elsewhere", "")):
        report(key, organisation, tag=tag, agent_id="", deviceid=f"pc-{number}")

    assets = [accept(organisation, each) for each in AgentDevice.objects.of(organisation.pk).order_by("pk")]

    assert [asset.site for asset in assets] == [site, None, None]
    assert kinds(organisation).count("estate.node_placed") == 1


def test_what_veilleur_reads_itself_no_agent_touches_until_that_reading_is_old() -> None:
    organisation = make_organisation()
    key = make_key(organisation)
    report(key, organisation)
    asset = accept(organisation)
    read = MachineFacts(
        host_name="PC-COMPTA",
        identities=(Identity("dmi_uuid", UUID),),
        system=OperatingSystem("debian", "12", "Debian"),
        hardware=Hardware(AssetKind.SERVER, cpu_count=2, memory_bytes=2**32),
        packages=(Package("restic", "amd64", "0.14"),),
    )
    register_machine(**said(organisation), facts=read)
    before = len(kinds(organisation))

    report(key, organisation, content(softwares=[{"name": "Firefox", "version": "128"}], remote_mgmt=[]))

    view = whole_asset(organisation.pk, asset.public_id)
    assert view is not None
    assert view.part("packages").rows == (Package("restic", "amd64", "0.14"),)
    assert view.os_name == "Debian"
    # What Veilleur could not read, and what only agents tell, is the agent's affair.
    assert view.part("volumes").unread_reason == ""
    assert view.part("remote_tools").rows == ()
    assert kinds(organisation)[before:] == ["estate.inventory_changed"]
    PartReading.objects.of(organisation.pk).update(read_at=utc_now() - timedelta(days=8))
    report(key, organisation, content(softwares=[{"name": "Firefox", "version": "129"}]))
    after = whole_asset(organisation.pk, asset.public_id)
    assert after is not None
    assert after.part("packages").rows == (Package("Firefox", "", "129"),)
    assert after.os_name == "Microsoft Windows 11 Professionnel"

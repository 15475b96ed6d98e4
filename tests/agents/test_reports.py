"""Documents that cannot be read, that come in numbers or at length, that are broken off; and the keys."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import CharField

from tests.agents.house import accept, bring_in, kinds, make_key, only_device, report, said, send, waiting
from veilleur.domains.estate.actions import (
    make_agent_key,
    open_site,
    register_machine,
    revoke_agent_key,
)
from veilleur.domains.estate.jobs import agents as jobs
from veilleur.domains.estate.models import (
    AgentDevice,
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
from veilleur.domains.organisations.factories import make_organisation
from veilleur.engines.agent_protocol.tests.samples import AGENT_ID, UUID, content, filled, inventory
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused

pytestmark = pytest.mark.django_db
LONG = ["x" * 5000, "İ" * 5000, "ß" * 5000, "ŉ 'é" * 1000, "12" * 2000]


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

"""A small company in several situations, made of each domain's own factories: what pages are shown with."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from veilleur.domains.backups.factories import make_plan, make_repository, make_restore_test, make_run
from veilleur.domains.backups.models import RecoveryKey
from veilleur.domains.backups.rules.states import RunState, SourceKind, TestState
from veilleur.domains.estate.factories import make_asset, make_data_set, make_service
from veilleur.domains.estate.models import Asset, DataSet, Service
from veilleur.domains.monitoring.models import Check, CheckState, StateChange
from veilleur.domains.monitoring.rules.states import Health
from veilleur.domains.organisations.models import Organisation
from veilleur.shared.ids import new_id
from veilleur.shared.intervals import to_microseconds


@dataclass(frozen=True)
class Company:
    """A machine, the service on it and its data."""

    organisation: Organisation
    machine: Asset
    service: Service
    data_set: DataSet
    now: datetime


def make_company(organisation: Organisation, now: datetime) -> Company:
    """Make one machine with one service, nothing watched and nothing protected yet."""
    machine = make_asset(
        organisation,
        "erp-01",
        host_name="erp-01.vexin.example",
        os_name="Debian GNU/Linux 12",
        kernel="6.1.0-28-amd64",
        architecture="x86_64",
        cpu_model="Intel Xeon E-2388G",
        cpu_count=8,
        memory_bytes=32_000_000_000,
        full_support_until=date(2028, 6, 10),
        read_at=now - timedelta(minutes=20),
    )
    service = make_service(organisation, "ERP", runs_on=machine)
    data_set = make_data_set(organisation, "Base ERP", stored_on=machine, used_by=service)
    return Company(organisation, machine, service, data_set, now)


def watch(company: Company, *, is_down: bool = False) -> None:
    """Make four checks with thirty days behind them; `is_down`: the database is silent since 51 minutes."""
    now = company.now
    _check(company, "load", "", 620)
    _check(company, "memory", "", 61_000)
    _check(company, "disk", "/", 82_000)
    listener = _check(company, "listener", "127.0.0.1:5432", 400, note="postgres")
    for days, lasted, health in ((18, timedelta(hours=4), "critical"), (9, timedelta(hours=11), "unknown")):
        _change(listener, now - timedelta(days=days), health)
        _change(listener, now - timedelta(days=days) + lasted, "ok")
    if is_down:
        _change(listener, now - timedelta(minutes=51), "critical")
        CheckState.objects.of(company.organisation.pk).filter(check_row=listener).update(
            hard=Health.CRITICAL,
            seen=Health.CRITICAL,
            code="refused",
            value=None,
            hard_since_us=to_microseconds(now - timedelta(minutes=51)),
        )


def _check(company: Company, kind: str, target: str, value: int, note: str = "") -> Check:
    now, since = company.now, company.now - timedelta(days=40)
    check = Check(
        organisation=company.organisation,
        public_id=new_id(since),
        asset=company.machine,
        kind=kind,
        target=target,
        note=note,
        period_s=600,
        retry_s=15,
        max_attempts=3,
        timeout_s=10,
        since=since,
        recorded_at=since,
    )
    check.save()
    state = CheckState(
        organisation=company.organisation,
        public_id=new_id(since),
        check_row=check,
        seen=Health.OK,
        hard=Health.OK,
        hard_since_us=to_microseconds(now - timedelta(days=8)),
        last_result_us=to_microseconds(now - timedelta(seconds=40)),
        code="measured",
        value=value,
    )
    state.save()
    _change(check, since, "ok")
    return check


def _change(check: Check, at: datetime, after: str) -> None:
    moment = to_microseconds(at)
    change = StateChange(
        organisation_id=check.organisation_id,
        public_id=new_id(at),
        check_row=check,
        before=Health.UNKNOWN,
        after=after,
        since_us=moment,
        at_us=moment,
        recorded_us=moment,
        code="measured",
    )
    change.save()


def protect(company: Company, *, is_elsewhere: bool, tests: int = 1) -> None:
    """Make a daily backup for thirty days, one of which failed, and passed restore tests a week apart."""
    now, organisation = company.now, company.organisation.pk
    place = make_repository(
        organisation,
        asset=None if is_elsewhere else company.machine,
        name="Safe of the second site" if is_elsewhere else "Folder of this machine",
        now=now - timedelta(days=40),
    )
    plan = make_plan(
        organisation,
        repository=place,
        items={company.data_set: (SourceKind.FILES, "/srv/data")},
        now=now - timedelta(days=40),
    )
    for days in reversed(range(30)):
        started = now - timedelta(days=days, hours=3)
        failed = days == 11
        run = make_run(
            plan,
            company.data_set,
            started_at=started,
            total_bytes=84_000_000_000,
            state=RunState.FAILED if failed else RunState.COMPLETE,
        )
        if days % 7 == 0 and days // 7 < tests:
            make_restore_test(
                run,
                finished_at=started + timedelta(hours=2),
                state=TestState.PASSED,
                phases=(6_000.0, 3_900.0, 300.0, 600.0),
            )


def keep_key(company: Company) -> None:
    """Let the recovery key be printed, typed back and tested alone."""
    key = RecoveryKey(
        organisation=company.organisation,
        public_id=new_id(company.now),
        issued_at=company.now - timedelta(days=20),
        typed_back_at=company.now - timedelta(days=19),
        tested_alone_at=company.now - timedelta(days=12),
    )
    key.save()

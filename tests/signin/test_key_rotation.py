"""The keys are rotated while people sign in: nothing of the database is lost, wherever it is cut short."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from uuid import UUID, uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management import call_command
from django.test import Client
from django.utils.translation import override

from tests.signin.app import App
from tests.signin.test_second_factor import APP, confirm, give_password
from veilleur.config.wiring import SEALED_COLUMNS
from veilleur.domains.journal.models import Entry
from veilleur.domains.organisations import ports
from veilleur.domains.organisations.actions.directories import purpose_of, seal_directory_password
from veilleur.domains.organisations.actions.providers import SEALED_FOR
from veilleur.domains.organisations.factories import make_directory, make_organisation, make_person
from veilleur.domains.organisations.jobs import keys as rotation
from veilleur.domains.organisations.models import Directory, Organisation, Person
from veilleur.domains.organisations.rules.key_generations import RETIRE_AFTER
from veilleur.domains.organisations.signin.second_factor import CodeSecret, SecondFactorAdapter, accepted_by
from veilleur.engines.keyring.callers import Caller, may_open
from veilleur.engines.keyring.tests.process import Keys
from veilleur.shared.clock import utc_now

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def rotator(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> Keys:
    monkeypatch.setattr(ports.KEY_ROTATOR, "_engine", keys.client)
    keys.clock.now = utc_now()
    return keys


class Company:
    """An organisation with directories, and a person with an app and recovery codes."""

    def __init__(self, directories: int = 3) -> None:
        self.organisation: Organisation = make_organisation()
        self.person: Person = make_person(self.organisation)
        self.directories = [self._directory(number) for number in range(directories)]
        adapter = SecondFactorAdapter()
        secret = CodeSecret(SECRET, self.person.public_id)
        Authenticator.objects.create(user=self.person, type="totp", data={"secret": adapter.encrypt(secret)})
        seed = {"seed": adapter.encrypt("0123456789abcdef"), "used_mask": 5}
        Authenticator.objects.create(user=self.person, type="recovery_codes", data=seed)

    def _directory(self, number: int) -> Directory:
        row = make_directory(self.organisation)
        owner = self.organisation.public_id
        row.password_sealed = seal_directory_password(owner, row.public_id, f"password {number}")
        row.save()
        return row

    def opens(self, keys: Keys) -> bool:
        for number, row in enumerate(self.directories):
            row.refresh_from_db()
            opened = keys.client.open(
                purpose_of(row.public_id), row.password_sealed, self.organisation.public_id
            )
            assert opened == f"password {number}"
        codes = Authenticator.objects.get(user=self.person, type="recovery_codes")
        assert codes.data["used_mask"] == 5
        return keys.client.open("recovery_codes", codes.data["seed"]) == "0123456789abcdef"

    def texts(self) -> list[str]:
        rows = Authenticator.objects.filter(user=self.person)
        inside = [row.data.get("secret") or row.data["seed"] for row in rows]
        sealed = Directory.objects.of(self.organisation.pk).values_list("password_sealed", flat=True)
        return [*sealed, *inside]


def run(*words: str) -> tuple[int, str]:
    said = StringIO()
    # Whatever language the terminal of the tests speaks.
    with pytest.raises(SystemExit) as ended, override("en"):
        call_command("keys", *words, stdout=said)
    return int(str(ended.value.code)), said.getvalue()


def numbers(keys: Keys) -> list[int]:
    return [each.number for each in keys.client.generations()]


def test_a_rotation_seals_everything_anew_and_an_hour_later_the_former_key_goes(rotator: Keys) -> None:
    company = Company()
    before = company.texts()

    code, said = run("rotate")

    assert code == 0
    assert "5 were under an older generation" in said
    assert company.opens(rotator)
    assert not set(before) & set(company.texts())
    assert numbers(rotator) == [1, 2]
    rotator.clock.now += RETIRE_AFTER
    assert run("finish")[0] == 0
    assert numbers(rotator) == [2]
    assert company.opens(rotator)


def test_people_sign_in_by_their_code_in_the_midst_of_it_and_after(rotator: Keys) -> None:
    company, now = Company(), utc_now()
    app = App(SECRET)
    app.settle()
    rotator.client.begin_rotation(rotator.client.generations()[-1].id)
    assert accepted_by(company.person, app.code(-1), now)

    rotation.finish(utc_now)
    rotator.clock.now += RETIRE_AFTER
    rotation.finish(utc_now)

    assert numbers(rotator) == [2]
    assert accepted_by(company.person, app.code(), now)
    assert not accepted_by(company.person, app.code(), now)


def test_the_journal_says_which_generation_began_and_which_ended_once_each(rotator: Keys) -> None:
    Company()
    run("rotate")
    run("finish")
    rotator.clock.now += RETIRE_AFTER
    run("finish")
    run("finish")

    facts = Entry.objects.filter(kind__startswith="installation.key_").order_by("sequence")

    told = [(fact.kind.removeprefix("installation.key_generation_"), json.loads(fact.body)) for fact in facts]
    assert told == [
        ("made", {"number": 1}),
        ("made", {"number": 2}),
        ("retired", {"number": 1, "values": 5}),
    ]


class Cut(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("after", range(4))
def test_cut_short_after_any_chunk_everything_opens_and_the_next_call_ends_it(
    rotator: Keys, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    company = Company()
    monkeypatch.setattr(rotation, "CHUNK", 2)
    real, left = rotation.replace_sealed, [after]

    def cut(**chunk: object) -> int:
        if left[0] == 0:
            raise Cut
        left[0] -= 1
        return real(**chunk)  # type: ignore[arg-type]

    monkeypatch.setattr(rotation, "replace_sealed", cut)
    if after < 3:
        with pytest.raises(Cut):
            rotation.rotate(utc_now)
    else:
        rotation.rotate(utc_now)
    assert company.opens(rotator)
    rotator.stop()
    rotator.start()
    monkeypatch.setattr(rotation, "replace_sealed", real)
    monkeypatch.setattr(ports.KEY_ROTATOR, "_engine", rotator.client)
    monkeypatch.setattr(ports.SECRET_KEEPER, "_engine", rotator.client)

    code, said = run("rotate")

    assert code == 0
    assert "already" in said
    rotator.clock.now += RETIRE_AFTER
    run("finish")
    assert numbers(rotator) == [2]
    assert company.opens(rotator)


def test_what_somebody_changes_meanwhile_stays_as_they_left_it(
    rotator: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = Company(directories=1)
    row, owner = company.directories[0], company.organisation.public_id
    real: Callable[..., int] = rotation.replace_sealed

    def change_first(**chunk: object) -> int:
        sealed = seal_directory_password(owner, row.public_id, "password of just now")
        Directory.objects.of(company.organisation.pk).update(password_sealed=sealed)
        codes = Authenticator.objects.get(user=company.person, type="recovery_codes")
        Authenticator.objects.filter(pk=codes.pk).update(data={**codes.data, "used_mask": 7})
        return real(**chunk)

    monkeypatch.setattr(rotation, "replace_sealed", change_first)
    rotation.rotate(utc_now)

    row.refresh_from_db()
    opened = rotator.client.open(purpose_of(row.public_id), row.password_sealed, owner)
    assert opened == "password of just now"
    assert Authenticator.objects.get(user=company.person, type="recovery_codes").data["used_mask"] == 7


def test_a_value_that_was_swapped_between_organisations_keeps_the_former_key_and_is_named(
    rotator: Keys,
) -> None:
    mine, theirs = Company(directories=1), Company(directories=1)
    for one, other in ((mine, theirs), (theirs, mine)):
        rows = Directory.objects.of(one.organisation.pk)
        rows.update(password_sealed=other.directories[0].password_sealed)

    run("rotate")
    rotator.clock.now += RETIRE_AFTER
    code, said = run("finish")

    assert code == 1
    assert said.count("organisations_directory, row") == 2
    assert numbers(rotator) == [1, 2]
    Directory.objects.of(mine.organisation.pk).update(password_sealed="")
    Directory.objects.of(theirs.organisation.pk).update(password_sealed="")
    assert run("finish")[0] == 0
    assert numbers(rotator) == [2]


def test_a_value_of_another_veilleur_is_named_and_holds_nothing_up(rotator: Keys) -> None:
    company = Company(directories=1)
    foreign = re.sub(r"^v2:\w+", f"v2:{uuid4().hex}", company.directories[0].password_sealed)
    Directory.objects.of(company.organisation.pk).update(password_sealed=foreign)
    run("rotate")
    rotator.clock.now += RETIRE_AFTER

    code, said = run("finish")

    assert code == 1
    assert "sealed under a key that is not kept here" in said
    assert numbers(rotator) == [2]


def test_the_status_tells_without_changing_anything(rotator: Keys) -> None:
    company = Company()
    rotator.client.begin_rotation(rotator.client.generations()[-1].id)
    before = company.texts()

    code, said = run("status", "--json")

    told = json.loads(said)
    assert code == 0
    assert [each["number"] for each in told["generations"]] == [1, 2]
    assert (told["sealed_values"], told["under_older"], told["is_due"]) == (5, 5, False)
    assert company.texts() == before


def test_a_rotation_is_proposed_after_a_year_and_never_begun_unasked(rotator: Keys) -> None:
    rotator.stop()
    file = rotator.place / "keys" / "master.key"
    content = json.loads(file.read_text())
    content["generations"][0]["made_at"] = (utc_now() - timedelta(days=366)).isoformat()
    file.write_text(json.dumps(content))
    rotator.start()

    assert "veilleur keys rotate" in run("status")[1]
    run("finish")
    assert numbers(rotator) == [1]


def test_every_sealed_column_is_declared_so_that_no_rotation_misses_it() -> None:
    declared = {(each.table, each.column) for each in SEALED_COLUMNS}
    found = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if getattr(field, "column", None) and field.name.endswith("_sealed")
    }

    assert found <= declared
    # The library's own, whose name says nothing of it.
    assert ("mfa_authenticator", "data") in declared
    assert all(model in {each._meta.db_table for each in apps.get_models()} for model, _column in declared)


def test_the_secret_of_an_app_lies_sealed_in_the_session_until_its_first_code(keys: Keys) -> None:
    person = make_person(make_organisation(language="en"), language="en")
    client = Client()
    give_password(client, person)
    confirm(client)

    shown = client.get(APP).context["form"].secret
    kept = client.session["mfa.totp.secret"]

    assert shown not in json.dumps(dict(client.session.items()))
    assert keys.pages.open("totp_setup", kept, person.public_id) == shown
    wrong = client.post(APP, {"code": "000000"})
    assert wrong.context["form"].secret == shown
    done = client.post(APP, {"code": App(shown).code()})
    assert done.status_code == 302
    assert Authenticator.objects.filter(user=person, type="totp").exists()


def test_pages_open_a_providers_secret_and_no_directorys_password() -> None:
    assert may_open(Caller.PAGES, SEALED_FOR)
    assert not may_open(Caller.PAGES, purpose_of(UUID(int=1)))

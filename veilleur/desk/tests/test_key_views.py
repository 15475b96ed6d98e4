"""The recovery key typed back on its page: where a restore with it alone is asked for."""

import pytest

from veilleur.desk.tests.office import Office, said
from veilleur.domains.backups.factories import make_plan, make_recovery_key, make_repository, make_run
from veilleur.domains.backups.ports import KEY_KEEPER
from veilleur.domains.backups.rules.states import SourceKind
from veilleur.domains.estate.factories import make_data_set
from veilleur.shared.refusal import Refused

pytestmark = pytest.mark.django_db


class Believer:
    """Takes any words for the key; the rest of the port is not called here."""

    def stage_words(self, _organisation: object, _words: str) -> str:
        return "a handle"


class Doubter:
    """Refuses any words, for a reason."""

    def __init__(self, refusal: Refused) -> None:
        self._refusal = refusal

    def recovery_key_mark(self, _organisation: object) -> str:
        return "present"

    def stage_words(self, _organisation: object, _words: str) -> Refused:
        return self._refusal


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (Refused("word_unknown", "5"), "Word number 5 is in no recovery key"),
        (Refused("words_count", "11"), "The recovery key has twelve words; 11 were typed."),
        (Refused("words_checksum"), "one is wrong or two are swapped"),
    ],
)
def test_what_is_wrong_with_the_typed_words_is_said(
    office: Office, monkeypatch: pytest.MonkeyPatch, refusal: Refused, told: str
) -> None:
    monkeypatch.setattr(KEY_KEEPER, "_engine", Doubter(refusal))
    make_recovery_key(office.organisation.pk)

    answer = office.client.post("/recovery-key/", {"words": "un " * 12})

    assert told in answer.content.decode()


def test_the_smallest_plan_of_each_place_is_restored_with_the_key_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KEY_KEEPER, "_engine", Believer())
    make_recovery_key(office.organisation.pk)
    other_place = make_repository(office.organisation.pk, name="Far")
    sizes = {"Films": (office.place, 10**12), "Letters": (office.place, 10), "Far": (other_place, 10**9)}
    plans = {}
    for name, (place, size) in sizes.items():
        data_set = make_data_set(office.organisation, name)
        items = {data_set: (SourceKind.FILES, f"/srv/{name}")}
        plans[name] = make_plan(office.organisation.pk, repository=place, items=items)
        make_run(plans[name], data_set, total_bytes=size)

    asked = set()
    monkeypatch.setattr("veilleur.desk.key_views.ask_test", lambda **wish: asked.add(wish["plan"]))

    answer = office.client.post("/recovery-key/", {"words": "un " * 12}, follow=True)

    assert "In each place, one restore test with it alone is on its way." in said(answer)
    assert asked == {plans[name].public_id for name in ("Letters", "Far")}

"""What `doctor` says of the offline bundle: unknown without one, with the command that mends it."""

from datetime import timedelta

import pytest

from veilleur.domains.knowledge.factories import SINCE, make_bundle
from veilleur.domains.organisations.factories import make_organisation
from veilleur.processes.bundle_findings import bundles
from veilleur.shared.verdict import Verdict

pytestmark = pytest.mark.django_db


def test_each_real_organisation_is_told_of_its_own() -> None:
    without, having = make_organisation("Without"), make_organisation("Having")
    make_organisation("Demonstration", is_demo=True)
    make_bundle(having)

    found = list(bundles(SINCE + timedelta(hours=1)))

    assert [(each.state, each.remedy) for each in found] == [
        (Verdict.UNKNOWN, "veilleur bundle"),
        (Verdict.UNKNOWN, "mount; veilleur bundle"),
    ]
    assert found[0].message.startswith(without.name)
    assert found[1].message.startswith(having.name)


def test_one_that_is_whole_elsewhere_is_good() -> None:
    bundle = make_bundle(make_organisation())
    bundle.places[1]["code"] = "kept"
    bundle.save()

    assert [each.state for each in bundles(SINCE + timedelta(hours=1))] == [Verdict.GOOD]

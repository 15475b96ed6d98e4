"""The pages made from code are those that the code would make now; every setting is on them."""

import json
import subprocess
import sys
from dataclasses import fields

import pytest

from tests.shape.reading import CHECKOUT
from veilleur.config.env import Environment, variable

PAGES = CHECKOUT / "docs" / "reference"


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    code = "import json; from scripts.reference_pages import pages; print(json.dumps(pages()))"
    printed = subprocess.run(
        (sys.executable, "-c", code), cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    return dict(json.loads(printed.stdout))


@pytest.mark.parametrize("name", ["settings.md", "commands.md", "exit-codes.md", "api.md"])
def test_a_page_is_what_the_code_makes_of_it(made: dict[str, str], name: str) -> None:
    assert (PAGES / name).read_text() == made[name], "run `make docs`"


def test_every_setting_is_described() -> None:
    page = (PAGES / "settings.md").read_text()

    missing = [each.name for each in fields(Environment) if f"`{variable(each.name)}`" not in page]
    undescribed = [each.name for each in fields(Environment) if not each.metadata["description"]]

    assert missing == undescribed == []

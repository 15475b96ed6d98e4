"""The house keeps its shape: imports, doors, rooms, sizes."""

import ast
import subprocess
import sys

import grimp
import pytest

from tests.shape import checks
from tests.shape.reading import CHECKOUT, everything, product

DOMAINS = sorted(
    path for path in (CHECKOUT / "veilleur" / "domains").iterdir() if (path / "__init__.py").exists()
)


@pytest.fixture(scope="module")
def imports() -> list[tuple[str, str]]:
    graph = grimp.build_graph("veilleur", cache_dir=None)
    return [
        (importer, imported)
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
    ]


def test_the_import_contracts_hold() -> None:
    command = (f"{sys.prefix}/bin/lint-imports", "--no-cache")

    checked = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout


def test_domains_are_entered_through_their_doors(imports) -> None:
    assert checks.closed_doors(imports) == []


def test_rules_reach_no_clock_and_no_table(imports) -> None:
    assert checks.impure_rules(imports) == []


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda path: path.name)
def test_a_domain_has_only_rooms_that_everybody_knows(domain) -> None:
    assert checks.unknown_rooms(entry.name for entry in domain.iterdir()) == []


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda path: path.name)
def test_a_domain_says_in_one_paragraph_what_it_is(domain) -> None:
    paragraph = ast.get_docstring(ast.parse((domain / "__init__.py").read_text())) or ""

    assert len(paragraph) > 60
    assert "\n\n" not in paragraph


def test_files_and_functions_keep_to_their_size() -> None:
    assert checks.too_long(product()) == []


def test_only_the_journal_opens_transactions() -> None:
    assert checks.transactions_elsewhere(product()) == []


def test_imports_stand_at_the_top() -> None:
    assert checks.hidden_imports(product()) == []


def test_nothing_catches_everything_but_where_a_reason_is_given() -> None:
    assert checks.broad_excepts(product()) == []


def test_no_code_hangs_on_signals() -> None:
    assert checks.signal_handlers(product()) == []


def test_every_module_says_what_it_is_for() -> None:
    assert checks.undescribed(everything()) == []


def test_no_work_is_put_off_in_the_code() -> None:
    # The checks themselves must be able to name what they look for.
    others = [module for module in everything() if not module.name.startswith("tests.shape")]

    assert checks.work_left(others) == []


def test_the_figures_of_size_are_reported(record_property, capsys) -> None:
    figures = checks.report(product())

    record_property("size", figures)
    with capsys.disabled():
        print(f"\n{figures}")
    assert "median" in figures

"""The tests of shape find what they are there to find: each is shown a deliberate violation."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.shape import checks
from tests.shape.reading import CHECKOUT, Module, read_tree


def module(source: str, name: str = "veilleur.domains.estate.actions") -> Module:
    return Module(name, Path(f"{name}.py"), source)


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("veilleur.domains.backups.queries", "veilleur.domains.estate.models"),
        ("veilleur.domains.recovery.jobs", "veilleur.domains.backups.jobs"),
        ("veilleur.desk.views", "veilleur.domains.estate.views"),
        ("veilleur.desk.views", "veilleur.domains.estate.factories"),
        ("veilleur.processes.work", "veilleur.domains.journal.models.chain"),
    ],
)
def test_an_import_around_the_doors_is_found(importer: str, imported: str) -> None:
    assert checks.closed_doors([(importer, imported)]) == [f"{importer} imports {imported}"]


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("veilleur.domains.backups.queries", "veilleur.domains.estate.queries"),
        ("veilleur.domains.estate.queries", "veilleur.domains.estate.models"),
        ("veilleur.config.wiring", "veilleur.domains.estate.jobs"),
        ("veilleur.domains.backups.tests.test_actions", "veilleur.domains.estate.factories"),
        ("veilleur.desk.views", "veilleur.domains.estate.rules.map"),
    ],
)
def test_an_import_through_a_door_is_let_be(importer: str, imported: str) -> None:
    assert checks.closed_doors([(importer, imported)]) == []


def test_a_rule_that_reads_the_clock_is_found_and_its_test_is_not() -> None:
    clock = "veilleur.shared.clock"

    found = checks.impure_rules(
        [
            ("veilleur.domains.estate.rules.map", clock),
            ("veilleur.domains.estate.tests.test_rules_map", clock),
        ]
    )

    assert found == [f"veilleur.domains.estate.rules.map imports {clock}"]


def test_a_room_that_nobody_knows_is_found() -> None:
    assert checks.unknown_rooms(["rules", "actions.py", "helpers.py", "__init__.py"]) == ["helpers.py"]


def test_a_long_file_a_long_function_and_a_long_signature_are_found() -> None:
    long_file = module("x = 1\n" * 401)
    long_function = module("def f():\n" + "    x = 1\n" * 50)
    long_signature = module("def f(*, now, actor, a, b, c, d, e, g, h): ...\n")

    found = checks.too_long([long_file, long_function, long_signature])

    assert [fault.rpartition(": ")[2] for fault in found] == ["401 lines", "51 lines", "7 parameters"]


@pytest.mark.parametrize(
    "source",
    [
        "from django.db import transaction\nwith transaction.atomic(): pass\n",
        "from django.db.transaction import atomic\n",
        "from django.db import transaction\ntransaction.on_commit(print)\n",
    ],
)
def test_a_transaction_outside_the_journal_is_found(source: str) -> None:
    assert checks.transactions_elsewhere([module(source)])
    assert not checks.transactions_elsewhere([module(source, "veilleur.domains.journal.actions.recording")])


def test_an_import_inside_a_function_is_found() -> None:
    assert checks.hidden_imports([module("def f():\n    if True:\n        import json\n")])
    assert not checks.hidden_imports([module("import json\n")])


@pytest.mark.parametrize("caught", ["", " Exception", " (OSError, Exception)", " BaseException as error"])
def test_a_broad_except_is_found(caught: str) -> None:
    assert checks.broad_excepts([module(f"try:\n    f()\nexcept{caught}:\n    pass\n")])


def test_an_except_that_raises_again_or_is_narrow_is_let_be() -> None:
    assert not checks.broad_excepts([module("try:\n    f()\nexcept BaseException:\n    g()\n    raise\n")])
    assert not checks.broad_excepts([module("try:\n    f()\nexcept OSError:\n    pass\n")])


def test_a_signal_handler_is_found() -> None:
    assert checks.signal_handlers([module("from django.db.models.signals import post_save\n")])
    assert checks.signal_handlers([module("from django.dispatch import receiver\n")])


def test_a_module_without_its_opening_line_is_found() -> None:
    assert checks.undescribed([module("x = 1\n"), module('"""Says it."""\n'), module("")]) == [
        "veilleur.domains.estate.actions"
    ]


def test_work_put_off_is_found() -> None:
    later = "TO" + "DO"

    assert checks.work_left([module(f"# {later}: later\n")])


@pytest.fixture
def tiny_house(tmp_path: Path) -> Path:
    """A tree with every folder of the house, empty, under the real contracts."""
    for folder in ("processes", "config", "desk", "engines", "shared", "locale"):
        make(tmp_path / "veilleur" / folder / "__init__.py")
    for domain in (path for path in (CHECKOUT / "veilleur" / "domains").iterdir() if path.is_dir()):
        if (domain / "__init__.py").exists():
            make(tmp_path / "veilleur" / "domains" / domain.name / "__init__.py")
    for folder in ("veilleur", "veilleur/domains"):
        make(tmp_path / folder / "__init__.py")
    make(tmp_path / "veilleur/domains/estate/rules/map.py")
    make(tmp_path / "veilleur/domains/estate/rules/__init__.py")
    make(tmp_path / "veilleur/engines/restic.py")
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    return tmp_path


def make(path: Path, source: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)


def broken_contracts(house: Path) -> set[str]:
    command = (f"{sys.prefix}/bin/lint-imports", "--no-cache", "--config", "pyproject.toml")
    printed = subprocess.run(command, cwd=house, capture_output=True, text=True, check=False).stdout
    return {line.removesuffix(" BROKEN") for line in printed.splitlines() if line.endswith(" BROKEN")}


def test_the_contracts_hold_on_an_empty_house(tiny_house: Path) -> None:
    assert broken_contracts(tiny_house) == set()


def test_each_contract_breaks_on_a_deliberate_violation(tiny_house: Path) -> None:
    package = tiny_house / "veilleur"
    make(package / "shared/words.py", "import veilleur.domains.estate\n")
    make(package / "domains/estate/queries.py", "import veilleur.domains.recovery\n")
    make(package / "domains/backups/queries.py", "import veilleur.domains.backups.actions\n")
    make(package / "domains/backups/actions.py")
    make(package / "domains/estate/rules/map.py", "import django.db\n")
    make(package / "desk/views.py", "import veilleur.engines.restic\n")

    contracts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

    assert broken_contracts(tiny_house) == {contract["name"] for contract in contracts}


def test_a_folder_that_no_layer_names_breaks_the_house(tiny_house: Path) -> None:
    make(tiny_house / "veilleur/helpers/__init__.py")

    assert "The house" in broken_contracts(tiny_house)


def test_the_reader_leaves_migrations_out(tmp_path: Path) -> None:
    make(tmp_path / "veilleur/a.py", "x = 1\n")
    make(tmp_path / "veilleur/migrations/b.py", "x = 1\n")

    assert [each.name for each in read_tree(tmp_path, "veilleur")] == ["veilleur.a"]

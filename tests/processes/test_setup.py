"""Setting up: what is missing is found, installed where that needs no question, and otherwise named."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from veilleur.config.env import CHECKOUT

sys.path.insert(0, str(CHECKOUT / "scripts"))

import setup
import system_packages
from system_packages import Need, install_commands, missing, readable, root_prefix


def need(package: str, *, is_there: bool) -> Need:
    return Need(package, lambda: is_there, "essayer", "trying")


def test_only_what_is_absent_is_missing() -> None:
    absent = need("restic", is_there=False)

    assert missing([need("ping", is_there=True), absent]) == [absent]


def test_a_library_is_found_by_the_dynamic_linker_and_a_font_by_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert system_packages.has_library("c")()
    assert not system_packages.has_library("veilleur-has-no-such-library")()
    monkeypatch.setattr(system_packages, "FONTS", tmp_path)
    assert not system_packages.has_font()
    (tmp_path / "truetype").mkdir()
    (tmp_path / "truetype" / "some.ttf").touch()
    assert system_packages.has_font()


@pytest.mark.parametrize(
    ("user_id", "sudo_works", "prefix"),
    [(0, False, ()), (1000, True, ("sudo", "-n")), (1000, False, None)],
)
def test_root_is_taken_on_only_without_a_question(user_id: int, sudo_works: bool, prefix: object) -> None:
    assert root_prefix(user_id, sudo_works) == prefix


def test_openldap_is_installed_without_a_directory() -> None:
    commands = install_commands(["slapd"], ("sudo", "-n"))

    setting = next(place for place, command in enumerate(commands) if "no_configuration" in " ".join(command))
    server = next(place for place, command in enumerate(commands) if command[-1] == "slapd")
    assert setting < server


def test_a_server_for_tests_alone_does_not_start_by_itself() -> None:
    words = [" ".join(command) for command in install_commands(["openssh-server"], ("sudo", "-n"))]
    mask, install, unmask, disable = words[-4:]

    assert "systemctl mask ssh.service ssh.socket" in mask
    assert install.endswith("openssh-server")
    assert "systemctl unmask ssh.service" in unmask
    assert "systemctl disable ssh.service" in disable
    assert not any("systemctl" in command for command in map(" ".join, install_commands(["restic"], ())))


def test_postgresql_is_installed_without_its_usual_cluster() -> None:
    commands = install_commands(["postgresql", "chromium"], ("sudo", "-n"))

    setting = next(
        place for place, command in enumerate(commands) if "create_main_cluster" in " ".join(command)
    )
    server = next(
        place for place, command in enumerate(commands) if command[-2:] == ("postgresql", "chromium")
    )
    assert setting < server
    assert all(command[:2] == ("sudo", "-n") for command in commands)


def test_without_root_the_packages_and_the_exact_command_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system_packages.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(system_packages, "does_sudo_work", lambda: False)
    monkeypatch.setenv("VEILLEUR_LANGUAGE", "en")

    still = system_packages.ensure([need("restic", is_there=False)])

    printed = capsys.readouterr().out
    assert [each.package for each in still] == ["restic"]
    assert "“restic” is missing; it is needed for trying." in printed
    assert "apt-get update && " in printed
    assert "apt-get install -y --no-install-recommends restic" in printed


def test_what_a_fresh_clone_lacks_is_named_in_one_command() -> None:
    fresh = setup.needs_of("dev", has_environment=False)
    later = setup.needs_of("run", has_environment=True)

    assert [each.package for each in fresh][:2] == ["python3-venv", "restic"]
    assert "chromium" in [each.package for each in fresh]
    assert later == system_packages.FOR_RUNNING


def test_what_is_printed_is_exactly_what_would_be_run(tmp_path: Path, monkeypatch) -> None:
    settings = tmp_path / "createcluster.d" / "veilleur.conf"
    monkeypatch.setattr(system_packages, "CLUSTER_SETTINGS", settings)
    program = tmp_path / "bin" / "apt-get"
    program.parent.mkdir()
    program.touch(mode=0o755)

    def told_to_apt(run: Callable[[], object], name: str) -> tuple[str, str]:
        settings.unlink(missing_ok=True)
        program.write_text(f'#!/bin/sh\necho "$DEBIAN_FRONTEND $@" >> {tmp_path}/{name}\n')
        run()
        return (tmp_path / name).read_text(), settings.read_text()

    path = {"PATH": f"{program.parent}:/usr/bin:/bin"}
    commands = install_commands(["postgresql", "chromium"], ())

    printed = told_to_apt(
        lambda: subprocess.run(("/bin/sh", "-c", readable(commands)), env=path, check=True), "printed"
    )
    run = told_to_apt(lambda: [subprocess.run(each, env=path, check=True) for each in commands], "run")

    assert printed == run
    assert "noninteractive install -y --no-install-recommends postgresql chromium\n" in run[0]
    assert run[1] == "create_main_cluster = false\n"


def test_a_python_that_is_named_but_does_not_run_is_passed_over(tmp_path: Path) -> None:
    for name, script in {
        "python3": "exit 1",
        "python3.13": "exit 127",
        "python3.12": f'exec {sys.executable} "$@"',
    }.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)

    chosen = subprocess.run(
        ("/bin/sh", CHECKOUT / "scripts" / "choose_python.sh"),
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert chosen.stdout.strip() == str(tmp_path / "python3.12")


def test_without_any_python_the_command_that_installs_one_is_named(tmp_path: Path) -> None:
    refused = subprocess.run(
        ("/bin/sh", CHECKOUT / "scripts" / "choose_python.sh"),
        env={"PATH": str(tmp_path), "LANG": "en_GB.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode == 69
    assert "apt-get install -y python3 python3-venv" in refused.stderr


def test_a_step_is_done_again_exactly_when_what_it_is_made_of_changed(tmp_path: Path, monkeypatch) -> None:
    lock, stamp = tmp_path / "lock", tmp_path / "stamp"
    lock.write_text("one")
    monkeypatch.setattr(setup, "PYTHON", Path(sys.executable))
    stamp.write_text(setup.digest(lock))

    assert setup.is_current(stamp, setup.digest(lock))
    lock.write_text("two")
    assert not setup.is_current(stamp, setup.digest(lock))


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_no_host_and_every_package_has_its_hash(name: str) -> None:
    text = (CHECKOUT / name).read_text()

    entries = text.replace("\\\n", " ").splitlines()

    assert "://" not in text
    assert [entry for entry in entries if "==" in entry and "--hash=sha256:" not in entry] == []


def test_what_ships_is_what_is_tested() -> None:
    def pinned(name: str) -> set[str]:
        lines = (CHECKOUT / name).read_text().splitlines()
        # Without the marker: what ships may need less of Python than what tests.
        return {line.split()[0] for line in lines if "==" in line and not line.startswith("#")}

    assert pinned("requirements.lock") <= pinned("requirements-dev.lock")

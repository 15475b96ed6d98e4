"""The units for systemd: systemd understands them, and they agree with their settings and with the how-to."""

import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from veilleur.config.env import CHECKOUT, PREFIX, Environment, variable
from veilleur.engines.sandbox import NAMESPACES

DEPLOY = CHECKOUT / "deploy"
HOWTO = (CHECKOUT / "docs" / "howto" / "run-on-a-server.md").read_text()
UNITS = ("veilleur", "veilleur-sign")


def read_unit(name: str) -> dict[str, list[str]]:
    """Return the values of each directive of a unit, whatever its section."""
    values: dict[str, list[str]] = {}
    for line in (DEPLOY / f"{name}.service").read_text().splitlines():
        directive, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            values.setdefault(directive, []).append(value)
    return values


def read_settings() -> dict[str, str]:
    lines = (DEPLOY / "veilleur.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line.startswith(PREFIX))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_nothing_wrong_with_them(tmp_path: Path) -> None:
    system = Path("/usr/lib/systemd/system")
    shutil.copytree(system, tmp_path / "usr/lib/systemd/system", symlinks=True)
    units = tmp_path / "etc/systemd/system"
    units.mkdir(parents=True)
    for name in UNITS:
        shutil.copy(DEPLOY / f"{name}.service", units)
        program = tmp_path / read_unit(name)["ExecStart"][0].split()[0].lstrip("/")
        program.parent.mkdir(parents=True, exist_ok=True)
        program.touch(mode=0o755)

    names = tuple(f"{name}.service" for name in UNITS)
    said = subprocess.run(
        ("systemd-analyze", "verify", "--man=no", f"--root={tmp_path}", *names),
        capture_output=True,
        text=True,
        check=False,
    )

    # What other units of the machine lack is not our affair.
    assert [line for line in said.stderr.splitlines() if "veilleur" in line] == []


@pytest.mark.parametrize("name", UNITS)
def test_each_writes_only_where_its_settings_say(name: str) -> None:
    unit, settings = read_unit(name), read_settings()

    state = f"/var/lib/{unit['StateDirectory'][0]}"
    folder = settings["VEILLEUR_DATA_DIR" if name == "veilleur" else "VEILLEUR_KEYS_DIR"]
    assert Path(folder).is_relative_to(state)
    assert unit["StateDirectoryMode"] == ["0700"]
    assert unit["ProtectSystem"] == ["strict"]
    assert unit["EnvironmentFile"] == ["/etc/veilleur/veilleur.env"]


def test_the_one_that_asks_reaches_the_socket_and_nothing_else_of_the_one_that_holds_the_keys() -> None:
    asks, holds, settings = read_unit("veilleur"), read_unit("veilleur-sign"), read_settings()

    socket = Path(settings["VEILLEUR_SIGN_SOCKET"])
    assert socket.parent == Path("/run") / holds["RuntimeDirectory"][0]
    assert holds["RuntimeDirectoryMode"] == ["0750"]
    assert holds["Group"] == asks["Group"]
    assert holds["User"] != asks["User"]
    assert settings["VEILLEUR_SIGN_CLIENTS"] == asks["User"][0]
    assert settings["VEILLEUR_SIGN_APART"] == "true"


def test_a_restored_database_can_have_its_sandbox_and_no_other_namespace() -> None:
    unit = read_unit("veilleur")

    wanted = {word.removeprefix("--unshare-") for word in NAMESPACES} | {"user", "mnt"}
    assert set(unit["RestrictNamespaces"][0].split()) == wanted
    assert {"@system-service", "@mount"} <= set(unit["SystemCallFilter"][0].split())
    assert "AF_NETLINK" in unit["RestrictAddressFamilies"][0].split()


@pytest.mark.parametrize("name", UNITS)
def test_the_howto_makes_the_account_and_installs_the_unit(name: str) -> None:
    unit = read_unit(name)

    assert f"/usr/sbin/nologin {unit['User'][0]}\n" in HOWTO.replace("--gid veilleur ", "")
    assert f"/opt/veilleur/deploy/{name}.service" in HOWTO
    assert unit["ExecStart"][0].startswith("/opt/veilleur/.venv/bin/veilleur ")


def test_every_setting_that_is_named_exists() -> None:
    known = {variable(each.name) for each in fields(Environment)}
    text = HOWTO + (DEPLOY / "veilleur.env").read_text()
    named = {word.strip("`#,.()").split("=")[0] for word in text.split() if PREFIX in word}

    assert named <= known
    assert {f"{PREFIX}HEADS_FILE", f"{PREFIX}DATABASE_URL"} <= named

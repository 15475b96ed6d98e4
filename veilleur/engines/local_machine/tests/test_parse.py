"""Recorded texts of real systems become the estate's values."""

from datetime import date
from pathlib import Path

import pytest

from veilleur.domains.estate.rules.machine import FoundDatabase, Package
from veilleur.domains.estate.rules.map import AssetKind
from veilleur.engines.local_machine import parse

SAMPLES = Path(__file__).parents[1] / "samples"


def sample(name: str) -> str:
    return (SAMPLES / name).read_text()


def test_os_release_loses_its_quotes_and_comments() -> None:
    debian, alpine = (
        parse.parse_os_release(sample("os-release-debian-12")),
        parse.parse_os_release(sample("os-release-alpine")),
    )

    assert (debian["ID"], debian["VERSION_ID"], debian["VERSION_CODENAME"]) == ("debian", "12", "bookworm")
    assert alpine["PRETTY_NAME"] == "Alpine Linux v3.20"
    assert parse.parse_os_release("") == {}


def test_only_installed_packages_count_and_an_architecture_is_part_of_the_identity() -> None:
    packages = parse.parse_packages(sample("dpkg-query.txt"))

    assert packages == (
        Package("389-ds-base", "amd64", "2.3.1+dfsg1-1"),
        Package("adduser", "all", "3.134"),
        Package("libc6", "amd64", "2.36-9+deb12u13"),
        Package("libc6", "i386", "2.36-9+deb12u13"),
    )


def test_postgresql_clusters_are_named_by_socket_folder_and_port_stopped_or_not() -> None:
    clusters = parse.parse_postgresql_clusters(sample("pg_lsclusters.json"))

    assert clusters == (
        FoundDatabase("postgresql", "/run/postgresql:5432", "15", "unknown"),
        FoundDatabase("postgresql", "/run/postgresql:5433", "16", "unknown"),
    )


def test_a_debian_release_has_three_levels_and_an_unreleased_one_no_date() -> None:
    releases = parse.parse_distro_info(sample("distro-info-debian.csv"), lts_column="eol-lts")

    assert releases["12"] == parse.Support(date(2026, 7, 11), date(2028, 6, 30))
    assert releases["14"] == parse.Support(None, None)
    assert "" not in releases


def test_an_ubuntu_release_without_extended_maintenance_has_one_date() -> None:
    releases = parse.parse_distro_info(sample("distro-info-ubuntu.csv"), lts_column="eol-esm")

    assert releases["24.04"] == parse.Support(date(2029, 5, 31), date(2034, 4, 25))
    assert releases["24.10"] == parse.Support(date(2025, 7, 10), None)


def test_the_shipped_table_is_dated_and_agrees_with_the_distributions_own() -> None:
    dated, shipped = parse.parse_shipped_support((SAMPLES.parent / "support.csv").read_text())
    own = parse.parse_distro_info(sample("distro-info-debian.csv"), lts_column="eol-lts")

    assert date.fromisoformat(dated) > date(2026, 1, 1)
    assert {version: shipped[("debian", version)] for version in ("11", "12")} == {
        version: own[version] for version in ("11", "12")
    }


def test_a_processor_tells_its_model_and_whether_it_is_lent_by_a_hypervisor() -> None:
    assert parse.parse_cpu_info(sample("cpuinfo-virtual")) == ("AMD EPYC 7763", True)
    assert parse.parse_cpu_info("flags : fpu vme\n") == ("", False)


def test_the_raw_machine_id_is_never_kept() -> None:
    signs = parse.identities_of("3d1219c7c4c5404aaa1f6d2a48adfda4", "", "atelier")

    assert [sign.scheme for sign in signs] == ["machine_id", "host_name"]
    assert "3d1219c7" not in signs[0].value
    assert signs[0] == parse.identities_of("3d1219c7c4c5404aaa1f6d2a48adfda4", "", "other")[0]


@pytest.mark.parametrize(
    "filler", ["", "00000000-0000-0000-0000-000000000000", "03000200-0400-0500-0006-000700080009", "None"]
)
def test_a_filler_in_the_firmware_identifies_nobody(filler: str) -> None:
    assert [sign.scheme for sign in parse.identities_of("", filler, "atelier")] == ["host_name"]


@pytest.mark.parametrize(
    ("in_container", "is_virtual", "vendor", "chassis", "kind"),
    [
        (True, True, "QEMU", "1", AssetKind.CONTAINER),
        (False, True, "", "", AssetKind.VIRTUAL_MACHINE),
        (False, False, "VMware, Inc.", "1", AssetKind.VIRTUAL_MACHINE),
        (False, False, "LENOVO", "10", AssetKind.WORKSTATION),
        (False, False, "Dell Inc.", "23", AssetKind.SERVER),
        (False, False, "", "", AssetKind.SERVER),
    ],
)
def test_what_surrounds_a_machine_says_what_it_is(
    in_container: bool, is_virtual: bool, vendor: str, chassis: str, kind: AssetKind
) -> None:
    found = parse.hardware_kind(
        in_container=in_container, is_virtual=is_virtual, vendor=vendor, chassis=chassis
    )

    assert found == kind


def test_a_database_seen_twice_is_one_and_keeps_its_version() -> None:
    by_list = [FoundDatabase("postgresql", "/run/postgresql:5432", "15")]
    by_socket = [FoundDatabase("postgresql", "/run/postgresql:5432")]

    assert parse.merge_databases(by_list, by_socket) == tuple(by_list)
    assert parse.merge_databases(by_socket, by_list) == tuple(by_list)

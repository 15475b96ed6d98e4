"""The offline bundle as values: its digest, its files' names and tables, and what keeps it from helping."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from veilleur.domains.knowledge.rules.bundle import (
    LOOKED_AT_WITHIN,
    TOO_OLD_AFTER,
    BundleKept,
    BundleNeed,
    Contact,
    Content,
    KeyLine,
    Paper,
    PlaceCode,
    PlaceState,
    Restart,
    ServiceLine,
    contents_digest,
    folder_of,
    manifest_of,
    needs_of_bundle,
    paper_name,
    read_manifest,
    stamp_of,
    table,
)

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SERVICE = ServiceLine("ERP", 14_400, 86_400, ("erp-01",), 3_600.5, "")
PAPER = Paper(UUID(int=1), "full_restore", "Tout", 1, "1. Lire", "", "", None, "Anna", "", NOW, NOW, 0)
CONTENT = Content(
    "Vexin",
    (Contact("Anna", "anna@vexin.example", "manager", ""),),
    (),
    (PAPER,),
    Restart((SERVICE,), (), KeyLine(NOW, None, None)),
)
HOME = PlaceState("/var/offline", PlaceCode.KEPT, is_home=True)
USB = PlaceState("/media/usb", PlaceCode.KEPT, is_home=False)
KEPT = BundleKept(NOW, NOW, True, (HOME, USB))


def test_the_digest_holds_all_but_restart_times() -> None:
    moved = replace(CONTENT.restart, services=(replace(SERVICE, restart_s=None, why_not="never"),))
    other = replace(CONTENT.restart, services=(replace(SERVICE, rto_s=7_200),))

    assert contents_digest(replace(CONTENT, restart=moved)) == contents_digest(CONTENT)
    assert contents_digest(replace(CONTENT, restart=other)) != contents_digest(CONTENT)
    assert contents_digest(replace(CONTENT, papers=())) != contents_digest(CONTENT)
    assert contents_digest(replace(CONTENT, contacts=())) != contents_digest(CONTENT)


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Ateliers du Vexin", "ateliers-du-vexin-00000007"),
        ("Œuvre d’été & Cie", "uvre-dete-cie-00000007"),
        ("../../etc", "etc-00000007"),
        ("日本", "veilleur-00000007"),
    ],
)
def test_a_folder_is_readable_and_nobody_elses(name: str, folder: str) -> None:
    assert folder_of(name, UUID(int=7)) == folder


def test_names_sort_by_time_and_by_place_in_the_bundle() -> None:
    assert stamp_of(NOW) == "20261120T080000Z"
    assert paper_name(3, PAPER) == "03-full-restore.md"


def test_a_manifest_is_read_back_and_leads_nowhere_else() -> None:
    files = {"index.html": b"a", "documents/01.md": b"b"}

    assert set(read_manifest(manifest_of(files))) == set(files)
    for forged in ("../x", "/etc/passwd", "a/../b", "", "a//b"):
        with pytest.raises(ValueError, match="not a manifest"):
            read_manifest(f"{'0' * 64}  {forged}\n")
    with pytest.raises(ValueError, match="not a manifest"):
        read_manifest("words\n")


def test_a_table_opens_in_any_spreadsheet_and_holds_no_formula() -> None:
    found = table([["Nom", "Courriel"], ["=1+1", 'a;b "c"'], ["@cmd", "-2"]])

    assert found.decode("utf-8-sig") == ('Nom;Courriel\r\n\'=1+1;"a;b ""c"""\r\n\'@cmd;\'-2\r\n')


@pytest.mark.parametrize(
    ("kept", "needs"),
    [
        (KEPT, ()),
        (None, (BundleNeed.NONE,)),
        # Beside the servers it falls with them.
        (replace(KEPT, places=(HOME,)), (BundleNeed.ONLY_HERE,)),
        (replace(KEPT, places=(HOME, replace(USB, code=PlaceCode.SAME_DISK))), (BundleNeed.ONLY_HERE,)),
        # What cannot be reached is not known to be there.
        (replace(KEPT, places=(HOME, replace(USB, code=PlaceCode.AWAY))), (BundleNeed.AWAY,)),
        (replace(KEPT, places=(HOME, replace(USB, code=PlaceCode.FAILED))), (BundleNeed.SPOILT,)),
        (replace(KEPT, places=(replace(HOME, code=PlaceCode.DAMAGED), USB)), (BundleNeed.SPOILT,)),
        (replace(KEPT, is_current=False), (BundleNeed.CHANGED,)),
        (replace(KEPT, made_at=NOW - TOO_OLD_AFTER), (BundleNeed.OLD,)),
        (replace(KEPT, made_at=NOW - TOO_OLD_AFTER + timedelta(seconds=1)), ()),
        (replace(KEPT, checked_at=NOW - LOOKED_AT_WITHIN), (BundleNeed.NOT_LOOKED_AT,)),
    ],
)
def test_each_thing_that_keeps_a_bundle_from_helping_is_named(
    kept: BundleKept | None, needs: tuple[BundleNeed, ...]
) -> None:
    assert needs_of_bundle(kept, NOW) == needs

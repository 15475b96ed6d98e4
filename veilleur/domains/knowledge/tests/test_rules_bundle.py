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
    DutyLine,
    KeyLine,
    Paper,
    PlaceCode,
    PlaceState,
    Restart,
    RotaLine,
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
from veilleur.domains.knowledge.rules.bundle_files import (
    AttachedFile,
    LeftOut,
    carried_files,
    safe_names,
)
from veilleur.domains.knowledge.rules.files import FileFault

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


def test_the_digest_holds_how_a_rota_is_planned_and_not_which_days_it_shows() -> None:
    days = (DutyLine(NOW, NOW + timedelta(days=7), "Anna", "anna@vexin.example", is_gap=False),)
    rota = RotaLine("Nights", "", "outside", "", "", "plan 1", days)

    shown = contents_digest(replace(CONTENT, rotas=(rota,)))

    assert shown == contents_digest(replace(CONTENT, rotas=(replace(rota, duty=()),)))
    assert shown != contents_digest(replace(CONTENT, rotas=(replace(rota, plan="plan 2"),)))
    assert shown != contents_digest(CONTENT)


def test_the_digest_holds_attached_files_and_what_is_wrong_with_them() -> None:
    file = AttachedFile("plan.pdf", "ab" * 32, 1_000, "")
    with_file = contents_digest(replace(CONTENT, papers=(replace(PAPER, files=(file,)),)))
    broken = replace(PAPER, files=(replace(file, fault="damaged"),))

    assert with_file != contents_digest(CONTENT)
    assert with_file != contents_digest(replace(CONTENT, papers=(broken,)))


@pytest.mark.parametrize(
    ("names", "safe"),
    [
        (["Schéma réseau (2026).pdf"], ["Schema-reseau-2026.pdf"]),
        (["../../etc/passwd", ".htaccess", "-rf"], ["etc-passwd", "htaccess", "rf"]),
        (["Con.txt", "lpt1", "console.txt"], ["_Con.txt", "_lpt1", "console.txt"]),
        # File systems of sticks do not tell cases apart.
        (["Plan.pdf", "plan.PDF", "plän.pdf"], ["Plan.pdf", "plan-2.PDF", "plan-3.pdf"]),
        (["日本.png", "…"], ["png", "file"]),
        ([f"{'x' * 200}.xlsx"], [f"{'x' * 75}.xlsx"]),
        (["a\nb.txt"], ["a-b.txt"]),
    ],
)
def test_a_files_name_is_one_that_every_disk_takes(names: list[str], safe: list[str]) -> None:
    assert safe_names(names) == safe


def test_what_is_needed_first_is_carried_first_and_what_is_left_out_says_why() -> None:
    big, small, gone = (
        AttachedFile(name, name * 4, size, "") for name, size in [("b", 80), ("s", 15), ("g", 1)]
    )
    documents = [("documents/01-start.md", [small]), ("documents/02-stop.md", [big, gone, small])]

    found = carried_files(documents, {"gggg": FileFault.DAMAGED}, most_bytes=90)

    assert [[(row.path, row.left_out) for row in rows] for rows in found] == [
        [("documents/01-start/s", None)],
        [("", LeftOut.TOO_MUCH), ("", LeftOut.DAMAGED), ("documents/02-stop/s", None)],
    ]


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

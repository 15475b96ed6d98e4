"""Backup places on real folders, and the envelope beside the repository."""

import os
from pathlib import Path

import pytest

from veilleur.domains.backups.ports import PlaceFacts
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.states import Medium
from veilleur.engines.files.places import CARD as CARD_FILE
from veilleur.engines.files.places import ENVELOPE, READ_MES, LocalPlaces, disks_below, disks_of
from veilleur.shared.refusal import Refused

CARD = {"repository": "1", "organisation": "2", "engine": "restic"}


@pytest.fixture
def places(tmp_path: Path) -> LocalPlaces:
    (tmp_path / "var").mkdir()
    # Without the real mounts: the tests' folder may lie in memory.
    table = tmp_path / "var" / "mounts"
    table.write_text("21 1 8:1 / / rw - ext4 /dev/sda1 rw\n22 1 0:5 / /proc rw - proc proc rw\n")
    return LocalPlaces(tmp_path / "var", table)


def test_a_folder_beside_the_data_is_on_the_same_disk(places: LocalPlaces, tmp_path: Path) -> None:
    seen = places.look(tmp_path / "new")

    assert isinstance(seen, PlaceFacts)
    assert seen.medium is Medium.SAME_DISK
    assert seen.free_bytes > 0
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_only_the_last_part_of_a_path_would_be_made(places: LocalPlaces, tmp_path: Path) -> None:
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")

    assert places.would_make(tmp_path / "new")
    assert not places.would_make(tmp_path / "var")
    assert not places.would_make(tmp_path / "gone" / "new")
    assert not places.would_make(tmp_path / "broken")
    assert not places.would_make(Path("relative"))
    assert not places.would_make(Path("/proc/new"))
    assert not (tmp_path / "new").exists()


def test_a_place_in_memory_is_told(tmp_path: Path) -> None:
    table = tmp_path / "mounts"
    table.write_text(
        f"21 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 21 0:31 / {tmp_path.resolve()} rw - tmpfs tmpfs rw\n"
    )
    (tmp_path / "var").mkdir()

    seen = LocalPlaces(tmp_path / "var", table).look(tmp_path / "new")

    assert isinstance(seen, PlaceFacts)
    assert seen.medium is Medium.MEMORY


def test_a_file_mounted_as_a_disk_lies_on_the_disk_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "image").touch()
    loop = tmp_path / "sys" / "loop3"
    (loop / "loop").mkdir(parents=True)
    (loop / "loop3p1").mkdir()
    (loop / "loop3p1" / "partition").write_text("1\n")
    (loop / "loop" / "backing_file").write_text(f"{tmp_path}/image\n")

    assert disks_below(loop) == disks_below(loop / "loop3p1") == disks_of(tmp_path)
    (loop / "loop" / "backing_file").write_text(f"{tmp_path}/image (deleted)\n")
    assert disks_below(loop) == frozenset()


def test_an_array_of_which_one_disk_is_unknown_is_unknown(tmp_path: Path) -> None:
    for name in ("md0", "sda", "loop0"):
        (tmp_path / name).mkdir()
    (tmp_path / "md0" / "slaves").mkdir()
    for name in ("sda", "loop0"):
        (tmp_path / "md0" / "slaves" / name).symlink_to(tmp_path / name)

    assert disks_below(tmp_path / "md0") == {"sda", "loop0"}
    (tmp_path / "loop0" / "loop").mkdir()
    (tmp_path / "loop0" / "loop" / "backing_file").write_text("/gone/image\n")
    assert disks_below(tmp_path / "md0") == frozenset()


def test_a_mounted_share_is_held_elsewhere(tmp_path: Path) -> None:
    table = tmp_path / "mounts"
    table.write_text(
        f"21 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 21 0:31 / {tmp_path.resolve()} rw - nfs4 nas:/v rw\n"
    )

    (tmp_path / "var").mkdir()

    seen = LocalPlaces(tmp_path / "var", table).look(tmp_path / "new")

    assert isinstance(seen, PlaceFacts)
    assert (seen.medium, seen.file_system) == (Medium.NETWORK, "nfs4")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("relative/folder", "place_not_absolute"),
        ("{tmp}/missing/folder", "place_missing"),
        ("{tmp}/file", "place_is_a_file"),
        ("{tmp}/file/below", "place_missing"),
        ("{tmp}/" + "n" * 300, "path_too_long"),
        ("/proc/veilleur", "place_made_up"),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused_with_its_reason(
    places: LocalPlaces, tmp_path: Path, path: str, reason: str
) -> None:
    (tmp_path / "file").touch()

    seen = places.look(Path(path.format(tmp=tmp_path)))

    assert isinstance(seen, Refused)
    assert seen.reason == reason


def test_envelope_card_and_read_me_stand_beside_the_repository(places: LocalPlaces, tmp_path: Path) -> None:
    places.write_beside(tmp_path, (b"sealed",), CARD, "How to open it: été")

    assert places.read_envelopes(tmp_path) == (b"sealed",)
    assert places.read_card(tmp_path) == CARD
    assert (tmp_path / "READ-ME.txt").read_text() == "How to open it: été"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_where_no_recovery_key_is_known_the_envelopes_that_lie_there_stay(
    places: LocalPlaces, tmp_path: Path
) -> None:
    places.write_beside(tmp_path, (b"sealed", b"before"), CARD, "")
    places.write_beside(tmp_path, (), CARD, "")

    assert places.read_envelopes(tmp_path) == (b"sealed", b"before")


def test_envelopes_of_keys_before_lie_beside_the_present_one_and_go_with_it(
    places: LocalPlaces, tmp_path: Path
) -> None:
    places.write_beside(tmp_path, (b"first",), CARD, "")
    places.write_beside(tmp_path, (b"third", b"second", b"first"), CARD, "")
    all_three = places.read_envelopes(tmp_path)
    places.write_beside(tmp_path, (b"third",), CARD, "")

    assert all_three == (b"third", b"second", b"first")
    assert places.read_envelopes(tmp_path) == (b"third",)


def test_a_place_that_is_gone_says_so(places: LocalPlaces, tmp_path: Path) -> None:
    gone = tmp_path / "gone"

    with pytest.raises(EngineError, match="place_missing"):
        places.write_beside(gone, (b"",), CARD, "")
    with pytest.raises(EngineError, match="envelope_missing"):
        places.read_card(gone)


@pytest.mark.parametrize("name", ["", "keys", "run", "work/places", "backups/repository", "backups/second"])
def test_a_place_lies_neither_in_the_data_folder_nor_in_another_place(tmp_path: Path, name: str) -> None:
    data_dir = tmp_path / "var"
    (data_dir / name).mkdir(parents=True)
    (data_dir / "backups").mkdir(exist_ok=True)
    (data_dir / "backups" / CARD_FILE).write_text("{}")

    seen = LocalPlaces(data_dir).look(data_dir / name)

    assert isinstance(seen, Refused)
    assert seen.reason == "place_taken"
    assert not (data_dir / name / ".veilleur").exists()


@pytest.mark.parametrize("above", [Path("/"), Path("//"), Path("srv")])
def test_a_place_does_not_hold_the_data_folder_nor_the_whole_machine(tmp_path: Path, above: Path) -> None:
    """Every other folder of the machine would lie inside it from then on."""
    data_dir = tmp_path / "srv" / "var"
    data_dir.mkdir(parents=True)

    seen = LocalPlaces(data_dir).look(tmp_path / above)

    assert isinstance(seen, Refused)
    assert seen.reason == "place_taken"


def test_a_link_into_the_data_folder_is_no_way_round(tmp_path: Path) -> None:
    (tmp_path / "var" / "keys").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "var" / "keys")

    seen = LocalPlaces(tmp_path / "var").look(tmp_path / "link")

    assert isinstance(seen, Refused)
    assert seen.reason == "place_taken"


def test_the_place_offered_by_default_may_be_made_and_looked_at_again(tmp_path: Path) -> None:
    places = LocalPlaces(tmp_path / "var")
    (tmp_path / "var").mkdir()

    assert isinstance(places.look(tmp_path / "var" / "backups"), PlaceFacts)
    (tmp_path / "var" / "backups" / CARD_FILE).write_text("{}")
    assert isinstance(places.look(tmp_path / "var" / "backups"), PlaceFacts)


def test_file_systems_without_data_are_left_out_of_what_holds_them(tmp_path: Path) -> None:
    source = tmp_path / "root"
    (source / "proc").mkdir(parents=True)
    table = tmp_path / "mounts"
    table.write_text(
        f"21 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 21 0:31 / {source.resolve()}/proc rw - proc proc rw\n"
        f"31 21 0:32 / {source.resolve()}/tmp rw - tmpfs tmpfs rw\n"
    )

    seen = LocalPlaces(tmp_path / "var", table).source(source, tmp_path / "place")

    assert (seen.path, seen.left_out) == (source, (source / "proc",))


@pytest.mark.parametrize("source", ["etc/keys", "etc/keys/master", "etc/tls.pem", "link"])
def test_keys_that_lie_outside_of_the_data_folder_are_no_source(tmp_path: Path, source: str) -> None:
    keys, certificate = tmp_path / "etc" / "keys", tmp_path / "etc" / "tls.pem"
    keys.mkdir(parents=True)
    (keys / "master").write_text("secret")
    certificate.write_text("secret")
    (tmp_path / "link").symlink_to(keys)
    places = LocalPlaces(tmp_path / "var", secrets=(keys, certificate))

    with pytest.raises(EngineError) as refused:
        places.source(tmp_path / source, tmp_path / "place")

    assert refused.value.reason == "own_data_inside_source"


def test_keys_are_left_out_of_what_holds_them(tmp_path: Path) -> None:
    keys = tmp_path / "etc" / "keys"
    keys.mkdir(parents=True)

    seen = LocalPlaces(tmp_path / "var", secrets=(keys,)).source(tmp_path / "etc", tmp_path / "place")

    assert seen.left_out == (keys,)


@pytest.mark.parametrize("source", ["data", "data/place", "data/place/repository"])
def test_a_source_neither_holds_the_place_nor_lies_in_it(tmp_path: Path, source: str) -> None:
    (tmp_path / "data" / "place" / "repository").mkdir(parents=True)

    with pytest.raises(EngineError) as refused:
        LocalPlaces(tmp_path / "var").source(tmp_path / source, tmp_path / "data" / "place")

    assert refused.value.reason == "repository_inside_source"


@pytest.mark.parametrize("name", ["", "place/inside"])
def test_no_place_holds_another_one_nor_lies_in_it(places: LocalPlaces, tmp_path: Path, name: str) -> None:
    (tmp_path / "srv" / "place").mkdir(parents=True)

    seen = places.look(tmp_path / "srv" / name, in_use=[tmp_path / "srv" / "place"])

    assert isinstance(seen, Refused)
    assert seen.reason == "place_taken"


def test_a_place_above_that_is_retired_is_in_nobodys_way(places: LocalPlaces, tmp_path: Path) -> None:
    above, place = tmp_path / "srv", tmp_path / "srv" / "place"
    above.mkdir()
    (above / CARD_FILE).write_text("{}")
    assert isinstance(places.look(place), Refused)

    assert isinstance(places.look(place, retired=[above]), PlaceFacts)


def test_a_place_in_use_is_not_in_its_own_way(places: LocalPlaces, tmp_path: Path) -> None:
    above, place = tmp_path / "srv", tmp_path / "srv" / "place"
    place.mkdir(parents=True)
    (above / CARD_FILE).write_text("{}")

    assert isinstance(places.look(place, in_use=[above, place]), PlaceFacts)


def test_the_card_of_a_place_around_the_data_folder_is_in_nobodys_way(
    places: LocalPlaces, tmp_path: Path
) -> None:
    (tmp_path / CARD_FILE).write_text("{}")

    assert isinstance(places.look(tmp_path / "place"), PlaceFacts)


def test_a_link_that_somebody_left_in_a_place_is_not_followed(places: LocalPlaces, tmp_path: Path) -> None:
    place, victim = tmp_path / "place", tmp_path / "victim"
    place.mkdir()
    victim.write_text("mine")
    (place / f".{READ_MES[0]}.new").symlink_to(victim)
    (place / f".veilleur-{os.getpid()}").symlink_to(tmp_path / "made")

    places.look(place)
    places.write_beside(place, [b"sealed"], CARD, "how to")

    assert victim.read_text() == "mine"
    assert not (tmp_path / "made").exists()
    assert (place / READ_MES[0]).read_text() == "how to"


def test_a_read_me_of_others_is_never_overwritten(places: LocalPlaces, tmp_path: Path) -> None:
    foreign, other = (tmp_path / name for name in READ_MES)
    foreign.write_text("Thesis, second part")

    places.write_beside(tmp_path, (), CARD, "how to")

    assert (foreign.read_text(), other.read_text()) == ("Thesis, second part", "how to")
    other.write_text("Thesis, third part")
    places.write_beside(tmp_path, (), CARD, "how to")
    assert (foreign.read_text(), other.read_text()) == ("Thesis, second part", "Thesis, third part")


def test_a_link_under_the_name_of_the_read_me_stays(places: LocalPlaces, tmp_path: Path) -> None:
    (tmp_path / READ_MES[0]).symlink_to(tmp_path / "elsewhere")

    places.write_beside(tmp_path, (), CARD, "how to")

    assert (tmp_path / READ_MES[0]).is_symlink()
    assert not (tmp_path / "elsewhere").exists()


def test_an_earlier_read_me_is_written_anew(places: LocalPlaces, tmp_path: Path) -> None:
    earlier = f"Sauvegardes faites par Veilleur\n{ENVELOPE}\n{CARD_FILE}\n"
    places.write_beside(tmp_path, (), CARD, earlier)

    places.write_beside(tmp_path, (), CARD, "how to")

    assert (tmp_path / READ_MES[0]).read_text() == "how to"
    assert not (tmp_path / READ_MES[1]).exists()


def test_a_link_that_leads_in_a_circle_is_no_place_and_stands_in_no_other_s_way(
    places: LocalPlaces, tmp_path: Path
) -> None:
    (tmp_path / "one").symlink_to(tmp_path / "two")
    (tmp_path / "two").symlink_to(tmp_path / "one")

    for folder in (tmp_path / "one", tmp_path / "one" / "below"):
        refused = places.look(folder)
        assert isinstance(refused, Refused)
        assert refused.reason == "link_loop"
        with pytest.raises(EngineError, match="source_missing"):
            places.source(folder, tmp_path / "place")
    assert isinstance(places.look(tmp_path / "new", in_use=(tmp_path / "one",)), PlaceFacts)


@pytest.mark.parametrize("folder", ["/dev/copies", "/dev/shm/copies", "/proc/copies", "/sys", "/run/copies"])
def test_folders_of_the_system_itself_hold_no_copies(tmp_path: Path, folder: str) -> None:
    (tmp_path / "var").mkdir()

    refused = LocalPlaces(tmp_path / "var").look(Path(folder))

    assert refused == Refused("place_made_up", folder)
    assert not Path("/dev/copies").exists()


def no_file(path: Path, kind: str) -> None:
    """Put something under a name that is no file to be read."""
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to(path.parent / "elsewhere")
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_bytes(b" " * 1_000_001)


@pytest.mark.parametrize("kind", ["pipe", "link", "folder", "large"])
def test_an_envelope_or_a_card_that_is_no_small_file_is_damaged_and_not_waited_for(
    places: LocalPlaces, tmp_path: Path, kind: str
) -> None:
    (tmp_path / "elsewhere").write_text("{}")
    no_file(tmp_path / ENVELOPE, kind)
    no_file(tmp_path / CARD_FILE, kind)

    with pytest.raises(EngineError, match="envelope_damaged"):
        places.read_envelopes(tmp_path)
    with pytest.raises(EngineError, match="card_damaged"):
        places.read_card(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "5", "{", "[" * 100_000, "\udcff"])
def test_a_card_that_is_not_as_it_is_written_is_damaged(
    places: LocalPlaces, tmp_path: Path, content: str
) -> None:
    (tmp_path / CARD_FILE).write_bytes(content.encode("utf-8", "surrogateescape"))

    with pytest.raises(EngineError, match="card_damaged"):
        places.read_card(tmp_path)

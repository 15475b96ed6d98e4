"""Verification of one chain: each kind of damage is found, and where."""

from dataclasses import replace
from uuid import UUID

import pytest

from veilleur.domains.journal.rules.canonical import canonical_json
from veilleur.domains.journal.rules.chain import FIRST_HASH, Header, body_digest, entry_hash
from veilleur.domains.journal.rules.heads import ExportedHead
from veilleur.domains.journal.rules.verification import ChainCheck, ChainPoint, Damage, StoredEntry

ORGANISATION = UUID(int=9)
SALT = b"salt"


def make_chain(*bodies: tuple[str, dict[str, object]], start: ChainPoint | None = None) -> list[StoredEntry]:
    """Return sound entries of these kinds and bodies; an epoch_opened raises the epoch."""
    epoch, sequence, previous = (start.epoch, start.sequence, start.hash) if start else (1, 0, FIRST_HASH)
    chain = []
    for kind, content in bodies:
        epoch += kind == "journal.epoch_opened"
        sequence += 1
        body = canonical_json(content)
        header = Header(
            UUID(int=sequence), ORGANISATION, epoch, sequence, 5, 6, "anna", "live", kind, 1, None,
            body_digest(SALT, body), previous,
        )  # fmt: skip
        previous = entry_hash(header)
        chain.append(StoredEntry(header, previous, body, SALT))
    return chain


def notes(count: int) -> list[StoredEntry]:
    """Return a sound chain of plain entries."""
    return make_chain(*[("sample.noted", {"text": str(number)}) for number in range(1, count + 1)])


def end_of(chain: list[StoredEntry]) -> ChainPoint:
    """Return the head that fits a chain."""
    return ChainPoint(chain[-1].header.epoch, chain[-1].header.sequence, chain[-1].hash)


def exported(entry: StoredEntry) -> ExportedHead:
    """Return the head that went out when this entry was the last."""
    return ExportedHead(ORGANISATION, entry.header.epoch, entry.header.sequence, entry.hash.hex())


def found(
    chain: list[StoredEntry], head: ChainPoint | None, *heads: ExportedHead
) -> list[tuple[Damage, int, int]]:
    """Return what a check from the beginning finds, as (damage, sequence, until)."""
    check = ChainCheck(ORGANISATION, None, heads)
    for entry in chain:
        check.follow(entry)
    return [(finding.damage, finding.sequence, finding.until) for finding in check.finish(head)]


def test_a_sound_chain_has_no_findings() -> None:
    chain = notes(5)

    assert found(chain, end_of(chain), exported(chain[2]), exported(chain[4])) == []


def test_an_empty_chain_has_no_findings() -> None:
    assert found([], ChainPoint(1, 0, FIRST_HASH)) == []


def test_a_changed_body_is_named() -> None:
    chain = notes(3)
    chain[1] = replace(chain[1], body='{"text":"0"}')

    assert found(chain, end_of(chain)) == [(Damage.BODY_CHANGED, 2, 2)]


def test_a_body_without_its_salt_is_a_changed_body() -> None:
    chain = notes(3)
    chain[1] = replace(chain[1], salt=None)

    assert found(chain, end_of(chain)) == [(Damage.BODY_CHANGED, 2, 2)]


@pytest.mark.parametrize(
    "change", [{"actor": "ben"}, {"occurred_at_us": 0}, {"kind": "a.b"}, {"subject": UUID(int=4)}]
)
def test_a_changed_header_is_named(change: dict[str, object]) -> None:
    chain = notes(3)
    chain[1] = replace(chain[1], header=replace(chain[1].header, **change))

    assert found(chain, end_of(chain)) == [(Damage.CHANGED, 2, 2)]


def test_an_entry_changed_together_with_its_hash_no_longer_carries_the_next() -> None:
    chain = notes(3)
    header = replace(chain[1].header, actor="ben")
    chain[1] = replace(chain[1], header=header, hash=entry_hash(header))

    assert found(chain, end_of(chain)) == [(Damage.UNLINKED, 3, 3)]


def test_history_rewritten_with_all_hashes_differs_from_what_was_exported() -> None:
    chain = notes(4)
    forged = make_chain(*[("sample.noted", {"text": "lie"})] * 4)

    assert found(forged, end_of(forged), exported(chain[2])) == [(Damage.REWRITTEN, 3, 3)]


@pytest.mark.parametrize(("first", "last"), [(1, 1), (2, 2), (2, 4), (1, 3)])
def test_removed_entries_are_named_from_first_to_last(first: int, last: int) -> None:
    chain = notes(6)
    left = chain[: first - 1] + chain[last:]

    assert found(left, end_of(chain)) == [(Damage.REMOVED, first, last)]


def test_two_entries_that_changed_places_are_named() -> None:
    chain = notes(5)
    second, fourth = chain[1], chain[3]
    chain[1] = replace(fourth, header=replace(fourth.header, sequence=2))
    chain[3] = replace(second, header=replace(second.header, sequence=4))

    findings = found(chain, end_of(chain))

    assert [finding for finding in findings if finding[0] is Damage.REORDERED] == [
        (Damage.REORDERED, 2, 2),
        (Damage.REORDERED, 4, 4),
    ]
    assert Damage.CHANGED not in {damage for damage, *_ in findings}


def test_entries_cut_off_from_the_end_are_named_by_the_head() -> None:
    chain = notes(5)

    assert found(chain[:3], end_of(chain)) == [(Damage.TRUNCATED, 4, 5)]


def test_entries_cut_off_together_with_the_head_are_named_by_what_was_exported() -> None:
    chain = notes(5)

    assert found(chain[:3], end_of(chain[:3]), exported(chain[4])) == [(Damage.TRUNCATED, 5, 5)]


def test_a_head_that_was_set_back_does_not_agree_with_the_entries() -> None:
    chain = notes(5)

    assert found(chain, end_of(chain[:3])) == [(Damage.HEAD, 3, 3)]


def test_a_head_that_was_deleted_is_missed() -> None:
    chain = notes(2)

    assert found(chain, None) == [(Damage.HEAD, 2, 2)]


def test_an_erased_body_needs_a_recorded_act() -> None:
    chain = notes(3)
    chain[1] = replace(chain[1], body=None, salt=None)

    assert found(chain, end_of(chain)) == [(Damage.BODY_MISSING, 2, 2)]


def test_a_body_erased_by_a_recorded_act_leaves_the_chain_sound() -> None:
    erasure = ("journal.bodies_erased", {"entries": [str(UUID(int=1))], "reason": "asked"})
    chain = make_chain(("sample.noted", {"text": "Anna Martin"}), erasure)
    chain[0] = replace(chain[0], body=None, salt=None)

    assert found(chain, end_of(chain)) == []


def restore(lost: StoredEntry, **changes: object) -> tuple[str, dict[str, object]]:
    """Return a declaration that everything up to this entry was lost."""
    head = exported(lost)
    body = {"lost_epoch": head.epoch, "lost_sequence": head.sequence, "lost_hash": head.hash}
    return "journal.epoch_opened", {"reason": "disk", **body, **changes}


def test_what_a_declared_restore_lost_is_no_truncation_and_is_told() -> None:
    before = notes(5)
    after = before[:3] + make_chain(restore(before[4]), ("sample.noted", {}), start=end_of(before[:3]))
    check = ChainCheck(ORGANISATION, None, [exported(before[2]), exported(before[3]), exported(before[4])])

    for entry in after:
        check.follow(entry)

    assert check.finish(end_of(after)) == []
    (loss,) = check.losses
    assert (loss.kept, loss.lost, loss.actor, loss.is_proven) == ((1, 3), (1, 5), "anna", True)


def test_a_restore_declares_only_what_it_names() -> None:
    before = notes(6)
    after = before[:3] + make_chain(restore(before[4]), start=end_of(before[:3]))

    assert found(after, end_of(after), exported(before[4]), exported(before[5])) == [(Damage.TRUNCATED, 6, 6)]


@pytest.mark.parametrize("changes", [{"lost_sequence": 999999}, {"lost_hash": "00" * 32}])
def test_a_loss_that_no_signed_head_backs_excuses_nothing(changes: dict[str, object]) -> None:
    before = notes(5)
    after = before[:3] + make_chain(restore(before[4], **changes), start=end_of(before[:3]))

    assert found(after, end_of(after), exported(before[4])) == [(Damage.TRUNCATED, 5, 5)]


def test_a_history_made_anew_under_a_declared_loss_lacks_what_was_exported() -> None:
    before = notes(5)
    forged = make_chain(restore(before[4], lost_sequence=999999), *[("sample.noted", {"text": "lie"})] * 6)

    damages = found(forged, end_of(forged), exported(before[2]), exported(before[4]))

    assert damages == [(Damage.TRUNCATED, 3, 3), (Damage.TRUNCATED, 5, 5)]


def test_below_a_declared_loss_everything_must_still_be_what_was_exported() -> None:
    before = notes(5)
    lie = make_chain(*[("sample.noted", {"text": "lie"})] * 3)
    after = lie + make_chain(restore(before[4]), start=end_of(lie))

    assert found(after, end_of(after), exported(before[1]), exported(before[4])) == [(Damage.REWRITTEN, 2, 2)]


def test_a_second_restore_from_before_the_first_loses_what_both_lost() -> None:
    first = notes(9)
    second = first[:7] + make_chain(restore(first[8]), ("sample.noted", {}), start=end_of(first[:7]))
    opened = make_chain(restore(second[-1]), start=ChainPoint(2, 4, first[3].hash))
    third = first[:4] + opened

    assert [entry.header.epoch for entry in opened] == [3]
    assert found(third, end_of(third), exported(first[8]), exported(second[-1])) == []


def test_two_proofs_of_one_place_that_differ_show_that_history_was_rewritten() -> None:
    chain = notes(3)
    other = ExportedHead(ORGANISATION, 1, 2, "00" * 32)

    assert found(chain, end_of(chain), exported(chain[1]), other) == [(Damage.REWRITTEN, 2, 2)]
    assert found(chain, end_of(chain), other, exported(chain[1])) == [(Damage.REWRITTEN, 2, 2)]


def test_an_epoch_that_rises_without_a_restore_is_named() -> None:
    chain = notes(1) + make_chain(("sample.noted", {}), start=ChainPoint(2, 1, notes(1)[0].hash))

    assert found(chain, end_of(chain)) == [(Damage.EPOCH, 2, 2)]


def test_a_check_may_go_on_from_any_point() -> None:
    chain = notes(6)
    check = ChainCheck(ORGANISATION, end_of(chain[:4]), [exported(chain[5])])

    for entry in chain[4:]:
        check.follow(entry)

    assert check.finish(end_of(chain)) == []
    assert check.checked == 2


def test_all_damages_of_a_chain_are_named_in_order() -> None:
    chain = notes(9)
    chain[7] = replace(chain[7], body="{}")
    chain[1] = replace(chain[1], header=replace(chain[1].header, actor="ben"))
    del chain[4]

    assert found(chain, end_of(chain)) == [
        (Damage.CHANGED, 2, 2),
        (Damage.REMOVED, 5, 5),
        (Damage.BODY_CHANGED, 8, 8),
    ]

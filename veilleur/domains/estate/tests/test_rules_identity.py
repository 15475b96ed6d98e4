"""Which signs name a machine, and when two that look alike are not the same."""

from uuid import UUID, uuid4

import pytest

from veilleur.domains.estate.rules.identity import (
    Doubt,
    KnownDevice,
    Recognition,
    Sameness,
    Scheme,
    Signs,
    device_of,
    identities_of,
    looked_up,
    merged_signs,
    real_mac,
    real_serial,
    real_uuid,
    recognise,
    sameness,
    swapped,
)
from veilleur.domains.estate.rules.machine import Identity

NUMBER = "4c4c4544-0042-3510-8052-b4c04f4a5931"
OTHER = "5d5d5544-0042-3510-8052-b4c04f4a5931"
AGENT = "0b9bd5c4-5a1f-4a66-9a0b-6f2a7d3c8e11"
FULL = Signs(AGENT, "pc-1-2026-01-01-08-00-00", NUMBER, "5CG1234XYZ", ("a4:6b:b6:12:34:56",), "pc-1")
A, B = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("told", "real"),
    [
        (NUMBER.upper(), NUMBER),
        (f" {{{NUMBER}}} ", NUMBER),
        # Filled by nobody.
        ("00000000-0000-0000-0000-000000000000", ""),
        ("FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", ""),
        # On every board of some makers, in either order of bytes.
        ("03000200-0400-0500-0006-000700080009", ""),
        ("00020003-0004-0005-0006-000700080009", ""),
        ("Not Settable", ""),
        ("", ""),
    ],
)
def test_a_number_of_the_firmware_that_names_a_machine(told: str, real: str) -> None:
    assert real_uuid(told) == real


@pytest.mark.parametrize(
    "told", ["To Be Filled By O.E.M.", "Default string", "System Serial Number", "0", "None"]
)
@pytest.mark.parametrize("written", [str.lower, str.upper, lambda text: f" {text} "])
def test_what_makers_leave_for_a_serial_number_is_none(told: str, written: "type[str]") -> None:
    assert real_serial(written(told)) == ""


@pytest.mark.parametrize(
    ("told", "real"),
    [
        (" 5cg1234xyz ", "5CG1234XYZ"),
        ("VMware-42 1a  7b", "VMWARE-42 1A 7B"),
        ("123456789", ""),
        ("000000000", ""),
        ("........", ""),
        ("A1", ""),
    ],
)
def test_a_serial_number_is_compared_in_capitals(told: str, real: str) -> None:
    assert real_serial(told) == real


@pytest.mark.parametrize(
    ("told", "real"),
    [
        ("A4-6B-B6-12-34-56", "a4:6b:b6:12:34:56"),
        ("a46b.b612.3456", "a4:6b:b6:12:34:56"),
        ("00:00:00:00:00:00", ""),
        ("ff:ff:ff:ff:ff:ff", ""),
        # Made by the system, by containers, by hypervisors: the same on many machines.
        ("02:42:ac:11:00:02", ""),
        ("00:50:56:c0:00:08", ""),
        ("0a:00:27:00:00:01", ""),
        ("x", ""),
    ],
)
def test_a_card_that_names_a_machine(told: str, real: str) -> None:
    assert real_mac(told) == real


def test_a_number_with_its_bytes_the_other_way_round_is_the_same() -> None:
    other = Signs(uuid="44454c4c-4200-1035-8052-b4c04f4a5931")

    assert swapped(NUMBER) == other.uuid
    assert swapped(swapped(NUMBER)) == NUMBER
    assert sameness(Signs(uuid=NUMBER), other) is Sameness.SAME
    assert Identity(Scheme.DMI_UUID, other.uuid) in looked_up(FULL)


@pytest.mark.parametrize(
    ("known", "told", "same"),
    [
        (FULL, FULL, Sameness.SAME),
        (FULL, Signs(uuid=NUMBER), Sameness.SAME),
        (FULL, Signs(serial="5CG1234XYZ"), Sameness.SAME),
        # One number that differs is enough.
        (FULL, Signs(uuid=NUMBER, serial="OTHER999"), Sameness.DIFFERENT),
        (FULL, Signs(uuid=OTHER, serial="5CG1234XYZ"), Sameness.DIFFERENT),
        (FULL, Signs(agent_id=AGENT, device_id=FULL.device_id), Sameness.UNKNOWN),
        (Signs(uuid=NUMBER), Signs(serial="5CG1234XYZ"), Sameness.UNKNOWN),
    ],
)
def test_hardware_is_compared_by_its_numbers(known: Signs, told: Signs, same: Sameness) -> None:
    assert sameness(known, told) is same


def test_signs_are_kept_strongest_first() -> None:
    assert [identity.scheme for identity in identities_of(FULL)] == [
        "agent_id", "device_id", "dmi_uuid", "serial", "mac", "host_name",
    ]  # fmt: skip


def test_what_a_device_no_longer_says_of_itself_stays_known() -> None:
    assert merged_signs(FULL, Signs(AGENT, FULL.device_id, host_name="pc-one")) == Signs(
        AGENT, FULL.device_id, NUMBER, "5CG1234XYZ", ("a4:6b:b6:12:34:56",), "pc-one"
    )


KNOWN = KnownDevice(uuid4(), FULL, A)


@pytest.mark.parametrize(
    "told",
    [
        FULL,
        # Its agent was installed anew under another name, or is the older one that tells no number.
        Signs(AGENT, "other", NUMBER, "5CG1234XYZ"),
        Signs("", FULL.device_id, NUMBER),
        # No right to read the hardware's numbers this time.
        Signs(AGENT, FULL.device_id),
        Signs(AGENT, FULL.device_id, swapped(NUMBER), "5CG1234XYZ"),
    ],
)
def test_a_device_that_tells_again_is_found(told: Signs) -> None:
    assert device_of(told, [KNOWN]) == KNOWN


@pytest.mark.parametrize(
    "told",
    [
        # A machine that was copied with its agent.
        Signs(AGENT, FULL.device_id, OTHER, "OTHER999"),
        # Another agent.
        Signs("1c9bd5c4-5a1f-4a66-9a0b-6f2a7d3c8e11", FULL.device_id, NUMBER),
        Signs("", "another"),
        Signs(),
    ],
)
def test_another_device_is_not(told: Signs) -> None:
    assert device_of(told, [KNOWN]) is None


def test_of_two_copies_each_finds_itself_again_and_one_that_tells_nothing_is_a_third() -> None:
    copy = KnownDevice(uuid4(), Signs(AGENT, FULL.device_id, OTHER, "OTHER999"), B)
    bare = KnownDevice(uuid4(), Signs(AGENT, FULL.device_id), None)
    silent = Signs(AGENT, FULL.device_id)

    assert device_of(FULL, [copy, KNOWN]) == KNOWN
    assert device_of(copy.signs, [KNOWN, copy]) == copy
    assert device_of(silent, [KNOWN, copy]) is None
    assert device_of(silent, [KNOWN, copy, bare]) == bare


BY_UUID, BY_SERIAL = Identity("dmi_uuid", NUMBER), Identity("serial", "5CG1234XYZ")
NAMED = Identity("host_name", "PC-1")
REPORTS = KnownDevice(uuid4(), Signs(device_id="elsewhere"), A)

Held = dict[UUID, set[Identity]]
CASES: list[tuple[str, Signs, list[KnownDevice], dict[Identity, UUID], Held, Recognition]] = [
    ("nobody knows it", FULL, [], {}, {}, Recognition(None, Doubt.UNKNOWN)),
    ("two numbers agree", FULL, [], {BY_UUID: A, BY_SERIAL: A}, {A: {BY_UUID, BY_SERIAL}}, Recognition(A)),
    ("installed anew: two numbers agree, another agent reported", FULL, [REPORTS],
     {BY_UUID: A, BY_SERIAL: A}, {A: {BY_UUID, BY_SERIAL}}, Recognition(A)),
    ("two numbers of two machines", FULL, [], {BY_UUID: A, BY_SERIAL: B}, {A: {BY_UUID}, B: {BY_SERIAL}},
     Recognition(None, Doubt.CONTRADICTION, (A, B))),
    ("one number, and the name", FULL, [], {BY_UUID: A}, {A: {BY_UUID, NAMED}}, Recognition(A)),
    ("one number the other way round, and the name", FULL, [], {Identity("dmi_uuid", swapped(NUMBER)): A},
     {A: {NAMED}}, Recognition(A)),
    ("one number alone", FULL, [], {BY_UUID: A}, {A: {BY_UUID}}, Recognition(None, Doubt.ONE_SIGN, (A,))),
    ("one number that makers share, of a machine that reports", FULL, [REPORTS], {BY_SERIAL: A},
     {A: {BY_SERIAL, NAMED}}, Recognition(None, Doubt.ONE_SIGN, (A,))),
    ("one number agrees, the other one is told otherwise", FULL, [], {BY_SERIAL: A},
     {A: {BY_SERIAL, Identity("dmi_uuid", OTHER), NAMED}}, Recognition(None, Doubt.CONTRADICTION, (A,))),
    ("a card in a dock proves nothing", FULL, [], {Identity("mac", "a4:6b:b6:12:34:56"): A}, {A: set()},
     Recognition(None, Doubt.UNKNOWN, (A,))),
    ("a name proves nothing", FULL, [], {Identity("host_name", "pc-1"): B}, {B: {NAMED}},
     Recognition(None, Doubt.UNKNOWN, (B,))),
    ("a copy of a machine that reports", Signs(AGENT, FULL.device_id, OTHER), [KNOWN], {}, {},
     Recognition(None, Doubt.CLONE, (A,))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "devices", "holders", "held", "found"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_which_machine_a_new_device_is(
    told: Signs,
    devices: list[KnownDevice],
    holders: dict[Identity, UUID],
    held: dict[UUID, set[Identity]],
    found: Recognition,
) -> None:
    signs = {asset: frozenset(identities) for asset, identities in held.items()}

    assert recognise(told, devices, holders, signs) == found

"""A machine read from afar is joined to a known one by a lasting sign alone, and never against another."""

from uuid import UUID

import pytest

from veilleur.domains.estate.rules.identity import Doubt, Recognition
from veilleur.domains.estate.rules.machine import Identity
from veilleur.domains.estate.rules.taking import taken_as

DB1, DB2 = UUID(int=1), UUID(int=2)
ID, OTHER_ID = Identity("machine_id", "a1"), Identity("machine_id", "b2")
UUID_1 = Identity("dmi_uuid", "00112233-4455-6677-8899-aabbccddeeff")
SWAPPED = Identity("dmi_uuid", "33221100-5544-7766-8899-aabbccddeeff")
SERIAL = Identity("serial", "CN12345678")
OTHER_UUID = Identity("dmi_uuid", "99887766-4455-6677-8899-aabbccddeeff")
NAME = Identity("host_name", "db1")


@pytest.mark.parametrize(
    ("told", "known", "called_so", "expected"),
    [
        # nothing is known
        ((ID, NAME), {}, (), Recognition(None)),
        # by one lasting sign, whatever it is called today
        ((ID, NAME), {DB1: (ID,)}, (), Recognition(DB1)),
        ((UUID_1,), {DB1: (SWAPPED,)}, (), Recognition(DB1)),
        # a name alone joins nothing, and is told
        ((ID, NAME), {DB1: (NAME,)}, (DB1,), Recognition(None, Doubt.ONE_SIGN, (DB1,))),
        # a copy of a virtual machine: one sign is the same, another differs
        ((ID, UUID_1), {DB1: (ID, OTHER_UUID)}, (), Recognition(None, Doubt.CONTRADICTION, (DB1,))),
        # set up anew on the same board
        ((OTHER_ID, UUID_1), {DB1: (ID, UUID_1)}, (), Recognition(None, Doubt.CONTRADICTION, (DB1,))),
        # the signs of two machines
        ((ID, SERIAL), {DB1: (ID,), DB2: (SERIAL,)}, (), Recognition(None, Doubt.CONTRADICTION, (DB1, DB2))),
    ],
)
def test_which_machine_it_is(
    told: tuple[Identity, ...],
    known: dict[UUID, tuple[Identity, ...]],
    called_so: tuple[UUID, ...],
    expected: Recognition,
) -> None:
    holders = {sign: asset for asset, signs in known.items() for sign in signs}

    assert taken_as(told, holders, known, called_so) == expected

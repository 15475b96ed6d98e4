"""Whatever is sent ends in a clear refusal or a cleaned record, within bounds of time and memory."""

import io
import json
import random
import tracemalloc
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from veilleur.domains.estate.rules.agents import MOST_BYTES, MOST_ROWS, Fault, Opened, Told, Turned
from veilleur.engines.agent_protocol import GlpiAgentProtocol
from veilleur.engines.agent_protocol.tests.samples import (
    content,
    filled,
    head,
    inventory,
    prolog,
    xml_inventory,
    zipped,
)

PROTOCOL = GlpiAgentProtocol()
_MIB = 2**20


class Endless(io.RawIOBase):
    """A body that grows while it is read, and counts how much of it was."""

    def __init__(self, start: bytes, part: bytes) -> None:
        self.taken, self._start, self._part = 0, start, part

    def read(self, _size: int = -1) -> bytes:
        given, self._start = self._start or self._part, b""
        self.taken += len(given)
        return given


def outcome(body: bytes, **about: str) -> Fault | Told:
    opened = PROTOCOL.open(head(**about), io.BytesIO(body))
    if isinstance(opened, Turned):
        return opened.fault
    return PROTOCOL.read(head(**about), opened.packed)


LAUGHS = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'

REFUSED: list[tuple[str, bytes, Fault]] = [
    ("a zip bomb", zlib.compress(b" " * (MOST_BYTES + 1)), Fault.TOO_LARGE),
    ("a zip bomb in JSON", zlib.compress(b'{"a":"' + b"0" * MOST_BYTES + b'"}'), Fault.TOO_LARGE),
    ("100 MB of JSON", b'{"a":"' + b"x" * (100 * _MIB), Fault.TOO_LARGE),
    ("noise that cannot be deflated", b"{" + random.Random(1).randbytes(6 * _MIB), Fault.TOO_LARGE),
    ("entities in entities", xml_inventory("<BIOS><SSN>&b;</SSN></BIOS>", LAUGHS), Fault.ENTITIES),
    ("a file of the server", xml_inventory("<BIOS><SSN>&f;</SSN></BIOS>", OUTSIDE), Fault.ENTITIES),
    ("half a stream", zlib.compress(inventory())[:-20], Fault.BAD_COMPRESSION),
    ("a stream with a bad sum", zlib.compress(inventory())[:-2] + b"xx", Fault.BAD_COMPRESSION),
    ("nothing", b"", Fault.EMPTY),
    ("nothing, deflated", zlib.compress(b""), Fault.EMPTY),
    ("half of JSON", inventory()[:-10], Fault.NOT_JSON),
    ("a list", b"[1, 2]", Fault.NOT_XML),
    ("half of XML", xml_inventory("")[:-10], Fault.NOT_XML),
    ("a page", b"<html><body>404</body></html>", Fault.NOT_XML),
    ("nested lists", b'{"content":' + b"[" * 100_000, Fault.TOO_DEEP),
    ("nested lists without end", b'{"content":' + b"[" * 900_000, Fault.TOO_MANY_VALUES),
    ("nested elements", b"<REQUEST>" + b"<A>" * 1000, Fault.TOO_DEEP),
    ("four million values", b'{"a":[' + b"0," * 4_000_000 + b"0]}", Fault.TOO_MANY_VALUES),
    ("no device", json.dumps({"action": "inventory", "content": {"a": 1}}).encode(), Fault.NO_DEVICE),
    ("no content", json.dumps({"action": "inventory", "deviceid": "d"}).encode(), Fault.NO_CONTENT),
    ("an empty content", json.dumps({"deviceid": "d", "content": {}}).encode(), Fault.NO_CONTENT),
    ("a content of words", json.dumps({"deviceid": "d", "content": "x"}).encode(), Fault.NO_CONTENT),
]  # fmt: skip


@pytest.mark.parametrize(("body", "fault"), [(b, f) for _, b, f in REFUSED], ids=[n for n, *_ in REFUSED])
def test_it_is_refused_for_what_it_is(body: bytes, fault: Fault) -> None:
    assert outcome(body, agent_id="") is fault


def test_what_is_too_large_is_read_no_further_and_needs_little_memory() -> None:
    bomb = zlib.compress(b"0" * (200 * _MIB), 9)
    endless = Endless(b'{"a":"', b"x" * _MIB)
    tracemalloc.start()

    turned = [PROTOCOL.open(head(), body) for body in (io.BytesIO(bomb), endless)]

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [each.fault for each in turned if isinstance(each, Turned)] == [Fault.TOO_LARGE] * 2
    assert endless.taken < MOST_BYTES + 3 * _MIB
    assert peak < 12 * _MIB


EVIL = [
    "'; DROP TABLE estate_asset; --",
    '<script>alert("x")</script>',
    "{{ settings.SECRET_KEY }}",
    "nul\x00byte",
    "half \ud800 letter",
    "turned \u202etxt.exe",
    "a\r\nb\tc",
    "x" * 100_000,
    "é" * 3000,
    "../../etc/passwd",
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("words", EVIL, ids=[repr(words[:12]) for words in EVIL])
def test_words_in_every_field_end_as_a_cleaned_record(words: str) -> None:
    report = outcome(inventory(filled(content(), words), deviceid=words))

    assert isinstance(report, Told)
    texts = [report.device_id, report.facts.host_name, *texts_of(report.facts)]
    assert all(len(text) <= 1000 for text in texts)
    assert len(report.facts.host_name) <= 200
    assert all(text.isprintable() and text == text.strip() for text in texts)
    assert not any(letter in text for text in texts for letter in "\x00\ud800\u202e\r\n")
    json.loads(report.document)


def texts_of(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value if isinstance(value, tuple) else vars(value).values() if hasattr(value, "__dict__") else ()
    return [text for part in parts for text in texts_of(part)]


ENCODED: list[tuple[str, Callable[[str], bytes]]] = [
    ("utf-8", lambda text: text.encode()),
    ("utf-8 with its mark", lambda text: text.encode("utf-8-sig")),
    ("utf-16", lambda text: text.encode("utf-16")),
    ("iso-8859-1", lambda text: text.encode("iso-8859-1")),
]


@pytest.mark.parametrize("encode", [encode for _, encode in ENCODED], ids=[name for name, _ in ENCODED])
@pytest.mark.parametrize("form", ["json", "xml"])
def test_other_letters_than_those_announced_are_read(form: str, encode: Callable[[str], bytes]) -> None:
    xml = xml_inventory("<HARDWARE><NAME>Comptabilité</NAME></HARDWARE>").decode()
    text = json.dumps(
        {"deviceid": "d", "content": {"hardware": {"name": "Comptabilité"}}}, ensure_ascii=False
    )

    report = outcome(zipped(encode(xml if form == "xml" else text)))

    assert isinstance(report, Told)
    assert report.facts.host_name == "Comptabilité"


def test_what_no_xml_may_hold_costs_no_inventory() -> None:
    body = xml_inventory("<HARDWARE><NAME>a\x01b&#2;c &amp; d & e &nobody; &#233;</NAME></HARDWARE>")

    report = outcome(body)

    assert isinstance(report, Told)
    assert report.facts.host_name == "abc & d & e &nobody; é"


def test_numbers_that_are_none_cost_themselves() -> None:
    body = inventory().replace(b'"memory": 16384', b'"memory": ' + b"9" * 10_000)
    body = body.replace(b'"core": 4', b'"core": NaN').replace(b'"thread": 8', b'"thread": 1e999')

    report = outcome(body)

    assert isinstance(report, Told)
    assert (report.facts.hardware.memory_bytes, report.facts.hardware.cpu_count) == (0, 1)


def test_more_rows_than_are_kept_are_cut_and_said() -> None:
    many = [{"name": f"tool-{number}", "version": "1"} for number in range(MOST_ROWS + 100)]

    report = outcome(inventory(content(softwares=many)))

    assert isinstance(report, Told)
    assert isinstance(report.facts.packages, tuple)
    assert len(report.facts.packages) == MOST_ROWS
    assert f"softwares.{MOST_ROWS}" in report.faults


def test_noise_in_any_byte_never_breaks_the_reading() -> None:
    chance = random.Random(20261128)
    for body in (inventory(), xml_inventory("<BIOS><SSN>A1B2C3</SSN></BIOS>"), prolog(), zipped(inventory())):
        for _ in range(150):
            broken = bytearray(body)
            for _ in range(chance.randint(1, 8)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)

            opened = PROTOCOL.open(head(), io.BytesIO(bytes(broken)))

            assert isinstance(opened, Opened | Turned)
            if isinstance(opened, Opened):
                assert isinstance(PROTOCOL.read(head(), opened.packed), Told | Fault)

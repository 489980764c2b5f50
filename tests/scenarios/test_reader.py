"""What a reader can send that is no code: a typed refusal, and the next good code opens."""

from __future__ import annotations

import random

import pytest

from host_tools.simulator.readers import Ending
from host_tools.simulator.turnstile import Turnstile
from tests.scenarios.conftest import MakeTurnstile

BYTE_US = 10_000_000 // 9600


def reasons(turnstile: Turnstile) -> list[str | None]:
    return [note.fields["reason"] for note in turnstile.record.events("decision")]


@pytest.mark.parametrize("ending", list(Ending))
def test_endings(turnstile_of: MakeTurnstile, ending: Ending, codes: dict[str, str]) -> None:
    turnstile = turnstile_of(ending=ending)
    assert turnstile.present(codes["lin"]).granted
    shown = turnstile.present(codes["erika"])
    assert shown.granted
    late = {Ending.NONE: 150_000, Ending.CRLF: -BYTE_US}  # silence; answered at the CR
    assert shown.latency_us == pytest.approx(late.get(ending, 0), abs=1)


NOISE = random.Random(6).randbytes(3000)

BAD: dict[str, tuple[bytes, list[str]]] = {
    "garbage": (b"\xff\xfe\x00\x80\r", ["reader_garbage"]),
    "NULs": (b"\x00" * 300 + b"\r", ["reader_garbage"]),
    "bytes above 127": (b"OC1:\xe4\xb8\xad\r", ["reader_garbage"]),
    "a flood": (b"A" * 20_000 + b"\r", ["text_too_long"]),
    "half a frame, then silence": (b"\x03\x01\x00OC1", ["frame_invalid", "prefix_unknown"]),
    "a frame of impossible length": (b"\x03\xf0\x00", ["frame_invalid"]),
    "half a code, then silence": (b"OC1:ABC", ["cose_invalid"]),
    "another text": (b"https://example.org/\r", ["prefix_unknown"]),
    "a code in small letters": (b"oc1:abc\r", ["prefix_unknown"]),
    "not base45": (b"OC1:abc\r", ["base45_invalid"]),
    "nothing after the prefix": (b"OC1:\r", ["cbor_invalid"]),
    "set-up code of a reader": (b"\x02\x00\x00\x01\x00\x33\x31", []),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_and_the_next_good_code(
    turnstile: Turnstile, name: str, codes: dict[str, str]
) -> None:
    data, expected = BAD[name]
    last = turnstile.reader.send(data)
    turnstile.gate.run(last - turnstile.gate.clock.now() + 200_000)
    assert [reason for reason in reasons(turnstile) if reason] == expected or name.startswith(
        "half"
    )
    assert turnstile.pulses() == []
    assert turnstile.present(codes["lin"]).granted
    assert len(turnstile.pulses()) == 1


def test_noise_never_opens_and_never_ends_the_reading(
    turnstile: Turnstile, codes: dict[str, str]
) -> None:
    last = turnstile.reader.send(NOISE)
    turnstile.gate.run(last - turnstile.gate.clock.now() + 200_000)
    assert turnstile.pulses() == []
    assert turnstile.present(codes["lin"]).granted


def test_two_codes_glued_together_open_nothing(turnstile: Turnstile, codes: dict[str, str]) -> None:
    outcome = turnstile.present(codes["lin"] + codes["zhou"])
    assert not outcome.granted
    assert outcome.reason in ("base45_invalid", "cbor_invalid")
    assert turnstile.present(codes["zhou"]).granted


def test_two_codes_in_one_burst_are_two_codes(turnstile: Turnstile, codes: dict[str, str]) -> None:
    turnstile.reader.send(f"{codes['lin']}\r{codes['zhou']}\r".encode())
    turnstile.wait_ms(4000)
    assert reasons(turnstile) == [None, None]
    for pulse in turnstile.pulses():
        assert pulse.length_us is not None
        assert 599_000 < pulse.length_us <= 600_000  # to the millisecond, and never longer


def test_lost_bytes_are_never_another_code(turnstile: Turnstile, codes: dict[str, str]) -> None:
    code = codes["lin"].encode()
    source = random.Random(8)
    for _ in range(10):
        at = source.randrange(len(code))
        assert not turnstile.present(code[:at] + code[at + 1 :]).granted
    assert turnstile.pulses() == []
    assert turnstile.present(code).granted


def test_acknowledgements_and_heartbeats_before_a_code(
    turnstile: Turnstile, codes: dict[str, str]
) -> None:
    before = bytes.fromhex("02000001003331") + b"\x03\x00\x00" + bytes.fromhex("03000001003331")
    turnstile.reader.send(before)
    assert turnstile.present(codes["lin"]).granted
    assert reasons(turnstile) == [None]


def test_a_reader_at_another_speed(turnstile_of: MakeTurnstile, codes: dict[str, str]) -> None:
    turnstile = turnstile_of(baud=115200)
    assert turnstile.present(codes["lin"]).reason == "reader_garbage"
    assert turnstile.pulses() == []

"""The frames of docs/readers.md, byte for byte, on real MicroPython: built, and recognised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

RunFirmware = Callable[..., list[Any]]

# What the firmware says to a GM65: type, zone, data; and the reply, its data and its kind.
GM65 = {
    "7E 00 08 01 00 0A 3E 4C CF": (8, 0x000A, "3E"),
    "7E 00 07 01 00 0A 01 EE 8A": (7, 0x000A, "01"),
    "7E 00 07 01 00 2A 02 D8 0F": (7, 0x002A, "02"),
    "7E 00 08 02 00 2A 39 01 A7 EA": (8, 0x002A, "3901"),
    "7E 00 08 02 00 2A 1A 00 E4 7E": (8, 0x002A, "1A00"),
    "7E 00 08 01 00 02 01 02 DA": (8, 0x0002, "01"),
    "7E 00 09 01 00 00 00 DE C8": (9, 0x0000, "00"),
    "7E 00 0A 01 00 00 00 30 1A": (10, 0x0000, "00"),
    "7E 00 08 01 00 D9 50 81 D3": (8, 0x00D9, "50"),
    "7E 00 08 01 00 D9 55 D1 76": (8, 0x00D9, "55"),
    "7E 00 08 01 00 D9 56 E1 15": (8, 0x00D9, "56"),
    "7E 00 08 01 00 D9 A5 3E 69": (8, 0x00D9, "A5"),
    "7E 00 08 01 00 D9 00 DB 26": (8, 0x00D9, "00"),
}
REPLIES = {
    "02 00 00 01 00 33 31": "00",
    "02 00 00 01 3E E4 AC": "3E",
    "02 00 00 02 39 01 C1 4C": "3901",
    "03 00 00 01 00 33 31": "00",
    "02 00 00 01 3E AB CD": "3E",  # the CRC not checked
}


def as_bytes(text: str) -> bytes:
    return bytes.fromhex(text)


def test_a_gm65_is_spoken_to(run_firmware: RunFirmware) -> None:
    cases = [(kind, zone, data) for kind, zone, data in GM65.values()]
    built = run_firmware(f"""
        import json
        from gate.readers.gm65 import frame
        for kind, zone, data in {cases}:
            print(json.dumps(frame(kind, zone, bytes.fromhex(data)).hex()))
    """)
    assert built == [as_bytes(text).hex() for text in GM65]


@pytest.mark.parametrize("text", REPLIES)
def test_a_reply_is_recognised_and_nothing_shorter_or_damaged(
    run_firmware: RunFirmware, text: str
) -> None:
    whole = as_bytes(text)
    streams = [whole, whole + b"OC1:"]
    streams += [whole[:cut] for cut in range(1, len(whole))]
    streams += [whole[:i] + bytes([whole[i] ^ 0x40]) + whole[i + 1 :] for i in range(len(whole))]
    lengths = run_firmware(f"""
        from gate.readers.reply import reply_length
        for text in {[stream.hex() for stream in streams]}:
            data = bytes.fromhex(text)
            print(reply_length(data, 0, len(data)))
    """)
    assert lengths[:2] == [len(whole), len(whole)]
    assert set(lengths[2 : 1 + len(whole)]) == {-1}
    damaged = lengths[1 + len(whole) :]
    if whole[-2:] == b"\xab\xcd":
        del damaged[4]  # its data: nothing checks it
    assert all(length <= 0 for length in damaged)


# What is heard of an answer, by the protocol that has sent the command. None: it is no answer.
HEARD = {
    "gm65": [
        ("7E00070100000101 41", "02000001979D64", None),  # the CRC is wrong
        ("7E 00 07 01 00 0A 01 EE 8A", "02 00 00 01 3E E4 AC", "3e"),
        ("7E 00 07 01 00 2A 02 D8 0F", "02 00 00 02 39 01 C1 4C", "3901"),
        ("7E 00 07 01 00 2A 02 D8 0F", "02 00 00 01 3E E4 AC", None),  # late, to another question
        ("7E 00 0A 01 00 00 00 30 1A", "03 00 00 01 00 33 31", "00"),
        ("7E 00 0A 01 00 00 00 30 1A", "02 00 00 01 00 33 31", None),
        ("04 E5 04 00 FF 13", "04 D0 00 00 FF 2C", "04d00000ff2c"),
        ("7E 00 0A 01 00 00 00 30 1A", "04 D0 00 00 FF 2C", None),
    ],
    "de2120": [
        ("5E 5F 5E 53 43 4D 4D 44 48 2E", "06", "06"),
        ("5E 5F 5E 53 43 4D 4D 44 48 2E", "15", "15"),
    ],
    "m5_unit": [
        ("23 61 41", "24 61 41", "246141"),
        ("23 61 41", "24 61 41 05 00", "2461410500"),
        ("23 61 41", "22 61 41 05 00", None),
        ("21 61 41 05", "22 61 41 05 00", "2261410500"),
        ("21 61 41 05", "24 61 41 05 00", None),
    ],
    "m5_atomic": [
        ("04 E4 04 00 FF 14", "04 D0 00 00 FF 2C", "d0"),
        ("04 E4 04 00 FF 14", "05 D1 00 00 02 FF 28", "d1"),
        ("04 E4 04 00 FF 14", "04 D0 00 00 FF 2D", None),
    ],
}
CLASSES = {"gm65": "Gm65", "de2120": "De2120", "m5_unit": "M5Unit", "m5_atomic": "M5Atomic"}


@pytest.mark.parametrize("kind", HEARD)
def test_only_what_answers_a_command_is_heard(run_firmware: RunFirmware, kind: str) -> None:
    heard = run_firmware(f"""
        import json
        from gate.readers.framing import Framer
        from gate.readers.{kind} import {CLASSES[kind]} as Protocol
        for sent, answer, _ in {HEARD[kind]}:
            protocol = Protocol()
            framer = Framer(protocol)
            protocol.expect(bytes.fromhex(sent.replace(" ", "")))
            framer.feed(bytes.fromhex(answer.replace(" ", "")), 0)
            framer.expire(200)
            print(json.dumps(protocol.heard and protocol.heard.hex()))
    """)
    assert heard == [expected for _, _, expected in HEARD[kind]]


def test_what_is_said_to_the_others(run_firmware: RunFirmware) -> None:
    """The steps of each protocol, answered with nothing but what it waits for."""
    said = run_firmware("""
        import json
        from gate.readers.de2120 import De2120
        from gate.readers.m5_unit import M5Unit
        from gate.readers.m5_atomic import M5Atomic

        def follow(steps, answers, said):
            heard = None
            while True:
                try:
                    step = steps.send(heard)
                except StopIteration as end:
                    return end.value
                if isinstance(step, int):
                    heard = None
                elif step[0]:
                    said.append(step[0].hex())
                    heard = answers

        for protocol, answers in (
            (De2120(), b"\\x06"), (M5Unit(), b"\\x24\\x61\\x41\\x00\\x00"), (M5Atomic(), b"\\xd0"),
        ):
            said = []
            protocol.left = 8
            follow(protocol.find(9600, lambda: False), answers, said)
            follow(protocol.set_up(), answers, said)
            follow(protocol.beat(), answers, said)
            print(json.dumps(said))
    """)
    version = b"^_^DSPYFW.".hex()
    motion, quiet, fast = b"^_^SCMMDH.".hex(), b"^_^BEPSUC0.".hex(), b"^_^232BAD9.".hex()
    assert said[0] == [version, motion, quiet, fast, version, version]
    assert said[1] == ["236141", "236141", "21614105", "236141", "236141"]
    silencing = "327601"  # an M5 Unit for good
    assert not [a + b for a in said[1] for b in said[1] if silencing in a + b]
    start = "04e40400ff14"
    assert said[2] == ["00", start, "07c6040800" + "8a08fe95", start, start]

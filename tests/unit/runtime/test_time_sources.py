"""DS3231 and SNTP: bytes to a time, or to the reason why they are none."""

from __future__ import annotations

import calendar
import random
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., list[Any]]

T = 1_790_000_000  # 2026-09-21 14:13:20, a Monday


def decoded(run: Run, *registers: str) -> list[Any]:
    [answer] = run(f"""
        import json
        from gate.runtime.ds3231 import decode
        print(json.dumps([decode(bytes.fromhex(data)) for data in {registers!r}]))
    """)
    assert isinstance(answer, list)
    return answer


def test_registers_of_the_chip(run_firmware: Run) -> None:
    """Written by hand from the datasheet's register map: second, minute, hour, day, date, month."""
    assert decoded(
        run_firmware, "20131401210926", "00000007010100", "59592304290228", "59592304311237"
    ) == [
        T,
        calendar.timegm((2000, 1, 1, 0, 0, 0)),
        calendar.timegm((2028, 2, 29, 23, 59, 59)),
        calendar.timegm((2037, 12, 31, 23, 59, 59)),
    ]


@pytest.mark.parametrize(
    ("registers", "why"),
    [
        ("00000000000000", "a bus stuck at zero"),
        ("ffffffffffffff", "a bus stuck at one"),
        ("60131401210926", "sixty seconds"),
        ("2a131401210926", "no decimal digit"),
        ("20601401210926", "sixty minutes"),
        ("20132401210926", "24 hours"),
        ("20135401210926", "12-hour mode"),
        ("20131400210926", "no day of the week"),
        ("20131408210926", "an eighth day of the week"),
        ("20131401000926", "day 0"),
        ("20131401310926", "September 31"),
        ("20131401290226", "February 29, 2026"),
        ("20131401210026", "month 0"),
        ("20131401211326", "month 13"),
        ("20131401218926", "the next century"),
        ("201314012109a0", "no decimal year"),
    ],
)
def test_registers_that_are_no_time(run_firmware: Run, registers: str, why: str) -> None:
    assert decoded(run_firmware, registers) == [None], why


def test_every_random_register_is_refused_or_comes_back_the_same(run_firmware: Run) -> None:
    [answer] = run_firmware("""
        import json, random
        from gate.runtime.ds3231 import decode, encode
        random.seed(4)
        times = 0
        for number in range(20000):
            bits = (0x7f, 0x7f, 0x3f, 0x07, 0x3f, 0x1f, 0x37) if number % 2 else (0xff,) * 7
            data = bytes([random.getrandbits(8) & mask for mask in bits])
            unix = decode(data)
            if unix is not None:
                times += 1
                again = encode(unix)
                assert again[:3] == data[:3] and again[4:] == data[4:], (data, again)
        print(json.dumps(times))
    """)
    assert answer > 100


CHIP = """
import json
from gate.runtime.ds3231 import DS3231, encode
T = 1790000000
class Bus:
    def __init__(self):
        self.registers = bytearray(encode(T)) + bytearray(12)
        self.wrong = self.deaf = False
        self.left = -1  # writes until the power goes
    def _answer(self):
        if self.wrong:
            raise OSError(110)
    def readfrom_mem(self, address, register, count):
        assert address == 0x68
        self._answer()
        return bytes(self.registers[register:register + count])
    def writeto_mem(self, address, register, data):
        self._answer()
        if self.left == 0:
            raise OSError(19)
        self.left -= 1
        if not self.deaf:
            self.registers[register:register + len(data)] = data
bus = Bus()
chip = DS3231(bus, 0x68)
"""


def test_a_chip_that_stood_still_is_not_believed_until_it_is_set(run_firmware: Run) -> None:
    [answer] = run_firmware(f"""{CHIP}
said = [chip.read()]
bus.registers[0x0F] = 0x88
bus.registers[0x0E] = 0x9C
said.append(chip.read())
said.append(chip.write(T + 5))
said.append(chip.read())
said += [bus.registers[0x0F], bus.registers[0x0E]]
print(json.dumps(said))
""")
    assert answer == [T, "rtc_stopped", True, T + 5, 0x08, 0x1C]


def test_a_chip_that_does_not_answer_or_does_not_take_its_time(run_firmware: Run) -> None:
    [answer] = run_firmware(f"""{CHIP}
bus.deaf = True
said = [chip.write(T + 60)]
bus.deaf, bus.wrong = False, True
said += [chip.read(), chip.write(T)]
print(json.dumps(said))
""")
    assert answer == [False, "rtc_absent", False]


def test_power_that_goes_while_the_chip_is_set_leaves_a_clock_that_nobody_believes(
    run_firmware: Run,
) -> None:
    answers = run_firmware(f"""{CHIP}
for left in range(4):
    bus.registers[0x0F] = 0x80
    bus.left = left
    done = chip.write(T + 100)
    print(json.dumps([done, chip.read()]))
""")
    assert answers == [[False, "rtc_stopped"]] * 3 + [[True, T + 100]]


# SNTP

COOKIE = bytes(range(1, 9))
NTP = 2_208_988_800


def packet(**changes: Any) -> bytes:
    fields: dict[str, Any] = {
        "head": 0x24,
        "stratum": 2,
        "delay": 0x100,
        "dispersion": 0x200,
        "cookie": COOKIE,
        "received": T + NTP,
        "sent": T + NTP,
    } | changes
    return bytes(
        bytes([fields["head"], fields["stratum"], 6, 0xEC])
        + fields["delay"].to_bytes(4, "big")
        + fields["dispersion"].to_bytes(4, "big")
        + b"\x0a\x00\x00\x01"
        + ((T + NTP - 64) << 32).to_bytes(8, "big")
        + fields["cookie"]
        + (fields["received"] << 32).to_bytes(8, "big")
        + (fields["sent"] << 32 | 0x80000000).to_bytes(8, "big")
    )


def answers(run: Run, *packets: bytes) -> list[Any]:
    [answer] = run(
        f"""
        import json, sys
        from gate.net.sntp import answer, question
        assert len(question({COOKIE!r})) == 48 and question({COOKIE!r})[:1] == b"\\x23"
        packets = [bytes.fromhex(line.strip()) for line in sys.stdin]
        print(json.dumps([answer(data, {COOKIE!r}) for data in packets]))
        """,
        input="".join(data.hex() + "\n" for data in packets),
    )
    assert isinstance(answer, list)
    return answer


def test_a_time_server_and_everything_that_is_none(run_firmware: Run) -> None:
    cases: list[tuple[bytes, Any]] = [
        (packet(), T),
        (packet(head=0x1C), T),  # version 3
        (packet(sent=100, received=100), 2**32 - NTP + 100),  # after 2036
        (packet(stratum=0), "sntp_kiss_of_death"),
        (packet(stratum=16), "sntp_unsynchronised"),
        (packet(head=0xE4), "sntp_unsynchronised"),  # leap indicator 3: alarm
        (packet(delay=0x20000), "sntp_unsynchronised"),
        (packet(dispersion=0x20000), "sntp_unsynchronised"),
        (packet(sent=0), "sntp_unsynchronised"),
        (packet(received=0), "sntp_unsynchronised"),
        (packet(head=0x23), "sntp_malformed"),  # our own question, echoed
        (packet(head=0x25), "sntp_malformed"),  # broadcast
        (packet(head=0x3C), "sntp_malformed"),  # version 7
        (packet(sent=T + NTP + 30), "sntp_malformed"),  # held for half a minute
        (packet(received=T + NTP + 1), "sntp_malformed"),  # sent before it was received
        (packet(cookie=bytes(8)), "sntp_not_asked"),
        (packet() + b"\x00" * 20, "sntp_malformed"),
        (packet()[:-1], "sntp_malformed"),
        (b"", "sntp_malformed"),
    ]
    assert answers(run_firmware, *(data for data, _ in cases)) == [said for _, said in cases]


def test_no_bytes_raise_and_hardly_any_are_a_time(run_firmware: Run) -> None:
    source = random.Random(12)
    packets = [source.randbytes(source.choice((0, 1, 47, 48, 48, 49, 68))) for _ in range(300)]
    for _ in range(700):
        bent = bytearray(packet())
        bent[source.randrange(48)] ^= 1 << source.randrange(8)
        packets.append(bytes(bent))
    said = answers(run_firmware, *packets)
    assert all(value is None or isinstance(value, int | str) for value in said)
    assert not any(isinstance(value, int) for value in said[:300])

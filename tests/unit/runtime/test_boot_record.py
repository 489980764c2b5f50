"""What the terminal remembers of its last life, and that no bits in RTC memory can harm it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Run = Callable[..., list[Any]]

PRELUDE = """
import json
from gate.runtime.boot_record import BootRecord
class Memory:
    data = b""
    writes = 0
    def __call__(self, data=None):
        if data is None:
            return self.data
        self.data = bytes(data)
        self.writes += 1
memory = Memory()
def start(cause):
    record = BootRecord(memory, cause)
    print(json.dumps([value for _, value in record.fields()]))
    return record
"""


def test_what_hung_is_said_after_the_watchdog_has_bitten(run_firmware: Run) -> None:
    said = run_firmware(f"""{PRELUDE}
record = start(1)
record.failed("display", OSError(5))
record.hangs("lane")
record = start(3)
record = start(3)
record.hangs("lane")
record.hangs(None)
start(2)
""")
    assert said == [
        ["power_on", None, None, 1, 0],
        ["watchdog", "lane", "display: OSError", 2, 1],
        ["watchdog", None, None, 3, 2],
        ["reset", None, None, 4, 0],
    ]


def test_power_that_dipped_is_told_from_power_that_was_off(run_firmware: Run) -> None:
    """A stock image gives one cause for both; after a dip the memory has lived."""
    said = run_firmware(f"""{PRELUDE}
start(1)
start(1)
memory.data = b""
start(1)
start(9)
""")
    assert [line[0] for line in said] == ["power_on", "brown_out", "power_on", "unknown"]


def test_the_same_news_is_written_once(run_firmware: Run) -> None:
    *_, writes = run_firmware(f"""{PRELUDE}
record = start(1)
for _ in range(50):
    record.failed("display", OSError(5))
    record.hangs("lane")
print(memory.writes)
""")
    assert writes == 3


def test_whatever_lies_in_the_memory_is_no_note_unless_it_was_written_whole(
    run_firmware: Run,
) -> None:
    [answer] = run_firmware(f"""{PRELUDE}
import binascii, random
random.seed(8)
def frame(body):
    return b"gate1" + binascii.crc32(body).to_bytes(4, "big") + body
BootRecord(memory, 1).hangs("lane")
good = memory.data
wrong = [b"", b"gate1", good[:-1], good + b"x", frame(b"[]"), frame(b"[1, 2, 3, 4]"),
         frame(b'[1, -2, null, null]'), frame(b'[1, 2, "%s", null]' % (b"x" * 81)),
         frame(b'{{"a": 1}}'), frame(b"\\xff"), frame(b"1" * 500)]
for _ in range(2000):
    bent = bytearray(good)
    for _ in range(random.randint(1, 4)):
        bent[random.randrange(len(bent))] ^= 1 << random.randrange(8)
    wrong.append(bytes(bent))
for _ in range(500):
    wrong.append(bytes([random.getrandbits(8) for _ in range(random.randint(0, 60))]))
kept = 0
for data in wrong:
    memory.data = data
    record = BootRecord(memory, 1)
    kept += data != good and (record.cause != "power_on" or record.hung is not None)
    assert record.starts == 1 or data == good
print(json.dumps(kept))
""")
    assert answer == 0

"""What a start makes of a log that is not as it was left, on the firmware's side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from host_tools.audit import folder, keys
from host_tools.audit.walking import Finding, Proved, Walk
from host_tools.interpreter import Interpreter

from .running import run

HERE = Path(__file__).parent
NOON = 1795521600  # 2026-11-24
DAY = 86400


class Terminal:
    """Starts on a folder again and again."""

    def __init__(self, interpreter: Interpreter, place: Path) -> None:
        self.place = place
        self.site = place / "site"
        self.site.mkdir(exist_ok=True)
        self._interpreter = interpreter

    def start(
        self, count: int = 1, unix: object = NOON, step: int = 1, days: int = 31, size: int = 262144
    ) -> Any:
        args = [self.place, count, unix, step, days, size]
        [answer] = run(HERE / "audit_folder_main.py", list(map(str, args)), self._interpreter)
        assert answer["failing"] is None and answer["written"] == count
        return answer

    def segments(self) -> list[Path]:
        return sorted((self.site / "log").glob("*.seg"))

    def walk(self, *given: keys.LogKey) -> tuple[list[Any], list[Finding]]:
        steps = list(Walk(folder.find(self.place), given).steps())
        assert all(step.sealed is not False for step in steps if isinstance(step, Proved))
        records = [step.record for step in steps if isinstance(step, Proved)]
        return records, [step for step in steps if isinstance(step, Finding)]


@pytest.fixture
def terminal(micropython: Interpreter, tmp_path: Path) -> Terminal:
    return Terminal(micropython, tmp_path)


def test_it_goes_on_where_it_ended(terminal: Terminal) -> None:
    first = terminal.start(30)
    assert first == {
        "boot": 1, "floor": 0, "notes": [["key", [["cause", "missing"]]]], "next": 1,
        "written": 30, "failing": None,
    }  # fmt: skip
    second = terminal.start(5, "-")
    assert (second["boot"], second["floor"], second["next"]) == (2, NOON + 29, 32)
    assert second["notes"] == []
    third = terminal.start(1)
    assert (third["boot"], third["floor"], third["next"]) == (3, NOON + 29, 37)
    records, findings = terminal.walk()
    assert findings == []
    assert [record.number for record in records] == list(range(1, 38))
    untrusted = [record for record in records if record.unix is None]
    assert [(one.start, one.ms) for one in untrusted] == [(2, 1000 * n) for n in range(5)]


def test_it_does_not_matter_which_words_an_interpreter_has(
    terminal: Terminal, any_micropython: Interpreter
) -> None:
    """A log begun with 32-bit words goes on with 64-bit ones."""
    terminal.start(30)
    other = Terminal(any_micropython, terminal.place)
    assert other.start(20)["notes"] == []
    records, findings = terminal.walk(keys.read(terminal.site / "audit.key"))
    assert findings == [] and len(records) == 51


def test_something_torn_behind_the_records_is_cut_off_and_noted(terminal: Terminal) -> None:
    terminal.start(30)
    [segment] = terminal.segments()
    whole = segment.read_bytes()
    segment.write_bytes(whole + whole[60:95])
    answer = terminal.start(2)
    assert answer["notes"] == [["cut", [["bytes", 35], ["segments", 0]]]]
    assert answer["next"] == 32, "the records in slots follow all the same"
    assert segment.with_suffix(".bad").read_bytes() == whole + whole[60:95]
    records, findings = terminal.walk()
    assert [record.number for record in records] == list(range(1, 35))
    assert records[31].kind == "cut" and records[31].fields == {"bytes": 35, "segments": 0}
    assert [finding.where for finding in findings] == ["record 32", "0000001.bad"]
    assert terminal.start()["notes"] == []


def test_what_follows_a_damaged_record_is_cut_off_and_noted(terminal: Terminal) -> None:
    terminal.start(30)
    [segment] = terminal.segments()
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 4
    segment.write_bytes(data)
    answer = terminal.start()
    [[kind, [[_, count], _]]] = answer["notes"]
    assert kind == "cut" and len(data) // 2 - 128 < count < len(data)
    assert segment.with_suffix(".bad").read_bytes() == data
    records, findings = terminal.walk()
    assert [record.number for record in records] == list(range(1, len(records) + 1))
    assert records[-2].kind == "cut" and len(findings) == 2
    assert terminal.start()["notes"] == []


@pytest.mark.parametrize("end", [0, 1, 40])
def test_a_segment_without_its_header_is_put_aside(terminal: Terminal, end: int) -> None:
    terminal.start(40)
    [segment] = terminal.segments()
    segment.write_bytes(segment.read_bytes()[:end])
    answer = terminal.start(1)
    [[kind, fields]] = answer["notes"]
    assert kind == "cut" and dict(fields)["segments"] == 1
    assert [path.name for path in terminal.segments()] == ["0000002.seg"]
    records, findings = terminal.walk()
    assert [record.kind for record in records] == ["cut", "decision"]
    wheres = {"record 1"} if end == 0 else {"record 1", "the beginning", "0000001.bad"}
    assert {finding.where for finding in findings} == wheres


def test_new_keys_are_noted_and_begin_a_segment(terminal: Terminal) -> None:
    terminal.start(30)
    before = keys.read(terminal.site / "audit.key")
    (terminal.site / "audit.key").unlink()
    assert terminal.start()["notes"] == [["key", [["cause", "missing"]]]]
    after = keys.read(terminal.site / "audit.key")
    (terminal.site / "audit.key").write_bytes(b"\x01" * 77)
    assert terminal.start()["notes"] == [["key", [["cause", "damaged"]]]]
    last = keys.read(terminal.site / "audit.key")
    assert len({before.id, after.id, last.id}) == 3
    records, findings = terminal.walk(before, after, last)
    assert [record.number for record in records] == list(range(1, 36))
    assert [finding.what for finding in findings] == [
        "begins with another key", "new keys were made",
        "begins with another key", "new keys were made",
    ]  # fmt: skip


def test_a_key_that_was_provisioned_checks_every_segment(terminal: Terminal) -> None:
    """Provisioning writes key 0; the terminal then has later ones alone."""
    terminal.start(1)
    made = (terminal.site / "audit.key").read_bytes()
    first = keys.read(terminal.site / "audit.key")
    assert first.number == 1
    terminal.start(800)
    assert keys.read(terminal.site / "audit.key").number == len(terminal.segments()) > 2
    assert made[9:41] not in (terminal.site / "audit.key").read_bytes()
    walk = Walk(folder.find(terminal.place), [first])
    assert all(step.sealed for step in walk.steps() if isinstance(step, Proved))
    walk = Walk(folder.find(terminal.place), [keys.read(terminal.site / "audit.key")])
    sealed = [step.sealed for step in walk.steps() if isinstance(step, Proved)]
    assert set(sealed) == {None, True}, "the key on the board is of the newest segment alone"


def test_segments_removed_at_the_end_are_noticed_by_the_key(terminal: Terminal) -> None:
    terminal.start(700)
    newest = len(terminal.segments())
    for path in terminal.segments()[-2:]:
        path.unlink()
    answer = terminal.start()
    [[kind, fields]] = answer["notes"]
    assert kind == "cut" and dict(fields)["segments"] == 2
    assert terminal.segments()[-1].name == f"{newest + 1:07}.seg"
    _, findings = terminal.walk()
    assert any(f"segments {newest - 1} to {newest} are" in one.what for one in findings)


def test_the_log_is_bounded_in_bytes(terminal: Terminal) -> None:
    size = 4 * 16384
    terminal.start(1800, size=size)
    numbers = [int(path.stem) for path in terminal.segments()]
    assert len(numbers) == 4 and numbers[0] > 1
    assert sum(path.stat().st_size for path in terminal.segments()) <= size
    records, findings = terminal.walk()
    assert findings == [], "the beginning is where the terminal says it is"
    assert records[-1].number == 1801 and records[0].number > 1


def test_the_log_is_bounded_in_days(terminal: Terminal) -> None:
    """One record an hour for twelve days, of which three are kept."""
    terminal.start(12 * 24, step=3600, days=3)
    records, findings = terminal.walk()
    assert findings == []
    last = records[-1].unix
    assert last == NOON + (12 * 24 - 1) * 3600
    assert 3 * DAY <= last - records[0].unix <= 5 * DAY
    assert len(terminal.segments()) == len({one.unix // DAY for one in records}), "a day each"


def test_a_clock_that_is_far_ahead_for_a_while_does_not_empty_the_log(terminal: Terminal) -> None:
    terminal.start(10 * 24, step=3600)
    before = len(terminal.segments())
    terminal.start(1, NOON + 3650 * DAY)
    assert len(terminal.segments()) >= before - 1
    _, findings = terminal.walk()
    assert findings == []


def test_a_time_that_is_not_trusted_removes_nothing(terminal: Terminal) -> None:
    terminal.start(30)
    terminal.start(400, "-", days=0)
    records, findings = terminal.walk()
    assert findings == [] and records[0].number == 1


@pytest.mark.parametrize("seed", range(3))
def test_random_damage_never_stops_it(terminal: Terminal, seed: int) -> None:
    terminal.start(320)
    args = [str(terminal.place), "25", str(seed)]
    [noticed] = run(HERE / "audit_fuzz_main.py", args, terminal._interpreter)
    assert 8 < noticed <= 25


def test_a_flash_that_stays_full_leaves_no_more_notes_to_be_written(
    micropython: Interpreter, tmp_path: Path
) -> None:
    """It is tried again each 10 s, and each time it is found that a segment is gone."""
    program = tmp_path / "full_main.py"
    program.write_text(
        """
import json, os, sys
from gate.storage import audit, audit_ring
os.chdir(sys.argv[1])
log = audit.Audit("site/", "x")
for i in range(5):
    log.record("alarm", (("kind", "forced"),), 1795521600, i)
log.close()
for name in os.listdir("site/log"):
    if name.endswith(".seg"):
        os.remove("site/log/" + name)
def full(*_):
    raise OSError(28)
audit_ring.Ring.put_slot = audit_ring.Ring.create = full
log = audit.Audit("site/", "x")
for i in range(100):
    log.record("alarm", (("kind", "forced"),), 1795521600, i * 11000)
print(json.dumps([log.failing, len(log._notes), log.lost]))
"""
    )
    (tmp_path / "site").mkdir()
    [answer] = run(program, [str(tmp_path)], micropython)
    assert answer == ["log_full", 1, 100]

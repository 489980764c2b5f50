"""`gatectl log` on a day's log of a terminal."""

from __future__ import annotations

import csv
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from host_tools.audit import keys
from host_tools.audit.person import of_code, of_subject
from host_tools.codes import examples

from ..gatectl import gatectl_here, works_here


def lines(*args: object, cwd: Path) -> list[dict[str, Any]]:
    out = works_here("log", *args, "--json", cwd=cwd)
    return [json.loads(line) for line in out.splitlines()]


def test_every_record_is_shown_with_what_it_says(day: Path) -> None:
    shown = lines("show", day, cwd=day)
    assert [one["number"] for one in shown] == list(range(1, len(shown) + 1))
    assert shown[0]["event"] == "key" and shown[0]["cause"] == "missing"
    assert shown[1] == {
        "terminal": "terminal-7", "number": 2, "event": "start", "start": 1,
        "time": "2026-11-24T07:59:00Z", "ms_since_start": None, "reset": "power_on", "version": 12,
    }  # fmt: skip
    decision = shown[2]
    assert len(bytes.fromhex(decision.pop("subject"))) == 8
    assert decision == {
        "terminal": "terminal-7", "number": 3, "event": "decision", "start": 1,
        "time": "2026-11-24T08:00:00Z", "ms_since_start": None, "gate": "A-1", "lane": 0,
        "verdict": "granted", "rule": "residents", "format": "HC1", "kid": "631a6693", "ms": 700,
    }  # fmt: skip
    assert shown[-1]["colour_of_sky"] == "灰", "a field of a later firmware"
    untrusted = [one for one in shown if one["time"] is None]
    assert {one["start"] for one in untrusted} == {2} and untrusted[0]["ms_since_start"] == 800


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--event", "alarm"], 1),
        (["--alarm", "forced"], 2),
        (["--alarm", "tailgating"], 0),
        (["--verdict", "refused"], 24),
        (["--reason", "health_stale"], 24),
        (["--verdict", "granted", "--reason", "health_stale"], 0),
        (["--gate", "A-2"], 0),
        (["--since", "2026-11-24T09:00:00Z", "--until", "2026-11-24T09:02:00Z"], 4),
        (["--since", "2026-11-25"], 0),
        (["--event", "start", "--event", "fault"], 3),
    ],
)
def test_records_are_chosen(day: Path, options: list[str], count: int) -> None:
    assert len(lines("show", day, *options, cwd=day)) == count


def test_people_read_lines(day: Path) -> None:
    out = works_here("log", "show", day, "--alarm", "forced", cwd=day)
    assert out.splitlines()[0] == "2026-11-24T09:00:00Z  #62  alarm  lane=0  kind=forced"
    out = works_here("log", "show", day, "--event", "start", cwd=day)
    assert "start 2 + 0.800 s" in out


def test_the_log_is_right(day: Path) -> None:
    answer = json.loads(works_here("log", "verify", day, "--json", cwd=day))
    assert answer["right"] and answer["findings"] == []
    assert (answer["first"], answer["terminal"]) == (1, "terminal-7")
    assert answer["sealed"] + answer["unsealed"] == answer["records"] == answer["last"]
    assert answer["unsealed"] > 0, "the board has forgotten the key of the first segment"
    out = works_here("log", "verify", day, cwd=day)
    assert f"records 1 to {answer['last']} in {answer['segments']} segments follow" in out
    assert f"the seals of {answer['unsealed']} of" in out


def test_a_copy_of_the_log_alone_and_a_kept_key(day: Path, tmp_path: Path) -> None:
    """What `mpremote cp -r :site/log .` brings, and the key that was kept at another time."""
    works_here("log", "key", day, "-o", "kept", cwd=tmp_path)
    again = gatectl_here("log", "key", day, "-o", "kept", cwd=tmp_path)
    assert again.returncode == 1 and "never overwritten" in again.stderr
    shutil.copytree(day / "site" / "log", tmp_path / "copied" / "log")
    answer = json.loads(works_here("log", "verify", "copied/log", "--json", cwd=tmp_path))
    assert answer["sealed"] == 0 and answer["right"]
    with_key = works_here("log", "verify", "copied", "--key", "kept", "--json", cwd=tmp_path)
    assert json.loads(with_key)["sealed"] > 0


def test_an_anchor_is_found_again(day: Path) -> None:
    anchor = json.loads(works_here("log", "verify", day, "--json", cwd=day))["anchor"]
    number, chain = anchor.split(":")
    works_here("log", "verify", day, "--anchor", anchor, cwd=day)
    other = gatectl_here("log", "verify", day, "--anchor", f"{number}:{'0' * 64}", cwd=day)
    assert other.returncode == 1 and "is another than the anchor says" in other.stdout
    later = gatectl_here("log", "verify", day, "--anchor", f"9999:{chain}", cwd=day)
    assert later.returncode == 1 and "the end was removed" in later.stdout
    wrong = gatectl_here("log", "verify", day, "--anchor", "7", cwd=day)
    assert wrong.returncode == 1 and "no anchor" in wrong.stderr


def test_a_day_is_summed_up(day: Path) -> None:
    answer = json.loads(works_here("log", "summary", day, "--json", cwd=day))
    assert answer["granted"] + answer["refused"] == 232 and answer["refused"] == 24
    assert answer["passages"] + answer["annulled"] == answer["granted"]
    assert answer["reasons"] == {"health_stale": 24}
    assert answer["alarms"] == {"forced": 1} and answer["starts"] == {"power_on": 2}
    assert answer["latency_ms"]["p50"] in range(720, 730) and answer["latency_ms"]["p100"] == 749
    assert (answer["faults"], answer["records_lost"]) == (1, 0)
    assert [hour["granted"] + hour["refused"] for hour in answer["hours"]] == [
        30, 30, 30, 30, 20, 30, 30, 30,
    ]  # fmt: skip
    assert answer["hours"][0]["hour"] == "2026-11-24T08:00:00Z"
    assert 0.95 < answer["available"] < 0.96


def test_people_see_bars(day: Path, tmp_path: Path) -> None:
    out = works_here("log", "summary", day, "--plot", "hours.svg", cwd=tmp_path)
    bars = [line for line in out.splitlines() if line.startswith("2026-11-24 ")]
    assert len(bars) == 8
    assert bars[0].count("█") == 36 and bars[0].count("░") == 4 and bars[0].endswith("27+3  25")
    assert "refused for: health_stale 24" in out
    picture = (tmp_path / "hours.svg").read_text()
    assert picture.startswith("<?xml") and "terminal-7" in picture and "walked through" in picture


def test_it_is_exported(day: Path, tmp_path: Path) -> None:
    works_here("log", "export", day, "-o", "log.jsonl", cwd=tmp_path)
    exported = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert exported == lines("show", day, cwd=day)
    out = works_here("log", "export", day, "--format", "csv", cwd=tmp_path)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == len(exported)
    assert rows[2]["verdict"] == "granted" and rows[2]["ms"] == "700"
    assert json.loads(rows[-1]["others"]) == {"colour_of_sky": "灰"}


def test_a_person_is_found_on_a_day_with_the_key_alone(day: Path, tmp_path: Path) -> None:
    """The log has 8 bytes for each, which say nothing without the key."""
    found = lines("find", day, "--subject", "07" * 8, cwd=day)
    assert [one["time"] for one in found] == [
        "2026-11-24T08:14:00Z", "2026-11-24T11:34:00Z", "2026-11-24T14:54:00Z",
    ]  # fmt: skip
    assert len({one["subject"] for one in found}) == 1
    untrusted = lines("find", day, "--subject", "1c" * 8, cwd=day)
    assert [one["time"] for one in untrusted] == [
        "2026-11-24T08:56:00Z", None, "2026-11-24T15:36:00Z",
    ]  # fmt: skip
    assert len({one["subject"] for one in untrusted}) == 2, "no day was known the second time"
    assert gatectl_here("log", "find", day, "--subject", "77" * 8, cwd=day).returncode == 1
    shutil.copytree(day / "site" / "log", tmp_path / "copied" / "log")
    without = gatectl_here("log", "find", "copied", "--subject", "07" * 8, cwd=tmp_path)
    assert without.returncode == 1 and "--key" in without.stderr
    short = gatectl_here("log", "find", day, "--subject", "00", cwd=day)
    assert short.returncode == 1 and "8 to 16 bytes" in short.stderr


def test_pseudonyms_cannot_be_joined_over_days_or_gates(day: Path) -> None:
    key = keys.read(day / "site" / "audit.key")
    other = replace(key, subject_key=bytes(32))
    noon = 1795521600
    person = of_subject(b"\x07" * 8)
    names = {
        key.subject(person, noon, 1), key.subject(person, noon + 86400, 1),
        key.subject(person, None, 1), key.subject(person, None, 2), other.subject(person, noon, 1),
    }  # fmt: skip
    assert len(names) == 5
    assert key.subject(person, noon + 3600, 2) in names, "the day counts, and nothing else"


def test_a_code_and_its_subject_are_the_same_person() -> None:
    """Of the worked example in docs/formats.md."""
    code = next(iter(examples.forms().values()))
    assert of_code(code.encode()) == of_subject(bytes.fromhex("5a1f3c77d20b94e6"))


def test_a_folder_without_a_log(tmp_path: Path) -> None:
    done = gatectl_here("log", "show", tmp_path, cwd=tmp_path)
    assert done.returncode == 1 and "no audit log is there" in done.stderr


def test_a_simulated_gate_keeps_its_files_in_a_new_folder_only(day: Path) -> None:
    done = gatectl_here("sim", "--folder", day, cwd=day)
    assert done.returncode == 1 and "is not empty" in done.stderr

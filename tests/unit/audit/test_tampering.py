"""Somebody alters the files of a log: `verify` finds it; with the key, also what was made anew with
right links."""

from __future__ import annotations

import hashlib
import random
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from host_tools import cbor
from host_tools.audit import bodies, folder, keys
from host_tools.audit.layout import LINK, SEGMENT
from host_tools.audit.walking import Finding, Proved, Walk

from ..gatectl import gatectl_here

MANY = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def findings(place: Path, key: Path | None = None) -> list[Finding]:
    given_keys = [keys.read(key)] if key else []
    steps = Walk(folder.find(place), given_keys).steps()
    return [step for step in steps if isinstance(step, Finding)]


def newest(place: Path) -> Path:
    return sorted((place / "site" / "log").glob("*.seg"))[-1]


@pytest.fixture(scope="module")
def whole(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(written, tmp_path_factory.mktemp("tampered") / "terminal"))


def test_as_it_was_written_it_is_right(whole: Path) -> None:
    assert findings(whole) == []
    assert len(list((whole / "site" / "log").glob("*.seg"))) > 1


@MANY
@given(data=st.data())
def test_any_bit(whole: Path, data: st.DataObject) -> None:
    """Of a segment every bit counts, with a key or without: seals are in the chain, too."""
    path = data.draw(st.sampled_from(sorted((whole / "site" / "log").glob("*.seg"))))
    was = path.read_bytes()
    bit = data.draw(st.integers(0, 8 * len(was) - 1))
    altered = bytearray(was)
    altered[bit // 8] ^= 1 << bit % 8
    try:
        path.write_bytes(altered)
        assert findings(whole)
    finally:
        path.write_bytes(was)


def test_any_bit_of_a_record_that_waits(day: Path) -> None:
    """The last seal of all is the only thing that nothing follows: it takes the key."""
    end = {path: path.read_bytes() for path in (day / "site" / "log" / "tail").iterdir()}
    numbers = {path: bodies.record(was[2:-16]).number for path, was in end.items()}
    last = max(numbers.values())
    moved = Walk(folder.find(day))
    in_segments = max(
        bodies.record(part[2:-16]).number for part in _split(newest(day).read_bytes())[1:]
    )
    assert last > in_segments and moved.number == 0
    for path, was in end.items():
        for at in range(0, len(was), 5):
            altered = bytearray(was)
            altered[at] ^= 0x10
            path.write_bytes(altered)
            found = findings(day, day / "site" / "audit.key")
            waits = numbers[path] > in_segments
            as_removed = at < 6  # its head or number: at the end nobody can tell that it is missing
            assert bool(found) == waits or as_removed, (path, at)
        path.write_bytes(was)


def _split(data: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(data):
        found.append(data[at : at + 2 + data[at + 1]])
        at += 2 + data[at + 1]
    return found


@MANY
@given(data=st.data())
def test_records_removed_doubled_or_in_another_order(whole: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted((whole / "site" / "log").glob("*.seg"))))
    was = path.read_bytes()
    parts = _split(was)
    one = data.draw(st.integers(1, len(parts) - 2))
    other = data.draw(st.integers(1, len(parts) - 1).filter(lambda n: n != one))
    how = data.draw(st.sampled_from(["remove", "double", "swap", "splice"]))
    changed = list(parts)
    if how == "remove":
        del changed[one]
    elif how == "double":
        changed.insert(one, changed[other])
    elif how == "swap":
        changed[one], changed[other] = changed[other], changed[one]
    else:
        changed[one:one] = _split((whole / "site" / "log" / "0000001.seg").read_bytes())[1:3]
    try:
        path.write_bytes(b"".join(changed))
        assert findings(whole), how
    finally:
        path.write_bytes(was)


def test_segments_removed(day: Path) -> None:
    for path in sorted((day / "site" / "log").glob("*.seg")):
        was = path.read_bytes()
        path.unlink()
        found = findings(day)
        assert found and any("not there" in one.what for one in found), path
        path.write_bytes(was)


def test_a_segment_cut_short(day: Path) -> None:
    path = sorted((day / "site" / "log").glob("*.seg"))[0]
    was = path.read_bytes()
    for count in (1, len(_split(was)[-1]), len(was) - 10, len(was)):
        path.write_bytes(was[: len(was) - count])
        assert findings(day), count


def test_a_record_of_another_terminal(day: Path, written: Path) -> None:
    """A whole segment of somebody else's, with right links of its own."""
    first, second = sorted((day / "site" / "log").glob("*.seg"))[:2]
    second.write_bytes(first.read_bytes())
    assert findings(day)


def remade(place: Path, number: int) -> None:
    """History made anew from a record of the newest segment on, by somebody without the key."""
    path = newest(place)
    parts = _split(path.read_bytes())
    header = bodies.header(parts[0][2:-16])
    chain = hashlib.sha256(header.before + parts[0][2:-16]).digest()
    chain = hashlib.sha256(chain + parts[0][-8:]).digest()
    out = [parts[0]]
    for place_of, part in enumerate(parts[1:], 1):
        body, seal = part[2:-16], part[-8:]
        if place_of == number:
            record = bodies.record(body)
            body = cbor.encode([record.number, 1, record.start, record.unix or -1, 3, "forged"])
        chain = hashlib.sha256(chain + body).digest()
        content = body + chain[:LINK] + seal
        out.append(bytes([0x58, len(content)]) + content)
        chain = hashlib.sha256(chain + seal).digest()
    path.write_bytes(b"".join(out))
    for slot in (place / "site" / "log" / "tail").iterdir():
        slot.unlink()


def test_history_made_anew_needs_the_key(day: Path) -> None:
    """Links anybody can compute: only with the key the first forged record is seen."""
    remade(day, 5)
    first = bodies.header(_split(newest(day).read_bytes())[0][2:-16]).first
    assert findings(day) == []
    found = findings(day, day / "site" / "audit.key")
    assert found[0].where == f"record {first + 4}" and found[0].what == "has a wrong seal"
    done = gatectl_here("log", "verify", day, cwd=day)
    assert done.returncode == 1 and "was written by somebody without the key" in done.stdout


def test_an_anchor_tells_what_the_key_cannot(day: Path) -> None:
    """Who has the key can make the newest segment anew; a chain that was noted elsewhere tells."""
    walk = Walk(folder.find(day))
    chains = [walk.chain.hex() for step in walk.steps() if isinstance(step, Proved)]
    remade(day, 5)
    number = len(chains) - 40
    anchor = f"{number}:{chains[number - 1]}"
    done = gatectl_here("log", "verify", day, "--anchor", anchor, cwd=day)
    assert done.returncode == 1 and "is another than the anchor says" in done.stdout


@pytest.mark.parametrize("seed", range(4))
def test_the_reader_takes_any_bytes(day: Path, seed: int) -> None:
    """Nothing but findings comes of random damage, whatever is damaged."""
    rng = random.Random(seed)
    files = [path for path in (day / "site" / "log").rglob("*") if path.is_file()]
    was = {path: path.read_bytes() for path in files}
    for _ in range(40):
        path = rng.choice(files)
        content = bytearray(was[path])
        for _ in range(rng.randrange(1, 6)):
            at = rng.randrange(len(content) + 1)
            content[at : at + rng.randrange(40)] = rng.randbytes(rng.randrange(40))
        path.write_bytes(content)
        done = gatectl_here("log", "verify", day, cwd=day)
        assert done.returncode in (0, 1)
        gatectl_here("log", "summary", day, "--json", cwd=day)
        path.write_bytes(was[path])


def test_a_log_of_any_length_is_read_as_a_stream(tmp_path: Path) -> None:
    """Ten times what a terminal keeps: 2.6 MB, read in less memory than that."""
    import tracemalloc

    log = tmp_path / "log"
    log.mkdir()
    chain, number = bytes(32), 1
    for segment in range(1, 161):
        body = cbor.encode([1, segment, number, chain, 1, "big", b"\0\0\0\0", 1, 0])
        out = []
        size = 0
        while size < SEGMENT - 128:
            chain = hashlib.sha256(chain + body).digest()
            content = body + chain[:8] + bytes(8)
            out.append(bytes([0x58, len(content)]) + content)
            size += len(out[-1])
            chain = hashlib.sha256(chain + bytes(8)).digest()
            fields = [0, "gate " * 6, 3, True, 5, "rule " * 6, 7, 700, 8, bytes(8)]
            body = cbor.encode([number, 1, 1, 1795521600 + number, *fields])
            number += 1
        number -= 1
        (log / f"{segment:07}.seg").write_bytes(b"".join(out))
    tracemalloc.start()
    steps = Walk(folder.find(tmp_path)).steps()
    count = sum(isinstance(step, Proved) for step in steps)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == number - 1 > 20_000
    assert peak < 2_000_000

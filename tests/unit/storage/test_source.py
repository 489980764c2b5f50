"""A part's bytes are read alike from RAM and from a stretch of a file, exactly or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., list[Any]]

READS = [(0, 0), (0, 1), (3, 5), (7, 3), (0, 10), (10, 0), (9, 1)]
BEYOND = [(0, 11), (10, 1), (11, 0), (-1, 1), (3, -1), (1 << 29, 1), (1, 1 << 29)]


def test_both_give_exactly_what_was_asked(run_firmware: Run, tmp_path: Path) -> None:
    content = bytes(range(10))
    path = tmp_path / "part"
    path.write_bytes(b"before" + content + b"after")
    answers = run_firmware(f"""
        import json
        from gate.storage.source import File, Memory
        for source in (Memory({content!r}), File({str(path)!r}, 6, 10)):
            answer = [source.size]
            for offset, count in {READS + BEYOND}:
                try:
                    answer.append(bytes(source.read(offset, count)).hex())
                except OSError:
                    answer.append("OSError")
            buffer = bytearray(4)
            source.readinto(2, memoryview(buffer)[1:3])
            source.close(); source.close()
            answer.append(buffer.hex() + bytes(source.read(9, 1)).hex())
            print(json.dumps(answer))
    """)
    expected = [10, *(content[at : at + n].hex() for at, n in READS), *["OSError"] * len(BEYOND)]
    assert answers == [[*expected, "0002030009"]] * 2


def test_a_file_that_is_cut_or_gone_is_an_error_and_not_less(
    run_firmware: Run, tmp_path: Path
) -> None:
    path = tmp_path / "part"
    path.write_bytes(b"0123456789")
    assert run_firmware(f"""
        import json, os
        from gate.storage.source import File
        def told(source, offset, count):
            try:
                return bytes(source.read(offset, count)).decode()
            except OSError:
                return None
        path = {str(path)!r}
        longer = File(path, 4, 8)
        answers = [told(longer, 0, 6), told(longer, 0, 7), told(longer, 2, 4)]
        gone = File(path + "-", 0, 1)
        answers.append(told(gone, 0, 1))
        with open(path + "-", "wb") as file:
            file.write(b"x")
        answers.append(told(gone, 0, 1))
        print(json.dumps(answers))
    """) == [["456789", None, "6789", None, "x"]]


def test_reading_into_a_buffer_needs_no_memory(run_firmware: Run, tmp_path: Path) -> None:
    path = tmp_path / "part"
    path.write_bytes(bytes(100_000))
    [allocated] = run_firmware(f"""
        import gc
        from gate.storage.source import File
        source = File({str(path)!r}, 0, 100000)
        buffer = bytearray(64)
        source.readinto(0, buffer)
        gc.collect(); gc.disable()
        before = gc.mem_alloc()
        for offset in range(0, 99000, 64):
            source.readinto(offset, buffer)
        print(gc.mem_alloc() - before)
    """)
    assert allocated < 64

"""The font: what the host makes, the firmware reads; and whatever the file is, nothing breaks."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from host_tools import fonts
from host_tools.fonts import characters, font_file, glyphs, subset
from host_tools.problems import Failure

Run = Callable[..., list[Any]]

READ = """
import json
from gate.ui.font import Font
missed = []
try:
    font = Font(PATH, missed.append)
    print(json.dumps([font.glyph(code).hex() for code in CODES]))
    for code in CODES:
        font.glyph(code)
    print(json.dumps(missed))
except (ValueError, OSError) as error:
    print(json.dumps(str(error)))
"""


def read(run: Run, path: Path, codes: list[int]) -> list[Any]:
    return run(f"PATH = {str(path)!r}\nCODES = {codes!r}\n{READ}")


def test_every_glyph_of_the_terminals_texts(run_firmware: Run, tmp_path: Path) -> None:
    data, missing = fonts.font()
    assert not missing, "a text has a character that the glyphs do not have"
    (tmp_path / "font.bin").write_bytes(data)
    codes = sorted(map(ord, characters.of_texts()))
    known = glyphs.load()
    shown, missed = read(run_firmware, tmp_path / "font.bin", codes)
    assert shown == [known[code].hex() for code in codes]
    assert missed == []
    assert len(data) < 16 * 1024


def test_a_character_that_is_not_there_is_a_hollow_box_and_is_said_once(
    run_firmware: Run, tmp_path: Path
) -> None:
    (tmp_path / "font.bin").write_bytes(fonts.font()[0])
    absent = [0x9F98, 0x03A9, 0x1F600]
    shown, missed = read(run_firmware, tmp_path / "font.bin", absent)
    assert missed == absent
    wide, narrow, beyond = (bytes.fromhex(rows) for rows in shown)
    assert (len(wide), len(narrow)) == (32, 16)
    assert wide == beyond
    for box, middle in ((wide, b"\x20\x04"), (narrow, b"\x42")):
        assert middle in box, "hollow"


def test_a_sites_own_words_bring_their_characters() -> None:
    with_words, missing = fonts.font(["请到三号楼登记 龘"])
    assert len(with_words) > len(fonts.font()[0])
    assert missing == {"龘"}


def test_a_bundle_that_cannot_be_read_has_no_words() -> None:
    assert fonts.words_of(None) == fonts.words_of(b"") == fonts.words_of(b"no bundle") == []


def test_the_same_glyphs_give_the_same_bytes() -> None:
    assert fonts.font(["甲乙"])[0] == fonts.font(["乙", "甲"])[0]


def test_a_board_without_a_display_gets_no_font() -> None:
    class Bare:
        display = None

    assert fonts.needed(Bare()) == {}


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_file_is_refused_or_read_but_breaks_nothing(
    run_firmware: Run, tmp_path: Path, seed: int
) -> None:
    """Cut, grown, with bytes changed (most of them in the head and the index), or random."""
    chance = random.Random(seed)
    whole = fonts.font()[0]
    paths = []
    for number in range(40):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(chance.choice((8, 1200, len(data))))
            data[at] = chance.randrange(256)
        kind = chance.random()
        if kind < 0.2:
            data = data[: chance.randrange(len(data))]
        elif kind < 0.3:
            data += chance.randbytes(chance.randint(1, 9))
        elif kind < 0.4:
            data = bytearray(chance.randbytes(chance.randint(0, 99)))
        paths.append(tmp_path / f"{number}.bin")
        paths[-1].write_bytes(data)
    answers = run_firmware(
        f"""
        import json
        from gate.ui.font import Font
        CODES = {[0x20, 0x41, 0x7E, 0x8BF7, 0x4E00, 0x9FA5, 0xFFFF, 0x1F600]!r}
        for path in {[str(path) for path in paths]!r}:
            try:
                font = Font(path, lambda code: None)
                sizes = [len(font.glyph(code)) for code in CODES]
                print(json.dumps(sizes))
            except (ValueError, OSError) as error:
                print(json.dumps(str(error)))
        """
    )
    assert len(answers) == len(paths)
    assert [a for a in answers if isinstance(a, list)], "some are read all the same"
    assert all(a == [16] * 3 + [32] * 5 for a in answers if isinstance(a, list))
    assert any(isinstance(a, str) for a in answers)


def test_a_file_that_grows_shorter_while_it_is_open(run_firmware: Run, tmp_path: Path) -> None:
    path = tmp_path / "font.bin"
    path.write_bytes(fonts.font()[0])
    [answer] = run_firmware(
        f"""
        import json
        from gate.ui.font import Font
        font = Font({str(path)!r}, lambda code: None)
        open({str(path)!r}, "wb").close()
        try:
            font.glyph(0x8BF7)
        except OSError as error:
            print(json.dumps(str(error)))
        """
    )
    assert "cut short" in answer


def test_a_glyph_twice_as_large_keeps_its_shape(run_firmware: Run) -> None:
    """Flat parts are doubled; steps are smoothed, and no dot is lost or added elsewhere."""
    known = glyphs.load()
    some = [known[ord(letter)] for letter in "请A口一田"]
    answers = run_firmware(
        f"""
        import json
        from gate.ui.font import doubled
        for rows in {some!r}:
            print(json.dumps(doubled(rows, len(rows) // 2).hex()))
        """
    )
    for rows, answer in zip(some, answers, strict=True):
        width = len(rows) // 2
        small = bits(rows, width)
        large = bits(bytes.fromhex(answer), 2 * width)
        assert large == enlarged(small)


def bits(rows: bytes, width: int) -> list[list[int]]:
    step = width // 8
    return [
        [int(bit) for bit in f"{int.from_bytes(rows[i : i + step], 'big'):0{width}b}"]
        for i in range(0, len(rows), step)
    ]


def enlarged(small: list[list[int]]) -> list[list[int]]:
    """The rule, pixel by pixel."""
    high, wide = len(small), len(small[0])
    out = [[0] * (2 * wide) for _ in range(2 * high)]

    def at(y: int, x: int) -> int:
        return small[y][x] if 0 <= y < high and 0 <= x < wide else 0

    for y in range(high):
        for x in range(wide):
            above, below, left, right = at(y - 1, x), at(y + 1, x), at(y, x - 1), at(y, x + 1)
            step = above != below and left != right
            for dy, near in ((0, above), (1, below)):
                for dx, side in ((0, left), (1, right)):
                    value = near if step and near == side else at(y, x)
                    out[2 * y + dy][2 * x + dx] = value
    return out


def test_the_subset_is_made_of_a_whole_font() -> None:
    whole = glyphs.GLYPHS.read_text(encoding="ascii") + "1F600:" + "00" * 32 + "\n"
    made = subset.subset(whole, "unifont.hex")
    assert made == glyphs.GLYPHS.read_text(encoding="ascii")


@pytest.mark.parametrize("line", ["41", "41:00", "xyz:" + "00" * 16, "0041:" + "zz" * 16])
def test_a_line_that_is_no_glyph(line: str) -> None:
    with pytest.raises(Failure, match="line 1 is no glyph"):
        glyphs.parse(line + "\n", "some.hex")


def test_a_font_takes_no_glyph_of_another_width() -> None:
    with pytest.raises(Failure, match=r"U\+0041"):
        font_file.make({0x41: bytes(32)})

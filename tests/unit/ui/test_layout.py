"""Whatever is to be said fits every display: line by line, page by page, and nothing is cut."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.ui.test_texts import read

Run = Callable[..., list[Any]]

DISPLAYS = [(128, 64), (128, 32), (240, 240), (240, 320), (320, 240), (135, 240), (240, 135)]

PAGES = """
import json
from gate.ui.layout import pages
for paragraphs in TEXTS:
    for width, height in SIZES:
        steps = pages(paragraphs, width, height)
        taken = 0
        while True:
            try:
                next(steps)
                taken += 1
            except StopIteration as end:
                made = end.value
                break
        print(json.dumps([taken, [
            [[b.height, b.style, b.text, b.scale, b.left, b.symbol, b.top] for b in page]
            for page in made
        ]]))
"""


def laid_out(run: Run, texts: list[Any], sizes: list[tuple[int, int]]) -> list[Any]:
    return run(f"TEXTS = {texts!r}\nSIZES = {sizes!r}\n{PAGES}", heap="16M")


def width_of(text: str) -> int:
    return sum(16 if ord(letter) >= 0x2E80 else 8 for letter in text)


def check(paragraphs: list[tuple[str, int, bool]], size: tuple[int, int], pages: Any) -> None:
    width, height = size
    shown = ""
    for page in pages:
        assert sum(band[0] for band in page) == height, (paragraphs, size)
        assert all(band[0] % 8 == 0 for band in page) or height > 64
        for high, _, text, scale, left, _, _ in page:
            assert (left or 0) + width_of(text) * scale <= width, (text, size)
            assert not text or high == 16 * scale
            assert text == text.strip(" ")
            shown += text
    said = "".join(text for text, _, _ in paragraphs)
    assert shown.replace(" ", "") == said.replace(" ", ""), size
    assert any(band[5] for band in pages[0]), "the first page has the symbol"


def every_text() -> list[list[tuple[str, int, bool]]]:
    zh, en = read("zh"), read("en")
    found = []
    for key in zh:
        paragraphs = []
        for text, advice in (zh[key], en[key]):
            paragraphs.append((text, 0, True))
            if advice:
                paragraphs.append((advice, 2, False))
        found.append(paragraphs)
    return found


@pytest.mark.parametrize("size", DISPLAYS, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_reason_in_both_languages(run_firmware: Run, size: tuple[int, int]) -> None:
    texts = every_text()
    answers = laid_out(run_firmware, texts, [size])
    most = {(128, 64): 4, (128, 32): 8, (240, 135): 2, (320, 240): 1, (240, 240): 1, (240, 320): 1}
    for paragraphs, (_, pages) in zip(texts, answers, strict=True):
        check(paragraphs, size, pages)
        assert len(pages) <= most.get(size, 2), paragraphs


def test_ready_with_two_standing_remarks(run_firmware: Run) -> None:
    zh, en = read("zh"), read("en")
    paragraphs = [(one["ready"][0], 0, True) for one in (zh, en)]
    for name in ("reader_silent", "clock_untrusted"):
        paragraphs += [(one[name][0], 3, False) for one in (zh, en)]
    answers = laid_out(run_firmware, [paragraphs], DISPLAYS)
    for size, (_, pages) in zip(DISPLAYS, answers, strict=True):
        check(paragraphs, size, pages)


@pytest.mark.parametrize("seed", range(3))
def test_any_text_of_a_site(run_firmware: Run, seed: int) -> None:
    """Words of up to 120 bytes, with long ones, spaces, Chinese and punctuation in any order."""
    chance = random.Random(seed)
    pieces = [
        "请",
        "核酸",
        "，",
        "。",
        "）",
        "（",
        " ",
        "a",
        "PCR",
        "Passagierschein",
        "!",
        "x" * 41,
    ]
    texts = []
    for _ in range(12):
        paragraphs = []
        for number in range(chance.randint(1, 6)):
            text = ""
            while len((text + (more := chance.choice(pieces))).encode()) <= 120:
                text += more
                if chance.random() < 0.08:
                    break
            paragraphs.append((text.strip() or "x", chance.choice((0, 2, 3)), number % 2 == 0))
        texts.append(paragraphs)
    sizes = chance.sample(DISPLAYS, 3)
    answers = iter(laid_out(run_firmware, texts, sizes))
    for paragraphs in texts:
        for size in sizes:
            check(paragraphs, size, next(answers)[1])


def test_lines_break_where_readers_expect_it(run_firmware: Run) -> None:
    [answer] = run_firmware("""
        import json
        from gate.ui.wrap import balanced, wrap
        def even(text, width):
            steps = balanced(text, width, 1)
            while True:
                try:
                    next(steps)
                except StopIteration as end:
                    return end.value
        print(json.dumps([
            wrap("请退后，等候工作人员", 48, 1),
            wrap("Refresh the code, then show it again.", 128, 1),
            wrap("请做PCR检测", 64, 1),
            wrap("Donaudampfschifffahrt", 64, 1),
            even("闸机规则已过期", 96),
            even("Alarm: two at a time", 128),
        ]))
    """)
    assert answer == [
        ["请退", "后，等", "候工作", "人员"],  # no line begins with a comma
        ["Refresh the", "code, then show", "it again."],
        ["请做PCR", "检测"],
        ["Donaudam", "pfschiff", "fahrt"],
        ["闸机规则", "已过期"],
        ["Alarm: two", "at a time"],
    ]

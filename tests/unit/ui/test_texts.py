"""Every reason has a text in every language, and no language has a text for anything else."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest

from host_tools.firmware import FIRMWARE

REASONS = importlib.import_module("gate.refusal").reasons()
LANGUAGES = ("zh", "en")
# "wait" has none: a text would cost time.
STATES = {"ready", "data_ending", "data_old", "granted", "fire", "locked", "maintenance"}
ALARMS = {"forced", "tailgating", "held_open", "tamper"}
NOTES = {"reader_silent", "reader_wrong", "log_failing"}  # and data_old, clock_untrusted
STATES |= ALARMS | NOTES
LONGEST = {"zh": 20, "en": 60}  # characters a line; a small display has to show it

Texts = dict[str, tuple[str, str]]


def read(language: str) -> Texts:
    """Every line of a language, strictly."""
    texts: Texts = {}
    for line in (FIRMWARE / "gate" / "ui" / f"{language}.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            key, colon, rest = line.partition(": ")
            assert colon, line
            assert key not in texts, key
            text, _, advice = rest.partition(" | ")
            texts[key] = (text, advice)
    return texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_and_state_and_nothing_else(language: str) -> None:
    assert set(read(language)) == set(REASONS) | STATES


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_fit_a_small_display(language: str) -> None:
    for key, (text, advice) in read(language).items():
        assert text.strip() == text != "", key
        assert advice.strip() == advice, key
        assert len(text) <= LONGEST[language], (key, text)
        assert len(advice) <= LONGEST[language], (key, advice)


def test_languages_are_in_the_same_order() -> None:
    zh, en = (list(read(language)) for language in LANGUAGES)
    assert zh == en


def test_the_firmware_reads_the_same(run_firmware: Callable[..., list[Any]]) -> None:
    keys = [*REASONS, *sorted(STATES)]
    source = f"""
        import json
        from gate.ui import LANGUAGES, show
        shown = [[show(language, key) for key in {keys!r}] for language in LANGUAGES]
        print(json.dumps([LANGUAGES, shown, [show("en", "no such key"), show("xx", "replayed")]]))
    """
    [[languages, shown, unknown]] = run_firmware(source, heap="4M")
    assert tuple(languages) == LANGUAGES
    for language, texts in zip(LANGUAGES, shown, strict=True):
        expected = read(language)
        assert [tuple(pair) for pair in texts] == [expected[key] for key in keys]
    assert unknown == [["no such key", ""], ["replayed", ""]]

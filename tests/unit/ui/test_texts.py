"""Every reason has a text in every language, and no language has a text for anything else."""

from __future__ import annotations

import importlib
from types import ModuleType

import pytest

from host_tools import firmware  # noqa: F401 - puts the firmware's tables on the path

REASONS = importlib.import_module("gate.refusal").REASONS
LANGUAGES = importlib.import_module("gate.ui").LANGUAGES
LONGEST = {"zh": 20, "en": 60}  # characters a line; a small display has to show it


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module(f"gate.ui.{request.param}")


def test_every_reason_and_nothing_else(language: ModuleType) -> None:
    assert set(language.REASONS) == set(REASONS)


def test_states(language: ModuleType) -> None:
    assert set(language.STATES) == {"ready", "wait", "granted", "fire"}


def test_texts_are_short_and_not_empty(language: ModuleType) -> None:
    longest = LONGEST[language.__name__.rpartition(".")[2]]
    for key, (text, advice) in {**language.REASONS, **language.STATES}.items():
        assert text, key
        assert len(text) <= longest, (key, text)
        assert len(advice) <= longest, (key, advice)


def test_the_display_texts_are_distinct_from_the_keys(language: ModuleType) -> None:
    assert not set(language.REASONS) & {text for text, _ in language.REASONS.values()}

"""Measurements in words, the same everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def relay_words(on_ms: Any, length_ms: Any) -> str:
    """What the relay did. on_ms: after the last byte, or None; length_ms: None if still open."""
    if on_ms is None:
        return "stayed shut"
    if length_ms is None:
        return f"opened at +{on_ms:.0f} ms, and is open"
    return f"opened at +{on_ms:.0f} ms for {length_ms:.0f} ms, then shut"


def told(texts: Mapping[str, Any], language: str) -> str:
    """What the display said in a language, as one sentence or two."""
    joint = "，" if language == "zh" else ". "
    parts = (texts.get(language), texts.get(f"{language}_advice"))
    return joint.join(part for part in parts if part)


def milliseconds(us: int | None) -> float | None:
    return None if us is None else us / 1000

"""What the firmware's log has said so far, as far as the page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from host_tools.simulator.record import Note

_MAX_TEXT = 2000  # characters of a line that is no JSON


class Told:
    """Feed it every line of the log, in order."""

    def __init__(self, lanes: int, readers: int) -> None:
        self.start: dict[str, Any] = {}
        self.display: dict[str, Any] = {}
        self.lanes: list[dict[str, Any]] = [{"state": "idle", "alarm": None}] * lanes
        self.readers: list[str | None] = [None] * readers
        self.decision: dict[str, Any] = {}

    def hear(self, note: Note) -> None:
        fields = note.fields
        if note.event == "start":
            self.start = fields
        elif note.event == "display":
            self.display = fields
        elif note.event == "decision":
            self.decision = fields
        elif note.event == "lane":
            number = _index(fields.get("lane"), len(self.lanes))
            state = {"state": str(fields.get("state")), "alarm": fields.get("alarm")}
            self.lanes = [state if at == number else one for at, one in enumerate(self.lanes)]
        elif note.event == "reader":
            number = _index(fields.get("reader"), len(self.readers))
            if number is not None:
                self.readers[number] = str(fields.get("state"))


def line_of(note: Note) -> dict[str, Any]:
    """A line of the log as the page gets it."""
    fields = note.fields or {"event": "text", "text": note.text[:_MAX_TEXT]}
    return happening("log", note.at_us, fields)


def happening(source: str, at_us: int, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A line for the page. source: log, relay, did (by a page), reset, ended."""
    return {"source": source, "at_us": at_us, "fields": fields}


def _index(value: object, count: int) -> int | None:
    return value if isinstance(value, int) and 0 <= value < count else None

"""docs/reasons.md has every reason under its stage, with the texts that people really see."""

from __future__ import annotations

from bootstrap.places import ROOT
from host_tools import firmware

assert firmware.FIRMWARE.is_dir()
from gate.refusal import STAGES, reasons  # noqa: E402 - the firmware is on the path only now
from gate.ui import show  # noqa: E402


def page() -> dict[str, tuple[str, list[str]]]:
    """reason -> (stage, cells of its row)."""
    rows = {}
    stage = ""
    for line in (ROOT / "docs" / "reasons.md").read_text().splitlines():
        if line.startswith("## "):
            stage = line[3:]
        elif line.startswith("| `"):
            reason, *cells = (cell.strip() for cell in line.strip("|").split("|"))
            rows[reason.strip("`")] = (stage, cells)
    return rows


def test_every_reason_stands_under_its_stage() -> None:
    assert {reason: stage for reason, (stage, _) in page().items()} == reasons()
    assert set(reasons().values()) <= set(STAGES)


def test_the_page_tells_what_people_are_told() -> None:
    for reason, (_, cells) in page().items():
        english = "; ".join(filter(None, show("en", reason)))
        chinese = "；".join(filter(None, show("zh", reason)))
        assert cells[1] == f"{english} / {chinese}", reason


def test_nothing_is_left_blank() -> None:
    for reason, (_, cells) in page().items():
        assert len(cells) == 3, reason
        assert all(cells), reason

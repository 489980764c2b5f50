"""Passes an hour as a picture."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from host_tools.audit.summary import HOUR, Summary

_STYLE: Any = {
    # The same text again, and texts as texts: the same bytes every time, readable in any viewer.
    "svg.hashsalt": "audit",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e3e7ec",
}


def _dates(axes: Any) -> None:
    from matplotlib import dates

    untyped: Any = dates
    locator = untyped.AutoDateLocator()
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(untyped.ConciseDateFormatter(locator))


def svg(summary: Summary, title: str) -> str:
    """Granted and refused, an hour each; a line for those who walked through."""
    import matplotlib as mpl  # here: it takes a second, and only pictures need it
    from matplotlib.figure import Figure

    hours = summary.hours()
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(11, 4.2), layout="constrained", facecolor="white")
        axes = figure.subplots()
        axes.set_title(title)
        at: Any = [datetime.fromtimestamp(hour, UTC) for hour in hours]
        width = HOUR / 86400
        granted = [summary.granted[hour] for hour in hours]
        refused = [summary.refused[hour] for hour in hours]
        wide: Any = {"width": width * 0.9, "align": "edge"}
        axes.bar(at, granted, color="#0b7a3e", label="granted", **wide)
        axes.bar(at, refused, bottom=granted, color="#c2410c", label="refused", **wide)
        if any(summary.passed.values()):
            passed = [summary.passed[hour] for hour in hours]
            end = datetime.fromtimestamp(hours[-1] + HOUR, UTC)
            axes.step(
                [*at, end], [*passed, passed[-1]], where="post", color="#222b36",
                label="walked through",
            )  # fmt: skip
        if hours:
            axes.legend(frameon=False, ncols=3, loc="upper right")
            _dates(axes)
        axes.set_ylabel("people an hour (UTC)")
        most = max((a + b for a, b in zip(granted, refused, strict=True)), default=0)
        axes.set_ylim(0, 1.2 * max(most, 1))
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"

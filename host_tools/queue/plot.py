"""The report as a picture: what gets through, how long it takes, and which assumptions matter."""

from __future__ import annotations

import io
from typing import Any

COLOURS = {"one": "#0b7a3e", "two": "#c2410c", "guard": "#6d28d9"}
_SHOWN = 9  # assumptions
_GREY = "#5b6470"
# The same text again, and texts as texts: the same bytes every time, readable in any viewer.
_STYLE: Any = {
    "svg.hashsalt": "queue",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _GREY,
    "axes.labelcolor": "#222b36",
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e3e7ec",
    "xtick.color": _GREY,
    "ytick.color": _GREY,
}


def svg(document: dict[str, Any]) -> str:
    """A study's document as an SVG."""
    import matplotlib as mpl  # here: it takes a second, and only pictures need it
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(11, 7.2), layout="constrained", facecolor="white")
        areas = figure.subplot_mosaic(
            [["through", "matters"], ["wait", "matters"]], width_ratios=[1.25, 1]
        )
        _through(areas["through"], document)
        _wait(areas["wait"], document)
        _matters(areas["matters"], document)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _through(axes: Any, document: dict[str, Any]) -> None:
    axes.set_title("People through one lane, a minute")
    rates = [point["rate"] for point in next(iter(document["ways"].values()))["rates"]]
    axes.plot(rates, rates, color="#aab2bd", linestyle=":", linewidth=1.2)
    lowest = min(way["capacity"] for way in document["ways"].values())
    for name, way in document["ways"].items():
        points = way["rates"]
        below = way["capacity"] == lowest
        axes.fill_between(
            rates, [p["low"] for p in points], [p["high"] for p in points],
            color=COLOURS[name], alpha=0.15, linewidth=0,
        )  # fmt: skip
        axes.plot(rates, [p["through"] for p in points], color=COLOURS[name], linewidth=2)
        axes.annotate(
            f"{way['title']}: at most {way['capacity']:.1f}",
            (rates[-1], points[-1]["through"]), xytext=(0, -19 if below else 9),
            textcoords="offset points", ha="right", color=COLOURS[name], weight="bold", fontsize=9,
        )  # fmt: skip
    axes.set_xlim(rates[0], rates[-1])
    axes.set_ylim(0, max(way["capacity"] for way in document["ways"].values()) * 1.35)
    axes.set_xlabel("people who come, a minute")


def _wait(axes: Any, document: dict[str, Any]) -> None:
    minutes = document["size"]["minutes"]
    axes.set_title(f"From joining the queue to being through, {minutes} minutes' crowd")
    for name, way in document["ways"].items():
        rates = [point["rate"] for point in way["rates"]]
        median = [max(point["median_s"], 0.1) for point in way["rates"]]
        late = [max(point["p95_s"], 0.1) for point in way["rates"]]
        axes.fill_between(rates, median, late, color=COLOURS[name], alpha=0.15, linewidth=0)
        axes.plot(rates, median, color=COLOURS[name], linewidth=2)
        axes.plot(rates, late, color=COLOURS[name], linewidth=0.8, linestyle="--")
    axes.set_yscale("log")
    axes.set_xlim(rates[0], rates[-1])
    ticks = {5: "5 s", 15: "15 s", 60: "1 min", 300: "5 min", 1200: "20 min", 3600: "1 h"}
    axes.set_yticks(list(ticks), list(ticks.values()))
    axes.minorticks_off()
    axes.set_xlabel("people who come, a minute (line: median; dashed: 95 of 100 are faster)")


def _matters(axes: Any, document: dict[str, Any]) -> None:
    axes.set_title("What changes our lane's limit")
    base = document["ways"]["one"]["capacity"]
    rows = sorted(document["sensitivity"], key=lambda row: -_span(row["one"]))[:_SHOWN]
    for place, row in enumerate(reversed(rows)):
        for value, capacity in zip((row["low"], row["high"]), row["one"], strict=True):
            better = capacity >= base
            axes.barh(
                place, capacity - base, left=base, height=0.6,
                color="#0b7a3e" if better else "#b91c1c", alpha=0.75,
            )  # fmt: skip
            if capacity != base:
                axes.annotate(
                    f"{value:g}", (capacity, place), xytext=(4 if better else -4, 0),
                    textcoords="offset points", va="center", ha="left" if better else "right",
                    fontsize=8, color=_GREY,
                )  # fmt: skip
    names = [row["name"] for row in reversed(rows)]
    units = document["assumptions"]
    axes.set_yticks(
        range(len(rows)),
        [f"{name.replace('_', ' ')}\n({units[name]['unit']})" for name in names],
    )
    axes.axvline(base, color=_GREY, linewidth=1)
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.12)
    axes.set_xlabel("people a minute, one assumption at its low and at its high")


def _span(pair: list[float]) -> float:
    return max(pair) - min(pair)

"""SVG shapes as text. Only what the pictures of boards need; widths of texts are estimates."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

FONT = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"
_WIDTH = 0.53  # of an average character, in font sizes


def width(text: str, size: float) -> float:
    return len(text) * size * _WIDTH


def wrap(text: str, size: float, room: float) -> list[str]:
    """The text in lines that fit the room; a number stays with its unit."""
    lines = [""]
    for word in re.sub(r"(\d) (V|kΩ|MHz)", "\\1\u00a0\\2", text).split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width(longer, size) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _attributes(given: dict[str, object]) -> str:
    return "".join(
        f" {name.rstrip('_').replace('_', '-')}={quoteattr(_number(value))}"
        for name, value in given.items()
    )


def _number(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def shape(kind: str, **attributes: object) -> str:
    return f"<{kind}{_attributes(attributes)}/>"


def rect(x: float, y: float, w: float, h: float, **attributes: object) -> str:
    return shape("rect", x=x, y=y, width=w, height=h, **attributes)


def text(x: float, y: float, words: str, size: float = 11, **attributes: object) -> str:
    given = _attributes({"x": x, "y": y, "font_size": size, **attributes})
    return f"<text{given}>{escape(words)}</text>"


def document(w: float, h: float, title: str, body: list[str]) -> str:
    head = _attributes(
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": w,
            "height": h,
            "viewBox": f"0 0 {_number(w)} {_number(h)}",
            "font_family": FONT,
            "role": "img",
        }
    )
    lines = [f"<svg{head}>", f"<title>{escape(title)}</title>", *body, "</svg>", ""]
    return "\n".join(lines)

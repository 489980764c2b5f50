"""Symbols of the verdicts, drawn of polygons and discs on a grid of 48, in any size.

A person who reads neither language, or from afar, goes by these.
"""

from array import array
from micropython import const

_GRID = const(48)

# A part: "+" paints, "-" takes away; then x and y of the corners of a polygon, or of the middle of
# a disc and its radius.
_TICK = (("+", b"\x04\x18\x0b\x11\x13\x19\x25\x07\x2c\x0e\x13\x27"),)
_CROSS = (
    ("+", b"\x07\x0e\x0e\x07\x29\x22\x22\x29"),
    ("+", b"\x22\x07\x29\x0e\x0e\x29\x07\x22"),
)
_HOURGLASS = (
    ("+", b"\x08\x03\x28\x03\x28\x08\x08\x08"),
    ("+", b"\x08\x28\x28\x28\x28\x2d\x08\x2d"),
    ("+", b"\x0b\x08\x25\x08\x1a\x18\x16\x18"),
    ("+", b"\x16\x18\x1a\x18\x25\x28\x0b\x28"),
    ("-", b"\x10\x0a\x20\x0a\x1d\x0f\x13\x0f"),
    ("-", b"\x18\x1b\x1e\x23\x12\x23"),
)
_RUNNER = (
    ("+", b"\x1f\x07\x05"),  # head
    ("+", b"\x14\x0e\x1d\x0d\x20\x12\x1a\x20\x13\x1e\x16\x13"),  # trunk
    ("+", b"\x14\x0e\x16\x13\x0f\x15\x0b\x1d\x07\x1b\x0c\x11"),  # arm behind
    ("+", b"\x1e\x0e\x24\x17\x2c\x16\x2d\x1a\x22\x1c\x1b\x14"),  # arm before
    ("+", b"\x14\x1b\x1a\x1f\x15\x27\x07\x2a\x05\x26\x10\x23"),  # leg behind
    ("+", b"\x16\x1d\x1c\x1a\x24\x22\x24\x2e\x1f\x2e\x1e\x25"),  # leg before
)
_LOCK = (
    ("+", b"\x18\x11\x0d"),
    ("-", b"\x18\x11\x08"),
    ("-", b"\x10\x12\x20\x12\x20\x1f\x10\x1f"),
    ("+", b"\x0b\x11\x10\x11\x10\x1f\x0b\x1f"),
    ("+", b"\x20\x11\x25\x11\x25\x1f\x20\x1f"),
    ("+", b"\x07\x16\x29\x16\x29\x2c\x07\x2c"),
    ("-", b"\x18\x1e\x04"),
    ("-", b"\x16\x20\x1a\x20\x1a\x27\x16\x27"),
)
_WRENCH = (
    ("+", b"\x05\x25\x1c\x0e\x22\x14\x0b\x2b"),
    ("+", b"\x08\x28\x05"),
    ("+", b"\x22\x0e\x0c"),
    ("-", b"\x21\x0f\x22\x00\x30\x00\x30\x0e"),
    ("-", b"\x22\x0e\x05"),
    ("-", b"\x08\x28\x02"),
)
_WARNING = (
    ("+", b"\x18\x03\x2d\x2b\x03\x2b"),
    ("-", b"\x15\x10\x1b\x10\x1a\x1f\x16\x1f"),
    ("-", b"\x18\x25\x03"),
)
_CODE = (  # a phone with a code on it
    ("+", b"\x0d\x02\x23\x02\x23\x2e\x0d\x2e"),
    ("-", b"\x10\x07\x20\x07\x20\x27\x10\x27"),
    ("+", b"\x12\x0b\x17\x0b\x17\x10\x12\x10"),
    ("+", b"\x19\x0b\x1e\x0b\x1e\x10\x19\x10"),
    ("+", b"\x12\x12\x17\x12\x17\x17\x12\x17"),
    ("+", b"\x19\x12\x1b\x12\x1b\x14\x19\x14"),
    ("+", b"\x1c\x15\x1e\x15\x1e\x17\x1c\x17"),
    ("+", b"\x12\x1a\x1e\x1a\x1e\x1c\x12\x1c"),
    ("+", b"\x12\x1f\x1a\x1f\x1a\x21\x12\x21"),
    ("-", b"\x18\x2b\x01"),
)

_OF = (
    ("granted", _TICK),
    ("refused", _CROSS),
    ("wait", _HOURGLASS),
    ("fire", _RUNNER),
    ("locked", _LOCK),
    ("maintenance", _WRENCH),
    ("alarm", _WARNING),
    ("data_expired", _WARNING),
)


def draw(canvas, what, x, y, size):
    """Draw the symbol of a state with its upper left corner at x, y; what is outside is cut."""
    parts: tuple[tuple[str, bytes], ...] = _CODE
    for name, symbol in _OF:
        if name == what:
            parts = symbol
    for sign, points in parts:
        ink = 1 if sign == "+" else 0
        scaled = [(one * size + _GRID // 2) // _GRID for one in points]
        if len(scaled) == 3:
            canvas.ellipse(x + scaled[0], y + scaled[1], scaled[2], scaled[2], ink, True)
        else:
            canvas.poly(x, y, array("h", scaled), ink, True)

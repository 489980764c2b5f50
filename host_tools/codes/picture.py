"""QR pictures of codes: alphanumeric mode, in PNG, SVG or characters for a terminal."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final, Literal

import qrcode
import qrcode.constants
import qrcode.util
from qrcode.exceptions import DataOverflowError
from qrcode.image.pil import PilImage
from qrcode.image.svg import SvgPathImage

from host_tools.problems import Failure

LEVELS = {
    "L": qrcode.constants.ERROR_CORRECT_L,
    "M": qrcode.constants.ERROR_CORRECT_M,
    "Q": qrcode.constants.ERROR_CORRECT_Q,
    "H": qrcode.constants.ERROR_CORRECT_H,
}
QUIET_ZONE = 4  # modules, ISO/IEC 18004
LINE_END = 1  # characters that a reader sends after a code
BITS_A_CHARACTER = 10  # 8N1: start, eight, stop

_ALPHANUMERIC: Final[Literal[2]] = 2  # ISO/IEC 18004, mode indicator 0010


@dataclass(frozen=True)
class Picture:
    """A QR code of one text."""

    text: str
    level: str
    code: qrcode.QRCode[PilImage]

    @property
    def version(self) -> int:
        return int(self.code.version or 0)

    def png(self, module: int = 8) -> bytes:
        """A PNG with `module` pixels a module."""
        self.code.box_size = module
        stream = io.BytesIO()
        self.code.make_image(image_factory=PilImage).save(stream, format="PNG")
        return stream.getvalue()

    def svg(self) -> bytes:
        """An SVG of one path."""
        stream = io.BytesIO()
        self.code.make_image(image_factory=SvgPathImage).save(stream)
        return stream.getvalue()

    def terminal(self) -> str:
        """Two rows of modules a line, for terminals with light text on dark ground."""
        stream = io.StringIO()
        self.code.print_ascii(out=stream, invert=True)
        return stream.getvalue()


def draw(text: str, level: str = "M") -> Picture:
    """The smallest QR code for a text of base45 characters."""
    code: qrcode.QRCode[PilImage] = qrcode.QRCode(
        error_correction=LEVELS[level], border=QUIET_ZONE, image_factory=PilImage
    )
    data = qrcode.util.QRData(text.encode(), _ALPHANUMERIC)
    code.add_data(data, optimize=0)
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError):
        raise Failure(f"{len(text)} characters do not fit a QR code at level {level}") from None
    return Picture(text, level, code)


def line_ms(characters: int, baud: int) -> float:
    """Milliseconds that a code and its line end take on a serial line."""
    return (characters + LINE_END) * BITS_A_CHARACTER * 1000 / baud

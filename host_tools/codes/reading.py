"""Codes as people have them: a text, a file with a text, or a picture of a QR code."""

from __future__ import annotations

from pathlib import Path

import zxingcpp
from PIL import Image, UnidentifiedImageError

from host_tools.problems import Failure

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp")
TEXTS = (".txt",)
MAX_FILE = 20_000_000  # bytes


def read_code(given: str) -> bytes:
    """The bytes of a code, from FILE.png, FILE.txt or the code itself.

    A line end is not part of a code; a space is: base45 has it.
    """
    if given.lower().endswith((*PICTURES, *TEXTS)):
        path = Path(given)
        if not path.is_file():
            raise Failure(f"{given}: no such file; a code is given as it is, in quotes")
        if path.stat().st_size > MAX_FILE:
            raise Failure(f"{given}: too large to be a code")
        return _picture(path) if path.suffix.lower() in PICTURES else without_line_end(_text(path))
    return without_line_end(given.encode("utf-8", "surrogateescape"))


def without_line_end(data: bytes) -> bytes:
    return data.rstrip(b"\r\n")


def _text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure(f"{path}: cannot be read: {error.strerror}") from None


def _picture(path: Path) -> bytes:
    try:
        with Image.open(path) as picture:
            found = zxingcpp.read_barcodes(picture.convert("L"))
    except (OSError, UnidentifiedImageError, ValueError) as error:
        raise Failure(f"{path}: is no picture: {error}") from None
    codes = [code for code in found if "QR" in str(code.format)]
    if not codes:
        raise Failure(f"{path}: no QR code was found in the picture")
    if len(codes) > 1:
        raise Failure(f"{path}: {len(codes)} QR codes are in the picture; show one at a time")
    return bytes(codes[0].bytes)

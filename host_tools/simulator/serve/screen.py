"""The display as its driver drew it, for any number of tabs: a PNG, made when somebody asks."""

from __future__ import annotations

import io
from threading import Lock
from typing import Any, Protocol

from PIL import Image

_SETTLED_US = 60_000  # without a change: it is drawn
_LONGEST_US = 400_000  # that tabs see an older picture, whatever goes on


class Glass(Protocol):
    """What is hung on the simulated chip; its picture may be taken in another thread."""

    width: int
    height: int
    version: int

    def image(self) -> Image.Image: ...


class Screen:
    """A driver draws in many small steps; `told` rises when there is something new to see."""

    def __init__(self, glass: Glass) -> None:
        self._glass = glass
        self._lock = Lock()
        self._png: tuple[int, bytes] = (-1, b"")
        self._shown = self._seen = -1
        self._shown_us = self._seen_us = 0

    def told(self, now_us: int) -> dict[str, Any]:
        """For the page: how large it is, and the version that is worth asking for."""
        version = self._glass.version
        if version != self._seen:
            self._seen, self._seen_us = version, now_us
        settled = now_us - self._seen_us >= _SETTLED_US
        late = now_us - self._shown_us >= _LONGEST_US
        if version != self._shown and (settled or late):
            self._shown, self._shown_us = version, now_us
        return {"width": self._glass.width, "height": self._glass.height, "version": self._shown}

    def png(self) -> bytes:
        """As it is now."""
        with self._lock:
            version = self._glass.version
            if self._png[0] != version:
                out = io.BytesIO()
                self._glass.image().save(out, "PNG")
                self._png = version, out.getvalue()
            return self._png[1]

"""The driver of a plain serial reader: bytes from a UART into a framer, with their time."""

import asyncio
from machine import UART
from micropython import const

from .framing import Framer

_RXBUF = const(8192)  # bytes; what may arrive at 115,200 baud in 0.7 s, while a code is verified
_CHUNK = const(256)  # bytes taken at a time


class SerialReader:
    """A reader that is not spoken to: whether it is alive nobody knows until it sends.

    The loop may be late, since verifying a code takes it long: bytes that lie in the chip's buffer
    are no silence. So silence is what is left when the line was found empty.
    """

    def __init__(self, wiring, now_ms, emit, report, answers=None):
        _, number, rx, tx, baud = wiring
        self._uart = UART(number, baud, rx=rx, tx=tx, rxbuf=_RXBUF)
        self._stream = asyncio.StreamReader(self._uart)
        self._now = now_ms
        self._emit = emit
        self._framer = Framer(answers)
        self._begun = asyncio.Event()
        self._empty = 0  # ms when the line was last found empty
        self._report = report

    def tasks(self):
        """(name, coroutine function) of each task, all to be run for ever."""
        return (("reader", self._receive), ("silence", self._watch_silence))

    @property
    def busy(self):
        """Whether a code has begun to arrive."""
        return self._framer.deadline() is not None or bool(self._uart.any())

    async def _receive(self):
        """Task: read for ever. Never readline(), which waits for an LF that may not come."""
        self._ready()
        chunk = bytearray(_CHUNK)
        view = memoryview(chunk)
        while True:
            count = await self._stream.readinto(chunk)
            if count:
                now = self._now()
                events = self._framer.feed(view[:count], now, self._empty)
                if count < _CHUNK:
                    self._empty = now
                if self._framer.deadline() is not None:
                    self._begun.set()
                for event in events:
                    self._pass_on((event,))
                    await asyncio.sleep_ms(0)  # each may take long: the lanes have their turn

    def _ready(self):
        self._report("ready", None)

    async def _watch_silence(self):
        """Task: let silence end what has begun."""
        while True:
            due = self._framer.deadline()
            if due is None:
                await self._begun.wait()
                self._begun.clear()
                continue
            await asyncio.sleep_ms(max(1, due - self._now()))
            now = self._now()
            if not self._uart.any():
                self._empty = now
                self._pass_on(self._framer.expire(now))

    def _pass_on(self, events):
        for event in events:
            self._emit(event)

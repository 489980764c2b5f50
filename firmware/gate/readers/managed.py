"""A reader that is spoken to: found, set up, watched, and found again after it was away.

What is said is the protocol's business, a sans-I/O object of the reader's own module. It has

    starts, length(...)   its answers' looks, for the framer (reply.py)
    heard                 the answer to what was last said (None: none yet), set by length()
    expect(frame)         this frame is about to be sent: only what answers it may become `heard`
    result(code)          whether a line is an answer and no code
    find(speed, stay)     steps; ends with whether a reader answers. While stay() no other speed
    set_up()              steps; ends with (state, note), docs/readers.md; state None: it was lost
    beat()                steps; ends with ALIVE, SILENT or CHANGED: set it up anew
    BEAT_MS               how often it is asked
    left                  how often its flash may still be written; one more is given every hour

A step is what a generator yields: a number of baud, to go on at that speed, or (frame, ms): send
it and give what was heard within that time, or None.
"""

import asyncio
from micropython import const

from .reply import ALIVE, CHANGED
from .serial import SerialReader

_LOOK_MS = const(20)  # how often an answer is looked for
_IDLE_MS = const(500)  # how often it is looked whether something is to be done
_CODE_MS = const(5000)  # the longest code takes 4.5 s at 9,600 baud; a line busy for longer babbles
_GRACE_MS = const(1000)  # for an answer that lies in the chip's buffer while the loop is late
_FIRST_MS = const(500)  # before a reader that did not answer is looked for again; doubled each time
_LONGEST_MS = const(30_000)
_STEADY_MS = const(60_000)  # who is lost sooner is let alone for a while: each change is logged
_DOUBT_MS = const(300)  # before it is asked again that did not answer
_WRITES = const(8)  # at once, to a reader's flash
_HOUR_MS = const(3_600_000)
# After so long without a code it is set up anew, for some do not tell that they have forgotten how
# they are to read. Doubled each time: a door is not used at night, and flash wears out.
_UNUSED_MS = const(300_000)
_LONG_UNUSED_MS = const(80_000_000)
_ONE_WAY_MS = const(30_000)  # so long no other speed is tried after a code that came while silent


class ManagedReader(SerialReader):
    """The driver of a reader that takes commands. Commands wait while a code arrives."""

    def __init__(self, wiring, now_ms, emit, report, protocol):
        self._protocol = protocol
        super().__init__(wiring, now_ms, emit, report, protocol)
        self._state = None
        self._speed = wiring[4]
        self._woken = False  # something came that makes it worth while to look now
        self._scanned = False  # a code has come since that was last asked
        self._used = self._refilled = now_ms()
        self._patience = _UNUSED_MS
        protocol.left = _WRITES
        self._babbles = False  # the line was busy for longer than a code takes
        self._read_at = None  # ms when a code came that tells that the speed is right

    def tasks(self):
        return super().tasks() + (("reader_care", self._care),)

    def _ready(self):
        pass  # only once it has answered

    def _pass_on(self, events):
        for event in events:
            if isinstance(event, str):
                self._woken = True
                self._read_at = None
                if not self._state or self._state[0] in ("starting", "silent"):
                    continue  # noise of a speed that is being tried, or of a plug that is out
            elif self._protocol.result(event):
                continue
            else:
                self._scanned = True
                self._read_at = self._now()
            self._emit(event)

    async def _care(self):
        """Task: find the reader, set it up, watch it; when it is silent, begin again."""
        protocol = self._protocol
        pause = _FIRST_MS
        missed = 0
        since = None  # ms when it was found
        self._say("starting", None)
        while True:
            state = None
            if await self._run(protocol.find(self._speed, self._one_way)):
                state, note = await self._run(protocol.set_up())
            if state:
                self._say(state, note)
                since = self._now() if since is None else since
                if not await self._lost(protocol):
                    continue
                missed = 1
            steady = since is not None and self._now() - since >= _STEADY_MS
            since = None
            missed += 1
            if missed > 1:  # once may be while it starts
                self._say("silent", None)
            if steady:
                pause = _FIRST_MS
                continue
            await self._wait(pause)
            pause = min(2 * pause, _LONGEST_MS)

    async def _lost(self, protocol):
        """Ask for signs of life until there are none (True), or it is to be set up (False)."""
        doubts = 0
        while doubts < 2:
            await self._wait(_DOUBT_MS if doubts else protocol.BEAT_MS)
            if self._unused():
                return False
            answer = await self._run(protocol.beat())
            if answer == CHANGED:
                return False
            doubts = 0 if answer == ALIVE else doubts + 1
            if doubts < 2:
                self._read_at = None
        return True

    def _unused(self):
        """Whether no code has come for so long that it had better be set up anew."""
        now = self._now()
        if now - self._refilled >= _HOUR_MS:
            self._refilled = now
            self._protocol.left = min(_WRITES, self._protocol.left + 1)
        if self._scanned:
            self._scanned = False
            self._used = now
            self._patience = _UNUSED_MS
        if now - self._used < self._patience:
            return False
        self._used = now
        self._patience = min(2 * self._patience, _LONG_UNUSED_MS)
        return True

    async def _run(self, steps):
        """Do what a protocol's generator says; gives what it ends with."""
        heard = None
        while True:
            try:
                step = steps.send(heard)
            except StopIteration as end:
                return end.value
            if isinstance(step, int):
                heard = None
                await self._change_speed(step)
            else:
                heard = await self._ask(step[0], step[1])

    async def _ask(self, frame, within_ms):
        await self._line_free()
        protocol = self._protocol
        protocol.heard = None
        protocol.expect(frame)
        self._uart.write(frame)
        due = self._now() + within_ms
        while protocol.heard is None:
            now = self._now()
            if now >= due and (now >= due + _GRACE_MS or not self._uart.any()):
                return None
            await asyncio.sleep_ms(_LOOK_MS)
        return protocol.heard

    async def _change_speed(self, baud):
        if baud == self._speed:
            return
        await self._line_free()
        due = self._framer.deadline()
        if due is not None:  # what began at one speed does not end at another
            self._pass_on(self._framer.expire(due))
        self._uart.init(baudrate=baud)
        self._speed = baud
        self._read_at = None

    def _one_way(self):
        """Whether it does not answer, but has sent a code: then the speed is right."""
        return self._read_at is not None and self._now() - self._read_at < _ONE_WAY_MS

    async def _line_free(self):
        """Wait until no code arrives; not again while the line goes on to be busy."""
        due = self._now() + (0 if self._babbles else _CODE_MS)
        self._babbles = False
        while self.busy:
            if self._now() >= due:
                self._babbles = True
                return
            await asyncio.sleep_ms(_LOOK_MS)

    async def _wait(self, duration_ms):
        """Until the time is over, or something came that no reader should send."""
        self._woken = False
        due = self._now() + duration_ms
        while not self._woken:
            left = due - self._now()
            if left <= 0:
                break
            await asyncio.sleep_ms(min(_IDLE_MS, left))

    def _say(self, state, note):
        if (state, note) != self._state:
            self._state = (state, note)
            self._report(state, note)

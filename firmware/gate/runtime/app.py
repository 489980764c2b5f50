"""The terminal: reader, verdict, lane and outputs, as tasks on one loop.

No exception gets past the task it was raised in: it is logged, the lane shuts the gate and says
that it has a fault, the task starts again. While the relay is open no code is verified.
"""

import asyncio
import gc
from machine import Pin
from micropython import const

import board

from ..crypto import machine
from ..lane import table
from ..lane.fire import FireInput
from ..lane.lane import Lane
from ..lane.relay import Relay
from ..lane.replay import ReplayMemory
from ..lane.rules import Rules
from ..readers import open_reader
from ..trust import envelope  # noqa: F401 - imports nest, and deep ones need much stack
from ..ui import LANGUAGES, show
from ..ui.face import Face
from .clock import Clock
from .freshness import Freshness
from .judge import Verdict, judge
from .log import fault, log
from .settings import Site, unload
from .tasks import keep

_TICK_MS = const(10)  # how often timers and inputs are looked at
_LOOK_MS = const(3000)  # how often the folder is looked at for a bundle
_PATIENCE_MS = const(100)  # until an update looks again whether somebody is passing
_FAULT = "internal_error"


class App:
    """Built once at the start; `run` does not return."""

    def __init__(self):
        number, safe = board.RELAYS[0]
        self.relay = Relay(Pin(number, Pin.OUT, value=safe), safe)
        self.clock = Clock()
        self.lane = Lane(Rules())
        self.face = Face(board, self.clock.ms, fault)
        self.fire = _fire_input(self.relay.hold)
        if self.fire:
            self.fire.interrupt()  # the contact may have called before the power came
        # What is large and stays comes first, while the heap is in one piece.
        wiring = board.READERS[0]
        self._reader = open_reader(wiring, self.clock.ms, self._scanned, _log_reader)
        self._replay = ReplayMemory()
        self._opened = asyncio.Event()
        self._named = None  # the condition, list or way that the last code was refused by
        self._passed_over = None  # how many notes on kernels are in the log
        gc.collect()
        self.site = Site()
        self._freshness = Freshness()
        self._believe()
        self._do = {
            table.VERIFY: self._verify,
            table.OPEN: self._open,
            table.OPEN_HELD: self._open_held,
            table.SHUT: self.shut,
            table.DROP: lambda reason: _log_verdict(Verdict(reason), 0),
            table.COMPLETE: _nothing,
            table.ANNUL: self._annul,
            table.ALARM_ON: _nothing,
            table.ALARM_OVER: _nothing,
            table.FORGET: lambda _: self._replay.forget(),
            table.SHOW_READY: lambda _: self._show_ready(),
            table.SHOW_WAIT: lambda _: self.face.show("wait"),
            table.SHOW_GRANTED: lambda _: self._show("granted"),
            table.SHOW_REFUSED: lambda reason: self._show("refused", reason, self._named),
            table.SHOW_FIRE: lambda _: self._show("fire"),
            table.SHOW_ALARM: _nothing,
            table.SHOW_LOCKED: _nothing,
            table.SHOW_MAINTENANCE: _nothing,
        }

    def _believe(self):
        """Take over what the bundle says."""
        bundle = self.site.bundle
        self.clock.floor = max(self.clock.floor, self.site.floor)
        if bundle is not None:
            lane = bundle.policy.lane_of(self.site.gate)
            self.lane.rules.take((lane,))

    async def run(self):
        try:
            self.site.warm_up()
        except Exception as error:  # whoever needs that algorithm will be refused
            fault("warm up", error)
        gc.collect()
        gc.threshold(-1)  # from here on before and after each code
        log("start", self._description())
        self._log_kernel()
        self._look_at_age()
        self._show_ready()
        await asyncio.gather(
            keep("relay", self._keep_relay, self._broken),
            keep("tick", self._tick, self._broken),
            keep("bundle", self._watch_bundle, self._broken),
            *[keep(name, task, self._broken) for name, task in self._reader.tasks()],
        )

    def handle(self, event, argument=None):
        """Step the lane and do what it says."""
        now = self.clock.ms()
        self.relay.check(now)
        for output, value in self.lane.step(now, event, argument):
            self._do[output](value)

    # tasks

    async def _keep_relay(self):
        """Shut the relay when its time is up, whatever the lane is doing."""
        while True:
            while self.relay.until is not None:
                await asyncio.sleep_ms(max(0, self.relay.until - self.clock.ms()))
                self.relay.check(self.clock.ms())
            await self._opened.wait()
            self._opened.clear()

    async def _tick(self):
        while True:
            now = self.clock.ms()
            self.relay.check(now)
            self.face.check(now)
            event = self.fire.poll() if self.fire else None
            if event:
                log(event)
                self.handle(event)
            if self.lane.due(now):
                self.handle(table.TIMER)
            await asyncio.sleep_ms(_TICK_MS)

    async def _watch_bundle(self):
        """Take what a technician has dropped, between two persons; say how old the bundle is."""
        while True:
            await asyncio.sleep_ms(_LOOK_MS)
            if self.site.waiting():
                await self._update()
            now = self.clock.unix()
            if now is not None:
                self.site.keep_time(now)
                self.clock.floor = max(self.clock.floor, self.site.floor)
            if self._look_at_age() and self.lane.state == table.IDLE:
                self._show_ready()

    async def _update(self):
        try:
            await self._take(self.site.update())
        except Exception as error:  # no memory for the installer, say
            fault("update", error)
        unload()

    async def _take(self, update):
        try:
            for _ in update.prepare():
                await self._nobody()
            await self._nobody()
        except Exception as error:
            self.site.refuse(update, error)
        else:
            self.site.switch(update)
            self._believe()

    async def _nobody(self):
        """Let others run, and wait until nobody is passing."""
        await asyncio.sleep_ms(0)
        while self.lane.state != table.IDLE or self._reader.busy:
            await asyncio.sleep_ms(_PATIENCE_MS)

    # from the reader

    def _scanned(self, event):
        if isinstance(event, str):
            _log_verdict(Verdict(event), 0)
            self.handle(table.UNREAD, (0, event))
        else:
            self.handle(table.SCAN, (0, event))

    def _broken(self, where, error):
        """A task raised: say so, and shut the gate (the lane keeps it open in a fire)."""
        fault(where, error)
        self.handle(table.FAULT, _FAULT)

    # what the lane has done

    def _verify(self, scan):
        reader, code = scan
        began = self.clock.ms()
        try:
            verdict = judge(code, self.site, self.clock, self._replay)
        except Exception as error:
            fault("verify", error)
            verdict = Verdict(_FAULT)
        took = self.clock.ms() - began
        self._named = verdict.named or verdict.rule
        if verdict.granted:
            self.handle(table.GRANT, self.lane.rules.grant(reader, verdict.ticket))
        else:
            self.handle(table.REFUSE, verdict.reason)
        _log_verdict(verdict, took)
        self._log_kernel()
        gc.collect()

    def _log_kernel(self):
        """Say which kernel verifies, and what was passed over and why; again when that changes."""
        try:
            passed_over = machine.notes()
            if len(passed_over) != self._passed_over:
                self._passed_over = len(passed_over)
                log("crypto", (("kernel", machine.active()), ("passed_over", passed_over)))
        except machine.KernelError as error:  # no code will open; a fire still does
            fault("crypto", error)

    def _annul(self, grant):
        if grant.ticket is not None:
            self._replay.annul(grant.ticket)

    def _open(self, opening):
        self.relay.open(self.clock.ms(), opening[1])
        self._opened.set()

    def _open_held(self, _):
        self.relay.hold()

    def shut(self, _=None):
        """The safe level, but in a fire."""
        if self.fire and self.fire.calls():
            self.relay.hold()
        else:
            self.relay.shut()

    def _look_at_age(self):
        """Say how old the bundle is, if it is to be said; tells whether another text is due."""
        before = self._freshness.shown
        fields = self._freshness.look(self.site.bundle, self.clock.unix())
        if fields:
            log("data", fields)
        return self._freshness.shown != before

    def _show_ready(self):
        self._show(self._freshness.shown, self._freshness.reason)

    def _show(self, what, reason=None, named=None):
        texts = self.site.bundle.policy.texts if self.site.bundle else None
        self.face.show(what, reason, named, texts)
        fields = [("show", what)]
        for language in LANGUAGES:
            text, advice = show(language, reason or what, texts, named)
            fields.append((language, text))
            fields.append((language + "_advice", advice))
        log("display", fields)

    def _description(self):
        bundle = self.site.bundle
        return (
            ("board", board.NAME),
            ("gate", self.site.gate),
            ("site", None if bundle is None else bundle.site),
            ("version", None if bundle is None else bundle.version),
            ("issuers", 0 if bundle is None else len(bundle.issuers)),
            ("problem", self.site.reason),
            ("unix", self.clock.unix()),
        )


def _log_verdict(verdict, took_ms):
    log("decision", verdict.fields() + (("ms", took_ms),))


def _log_reader(state, note):
    log("reader", (("reader", 0), ("state", state), ("note", note)))


def _nothing(_):
    pass


def _fire_input(opened):
    if board.FIRE is None:
        return None
    number, active, pull = board.FIRE
    pulls = {1: Pin.PULL_UP, -1: Pin.PULL_DOWN, 0: -1}
    pin = Pin(number, Pin.IN, pulls[pull])
    fire = FireInput(lambda: pin.value() == active, opened)
    pin.irq(fire.interrupt, Pin.IRQ_RISING | Pin.IRQ_FALLING)
    return fire


def start():
    """Run for ever; if that ends all the same, the gate is shut, unless there is a fire."""
    app = App()
    try:
        asyncio.run(app.run())
    finally:
        app.shut()

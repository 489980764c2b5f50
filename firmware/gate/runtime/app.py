"""The terminal: readers, verdicts, lanes and what hangs on its pins, as tasks under one supervisor.

Built in this order: relays shut and the fire input heard; what says why the terminal started;
the watchdog; everything else. No exception gets past the task it was raised in: it is
told, the task starts again after a pause, and the lanes are shut meanwhile. What is optional (lamp,
display, clock chip, network, audit, a reader) never stops a gate.

Nothing is verified in a lane while it is open. Another lane may be open then: its relay is shut in
time all the same, by interrupt (guard.py).
"""

import asyncio
import gc
from machine import Pin
from micropython import const

import board

from ..lane import table
from ..lane.relay import Relay
from ..readers import open_reader
from ..trust import envelope  # noqa: F401 - imports nest, and deep ones need much stack
from . import parts
from .clock import Clock
from .contacts import contacts
from .desk import FAULT, Desk
from .doorway import Doorway
from .guard import Guard
from .log import log
from .settings import Site
from .supervisor import Supervisor
from .teller import Teller
from .updates import Updates

_TICK_MS = const(10)  # how often timers and inputs are looked at
_LATE_MS = const(2000)  # a lane or a relay without progress for so long hangs
_NOISE_MS = const(1000)  # what a lane's readers send that is no code is logged no more often
_LOOK_MS = const(3000)  # how often the folder is looked at for a bundle
_TICK = "lane"
_RELAY = "relay"


class App:
    """Built once at the start; `run` does not return."""

    def __init__(self):
        self.relays = [
            Relay(Pin(number, Pin.OUT, value=safe), safe) for number, safe in board.RELAYS
        ]
        self.fire = parts.fire_input(self._open_all)
        if self.fire:
            self.fire.interrupt()  # the contact may have called before the power came
        self.clock = Clock()
        self.record = parts.boot_record()
        self.supervisor = Supervisor(self.clock.ms, self._broken, self._stuck)
        self._inputs: list = []
        self.guard = Guard(self._sample, self._look)
        self.teller = teller = Teller(self.clock, self.record)
        # What is large and stays comes first, while the heap is in one piece.
        self.desk = Desk(self.clock, self.guard, teller)
        self._opened = asyncio.Event()
        self.doorways = [
            Doorway(
                number, wiring, self.relays, self._burns, self.clock.ms, self.desk.do, self._open
            )
            for number, wiring in enumerate(board.LANES)
        ]
        self._inputs = contacts(board, self.doorways)
        self._reader_states: list = [None] * len(board.READERS)
        self.readers = [
            self._open_reader(number, wiring) for number, wiring in enumerate(board.READERS)
        ]
        gc.collect()
        teller.face = parts.optional(teller, "face", parts.face, self.clock, teller)
        teller.audit = parts.optional(teller, "audit", parts.audit)
        self.site = self.desk.site = teller.site = Site(self.guard.feed, teller.happened)
        if teller.audit:
            self.site.logged = teller.audit.floor
        self._believe()
        self.time = parts.optional(teller, "time", parts.timekeeper, self.clock, self.site, teller)
        self._updates = Updates(self.site, self._at_rest, self._believe, teller.failed)

    def _believe(self):
        """Take over what the bundle says."""
        clock, bundle = self.clock, self.site.bundle
        clock.floor = max(clock.floor, self.site.floor)
        if bundle is not None:
            for doorway in self.doorways:
                gates = [self.site.gate_of(reader) for reader in doorway.readers]
                doorway.rules.take([bundle.policy.lane_of(gate) for gate in gates])

    async def run(self):
        try:
            self.site.warm_up()
        except Exception as error:  # whoever needs that algorithm will be refused
            self.teller.failed("warm up", error)
        self.guard.feed()
        gc.collect()
        gc.threshold(-1)  # from here on before and after each code
        self.teller.start(board.NAME)
        self.desk.log_kernel()
        self.teller.look_at_age()
        for doorway in self.doorways:
            self.teller.show_ready(doorway)
        add = self.supervisor.add
        add(_RELAY, self._keep_relays, _LATE_MS)
        add(_TICK, self._tick, _LATE_MS)
        for number, reader in enumerate(self.readers):
            for name, task in reader.tasks() if reader else ():
                add("%s_%d" % (name, number), task)
        add("upkeep", self._upkeep)
        for part in (self.teller.face, self.time):
            for name, task in part.tasks() if part else ():
                add(name, task)
        await self.supervisor.run(self.guard.feed)

    # parts

    def _open_reader(self, number, wiring):
        """A reader, which knows its lane and the place that it has there."""
        for doorway in self.doorways:
            if number in doorway.readers:
                place = doorway, doorway.readers.index(number)

        def scanned(event):
            self._scanned(place, event)

        def report(state, note):
            self.teller.happened("reader", (("reader", number), ("state", state), ("note", note)))
            self._reader_states[number] = state
            for name in ("silent", "wrong"):
                self.teller.note("reader_" + name, name in self._reader_states)

        return parts.optional(
            self.teller, "reader", open_reader, wiring, self.clock.ms, scanned, report
        )

    # tasks

    async def _keep_relays(self):
        """Shut each relay when its time is up, whatever the lanes are doing."""
        while True:
            self.supervisor.progress(_RELAY)
            now = self.clock.ms()
            wait = None
            for relay in self.relays:
                relay.check(now)
                if relay.until is not None:
                    wait = min(_LATE_MS // 2 if wait is None else wait, relay.until - now)
            if wait is None:
                self.supervisor.rest(_RELAY)
                await self._opened.wait()
                self._opened.clear()
            else:
                await asyncio.sleep_ms(wait)

    async def _tick(self):
        while True:
            self.supervisor.progress(_TICK)
            self._sample()
            now = self.clock.ms()
            event = self.fire.poll() if self.fire else None
            if self._burns():
                self._open_all()  # before anything that takes time, or may raise
            for doorway in self.doorways:
                doorway.tick(now, event)
            if event:
                self.teller.happened(event, ())
            for contact in self._inputs:
                self._take(contact)
            if self.teller.face:
                self.teller.face.check(now)
            await asyncio.sleep_ms(_TICK_MS)

    def _take(self, contact):
        """What a contact has to say."""
        event = contact.taken()
        while event:
            for doorway in contact.doorways:
                doorway.handle(event)
            event = contact.taken()
        trouble = contact.trouble()
        if trouble is not None:
            self.teller.happened("contact", (("where", contact.name), ("state", trouble)))

    async def _upkeep(self):
        """Between two persons: take what a technician has dropped, tend the log; say how old the
        bundle is."""
        while True:
            await asyncio.sleep_ms(_LOOK_MS)
            await self._updates.look()
            now = self.clock.unix()
            if now is not None:
                self.site.keep_time(now)
                self.clock.floor = max(self.clock.floor, self.site.floor)
            if self._at_rest():
                self.teller.tend()
            another = self.teller.look_at_age()
            for doorway in self.doorways:
                if another and doorway.lane.state == table.IDLE:
                    self.teller.show_ready(doorway)

    # by interrupt

    def _sample(self, _=None):
        """Look at the inputs, and have the relays where they belong."""
        now = self.clock.ms()
        for relay in self.relays:
            relay.check(now)
        for contact in self._inputs:
            contact.sample(now)

    def _look(self, _):
        """If the loop stands still, note where, before the watchdog bites."""
        holder = self.supervisor.holder()
        if holder and self.record:
            self.record.hangs(holder)

    def _open_all(self):
        """Fire, and nothing else."""
        for relay in self.relays:
            relay.hold()

    # events

    def _scanned(self, place, event):
        doorway, reader = place
        if isinstance(event, str):
            now = self.clock.ms()
            if now >= doorway.told_until:
                doorway.told_until = now + _NOISE_MS
                self.desk.turned_away(doorway, event, reader)
            doorway.handle(table.UNREAD, (reader, event))
        elif self.supervisor.down():  # its lane would not be timed
            self.desk.turned_away(doorway, FAULT, reader)
        else:
            doorway.handle(table.SCAN, (reader, event))

    def _everywhere(self, event, argument=None):
        for doorway in self.doorways:
            doorway.handle(event, argument)

    def _broken(self, where, error):
        """A task raised: say so, and shut the gates it served (a fire keeps them open)."""
        self.teller.failed(where, error)
        if where in (_TICK, _RELAY):
            self._everywhere(table.FAULT, FAULT)
            return
        for doorway in self.doorways:
            for reader in doorway.readers:
                if where.endswith("_%d" % reader):
                    doorway.handle(table.FAULT, FAULT)

    def _stuck(self, name):
        """A critical task hangs (None: it does not any more): the watchdog is not fed."""
        log("stuck", (("task", name),))
        if self.record:
            self.record.hangs(name)
        if name:
            self._everywhere(table.FAULT, FAULT)

    # states of the whole

    def _open(self):
        """A relay was opened: its task has something to do."""
        self.supervisor.progress(_RELAY)
        self._opened.set()

    def _burns(self):
        return self.fire is not None and self.fire.calls()

    def _at_rest(self):
        """Whether nobody is at the gate."""
        for doorway in self.doorways:
            if not doorway.at_rest:
                return False
        for reader in self.readers:
            if reader and reader.busy:
                return False
        return True

    def shut(self):
        for doorway in self.doorways:
            doorway.shut()


def start():
    """Run for ever; if that ends all the same, the gate is shut, unless there is a fire."""
    app = App()
    try:
        asyncio.run(app.run())
    except KeyboardInterrupt:  # a technician, whose work the watchdog must not cut short
        app.guard.let_go()
        raise
    finally:
        app.shut()

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
import machine
from binascii import hexlify
from machine import Pin
from micropython import const

import board

from ..crypto import machine as kernels
from ..lane import table
from ..lane.fire import FireInput
from ..lane.occupancy import Occupancy
from ..lane.relay import Relay
from ..lane.replay import ReplayMemory
from ..readers import open_reader
from ..trust import envelope  # noqa: F401 - imports nest, and deep ones need much stack
from .boot_record import BootRecord
from .clock import Clock
from .contacts import PULLS, contacts
from .doorway import Doorway
from .guard import Guard
from .judge import Verdict, judge
from .log import log
from .settings import Site
from .supervisor import Supervisor
from .teller import Teller
from .updates import Updates

_TICK_MS = const(10)  # how often timers and inputs are looked at
_LATE_MS = const(2000)  # a lane or a relay without progress for so long hangs
_LOOK_MS = const(3000)  # how often the folder is looked at for a bundle
_FAULT = "internal_error"
_TICK = "lane"
_RELAY = "relay"


class App:
    """Built once at the start; `run` does not return."""

    def __init__(self):
        self.relays = [
            Relay(Pin(number, Pin.OUT, value=safe), safe) for number, safe in board.RELAYS
        ]
        self.fire = _fire_input(self._open_all)
        if self.fire:
            self.fire.interrupt()  # the contact may have called before the power came
        self.clock = Clock()
        self.record = _boot_record()
        self.teller = Teller(self.clock, self.record)
        self.supervisor = Supervisor(self.clock.ms, self._broken, self._stuck)
        self._opened = asyncio.Event()
        self.doorways = [
            Doorway(number, wiring, self.relays, self._burns, self.clock.ms, self._do, self._open)
            for number, wiring in enumerate(board.LANES)
        ]
        self._inputs = contacts(board, self.doorways)
        self.guard = Guard(self._sample, self._look)
        self._reader_states: list = [None] * len(board.READERS)
        # What is large and stays comes first, while the heap is in one piece.
        self.readers = [
            self._open_reader(number, wiring) for number, wiring in enumerate(board.READERS)
        ]
        self.replay = ReplayMemory()
        self.occupancy = Occupancy()
        self._passed_over = None  # how many notes on kernels are in the log
        gc.collect()
        self.teller.face = self._optional("face", self._open_face)
        self.teller.audit = self._optional("audit", self._open_audit)
        self.site = self.teller.site = Site(self.guard.feed, self.teller.happened)
        if self.teller.audit:
            self.site.logged = self.teller.audit.floor
        self._believe()
        self.time = self._optional("time", self._open_time)
        self._updates = Updates(self.site, self._at_rest, self._believe, self.teller.failed)

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
        self._say_start()
        self._log_kernel()
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

    def _optional(self, name, make):
        """Something that the gate can do without."""
        try:
            return make()
        except Exception as error:
            self.teller.failed(name, error)
            return None

    def _open_face(self):
        from ..ui.face import Face

        return Face(board, self.clock.ms, self.teller.failed)

    def _open_audit(self):
        from ..storage.audit import Audit

        # a sixteenth of the flash is the log's
        return Audit("site/", hexlify(machine.unique_id()).decode(), 64 * board.FLASH_KB)

    def _open_time(self):
        if not (board.RTC or board.NETWORK):
            return None
        from .timekeeper import TimeKeeper

        return TimeKeeper(board, self.clock, self.site, self.teller)

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

        return self._optional("reader", lambda: open_reader(wiring, self.clock.ms, scanned, report))

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
            if self.teller.face:
                self.teller.face.check(now)
            event = self.fire.poll() if self.fire else None
            if event:
                self.teller.happened(event, ())
                self._everywhere(event)
            for contact in self._inputs:
                self._take(contact)
            for doorway in self.doorways:
                doorway.tick(now)
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
                if another and doorway.at_rest:
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
            self._turned_away(doorway, event, reader)
            doorway.handle(table.UNREAD, (reader, event))
        elif self.supervisor.down():  # its lane would not be timed
            self._turned_away(doorway, _FAULT, reader)
        else:
            doorway.handle(table.SCAN, (reader, event))

    def _everywhere(self, event, argument=None):
        for doorway in self.doorways:
            doorway.handle(event, argument)

    def _broken(self, where, error):
        """A task raised: say so, and shut the gates it served (a fire keeps them open)."""
        self.teller.failed(where, error)
        if where in (_TICK, _RELAY):
            self._everywhere(table.FAULT, _FAULT)
            return
        for doorway in self.doorways:
            for reader in doorway.readers:
                if where.endswith("_%d" % reader):
                    doorway.handle(table.FAULT, _FAULT)

    def _stuck(self, name):
        """A critical task hangs (None: it does not any more): the watchdog is not fed."""
        log("stuck", (("task", name),))
        if self.record:
            self.record.hangs(name)
        if name:
            self._everywhere(table.FAULT, _FAULT)

    # what a lane has done

    def _do(self, doorway, output, value):
        """An output of a lane that is no relay's."""
        teller = self.teller
        if output == table.VERIFY:
            self._verify(doorway, value)
        elif output == table.SHOW_READY:
            teller.show_ready(doorway)
        elif output in (table.SHOW_REFUSED, table.SHOW_ALARM):
            teller.show(output[5:], doorway, value)
        elif output[:5] == "show_":
            teller.show(output[5:], doorway)
        elif output == table.DROP:
            self._turned_away(doorway, value, 0)
        elif output in (table.COMPLETE, table.ANNUL):
            self._settle(doorway, output == table.COMPLETE, value)
        elif output in (table.ALARM_ON, table.ALARM_OVER):
            kind = "alarm" if output == table.ALARM_ON else "alarm_over"
            teller.happened(kind, (("lane", doorway.number), ("kind", value)))
        elif output == table.FORGET:
            self.replay.forget()
            self.occupancy.reset()

    def _verify(self, doorway, scan):
        reader, code = scan
        gate = self.site.gate_of(doorway.readers[reader])
        began = self.clock.ms()
        self.guard.hold()
        try:
            verdict = judge(code, self.site, gate, self.clock, self.replay, self.occupancy)
        except Exception as error:
            self.teller.failed("verify", error)
            verdict = Verdict(_FAULT)
        finally:
            self.guard.release()
        took = self.clock.ms() - began
        doorway.named = verdict.named or verdict.rule
        if verdict.granted:
            doorway.subject = verdict.seen.replay_key
            doorway.gate = gate
            grant = doorway.rules.grant(reader, verdict.ticket)
            self.occupancy.expect(grant)
            doorway.handle(table.GRANT, grant)
        else:
            doorway.handle(table.REFUSE, verdict.reason)
        self.teller.decision(verdict, took, doorway, gate)
        self._log_kernel()
        gc.collect()

    def _turned_away(self, doorway, reason, reader):
        """A code, or what should be one, that nobody judges."""
        gate = self.site.gate_of(doorway.readers[reader])
        self.teller.decision(Verdict(reason), 0, doorway, gate)

    def _settle(self, doorway, passed, grant):
        """Somebody went through by a grant, or nobody did."""
        if passed:
            self.occupancy.complete(grant)
        else:
            self.occupancy.annul(grant)
            if grant.ticket is not None:
                self.replay.annul(grant.ticket)
        fields: tuple = (("lane", doorway.number), ("direction", grant.direction))
        log("passage" if passed else "annulled", fields)
        if grant.ticket is not None:
            fields += (("gate", doorway.gate), ("subject", doorway.subject))
        self.teller.record("passage" if passed else "annulled", fields)

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

    # what is said at the start

    def _say_start(self):
        bundle = self.site.bundle
        fields: tuple = (
            ("board", board.NAME),
            ("gate", self.site.gate_of(0)),
            ("site", None if bundle is None else bundle.site),
            ("version", None if bundle is None else bundle.version),
            ("issuers", 0 if bundle is None else len(bundle.issuers)),
            ("problem", self.site.reason),
            ("unix", self.clock.unix()),
            ("clock", self.clock.source),
        )
        why = self.record.fields() if self.record else ()
        log("start", fields + why)
        self.teller.record("start", why[:3] + (fields[3],))

    def _log_kernel(self):
        """Say which kernel verifies, and what was passed over and why; again when that changes."""
        try:
            passed_over = kernels.notes()
            if len(passed_over) != self._passed_over:
                self._passed_over = len(passed_over)
                log("crypto", (("kernel", kernels.active()), ("passed_over", passed_over)))
        except kernels.KernelError as error:  # no code will open; a fire still does
            self.teller.failed("crypto", error)


def _boot_record():
    try:
        return BootRecord(machine.RTC().memory, machine.reset_cause())
    except Exception:  # then nobody can say why, and nothing else is lost
        return None


def _fire_input(opened):
    if board.FIRE is None:
        return None
    number, active, pull = board.FIRE
    pin = Pin(number, Pin.IN, PULLS[pull])
    fire = FireInput(lambda: pin.value() == active, opened)
    pin.irq(fire.interrupt, Pin.IRQ_RISING | Pin.IRQ_FALLING)
    return fire


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

"""Where codes are judged and grants are settled: what a lane puts out but for its relays."""

import gc

from ..crypto import machine as kernels
from ..lane import table
from ..lane.occupancy import Occupancy
from ..lane.replay import ReplayMemory
from .judge import Verdict, judge
from .log import log

FAULT = "internal_error"


class Desk:
    """One for all lanes, which share who went through and who is inside.

    guard: has relays shut in time while a code is verified. site: settings.Site, once it was read.
    """

    def __init__(self, clock, guard, teller):
        self.replay = ReplayMemory()
        self.occupancy = Occupancy()
        self.site = None
        self._clock = clock
        self._guard = guard
        self._teller = teller
        self._passed_over = None  # how many notes on kernels are in the log

    def do(self, doorway, output, value):
        """An output of a lane that is no relay's."""
        teller = self._teller
        if output == table.VERIFY:
            self._verify(doorway, value)
        elif output == table.SHOW_READY:
            teller.show_ready(doorway)
        elif output in (table.SHOW_REFUSED, table.SHOW_ALARM):
            teller.show(output[5:], doorway, value)
        elif output[:5] == "show_":
            teller.show(output[5:], doorway)
        elif output == table.DROP:
            self.turned_away(doorway, value[1], value[0])
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
        began = self._clock.ms()
        self._guard.hold()
        try:
            verdict = judge(code, self.site, gate, self._clock, self.replay, self.occupancy)
        except Exception as error:
            self._teller.failed("verify", error)
            verdict = Verdict(FAULT)
        finally:
            self._guard.release()
        took = self._clock.ms() - began
        doorway.named = verdict.named or verdict.rule
        if verdict.granted:
            doorway.subject = verdict.seen.replay_key
            doorway.gate = gate
            grant = doorway.rules.grant(reader, verdict.ticket)
            self.occupancy.expect(grant)
            doorway.handle(table.GRANT, grant)
        else:
            doorway.handle(table.REFUSE, verdict.reason)
        self._teller.decision(verdict, took, doorway, gate)
        self.log_kernel()
        gc.collect()

    def turned_away(self, doorway, reason, reader):
        """A code, or what should be one, that nobody judges. reader: its place in the lane."""
        gate = self.site.gate_of(doorway.readers[reader])
        self._teller.decision(Verdict(reason), 0, doorway, gate)

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
        self._teller.record("passage" if passed else "annulled", fields)

    def log_kernel(self):
        """Say which kernel verifies, and what was passed over and why; again when that changes."""
        try:
            passed_over = kernels.notes()
            if len(passed_over) != self._passed_over:
                self._passed_over = len(passed_over)
                log("crypto", (("kernel", kernels.active()), ("passed_over", passed_over)))
        except kernels.KernelError as error:  # no code will open; a fire still does
            self._teller.failed("crypto", error)

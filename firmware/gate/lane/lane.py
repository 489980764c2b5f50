"""One lane, stepped from outside: events in, things to be done out. No clock, no pins.

A lane is one barrier: one person at a time. While somebody may pass or is passing nothing is
verified, since verifying takes long on a small chip: a code of each reader is held and judged
afterwards. What the table cannot say is here: which inputs stand, who is waiting, what is due when.
"""

from micropython import const

from . import table as t

_SHOW_MS = const(3000)  # how long a refusal is shown
_VERIFY_MS = const(10000)  # longer than any verification takes
_STALE_MS = const(8000)  # a code that was held for longer is dropped: its person may have left
_BEHIND_MS = const(2000)  # a passage so soon after a granted one is called tailgating
_QUIET_MS = const(10000)  # how long nothing may have been wrong before an alarm ends by itself
BUSY = "gate_busy"


class Lane:
    """rules: rules.Rules. state: one of table.STATES. alarm: its kind, or None. deadline: ms when
    TIMER is due, or None.

    A VERIFY is answered by a GRANT or a REFUSE before another event is given.
    """

    def __init__(self, rules):
        self.rules = rules
        self.state = t.IDLE
        self.alarm: str | None = None
        self.deadline: int | None = None
        self._grant = None  # neither completed nor annulled yet
        self._relay = None  # that was last opened
        self._held: list = [None] * rules.readers  # (code, ms)
        self._exit = False  # asked for while somebody else was passing
        self._used = False  # whether whoever is passing has a grant
        self._passed = -_BEHIND_MS  # ms when the last of those was through
        self._passage = self._door = self._tamper = False
        self._lock = self._maintenance = self._fire = False

    def step(self, now_ms, event, argument=None):
        """Take an event; give what is to be done, in order, as (output, argument) pairs."""
        done = []
        event = self._sense(event)
        if event is not None and (event != t.TIMER or self.due(now_ms)):
            self._take(now_ms, event, argument, done)
        return done

    def due(self, now_ms):
        """Whether the state's time is up."""
        return self.deadline is not None and now_ms >= self.deadline

    def _sense(self, event):
        """Note which inputs stand. Gives the event for the table, or None."""
        if not self.rules.passage:  # then it is the door that tells of a passage
            if event == t.DOOR_OPEN:
                event = t.PASSAGE_ON
            elif event == t.DOOR_SHUT:
                event = t.PASSAGE_OFF
        if event == t.PASSAGE_ON:
            self._passage = True
        elif event == t.DOOR_OPEN:
            self._door = True
        elif event in (t.PASSAGE_OFF, t.DOOR_SHUT, t.TAMPER_OFF):
            if event == t.PASSAGE_OFF:
                self._passage = False
            elif event == t.DOOR_SHUT:
                self._door = False
            else:
                self._tamper = False
            return None if self._passage or self._door else t.CLEAR
        elif event == t.TAMPER_ON:
            self._tamper = True
        elif event in (t.LOCK_ON, t.LOCK_OFF):
            self._lock = event == t.LOCK_ON
        elif event in (t.MAINTENANCE_ON, t.MAINTENANCE_OFF):
            self._maintenance = event == t.MAINTENANCE_ON
        elif event == t.FIRE_ON:
            self._fire = True
        elif event == t.FIRE_OFF:
            self._fire = False
            return None if self.rules.fire_by_key else t.RELEASE
        if self.state == t.FIRE and not self._fire and event in (t.MAINTENANCE_ON, t.RESET):
            return t.RELEASE
        return event

    def _take(self, now, event, argument, done):
        before = self.state
        if event == t.PASSAGE_ON and before == t.PASSING and self._exit_by_same():
            self._exit = False  # somebody comes out while the door is open for another
            done.append((t.COMPLETE, self.rules.exit_grant()))
            return
        after, words = t.row(before, event)
        if after == t.ALARM and self._maintenance:  # a technician at work is no alarm
            after, words = t.REST, [word for word in words if word in (t.SHUT, t.ANNUL)]
        for word in words:
            self._do(word, now, event, argument, done)
        if self._used and after != t.PASSING:
            self._used = False
            self._passed = now
        self.state = self._rest(event, done) if after == t.REST else after
        self._set_deadline(now, before, event)
        self._serve(now, event, done)

    def _do(self, word, now, event, argument, done):
        """One word of a row, as outputs."""
        if word in (t.COMPLETE, t.ANNUL, "settle"):
            if word == "settle":
                word = t.ANNUL if self.rules.passage or self.rules.door else t.COMPLETE
            grant, self._grant = self._grant, None
            self._used = word == t.COMPLETE
            if grant is not None:
                done.append((word, grant))
        elif word in (t.OPEN, "open_exit"):
            self._grant = argument if word == t.OPEN else self.rules.exit_grant()
            self._relay = self._grant.relay
            done.append((t.OPEN, (self._relay, self._grant.open_ms)))
        elif word == "return":
            done.append((t.ANNUL, argument))
        elif word == "hold":
            self._hold(now, argument, done)
        elif word == "hold_exit":
            self._exit = True
        elif word == "turn_away":
            done.append((t.DROP, (argument[0], "lane_" + self.state)))
        elif word == "intrusion":
            behind = self._used or now - self._passed < _BEHIND_MS
            self._raise(t.TAILGATING if behind else t.FORCED, done)
        elif word == t.HELD_OPEN:
            self._raise(t.HELD_OPEN, done)
        elif word == "tampered":
            self._raise(t.TAMPER, done)
        elif word == t.ALARM_OVER:
            self._end_alarm(done)
        elif word == t.SHOW_REFUSED and event == t.UNREAD:
            done.append((t.SHOW_REFUSED, argument[1]))
        else:
            done.append((word, argument if word in (t.VERIFY, t.SHOW_REFUSED) else None))

    def _raise(self, kind, done):
        if kind != self.alarm:  # one that goes on is not told at every step of whoever causes it
            self.alarm = kind
            done.append((t.ALARM_ON, kind))
        done.append((t.SHOW_ALARM, kind))

    def _end_alarm(self, done):
        if self.alarm is not None:
            done.append((t.ALARM_OVER, self.alarm))
            self.alarm = None

    def _rest(self, event, done):
        """The state that stands, and what it shows."""
        if self._maintenance:
            self._end_alarm(done)
            done.append((t.SHOW_MAINTENANCE, None))
            return t.MAINTENANCE
        if self._tamper and self.alarm is None:
            self._raise(t.TAMPER, done)
            return t.ALARM
        if self.alarm is not None:
            done.append((t.SHOW_ALARM, self.alarm))
            return t.ALARM
        if self._passage or self._door:  # though nobody may pass any more
            done.append((t.SHOW_WAIT, None))
            return t.PASSING
        if self._lock:
            done.append((t.SHOW_LOCKED, None))
            return t.LOCKED
        if event == t.FAULT:
            return t.DENIED
        done.append((t.SHOW_READY, None))
        return t.IDLE

    def _set_deadline(self, now, before, event):
        state = self.state
        if state == t.ALARM:
            if self.rules.alarm_by_key or self._passage or self._door or self._tamper:
                self.deadline = None
            elif before != state or self.deadline is None:
                self.deadline = now + _QUIET_MS
        elif state == t.DENIED:
            if before != state or event in (t.UNREAD, t.FAULT):
                self.deadline = now + _SHOW_MS
        elif before != state:
            if state == t.VERIFYING:
                self.deadline = now + _VERIFY_MS
            elif state == t.GRANTED:
                self.deadline = now + self._grant.passage_ms
            elif state == t.PASSING:
                self.deadline = now + self.rules.held_ms
            else:
                self.deadline = None

    # who waits

    def _hold(self, now, argument, done):
        reader, code = argument
        if self._held[reader] is None:
            self._held[reader] = (code, now)
        else:
            done.append((t.DROP, (reader, BUSY)))

    def _exit_by_same(self):
        """Whether the request to exit that waits is by the relay that is open."""
        return self._exit and self.rules.exit_grant().relay == self._relay

    def _serve(self, now, event, done):
        """Whoever waits: first who wants out, then the codes, the one held longest first."""
        state = self.state
        if state in (t.VERIFYING, t.GRANTED, t.PASSING):
            return
        if self._exit:
            self._exit = False
            if state != t.FIRE:
                self._take(now, t.EXIT_REQUEST, None, done)
                return
        judged = state in (t.IDLE, t.DENIED)
        if judged and event == t.FAULT:
            return
        first = None
        for reader, held in enumerate(self._held):
            if held is not None:
                if not judged or now - held[1] > _STALE_MS:
                    self._held[reader] = None
                    done.append((t.DROP, (reader, BUSY)))
                elif first is None or held[1] < self._held[first][1]:
                    first = reader
        if first is not None:
            code = self._held[first][0]
            self._held[first] = None
            self._take(now, t.SCAN, (first, code), done)

"""Random walks of a lane on MicroPython, held against a model that knows nothing of the table.

Reads one line of JSON: {"seed", "events", "shape", "sites", "settings", "sabotage"}. sabotage:
None, or (state, text, other text): that state's rows are changed. Prints what happened, or where it
went wrong. The model follows events alone: who has a grant, who asked to get out, whether it burns.
"""

import json
import random
import sys

from gate.lane import table as t
from gate.lane.inputs import Debounce
from gate.lane.lane import Lane
from gate.lane.relay import Relay
from gate.lane.rules import Rules

SHUT_STATES = (t.IDLE, t.VERIFYING, t.DENIED, t.ALARM, t.LOCKED, t.MAINTENANCE)
INPUTS = {
    t.PASSAGE_ON: ("passage", True),
    t.PASSAGE_OFF: ("passage", False),
    t.DOOR_OPEN: ("door", True),
    t.DOOR_SHUT: ("door", False),
    t.TAMPER_ON: ("tamper", True),
    t.TAMPER_OFF: ("tamper", False),
    t.LOCK_ON: ("lock", True),
    t.LOCK_OFF: ("lock", False),
    t.MAINTENANCE_ON: ("maintenance", True),
    t.MAINTENANCE_OFF: ("maintenance", False),
}
# At any time, as no contact would: a key that is turned is turned once more.
ANY = tuple(INPUTS) + (t.REFUSE, t.EXIT_REQUEST, t.TIMER, t.FIRE_OFF)  # noqa: RUF005
LONGEST_MS = 10000 + 60000


class Site:
    pass


def site(direction, settings, own):
    made = Site()
    for name, value in dict(settings, **own).items():
        setattr(made, name, value)
    made.direction = direction
    return made


class Walk:
    def __init__(self, order):
        rules = Rules(*order["shape"])
        self.sites = [site(way, order["settings"], own) for way, own in order["sites"]]
        rules.take(self.sites)
        self.rules = rules
        self.lane = Lane(rules)
        self.levels = [0] * rules.relays
        self.relays = [self.relay(number) for number in range(rules.relays)]
        self.contacts = [Debounce(t.LOCK_ON, t.LOCK_OFF), Debounce(t.TAMPER_ON, t.TAMPER_OFF)]
        self.contacts.append(Debounce(t.MAINTENANCE_ON, t.MAINTENANCE_OFF))
        self.contacts.append(Debounce(t.EXIT_REQUEST))
        self.rare = len(self.contacts)
        if rules.passage:
            self.contacts += [Debounce(t.PASSAGE_ON, t.PASSAGE_OFF)] * 3
        if rules.door:
            self.contacts += [Debounce(t.DOOR_OPEN, t.DOOR_SHUT)] * 2
        self.contact_levels = {}
        wired = {"passage": rules.passage, "door": rules.door}
        self.any = [one for one in ANY if wired.get(INPUTS.get(one, ("",))[0], True)]
        self.fire = False  # the contact
        self.now = 0
        # the model
        self.burning = False
        self.asked = False  # a code was given to be judged
        self.wants_out = False
        self.open_until = [0] * rules.relays  # by a grant or a request to exit
        self.pending = None  # the grant that is to be settled
        self.refused = None  # one that must be annulled at once
        self.stands = {}  # input -> whether it is on
        self.seen = set()  # which events came in which states
        self.counts = {}  # output -> how often

    def relay(self, number):
        def drive(level):
            self.levels[number] = level

        return Relay(drive, 0)

    # events

    def event(self):
        """An event and its argument; None for a look at a contact that gives none."""
        die = random.getrandbits(5)
        lane = self.lane
        if lane.due(self.now) and die < 24:
            return t.TIMER, None
        if self.asked and die < 14:
            reader = random.getrandbits(1) % self.rules.readers
            return (t.GRANT, self.rules.grant(reader, 1)) if die < 9 else (t.REFUSE, "replayed")
        if die < 20:
            number = random.getrandbits(4) % len(self.contacts)
            contact = self.contacts[number]
            key = id(contact)
            level = self.contact_levels.get(key, False)
            often = level or (lane.state == t.GRANTED and number >= self.rare)
            if not random.getrandbits(1 if often else 5):
                level = not level
                self.contact_levels[key] = level
            event = contact.sense(self.now, level)
            return None if event is None else (event, None)
        if die < 25:
            return t.SCAN, (random.getrandbits(1) % self.rules.readers, "code")
        if die == 25 and (self.fire or not random.getrandbits(3)):
            self.fire = not self.fire or not random.getrandbits(2)
            return (t.FIRE_ON if self.fire else t.FIRE_OFF), None
        if die == 26 and not random.getrandbits(2):
            return t.FAULT, "internal_error"
        if die == 27 and not random.getrandbits(2):
            return t.RESET, None
        if die == 28:
            return t.GRANT, self.rules.grant(0, 1)
        if die == 29:
            return t.UNREAD, (0, "reader_garbage")
        if die == 30:
            event = self.any[random.getrandbits(4) % len(self.any)]
            return event, "replayed" if event == t.REFUSE else None
        return (t.TIMER if random.getrandbits(2) else t.EXIT_REQUEST), None

    def step(self):
        given = None
        while given is None:
            self.now += random.getrandbits(8)
            given = self.event()
        if not random.getrandbits(3):
            self.now = max(self.now, self.lane.deadline or 0)
        for relay in self.relays:
            relay.check(self.now)
        event, argument = given
        before = self.lane.state
        self.follow(before, event, argument)
        due = self.lane.due(self.now)
        done = self.lane.step(self.now, event, argument)
        self.obey(event, due, done)
        self.check(before, event)
        self.seen.add(before + " " + event)

    def follow(self, before, event, argument):
        """What an event means for the model."""
        self.refused = None
        if event in (t.FIRE_ON, t.FIRE_OFF):
            self.fire = event == t.FIRE_ON
        if event == t.GRANT:
            if self.asked and before == t.VERIFYING:
                self.pending = argument
                self.open_until[argument.relay] = self.now + argument.open_ms
            else:
                self.refused = argument
            self.asked = False
        elif event == t.REFUSE:
            self.asked = False
        elif event == t.EXIT_REQUEST:
            self.wants_out = True
        elif event == t.FIRE_ON:
            self.burning = True
            self.wants_out = False
        elif event == t.FIRE_OFF:
            self.burning = self.burning and self.sites[0].fire_by_key
        elif event in (t.MAINTENANCE_ON, t.RESET) and not self.fire:
            self.burning = False
        if event in INPUTS:
            name, on = INPUTS[event]
            self.stands[name] = on

    def obey(self, event, due, done):
        """Do what the lane says, as a terminal does."""
        for output, value in done:
            self.counts[output] = self.counts.get(output, 0) + 1
            if output == t.VERIFY:
                self.asked = True
            elif output == t.OPEN:
                number, length = value
                if event != t.GRANT or self.pending is None:
                    grant = self.rules.exit_grant()
                    assert self.wants_out, "opens for nobody"
                    assert (number, length) == (grant.relay, grant.open_ms), "opens another way"
                    self.wants_out = False
                    self.open_until[number] = self.now + length
                    self.pending = "exit"
                self.relays[number].open(self.now, length)
            elif output == t.OPEN_HELD:
                for relay in self.relays:
                    relay.hold()
            elif output == t.SHUT:
                for relay in self.relays:
                    relay.shut()
            elif output in (t.COMPLETE, t.ANNUL):
                self.settle(output, value)
            elif output == t.ALARM_OVER:
                by_key = event == t.RESET or self.stands.get("maintenance", False)
                assert by_key or not self.sites[0].alarm_by_key, "an alarm ends by itself"
                assert by_key or (event == t.TIMER and due), "an alarm ends too early"

    def settle(self, output, grant):
        if grant is self.refused:
            assert output == t.ANNUL, "completes what it refused"
            self.refused = None
        elif grant.ticket is None:
            if self.pending == "exit":
                self.pending = None
            else:
                assert self.wants_out and output == t.COMPLETE, "settles an exit that nobody asked"
                self.wants_out = False
        else:
            assert grant is self.pending, "settles what is settled"
            self.pending = None

    # what must hold after each event

    def check(self, before, event):
        lane = self.lane
        state = lane.state
        stands = self.stands.get
        assert self.refused is None, "a grant that came too late is lost"
        assert (state == t.FIRE) == self.burning, "fire"
        on = sum(self.levels)
        if self.burning:
            assert on == len(self.levels), "shut in a fire"
            assert lane.deadline is None
            assert self.pending is None, "a grant outlives a fire"
            return
        assert on <= 1, "two relays are on"
        if on:
            number = self.levels.index(1)
            assert self.now < self.open_until[number], "on for too long"
            assert state in (t.GRANTED, t.PASSING), "on without a cause"
        assert (self.pending is None) == (state != t.GRANTED), "a grant is not settled"
        if stands("maintenance"):
            assert state in (t.MAINTENANCE, t.GRANTED, t.PASSING), "in maintenance"
        elif stands("lock"):
            assert state in (t.LOCKED, t.ALARM, t.GRANTED, t.PASSING), "unlocked"
        if lane.alarm is not None:
            assert state in (t.ALARM, t.GRANTED, t.PASSING), "an alarm is not shown"
        if event == t.EXIT_REQUEST and before in SHUT_STATES:
            assert state == t.GRANTED and on, "somebody is shut in"
        if event in (t.PASSAGE_ON, t.DOOR_OPEN) and before in SHUT_STATES:
            assert state in (t.ALARM, t.MAINTENANCE), "nobody noticed"
        self.check_deadline(state)

    def check_deadline(self, state):
        deadline = self.lane.deadline
        if state in (t.IDLE, t.LOCKED, t.MAINTENANCE):
            assert deadline is None, "waits for nothing"
        elif state == t.ALARM:
            wrong = self.sites[0].alarm_by_key
            for name in ("passage", "door", "tamper"):
                wrong = wrong or self.stands.get(name, False)
            assert (deadline is None) == wrong, "an alarm ends at the wrong time"
        else:
            assert deadline is not None and deadline <= self.now + LONGEST_MS, "for ever"


def remember_rows():
    """Rows do not change: reading each once leaves time for more events."""
    read = t.row
    rows = {}

    def row(state, event):
        key = state + event
        if key not in rows:
            rows[key] = read(state, event)
        return rows[key]

    t.row = row


def main():
    order = json.loads(sys.stdin.readline())
    random.seed(order["seed"])
    if order["sabotage"]:
        state, rows, others = order["sabotage"]
        assert rows in t._TABLE[state], "no such row to sabotage"
        t._TABLE[state] = t._TABLE[state].replace(rows, others)
    remember_rows()
    walk = Walk(order)
    events = 0
    try:
        while events < order["events"]:
            walk.step()
            events += 1
    except AssertionError as error:
        print(json.dumps({"events": events, "wrong": str(error)}))
        return
    seen = sorted(walk.seen)
    print(json.dumps({"events": events, "wrong": None, "seen": seen, "counts": walk.counts}))


main()

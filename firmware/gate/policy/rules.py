"""The site's rules, read strictly from a bundle's policy part (docs/formats.md).

What few sites use is in modules of its own, which are imported only for a part that has it.
"""

from micropython import const

from ..codec import jurisdiction
from ..codec.cbor import Reader
from ..codec.claims import COLOURS, KINDS
from ..refusal import Refusal
from .lanes import MAX_WAYS, Gates, Lane
from .reading import WRONG, between, entries, inside, next_key, words
from .ways import MAX_CONDITIONS, MAX_LISTS, MAX_PLACES, MAX_SCHEDULES, Way

MAX_RISKS = const(64)  # risk regions of the site
MAX_GATES = const(16)  # lanes that differ from the usual one
_FIELDS = const(13)
_MODES = const(3)  # of conflict, besides the default
_CONTRARY = ("health", "travel", "test")  # kinds whose claims can disagree


class Policy:
    """The policy part.

    colours: accepted ones, words. speakers: {kind's name: jurisdictions that may speak}.
    risks: risk regions. ways: in order. home: where the site is, or None. conflict: {kind's name:
    mode of policy.hearing}. zone: hours.Zone or None. schedules, conditions, lists: of the modules
    of those names. texts: texts.Texts or None. skew: seconds, of the usual lane.
    """

    def __init__(self, data):
        """data: bytes-like, kept. Raises Refusal('policy_invalid')."""
        self.home: str | None = None
        self.conflict = {}
        self.zone = None
        self.schedules: tuple = ()
        self.conditions: tuple = ()
        self.lists: tuple = ()
        self.texts = None
        self._gates: list[Gates] = []
        try:
            self._read(Reader(data, wrong=WRONG))
        except Refusal:
            raise Refusal(WRONG)

    @property
    def skew(self):
        return self._lane.skew

    def lane_of(self, gate):
        """The Lane of a gate; the usual one for gates that no other is for. gate: its id or
        None."""
        for gates in self._gates:
            if gate is not None and gates.includes(gate):
                return gates.lane
        return self._lane

    def open(self, schedule, now):
        """Whether these hours (a number, or None: always) are open."""
        if schedule is None:
            return True
        return self.schedules[schedule].open(self.zone.local(now))

    def _read(self, reader):
        fields = reader.map(5, _FIELDS)
        reader.key(1)
        self.colours = words(reader, COLOURS)
        reader.key(2)
        self.speakers = {}
        before = 0
        for _ in range(reader.map(0, len(KINDS))):
            before = next_key(reader, before, len(KINDS))
            self.speakers[KINDS[before - 1]] = jurisdiction.read(reader, 1, MAX_PLACES)
        reader.key(3)
        self.risks = jurisdiction.read(reader, 0, MAX_RISKS)
        reader.key(4)
        self.ways = entries(reader, MAX_WAYS, Way)
        reader.key(5)
        self._lane = Lane(reader)
        before = 5
        for _ in range(fields - 5):
            before = next_key(reader, before, _FIELDS)
            _OPTIONAL[before](self, reader)
        reader.finish()
        self._check()

    def _check(self):
        """Refuse references to what is not there."""
        lanes = [self._lane] + [gates.lane for gates in self._gates]
        for lane in lanes:
            inside(lane.ways or (), self.ways)
            inside(lane.outside, self.ways)
            inside(lane.accept, self.conditions)
            inside(lane.refuse, self.conditions)
            inside((lane.schedule,), self.schedules)
        for way in self.ways:
            inside((way.list,), self.lists)
            inside((way.schedule,), self.schedules)
            inside(way.conditions, self.conditions)
        for one in self.lists:
            inside((one.schedule,), self.schedules)
            inside(one.only or (), self.ways)
        if self.schedules and self.zone is None:
            raise Refusal(WRONG)

    def _read_home(self, reader):
        self.home = reader.text(jurisdiction.MIN_LENGTH, jurisdiction.MAX_LENGTH)
        if not jurisdiction.valid(self.home):
            raise Refusal(WRONG)

    def _read_conflict(self, reader):
        before = 0
        for _ in range(reader.map(1, len(_CONTRARY))):
            before = next_key(reader, before, len(KINDS))
            kind = KINDS[before - 1]
            if kind not in _CONTRARY:
                raise Refusal(WRONG)
            self.conflict[kind] = between(reader, 1, _MODES)

    def _read_zone(self, reader):
        from .hours import Zone

        self.zone = Zone(reader)

    def _read_schedules(self, reader):
        from .hours import Schedule

        self.schedules = entries(reader, MAX_SCHEDULES, Schedule)

    def _read_conditions(self, reader):
        from .conditions import Condition

        self.conditions = entries(reader, MAX_CONDITIONS, Condition)

    def _read_lists(self, reader):
        from .lists import MAX_LISTED, List

        self.lists = entries(reader, MAX_LISTS, List)
        if sum([one.size for one in self.lists]) > MAX_LISTED:
            raise Refusal(WRONG)

    def _read_gates(self, reader):
        self._gates = [Gates(reader) for _ in range(reader.array(1, MAX_GATES))]

    def _read_texts(self, reader):
        from .texts import Texts

        self.texts = Texts(reader)


_OPTIONAL = {
    6: Policy._read_home,
    7: Policy._read_conflict,
    8: Policy._read_zone,
    9: Policy._read_schedules,
    10: Policy._read_conditions,
    11: Policy._read_lists,
    12: Policy._read_gates,
    13: Policy._read_texts,
}

"""The site's rules, read strictly from a bundle's policy part (docs/formats.md).

What few sites use is in `options` and the modules that it names, imported only for a part that has
it.
"""

from micropython import const

from ..codec import jurisdiction
from ..codec.cbor import Reader
from ..codec.claims import COLOURS, KINDS
from ..refusal import Refusal
from .lanes import MAX_WAYS, Lane
from .reading import WRONG, entries, next_key, words
from .ways import MAX_PLACES, Way

MAX_RISKS = const(64)  # risk regions of the site
_FIELDS = const(13)


class Policy:
    """The policy part.

    colours: accepted ones, words. speakers: {kind's name: jurisdictions that may speak}.
    risks: risk regions. ways: in order. home: where the site is, or None. conflict: {kind's name:
    mode of policy.conflict}. zone: hours.Zone or None. schedules, conditions, lists: of the modules
    of those names. texts: texts.Texts or None.
    """

    def __init__(self, data):
        """data: bytes-like, kept and read in place. Raises Refusal('policy_invalid')."""
        self.home: str | None = None
        self.conflict = {}
        self.zone = None
        self.schedules: tuple = ()
        self.conditions: tuple = ()
        self.lists: tuple = ()
        self.texts = None
        self.gates: tuple = ()
        try:
            self._read(Reader(memoryview(data), wrong=WRONG))
        except Refusal:
            raise Refusal(WRONG)

    def lane_of(self, gate):
        """The Lane of a gate; the usual one for gates that no other is for. gate: its id or
        None."""
        for gates in self.gates:
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
            if before == 6:
                self.home = reader.text(jurisdiction.MIN_LENGTH, jurisdiction.MAX_LENGTH)
                if not jurisdiction.valid(self.home):
                    raise Refusal(WRONG)
            else:
                from .options import read_option

                read_option(self, before, reader)
        reader.finish()
        self.plain = self._is_plain()
        if not self.plain:
            from .options import check

            check(self)

    def _is_plain(self):
        """Whether every way is open to everybody always: most of what decides is not needed
        then."""
        if self.schedules or self.conditions or self.lists or self.gates:
            return False
        if self._lane.options:
            return False
        for way in self.ways:
            if way.options:
                return False
        return True

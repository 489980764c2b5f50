"""The site's rules, read strictly from a bundle's policy part (docs/formats.md)."""

from micropython import const

from ..codec import formats, jurisdiction
from ..codec.cbor import Reader
from ..codec.claims import COLOURS, KINDS, TEST_KINDS
from ..refusal import Refusal

MAX_PLACES = const(16)  # jurisdictions in one list
MAX_RISKS = const(64)  # risk regions of the site
MAX_WAYS = const(8)
_MAX_NAME = const(32)  # bytes of a way's name
_MAX_SECONDS = 3153600000  # 100 years; no age is larger
_WRONG = "policy_invalid"


class Requirement:
    """What one kind of claim must fulfil; a bound that is None is not asked for.

    most, least: age in seconds (of the day, for vaccination and recovery). number: the least dose,
    or the least window of a travel record in days. complete: the last dose of the series.
    kinds: of tests, words. places: only claims from these.
    """

    def __init__(self, reader):
        self.most = None
        self.least = None
        self.number = None
        self.complete = False
        self.kinds = ()
        self.places = ()
        before = 0
        for _ in range(reader.map(0, 6)):
            before = _next_key(reader, before, 6)
            if before == 1:
                self.most = reader.uint(_MAX_SECONDS)
            elif before == 2:
                self.least = reader.uint(_MAX_SECONDS)
            elif before == 3:
                self.number = reader.uint(60)
            elif before == 4:
                self.complete = _boolean(reader)
            elif before == 5:
                self.kinds = _words(reader, TEST_KINDS)
            else:
                self.places = jurisdiction.read(reader, 1, MAX_PLACES)


class Way:
    """One way in. needs: {kind's name: Requirement}, all of which must hold. formats: bits."""

    def __init__(self, reader):
        fields = reader.map(2, 3)
        reader.key(1)
        self.name = reader.text(1, _MAX_NAME)
        reader.key(2)
        self.needs = {}
        before = 0
        for _ in range(reader.map(1, len(KINDS))):
            before = _next_key(reader, before, len(KINDS))
            self.needs[KINDS[before - 1]] = Requirement(reader)
        self.formats = formats.ALL
        if fields == 3:
            reader.key(3)
            self.formats = reader.uint(formats.ALL)
            if self.formats == 0:
                raise Refusal(_WRONG)


class Policy:
    """The policy part.

    colours: accepted ones, words. speakers: {kind's name: jurisdictions that may speak}.
    risks: risk regions. ways: in order. home: where the site is, or None.
    pulse: ms that the relay is on. replay_window, proof_age, skew: seconds. proof_required: bool.
    """

    def __init__(self, data):
        """data: bytes-like. Raises Refusal('policy_invalid')."""
        try:
            self._read(Reader(data, wrong=_WRONG))
        except Refusal:
            raise Refusal(_WRONG)

    def _read(self, reader):
        fields = reader.map(5, 6)
        reader.key(1)
        self.colours = _words(reader, COLOURS)
        reader.key(2)
        self.speakers = {}
        before = 0
        for _ in range(reader.map(0, len(KINDS))):
            before = _next_key(reader, before, len(KINDS))
            self.speakers[KINDS[before - 1]] = jurisdiction.read(reader, 1, MAX_PLACES)
        reader.key(3)
        self.risks = jurisdiction.read(reader, 0, MAX_RISKS)
        reader.key(4)
        self.ways = [Way(reader) for _ in range(reader.array(1, MAX_WAYS))]
        reader.key(5)
        self._read_lane(reader)
        self.home = None
        if fields == 6:
            reader.key(6)
            self.home = reader.text(jurisdiction.MIN_LENGTH, jurisdiction.MAX_LENGTH)
            if not jurisdiction.valid(self.home):
                raise Refusal(_WRONG)
        reader.finish()

    def _read_lane(self, reader):
        reader.map(5, 5)
        reader.key(1)
        self.pulse = reader.uint(10000)
        if self.pulse < 100:
            raise Refusal(_WRONG)
        reader.key(2)
        self.replay_window = reader.uint(86400)
        reader.key(3)
        self.proof_required = _boolean(reader)
        reader.key(4)
        self.proof_age = reader.uint(600)
        if self.proof_age < 5:
            raise Refusal(_WRONG)
        reader.key(5)
        self.skew = reader.uint(3600)


def _next_key(reader, before, last):
    """The next key of a map whose keys rise and need not all be there."""
    key = reader.uint(last)
    if key <= before:
        raise Refusal(_WRONG)
    return key


def _boolean(reader):
    value = reader.value()
    if not isinstance(value, bool):
        raise Refusal(_WRONG)
    return value


def _words(reader, table):
    """An array of numbers from 1 that stand for the words of a table; at least one, each once."""
    words = []
    for _ in range(reader.array(1, len(table))):
        number = reader.uint(len(table))
        if number == 0 or table[number - 1] in words:
            raise Refusal(_WRONG)
        words.append(table[number - 1])
    return tuple(words)

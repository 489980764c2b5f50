"""Ways in: what one of them asks of a code (docs/formats.md)."""

from micropython import const

from ..codec import formats, jurisdiction
from ..codec.claims import KINDS, TEST_KINDS
from ..refusal import Refusal
from .reading import WRONG, between, boolean, name, next_key, references, words

MAX_PLACES = const(16)  # jurisdictions in one list
MAX_CONDITIONS = const(16)  # of a site
MAX_SCHEDULES = const(16)
MAX_LISTS = const(8)
_MAX_SECONDS = 3153600000  # 100 years; no age is larger


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
            before = next_key(reader, before, 6)
            if before == 1:
                self.most = reader.uint(_MAX_SECONDS)
            elif before == 2:
                self.least = reader.uint(_MAX_SECONDS)
            elif before == 3:
                self.number = reader.uint(60)
            elif before == 4:
                self.complete = boolean(reader)
            elif before == 5:
                self.kinds = words(reader, TEST_KINDS)
            else:
                self.places = jurisdiction.read(reader, 1, MAX_PLACES)


class Way:
    """One way in. needs: {kind's name: Requirement}, all of which must hold. formats: bits.

    schedule, list: the hours in which, and the list for whose people it is, as numbers; None:
    always, everybody. conditions: numbers; all must hold. proof: whether the holder's proof is
    needed; None: as the lane says.
    """

    def __init__(self, reader):
        fields = reader.map(2, 7)
        self.options = False
        reader.key(1)
        self.name = name(reader)
        reader.key(2)
        self.needs = {}
        before = 0
        for _ in range(reader.map(0, len(KINDS))):
            before = next_key(reader, before, len(KINDS))
            self.needs[KINDS[before - 1]] = Requirement(reader)
        self.formats = formats.ALL
        self.schedule = None
        self.conditions = ()
        self.list = None
        self.proof = None
        before = 2
        for _ in range(fields - 2):
            before = next_key(reader, before, 7)
            if before == 3:
                self.formats = between(reader, 1, formats.ALL)
                continue
            self.options = True
            if before == 4:
                self.schedule = reader.uint(MAX_SCHEDULES - 1)
            elif before == 5:
                self.conditions = references(reader, 1, MAX_CONDITIONS)
            elif before == 6:
                self.list = reader.uint(MAX_LISTS - 1)
            else:
                self.proof = boolean(reader)
        if not self.needs and not self.conditions and self.list is None:
            raise Refusal(WRONG)  # it would ask for nothing

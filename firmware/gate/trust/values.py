"""Value sets: what codes of certificates mean. The values part of docs/formats.md, read in place.

A code belongs to a coding system (a URI of FHIR, or "mp" for the DCC's products) and stands for a
vaccine, a kind of test, a result or a disease. All of it was checked once, when the part was
opened; a look-up is a binary search and allocates next to nothing.
"""

from array import array
from micropython import const

from ..codec.cbor import Reader
from ..codec.claims import RESULTS, TEST_KINDS
from ..refusal import Refusal

MAX_SYSTEMS = const(16)
MAX_PRODUCTS = const(128)
MAX_SYSTEM = const(96)  # bytes of a coding system's name
MAX_CODE = const(40)  # bytes
MAX_WORD = const(24)  # bytes of a product's word, as in OC1
MAX_DOSES = const(9)

PRODUCT = const(1)  # what a record is
TEST = const(2)
RESULT = const(3)
AGENT = const(4)

_WRONG = "values_invalid"
_FORMAT = const(1)
_COVID_19 = const(1)  # the only agent that there is


class Values:
    """The values part."""

    def __init__(self, data):
        """data: bytes-like, kept and read in place. Raises Refusal('values_invalid')."""
        try:
            self._open(Reader(memoryview(data), wrong=_WRONG))
        except Refusal:
            raise Refusal(_WRONG)

    def product(self, system, code):
        """(word, doses in its series, 0 if unknown) of a vaccine against COVID-19, or None."""
        number = self._find(system, code, PRODUCT)
        if number is None:
            return None
        reader = Reader(self._data, wrong=_WRONG)
        reader.position = self._products[number]
        return _product(reader)

    def test(self, system, code):
        """Kind of a test for SARS-CoV-2, or None: "naat", "rat", "other"."""
        number = self._find(system, code, TEST)
        if number is None:
            return None
        return TEST_KINDS[number] if number < len(TEST_KINDS) else "other"

    def result(self, system, code):
        """What a code says of a test: "negative", "positive", "other"; None if it is not known."""
        number = self._find(system, code, RESULT)
        if number is None:
            return None
        return RESULTS[number] if number < len(RESULTS) else "other"

    def is_covid_19(self, system, code):
        """Whether a code is that of COVID-19 or its virus."""
        return self._find(system, code, AGENT) == _COVID_19

    def __len__(self):
        return len(self._index) // 2

    def _open(self, reader):
        self._data = reader.data
        reader.map(5, 5)
        reader.key(1)
        if reader.uint(_FORMAT) != _FORMAT:
            raise Refusal(_WRONG)
        reader.key(2)
        self._systems = []
        for _ in range(reader.array(1, MAX_SYSTEMS)):
            name = reader.text(1, MAX_SYSTEM)
            if name in self._systems:
                raise Refusal(_WRONG)
            self._systems.append(name)
        reader.key(3)
        count = reader.array(0, MAX_PRODUCTS)
        self._products = array("H", bytes(2 * count))
        for i in range(count):
            self._products[i] = reader.position
            _product(reader)
        reader.key(4)
        self._index = reader.view(0, 0xFFFF)
        reader.key(5)
        self._records = reader.view(0, 0xFFFF)
        reader.finish()
        self._check()

    def _check(self):
        """Every record is where the index says, whole, and after the one before it."""
        limits = {
            PRODUCT: (0, len(self._products) - 1),
            TEST: (0, len(TEST_KINDS)),
            RESULT: (0, len(RESULTS)),
            AGENT: (_COVID_19, _COVID_19),
        }
        if len(self._index) & 1:
            raise Refusal(_WRONG)
        reader = Reader(self._records, wrong=_WRONG)
        before = None
        for i in range(len(self)):
            if self._at(i) != reader.position:
                raise Refusal(_WRONG)
            key = _key(reader)
            kind = key[2]
            number = reader.uint(MAX_PRODUCTS)
            low, high = limits.get(kind, (1, 0))
            if not low <= number <= high or key[0] >= len(self._systems):
                raise Refusal(_WRONG)
            if before is not None and key <= before:
                raise Refusal(_WRONG)
            before = key
        reader.finish()

    def _find(self, system, code, kind):
        """The number of the record of a code, if there is one and it is of this kind; or None."""
        if system not in self._systems:
            return None
        wanted = (self._systems.index(system), code.encode(), kind)
        reader = Reader(self._records, wrong=_WRONG)
        low = 0
        high = len(self)
        while low < high:
            middle = (low + high) // 2
            reader.position = self._at(middle)
            found = _key(reader)
            if found == wanted:
                return reader.uint(MAX_PRODUCTS)
            if found < wanted:
                low = middle + 1
            else:
                high = middle
        return None

    def _at(self, i):
        return self._index[2 * i] << 8 | self._index[2 * i + 1]


def _key(reader):
    """(system's number, code, kind) of a record, by which records are sorted."""
    reader.array(4, 4)
    system = reader.uint(MAX_SYSTEMS - 1)
    return system, reader.text(1, MAX_CODE).encode(), reader.uint(AGENT)


def _product(reader):
    """(word, doses) of a product."""
    reader.array(2, 2)
    return reader.text(1, MAX_WORD), reader.uint(MAX_DOSES)

"""What all of the policy part's readers share: rising keys, words, names, references."""

from micropython import const

from ..refusal import Refusal

WRONG = "policy_invalid"
MAX_NAME = const(32)  # bytes of the name of a way, a condition, a list, hours


def next_key(reader, before, last):
    """The next key of a map whose keys rise and need not all be there."""
    key = reader.uint(last)
    if key <= before:
        raise Refusal(WRONG)
    return key


def between(reader, low, high):
    """An unsigned integer from low to high."""
    number = reader.uint(high)
    if number < low:
        raise Refusal(WRONG)
    return number


def boolean(reader):
    value = reader.value()
    if not isinstance(value, bool):
        raise Refusal(WRONG)
    return value


def name(reader):
    return reader.text(1, MAX_NAME)


def words(reader, table):
    """An array of numbers from 1 that stand for the words of a table; at least one, each once."""
    found = []
    for _ in range(reader.array(1, len(table))):
        number = between(reader, 1, len(table))
        if table[number - 1] in found:
            raise Refusal(WRONG)
        found.append(table[number - 1])
    return tuple(found)


def references(reader, low, high):
    """An array of low to high numbers of entries of another table, each once."""
    found = []
    for _ in range(reader.array(low, high)):
        number = reader.uint(high - 1)
        if number in found:
            raise Refusal(WRONG)
        found.append(number)
    return tuple(found)


def entries(reader, high, read):
    """A tuple of 1 to high entries, each read by `read(reader)`; their names must differ."""
    found = []
    names = []
    for _ in range(reader.array(1, high)):
        entry = read(reader)
        if entry.name in names:
            raise Refusal(WRONG)
        names.append(entry.name)
        found.append(entry)
    return tuple(found)


def inside(numbers, table):
    """Refuse a reference to an entry that is not there. numbers: an iterable; None counts as
    fine."""
    for number in numbers:
        if number is not None and number >= len(table):
            raise Refusal(WRONG)

"""Whether bytes are a CertLogic program: once, when a policy is opened, instead of at the door."""

from ..codec.cbor import Reader
from ..codec.utf8 import text_of
from ..refusal import Refusal
from .certlogic import EXTRACT, MAX_DEPTH, PLUS_TIME, CertLogicError, operation


def check(program):
    """Raise CertLogicError unless this is one whole program in deterministic encoding.

    A program that passes never fails as `program_invalid` or `too_deep` when it is evaluated.
    """
    reader = Reader(program)
    try:
        _walk(reader)
        reader.finish()
    except Refusal:
        raise CertLogicError("program_invalid", reader.position)


def _walk(reader):
    """Read one expression with all that is in it."""
    numbers = []  # of the operations that are open
    counts = []  # of operands that each still has to come
    while True:
        number, count = _expression(reader)
        if count:
            if len(counts) == MAX_DEPTH:
                raise CertLogicError("too_deep", reader.position)
            numbers.append(number)
            counts.append(count)
            continue
        while counts:
            counts[-1] -= 1
            number = numbers[-1]
            if number == PLUS_TIME:
                reader.int()
                reader.uint(3)
            elif number == EXTRACT:
                reader.int()
            elif counts[-1]:
                break
            counts.pop()
            numbers.pop()
        else:
            return


def _expression(reader):
    """Read a literal, a data access, or the head of an operation; gives operation()'s answer."""
    if reader.position >= reader.end:
        raise Refusal("cbor_invalid")
    first = reader.data[reader.position]
    kind = first >> 5
    if kind == 4:
        return operation(reader)
    if kind < 2:
        reader.int()
    elif kind == 2:
        path = reader.bytes(0, reader.end)
        if path and b"" in path.split(b"."):
            raise Refusal("cbor_invalid")
        text_of(path)
    elif kind == 3:
        reader.text(0, reader.end)
    elif first == 0xF4 or first == 0xF5:
        reader.position += 1
    else:
        raise Refusal("cbor_invalid")
    return 0, 0

"""Runs on MicroPython: evaluates CertLogic programs with the firmware, one after the other.

Frames as in host_tools.served. For each evaluation three come in: the budget (4 bytes, big-endian),
the program, the data in CBOR. One goes out in CBOR: [value], or [kind of the error, offset].

Tag 4000 is a number that is no integer, as a text; tag 4001 a date-time, as day and milliseconds.
"""

import sys

from frames import frame

from gate.codec.real import Real
from gate.policy.certlogic import CertLogicError, evaluate
from gate.policy.certlogic_time import Moment

NUMBER = 4000
MOMENT = 4001
MAX_ANSWER = (
    1_100_000  # bytes, of a line of MAX_LINE too; but one list can be named many times over
)
MAX_DEPTH = 400
CHUNK = 4096


class Number(Real):
    """A number that is no integer, which only its text can tell from others."""

    def __init__(self, text):
        self.text = text

    __hash__ = None

    def __eq__(self, other):
        return isinstance(other, Number) and self.text == other.text


def decode(data):
    """The item in well-formed CBOR of definite lengths."""
    around = []
    inside = None
    key = None
    left = 0
    at = 0
    number = False
    while True:
        first = data[at]
        at += 1
        size = first & 31
        if size >= 24:
            width = 1 << (size - 24)
            size = int.from_bytes(data[at : at + width], "big")
            at += width
        kind = first >> 5
        if kind == 6:
            number = True
            continue
        if kind == 4 or kind == 5:
            around += inside, key, left
            inside = [] if kind == 4 else {}
            key = None
            left = size if kind == 4 else 2 * size
            if left:
                continue
            value = inside
            left, key, inside = around.pop(), around.pop(), around.pop()
        elif kind == 0:
            value = size
        elif kind == 1:
            value = -1 - size
        elif kind == 3:
            value = str(data[at : at + size], "utf-8")
            at += size
            if number:
                value = Number(value)
                number = False
        else:
            value = (False, True, None)[size - 20]
        while inside is not None:
            if isinstance(inside, list):
                inside.append(value)
            elif key is None:
                key = value
            else:
                inside[key] = value
                key = None
            left -= 1
            if left:
                break
            value = inside
            left, key, inside = around.pop(), around.pop(), around.pop()
        else:
            return value


class Writer:
    """CBOR in chunks, through one buffer.

    With the data of a long line on the heap, whatever is made and thrown away in pieces larger than
    one block of it is looked for again and again; so little is.
    """

    def __init__(self):
        self.size = 0
        self.chunks = []
        self.buffer = bytearray(CHUNK)
        self.end = 0

    def finish(self):
        self.chunks.append(bytes(memoryview(self.buffer)[: self.end]))
        self.size += self.end
        self.end = 0

    def byte(self, value):
        self.buffer[self.end] = value
        self.end += 1

    def head(self, kind, number):
        if self.end + 9 > CHUNK:
            self.finish()
        if number < 24:
            self.byte(kind + number)
            return
        width = 1
        info = 24
        while number >> (8 * width):
            width *= 2
            info += 1
        self.byte(kind + info)
        while width:
            width -= 1
            self.byte(number >> (8 * width) & 0xFF)

    def text(self, value):
        data = value.encode()
        self.head(0x60, len(data))
        if self.end + len(data) > CHUNK:
            self.finish()
        if len(data) > CHUNK:
            self.chunks.append(data)
            self.size += len(data)
        else:
            self.buffer[self.end : self.end + len(data)] = data
            self.end += len(data)


def encode(value):
    """A value in CBOR, in a finished Writer; None if that were too much."""
    out = Writer()
    open_items = [iter((value,))]
    while open_items:
        try:
            value = next(open_items[-1])
        except StopIteration:
            open_items.pop()
            continue
        if isinstance(value, Number):
            out.head(0xC0, NUMBER)
            value = value.text
        elif isinstance(value, Moment):
            out.head(0xC0, MOMENT)
            value = [value.day, value.ms]
        if value is None or isinstance(value, bool):
            out.head(0xE0, 22 if value is None else 21 if value else 20)
        elif isinstance(value, int):
            out.head(0x20 if value < 0 else 0, -1 - value if value < 0 else value)
        elif isinstance(value, str):
            out.text(value)
        else:
            out.head(0xA0 if isinstance(value, dict) else 0x80, len(value))
            if value:
                open_items.append(iter(value if isinstance(value, list) else pairs(value)))
        if out.size > MAX_ANSWER or len(open_items) > MAX_DEPTH:
            return None
    out.finish()
    return out


def pairs(values):
    """Keys and values in turn, without a generator, which is one of those larger pieces."""
    flat = []
    for key in values:
        flat.append(key)
        flat.append(values[key])
    return flat


def answer(budget, program, data):
    try:
        value = evaluate(program, decode(data), budget)
        encoded = encode([value])
        return encode(["result_too_large", 0]) if encoded is None else encoded
    except CertLogicError as error:
        return encode([error.kind, error.at])
    except MemoryError:
        return encode(["memory_short", 0])


def main():
    source = sys.stdin.buffer
    target = sys.stdout.buffer
    while True:
        budget, program, data = frame(source), frame(source), frame(source)
        if data is None:
            return
        out = answer(int.from_bytes(budget, "big"), program, data)
        target.write(out.size.to_bytes(4, "big"))
        for chunk in out.chunks:
            target.write(chunk)


main()

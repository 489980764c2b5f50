"""GROW GM65, GM861 and their kin: frames, zones, and what is to be set. No I/O.

    7E 00 | type | len | zone, 2 bytes | data | crc      types: 7 read, 8 write, 9 save, A heartbeat
    02 00 | 00 | len | data | crc                        a reply (reply.py); 03 for a heartbeat

Which zone means what, and where sources disagree: docs/readers.md.
"""

from micropython import const

from .reply import ALIVE, CHANGED, SILENT, at_speeds, crc16, reply_length, same

_READ = const(7)
_WRITE = const(8)
_SAVE = const(9)
_BEAT = const(10)

_MODE = const(0x0000)
_TRIGGER = const(0x0002)
_INTERFACE = const(0x000D)
_BAUD = const(0x002A)
_OUTPUT = const(0x0060)
_VERSION = const(0x00E2)

# Zone, bits, their value, and what it means when the reader does not take it. The lock comes first.
_SETTINGS = (
    (0x0003, 0xFF, 0x02, "set_up_codes_open"),
    (_INTERFACE, 0x03, 0x00, "codes_go_to_usb"),  # on a GM60 these bits are 0 in either encoding
    (_OUTPUT, 0xFF, 0x81, "text_output"),
)
# b1-0: sensor, or else continuous. b6, its sound, off: a beep says "read", people hear "granted".
_MODE_BITS = const(0x43)
_SENSOR = const(3)
_CONTINUOUS = const(2)

_FAST = b"\x1a\x00"  # 3 MHz / 115,200, little-endian
_SPEEDS = (115200, 9600, 57600)
_CORRUPTS_BINARY = const(0x69)  # a version of the reader's firmware

_ASK_MS = const(1000)  # a reply that is later than this is not waited for
_TRIES = const(3)
_SETTLE_MS = const(100)  # from the acknowledgement of a speed until it is that
_LOOKS = const(20)  # every so many beats the settings are read back

# GM67 and M5's Atomic: stop decoding, and the acknowledgement. Harmless, and another protocol.
_OTHER_ASKED = b"\x04\xe5\x04\x00\xff\x13"
_OTHER_HEARD = b"\x04\xd0\x00\x00\xff\x2c"

_WRONG = ("set_up_codes_open", "codes_go_to_usb", "mode_not_taken")

# What became of a setting.
_RIGHT = const(0)  # it was so already
_TAKEN = const(1)
_REFUSED = const(2)


def frame(kind, zone, data):
    """A command with its CRC. data: what is written, or how many bytes are read."""
    body = bytes((kind, len(data), zone >> 8, zone & 0xFF)) + data
    crc = crc16(body, 0, len(body))
    return b"\x7e\x00" + body + bytes((crc >> 8, crc & 0xFF))


class Gm65:
    """The protocol of one reader, for ManagedReader."""

    BEAT_MS = const(3000)
    starts = b"\x02\x03\x04\x7e"

    def __init__(self):
        self.heard = None
        self._said = b""
        self._type = self._size = 0  # of the reply that is expected
        self._speed = 0
        self._mode = _SENSOR
        self._other = False  # it speaks the other protocol
        self.left = 0
        self._no_beat = False  # this one has no heartbeat
        self._beats = 0

    # Answers

    def expect(self, sent):
        """Only the reply to this frame is heard: a late one of another size is dropped."""
        self._said = sent
        self._type = 3 if sent[2:3] == b"\x0a" else 2
        self._size = sent[6] if sent[2:3] == b"\x07" else 1

    def length(self, data, start, end, final):
        """See reply.Answers. An answer is also the echo of what was last said."""
        first = data[start]
        if first == 0x7E or first == 4:
            echoed = same(data, start, end, self._said)
            if echoed == 0 and first == 4:
                echoed = same(data, start, end, _OTHER_HEARD)
                if echoed > 0 and self._said == _OTHER_ASKED:
                    self.heard = _OTHER_HEARD
            return 0 if final and echoed < 0 else echoed
        length = reply_length(data, start, end)
        if length > 0 and first == self._type and data[start + 3] == self._size:
            self.heard = bytes(data[start + 4 : start + 4 + self._size])
        return 0 if final and length < 0 else length

    def result(self, _):
        """Whether a line is an answer: never."""
        return False

    # What is said

    def find(self, speed, stay):
        """At which speed does it answer? speed: as it is now. While stay() no other one."""
        ask = frame(_READ, _BAUD, b"\x02")
        found = yield from at_speeds(speed, _SPEEDS, ask, _ASK_MS, stay)
        if found is not None:
            self._speed = found
            if found:
                self._other = False
            return found > 0
        yield 9600
        self._speed = 0
        self._other = bool((yield _OTHER_ASKED, _ASK_MS))
        if not self._other:
            yield _SPEEDS[0]  # where it is when it comes back
        return self._other

    def set_up(self):
        """Have it as it must be. What is right is not written, for its flash wears out."""
        if self._other:
            return "wrong", "unsupported_model"
        notes = []
        changed = False
        for zone, bits, value, note in _SETTINGS:
            done = yield from self._set(zone, bits, value)
            if done is None:
                return None, None
            if done == _REFUSED:
                notes.append(note)
            changed = changed or done == _TAKEN
        for self._mode in (_SENSOR, _CONTINUOUS):
            done = yield from self._set(_MODE, _MODE_BITS, self._mode)
            if done is None:
                return None, None
            if done != _REFUSED:
                changed = changed or done == _TAKEN
                break
        else:
            notes.append("mode_not_taken")
        done = yield from self._speed_up()
        if done is None:
            return None, None
        if done == _REFUSED:
            notes.append("slow")
        if (changed or done == _TAKEN) and self.left:
            self.left -= 1
            if not (yield from self._ask(frame(_SAVE, 0, b"\x00"))):
                notes.append("not_saved")
        if (yield from self._read(_VERSION)) == _CORRUPTS_BINARY:
            notes.append("corrupts_binary")
        wrong = [note for note in notes if note in _WRONG]
        return "wrong" if wrong else "ready", " ".join(notes) or None

    def beat(self):
        """Is it alive?"""
        self._beats += 1
        if self._beats % _LOOKS == 0:
            return CHANGED  # perhaps: its settings are read back
        if self._other:
            return ALIVE  # nobody knows
        if self._mode == _CONTINUOUS:
            ask = frame(_WRITE, _TRIGGER, b"\x01")  # some read only after this
        elif self._no_beat:
            ask = frame(_READ, _BAUD, b"\x02")
        else:
            ask = frame(_BEAT, 0, b"\x00")
        if (yield ask, _ASK_MS):
            return ALIVE
        self._no_beat = not self._no_beat  # perhaps it knows the other one
        return SILENT

    def _ask(self, ask):
        for _ in range(_TRIES):
            heard = yield ask, _ASK_MS
            if heard:
                return heard
        return None

    def _read(self, zone):
        """The byte in a zone, or None."""
        heard = yield from self._ask(frame(_READ, zone, b"\x01"))
        return heard and heard[0]

    def _set(self, zone, bits, value):
        """Write some bits of a zone, if they are others, and read them back. None: it is lost."""
        done = _RIGHT
        for _ in range(_TRIES):
            now = yield from self._read(zone)
            if now is None:  # no such zone, if it answers at all
                alive = yield from self._ask(frame(_READ, _BAUD, b"\x02"))
                return alive and _REFUSED
            if now & bits == value:
                return done
            yield frame(_WRITE, zone, bytes((now & ~bits | value,))), _ASK_MS
            done = _TAKEN
        return _REFUSED

    def _speed_up(self):
        """To 115,200 baud: at once, or when it has started anew. None: it is lost."""
        before = self._speed
        if before == _SPEEDS[0]:
            return _RIGHT
        yield frame(_WRITE, _BAUD, _FAST), _ASK_MS
        yield b"", _SETTLE_MS
        for self._speed in (_SPEEDS[0], before):
            yield self._speed
            heard = yield from self._ask(frame(_READ, _BAUD, b"\x02"))
            if heard:
                return _TAKEN if heard == _FAST else _REFUSED
        return None

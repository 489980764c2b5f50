"""What readers answer, in their stream of scans. What protocols have in common, without I/O.

A GROW GM65/GM861 replies

    TT 00 00 | len | data | crcHi crcLo        TT: 02 a register command, 03 a heartbeat

CRC-16/XMODEM from the third byte to the last of data; AB CD means "not checked" (HARDWARE notes).
"""

from micropython import const

SILENT = const(0)
ALIVE = const(1)
CHANGED = const(2)

_HEAD = const(4)  # bytes before data
_CRC = const(2)
_BEAT = const(1)  # bytes of data in a heartbeat's reply
# Bytes of data in any reply: the longest that is asked for has two. With 255 a code made of heads
# of replies would have a CRC computed over itself at every fourth byte: seconds on a chip.
_MOST = const(4)


def crc16(data, start: int, end: int) -> int:
    """CRC-16/XMODEM: polynomial 0x1021, initial value 0."""
    crc = 0
    for i in range(start, end):
        crc ^= data[i] << 8
        for _ in range(8):
            crc = (crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1
            crc &= 0xFFFF
    return crc


def reply_length(data, start: int, end: int) -> int:
    """How many bytes of data[start:end] are a reply: 0 none, -1 cannot be told before more come."""
    if data[start] not in (2, 3):
        return 0
    for i in (1, 2):
        if start + i == end:
            return -1
        if data[start + i]:
            return 0
    if start + 3 == end:
        return -1
    if data[start + 3] > _MOST or (data[start] == 3 and data[start + 3] != _BEAT):
        return 0
    stop = start + _HEAD + data[start + 3]
    if stop + _CRC > end:
        return -1
    crc = data[stop] << 8 | data[stop + 1]
    if crc not in (0xABCD, crc16(data, start + 2, stop)):
        return 0
    return stop + _CRC - start


def same(data, start: int, end: int, wanted) -> int:
    """How many bytes of data[start:end] are the wanted ones: all or 0; -1 so far they are."""
    count = min(len(wanted), end - start)
    if data[start : start + count] != wanted[:count]:
        return 0
    return count if count == len(wanted) else -1


_TRIES = const(3)

# Steps of protocols, as managed.py has them.


def at_speeds(speed, speeds, ask, within_ms, stay):
    """Ask at one speed after the other, from `speed` on. Ends with that at which it answers, 0 if
    it is to stay where it is, None if there is none."""
    for place, baud in enumerate((speed,) + speeds):
        if place and baud == speed:
            continue
        yield baud
        if (yield ask, within_ms):
            return baud
        if stay():
            return 0
    return None


def acknowledged(command, within_ms, ack):
    """Whether it takes a command: its answer begins with ack. None when it does not answer."""
    done = None
    for _ in range(_TRIES):
        heard = yield command, within_ms
        if heard:
            done = heard[0] == ack
            if done:
                break
    return done


class Answers:
    """What readers answer that nobody has asked: a GM65's replies, a DE2120's ACK and NACK."""

    starts = b"\x02\x03\x06\x15"  # the bytes with which an answer begins

    def length(self, data, start, end, final):
        """How many bytes of data[start:end] are an answer: 0 none, -1 not to be told yet.

        final: nothing more comes, so there is no -1.
        """
        if data[start] in b"\x06\x15":
            return 1
        length = reply_length(data, start, end)
        return 0 if final and length < 0 else length

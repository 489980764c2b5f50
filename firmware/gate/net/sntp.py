"""Asking a time server, RFC 4330 (SNTP) over UDP: question and answer. Sans I/O.

Nothing proves who answered: so a time is believed only by the rules of clock.py, and an answer that
is not to the letter, or not to this very question, is none.
"""

from micropython import const

SIZE = const(48)  # bytes of a question and of an answer
PORT = const(123)
_NTP_EPOCH = 2208988800  # Unix seconds of 1900-01-01, negated
_ERA = 1 << 32  # seconds; era 1 begins in 2036, and a first bit of 0 is taken for it
_MAX_DISTANCE = const(65536)  # root delay and dispersion, in 1/65536 s: a second

# why an answer is none
MALFORMED = "sntp_malformed"
NOT_ASKED = "sntp_not_asked"  # not the answer to this question
UNSYNCHRONISED = "sntp_unsynchronised"  # the server does not know the time itself
KISS = "sntp_kiss_of_death"  # the server wants to be asked no more


def question(cookie):
    """cookie: 8 random bytes, in place of our time, which is not the server's business."""
    return b"\x23" + bytes(39) + cookie  # version 4, client


def answer(data, cookie):
    """Unix seconds, or the reason (a str) why there are none."""
    if len(data) != SIZE:
        return MALFORMED
    leap, version, mode = data[0] >> 6, data[0] >> 3 & 7, data[0] & 7
    if mode != 4 or version not in (3, 4):
        return MALFORMED
    if data[24:32] != cookie:
        return NOT_ASKED
    if data[1] == 0:
        return KISS
    distance = max(_number(data, 4), _number(data, 8))
    sent, received = _number(data, 40), _number(data, 32)
    if leap == 3 or data[1] > 15 or distance > _MAX_DISTANCE or not sent or not received:
        return UNSYNCHRONISED
    if (sent - received) % _ERA > 1:
        return MALFORMED
    return sent - _NTP_EPOCH + (0 if sent >> 31 else _ERA)


def _number(data, at):
    return int.from_bytes(data[at : at + 4], "big")

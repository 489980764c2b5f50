"""Date-times of CertLogic 1.3: read from a text, and moved by years, months, days or hours.

A Moment is a day and the milliseconds of that day, both in UTC and in small integers; nothing here
is a float, and no year is special, neither 1970, 2038 nor 10000. Which texts are date-times is said
in the specification, "Offset date-time". What it leaves undefined, dates that do not exist, is
refused here.
"""

from micropython import const

_DASH = const(0x2D)
_COLON = const(0x3A)
_T = const(0x54)
_DAY = const(86400000)  # milliseconds
_EPOCH = const(719468)  # 1970-01-01, counted in days from 0000-03-01
_LAST_DAY = const(100000000)  # ECMAScript's dates end that many days before and after 1970-01-01

_MONTH = const(1)  # units, as in programs
_HOUR = const(3)


class Moment:
    """day: days since 1970-01-01. ms: milliseconds of that day."""

    def __init__(self, day, ms):
        self.day = day
        self.ms = ms


def parse(text, whole_day=False):
    """The Moment that a text names, or None. whole_day: only a date will do, perhaps a partial one.

    A year, or a year and a month, stand for their last day.
    """
    data = text.encode()
    size = len(data)
    year = _number(data, 0, 4)
    if year is None:
        return None
    if size == 4:
        return Moment(day_of(year, 13, 0), 0)
    month = _number(data, 5, 7)
    if month is None or data[4] != _DASH or not 1 <= month <= 12:
        return None
    if size == 7:
        return Moment(day_of(year, month + 1, 0), 0)
    day = _number(data, 8, 10)
    if day is None or data[7] != _DASH or day == 0:
        return None
    short = day <= 28  # every month has that
    day = day_of(year, month, day)
    if not short and day > day_of(year, month + 1, 0):
        return None
    if size == 10:
        return Moment(day, 0)
    ms = None if whole_day else _time(data)
    return None if ms is None else _moment(day, ms)


def plus(moment, amount, unit):
    """The Moment so many years, months, days or hours (0, 1, 2, 3) later, or None if out of range.

    A day that its month does not have is counted on into the next one.
    """
    if amount == 0:
        return moment
    day = moment.day
    ms = moment.ms
    if unit == _HOUR:
        ms += amount * 3600000
    elif unit > _MONTH:
        day += amount
    else:
        year, month, of_month = civil(day)
        month += amount if unit == _MONTH else 12 * amount
        day = day_of(year, month, of_month)
    return _moment(day, ms)


def _moment(day, ms):
    """A Moment of milliseconds that may be before or after the day; None if out of range."""
    day += ms // _DAY
    ms %= _DAY
    if not -_LAST_DAY <= day <= _LAST_DAY or (day == _LAST_DAY and ms):
        return None
    return Moment(day, ms)


def _time(data):
    """Milliseconds from the beginning of the day in UTC of the time after a date; None if none."""
    hour, minute, second = _number(data, 11, 13), _number(data, 14, 16), _number(data, 17, 19)
    if hour is None or minute is None or second is None:
        return None
    if data[10] != _T or data[13] != _COLON or data[16] != _COLON or minute > 59 or second > 59:
        return None
    at = 19
    ms = 0
    if data[at : at + 1] == b".":
        at = 20
        weight = 100
        while _number(data, at, at + 1) is not None:
            ms += (data[at] - 0x30) * weight
            weight //= 10
            at += 1
        if at == 20:
            return None
    ms += ((hour * 60 + minute) * 60 + second) * 1000
    if hour > 23 and ms != _DAY:  # 24:00:00 is the end of the day
        return None
    offset = _offset(data[at:])
    return None if offset is None else ms - offset


def _offset(data):
    """Milliseconds east of UTC of `Z`, nothing, or a sign with h, hh, hmm, hhmm, h:mm or hh:mm."""
    if data in (b"", b"Z"):
        return 0
    if data[0] not in b"+-":
        return None
    size = len(data)
    end = data.find(b":")
    if end < 0:
        end = size - 2 if size > 3 else size
        at = end
    else:
        at = end + 1
    hours = _number(data, 1, end)
    minutes = _number(data, at, size) if at < size else 0
    if not 2 <= end <= 3 or hours is None or hours > 23:
        return None
    if size - at not in (0, 2) or minutes is None or minutes > 59:
        return None
    offset = (hours * 60 + minutes) * 60000
    return -offset if data[0] == _DASH else offset


def _number(data, start, end):
    """The number of ASCII digits in data[start:end], or None if there is anything else."""
    piece = data[start:end]
    return int(piece) if len(piece) == end - start and piece.isdigit() else None


def day_of(year, month, day):
    """Days since 1970-01-01 of a date of the Gregorian calendar, extended to all years.

    Months and days beyond the end of the year or month are counted on.
    """
    month -= 3  # years from March on: the leap day comes last
    year += month // 12
    month %= 12
    days = 365 * year + year // 4 - year // 100 + year // 400
    return days + (153 * month + 2) // 5 + day - 1 - _EPOCH


def civil(day):
    """Year, month and day of the month of a day since 1970-01-01."""
    day += _EPOCH
    cycle = day // 146097  # 400 years
    day %= 146097
    year = (day - day // 1460 + day // 36524 - day // 146096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    day -= (153 * month + 2) // 5
    year += 400 * cycle
    if month >= 10:
        return year + 1, month - 9, day + 1
    return year, month + 3, day + 1

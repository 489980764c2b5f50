"""Dates and times as texts (RFC 3339, ISO 8601) to integers. No floats, no time zone tables.

Texts are read as bytes: MicroPython looks for every character that it takes from a text among all
names of the program.
"""

_DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_DASH = 0x2D
_COLON = 0x3A
_EPOCH = 719163  # 1970-01-01, counted from 0001-01-01 as day 1


def day_number(year, month, day):
    """Days since 1970-01-01 of a date of the Gregorian calendar, or None if there is none such."""
    if not (1 <= year <= 9999 and 1 <= month <= 12 and day >= 1):
        return None
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if month == 2:
        length = 29 if leap else 28
    elif month in (4, 6, 9, 11):
        length = 30
    else:
        length = 31
    if day > length:
        return None
    past = year - 1
    days = past * 365 + past // 4 - past // 100 + past // 400 + _DAYS_BEFORE[month - 1] + day
    if leap and month > 2:
        days += 1
    return days - _EPOCH


def parse_date(text):
    """Days since 1970-01-01 of `YYYY-MM-DD`, or None. text: str."""
    data = text.encode()
    return _date(data) if len(data) == 10 else None


def parse_time(text):
    """Unix seconds of `YYYY-MM-DDThh:mm:ss`, perhaps with a fraction, then Z or an offset; or None.

    Seconds may be left out, the offset may be +hh, +hhmm or +hh:mm (ISO 8601, as certificates have
    it); without one the time is taken as UTC. Fractions are dropped. text: str.
    """
    data = text.encode()
    if len(data) < 16 or data[10] not in b"Tt " or data[13] != _COLON:
        return None
    day = _date(data)
    hour, minute = digits(data, 11, 13), digits(data, 14, 16)
    if day is None or hour is None or minute is None:
        return None
    at = 16
    second = 0
    if data[at : at + 1] == b":":
        second = digits(data, 17, 19)
        at = 19
        if data[at : at + 1] == b".":
            at += 1
            while digits(data, at, at + 1) is not None:
                at += 1
            if at == 20:
                return None
    offset = _offset(data[at:])
    if second is None or offset is None or hour > 23 or minute > 59 or second > 60:
        return None
    return day * 86400 + hour * 3600 + minute * 60 + second - offset


def _date(data):
    """Days since 1970-01-01 of the date at the beginning of at least ten bytes, or None."""
    year, month, day = digits(data, 0, 4), digits(data, 5, 7), digits(data, 8, 10)
    if year is None or month is None or day is None or data[4] != _DASH or data[7] != _DASH:
        return None
    return day_number(year, month, day)


def _offset(data):
    """Seconds east of UTC of `Z`, `+hh`, `+hhmm`, `+hh:mm` or nothing; None if it is neither."""
    size = len(data)
    if data in (b"", b"Z", b"z"):
        return 0
    if data[0] not in b"+-" or size not in (3, 5, 6) or (size == 6 and data[3] != _COLON):
        return None
    hours = digits(data, 1, 3)
    minutes = digits(data, size - 2, size) if size > 3 else 0
    if hours is None or minutes is None or hours > 23 or minutes > 59:
        return None
    seconds = hours * 3600 + minutes * 60
    return -seconds if data[0] == _DASH else seconds


def digits(data, start, end):
    """The number of ASCII digits in data[start:end], or None if there is anything else."""
    if end > len(data):
        return None
    number = 0
    while start < end:
        digit = data[start] - 0x30
        if not 0 <= digit <= 9:
            return None
        number = 10 * number + digit
        start += 1
    return number

"""Dates and times as texts (RFC 3339, ISO 8601) to integers. No floats, no time zone tables."""

_DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
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
    """Days since 1970-01-01 of `YYYY-MM-DD`, or None."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return None
    year, month, day = _number(text[:4]), _number(text[5:7]), _number(text[8:])
    if year is None or month is None or day is None:
        return None
    return day_number(year, month, day)


def parse_time(text):
    """Unix seconds of `YYYY-MM-DDThh:mm:ss`, perhaps with a fraction, then Z or an offset; or None.

    Seconds may be left out, the offset may be +hh, +hhmm or +hh:mm (ISO 8601, as certificates have
    it); without one the time is taken as UTC. Fractions are dropped.
    """
    if len(text) < 16 or text[10] not in "Tt ":
        return None
    day = parse_date(text[:10])
    hour, minute = _number(text[11:13]), _number(text[14:16])
    if day is None or text[13] != ":" or hour is None or minute is None:
        return None
    rest = text[16:]
    second = 0
    if rest[:1] == ":":
        second = _number(rest[1:3])
        rest = rest[3:]
        if rest[:1] == ".":
            digits = 1
            while digits < len(rest) and "0" <= rest[digits] <= "9":
                digits += 1
            if digits == 1:
                return None
            rest = rest[digits:]
    offset = _offset(rest)
    if second is None or offset is None or hour > 23 or minute > 59 or second > 60:
        return None
    return day * 86400 + hour * 3600 + minute * 60 + second - offset


def _offset(text):
    """Seconds east of UTC of `Z`, `+hh`, `+hhmm`, `+hh:mm` or nothing; None if it is neither."""
    if text in ("", "Z", "z"):
        return 0
    if text[0] not in "+-" or len(text) not in (3, 5, 6):
        return None
    if len(text) == 6 and text[3] != ":":
        return None
    hours = _number(text[1:3])
    minutes = _number(text[-2:]) if len(text) > 3 else 0
    if hours is None or minutes is None or hours > 23 or minutes > 59:
        return None
    seconds = hours * 3600 + minutes * 60
    return -seconds if text[0] == "-" else seconds


def _number(text):
    """A number of ASCII digits alone, or None."""
    if not text:
        return None
    for character in text:
        if not "0" <= character <= "9":
            return None
    return int(text)

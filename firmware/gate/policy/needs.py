"""What is asked of one claim: age, dose, window, kind. Whose word counts is not asked here."""

from micropython import const

_DAY = const(86400)


def check(kind, claim, need, lane, now):
    """Give the reason why a claim does not meet a ways.Requirement; None if it does."""
    return _CHECKS[kind](claim, need, lane, now)


def _moment_refusal(at, need, lane, now, reason):
    """Why a time of a claim does not fit; None if it does."""
    if at > now + lane.skew:
        return "code_not_yet_valid"
    return _age_refusal(now - at, need, reason, reason)


def _age_refusal(age, need, older, newer):
    """Why an age in seconds does not fit; None if it does."""
    if need.most is not None and age > need.most:
        return older
    if need.least is not None and age < need.least:
        return newer
    return None


def _days_since(day, now):
    """Seconds since the beginning of a day; none for tomorrow, which has begun further east."""
    days = now // _DAY - day
    return 0 if days == -1 else days * _DAY


def _health(claim, need, lane, now):
    return _moment_refusal(claim["at"], need, lane, now, "health_stale")


def _travel(claim, need, lane, now):
    if need.number is not None and claim["days"] < need.number:
        return "travel_window"
    return _moment_refusal(claim["at"], need, lane, now, "travel_stale")


def _vaccination(claim, need, _lane, now):
    if need.number is not None and claim["dose"] < need.number:
        return "vaccination_incomplete"
    if need.complete and claim["dose"] < claim["of"]:
        return "vaccination_incomplete"
    age = _days_since(claim["day"], now)
    if age < 0:
        return "vaccination_too_recent"
    return _age_refusal(age, need, "vaccination_too_old", "vaccination_too_recent")


def _test(claim, need, lane, now):
    if claim["result"] != "negative":
        return "test_inconclusive"
    if need.kinds and claim["kind"] not in need.kinds:
        return "test_kind"
    return _moment_refusal(claim["at"], need, lane, now, "test_stale")


def _recovery(claim, need, _lane, now):
    today = now // _DAY
    if not claim["from"] <= today <= claim["until"]:
        return "recovery_not_valid"
    age = _days_since(claim["first"], now)
    return _age_refusal(age, need, "recovery_not_valid", "recovery_not_valid")


_CHECKS = {
    "health": _health,
    "travel": _travel,
    "vaccination": _vaccination,
    "test": _test,
    "recovery": _recovery,
}

"""The fields of the policy part that few sites use; imported only for a part that has one.

What they refer to must be there: a number without its entry is refused here, not met at the door.
"""

from micropython import const

from ..codec.claims import KINDS
from ..refusal import Refusal
from .lanes import Gates
from .reading import WRONG, between, entries, inside, next_key
from .ways import MAX_CONDITIONS, MAX_LISTS, MAX_SCHEDULES

MAX_GATES = const(16)  # lanes that differ from the usual one


def read_option(policy, number, reader):
    """Read the value of field 7 to 13 into a policy."""
    if number == 7:
        policy.conflict = _conflict(reader)
    elif number == 8:
        from .hours import Zone

        policy.zone = Zone(reader)
    elif number == 9:
        from .hours import Schedule

        policy.schedules = entries(reader, MAX_SCHEDULES, Schedule)
    elif number == 10:
        from .conditions import Condition

        policy.conditions = entries(reader, MAX_CONDITIONS, Condition)
    elif number == 11:
        from .lists import MAX_LISTED, List

        policy.lists = entries(reader, MAX_LISTS, List)
        if sum([one.size for one in policy.lists]) > MAX_LISTED:
            raise Refusal(WRONG)
    elif number == 12:
        policy.gates = [Gates(reader) for _ in range(reader.array(1, MAX_GATES))]
    else:
        from .texts import Texts

        policy.texts = Texts(reader)


def _conflict(reader):
    from .conflict import CONTRARY, NEWEST

    modes = {}
    before = 0
    for _ in range(reader.map(1, len(CONTRARY))):
        before = next_key(reader, before, len(KINDS))
        kind = KINDS[before - 1]
        if kind not in CONTRARY:
            raise Refusal(WRONG)
        modes[kind] = between(reader, 1, NEWEST)
    return modes


def check(policy):
    """Refuse references to what is not there."""
    lanes = [policy.lane_of(None)] + [gates.lane for gates in policy.gates]
    for lane in lanes:
        inside(lane.ways or (), policy.ways)
        inside(lane.outside, policy.ways)
        inside(lane.accept, policy.conditions)
        inside(lane.refuse, policy.conditions)
        inside((lane.schedule,), policy.schedules)
    for way in policy.ways:
        inside((way.list,), policy.lists)
        inside((way.schedule,), policy.schedules)
        inside(way.conditions, policy.conditions)
    for one in policy.lists:
        inside((one.schedule,), policy.schedules)
        inside(one.only or (), policy.ways)
    if policy.schedules and policy.zone is None:
        raise Refusal(WRONG)

"""Runs on MicroPython: what each policy part means (a line of hexadecimal in stdin), as JSON.

Prints the reason instead of a part that is refused.
"""

import json
import sys
from binascii import unhexlify

from gate.policy.rules import Policy
from gate.refusal import Refusal


def _name(entries, number):
    return None if number is None else entries[number].name


def _need(need):
    return [need.most, need.least, need.number, need.complete, need.kinds, need.places]


def _lane(lane, policy):
    ways = [way.name for way in policy.ways]
    conditions = [condition.name for condition in policy.conditions]
    return [
        lane.pulse,
        lane.replay_window,
        lane.proof,
        lane.proof_age,
        lane.skew,
        None if lane.ways is None else [ways[number] for number in lane.ways],
        _name(policy.schedules, lane.schedule),
        [ways[number] for number in lane.outside],
        lane.direction,
        lane.passback_window,
        [conditions[number] for number in lane.accept],
        [conditions[number] for number in lane.refuse],
        [lane.hold, lane.passage_ms, lane.held_ms, lane.alarm_by_key, lane.fire_by_key],
        [lane.zone, lane.capacity, lane.by_floor],
    ]


def meaning(policy):
    ways = []
    for way in policy.ways:
        ways.append(
            {
                "name": way.name,
                "needs": {kind: _need(way.needs[kind]) for kind in way.needs},
                "formats": way.formats,
                "hours": _name(policy.schedules, way.schedule),
                "conditions": [policy.conditions[n].name for n in way.conditions],
                "list": _name(policy.lists, way.list),
                "proof": way.proof,
            }
        )
    lists = []
    for one in policy.lists:
        only = None if one.only is None else [policy.ways[n].name for n in one.only]
        lists.append([one.name, one.size, one.deny, one.spares, one.proof, only])
    return {
        "colours": policy.colours,
        "speakers": policy.speakers,
        "risks": policy.risks,
        "home": policy.home,
        "conflict": policy.conflict,
        "ways": ways,
        "lists": lists,
        "lane": _lane(policy.lane_of(None), policy),
        "lanes": [[gates.patterns, _lane(gates.lane, policy)] for gates in policy.gates],
    }


for line in sys.stdin:
    try:
        print(json.dumps(meaning(Policy(unhexlify(line.strip())))))
    except Refusal as refusal:
        print(json.dumps(refusal.reason))

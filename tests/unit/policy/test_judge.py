"""Who passed before: the replay window, anti-passback, exits, and grants that nobody used."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from host_tools.interpreter import Interpreter

from .rules import site_part

Run = Callable[..., list[Any]]
HOUR = 3600
STAFF = "11" * 8
SITE = site_part(
    f"""
policy:
  lists: {{staff: {{subjects: ["{STAFF}"], spares: [replay, anti_passback]}}}}
  ways: [{{name: any, health: any}}]
lane: {{replay: 10 minutes}}
lanes:
  - {{gates: in, direction: entry, anti_passback: 8 hours, replay: 1 minute}}
  - {{gates: out, direction: exit, replay: 1 minute}}
  - {{gates: strict-out, direction: exit, anti_passback: 2 hours, replay: 1 minute}}
"""
)

Step = tuple[str, str, int, str]  # who, which gate, when in seconds, what becomes of the grant


def passages(
    run_firmware: Run, interpreter: Interpreter, steps: Sequence[Step]
) -> list[str | None]:
    """The reason or None for each step, by a terminal with both lanes."""
    return run_firmware(
        """
        import json, sys
        from binascii import unhexlify
        from gate.lane.replay import ReplayMemory
        from gate.policy.rules import Policy
        from gate.runtime import judge as judging

        policy = Policy(unhexlify(sys.stdin.readline().strip()))

        class Shown:
            format, format_bit, kid, issuer, proof, hcert = "OC1", 1, b"", "i", None, None
            claims = {"health": [{"jurisdiction": "CN", "issuer": "i", "colour": "green", "at": 0}]}

        class Bundle:
            pass
        Bundle.policy = policy

        class Clock:
            at = 0
            def unix(self):
                return self.at
            def ms(self):
                return 1000 * self.at

        class Site:
            bundle, reason = Bundle, None

        def present(code, bundle, gate, now):
            shown = Shown()
            shown.subject = code
            shown.replay_key = b"key" + code
            return shown

        judging.present = present  # the rest is the terminal's
        memory, clock, site = ReplayMemory(), Clock(), Site()
        for who, gate, at, then in json.loads(sys.stdin.readline()):
            clock.at = at
            verdict = judging.judge(unhexlify(who), site, gate, clock, memory)
            if then == "unused":
                assert memory.annul(verdict.ticket)
                assert memory.annul(verdict.ticket)  # again: as before
            print(json.dumps(verdict.reason))
        """,
        interpreter=interpreter,
        input=f"{SITE.hex()}\n{json.dumps(steps)}\n",
    )


LIN, WU = "aa" * 8, "bb" * 8


def test_who_came_in_does_not_come_in_again_before_going_out(
    run_firmware: Run, any_micropython: Interpreter
) -> None:
    steps: list[tuple[Step, str | None]] = [
        ((LIN, "in", 0, ""), None),
        ((LIN, "in", 30, ""), "replayed"),
        ((LIN, "in", 90, ""), "already_inside"),
        ((WU, "in", 95, ""), None),
        ((LIN, "out", 100, ""), None),  # within the replay window of coming in, the other way
        ((LIN, "out", 130, ""), "replayed"),
        ((LIN, "in", 140, ""), None),
        ((LIN, "in", 140 + 8 * HOUR, ""), "already_inside"),
        ((LIN, "in", 142 + 8 * HOUR, ""), None),  # forgotten: perhaps by another door
        ((WU, "out", 150 + 8 * HOUR, ""), None),
        ((WU, "in", 160 + 8 * HOUR, ""), None),
    ]
    reasons = passages(run_firmware, any_micropython, [step for step, _ in steps])
    assert reasons == [reason for _, reason in steps]


def test_a_grant_that_nobody_used_is_as_if_it_had_not_been(
    run_firmware: Run, micropython: Interpreter
) -> None:
    steps: list[tuple[Step, str | None]] = [
        ((LIN, "in", 0, "unused"), None),
        ((LIN, "in", 5, ""), None),
        ((LIN, "out", 100, "unused"), None),
        ((LIN, "in", 200, ""), "already_inside"),
        ((LIN, "out", 210, ""), None),
        ((LIN, "in", 300, ""), None),
        ((WU, "lobby", 400, "unused"), None),
        ((WU, "lobby", 401, ""), None),
        ((WU, "lobby", 900, ""), "replayed"),
        ((WU, "lobby", 1100, ""), None),
    ]
    reasons = passages(run_firmware, micropython, [step for step, _ in steps])
    assert reasons == [reason for _, reason in steps]


def test_who_went_out_does_not_go_out_again_before_coming_in(
    run_firmware: Run, micropython: Interpreter
) -> None:
    """And whom the terminal does not know to be outside is never kept in."""
    steps: list[tuple[Step, str | None]] = [
        ((LIN, "strict-out", 0, ""), None),  # never seen coming in: after a restart, say
        ((LIN, "strict-out", 30, ""), "replayed"),
        ((LIN, "strict-out", 90, ""), "already_outside"),
        ((LIN, "in", 100, ""), None),
        ((LIN, "strict-out", 110, ""), None),
        ((LIN, "strict-out", 111 + 2 * HOUR, ""), None),  # forgotten
    ]
    reasons = passages(run_firmware, micropython, [step for step, _ in steps])
    assert reasons == [reason for _, reason in steps]


def test_a_fire_forgets_who_is_inside(run_firmware: Run) -> None:
    """And tickets from before it annul nothing of what came after."""
    run_firmware("""
        from gate.lane.replay import ReplayMemory
        memory = ReplayMemory(capacity=4)
        before = [memory.remember(bytes([i]), 0, 1) for i in range(6)]
        memory.forget()
        assert not any(memory.seen(bytes([i]), 0, 60, 1) for i in range(6))
        after = [memory.remember(bytes([i]), 0, 1) for i in range(3)]
        assert not any(memory.annul(ticket) for ticket in before)
        assert all(memory.seen(bytes([i]), 0, 60, 1) for i in range(3))
        assert memory.annul(after[1]) and not memory.seen(b"\x01", 0, 60, 1)
    """)


def test_whom_a_list_spares(run_firmware: Run, micropython: Interpreter) -> None:
    steps: list[Step] = [(STAFF, "in", second, "") for second in range(5)]
    assert passages(run_firmware, micropython, steps) == [None] * 5


def test_tickets(run_firmware: Run) -> None:
    run_firmware("""
        from gate.lane.replay import ReplayMemory
        memory = ReplayMemory(capacity=4)
        def seen(key, now, direction=0, window=60):
            return memory.seen(key, now, window, direction)
        tickets = [memory.remember(bytes([i]), 1000 * i, 1) for i in range(6)]
        assert not memory.annul(tickets[0]) and not memory.annul(tickets[1])  # overwritten
        assert not memory.annul(99) and not memory.annul(-1)
        assert seen(b"\\x03", 6000, 1) and not seen(b"\\x03", 6000, 2) and not seen(b"\\x03", 6000)
        assert memory.annul(tickets[3])
        assert not seen(b"\\x03", 6000, 1)
        assert seen(b"\\x05", 6000, 1, 1) and not seen(b"\\x05", 7001, 1, 1)
        assert not seen(b"\\x05", 6000, 1, 0)                # no window: not asked
    """)


JUDGED = """
import json
from binascii import unhexlify
from gate.lane.occupancy import Occupancy
from gate.lane.replay import ReplayMemory
from gate.lane.rules import Grant
from gate.policy.rules import Policy
from gate.refusal import Refusal
from gate.runtime import judge as judging

class Bundle:
    policy = Policy(unhexlify(PART))

class Site:
    bundle, reason, gate = Bundle, None, "in"

class Clock:
    now, floor = 5000, 4000
    def unix(self):
        return self.now
    def ms(self):
        return 0

class Shown:
    format, format_bit, kid, issuer, hcert = "OC1", 1, b"", "i", None
    claims = {"health": [{"jurisdiction": "CN", "issuer": "i", "colour": "green", "at": 0}]}

def present(code, bundle, gate, now):
    if now is None:
        raise Refusal("clock_untrusted")
    if now < ISSUED:
        raise Refusal("code_not_yet_valid")
    shown = Shown()
    shown.subject = shown.replay_key = code
    shown.proof = PROOF
    return shown

class Proof:
    at, gate = 4000, None

ISSUED, PROOF = 0, None
judging.present = present  # the rest is the terminal's
memory, zones, clock = ReplayMemory(), Occupancy(), Clock()
def judge(code, gate="in"):
    return judging.judge(code, Site, gate, clock, memory, zones)
"""


def test_a_full_zone_lets_nobody_in_and_everybody_out(run_firmware: Run) -> None:
    part = site_part(
        """
policy: {zones: {hall: 2}, ways: [{name: any, health: any}]}
lane: {zone: hall, direction: entry}
lanes: [{gates: out, direction: exit}]
"""
    )
    run_firmware(
        f"PART = {part.hex()!r}\n"
        + JUDGED
        + """
def granted(code, gate="in"):
    verdict = judge(code, gate)
    assert verdict.granted, verdict.reason
    grant = Grant(0, Bundle.policy.lane_of(gate), verdict.ticket)
    zones.expect(grant)
    return grant
lin, wu = granted(b"lin"), granted(b"wu")
assert judge(b"zhao").reason == "zone_full", "two are on their way"
zones.annul(lin)
assert memory.annul(lin.ticket)
zhao = granted(b"zhao")
zones.complete(zhao), zones.complete(wu)
assert judge(b"lin").reason == "zone_full"
assert zones.inside("hall") == 2
zones.complete(granted(b"wu", "out"))
assert granted(b"lin"), "and the refusal left no trace"
"""
    )


def test_without_the_time_a_lane_may_judge_by_the_last_time_known(run_firmware: Run) -> None:
    """What is newer, and what is to be live, stays refused, and is told why."""
    ways = "policy: {ways: [{name: any, health: any}, {name: live, travel: any, proof: yes}]}"
    lanes = "lane: {clock: floor}\nlanes: [{gates: strict, clock: refuse}, {gates: p, proof: yes}]"
    part = site_part(f"{ways}\n{lanes}\n")
    run_firmware(
        f"PART = {part.hex()!r}\n"
        + JUDGED
        + """
assert judge(b"a").granted
clock.now = None
assert judge(b"b").granted
assert judge(b"c", "strict").reason == "clock_untrusted"
PROOF = Proof
assert judge(b"d", "p").reason == "clock_untrusted", "an old proof would look fresh"
ISSUED = 4001
assert judge(b"e").reason == "clock_untrusted", "not: your code is not valid yet"
clock.now = 4000
assert judge(b"e").reason == "code_not_yet_valid"
"""
    )


def test_without_the_time_hours_are_not_known(run_firmware: Run) -> None:
    part = site_part(
        """
timezone: UTC
policy:
  hours: {day: daily 08:00-18:00}
  ways: [{name: any, health: any}]
"""
    )
    run_firmware(
        f"PART = {part.hex()!r}\n"
        + JUDGED
        + """
Bundle.policy.lane_of(None).by_floor = True  # the host does not make such a policy
clock.now = None
assert judge(b"a").reason == "clock_untrusted"
"""
    )

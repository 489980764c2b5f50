"""The relay shuts in time, the fire input opens at once, and the replay memory forgets in time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., list[Any]]


@pytest.mark.parametrize("safe", [0, 1])
def test_relay(run_firmware: Run, safe: int) -> None:
    [levels] = run_firmware(f"""
        import json
        from gate.lane.relay import Relay
        levels = []
        relay = Relay(levels.append, {safe})
        relay.open(100, 800); relay.check(899); relay.check(900); relay.check(901)
        relay.open(1000, 800); relay.open(1700, 800); relay.check(1800)   # never prolonged
        relay.hold(); relay.check(99999); relay.shut()
        relay.open(0, 800); relay.hold(); relay.check(800); relay.shut(); relay.check(801)
        print(json.dumps(levels))
    """)
    shut, opened = safe, 1 - safe
    assert levels == [
        *(shut, opened, opened, shut, shut),
        *(opened, opened, shut),
        *(opened, opened, shut),
        *(opened, opened, opened, shut, shut),
    ]


def test_fire_input(run_firmware: Run) -> None:
    assert run_firmware("""
        import json
        from gate.lane.fire import FireInput
        level = [0]
        opened = []
        fire = FireInput(lambda: level[0] == 1, lambda: opened.append(1))
        polls = [fire.poll()]
        level[0] = 1
        fire.interrupt()
        polls.append(fire.poll()); polls.append(fire.poll())
        level[0] = 0
        for _ in range(4):
            polls.append(fire.poll())
        level[0] = 1; polls.append(fire.poll()); level[0] = 0     # bounces: not over yet
        for _ in range(6):
            polls.append(fire.poll())
        level[0] = 1; fire.interrupt(); level[0] = 0              # shorter than a poll
        assert fire.calls()
        polls.append(fire.poll())
        print(json.dumps([polls, len(opened)]))
    """) == [
        [
            [None, "fire_on", *[None] * 10, "fire_off", None, "fire_on"],
            2,
        ]
    ]


def test_a_loose_fire_contact_does_not_make_the_gate_beat(run_firmware: Run) -> None:
    """60 ms on, 70 ms off, for a minute; once it has been quiet, it lets go at once again."""
    [events, after] = run_firmware("""
        import json
        from gate.lane.fire import FireInput
        level = [0]
        fire = FireInput(lambda: level[0] == 1, lambda: None)
        def polls(levels):
            found = 0
            for level[0] in levels:
                found += fire.poll() is not None
            return found
        print(json.dumps(polls([look % 13 < 6 for look in range(6000)])))
        polls([0] * 3000)
        print(json.dumps(polls([1] * 10 + [0] * 5)))
    """)
    assert events <= 4
    assert after == 2


def test_replay_memory(run_firmware: Run) -> None:
    run_firmware("""
        from gate.lane.replay import ReplayMemory
        memory = ReplayMemory(capacity=4)
        assert not memory.seen(b"a", 0, 30)
        memory.remember(b"a", 1999)
        assert memory.seen(b"a", 2000, 30) and memory.seen(b"a", 31999, 30)
        assert not memory.seen(b"b", 2000, 30)
        assert not memory.seen(b"a", 32000, 30)
        for i in range(6):                       # more than it holds: the oldest are forgotten
            memory.remember(bytes([i]), 40000 + i)
        assert [memory.seen(bytes([i]), 40010, 30) for i in range(6)] == [False] * 2 + [True] * 4
        off = ReplayMemory()                     # a window of 0: nothing is a replay
        off.remember(b"a", 5)
        assert not off.seen(b"a", 5, 0)
    """)


def test_replay_memory_compares_all_64_bits_and_finds_the_newest(run_firmware: Run) -> None:
    run_firmware("""
        from array import array
        from gate.lane.replay import _newest
        words = array("I", (1, 2, 0xFFFFFFFF, 2, 1, 0x80000000, 1, 2))
        def find(low, high, start, count):
            return _newest(words, array("I", (low, high)), start, count, 4)
        assert find(1, 2, 0, 4) == 3             # the last written, not the first
        assert find(1, 2, 3, 3) == 0             # three before entry 3: 2, 1, 0
        assert find(1, 2, 3, 2) == -1
        assert find(1, 2, 1, 2) == 0 and find(1, 2, 1, 1) == 0
        assert find(1, 0x80000000, 0, 4) == 2 and find(0xFFFFFFFF, 2, 0, 4) == 1
        assert find(1, 3, 0, 4) == -1 and find(2, 1, 0, 4) == -1
    """)


def test_a_full_replay_memory_takes_no_more_of_the_heap(run_firmware: Run) -> None:
    run_firmware("""
        import gc
        from gate.lane.replay import ReplayMemory
        memory = ReplayMemory()
        memory.seen(b"x", 0, 300)
        gc.collect()
        gc.disable()
        before = gc.mem_alloc()
        memory.seen(b"x", 0, 300)
        empty = gc.mem_alloc() - before
        for i in range(600):
            memory.remember(i.to_bytes(2, "big"), i)
        before = gc.mem_alloc()
        assert not memory.seen(b"x", 1000, 300)
        assert gc.mem_alloc() - before <= empty + 64, (gc.mem_alloc() - before, empty)
    """)

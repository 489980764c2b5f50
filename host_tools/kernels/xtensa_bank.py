"""A bank of registers over values in memory: which value is in which register, decided in advance.

A routine is written twice over a bank: first as a rehearsal, which only notes when each value is
used, then in earnest. When a register is wanted, the value whose next use is farthest away gives
way (Belady's rule); it is stored first if memory has not got it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .xtensa_asm import SP, Asm

Value = tuple[str, int]  # an array's name and a word of it

REGISTERS = [f"a{i}" for i in range(2, 16)]  # a0 is for calls, a1 is the stack pointer


@dataclass
class Plan:
    """What the rehearsals found: when values are used, and when pointers were last needed."""

    uses: dict[Value, list[int]] = field(default_factory=dict)
    last_load: dict[str, int] = field(default_factory=dict)


class Bank:
    """Registers and what is in them. With a plan it is in earnest."""

    def __init__(
        self, asm: Asm, pointers: dict[str, str], slots: dict[str, int], plan: Plan | None
    ) -> None:
        """pointers: array -> register of its address; slots: array -> its place in the frame."""
        self.asm = asm
        self.plan = plan
        self.found = Plan()
        self._slots = slots
        self._pointers = dict(pointers)
        names = REGISTERS if plan else [f"a{i}" for i in range(2, 16)] + ["a2"] * 200
        self._free = [r for r in names if r not in pointers.values()]
        self._where: dict[Value, str] = {}
        self._unsaved: set[Value] = set()
        self._now = 0

    def _next(self, value: Value) -> int:
        later = [t for t in (self.plan.uses.get(value, []) if self.plan else []) if t > self._now]
        return min(later, default=1 << 30)

    def take(self, keep: tuple[Value, ...] = ()) -> str:
        """A register for the caller alone."""
        self._release(keep)
        if not self._free:
            rest = [v for v in self._where if v not in keep]
            victim = max(rest, key=lambda v: (self._next(v), v))
            register = self._where.pop(victim)
            if victim in self._unsaved and self._next(victim) < 1 << 30:
                self.asm.store(register, self._slots[victim[0]] + 4 * victim[1], SP)
            self._unsaved.discard(victim)
            self._free.append(register)
        return self._free.pop(0)

    def _release(self, keep: tuple[Value, ...]) -> None:
        """Give up pointers that nothing is loaded through any more, and values without a use."""
        if self.plan is None:
            return
        for array in list(self._pointers):
            if self._now > self.plan.last_load.get(array, 1 << 30):
                self._free.append(self._pointers.pop(array))
        for value in [v for v in self._where if self._next(v) == 1 << 30 and v not in keep]:
            self._free.append(self._where.pop(value))
            self._unsaved.discard(value)

    def give(self, register: str) -> None:
        """Take a register back."""
        self._free.insert(0, register)

    def adopt(self, value: Value, register: str) -> None:
        """A register of the caller's holds a value now, which memory has not got."""
        self._where[value] = register
        self._unsaved.add(value)

    def changed(self, value: Value) -> None:
        """The register of a value was changed: memory has not got it."""
        self._unsaved.add(value)

    def fetch(self, *values: Value) -> list[str]:
        """Registers with these values; loads what is not there. Not a use."""
        for value in values:
            if value in self._where:
                continue
            array, word = value
            register = self.take(keep=values)
            if array in self._slots:
                self.asm.load(register, self._slots[array] + 4 * word, SP)
            else:
                self.found.last_load[array] = self._now
                self.asm.load(register, 4 * word, self._pointers[array])
            self._where[value] = register
        return [self._where[value] for value in values]

    def use(self, *values: Value) -> list[str]:
        """The same, as the use that the plan knows of."""
        registers = self.fetch(*values)
        self._now += 1
        for value in values:
            self.found.uses.setdefault(value, []).append(self._now)
        return registers


def write(
    asm: Asm,
    body: Callable[[Bank], None],
    pointers: dict[str, str],
    slots: dict[str, int],
) -> None:
    """Rehearse a routine and write it. A pointer's register is free once nothing needs it."""
    rehearsal = Bank(Asm(), pointers, slots, None)
    body(rehearsal)
    plan = Plan(rehearsal.found.uses)
    for _ in range(3):
        again = Bank(Asm(), pointers, slots, plan)
        body(again)
        plan.last_load = again.found.last_load
    body(Bank(asm, pointers, slots, plan))

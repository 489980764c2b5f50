"""Follows the chain through a log, record by record, and says what is not as the terminal wrote it.

Nothing of a log is kept in memory but the records in slots, so that any log of any length works.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from host_tools.audit import bodies, keys
from host_tools.audit.bodies import BodyError, Header, Record
from host_tools.audit.folder import LogFolder
from host_tools.audit.keys import LogKey
from host_tools.audit.layout import LINK
from host_tools.audit.raw import Junk, Raw, Reading

START = bytes(32)  # the chain before the first record


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be. noted: the terminal says so itself, and it proves
    nothing against the log."""

    where: str
    what: str
    meaning: str
    noted: bool = False


@dataclass(frozen=True)
class Proved:
    """A record whose link is right. sealed: also its seal; None: without the key nobody can say."""

    record: Record
    sealed: bool | None


@dataclass(frozen=True)
class Unproved:
    """A record that can be read, behind one that is wrong."""

    record: Record


@dataclass(frozen=True)
class Begun:
    """A segment's header, rightly linked."""

    header: Header


Step = Finding | Proved | Unproved | Begun


class Walk:
    """chain, number: after the last right record, also during the walk."""

    def __init__(self, folder: LogFolder, given: Sequence[LogKey] = ()) -> None:
        self.folder = folder
        self.chain = START
        self.number = 0
        self.device = ""
        self._given = given
        self._key: LogKey | None = None
        self._segment = 0
        self._lost = False  # whether the chain is interrupted until the next header
        self._oldest = 0
        self._key_id: bytes | None = None

    def steps(self) -> Iterator[Step]:
        numbers = self.folder.numbers()
        for number in numbers:
            yield from self._follow_segment(number, number == numbers[-1])
        if numbers:
            yield from self._follow_slots()
            yield from self._ends(numbers)
        for name in self.folder.put_aside():
            yield Finding(
                name,
                "is no segment",
                "a segment that the terminal found damaged and put aside, or a stranger's file",
            )

    def records(self) -> Iterator[Record]:
        """All records that can be read, in order, right or not."""
        for step in self.steps():
            if isinstance(step, Proved | Unproved):
                yield step.record

    # segments

    def _follow_segment(self, number: int, newest: bool) -> Iterator[Step]:
        readings = iter(self.folder.segment(number))
        first = next(readings, None)
        where = f"segment {number}"
        header = None
        if isinstance(first, Raw):
            try:
                header = bodies.header(first.body)
            except BodyError as error:
                yield Finding(where, str(error), "altered, or no segment of this terminal")
        elif first is None:
            if not newest:  # else the power went while it was begun
                yield Finding(where, "is empty", "its records were removed")
            return
        else:
            yield Finding(where, f"begins with {first.count} bytes that are no record", "altered")
        if header is None or not isinstance(first, Raw):
            self._segment, self._lost = number, True
            yield from self._unproved(readings)
            return
        yield from self._begin(number, header, first)
        yield from self._follow(readings, where)

    def _begin(self, number: int, header: Header, raw: Raw) -> Iterator[Step]:
        where = f"segment {number}"
        chain = _chained(header.before, raw.body)
        if chain[:LINK] != raw.link or header.number != number:
            yield Finding(where, "has a header whose link is wrong", "the header was altered")
        if self._key_id not in (None, header.key_id):
            yield Finding(
                where, "begins with another key", "the terminal had lost its key: who had access?"
            )
        if self._segment and number != self._segment + 1:
            gone = _span("segment", self._segment + 1, number - 1)
            yield Finding(where, f"does not follow: {gone} not there", "somebody removed it")
        elif self._segment and (header.before != self.chain or header.first != self.number + 1):
            if not self._lost:
                yield Finding(
                    where,
                    "does not go on where the one before it ends",
                    f"records at the end of segment {self._segment} were removed or altered, "
                    "or this segment is another's",
                )
        elif not self._segment and header.first == 1 and header.before != START:
            yield Finding(where, "claims to be the first and is not", "altered")
        self._key_id = header.key_id
        self._key = next(
            (key for key in self._given if key.seals_from(number, header.key_id)), None
        )
        self._segment, self._lost = number, False
        sealed = self._sealed(raw, chain)
        self.chain, self.number = _chained(chain, raw.seal), header.first - 1
        self.device = header.device
        self._oldest = header.oldest
        if sealed is False:
            yield Finding(
                where, "has a header whose seal is wrong", "written by somebody without the key"
            )
        yield Begun(header)

    def _follow(self, readings: Iterator[Reading], where: str) -> Iterator[Step]:
        forged = False
        for reading in readings:
            if isinstance(reading, Junk):
                yield self._junk(reading, where)
                return
            step = self._next(reading, where)
            if isinstance(step, Finding):
                self._lost = True
                yield step
                yield from self._unproved(iter([reading]))
                yield from self._unproved(readings)
                return
            yield step
            if step.sealed is False and not forged:
                forged = True  # those after it are, too
                yield Finding(
                    f"record {self.number}",
                    "has a wrong seal",
                    "it, and what follows, was written by somebody without the key",
                )
            yield from _told(step.record)

    def _next(self, raw: Raw, where: str) -> Proved | Finding:
        """The record that follows in the chain, or why this one is not it."""
        wanted = self.number + 1
        chain = _chained(self.chain, raw.body)
        try:
            record = bodies.record(raw.body)
        except BodyError as error:
            return Finding(f"record {wanted}", f"{error} ({where}, byte {raw.offset})", _ALTERED)
        if record.number != wanted:
            return Finding(
                f"record {record.number}",
                f"stands where record {wanted} should be ({where}, byte {raw.offset})",
                "records were removed, doubled or put in another order",
            )
        if chain[:LINK] != raw.link:
            return Finding(
                f"record {wanted}", f"has a wrong link ({where}, byte {raw.offset})", _ALTERED
            )
        self.chain, self.number = _chained(chain, raw.seal), wanted
        return Proved(record, self._sealed(raw, chain))

    def _sealed(self, raw: Raw, chain: bytes) -> bool | None:
        if self._key is None:
            return None
        return self._key.seal(self._segment, chain) == raw.seal

    def _unproved(self, readings: Iterator[Reading]) -> Iterator[Step]:
        for reading in readings:
            if isinstance(reading, Raw):
                try:
                    yield Unproved(bodies.record(reading.body))
                except BodyError:
                    continue

    def _junk(self, junk: Junk, where: str) -> Finding:
        self._lost = True
        return Finding(
            where,
            f"ends with {junk.count} bytes that are no record (byte {junk.offset})",
            "a write was torn, or the file was altered",
        )

    # the end

    def _follow_slots(self) -> Iterator[Step]:
        """Records that wait for their segment; those that were moved since are passed over."""
        waiting: dict[int, tuple[Raw, Record]] = {}
        for raw in self.folder.waiting():
            try:
                record = bodies.record(raw.body)
            except BodyError:
                yield Finding("a record that waits", "cannot be read", _ALTERED)
                continue
            if record.number > self.number:
                waiting[record.number] = raw, record
        if self._lost:
            for number in sorted(waiting):
                yield Unproved(waiting[number][1])
            return
        in_order = [waiting[number][0] for number in sorted(waiting)]
        yield from self._follow(iter(in_order), "in a slot")

    def _ends(self, numbers: list[int]) -> Iterator[Finding]:
        if numbers[0] > self._oldest:
            gone = _span("segment", self._oldest, numbers[0] - 1)
            yield Finding(
                "the beginning", f"{gone} not there", "removed by somebody, not by the terminal"
            )
        if self.folder.key is not None:
            own = keys.read(self.folder.key)
            if own.id == self._key_id and own.number > numbers[-1]:
                gone = _span("segment", numbers[-1] + 1, own.number)
                yield Finding("the end", f"{gone} not there", "the newest records were removed")


_ALTERED = "it was altered, or one before it was altered or removed"


def _told(record: Record) -> Iterator[Finding]:
    """What a terminal says of its own log."""
    where = f"record {record.number}"
    if record.kind == "lost":
        count = record.text("count")
        yield Finding(
            where, f"{count} records could not be written", "flash full or failing", noted=True
        )
    if record.kind == "key" and record.number > 1:
        yield Finding(where, "new keys were made", "those before were missing or damaged")
    if record.kind == "cut":
        yield Finding(
            where,
            f"{record.text('bytes') or 0} bytes and {record.text('segments') or 0} segments "
            "before it were not right when the terminal started",
            "a worn flash, or somebody with access to it; records are missing here",
        )


def _chained(chain: bytes, what: bytes) -> bytes:
    """The chain with a body behind it, or with the seal over that."""
    return hashlib.sha256(chain + what).digest()


def _span(what: str, first: int, last: int) -> str:
    return f"{what} {first} is" if first >= last else f"{what}s {first} to {last} are"

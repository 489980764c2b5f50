"""The list that an operator keeps: what is revoked, who said so, until when; and what was sent.

One SQLite file. It remembers what the last base part holds, so that a day's delta can be made
without it, and the parts themselves, so that the same content is always the same part.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from host_tools.problems import Failure
from host_tools.revocation import part
from host_tools.revocation.hashes import SIZE

BASE = "revocation"
RECENT = "recent"
MAX_BASE = 4_194_304  # bytes; what a terminal takes, gate.bundle.PARTS
MAX_RECENT = 65_536
MINUTE = 60

_APPLICATION = 0x4F435256  # "OCRV", in the file's header
_FORMAT = 1
_TRIES = 32
_SCHEMA = """
CREATE TABLE source (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, country TEXT, kid TEXT, added INTEGER NOT NULL
);
CREATE TABLE entry (
  hash BLOB NOT NULL CHECK (length(hash) = 16),
  source INTEGER NOT NULL REFERENCES source (id),
  kind TEXT NOT NULL, added INTEGER NOT NULL, expires INTEGER,
  PRIMARY KEY (hash, source)
) WITHOUT ROWID;
CREATE INDEX entry_source ON entry (source);
CREATE TABLE base (hash BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE part (
  name TEXT PRIMARY KEY, version INTEGER NOT NULL, made INTEGER NOT NULL, state BLOB NOT NULL,
  data BLOB NOT NULL
);
"""


@dataclass(frozen=True)
class Source:
    """Who said that something is revoked: the operator, or a batch of a gateway."""

    name: str
    country: str | None = None
    kid: str | None = None


@dataclass(frozen=True)
class Entry:
    """Something that is revoked."""

    hash16: bytes
    kind: str
    expires: int | None = None  # Unix seconds; from then on its code is refused anyhow


@dataclass(frozen=True)
class Listed:
    """An entry as it stands in the list."""

    entry: Entry
    source: Source
    added: int


@dataclass(frozen=True)
class Made:
    """A part of the bundle. new: whether it was made just now."""

    name: str
    version: int
    data: bytes
    new: bool


@dataclass(frozen=True)
class Change:
    """What has changed since the base was made."""

    added: frozenset[bytes]
    reinstated: frozenset[bytes]


class RevocationList:
    """The list. Use as a context manager; what is done in it is kept when all of it went well."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        if not create and not path.is_file():
            raise Failure(
                f"{path}: there is no such list; gatectl revocation add, import or build begins one"
            )
        self.path = path
        try:
            self._db = sqlite3.connect(path)
            self._prepare(create)
        except sqlite3.DatabaseError as error:
            raise Failure(f"{path}: this is no revocation list: {error}") from None

    def _prepare(self, create: bool) -> None:
        (application,) = self._db.execute("PRAGMA application_id").fetchone()
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if create and not application and not tables:
            self._db.executescript(
                f"{_SCHEMA} PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_FORMAT}"
            )
            return
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if application != _APPLICATION or version != _FORMAT:
            raise Failure(f"{self.path}: this is no revocation list, or of a later gatectl")

    def __enter__(self) -> RevocationList:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        with closing(self._db):
            if kind is None:
                self._db.commit()

    # what is revoked

    def add(self, entries: Iterable[Entry], source: Source, now: int) -> int:
        """Put entries on the list; gives how many were not there from this source before."""
        number = self._source(source, now)
        before = self._db.total_changes
        self._db.executemany(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            ((e.hash16, number, e.kind, now, e.expires) for e in entries),
        )
        return self._db.total_changes - before

    def remove(self, hash16: bytes) -> int:
        """Take a hash off the list, whoever put it there; gives how many entries that were."""
        return self._db.execute("DELETE FROM entry WHERE hash = ?", (hash16,)).rowcount

    def remove_source(self, name: str) -> int:
        """Take off all that came from a source."""
        found = self._db.execute("SELECT id FROM source WHERE name = ?", (name,)).fetchone()
        if found is None:
            return 0
        count = self._db.execute("DELETE FROM entry WHERE source = ?", found).rowcount
        self._db.execute("DELETE FROM source WHERE id = ?", found)
        return count

    def find(self, hash16: bytes) -> list[Listed]:
        """Every entry with a hash."""
        return list(self._listed("WHERE entry.hash = ?", (hash16,)))

    def entries(self, source: str | None = None, most: int = -1) -> Iterator[Listed]:
        """The entries, the latest first."""
        where = "" if source is None else "WHERE source.name = ?"
        values = () if source is None else (source,)
        return self._listed(f"{where} ORDER BY entry.added DESC, entry.hash LIMIT {most:d}", values)

    def _listed(self, clause: str, values: tuple[object, ...]) -> Iterator[Listed]:
        rows = self._db.execute(
            "SELECT entry.hash, kind, expires, name, country, kid, entry.added "  # noqa: S608
            f"FROM entry JOIN source ON source.id = entry.source {clause}",
            values,
        )
        for hash16, kind, expires, name, country, kid, added in rows:
            yield Listed(Entry(hash16, kind, expires), Source(name, country, kid), added)

    def counts(self, now: int) -> dict[str, dict[str, int]]:
        """How many entries there are: by kind, by source, by state."""
        kinds = self._db.execute("SELECT kind, count(*) FROM entry GROUP BY kind ORDER BY kind")
        sources = self._db.execute(
            "SELECT name, count(hash) FROM source LEFT JOIN entry ON entry.source = source.id "
            "GROUP BY name ORDER BY count(hash) DESC, name"
        )
        (expired,) = self._db.execute(
            "SELECT count(*) FROM entry WHERE expires <= ?", (now,)
        ).fetchone()
        (base,) = self._db.execute("SELECT count(*) FROM base").fetchone()
        return {
            "kinds": dict(kinds.fetchall()),
            "sources": dict(sources.fetchall()),
            "state": {"revoked": len(self.active(now)), "expired": expired, "in the base": base},
        }

    def active(self, now: int) -> set[bytes]:
        """The hashes that are revoked: those with an entry that has not expired."""
        rows = self._db.execute(
            "SELECT hash FROM entry WHERE expires IS NULL OR expires > ?", (now,)
        )
        return {hash16 for (hash16,) in rows}

    # what terminals are given

    def part(self, name: str) -> Made | None:
        """A part as it was last made."""
        row = self._db.execute("SELECT version, data FROM part WHERE name = ?", (name,)).fetchone()
        return None if row is None else Made(name, row[0], row[1], new=False)

    def change(self, now: int) -> Change:
        """What a delta has to say. What has only expired is not taken back: it does no harm."""
        added = self._db.execute(
            "SELECT DISTINCT hash FROM entry WHERE (expires IS NULL OR expires > ?) "
            "AND hash NOT IN (SELECT hash FROM base)",
            (now,),
        )
        back = self._db.execute("SELECT hash FROM base WHERE hash NOT IN (SELECT hash FROM entry)")
        return Change(frozenset(h for (h,) in added), frozenset(h for (h,) in back))

    def build(self, now: int, say: Callable[[str], None] = lambda _: None) -> list[Made]:
        """Make a new base of all that is revoked, and an empty delta to it."""
        revoked = self.active(now)
        data = part.base_part(revoked, say=say)
        if len(data) > MAX_BASE:
            raise Failure(
                f"{len(revoked):,} entries make a part of {len(data):,} bytes, a terminal takes "
                f"{MAX_BASE:,}; let entries expire, or split the sites"
            )
        base = self._keep(BASE, now, data, hashlib.sha256(data).digest())
        self._db.execute("DELETE FROM base")
        self._db.executemany("INSERT INTO base VALUES (?)", ((h,) for h in sorted(revoked)))
        return [base, self.delta(now)]

    def delta(self, now: int) -> Made:
        """The delta to the base. The same one as before, if nothing has changed."""
        base = self.part(BASE)
        if base is None:
            raise Failure(f"{self.path}: there is no base yet; make it: gatectl revocation build")
        change = self.change(now)
        state = hashlib.sha256(base.data)
        for group in (change.added, change.reinstated):
            state.update(len(group).to_bytes(4, "big") + b"".join(sorted(group)))
        row = self._db.execute("SELECT state FROM part WHERE name = ?", (RECENT,)).fetchone()
        if row is not None and row[0] == state.digest():
            made = self.part(RECENT)
            assert made is not None
            return made
        data = _recent(base.data, change, self.active(now) if change.reinstated else set())
        if len(data) > MAX_RECENT:
            raise Failure(
                f"the delta would have {len(data):,} bytes, a terminal takes {MAX_RECENT:,}; make "
                "a new base: gatectl revocation build"
            )
        return self._keep(RECENT, now, data, state.digest())

    def _keep(self, name: str, now: int, data: bytes, state: bytes) -> Made:
        """Remember a part. Versions only rise, even if the list should be begun anew."""
        before = self.part(name)
        version = max(now // MINUTE, 1, 0 if before is None else before.version + 1)
        self._db.execute(
            "INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?, ?)", (name, version, now, state, data)
        )
        return Made(name, version, data, new=True)

    def _source(self, source: Source, now: int) -> int:
        self._db.execute(
            "INSERT INTO source (name, country, kid, added) VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO NOTHING",
            (source.name, source.country, source.kid, now),
        )
        row = self._db.execute("SELECT id FROM source WHERE name = ?", (source.name,)).fetchone()
        number: int = row[0]
        return number


def parts(path: Path, now: int) -> list[Made]:
    """The parts of a site's bundle: the base as it was last made, and the delta of today.

    A base is made when there is none yet. Both are always there, since a terminal that has had a
    part takes no bundle without it.
    """
    with RevocationList(path) as book:
        base = book.part(BASE)
        return book.build(now) if base is None else [base, book.delta(now)]


def _recent(base: bytes, change: Change, revoked: set[bytes]) -> bytes:
    """A delta in which nothing that is revoked is taken for something that was taken back."""
    for _ in range(_TRIES):
        data = part.recent_part(base, change.added, change.reinstated)
        back = part.Held(part.read_part(data).sets[1])
        if not change.reinstated or not any(back.has(hash16) for hash16 in revoked):
            return data
    raise Failure("no salt keeps apart what is revoked and what was taken back")


assert SIZE == part.HASH

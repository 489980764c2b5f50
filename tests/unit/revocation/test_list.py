"""The operator's list, and the parts made of it day by day."""

from __future__ import annotations

import secrets
import sqlite3
from pathlib import Path

import pytest

from host_tools.problems import Failure
from host_tools.revocation import part, revocation_list
from host_tools.revocation.hashes import CTI, SIGNATURE, UCI
from host_tools.revocation.revocation_list import BASE, Entry, RevocationList, Source
from tests.unit.revocation.parts import hashes

NOW = 1_790_000_000
DAY = 86400
OPERATOR = Source("operator")
BATCH = Source("batch-1", "AT", "AAAAAAAAAAA=")


def entries(found: list[bytes], kind: str = CTI, expires: int | None = None) -> list[Entry]:
    return [Entry(one, kind, expires) for one in found]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "revoked.db"


def test_what_is_added_is_found_and_can_be_taken_off(path: Path) -> None:
    one, two, three = hashes(3)
    with RevocationList(path, create=True) as book:
        assert book.add(entries([one, two]), OPERATOR, NOW) == 2
        assert book.add(entries([one, two, two], UCI), BATCH, NOW + 1) == 2
        assert book.add(entries([one]), OPERATOR, NOW + 2) == 0
    with RevocationList(path) as book:
        found = book.find(one)
        assert {(f.source, f.entry.kind) for f in found} == {(OPERATOR, CTI), (BATCH, UCI)}
        assert [f.source.name for f in book.entries(most=1)] == ["batch-1"]
        assert len(list(book.entries("operator"))) == 2
        assert book.find(three) == []
        assert book.remove_source("batch-1") == 2
        assert book.remove_source("batch-1") == 0
        assert book.remove(one) == 1
        assert book.active(NOW) == {two}


def test_a_hash_expires_with_the_last_entry_that_has_it(path: Path) -> None:
    (one,) = hashes(1)
    with RevocationList(path, create=True) as book:
        book.add(entries([one], expires=NOW + 10), OPERATOR, NOW)
        book.add(entries([one], expires=NOW + 20), BATCH, NOW)
        assert book.active(NOW + 10) == {one}
        assert book.active(NOW + 20) == set()
        assert book.counts(NOW + 10)["state"] == {"revoked": 1, "expired": 1, "in the base": 0}


def test_the_days_of_a_list(path: Path) -> None:
    before, later = hashes(300), hashes(40, "later")
    with RevocationList(path, create=True) as book:
        book.add(entries(before), OPERATOR, NOW)
    first = revocation_list.parts(path, NOW)
    assert [made.name for made in first] == ["revocation", "recent"]
    again = revocation_list.parts(path, NOW + 60)
    assert [(m.version, m.data) for m in again] == [(m.version, m.data) for m in first]
    assert not any(made.new for made in again)

    with RevocationList(path) as book:
        book.add(entries(later), BATCH, NOW + DAY)
        book.remove(before[0])
    base, recent = revocation_list.parts(path, NOW + DAY)
    assert base.data == first[0].data
    assert recent.version > first[1].version
    assert recent.new
    model = part.Model(base.data, recent.data)
    assert all(model.revoked(one) for one in before[1:] + later)
    assert not model.revoked(before[0])

    with RevocationList(path) as book:  # on second thoughts
        book.add(entries(before[:1]), OPERATOR, NOW + 2 * DAY)
    base, recent = revocation_list.parts(path, NOW + 2 * DAY)
    assert part.Model(base.data, recent.data).revoked(before[0])

    with RevocationList(path) as book:
        base, recent = book.build(NOW + 3 * DAY)
        assert part.read_part(base.data).sets[0].entries == 340
        assert part.read_part(recent.data).sets[0].entries == 0
        assert base.version > first[0].version


def test_what_has_expired_is_not_taken_back(path: Path) -> None:
    """It would only make the delta larger: its code is refused by its own time."""
    with RevocationList(path, create=True) as book:
        book.add(entries(hashes(9), expires=NOW + 60), OPERATOR, NOW)
        book.build(NOW)
        change = book.change(NOW + 61)
        assert not change.added
        assert not change.reinstated
        base, _ = book.build(NOW + 61)
        assert part.read_part(base.data).sets[0].entries == 0


def test_versions_rise_even_if_a_list_is_begun_anew(tmp_path: Path) -> None:
    versions = []
    for day in range(2):
        with RevocationList(tmp_path / f"{day}.db", create=True) as book:
            book.add(entries(hashes(1)), OPERATOR, NOW)
            versions += [book.build(NOW + day * DAY)[0].version for _ in range(3)]
    assert versions == sorted(set(versions))


def test_nothing_revoked_is_taken_for_what_was_taken_back(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one byte kept that happens often; the delta gets other salts until it does not."""
    monkeypatch.setattr(part, "RECENT_WIDTH", 1)
    salts = []
    draw = secrets.token_bytes
    monkeypatch.setattr(part.secrets, "token_bytes", lambda n: salts.append(draw(n)) or salts[-1])
    made = []
    with RevocationList(path, create=True) as book:
        book.add(entries(hashes(600)), OPERATOR, NOW)
        book.build(NOW)
        for one in hashes(60):
            book.remove(one)
        base = book.part(BASE)
        assert base is not None
        salts.clear()
        for _ in range(20):
            data = revocation_list._recent(base.data, book.change(NOW), book.active(NOW))
            made.append(part.Model(base.data, data))
    assert all(model.revoked(one) for model in made for one in hashes(600)[60:])
    assert len(salts) > 2 * 20, "some deltas had to be made anew"


def test_a_failure_in_between_changes_nothing(path: Path) -> None:
    with RevocationList(path, create=True) as book:
        book.add(entries(hashes(2)), OPERATOR, NOW)
    with pytest.raises(RuntimeError), RevocationList(path) as book:
        book.add(entries(hashes(5)), OPERATOR, NOW)
        raise RuntimeError
    with RevocationList(path) as book:
        assert len(book.active(NOW)) == 2


def test_a_delta_that_a_terminal_would_not_take(path: Path) -> None:
    with RevocationList(path, create=True) as book:
        with pytest.raises(Failure, match="no base yet"):
            book.delta(NOW)
        book.build(NOW)
        book.add(entries(hashes(16_000), SIGNATURE), OPERATOR, NOW)
        with pytest.raises(Failure, match="gatectl revocation build"):
            book.delta(NOW)


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="no such list"):
        RevocationList(tmp_path / "nothing")
    text = tmp_path / "text"
    text.write_text("x" * 5000)
    with pytest.raises(Failure, match="no revocation list"):
        RevocationList(text, create=True)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE t (x)")
    with pytest.raises(Failure, match="no revocation list"):
        RevocationList(other, create=True)

"""The revocation parts on MicroPython: all that is revoked is found, nothing wrong is believed."""

from __future__ import annotations

import random
from pathlib import Path

import cbor2
import pytest

from host_tools.interpreter import Interpreter
from host_tools.problems import Failure
from host_tools.revocation import part
from tests.unit.revocation.parts import Case, Folder, hashes, neighbours

INVALID = {"refused": "revocation_invalid"}
SALT = bytes(range(16))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.mark.parametrize("count", [0, 1, 2, 255, 256, 257, 1000, 4000])
def test_all_that_is_revoked_is_found(
    count: int, folder: Folder, any_micropython: Interpreter
) -> None:
    revoked, others = hashes(count), hashes(500, "another")
    near = [one for origin in revoked[:2] for one in neighbours(origin)]
    data = part.base_part(revoked)
    (answer,) = folder.look_up([Case(data, None, revoked + others + near)], any_micropython)
    assert answer["found"] == "1" * count + "0" * (len(others) + len(near))
    model = part.Model(data)
    assert all(model.revoked(one) for one in revoked)
    assert not any(model.revoked(one) for one in others + near)


def test_a_delta_adds_and_takes_back(folder: Folder, any_micropython: Interpreter) -> None:
    before, added = hashes(600), hashes(300, "added")
    back, still = before[:40], before[40:]
    base = part.base_part(before)
    recent = part.recent_part(base, added, back)
    asked = [*still, *added, *back, *hashes(300, "another")]
    (answer,) = folder.look_up([Case(base, recent, asked)], any_micropython)
    expected = "1" * (len(still) + len(added)) + "0" * (40 + 300)
    assert answer["found"] == expected
    model = part.Model(base, recent)
    assert "".join(str(int(model.revoked(one))) for one in asked) == expected


def test_a_site_may_have_a_delta_alone(folder: Folder, micropython: Interpreter) -> None:
    recent = part.recent_part(None, hashes(20), [])
    (answer,) = folder.look_up([Case(None, recent, hashes(21))], micropython)
    assert answer["found"] == "1" * 20 + "0"
    with pytest.raises(Failure, match="nothing that could be taken back"):
        part.recent_part(None, hashes(20), hashes(1, "back"))


def test_a_delta_counts_with_its_own_base_only(folder: Folder, micropython: Interpreter) -> None:
    mine, other = part.base_part(hashes(20)), part.base_part(hashes(20))
    assert mine != other, "the salt is drawn anew"
    recent = part.recent_part(mine, hashes(5, "added"), [])
    alone = part.recent_part(None, hashes(5, "added"), [])
    cases = [
        Case(mine, recent, []),
        Case(mine, mine, []),  # one in the place of the other
        Case(other, recent, []),
        Case(None, recent, []),
        Case(mine, alone, []),
        Case(recent, None, []),
        Case(alone, None, []),
    ]
    right, *wrong = folder.look_up(cases, micropython)
    assert "found" in right
    assert wrong == [INVALID] * 6


def test_no_changed_byte_lets_anybody_pass(folder: Folder, micropython: Interpreter) -> None:
    """Every byte of both parts, one bit or all of it changed: refused, or still found."""
    before, added = hashes(30), hashes(12, "added")
    base = part.base_part(before)
    recent = part.recent_part(base, added, before[:3])
    revoked = [*added[:3], *before[3:7]]
    chance = random.Random(5)
    cases = [
        Case(base, recent, revoked, (which, offset, change))
        for which, data in (("base", base), ("recent", recent))
        for offset in range(len(data))
        for change in (1 << chance.randrange(8), 0xFF)
    ]
    answers = folder.look_up(cases, micropython)
    refused = 0
    for case, answer in zip(cases, answers, strict=True):
        if answer != INVALID:
            assert set(answer["found"]) <= {"1", "r"}, case.change
            refused += "r" in answer["found"]
        else:
            refused += 1
    assert refused > 0.95 * len(cases)  # the rest: what a delta takes back, when it finds nothing


def test_a_larger_part_with_random_damage(folder: Folder, micropython: Interpreter) -> None:
    chance = random.Random(7)
    revoked = hashes(3000)
    data = part.base_part(revoked)
    cases = []
    for _ in range(150):
        change = ("base", chance.randrange(len(data)), chance.randrange(1, 256))
        cases.append(Case(data, None, chance.sample(revoked, 20), change))
    for answer in folder.look_up(cases, micropython):
        assert answer == INVALID or set(answer["found"]) <= {"1", "r"}


def test_a_part_of_another_length_is_refused(folder: Folder, micropython: Interpreter) -> None:
    base = part.base_part(hashes(300))
    recent = part.recent_part(base, hashes(5, "added"), hashes(2))
    cases = [Case(base[:size], None, []) for size in range(0, len(base), 7)]
    cases += [Case(base, recent[:size], []) for size in range(len(recent))]
    cases += [Case(base + b"\0", None, []), Case(base, recent + b"\0", [])]
    assert folder.look_up(cases, micropython) == [INVALID] * len(cases)


def test_a_head_that_does_not_fit_is_refused(folder: Folder, micropython: Interpreter) -> None:
    good = part.base_part(hashes(300), SALT)
    largest = part.read_part(good).sets[0].largest
    head = [1, b"", [[SALT, 3, 300, 2, len(good) - 33, largest]]]
    at = len(cbor2.dumps(head))
    assert good[:at] == cbor2.dumps(head)

    def changed(*fields: object, form: int = 1, follows: bytes = b"") -> bytes:
        return cbor2.dumps([form, follows, [list(fields)]]) + good[at:]

    length = len(good) - at
    wrong = [
        changed(SALT, 3, 300, 2, length, largest, form=2),
        changed(SALT, 3, 300, 2, length, largest, follows=bytes(8)),
        changed(SALT, 3, 300, 2, length, largest, follows=SALT),
        changed(SALT[:15], 3, 300, 2, length, largest),
        changed(SALT, 2, 300, 2, length, largest),
        changed(SALT, 5, 300, 2, length, largest),
        changed(SALT, 3, 0, 2, length, largest),
        changed(SALT, 3, 300, 0, length, largest),
        changed(SALT, 3, 300, 1, length, largest),
        changed(SALT, 3, 1025, 2, length, largest),
        changed(SALT, 3, 300, 2, length - 1, largest),
        changed(SALT, 3, 300, 2, length + 1, largest),
        changed(SALT, 3, 300, 70000, length, largest),
        changed(SALT, 3, 300, 2, length),
        changed(SALT, 3, 300, 2, length, largest, 0),
        changed(SALT, 3, -300, 2, length, largest),
        changed(SALT, 3, 300, 2, length, 2149),
        changed(SALT, 3, 300, 2, length, 35),
        changed(SALT, 3, 0, 0, length, 0),
        cbor2.dumps([1, b"", []]) + good[at:],
        cbor2.dumps([1, b"", [*head[2], *head[2]]]) + good[at:],
        cbor2.dumps({1: 1}) + good[at:],
        b"\x83\x18\x01" + good[2:],  # 1 in two bytes
        b"",
        b"\x83",
    ]
    answers = folder.look_up([Case(data, None, []) for data in [good, *wrong]], micropython)
    assert "found" in answers[0]
    assert answers[1:] == [INVALID] * len(wrong)


def test_bits_that_do_not_add_up_are_refused(folder: Folder, micropython: Interpreter) -> None:
    """Under a right check sum: only whoever signs bundles could do that."""
    revoked = hashes(100)
    one = part.make_set(revoked, 3, SALT)
    (block,) = one.blocks
    size = (256 + 100 + 7) // 8  # 45 bytes of bits, 4 to spare
    zeros = [bit for bit in range(356) if not block[bit // 8] >> 7 - bit % 8 & 1]

    def with_bits(*flipped: int) -> bytes:
        bits = int.from_bytes(block[:size], "big")
        for bit in flipped:
            bits ^= 1 << 8 * size - 1 - bit
        changed = part.HashSet(SALT, 3, 100, (bits.to_bytes(size, "big") + block[size:],))
        return part.write(b"", [changed])

    assert with_bits() == part.base_part(revoked, SALT)
    wrong = [
        with_bits(zeros[100]),  # an entry more than there are
        with_bits(*zeros),  # no bucket at all
        with_bits(0, next(bit for bit in range(1, 356) if bit not in zeros)),  # begins with a 1
        with_bits(358, zeros[50]),  # one in the spare bits for one of the bits
        with_bits(357),
    ]
    wrong.append(part.write(b"", [part.HashSet(SALT, 3, 100, (block[:-1],))]))
    wrong.append(part.write(b"", [part.HashSet(SALT, 3, 100, (block + b"\0",))]))
    wrong.append(part.write(b"", [part.HashSet(SALT, 3, 100, (b"",))]))
    for answer in folder.look_up([Case(data, None, revoked) for data in wrong], micropython):
        assert answer == INVALID or answer["found"] == "r" * 100


def test_a_flash_that_does_not_answer_is_a_refusal(
    folder: Folder, micropython: Interpreter
) -> None:
    revoked = hashes(30)
    base = part.base_part(revoked)
    recent = part.recent_part(base, hashes(9, "added"), hashes(1))
    alone = [Case(base, None, revoked[2:4], fail=number) for number in range(1, 9)]
    both = [Case(base, recent, revoked[2:4], fail=number) for number in range(1, 15)]
    answers = folder.look_up([*alone, *both], micropython)
    assert answers[:3] == [INVALID] * 3  # the head, the first place, the last
    assert [answer["found"] for answer in answers[3:8]] == ["r1", "r1", "1r", "1r", "11"]
    for answer in answers[8:]:
        assert answer == INVALID or answer["found"] in ("r1", "1r", "rr", "11")
    assert answers[8 + 12]["found"] != "11"  # what was taken back is looked up last
    assert answers[-1]["found"] == "11"


def test_a_hash_of_another_size_is_never_looked_up(
    micropython: Interpreter, folder: Folder
) -> None:
    (answer,) = folder.look_up(
        [Case(part.base_part(hashes(3)), None, [*hashes(3), bytes(15)])], micropython
    )
    assert answer["found"] == "111r"


def test_only_hashes_are_taken() -> None:
    with pytest.raises(Failure, match="16 bytes"):
        part.base_part([bytes(16), bytes(15)])
    with pytest.raises(Failure, match="no part"):
        part.read_part(b"\x83\x01")
    data = bytearray(part.base_part(hashes(10)))
    data[-1] ^= 1
    with pytest.raises(Failure, match="check sum of block 0"):
        part.read_part(bytes(data))

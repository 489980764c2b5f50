"""Products and squares modulo the three primes, in RV32 instructions, unrolled.

An element is 8 words, little-endian; any value below 2^256 stands for its residue. Products are
taken column by column (product scanning): column k is the sum of the two-word products a[i] * b[j]
with i + j = k, kept in three registers c0, c1, c2, of which c0 is done when the column ends.

Montgomery reduction modulo P-256's and SM2's p is woven in. Both primes are -1 modulo 2^32, so the
word c0 that ends column k is itself the factor q[k] of p that clears it, and q[k] * (p + 1) is but
a few words: `Prime.words` says at which distance from column k q[k] is added or subtracted.

Modulo 2^255 - 19 a word of column k + 8 comes back as 38 times itself in column k.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .rv32_asm import SP, ZERO, Asm, Pool

WORDS = 8


@dataclass(frozen=True)
class Prime:
    """A modulus as the sum of signed words: 2^256 = sum(sign * 2^(32 * word)) modulo p."""

    name: str
    number: int  # the field's number in the kernel's contract
    fold: tuple[tuple[int, int], ...]  # (word, amount): 2^256 modulo p, or modulo 2p for 25519
    words: tuple[tuple[int, int], ...] = ()  # (word, sign) of p + 1, for Montgomery reduction

    @property
    def signed(self) -> bool:
        """Whether a column's sum may be negative for a while: all but the (-7, +8) pair."""
        return any(sign < 0 and word != 7 for word, sign in self.words)


P256 = Prime("p256", 0, ((0, 1), (3, -1), (6, -1), (7, 1)), words=((3, 1), (6, 1), (7, -1), (8, 1)))
SM2 = Prime("sm2", 1, ((0, 1), (2, -1), (3, 1), (7, 1)), words=((2, 1), (3, -1), (7, -1), (8, 1)))
C25519 = Prime("c25519", 2, ((0, 38),))
PRIMES = (P256, SM2, C25519)


class Columns:
    """The running sum of the columns; a word that is still zero has no register."""

    def __init__(self, asm: Asm, pool: Pool, signed: bool = False) -> None:
        self.asm = asm
        self.pool = pool
        self.low = pool.take()
        self.high = pool.take()
        self.signed = signed
        self.c: list[str | None] = [None, None, None]

    def _new(self, place: int) -> str:
        register = self.c[place] = self.pool.take()
        return register

    def product(self, a: str, b: str) -> None:
        """Add a * b."""
        asm, (c0, c1, _) = self.asm, self.c
        if c0 is None:
            assert c1 is None
            asm.wide(self._new(0), self._new(1), a, b)
            return
        asm.wide(self.low, self._new(1) if c1 is None else self.high, a, b)
        asm.add(c0, c0, self.low)
        asm.sltu(self.low, c0, self.low)
        if c1 is None:
            asm.add(str(self.c[1]), str(self.c[1]), self.low)
            return
        asm.add(self.high, self.high, self.low)
        self.above(self.high)

    def above(self, word: str) -> None:
        """Add a word to the next column."""
        asm, (_, c1, c2) = self.asm, self.c
        if c1 is None:
            asm.mv(self._new(1), word)
            return
        asm.add(c1, c1, word)
        if c2 is None:
            asm.sltu(self._new(2), c1, word)
            return
        asm.sltu(self.low, c1, word)
        asm.add(c2, c2, self.low)

    def below(self, word: str, borrowed: bool) -> None:
        """Subtract a word from the next column; the borrow is taken from `word` if `borrowed`.

        The latter is for a word that will be added one column later: it then is less by the borrow,
        and no sum is ever negative.
        """
        asm, (_, c1, c2) = self.asm, self.c
        assert c1 is not None
        asm.sltu(self.low, c1, word)
        asm.sub(c1, c1, word)
        if borrowed:
            asm.sub(word, word, self.low)
        else:
            asm.sub(c2 or self._new(2), c2 or ZERO, self.low)

    def end(self) -> str:
        """End the column: give the register of its word, which the caller now owns."""
        done, self.c = self.c[0], [self.c[1], self.c[2], None]
        assert done is not None
        if self.signed and self.c[1] is not None:
            self.asm.shift("srai", self._new(2), self.c[1], 31)
        return done


@dataclass(frozen=True)
class Scan:
    """What `_scan` needs to know of a product or a square."""

    pool: Pool
    sums: Columns
    add: Callable[[int], None]  # adds the products of a column
    dead: Callable[[int], list[str]]  # registers that nothing reads after a column


def multiply(asm: Asm, prime: Prime, a: list[str], b: list[str], target: int) -> str:
    """Write the product of registers a and b into the element whose address is at `target`(sp).

    Returns the register of the carry: the product plus carry * 2^256. Every register is used.
    """
    columns = [[(a[i], b[k - i]) for i in range(WORDS) if 0 <= k - i < WORDS] for k in range(15)]
    pool = Pool([*a, *b])
    sums = Columns(asm, pool, prime.signed)

    def dead(k: int) -> list[str]:
        return [a[k - 7], b[k - 7]] if 7 <= k < 15 else []

    def add(k: int) -> None:
        for x, y in columns[k] if k < 15 else []:
            sums.product(x, y)

    return _scan(asm, prime, Scan(pool, sums, add, dead), target)


def square(asm: Asm, prime: Prime, a: list[str], target: int) -> str:
    """Write the square of registers a; see `multiply`.

    Row i is a[i] * (a[i] + twice the words above i), and twice those words are 2 a[i+1], then
    d[j] = 2 a[j] with the bit that left a[j-1], and last the bit that left a[7].
    """
    pool = Pool(a)
    sums = Columns(asm, pool, prime.signed)
    asm.say("d[j] = twice word j, with the bit from below; top = all ones if bit 255 is set")
    d = {}
    for j in range(2, WORDS):
        d[j] = pool.take()
        asm.shift("srli", sums.low, a[j - 1], 31)
        asm.shift("slli", d[j], a[j], 1)
        asm.op("or", d[j], d[j], sums.low)
    top = pool.take()
    asm.shift("srai", top, a[7], 31)

    def dead(k: int) -> list[str]:
        out = [d[j] for j in d if k == max(2 * j - 2, 2)]
        if 7 <= k < 15:
            out += [a[k - 7]] if k < 14 else [a[7]]
            out += [top] if k == 13 else []
        return out

    def add(k: int) -> None:
        for i in range(WORDS):
            j = k - i
            if j == i:
                sums.product(a[i], a[i])
            elif j == i + 1 and j < WORDS:
                asm.shift("slli", sums.high, a[j], 1)
                sums.product(a[i], sums.high)
            elif i < j < WORDS:
                sums.product(a[i], d[j])
        i = k - 7
        if 0 <= i < 7:  # bit 255 times a[i] belongs to column i + 8
            asm.op("and", sums.high, a[i], top)
            sums.above(sums.high)

    return _scan(asm, prime, Scan(pool, sums, add, dead), target)


def _scan(asm: Asm, prime: Prime, work: Scan, target: int) -> str:
    """Write all columns with their reduction; give the carry's register."""
    return (_montgomery if prime.words else _pseudo_mersenne)(asm, prime, work, target)


def _montgomery(asm: Asm, prime: Prime, work: Scan, target: int) -> str:
    """Columns 0..7 give q[k], columns 8..15 the result."""
    sums, pool = work.sums, work.pool
    q: dict[int, str] = {}
    pointer = ""
    for k in range(2 * WORDS):
        asm.say(
            f"column {k}" + (f": word {k - WORDS} of the result" if k >= WORDS else f": q[{k}]")
        )
        if k == WORDS:
            pointer = pool.take()
            asm.lw(pointer, target, SP)
        work.add(k)
        for word, sign in prime.words:
            j = k + 1 - word
            if 0 <= j < WORDS:
                if sign > 0:
                    sums.above(q[j])
                else:
                    sums.below(q[j], borrowed=word == 7)
                if word == WORDS:
                    pool.give(q.pop(j))
        pool.give(*work.dead(k))
        if k >= 2 * WORDS - 2:
            sums.signed = False  # nothing is subtracted any more
        done = sums.end()
        if k < WORDS:
            q[k] = done
        else:
            asm.sw(done, 4 * (k - WORDS), pointer)
            pool.give(done)
    carry = sums.c[0]
    assert carry is not None
    return carry


def _pseudo_mersenne(asm: Asm, prime: Prime, work: Scan, target: int) -> str:
    """Columns 0..7 wait for 38 times columns 8..15; the carry that is left belongs to word 1."""
    sums, pool = work.sums, work.pool
    r: list[str] = []
    pointer = factor = carry = ""
    for k in range(2 * WORDS):
        asm.say(f"column {k}" + (f": 38 times it into word {k - WORDS}" if k >= WORDS else ""))
        work.add(k)
        pool.give(*work.dead(k))
        done = sums.end()
        if k < WORDS:
            r.append(done)
            continue
        x = r[k - WORDS]
        if k == WORDS:
            pointer, factor, carry = pool.take(), pool.take(), pool.take()
            asm.lw(pointer, target, SP)
            asm.li(factor, prime.fold[0][1])
            asm.wide(sums.low, carry, done, factor)
        else:
            asm.wide(sums.low, sums.high, done, factor)
        asm.add(x, x, sums.low)
        asm.sltu(sums.low, x, sums.low)
        if k == WORDS:
            asm.add(carry, carry, sums.low)
        else:
            asm.add(sums.high, sums.high, sums.low)
            asm.add(x, x, carry)
            asm.sltu(sums.low, x, carry)
            asm.add(carry, sums.high, sums.low)
            asm.sw(x, 4 * (k - WORDS), pointer)
            pool.give(x)
        pool.give(done)
    asm.say("38 times the carry into word 0")
    asm.op("mul", carry, carry, factor)
    asm.add(r[0], r[0], carry)
    asm.sltu(carry, r[0], carry)
    asm.sw(r[0], 0, pointer)
    return carry

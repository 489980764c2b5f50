"""Products and squares modulo the three primes, in Xtensa instructions, unrolled.

An element is 8 words, little-endian; any value below 2^256 stands for its residue. Products are
taken word by word of the result: word k is the sum of the low words of a[i] * b[j] with i + j = k,
of the high words of those with i + j = k - 1, and of what was left of word k - 1. So one register
holds the sum and one counts its carries, and there is no third: Xtensa has no carry, and each
addition to the sum is followed by a branch over an increment of the count.

Montgomery reduction is woven in as in rv32_field, whose `Prime` says how: the sum of word k is
itself the factor q[k], which is added or subtracted some words on.

A product is multiplied before the previous one is added, and its operands are loaded before that,
so that neither waits for the other in the chip's pipeline.
"""

from __future__ import annotations

from collections.abc import Callable

from .rv32_field import C25519, WORDS, Prime
from .xtensa_asm import Asm
from .xtensa_bank import Bank, Value, write

Term = tuple[Value, Value, str]  # two words and which half of their product: mull or muluh
LAST = 2 * WORDS - 1


class Sum:
    """The word that is being summed, the count of its carries, and two registers for products."""

    def __init__(self, asm: Asm, bank: Bank) -> None:
        self.asm = asm
        self.bank = bank
        self.products = [bank.take(), bank.take()]
        self.low = ""  # "": zero, and in no register
        self.carry = ""

    def begin(self, left: str, signed: bool = False, only: bool = False) -> None:
        """Start a word with what the last one left ("" for nothing), which may be negative.

        only: the word will be one addend, so that there is nothing to count.
        """
        self.low, self.carry = left, ""
        if only:
            return
        self.carry = self.bank.take()
        if signed:
            self.asm.shift("srai", self.carry, left, 31)
        else:
            self.asm.movi(self.carry, 0)

    def count(self, added: str) -> None:
        """Count the carry of an addition to the sum."""
        with self.asm.skip("bgeu", self.low, added):
            self.asm.addi(self.carry, self.carry, 1)

    def add(self, word: str) -> None:
        """Add a word."""
        self.asm.add(self.low, self.low, word)
        self.count(word)

    def terms(self, terms: list[Term]) -> None:
        """Add halves of products."""
        waiting = ""
        for i, (x, y, half) in enumerate(terms):
            a, b = self.bank.use(x, y)
            if not self.low:
                self.low = self.bank.take()
                self.asm.op(half, self.low, a, b)
                continue
            product = self.products[i % 2]
            self.asm.op(half, product, a, b)
            if i + 1 < len(terms):
                self.bank.fetch(*terms[i + 1][:2])
            if waiting:
                self.add(waiting)
            waiting = product
        if waiting:
            self.add(waiting)

    def plus(self, value: Value) -> None:
        """Add a word of an array."""
        self.add(self.bank.use(value)[0])

    def minus(self, value: Value, borrow_from: bool = False) -> None:
        """Subtract a word; what is borrowed is counted, or taken from the word itself.

        The latter is for a word that is added to the next one: it then is less by the borrow.
        """
        (word,) = self.bank.use(value)
        below = self.bank.take(keep=(value,))
        self.asm.sub(below, self.low, word)
        lessened = word if borrow_from else self.carry
        with self.asm.skip("bgeu", self.low, word):
            self.asm.addi(lessened, lessened, -1)
        if borrow_from:
            self.bank.changed(value)
        self.bank.give(self.low)
        self.low = below


def reduce(total: Sum, prime: Prime, k: int) -> None:
    """Montgomery's reduction: what is added to word k because of the factors q."""
    for word, sign in prime.words:
        q = ("q", k - word)
        if not 0 <= k - word < WORDS:
            continue
        if sign > 0:
            total.plus(q)
        else:
            total.minus(q, borrow_from=(word + 1, 1) in prime.words)


def multiply_terms(k: int) -> list[Term]:
    """Word k of a product: each term shares an operand with the next."""
    terms: list[Term] = []
    for i in range(WORDS):
        for j, half in ((k - i, "mull"), (k - 1 - i, "muluh")):
            if 0 <= j < WORDS:
                terms.append((("a", i), ("b", j), half))
    return terms if k % 2 else terms[::-1]


def square_terms(k: int) -> tuple[list[Term], Term]:
    """Word k of a square: what counts twice, and what counts once."""
    terms: list[Term] = []
    for i in range(WORDS):
        for j, half in ((k - i, "mull"), (k - 1 - i, "muluh")):
            if i < j < WORDS:
                terms.append((("a", i), ("a", j), half))
    middle = ("a", k // 2)
    return terms, (middle, middle, "muluh" if k % 2 else "mull")


def multiply(asm: Asm, prime: Prime, end: Callable[..., None], slots: dict[str, int]) -> None:
    """Write the product of the elements at a9 and a10; `end` gets the branch to take for a carry.

    slots: places in the frame of q (8 words) and of the result's address, `target`.
    """

    def body(bank: Bank) -> None:
        def word(total: Sum, k: int, left: str, signed: bool) -> None:
            total.begin(left, signed, only=k == 0)
            total.terms(multiply_terms(k))

        _scan(bank, prime, word, end if bank.asm is asm else lambda *_: None)

    write(asm, body, {"a": "a9", "b": "a10"}, slots)


def square(asm: Asm, prime: Prime, end: Callable[..., None], slots: dict[str, int]) -> None:
    """Write the square of the element at a9; see `multiply`."""

    def body(bank: Bank) -> None:
        def word(total: Sum, k: int, left: str, signed: bool) -> None:
            twice, once = square_terms(k)
            total.begin("", only=k == 0)
            total.terms(twice)
            if twice:
                bank.asm.op("src", total.carry, total.carry, total.low)  # SAR is 31
                bank.asm.add(total.low, total.low, total.low)
            if left and total.low:
                total.add(left)
                if signed:
                    sign = total.products[0]
                    bank.asm.shift("srai", sign, left, 31)
                    bank.asm.add(total.carry, total.carry, sign)
                bank.give(left)
            elif left:
                total.low = left
                if signed:
                    bank.asm.shift("srai", total.carry, left, 31)
            total.terms([once])

        bank.asm.ssai(31)
        _scan(bank, prime, word, end if bank.asm is asm else lambda *_: None)

    write(asm, body, {"a": "a9"}, slots)


def _scan(
    bank: Bank,
    prime: Prime,
    word: Callable[[Sum, int, str, bool], None],
    end: Callable[..., None],
) -> None:
    """Write all words with their reduction."""
    total = Sum(bank.asm, bank)
    (_pseudo_mersenne if prime is C25519 else _montgomery)(bank, total, prime, word, end)


def _montgomery(
    bank: Bank,
    total: Sum,
    prime: Prime,
    word: Callable[[Sum, int, str, bool], None],
    end: Callable[..., None],
) -> None:
    left = ""
    # What is left of a word may be negative after a subtraction that counts what it borrows.
    counting = [w for w, sign in prime.words if sign < 0 and (w + 1, 1) not in prime.words]
    for k in range(LAST + 1):
        bank.asm.say(
            f"word {k}" + (f": q[{k}]" if k < WORDS else f": word {k - WORDS} of the result")
        )
        word(total, k, left, any(k > w for w in counting))
        reduce(total, prime, k)
        if k < WORDS:
            bank.adopt(("q", k), total.low)
        else:
            (target,) = bank.use(("target", 0))
            bank.asm.store(total.low, 4 * (k - WORDS), target)
            bank.give(total.low)
        left = total.carry
    end("bnez", left)


def _pseudo_mersenne(
    bank: Bank,
    total: Sum,
    prime: Prime,
    word: Callable[[Sum, int, str, bool], None],
    end: Callable[..., None],
) -> None:
    """Words 8 to 15 come back, times 38, in words 0 to 7; the carry that is left is word 8's."""
    asm, left, carry = bank.asm, "", ""
    factor = low = ""
    for k in range(LAST + 1):
        asm.say(f"word {k}" + (f", times 38, into word {k - WORDS}" if k >= WORDS else ""))
        word(total, k, left, False)
        left = total.carry
        if k < WORDS:
            bank.adopt(("q", k), total.low)
            continue
        if k == WORDS:
            factor = bank.take()
            asm.movi(factor, prime.fold[0][1])
        low, high = total.products[0], bank.take()
        asm.op("mull", low, total.low, factor)
        asm.op("muluh", high, total.low, factor)
        bank.give(total.low)
        total.low, total.carry = low, high
        total.plus(("q", k - WORDS))
        if carry:
            total.add(carry)
            bank.give(carry)
        carry = high
        (target,) = bank.use(("target", 0))
        asm.store(low, 4 * (k - WORDS), target)
    asm.say("38 times the carry, into word 0")
    (target,) = bank.use(("target", 0))
    asm.op("mull", carry, carry, factor)
    asm.load(low, 0, target)
    asm.add(low, low, carry)
    asm.store(low, 0, target)
    end("bltu", low, carry)

"""Random CertLogic: expressions and data that often have a value, and often nearly."""

from __future__ import annotations

import random
from typing import Any

DATES = (
    "2021", "2020-02", "1999-12", "0000", "9999", "2021-06-23", "2020-02-29", "2004-02-29",
    "1970-01-01", "2038-01-19T03:14:08Z", "2021-05-04T13:37:42.123456+02:00", "2021-12-31T23:59:59",
    "2021-12-31T23:59:59.9-1", "2000-01-01T00:00:00+1:30", "2000-01-01T00:00:00-0130", "0000-01-01",
    "2021-08-20T12:03:12+02", "2020-01-31", "9999-12-31T23:59:59.999-23:59", "1899-12-31T24:00:00Z",
    "2021-03-31T00:00:00.1Z", "2021-02-29", "2021-13", "2021-1-1", "21", "", "2021-05-04T13:37Z",
    "2021-05-04T13:37:60Z", "2021-05-04t13:37:42Z", "2021-05-04T13:37:42+24", "2021-00-01", "x",
    "2021-05-04T13:37:42.Z", "2021-05-04 13:37:42Z", "２０２１", "2021-05-04T25:00:00Z",
    "2021-05-00",
)  # fmt: skip
TEXTS = (
    "", "a", "b", "0", "1", "URN:UVCI:01:NL:187/37512422923#B", "01:AT:x#y", "URN:UVCI:",
    "a::c/#/f", "é/ß:#\U0001f600", "urn:uvci:01:DE", "true", "None", "数",
)  # fmt: skip
NUMBERS = (0, 1, 2, -1, 3, 42, 255, 256, 2**30, -(2**30), 2**31, 2**53, 2**63 - 1, -(2**63))
NAMES = ("a", "b", "x", "0", "1", "2", "current", "accumulator", "data", "é", "length", "10")
UNITS = ("year", "month", "day", "hour")
COMPARISONS = ("<", ">", "<=", ">=")
DATE_COMPARISONS = ("before", "after", "not-before", "not-after")


class Maker:
    """Makes up expressions and data from one source of chance."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def data(self, depth: int = 3) -> Any:
        rng = self.rng
        kind = rng.randrange(10 if depth else 6)
        if kind == 0:
            return rng.choice((None, True, False))
        if kind < 3:
            return rng.choice(NUMBERS)
        if kind < 5:
            return rng.choice(TEXTS)
        if kind == 5:
            return rng.choice(DATES)
        if kind < 8:
            names = rng.sample(NAMES, rng.randrange(5))
            return {name: self.data(depth - 1) for name in names}
        return [self.data(depth - 1) for _ in range(rng.randrange(4))]

    def path(self) -> str:
        return ".".join(self.rng.choice(NAMES) for _ in range(self.rng.randrange(4)))

    def amount(self, unit: str) -> int:
        rng = self.rng
        if rng.random() < 0.05:
            return rng.choice((10**7, -(10**7), 2**31, -(2**40), 2**63 - 1))
        return rng.randrange(-40, 40) if rng.random() < 0.5 else rng.randrange(-9000, 9000)

    def any(self, depth: int) -> Any:
        """Some expression; of any kind."""
        rng = self.rng
        makers = (
            self.literal, self.var, self.boolean, self.integer, self.text, self.array, self.date,
            self.choice,
        )  # fmt: skip
        return rng.choice(makers)(depth)

    def literal(self, _depth: int) -> Any:
        rng = self.rng
        return rng.choice((True, False, rng.choice(NUMBERS), rng.choice(TEXTS), rng.choice(DATES)))

    def var(self, _depth: int) -> Any:
        return {"var": self.path()}

    def choice(self, depth: int) -> Any:
        if not depth:
            return self.var(depth)
        return {"if": [self.loose(depth), self.any(depth - 1), self.any(depth - 1)]}

    def loose(self, depth: int) -> Any:
        """Mostly a boolean, sometimes anything."""
        return self.boolean(depth - 1) if self.rng.random() < 0.7 else self.any(depth - 1)

    def boolean(self, depth: int) -> Any:
        rng = self.rng
        if depth <= 0:
            return rng.choice((True, False, {"var": self.path()}))
        kind = rng.randrange(7)
        if kind == 0:
            return {"===": [self.any(depth - 1), self.any(depth - 1)]}
        if kind == 1:
            return {"and": [self.loose(depth) for _ in range(rng.randrange(2, 5))]}
        if kind == 2:
            count = rng.randrange(2, 4)
            return {rng.choice(COMPARISONS): [self.integer(depth - 1) for _ in range(count)]}
        if kind == 3:
            count = rng.randrange(2, 4)
            return {rng.choice(DATE_COMPARISONS): [self.date(depth - 1) for _ in range(count)]}
        if kind == 4:
            return {"in": [self.any(depth - 1), self.array(depth - 1)]}
        if kind == 5:
            return {"!": [self.any(depth - 1)]}
        return rng.choice((True, False))

    def integer(self, depth: int) -> Any:
        rng = self.rng
        if depth <= 0 or rng.random() < 0.3:
            return rng.choice((rng.choice(NUMBERS), {"var": self.path()}))
        if rng.random() < 0.6:
            return {"+": [self.integer(depth - 1), self.integer(depth - 1)]}
        total = {"+": [{"var": "accumulator"}, {"var": "current"}]}
        return {"reduce": [self.array(depth - 1), total, rng.randrange(3)]}

    def text(self, depth: int) -> Any:
        rng = self.rng
        if depth <= 0 or rng.random() < 0.5:
            return rng.choice((rng.choice(TEXTS), {"var": self.path()}))
        return {"extractFromUVCI": [self.text(depth - 1), rng.randrange(-1, 6)]}

    def array(self, depth: int) -> Any:
        rng = self.rng
        if depth <= 0 or rng.random() < 0.3:
            return rng.choice(([], [1, 2], ["a", "b"], {"var": self.path()}))
        if rng.random() < 0.2:
            return {"reduce": [self.array(depth - 1), self.any(depth - 1), self.any(depth - 1)]}
        return [self.any(depth - 1) for _ in range(rng.randrange(4))]

    def date(self, depth: int) -> Any:
        rng = self.rng
        text = rng.choice(DATES[:21]) if rng.random() < 0.8 else self.when(depth)
        if rng.random() < 0.2:
            return {"dccDateOfBirth": [text]}
        unit = rng.choice(UNITS)
        return {"plusTime": [text, self.amount(unit), unit]}

    def when(self, depth: int) -> Any:
        rng = self.rng
        return rng.choice(DATES) if rng.random() < 0.7 else self.any(depth - 1 if depth > 0 else 0)

"""What comes before the reader in a soak: people who may pass, people who may not, noise, and codes
of somebody who tries to break the terminal. A seed fixes their kinds and order; keys are new."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator
from dataclasses import dataclass

from host_tools import yaml_file
from host_tools.codes.issuing import issue
from host_tools.codes.person import Person, read_person
from host_tools.simulator.cast import PERSONS, flip_colour
from host_tools.simulator.demo_site import DemoSite

_PEOPLE = 600  # more than the replay memory holds
_BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def _code_of(lin: Person, site: DemoSite, number: int) -> str:
    """Somebody like Lin, but somebody else."""
    person = dataclasses.replace(lin, subject=number.to_bytes(8, "big"), cti=None)
    return issue(
        person, site.keys.__getitem__, lambda holder: site.keys[holder].public, "national", None
    )


@dataclass(frozen=True)
class Shown:
    """data: what the reader sends. kind: granted (unless shown before), refused, garbage,
    hostile."""

    kind: str
    data: bytes


class Codes:
    def __init__(self, site: DemoSite, seed: int) -> None:
        self._random = random.Random(seed)
        lin = read_person(yaml_file.load(PERSONS / "lin-all-green.yaml"), site.now)
        self._good = [_code_of(lin, site, number) for number in range(_PEOPLE)]
        casting = site.casting
        chen = casting.from_file("chen-local-orange")
        self._wrong = [
            chen,
            flip_colour(chen),
            casting.from_file("wang-risk-region"),
            casting.from_file("zhao-vaccinated-elsewhere"),
            casting.from_file("sun-expired"),
            casting.from_file("lin-all-green", instead=site.keys["stranger"]),
        ]
        self._good += [casting.dcc("AT"), casting.dcc("DE")]

    def __iter__(self) -> Iterator[Shown]:
        while True:
            kind = self._random.choices(
                ("granted", "refused", "garbage", "hostile"), (35, 20, 15, 30)
            )[0]
            yield Shown(kind, getattr(self, f"_{kind}")())

    def _granted(self) -> bytes:
        return self._random.choice(self._good).encode() + b"\r"

    def _refused(self) -> bytes:
        return self._random.choice(self._wrong).encode() + b"\r"

    def _garbage(self) -> bytes:
        length = self._random.choice((1, 8, 60, 400, 3000))
        return self._random.randbytes(length).replace(b"\r", b"?") + b"\r"

    def _hostile(self) -> bytes:
        """A real code that was changed: characters, length, order; or the prefix with anything."""
        pick = self._random
        text = pick.choice(pick.choice((self._good, self._wrong)))
        prefix, body = text[:4], text[4:]
        trick = pick.randrange(5)
        if trick == 0:
            body = body[: pick.randrange(len(body))]
        elif trick == 1:
            body = body * pick.choice((2, 5, 9))
        elif trick == 2:
            body = "".join(pick.choice(_BASE45) for _ in range(pick.choice((1, 30, 300, 900))))
        elif trick == 3:
            prefix = pick.choice(("HC1:", "OC1:", "shc:/", "OC2:", "oc1:"))
        else:
            changed = list(body)
            for _ in range(pick.choice((1, 1, 3, 40))):
                changed[pick.randrange(len(changed))] = pick.choice(_BASE45)
            body = "".join(changed)
        return (prefix + body).encode() + b"\r"

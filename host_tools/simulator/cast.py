"""Who walks up to the simulated turnstile: people with really signed codes, made on the spot.

Most come from examples/persons, with keys made on the fly; each knows what is expected of the gate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import cbor2
from ruamel.yaml import YAML

from host_tools import times, yaml_file
from host_tools.cbor import encode
from host_tools.codes import hc1, oc1
from host_tools.codes.issuing import Shown, issue, statements
from host_tools.codes.person import read_person
from host_tools.firmware import ROOT
from host_tools.holder.statement import read as read_statement
from host_tools.holder.wallet import Wallet, Wallets
from host_tools.keys.private import PrivateKey
from host_tools.names import COLOURS, KINDS

PERSONS = ROOT / "examples" / "persons"
_CLAIM_SET = -65537  # docs/formats.md


@dataclass(frozen=True)
class Signer:
    """A foreign document signer: its key and the certificate that a trust list has of it."""

    country: str
    key: PrivateKey
    certificate: bytes  # DER


@dataclass(frozen=True)
class Person:
    """name and story: for people. claims: what the code says, a line each. data: what the reader
    sends. expected: the reason of the refusal, or None when the gate has to open. raw: the bytes
    are sent as they are, without a line end."""

    name: str
    story: str
    claims: tuple[str, ...]
    data: bytes
    expected: str | None
    raw: bool = False
    slug: str = ""  # for a file name


class Casting:
    """Makes the codes. keys: by the names that examples/persons use."""

    def __init__(
        self, keys: Mapping[str, PrivateKey], signers: Mapping[str, Signer], now: int, gate_id: str
    ) -> None:
        self._keys = keys
        self._signers = signers
        self._now = now
        self._gate_id = gate_id

    def from_file(
        self,
        name: str,
        proof: bool = False,
        instead: PrivateKey | None = None,
        subject: bytes | None = None,
    ) -> str:
        """The code of a person of examples/persons; `instead` signs in place of every issuer,
        `subject` is somebody else of whom the same is said."""
        return self.from_item(yaml_file.load(PERSONS / f"{name}.yaml"), proof, instead, subject)

    def from_item(
        self,
        item: yaml_file.Item,
        proof: bool = False,
        instead: PrivateKey | None = None,
        subject: bytes | None = None,
    ) -> str:
        """The code of a person whose claims stand in a file, as those of examples/persons do."""
        person = read_person(item, self._now)
        if subject is not None:
            person.subject = subject
        return issue(
            person,
            lambda issuer: instead or self._keys[issuer],
            lambda holder: self._keys[holder].public,
            "national",
            Shown(self._now, self._gate_id) if proof else None,
        )

    def phone(self, phones: Wallets, name: str, file: str) -> Wallet:
        """A simulated phone with what issuers say of a person of examples/persons."""
        person = read_person(yaml_file.load(PERSONS / f"{file}.yaml"), self._now)
        phones.new(name, person.subject)
        with phones.changing(name) as wallet:
            for issued in statements(person, wallet.holder, self._keys.__getitem__, "national"):
                wallet.add(read_statement(issued.data, issued.issuer))
        return wallet

    def dcc(self, country: str) -> str:
        """A vaccination certificate as an EU country issues it."""
        signer = self._signers[country]
        day = times.day_text(self._now // times.DAY - 120)
        return hc1.issue(
            signer.key,
            hc1.kid_of(signer.certificate),
            hc1.vaccination(country, 2, 2, day),
            country,
            self._now - 30 * times.DAY,
            self._now + 300 * times.DAY,
        )


def flip_colour(code: str) -> str:
    """The same code with one bit turned: the one that makes a claim's orange (3) a green (1)."""
    holder, said = oc1.split_text(code)
    for statement in said:
        assert isinstance(statement, list)
        payload = cbor2.loads(statement[2])
        for claim in payload[_CLAIM_SET].get(KINDS["health"], []):
            if claim[1] == COLOURS["orange"]:
                claim[1] = COLOURS["green"]
                forged = encode(payload)
                before, after = (int.from_bytes(text, "big") for text in (statement[2], forged))
                assert (before ^ after).bit_count() == 1
                statement[2] = forged
                return oc1.to_text([holder, said])
    raise AssertionError("there is no orange claim in this code")


def claims_of(name: str) -> tuple[str, ...]:
    """What a person of examples/persons claims, in words."""
    document = YAML(typ="safe").load(PERSONS / f"{name}.yaml")
    lines = []
    for section, words in _WORDS.items():
        entries = document.get(section, [])
        for entry in entries if isinstance(entries, list) else [entries]:
            lines.append(words(entry))
    return tuple(lines)


def _health(entry: Mapping[str, Any]) -> str:
    return f"health {entry['jurisdiction']} {entry['colour']}"


def _travel(entry: Mapping[str, Any]) -> str:
    return f"travel {entry['window']}: {', '.join(entry['regions'])}"


def _vaccination(entry: Mapping[str, Any]) -> str:
    return (
        f"vaccinated {entry['dose']} of {entry['of']}, {entry['product']}, {entry['jurisdiction']}"
    )


def _test(entry: Mapping[str, Any]) -> str:
    return f"{entry['kind'].upper()} {entry['result']}, {entry['sampled']}"


_WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "health": _health,
    "travel": _travel,
    "vaccination": _vaccination,
    "tests": _test,
}


def walk_up(casting: Casting, stranger: PrivateKey) -> list[Person]:
    """Everyone, in the order in which they come."""
    lin = casting.from_file("lin-all-green")
    chen = casting.from_file("chen-local-orange")
    make = _maker(casting)
    return [
        make("林 Lin", "all green", "lin-all-green", None),
        make("陈 Chen", "national code green, local code orange", "chen-local-orange",
             "health_colour"),
        make("陈 Chen", "the same, forged by one bit: orange is green", "chen-local-orange",
             "signature_invalid", code=flip_colour(chen), slug="chen-forged",
             said=("health CN green", "health CN-31 green (was orange)")),
        make("王 Wang", "visited a risk region", "wang-risk-region", "travel_risk"),
        make("赵 Zhao", "only vaccinated elsewhere", "zhao-vaccinated-elsewhere",
             "vaccination_jurisdiction"),
        make("Erika", "a foreign EU certificate, ES256", "", None, code=casting.dcc("AT"),
             slug="erika-eu-certificate", said=("EU certificate, AT: vaccinated 2 of 2",)),
        make("周 Zhou", "four claims of three issuers, and the phone's proof",
             "zhou-several-issuers", None, code=casting.from_file("zhou-several-issuers", True)),
        make("孙 Sun", "expired", "sun-expired", "code_expired"),
        make("顾 Gu", "signed by nobody whom the site knows", "lin-all-green", "issuer_unknown",
             code=casting.from_file("lin-all-green", instead=stranger), slug="gu-unknown-issuer"),
        make("吴 Wu", "shows a screenshot of Lin's code", "lin-all-green", "replayed", code=lin,
             slug="wu-screenshot"),
        Person("—", "garbage from the reader", ("bytes that are no text",),
               bytes((0x00, 0xFF, 0x80, 0x03)) * 8 + b"\r", "reader_garbage", raw=True),
        make("郑 Zheng", "half a code: the phone was moved", "lin-all-green", "cbor_invalid",
             code=lin[: 4 + 3 * (len(lin) // 5)], slug="zheng-half", said=("unreadable",)),
        make("Max", "a foreign EU certificate, PS256", "", None, code=casting.dcc("DE"),
             slug="max-eu-certificate", said=("EU certificate, DE: vaccinated 2 of 2",)),
    ]  # fmt: skip


def _maker(casting: Casting) -> Callable[..., Person]:
    def make(
        name: str,
        story: str,
        file: str,
        expected: str | None,
        code: str | None = None,
        said: tuple[str, ...] = (),
        slug: str = "",
    ) -> Person:
        text = casting.from_file(file) if code is None else code
        claims = said or claims_of(file)
        return Person(name, story, claims, text.encode(), expected, slug=slug or file)

    return make

"""Whatever is said by whomever: issued apart, composed by the phone, verified, it is the same."""

from __future__ import annotations

import random
from collections.abc import Iterator

import base45
import cbor2
import pytest

from host_tools.bundles.entry import TrustEntry, compile_trust
from host_tools.cbor import encode
from host_tools.codes import oc1
from host_tools.codes.person import ClaimSet
from host_tools.holder import statement
from host_tools.holder.wallet import Wallet, Wallets
from host_tools.kernels.combs import CURVES, make_table
from host_tools.keys.private import NAMES, PrivateKey, generate
from host_tools.names import KINDS
from host_tools.verifying.service import Service

NOW = 1_795_600_000
PLACES = (0, 11, 31, 3101, 310115, "AT", "US-NY", "DE-BY")
ROUNDS = 60


class Issuer:
    """A key, with its comb table or without, and its name."""

    def __init__(self, name: str, alg: str, with_table: bool) -> None:
        self.name = name
        self.key: PrivateKey = generate(NAMES[alg])
        public = self.key.public
        table = make_table(public.alg, public.raw) if with_table and public.alg in CURVES else None
        self.entry = TrustEntry(
            public.kid, public.alg, public.raw, name, 0, 2**32 - 1, 31, table=table
        )


ISSUERS = [
    Issuer(f"{alg} {n}", alg, bool(n)) for alg in NAMES for n in range(1 if alg == "ps256" else 2)
]


@pytest.fixture(scope="module")
def gate() -> Iterator[Service]:
    with Service(trust=compile_trust(issuer.entry for issuer in ISSUERS)) as service:
        yield service


def claims(rng: random.Random) -> ClaimSet:
    """Anything that the format can say."""

    def place() -> object:
        return rng.choice(PLACES)

    def one(kind: str) -> list[object]:
        if kind == "health":
            return [place(), rng.randint(1, 4), rng.choice((0, 1, 23, 24, 255, 256, 525600))]
        if kind == "travel":
            regions = {p: rng.randint(0, 60) for p in rng.sample(PLACES, rng.randint(0, 4))}
            claim: list[object] = [place(), rng.randint(1, 60), regions]
            risk = rng.sample(PLACES, rng.randint(0, 2))
            return [*claim, risk] if risk else claim
        if kind == "vaccination":
            product = rng.choice(("X", "科兴", "BBIBP-CorV", "a" * 24))
            return [place(), product, rng.randint(1, 9), rng.randint(1, 9), rng.randint(0, 65535)]
        if kind == "test":
            return [place(), rng.randint(1, 2), rng.randint(0, 1), rng.randint(0, 525600)]
        first, start, end = sorted(rng.randint(0, 65535) for _ in range(3))
        return [place(), first, start, end]

    kinds = rng.sample(list(KINDS), rng.randint(1, 2))
    return {KINDS[kind]: [one(kind) for _ in range(rng.randint(1, 2))] for kind in kinds}


def filled(wallet: Wallet, rng: random.Random) -> None:
    """Statements of 1 to 4 issuers, each signed knowing nothing of the others."""
    wallet.statements = []
    for issuer in rng.sample(ISSUERS, rng.randint(1, 4)):
        said = oc1.Said(
            issuer.key, claims(rng), NOW - rng.randint(0, 3600), NOW + rng.randint(0, 90_000),
            rng.choice((None, NOW)), rng.choice((None, rng.randbytes(8))),
            rng.choice((None, issuer.name)),
        )  # fmt: skip
        data = encode(oc1.statement(said, wallet.holder))
        wallet.add(statement.read(data, issuer.name))


def expected(wallet: Wallet) -> dict[str, list[object]]:
    """What the phone reads in its statements, all together."""
    found: dict[str, list[object]] = {}
    for one in wallet.statements:
        for kind, said in one.claims.items():
            found.setdefault(kind, []).extend(said)
    return found


def fits(wallet: Wallet) -> bool:
    return sum(len(one.data) for one in wallet.statements) < oc1.MAX_BODY - 300


def test_the_same_claims_come_out(gate: Service, tmp_path_factory: pytest.TempPathFactory) -> None:
    rng = random.Random(1535)
    algorithms = set()
    wallets = Wallets(tmp_path_factory.mktemp("phones"))
    for n in range(ROUNDS):
        wallet = wallets.new(f"p{n}", rng.randbytes(rng.randint(8, 16)))
        filled(wallet, rng)
        if not fits(wallet):
            continue
        for live in (True, False):
            text = wallet.code(NOW, rng.choice((None, "A-1")), live=live)
            answer = gate.verify(text.encode(), NOW)
            assert answer["ok"], (n, answer)
            assert answer["claims"] == expected(wallet)
        algorithms |= {one.alg for one in wallet.statements}
    assert algorithms == set(NAMES.values())


def mutations(
    body: list[object], rng: random.Random, other: list[object]
) -> Iterator[list[object]]:
    """Everything that a clever owner of two phones may try with live codes of both."""
    holder, statements, proof = body
    assert isinstance(statements, list) and isinstance(other[1], list)
    yield [other[0], statements, proof]
    yield [holder, statements, other[2]]
    yield [holder, other[1], proof]
    yield [holder, other[1], other[2]]
    yield [holder, [*statements, other[1][0]], proof]
    yield [holder, [*statements, statements[0]], proof]
    if len(statements) > 1:
        yield [holder, statements[1:], proof]
        yield [holder, [*statements[1:], statements[0]], proof]
        one, two = statements[:2]
        yield [holder, [[one[0], {}, two[2], one[3]], *statements[1:]], proof]
        yield [holder, [[two[0], {}, one[2], one[3]], *statements[1:]], proof]
    at = rng.randrange(len(statements))
    claim = cbor2.loads(statements[at][2])
    changed = {**claim, 4: claim[4] + 1}
    yield [holder, [*statements[:at], [statements[at][0], {}, encode(changed), statements[at][3]],
                    *statements[at + 1 :]], proof]  # fmt: skip
    later = {**cbor2.loads(proof[2]), 6: NOW + 1}  # type: ignore[index]
    yield [holder, statements, [proof[0], {}, encode(later), proof[3]]]  # type: ignore[index]


def test_nothing_that_was_changed_comes_through(
    gate: Service, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rng = random.Random(2026)
    wallets = Wallets(tmp_path_factory.mktemp("phones"))
    mine, theirs = wallets.new("mine"), wallets.new("theirs")
    reasons: set[str] = set()
    tried = 0
    for _ in range(ROUNDS // 2):
        filled(mine, rng)
        filled(theirs, rng)
        if not (fits(mine) and fits(theirs)):
            continue
        body, other = (oc1.parse_text(one.code(NOW)) for one in (mine, theirs))
        for changed in mutations(body, rng, other):
            if changed in (body, other) or len(encode(changed)) > oc1.MAX_BODY:
                continue
            answer = gate.verify(oc1.to_text(changed).encode(), NOW)
            assert not answer["ok"], changed
            reasons.add(answer["reason"])
            tried += 1
        data = bytearray(base45.b45decode(mine.code(NOW)[4:]))
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        flipped = (oc1.PREFIX + base45.b45encode(bytes(data)).decode()).encode()
        assert not gate.verify(flipped, NOW)["ok"]
    assert tried > 100
    assert reasons == {
        "statement_other_holder", "signature_invalid", "proof_invalid", "proof_other_claims",
    }  # fmt: skip

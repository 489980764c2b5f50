"""People with live codes of several issuers at a gate that wants proofs. Time is virtual."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cbor2
import pytest

from host_tools import yaml_file
from host_tools.cbor import encode
from host_tools.codes import issuing, oc1
from host_tools.codes.person import read_person
from host_tools.holder import statement
from host_tools.holder.wallet import Wallet, Wallets
from host_tools.keys.private import PrivateKey
from host_tools.names import EDDSA, SM2
from host_tools.simulator.demo_site import DemoSite
from host_tools.simulator.gate import NOON
from host_tools.simulator.turnstile import Turnstile
from tests.scenarios.conftest import MakeTurnstile

SAID = """
health: {issuer: shanghai, jurisdiction: CN-31, colour: green, assessed: 1 hour ago}
travel: {issuer: national, jurisdiction: CN, window: 14 days, regions: {CN-31: today}}
vaccination:
  {issuer: hospital, jurisdiction: CN, product: BIBP, dose: 3, of: 3, date: 200 days ago}
tests: {issuer: hospital, jurisdiction: CN-31, kind: naat, result: negative, sampled: 8 hours ago}
"""
MAX_AGE = 30  # seconds that a proof is good for

Phone = Callable[..., Wallet]


@pytest.fixture(scope="module")
def strict() -> DemoSite:
    return DemoSite.make(NOON, lane={3: True, 4: MAX_AGE})


@pytest.fixture
def gate(turnstile_of: MakeTurnstile, strict: DemoSite) -> Turnstile:
    return turnstile_of(strict)


@pytest.fixture
def phone(tmp_path: Path, strict: DemoSite) -> Phone:
    """Makes a phone with the statements that issuers make for it, each by itself."""
    wallets = Wallets(tmp_path / "holders")

    def make(name: str, said: str = SAID, ago: int = 0) -> Wallet:
        wallet = wallets.new(name)
        person = read_person(yaml_file.parse(said.encode(), f"{name}.yaml"), NOON - ago)

        def find(issuer: str) -> PrivateKey:
            return strict.keys[issuer]

        for one in issuing.statements(person, wallet.holder, find):
            wallet.add(statement.read(one.data, one.issuer))
        return wallet

    return make


@pytest.mark.parametrize("board", ["esp32-devkit", "esp32-c3-devkit"])
def test_sm2_issuers_beside_others_and_sm2_operators(
    turnstile_of: MakeTurnstile, board: str
) -> None:
    """One code: the city signs by SM2, the platform by ES256, the hospital by EdDSA."""
    algorithms = {"shanghai": SM2, "hospital": EDDSA, "operator": SM2}
    site = DemoSite.make(NOON, lane={3: True, 4: MAX_AGE}, algorithms=algorithms)
    turnstile = turnstile_of(site, board=board)
    live = site.casting.from_file("zhou-several-issuers", proof=True)
    assert refused(turnstile, live) is None
    holder, statements, proof = body_of(live)
    city = next(one for one in statements if cbor2.loads(one[0])[1] == SM2)  # type: ignore[index]
    assert isinstance(city, list)
    city[3] = city[3][:-1] + bytes([city[3][-1] ^ 1])
    assert refused(turnstile, oc1.to_text([holder, statements, proof])) == "signature_invalid"


def refused(gate: Turnstile, code: str) -> str | None:
    """The reason, and never an open relay with it."""
    before = len(gate.pulses())
    outcome = gate.present(code)
    assert outcome.granted == (outcome.reason is None)
    assert len(gate.pulses()) - before == int(outcome.granted)
    if outcome.reason:
        assert outcome.texts["zh"] and outcome.texts["en"]
    return outcome.reason


def body_of(code: str) -> tuple[bytes, list[object], list[object]]:
    holder, statements, proof = oc1.parse_text(code)
    assert isinstance(holder, bytes) and isinstance(statements, list) and isinstance(proof, list)
    return holder, statements, proof


def test_a_live_code_opens_and_its_screenshot_does_not(gate: Turnstile, phone: Phone) -> None:
    zhou, wu = phone("zhou"), phone("wu")
    live = zhou.code(NOON)
    assert refused(gate, live) is None
    assert refused(gate, live) == "replayed", "at once, by whoever holds it"
    gate.wait_ms(60_000)
    assert refused(gate, live) == "proof_stale", "a minute later"
    assert refused(gate, wu.code(NOON)) == "proof_stale", "also of somebody who has not passed"
    assert refused(gate, wu.code(NOON + 60)) is None


def test_a_static_copy_of_a_live_code(gate: Turnstile, phone: Phone) -> None:
    zhou = phone("zhou")
    holder, statements, _ = body_of(zhou.code(NOON))
    assert refused(gate, oc1.to_text([holder, statements])) == "proof_required"
    assert refused(gate, zhou.code(NOON, live=False)) == "proof_required"


def test_a_proof_for_another_gate(gate: Turnstile, phone: Phone, strict: DemoSite) -> None:
    zhou = phone("zhou")
    assert refused(gate, zhou.code(NOON, "B-9")) == "proof_other_gate"
    assert refused(gate, zhou.code(NOON, strict.gate_id)) is None


def test_a_claim_of_another_person(gate: Turnstile, phone: Phone) -> None:
    """Wang has no test of his own and borrows Zhou's; his phone signs the whole."""
    zhou, wang = phone("zhou"), phone("wang", SAID[: SAID.index("vaccination")])
    mixed = [one.sign1() for one in (*wang.statements, zhou.statements[-1])]
    made = oc1.proof(oc1.Proof(wang.key, NOON), wang.holder, mixed)
    code = oc1.to_text([wang.holder, mixed, made])
    assert refused(gate, code) == "statement_other_holder"


def test_another_persons_phone(gate: Turnstile, phone: Phone) -> None:
    """All of Zhou's statements and holder block, shown by a phone that is not Zhou's."""
    zhou, wang = phone("zhou"), phone("wang")
    holder, statements, _ = body_of(zhou.code(NOON))
    made = oc1.proof(oc1.Proof(wang.key, NOON), holder, statements)
    assert refused(gate, oc1.to_text([holder, statements, made])) == "proof_invalid"


def test_a_claim_swapped_under_the_proof(gate: Turnstile, phone: Phone, strict: DemoSite) -> None:
    """This morning's green in place of this noon's orange, both Zhou's own."""
    zhou = phone("zhou", SAID.replace("colour: green", "colour: orange"))
    assert refused(gate, zhou.code(NOON)) == "health_colour"
    morning = read_person(yaml_file.parse(SAID.encode(), "morning.yaml"), NOON - 4 * 3600)
    (green,) = issuing.statements(morning, zhou.holder, strict.keys.__getitem__, only="shanghai")
    holder, statements, proof = body_of(zhou.code(NOON))
    swapped = [statement.read(green.data).sign1(), *statements[1:]]
    assert refused(gate, oc1.to_text([holder, swapped, proof])) == "proof_other_claims"
    assert refused(gate, oc1.to_text([holder, statements[1:], proof])) == "proof_other_claims"


def test_an_altered_claim(gate: Turnstile, phone: Phone) -> None:
    zhou = phone("zhou", SAID.replace("colour: green", "colour: orange"))
    holder, statements, proof = body_of(zhou.code(NOON))
    first = statements[0]
    assert isinstance(first, list)
    forged = first[2].replace(encode([31, 3, 60]), encode([31, 1, 60]))
    assert forged != first[2]
    first[2] = forged
    assert refused(gate, oc1.to_text([holder, statements, proof])) == "signature_invalid"


def test_an_older_proof_put_beside_newer_claims(gate: Turnstile, phone: Phone) -> None:
    zhou = phone("zhou")
    _, _, old = body_of(zhou.code(NOON - 50))
    holder, statements, _ = body_of(zhou.code(NOON))
    assert refused(gate, oc1.to_text([holder, statements, old])) == "proof_stale"
    assert refused(gate, zhou.code(NOON)) is None

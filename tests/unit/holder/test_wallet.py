"""A simulated phone: what it keeps, what it refuses, what it shows; judged by the firmware."""

from __future__ import annotations

import json
import multiprocessing
import stat
from collections.abc import Iterator
from pathlib import Path

import cbor2
import pytest

from host_tools.bundles.entry import TrustEntry, compile_trust
from host_tools.cbor import encode
from host_tools.codes import oc1
from host_tools.codes.oc1 import Said
from host_tools.holder import checking, request, statement, words
from host_tools.holder.wallet import Wallet, Wallets
from host_tools.keys.private import generate
from host_tools.names import EDDSA, ES256, SM2
from host_tools.problems import Failure
from host_tools.verifying.service import Service

NOW = 1_795_600_000
DAY = 86400
CITY, CLINIC, LAB = generate(ES256), generate(EDDSA), generate(SM2)
ISSUERS = {"City": CITY, "Clinic": CLINIC, "Lab": LAB}
ENTRIES = [
    TrustEntry(key.public.kid, key.alg, key.public.raw, name, 0, 2**32 - 1, 31)
    for name, key in ISSUERS.items()
]
HEALTH = {1: [[31, 1, 60]]}
VACCINATION = {3: [[0, "BIBP", 3, 3, 20600]]}
TEST = {4: [[31, 1, 0, 30]]}


@pytest.fixture(scope="module")
def gate() -> Iterator[Service]:
    with Service(trust=compile_trust(ENTRIES)) as service:
        yield service


@pytest.fixture
def wallets(tmp_path: Path) -> Wallets:
    return Wallets(tmp_path / "holders")


def made(wallet: Wallet, key: object, claims: object, at: int = NOW, **more: int) -> str:
    """What an issuer answers to the phone's request: the text of a code."""
    expires = more.pop("expires", at + DAY)
    said = Said(key, claims, at, expires, **more)  # type: ignore[arg-type]
    holder = request.read(wallet.request)
    return oc1.to_text([holder, [oc1.statement(said, holder)]])


def add(wallet: Wallet, text: str, now: int = NOW) -> list[statement.Statement]:
    holder, said = checking.statements_in(text)
    wallet.refuse_others(holder, said)
    replaced = []
    for checked in checking.check(holder, said, ENTRIES, now):
        replaced += wallet.add(checked.statement)
    return replaced


def filled(wallets: Wallets, name: str = "lin") -> Wallet:
    wallet = wallets.new(name)
    for key, claims in ((LAB, TEST), (CITY, HEALTH), (CLINIC, VACCINATION)):
        add(wallet, made(wallet, key, claims))
    return wallet


def test_statements_of_three_issuers_make_one_live_code(wallets: Wallets, gate: Service) -> None:
    wallet = filled(wallets)
    assert [one.issuer for one in wallet.statements] == ["City", "Clinic", "Lab"], "in order"
    for live in (True, False):
        answer = gate.verify(wallet.code(NOW, "A-1", live=live).encode(), NOW)
        assert answer["ok"], answer
        speakers = {kind: claims[0]["issuer"] for kind, claims in answer["claims"].items()}
        assert speakers == {"health": "City", "vaccination": "Clinic", "test": "Lab"}
    first, second = wallet.code(NOW), wallet.code(NOW + 5)
    assert first != second
    assert wallet.code(NOW) == first


def test_what_another_process_finds(wallets: Wallets) -> None:
    filled(wallets)
    with wallets.changing("lin") as wallet:
        add(wallet, made(wallet, CITY, HEALTH))
        code = wallet.code(NOW)
    again = Wallets(wallets.folder).open("lin")
    assert again.code(NOW) == code
    assert [one.issuer for one in again.statements] == ["City"], "what was not saved is not there"


def test_others_statements_are_refused(wallets: Wallets) -> None:
    mine, theirs = wallets.new("mine"), wallets.new("theirs")
    same_person = wallets.new("second-phone", mine.subject)
    with pytest.raises(Failure, match=r"another person.*holder request mine"):
        add(mine, made(theirs, CITY, HEALTH))
    with pytest.raises(Failure, match="another phone of the same person"):
        add(mine, made(same_person, CITY, HEALTH))
    # under this phone's holder block, in whichever way that was done
    _, (other,) = checking.statements_in(made(theirs, CITY, HEALTH))
    with pytest.raises(Failure, match="made for somebody else"):
        add(mine, oc1.to_text([mine.holder, [other.sign1()]]))
    protected, _, payload, signature = other.sign1()
    claims = cbor2.loads(payload)  # type: ignore[call-overload]
    del claims[2]
    untagged = oc1.to_text([mine.holder, [[protected, {}, encode(claims), signature]]])
    with pytest.raises(Failure, match="signature_invalid"):
        add(mine, untagged)
    assert mine.statements == []


def test_a_forged_or_expired_statement_is_refused(wallets: Wallets) -> None:
    wallet = wallets.new("lin")
    text = made(wallet, CITY, HEALTH)
    last = "0" if text[-1] != "0" else "1"
    with pytest.raises(Failure, match="signature_invalid"):
        add(wallet, text[:-1] + last)
    with pytest.raises(Failure, match="code_expired"):
        add(wallet, text, NOW + DAY + 1)


def test_an_issuer_that_is_not_known_is_kept_with_a_note(wallets: Wallets) -> None:
    wallet = wallets.new("lin")
    holder, said = checking.statements_in(made(wallet, generate(ES256), HEALTH))
    (checked,) = checking.check(holder, said, ENTRIES, NOW)
    assert "not checked" in checked.note
    assert checked.statement.issuer == ""
    wallet.add(checked.statement)
    assert wallet.statements[0].by.startswith("key ")


def test_newer_replaces_older_of_the_same_issuer_and_kind(wallets: Wallets) -> None:
    wallet = filled(wallets)
    newer = made(wallet, CITY, {1: [[31, 3, 0]]}, NOW + 60)
    (replaced,) = add(wallet, newer, NOW + 60)
    assert replaced.claims["health"][0]["colour"] == "green"
    assert [one.issuer for one in wallet.statements] == ["City", "Clinic", "Lab"]
    assert wallet.statements[0].claims["health"][0]["colour"] == "orange"
    with pytest.raises(Failure, match="newer statement by City"):
        add(wallet, made(wallet, CITY, HEALTH), NOW + 60)
    assert wallet.statements[0].claims["health"][0]["colour"] == "orange"
    assert add(wallet, newer, NOW + 60) == [wallet.statements[0]], "the same once more"
    # more kinds replace fewer, fewer do not replace more
    both = {**HEALTH, **TEST}
    assert len(add(wallet, made(wallet, CITY, both, NOW + 70), NOW + 70)) == 1
    assert add(wallet, made(wallet, CITY, HEALTH, NOW + 80), NOW + 80) == []
    assert len(wallet.statements) == 4


def test_only_what_is_valid_is_shown(wallets: Wallets, gate: Service) -> None:
    wallet = filled(wallets)
    add(wallet, made(wallet, CITY, HEALTH, NOW + 1, expires=NOW + 100), NOW + 1)
    add(wallet, made(wallet, LAB, TEST, NOW + 1, not_before=NOW + 5000), NOW + 1)
    kinds = {
        at: set(gate.verify(wallet.code(at).encode(), at)["claims"])
        for at in (NOW + 50, NOW + 200, NOW + 6000)
    }
    assert kinds[NOW + 50] == {"health", "vaccination"}
    assert kinds[NOW + 200] == {"vaccination"}
    assert kinds[NOW + 6000] == {"vaccination", "test"}
    with pytest.raises(Failure, match="is valid now"):
        wallet.code(NOW + 3 * DAY)


def test_only_what_a_site_needs(wallets: Wallets, gate: Service) -> None:
    wallet = filled(wallets)
    code = wallet.code(NOW, kinds=("test", "health"))
    assert set(gate.verify(code.encode(), NOW)["claims"]) == {"health", "test"}
    assert len(code) < len(wallet.code(NOW))
    with pytest.raises(Failure, match="nothing valid about travel"):
        wallet.code(NOW, kinds=("health", "travel"))
    with pytest.raises(Failure, match="about recovery is valid now"):
        wallet.code(NOW, kinds=("recovery",))
    assert [one.issuer for one in wallet.drop(["test"])] == ["Lab"]
    assert wallet.drop(["travel"]) == []


def test_a_code_holds_eight_statements(wallets: Wallets) -> None:
    wallet = wallets.new("lin")
    holder = wallet.holder
    for n in range(9):
        said = Said(generate(ES256), {1: [[31, 1, n]]}, NOW, NOW + DAY)
        one = statement.read(encode(oc1.statement(said, holder)))
        if n == 8:
            with pytest.raises(Failure, match="holder remove lin"):
                wallet.add(one)
        else:
            wallet.add(one)
    assert len(wallet.statements) == 8


def test_private_files_are_for_their_owner_alone(wallets: Wallets) -> None:
    with wallets.changing(filled(wallets).name) as wallet:
        add(wallet, made(wallet, CITY, HEALTH))
    for path in (wallets.folder, *wallets.folder.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path
    assert {path.name for path in wallets.folder.rglob("*.*")} == {"key.pem", "wallet.json"}


def test_an_error_saves_nothing(wallets: Wallets) -> None:
    wallets.new("lin")
    before = (wallets.folder / "lin" / "wallet.json").read_bytes()
    with pytest.raises(Failure), wallets.changing("lin") as wallet:
        add(wallet, made(wallet, CITY, HEALTH))
        raise Failure("something else")
    assert (wallets.folder / "lin" / "wallet.json").read_bytes() == before


def _add_one(folder: Path, n: int) -> None:
    with Wallets(folder).changing("lin") as wallet:
        said = Said(generate(ES256), {1: [[31, 1, n]]}, NOW, NOW + DAY)
        wallet.add(statement.read(encode(oc1.statement(said, wallet.holder))))


def test_two_at_the_same_time_lose_nothing(wallets: Wallets) -> None:
    wallets.new("lin")
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_add_one, args=(wallets.folder, n)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(wallets.open("lin").statements) == 4


def test_names_and_phones(wallets: Wallets) -> None:
    assert wallets.names() == []
    wallets.new("lin")
    for name in ("", "Lin", "../lin", "a/b", "a" * 33, ".", "-x"):
        with pytest.raises(Failure, match="not a name"):
            wallets.new(name)
        with pytest.raises(Failure, match="no phone named"):
            wallets.open(name)
    with pytest.raises(Failure, match="already"):
        wallets.new("lin")
    with pytest.raises(Failure, match="did you mean lin"):
        wallets.open("linn")
    with pytest.raises(Failure, match="no statements yet"):
        wallets.open("lin").code(NOW)
    wallets.remove("lin")
    assert not (wallets.folder / "lin").exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda document: document.update(format="another"),
        lambda document: document.update(subject="xyz"),
        lambda document: document.pop("statements"),
        lambda document: document["statements"][0].update(statement="AAAA"),
        lambda document: document["statements"][0].pop("issuer"),
    ],
)
def test_a_damaged_phone_is_named(wallets: Wallets, damage: object) -> None:
    with wallets.changing(wallets.new("lin").name) as wallet:
        add(wallet, made(wallet, CITY, HEALTH))
    path = wallets.folder / "lin" / "wallet.json"
    document = json.loads(path.read_bytes())
    damage(document)  # type: ignore[operator]
    path.write_text(json.dumps(document))
    with pytest.raises(Failure, match="damaged"):
        wallets.open("lin")


def test_requests_are_exact(wallets: Wallets) -> None:
    wallet = wallets.new("lin")
    assert request.read(wallet.request) == wallet.holder
    assert request.read(f"  {wallet.request}\n") == wallet.holder
    block = {2: wallet.subject, 8: {1: {1: 2, -1: 1, -2: b"\xff" * 32, -3: True}}}
    for holder in (
        b"", b"\xff", encode({}), encode({2: wallet.subject}), encode({**block, 9: 1}),
        encode(block), encode({**block, 2: b"short"}), wallet.holder + b"\0", wallet.holder[:-1],
        encode([1]), encode({2: 1, 8: 1}), encode({2: "text" * 3, 8: block[8]}),
    ):  # fmt: skip
        with pytest.raises(Failure, match="damaged"):
            request.read(request.write(holder))
    for text in ("", "OC1:ABC", "OC1H", wallet.request.lower(), "OC1H:" + "A" * 300):
        with pytest.raises(Failure, match="not a phone's request"):
            request.read(text)


def test_statements_that_no_gate_understands(wallets: Wallets) -> None:
    wallet = wallets.new("lin")
    good = oc1.statement(Said(CITY, HEALTH, NOW, NOW + DAY), wallet.holder)
    protected, _, payload, signature = good
    claims = cbor2.loads(payload)  # type: ignore[call-overload]
    for wrong in (
        [],
        [protected, {}, payload],
        [protected, {1: 2}, payload, signature],
        [b"", {}, payload, signature],
        [protected, {}, b"\xa0", signature],
        [protected, {}, encode({**claims, 4: -1}), signature],
        [protected, {}, encode({**claims, 6: "now"}), signature],
        [protected, {}, encode({**claims, 2: 7}), signature],
        [protected, {}, encode({**claims, -65537: {}}), signature],
        [protected, {}, encode({**claims, -65537: {1: [[31, 9, 1]]}}), signature],
        [encode({1: -7, 4: 5}), {}, payload, signature],
        [protected, {}, payload, "text"],
    ):
        with pytest.raises(Failure, match="malformed"):
            statement.read(encode(wrong))
    for data in (b"", b"\xff", b"\x84", encode(good) + b"\0"):
        with pytest.raises(Failure, match="malformed"):
            statement.read(data)


def test_claims_at_a_glance(wallets: Wallets) -> None:
    wallet = wallets.new("lin")
    everything = {
        1: [[31, 2, 125]],
        2: [["AT", 14, {"AT": 0, 31: 3}, ["US-NY"]]],
        3: [[0, "BIBP", 2, 3, 20600]],
        4: [[31, 2, 1, 0]],
        5: [["AT", 20000, 20010, 20100]],
    }
    data = encode(oc1.statement(Said(CITY, everything, NOW, NOW + DAY), wallet.holder))
    one = statement.read(data, "City")
    assert dict(words.lines(one, NOW)) == {
        "health": "CN-31 yellow, assessed 2 h ago",
        "travel": "AT, 14 days: CN-31 (3 d ago) AT (today); at risk: US-NY",
        "vaccination": "CN BIBP, 2 of 3, 2026-05-27",
        "test": "CN-31 RAT positive, sampled just now",
        "recovery": "AT valid 2024-10-14 to 2025-01-12",
    }
    assert words.left(one, NOW) == "24 h left"
    assert words.left(one, NOW + 5 * DAY) == "expired 4 d ago"
    assert words.left(one, NOW - 600) == "begins in 10 min"

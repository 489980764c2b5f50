"""Published vectors: NIST's for ECDSA and PSS, RFC 8032's for Ed25519, GB/T's for SM2 and SM3.

Most come with the package cryptography-vectors.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha512
from pathlib import Path

import cryptography_vectors

from host_tools.interpreter import Interpreter
from host_tools.kernels.combs import make_table

from .batch import EDDSA, ES256, PS256, SM2, Case, answers, check

VECTORS = Path(cryptography_vectors.__file__).parent
ECDSA = VECTORS / "asymmetric" / "ECDSA" / "FIPS_186-3"
PSS = VECTORS / "asymmetric" / "RSA" / "FIPS_186-2" / "SigVerPSS_186-3.rsp"
ED25519 = VECTORS / "asymmetric" / "Ed25519" / "sign.input"
SM3 = VECTORS / "hashes" / "SM3" / "oscca.txt"


def records(path: Path, ending: str) -> Iterator[dict[str, str]]:
    """Give the fields of each record of a NIST response file; ending is each one's last field."""
    fields: dict[str, str] = {}
    for line in path.read_text().splitlines():
        if line.startswith("["):
            fields = {"section": line.strip("[]").replace(" ", "")}
        elif " = " in line:
            name, _, value = line.partition(" = ")
            fields[name.strip()] = value.strip()
            if name.strip() == ending:
                yield dict(fields)


def number(text: str) -> bytes:
    return int(text, 16).to_bytes(32, "big")


def ecdsa(path: Path, ending: str) -> list[Case]:
    return [
        Case(
            ES256,
            number(record["Qx"]) + number(record["Qy"]),
            bytes.fromhex(record["Msg"]),
            number(record["R"]) + number(record["S"]),
            record.get("Result", "P").startswith("P"),
            f"{path.name} {record.get('Result', '')}",
        )
        for record in records(path, ending)
        if record["section"] == "P-256,SHA-256"
    ]


def test_nist_ecdsa_verification(any_micropython: Interpreter) -> None:
    cases = ecdsa(ECDSA / "SigVer.rsp", "Result")
    assert {case.valid for case in cases} == {True, False}
    assert check(cases, any_micropython) == 15


def test_nist_ecdsa_generation_with_comb_tables(any_micropython: Interpreter) -> None:
    cases = ecdsa(ECDSA / "SigGen.rsp", "S")
    tables = [
        Case(ES256, c.key, c.message, c.signature, True, c.why, make_table(ES256, c.key))
        for c in cases
    ]
    assert check(cases + tables, any_micropython) == 30


def test_nist_public_key_validation(any_micropython: Interpreter) -> None:
    """Exactly the good keys come back from their x and the parity of their y."""
    keys = []
    for record in records(ECDSA / "PKV.rsp", "Result"):
        x, y = int(record["Qx"], 16), int(record["Qy"], 16)
        if record["section"] == "P-256" and max(x, y) < 1 << 256:
            keys.append((number(record["Qx"]) + number(record["Qy"]), record["Result"][0] == "P"))
    lines = [f"d {ES256} {key[:32].hex()} {key[63] & 1}" for key, _ in keys]
    same = [
        answer == key.hex()
        for answer, (key, _) in zip(answers(lines, any_micropython), keys, strict=True)
    ]
    assert same == [good for _, good in keys]
    assert {good for _, good in keys} == {True, False}


def test_rfc_8032_and_its_authors_thousand(any_micropython: Interpreter) -> None:
    cases = []
    for line in ED25519.read_text().splitlines():
        _, key, message, signed, _ = line.split(":")
        signature, text = bytes.fromhex(signed)[:64], bytes.fromhex(message)
        public = bytes.fromhex(key)
        cases.append(Case(EDDSA, public, text, signature, True, "as published"))
        cases.append(Case(EDDSA, public, text + b"\0", signature, False, "a byte more"))
    assert check(cases[::4] if any_micropython.word_bits == 64 else cases, any_micropython) >= 512


def test_nist_pss_has_salts_of_another_length(any_micropython: Interpreter) -> None:
    """NIST's signatures have salts of 10 bytes: right in every other way, refused all the same."""
    cases = [
        Case(
            PS256,
            bytes.fromhex(record["n"]),
            bytes.fromhex(record["Msg"]),
            bytes.fromhex(record["S"]),
            False,
            record["section"],
        )
        for record in records(PSS, "Result")
        if record["SHAAlg"] == "SHA256" and record["section"] in ("mod=2048", "mod=3072")
    ]
    assert check(cases, any_micropython) > 10


def test_gb_t_32918_example(any_micropython: Interpreter) -> None:
    """GB/T 32918.5-2017, annex A.2: the signature on the recommended curve."""
    key = bytes.fromhex(
        "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    )
    signature = bytes.fromhex(
        "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
        "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    )
    cases = [
        Case(SM2, key, b"message digest", signature, True, "as published"),
        Case(SM2, key, b"message digest.", signature, False, "another message"),
        Case(SM2, key, b"message digest", signature[32:] + signature[:32], False, "s || r"),
    ]
    assert check(cases, any_micropython) == 3


def test_sm3(any_micropython: Interpreter) -> None:
    lines, digests = [], []
    for record in records(SM3, "MD"):
        message = bytes.fromhex(record["Msg"])[: int(record["Len"]) // 8]
        for cut in {0, len(message) // 3, len(message)}:
            lines.append(f"h sm3 {message.hex() or '-'} {cut}")
            digests.append(record["MD"])
    assert answers(lines, any_micropython) == digests


def test_sha512_against_hashlib(any_micropython: Interpreter) -> None:
    texts = [bytes(range(256))[:size] * 3 for size in range(0, 256, 7)]
    lines = [f"h sha512 {text.hex() or '-'} {len(text) // 2}" for text in texts]
    assert answers(lines, any_micropython) == [sha512(text).hexdigest() for text in texts]

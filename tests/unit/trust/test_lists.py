"""Trust lists in the shapes of national back ends, each with the same two certificates."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import serialization

from host_tools.bundles import imports, lists
from host_tools.bundles.imports import Imported, import_data, import_files
from host_tools.bundles.lists import Finding
from host_tools.keys.public import encode64url
from host_tools.names import DCC_CLAIMS
from host_tools.problems import Failure

from .test_import import EC, RSA, certificate, kid, pem

ONE, TWO = certificate(EC, serial=7), certificate(RSA, serial=8)
KIDS = [bytes.fromhex(kid(der)) for der in (ONE, TWO)]
KID1, KID2 = (base64.b64encode(one).decode() for one in KIDS)
B1, B2 = (base64.b64encode(der).decode() for der in (ONE, TWO))
POINT = EC.public_key().public_numbers()
X, Y = (encode64url(value.to_bytes(32, "big")) for value in (POINT.x, POINT.y))
MODULUS = encode64url(RSA.public_key().public_numbers().n.to_bytes(256, "big"))


def spki(key: Any) -> str:
    encoding, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    return base64.b64encode(key.public_key().public_bytes(encoding, form)).decode()


def text(document: object) -> bytes:
    return json.dumps(document).encode()


GATEWAY = [
    {"kid": KID1, "country": "AT", "certificateType": "DSC", "rawData": B1, "signature": "x"},
    {"kid": KID2, "country": "AT", "certificateType": "DSC", "rawData": B2, "signature": "x"},
]
SHAPES = {
    "the gateway's": text(GATEWAY),
    "Germany's: a line of signature before it": b"MEUCIQ==\n" + text({"certificates": GATEWAY}),
    "in a JWS": b".".join((b"eyJh", encode64url(text({"list": GATEWAY})).encode(), b"sig")),
    "certificates in PEM": text([{"kid": KID1, "certificate": pem(ONE).decode()},
                                 {"kid": KID2, "certificate": pem(TWO).decode()}]),
    "France's and Italy's: by kid": text({"certificatesDCC": {KID1: B1, KID2: B2}}),
    "base64 of PEM": text({KID1: base64.b64encode(pem(ONE)).decode(), KID2: B2}),
    "Sweden's: JWKs by country": text(
        {"AT": {"keys": [{"kid": KID1, "kty": "EC", "crv": "P-256", "x": X, "y": Y, "x5c": [B1]},
                         {"kid": KID2, "kty": "RSA", "n": MODULUS, "e": "AQAB", "x5c": [B2]}]}}),
    "Switzerland's": text(
        {"certs": [{"keyId": KID1, "use": "sig", "alg": "ES256", "crv": "P-256", "x": X, "y": Y},
                   {"keyId": KID2, "use": "sig", "n": MODULUS, "e": "AQAB"}]}),
    "the Netherlands'": text(
        {"eu_keys": {KID1: [{"subjectPk": spki(EC), "keyUsage": ["v", "t", "r"]}],
                     KID2: [{"subjectPk": spki(RSA), "keyUsage": []}]}}),
    "Austria's: CBOR": cbor2.dumps(
        {"c": [{"i": KIDS[0], "c": ONE}, {"i": KIDS[1], "c": TWO}]}),
    "base64 a line": f"{B1}\n{B2}\n".encode(),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_gives_the_same_keys(shape: str) -> None:
    findings = list(import_data(SHAPES[shape], "list"))
    assert [finding.problem for finding in findings] == ["", ""]
    entries = [finding.entry for finding in findings if finding.entry]
    assert {entry.kid for entry in entries} == set(KIDS)
    assert {(entry.alg, len(entry.key)) for entry in entries} == {(-7, 64), (-37, 256)}
    assert {entry.claims for entry in entries} == {DCC_CLAIMS}
    assert all(entry.formats & 2 for entry in entries)


def test_usages_of_a_list_limit_the_claims() -> None:
    swiss = {"keyId": KID1, "use": "v", "crv": "P-256", "x": X, "y": Y}
    dutch = {KID1: [{"subjectPk": spki(EC), "keyUsage": ["t", "r"]}]}
    masks = [next(import_data(text(one), "list")).entry.claims for one in (swiss, dutch)]  # type: ignore[union-attr]
    assert masks == [4, 8 | 16]


def only(document: object) -> Finding:
    (finding,) = import_data(text(document), "list")
    return finding


def test_how_the_kid_of_a_jwk_is_read() -> None:
    jwk = {"kty": "EC", "crv": "P-256", "x": X, "y": Y}
    forms = {
        "AQIDBAUGBwg": bytes(range(1, 9)),  # what encoders make of 8 bytes
        "AQIDBA==": bytes(range(1, 5)),  # and of 4
        "issuer-1": b"issuer-1",
        "上海": "上海".encode(),
    }
    for given, expected in forms.items():
        entry = only({**jwk, "kid": given}).entry
        assert entry is not None
        assert entry.kid == expected
    as_text = next(lists.walk({**jwk, "kid": "AQIDBAUGBwg"}, "list", "text")).entry
    assert as_text is not None
    assert as_text.kid == b"AQIDBAUGBwg"
    long = only({**jwk, "kid": "x" * 40}).entry
    none = only(jwk).entry
    assert long is not None
    assert none is not None
    assert long.kid == none.kid
    assert len(none.kid) == 8


def test_a_private_jwk_is_imported_without_its_secret() -> None:
    finding = only({"kty": "EC", "crv": "P-256", "x": X, "y": Y, "d": "AAAA"})
    assert finding.entry is not None
    assert "private" in finding.problem


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ([{"kid": KID1, "certificate": "no certificate"}], "not base64"),
        ([{"kid": KID1, "certificate": B1[:200]}], "not a readable"),
        ({"keys": [{"kty": "EC", "crv": "P-256", "x": X, "y": Y, "use": "enc"}]}, "use"),
        ({"keys": [{"kty": "EC", "crv": "P-256", "x": X, "y": Y, "x5c": [B2]}]}, "another key"),
        ({"keys": [{"kty": "oct", "k": "AA"}]}, "oct"),
        ({"subjectPk": spki(EC)}, "kid"),
    ],
)
def test_what_is_wrong_with_an_item_is_said(document: object, says: str) -> None:
    finding = only(document)
    assert finding.entry is None
    assert says in finding.problem


def test_a_document_without_keys_and_one_too_deep(tmp_path: Path) -> None:
    deep: object = B1
    for _ in range(lists.MAX_DEPTH + 1):
        deep = [deep]
    for name, document, says in (
        ("none.json", {"a": [1, "b", None]}, "no certificate"),
        ("deep.json", deep, "deeper"),
    ):
        file = tmp_path / name
        file.write_bytes(text(document))
        result = import_files([file])
        assert result.entries == []
        assert says in result.warnings[0]
        assert result.warnings[0].startswith(str(file))
    (tmp_path / "parser.json").write_bytes(b"[" * 100000)
    assert import_files([tmp_path / "parser.json"]).entries == []


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Failure, match="cannot be read"):
        import_files([tmp_path / "absent"])
    monkeypatch.setattr(imports, "MAX_FILE", 10)
    (tmp_path / "large").write_bytes(bytes(11))
    with pytest.raises(Failure, match="larger"):
        import_files([tmp_path / "large"])


def test_the_published_certificates_are_imported(shared_vectors: Path, tmp_path: Path) -> None:
    lines = (shared_vectors / "dcc.jsonl").read_text().splitlines()
    certificates = {json.loads(line)["certificate"] for line in lines} - {None, ""}
    for number, certificate_text in enumerate(sorted(certificates)):
        (tmp_path / f"{number}.txt").write_text(certificate_text)
    result: Imported = import_files(sorted(tmp_path.iterdir()))
    assert result.warnings == []
    assert len(result.entries) == len(certificates)
    limited = [entry for entry in result.entries if entry.claims != DCC_CLAIMS]
    assert len(limited) == 9  # CO6 to CO14: each of the three usages

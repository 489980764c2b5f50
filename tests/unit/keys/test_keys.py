"""Keys of every kind: made, encrypted, stored, written in other forms, and used to sign."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from host_tools.bundles.entry import TrustEntry, compile_trust
from host_tools.codes import oc1
from host_tools.keys import public
from host_tools.keys.private import NAMES, PassphraseError, PrivateKey, generate, load_pem
from host_tools.keys.public import KeyFormError, from_jwk, from_spki, thumbprint
from host_tools.keys.store import KeyStore, load_private
from host_tools.names import EDDSA, ES256
from host_tools.problems import Failure
from host_tools.verifying.service import Service

from ..gatectl import gatectl, works

PHRASE = b"correct horse"


@pytest.fixture(scope="module")
def pairs() -> dict[str, PrivateKey]:
    return {name: generate(alg) for name, alg in NAMES.items()}


@pytest.mark.parametrize("name", NAMES)
def test_public_halves_survive_every_form(pairs: dict[str, PrivateKey], name: str) -> None:
    key = pairs[name].public
    assert from_spki(key.pem().encode()) == key
    assert from_jwk(key.jwk()) == key
    assert from_jwk({**key.jwk(), "alg": None}) == key
    assert public.decode64(key.jwk()["kid"]) == key.kid


@pytest.mark.parametrize("name", NAMES)
def test_private_halves_survive_pem(pairs: dict[str, PrivateKey], name: str) -> None:
    for phrase in (None, PHRASE):
        data = pairs[name].pem(phrase)
        assert load_pem(data, phrase).public == pairs[name].public
        assert (b"ENCRYPTED PRIVATE KEY" in data) == (phrase is not None)
    assert load_pem(pairs[name].pem(), PHRASE).public == pairs[name].public
    for wrong in (None, b"wrong"):
        with pytest.raises(PassphraseError):
            load_pem(pairs[name].pem(PHRASE), wrong)


def test_thumbprint_of_rfc_8037() -> None:
    """Appendix A.3, an Ed25519 key."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    expected = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert public.encode64url(thumbprint(from_jwk(jwk))) == expected


@pytest.mark.parametrize(
    "jwk",
    [
        {"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43},
        {"kty": "EC", "crv": "P-256", "x": "A" * 43},
        {"kty": "EC", "crv": "P-256", "x": "A" * 44, "y": 1},
        {"kty": "OKP", "crv": "X25519", "x": "A" * 43},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA", "n": "_" * 342, "e": "Aw"},
        {"kty": "oct", "k": "AA"},
        {"kty": "RSA", "n": "_" * 342, "e": "AQAB", "alg": "RS256"},
        {},
    ],
)
def test_keys_that_the_gate_cannot_use_are_refused(jwk: dict[str, object]) -> None:
    with pytest.raises(KeyFormError):
        from_jwk(jwk)


def test_a_private_key_of_another_curve_is_refused() -> None:
    data = ec.generate_private_key(ec.SECP384R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with pytest.raises(KeyFormError, match="secp384r1"):
        load_pem(data)


def test_a_store_gives_names_and_keeps_what_it_has(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys")
    assert store.everything() == []
    names = [store.new("issuer", ES256).name for _ in range(3)]
    assert names == ["issuer", "issuer-2", "issuer-3"]
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    with pytest.raises(Failure, match="already"):
        store.new("operator", EDDSA, "issuer")
    for name in ("Issuer", "../issuer", "a" * 33, "", "a.b"):
        with pytest.raises(Failure, match="is not a name"):
            store.new("issuer", ES256, name)
    assert store.find("issuer-2.issuer").public == store.find("issuer-2").public
    with pytest.raises(Failure, match="did you mean issuer"):
        store.find("isuer")


def test_what_is_missing_or_damaged_is_named(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    plain = store.new("issuer", ES256, "plain")
    sealed = store.new("issuer", ES256, "sealed", PHRASE)
    for key in (plain, sealed):
        assert key.private is not None
        key.private.with_suffix(".pub.pem").unlink()
    assert store.find("plain").public == plain.public
    with pytest.raises(Failure, match="openssl pkey"):
        store.find("sealed")
    plain.private.write_text("nothing")  # type: ignore[union-attr]
    with pytest.raises(Failure, match=r"plain\.issuer\.pem"):
        load_private("plain", store, None)


def test_a_private_file_is_never_readable_by_others(tmp_path: Path) -> None:
    """Not even for a moment, and whatever the umask is."""
    before = os.umask(0)
    try:
        key = KeyStore(tmp_path / "keys").new("device", ES256)
    finally:
        os.umask(before)
    assert key.private is not None
    assert stat.S_IMODE(key.private.stat().st_mode) == 0o600
    key.private.chmod(0o640)
    done = gatectl("keys", "list", "--json", cwd=tmp_path)
    assert "chmod 600" in done.stderr
    assert [one["exposed"] for one in json.loads(done.stdout)] == [True]


def test_encrypted_keys_sign_with_their_passphrase_alone(tmp_path: Path) -> None:
    (tmp_path / "phrase").write_bytes(PHRASE + b"\n")
    (tmp_path / "wrong").write_text("wrong\n")
    (tmp_path / "p.yaml").write_text(
        "subject: 0011223344556677\nhealth: {jurisdiction: CN, colour: green}\n"
    )
    works("keys", "new", "issuer", "--passphrase-file", "phrase", cwd=tmp_path)
    works("keys", "new", "operator", cwd=tmp_path)  # not encrypted: needs none
    assert b"ENCRYPTED" in (tmp_path / "keys" / "issuer.issuer.pem").read_bytes()
    code = works("issue", "p.yaml", "--passphrase-file", "phrase", cwd=tmp_path)
    assert code.startswith("OC1:")
    for options in ((), ("--passphrase-file", "wrong")):
        done = gatectl("issue", "p.yaml", *options, cwd=tmp_path)
        assert done.returncode == 1
        assert "passphrase" in done.stderr


def test_usage_errors_are_told_apart(tmp_path: Path) -> None:
    assert gatectl("keys", "new", "isuer", cwd=tmp_path).returncode == 2
    assert gatectl("keys", "new", "issuer", "--alg", "dsa", cwd=tmp_path).returncode == 2
    assert gatectl("keys", "new", "holder", "--alg", "ed25519", cwd=tmp_path).returncode == 2
    assert gatectl("keys", "new", "holder", "--alg", "sm2", cwd=tmp_path).returncode == 2
    unknown = gatectl("keys", "shwo", cwd=tmp_path)
    assert unknown.returncode == 2
    assert "did you mean show?" in unknown.stderr


@pytest.mark.parametrize("name", NAMES)
def test_the_firmware_accepts_what_each_kind_of_key_signs(
    pairs: dict[str, PrivateKey], name: str
) -> None:
    key = pairs[name]
    said = oc1.Said(key, {1: [[31, 1, 0]]}, 1_790_000_000, 1_790_003_600)
    text = oc1.issue(bytes(8), [said])
    entry = TrustEntry(key.public.kid, key.alg, key.public.raw, name, 0, 2**32 - 1, 1)
    with Service(trust=compile_trust([entry])) as gate:
        answer = gate.verify(text.encode(), 1_790_000_060)
    assert answer["ok"], answer
    assert answer["issuer"] == name

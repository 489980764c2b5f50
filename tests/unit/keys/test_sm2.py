"""SM2 keys on the host: the standard's examples, OpenSSL's files, and what the firmware says."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from gmssl.sm2 import CryptSM2

from host_tools.bundles import certificates
from host_tools.bundles.entry import TrustEntry, compile_trust
from host_tools.bundles.imports import Overrides, import_files
from host_tools.codes import oc1
from host_tools.interpreter import Interpreter
from host_tools.kernels.combs import make_table
from host_tools.kernels.curves import SM2 as CURVE
from host_tools.keys import asn1, pem, sm2
from host_tools.keys.private import PassphraseError, PrivateKey, generate, load_pem
from host_tools.keys.public import KeyFormError, PublicKey, from_jwk, from_spki
from host_tools.keys.store import KeyStore
from host_tools.names import SM2
from host_tools.verifying.service import Service

from ..crypto.batch import Case, check

FILES = Path(__file__).with_name("sm2")
PHRASE = b"correct horse"
NOW = 1_795_600_000
_NOWHERE = b"\x02" + bytes(31) + b"\x02"  # no point has this x


def file(name: str) -> bytes:
    return (FILES / f"{name}.pem").read_bytes()


def number(text: str) -> int:
    return int(text.replace(" ", ""), 16)


OPENSSL = sm2.Sm2Key(number("994A72FC9C7D272CA806E0EA4BC96916459F952D1BC333E12DEAC81A17D07D17"))


def test_the_example_of_gbt_32918_5() -> None:
    """Appendix A: signature on the standard's curve, with the usual signer's id."""
    key = sm2.Sm2Key(
        number("3945208F 7B2144B1 3F36E38A C6D39F95 88939369 2860B51A 42FB81EF 4DF7C5B8")
    )
    assert key.raw.hex() == (
        "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
        "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
    )
    digest = sm2.digest_of(b"message digest", key.raw)
    assert digest.hex() == "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640"
    k = number("59276E27 D506861A 16680F3A D9C02DCC EF3CC1FA 3CDBE4CE 6D54B80D EAC1BC21")
    signature = key.sign_digest(digest, k)
    assert signature is not None
    assert signature.hex() == (
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
        "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
    )


def test_the_library_on_the_example_of_gbt_32918_2() -> None:
    """Appendix A.2, on that part's own example curve: gmssl's arithmetic is not tied to one."""
    curve = {
        "p": "8542D69E4C044F18E8B92435BF6FF7DE457283915C45517D722EDB8B08F1DFC3",
        "a": "787968B4FA32C3FD2417842E73BBFEFF2F3C848B6831D7E0EC65228B3937E498",
        "b": "63E4C6D3B23B0C849CF84241484BFE48F61D59A5B16BA06E6E12D1DA27C5249A",
        "n": "8542D69E4C044F18E8B92435BF6FF7DD297720630485628D5AE74EE7C32E79B7",
        "g": "421DEBD61B62EAB6746434EBC3CC315E32220B3BADD50BDC4C4E6C147FEDD43D"
             "0680512BCBB42C07D47349D2153B70C4E5D7FDFCBFA36EA1A85841B9E46E09A2",
    }  # fmt: skip
    secret = "128B2FA8BD433C6C068C8D803DFF79792A519A55171B1B650C23661D15897263"
    digest = bytes.fromhex("B524F552CD82B8B028476E005C377FB19A87E6FC682D48BB5D42E3D9B9EFFE76")
    k = "6CB28D99385C175C94F94E934817663FC176D925DD72B727260DBAAE1FB2F96F"
    made = CryptSM2(private_key=secret, public_key="", ecc_table=curve).sign(digest, k)
    assert made.upper() == (
        "40F1EC59F793D9F49E09DCEF49130D4194F79FB1EED2CAA55BACDB49C4E755D1"
        "6FC6DAC32C5D5CF10C77DFB20F7C2EB667A457872FB09EC56327A67EC7DEEBE7"
    )


def test_signing_twice_gives_the_same_and_other_content_another_number() -> None:
    """RFC 6979: no random number to get wrong, none that two signatures share."""
    first, second = (OPENSSL.sign(b"one") for _ in range(2))
    assert first == second
    seen = {OPENSSL.sign(bytes([n]))[:32] for n in range(20)}
    seen |= {sm2.Sm2Key(n).sign(b"one")[:32] for n in range(1, 20)}
    assert len(seen) == 39


def keys(count: int) -> Iterator[sm2.Sm2Key]:
    """Secrets at the edges and at random, some with a public key that begins with 04 or zeros."""
    yield from map(sm2.Sm2Key, (1, 2, 3, CURVE.n // 2, CURVE.n - 3, CURVE.n - 2))
    rng = random.Random(32918)
    odd = 0
    while count or not odd:
        key = sm2.Sm2Key(rng.randrange(1, CURVE.n - 1))
        if key.raw[0] in (0, 0x04, 0x44, 0x40) and odd < 4:
            odd += 1
            yield key
        elif count:
            count -= 1
            yield key


def test_the_firmware_accepts_every_signature(any_micropython: Interpreter) -> None:
    rng = random.Random(2)
    cases = []
    for key in keys(20):
        message = rng.randbytes(rng.choice((0, 1, 55, 56, 64, 119, 300)))
        signature = key.sign(message)
        cases.append(Case(SM2, key.raw, message, signature, True, "signed by the host"))
        cases.append(Case(SM2, key.raw, message + b"x", signature, False, "another message"))
    check(cases, any_micropython)


def test_a_signature_of_openssl(any_micropython: Interpreter) -> None:
    """Made by `openssl pkeyutl -sign -rawin -digest sm3`, from DER to r || s."""
    signature = bytes.fromhex(
        "42899af78f6c65a1f3016d5c6439ca59f28572967d72922dd43eeb01d1f9bf43"
        "d39cd902fa0886cdb5b0373d8436d9ea28905055d2dd41d096bb7da539b9cd8d"
    )
    case = Case(SM2, OPENSSL.raw, b"message digest", signature, True, "OpenSSL")
    check([case], any_micropython)


@pytest.mark.parametrize("secret", [0, -1, CURVE.n - 1, CURVE.n, CURVE.n + 1, 2**256])
def test_secrets_outside_the_range(secret: int) -> None:
    with pytest.raises(sm2.Sm2Error):
        sm2.Sm2Key(secret)


def test_a_secret_is_in_no_message() -> None:
    assert repr(PrivateKey(OPENSSL)) == "PrivateKey(native=Sm2Key())"


def test_every_form_that_openssl_writes() -> None:
    for name in ("pkcs8", "sec1"):
        assert load_pem(file(name)).native == OPENSSL
    assert load_pem(file("encrypted"), PHRASE).native == OPENSSL
    assert load_pem(file("pkcs8"), PHRASE).native == OPENSSL, "a passphrase that is not needed"
    for name in ("public", "compressed"):
        assert from_spki(file(name)) == PublicKey(SM2, OPENSSL.raw)
    ((_, der),) = pem.read(file("public"))
    assert from_spki(der) == PublicKey(SM2, OPENSSL.raw)
    assert sm2.public_pem(OPENSSL.raw) == file("public")
    assert OPENSSL.pem() == file("pkcs8")


def test_encrypted_keys_and_their_passphrase() -> None:
    for wrong in (None, b"", b"wrong"):
        with pytest.raises(PassphraseError):
            load_pem(file("encrypted"), wrong)
    with pytest.raises(KeyFormError, match="AES-256-CBC"):
        load_pem(file("unusual"), PHRASE)
    key = generate(SM2)
    sealed = key.pem(PHRASE)
    assert b"ENCRYPTED" in sealed
    assert load_pem(sealed, PHRASE) == key


def test_points_that_are_none() -> None:
    x, y = OPENSSL.raw[:32], OPENSSL.raw[32:]
    over = (int.from_bytes(x, "big") + CURVE.p).to_bytes(33, "big")[-32:]
    for raw in (y + x, bytes(64), x + x, over + y, b"\xff" * 64, x, OPENSSL.raw + b"\0"):
        with pytest.raises(sm2.Sm2Error):
            sm2.check(raw)
        with pytest.raises(KeyFormError):
            from_spki(asn1.write_public(b"\x04" + raw))
    for point in (
        b"",
        b"\x04",
        b"\0",
        b"\x05" + x,
        b"\x06" + OPENSSL.raw,
        _NOWHERE,
        b"\x02" + b"\xff" * 32,
    ):
        with pytest.raises(sm2.Sm2Error):
            sm2.public_of(point)
    jwk = PublicKey(SM2, OPENSSL.raw).jwk()
    assert (jwk["kty"], jwk["crv"], jwk["alg"]) == ("EC", "SM2", "SM2")
    assert from_jwk(jwk).raw == OPENSSL.raw
    for change in ({"x": jwk["y"]}, {"crv": "P-256"}, {"alg": "ES256"}, {"y": "AA"}):
        with pytest.raises(KeyFormError):
            from_jwk({**jwk, **change})


def test_a_public_key_of_another_secret_is_noticed() -> None:
    der = asn1.write_private(bytes(31) + b"\x07", b"\x04" + OPENSSL.raw)
    with pytest.raises(KeyFormError, match="another secret"):
        load_pem(pem.write("PRIVATE KEY", der))


def test_der_that_is_damaged_is_never_a_key_of_ours() -> None:
    ((_, der),) = pem.read(file("pkcs8"))
    for size in range(len(der)):
        assert asn1.read_private(der[:size]) is None
    assert asn1.read_private(der + b"\0") is None
    ((_, der),) = pem.read(file("public"))
    for size in range(len(der)):
        assert asn1.read_public(der[:size]) is None


def test_a_certificate_names_an_issuer_of_combined_codes(tmp_path: Path) -> None:
    (tmp_path / "shanghai.pem").write_bytes(file("certificate"))
    imported = import_files([tmp_path / "shanghai.pem"], Overrides(), "auto")
    (entry,) = imported.entries
    assert (entry.alg, entry.key) == (SM2, OPENSSL.raw)
    assert (entry.kid, entry.name) == (PublicKey(SM2, OPENSSL.raw).kid, "CN Shanghai health")
    said = oc1.Said(PrivateKey(OPENSSL), {1: [[31, 1, 0]]}, NOW, NOW + 3600)
    with Service(trust=compile_trust([entry])) as gate:
        answer = gate.verify(oc1.issue(bytes(8), [said]).encode(), NOW)
    assert (answer["ok"], answer["issuer"]) == (True, "CN Shanghai health"), answer


def test_a_certificate_for_encryption_is_refused() -> None:
    (der,) = (certificates.pem_to_der(one) for one in certificates.split_pem(file("encryption")))
    with pytest.raises(KeyFormError, match="the one of the pair that is to sign"):
        certificates.entry_of(der, "test")


def test_a_certificate_with_a_point_off_the_curve() -> None:
    (der,) = (
        certificates.pem_to_der(block) for block in certificates.split_pem(file("certificate"))
    )
    at = der.index(OPENSSL.raw)
    damaged = der[:at] + bytes([der[at] ^ 1]) + der[at + 1 :]
    with pytest.raises(KeyFormError, match="SM2"):
        certificates.entry_of(damaged, "test")


def test_keys_of_a_store(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    plain = store.new("issuer", SM2, "plain")
    sealed = store.new("operator", SM2, "sealed", PHRASE)
    assert store.find("plain").public == plain.public
    assert store.find("sealed").public == sealed.public
    assert {key.public.algorithm for key in store.everything()} == {"SM2"}


def test_a_table_of_the_key_makes_no_difference() -> None:
    key = generate(SM2)
    said = oc1.Said(key, {1: [[31, 1, 0]]}, NOW, NOW + 3600)
    code = oc1.issue(bytes(8), [said]).encode()

    for table in (None, make_table(SM2, key.public.raw)):
        entry = TrustEntry(key.public.kid, SM2, key.public.raw, "S", 0, 2**32 - 1, 31, table=table)
        with Service(trust=compile_trust([entry])) as gate:
            assert gate.verify(code, NOW)["ok"]
            assert gate.verify(code[:-3] + b"000", NOW)["reason"] == "signature_invalid"

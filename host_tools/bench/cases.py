"""The work that is measured: fixed keys, fixed messages, so that counts repeat to the digit."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from gmssl import func, sm3

from host_tools import yaml_file
from host_tools.bundles import build
from host_tools.bundles.entry import TrustEntry
from host_tools.bundles.site import read_site
from host_tools.codes import hc1
from host_tools.codes.oc1 import Said, issue
from host_tools.codes.person import ClaimSet
from host_tools.kernels import curves
from host_tools.kernels.combs import make_table
from host_tools.keys.private import PrivateKey
from host_tools.names import EDDSA, ES256, PS256, SM2

NOW = 1_790_000_000
DAY = 86400
MESSAGE = hashlib.shake_128(b"gate bench").digest(300)  # as long as what an issuer signs
LAST_BYTES = 120  # of a code: what an ESP32's UART hands over at a time
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """One piece of work. name: of the table's row. body: what device/work.py reads.

    files: what lies in the current folder. alg: of the signature, when there is one in it.
    """

    name: str
    body: dict[str, Any]
    files: dict[str, bytes] = field(default_factory=dict)
    plain: bool = False  # whether there is a plain version to compare with

    @property
    def slug(self) -> str:
        """The name as a file may have it."""
        return "".join(c if c.isalnum() else "-" for c in self.name.lower())


def _scalar(label: str) -> int:
    return int.from_bytes(hashlib.sha256(label.encode()).digest(), "big") >> 1


def _es256(label: str) -> PrivateKey:
    return PrivateKey(ec.derive_private_key(_scalar(label), ec.SECP256R1()))


def _sm2_signature(label: str) -> tuple[bytes, bytes]:
    """A key and its signature over MESSAGE (GB/T 32918.2 6.1)."""
    curve, d, k = curves.SM2, _scalar(label), _scalar(label + " nonce")
    q, kg = curve.multiply(d, curve.g), curve.multiply(k, curve.g)
    assert q is not None
    assert kg is not None
    key = q[0].to_bytes(32, "big") + q[1].to_bytes(32, "big")
    numbers = (curve.p - 3, curve.b, *curve.g)
    prefix = b"\x00\x801234567812345678" + b"".join(n.to_bytes(32, "big") for n in numbers) + key
    z = bytes.fromhex(sm3.sm3_hash(func.bytes_to_list(prefix)))
    e = int(sm3.sm3_hash(func.bytes_to_list(z + MESSAGE)), 16)
    r = (e + kg[0]) % curve.n
    s = pow(1 + d, -1, curve.n) * (k - r * d) % curve.n
    return key, r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _verify(
    name: str, alg: int, key: bytes, signature: bytes, *, table: bool = False, plain: bool = True
) -> Case:
    body = {
        "kind": "verify",
        "alg": alg,
        "key": key.hex(),
        "message": MESSAGE.hex(),
        "signature": signature.hex(),
        "table": make_table(alg, key).hex() if table else "",
    }
    return Case(name, body, plain=plain)


def verifications() -> list[Case]:
    """Every algorithm, with a cached key and without."""
    es256 = _es256("es256")
    edwards = PrivateKey(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    sm2_key, sm2_signature = _sm2_signature("sm2")
    found = []
    for name, alg, key, signature in (
        ("ES256", ES256, es256.public.raw, es256.sign(MESSAGE)),
        ("SM2", SM2, sm2_key, sm2_signature),
        ("Ed25519", EDDSA, edwards.public.raw, edwards.sign(MESSAGE)),
    ):
        for table in (True, False):
            label = "cached" if table else "first seen"
            found.append(_verify(f"{name} {label}", alg, key, signature, table=table))
    for entry in json.loads((_HERE / "ps256.json").read_text()):
        key, signature = (bytes.fromhex(entry[part]) for part in ("key", "signature"))
        found.append(_verify(f"PS256 {entry['bits']}", PS256, key, signature, plain=False))
    return found


def hashes() -> list[Case]:
    """The hashes that MicroPython does not have."""
    expected = {
        "sm3": bytes.fromhex(sm3.sm3_hash(func.bytes_to_list(MESSAGE))),
        "sha512": hashlib.sha512(MESSAGE).digest(),
    }
    return [
        Case(
            f"{label} of {len(MESSAGE)} bytes",
            {
                "kind": "hash",
                "hash": name,
                "message": MESSAGE.hex(),
                "expected": expected[name].hex(),
            },
        )
        for name, label in (("sm3", "SM3"), ("sha512", "SHA-512"))
    ]


@lru_cache(maxsize=1)
def certificate_code() -> str:
    """An HC1 code of about 600 characters: the most common kind, two doses, real lengths."""
    document = hc1.vaccination("AT", 2, 2, "2026-06-15")
    document["nam"] = {
        "fn": "Musterfrau-Gößinger",
        "fnt": "MUSTERFRAU<GOESSINGER",
        "gn": "Gabriele",
        "gnt": "GABRIELE",
    }
    document["v"][0]["is"] = "Ministry of Health, Austria"  # type: ignore[index]
    document["v"][0]["ci"] = "URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813#B"  # type: ignore[index]
    key = _es256("foreign")
    return hc1.issue(key, key.public.kid, document, "AT", NOW - 30 * DAY, NOW + 300 * DAY)


@lru_cache(maxsize=1)
def aggregate_code() -> str:
    """An OC1 code whose one issuer vouches for health, travel, vaccination and a test."""
    claims: ClaimSet = {
        1: [[31, 1, 60]],
        2: [[0, 14, {31: 0, 3205: 6}]],
        3: [[0, "BBIBP-CorV", 3, 3, 20100]],
        4: [[31, 1, 0, 600]],
    }
    said = Said(_es256("platform"), claims, NOW - 3600, NOW + DAY)
    return issue(bytes(range(12)), [said], _es256("holder").public)


@lru_cache(maxsize=1)
def combined_code() -> str:
    """An OC1 code of about 600 characters: three issuers, each with a claim and its signature."""
    claims: tuple[ClaimSet, ...] = (
        {1: [[31, 1, 60]]},
        {2: [[0, 14, {31: 0, 3205: 6}]]},
        {3: [[0, "BBIBP-CorV", 3, 3, 20100]]},
    )
    said = [
        Said(_es256(f"issuer {i}"), claim, NOW - 3600, NOW + DAY) for i, claim in enumerate(claims)
    ]
    return issue(bytes(range(12)), said, _es256("holder").public)


def decodings() -> list[Case]:
    """From text to what was signed and the decoded claims, of both forms."""
    return [
        Case(f"{stages} of {len(code)} characters, {form}", {"kind": "decode", "code": code})
        for stages, code, form in (
            ("base45, inflate, CBOR, COSE", certificate_code(), "HC1"),
            ("base45, CBOR, COSE", combined_code(), "OC1 of three issuers"),
        )
    ]


def _site_files() -> dict[str, bytes]:
    """What the terminal of a site has on its file system, the platform's key with its table."""
    platform = _es256("platform")
    key = platform.public
    operators = [_es256(f"operator {i}") for i in range(2)]
    text = _HERE / "site.yaml"
    site = read_site(yaml_file.load(text), NOW, lambda name: {"platform": key}[name])
    issuers = tuple(
        TrustEntry(**{**vars(entry), "table": make_table(entry.alg, entry.key)})
        for entry in site.issuers
    )
    site = type(site)(**{**vars(site), "issuers": issuers})
    board = 'NAME = "bench"\nRELAYS = ((10, 0),)\nREADERS = (("plain", 1, 4, 5, 9600),)\n'
    board += (
        "LANES = (((0,), (0,), None, None, None),)\nFIRE = TAMPER = LOCK = MAINTENANCE = None\n"
    )
    board += "GREEN = RED = PIXELS = BUZZER = I2C = SPI = DISPLAY = RTC = NETWORK = None\n"
    board += "FLASH_KB = 4096\nPSRAM = False\n"
    return {
        "board.py": board.encode(),
        "site/gate.json": b'{"gate": "A-1"}',
        "site/incoming.bin": build.build(site, operators),
        "site/root.cbor": build.root([operator.public for operator in operators], 2),
    }


def decision() -> Case:
    """A whole decision: from the code's last bytes to the relay."""
    code = aggregate_code()
    body = {"kind": "decide", "code": code, "now": NOW, "last": LAST_BYTES}
    return Case(f"decision on an aggregate code of {len(code)} characters", body, _site_files())


def everything() -> list[Case]:
    """All of it, in the table's order."""
    return [*verifications(), *hashes(), *decodings(), decision()]

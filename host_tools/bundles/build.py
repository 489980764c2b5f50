"""Bundles: built and signed, as docs/formats.md has them. The firmware opens them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cbor2

from host_tools.bundles.entry import compile_trust
from host_tools.bundles.site import Site
from host_tools.cbor import encode
from host_tools.keys.private import PrivateKey
from host_tools.keys.public import PublicKey
from host_tools.problems import Failure
from host_tools.revocation import revocation_list

FORMAT = 1
MAX_SIGNERS = 8
_TAG = 98  # COSE_Sign, RFC 9052 4.1
_AAD = b"OCB1"


@dataclass(frozen=True)
class Part:
    """One part of a bundle and its own version."""

    name: str
    version: int
    data: bytes


def parts_of(site: Site) -> list[Part]:
    """The parts that a terminal needs, all of the bundle's own version but for revocations."""
    parts = [
        Part("trust", site.version, compile_trust(site.issuers)),
        Part("policy", site.version, site.policy),
    ]
    if site.values is not None:
        parts.append(Part("values", site.version, site.values))
    if site.revocation is not None:
        made = revocation_list.parts(site.revocation, site.issued)
        parts += [Part(one.name, one.version, one.data) for one in made]
    return parts


def manifest(site: Site, parts: Sequence[Part]) -> bytes:
    """What the operators sign."""
    pinned = [
        [part.name, part.version, len(part.data), hashlib.sha256(part.data).digest()]
        for part in parts
    ]
    return encode(
        {1: FORMAT, 2: site.name, 3: site.version, 4: site.issued, 5: site.expires, 6: pinned}
    )


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """The Sig_structure of one operator (RFC 9052 4.4)."""
    return encode(["Signature", b"", protected, _AAD, payload])


def seal(payload: bytes, parts: Sequence[Part], signers: Sequence[PrivateKey]) -> bytes:
    """The bundle file: the manifest signed by every signer, then the parts."""
    if not 1 <= len(signers) <= MAX_SIGNERS:
        raise Failure(f"a bundle is signed by 1 to {MAX_SIGNERS} operators, not {len(signers)}")
    signatures = []
    for signer in signers:
        protected = encode({1: signer.alg, 4: signer.public.kid})
        signatures.append([protected, {}, signer.sign(to_be_signed(protected, payload))])
    head = encode(cbor2.CBORTag(_TAG, [b"", {}, payload, signatures]))
    return head + b"".join(part.data for part in parts)


def build(site: Site, signers: Sequence[PrivateKey]) -> bytes:
    """The bundle of a site."""
    parts = parts_of(site)
    return seal(manifest(site, parts), parts, signers)


def root_beside(bundle: Path) -> Path:
    """Where the root of those who signed a bundle is written when it is built."""
    return bundle.with_suffix(".root.cbor")


def read_root(bundle: Path, named: Path | None) -> bytes:
    """The root that a bundle is held against: the named file, or else the one beside the bundle."""
    path = named or root_beside(bundle)
    if not path.is_file():
        raise Failure(
            f"{path} is not there: it would say who must have signed {bundle}; "
            "name it with --root, or make it with: gatectl bundle root OPERATOR"
        )
    return path.read_bytes()


def root(keys: Sequence[PublicKey], threshold: int) -> bytes:
    """The root file: which operators sign, and how many of them it takes."""
    unique = {key.raw: key for key in keys}
    if len(unique) != len(keys):
        raise Failure("the same operator key is named twice")
    if not 1 <= len(keys) <= MAX_SIGNERS:
        raise Failure(f"a root has 1 to {MAX_SIGNERS} operator keys, not {len(keys)}")
    if not 1 <= threshold <= len(keys):
        raise Failure(f"a threshold of {threshold} cannot be met by {len(keys)} keys")
    return encode([threshold, [[key.kid, key.alg, key.raw] for key in keys]])

"""Bundles: built and signed, as docs/formats.md has them. The firmware opens them.

A part's version is the version of the bundle in which its content last changed. So it rises when
the content does and only then, as long as the bundle before is at hand; without that all parts are
taken for new, which every terminal takes too, and only makes its update larger.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from host_tools.bundles import root_file
from host_tools.bundles.bundle_file import MAX_ROTATIONS, BundleFile, Manifest, Pinned, Terms
from host_tools.bundles.entry import compile_trust
from host_tools.bundles.sealed import BUNDLE, Sealed
from host_tools.bundles.site import Site
from host_tools.keys.private import PrivateKey
from host_tools.keys.public import PublicKey
from host_tools.problems import Failure
from host_tools.revocation import revocation_list

MAX_SIGNERS = 8


@dataclass(frozen=True)
class Part:
    """One part of a bundle, its own version, and until when it counts."""

    name: str
    version: int
    data: bytes
    terms: Terms

    def pinned(self) -> Pinned:
        digest = hashlib.sha256(self.data).digest()
        return Pinned(self.name, self.version, len(self.data), digest, self.terms)


def parts_of(site: Site, after: BundleFile | None = None) -> list[Part]:
    """The parts that a terminal of the site gets. after: the bundle that it has."""
    made = {"trust": (site.version, compile_trust(site.issuers))}
    made["policy"] = site.version, site.policy
    if site.values is not None:
        made["values"] = site.version, site.values
    if site.revocation is not None:
        listed = revocation_list.parts(site.revocation, site.issued)
        made |= {one.name: (one.version, one.data) for one in listed}
    made |= {name: (site.version, data) for name, data in site.parts.items()}
    parts = []
    for name, (version, data) in made.items():
        part = Part(name, version, data, site.terms_of(name))
        before = after.manifest.part(name) if after else None
        if before is not None:
            same = before.digest == part.pinned().digest
            version = before.version if same else max(version, before.version + 1)
        parts.append(replace(part, version=version))
    return parts


def manifest(site: Site, parts: Sequence[Part]) -> bytes:
    """What the operators sign."""
    pinned = tuple(part.pinned() for part in parts)
    return Manifest(site.name, site.version, site.issued, pinned).encode()


def seal(
    payload: bytes,
    parts: Sequence[Part],
    signers: Sequence[PrivateKey],
    rotations: Sequence[Sealed] = (),
) -> bytes:
    """The bundle file: the manifest signed by every signer, then the parts."""
    head = Sealed(payload, BUNDLE).signed_by(signers, MAX_SIGNERS)
    return BundleFile(head, {part.name: part.data for part in parts}, tuple(rotations)).encode()


def signed_by(bundle: BundleFile, signers: Sequence[PrivateKey]) -> BundleFile:
    """A bundle or an update with further signatures."""
    return replace(bundle, head=bundle.head.signed_by(signers, MAX_SIGNERS))


def following(site: Site, after: BundleFile) -> Site:
    """The site with the version that a bundle must have to follow another."""
    if after.manifest.site != site.name:
        raise Failure(
            f"the bundle before is of the site {after.manifest.site!r}, not {site.name!r}; "
            "terminals would refuse this one"
        )
    return replace(site, version=max(site.version, after.manifest.version + 1))


def build(
    site: Site,
    signers: Sequence[PrivateKey],
    after: BundleFile | None = None,
    rotations: Sequence[Sealed] = (),
) -> bytes:
    """The bundle of a site, to follow another one if there is one; it brings that one's rotations
    of the root, and then new ones."""
    if after is not None:
        site = following(site, after)
    parts = parts_of(site, after)
    lost = {part.name for part in after.manifest.parts} if after is not None else set()
    lost -= {part.name for part in parts}
    if lost:
        raise Failure(
            f"the bundle before has the part {min(lost)!r}, and terminals do not give up a part; "
            f"name its file under 'parts: {min(lost)}:' ('values: default' brings code lists, and "
            "'revocation:' names the list of what is revoked)"
        )
    return seal(manifest(site, parts), parts, signers, chain(after, rotations))


def chain(after: BundleFile | None, rotations: Sequence[Sealed]) -> list[Sealed]:
    """Rotations of the root in their order, each one version after the other; the last ones, as
    many as a file may have."""
    found = {root_file.read(one.payload).version: one for one in (after.rotations if after else ())}
    found |= {root_file.read(one.payload).version: one for one in rotations}
    versions = sorted(found)
    if versions and versions != list(range(versions[0], versions[-1] + 1)):
        numbers = ", ".join(map(str, versions))
        raise Failure(f"rotations to the roots {numbers}: one between them is missing")
    return [found[version] for version in versions[-MAX_ROTATIONS:]]


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


def root(keys: Sequence[PublicKey], threshold: int, version: int = 1) -> bytes:
    """The root file: which operators sign, and how many of them it takes."""
    return root_file.make(keys, threshold, version).encode()

"""Sites, operators and bundles of tests."""

from __future__ import annotations

from collections.abc import Sequence

from host_tools.bundles import build as building
from host_tools.bundles.build import Part
from host_tools.bundles.bundle_file import BundleFile
from host_tools.bundles.entry import TrustEntry
from host_tools.bundles.sealed import Sealed
from host_tools.bundles.site import Site
from host_tools.keys.private import PrivateKey, generate
from host_tools.names import EDDSA, ES256

from ..policy.rules import part as policy_part

NOW = 1_790_000_000
DAY = 86400
ANNA, BELA, CORA, STRANGER = (generate(alg) for alg in (ES256, EDDSA, ES256, ES256))
DORA, EMIL = (generate(alg) for alg in (EDDSA, ES256))
OPERATORS = [key.public for key in (ANNA, BELA, CORA)]
TWO_OF_THREE = building.root(OPERATORS, 2)
ISSUER = generate(ES256).public
POLICY = policy_part("ways: [{name: any, health: any}]")
OTHER_POLICY = policy_part("ways: [{name: all, test: any}]")

SITE = Site(
    name="Lobby",
    version=7,
    issued=NOW,
    expires=NOW + DAY,
    operators=(),
    issuers=(
        TrustEntry(ISSUER.kid, ES256, ISSUER.raw, "Platform", 0, NOW * 2, 31),
        TrustEntry(ISSUER.kid, ES256, STRANGER.public.raw, "Twin", 0, NOW * 2, 1),
    ),
    policy=POLICY,
)


def made(
    site: Site,
    after: BundleFile | None = None,
    signers: Sequence[PrivateKey] = (ANNA, BELA),
    rotations: Sequence[Sealed] = (),
) -> bytes:
    """The bundle of a site, signed by two."""
    return building.build(site, signers, after, rotations)


def resealed(parts: Sequence[Part], site: Site = SITE) -> bytes:
    """A bundle of these parts as they are."""
    return building.seal(building.manifest(site, parts), parts, [ANNA, BELA])

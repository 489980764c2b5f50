"""A site that does not exist, made on the spot: keys, signed bundle, and people with signed codes.

The demo, `gatectl sim` without a bundle, and the scenario tests use it. Its rules are in
demo-site.yaml. Private keys live in memory and are gone afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cbor2

from host_tools import yaml_file
from host_tools.bundles import build, bundle_file
from host_tools.bundles.certificates import entry_of
from host_tools.bundles.site import Site, read_site
from host_tools.cbor import encode
from host_tools.codes import hc1
from host_tools.keys.private import PrivateKey, generate
from host_tools.names import EDDSA, ES256, PS256, SM2
from host_tools.simulator.cast import Casting, Person, Signer, walk_up
from host_tools.times import DAY

GATE = "A-1"
OPERATORS = 3
THRESHOLD = 2
FILE = Path(__file__).with_name("demo-site.yaml")
_LANE = 5  # fields of the policy part, docs/formats.md
_PULSE = 1
_OPERATOR = "operator"
_KEYS = {
    "national": ES256, "shanghai": EDDSA, "hospital": SM2, "zhou": ES256, "stranger": ES256,
    _OPERATOR: ES256,
}  # fmt: skip
_SIGNERS = {"AT": ES256, "DE": PS256}


@dataclass(frozen=True)
class DemoSite:
    """Everything that a terminal of the site is given, and the keys to make codes with."""

    now: int  # Unix seconds
    gate_id: str
    keys: Mapping[str, PrivateKey]
    signers: Mapping[str, Signer]
    site: Site
    bundle: bytes
    root: bytes
    operators: Sequence[PrivateKey]

    @classmethod
    def make(
        cls,
        now: int,
        gate_id: str = GATE,
        lane: Mapping[int, Any] | None = None,
        algorithms: Mapping[str, int] | None = None,
        document: yaml_file.Item | None = None,
        like: DemoSite | None = None,
    ) -> DemoSite:
        """Make it for a time (Unix seconds). lane: fields of the policy's lane that differ.
        document: a site's file in place of demo-site.yaml, with the same issuers. like: another
        site whose keys it has too, since making them takes long.
        algorithms: of keys that are to have another than usual, by name; "operator" is one."""
        algorithms = {**_KEYS, **(algorithms or {})}
        keys = like.keys if like else {name: generate(alg) for name, alg in algorithms.items()}
        signers = (
            like.signers
            if like
            else {country: _signer(country, alg, now) for country, alg in _SIGNERS.items()}
        )
        site = read_site(document or yaml_file.load(FILE), now, lambda name: keys[name].public)
        foreign = [entry_of(signer.certificate, "demo") for signer in signers.values()]
        site = replace(site, issuers=(*site.issuers, *foreign))
        if lane:
            policy = cbor2.loads(site.policy)
            policy[_LANE].update(lane)
            site = replace(site, policy=encode(policy))
        operators = [generate(algorithms[_OPERATOR]) for _ in range(OPERATORS)]
        return cls(
            now=now,
            gate_id=gate_id,
            keys=keys,
            signers=signers,
            site=site,
            bundle=build.build(site, operators[:THRESHOLD]),
            root=build.root([operator.public for operator in operators], THRESHOLD),
            operators=operators,
        )

    def next_bundle(self, **changes: Any) -> bytes:
        """A bundle to follow the first one. changes: fields of the Site."""
        site = replace(self.site, **changes)
        return build.build(site, self.operators[:THRESHOLD], bundle_file.read(self.bundle))

    @property
    def pulse_ms(self) -> int:
        """How long the relay is to be open."""
        return int(cbor2.loads(self.site.policy)[_LANE][_PULSE])

    @property
    def casting(self) -> Casting:
        return Casting(self.keys, self.signers, self.now, self.gate_id)

    def people(self) -> list[Person]:
        """Everyone who walks up in the demo."""
        return walk_up(self.casting, self.keys["stranger"])


def _signer(country: str, alg: int, now: int) -> Signer:
    """A document signer of an EU country, with its certificate."""
    key = generate(alg)
    start, end = now - 400 * DAY, now + 400 * DAY
    certificate = hc1.certificate(key, country, f"{country} Document Signer", start, end)
    return Signer(country, key, certificate)

"""Whether one bundle may follow another, as terminals judge it; said before it is brought there."""

from __future__ import annotations

from host_tools import firmware
from host_tools.bundles.bundle_file import Manifest
from host_tools.problems import Failure

assert firmware.FIRMWARE.is_dir()
from gate.trust.versions import Versions, refusal_to_follow  # noqa: E402 - the path is set now

_HINTS = {
    "bundle_other_site": "they are of two sites",
    "bundle_rollback": "it, or a part of it, is not newer; build it with --after",
    "bundle_part_missing": "it lacks a part that the other one has",
}


def check(before: Manifest, after: Manifest) -> None:
    """Failure if terminals that have the one would not take the other."""
    reason = refusal_to_follow(_versions(before), _versions(after))
    if reason is not None:
        raise Failure(f"terminals refuse the one after the other ({reason}): {_HINTS[reason]}")


def _versions(manifest: Manifest) -> Versions:
    parts = {part.name: (part.version, part.digest) for part in manifest.parts}
    return Versions(manifest.site, manifest.version, manifest.encode(), parts)

"""Which bundle may follow which: no older one, and none mixed from parts of different ages.

What is installed is remembered by whoever stores bundles; here it is only compared.
"""


class Versions:
    """What to remember of an installed bundle. parts: {name: (version, SHA-256)}."""

    def __init__(self, site, version, digest, parts):
        self.site = site
        self.version = version
        self.digest = digest
        self.parts = parts


def versions_of(envelope):
    """What to remember of an envelope.Envelope."""
    parts = {}
    for name in envelope.parts:
        part = envelope.parts[name]
        parts[name] = (part.version, part.digest)
    return Versions(envelope.site, envelope.version, envelope.digest, parts)


def refusal_to_follow(installed, candidate):
    """Why `candidate` may not take the place of `installed` (both Versions, or None for nothing).

    None: it may. The same bundle again may; another one of the same version may not.
    """
    if installed is None:
        return None
    if candidate.site != installed.site:
        return "bundle_other_site"
    if not _follows((installed.version, installed.digest), (candidate.version, candidate.digest)):
        return "bundle_rollback"
    for name in installed.parts:
        if name not in candidate.parts:
            return "bundle_part_missing"
        if not _follows(installed.parts[name], candidate.parts[name]):
            return "bundle_rollback"
    return None


def _follows(before, after):
    """Each is (version, digest): the version rises, or nothing at all has changed."""
    return after[0] > before[0] or after == before

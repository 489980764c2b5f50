"""Which bundle may follow which: no older one, and none mixed from parts of different ages.

What is installed is remembered by gate.storage; here it is only compared.
"""


class Versions:
    """What to remember of an installed bundle. parts: {name: (version, SHA-256)}.

    root: the version of the root that signed it.
    """

    def __init__(self, site, version, digest, parts, root=1):
        self.site = site
        self.version = version
        self.digest = digest
        self.parts = parts
        self.root = root

    def fields(self):
        """Everything, to be compared or written down."""
        return self.site, self.version, self.digest, self.parts, self.root


def versions_of(manifest, root=1):
    """What to remember of an envelope.Manifest, signed by a root of that version."""
    parts = {}
    for name in manifest.parts:
        part = manifest.parts[name]
        parts[name] = (part.version, part.digest)
    return Versions(manifest.site, manifest.version, manifest.digest, parts, root)


def refusal_to_follow(installed, candidate):
    """Why `candidate` may not take the place of `installed` (both Versions, or None for nothing).

    None: it may. The same bundle again may; another one of the same version may not.
    """
    if installed is None:
        return None
    if candidate.site != installed.site:
        return "bundle_other_site"
    if candidate.root < installed.root:
        return "root_rollback"
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

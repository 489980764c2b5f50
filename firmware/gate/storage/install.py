"""Installs a bundle file: everything is checked and stored before one rename puts it in force.

After a power cut between any two writes the terminal has the old bundle or the new one, whole:
parts are stored beside those in use, then the head is switched, and what is no longer used goes
last. As long as the incoming file is there, the next start does the rest.
"""

import hashlib

from ..bundle import Bundle, check_parts, digesting
from ..refusal import Refusal
from ..trust.bundle_file import BundleFile
from ..trust.root import MAX_ROOT
from ..trust.versions import refusal_to_follow, versions_of
from .store import INCOMING, INSTALLED, REFUSED, ROOT, VERSIONS


class Update:
    """Run `prepare` to its end, then `open`, then `commit`. Until then nothing has changed."""

    def __init__(self, store, site=None, current=None):
        """site: the only one that the terminal may serve, or None. current: the Manifest in force,
        whose parts are known to be right, or None."""
        self._store = store
        self._site = site
        self._current = current
        self._source = None
        self._file = None
        self._versions = None
        self._before = None
        self._checked = []
        self._switched = False
        self.root = None
        self.manifest = None

    def prepare(self):
        """Check the incoming file and store its parts; a generator whose steps are short.

        Raises Refusal, and OSError when the file system fails.
        """
        store = self._store
        source = store.file(INCOMING)
        if source is None:
            raise Refusal("bundle_missing")
        self._source = source
        yield from self._prepare(store, source)

    def _prepare(self, store, source):
        self._file = file = BundleFile(source)
        root = store.root(store.installed())
        if root is None:
            raise Refusal("root_invalid")
        self._before = before = store.versions()
        if before is not None and root.version < before.root:
            raise Refusal("root_rollback")
        self.root = root = file.root(root)
        yield
        self.manifest = manifest = file.manifest(root)
        yield
        check_parts(manifest)
        if self._site is not None and manifest.site != self._site:
            raise Refusal("bundle_other_site")
        self._versions = versions_of(manifest, root.version)
        reason = refusal_to_follow(before, self._versions)
        if reason:
            raise Refusal(reason)
        current = self._current
        in_use = [part.digest for part in current.parts.values()] if current else ()
        for name in manifest.order:
            part = manifest.parts[name]
            if part.digest not in in_use:
                yield from self._store_part(part)
            self._checked.append(part.digest)

    def _store_part(self, part):
        """Have a part in the store, and be sure of it."""
        source = self._file.part(part)
        right = yield from self._stored(part)
        if right:
            return
        if source is None:
            raise Refusal("bundle_part_missing")
        digest = hashlib.sha256()
        with self._store.create(part) as target:
            yield from digesting(source, digest, target.write)
        source.close()
        if digest.digest() != part.digest:
            raise Refusal("bundle_part_damaged")
        self._store.keep(part)
        right = yield from self._stored(part)
        if not right:
            raise Refusal("bundle_part_damaged")  # by the flash

    def _stored(self, part):
        source = self._store.part(part)
        if source is None or source.size != part.size:
            return False
        digest = hashlib.sha256()
        try:
            yield from digesting(source, digest)
        finally:
            source.close()
        return digest.digest() == part.digest

    def open(self):
        """The new Bundle, read from the store. Raises Refusal."""
        return Bundle(self.manifest, self._store.part, self.root.version, self._checked)

    def commit(self):
        """Put it in force, and clear away what is no longer needed."""
        store = self._store
        store.stage_installed(self.root.data, self._file.head)
        store.stage_versions(self._versions)
        rotated = store.read(ROOT, MAX_ROOT, "root_invalid") != self.root.data
        if rotated:
            store.stage(ROOT, self.root.data)
        self._switched = True  # there is room for all of it
        store.switch(INSTALLED)
        store.switch(VERSIONS)
        if rotated:
            store.switch(ROOT)
        store.sweep(self.manifest)
        self._source.close()
        store.remove(INCOMING)

    def changes(self):
        """For the log: [(part, version)] of those whose content is new."""
        before = self._before.parts if self._before else {}
        after = self._versions.parts
        order = self.manifest.order
        return [(name, after[name][0]) for name in order if before.get(name) != after[name]]

    def refuse(self):
        """Put the file aside, and remove what it left."""
        if self._source:
            self._source.close()
        if not self._switched:  # if that broke off, either bundle may be in force
            self._store.unstage()
            self._store.sweep(self._current, self._store.size(INSTALLED) is None)
        self._store.rename(INCOMING, REFUSED)

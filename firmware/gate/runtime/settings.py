"""What this terminal was given: its name, the operators' root and the signed bundle.

    site/gate.json     {"gate": "A-1"}   the gate's id, for proofs and the log; {"gates": [...]}
                                         one for each reader; with "site" only a bundle of that
                                         site is taken
    site/network.json  {"time": ["192.0.2.1"], "wifi": {"ssid": "...", "password": "..."}}
                                         where there is a network: whom to ask for the time
    site/...           see gate.storage.store

Whatever is missing or damaged leaves the gate shut, and is the reason that people are told.
"""

import gc
import json
import sys
from micropython import const

from .. import storage, trust
from ..bundle import Bundle
from ..refusal import Refusal
from ..storage.store import INCOMING, VERSIONS, Store
from ..trust.envelope import open_manifest
from ..trust.versions import refusal_to_follow, versions_of
from ..verifier import warm_up
from .log import fault, log

_FOLDER = "site/"
_MAX_SMALL = const(1024)  # bytes
_SLACK = const(600)  # seconds by which the clock may be set back without distrust
_HOUR = const(3600)
_FULL = const(28)  # ENOSPC, which MicroPython's errno does not name


class Site:
    """bundle: a Bundle or None, and then reason says why. feed: feeds the watchdog, while a bundle
    that waits is installed at the start, if there is one. tell: is told of updates."""

    def __init__(self, feed=None, tell=None):
        self._feed = feed
        self._tell = tell or log
        self._gates = ("unnamed",)
        self.name = None  # of the site, if provisioning fixed it
        self.bundle = None
        self.reason = None
        self.store = Store(_FOLDER)
        self._refused = None  # the reason of the last update that was
        self._kept = 0  # the time in the store
        self.logged = 0  # the latest time in the audit log
        try:
            self._gates, self.name = self._identity()
            self._kept = self.store.time()
        except Exception as error:
            fault("settings", error)
        self._start()

    def _identity(self):
        data = self.store.read("gate.json", _MAX_SMALL, "bundle_invalid")
        try:
            fields = json.loads(bytes(data)) if data else {}
            gates, name = fields.get("gates") or [fields.get("gate")], fields.get("site")
            gates = [gate if isinstance(gate, str) and gate else "unnamed" for gate in gates]
        except (ValueError, AttributeError, TypeError):
            gates, name = ["unnamed"], None
        return gates, name

    def gate_of(self, reader):
        """The gate's id that a reader of the terminal stands for."""
        return self._gates[min(reader, len(self._gates) - 1)]

    def network(self):
        """What site/network.json says, or None: there is none, or it makes no sense."""
        try:
            data = self.store.read("network.json", _MAX_SMALL, "bundle_invalid")
            fields = json.loads(bytes(data)) if data else None
        except (Refusal, ValueError, OSError) as error:
            fault("network", error)
            return None
        return fields if isinstance(fields, dict) else None

    # the bundle

    def _start(self):
        """Install what waits, then open what is installed."""
        if self.waiting():
            try:
                self._install()
            except Exception as error:
                fault("update", error)
            unload()
        if self.bundle is None:
            self._open()
        if self._refused:
            if self.bundle:
                self.store.sweep(self.bundle.manifest)
            elif self.reason == "bundle_missing":
                self.reason = self._refused  # says more

    def _install(self):
        update = self.update()
        try:
            for _ in update.prepare():
                if self._feed:
                    self._feed()
        except Exception as error:
            self.refuse(update, error)
        else:
            self.switch(update)

    def _open(self):
        """Open what is installed. Sets bundle or reason."""
        self.bundle = None
        try:
            self.bundle = self._opened()
            self.reason = None
        except Refusal as refused:
            self.reason = refused.reason
        except Exception as error:  # too large for this board, say: shut, and at work
            fault("settings", error)
            self.reason = "internal_error"

    def _opened(self):
        store = self.store
        installed = store.installed()
        root = store.root(installed)
        if installed is None:
            raise Refusal("bundle_missing")
        if root is None:
            raise Refusal("root_invalid")
        manifest = open_manifest(installed[1], root)
        versions = versions_of(manifest, root.version)
        before = store.versions()
        reason = refusal_to_follow(before, versions)
        if reason:
            raise Refusal(reason)
        bundle = Bundle(manifest, store.part, root.version)
        if (
            before is None or before.fields() != versions.fields()
        ):  # the power went before they were written
            store.stage_versions(versions)
            store.switch(VERSIONS)
        return bundle

    # updates

    def waiting(self):
        """Whether a bundle file waits to be installed."""
        try:
            return self.store.size(INCOMING) is not None
        except OSError:
            return False

    def update(self):
        """An Update of storage.install, for the file that waits."""
        from ..storage.install import Update

        return Update(self.store, self.name, self.bundle.manifest if self.bundle else None)

    def switch(self, update):
        """Put a prepared update in force; says whether it is. If it does not open, the bundle
        before stays, or comes back."""
        if self.bundle:
            self.bundle.close()
        self.bundle = None  # there may be no room for two
        gc.collect()
        try:
            bundle = update.open()
            update.commit()
        except Exception as error:
            bundle = None
            self.refuse(update, error)
            self._open()  # whichever is in force now
            return False
        self.bundle = bundle
        self.reason = None
        self._tell(
            "update",
            (
                ("verdict", "installed"),
                ("site", bundle.site),
                ("version", bundle.version),
                ("root", update.root.version),
                ("changed", update.changes()),
            ),
        )
        return True

    def refuse(self, update, error):
        """Say why an update is not taken, and put its file aside."""
        if isinstance(error, Refusal):
            reason = error.reason
        elif isinstance(error, OSError) and error.errno == _FULL:
            reason = "storage_full"
        else:
            fault("update", error)
            reason = "internal_error"
        self._refused = reason
        self._tell("update", (("verdict", "refused"), ("reason", reason)))
        try:
            update.refuse()
        except Exception as error:
            fault("update", error)

    # time

    @property
    def floor(self):
        """Unix seconds below which the clock cannot be right."""
        if self.bundle is None:
            return self._kept
        known = max(self._kept, self.bundle.issued)
        logged = self.logged - _SLACK
        return max(known, logged) if logged < self.bundle.until else known

    def keep_time(self, now):
        """Remember how late it is, once an hour: a clock that is set back will be noticed.

        A time at which nothing of the bundle counts any more is not remembered: a clock that was
        ahead by mistake must not leave a floor that no true time reaches.
        """
        kept = now - _SLACK
        if self.bundle and now < self.bundle.until and kept >= self._kept + _HOUR:
            try:
                self.store.keep_time(kept)
            except OSError as error:
                fault("clock", error)
            self._kept = kept

    def warm_up(self):
        """Load what the issuers' formats and algorithms need, before there is a code to read."""
        if self.bundle:
            warm_up(self.bundle.issuers)


def unload():
    """Let go of the modules that only an update needs; the next one loads them again."""
    for package, name in ((storage, "install"), (trust, "bundle_file")):
        sys.modules.pop("%s.%s" % (package.__name__, name), None)
        if hasattr(package, name):
            delattr(package, name)
    gc.collect()

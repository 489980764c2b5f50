"""What this terminal was given: its name, the operators' root and the signed bundle.

    site/gate.json     {"gate": "A-1"}            the gate's id, for proofs and the log
    site/root.cbor     root of docs/formats.md    set at provisioning
    site/bundle.bin    the signed bundle          issuers and policy

Whatever is missing or damaged leaves the gate shut, and is the reason that people are told.
"""

import json
import os
from micropython import const

from .. import crypto
from ..bundle import open_bundle
from ..refusal import Refusal
from .log import fault

_FOLDER = "site/"
MAX_BUNDLE = const(262144)  # bytes
_MAX_SMALL = const(4096)


class Site:
    """bundle: trust.Bundle or None, and then reason says why. gate: the gate's id."""

    def __init__(self):
        self.gate = "unnamed"
        self.bundle = None
        self.reason = None
        try:
            self.gate = _gate_id()
            data = _read("bundle.bin", MAX_BUNDLE)
            root = _read("root.cbor", _MAX_SMALL)
            if data is None or root is None:
                self.reason = "bundle_missing"
            else:
                self.bundle = open_bundle(data, root)
        except Refusal as refused:
            self.reason = refused.reason
        except Exception as error:  # too large for this board, say: shut, and at work
            fault("settings", error)
            self.reason = "internal_error"

    def warm_up(self):
        """Verify once with each algorithm that an issuer uses, so that its module, its tables and
        its self-test cost no person's time, and get their memory while it is in one piece."""
        done = []
        for issuer in self.bundle.issuers if self.bundle else ():
            if issuer.alg not in done:
                done.append(issuer.alg)
                size = len(issuer.key) if issuer.alg == crypto.PS256 else 64
                crypto.verify(issuer.alg, issuer.key, b"", b"\x01" * size)


def _gate_id():
    data = _read("gate.json", _MAX_SMALL)
    try:
        gate = None if data is None else json.loads(data).get("gate")
    except (ValueError, AttributeError):
        gate = None
    return gate if isinstance(gate, str) and gate else "unnamed"


def _read(name, most):
    """The content of a file, or None; a file that is too large is refused before it is read."""
    try:
        size = os.stat(_FOLDER + name)[6]
        if size > most:
            raise Refusal("bundle_invalid")
        data = bytearray(size)  # read() without a size would take twice that while it grows
        with open(_FOLDER + name, "rb") as file:
            count = file.readinto(data)
    except OSError:
        return None
    if count != size:
        raise Refusal("bundle_invalid")
    return data

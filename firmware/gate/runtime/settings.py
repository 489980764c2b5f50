"""What this terminal was given: its name, the operators' root and the signed bundle.

    site/gate.json     {"gate": "A-1"}            the gate's id, for proofs and the log
    site/root.cbor     root of docs/formats.md    set at provisioning
    site/bundle.bin    the signed bundle          issuers and policy

Whatever is missing or damaged leaves the gate shut, and is the reason that people are told.
"""

import json
from micropython import const

from ..bundle import open_bundle
from ..refusal import Refusal

_FOLDER = "site/"
MAX_BUNDLE = const(262144)  # bytes
_MAX_SMALL = const(4096)


class Site:
    """bundle: trust.Bundle or None, and then reason says why. gate: the gate's id."""

    def __init__(self):
        self.gate = None
        self.bundle = None
        self.reason = None
        self.gate = _gate_id()
        try:
            data = _read("bundle.bin", MAX_BUNDLE)
            root = _read("root.cbor", _MAX_SMALL)
            if data is None or root is None:
                self.reason = "bundle_missing"
            else:
                self.bundle = open_bundle(data, root)
        except Refusal as refused:
            self.reason = refused.reason


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
        with open(_FOLDER + name, "rb") as file:
            data = file.read(most + 1)
    except OSError:
        return None
    if len(data) > most:
        raise Refusal("bundle_invalid")
    return data

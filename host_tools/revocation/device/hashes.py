"""Runs on MicroPython: what would revoke a code, as the firmware itself has it.

    hashes.py TRUST CODE        two files: a trust part, and a code

Prints JSON: for each statement its issuer, hashes (over what, in hexadecimal) and expiry; or the
refusal. Only
signatures are checked: what has expired, or is revoked already, may be asked about all the same.
"""

import json
import sys
from hashlib import sha256

from gate import verifier
from gate.codec import formats
from gate.codec.cose import signature_hash
from gate.codec.dcc import identifiers
from gate.refusal import Refusal
from gate.trust.issuers import Issuers


def _file(name):
    with open(name, "rb") as file:
        return file.read()


def _label(statement, digest):
    """What a hash is over, in the words of the DCC's revocation lists."""
    if digest == signature_hash(statement.alg, statement.signature):
        return "SIGNATURE"
    if getattr(statement, "cti", None) is not None:
        return "cti"
    for _, uci in identifiers(getattr(statement, "certificate", {})):
        return "UCI" if digest == sha256(uci.encode()).digest()[:16] else "COUNTRYCODEUCI"
    return "hash"


def _statements(code, issuers):
    _, bit, adapter, start = formats.find(code)
    read = adapter.read(code, start)
    for statement in read.statements:
        issuer = verifier._signer(statement, issuers, bit, verifier.Seen())
        statement.open()
        hashes = statement.revocation_hashes(issuer)
        yield {
            "issuer": issuer.name,
            "hashes": [[_label(statement, one), one.hex()] for one in hashes],
            "expires": statement.expires,
        }


try:
    answer = list(_statements(_file(sys.argv[2]), Issuers(_file(sys.argv[1]))))
except Refusal as refusal:
    answer = {"refused": refusal.reason}
print(json.dumps(answer))

"""Runs on MicroPython: what the firmware says of a bundle file or a rotation. Prints JSON.

argv: the root's file, then `bundle` and a file, or `rotation` and a file.
"""

import json
import sys

from gate.bundle import Bundle
from gate.refusal import Refusal
from gate.storage.source import File
from gate.trust import bundle_file, envelope, root, signed


def _file(path):
    with open(path, "rb") as file:
        file.seek(0, 2)
        size = file.tell()
    return File(path, 0, size)


def _bundle(operators, source):
    file = bundle_file.BundleFile(source)
    operators = file.root(operators)
    answer = {"root": operators.version, "threshold": operators.threshold}
    try:
        manifest = file.manifest(operators)
        if not [part for part in manifest.parts.values() if file.part(part) is None]:
            Bundle(manifest, file.part)
    except Refusal as refusal:
        answer["refused"] = refusal.reason
    payload, signatures = signed.read(
        file.head, envelope.MAX_HEAD, envelope.MAX_SIGNATURES, "bundle_invalid"
    )
    answer["signers"] = operators.signers(signatures, payload, signed.BUNDLE)
    return answer


def _rotation(operators, source):
    data = source.read(0, source.size)
    payload, signatures = signed.read(
        data, root.MAX_ROOT, 2 * root.MAX_KEYS, "root_rotation_invalid"
    )
    following = root.Root(bytes(payload))
    answer = {
        "root": following.version,
        "signers": operators.signers(signatures, payload, signed.ROTATION),
        "own": following.signers(signatures, payload, signed.ROTATION),
    }
    try:
        operators.rotated(data)
    except Refusal as refusal:
        answer["refused"] = refusal.reason
    return answer


def main():
    try:
        with open(sys.argv[1], "rb") as file:
            operators = root.Root(file.read())
        judge = _bundle if sys.argv[2] == "bundle" else _rotation
        print(json.dumps(judge(operators, _file(sys.argv[3]))))
    except Refusal as refusal:
        print(json.dumps({"refused": refusal.reason}))


main()

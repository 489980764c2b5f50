"""Runs on MicroPython: cuts the power at every write of an installation, on a real LittleFS.

argv: a folder with root.cbor, old.bin and new.bin; `cut`, or `grow` for flashes that are too small.
The terminal's own start (runtime.settings.Site) installs; the block device fails from write number
N on, as if the power had gone, and what was written until then is mounted again. The last line that
is printed says what came out.
"""

import json
import os
import sys

from flash import Flash, Powered, cuts, formatted

from gate.runtime.settings import Site

BLOCK = 512  # small ones: more operations, and less memory for so many copies
FOLDER = sys.argv[1]


def put(name, target):
    with open("%s/%s" % (FOLDER, name), "rb") as source, open(target, "wb") as file:
        file.write(source.read())


def version():
    """What a start finds that installs nothing."""
    site = Quiet()
    return site.bundle.version if site.bundle else site.reason


class Quiet(Site):
    def waiting(self):
        return False


def state():
    """What is left after a start that installs what waits."""
    site = Site()
    if site.bundle is None:
        raise OSError(site.reason)
    parts = sorted(os.listdir("site/parts"))
    named = sorted([part.digest.hex() for part in site.bundle.manifest.parts.values()])
    files = sorted(os.listdir("site"))
    return site.bundle.version, parts == named, files


def provisioned(blocks=256):
    flash = formatted(blocks, BLOCK)
    with Powered(flash):
        os.mkdir("site")
        put("root.cbor", "site/root.cbor")
        put("old.bin", "site/incoming.bin")
        before = state()
        put("new.bin", "site/incoming.bin")
    return bytes(flash.content), before


def installed(blocks):
    """What becomes of the new bundle on a flash of so many blocks."""
    try:
        image, _ = provisioned(blocks)
    except OSError:
        return "no room for the old one, or for the file"
    with Powered(Flash(bytearray(image), block=BLOCK)):
        site = Site()
        return [site.bundle.version, site._refused]


def grow():
    """The same on larger and larger flashes."""
    outcomes = []
    for blocks in range(24, 90):
        outcome = installed(blocks)
        if outcome not in outcomes:
            outcomes.append(outcome)
    print(json.dumps(outcomes))


def cut():
    image, before = provisioned()
    outcomes = {}
    count = 0
    # whatever happens while the power goes, it is a terminal that does not open
    for _left, _tear, flash in cuts(image, Site, ("none", "partial"), BLOCK):
        count += 1
        with Powered(flash):
            found = version()
            outcome = str((found, state()))
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    print(json.dumps({"before": before, "cuts": count, "outcomes": outcomes}))


if sys.argv[2] == "cut":
    cut()
else:
    grow()

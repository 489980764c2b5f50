"""What people read: one file of texts a language, one line a reason or state.

    reason: what is the matter | what helps, or who can fix it

The files are read when something is shown, block by block, so that no text stays in RAM: as Python
dictionaries the two languages would take a fifth of a small board's heap. The first match counts.
A language is there when its file is: a display shows Chinese, English, then all others.
"""

import os

_BLOCK = 512  # bytes; a line has less. No const(): the host reads LANGUAGES with CPython
_FOLDER = __file__.rsplit("/", 1)[0]


def _languages():
    found = ["zh", "en"]
    try:
        for name in sorted(os.listdir(_FOLDER)):
            if name.endswith(".txt") and name[:-4] not in found:
                found.append(name[:-4])
    except OSError:
        pass
    return tuple(found)


LANGUAGES = _languages()


def show(language, key, texts=None, named=None):
    """(what is the matter, what helps) for a reason or a state of the lane.

    texts: the site's own words (policy.texts), or None. named: the condition, list or way that gave
    the reason. A text that is missing, or a file that cannot be read, must not stop the gate: the
    key itself is shown then.
    """
    own = texts.find(key, named, language) if texts else None
    if own is not None:
        return own
    try:
        with open("%s/%s.txt" % (_FOLDER, language), "rb") as file:
            line = _line(file, ("\n%s: " % key).encode())
        if line is not None:
            text, _, advice = line.decode().partition("|")
            return text.strip(), advice.strip()
    except (OSError, UnicodeError):
        pass
    return key, ""


def _line(file, wanted):
    """What follows `wanted`, the beginning of a line, up to its end; None: no such line. Found in
    blocks, as looking at every line takes fifty times as long."""
    data = b"\n"
    while True:
        block = file.read(_BLOCK)
        if not block:
            return None
        data += block
        at = data.find(wanted)
        if at >= 0:
            break
        data = data[-len(wanted) :]
    data = data[at + len(wanted) :]
    if data.find(b"\n") < 0:
        data += file.read(_BLOCK)  # longer than any line
    end = data.find(b"\n")
    return data if end < 0 else data[:end]

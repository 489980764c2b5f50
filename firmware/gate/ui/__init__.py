"""What people read: one file of texts a language, one line a reason or state.

    reason: what is the matter | what helps, or who can fix it

The files are read when something is shown, line by line, so that no text stays in RAM: as Python
dictionaries the two languages would take a fifth of a small board's heap. The first match counts.
A language is there when its file is: a display shows Chinese, English, then all others.
"""

import os

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
    wanted = (key + ": ").encode()
    try:
        with open("%s/%s.txt" % (_FOLDER, language), "rb") as file:
            for line in file:
                if line.startswith(wanted):
                    text, _, advice = line[len(wanted) :].decode().partition("|")
                    return text.strip(), advice.strip()
    except (OSError, UnicodeError):
        pass
    return key, ""

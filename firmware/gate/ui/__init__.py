"""What people read: one file of texts a language, one line a reason or state.

    reason: what is the matter | what helps, or who can fix it

The files are read when something is shown, line by line, so that no text stays in RAM: as Python
dictionaries the two languages would take a fifth of a small board's heap. The first match counts.
"""

LANGUAGES = ("zh", "en")

_FOLDER = __file__.rsplit("/", 1)[0]


def show(language, key):
    """(what is the matter, what helps) for a reason or a state of the lane.

    A text that is missing, or a file that cannot be read, must not stop the gate: the key itself
    is shown then.
    """
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

"""What people read: one file a language, one text a reason. `show` gives both parts of it."""

LANGUAGES = ("zh", "en")


def texts(language):
    """The module of a language: REASONS and STATES, key -> (what is the matter, what helps)."""
    if language == "zh":
        from . import zh

        return zh
    from . import en

    return en


def show(language, key):
    """(what is the matter, what helps or who can fix it) for a reason or a state of the lane."""
    module = texts(language)
    return module.REASONS.get(key) or module.STATES.get(key) or (key, "")

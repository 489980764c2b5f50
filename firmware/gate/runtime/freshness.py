"""How old the bundle is, said where people look: what is shown while nobody is at the gate, and a
line in the log at the start, once a day, and when it changes."""

from micropython import const

from ..trust.age import ENDING, FRESH, state

READY = "ready"
ENDING_SOON = "data_ending"  # to be renewed soon
OLD = "data_old"  # in its grace period, or counted with a warning
EXPIRED = "data_expired"  # nobody may pass

_DAY = const(86400)


class Freshness:
    """shown: READY, ENDING_SOON, OLD or EXPIRED. reason: why nobody may pass, or None."""

    def __init__(self):
        self.shown = READY
        self.reason = None
        self._said = None  # (version, day, states) of the last line

    def look(self, bundle, now):
        """Judge the bundle (or None) at a time (or None); gives fields for the log, or None.

        Call often. Without a time nothing can be said, and what was said last stays.
        """
        if bundle is None:
            self.shown, self.reason, self._said = READY, None, None
            return None
        if now is None:
            return None
        parts = bundle.manifest.parts
        states = [(name, state(parts[name], now)) for name in bundle.manifest.order]
        worst = bundle.age(now)
        self.reason = bundle.expired(now)
        if self.reason:
            self.shown = EXPIRED
        elif worst == FRESH:
            self.shown = READY
        elif worst == ENDING:
            self.shown = ENDING_SOON
        else:
            self.shown = OLD
        said = bundle.version, now // _DAY, states
        if said == self._said:
            return None
        self._said = said
        left = [(name, (parts[name].expires - now) // 3600) for name in parts]
        return (
            ("shows", self.shown),
            ("reason", self.reason),
            ("version", bundle.version),
            ("age_h", (now - bundle.issued) // 3600),
            ("states", dict(states)),
            ("hours_left", dict(left)),
        )

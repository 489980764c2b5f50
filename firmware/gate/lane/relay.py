"""The relay: one output with a safe level, and a deadline that shuts it whatever else happens."""


class Relay:
    """drive: a function that puts a level on the pin. safe: the level at which the gate is shut.

    `check` is called by a task of its own and in every loop of the others. The pin is written each
    time and not only when the level is thought to have changed.
    """

    def __init__(self, drive, safe):
        self._drive = drive
        self._safe = safe
        self.until = None  # ms when it shuts; None: it is shut, or held by fire
        self.held = False
        self.shut()

    @property
    def is_open(self):
        return self.held or self.until is not None

    def open(self, now_ms, pulse_ms):
        """Open for pulse_ms from now; never makes an opening longer that is under way."""
        if self.until is None:
            self.until = now_ms + pulse_ms
        self._drive(1 - self._safe)

    def hold(self):
        """Open until shut: fire, and nothing else."""
        self.held = True
        self.until = None
        self._drive(1 - self._safe)

    def shut(self):
        self.held = False
        self.until = None
        self._drive(self._safe)

    def check(self, now_ms):
        """Put the pin where it belongs now; the deadline is judged here."""
        if self.until is not None and now_ms >= self.until:
            self.until = None
        self._drive(1 - self._safe if self.is_open else self._safe)

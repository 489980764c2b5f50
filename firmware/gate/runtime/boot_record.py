"""Why the terminal started: the chip's reset cause, and what the program before noted of itself.

The note lies in the chip's RTC memory, which a watchdog's reset leaves alone and a power cut does
not. It has a checksum of its own, since nothing else tells what was written from what is left of
power failing; whatever does not fit is no note. Nothing in it can open a gate.
"""

import binascii
import json
from micropython import const

_MAGIC = b"gate1"
_MAX = const(400)  # bytes
_MAX_NAME = const(24)  # characters
_MAX_ERROR = const(80)
_MANY = const(1000000)

# machine.reset_cause(), as the ESP32 port has them
_CAUSES = {1: "power_on", 2: "reset", 3: "watchdog", 4: "deep_sleep", 5: "soft_reset"}


class BootRecord:
    """memory: reads (no argument) and writes (bytes) the RTC memory. cause: machine.reset_cause().

    cause: power_on; brown_out, where the chip says power on but the memory has lived; watchdog;
    reset (software, or a crash of the interpreter); soft_reset; deep_sleep; unknown.
    hung: the task that the watchdog's reset was for. fault: the last one before, "where: error".
    starts: since power on. bites: resets by the watchdog in a row.
    """

    def __init__(self, memory, cause):
        self._memory = memory
        self.cause = _CAUSES.get(cause, "unknown")
        before = self._read()
        if before and self.cause == "power_on":
            self.cause = "brown_out"
        starts, bites, self.hung, self.fault = before or (0, 0, None, None)
        self.starts = starts + 1
        self.bites = bites + 1 if self.cause == "watchdog" else 0
        self._hangs = self._failed = None
        self._write()

    def fields(self):
        """For the log and the audit."""
        return (
            ("reset", self.cause),
            ("hung", self.hung),
            ("last_fault", self.fault),
            ("starts", self.starts),
            ("watchdog_resets", self.bites),
        )

    def hangs(self, name):
        """Note that a task hangs (None: it does not any more), before the watchdog bites."""
        if name != self._hangs:
            self._hangs = name
            self._write()

    def failed(self, where, error):
        """Note a fault."""
        text = "%s: %s" % (where[:_MAX_NAME], type(error).__name__)
        if text != self._failed:
            self._failed = text
            self._write()

    def _read(self):
        """(starts, bites, hung, fault) as the program before left them, or None."""
        data = self._memory()
        start = len(_MAGIC) + 4
        if not start < len(data) <= _MAX or data[: len(_MAGIC)] != _MAGIC:
            return None
        body = data[start:]
        if int.from_bytes(data[len(_MAGIC) : start], "big") != binascii.crc32(body):
            return None
        try:
            starts, bites, hung, fault = json.loads(body)
        except (ValueError, TypeError):
            return None
        for number in (starts, bites):
            if not isinstance(number, int) or not 0 <= number < _MANY:
                return None
        for text in (hung, fault):
            if text is not None and not (isinstance(text, str) and len(text) <= _MAX_ERROR):
                return None
        return starts, bites, hung, fault

    def _write(self):
        note = self.starts % _MANY, self.bites % _MANY, self._hangs, self._failed
        body = json.dumps(note).encode()
        self._memory(_MAGIC + binascii.crc32(body).to_bytes(4, "big") + body)

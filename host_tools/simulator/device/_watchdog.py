"""`machine.WDT`: once started it cannot be stopped, and restarts the chip when it is not fed."""

from _wire import wire


class WDT:
    def __init__(self, id=0, timeout=5000):
        if id:
            raise ValueError
        if timeout <= 0:
            raise ValueError("WDT timeout too short")
        wire.tell("wdt", timeout)
        wire.flush()  # a program that hangs from here on sends nothing more

    def feed(self):
        wire.tell("feed")
        wire.flush()

"""What hangs on a board, opened as its profile says. Each is imported only where there is one."""

import machine
from binascii import hexlify
from machine import Pin

import board

from ..lane.fire import FireInput
from .boot_record import BootRecord
from .contacts import PULLS


def boot_record():
    """Why the terminal started, or None: then nobody can say it, and nothing else is lost."""
    try:
        return BootRecord(machine.RTC().memory, machine.reset_cause())
    except Exception:
        return None


def fire_input(opened):
    """opened: called at once when there is a fire. None where there is no such contact."""
    if board.FIRE is None:
        return None
    number, active, pull = board.FIRE
    pin = Pin(number, Pin.IN, PULLS[pull])
    fire = FireInput(lambda: pin.value() == active, opened)
    pin.irq(fire.interrupt, Pin.IRQ_RISING | Pin.IRQ_FALLING)
    return fire


def optional(teller, name, make, *arguments):
    """make(*arguments), or None: it failed, and the gate can do without it."""
    try:
        return make(*arguments)
    except Exception as error:
        teller.failed(name, error)
        return None


def face(clock, teller):
    from ..ui.face import Face

    return Face(board, clock.ms, teller.failed)


def audit():
    from ..storage.audit import Audit

    # a sixteenth of the flash is the log's
    return Audit("site/", hexlify(machine.unique_id()).decode(), 64 * board.FLASH_KB)


def timekeeper(clock, site, teller):
    if not (board.RTC or board.NETWORK):
        return None
    from .timekeeper import TimeKeeper

    return TimeKeeper(board, clock, site, teller)

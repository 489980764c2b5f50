"""First thing at power on: every relay to its safe level. Nothing else is imported before."""

from machine import Pin

import board

for _number, _safe in board.RELAYS:
    Pin(_number, Pin.OUT, value=_safe)  # sets the level before the direction

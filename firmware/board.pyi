"""What board.py holds: `gatectl board` makes it from a profile in boards/."""

NAME: str
RELAYS: tuple[tuple[int, int], ...]  # pin, safe level: the gate is shut
READER: tuple[int, int, int, int]  # UART, rx pin, tx pin, baud
FIRE: tuple[int, int, int] | None  # pin, active level, pull: 1 up, -1 down, 0 none
GREEN: tuple[int, int] | None  # pin, level at which it is lit
RED: tuple[int, int] | None
BUZZER: tuple[int, int] | None  # pin, level at which it sounds

"""Progress on the terminal: one line a step with the seconds since the start.

Several steps run at once, so lines are whole and carry the name of their task; no cursor tricks,
and a log file of a CI run reads like the screen.
"""

import sys
import threading
import time

_START = time.monotonic()
_LOCK = threading.Lock()


def elapsed() -> float:
    """Seconds since the set-up began."""
    return time.monotonic() - _START


def say(task: str, text: str) -> None:
    """Print one line of progress."""
    with _LOCK:
        print(f"[{elapsed():5.1f} s] {task:<9} {text}", flush=True)


def complain(text: str) -> None:
    """Print to the error stream, after all progress so far."""
    with _LOCK:
        sys.stdout.flush()
        print(text, file=sys.stderr, flush=True)


class Paced:
    """Lets a chatty source report at most once every few seconds."""

    def __init__(self, task: str, every_s: float = 4.0) -> None:
        self._task = task
        self._every_s = every_s
        self._last = time.monotonic()

    def say(self, text: str) -> None:
        """Print the line unless another was printed a moment ago."""
        now = time.monotonic()
        if now - self._last >= self._every_s:
            self._last = now
            say(self._task, text)

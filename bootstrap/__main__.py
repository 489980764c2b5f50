"""``python3 -m bootstrap [TARGET]``: what is not done yet, at once; milliseconds when all is.

This file must be readable by any Python 3, so that an old one gets a message and no stack trace.
"""

import sys

OLDEST = (3, 11)

if sys.version_info < OLDEST:
    sys.stderr.write(
        f"set-up failed: Python {OLDEST[0]}.{OLDEST[1]} or newer is needed\n"
        f"  why:  {sys.executable} is Python {sys.version_info[0]}.{sys.version_info[1]}\n"
        "  next: install a newer one and name it: make PYTHON=python3.11 setup\n"
    )
    sys.exit(1)

from bootstrap.run import main  # noqa: E402

sys.exit(main(sys.argv[1:]))

"""Sets the project up on a fresh machine: ``python3 -m bootstrap``.

What it makes: ``.venv`` with the locked packages and the project's commands, and MicroPython
interpreters unpacked beside the project. What it does not touch: the system's packages, apt's own
state, the user's home. Standard library only, since it runs before anything is installed.
"""

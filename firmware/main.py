"""Starts the terminal, after boot.py has shut the gate."""

from gate.runtime.app import start

start()

"""Simulated hardware and people for the unchanged firmware; one set for tests, demo and `sim`.

`gate.SimulatedGate` is the terminal with its interpreter; `readers` and `record` are what
hangs on its pins; `device/` holds the modules that stand in for the chip on the MicroPython side.
"""

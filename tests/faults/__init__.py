"""Faults that real parts have, made on purpose: power cuts, worn flash, reads that fail.

`device/flash.py` is the simulated flash chip: programs of tests import it on MicroPython, under the
real LittleFS. `running.py` starts such programs.
"""

"""Measures the firmware: instructions, heap, time and sizes. docs/performance.md says what of.

`cases` makes the work, `device/` holds what runs on MicroPython, `callgrind` counts on this
computer's interpreter, `native` counts kernels of other chips, `measure` puts it together,
`targets` judges, `report` prints.
"""

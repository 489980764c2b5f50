"""Readers: from the bytes on a serial line to codes. Framing does no I/O; the driver is thin."""

"""The firmware's verifier on MicroPython, as a service to host code; CPython verifies nothing."""

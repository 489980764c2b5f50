"""Generators of the firmware's cryptographic kernels, programs and tables."""

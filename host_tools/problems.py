"""Errors for people who run commands: what, where, what next."""

from __future__ import annotations


class Failure(Exception):
    """Something that could not be done. The message says what, where and what to do next."""

"""What a data sheet forbids, done to a simulated part."""


class DisplayError(Exception):
    """The firmware sent what the part does not take."""

"""What the MicroPython side of every service does alike: frames in, values for JSON out.

A frame is a length (4 bytes, big-endian) and that many bytes (host_tools.served).
"""

import json


def frame(source):
    """One frame, or None at the end of the input."""
    head = source.read(4)
    if not head or len(head) < 4:
        return None
    size = int.from_bytes(head, "big")
    return source.read(size) if size else b""


def answer(target, value):
    """Write a value in JSON as one frame."""
    data = json.dumps(value).encode()
    target.write(len(data).to_bytes(4, "big") + data)
    if hasattr(target, "flush"):
        target.flush()


def plain(value):
    """A value that JSON can say: keys as text, byte strings in hex, other numbers rounded down."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    return value.whole

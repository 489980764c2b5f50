"""The firmware's own numbers and names of the audit log."""

from __future__ import annotations

import host_tools.firmware  # noqa: F401
from gate.storage import audit_format
from gate.storage.audit_format import (
    FOLDER,
    HEAD,
    KEY,
    LINK,
    MAX_BYTES,
    MAX_NAME,
    MAX_TEXT,
    MOST,
    SEAL,
    SEGMENT,
    SLOTS,
    SUBJECT,
    SUFFIX,
    VERSION,
)

__all__ = [
    "FIELDS",
    "FOLDER",
    "HEAD",
    "KEY",
    "KINDS",
    "LINK",
    "MAX_BYTES",
    "MAX_NAME",
    "MAX_TEXT",
    "MOST",
    "SEAL",
    "SEGMENT",
    "SLOTS",
    "SUBJECT",
    "SUFFIX",
    "VERSION",
]

KINDS: list[str] = audit_format.KINDS.split()
FIELDS: list[str] = audit_format.FIELDS.split()

"""Numbers and names of the audit log, for the terminal and for `gatectl log` (docs/audit.md).

A segment file is a CBOR sequence (RFC 8742) of byte strings: its header first, then records. Each
is `body || link || seal`; body is one CBOR array, link chains it to all before, seal takes the key.
"""

VERSION = 1
LINK = 8  # bytes of SHA-256(chain || body)
SEAL = 8  # bytes of HMAC-SHA-256(key of the segment, chain)
SUBJECT = 8  # bytes of a pseudonym
HEAD = 2  # bytes: a byte string of 24 to 255 bytes
MOST = 128  # bytes of a record with all that; LittleFS keeps so small a file in its folder's block
MAX_BODY = MOST - HEAD - LINK - SEAL

SEGMENT = 16384  # bytes of a segment file, at most
SLOTS = 12  # records that wait in files of their own until they are moved to the segment together

MAX_TEXT = 32  # bytes of a text
MAX_BYTES = 16
MAX_NAME = 16  # of a kind or field that has no number

FOLDER = "log"
TAIL = "log/tail"  # files 0 to SLOTS - 1: the record whose number leaves that remainder
KEY = "audit.key"
SUFFIX = ".seg"

# What happened, and what is known of it: a name's place is its number; other names stand as texts.
# One text each, since lists would take a kilobyte of heap.
KINDS = (
    "start decision passage annulled alarm alarm_over update clock fault reader contact lost "
    "cut key fire_on fire_off tamper_on tamper_off lock_on lock_off maintenance_on maintenance_off"
)
FIELDS = (
    "gate lane direction verdict reason rule format ms subject kid kind state reader where error "
    "source cause unix version reset count bytes segments hung last_fault note changed"
)

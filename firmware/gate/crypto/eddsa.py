"""Ed25519 (RFC 8032 5.1.7), cofactorless, with canonical encodings only.

S must be below L; A must decode as RFC 8032 5.1.3 says (y below p, no "minus
zero"); R is compared as bytes with the encoding of [S]B - [k]A, so only its
canonical encoding can match.  Small-order A and R are not refused as such.
"""

from micropython import const

from .inverse import invert
from .machine import base_table, io, is_zero, put, run, table_body
from .programs_e import CODE, CONSTANTS
from .sha512 import sha512_into
from .steps import planner, recode, wnaf
from .weierstrass import _bits0, _bits1, _digits, _steps

_P = (1 << 255) - 19
_L = (1 << 252) + 27742317777372353535851937790883648493
_P_LITTLE = _P.to_bytes(32, "little")
_L_LITTLE = _L.to_bytes(32, "little")
_B = b"\x58" + b"\x66" * 31  # the base point, encoded

# Programs and slots of io, by number: host_tools.kernels.programs.
_DOUBLE = const(0)
_ADD = const(1)
_SUB = const(2)
_IDENTITY = const(3)
_INIT = const(4)
_ADD_WIDE = const(5)
_SUB_WIDE = const(6)
_ODD_START = const(7)
_ODD_NEXT = const(11)
_FINISH = const(12)
_AFFINE = const(15)
_SLOT_ONE = const(0)
_SLOT_K = const(1)
_SLOT_D = const(2)
_SLOT_I = const(3)
_SLOT_X = const(4)
_SLOT_Y = const(5)
_SLOT_Z = const(6)
_SLOT_PLUS = const(7)
_SLOT_MINUS = const(8)
_SLOT_XI = const(9)
_SLOT_TABLE = const(10)

_INIT_STEPS = bytes((_INIT, 0, 255))
_ODD_STEPS = bytes([_ODD_START, 0] + [x for i in range(1, 8) for x in (_ODD_NEXT, i)] + [255])
_FINISH_STEPS = bytes((_FINISH, 0, 255))
_AFFINE_STEPS = bytes((_AFFINE, 0, 255))
_odd_table = memoryview(io)[32 * _SLOT_TABLE :]
_z = memoryview(io)[32 * _SLOT_Z : 32 * _SLOT_Z + 32]
_hash = bytearray(64)
_base = []  # the base point's comb, once loaded


def _slot(slot):
    return int.from_bytes(io[32 * slot : 32 * slot + 32], "little")


def _decode(key) -> bool:
    """Put the key's x and y into their slots (RFC 8032 5.1.3), or give False."""
    y = int.from_bytes(key, "little")
    odd = y >> 255
    y &= (1 << 255) - 1
    if y >= _P:
        return False
    put(io, _SLOT_Y, y.to_bytes(32, "little"), 32)
    run(2, CODE, _INIT_STEPS, io, io)
    if is_zero(io, _SLOT_MINUS):
        x = _slot(_SLOT_X)
    elif is_zero(io, _SLOT_PLUS):
        x = _slot(_SLOT_XI)
    else:
        return False
    if x & 1 != odd:
        if x == 0:
            return False
        x = _P - x
    put(io, _SLOT_X, x.to_bytes(32, "little"), 32)
    return True


def check(key, message, signature, table) -> bool:
    """Verify; see gate.crypto.verify.  R' = [S]B - [k]A must encode as R."""
    if len(key) != 32 or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= _L:
        return False
    comb = None
    if table is not None:
        comb = table_body(table, 2, key)
        if comb is None:
            return False
    if not _base:
        _base.extend(table_body(base_table("ed25519"), 2, _B))
    put(io, 0, CONSTANTS, 128)
    teeth, columns, entries = _base
    recode(_bits0, signature[32:], _L_LITTLE, teeth * columns)
    sha512_into(_hash, (signature[:32], key, message))
    k = int.from_bytes(_hash, "little") % _L
    if comb is None:
        if not _decode(key):
            return False
        run(2, CODE, _ODD_STEPS, io, io)
        wnaf(_digits, k.to_bytes(33, "little"))
        planner()(_steps, 2, teeth, columns, _bits0, 0, 257, _digits, 1)
        key_entries = _odd_table
    else:
        t, e, key_entries = comb
        recode(_bits1, k.to_bytes(32, "little"), _L_LITTLE, t * e)
        planner()(_steps, 2, teeth, columns, _bits0, t, e, _bits1, 1)
    run(2, CODE, _steps, entries, key_entries)
    run(2, CODE, _FINISH_STEPS, io, io)
    invert(_z, _P_LITTLE)
    run(2, CODE, _AFFINE_STEPS, io, io)
    return _encodes(io, _SLOT_X, _SLOT_Y, signature)


@micropython.viper
def _encodes(slots: ptr8, x: int, y: int, raw: ptr8) -> bool:
    """Say whether raw[:32] is the encoding of the point in slots x and y (RFC 8032 5.1.2)."""
    x *= 32
    y *= 32
    bad = (slots[y + 31] | ((slots[x] & 1) << 7)) ^ raw[31]
    i = 0
    while i < 31:
        bad |= slots[y + i] ^ raw[i]
        i += 1
    return bad == 0

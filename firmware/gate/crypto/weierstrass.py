"""Points of P-256 and SM2 on the field machine.

The plan of a verification uses incomplete formulas.  If the sum runs into one of
their exceptional cases (the sum equals an addend or its negative), Z becomes 0
and stays 0, so a Z of 0 at the end means "exceptional or infinity": then the
same plan is run again with complete formulas.
"""

from . import programs_w as prog
from .inverse import invert
from .machine import base_table, io, is_zero, less, put, put_reversed, put_sum, run, table_body
from .steps import DIGITS, SIZE, complete, planner, recode, wnaf

_INIT = bytes((prog.INIT, 0, 255))
_FINISH = bytes((prog.FINISH, 0, 255))
_COMPLETE_FINISH = bytes((prog.COMPLETE_FINISH, 0, 255))
_LIFT = bytes((0, 0, 255))
_ODD = bytes(
    [prog.ODD_START, 0]
    + [x for i in range(1, 8) for x in (prog.ODD_NEXT, i)]
    + [prog.ODD_INVERT, 0, 255]
)
_AFFINE = bytes(
    [prog.ODD_INVERSE, 0] + [x for i in range(7, 0, -1) for x in (prog.ODD_AFFINE, i)] + [255]
)
_odd_table = memoryview(io)[32 * prog.SLOT_TABLE :]
_inverse = memoryview(io)[32 * prog.SLOT_INV : 32 * prog.SLOT_INV + 32]
_steps = bytearray(SIZE)
_digits = bytearray(DIGITS)
_bits0 = bytearray(33)
_bits1 = bytearray(33)


class Curve:
    """One curve y^2 = x^3 - 3x + b: its numbers and the base point's comb."""

    def __init__(self, name, field, p, n, key, constants, lift):
        self.name = name
        self.field = field
        self.p = p
        self.n = n
        self._p_big = p.to_bytes(32, "big")
        self._p_little = p.to_bytes(32, "little")
        self._n_little = n.to_bytes(32, "little")
        self._key = key  # base point, X || Y
        self._constants = constants
        self._lift = lift
        self._base = None

    def base(self):
        """Give (teeth, columns, entries) of the base point; raises OSError without its file."""
        if self._base is None:
            self._base = table_body(base_table(self.name), self.field, self._key)
        return self._base

    def x_is(self, k, m, key, r, table) -> bool:
        """Say whether x(kG + mQ) is r modulo n.

        k, m, r: 32 bytes, little-endian, below n.  key: Q as X || Y, any 64 bytes.
        table: comb table of Q or None.
        False also when Q is no point, the table is not Q's, or the sum is infinity.
        """
        field = self.field
        n = self._n_little
        if not (less(key, 0, self._p_big) and less(key, 32, self._p_big)):
            return False
        comb = None
        if table is not None:
            comb = table_body(table, field, key)
            if comb is None:
                return False
        put(io, 0, self._constants, 96)
        put_reversed(io, prog.SLOT_X, key, 0)
        put_reversed(io, prog.SLOT_Y, key, 32)
        run(field, prog.CODE, _INIT, io, io)
        if not is_zero(io, prog.SLOT_D):
            return False
        teeth, columns, entries = self.base()
        recode(_bits0, k, n, teeth * columns)
        if comb is None:
            self._odd_multiples()
            put(_bits1, 0, m, 32)
            _bits1[32] = 0
            wnaf(_digits, _bits1)
            planner()(_steps, field, teeth, columns, _bits0, 0, DIGITS, _digits, 0)
            key_entries = _odd_table
        else:
            t, e, key_entries = comb
            recode(_bits1, m, n, t * e)
            planner()(_steps, field, teeth, columns, _bits0, t, e, _bits1, 0)
        put(io, prog.SLOT_R, r, 32)
        put_sum(io, prog.SLOT_RN, r, n, self._p_little)
        run(field, prog.CODE, _steps, entries, key_entries)
        run(field, prog.CODE, _FINISH, io, io)
        if is_zero(io, prog.SLOT_Z):
            complete(_steps)
            run(field, prog.CODE, _steps, entries, key_entries)
            run(field, prog.CODE, _COMPLETE_FINISH, io, io)
            if is_zero(io, prog.SLOT_Z):
                return False  # infinity
        return is_zero(io, prog.SLOT_D) or is_zero(io, prog.SLOT_DN)

    def _odd_multiples(self):
        """Fill the table with Q, 3Q, ... 15Q in affine coordinates."""
        run(self.field, prog.CODE, _ODD, io, io)
        invert(_inverse, self._p_little)
        run(self.field, prog.CODE, _AFFINE, io, io)

    def lift(self, x, odd):
        """Give X || Y for 32 bytes x and the parity of Y, or None."""
        p = self.p
        if int.from_bytes(x, "big") >= p:
            return None
        put(io, 0, self._constants, 96)
        put_reversed(io, prog.SLOT_X, x, 0)
        put(io, prog.SLOT_Y, b"\x01" + bytes(31), 32)
        run(self.field, self._lift, _LIFT, io, io)
        if not is_zero(io, prog.SLOT_D):
            return None
        at = 32 * prog.SLOT_Z
        y = int.from_bytes(io[at : at + 32], "little")
        if y & 1 != odd:
            if y == 0:
                return None
            y = p - y
        return bytes(x) + y.to_bytes(32, "big")

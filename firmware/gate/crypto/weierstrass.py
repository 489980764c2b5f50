"""Points of P-256 and SM2 on the field machine.

The plan of a verification uses incomplete formulas.  If the sum runs into one of
their exceptional cases (the sum equals an addend or its negative), Z becomes 0
and stays 0, so a Z of 0 at the end means "exceptional or infinity": then the
same plan is run again with complete formulas.
"""

from micropython import const

from .inverse import invert
from .machine import base_table, io, is_zero, less, put, put_reversed, put_sum, run, table_body
from .programs_w import CODE
from .steps import DIGITS, SIZE, complete, planner, recode, wnaf

# Programs and slots of io, by number: host_tools.kernels.programs.
_DOUBLE = const(0)
_ADD = const(1)
_SUB = const(2)
_SET = const(3)
_SET_MINUS = const(4)
_INIT = const(5)
_FINISH = const(6)
_ODD_START = const(7)
_ODD_NEXT = const(8)
_ODD_INVERT = const(9)
_ODD_INVERSE = const(10)
_ODD_AFFINE = const(11)
_COMPLETE_FINISH = const(15)
_SLOT_ONE = const(0)
_SLOT_CONV = const(1)
_SLOT_B = const(2)
_SLOT_X = const(3)
_SLOT_Y = const(4)
_SLOT_R = const(5)
_SLOT_RN = const(6)
_SLOT_Z = const(7)
_SLOT_D = const(8)
_SLOT_DN = const(9)
_SLOT_INV = const(7)
_SLOT_H = const(10)
_SLOT_TABLE = const(18)

_INIT_STEPS = bytes((_INIT, 0, 255))
_FINISH_STEPS = bytes((_FINISH, 0, 255))
_COMPLETE_FINISH_STEPS = bytes((_COMPLETE_FINISH, 0, 255))
_LIFT_STEPS = bytes((0, 0, 255))
_ODD_STEPS = bytes(
    [_ODD_START, 0] + [x for i in range(1, 8) for x in (_ODD_NEXT, i)] + [_ODD_INVERT, 0, 255]
)
_AFFINE_STEPS = bytes(
    [_ODD_INVERSE, 0] + [x for i in range(7, 0, -1) for x in (_ODD_AFFINE, i)] + [255]
)
_odd_table = memoryview(io)[32 * _SLOT_TABLE :]
_inverse = memoryview(io)[32 * _SLOT_INV : 32 * _SLOT_INV + 32]
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
        put_reversed(io, _SLOT_X, key, 0)
        put_reversed(io, _SLOT_Y, key, 32)
        run(field, CODE, _INIT_STEPS, io, io)
        if not is_zero(io, _SLOT_D):
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
        put(io, _SLOT_R, r, 32)
        put_sum(io, _SLOT_RN, r, n, self._p_little)
        run(field, CODE, _steps, entries, key_entries)
        run(field, CODE, _FINISH_STEPS, io, io)
        if is_zero(io, _SLOT_Z):
            complete(_steps)
            run(field, CODE, _steps, entries, key_entries)
            run(field, CODE, _COMPLETE_FINISH_STEPS, io, io)
            if is_zero(io, _SLOT_Z):
                return False  # infinity
        return is_zero(io, _SLOT_D) or is_zero(io, _SLOT_DN)

    def _odd_multiples(self):
        """Fill the table with Q, 3Q, ... 15Q in affine coordinates."""
        run(self.field, CODE, _ODD_STEPS, io, io)
        invert(_inverse, self._p_little)
        run(self.field, CODE, _AFFINE_STEPS, io, io)

    def lift(self, x, odd):
        """Give X || Y for 32 bytes x and the parity of Y, or None."""
        p = self.p
        if int.from_bytes(x, "big") >= p:
            return None
        put(io, 0, self._constants, 96)
        put_reversed(io, _SLOT_X, x, 0)
        put(io, _SLOT_Y, b"\x01" + bytes(31), 32)
        run(self.field, self._lift, _LIFT_STEPS, io, io)
        if not is_zero(io, _SLOT_D):
            return None
        at = 32 * _SLOT_Z
        y = int.from_bytes(io[at : at + 32], "little")
        if y & 1 != odd:
            if y == 0:
                return None
            y = p - y
        return bytes(x) + y.to_bytes(32, "big")

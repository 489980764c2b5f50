"""The field machine's buffers and the choice of its kernel.

docs/crypto.md has the contract.  The first use imports the kernel that the
build left in the package and gives it known answers; one that is absent or
wrong is passed over for the portable kernel, and `notes()` says why.
"""

REGISTERS = 22
_SLOTS = 42

# Native kernels in the order they are tried: the build leaves at most one.
NATIVE = ("kernel_rv32", "kernel_xtensa")

io = bytearray(32 * _SLOTS)
_chosen = []  # the kernel and its register file, once chosen
_notes = []


class KernelError(Exception):
    """The portable kernel itself gave a wrong answer: nothing can be verified."""


def _import(name):
    full = "%s.%s" % (__name__.rsplit(".", 1)[0], name)
    module = __import__(full)
    for part in full.split(".")[1:]:
        module = getattr(module, part)
    return module


def _choose():
    for name in NATIVE:
        try:
            kernel = _import(name)
        except ImportError:
            continue
        except Exception as error:  # a damaged file, or code for another chip
            _notes.append("%s: %r" % (name, error))
            continue
        try:
            bad = self_test(kernel)
        except Exception as error:
            bad = repr(error)
        if not bad:
            return kernel
        _notes.append("%s: %s" % (name, bad))
    from . import kernel_viper

    bad = self_test(kernel_viper)
    if bad:
        raise KernelError(bad)
    return kernel_viper


def use(kernel) -> None:
    """Take this kernel from now on (tests; the choice is otherwise automatic)."""
    _chosen[:] = [kernel, bytearray(REGISTERS * kernel.SIZE)]


def run(field, code, steps, tab0, tab1) -> None:
    """Run steps on the register file and `io`."""
    if not _chosen:
        use(_choose())
    _chosen[0].run(field, code, steps, _chosen[1], io, tab0, tab1)


def active() -> str:
    """Give the name of the kernel in use."""
    if not _chosen:
        use(_choose())
    return _chosen[0].NAME


def routine(name, portable, right):
    """Give the kernel's own routine of this name if it has one that is right, else `portable`.

    name: of docs/crypto.md, "RV32 notes".  right: takes the routine, says whether it gives the
    known answers; asked once by each caller, which keeps what it is given.
    """
    active()
    native = getattr(_chosen[0], name, None)
    if native is None:
        return portable
    try:
        if right(native):
            return native
        bad = "wrong answer"
    except Exception as error:
        bad = repr(error)
    _notes.append("%s.%s: %s" % (_chosen[0].NAME, name, bad))
    return portable


def notes() -> list:
    """Say which kernels were passed over and why, one text each."""
    active()
    return _notes


def self_test(kernel) -> str:
    """Give "" when the kernel gives the known answers, else what is wrong."""
    from . import selftest

    for field in range(3):
        if field not in kernel.FIELDS:
            return "field %d is missing" % field
    return selftest.check(kernel)


@micropython.viper
def put_reversed(to: ptr8, slot: int, source: ptr8, start: int):
    """Copy 32 bytes at source[start] into a slot, in reverse order."""
    at = 32 * slot + 31
    i = 0
    while i < 32:
        to[at - i] = source[start + i]
        i += 1


@micropython.viper
def put(to: ptr8, slot: int, source: ptr8, n: int):
    """Copy n bytes into `to` from the given slot on."""
    at = 32 * slot
    i = 0
    while i < n:
        to[at + i] = source[i]
        i += 1


@micropython.viper
def is_zero(buffer: ptr8, slot: int) -> bool:
    """Say whether a slot is all zero."""
    at = 32 * slot
    t = 0
    i = 0
    while i < 32:
        t |= buffer[at + i]
        i += 1
    return t == 0


@micropython.viper
def less(a: ptr8, start: int, b: ptr8) -> bool:
    """Say whether the 32 bytes at a[start] are below b's as big-endian numbers."""
    i = 0
    while i < 31:
        if a[start + i] != b[i]:
            break
        i += 1
    return int(a[start + i]) < int(b[i])


@micropython.viper
def put_sum(to: ptr8, slot: int, a: ptr8, b: ptr8, limit: ptr8):
    """Put a + b into a slot if it is below `limit`, else a; 32 bytes each, little-endian."""
    at = 32 * slot
    carry = 0
    borrow = 0
    i = 0
    while i < 32:
        carry += int(a[i]) + int(b[i])
        to[at + i] = carry
        borrow = ((carry & 255) - int(limit[i]) - borrow) >> 8 & 1
        carry >>= 8
        i += 1
    if carry or not borrow:
        i = 0
        while i < 32:
            to[at + i] = a[i]
            i += 1


@micropython.viper
def _teeth(table: ptr8, field: int, key: ptr8, n: int) -> int:
    """Give the number of teeth that a table's head says; 0 if the table is not of this key."""
    if table[0] != 71 or table[1] != 67 or table[2] != 84 or table[3] != 49:  # GCT1
        return 0
    if int(table[4]) != field or table[7] != 0:
        return 0
    i = 0
    while i < n:
        if table[8 + i] != key[i]:
            return 0
        i += 1
    return int(table[5])


def table_body(table, field, key):
    """Give (teeth, columns, entries) of a comb table, or None if it is not of `key`.

    The entries are a memoryview into `table`: nothing is copied.
    """
    start = 8 + len(key)
    if len(table) < start:
        return None
    teeth = _teeth(table, field, key, len(key))
    if not 3 <= teeth <= 8:
        return None
    columns = (256 + teeth - 1) // teeth
    width = 96 if field == 2 else 64
    if table[6] != columns or len(table) != start + (width << (teeth - 1)):
        return None
    return teeth, columns, memoryview(table)[start:]


def base_table(name):
    """Load the base point's table that lies beside this module.

    In a ROM file system the file is used in place; elsewhere it is read once.
    """
    folder = __file__.rsplit("/", 1)[0] if "/" in __file__ else "."
    with open("%s/%s.bin" % (folder, name), "rb") as file:
        try:
            return memoryview(file)
        except TypeError:
            table = bytearray(file.seek(0, 2))  # read() would take twice its size while it grows
            file.seek(0)
            file.readinto(table)
            return table

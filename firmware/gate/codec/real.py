"""IEEE 754 numbers of CBOR (RFC 8949 3.3), without floats: boards have small ones, or none."""

from ..refusal import Refusal


class Real:
    """A float that is no whole number. Times use only its whole part, and nothing else takes it."""

    def __init__(self, whole):
        self.whole = whole  # int, rounded down


def real(bits, exponent_bits, fraction_bits):
    """The number in these bits: an int when it is whole, else a Real.

    Raises Refusal('cbor_invalid') for what is no number, infinite, or beyond any time or count.
    """
    bias = (1 << (exponent_bits - 1)) - 1
    exponent = (bits >> fraction_bits) & ((1 << exponent_bits) - 1)
    fraction = bits & ((1 << fraction_bits) - 1)
    negative = bits >> (exponent_bits + fraction_bits)
    if exponent == (1 << exponent_bits) - 1 or exponent - bias > 63:
        raise Refusal("cbor_invalid")
    if exponent:
        fraction |= 1 << fraction_bits
    else:
        exponent = 1
    shift = exponent - bias - fraction_bits
    whole = fraction << shift if shift >= 0 else fraction >> -shift
    exact = shift >= 0 or whole << -shift == fraction
    if negative:
        whole = -whole if exact else -whole - 1
    return whole if exact else Real(whole)

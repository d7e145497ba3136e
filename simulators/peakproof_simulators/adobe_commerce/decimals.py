"""Quantities and amounts: exact, and printed the way the shop prints them."""

from __future__ import annotations

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)
LARGEST_QUANTITY: Final = Decimal("99999999.9999")
"""What the column of a quantity, decimal(12,4), can hold."""

_CENT: Final = Decimal("0.01")
_PLACES: Final = Decimal("0.0001")


def tidy(value: Decimal) -> Decimal:
    """Without zeros at the end, and never with an exponent."""
    whole = value.to_integral_value()
    return whole.quantize(ONE) if value == whole else value.normalize()


def quantity(value: Decimal) -> Decimal:
    """Rounded to the four places of a quantity's column; equal ones are one object."""
    # A zero may have a sign, which equality does not see.
    return _quantity(value) if value and value.is_finite() else _rounded(value)


def _rounded(value: Decimal) -> Decimal:
    return tidy(value.quantize(_PLACES, ROUND_HALF_UP))


_quantity = lru_cache(maxsize=4096)(_rounded)


def cents(value: Decimal) -> Decimal:
    """Rounded to two places, half away from zero."""
    return value.quantize(_CENT, ROUND_HALF_UP)


def minor(value: Decimal) -> int:
    """An amount in minor units."""
    return int((value * 100).quantize(ONE, ROUND_HALF_UP))


def units(value: Decimal) -> int:
    """Whole units of a quantity; a part of one cannot be sold."""
    return int(value.quantize(ONE, ROUND_FLOOR))

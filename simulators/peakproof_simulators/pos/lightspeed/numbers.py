"""Numbers on the wire: money and quantities are JSON numbers or decimal texts, never floats here.

Inside, money is minor units and quantities are hundred-thousandths of a unit, both whole.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from peakproof_simulators.pos.lightspeed.errors import refusal
from peakproof_simulators.pos.stock import UNIT

MOST: Final = 1_000_000_000
"""No price and no quantity is larger (chosen)."""

_TEXT: Final = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,10})?")
_CENT: Final = Decimal("0.01")
_FIFTH: Final = Decimal("0.00001")


def number(value: Any, field: str) -> Decimal:
    """A number as a client gave it: a JSON number, or a text that holds one.

    Raises:
        VendorError: it is none, or out of reach.
    """
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise refusal(400, f"{field} must be a number")
    if isinstance(value, str) and not _TEXT.fullmatch(value):
        raise refusal(400, f"{field} must be a number")
    if isinstance(value, int) and abs(value) > MOST:
        raise refusal(400, f"{field} is out of range")
    found = Decimal(value)
    if not found.is_finite() or abs(found) > MOST:
        raise refusal(400, f"{field} is out of range")
    return found


def cents(amount: Decimal) -> int:
    """Minor units, halves to the even neighbour."""
    return int(amount.quantize(_CENT).scaleb(2))


def quantity_e5(value: Any, field: str) -> int:
    """A quantity; five decimals at most.

    Raises:
        VendorError: it is none, or finer than that.
    """
    found = number(value, field)
    scaled = found * UNIT
    if scaled != int(scaled):
        raise refusal(422, f"{field} has more than five decimals")
    return int(scaled)


def money(amount_minor: int) -> Decimal:
    """An amount as it is printed."""
    return Decimal(amount_minor).scaleb(-2)


def each(amount_minor: int, units_e5: int) -> Decimal:
    """What one unit of a line comes to, to five decimals."""
    if units_e5 == 0:
        return Decimal(0)
    return (Decimal(amount_minor) * UNIT / (100 * units_e5)).quantize(_FIFTH).normalize() + 0


def units(units_e5: int) -> int | Decimal:
    """A quantity as it is printed in sales and stock records."""
    whole, rest = divmod(units_e5, UNIT)
    return whole if rest == 0 else Decimal(units_e5).scaleb(-5).normalize()


def text_e5(units_e5: int) -> str:
    """A quantity as it is printed in consignments: ``10.00000``."""
    return str(Decimal(units_e5).scaleb(-5))


def plain(units_e5: int) -> str:
    """A quantity as it is printed in fulfilments and adjustments: ``-3``, ``0.5``."""
    return format(units(units_e5), "f") if units_e5 % UNIT else str(units_e5 // UNIT)

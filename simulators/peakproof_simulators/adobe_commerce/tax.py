"""Tax and rounding, by the three ways of the shop."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from peakproof_simulators.adobe_commerce.decimals import ONE, ZERO, cents

_FIRST_DELTA: Final = Decimal("0.000001")
_HUNDRED: Final = Decimal(100)


class Priced(NamedTuple):
    """Amounts of a line."""

    price: Decimal
    price_incl_tax: Decimal
    row_total: Decimal
    row_total_incl_tax: Decimal
    tax_amount: Decimal


def priced(
    lines: Sequence[tuple[Decimal, Decimal]], percent: Decimal, *, algorithm: str, gross: bool
) -> list[Priced]:
    """The amounts of lines of (catalogue price, quantity).

    By unit the tax of one unit is rounded, by row that of a line; by total the rest of a line's
    rounding is carried to the next one, so that equal lines may differ by a cent.
    """
    rate = percent / _HUNDRED
    share = ONE - ONE / (ONE + rate) if gross else rate
    carried = _FIRST_DELTA
    made: list[Priced] = []
    for price, amount in lines:
        row = price * amount
        if algorithm == "UNIT_BASE_CALCULATION":
            tax = cents(cents(price * share) * amount)
        elif algorithm == "ROW_BASE_CALCULATION":
            tax = cents(row * share)
        else:
            exact = row * share + carried
            tax = cents(exact)
            carried = exact - tax
        made.append(_line(price, amount, cents(row), tax, gross=gross))
    return made


def _line(price: Decimal, amount: Decimal, row: Decimal, tax: Decimal, *, gross: bool) -> Priced:
    if not amount:
        return Priced(price, price, ZERO, ZERO, ZERO)
    if gross:
        return Priced(cents((row - tax) / amount), price, row - tax, row, tax)
    return Priced(price, cents((row + tax) / amount), row, row + tax, tax)


def part(
    total: Decimal, done: Decimal, whole: Decimal, passed: Decimal, amount: Decimal
) -> Decimal:
    """What of a line's amount falls to some of its units: the last ones take the rest.

    ``done`` of ``total`` is on documents already, with ``passed`` of ``whole`` units.
    """
    left = whole - passed
    if amount >= left or left <= 0:
        return total - done
    return cents((total - done) / left * amount)

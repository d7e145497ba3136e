"""What a basket costs: discounts, then taxes, in whole minor units.

One rounding rule for everything: half to even ("bankers'"), done once for each amount that is
worked out. An amount that belongs to a whole basket is rounded once and then shared out among
the lines in proportion, so that shares always sum to the amount (largest remainder first, ties
to the earlier line).

Discounts come in four passes: percentages of a line, percentages of the basket, amounts off a
line, amounts off the basket. Taxes come last: those that the prices include, then those on top.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

import msgspec

from peakproof_simulators.pos.stock import UNIT

Scope = Literal["line", "basket"]

_WHOLE: Final = 100 * UNIT
"""A hundred per cent, in hundred-thousandths of a per cent."""


class Discount(msgspec.Struct, frozen=True, gc=False):
    """A reduction: ``percent`` (text, such as ``12.5``) or, where that is empty, an amount."""

    uid: str
    name: str = ""
    percent: str = ""
    amount_minor: int = 0
    scope: Scope = "basket"
    applied_minor: int = 0


class Tax(msgspec.Struct, frozen=True, gc=False):
    """A tax: ``included`` in the prices, or on top of them; ``of`` names the catalogue's rate."""

    uid: str
    name: str = ""
    percent: str = "0"
    included: bool = True
    scope: Scope = "basket"
    of: str = ""
    of_version: int = 0
    automatic: bool = False
    applied_minor: int = 0


class Share(msgspec.Struct, frozen=True, gc=False):
    """A line's part of a discount or a tax; ``of`` is its uid in the basket."""

    uid: str
    of: str
    applied_minor: int = 0


class Amounts(msgspec.Struct, gc=False):
    """A line while it is being priced. ``discounts`` and ``taxes`` name those of scope line."""

    gross_minor: int
    discounts: tuple[str, ...] = ()
    taxes: tuple[str, ...] = ()
    left_minor: int = 0
    added_tax_minor: int = 0
    tax_minor: int = 0


class Priced(msgspec.Struct):
    """The outcome: shares by line in the order of the discounts and taxes, and both, applied."""

    discounts: tuple[Discount, ...]
    taxes: tuple[Tax, ...]
    discount_shares: list[list[tuple[str, int]]]
    tax_shares: list[list[tuple[str, int]]]


def half_even(numerator: int, denominator: int) -> int:
    """The quotient as a whole number, halves to the even neighbour."""
    whole, rest = divmod(numerator, denominator)
    twice = 2 * rest
    if twice > denominator or (twice == denominator and whole & 1):
        return whole + 1
    return whole


def times(price_minor: int, units_e5: int) -> int:
    """A unit price for a quantity."""
    if units_e5 % UNIT == 0:
        return price_minor * (units_e5 // UNIT)
    return half_even(price_minor * units_e5, UNIT)


@lru_cache(maxsize=1024)
def percent_e5(text: str) -> int:
    """A percentage in hundred-thousandths of a per cent.

    Raises:
        decimal.InvalidOperation: the text is no number.
    """
    return int(Decimal(text) * UNIT)


def share_out(total: int, weights: Sequence[int]) -> list[int]:
    """Share a total among weights so that the parts sum to it."""
    if len(weights) == 1:
        return [total]
    whole = sum(weights)
    if whole == 0:
        return [total, *[0] * (len(weights) - 1)] if weights else []
    parts = [total * weight // whole for weight in weights]
    rest = [total * weight % whole for weight in weights]
    first = sorted(range(len(weights)), key=lambda index: (-rest[index], index))
    for index in first[: total - sum(parts)]:
        parts[index] += 1
    return parts


def price(lines: Sequence[Amounts], discounts: Sequence[Discount], taxes: Sequence[Tax]) -> Priced:
    """Work a basket out; the amounts left on each line are written into ``lines``."""
    for line in lines:
        line.left_minor = line.gross_minor
    discount_shares: list[list[tuple[str, int]]] = [[] for _ in lines]
    applied: dict[str, int] = {}
    for of_percent, scope in ((True, "line"), (True, "basket"), (False, "line"), (False, "basket")):
        for discount in discounts:
            if bool(discount.percent) is of_percent and discount.scope == scope:
                applied[discount.uid] = _reduce(lines, discount, discount_shares)
    tax_shares: list[list[tuple[str, int]]] = [[] for _ in lines]
    included = [tax for tax in taxes if tax.included]
    rates_e5 = [
        sum(percent_e5(tax.percent) for tax in included if _bears(line, tax)) for line in lines
    ]
    for tax in included:
        applied[tax.uid] = _include(lines, rates_e5, tax, tax_shares)
    bases = [line.left_minor - line.tax_minor for line in lines]
    for tax in taxes:
        if not tax.included:
            applied[tax.uid] = _add(lines, bases, tax, tax_shares)
    return Priced(
        discounts=tuple(
            msgspec.structs.replace(each, applied_minor=applied[each.uid]) for each in discounts
        ),
        taxes=tuple(
            msgspec.structs.replace(each, applied_minor=applied[each.uid]) for each in taxes
        ),
        discount_shares=discount_shares,
        tax_shares=tax_shares,
    )


def _reduce(
    lines: Sequence[Amounts], discount: Discount, shares: list[list[tuple[str, int]]]
) -> int:
    if discount.scope == "line":
        chosen = [at for at, line in enumerate(lines) if discount.uid in line.discounts]
        parts = [_reduction(discount, lines[at].left_minor) for at in chosen]
    else:
        chosen = list(range(len(lines)))
        lefts = [line.left_minor for line in lines]
        parts = share_out(_reduction(discount, sum(lefts)), lefts)
    for at, part in zip(chosen, parts, strict=True):
        lines[at].left_minor -= part
        shares[at].append((discount.uid, part))
    return sum(parts)


def _reduction(discount: Discount, left_minor: int) -> int:
    if discount.percent:
        return min(half_even(left_minor * percent_e5(discount.percent), _WHOLE), left_minor)
    return min(discount.amount_minor, left_minor)


def _bears(line: Amounts, tax: Tax) -> bool:
    return tax.scope == "basket" or tax.uid in line.taxes


def _include(
    lines: Sequence[Amounts],
    rates_e5: Sequence[int],
    tax: Tax,
    shares: list[list[tuple[str, int]]],
) -> int:
    """A tax inside the prices: ``price x rate / (100 + all rates inside)``."""
    chosen = [at for at, line in enumerate(lines) if _bears(line, tax)]
    rate = percent_e5(tax.percent)
    lefts = [lines[at].left_minor for at in chosen]
    if tax.scope == "line":
        parts = [
            half_even(left * rate, _WHOLE + rates_e5[at])
            for at, left in zip(chosen, lefts, strict=True)
        ]
    elif len({rates_e5[at] for at in chosen}) == 1:
        whole = _WHOLE + rates_e5[chosen[0]]
        parts = share_out(half_even(sum(lefts) * rate, whole), lefts)
    else:
        exact = [
            left * rate * UNIT // (_WHOLE + rates_e5[at])
            for at, left in zip(chosen, lefts, strict=True)
        ]
        parts = share_out(half_even(sum(exact), UNIT), exact)
    return _take(lines, chosen, tax, parts, shares)


def _add(
    lines: Sequence[Amounts], bases: Sequence[int], tax: Tax, shares: list[list[tuple[str, int]]]
) -> int:
    """A tax on top of the net prices."""
    chosen = [at for at, line in enumerate(lines) if _bears(line, tax)]
    rate = percent_e5(tax.percent)
    if tax.scope == "line":
        parts = [half_even(bases[at] * rate, _WHOLE) for at in chosen]
    else:
        weights = [bases[at] for at in chosen]
        parts = share_out(half_even(sum(weights) * rate, _WHOLE), weights)
    for at, part in zip(chosen, parts, strict=True):
        lines[at].added_tax_minor += part
    return _take(lines, chosen, tax, parts, shares)


def _take(
    lines: Sequence[Amounts],
    chosen: Sequence[int],
    tax: Tax,
    parts: Sequence[int],
    shares: list[list[tuple[str, int]]],
) -> int:
    for at, part in zip(chosen, parts, strict=True):
        lines[at].tax_minor += part
        shares[at].append((tax.uid, part))
    return sum(parts)

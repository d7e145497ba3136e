"""Goods that customers bring back: from which sale, and what they are worth now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from peakproof.errors import UsageError
from peakproof_simulators.pos.pricing import half_even, percent_e5
from peakproof_simulators.pos.sale import Return, ReturnLine, SaleLine
from peakproof_simulators.pos.stock import UNIT

if TYPE_CHECKING:
    from peakproof_simulators.pos.state import PointOfSale


class Brought(msgspec.Struct, frozen=True):
    """Units of a SKU brought back. ``sale`` is empty where no receipt is shown; ``restock`` says
    whether they go back on the shelf or are written off."""

    sku: str
    units: int
    sale: str = ""
    restock: bool = True


def bring(pos: PointOfSale, place: str, brought: Sequence[Brought]) -> tuple[Return, ...]:
    """One return for each source, its lines valued; from now on they count as brought back.

    Raises:
        UsageError: the sale is not known, or not so many of a SKU are left of it.
    """
    lines: dict[str, list[ReturnLine]] = {}
    taken_e5: dict[tuple[str, str], int] = {}
    for at, each in enumerate(brought, start=1):
        if each.units < 1:
            raise UsageError("pos: units brought back are 1 or more")
        own = lines.setdefault(each.sale, [])
        if each.sale:
            own.extend(_linked(pos, each, f"r{at}", taken_e5))
        else:
            own.append(_unlinked(pos, place, each, f"r{at}"))
    returns = tuple(
        Return(uid=f"return-{at}", source=source, lines=tuple(own))
        for at, (source, own) in enumerate(lines.items(), start=1)
    )
    pos.returned_e5.update(taken_e5)
    return returns


def split(
    pos: PointOfSale, goods: Sequence[tuple[str, int]], sale: str, *, restock: bool
) -> list[Brought]:
    """Goods (SKU, units) as far as they are left of a sale, the rest without one."""
    known = pos.sales.get(sale) if sale else None
    left: dict[str, int] = {}
    for line in known.lines if known is not None and known.state == "completed" else ():
        back_e5 = pos.returned_e5.get((sale, line.uid), 0)
        left[line.sku] = left.get(line.sku, 0) + (line.units_e5 - back_e5) // UNIT
    brought: list[Brought] = []
    for sku, units in goods:
        linked = min(units, left.get(sku, 0))
        left[sku] = left.get(sku, 0) - linked
        if linked:
            brought.append(Brought(sku, linked, sale, restock))
        if units > linked:
            brought.append(Brought(sku, units - linked, "", restock))
    return brought


def _linked(
    pos: PointOfSale, brought: Brought, uid: str, taken_e5: dict[tuple[str, str], int]
) -> list[ReturnLine]:
    sale = pos.sales.get(brought.sale)
    if sale is None or sale.state != "completed":
        raise UsageError(f"pos: no completed sale {brought.sale} is known to the tills")
    left_e5 = brought.units * UNIT
    made: list[ReturnLine] = []
    for line in sale.lines:
        known = (sale.id, line.uid)
        before_e5 = taken_e5.get(known, pos.returned_e5.get(known, 0))
        units_e5 = min(left_e5, line.units_e5 - before_e5)
        if line.sku != brought.sku or units_e5 <= 0:
            continue
        left_e5 -= units_e5
        taken_e5[known] = before_e5 + units_e5
        made.append(_part(line, before_e5, units_e5, f"{uid}-{line.uid}", restock=brought.restock))
    if left_e5:
        raise UsageError(
            f"pos: {brought.units} of {brought.sku} are not left of the sale {sale.id}"
        )
    return made


def _part(line: SaleLine, before_e5: int, units_e5: int, uid: str, *, restock: bool) -> ReturnLine:
    """Part of a sold line. Parts are differences of running shares: all of them sum to the line."""

    def part(whole: int) -> int:
        upto = half_even(whole * (before_e5 + units_e5), line.units_e5)
        return upto - half_even(whole * before_e5, line.units_e5)

    return ReturnLine(
        uid=uid, sku=line.sku, units_e5=units_e5, unit_price_minor=line.unit_price_minor,
        gross_minor=part(line.gross_minor), discount_minor=part(line.discount_minor),
        tax_minor=part(line.tax_minor), total_minor=part(line.total_minor),
        source_line=line.uid, variant=line.variant, name=line.name,
        variant_name=line.variant_name, catalogue_version=line.catalogue_version,
        restock=restock,
    )  # fmt: skip


def _unlinked(pos: PointOfSale, place: str, brought: Brought, uid: str) -> ReturnLine:
    """Goods without a receipt are worth today's price."""
    variant = pos.range.sold_as(brought.sku)
    price = None if variant is None else variant.price_at.get(place, variant.price_minor)
    unit = pos.settings.open_price_minor if price is None else price
    gross = unit * brought.units
    rates = pos.range.tax_rates() if variant is None else pos.rates_of(variant)
    rate_e5 = sum(percent_e5(rate.percent) for rate in rates if rate.included)
    return ReturnLine(
        uid=uid, sku=brought.sku, units_e5=brought.units * UNIT, unit_price_minor=unit,
        gross_minor=gross, discount_minor=0,
        tax_minor=half_even(gross * rate_e5, 100 * UNIT + rate_e5), total_minor=gross,
        variant="" if variant is None else variant.id,
        name=brought.sku if variant is None else pos.product_name(variant),
        variant_name="" if variant is None else variant.name,
        catalogue_version=0 if variant is None else variant.version, restock=brought.restock,
    )  # fmt: skip

"""What happens at a counter, whoever stands behind it: baskets are priced, goods change hands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from peakproof.history.records import Charged, Line
from peakproof.history.records import Sale as SaleFact
from peakproof_simulators.pos.pricing import Amounts, Discount, Priced, Share, Tax, price, times
from peakproof_simulators.pos.sale import Return, ReturnLine, Sale, SaleLine
from peakproof_simulators.pos.state import SYSTEM
from peakproof_simulators.pos.stock import UNIT

if TYPE_CHECKING:
    from peakproof_simulators.pos.state import PointOfSale


class Basket(msgspec.Struct):
    """Lines with their prices worked out, and the sums."""

    lines: tuple[SaleLine, ...]
    discounts: tuple[Discount, ...]
    taxes: tuple[Tax, ...]
    total_minor: int
    tax_minor: int
    discount_minor: int


def total_up(
    lines: Sequence[SaleLine], discounts: Sequence[Discount], taxes: Sequence[Tax]
) -> Basket:
    """Work out a basket. A line's shares say which discounts and taxes of scope line it bears."""
    amounts = [
        Amounts(
            gross_minor=times(line.unit_price_minor, line.units_e5),
            discounts=tuple(share.of for share in line.discounts),
            taxes=tuple(share.of for share in line.taxes),
        )
        for line in lines
    ]
    priced = price(amounts, discounts, taxes)
    done = tuple(_priced(lines[at], amounts[at], priced, at) for at in range(len(lines)))
    return Basket(
        lines=done,
        discounts=priced.discounts,
        taxes=priced.taxes,
        total_minor=sum(line.total_minor for line in done),
        tax_minor=sum(line.tax_minor for line in done),
        discount_minor=sum(line.discount_minor for line in done),
    )


def _priced(line: SaleLine, amounts: Amounts, priced: Priced, at: int) -> SaleLine:
    return msgspec.structs.replace(
        line,
        gross_minor=amounts.gross_minor,
        discount_minor=amounts.gross_minor - amounts.left_minor,
        tax_minor=amounts.tax_minor,
        total_minor=amounts.left_minor + amounts.added_tax_minor,
        discounts=_shares(line.uid, "d", priced.discount_shares[at]),
        taxes=_shares(line.uid, "t", priced.tax_shares[at]),
    )


def _shares(line: str, kind: str, parts: Sequence[tuple[str, int]]) -> tuple[Share, ...]:
    return tuple(Share(f"{line}-{kind}{at}", of, part) for at, (of, part) in enumerate(parts))


def hand_over(pos: PointOfSale, sale: Sale) -> None:
    """Goods of a completed sale leave: a fact, and a movement for every tracked line."""
    if pos.dispatch is not None and pos.dispatch.knows(sale):
        return  # by parcel
    _say(pos, sale, "sale", sale.lines, "")
    for line in sale.lines:
        if moves_stock(pos, line.variant, sale.place):
            pos.move(
                variant=line.variant, units_e5=line.units_e5, src=("on_hand", sale.place),
                dst=("sold", sale.place), cause="sale", occurred_ms=sale.occurred_ms,
                by_till=sale.by_till, reason="sale", sale=sale.id, reference=sale.reference,
                total_minor=line.total_minor,
            )  # fmt: skip


def take_in(pos: PointOfSale, sale: Sale) -> None:
    """Goods of a return come in: back on the shelf, or written off; a fact for each source."""
    for each in sale.returns:
        goods = tuple(line for line in each.lines if not line.by_amount)
        if goods:
            _say(pos, sale, "return", goods, each.source)
        for line in goods:
            _bring_back(pos, sale, each, line)


def take_all_back(pos: PointOfSale, sale: Sale) -> None:
    """A completed sale is voided: its goods are on the shelf again."""
    _say(pos, sale, "void", sale.lines, sale.id)
    for line in sale.lines:
        if moves_stock(pos, line.variant, sale.place):
            pos.move(
                variant=line.variant, units_e5=line.units_e5, src=("sold", sale.place),
                dst=("on_hand", sale.place), cause="cancel", occurred_ms=pos.now_ms,
                by_till=sale.by_till, reason="cancelled_sale", sale=sale.id,
            )  # fmt: skip


def moves_stock(pos: PointOfSale, variant: str, place: str) -> bool:
    """Whether selling a variant at a place moves stock there."""
    found = pos.range.variant(variant) if variant else None
    return found is not None and found.tracked and place not in found.untracked_at


def _bring_back(pos: PointOfSale, sale: Sale, each: Return, line: ReturnLine) -> None:
    if moves_stock(pos, line.variant, sale.place):
        pos.move(
            variant=line.variant, units_e5=line.units_e5,
            src=("sold" if each.source else "brought_back", sale.place),
            dst=("on_hand" if line.restock else "damaged", sale.place), cause="return",
            occurred_ms=sale.occurred_ms, by_till=sale.by_till,
            reason="returned" if line.restock else "damaged", sale=sale.id,
            refund=sale.refunds[0] if sale.refunds else "",
        )  # fmt: skip


def _say(
    pos: PointOfSale,
    sale: Sale,
    what: Literal["sale", "return", "void"],
    lines: Sequence[SaleLine | ReturnLine],
    against: str,
) -> None:
    world = pos.world
    world.emit(
        SaleFact(
            world.t, world.by, world.n, SYSTEM, sale.id, sale.place, what,
            tuple(
                Line(line.uid, line.sku, line.units_e5 // UNIT, line.unit_price_minor, sale.place)
                for line in lines
            ),
            (pos.now_ms if what == "void" else sale.occurred_ms) / 1000, against,
        )
    )  # fmt: skip
    if pos.settings.tells_charges:
        sign = 1 if what == "sale" else -1
        world.emit(
            Charged(
                world.t, world.by, world.n, SYSTEM, sale.id, what,
                sign * sum(line.total_minor for line in lines),
                sign * sum(line.tax_minor for line in lines), pos.currency,
            )
        )  # fmt: skip

"""What only a till can do: ring up, take goods back, void, count, and all of it off the line.

No API offers these. A till that is off the line gives a transaction its number and its time at
once and tells the books later; what it shows meanwhile is what it knew when the line went, and
what it has done itself since.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from peakproof.errors import UsageError
from peakproof_simulators.pos import counter
from peakproof_simulators.pos.pricing import Discount, Share, Tax
from peakproof_simulators.pos.returning import Brought, bring
from peakproof_simulators.pos.sale import Payment, Refund, Return, Sale, SaleLine
from peakproof_simulators.pos.stock import UNIT

if TYPE_CHECKING:
    from peakproof_simulators.pos.products import TaxRate, Variant
    from peakproof_simulators.pos.state import PointOfSale, Register


class Scanned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Units of a SKU on the counter; ``price_minor`` is what the cashier typed, if anything."""

    sku: str
    units: int
    price_minor: int | None = None


class Slip(msgspec.Struct, frozen=True):
    """A transaction as the till wrote it, with everything that the books need later."""

    id: str
    place: str
    basket: counter.Basket
    returns: tuple[Return, ...]
    occurred_ms: int
    offline: bool

    @property
    def due_minor(self) -> int:
        """What the customer pays; below zero: what the customer gets back."""
        return self.basket.total_minor - sum(
            line.total_minor for each in self.returns for line in each.lines
        )


def register_of(pos: PointOfSale, place: str) -> Register:
    """The till of a place.

    Raises:
        UsageError: there is no such place.
    """
    register = pos.registers.get(place)
    if register is None:
        raise UsageError(f"pos: there is no store {place!r}, only {', '.join(pos.places)}")
    return register


def shown(pos: PointOfSale, place: str, sku: str) -> int:
    """Whole units of a SKU that the till of a place shows."""
    register = register_of(pos, place)
    variant = pos.range.sold_as(sku)
    if variant is None:
        return 0
    units_e5 = pos.stock.units_e5(variant.id, place)
    if not register.online:
        units_e5 = register.shown_e5.get(variant.id, units_e5)
        units_e5 += register.moved_e5.get(variant.id, 0)
    return units_e5 // UNIT


def uncovered(pos: PointOfSale, place: str, wanted: Sequence[tuple[str, int]]) -> list[str]:
    """The SKUs of which the till shows fewer units than are wanted; untracked ones never."""
    units: dict[str, int] = {}
    for sku, more in wanted:
        units[sku] = units.get(sku, 0) + more
    short = []
    for sku, many in units.items():
        variant = pos.range.sold_as(sku)
        tracked = variant is not None and counter.moves_stock(pos, variant.id, place)
        if tracked and shown(pos, place, sku) < many:
            short.append(sku)
    return short


def ring(
    pos: PointOfSale, place: str, items: Sequence[Scanned], discounts: Sequence[Discount] = ()
) -> str:
    """Ring up a sale; its number."""
    return exchange(pos, place, items, (), discounts=discounts)


def exchange(
    pos: PointOfSale,
    place: str,
    items: Sequence[Scanned],
    brought: Sequence[Brought],
    *,
    discounts: Sequence[Discount] = (),
) -> str:
    """Take goods back, sell others, settle the difference; either side may be empty.

    Raises:
        UsageError: nothing is on the counter, or what is brought back was not sold.
    """
    register = register_of(pos, place)
    if not items and not brought:
        raise UsageError("pos: a transaction without goods cannot be rung up")
    if any(each.units < 1 for each in items):
        raise UsageError("pos: units on the counter are 1 or more")
    lines, taxes = _lines(pos, place, items)
    slip = Slip(
        id=pos.ids.token(24),
        place=place,
        basket=counter.total_up(lines, discounts, taxes),
        returns=bring(pos, place, brought),
        occurred_ms=pos.now_ms,
        offline=not register.online,
    )
    if register.online:
        _file(pos, slip)
    else:
        _remember(pos, register, slip)
        register.kept.append(lambda: _file(pos, slip))
    return slip.id


def void(pos: PointOfSale, sale: str) -> None:
    """Void a completed sale: goods back on the shelf, money back.

    Raises:
        UsageError: the sale is not known, not complete, or goods of it were brought back.
    """
    was = pos.sales.get(sale)
    if was is None or was.state != "completed" or not was.by_till or was.returns:
        raise UsageError(f"pos: {sale} is no completed sale of a till")
    if any(pos.returned_e5.get((sale, line.uid)) for line in was.lines):
        raise UsageError(f"pos: goods of {sale} were brought back, it cannot be voided")
    refunds = _give_back(pos, was, was.paid_minor, sale, "Voided") if was.paid_minor else ()
    now = pos.change_sale(was, state="voided", refunds=refunds)
    counter.take_all_back(pos, now)


def go_offline(pos: PointOfSale, place: str) -> None:
    """The line of a store is down."""
    register_of(pos, place).online = False


def upload(pos: PointOfSale, place: str) -> int:
    """The line is back: everything that was kept is told, oldest first; how much that was."""
    register = register_of(pos, place)
    kept, register.kept = register.kept, []
    register.online = True
    register.shown_e5, register.moved_e5 = {}, {}
    for tell in kept:
        tell()
    return len(kept)


def record_count(pos: PointOfSale, place: str, sku: str, units: int, counted_ms: int) -> None:
    """Post a count of the shelf that was taken at a moment.

    Raises:
        UsageError: the SKU is not known, or the count is below zero.
    """
    variant = known(pos, sku)
    if units < 0:
        raise UsageError(f"pos: a count of {units} cannot be")

    def tell() -> None:
        pos.counted(sku, place, units, counted_ms)
        pos.count(
            variant=variant.id, place=place, units_e5=units * UNIT, occurred_ms=counted_ms,
            cause="count", reason="recount",
        )  # fmt: skip

    change_e5 = units * UNIT - shown(pos, place, sku) * UNIT
    _tell(pos, place, tell, variant.id, change_e5)


def take_in(pos: PointOfSale, place: str, sku: str, units: int, reference: str = "") -> None:
    """Record goods that a supplier brought to a store.

    Raises:
        UsageError: the SKU is not known, or there are no units.
    """
    variant = known(pos, sku)
    if units < 1:
        raise UsageError("pos: goods received are 1 unit or more")
    at_ms = pos.now_ms

    def tell() -> None:
        pos.move(
            variant=variant.id, units_e5=units * UNIT, src=("outside", place),
            dst=("on_hand", place), cause="receipt", occurred_ms=at_ms, reason="received",
            reference=reference,
        )  # fmt: skip

    _tell(pos, place, tell, variant.id, units * UNIT)


def _tell(
    pos: PointOfSale, place: str, tell: Callable[[], None], variant: str, change_e5: int
) -> None:
    register = register_of(pos, place)
    if register.online:
        tell()
        return
    register.kept.append(tell)
    register.moved_e5[variant] = register.moved_e5.get(variant, 0) + change_e5


def known(pos: PointOfSale, sku: str) -> Variant:
    """What the tills know under a SKU.

    Raises:
        UsageError: nothing.
    """
    variant = pos.range.sold_as(sku)
    if variant is None:
        raise UsageError(f"pos: the tills do not know the SKU {sku!r}")
    return variant


def _lines(
    pos: PointOfSale, place: str, items: Sequence[Scanned]
) -> tuple[list[SaleLine], tuple[Tax, ...]]:
    """Lines with the shop's prices, and the taxes that they bear."""
    lines: list[SaleLine] = []
    rates: dict[str, TaxRate] = {}
    bears: list[tuple[str, ...]] = []
    for at, item in enumerate(items, start=1):
        variant = pos.range.sold_as(item.sku)
        lines.append(_line(pos, place, item, variant, str(at)))
        own = _rates(pos, variant)
        rates.update((rate.id, rate) for rate in own)
        bears.append(tuple(rate.id for rate in own))
    alike = len(set(bears)) <= 1
    taxes = tuple(
        Tax(
            uid=f"tax-{at}", name=rate.name, percent=rate.percent, included=rate.included,
            scope="basket" if alike else "line", of=rate.id, of_version=rate.version,
            automatic=True,
        )
        for at, rate in enumerate(rates.values(), start=1)
    )  # fmt: skip
    if not alike:
        uid_of = {tax.of: tax.uid for tax in taxes}
        lines = [
            msgspec.structs.replace(line, taxes=tuple(Share("", uid_of[id_]) for id_ in own))
            for line, own in zip(lines, bears, strict=True)
        ]
    return lines, taxes


def _line(
    pos: PointOfSale, place: str, item: Scanned, variant: Variant | None, uid: str
) -> SaleLine:
    typed = item.price_minor
    if typed is None and variant is not None:
        typed = variant.price_at.get(place, variant.price_minor)
    price = pos.settings.open_price_minor if typed is None else typed
    units_e5 = item.units * UNIT
    if variant is None:
        # Nothing is looked up: what the cashier typed stands on the receipt.
        return SaleLine(
            uid=uid, sku=item.sku, units_e5=units_e5, unit_price_minor=price, name=item.sku
        )
    return SaleLine(
        uid=uid, sku=variant.sku, units_e5=units_e5, unit_price_minor=price,
        variant=variant.id, name=pos.product_name(variant), variant_name=variant.name,
        catalogue_version=variant.version,
    )  # fmt: skip


def _rates(pos: PointOfSale, variant: Variant | None) -> list[TaxRate]:
    """The taxes of a variant; an item that the catalogue lacks bears all that are in force."""
    if variant is None:
        return pos.range.tax_rates()
    return pos.rates_of(variant)


def _remember(pos: PointOfSale, register: Register, slip: Slip) -> None:
    moved = register.moved_e5
    for line in slip.basket.lines:
        if counter.moves_stock(pos, line.variant, slip.place):
            moved[line.variant] = moved.get(line.variant, 0) - line.units_e5
    for each in slip.returns:
        for back in each.lines:
            if back.restock and counter.moves_stock(pos, back.variant, slip.place):
                moved[back.variant] = moved.get(back.variant, 0) + back.units_e5


def _file(pos: PointOfSale, slip: Slip) -> None:
    """Write a transaction into the books: sale, goods, money."""
    now_ms = pos.now_ms
    due, basket = slip.due_minor, slip.basket
    payment = pos.ids.token(24) if due > 0 else ""
    sale = Sale(
        id=slip.id, no=pos.sales.next_no(), mark=pos.sales.next_mark(), version=1,
        place=slip.place, state="completed", by_till=True,
        source=pos.settings.till_application_name, created_ms=now_ms, updated_ms=now_ms,
        occurred_ms=slip.occurred_ms, closed_ms=now_ms, closed_no=pos.next_closed(),
        lines=basket.lines, discounts=basket.discounts, taxes=basket.taxes,
        returns=slip.returns, payments=(payment,) if payment else (),
        total_minor=basket.total_minor, tax_minor=basket.tax_minor,
        discount_minor=basket.discount_minor, paid_minor=max(due, 0),
    )  # fmt: skip
    if due < 0:
        source = slip.returns[0].source
        refunds = _give_back(pos, sale, -due, source, "Returned goods")
        sale = msgspec.structs.replace(sale, refunds=refunds)
    pos.add_sale(sale)
    if payment:
        _take_money(pos, sale, payment, due, client_ms=slip.occurred_ms if slip.offline else None)
    if sale.lines:
        counter.hand_over(pos, sale)
    if sale.returns:
        counter.take_in(pos, sale)


def _take_money(
    pos: PointOfSale, sale: Sale, payment: str, amount_minor: int, *, client_ms: int | None
) -> None:
    pos.add_payment(
        Payment(
            id=payment, no=pos.payments.next_no(), mark=pos.payments.next_mark(), version=1,
            sale=sale.id, place=sale.place, state="completed", tender=pos.settings.till_tender,
            amount_minor=amount_minor, by_till=True, created_ms=sale.created_ms,
            updated_ms=sale.created_ms, client_ms=client_ms,
        )
    )  # fmt: skip


def _give_back(
    pos: PointOfSale, sale: Sale, amount_minor: int, source: str, reason: str
) -> tuple[str, ...]:
    """Give money back, to the payment of the source where that still holds so much."""
    payment = _refundable(pos, source, amount_minor)
    now_ms = pos.now_ms
    refund = Refund(
        id=pos.ids.token(24), no=pos.refunds.next_no(), mark=pos.refunds.next_mark(), version=1,
        sale=sale.id, place=sale.place, state="completed", amount_minor=amount_minor,
        created_ms=now_ms, updated_ms=now_ms, payment="" if payment is None else payment.id,
        tender="cash" if payment is None else payment.tender, reason=reason,
    )  # fmt: skip
    pos.add_refund(refund)
    if payment is not None:
        pos.change_payment(
            payment,
            refunded_minor=payment.refunded_minor + amount_minor,
            refunds=(*payment.refunds, refund.id),
        )
    return (refund.id,)


def _refundable(pos: PointOfSale, source: str, amount_minor: int) -> Payment | None:
    sale = pos.sales.get(source) if source else None
    for id_ in sale.payments if sale is not None else ():
        payment = pos.payments.get(id_)
        if payment is not None and payment.amount_minor - payment.refunded_minor >= amount_minor:
            return payment
    return None

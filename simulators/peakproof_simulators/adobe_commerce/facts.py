"""What happens to orders, told in the neutral vocabulary of a history."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from peakproof.history.records import (
    CancelAsked,
    Confirmed,
    Document,
    Line,
    Notice,
    OrderState,
    Payment,
    Placed,
    Refused,
    Reservation,
    TurnedAway,
    Withdrawn,
)
from peakproof_simulators.adobe_commerce.catalogue import SYSTEM
from peakproof_simulators.adobe_commerce.decimals import ZERO, minor, units

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.payloads.inventory import (
        Reservation as StockReservation,
    )
    from peakproof_simulators.adobe_commerce.payloads.orders import Order
    from peakproof_simulators.adobe_commerce.payloads.papers import Creditmemo, Invoice
    from peakproof_simulators.adobe_commerce.state import Shop

MEANS: Final = {"complete": "shipped", "canceled": "cancelled"}
"""The neutral reading of a state; processing means part shipped once something was shipped."""


INVOICES: Final[dict[int, Literal["open", "paid", "cancelled"]]] = {
    1: "open",
    2: "paid",
    3: "cancelled",
}
"""The neutral reading of an invoice's state."""


def placed(shop: Shop, order: Order) -> None:
    """The shop accepted an order."""
    world = shop.world
    lines = [
        Line(str(item.item_id), sku, units(item.qty_ordered * ratio), minor(item.price_incl_tax))
        for item, sku, ratio in shop.held_items(order)
    ]
    world.emit(
        Placed(
            world.t, world.by, world.n, SYSTEM, order.increment_id, str(order.entity_id),
            tuple(lines), minor(order.grand_total), order.order_currency_code,
        )
    )  # fmt: skip


def turned(shop: Shop, order: Order, old: str) -> None:
    """An order changed its state."""
    world, means = shop.world, MEANS.get(order.state, "")
    if order.state == "processing" and any(item.qty_shipped for item in order.items):
        means = "part_shipped"
    world.emit(
        OrderState(
            world.t, world.by, world.n, SYSTEM, order.increment_id, "order", old, order.state, means
        )
    )


def withdrawn(shop: Shop, order: Order, lines: Iterable[Line], cause: str) -> None:
    """Units of an order will not be delivered; no lines: all that is left."""
    world = shop.world
    world.emit(
        Withdrawn(world.t, world.by, world.n, SYSTEM, order.increment_id, tuple(lines), cause)
    )


def cancel_asked(shop: Shop, order: Order) -> None:
    """Somebody wants an order cancelled."""
    world = shop.world
    world.emit(CancelAsked(world.t, world.by, world.n, SYSTEM, order.increment_id))


def paid(
    shop: Shop, order: Order, what: Literal["authorised", "captured", "failed", "refunded"],
    amount: Decimal, ref: str = "",
) -> None:  # fmt: skip
    """Money of an order moved."""
    world = shop.world
    world.emit(
        Payment(world.t, world.by, world.n, SYSTEM, order.increment_id, what, minor(amount), ref)
    )


def reserved(shop: Shop, row: StockReservation, number: str, event: str) -> None:
    """A row was added to the reservations; ``number`` is the order's, if it names one."""
    world, scope = shop.world, f"stock {row.stock_id}"
    count = units(row.quantity)
    world.emit(
        Reservation(world.t, world.by, world.n, SYSTEM, number, row.sku, count, scope, event)
    )


def invoiced(shop: Shop, order: Order, made: Invoice) -> None:
    """An invoice was written, paid or given up."""
    state = INVOICES.get(made.state or 0, "open")
    _document(shop, order, "invoice", made.increment_id, made.grand_total, state)


def credited(shop: Shop, order: Order, made: Creditmemo) -> None:
    """A credit memo was written."""
    _document(shop, order, "creditmemo", made.increment_id, made.grand_total, "paid")


def given_up(shop: Shop, order: Order) -> None:
    """What was not invoiced of an order was cancelled with its units."""
    value = order.total_canceled or ZERO
    _document(shop, order, "cancellation", order.increment_id, value, "paid")


def _document(  # noqa: PLR0917 - the columns of a document
    shop: Shop,
    order: Order,
    kind: Literal["invoice", "creditmemo", "cancellation"],
    number: str,
    amount: Decimal,
    state: Literal["open", "paid", "cancelled"],
) -> None:
    world = shop.world
    world.emit(
        Document(
            world.t, world.by, world.n, SYSTEM, order.increment_id, kind, number, minor(amount),
            state,
        )
    )  # fmt: skip


def confirmed(shop: Shop, order: Order, ref: str, lines: Iterable[Line], *, told: bool) -> None:
    """The shop recorded a parcel; ``told``: and wrote to the customer.

    An order that is not complete with it keeps its state, so that the shipment is told by itself.
    """
    world = shop.world
    world.emit(Confirmed(world.t, world.by, world.n, SYSTEM, order.increment_id, ref, tuple(lines)))
    world.emit(
        OrderState(
            world.t, world.by, world.n, SYSTEM, order.increment_id, "shipment", "", "shipped",
            "part_shipped",
        )
    )  # fmt: skip
    if told:
        world.emit(Notice(world.t, world.by, world.n, SYSTEM, order.increment_id, "shipped", ref))


def refused(shop: Shop, key: str, reason: str, detail: str = "") -> None:
    """The shop refused something, whatever status it answered."""
    world = shop.world
    world.emit(Refused(world.t, world.by, world.n, SYSTEM, key, reason, detail))


def turned_away(shop: Shop, sku: str, amount: int, why: str) -> None:
    """A customer wanted units that the shop would not sell."""
    world = shop.world
    world.emit(TurnedAway(world.t, world.by, world.n, SYSTEM, sku, "", amount, why))

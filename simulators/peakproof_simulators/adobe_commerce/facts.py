"""What happens to orders, told in the neutral vocabulary of a history."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from peakproof.history.records import (
    CancelAsked,
    Confirmed,
    Line,
    Notice,
    OrderState,
    Payment,
    Placed,
    Refused,
    TurnedAway,
    Withdrawn,
)
from peakproof_simulators.adobe_commerce.catalogue import SYSTEM
from peakproof_simulators.adobe_commerce.decimals import minor, units

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.payloads.orders import Order
    from peakproof_simulators.adobe_commerce.state import Shop

MEANS: Final = {"complete": "shipped", "canceled": "cancelled"}
"""The neutral reading of a state; processing means part shipped once something was shipped."""


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


def confirmed(shop: Shop, order: Order, ref: str, lines: Iterable[Line], *, told: bool) -> None:
    """The shop recorded a parcel; ``told``: and wrote to the customer."""
    world = shop.world
    world.emit(Confirmed(world.t, world.by, world.n, SYSTEM, order.increment_id, ref, tuple(lines)))
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

"""Calls that do not wait for each other: what the later one sees, and what it overwrites."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from peakproof_simulators.adobe_commerce.payloads.orders import Order, OrderItem

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.state import Shop


class Snapshot(msgspec.Struct):
    """The counters of an order before something was done to it."""

    at_s: float
    order: dict[str, Any]
    items: dict[int, dict[str, Any]]


def begin(shop: Shop, order: Order, kind: str, *, waits: bool) -> None:
    """A call changes an order.

    If it began within the window after another of its kind, and the release lets the two run at
    once, it sees the order as it was before the first, and what it saves overwrites the first.
    """
    window = shop.settings.race_window_s
    if not window:
        return
    last = shop.begun.get((kind, order.entity_id))
    if not waits and last is not None and shop.world.t - last.at_s < window:
        for name, value in last.order.items():
            setattr(order, name, value)
        for item in order.items:
            for name, value in last.items.get(item.item_id, {}).items():
                setattr(item, name, value)
        return
    shop.begun[kind, order.entity_id] = Snapshot(
        shop.world.t,
        {"state": order.state, "status": order.status, **_amounts(order)},
        {item.item_id: _amounts(item) for item in order.items},
    )


def _amounts(entity: Order | OrderItem) -> dict[str, Any]:
    found = {name: getattr(entity, name) for name in entity.__struct_fields__}
    return {name: value for name, value in found.items() if isinstance(value, Decimal)}

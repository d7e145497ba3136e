"""A trading day over the shop: many hands, one arithmetic."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from tests.contract.adobe_commerce.shop import Shop

from peakproof.history.records import CancelAsked, Payment, Placed, TurnedAway, Withdrawn
from peakproof_simulators.trading.day import open_day
from peakproof_simulators.trading.standins.floor import LittleFloor
from peakproof_simulators.trading.standins.tills import LittleTills

ESTATE: dict[str, Any] = {
    "warehouse": "wms",
    "masters": {"stock": "wms"},
    "nodes": [
        {"id": "W1", "kind": "warehouse", "places": {"wms": "W1", "adobe_commerce": "W1"}},
        {"id": "S1", "kind": "store", "places": {"wms": "S1", "adobe_commerce": "S1", "pos": "S1"}},
    ],
    "channels": [
        {"id": "web", "system": "adobe_commerce", "nodes": ["W1", "S1"]},
        {"id": "till:S1", "system": "pos", "nodes": ["S1"]},
    ],
}
OUTCOMES = {"captured": 6, "authorised": 2, "failed": 1, "pending": 1}
DAY: dict[str, Any] = {
    "items": {"count": 6},
    "stock": {"units": 30},
    "trading": {
        "web": {
            "demand": {"exactly": 120},
            "cancel_share": 0.3,
            "edit_share": 0.2,
            "payment": {"outcomes": OUTCOMES},
        }
    },
}


def test_a_day_of_shoppers_leaves_every_order_consistent() -> None:
    shop = Shop(None)
    players: dict[str, Any] = {
        "adobe_commerce": shop.service,
        "pos": LittleTills(shop.world),
        "wms": LittleFloor(shop.world),
    }
    day = open_day(shop.world, players, ESTATE, DAY)
    day.seed()
    inventory = shop.state.inventory
    for item in day.items:
        for place in ("W1", "S1"):
            inventory.put(item.sku, place, Decimal(15), 1, cause="write")
    day.start(3600.0)
    shop.run(7200)
    for kind in (Placed, Payment, CancelAsked, Withdrawn, TurnedAway):
        assert len(shop.facts(kind)) > 3, kind
    assert shop.control("list_inconsistencies") == []
    held = Counter[str]()
    for order in shop.state.orders.rows.values():
        if order.state != "canceled":
            for line in order.items:
                held[line.sku] += int(line.qty_ordered)
    for item in day.items:
        assert shop.reserved(item.sku) == -held[item.sku]
        left = 30 - held[item.sku]
        assert left >= 0, "the shop oversold itself"
        assert sum(shop.storefront.offered(item.sku).values()) == left

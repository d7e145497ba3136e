"""The stores behind the tills: their stock book masters stock, their people ship online orders.

An online order is an order of the tills with a fulfilment; its price is nothing, because the money
was taken where it was ordered. Its units leave what the till may sell as soon as it is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from peakproof_engine.budget import ORDERS, SWEEPS
from peakproof_engine.clock import Clock, iso, seconds
from peakproof_engine.errors import Conflict, Refused
from peakproof_engine.guards import Guards
from peakproof_engine.model import Contact
from peakproof_engine.systems import pos_store_wire as wire
from peakproof_engine.systems.ports import (
    CutLine,
    Found,
    MasterLevel,
    ShippedParcel,
    Shown,
    WarehouseOrder,
    WorkStatus,
)
from peakproof_engine.systems.pos import Pos
from peakproof_engine.systems.pos_wire import units as whole

_PAGE: Final = 500
_ATTEMPTS: Final = 4
_LOOK_BACK_S: Final = 3 * 86400.0
_STATES: Final = ("OPEN", "COMPLETED", "CANCELED")
_GONE: Final = ("FAILED", "CANCELED")


class PosStore:
    """The ports of a stock master, a warehouse and an item master on top of the tills."""

    def __init__(
        self, tills: Pos, clock: Clock, guards: Guards, places: Iterable[str]
    ) -> None:  # fmt: skip
        self._tills = tills
        self._clock = clock
        self._guards = guards
        self._places = list(places)
        self._id_of: dict[str, str] = {}
        self._heard: tuple[float, list[wire.StoreOrder]] = (0.0, [])

    # --- stock ------------------------------------------------------------------------------

    async def levels_since(self, since_s: float) -> list[MasterLevel]:
        """Cells whose figure changed since a time."""
        return _levels(await self._tills.figures(since_s))

    async def all_levels(self) -> list[MasterLevel]:
        """Every cell that there is."""
        return _levels(await self._tills.figures())

    def read_notice(self, body: bytes) -> list[MasterLevel]:
        """What a stock event says; nothing for any other.

        Raises:
            ValueError: it cannot be read.
        """
        event = wire.EVENT.decode(body)
        told = event.data.object if event.data is not None else None
        if told is None or told.inventory_counts is None:
            return []
        return _levels(self._tills.shown(told.inventory_counts), dated=True)

    # --- items ------------------------------------------------------------------------------

    async def knows(self, sku: str) -> bool:
        """Whether the catalogue of the tills has an item of that number."""
        return bool(await self._tills.id_of(sku))

    # --- orders that a store ships ------------------------------------------------------------

    async def create(self, order: WarehouseOrder) -> str:
        """Create an order for a store; its own number keeps it from being there twice.

        Raises:
            Refused: ``code`` is ``unknown_item`` when the tills lack one of the items.
        """
        lines: list[dict[str, Any]] = []
        free = {"amount": 0, "currency": order.currency}
        for line in order.lines:
            id_ = await self._tills.id_of(line.sku)
            if not id_:
                raise Refused(
                    "pos order", f"the tills do not know {line.sku}", status=200,
                    code="unknown_item",
                )  # fmt: skip
            lines.append({
                "uid": line.line, "catalog_object_id": id_, "quantity": str(line.units),
                "base_price_money": free,
            })  # fmt: skip
        fulfilment = {
            "type": "SHIPMENT",
            "state": "RESERVED" if self._guards.store_commitment else "PROPOSED",
            "shipment_details": {"recipient": _recipient(order.contact)},
        }  # fmt: skip
        body = {
            "idempotency_key": order.number,
            "order": {
                "location_id": order.place, "reference_id": order.number, "line_items": lines,
                "fulfillments": [fulfilment],
            },
        }  # fmt: skip
        answer = await self._tills.call("POST", "/v2/orders", body, ORDERS)
        if not self._guards.inner_outcome:
            return ""
        made: wire.StoreOrder = answer.read(wire.ORDER, "pos order").order
        self._id_of[order.number] = made.id
        return made.id

    async def find(self, number: str) -> Found | None:
        """The order of that number; the tills are not asked by number, so all of late are read."""
        order = await self._order(number)
        if order is None:
            return None
        begun = bool(order.units("PREPARED", "COMPLETED"))
        cancelled = order.state == "CANCELED"
        return Found(order.id, number, cancelled, order.state == "OPEN" and not begun)

    async def cancel(self, found: Found) -> bool:
        """Cancel an order: the answer says whether it is cancelled or past that."""
        for _ in range(_ATTEMPTS):
            order = await self._read(found.id)
            if order.state == "CANCELED":
                return True
            change = {"state": "CANCELED", "version": order.version}
            body = {"idempotency_key": f"cancel-{order.id[:20]}-{order.version}", "order": change}
            try:
                answer = await self._tills.call("PUT", f"/v2/orders/{order.id}", body, ORDERS)
            except Conflict:
                continue
            except Refused:
                return False
            state: str = answer.read(wire.ORDER, "pos order").order.state
            return state == "CANCELED"
        return False

    async def status(self, number: str) -> WorkStatus | None:
        """How far an order is."""
        order = await self._order(number)
        return None if order is None else _status(order)

    async def shipped_since(self, since_s: float) -> list[ShippedParcel]:
        """Parcels of the orders that changed since a time: those that left, and some before."""
        orders = await self._changed(since_s)
        self._heard = (since_s, orders)
        return [
            parcel for order in orders for parcel in _parcels(order)
        ]  # fmt: skip

    async def ended_since(self, since_s: float) -> list[WorkStatus]:
        """Orders that a store cancelled or cut since a time; often just asked for with parcels."""
        asked_s, heard = self._heard
        self._heard = (0.0, [])
        orders = heard if asked_s == since_s else await self._changed(since_s)
        return [
            _status(order)
            for order in orders
            if order.state == "CANCELED" or order.units(*_GONE)
        ]  # fmt: skip

    # --- reading ------------------------------------------------------------------------------

    async def _order(self, number: str) -> wire.StoreOrder | None:
        id_ = self._id_of.get(number)
        if id_ is not None:
            return await self._read(id_)
        # It may be there although nobody told us its id.
        await self._changed(self._clock.wall() - _LOOK_BACK_S, field="created_at")
        id_ = self._id_of.get(number)
        return None if id_ is None else await self._read(id_)

    async def _read(self, id_: str) -> wire.StoreOrder:
        answer = await self._tills.call("GET", f"/v2/orders/{id_}", None, ORDERS)
        order: wire.StoreOrder = answer.read(wire.ORDER, "pos order").order
        return order

    async def _changed(self, since_s: float, field: str = "updated_at") -> list[wire.StoreOrder]:
        """Orders to be shipped that changed (or were made) since a time."""
        body: dict[str, Any] = {
            "location_ids": self._places,
            "query": {
                "filter": {
                    "state_filter": {"states": list(_STATES)},
                    "date_time_filter": {field: {"start_at": iso(since_s)}},
                    "fulfillment_filter": {"fulfillment_types": ["SHIPMENT"]},
                },
                "sort": {"sort_field": field.upper(), "sort_order": "ASC"},
            },
            "limit": _PAGE,
        }  # fmt: skip
        found: list[wire.StoreOrder] = []
        while True:
            answer = await self._tills.call("POST", "/v2/orders/search", body, SWEEPS)
            page = answer.read(wire.ORDERS, "pos orders")
            found += page.orders or []
            if not page.cursor:
                break
            body["cursor"] = page.cursor
        for order in found:
            if order.reference_id:
                self._id_of.setdefault(order.reference_id, order.id)
        return found


def _levels(shown: Sequence[Shown], *, dated: bool = False) -> list[MasterLevel]:
    return [
        MasterLevel(
            each.sku, each.place, each.units, each.units, dated_s=each.dated_s if dated else 0.0
        )
        for each in shown
    ]


def _recipient(contact: Contact) -> dict[str, Any]:
    address = {
        "address_line_1": contact.street, "address_line_2": contact.more,
        "locality": contact.city, "postal_code": contact.postal_code, "country": contact.country,
    }  # fmt: skip
    told = {"display_name": contact.name, "email_address": contact.email}
    return {**told, "address": {name: text for name, text in address.items() if text}}


def _status(order: wire.StoreOrder) -> WorkStatus:
    shipped, gone = order.units("COMPLETED"), order.units(*_GONE)
    cancelled = order.state == "CANCELED"
    lines = []
    for line in order.line_items or []:
        units = whole(line.quantity)
        sent = shipped.get(line.uid, 0)
        cut = units - sent if cancelled else gone.get(line.uid, 0)
        ready = order.units("PREPARED").get(line.uid, 0)
        lines.append(CutLine(line.uid, units, sent, cut, picked=sent + ready))
    finished = order.state != "OPEN"
    return WorkStatus(order.reference_id, cancelled, finished, lines)


def _parcels(order: wire.StoreOrder) -> list[ShippedParcel]:
    found: list[ShippedParcel] = []
    for each in order.fulfillments or []:
        told = each.shipment_details
        if each.state != "COMPLETED" or told is None or not told.shipped_at:
            continue
        found.append(
            ShippedParcel(
                f"{order.id}:{each.uid}", False, told.carrier, told.tracking_number,
                seconds(told.shipped_at), {order.reference_id: order.units_in(each)},
            )
        )  # fmt: skip
    return found

"""Adobe Commerce: the web shop. It masters orders and sells the sum of its sources.

A source item is an absolute quantity without a version, and it is physical: what orders hold is
kept apart, as reservations that only shipping through the source lets go. So there is one writer
of source items and shipments, cell by cell, and a figure's version here is what it was when it
was read. After an attempt of unknown outcome a cell rests until that attempt cannot arrive any
more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote

import msgspec

from peakproof_engine.budget import ORDERS, SNAPSHOTS, STOCK, SWEEPS
from peakproof_engine.clock import Clock
from peakproof_engine.errors import Conflict, Refused
from peakproof_engine.guards import Guards
from peakproof_engine.http import Answer, Line
from peakproof_engine.systems import adobe_commerce_translate as translate
from peakproof_engine.systems import adobe_commerce_wire as wire
from peakproof_engine.systems.access import AdobeCommerceAccess
from peakproof_engine.systems.alone import Alone, Cells
from peakproof_engine.systems.ports import (
    ConfirmParcel,
    Delivered,
    SetShipment,
    SetState,
    ShopChange,
    ShopOrder,
    Shown,
    WithdrawLine,
)
from peakproof_engine.tokens import Token

_TOKEN_LIFE_S: Final = 4 * 3600.0
_PAGE: Final = 300
_encode: Final = msgspec.json.Encoder(decimal_format="number").encode


class AdobeCommerce:
    """The port of a shop. ``places`` are the codes of its sources."""

    restores: Final = True
    locks: Final = False

    def __init__(
        self,
        access: AdobeCommerceAccess,
        line: Line,
        clock: Clock,
        guards: Guards,
        *,
        places: Iterable[str],
        late_s: float,
    ) -> None:
        self._access = access
        self._line = line
        self._clock = clock
        self._guards = guards
        self._places = list(places)
        self._late_s = late_s
        self._base = f"/rest/{quote(access.store)}/V1"
        self._auth = Token(self._token, clock, renew=guards.token_single_flight)
        self._range: dict[str, None] = {}
        self._cells = Cells()

    # --- what there is ----------------------------------------------------------------------

    async def learn_places(self) -> None:
        """Read the sources and the stock that they are sold through.

        Raises:
            Refused: a source of the configuration is not there (``code`` is ``unmapped_place``).
        """
        answer = await self._get("/inventory/sources?searchCriteria=", STOCK)
        known = [each.source_code for each in answer.read(wire.SOURCES, "adobe sources").items]
        missing = [place for place in self._places if place not in known]
        if missing:
            raise Refused(
                "adobe sources", f"there is no source {', '.join(missing)}", status=200,
                code="unmapped_place",
            )  # fmt: skip

    async def learn_range(self) -> None:
        """Read which SKUs are sold: the enabled products."""
        page = 0
        while True:
            page += 1
            query = translate.search((), sort="sku", size=_PAGE, page=page)
            answer = await self._get(f"/products?{query}", SNAPSHOTS)
            found = answer.read(wire.PRODUCTS, "adobe products").items
            for product in found:
                if product.status == 1:
                    self._range[product.sku] = None
            if len(found) < _PAGE:
                return

    def sells(self, sku: str) -> bool:
        """Whether the shop sells a SKU."""
        return sku in self._range

    def range(self) -> Iterable[str]:
        """The SKUs that the shop sells, in a fixed order."""
        return list(self._range)

    # --- stock ------------------------------------------------------------------------------

    async def figures(self, since_s: float | None = None) -> list[Shown]:
        """All source items of our places; the shop keeps no times of their changes."""
        rank = STOCK if since_s is None else SNAPSHOTS
        terms = (("source_code", "in", ",".join(self._places)),)
        found: list[Shown] = []
        page = 0
        while True:
            page += 1
            query = translate.search(terms, size=_PAGE, page=page)
            answer = await self._get(f"/inventory/source-items?{query}", rank)
            items = answer.read(wire.SOURCE_ITEMS, "adobe source items").items
            found += [_shown(item) for item in items]
            if len(items) < _PAGE:
                return found

    async def entry(self, entry: str) -> Shown:
        """One source item."""
        place, _, sku = entry.partition("|")
        query = translate.search((("sku", "eq", sku), ("source_code", "eq", place)))
        answer = await self._get(f"/inventory/source-items?{query}", STOCK)
        for item in answer.read(wire.SOURCE_ITEMS, "adobe source item").items:
            return _shown(item)
        return Shown(sku, place, 0, entry, 1)

    async def figure(self, entry: str, sku: str, place: str) -> Shown:
        """One figure, never stale."""
        return await self.entry(entry or f"{place}|{sku}")

    async def new_entry(self, sku: str, place: str) -> Shown:
        """A source item that shows nothing yet; the one that is there when there is one."""
        shown = await self.entry(f"{place}|{sku}")
        if not shown.units:
            await self._set(sku, place, 0)
        return shown

    async def change(self, entry: str, version: int, units: int) -> Shown:
        """Change a figure by signed units if it still is what it was."""
        place, _, sku = entry.partition("|")
        async with self._alone([entry]):
            before = await self.entry(entry)
            if before.version != version:
                raise Conflict("adobe source item", "it has changed", status=200)
            after = max(0, before.units + units)
            await self._set(sku, place, after)
        return Shown(sku, place, after, entry, after + 1)

    async def changes(self, entry: str, after_version: int) -> list[tuple[int, int]]:
        """What became of an entry since it had that version: nobody else writes it."""
        shown = await self.entry(entry)
        if shown.version == after_version:
            return []
        return [(shown.version, shown.version - after_version)]

    async def _set(self, sku: str, place: str, units: int) -> None:
        item: dict[str, Any] = {"sku": sku, "source_code": place, "quantity": Decimal(units)}
        if self._guards.made_salable:
            item["status"] = 1  # left out, it says out of stock
        answer = await self._post("/inventory/source-items", {"sourceItems": [item]}, STOCK)
        if self._guards.inner_outcome:
            answer.read(wire.ANY, "adobe source item")

    def _alone(self, entries: Sequence[str]) -> Alone:
        """Nobody else of us writes these cells meanwhile, and no lost attempt is under way."""
        return Alone(self._cells, entries, self._clock, self._late_s)

    # --- orders -----------------------------------------------------------------------------

    async def orders_since(
        self, since_s: float | None, *, by_key: bool, known: Callable[[str, int], bool]
    ) -> list[ShopOrder]:
        """Orders that wait for us or were cancelled, and changed since a time (None: open ones)."""
        terms: list[translate.Term] = [("state", "in", translate.OPEN)]
        if since_s is not None:
            terms = [
                ("updated_at", "gteq", translate.stamp(since_s)),
                ("state", "in", translate.WAITING),
            ]
        size, last, page = self._access.order_page, 0, 1
        bodies: dict[int, wire.OrderBody] = {}
        while True:
            if by_key:
                # What changes meanwhile cannot shift the pages.
                query = translate.search([*terms, ("entity_id", "gt", last)], sort="entity_id",
                                         size=size)  # fmt: skip
            else:
                query = translate.search(terms, sort="updated_at", size=size, page=page)
            answer = await self._get(f"/orders?{query}", SWEEPS)
            rows = answer.read(wire.ORDERS, "adobe orders").items
            bodies.update((body.entity_id, body) for body in rows)
            if len(rows) < size:
                break
            last, page = rows[-1].entity_id, page + 1
        fresh = [
            body for body in bodies.values()
            if not known(str(body.entity_id), translate.version(body))
        ]  # fmt: skip
        return await self._whole(fresh, SWEEPS)

    async def order(self, id_: str) -> ShopOrder:
        """One order, by its id: never stale."""
        (whole,) = await self._whole([await self._body(id_)], ORDERS)
        return whole

    async def _body(self, id_: str) -> wire.OrderBody:
        answer = await self._get(f"/orders/{id_}", ORDERS)
        body: wire.OrderBody = answer.read(wire.ORDER, "adobe order")
        return body

    async def _whole(self, bodies: Sequence[wire.OrderBody], rank: int) -> list[ShopOrder]:
        """Orders with the parcels that the shop shows of them."""
        begun = [body.entity_id for body in bodies if any(i.qty_shipped for i in body.items)]
        shown: dict[int, list[Delivered]] = {}
        if begun:
            query = translate.search((("order_id", "in", ",".join(map(str, begun))),))
            answer = await self._get(f"/shipments?{query}", rank)
            shown = translate.delivered(answer.read(wire.SHIPMENTS, "adobe shipments").items)
        return [translate.shop_order(body, shown.get(body.entity_id, [])) for body in bodies]

    async def update(self, id_: str, version: int, changes: Sequence[ShopChange]) -> ShopOrder:
        """Change an order if it is what it was; the shop itself would let anybody overwrite it.

        Raises:
            Conflict: it has another version.
        """
        body = await self._body(id_)
        if translate.version(body) != version:
            raise Conflict("adobe order", "it has changed", status=200)
        ends = False
        for change in changes:
            if isinstance(change, ConfirmParcel):
                await self._ship(body, change)
            elif isinstance(change, WithdrawLine):
                await self._withdraw(body, change)
            elif isinstance(change, SetState) and change.state == "confirmed":
                await self._reassure(body)
            elif isinstance(change, SetState | SetShipment):
                ends = ends or "cancelled" in (getattr(change, "state", ""),)
        if ends and body.state != "canceled":
            await self._cancel(id_)
        return await self.order(id_)

    async def _ship(self, body: wire.OrderBody, change: ConfirmParcel) -> None:
        """Invoice what leaves and is not invoiced yet, then ship it through its source."""
        path = f"/order/{body.entity_id}"
        unbilled = translate.unbilled(body, change.units)
        if unbilled:
            invoice = {"capture": True, "items": translate.parts(unbilled), "notify": False}
            answer = await self._post(f"{path}/invoice", invoice, ORDERS)
            answer.read(wire.ANY, "adobe invoice")
            for item in body.items:
                item.qty_invoiced += unbilled.get(str(item.item_id), 0)
        skus = {item.item_id: item.sku for item in body.items}
        entries = [
            f"{change.place}|{skus[part['order_item_id']]}"
            for part in translate.parts(change.units)
        ]
        if not self._guards.source_shipped:
            # What a plain connector does: the order is called complete, the stock follows anyhow.
            told = {"comment": f"Shipped: {change.tracking}", "status": "complete"}
            comments = f"/orders/{body.entity_id}/comments"
            await self._post(comments, {"statusHistory": told}, ORDERS)
            return
        async with self._alone(entries):
            answer = await self._post(f"{path}/ship", translate.shipment(change), ORDERS)
            answer.read(wire.ANY, "adobe shipment")
        for part in translate.parts(change.units):
            for item in body.items:
                if item.item_id == part["order_item_id"]:
                    item.qty_shipped += part["qty"]

    async def _withdraw(self, body: wire.OrderBody, change: WithdrawLine) -> None:
        """Units that will not come: cancelled while nobody paid for them, else given back."""
        items = {item.item_id: item for item in body.items}
        item = items[translate.item_of(change.line)]
        if item.qty_ordered - item.qty_invoiced - item.qty_canceled >= change.units:
            if not item.qty_canceled:
                await self._cancel(str(body.entity_id))
                for each in body.items:
                    each.qty_canceled += each.qty_ordered - each.qty_invoiced - each.qty_canceled
            return
        parts = translate.parts({change.line: change.units})
        document = {"items": parts, "notify": False}
        answer = await self._post(f"/order/{body.entity_id}/refund", document, ORDERS)
        answer.read(wire.ANY, "adobe credit memo")

    async def _cancel(self, id_: str) -> None:
        """Cancel what is not invoiced.

        Raises:
            Refused: the shop says that it is past that, with a 200.
        """
        answer = await self._post(f"/orders/{id_}/cancel", {}, ORDERS)
        if not answer.read(wire.FLAG, "adobe cancel") and self._guards.inner_outcome:
            body = await self._body(id_)
            if body.state != "canceled":
                raise Refused("adobe cancel", "the order is past cancelling", status=200)

    async def _reassure(self, body: wire.OrderBody) -> None:
        """Tell the customer that his wish to cancel comes too late."""
        if translate.asked(body):
            told = {"comment": translate.TOO_LATE, "is_customer_notified": 1,
                    "is_visible_on_front": 1}  # fmt: skip
            answer = await self._post(
                f"/orders/{body.entity_id}/comments", {"statusHistory": told}, ORDERS
            )
            answer.read(wire.ANY, "adobe comment")

    async def refund(self, order: ShopOrder, amount_minor: int | None, reference: str) -> bool:
        """Give back all that was paid; single lines go back with the word that they will not come.

        An authorisation is let go by the cancellation itself.
        """
        body = await self._body(order.id)
        if wire.minor(body.total_paid) <= wire.minor(body.total_refunded):
            return False
        if amount_minor is None:
            document = {"notify": False, "comment": {"comment": reference}}
            answer = await self._post(f"/order/{order.id}/refund", document, ORDERS)
            answer.read(wire.ANY, "adobe credit memo")
        return True

    # --- notices ------------------------------------------------------------------------------

    async def subscribe(self, url: str) -> None:
        """Nothing to do: who hears of events is set up in the shop, and sweeps tell the same."""

    # --- the wire -----------------------------------------------------------------------------

    async def _token(self) -> tuple[str, float]:
        access = self._access
        told = {"username": access.admin_user, "password": access.admin_password}
        path = "/rest/V1/integration/admin/token"
        answer = await self._line.call("POST", path, _encode(told), rank=STOCK)
        wire.check(answer, "adobe token")
        return answer.read(wire.TEXT, "adobe token"), _TOKEN_LIFE_S

    async def _get(self, path: str, rank: int) -> Answer:
        answer = await self._line.call("GET", self._base + path, rank=rank, auth=self._auth)
        wire.check(answer, f"adobe {path.partition('?')[0]}")
        return answer

    async def _post(self, path: str, body: Any, rank: int) -> Answer:
        answer = await self._line.call(
            "POST", self._base + path, _encode(body), rank=rank, auth=self._auth
        )
        wire.check(answer, f"adobe {path}")
        return answer


def _shown(item: wire.SourceItem) -> Shown:
    units = int(item.quantity)
    entry = f"{item.source_code}|{item.sku}"
    # The kind of this figure: physical. Orders do not lower it, shipments do.
    return Shown(item.sku, item.source_code, units, entry, units + 1)

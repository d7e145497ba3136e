"""Centra: a storefront of several markets. It masters orders and allocates them to warehouses.

Its stock has no versions and its writes no keys: what is said twice is done twice. Stock is
therefore changed by what moved (``changeStock``), never set: a set would undo what shipments,
returns and clerks did since the figure was read. Each change carries a reference of ours as its
description, under which it is found again when its answer was lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import msgspec

from peakproof_engine.budget import ORDERS, SNAPSHOTS, STOCK, SWEEPS
from peakproof_engine.clock import Clock, iso
from peakproof_engine.errors import Conflict, Refused, UnknownOutcome
from peakproof_engine.guards import Guards
from peakproof_engine.http import Answer, Line
from peakproof_engine.systems import centra_translate as translate
from peakproof_engine.systems import centra_wire as wire
from peakproof_engine.systems.access import CentraAccess
from peakproof_engine.systems.centra_parcels import Parcels
from peakproof_engine.systems.ports import (
    ConfirmParcel,
    LockOrder,
    SetState,
    ShopChange,
    ShopOrder,
    Shown,
    WithdrawLine,
)
from peakproof_engine.tokens import Fixed

_OPEN: Final = ["PENDING", "CONFIRMED", "PROCESSING"]
_FINISHED: Final = ("SHIPPED", "ARCHIVED")
_LOOKED_AT: Final = 200
"""So many of the latest stock changes are looked through for one of ours."""
_encode: Final = msgspec.json.Encoder().encode


class Centra:
    """The port of a shop. ``places`` are names (or external ids) of its warehouses."""

    restores: Final = True
    locks: Final = True

    def __init__(
        self, access: CentraAccess, line: Line, clock: Clock, guards: Guards, *,
        places: Iterable[str], late_s: float,
    ) -> None:  # fmt: skip
        self._page = access.order_page
        self._line = line
        self._auth = Fixed(f"Bearer {access.integration_token}")
        self._clock = clock
        self._guards = guards
        self._places = list(places)
        self._place_of: dict[int, str] = {}
        self._house_of: dict[str, int] = {}
        self._size_of: dict[str, int] = {}
        self._parcels = Parcels(self, clock, guards, late_s=late_s)

    # --- what there is ----------------------------------------------------------------------

    async def learn_places(self) -> None:
        """Read the warehouses. One that no place stands for is none of ours: it may come later.

        Raises:
            Refused: a place of the configuration is not there (``code`` is ``unmapped_place``).
        """
        for house in await self._pages(wire.WAREHOUSE_QUERY, "warehouses", wire.WAREHOUSES):
            for name in (house.external_id, house.name):
                if name in self._places:
                    self._house_of[name] = house.id
                    self._place_of[house.id] = name
        missing = [place for place in self._places if place not in self._house_of]
        if missing:
            raise _unmapped(f"there is no warehouse {', '.join(missing)}")

    async def learn_range(self) -> None:
        """Read which SKUs are sold: the sizes of all products."""
        for size in await self._pages(wire.RANGE_QUERY, "productSizes", wire.SIZES):
            self._size_of[size.sku] = size.id

    def sells(self, sku: str) -> bool:
        """Whether the shop sells a SKU."""
        return sku in self._size_of

    def range(self) -> Iterable[str]:
        """The SKUs that the shop sells, in a fixed order."""
        return list(self._size_of)

    # --- stock ------------------------------------------------------------------------------

    async def figures(self, since_s: float | None = None) -> list[Shown]:
        """All figures: the vendor does not say which have changed."""
        rank = STOCK if since_s is None else SNAPSHOTS
        found: list[Shown] = []
        for size in await self._pages(wire.STOCK_QUERY, "productSizes", wire.SIZES, rank, 100):
            self._size_of[size.sku] = size.id
            found += [shown for stock in size.stock if (shown := self._shown(size, stock))]
        return found

    async def figure(self, entry: str, sku: str, place: str) -> Shown:
        """One figure."""
        size_id, _, house = entry.partition(":")
        data = await self.ask(wire.SIZE_QUERY, {"id": [int(size_id)]}, STOCK, "stock")
        for size in wire.SIZES.decode(data["productSizes"]):
            for stock in size.stock:
                if stock.warehouse.id == int(house):
                    shown = self._shown(size, stock)
                    if shown is not None:
                        return shown
        return Shown(sku, place, 0, entry)

    async def move(self, reference: str, sku: str, place: str, units: int) -> Shown:
        """Change a figure by signed units: what it shows now, and how many units moved.

        Raises:
            Conflict: there are not so many left to take.
        """
        house = {"id": self._house_of[place]}
        end = "intoWarehouse" if units > 0 else "outFromWarehouse"
        row = {"productSize": {"id": self._size_of[sku]}, "deliveredQuantity": abs(units)}
        given = {end: house, "description": reference, "productSizes": [row]}
        try:
            told = await self.write(wire.CHANGE_STOCK, {"input": given}, STOCK, "stock change")
        except Refused as refused:
            if units < 0 and refused.code == "user_error":
                # Sold a moment ago: what is left has to be read before it is decided again.
                raise Conflict(refused.what, refused.why, status=409) from None
            raise
        return self._moved(told.stock_change, sku, place, units)

    def _moved(self, change: wire.StockChange | None, sku: str, place: str, units: int) -> Shown:
        """What a change did, by its own answer: it may have taken less than was asked."""
        entry = self._entry(sku, place)
        if not self._guards.figure_checked:
            return Shown(sku, place, 0, entry, moved=units)
        sign = 1 if units > 0 else -1
        for line in change.lines if change is not None else ():
            size = line.product_size
            for stock in size.stock:
                shown = self._shown(size, stock)
                if shown is not None and shown.entry == entry:
                    done = sign * line.delivered_quantity
                    return Shown(sku, place, shown.units, entry, moved=done)
        if change is None:
            return Shown(sku, place, 0, entry, moved=0)
        return Shown(sku, place, 0, entry, moved=units)

    async def moved(self, reference: str, sku: str, place: str, since_s: float) -> int | None:
        """Units that a change with a reference moved; None when there is no such change."""
        where = {"warehouseId": [self._house_of[place]], "createdAt": {"from": iso(since_s)}}
        given = {"where": where, "last": _LOOKED_AT}
        data = await self.ask(wire.CHANGES_QUERY, given, STOCK, "stock changes")
        for edge in wire.CHANGES.decode(data["stockChangeConnection"]).edges:
            if edge.node.description == reference:
                sign = 1 if edge.node.into_warehouse is not None else -1
                return sign * sum(line.delivered_quantity for line in edge.node.lines)
        return None

    def entry_of(self, sku: str, place: str) -> str:
        """The name of a figure, also of one that shows nothing yet."""
        return self._entry(sku, place)

    def _entry(self, sku: str, place: str) -> str:
        return f"{self._size_of[sku]}:{self._house_of[place]}"

    def _shown(self, size: wire.Size, stock: wire.Stock) -> Shown | None:
        """What a shopper may buy: on the shelf, less what is allocated, less what is waited for."""
        place = self._place_of.get(stock.warehouse.id)
        if place is None:
            return None
        kind_known = self._guards.quantity_kind
        units = stock.available_now_quantity if kind_known else stock.physical_quantity
        return Shown(size.sku, place, units, f"{size.id}:{stock.warehouse.id}")

    # --- orders -----------------------------------------------------------------------------

    async def orders_since(
        self, since_s: float | None, *, by_key: bool, known: Callable[[str, int], bool]
    ) -> list[ShopOrder]:
        """Orders changed since a time, held and unpaid ones too; all open ones for None."""
        where: wire.Variables = {"status": _OPEN}
        if since_s is not None:
            where = {"updatedAt": {"from": iso(since_s)}}
        filters = wire.marked(where)
        given = {**filters, "limit": self._page}
        data = await self.ask(wire.FIRST_PAGES, given, SWEEPS, "orders")
        found: list[ShopOrder] = []
        for name, kind in filters.items():
            rows = wire.BRIEFS.decode(data[name])
            if len(rows) >= self._page:
                rows = await self._further(kind, rows, by_key=by_key)
            fresh = [
                row.number
                for row in rows
                if row.status not in _FINISHED and not known(row.id, translate.version(row))
            ]
            for at in range(0, len(fresh), 100):
                asked = {"where": {**kind, "number": fresh[at : at + 100]}, "limit": 100}
                data_of = await self.ask(wire.WHOLE_QUERY, asked, SWEEPS, "orders")
                found += [self._order(body) for body in wire.ORDERS.decode(data_of["orders"])]
        return found

    async def _further(
        self, where: wire.Variables, rows: list[wire.Brief], *, by_key: bool
    ) -> list[wire.Brief]:
        """The pages after a full first one; ``by_key`` begins each where the last one ended."""
        found = {row.number: row for row in rows}
        page = 1
        while len(rows) >= self._page:
            last = {"from": rows[-1].updated_at}
            if by_key and "updatedAt" in where and where["updatedAt"] != last:
                # What changes meanwhile cannot shift the pages.
                where, page = {**where, "updatedAt": last}, 1
            else:
                page += 1
            given = {"where": where, "limit": self._page, "page": page}
            data = await self.ask(wire.BRIEF_QUERY, given, SWEEPS, "orders")
            rows = wire.BRIEFS.decode(data["orders"])
            found.update((row.number, row) for row in rows)
        return list(found.values())

    async def order(self, id_: str) -> ShopOrder:
        """One order, by its id."""
        return self._order(await self.whole(id_))

    async def whole(self, id_: str) -> wire.Order:
        """The same in the vendor's words."""
        data = await self.ask(wire.ORDER_QUERY, wire.marked({"id": [id_]}), ORDERS, "order")
        for rows in data.values():
            for body in wire.ORDERS.decode(rows):
                return body
        raise UnknownOutcome("centra order", f"there is none with the id {id_}")

    async def update(self, id_: str, version: int, changes: Sequence[ShopChange]) -> ShopOrder:
        """Change an order. Nothing keeps two writers apart, so it is locked beforehand."""
        for change in changes:
            if isinstance(change, ConfirmParcel):
                await self._parcels.confirm(id_, change)
            elif isinstance(change, WithdrawLine):
                await self._withdraw(id_, change)
            elif isinstance(change, LockOrder):
                given = {"orders": [{"id": id_}], "isLocked": True}
                await self.write(wire.LOCK, {"input": given}, ORDERS, "lock")
            elif isinstance(change, SetState) and change.state == "confirmed":
                await self.write(wire.CONFIRM, {"input": {"order": {"id": id_}}}, ORDERS, "confirm")
            elif isinstance(change, SetState) and change.state == "cancelled":
                await self._cancel(id_)
        return await self.order(id_)

    async def _withdraw(self, id_: str, change: WithdrawLine) -> None:
        """Units that nobody has do not come back on sale: only the stock push brings units."""
        row = {
            "line": {"id": translate.line_id(change.line)}, "quantity": change.units,
            "stockAction": "REMOVE_FROM_STOCK",
        }  # fmt: skip
        given = {"order": {"id": id_}, "input": {"cancelLines": [row]}}
        await self.write(wire.UPDATE, given, ORDERS, "cancel lines")

    async def _cancel(self, id_: str) -> None:
        action = {"removeItemsFromStock": True}
        given = {"id": id_, "input": {"stockAction": action, "cancelAuthorization": True}}
        await self.write(wire.CANCEL, given, ORDERS, "cancel")

    async def refund(self, order: ShopOrder, amount_minor: int | None, reference: str) -> bool:
        """What was never captured need not come back: it is let go with the order.

        Raises:
            Refused: it was captured; the vendor pays back by a return alone, of what was shipped.
        """
        body = await self.whole(order.id)
        left = translate.refundable_minor(body)
        if left <= 0:
            return False
        raise Refused("centra refund", f"{left} minor units are captured", status=200)

    def _order(self, body: wire.Order) -> ShopOrder:
        return translate.shop_order(body, self._place_of)

    # --- the wire -----------------------------------------------------------------------------

    async def ask(
        self, query: str, variables: wire.Variables, rank: int, what: str
    ) -> dict[str, msgspec.Raw]:
        """The fields of a document's answer."""
        body = _encode({"query": query, "variables": variables})
        answer: Answer = await self._line.call(
            "POST", "/graphql", body, rank=rank, auth=self._auth,
            headers={"accept": "application/json", "content-type": "application/json"},
        )  # fmt: skip
        return wire.fields(answer, f"centra {what}", self._guards)

    async def write(
        self, document: str, variables: wire.Variables, rank: int, what: str
    ) -> wire.Payload:
        """What a mutation answered.

        Raises:
            Refused: its errors say that it failed.
        """
        data = await self.ask(document, variables, rank, what)
        return wire.payload(data, f"centra {what}", self._guards)

    async def _pages(
        self, query: str, field: str, decoder: msgspec.json.Decoder[list[Any]],
        rank: int = STOCK, size: int = 200,
    ) -> list[Any]:  # fmt: skip
        found: list[Any] = []
        page = 1
        while True:
            data = await self.ask(query, {"page": page}, rank, field)
            rows = decoder.decode(data[field])
            found += rows
            if len(rows) < size:
                return found
            page += 1


def _unmapped(why: str) -> Refused:
    return Refused("centra warehouses", why, status=200, code="unmapped_place")

"""Deposco: stock master, item master and warehouse. V1 for nearly all, V2 for adjustments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from math import floor, inf
from typing import Any, Final, TypeVar
from urllib.parse import quote

import msgspec

from peakproof_engine.budget import ORDERS, SNAPSHOTS, STOCK, SWEEPS
from peakproof_engine.clock import Clock, seconds
from peakproof_engine.errors import Refused, UnknownOutcome
from peakproof_engine.guards import Guards
from peakproof_engine.http import Answer, Line
from peakproof_engine.model import Movement
from peakproof_engine.query import form, strict
from peakproof_engine.systems import deposco_bodies as bodies
from peakproof_engine.systems import deposco_sweeps as sweeps
from peakproof_engine.systems import deposco_wire as wire
from peakproof_engine.systems.access import DeposcoAccess
from peakproof_engine.systems.ports import (
    Found,
    MasterLevel,
    ShippedParcel,
    WarehouseOrder,
    WorkStatus,
)
from peakproof_engine.tokens import Fixed, Token, basic

EVENTS: Final = (
    "INVENTORY_AVAILABILITY", "ORDER_CANCELED", "SHIPMENT_SHIPPED", "SHIPMENT_ROLLED_BACK",
)  # fmt: skip
"""The notices that the flows live on; nothing else is subscribed to."""
_PAGE: Final = 500
_UNDATED: Final = -inf
_SECONDS: Final = [f"{second:02}" for second in range(60)]
_encode: Final = msgspec.json.Encoder().encode

ToldT = TypeVar("ToldT")
News = MasterLevel | ShippedParcel | WorkStatus


class Deposco:
    """The ports of stock master, item master and warehouse."""

    def __init__(
        self,
        access: DeposcoAccess,
        line: Line,
        clock: Clock,
        guards: Guards,
        *,
        token_line: Line | None = None,
    ) -> None:
        self._line = line
        self._token_line = token_line or line
        self._clock = clock
        self._guards = guards
        self._access = access
        self._base = f"/integration/{quote(access.code)}"
        self._unit = access.business_unit
        self._v1 = Fixed(basic(access.user, access.password))
        self._v2 = Token(self._token, clock, renew=guards.token_single_flight)
        self._level_pages = sweeps.levels()
        self._parcel_pages = sweeps.parcels(self._parcel)
        self._ended_pages = {
            strict((("type", bodies.SALES), ("status", status))): sweeps.orders(status)
            for status in ("Canceled", wire.BACK_ORDERED)
        }

    # --- stock ----------------------------------------------------------------------------

    async def levels_since(self, since_s: float) -> list[MasterLevel]:
        """Cells with activity since a time (V1 ``/inventory/full``)."""
        return await self._sweep(
            self._level_pages, f"/inventory/full?startActivityTime={self._date(since_s)}", STOCK
        )

    async def all_levels(self) -> list[MasterLevel]:
        """Every cell (V1 enterprise availability, read until an empty page)."""
        found: list[MasterLevel] = []
        page = 1
        while True:
            query = f"measures=totalOnHandQty,atpQty&pageNumber={page}&pageSize={_PAGE}"
            path = f"/enterpriseinventory/{quote(self._unit)}/availability?{query}"
            answer = await self._read(path, SNAPSHOTS)
            said = answer.read(wire.ENTERPRISE, "deposco availability")
            items = [
                item for one in wire.many(said) for item in wire.many(one.enterprise_inventory)
            ]
            if not items:
                return found
            for item in items:
                for at in wire.many(item.facilities):
                    # A measure that the tenant has not configured is absent, which is not zero.
                    if at.atp_qty is not None and at.total_on_hand_qty is not None:
                        found.append(
                            MasterLevel(
                                item.item_number, at.facility, at.total_on_hand_qty, at.atp_qty
                            )
                        )
            page += 1

    async def book(self, movement: Movement, place: str) -> bool:
        """Book a till's transaction (V1 ``/retailActivities``, path by our own convention)."""
        try:
            await self._write(
                "/retailActivities", bodies.activity(movement, place, self._unit), STOCK
            )
        except Refused as refused:
            if refused.code != "duplicate":
                raise
            return False
        return True

    async def adjust(self, movement: Movement, place: str, units: int) -> None:
        """Move stock by signed units (V2, not idempotent)."""
        body = bodies.adjustment(movement, place, units, self._unit)
        path = "/latest/inventory/inventoryAdjustments"
        answer = await self._line.call("POST", path, _encode(body), rank=STOCK, auth=self._v2)
        if answer.status >= 400:
            said = answer.body.decode("utf-8", "replace")
            code = "unknown_item" if "Item with business key" in said else ""
            raise Refused("deposco adjustment", said, status=answer.status, code=code)
        answer.read(_ANY, "deposco adjustment")

    async def adjusted(self, movement: Movement, place: str) -> bool:
        """Whether an adjustment with our reference is in the feed (V2)."""
        since_s = movement.sent_s - 3600.0
        query = form(
            (
                ("businessUnit", self._unit), ("facilityNumber", place),
                ("itemNumber", movement.lines[0].sku), ("createdAfter", bodies.utc(since_s)),
                ("pageSize", 100),
            )
        )  # fmt: skip
        path = f"/latest/inventory/inventoryAdjustments?{query}"
        while True:
            answer = await self._line.call("GET", path, rank=STOCK, auth=self._v2)
            _check_read(answer, "deposco adjustments")
            rows = answer.read(wire.ADJUSTMENTS, "deposco adjustments")
            wanted = movement.reference[:50]
            if any(wire.text(row.import_reference1) == wanted for row in rows.data):
                return True
            following = [link.href for link in rows.links if link.rel == "next"]
            if not following or not rows.data:
                return False
            path = following[0]

    # --- items ----------------------------------------------------------------------------

    async def knows(self, sku: str) -> bool:
        """Whether the item master has an item (V1 ``/items/{number}``, by its key)."""
        path = f"{self._base}/items/{quote(sku, safe='')}"
        answer = await self._line.call("GET", path, rank=ORDERS, auth=self._v1)
        if answer.status == 404:
            return False
        _check_read(answer, "deposco item")
        answer.read(_ANY, "deposco item")
        return True

    # --- orders ---------------------------------------------------------------------------

    async def create(self, order: WarehouseOrder) -> str:
        """Create an order (V1 ``POST /orders``); the inner outcome counts."""
        await self._write("/orders", {"order": [bodies.order(order, self._unit)]}, ORDERS)
        return ""

    async def find(self, number: str) -> Found | None:
        """The order of a number (V1 search, the one read known to filter by number)."""
        order = await self._search(number)
        if order is None:
            return None
        return Found(
            id=order.number,
            number=order.number,
            cancelled=order.status in wire.CANCELLED,
            open_to_cancel=order.status in wire.CANCELLABLE,
        )

    async def status(self, number: str) -> WorkStatus | None:
        """How far an order is."""
        order = await self._search(number)
        return None if order is None else wire.work_status(order)

    async def cancel(self, found: Found) -> bool:
        """Cancel an order (V1 update with status Canceled): the inner answer decides."""
        body = {
            "order": [
                {
                    "businessUnit": self._unit, "number": found.number, "type": bodies.SALES,
                    "status": "Canceled",
                }
            ]
        }  # fmt: skip
        try:
            await self._write("/orders/updates", body, ORDERS)
        except Refused as refused:
            # Cancelled already, by an earlier attempt or by the warehouse: that is what we want.
            if refused.code == "locked":
                return "[Canceled]" in refused.why
            raise
        return True

    async def shipped_since(self, since_s: float) -> list[ShippedParcel]:
        """Parcels that left since a time (V1 search by ship date)."""
        query = f"actualShipDateOps=BETWEEN&actualShipDate={self._window(since_s)}"
        found = await self._sweep(self._parcel_pages, f"/search/shipment?{query}", SWEEPS)
        return [each if each.shipped_s != _UNDATED else self._dated(each) for each in found]

    async def ended_since(self, since_s: float) -> list[WorkStatus]:
        """Orders that were cancelled or set aside since a time (V1 search by update date)."""
        found: list[WorkStatus] = []
        for which, pages in self._ended_pages.items():
            query = f"{which}&updatedDateOps=BETWEEN&updatedDate={self._window(since_s)}"
            found += await self._sweep(pages, f"/search/Order?{query}", SWEEPS)
        return found

    # --- notices --------------------------------------------------------------------------

    async def subscribe(self, url: str) -> None:
        """Have notices sent to a URL, unless they are already."""
        answer = await self._read("/webhooks", ORDERS)
        known = answer.read(_ANY, "deposco webhooks")
        listed = known.get("webhook", []) if isinstance(known, dict) else []
        for hook in listed if isinstance(listed, list) else [listed]:
            if isinstance(hook, dict) and hook.get("callbackUrl") == url:
                return
        body = {"events": {"event": list(EVENTS)}, "callbackUrl": url}
        answer = await self._line.call(
            "POST", f"{self._base}/webhooks", _encode(body), rank=ORDERS, auth=self._v1
        )
        if answer.status >= 400:
            raise Refused("deposco webhooks", answer.body.decode("utf-8", "replace"),
                          status=answer.status)  # fmt: skip
        answer.read(_ANY, "deposco webhooks")

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> News | None:
        """What a notice says; None for one that the flows do not need.

        Raises:
            ValueError: it cannot be read.
        """
        notice = wire.notice_of(headers, body)
        level = notice.inventory_availability
        if level is not None and notice.event == "INVENTORY_AVAILABILITY":
            return MasterLevel(
                level.item_number, level.facility, level.total, level.available_to_promise,
                level.sequence, seconds(level.as_of),
            )  # fmt: skip
        update = notice.order_status_update
        if update is None:
            return None
        if update.shipment is not None:
            rolled_back = notice.event == "SHIPMENT_ROLLED_BACK"
            if not rolled_back and update.shipment.shipment_status != "Shipped":
                return None
            return self._dated(self._parcel(update.shipment, rolled_back))
        if update.order is not None and notice.event == "ORDER_CANCELED":
            told = update.order
            lines = wire.many(told.lines.line if told.lines is not None else None)
            return WorkStatus(
                told.number, cancelled=True, finished=True, lines=[wire.cut_line(x) for x in lines]
            )
        return None

    # --- the wire ---------------------------------------------------------------------------

    async def _token(self) -> tuple[str, float]:
        access = self._access
        told = [("grant_type", "client_credentials")]
        told += [(name, value) for name in ("company", "env") if (value := getattr(access, name))]
        answer = await self._token_line.call(
            "POST", "/oauth2/token", form(told).encode(), rank=STOCK,
            headers={
                "authorization": basic(access.client_id, access.client_secret),
                "content-type": "application/x-www-form-urlencoded",
            },
        )  # fmt: skip
        if answer.status >= 400:
            raise Refused("deposco token", answer.body.decode("utf-8", "replace"),
                          status=answer.status)  # fmt: skip
        token = answer.read(wire.TOKEN, "deposco token")
        return token.access_token, token.expires_in

    async def _read(self, path: str, rank: int) -> Answer:
        answer = await self._line.call("GET", self._base + path, rank=rank, auth=self._v1)
        _check_read(answer, f"deposco {path.partition('?')[0]}")
        return answer

    async def _write(self, path: str, body: Mapping[str, Any], rank: int) -> None:
        """A V1 write of one entity.

        Raises:
            Refused: outer or inner refusal; see :func:`deposco_wire.check_outcome`.
            UnknownOutcome: the answer says nothing: a blank 200, half a body, a page.
        """
        what = f"deposco {path}"
        answer = await self._line.call(
            "POST", self._base + path, _encode(body), rank=rank, auth=self._v1
        )
        if answer.status >= 400:
            said = answer.body.decode("utf-8", "replace") or "no reason given"
            raise Refused(what, said, status=answer.status)
        if not self._guards.inner_outcome:
            return
        outcomes = wire.many(answer.read(wire.MULTISTATUS, what).response)
        if len(outcomes) != 1:
            raise UnknownOutcome(what, f"{len(outcomes)} outcomes for one entity")
        wire.check_outcome(outcomes[0], what)

    async def _search(self, number: str) -> wire.Order | None:
        query = strict((("type", bodies.SALES), ("number", number)))
        answer = await self._read(f"/search/Order?{query}", ORDERS)
        found: wire.Orders = answer.read(wire.ORDERS, "deposco order")
        for order in wire.many(found.order):
            if order.number == number:
                return order
        return None

    async def _sweep(self, pages: sweeps.Pages[Any, ToldT], path: str, rank: int) -> list[ToldT]:
        """All pages of a search."""
        found: list[ToldT] = []
        number = 1
        while True:
            answer = await self._read(f"{path}&pageNo={number}", rank)
            told, full = pages.read(number, answer)
            found += told
            if not full:
                return found
            number += 1

    def _parcel(self, row: wire.Shipment, rolled_back: bool) -> ShippedParcel:
        said = wire.text(row.actual_ship_date)
        shipped_s = self._seconds(said) if said else _UNDATED
        return wire.parcel(row, shipped_s, rolled_back=rolled_back)

    def _date(self, wall_s: float) -> str:
        """A date without a zone, in the tenant's, as a query has it."""
        return _second(floor(wall_s + self._access.utc_offset_s))

    def _window(self, since_s: float) -> str:
        """From a time until now, and a little more for a clock that is ahead."""
        return f"{self._date(since_s)}%2C{self._date(self._clock.wall() + 60.0)}"

    def _dated(self, parcel: ShippedParcel) -> ShippedParcel:
        """A parcel that does not say when it left has left by now."""
        if parcel.shipped_s != _UNDATED:
            return parcel
        return msgspec.structs.replace(parcel, shipped_s=self._clock.wall())

    def _seconds(self, said: str) -> float:
        found = seconds(said)
        zoned = said.endswith("Z") or "+" in said or said.count("-") > 2
        return found if zoned else found - self._access.utc_offset_s


def _second(wall_s: int) -> str:
    """A date to the second, its colons as a query has them."""
    minutes, left_s = divmod(wall_s, 60)
    return _minute(minutes) + _SECONDS[left_s]


@lru_cache(maxsize=64)
def _minute(minutes: int) -> str:
    """A date up to its seconds: all sweeps of a minute ask for the same ones."""
    return datetime.fromtimestamp(minutes * 60, UTC).isoformat()[:17].replace(":", "%3A")


_ANY: Final[msgspec.json.Decoder[Any]] = msgspec.json.Decoder()


def _check_read(answer: Answer, what: str) -> None:
    if answer.status >= 400:
        said = answer.body.decode("utf-8", "replace") or "no reason given"
        raise Refused(what, said, status=answer.status)

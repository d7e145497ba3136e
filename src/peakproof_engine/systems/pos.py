"""The tills of the stores, by way of Square's API v2."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

from peakproof_engine.budget import ORDERS, SNAPSHOTS, STOCK, SWEEPS
from peakproof_engine.clock import Clock, iso, seconds
from peakproof_engine.errors import Refused
from peakproof_engine.guards import Guards
from peakproof_engine.http import Answer, Line
from peakproof_engine.systems import pos_wire as wire
from peakproof_engine.systems.access import PosAccess
from peakproof_engine.systems.ports import Shown, TillChange, TillNews, TillSale, TillStep
from peakproof_engine.tokens import Auth, Fixed, Token

EVENTS: Final = ("order.created", "order.updated")
"""Figures are not subscribed to: every sale and every change of ours would echo back."""
API_VERSION: Final = "2026-09-16"
_LOCATIONS_A_SEARCH: Final = 10
_PAGE: Final = 500
_encode: Final = msgspec.json.Encoder().encode

Kind = Literal["count", "intake", "waste", "sale", "return", "void", "own"]


class Pos:
    """The port of the tills. ``places`` are location ids, ``own`` the prefix of our references."""

    def __init__(
        self,
        access: PosAccess,
        line: Line,
        clock: Clock,
        guards: Guards,
        *,
        places: Iterable[str],
        own: str,
        events: Sequence[str] = EVENTS,
    ) -> None:
        self._access = access
        self._line = line
        self._clock = clock
        self._places = list(places)
        self._own = own
        self._events = list(events)
        self._sku_of: dict[str, str] = {}
        self._id_of: dict[str, str] = {}
        self._unlearned = False
        self._auth: Auth = Fixed(f"Bearer {access.access_token}")
        if access.refresh_token:
            renew = guards.token_single_flight
            self._auth = Token(self._token, clock, renew=renew, first=access.access_token)
        self._signature_key = ""
        self._url = ""

    # --- what there is ----------------------------------------------------------------------

    async def learn(self) -> None:
        """Read the range and the places.

        Raises:
            Refused: a place of the configuration is not there (``code`` is ``unmapped_place``).
        """
        answer = await self.call("GET", "/v2/locations", None, ORDERS)
        known = {place.id for place in answer.read(wire.LOCATIONS, "pos").locations or []}
        missing = [place for place in self._places if place not in known]
        if missing:
            raise Refused(
                "pos locations", f"there is no location {', '.join(missing)}", status=200,
                code="unmapped_place",
            )  # fmt: skip
        await self._learn_range()

    async def _learn_range(self) -> None:
        body: dict[str, Any] = {"object_types": ["ITEM_VARIATION"], "limit": 1000}
        while True:
            answer = await self.call("POST", "/v2/catalog/search", body, ORDERS)
            page = answer.read(wire.OBJECTS, "pos catalogue")
            for entry in page.objects or []:
                if entry.item_variation_data is not None:
                    sku = self._sku_of[entry.id] = entry.item_variation_data.sku
                    if sku:
                        self._id_of[sku] = entry.id
            if not page.cursor:
                self._unlearned = False
                return
            body["cursor"] = page.cursor

    def sells(self, sku: str) -> bool:
        """Whether the tills know a SKU."""
        return sku in self._id_of

    async def id_of(self, sku: str) -> str:
        """The catalogue's id of a SKU, "" when it has none, by reading it if it is new."""
        if sku not in self._id_of:
            await self._learn_range()
        return self._id_of.get(sku, "")

    def shown(self, counts: Iterable[wire.Count]) -> list[Shown]:
        """Figures that a notice tells; those of another state are left out."""
        return [each for count in counts if (each := self._shown(count)) is not None]

    # --- figures ----------------------------------------------------------------------------

    async def figures(self, since_s: float | None = None) -> list[Shown]:
        """All figures, or those changed since a time."""
        body: dict[str, Any] = {
            "location_ids": self._places, "states": ["IN_STOCK"], "limit": 1000,
        }  # fmt: skip
        if since_s is not None:
            body["updated_after"] = iso(since_s)
        rank = STOCK if since_s is None else SNAPSHOTS
        found: dict[tuple[str, str], Shown] = {}
        while True:
            answer = await self.call("POST", "/v2/inventory/counts/batch-retrieve", body, rank)
            page = answer.read(wire.COUNTS, "pos counts")
            for count in page.counts or []:
                shown = self._shown(count)
                if shown is not None:
                    found[shown.sku, shown.place] = shown
            if not page.cursor:
                break
            body["cursor"] = page.cursor
        if since_s is None:
            # What was never counted has no row: it shows nothing.
            for sku, id_ in self._id_of.items():
                for place in self._places:
                    found.setdefault((sku, place), Shown(sku, place, 0, id_))
        return list(found.values())

    async def figure(self, entry: str, sku: str, place: str) -> Shown:
        """One figure, by its id: never stale."""
        path = f"/v2/inventory/{entry}?location_ids={place}"
        answer = await self.call("GET", path, None, STOCK)
        for count in answer.read(wire.COUNTS, "pos count").counts or []:
            shown = self._shown(count)
            if shown is not None and shown.place == place:
                return shown
        return Shown(sku, place, 0, entry)

    async def apply(self, key: str, at_s: float, steps: Sequence[TillStep]) -> dict[str, int]:
        """Change figures, once for a key: resulting figures by SKU."""
        changes = [self._adjustment(step, at_s) for step in steps]
        body = {"idempotency_key": key, "changes": changes}
        answer = await self.call("POST", "/v2/inventory/changes/batch-create", body, STOCK)
        page = answer.read(wire.COUNTS, "pos changes")
        shown = [self._shown(count) for count in page.counts or []]
        return {each.sku: each.units for each in shown if each is not None}

    def _adjustment(self, step: TillStep, at_s: float) -> dict[str, Any]:
        grows = step.units > 0
        adjustment: dict[str, Any] = {
            "catalog_object_id": self._id_of[step.sku],
            "from_state": "NONE" if grows else "IN_STOCK",
            # Units that another channel may sell from now on: gone from here, for internal use.
            "to_state": "IN_STOCK" if grows else "WASTE",
            "location_id": step.place,
            "quantity": str(abs(step.units)),
            "occurred_at": iso(at_s),
            "reference_id": step.reference,
        }
        if not grows:
            adjustment["reason_id"] = {"type": "INTERNAL_USE"}
        return {"type": "ADJUSTMENT", "adjustment": adjustment}

    def _shown(self, count: wire.Count) -> Shown | None:
        sku = self._sku(count.catalog_object_id)
        if not sku or count.state != "IN_STOCK":
            return None
        return Shown(
            sku, count.location_id, wire.units(count.quantity), count.catalog_object_id,
            dated_s=seconds(count.calculated_at),
        )  # fmt: skip

    # --- sales --------------------------------------------------------------------------------

    async def sales(self, ids: Sequence[str]) -> list[TillSale]:
        """Finished transactions by id; unfinished ones are left out."""
        body = {"order_ids": list(ids)}
        answer = await self.call("POST", "/v2/orders/batch-retrieve", body, ORDERS)
        return await self._sales(answer.read(wire.ORDERS, "pos orders").orders or [])

    async def sales_since(self, since_s: float) -> list[TillSale]:
        """Finished transactions changed since a time."""
        found: list[TillSale] = []
        for at in range(0, len(self._places), _LOCATIONS_A_SEARCH):
            body: dict[str, Any] = {
                "location_ids": self._places[at : at + _LOCATIONS_A_SEARCH],
                "query": {
                    "filter": {
                        "state_filter": {"states": ["COMPLETED", "CANCELED"]},
                        "date_time_filter": {"updated_at": {"start_at": iso(since_s)}},
                    },
                    "sort": {"sort_field": "UPDATED_AT", "sort_order": "ASC"},
                },
                "limit": _PAGE,
            }
            while True:
                answer = await self.call("POST", "/v2/orders/search", body, SWEEPS)
                page = answer.read(wire.ORDERS, "pos orders")
                found += await self._sales(page.orders or [])
                if not page.cursor:
                    break
                body["cursor"] = page.cursor
        return found

    async def _sales(self, orders: Sequence[wire.Order]) -> list[TillSale]:
        found = [sale for order in orders if (sale := self._sale(order)) is not None]
        if self._unlearned:
            # Something was sold that came into the catalogue after we had read it.
            await self._learn_range()
            found = [sale for order in orders if (sale := self._sale(order)) is not None]
            self._unlearned = False
        return found

    def _sale(self, order: wire.Order) -> TillSale | None:
        if order.fulfillments:
            return None  # to be shipped: no till sold it
        voided = order.state == "CANCELED"
        if order.state != "COMPLETED" and not (voided and (order.tenders or order.refunds)):
            return None
        total = order.total_money or wire.Money()
        returned = [line for each in order.returns or [] for line in each.return_line_items or []]
        recorded_s = seconds(order.created_at)
        sold, back = wire.total(order.line_items or []), wire.total(returned)
        return TillSale(
            order.id, order.location_id, voided, recorded_s,
            seconds(order.updated_at) if order.updated_at else recorded_s, total.currency,
            self._lines(order.line_items or []), self._lines(returned), total.amount, *sold, *back,
        )  # fmt: skip

    def _lines(self, lines: Iterable[wire.LineItem]) -> list[tuple[str, int, int]]:
        found: list[tuple[str, int, int]] = []
        for line in lines:
            if line.item_type not in ("ITEM", ""):
                continue
            price = line.base_price_money.amount if line.base_price_money is not None else 0
            # What was typed in by hand goes by the name that was typed.
            sku = self._sku(line.catalog_object_id) if line.catalog_object_id else line.name
            found.append((sku or line.catalog_object_id, wire.units(line.quantity), price))
        return found

    def _sku(self, id_: str) -> str:
        sku = self._sku_of.get(id_)
        if sku is None and id_:
            self._unlearned = True
        return sku or ""

    # --- the stock book -------------------------------------------------------------------------

    async def changes_since(self, since_s: float, skus: Sequence[str] = ()) -> list[TillChange]:
        """The stock book since a time."""
        body: dict[str, Any] = {
            "location_ids": self._places, "types": ["PHYSICAL_COUNT", "ADJUSTMENT"],
            "updated_after": iso(since_s), "limit": 1000,
        }  # fmt: skip
        ids = [self._id_of[sku] for sku in dict.fromkeys(skus) if sku in self._id_of]
        if skus:
            if not ids:
                return []
            body["catalog_object_ids"] = ids
        rows: list[wire.Change] = []
        while True:
            answer = await self.call("POST", "/v2/inventory/changes/batch-retrieve", body, SWEEPS)
            page = answer.read(wire.CHANGES, "pos stock book")
            rows += page.changes or []
            if not page.cursor:
                break
            body["cursor"] = page.cursor
        found = [told for row in rows if (told := self._change(row)) is not None]
        if self._unlearned:
            # Something was counted or taken in that is newer than what we know of the catalogue.
            await self._learn_range()
            found = [told for row in rows if (told := self._change(row)) is not None]
            self._unlearned = False
        return found

    def _change(self, change: wire.Change) -> TillChange | None:
        event = change.physical_count or change.adjustment
        if event is None:
            return None
        sku = self._sku(event.catalog_object_id)
        kind = "count" if change.physical_count is not None else self._kind(event)
        if not sku or kind is None or (kind == "count" and event.state != "IN_STOCK"):
            return None
        many = wire.units(event.quantity)
        if kind == "own" and event.to_state != "IN_STOCK":
            many = -many
        return TillChange(
            id=event.id,
            kind=kind,
            sku=sku,
            place=event.place,
            units=many,
            occurred_s=seconds(event.occurred_at),
            recorded_s=seconds(event.created_at),
            reference=event.transaction_id or event.reference_id,
            restock=event.to_state != "WASTE",
        )

    def _kind(self, event: wire.StockEvent) -> Kind | None:
        moves = (event.from_state, event.to_state)
        if event.reference_id.startswith(self._own):
            return "own"
        if event.transaction_id:
            if event.reason_id is not None and event.reason_id.type == "CANCELED_SALE":
                return "void"
            return "sale" if moves == ("IN_STOCK", "SOLD") else "return"
        if moves[1] == "IN_STOCK" and moves[0] in ("NONE", "UNLINKED_RETURN"):
            return "intake"
        if moves[0] == "IN_STOCK" and moves[1] in ("WASTE", "SOLD"):
            return "waste"
        return None

    # --- notices --------------------------------------------------------------------------------

    async def subscribe(self, url: str) -> None:
        """Have events sent to a URL, unless they are already; learn the key that signs them."""
        self._url = url
        answer = await self.call("GET", "/v2/webhooks/subscriptions", None, ORDERS)
        listed = answer.read(wire.SUBSCRIPTIONS, "pos subscriptions").subscriptions or []
        for known in listed:
            if known.notification_url == url:
                path = f"/v2/webhooks/subscriptions/{known.id}"
                answer = await self.call("GET", path, None, ORDERS)
                subscription = answer.read(wire.SUBSCRIPTION, "pos subscription").subscription
                self._signature_key = subscription.signature_key
                return
        digest = hmac.digest(b"subscription", url.encode(), "sha256").hex()[:40]
        body = {
            "idempotency_key": digest,
            "subscription": {
                "name": "peakproof engine", "event_types": self._events, "notification_url": url,
                "api_version": API_VERSION,
            },
        }  # fmt: skip
        answer = await self.call("POST", "/v2/webhooks/subscriptions", body, ORDERS)
        subscription = answer.read(wire.SUBSCRIPTION, "pos subscription").subscription
        self._signature_key = subscription.signature_key

    def is_signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether a notification is the vendor's: its signature covers the URL and the body."""
        if not self._signature_key:
            return True
        signed = hmac.digest(self._signature_key.encode(), self._url.encode() + body, "sha256")
        given = headers.get("x-square-hmacsha256-signature", "")
        # As bytes: a header may hold letters that compare_digest does not take in a text.
        return hmac.compare_digest(b64encode(signed), given.encode())

    def read_notice(self, body: bytes) -> TillNews | None:
        """The transaction that an event is about and the event's id; None for anything else.

        Raises:
            ValueError: it cannot be read.
        """
        event = wire.EVENT.decode(body)
        told = event.data.object if event.data is not None else None
        order = None if told is None else (told.order_updated or told.order_created)
        if order is None or order.state not in ("COMPLETED", "CANCELED"):
            return None
        return TillNews(order.order_id, event.event_id)

    # --- the wire -------------------------------------------------------------------------------

    async def _token(self) -> tuple[str, float]:
        access = self._access
        body = {
            "grant_type": "refresh_token", "client_id": access.client_id,
            "client_secret": access.client_secret, "refresh_token": access.refresh_token,
        }  # fmt: skip
        answer = await self._line.call("POST", "/oauth2/token", _encode(body), rank=STOCK)
        wire.check(answer, "pos token")
        token = answer.read(wire.TOKEN, "pos token")
        life_s = 3600.0
        if token.expires_at:
            life_s = max(60.0, seconds(token.expires_at) - self._clock.wall())
        return token.access_token, life_s

    async def call(self, method: str, path: str, body: Any, rank: int) -> Answer:
        """Make a call of the vendor's API and raise what a refusal means."""
        headers = {"accept": "application/json", "square-version": API_VERSION}
        sent = b"" if body is None else _encode(body)
        answer = await self._line.call(
            method, path, sent, rank=rank, auth=self._auth, headers=headers
        )
        if answer.status >= 400:
            wire.check(answer, f"pos {path.partition('?')[0]}")
        return answer

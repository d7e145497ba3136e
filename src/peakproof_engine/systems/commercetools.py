"""commercetools: the web shop. It masters orders and sells from its own stock entries."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final
from urllib.parse import quote

import msgspec

from peakproof_engine.budget import ORDERS, SNAPSHOTS, STOCK, SWEEPS
from peakproof_engine.clock import Clock, iso, seconds
from peakproof_engine.errors import Conflict, Refused, UnknownOutcome
from peakproof_engine.guards import Guards
from peakproof_engine.http import Answer, Line
from peakproof_engine.query import form, formed
from peakproof_engine.systems import commercetools_translate as translate
from peakproof_engine.systems import commercetools_wire as wire
from peakproof_engine.systems.access import CommercetoolsAccess
from peakproof_engine.systems.ports import ShopChange, ShopNews, ShopOrder, Shown
from peakproof_engine.tokens import Token, basic

SUBSCRIPTION: Final = "peakproof-engine"
ORDER_MESSAGES: Final = (
    "OrderCreated", "OrderImported", "OrderPaymentStateChanged", "OrderStateChanged",
)  # fmt: skip
PAYMENT_MESSAGES: Final = ("PaymentTransactionAdded", "PaymentTransactionStateChanged")
_PAGE: Final = 500
_OPEN_OR_CANCELLED: Final = (
    formed(' and orderState in ("Open", "Cancelled")')
    + "&"
    + form((("sort", "lastModifiedAt asc"), ("sort", "id asc"), ("limit", "")))
)
_encode: Final = msgspec.json.Encoder().encode


class Commercetools:
    """The port of a shop. ``places`` are the keys of its supply channels ("" for none)."""

    restores = locks = False

    def __init__(
        self,
        access: CommercetoolsAccess,
        line: Line,
        clock: Clock,
        guards: Guards,
        *,
        places: Iterable[str],
        authorised: bool,
        auth_line: Line | None = None,
    ) -> None:
        self._access = access
        self._line = line
        self._auth_line = auth_line or line
        self._base = f"/{quote(access.project_key)}"
        self._auth = Token(self._token, clock, renew=guards.token_single_flight)
        self._guards = guards
        self._places = list(places)
        self._authorised = authorised
        self._expand = "&expand=paymentInfo.payments%5B*%5D" if authorised else ""
        self._key_of: dict[str, str] = {}
        self._id_of: dict[str, str] = {"": ""}
        self._withdrawn = ""
        self._range: dict[str, None] = {}
        self._last: dict[tuple[str, int], tuple[bytes, list[Any]]] = {}
        self._hook_key = hashlib.sha256(f"hooks:{access.client_secret}".encode()).hexdigest()[:32]

    # --- what there is ----------------------------------------------------------------------

    async def learn_places(self) -> None:
        """Read the supply channels and the line states.

        Raises:
            Refused: a place of the configuration is not there (``code`` is ``unmapped_place``).
        """
        for channel in await self._pages("/channels", wire.KEYED, STOCK):
            if channel.key is not None:
                self._key_of[channel.id] = channel.key
                self._id_of[channel.key] = channel.id
        missing = [place for place in self._places if place not in self._id_of]
        if missing:
            raise Refused(
                "commercetools channels", f"there is no supply channel {', '.join(missing)}",
                status=200, code="unmapped_place",
            )  # fmt: skip
        where = quote(f'key="{translate.WITHDRAWN_STATE}" and type="LineItemState"')
        answer = await self._get(f"/states?where={where}", ORDERS)
        for state in answer.read(wire.KEYED, "commercetools states").results:
            self._withdrawn = state.id

    async def learn_range(self) -> None:
        """Read which SKUs are sold: the published products."""
        for product in await self._pages("/products", wire.PRODUCTS, SNAPSHOTS, again=True):
            if not product.master_data.published:
                continue
            record = product.master_data.current
            for variant in (record.master_variant, *record.variants):
                if variant.sku:
                    self._range[variant.sku] = None

    def sells(self, sku: str) -> bool:
        """Whether the shop sells a SKU."""
        return sku in self._range

    def range(self) -> Iterable[str]:
        """The SKUs that the shop sells, in a fixed order."""
        return list(self._range)

    # --- stock ------------------------------------------------------------------------------

    async def figures(self, since_s: float | None = None) -> list[Shown]:
        """All entries of our places, or those changed since a time."""
        where = "" if since_s is None else f'lastModifiedAt >= "{iso(since_s)}"'
        rank = STOCK if since_s is None else SNAPSHOTS
        entries = await self._pages("/inventory", wire.ENTRIES, rank, where)
        found = [self._shown(entry) for entry in entries]
        return [shown for shown in found if shown.place in self._places]

    async def entry(self, entry: str) -> Shown:
        """One entry, by its id: never stale."""
        answer = await self._get(f"/inventory/{entry}", STOCK)
        return self._shown(answer.read(wire.ENTRY, "commercetools entry"))

    async def figure(self, entry: str, sku: str, place: str) -> Shown:
        """One figure, never stale."""
        return await self.entry(entry)

    async def new_entry(self, sku: str, place: str) -> Shown:
        """An entry that shows nothing yet; the one that is there when there is one."""
        draft: dict[str, Any] = {"sku": sku, "quantityOnStock": 0}
        if place:
            draft["supplyChannel"] = {"typeId": "channel", "id": self._id_of[place]}
        try:
            answer = await self._post("/inventory", draft, STOCK)
        except Refused as refused:
            if refused.code != "DuplicateField":
                raise
            where = f"sku={_quoted(sku)}"
            entries = await self._pages("/inventory", wire.ENTRIES, STOCK, where)
            for entry in entries:
                shown = self._shown(entry)
                if shown.place == place:
                    return shown
            raise UnknownOutcome("commercetools entry", "there and not to be found") from None
        return self._shown(answer.read(wire.ENTRY, "commercetools entry"))

    async def change(self, entry: str, version: int, units: int) -> Shown:
        """Change a figure by signed units if it has that version."""
        name = "addQuantity" if units > 0 else "removeQuantity"
        body = {"version": version, "actions": [{"action": name, "quantity": abs(units)}]}
        answer = await self._post(f"/inventory/{entry}", body, STOCK)
        if not self._guards.inner_outcome:
            return Shown("", "", 0, entry)
        return self._shown(answer.read(wire.ENTRY, "commercetools entry"))

    async def changes(self, entry: str, after_version: int) -> list[tuple[int, int]]:
        """What API calls did to an entry: (version, signed units), oldest first.

        Only direct writes make this message, never an order.
        """
        where = (
            f'resource(typeId="inventory-entry" and id="{entry}") and '
            f'type="InventoryEntryQuantitySet" and resourceVersion > {after_version}'
        )
        query = form((("where", where), ("sort", "sequenceNumber asc"), ("limit", 20)))
        answer = await self._get(f"/messages?{query}", STOCK)
        return [
            (message.resource_version,
             message.new_quantity_on_stock - message.old_quantity_on_stock)
            for message in answer.read(wire.MESSAGES, "commercetools messages").results
        ]  # fmt: skip

    def _shown(self, entry: wire.Entry) -> Shown:
        channel = entry.supply_channel
        return Shown(
            sku=entry.sku,
            place="" if channel is None else self._key_of.get(channel.id, channel.id),
            units=entry.available_quantity,
            entry=entry.id,
            version=entry.version,
            dated_s=seconds(entry.last_modified_at) if entry.last_modified_at else 0.0,
        )

    # --- orders -----------------------------------------------------------------------------

    async def orders_since(
        self, since_s: float | None, *, by_key: bool, known: Callable[[str, int], bool]
    ) -> list[ShopOrder]:
        """Open or cancelled orders changed since a time; all that are open when none is given.

        Confirmed and complete ones are our own doing.
        """
        if since_s is None:
            where = 'orderState in ("Open", "Confirmed")'
            rows = await self._pages("/orders", wire.ORDERS, SWEEPS, where)
            return self._fresh(rows, known)
        pages: list[tuple[Answer, list[wire.Brief]]] = []
        mark, last, offset, limit = iso(since_s), "", 0, self._access.order_page
        while True:
            where = f'lastModifiedAt >= "{mark}"'
            if last:
                where = (
                    f'(lastModifiedAt > "{mark}" or (lastModifiedAt = "{mark}" and id > "{last}"))'
                )
            path = f"/orders?where={formed(where)}{_OPEN_OR_CANCELLED}{limit}&offset={offset}"
            answer = await self._get(f"{path}&withTotal=false{self._expand}", SWEEPS)
            page = self._told("orders", len(pages), answer, wire.BRIEFS)
            pages.append((answer, page))
            if len(page) < limit:
                break
            if by_key:
                # What changes meanwhile cannot shift the pages.
                mark, last = page[-1].last_modified_at, page[-1].id
            else:
                offset += limit
        found: list[ShopOrder] = []
        for answer, page in pages:
            if not all(known(brief.id, brief.version) for brief in page):
                rows = answer.read(wire.ORDERS, "commercetools orders").results
                found += self._fresh(rows, known)
        return found

    def _fresh(self, rows: list[msgspec.Raw], known: Callable[[str, int], bool]) -> list[ShopOrder]:
        """Read whole only what is not known in that version: most of a sweep is."""
        found: list[ShopOrder] = []
        for row in rows:
            brief = wire.BRIEF.decode(row)
            if not known(brief.id, brief.version):
                found.append(self._order(wire.ORDER.decode(row)))
        return found

    async def order(self, id_: str) -> ShopOrder:
        """One order, by its id: never stale."""
        expand = f"?{self._expand[1:]}" if self._expand else ""
        answer = await self._get(f"/orders/{id_}{expand}", ORDERS)
        return self._order(answer.read(wire.ORDER, "commercetools order"))

    async def update(self, id_: str, version: int, changes: Sequence[ShopChange]) -> ShopOrder:
        """Change an order if it has that version.

        Raises:
            Conflict: it has another one.
        """
        body = {"version": version, "actions": [translate.action(change) for change in changes]}
        expand = f"?{self._expand[1:]}" if self._expand else ""
        answer = await self._post(f"/orders/{id_}{expand}", body, ORDERS)
        return self._order(answer.read(wire.ORDER, "commercetools order"))

    async def refund(self, order: ShopOrder, amount_minor: int | None, reference: str) -> bool:
        """Give back what was captured, once for a reference; let a mere authorisation go."""
        left = amount_minor
        done = False
        for id_ in order.payments:
            while True:
                answer = await self._get(f"/payments/{id_}", ORDERS)
                payment = answer.read(wire.PAYMENT, "commercetools payment")
                transaction = translate.giving_back(payment, left, reference)
                if transaction is None:
                    break
                body = {"version": payment.version, "actions": [
                    {"action": "addTransaction", "transaction": transaction}
                ]}  # fmt: skip
                try:
                    answer = await self._post(f"/payments/{id_}", body, ORDERS)
                except Conflict:
                    continue
                if self._guards.inner_outcome:
                    answer.read(wire.PAYMENT, "commercetools refund")
                done = True
                if left is not None:
                    left -= int(transaction["amount"]["centAmount"])
                break
        return done

    def _order(self, body: wire.OrderBody) -> ShopOrder:
        return translate.shop_order(body, self._key_of, self._withdrawn)

    # --- notices ------------------------------------------------------------------------------

    @property
    def hook_key(self) -> str:
        """The secret that our notifications carry."""
        return self._hook_key

    async def subscribe(self, url: str) -> None:
        """Have messages sent to a URL, unless they are already."""
        where = quote(f'key="{SUBSCRIPTION}"')
        answer = await self._get(f"/subscriptions?where={where}", ORDERS)
        if answer.read(wire.KEYED, "commercetools subscriptions").results:
            return
        messages = [{"resourceTypeId": "order", "types": list(ORDER_MESSAGES)}]
        if self._authorised:
            messages.append({"resourceTypeId": "payment", "types": list(PAYMENT_MESSAGES)})
        draft = {
            "key": SUBSCRIPTION,
            "destination": {"type": "EventGrid", "uri": url, "accessKey": self.hook_key},
            "messages": messages,
            "format": {"type": "CloudEvents", "cloudEventsVersion": "1.0"},
        }
        try:
            answer = await self._post("/subscriptions", draft, ORDERS)
        except Refused as refused:
            if refused.code != "DuplicateField":
                raise
            return
        answer.read(wire.ONE_KEYED, "commercetools subscription")

    def read_notice(self, body: bytes) -> list[ShopNews]:
        """What a notification says; nothing for a test or for what the flows do not need.

        Raises:
            ValueError: it cannot be read.
        """
        events = wire.EVENTS.decode(body)
        found: list[ShopNews] = []
        for event in events if isinstance(events, list) else [events]:
            message = event.data
            if message is None or message.resource is None:
                continue
            news = translate.news(message, message.resource.id, self._order)
            if news is not None:
                found.append(news)
        return found

    # --- the wire -----------------------------------------------------------------------------

    async def _token(self) -> tuple[str, float]:
        access = self._access
        told = form((("grant_type", "client_credentials"), ("scope", access.scope)))
        answer = await self._auth_line.call(
            "POST", "/oauth/token", told.encode(), rank=STOCK,
            headers={
                "authorization": basic(access.client_id, access.client_secret),
                "content-type": "application/x-www-form-urlencoded",
            },
        )  # fmt: skip
        wire.check(answer, "commercetools token")
        token = answer.read(wire.TOKEN, "commercetools token")
        return token.access_token, token.expires_in

    async def _get(self, path: str, rank: int) -> Answer:
        answer = await self._line.call("GET", self._base + path, rank=rank, auth=self._auth)
        if answer.status >= 400:
            wire.check(answer, f"commercetools {path.partition('?')[0]}")
        return answer

    async def _post(self, path: str, body: Any, rank: int) -> Answer:
        answer = await self._line.call(
            "POST", self._base + path, _encode(body), rank=rank, auth=self._auth
        )
        if answer.status >= 400:
            wire.check(answer, f"commercetools {path.partition('?')[0]}")
        return answer

    async def _pages(
        self, path: str, decoder: msgspec.json.Decoder[Any], rank: int, where: str = "",
        *, again: bool = False,
    ) -> list[Any]:  # fmt: skip
        """All pages of a query, by id: what changes meanwhile cannot shift them.

        With ``again`` a page that comes as it came last time is not read again.
        """
        found: list[Any] = []
        last = ""
        while True:
            parts = [part for part in (where, f'id > "{last}"' if last else "") if part]
            query = form(
                (
                    *(("where", part) for part in parts),
                    ("sort", "id asc"), ("limit", _PAGE), ("withTotal", "false"),
                )
            )  # fmt: skip
            expand = self._expand if path == "/orders" else ""
            answer = await self._get(f"{path}?{query}{expand}", rank)
            if again:
                page = self._told(path, len(found), answer, decoder)
            else:
                page = answer.read(decoder, f"commercetools {path}").results
            found += page
            if len(page) < _PAGE:
                return found
            end = page[-1]
            last = wire.BRIEF.decode(end).id if isinstance(end, msgspec.Raw) else end.id

    def _told(
        self, what: str, number: int, answer: Answer, decoder: msgspec.json.Decoder[Any]
    ) -> list[Any]:
        """The rows of a page; one that comes as it came last time is not read again."""
        body, rows = self._last.get((what, number), (None, []))
        if body != answer.body:
            rows = answer.read(decoder, f"commercetools {what}").results
            self._last[what, number] = answer.body, rows
        return rows


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

"""What a notice is answered with: taken, not ours, not now, not yours, or not to be read."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
import msgspec
import pytest
import respx
from tests.unit.engine.shop_documents import order
from tests.unit.engine.stage import EPOCH_S, clock, config, over_respx
from tests.unit.engine.test_notices import (
    CANCELLED,
    LEVEL,
    PARCEL,
    SHIPPED,
    UNREADABLE,
    event,
    till_event,
)
from tests.unit.engine.vendor import adapter, learned

from peakproof_engine.app import Engine
from peakproof_engine.errors import NotNow, UnknownOutcome
from peakproof_engine.hooks import Hooks
from peakproof_engine.httpx_send import HttpxSend
from peakproof_engine.systems import registry
from peakproof_engine.systems.ports import (
    MasterLevel,
    ShippedParcel,
    ShopNews,
    TillNews,
    WorkStatus,
)

T = TypeVar("T")
_encode = msgspec.json.encode
HOOK = "https://engine.test/pos"


class Flows:
    """Writes down what it is told; ``error`` is what hearing of an order raises."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.error: Exception | None = None

    def noticed(self, level: MasterLevel, arrived_s: float) -> None:
        self.told.append((level, arrived_s))

    def shipped(self, parcel: Any) -> None:
        self.told.append(parcel)

    def ended(self, status: WorkStatus) -> None:
        self.told.append(status)

    def heard(self, news: Any, event_id: str = "") -> Any:
        self.told.append((news, event_id) if event_id else news)
        return self._done()

    async def _done(self) -> None:
        if self.error is not None:
            raise self.error


class TillFlows(Flows):
    """The tills' flow takes a notice at once."""

    def heard(self, news: Any, event_id: str = "") -> None:
        self.told.append((news, event_id))


class Desk:
    """Hooks over real adapters and flows that write down."""

    def __init__(self, hooks: Hooks, flows: Flows, sales: Flows, key: str) -> None:
        self.hooks, self.flows, self.sales, self.key = hooks, flows, sales, key

    async def post(self, path: str, body: bytes, **headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.hooks.take("POST", path, named, body)

    async def shop(self, *events: Any) -> int:
        return await self.post("/hooks/commercetools", _encode(events), aeg_sas_key=self.key)

    async def till(self, told: Any) -> int:
        body = told if isinstance(told, bytes) else _encode(told)
        signed = b64encode(hmac.digest(b"k-1", HOOK.encode() + body, "sha256")).decode()
        return await self.post("/hooks/pos", body, x_square_hmacsha256_signature=signed)


def at_the_door(
    story: Callable[[Desk], Awaitable[T]], *, is_open: bool = True, tills: bool = True
) -> T:
    """Run a story with open hooks, places and signing key known."""

    async def told(router: respx.MockRouter) -> T:
        router.post(path="/oauth/token").respond(200, json={"access_token": "fresh"})
        shop, till = adapter("commercetools"), adapter("pos")
        await learned("commercetools", router, shop)
        router.route(host="till.test").mock(side_effect=[
            httpx.Response(200, json={}),
            httpx.Response(200, json={"subscription": {"id": "w", "signature_key": "k-1"}}),
        ])  # fmt: skip
        await till.subscribe(HOOK)
        flows: Any = Flows()
        sales: Any = TillFlows()
        systems = {
            "deposco": registry.deposco(adapter("deposco")),
            "commercetools": registry.commercetools(shop),
        }
        if tills:
            systems["pos"] = registry.pos(till)
        hooks = Hooks(systems, {
            MasterLevel: lambda news: flows.noticed(news, clock().wall()),
            ShippedParcel: flows.shipped, WorkStatus: flows.ended, ShopNews: flows.heard,
            TillNews: lambda news: sales.heard(*news),
        })  # fmt: skip
        if is_open:
            hooks.is_open = True
        return await story(Desk(hooks, flows, sales, shop.hook_key))

    return over_respx(told)


# --- who is asked -------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "DELETE", "post", ""])
def test_notices_are_posted(method: str) -> None:
    async def story(desk: Desk) -> None:
        assert await desk.hooks.take(method, "/deposco", {}, _encode(LEVEL)) == 405
        assert desk.flows.told == []

    at_the_door(story)


@pytest.mark.parametrize(
    "path",
    ["/deposco", "/a/b/deposco", "/deposco/", "/deposco?x=1/2", "deposco", "/deposco/?a=/pos"],
)
def test_a_notice_finds_its_system_by_the_end_of_its_path(path: str) -> None:
    async def story(desk: Desk) -> None:
        assert await desk.post(path, _encode(LEVEL)) == 200
        assert len(desk.flows.told) == 1

    at_the_door(story)


@pytest.mark.parametrize("path", ["/", "", "/shopify", "/deposco/other", "/deposcos", "/?deposco"])
def test_a_notice_for_nobody_is_not_found(path: str) -> None:
    async def story(desk: Desk) -> None:
        assert await desk.post(path, _encode(LEVEL)) == 404
        assert desk.flows.told == []

    at_the_door(story)


def test_without_tills_there_is_nobody_for_their_notices() -> None:
    async def story(desk: Desk) -> None:
        assert await desk.till(till_event("COMPLETED")) == 404

    at_the_door(story, tills=False)


# --- the warehouse --------------------------------------------------------------------------------


def test_each_notice_of_the_warehouse_goes_to_its_flow() -> None:
    async def story(desk: Desk) -> None:
        for told in (LEVEL, PARCEL, CANCELLED):
            assert await desk.post("/deposco", _encode(told)) == 200
        level, parcel, ended = desk.flows.told
        assert level == (MasterLevel("TEE", "FAC1", 5, -2, 7, EPOCH_S), EPOCH_S)
        assert parcel == SHIPPED
        assert (ended.number, ended.cancelled) == ("1001", True)

    at_the_door(story)


def test_a_notice_that_says_nothing_to_us_is_taken() -> None:
    async def story(desk: Desk) -> None:
        assert await desk.post("/deposco", b'{"event": "RECEIPT_RECEIVED"}') == 200
        assert await desk.shop(event("OrderShipmentStateChanged")) == 200
        assert await desk.till(till_event("OPEN")) == 200
        assert desk.flows.told == desk.sales.told == []

    at_the_door(story)


@pytest.mark.parametrize("body", UNREADABLE)
def test_what_cannot_be_read_is_never_taken(body: bytes) -> None:
    async def story(desk: Desk) -> None:
        assert await desk.post("/deposco", body) == 400
        assert await desk.till(body) == 400
        if body != b"[]":
            assert await desk.post("/commercetools", body, aeg_sas_key=desk.key) in (400, 200)
        assert desk.flows.told == desk.sales.told == []

    at_the_door(story)


# --- before the books are open --------------------------------------------------------------------


def test_before_the_books_are_open_a_notice_is_to_come_again() -> None:
    async def story(desk: Desk) -> None:
        assert await desk.post("/deposco", _encode(LEVEL)) == 503
        assert await desk.shop(event("OrderCreated")) == 503
        assert await desk.till(till_event("COMPLETED")) == 503
        assert desk.flows.told == desk.sales.told == []

    at_the_door(story, is_open=False)


def test_the_test_of_a_new_subscription_is_taken_before_the_books_are_open() -> None:
    async def story(desk: Desk) -> None:
        made = {"id": "e", "type": "com.commercetools.subscription.change.ResourceCreated"}
        assert await desk.shop(made) == 200

    at_the_door(story, is_open=False)


# --- whose notices they are -----------------------------------------------------------------------


def test_only_who_knows_the_secret_speaks_for_the_shop() -> None:
    async def story(desk: Desk) -> None:
        body = _encode([event("OrderCreated")])
        for key in ("", "x", desk.key[:-1], desk.key + "0", desk.key.upper()):
            assert await desk.post("/commercetools", body, aeg_sas_key=key) == 401
        assert await desk.post("/commercetools", body) == 401
        assert desk.flows.told == []
        assert await desk.post("/commercetools", body, aeg_sas_key=desk.key) == 200

    at_the_door(story)


def test_a_forged_notice_is_refused_before_anything_is_read_or_told() -> None:
    async def story(desk: Desk) -> None:
        assert await desk.post("/commercetools", b"{") == 401
        assert await desk.post("/pos", b"{", x_square_hmacsha256_signature="AAAA") == 401
        desk.hooks.is_open = False
        assert await desk.post("/pos", _encode(till_event("COMPLETED"))) == 401

    at_the_door(story)


def test_what_the_tills_signed_is_taken_and_told_with_its_event() -> None:
    async def story(desk: Desk) -> None:
        assert await desk.till(till_event("COMPLETED")) == 200
        assert desk.sales.told == [("s-1", "ev-1")]

    at_the_door(story)


# --- when taking it fails -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error", [UnknownOutcome("shop", "slow"), NotNow("shop", "busy", delay_s=1.0)]
)
def test_a_notice_that_could_not_be_followed_up_is_to_come_again(error: Exception) -> None:
    async def story(desk: Desk) -> None:
        desk.flows.error = error
        assert await desk.shop(event("OrderCreated")) == 503

    at_the_door(story)


def test_all_messages_of_a_notification_are_told_in_their_order() -> None:
    async def story(desk: Desk) -> None:
        assert await desk.shop(event("OrderCreated"), event("OrderImported", "o-2")) == 200
        assert desk.flows.told == [ShopNews("o-1", 9, 4), ShopNews("o-2", 9, 4)]

    at_the_door(story)


# --- the same notice again, in a whole engine -----------------------------------------------------


def shop_of(engine: Engine) -> Any:
    """The adapter itself, behind its port."""
    return engine._shop


def in_an_engine(story: Callable[[Engine], Awaitable[T]]) -> T:
    """Run a story with an engine whose books are open; nothing outside answers."""

    async def told(router: respx.MockRouter) -> T:
        router.route().mock(side_effect=httpx.ConnectError("nobody is there"))
        engine = Engine(config(), send=HttpxSend(), clock=clock())
        engine._hooks.is_open = True
        shop_of(engine)._key_of.update({"ch-1": "web-w1", "ch-2": "web-s1"})
        try:
            return await story(engine)
        finally:
            await engine.core.stop()
            engine.store.close()

    return over_respx(told)


def test_an_order_that_is_told_twice_is_taken_in_and_counted_once() -> None:
    async def story(engine: Engine) -> None:
        body = _encode([event("OrderCreated", order=order(shipmentState=None))])
        headers = {"aeg-sas-key": shop_of(engine).hook_key}
        for _ in range(3):
            assert await engine.hook("POST", "/commercetools", headers, body) == 200
        assert [each.number for each in engine.store.open_orders()] == ["N-o-1"]
        live = engine.core.ledger.live("W1", "TEE", "web")
        assert live is not None
        assert live.share.sold == 2

    in_an_engine(story)


def test_a_parcel_that_is_told_twice_is_booked_once() -> None:
    async def story(engine: Engine) -> None:
        body = _encode([event("OrderCreated", order=order(shipmentState=None))])
        headers = {"aeg-sas-key": shop_of(engine).hook_key}
        await engine.hook("POST", "/commercetools", headers, body)
        found = engine.book.open["N-o-1"]
        engine.book.alias(found, "1001")
        told = _encode(PARCEL).replace(b'"2"', b'"1"').replace(b'"6"', b'"1"')
        for _ in range(3):
            assert await engine.hook("POST", "/deposco", {}, told) == 200
        assert [parcel.parcel for parcel in found.order.parcels] == ["P1"]
        assert found.order.lines[0].shipped == 1

    in_an_engine(story)


def test_an_older_level_that_comes_again_changes_nothing() -> None:
    async def story(engine: Engine) -> None:
        newer: Any = msgspec.json.decode(_encode(LEVEL))
        newer["inventoryAvailability"].update({"sequence": 8, "availableToPromise": 4})
        for told in (LEVEL, newer, LEVEL, newer):
            assert await engine.hook("POST", "/deposco", {}, _encode(told)) == 200
        cell = engine.core.ledger.known("W1", "TEE")
        assert cell is not None
        assert (cell.available, cell.sequence) == (4, 8)

    in_an_engine(story)


def test_a_secret_in_strange_letters_is_no_secret() -> None:
    async def story(desk: Desk) -> None:
        assert await desk.post("/commercetools", b"[]", aeg_sas_key="é") == 401

    at_the_door(story)


def test_a_body_that_is_nested_too_deep_cannot_be_read() -> None:
    async def story(desk: Desk) -> None:
        assert await desk.post("/deposco", b'{"x": ' + b"[" * 100_000) == 400

    at_the_door(story)

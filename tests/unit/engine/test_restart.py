"""Killed at work and started again on its store: everything is taken up, nothing done twice."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import respx
from tests.unit.engine.calls_deposco import DUPLICATE, outcome
from tests.unit.engine.shop_documents import CONFLICT, entry, order, results
from tests.unit.engine.stage import EPOCH_S, clock, config, play
from tests.unit.engine.test_hooks import shop_of
from tests.unit.engine.test_notices import event
from tests.unit.engine.test_store_crash import KILLED, child
from tests.unit.engine.vendor import TLS

from peakproof_engine.app import Engine
from peakproof_engine.httpx_send import HttpxSend
from peakproof_engine.model import Share, StepRecord
from peakproof_engine.store.database import Store
from peakproof_engine.systems.ports import MasterLevel, TillSale

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs os.fork")
PAID = order(shipmentState=None, lineItems=order()["lineItems"][:1])
"""One line, two units of TEE from the warehouse, paid."""
Answers = dict[str, Callable[[httpx.Request], httpx.Response]]


def ok(body: Any, status: int = 200) -> Callable[[httpx.Request], httpx.Response]:
    """The same answer to everybody."""
    return lambda _: httpx.Response(status, json=body)


def dies(_request: httpx.Request) -> httpx.Response:
    """The process is killed while it waits for this answer."""
    os._exit(KILLED)


class Estate:
    """What the systems answer by method and path, and what they were asked."""

    def __init__(self, answers: Answers) -> None:
        self.asked: list[str] = []
        self.bodies: list[Any] = []
        self._answers: Answers = {
            "POST /oauth/token": ok({"access_token": "fresh", "expires_in": 3600}),
            "POST /oauth2/token": ok({"access_token": "fresh", "expires_in": 3600}),
            "GET /integration/acme/items/TEE": ok({"number": "TEE"}),
            "GET /integration/acme/search/Order": ok({}),
            "POST /integration/acme/orders": ok(outcome("201 Created"), 207),
            "POST /integration/acme/retailActivities": ok(outcome("201 Created"), 207),
            "GET /acme/orders/o-1": ok(PAID),
            "POST /acme/orders/o-1": ok({**PAID, "version": 6, "orderState": "Confirmed"}),
            **answers,
        }

    def answer(self, request: httpx.Request) -> httpx.Response:
        """See the class."""
        asked = f"{request.method} {request.url.path}"
        if not asked.endswith("/token"):
            self.asked.append(asked)
            self.bodies.append(msgspec.json.decode(request.content) if request.content else None)
        return self._answers[asked](request)

    def count(self, asked: str) -> int:
        """How often that was asked."""
        return self.asked.count(asked)


Act = Callable[[Engine], Awaitable[Any]]


def live(path: Path, answers: Answers, act: Act, *, seconds: float = 30.0) -> Estate:
    """An engine on a store takes up what is there, does something, and works for a while."""

    async def story() -> Estate:
        estate = Estate(answers)
        async with respx.mock(assert_all_called=False) as router:
            router.route().mock(side_effect=estate.answer)
            send = HttpxSend(httpx.AsyncHTTPTransport(verify=TLS))
            engine = Engine(config(store__path=str(path)), send=send, clock=clock())
            shop_of(engine)._key_of.update({"ch-1": "web-w1", "ch-2": "web-s1"})
            engine.core.ledger.load()
            engine.core.desk.load()
            engine._resume()
            engine._hooks.is_open = True
            try:
                await act(engine)
                await asyncio.sleep(seconds)
            finally:
                await engine.core.stop()
                engine.store.close()
        return estate

    return play(story())


def die(path: Path, answers: Answers, act: Act) -> None:
    """The same, in a process that is killed on its way."""
    assert child(lambda: _never(live(path, answers, act))) == KILLED


def _never(estate: Estate) -> None:
    raise AssertionError(estate.asked)


async def nothing(_engine: Engine) -> None:
    """It only works."""


async def hear(engine: Engine) -> None:
    """The shop tells of the order."""
    body = msgspec.json.encode([event("OrderCreated", order=PAID)])
    headers = {"aeg-sas-key": shop_of(engine).hook_key}
    assert await engine.hook("POST", "/commercetools", headers, body) == 200


async def hear_and_die(engine: Engine) -> None:
    """It is killed as soon as the notice is answered."""
    await hear(engine)
    os._exit(KILLED)


CREATE = "POST /integration/acme/orders"
SEARCH = "GET /integration/acme/search/Order"
THERE = {"order": {"number": "N-o-1", "status": "New"}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "engine.db"


# --- orders -------------------------------------------------------------------------------------


def test_an_order_whose_notice_was_answered_reaches_the_warehouse_after_a_crash(path: Path) -> None:
    die(path, {}, hear_and_die)
    estate = live(path, {}, nothing)
    assert estate.count(CREATE) == 1
    # It may have been sent before the crash, as far as anybody can tell: so it is looked for.
    assert estate.asked.index(SEARCH) < estate.asked.index(CREATE)


def test_an_order_whose_create_was_cut_off_is_looked_for_and_not_created_again(path: Path) -> None:
    die(path, {CREATE: dies}, hear)
    estate = live(path, {SEARCH: ok(THERE)}, nothing)
    assert estate.count(CREATE) == 0
    store = Store(str(path))
    (kept,) = store.open_orders()
    assert [work.stage for work in kept.works] == ["created"]
    assert next(iter(store.shares()))[3].acked == 2
    store.close()


def test_an_order_that_was_created_is_left_alone_after_a_crash(path: Path) -> None:
    die(path, {"POST /acme/orders/o-1": dies}, hear)
    estate = live(path, {}, nothing)
    assert estate.count(CREATE) == estate.count(SEARCH) == 0
    # What was cut off is the word to the shop: that is read again, and said again.
    assert estate.count("POST /acme/orders/o-1") == 1


def test_an_order_that_is_told_again_after_a_crash_counts_once(path: Path) -> None:
    die(path, {CREATE: dies}, hear)
    estate = live(path, {}, hear)
    assert estate.count(CREATE) == 1
    store = Store(str(path))
    assert next(iter(store.shares()))[3].sold == 2
    store.close()


def test_an_order_that_waits_for_its_money_waits_on_after_a_crash(path: Path) -> None:
    unpaid = {**PAID, "paymentState": "Pending"}

    async def hear_unpaid(engine: Engine) -> None:
        body = msgspec.json.encode([event("OrderCreated", order=unpaid)])
        headers = {"aeg-sas-key": shop_of(engine).hook_key}
        await engine.hook("POST", "/commercetools", headers, body)
        os._exit(KILLED)

    die(path, {}, hear_unpaid)
    waiting = {"GET /acme/orders/o-1": ok(unpaid)}
    assert live(path, waiting, nothing).count(CREATE) == 0
    paid = {**PAID, "version": 6}

    async def hear_paid(engine: Engine) -> None:
        told = event("OrderPaymentStateChanged", paymentState="Paid")
        body = msgspec.json.encode([told])
        headers = {"aeg-sas-key": shop_of(engine).hook_key}
        assert await engine.hook("POST", "/commercetools", headers, body) == 200

    assert live(path, {"GET /acme/orders/o-1": ok(paid)}, hear_paid).count(CREATE) == 1


# --- the tills ----------------------------------------------------------------------------------

POSTED = "POST /integration/acme/retailActivities"
SOLD = TillSale("s-1", "LOC1", False, EPOCH_S - 5.0, EPOCH_S - 5.0, "GBP", [("TEE", 1, 1250)], [])


async def ring_up(engine: Engine) -> None:
    """A till tells of a sale."""
    assert engine.sales is not None
    engine.sales.take(SOLD, "")


def test_a_sale_whose_posting_was_cut_off_is_posted_again_under_its_own_id(path: Path) -> None:
    die(path, {POSTED: dies}, ring_up)
    answer = ok(outcome("409 Conflict", DUPLICATE), 207)
    estate = live(path, {POSTED: answer}, nothing)
    assert estate.count(POSTED) == 1
    (activity,) = estate.bodies[0]["retailActivity"]
    assert activity["retailTransaction"]["referenceNumber"] == "s-1"
    store = Store(str(path))
    kept = store.movement("sale:s-1")
    assert kept is not None
    assert kept.stage == "booked"
    assert list(store.open_movements()) == []
    (share,) = [share for _, _, channel, share in store.shares() if channel == "till"]
    assert (share.sold, share.acked) == (1, 1)
    store.close()


def test_a_sale_that_was_booked_is_not_posted_again_however_it_is_told(path: Path) -> None:
    live(path, {}, ring_up)
    estate = live(path, {}, ring_up)
    assert estate.count(POSTED) == 0
    store = Store(str(path))
    (share,) = [share for _, _, channel, share in store.shares() if channel == "till"]
    assert (share.sold, share.acked) == (1, 1)
    store.close()


def test_a_sale_that_was_just_booked_is_remembered(path: Path) -> None:
    """The master's first figure after a start may be too old to include it."""
    live(path, {}, ring_up, seconds=2.0)
    assert acked_after(path, None) == 0
    assert acked_after(path, EPOCH_S + 10.0) == 0
    # The answer came at once; what is asked for later than a query may lag includes it.
    assert acked_after(path, EPOCH_S + 30.0) == 1


def test_a_sale_that_waited_long_before_it_was_booked_is_remembered_too(path: Path) -> None:
    early = msgspec.structs.replace(SOLD, recorded_s=EPOCH_S - 9000.0)

    async def ring_up_late(engine: Engine) -> None:
        assert engine.sales is not None
        engine.sales.take(early, "")

    live(path, {}, ring_up_late, seconds=2.0)
    assert acked_after(path, EPOCH_S) == 0


def acked_after(path: Path, asked_s: float | None) -> int:
    """What the figure that a new engine asked for then, if it did, surely includes."""

    async def story() -> int:
        engine = Engine(config(store__path=str(path)), send=HttpxSend(), clock=clock())
        if asked_s is not None:
            engine.stock.polled([MasterLevel("TEE", "FAC2", 5, 5)], asked_s)
        engine.core.ledger.load()
        engine._resume()
        share = engine.core.ledger.live("S1", "TEE", "till")
        assert share is not None
        await engine.core.stop()
        engine.store.close()
        return share.acked_low

    return play(story())


# --- steps --------------------------------------------------------------------------------------

CHANGE = "POST /acme/inventory/e-1"
LOOK = "GET /acme/inventory/e-1"
MESSAGES = "GET /acme/messages"


def stepped(path: Path, units: int, version: int, given: int) -> None:
    """A store with a step whose outcome is not booked."""
    store = Store(str(path))
    with store:
        store.put_share("W1", "TEE", "web", Share(given, 0, 0, "e-1", 1.0))
        number = store.new_step()
        store.put_step(StepRecord(number, "W1", "TEE", "web", units, version, sent_s=EPOCH_S))
    store.close()


def share_of(path: Path) -> tuple[int | None, int]:
    """What the channel was given by the store, and how many steps are open."""
    store = Store(str(path))
    found = next(iter(store.shares()))[3].given, len(list(store.steps()))
    store.close()
    return found


def changed(old: int, new: int, version: int) -> dict[str, Any]:
    """A message that a direct write to the entry has made."""
    return {
        "id": "m", "type": "InventoryEntryQuantitySet", "resourceVersion": version,
        "oldQuantityOnStock": old, "newQuantityOnStock": new, "sequenceNumber": version,
    }  # fmt: skip


@pytest.mark.parametrize(("units", "given", "after"), [(3, 8, 8), (-2, 5, 3)])
def test_a_step_that_had_not_been_sent_is_sent(
    path: Path, units: int, given: int, after: int
) -> None:
    stepped(path, units, 0, given)
    answers = {LOOK: ok(entry("e-1", "TEE", 5, "ch-1", 4)),
               CHANGE: ok(entry("e-1", "TEE", 5 + units, "ch-1", 5))}  # fmt: skip
    estate = live(path, answers, nothing)
    assert estate.asked == [LOOK, CHANGE]
    assert estate.bodies[1]["version"] == 4
    assert share_of(path) == (after, 0)


@pytest.mark.parametrize(("units", "given"), [(3, 8), (-2, 5)])
def test_a_step_that_was_cut_off_is_sent_again_in_the_same_version(
    path: Path, units: int, given: int
) -> None:
    stepped(path, units, 4, given)
    estate = live(path, {CHANGE: ok(entry("e-1", "TEE", 5 + units, "ch-1", 5))}, nothing)
    assert estate.asked == [CHANGE]
    assert estate.bodies[0]["version"] == 4
    assert share_of(path) == (given + min(0, units), 0)


@pytest.mark.parametrize(("units", "given", "after"), [(3, 8, 8), (-2, 5, 3)])
def test_a_step_that_had_worked_is_found_among_the_entrys_messages(
    path: Path, units: int, given: int, after: int
) -> None:
    stepped(path, units, 4, given)
    answers = {
        CHANGE: ok(CONFLICT, 409),
        LOOK: ok(entry("e-1", "TEE", 9, "ch-1", 6)),
        MESSAGES: ok(results(changed(10, 10 + units, 5), changed(10 + units, 20, 6))),
    }
    estate = live(path, answers, nothing)
    assert estate.asked == [CHANGE, LOOK, MESSAGES]
    assert share_of(path) == (after, 0)


@pytest.mark.parametrize(("units", "given", "after"), [(3, 8, 5), (-2, 5, 5)])
def test_a_step_that_somebody_else_was_before_never_happened(
    path: Path, units: int, given: int, after: int
) -> None:
    stepped(path, units, 4, given)
    answers = {
        CHANGE: ok(CONFLICT, 409),
        LOOK: ok(entry("e-1", "TEE", 9, "ch-1", 6)),
        MESSAGES: ok(results(changed(10, 17, 5), changed(17, 17 + units, 6))),
    }
    live(path, answers, nothing)
    assert share_of(path) == (after, 0)


# --- the desk -----------------------------------------------------------------------------------


def test_an_exception_that_the_desk_was_not_told_of_is_told_after_a_crash(path: Path) -> None:
    async def park_and_die(engine: Engine) -> None:
        with engine.store:
            engine.core.desk.park("order:7", "order_refused", "no such facility")
        os._exit(KILLED)

    die(path, {}, park_and_die)
    told: list[tuple[str, ...]] = []

    async def story() -> None:
        async def report(*what: str) -> None:
            told.append(what)

        made = config(store__path=str(path))
        for _ in range(2):
            engine = Engine(made, send=HttpxSend(), clock=clock(), report=report)
            engine.core.desk.load()
            await asyncio.sleep(1.0)
            await engine.core.stop()
            engine.store.close()

    play(story())
    assert told == [("order:7", "order_refused", "operations", "no such facility")]

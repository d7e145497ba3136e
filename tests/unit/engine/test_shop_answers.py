"""The web shop's answers beside the plain ones: places, payments, entries, access."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest
import respx
from tests.unit.engine.shop_documents import (
    CONFLICT,
    TAKEN,
    entry,
    money,
    order,
    payment,
    refusal,
    results,
)
from tests.unit.engine.stage import EPOCH_S, clock, config, line, over_respx
from tests.unit.engine.vendor import ACCESS, HOSTS, LEARN_SHOP, adapter, learned

from peakproof_engine.errors import NotNow, Refused, UnknownOutcome
from peakproof_engine.guards import Guards
from peakproof_engine.systems import commercetools_translate as translate
from peakproof_engine.systems import commercetools_wire as wire
from peakproof_engine.systems.commercetools import Commercetools
from peakproof_engine.systems.ports import (
    ConfirmParcel,
    SetShipment,
    SetState,
    ShopChange,
    ShopOrder,
    ShopState,
    Shown,
)

SHOP = HOSTS["commercetools"]


STATES: tuple[tuple[ShopState, str], ...] = (
    ("open", "Open"), ("confirmed", "Confirmed"), ("complete", "Complete"),
    ("cancelled", "Cancelled"),
)  # fmt: skip


def tokens(router: respx.MockRouter, host: str = SHOP) -> respx.Route:
    answer = {"access_token": "fresh", "token_type": "Bearer", "expires_in": 172800}
    return router.post(f"https://{host}/oauth/token").respond(200, json=answer)


def shop_order(**more: Any) -> ShopOrder:
    """An order as the adapter reads it, with the places of the stage."""
    body = wire.ORDER.decode(msgspec.json.encode(order(**more)))
    return translate.shop_order(body, {"ch-1": "web-w1"}, "st-9")


def paid_by(*transactions: tuple[str, str, int, str]) -> dict[str, Any]:
    """The payments of an order, with what they are about."""
    reference = {"typeId": "payment", "id": "pay-1", "obj": payment(*transactions)}
    return {"payments": [reference]}


# --- reading orders -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "transactions", "payment_is"),
    [
        ("Paid", (), "captured"), ("CreditOwed", (), "captured"), ("Failed", (), "failed"),
        ("Pending", (), "pending"), ("BalanceDue", (), "pending"), (None, (), "pending"),
        ("Pending", (("Authorization", "Success", 2505, ""),), "authorised"),
        (None, (("Charge", "Success", 1, ""), ("Authorization", "Success", 1, "")), "authorised"),
        ("Pending", (("Authorization", "Pending", 2505, ""),), "pending"),
        ("Pending", (("Authorization", "Failure", 2505, ""),), "pending"),
        ("Pending", (("Charge", "Success", 2505, ""),), "pending"),
        ("Failed", (("Authorization", "Success", 2505, ""),), "failed"),
        ("Paid", (("Authorization", "Success", 2505, ""),), "captured"),
    ],
)  # fmt: skip
def test_money_is_there_when_the_order_says_so_or_a_payment_is_authorised(
    state: str | None, transactions: tuple[Any, ...], payment_is: str
) -> None:
    assert shop_order(paymentState=state, paymentInfo=paid_by(*transactions)).payment == payment_is


def test_an_order_may_say_less_than_everything() -> None:
    bare = order(
        orderNumber=None, shipmentState=None, paymentInfo=None, shippingAddress=None,
        shippingInfo=None, lastMessageSequenceNumber=None, orderState="Unheard-of",
    )  # fmt: skip
    read = translate.shop_order(wire.ORDER.decode(msgspec.json.encode(bare)), {}, "")
    assert (read.number, read.shipment, read.state, read.sequence) == ("o-1", "", "open", 0)
    assert (read.payments, list(read.delivered), read.withdrawn) == ([], [], {})
    assert read.contact.email == "ann@example.test"
    # A channel that we have no key of is a place of its own, never the one without a channel.
    assert [each.place for each in read.lines] == ["ch-1", ""]


def test_the_address_has_its_own_e_mail_and_need_not_be_whole() -> None:
    read = shop_order(shippingAddress={"country": "GB", "email": "home@example.test"})
    assert read.contact.email == "home@example.test"
    assert (read.contact.name, read.contact.street) == ("", "")


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Pending", "pending"), ("Partial", "partial"), ("Shipped", "shipped"),
        ("Delivered", "shipped"), ("Canceled", "cancelled"), ("Backorder", "backorder"),
    ],
)  # fmt: skip
def test_the_shipment_state_is_read(theirs: str, ours: str) -> None:
    assert shop_order(shipmentState=theirs).shipment == ours


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Open", "open"), ("Confirmed", "confirmed"), ("Complete", "complete"),
        ("Cancelled", "cancelled"),
    ],
)  # fmt: skip
def test_the_order_state_is_read_and_written_by_one_table(theirs: str, ours: str) -> None:
    assert shop_order(orderState=theirs).state == ours
    assert translate.STATES_BACK[ours] == theirs


@pytest.mark.parametrize(
    ("change", "sent"),
    [
        *((SetShipment(ours), ("changeShipmentState", "shipmentState", theirs))
          for ours, theirs in (("pending", "Pending"), ("partial", "Partial"),
                               ("shipped", "Shipped"), ("cancelled", "Canceled"))),
        *((SetState(ours), ("changeOrderState", "orderState", theirs))
          for ours, theirs in STATES),
    ],
)  # fmt: skip
def test_a_state_is_written_in_the_shops_own_word(
    change: ShopChange, sent: tuple[str, str, str]
) -> None:
    action, field, word = sent
    assert translate.action(change) == {"action": action, field: word}


def test_a_line_of_nothing_has_no_price() -> None:
    line_ = {"id": "li-1", "variant": {"sku": "TEE"}, "quantity": 0, "totalPrice": money(9)}
    assert shop_order(lineItems=[line_]).lines[0].price_minor == 0


# --- with authorised payments -----------------------------------------------------------------


def test_where_an_authorisation_is_enough_payments_are_read_with_their_orders() -> None:
    async def story(router: respx.MockRouter) -> None:
        tokens(router)
        body = order(paymentState=None, paymentInfo=paid_by(("Authorization", "Success", 9, "")))
        route = router.route(host=SHOP, path__startswith="/acme/orders").mock(
            side_effect=lambda request: httpx.Response(
                200, json=body if "/o-1" in request.url.path else results(body)
            )
        )
        made = adapter("commercetools", policy__release_on="authorised")
        found = [
            await made.order("o-1"),
            await made.update("o-1", 5, [ConfirmParcel("P", {}, "", "")]),
            *await made.orders_since(None, by_key=True, known=lambda *_: False),
            *await made.orders_since(EPOCH_S, by_key=True, known=lambda *_: False),
        ]
        assert [each.payment for each in found] == ["authorised"] * 4
        assert len(found) == route.call_count
        for call in route.calls:
            assert call.request.url.params.get_list("expand") == ["paymentInfo.payments[*]"]

    over_respx(story)


def test_its_payments_are_then_subscribed_to_as_well() -> None:
    async def story(router: respx.MockRouter) -> list[dict[str, Any]]:
        tokens(router)
        router.get(host=SHOP, path="/acme/subscriptions").respond(200, json=results())
        route = router.post(host=SHOP, path="/acme/subscriptions").respond(201, json={"id": "s"})
        made = adapter("commercetools", policy__release_on="authorised")
        await made.subscribe("https://engine.test/c")
        draft: dict[str, Any] = msgspec.json.decode(route.calls.last.request.content)
        messages: list[dict[str, Any]] = draft["messages"]
        return messages

    told = over_respx(story)
    assert [each["resourceTypeId"] for each in told] == ["order", "payment"]
    assert told[1]["types"] == ["PaymentTransactionAdded", "PaymentTransactionStateChanged"]


# --- places and entries -----------------------------------------------------------------------


def test_a_place_that_the_shop_does_not_have_is_named() -> None:
    async def story(router: respx.MockRouter) -> None:
        tokens(router)
        answer: Any = LEARN_SHOP[0].answer
        rows = [row for row in answer["results"] if row.get("key") != "web-s1"]
        route = router.get(host=SHOP).respond(200, json=results(*rows))
        with pytest.raises(Refused, match=r"no supply channel web-s1$") as told:
            await adapter("commercetools").learn_places()
        assert told.value.code == "unmapped_place"
        assert route.call_count == 1

    over_respx(story)


def test_an_entry_that_is_there_and_not_to_be_found_is_an_unknown_outcome() -> None:
    async def story(router: respx.MockRouter) -> None:
        tokens(router)
        router.post(host=SHOP, path="/acme/inventory").respond(400, json=TAKEN)
        elsewhere = results(entry("e-1", "TEE", 1, "ch-1"))
        router.get(host=SHOP, path="/acme/inventory").respond(200, json=elsewhere)
        made = adapter("commercetools")
        await learned("commercetools", router, made)
        with pytest.raises(UnknownOutcome):
            await made.new_entry("TEE", "web-s1")

    over_respx(story)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"id": "e-1"'])
def test_without_its_guard_a_change_is_believed_unread(body: bytes) -> None:
    async def story(router: respx.MockRouter) -> Any:
        tokens(router)
        router.post(host=SHOP, path="/acme/inventory/e-1").respond(200, content=body)
        return await adapter("commercetools", ("inner_outcome",)).change("e-1", 3, 1)

    assert over_respx(story) == Shown("", "", 0, "e-1")


def test_a_page_is_read_again_once_it_comes_otherwise_than_last_time() -> None:
    bodies = [results(order("o-1", 5)), results(order("o-1", 6)), results(order("o-1", 6))]

    async def story(router: respx.MockRouter) -> list[list[int]]:
        tokens(router)
        answers = [httpx.Response(200, json=body) for body in bodies]
        router.get(host=SHOP, path="/acme/orders").mock(side_effect=answers)
        made = adapter("commercetools")
        await learned("commercetools", router, made)
        seen: dict[str, int] = {}
        told: list[list[int]] = []
        for _ in bodies:
            found = await made.orders_since(
                EPOCH_S, by_key=True, known=lambda id_, version: seen.get(id_) == version
            )
            told.append([one.version for one in found])
            seen.update((one.id, one.version) for one in found)
        return told

    assert over_respx(story) == [[5], [6], []]


# --- giving money back ------------------------------------------------------------------------


def test_a_part_is_given_back_over_several_payments_and_not_more() -> None:
    async def story(router: respx.MockRouter) -> list[tuple[str, str, int]]:
        tokens(router)
        sent: list[tuple[str, str, int]] = []
        held = {"pay-1": 1000, "pay-2": 0, "pay-3": 700, "pay-4": 900}

        def answer(request: httpx.Request) -> httpx.Response:
            id_ = request.url.path.rpartition("/")[2]
            if request.method == "POST":
                (action,) = msgspec.json.decode(request.content)["actions"]
                done = action["transaction"]
                sent.append((id_, done["type"], done["amount"]["centAmount"]))
            charge = ("Charge", "Success", held[id_], "psp")
            return httpx.Response(200, json={**payment(charge), "id": id_})

        router.route(host=SHOP, path__startswith="/acme/payments").mock(side_effect=answer)
        of = shop_order(paymentInfo={"payments": [{"id": id_} for id_ in held]})
        assert await adapter("commercetools").refund(of, 1500, "cut:1") is True
        return sent

    assert over_respx(story) == [("pay-1", "Refund", 1000), ("pay-3", "Refund", 500)]


def test_an_order_without_payments_has_nothing_to_give_back() -> None:
    async def story(router: respx.MockRouter) -> Any:
        of = shop_order(paymentInfo=None)
        return await adapter("commercetools").refund(of, None, "cancel:1")

    assert over_respx(story) is False


@pytest.mark.parametrize(
    ("transactions", "wanted", "given"),
    [
        ([("Charge", "Success", 900, "")], None, ("Refund", 900)),
        ([("Charge", "Success", 900, "")], 1000, ("Refund", 900)),
        ([("Charge", "Success", 900, "")], 0, None),
        ([("Charge", "Pending", 900, "")], None, None),
        ([("Charge", "Success", 900, ""), ("Charge", "Success", 100, "")], None, ("Refund", 1000)),
        ([("Charge", "Success", 900, ""), ("Refund", "Initial", 900, "")], None, None),
        ([("Authorization", "Success", 900, ""), ("CancelAuthorization", "Pending", 900, "")],
         None, None),
        ([("Authorization", "Success", 900, ""), ("CancelAuthorization", "Failure", 900, "")],
         None, ("CancelAuthorization", 900)),
        ([("Authorization", "Success", 900, ""), ("Charge", "Success", 900, ""),
          ("Refund", "Success", 900, "")], None, None),
        ([("Chargeback", "Success", 900, "")], None, None),
        ([("Charge", "Success", 900, ""), ("Refund", "Failure", 1, "ref")], None, None),
    ],
)  # fmt: skip
def test_what_is_given_back_is_what_was_taken_less_what_went_back(
    transactions: list[tuple[str, str, int, str]], wanted: int | None, given: Any
) -> None:
    body = wire.PAYMENT.decode(msgspec.json.encode(payment(*transactions)))
    made = translate.giving_back(body, wanted, "ref")
    assert (made and (made["type"], made["amount"]["centAmount"])) == given


def test_a_payment_that_others_keep_changing_is_read_again_each_time() -> None:
    async def story(router: respx.MockRouter) -> int:
        tokens(router)
        charge = ("Charge", "Success", 900, "")
        router.get(host=SHOP, path="/acme/payments/pay-1").mock(side_effect=[
            httpx.Response(200, json=payment(charge, version=at)) for at in (2, 5, 9)
        ])  # fmt: skip
        answers = [httpx.Response(409, json=CONFLICT)] * 2 + [httpx.Response(200, json=payment())]
        route = router.post(host=SHOP, path="/acme/payments/pay-1").mock(side_effect=answers)
        assert await adapter("commercetools").refund(shop_order(), None, "cancel:1")
        versions = [msgspec.json.decode(call.request.content)["version"] for call in route.calls]
        assert versions == [2, 5, 9]
        return route.call_count

    assert over_respx(story) == 3


# --- access -----------------------------------------------------------------------------------


def test_tokens_may_come_from_another_host() -> None:
    async def story(router: respx.MockRouter) -> None:
        route = tokens(router, "auth.test")
        asked = router.get(host=SHOP).respond(200, json=entry("e-1", "TEE", 1))
        access = config().systems.commercetools
        assert access is not None
        made = Commercetools(
            access, line("shop", f"https://{SHOP}"), clock(), Guards(),
            places=[], authorised=False, auth_line=line("shop tokens", "https://auth.test"),
        )  # fmt: skip
        await made.entry("e-1")
        assert route.call_count == 1
        assert asked.calls.last.request.headers["authorization"] == ACCESS["shop"]

    over_respx(story)


def test_a_client_that_the_shop_does_not_know_is_refused() -> None:
    async def story(router: respx.MockRouter) -> None:
        text = "Please provide valid client credentials using HTTP Basic Authentication."
        answer = {**refusal(401, "invalid_client", text), "error": "invalid_client"}
        router.post(f"https://{SHOP}/oauth/token").respond(401, json=answer)
        with pytest.raises(Refused, match="valid client credentials") as told:
            await adapter("commercetools").entry("e-1")
        assert (told.value.status, told.value.code) == (401, "invalid_client")

    over_respx(story)


def test_a_shop_that_takes_no_token_of_ours_is_waited_for() -> None:
    async def story(router: respx.MockRouter) -> None:
        route = tokens(router)
        router.get(host=SHOP).respond(401, json=refusal(401, "invalid_token", "invalid_token"))
        with pytest.raises(NotNow):
            await adapter("commercetools").entry("e-1")
        assert route.call_count == 2

    over_respx(story)

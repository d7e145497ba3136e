"""Every call that the engine makes to commercetools: what is asked, answered and understood."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from tests.unit.engine.shop_documents import (
    CONFLICT,
    DATED,
    SINCE,
    TAKEN,
    entry,
    get,
    order,
    pages,
    payment,
    post,
    product,
    refusal,
    results,
    shown,
    understood,
)
from tests.unit.engine.stage import EPOCH_S
from tests.unit.engine.vendor import LEARN_SHOP, Ask, Case, Exchange

from peakproof_engine.systems.ports import (
    ConfirmParcel,
    SetShipment,
    SetState,
    WithdrawLine,
)

CHARGED: Final = ("Charge", "Success", 2505, "psp-1")
AUTHORISED: Final = ("Authorization", "Success", 2505, "psp-0")
ORDER: Final = understood()
PAYMENT: Final = get("/payments/pay-1")


def added(kind: str, cents: int, version: int = 2) -> Ask:
    """The transaction that gives money back."""
    return post("/payments/pay-1", {"version": version, "actions": [
        {"action": "addTransaction", "transaction": {
            "type": kind, "state": "Success", "interactionId": "cancel:N-o-1",
            "amount": {"centAmount": cents, "currencyCode": "GBP"}}},
    ]})  # fmt: skip


def refunding(
    name: str, exchanges: Sequence[Exchange], *, amount: int | None, brings: bool
) -> Case:
    """Giving money back for an order with one payment."""
    return Case(
        "Shop.refund", name, "commercetools",
        lambda to: to.refund(ORDER, amount, "cancel:N-o-1"), exchanges, brings,
    )  # fmt: skip


def sweep(where: str, offset: int = 0) -> Ask:
    """A page of orders by time of change."""
    return get(
        "/orders", ("where", f'{where} and orderState in ("Open", "Cancelled")'),
        ("sort", "lastModifiedAt asc"), ("sort", "id asc"), ("limit", "500"),
        ("offset", str(offset)), ("withTotal", "false"),
    )  # fmt: skip


def knows_half(id_: str, version: int) -> bool:
    """All orders of a full page but the first are known in their version."""
    assert version == 5
    return id_.startswith("x-") and id_ != "x-000"


FULL: Final = [order(f"x-{at:03}") for at in range(500)]
AFTER: Final = (
    f'(lastModifiedAt > "{DATED}" or (lastModifiedAt = "{DATED}" and id > "x-499"))'
)  # fmt: skip
NEWER: Final = "2023-11-14T22:13:19.000Z"


async def range_of(to: Any) -> list[str]:
    """The range, once it is learned."""
    await to.learn_range()
    return list(to.range())


async def sold(to: Any) -> tuple[bool, bool, bool]:
    """Whether the shop sells a SKU, a staged one, an unknown one."""
    await to.learn_range()
    return to.sells("TEE-L"), to.sells("DRAFT"), to.sells("NIL")


RANGE: Final = [
    Exchange(pages("/products"), results(
        product("p-1", "TEE", "TEE-L"), product("p-2", ""), product("p-3", "HAT"),
        product("p-4", "OLD", published=False),
    )),
]  # fmt: skip
STOCK: Final = (
    Case(
        "Shop.learn_places", "", "commercetools", lambda to: to.learn_places(), LEARN_SHOP, None
    ),
    Case("Shop.learn_range", "", "commercetools", lambda to: to.learn_range(), RANGE, None),
    Case("Shop.range", "", "commercetools", range_of, RANGE, ["TEE", "TEE-L", "HAT"]),
    Case("Shop.sells", "", "commercetools", sold, RANGE, (True, False, False)),
    Case(
        "Shop.figures", "all, page by page", "commercetools", lambda to: to.figures(),
        [Exchange(pages("/inventory"), results(
            *(entry(f"e-{at:03}", "TEE", at, "ch-1") for at in range(500)))),
         Exchange(pages("/inventory", 'id > "e-499"'), results(
            entry("e-900", "TEE", -3, "ch-2"), entry("e-901", "TEE", 9, "ch-3"),
            entry("e-902", "TEE", 9)))],
        [*(shown(f"e-{at:03}", at) for at in range(500)), shown("e-900", -3, "web-s1")],
    ),
    Case(
        "Shop.figures", "changed since", "commercetools", lambda to: to.figures(EPOCH_S - 60.0),
        [Exchange(pages("/inventory", f'lastModifiedAt >= "{SINCE}"'),
                  results(entry("e-1", "TEE", 4, "ch-1")))],
        [shown("e-1", 4)],
    ),
    Case(
        "Entries.entry", "", "commercetools", lambda to: to.entry("e-1"),
        [Exchange(get("/inventory/e-1"), entry("e-1", "TEE", 4, "ch-1"))], shown("e-1", 4),
    ),
    Case(
        "Shop.figure", "", "commercetools", lambda to: to.figure("e-1", "TEE", "web-w1"),
        [Exchange(get("/inventory/e-1"), entry("e-1", "TEE", 4, "ch-1"))], shown("e-1", 4),
    ),
    Case(
        "Entries.new_entry", "at a channel", "commercetools",
        lambda to: to.new_entry("TEE", "web-w1"),
        [Exchange(post("/inventory", {"sku": "TEE", "quantityOnStock": 0,
                                      "supplyChannel": {"typeId": "channel", "id": "ch-1"}}),
                  entry("e-1", "TEE", 0, "ch-1", 1), 201)],
        shown("e-1", 0, version=1),
    ),
    Case(
        "Entries.new_entry", "without a channel", "commercetools",
        lambda to: to.new_entry("TEE", ""),
        [Exchange(post("/inventory", {"sku": "TEE", "quantityOnStock": 0}),
                  entry("e-1", "TEE", 0, version=1), 201)],
        shown("e-1", 0, "", 1),
    ),
    Case(
        "Entries.new_entry", "that is there", "commercetools",
        lambda to: to.new_entry('T"E\\E', "web-s1"),
        [Exchange(post("/inventory", {"sku": 'T"E\\E', "quantityOnStock": 0,
                                      "supplyChannel": {"typeId": "channel", "id": "ch-2"}}),
                  TAKEN, 400),
         Exchange(pages("/inventory", 'sku="T\\"E\\\\E"'), results(
             entry("e-1", "TEE", 1, "ch-1"), entry("e-2", "TEE", 2, "ch-2")))],
        shown("e-2", 2, "web-s1"),
    ),
    Case(
        "Entries.change", "more", "commercetools", lambda to: to.change("e-1", 3, 2),
        [Exchange(post("/inventory/e-1", {"version": 3, "actions": [
            {"action": "addQuantity", "quantity": 2}]}), entry("e-1", "TEE", 6, "ch-1", 5))],
        shown("e-1", 6, version=5),
    ),
    Case(
        "Entries.change", "fewer", "commercetools", lambda to: to.change("e-1", 3, -2),
        [Exchange(post("/inventory/e-1", {"version": 3, "actions": [
            {"action": "removeQuantity", "quantity": 2}]}), entry("e-1", "TEE", -1, "ch-1", 4))],
        shown("e-1", -1, version=4),
    ),
    Case(
        "Entries.changes", "", "commercetools", lambda to: to.changes("e-1", 3),
        [Exchange(
            get("/messages", ("where", 'resource(typeId="inventory-entry" and id="e-1") and '
                              'type="InventoryEntryQuantitySet" and resourceVersion > 3'),
                ("sort", "sequenceNumber asc"), ("limit", "20")),
            results(*(
                {"id": f"m-{version}", "version": 1, "sequenceNumber": version,
                 "resourceVersion": version, "type": "InventoryEntryQuantitySet",
                 "resource": {"typeId": "inventory-entry", "id": "e-1"},
                 "oldQuantityOnStock": old, "newQuantityOnStock": new,
                 "oldAvailableQuantity": 0, "newAvailableQuantity": 0}
                for version, old, new in ((4, 10, 12), (6, 12, 5)))))],
        [(4, 2), (6, -7)],
    ),
)  # fmt: skip

ORDERS: Final = (
    Case(
        "Shop.orders_since", "from the beginning", "commercetools",
        lambda to: to.orders_since(None, by_key=True, known=knows_half),
        [Exchange(pages("/orders", 'orderState in ("Open", "Confirmed")'), results(*FULL)),
         Exchange(pages("/orders", 'orderState in ("Open", "Confirmed")', 'id > "x-499"'),
                  results(order("y-1", at=NEWER)))],
        [understood("x-000"), understood("y-1", modified_s=EPOCH_S - 1.0)],
    ),
    Case(
        "Shop.orders_since", "by key", "commercetools",
        lambda to: to.orders_since(EPOCH_S - 60.0, by_key=True, known=knows_half),
        [Exchange(sweep(f'lastModifiedAt >= "{SINCE}"'), results(*FULL)),
         Exchange(sweep(AFTER), results(order("y-1")))],
        [understood("x-000"), understood("y-1")],
    ),
    Case(
        "Shop.orders_since", "by offset", "commercetools",
        lambda to: to.orders_since(EPOCH_S - 60.0, by_key=False, known=knows_half),
        [Exchange(sweep(f'lastModifiedAt >= "{SINCE}"'), results(*FULL)),
         Exchange(sweep(f'lastModifiedAt >= "{SINCE}"', 500), results())],
        [understood("x-000")],
    ),
    Case(
        "Shop.order", "", "commercetools", lambda to: to.order("o-1"),
        [Exchange(get("/orders/o-1"), order())], understood(),
    ),
    Case(
        "Shop.update", "everything at once", "commercetools",
        lambda to: to.update("o-1", 5, [
            ConfirmParcel("P2", {"li-1": 1, "li-2": 1}, "DPD", "T-2"),
            ConfirmParcel("", {"li-1": 1}, "", ""),
            WithdrawLine("li-1", 1), SetShipment("shipped"), SetState("complete")]),
        [Exchange(post("/orders/o-1", {"version": 5, "actions": [
            {"action": "addDelivery", "deliveryKey": "P2",
             "items": [{"id": "li-1", "quantity": 1}, {"id": "li-2", "quantity": 1}],
             "parcels": [{"key": "P2", "trackingData": {"trackingId": "T-2", "carrier": "DPD"},
                          "items": [{"id": "li-1", "quantity": 1},
                                    {"id": "li-2", "quantity": 1}]}]},
            {"action": "addDelivery", "items": [{"id": "li-1", "quantity": 1}],
             "parcels": [{"trackingData": {}, "items": [{"id": "li-1", "quantity": 1}]}]},
            {"action": "transitionLineItemState", "lineItemId": "li-1", "quantity": 1,
             "fromState": {"typeId": "state", "key": "Initial"},
             "toState": {"typeId": "state", "key": "canceled"}},
            {"action": "changeShipmentState", "shipmentState": "Shipped"},
            {"action": "changeOrderState", "orderState": "Complete"},
        ]}), order(version=9, orderState="Complete", shipmentState="Shipped"))],
        understood(version=9, state="complete", shipment="shipped"),
    ),
    refunding("all", [Exchange(PAYMENT, payment(AUTHORISED, CHARGED)),
                      Exchange(added("Refund", 2505), payment(CHARGED, version=3))],
              amount=None, brings=True),
    refunding("a part", [Exchange(PAYMENT, payment(CHARGED)),
                         Exchange(added("Refund", 1000), payment(CHARGED, version=3))],
              amount=1000, brings=True),
    refunding("what is left", [
        Exchange(PAYMENT, payment(CHARGED, ("Refund", "Pending", 2000, "cut:1"),
                                  ("Refund", "Failure", 500, "cut:2"))),
        Exchange(added("Refund", 505), payment(CHARGED, version=3))], amount=1000, brings=True),
    refunding("again", [Exchange(PAYMENT, payment(
        CHARGED, ("Refund", "Success", 2505, "cancel:N-o-1")))], amount=None, brings=False),
    refunding("an authorisation", [
        Exchange(PAYMENT, payment(AUTHORISED)),
        Exchange(added("CancelAuthorization", 2505), payment(AUTHORISED, version=3))],
        amount=None, brings=True),
    refunding("a part of an authorisation", [Exchange(PAYMENT, payment(AUTHORISED))],
              amount=1000, brings=False),
    refunding("of a charge that failed", [
        Exchange(PAYMENT, payment(("Charge", "Failure", 2505, "psp-1"),
                                  ("Authorization", "Pending", 2505, "psp-0")))],
        amount=None, brings=False),
    refunding("after a conflict", [
        Exchange(PAYMENT, payment(CHARGED)),
        Exchange(added("Refund", 2505), CONFLICT, 409),
        Exchange(PAYMENT, payment(CHARGED, ("Refund", "Success", 5, "other"), version=4)),
        Exchange(added("Refund", 2500, 4), payment(CHARGED, version=5))],
        amount=None, brings=True),
    Case(
        "Commercetools.subscribe", "already", "commercetools",
        lambda to: to.subscribe("https://engine.test/c"),
        [Exchange(get("/subscriptions", ("where", 'key="peakproof-engine"')),
                  results({"id": "s-1", "version": 1, "key": "peakproof-engine"}))],
        None,
    ),
    *(
        Case(
            "Commercetools.subscribe", name, "commercetools",
            lambda to: to.subscribe("https://engine.test/c"),
            [Exchange(get("/subscriptions", ("where", 'key="peakproof-engine"')), results()),
             Exchange(post("/subscriptions", {
                 "key": "peakproof-engine",
                 "destination": {
                     "type": "EventGrid", "uri": "https://engine.test/c",
                     "accessKey": "0ab34c548663dfa8177c0e8eeaac49d1"},
                 "messages": [{"resourceTypeId": "order", "types": [
                     "OrderCreated", "OrderImported", "OrderPaymentStateChanged",
                     "OrderStateChanged"]}],
                 "format": {"type": "CloudEvents", "cloudEventsVersion": "1.0"}}),
                 answer, status)],
            None,
        )
        for name, status, answer in (
            ("anew", 201, {"id": "s-1", "version": 1, "key": "peakproof-engine"}),
            ("by another engine meanwhile", 400, refusal(
                400, "DuplicateField", "A duplicate value '\"peakproof-engine\"' exists for "
                "field 'key'.", field="key", duplicateValue="peakproof-engine")),
        )
    ),
)  # fmt: skip

CASES: Final = STOCK + ORDERS

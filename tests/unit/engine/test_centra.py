"""The adapter of Centra: what it asks in GraphQL, and what it makes of each kind of answer."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, Final

import pytest
from tests.unit.engine.market import (
    MADE,
    NO,
    NOTHING,
    SAID,
    Host,
    adapter,
    brief,
    line,
    played,
    shown,
    whole,
)
from tests.unit.engine.stage import EPOCH_S, play

from peakproof_engine.errors import Blocked, Conflict, NotNow, Refused, UnknownOutcome
from peakproof_engine.systems.centra import Centra
from peakproof_engine.systems.ports import (
    ConfirmParcel,
    LockOrder,
    SetState,
    ShopChange,
    Shown,
    WithdrawLine,
)

# --- places and stock -----------------------------------------------------------------------


def test_a_place_that_is_no_warehouse_is_said_before_anything_is_done() -> None:
    async def story() -> None:
        with pytest.raises(Refused, match="there is no warehouse W2") as refused:
            await adapter(Host({"warehouses": [{"id": 1, "name": "W1"}]})).learn_places()
        assert refused.value.code == "unmapped_place"

    play(story())


STOCKED: Final = {
    "productSizes": [
        {"id": 7, "SKU": "TEE", "stock": [
            {"warehouse": {"id": 1}, "physicalQuantity": 10, "availableNowQuantity": 6},
            {"warehouse": {"id": 3}, "physicalQuantity": 4, "availableNowQuantity": 4},
        ]},
    ]
}  # fmt: skip


@pytest.mark.parametrize(("off", "units"), [((), 6), (("quantity_kind",), 10)])
def test_a_figure_is_what_is_free_to_sell_at_our_places(off: tuple[str, ...], units: int) -> None:
    brought, asked = played(lambda to: to.figures(), STOCKED, off=off)
    assert brought == [Shown("TEE", "W1", units, "7:1")]
    assert asked == [("productSizes", {"page": 1})]


def test_one_figure_is_asked_for_by_its_size_and_is_nothing_where_nothing_ever_was() -> None:
    brought, asked = played(lambda to: to.figure("7:2", "TEE", "W2"), STOCKED)
    assert brought == Shown("TEE", "W2", 0, "7:2")
    assert asked == [("productSizes", {"id": [7]})]


def changed(units: int, left: int) -> dict[str, Any]:
    """What a stock change answers."""
    size = {"id": 7, "SKU": "TEE", "stock": [
        {"warehouse": {"id": 1}, "physicalQuantity": left, "availableNowQuantity": left}
    ]}  # fmt: skip
    row = {"deliveredQuantity": units, "productSize": size}
    change = {"description": "ref", "intoWarehouse": {"id": 1}, "lines": [row]}
    return {"changeStock": {"stockChange": change, **SAID}}


@pytest.mark.parametrize(
    ("units", "end"), [(3, "intoWarehouse"), (-3, "outFromWarehouse")], ids=["in", "out"]
)
def test_a_figure_is_changed_by_what_moved_under_a_reference(units: int, end: str) -> None:
    brought, asked = played(lambda to: to.move("ref", "TEE", "W1", units), changed(3, 8))
    assert brought == Shown("TEE", "W1", 8, "7:1", moved=units)
    row = {"productSize": {"id": 7}, "deliveredQuantity": 3}
    given = {end: {"id": 1}, "description": "ref", "productSizes": [row]}
    assert asked == [("changeStock", {"input": given})]


def test_what_a_change_took_is_read_from_its_answer() -> None:
    brought, _ = played(lambda to: to.move("ref", "TEE", "W1", -3), changed(2, 0))
    assert brought.moved == -2
    blind, _ = played(
        lambda to: to.move("ref", "TEE", "W1", -3), changed(2, 0), off=("figure_checked",)
    )
    assert blind.moved == -3


def test_units_that_are_not_there_to_take_are_a_conflict_and_units_to_add_a_refusal() -> None:
    refusal = {"changeStock": {"stockChange": None, **NO}}
    taken, _ = played(lambda to: to.move("ref", "TEE", "W1", -3), refusal)
    added, _ = played(lambda to: to.move("ref", "TEE", "W1", 3), refusal)
    assert (type(taken), type(added)) == (Conflict, Refused)


def test_a_change_whose_answer_was_lost_is_found_by_its_reference() -> None:
    other = {"description": "other", "intoWarehouse": {"id": 1}, "lines": []}
    ours = {"description": "ref", "intoWarehouse": None, "lines": [
        {"deliveredQuantity": 3, "productSize": {"id": 7}}
    ]}  # fmt: skip
    answer = {"stockChangeConnection": {"edges": [{"node": other}, {"node": ours}]}}
    brought, asked = played(lambda to: to.moved("ref", "TEE", "W1", EPOCH_S), answer)
    assert brought == -3
    where = {"warehouseId": [1], "createdAt": {"from": "2023-11-14T22:13:20.000Z"}}
    assert asked == [("stockChangeConnection", {"where": where, "last": 200})]
    nothing, _ = played(lambda to: to.moved("else", "TEE", "W1", EPOCH_S), answer)
    assert nothing is None


# --- orders ---------------------------------------------------------------------------------


def test_held_and_unpaid_orders_are_asked_for_in_the_same_call() -> None:
    lists = {**NOTHING, "plain": [brief(1001), brief(1002), brief(1003, status="SHIPPED")],
             "held": [brief(1004, isOnHold=True)]}  # fmt: skip
    brought, asked = played(
        lambda to: to.orders_since(EPOCH_S, by_key=True, known=lambda id_, _: id_ == "hash-1002"),
        lists, {"orders": [whole(1001)]}, {"orders": [whole(1004, isOnHold=True)]},
    )  # fmt: skip
    assert [(order.number, order.held) for order in brought] == [("1001", False), ("1004", True)]
    since = {"updatedAt": {"from": "2023-11-14T22:13:20.000Z"}}
    assert asked[0][1]["both"] == {**since, "isOnHold": True, "isWaitingForPayment": True}
    assert asked[2][1]["where"]["number"] == [1004]
    assert asked[2][1]["where"]["isOnHold"] is True


@pytest.mark.parametrize("by_key", [True, False], ids=["by key", "by page"])
def test_a_page_begins_where_the_last_one_ended_or_at_its_number(by_key: bool) -> None:
    later = MADE.replace("13:20", "13:30")
    brought, asked = played(
        lambda to: to.orders_since(EPOCH_S, by_key=by_key, known=lambda *_: True),
        {**NOTHING, "plain": [brief(1), brief(2, updatedAt=later)]}, {"orders": [brief(3)]},
        page=2,
    )  # fmt: skip
    assert brought == []
    where, page = asked[1][1]["where"], asked[1][1]["page"]
    assert (where["updatedAt"]["from"] == later, page) == (by_key, 1 if by_key else 2)


def test_a_line_from_two_warehouses_is_two_lines_and_money_is_read_to_the_penny() -> None:
    held = [{"quantity": 1, "warehouse": {"id": 1}}, {"quantity": 2, "warehouse": {"id": 2}}]
    body = whole(lines=[line(units=3, allocations=held, unitPrice={"value": 0.29}),
                        line(12, units=1, allocations=[], cancelledQuantity=1)])  # fmt: skip
    brought, _ = played(lambda to: to.order("hash-1001"), shown(body))
    assert [(each.line, each.place, each.units, each.total_minor) for each in brought.lines] == [
        ("11@W1", "W1", 1, 29), ("11@W2", "W2", 2, 58), ("12", "", 2, 2500),
    ]  # fmt: skip
    assert brought.withdrawn == {"12": 1}
    assert (brought.payment, brought.state, brought.shipment) == (
        "authorised", "confirmed", "pending",
    )  # fmt: skip
    assert brought.version == round((EPOCH_S + 0.25) * 1e6)


CHANGES: Final[list[tuple[ShopChange, str]]] = [
    (LockOrder(), "setOrdersLock"),
    (SetState("confirmed"), "confirmOrder"),
    (SetState("cancelled"), "cancelDirectToConsumerOrder"),
    (WithdrawLine("11@W2", 1), "updateDirectToConsumerOrder"),
]


@pytest.mark.parametrize(("change", "name"), CHANGES, ids=[name for _, name in CHANGES])
def test_a_change_is_one_mutation_and_its_errors_are_a_refusal(
    change: ShopChange, name: str
) -> None:
    brought, asked = played(
        lambda to: to.update("hash-1001", 1, [change]), {name: SAID}, shown(whole())
    )
    assert brought.number == "1001"
    assert [each for each, _ in asked] == [name, "plain:"]
    told, _ = played(lambda to: to.update("hash-1001", 1, [change]), {name: NO})
    assert (type(told), told.code) == (Refused, "user_error")


def test_withdrawn_units_do_not_come_back_on_sale_by_the_shops_own_doing() -> None:
    _, asked = played(
        lambda to: to.update("hash-1001", 1, [WithdrawLine("11@W2", 1)]),
        {"updateDirectToConsumerOrder": SAID}, shown(whole()),
    )  # fmt: skip
    row = asked[0][1]["input"]["cancelLines"][0]
    assert row == {"line": {"id": 11}, "quantity": 1, "stockAction": "REMOVE_FROM_STOCK"}


# --- parcels --------------------------------------------------------------------------------

PARCEL: Final = ConfirmParcel("parcel-1", {"11@W1": 2}, "PARCEL", "T1")


def made(**more: Any) -> dict[str, Any]:
    """A shipment."""
    return {
        "id": 5, "isCaptured": True, "isPaid": False, "isCompleted": False,
        "additionalMessage": "parcel-1", "lines": [], **more,
    }  # fmt: skip


def told(name: str, **more: Any) -> dict[str, Any]:
    """What a shipment's mutation answers."""
    return {name: {"shipment": made(**more), **SAID}}


def confirm(to: Centra) -> Awaitable[Any]:
    """Tell the shop of the parcel."""
    return to.update("hash-1001", 1, [PARCEL])


def names(asked: list[tuple[str, dict[str, Any]]]) -> list[str]:
    """What was asked, without the reading."""
    return [name for name, _ in asked if name != "plain:"]


def test_a_parcel_is_made_captured_and_completed() -> None:
    _, asked = played(
        confirm, shown(whole()), told("createShipment"), told("completeShipment"), shown(whole())
    )
    given = asked[1][1]["input"]
    assert given["lines"] == [{"orderLine": {"id": 11}, "quantity": 2}]
    assert (given["capture"], given["isPaid"], given["additionalMessage"]) == (
        True, False, "parcel-1",
    )  # fmt: skip
    assert asked[2][1] == {
        "id": 5,
        "input": {
            "sendEmail": True, "shipmentInfo": {"carrier": "PARCEL", "trackingNumber": "T1"},
        },
    }  # fmt: skip


def test_a_parcel_that_an_earlier_attempt_made_goes_on_from_there() -> None:
    _, asked = played(
        confirm, shown(whole(shipments=[made()])), told("completeShipment"), shown(whole())
    )
    assert names(asked) == ["completeShipment"]
    _, done = played(confirm, shown(whole(shipments=[made(isCompleted=True)])), shown(whole()))
    assert names(done) == []


def test_money_that_was_not_captured_is_asked_for_again_and_then_raised() -> None:
    refused, asked = played(
        confirm, shown(whole()), told("createShipment", isCaptured=False), {"captureShipment": NO}
    )
    assert (type(refused), refused.code) == (Blocked, "capture_failed")
    _, again = played(
        confirm, shown(whole(shipments=[made(isCaptured=False)])), told("captureShipment"),
        told("completeShipment"), shown(whole()),
    )  # fmt: skip
    assert names(asked) == ["createShipment", "captureShipment"]
    assert names(again) == ["captureShipment", "completeShipment"]


def test_an_order_on_hold_is_in_the_way_and_any_other_refusal_is_for_good() -> None:
    held, _ = played(confirm, shown(whole()), {"createShipment": NO}, shown(whole(isOnHold=True)))
    free, _ = played(confirm, shown(whole()), {"createShipment": NO}, shown(whole()))
    assert (type(held), held.code, type(free)) == (Blocked, "update_blocked", Refused)


def test_a_shipment_that_may_still_arrive_is_not_made_a_second_time() -> None:
    async def twice(to: Centra) -> Any:
        with pytest.raises(UnknownOutcome):
            await confirm(to)
        return await confirm(to)

    waits, asked = played(twice, shown(whole()), TimeoutError("slow"), shown(whole()))
    assert isinstance(waits, NotNow)
    assert names(asked) == ["createShipment"]


# --- the wire -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "off", "kind"),
    [
        (403, (), NotNow),
        (403, ("token_single_flight",), Refused),
        (400, (), Refused),
        (499, (), UnknownOutcome),
        (500, (), UnknownOutcome),
        ({"errors": [{"message": "You need Order:read permission"}]}, (), Refused),
        ({"errors": [], "data": None}, (), UnknownOutcome),
    ],
)  # fmt: skip
def test_an_answer_is_taken_for_what_it_is(answer: Any, off: tuple[str, ...], kind: type) -> None:
    brought, _ = played(lambda to: to.figures(), answer, off=off)
    assert type(brought) is kind


def test_an_error_inside_a_200_is_no_success_unless_nobody_reads_it() -> None:
    blind, _ = played(
        lambda to: to.update("hash-1001", 1, [LockOrder()]), {"setOrdersLock": NO},
        shown(whole()), off=("inner_outcome",),
    )  # fmt: skip
    assert blind.number == "1001"


def test_what_was_captured_beyond_the_order_is_said_for_only_a_return_pays_it_back() -> None:
    captured = [{"entryType": "CAPTURE", "status": "SUCCESS", "value": {"value": 25.0}}]
    body = whole(paymentHistory=captured, grandTotal={"value": 0.0})

    async def refund(to: Centra) -> Any:
        return await to.refund(await to.order("hash-1001"), None, "cancel:1001")

    refused, _ = played(refund, shown(body), shown(body))
    none, _ = played(refund, shown(whole()), shown(whole()))
    assert (type(refused), none) == (Refused, False)

"""The scripts of the reference flows, by themselves."""

from __future__ import annotations

from typing import Any

import pytest

from peakproof_simulators.patchworks.scripts import SCRIPTS, Several, Task
from peakproof_simulators.patchworks.values import Failure

BUNDLES = {"SET": {"CUP": 2, "TRAY": 1}}
FACILITIES = {"shop-1": "D1", "shop-2": "D2"}


def run(name: str, payload: Any, arguments: Any = None, **config: Any) -> Any:
    task = Task(
        payload=payload, meta={}, variables={}, config={"bundles": BUNDLES, **config},
        tables={"facilities": FACILITIES}, arguments=arguments or {},
    )  # fmt: skip
    made = SCRIPTS[name](task)
    return made.payloads if isinstance(made, Several) else made


def shop_line(id: str, sku: str, units: int, withdrawn: int = 0) -> dict[str, Any]:
    states = [("Initial", units - withdrawn), ("canceled", withdrawn)]
    return {
        "id": id, "variant": {"sku": sku}, "quantity": units,
        "price": {"value": {"centAmount": 500}},
        "supplyChannel": {"obj": {"key": "shop-1"}},
        "state": [{"quantity": n, "state": {"obj": {"key": key}}} for key, n in states if n],
    }  # fmt: skip


# --- orders -------------------------------------------------------------------------------------


def test_an_order_for_one_facility_keeps_its_number() -> None:
    lines = [
        {"id": "1", "facility": "D1", "units": 2, "price": 250},
        {"id": "2", "facility": "D1", "units": 1},
    ]
    (work,) = run("works_by_facility", {"number": "N-1", "lines": lines})
    assert (work["work"], work["facility"], len(work["lines"])) == ("N-1", "D1", 2)
    assert work["worth"] == 500


def test_an_order_for_two_becomes_two_and_is_found_again() -> None:
    lines = [{"id": str(no), "facility": f"D{no}", "units": 1} for no in (1, 2)]
    parts = run("works_by_facility", {"number": "O-1", "lines": lines})
    assert [part["work"] for part in parts] == ["O-1-D1", "O-1-D2"]
    parcel = {
        "shipmentNumber": "S1", "trackingNumber": "T1", "shipmentStatus": "Shipped",
        "orders": {"order": [{"orderNumber": part["work"]} for part in parts]},
    }  # fmt: skip
    told = run("order_of_work", parcel, {"prefix": "O-"})
    assert [(each["order"], each["reference"]) for each in told] == [("O-1", "1")] * 2


def test_a_line_without_a_facility_is_no_order() -> None:
    with pytest.raises(Failure, match="no facility for line 1") as refused:
        run("works_by_facility", {"number": "N-1", "lines": [{"id": "1", "facility": None}]})
    assert refused.value.final, "no later try would find one"


# --- parcels ------------------------------------------------------------------------------------


def parcel(*lines: tuple[str, str, int], **more: Any) -> dict[str, Any]:
    told = [{"id": id, "sku": sku, "units": units} for id, sku, units in lines]
    return {"order": "N-1", "parcel": "S1", "tracking": "T1", "carrier": None, "lines": told,
            **more}  # fmt: skip


def confirmed(order: dict[str, Any], *lines: tuple[str, str, int]) -> tuple[Any, list[str]]:
    made = run("confirmation", parcel(*lines, shop={"version": 3, **order}))
    items = made["actions"][0]["items"]
    words = [each.get("shipmentState") or each["orderState"] for each in made["actions"][1:]]
    return items, words


def test_a_whole_parcel_completes_the_order() -> None:
    order = {"lineItems": [shop_line("a", "TEE", 2)]}
    items, words = confirmed(order, ("a", "TEE", 2))
    assert items == [{"id": "a", "quantity": 2}]
    assert words == ["Shipped", "Complete"]


def test_a_part_of_it_does_not_until_the_rest_comes() -> None:
    order = {"lineItems": [shop_line("a", "TEE", 3)]}
    assert confirmed(order, ("a", "TEE", 2))[1] == ["Partial"]
    before = {"deliveries": [{"items": [{"id": "a", "quantity": 2}]}]}
    assert confirmed({**order, "shippingInfo": before}, ("a", "TEE", 1))[1] == [
        "Shipped", "Complete",
    ]  # fmt: skip


def test_what_was_withdrawn_is_not_waited_for() -> None:
    order = {"lineItems": [shop_line("a", "TEE", 3, withdrawn=1)]}
    assert confirmed(order, ("a", "TEE", 2))[1] == ["Shipped", "Complete"]


def test_components_are_folded_to_their_bundle() -> None:
    order = {"lineItems": [shop_line("a", "SET", 2), shop_line("b", "TEE", 1)]}
    items, words = confirmed(order, ("a", "CUP", 4), ("a", "TRAY", 1), ("b", "TEE", 1))
    assert items == [{"id": "a", "quantity": 1}, {"id": "b", "quantity": 1}]
    assert words == ["Partial"]


def test_a_parcel_with_nothing_of_the_order_is_no_confirmation() -> None:
    with pytest.raises(Failure, match="Parcel S1 has no line of order N-1"):
        confirmed({"lineItems": [shop_line("a", "TEE", 1)]}, ("z", "TEE", 1))


# --- cuts ---------------------------------------------------------------------------------------


def test_what_is_cancelled_or_short_is_cut() -> None:
    lines = [
        {"customerLineNumber": "a", "itemNumber": "TEE", "canceledPackQuantity": "1.0"},
        {"customerLineNumber": "b", "itemNumber": "MUG", "shortagePackQuantity": 2},
        {"customerLineNumber": "c", "itemNumber": "CUP"},
    ]
    (cut,) = run("cut_lines", {"number": "N-1-D2", "orderLines": {"orderLine": lines}})
    assert (cut["order"], cut["key"]) == ("N-1", "N-1-D2:3")
    assert [line["units"] for line in cut["lines"]] == [1, 2, 0]
    assert run("cut_lines", {"number": "N-1", "orderLines": {"orderLine": lines[2]}}) == []


def paid(captured: int, *refunded: int) -> dict[str, Any]:
    moves = [("Charge", captured), *(("Refund", amount) for amount in refunded)]
    transactions = [
        {"type": kind, "state": "Success", "amount": {"centAmount": amount},
         "interactionId": f"{kind}-{no}"}
        for no, (kind, amount) in enumerate(moves)
    ]  # fmt: skip
    return {"id": "P1", "version": 2, "transactions": transactions}


def withdrawn(
    order: list[dict[str, Any]], *lines: tuple[str, str, int], refunded: tuple[int, ...] = ()
) -> tuple[Any, int]:
    payments = {"payments": [{"obj": paid(5000, *refunded)}]}
    shop = {"version": 1, "lineItems": order, "paymentInfo": payments}
    made = run("withdrawal", parcel(*lines, shop=shop))
    told = [
        (each.get("lineItemId", ""), each.get("quantity") or each.get("orderState"))
        for each in made["actions"]
    ]
    assert made["payment"]["id"] == "P1"
    return told, made["due"]


def test_cut_units_are_withdrawn_and_refunded_once() -> None:
    fresh = [shop_line("a", "TEE", 3)]
    assert withdrawn(fresh, ("a", "TEE", 2)) == ([("a", 2)], 1000)
    told = [shop_line("a", "TEE", 3, withdrawn=2)]
    assert withdrawn(told, ("a", "TEE", 2)) == ([], 1000), "told, and the money is still here"
    assert withdrawn(told, ("a", "TEE", 2), refunded=(1000,)) == ([], 0)
    again = [shop_line("a", "TEE", 3, withdrawn=1)]
    assert withdrawn(again, ("a", "TEE", 2), refunded=(500,)) == ([("a", 1)], 500)


def test_an_order_of_which_nothing_is_left_is_cancelled() -> None:
    told, due = withdrawn([shop_line("a", "TEE", 2)], ("a", "TEE", 2))
    assert (told, due) == ([("a", 2), ("", "Cancelled")], 1000)


def test_a_bundle_that_lacks_a_component_is_not_delivered() -> None:
    told, due = withdrawn([shop_line("a", "SET", 2)], ("a", "CUP", 1))
    assert (told, due) == ([("a", 1)], 500)


def test_a_cancelled_order_gives_back_what_is_left_of_it_once() -> None:
    work = {"work": "N-1", "worth": 1500}
    assert run("cancellation_refund", {**work, "payments": [paid(2000)]})["due"] == 1500
    assert run("cancellation_refund", {**work, "payments": [paid(2000, 800)]})["due"] == 1200
    dealt = paid(2000, 100)
    dealt["transactions"][1]["interactionId"] = "cancel-N-1"
    assert run("cancellation_refund", {**work, "payments": [dealt]})["due"] == 0
    blind = run("cancellation_refund", {**work, "payments": [paid(2000, 2000)]}, {"looks": False})
    assert blind["due"] == 1500


# --- the outlet ---------------------------------------------------------------------------------


def outlet_line(id: int, sku: str, **numbers: float) -> dict[str, Any]:
    return {"item_id": id, "sku": sku, **numbers}


def test_a_parcel_is_a_shipment_of_the_outlets_lines() -> None:
    shop = {"items": [outlet_line(7, "TEE"), outlet_line(8, "SET"), outlet_line(9, "MUG")]}
    told = parcel(("7", "TEE", 2), ("8", "CUP", 2), ("8", "TRAY", 1), shop=shop)
    assert run("outlet_shipment", told)["items"] == [
        {"order_item_id": 7, "qty": 2}, {"order_item_id": 8, "qty": 1},
    ]  # fmt: skip
    with pytest.raises(Failure, match="Parcel S1 has no line of order N-1"):
        run("outlet_shipment", parcel(("1", "TEE", 1), shop=shop))


def test_the_outlet_refunds_what_is_cut_and_was_not_refunded() -> None:
    def refunded(**numbers: float) -> Any:
        shop = {"items": [outlet_line(7, "TEE", **numbers)]}
        return [each["items"] for each in run("outlet_refund", parcel(("7", "TEE", 2), shop=shop))]

    assert refunded(qty_invoiced=3.0) == [[{"order_item_id": 7, "qty": 2}]]
    assert refunded(qty_invoiced=3.0, qty_refunded=1.0) == [[{"order_item_id": 7, "qty": 1}]]
    assert refunded(qty_invoiced=3.0, qty_refunded=2.0) == []
    assert refunded() == [], "nothing was paid"


def test_a_confirmation_can_go_without_its_key_and_without_its_lines() -> None:
    order = {"version": 1, "lineItems": [shop_line("a", "TEE", 3)]}
    told = parcel(("a", "TEE", 1), shop=order)
    (delivery, *_) = run("confirmation", told, {"keyed": False})["actions"]
    assert "deliveryKey" not in delivery
    (delivery, *_) = run("confirmation", told, {"whole": True})["actions"]
    assert delivery["items"] == [{"id": "a", "quantity": 3}]

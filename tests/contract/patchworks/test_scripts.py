"""The scripts of the reference flows, by themselves."""

from __future__ import annotations

from typing import Any

import pytest

from peakproof_simulators.patchworks.scripts import SCRIPTS, Several, Task
from peakproof_simulators.patchworks.values import Failure

BUNDLES = {"SET": [{"sku": "CUP", "units": 2}, {"sku": "TRAY", "units": 1}]}
FACILITIES = {"shop-1": "D1", "shop-2": "D2"}


def run(name: str, payload: Any, **config: Any) -> Any:
    task = Task(
        payload=payload, meta={}, variables={}, config={"bundles": BUNDLES, **config},
        tables={"facilities": FACILITIES}, arguments={},
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
    lines = [{"id": "1", "facility": "D1"}, {"id": "2", "facility": "D1"}]
    (work,) = run("works_by_facility", {"number": "N-1", "lines": lines})
    assert (work["work"], work["facility"], len(work["lines"])) == ("N-1", "D1", 2)


def test_an_order_for_two_becomes_two_and_is_found_again() -> None:
    lines = [{"id": "1", "facility": "D1"}, {"id": "2", "facility": "D2"}]
    parts = run("works_by_facility", {"number": "N-1", "lines": lines})
    assert [part["work"] for part in parts] == ["N-1-D1", "N-1-D2"]
    parcel = {
        "shipmentNumber": "S1", "trackingNumber": "T1", "shipmentStatus": "Shipped",
        "orders": {"order": [{"orderNumber": part["work"]} for part in parts]},
    }  # fmt: skip
    assert [told["order"] for told in run("order_of_work", parcel)] == ["N-1", "N-1"]


def test_a_line_without_a_facility_is_no_order() -> None:
    with pytest.raises(Failure, match="no facility for line 1"):
        run("works_by_facility", {"number": "N-1", "lines": [{"id": "1", "facility": None}]})


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


def withdrawn(order: list[dict[str, Any]], *lines: tuple[str, str, int]) -> tuple[Any, int]:
    made = run("withdrawal", parcel(*lines, shop={"version": 1, "lineItems": order}))
    told = [
        (each.get("lineItemId", ""), each.get("quantity") or each.get("orderState"))
        for each in made["actions"]
    ]
    return told, made["refund"]


def test_cut_units_are_withdrawn_and_refunded_once() -> None:
    assert withdrawn([shop_line("a", "TEE", 3)], ("a", "TEE", 2)) == ([("a", 2)], 1000)
    assert withdrawn([shop_line("a", "TEE", 3, withdrawn=2)], ("a", "TEE", 2)) == ([], 0)
    again = [shop_line("a", "TEE", 3, withdrawn=1)]
    assert withdrawn(again, ("a", "TEE", 2)) == ([("a", 1)], 500)


def test_an_order_of_which_nothing_is_left_is_cancelled() -> None:
    told, refund = withdrawn([shop_line("a", "TEE", 2)], ("a", "TEE", 2))
    assert (told, refund) == ([("a", 2), ("", "Cancelled")], 1000)


# --- stock --------------------------------------------------------------------------------------


def test_lines_in_flight_count_as_their_components() -> None:
    order = {
        "orderNumber": "N-1",
        "lineItems": [shop_line("a", "SET", 2), shop_line("b", "TEE", 1)],
    }
    demand = run("lines_in_flight", {"orders": [order]})["demand"]
    assert [(line["key"], line["sku"], line["units"]) for line in demand] == [
        ("N-1:D1", "CUP", 4), ("N-1:D1", "TRAY", 2), ("N-1:D1", "TEE", 1),
    ]  # fmt: skip


def differences(
    levels: dict[str, int], shown: dict[str, int], *, hold: int = 0, **taken: int
) -> Any:
    payload = {
        "levels": [{"sku": sku, "place": "shop-1", "units": n} for sku, n in levels.items()],
        "entries": [{"sku": sku, "place": "shop-1", "units": n} for sku, n in shown.items()],
        "demand": [{"sku": sku, "place": "shop-1", "units": n} for sku, n in taken.items()],
    }
    made = run("stock_differences", payload, policy={"hold_back": hold})
    return [(each["sku"], each["action"], each["units"]) for each in made]


def test_only_differences_are_written_and_less_what_is_in_flight() -> None:
    shown = {"TEE": 5, "MUG": 5, "NEW": 1}
    assert differences({"TEE": 5, "MUG": 7}, shown) == [("MUG", "addQuantity", 2)]
    assert differences({"TEE": 5}, shown, TEE=2) == [("TEE", "removeQuantity", 2)]
    assert differences({"TEE": 5}, shown, hold=1) == [("TEE", "removeQuantity", 1)]
    assert differences({"TEE": 1}, shown, TEE=4) == [("TEE", "removeQuantity", 5)]


def test_a_bundle_is_sold_as_often_as_its_scarcest_component_allows() -> None:
    assert differences({"CUP": 9, "TRAY": 7}, {"SET": 5}) == [("SET", "removeQuantity", 1)]
    assert differences({"CUP": 9}, {"SET": 5}) == [], "an unknown component decides nothing"

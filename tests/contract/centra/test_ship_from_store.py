"""Warehouses that are asked first, or have to confirm."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest
from tests.contract.centra.shop import Json, Shop

from peakproof_simulators.kit.seed import Seed, SeedItem, SeedLevel, SeedPlace

FILLING = Seed(
    items=(SeedItem("TEE", "Red tee", 1200),),
    places=(SeedPlace("S1", "Store"), SeedPlace("S2", "Store"), SeedPlace("W1", "Warehouse")),
    levels=(SeedLevel("TEE", "S1", 2), SeedLevel("TEE", "S2", 2), SeedLevel("TEE", "W1", 10)),
)
HOOK = {"url": "http://connector.test", "types": ["check_first", "allocation_request"]}


def asking(policy: str, **settings: Any) -> Shop:
    stores = {code: {"allocation_policy": policy} for code in ("S1", "S2")}
    return Shop(filling=FILLING, warehouses=stores, webhooks=[HOOK], **settings)


def held(shop: Shop) -> list[tuple[str, int, bool]]:
    line = shop.order(1001)["lines"][0]
    return [(one["warehouse"]["name"], one["quantity"], one["isWaitingForConfirmation"])
            for one in line["allocations"]]  # fmt: skip


def rows(shop: Shop, status: str = "all") -> list[tuple[int, str, str]]:
    found = shop.get("/allocation-requests", status=status)["allocation_requests"]
    return [(one["id"], one["warehouseName"], one["status"]) for one in found]


def answer(shop: Shop, id_: int, status: str) -> Json:
    body: Json = shop.rest("PUT", "/allocation-request", {"id": id_, "status": status}).body
    return body


def told(shop: Shop) -> list[Json]:
    bodies = [parse_qs(one.body.decode())["payload"][0] for one in shop.posted]
    return [event for body in bodies for event in msgspec.json.decode(body)["events"]]


YES = {"success": True, "errorMessages": []}


def test_a_store_that_has_to_confirm_holds_the_units_meanwhile() -> None:
    shop = asking("DIRECT_THEN_CONFIRM")
    shop.confirmed(("TEE", 2))
    assert held(shop) == [("S1", 2, True)]
    assert rows(shop, "allocated") == [(1, "S1", "allocated")]
    row = shop.get("/allocation-requests", order=1001, warehouse=1)["allocation_requests"][0]
    assert (row["order"]["number"], row["lines"]) == (
        1001, [{"lineId": 1, "quantity": 2, "stockItemId": 1}],
    )  # fmt: skip
    line = {"orderLine": {"id": 1}, "quantity": 2}
    ship = {"order": {"number": 1001}, "lines": [line]}
    assert "allocated units" in shop.fails("createShipment", "shipment { id }", input=ship)
    assert answer(shop, 1, "confirmed") == YES
    assert held(shop) == [("S1", 2, False)]
    shop.done("createShipment", "shipment { id }", input=ship)
    assert answer(shop, 1, "rejected") == {
        "success": False,
        "errorMessages": ["You can't update allocation request, which is in status confirmed."],
    }
    assert answer(shop, 9, "confirmed")["errorMessages"] == ["Allocation request not found"]


@pytest.mark.parametrize("ending", ["rejected", "timed-out"])
def test_an_answer_that_is_no_or_never_comes_passes_the_units_on(ending: str) -> None:
    shop = asking("DIRECT_THEN_CONFIRM", allocation_expiry_s=600)
    shop.confirmed(("TEE", 2))
    if ending == "rejected":
        assert answer(shop, 1, "rejected") == YES
    else:
        shop.run(601)
    assert rows(shop) == [(1, "S1", ending), (2, "S2", "allocated")]
    assert held(shop) == [("S2", 2, True)]
    assert shop.cell("TEE", "S1") == (2, 0, 0)
    shop.run(1300)
    assert held(shop) == [("W1", 2, False)]
    assert rows(shop)[1][2] == "timed-out"


def test_a_late_yes_counts_while_the_order_still_waits() -> None:
    """Quirk 15: once somebody else has the units, a late yes must not ship."""
    filling = Seed(items=FILLING.items, places=FILLING.places[:1], levels=FILLING.levels[:1])
    for setting, then in (("accept", YES["success"]), ("refuse", False)):
        shop = Shop(filling=filling, late_confirmation=setting, allocation_expiry_s=60,
                    warehouses={"S1": {"allocation_policy": "DIRECT_THEN_CONFIRM"}})  # fmt: skip
        shop.confirmed(("TEE", 2))
        shop.run(61)
        assert shop.cell("TEE", "S1") == (2, 0, 2)
        assert answer(shop, 1, "confirmed")["success"] is then
        assert shop.cell("TEE", "S1") == ((2, 2, 0) if then else (2, 0, 2))
    taken = asking("DIRECT_THEN_CONFIRM", allocation_expiry_s=60)
    taken.confirmed(("TEE", 2))
    taken.run(61)
    assert answer(taken, 1, "confirmed")["errorMessages"] == [
        "Failed to allocate stock from the warehouse."
    ]


def test_a_late_yes_without_the_stock_is_refused() -> None:
    filling = Seed(items=FILLING.items, places=FILLING.places[:1], levels=FILLING.levels[:1])
    shop = Shop(filling=filling, allocation_expiry_s=60, demand_counts_at="nowhere",
                warehouses={"S1": {"allocation_policy": "DIRECT_THEN_CONFIRM"}})  # fmt: skip
    shop.confirmed(("TEE", 2))
    shop.run(61)
    shop.rest("POST", "/stock", {"products": [{"product": "TEE", "quantity": 1}]})
    assert answer(shop, 1, "confirmed")["errorMessages"] == [
        "Warehouse doesn't have sufficient stock to allocate the request."
    ]


def test_a_cancelled_order_needs_no_answer_any_more() -> None:
    shop = asking("DIRECT_THEN_CONFIRM")
    order = shop.confirmed(("TEE", 2))
    shop.done("cancelDirectToConsumerOrder", "order { id }", id=order["id"])
    assert rows(shop) == [(1, "S1", "outdated")]
    assert shop.get("/allocation-requests")["allocation_requests"] == []
    assert shop.rest("GET", "/allocation-requests", query={"status": "x"})["status"] == "no"


def check(shop: Shop, place: str, *, accepted: bool = True) -> str:
    given = {"orderNumber": 1001, "warehouseId": shop.centra.warehouse_of[place],
             "accepted": accepted}  # fmt: skip
    answer = shop.rest("POST", "/check-first", given)
    assert answer["status"] == ("no" if answer.msg else "ok")
    return answer.msg


def test_the_first_store_that_says_yes_gets_the_order_and_the_others_an_error_in_a_200() -> None:
    """Quirk 15."""
    shop = asking("CHECK_FIRST")
    shop.confirmed(("TEE", 2))
    assert held(shop) == [("W1", 2, False)], "the direct warehouse holds it meanwhile"
    assert check(shop, "S2") == ""
    assert held(shop) == [("S2", 2, False)]
    assert (shop.cell("TEE", "W1"), shop.cell("TEE", "S2")) == ((10, 0, 0), (2, 2, 0))
    assert check(shop, "S1") == "failed to allocate stock"
    actions = [(one["type"], one["action"]) for one in told(shop)]
    assert actions == [
        ("check_first", "create"), ("check_first", "create"), ("check_first", "accepted"),
        ("check_first", "rejected"),
    ]  # fmt: skip
    assert told(shop)[0]["data"]["warehouses"] == [
        {"warehouseId": 1, "expirationAt": "2026-11-27T08:00:00+01:00"}
    ]


def test_a_store_may_say_no_or_lack_the_stock() -> None:
    shop = asking("CHECK_FIRST")
    shop.confirmed(("TEE", 3))
    assert check(shop, "S1", accepted=False) == ""
    assert check(shop, "S2") == "failed to allocate stock"
    assert held(shop) == [("W1", 3, False)]
    none = {"orderNumber": 5, "warehouseId": 1, "accepted": True}
    assert shop.rest("POST", "/check-first", none).msg == "order does not exist"


def test_a_question_times_out_and_a_late_yes_does_not_count() -> None:
    shop = asking("CHECK_FIRST", allocation_expiry_s=60)
    shop.confirmed(("TEE", 1))
    shop.run(61)
    assert [one["action"] for one in told(shop)][2:] == ["timeout", "timeout"]
    assert check(shop, "S1") == "failed to allocate stock"


def test_an_allocation_request_is_told_with_lines_by_id() -> None:
    shop = asking("DIRECT_THEN_CONFIRM")
    shop.confirmed(("TEE", 2))
    event = told(shop)[0]
    assert (event["type"], event["action"], event["data"]["status"]) == (
        "allocation_request", "create", "allocated",
    )  # fmt: skip
    assert event["data"]["lines"] == {"1": {"lineId": 1, "quantity": 2, "stockItemId": 1}}
    assert event["data"]["order"] == {"id": shop.order(1001)["id"], "number": 1001}

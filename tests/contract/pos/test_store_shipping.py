"""Orders that a store ships (``ships_orders``): held, picked, packed, collected, or not there."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.pos.shop import Answer, Shop

from peakproof.history.records import Level, Parcel, Sale, Work, WorkCut, WorkState
from peakproof_simulators.pos.roles import StoreFloor

TEE = "TEE-RED-M"


@pytest.fixture
def shop() -> Shop:
    return Shop({"ships_orders": True})


def floor(shop: Shop) -> StoreFloor:
    found = shop.service.roles["floor"]
    assert isinstance(found, StoreFloor)
    return found


def ordered(shop: Shop, units: int = 3, state: str = "RESERVED") -> dict[str, Any]:
    """An order of tees for S1 that costs nothing and is to be shipped."""
    line = {"uid": "7", "catalog_object_id": shop.variant(TEE), "quantity": str(units),
            "base_price_money": {"amount": 0, "currency": "GBP"}}  # fmt: skip
    order = {"location_id": "S1", "reference_id": "1001", "line_items": [line],
             "fulfillments": [{"type": "SHIPMENT", "state": state}]}  # fmt: skip
    body = {"idempotency_key": shop.key(), "order": order}
    made: dict[str, Any] = shop.ok("POST", "/v2/orders", body)["order"]
    return made


def level(shop: Shop) -> tuple[int, int]:
    """On the shelf and free to sell, as the history knows it last."""
    last = [each for each in shop.told(Level) if (each.sku, each.place) == (TEE, "S1")][-1]
    return last.on_hand, last.available


def cancelled(shop: Shop, made: dict[str, Any]) -> Answer:
    version = shop.order(made["id"])["version"]
    body = {"order": {"version": version, "state": "CANCELED"}}
    return shop.send("PUT", f"/v2/orders/{made['id']}", body)


def states(made: dict[str, Any]) -> list[str]:
    return [each["state"] for each in made["fulfillments"]]


def test_an_order_holds_its_units_and_is_no_sale_of_the_till() -> None:
    shop = Shop({"ships_orders": True})
    made = ordered(shop)
    assert shop.count(TEE, "S1") == "7"
    assert shop.count(TEE, "S1", "RESERVED_FOR_SALE") == "3"
    assert level(shop) == (10, 7)
    (work,) = shop.told(Work)
    assert (work.number, work.refs, work.place) == (made["id"], ("1001", made["id"]), "S1")
    assert shop.told(Sale) == []


def test_a_proposed_order_holds_nothing_until_somebody_begins_with_it(shop: Shop) -> None:
    made = ordered(shop, state="PROPOSED")
    assert shop.count(TEE, "S1") == "10"
    assert floor(shop).release(made["id"])
    assert shop.count(TEE, "S1") == "7"


def test_without_the_setting_nobody_ships_and_nothing_is_held() -> None:
    shop = Shop()
    ordered(shop)
    assert shop.count(TEE, "S1") == "10"
    assert shop.told(Work) == []
    assert "floor" not in shop.service.roles


def test_a_parcel_takes_its_units_off_the_record_when_it_is_collected(shop: Shop) -> None:
    made, hands = ordered(shop), floor(shop)
    (pick,) = hands.release(made["id"])
    assert (pick.line, pick.sku, pick.units) == ("7", TEE, 3)
    assert hands.ready("S1") == []
    hands.picked(made["id"], "7", 3)
    parcel = hands.packed(made["id"])
    assert states(shop.order(made["id"])) == ["PREPARED"]
    assert level(shop) == (10, 7)
    hands.shipped(parcel)
    now = shop.order(made["id"])
    assert (now["state"], states(now)) == ("COMPLETED", ["COMPLETED"])
    assert level(shop) == (7, 7)
    hands.scanned(parcel)
    assert [each.what for each in shop.told(Parcel)] == ["packed", "shipped", "scanned"]
    details = now["fulfillments"][0]["shipment_details"]
    assert details["tracking_number"] == shop.told(Parcel)[0].tracking
    assert shop.told(WorkState)[-1].means == "shipped"
    assert shop.told(Sale) == []


def test_two_parcels_are_two_fulfilments_with_their_own_units(shop: Shop) -> None:
    made, hands = ordered(shop), floor(shop)
    hands.release(made["id"])
    hands.picked(made["id"], "7", 1)
    first = hands.packed(made["id"])
    hands.picked(made["id"], "7", 2)
    second = hands.packed(made["id"])
    hands.shipped(first)
    now = shop.order(made["id"])
    assert now["state"] == "OPEN"
    units = {each["state"]: each["entries"][0]["quantity"] for each in now["fulfillments"]}
    assert units == {"COMPLETED": "1", "PREPARED": "2"}
    hands.shipped(second)
    assert shop.order(made["id"])["state"] == "COMPLETED"
    assert level(shop) == (7, 7)


def test_units_that_are_not_found_are_a_fulfilment_that_failed(shop: Shop) -> None:
    made, hands = ordered(shop), floor(shop)
    hands.release(made["id"])
    hands.picked(made["id"], "7", 2)
    hands.short(made["id"], "7", 1)
    hands.shipped(hands.packed(made["id"]))
    now = shop.order(made["id"])
    assert (now["state"], sorted(states(now))) == ("COMPLETED", ["COMPLETED", "FAILED"])
    (cut,) = shop.told(WorkCut)
    assert (cut.cause, cut.lines[0].units) == ("short", 1)
    assert level(shop) == (7, 7)


def test_an_order_of_which_nothing_is_there_ends(shop: Shop) -> None:
    made, hands = ordered(shop), floor(shop)
    hands.release(made["id"])
    hands.short(made["id"], "7", 3)
    now = shop.order(made["id"])
    assert (now["state"], states(now)) == ("CANCELED", ["FAILED"])
    assert shop.told(WorkState)[-1].means == "cancelled"


def test_an_order_can_be_cancelled_until_a_parcel_is_packed(shop: Shop) -> None:
    first = ordered(shop)
    assert cancelled(shop, first).status == 200
    assert states(shop.order(first["id"])) == ["CANCELED"]
    assert level(shop) == (10, 10)
    made, hands = ordered(shop), floor(shop)
    hands.release(made["id"])
    hands.picked(made["id"], "7", 3)
    parcel = hands.packed(made["id"])
    assert cancelled(shop, made).error == (400, "BAD_REQUEST", "")
    assert not hands.cancel(made["id"], "too late")
    hands.shipped(parcel)
    assert level(shop) == (7, 7)


def test_what_the_store_gives_up_before_it_is_packed_is_on_sale_again(shop: Shop) -> None:
    made, hands = ordered(shop), floor(shop)
    hands.release(made["id"])
    hands.picked(made["id"], "7", 1)
    assert hands.cancel(made["id"], "the shelf is locked")
    assert hands.packed(made["id"]) == ""
    assert level(shop) == (10, 10)


def test_a_count_of_the_shelf_includes_what_lies_there_for_orders(shop: Shop) -> None:
    ordered(shop)
    shop.tills.record_count("S1", TEE, 9, counted_s=shop.service.world.t)
    assert level(shop) == (9, 6)


def test_staff_book_what_comes_in_goes_out_and_breaks(shop: Shop) -> None:
    hands = floor(shop)
    hands.receive("S1", TEE, 5, reference="delivery")
    hands.send("S1", TEE, 2, reference="to S2")
    hands.adjust("S1", TEE, -1, "damaged")
    hands.adjust("S1", TEE, 3, "found")
    hands.adjust("S1", TEE, 0, "found")
    assert level(shop) == (15, 15)

"""Transfer orders: nothing is lost between two places."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.pos.shop import Answer, Shop

BASE = "/v2/transfer-orders"
SHELVES = (("S1", "IN_STOCK"), ("W1", "IN_STOCK"), ("W1", "IN_TRANSIT"), ("W1", "WASTE"))


def draw_up(shop: Shop, units: str = "5", src: str = "S1", dst: str = "W1") -> dict[str, Any]:
    line = {"item_variation_id": shop.variant("TEE-RED-M"), "quantity_ordered": units}
    wanted = {"source_location_id": src, "destination_location_id": dst, "line_items": [line]}
    body = {"idempotency_key": shop.key(), "transfer_order": wanted}
    made: dict[str, Any] = shop.ok("POST", BASE, body)["transfer_order"]
    return made


def move(shop: Shop, transfer: dict[str, Any], name: str, **more: object) -> Answer:
    body = {"idempotency_key": shop.key(), **more}
    return shop.send("POST", f"{BASE}/{transfer['id']}/{name}", body)


def receive(shop: Shop, transfer: dict[str, Any], good: str, bad: str, gone: str) -> Answer:
    line = {
        "transfer_order_line_uid": transfer["line_items"][0]["uid"],
        "quantity_received": good,
        "quantity_damaged": bad,
        "quantity_canceled": gone,
    }
    return move(shop, transfer, "receive", receipt={"line_items": [line]})


def shelves(shop: Shop) -> list[str]:
    return [shop.count("TEE-RED-M", place, state) or "0" for place, state in SHELVES]


def test_a_draft_moves_nothing_and_can_be_thrown_away(shop: Shop) -> None:
    transfer = draw_up(shop)
    assert transfer["status"] == "DRAFT"
    assert shop.ok("GET", f"{BASE}/{transfer['id']}")["transfer_order"] == transfer
    assert shelves(shop) == ["10", "100", "0", "0"]
    assert shop.ok("DELETE", f"{BASE}/{transfer['id']}?version={transfer['version']}") == {}
    assert shop.send("GET", f"{BASE}/{transfer['id']}").status == 404
    assert shop.ok("POST", f"{BASE}/search", {}) == {}


def test_a_transfer_partly_received_damaged_and_cancelled_loses_nothing(shop: Shop) -> None:
    """P12: ordered = received + damaged + cancelled + pending, on paper and on the shelves."""
    transfer = draw_up(shop, "5")
    shop.facts.clear()
    started = move(shop, transfer, "start").body["transfer_order"]
    assert started["status"] == "STARTED"
    assert shelves(shop) == ["5", "100", "5", "0"]
    part = receive(shop, transfer, "2", "1", "0").body["transfer_order"]
    assert part["status"] == "PARTIALLY_RECEIVED"
    assert shelves(shop) == ["5", "102", "2", "1"]
    done = receive(shop, transfer, "1", "0", "1").body["transfer_order"]
    assert done["status"] == "COMPLETED"
    assert "completed_at" in done
    assert shelves(shop) == ["6", "103", "0", "1"]
    (line,) = done["line_items"]
    names = ("received", "damaged", "canceled", "pending")
    assert [line[f"quantity_{name}"] for name in names] == ["3", "1", "1", "0"]
    assert sum(int(line[f"quantity_{name}"]) for name in names) == int(line["quantity_ordered"])
    assert shop.ok("GET", f"{BASE}/{transfer['id']}")["transfer_order"] == done
    assert shop.levels() == [
        ("TEE-RED-M", "S1", 5, "transfer"),
        ("TEE-RED-M", "W1", 102, "transfer"),
        ("TEE-RED-M", "W1", 103, "transfer"),
        ("TEE-RED-M", "S1", 6, "transfer"),
    ]


def test_a_cancelled_transfer_gives_back_what_has_not_arrived(shop: Shop) -> None:
    transfer = draw_up(shop, "5")
    assert move(shop, transfer, "cancel").error[:2] == (400, "BAD_REQUEST")
    move(shop, transfer, "start")
    receive(shop, transfer, "2", "0", "0")
    gone = move(shop, transfer, "cancel").body["transfer_order"]
    assert gone["status"] == "CANCELED"
    assert gone["line_items"][0]["quantity_canceled"] == "3"
    assert shelves(shop) == ["8", "102", "0", "0"]
    assert receive(shop, transfer, "1", "0", "0").error[:2] == (400, "BAD_REQUEST")


def test_what_is_under_way_can_be_kept_at_the_source() -> None:
    shop = Shop({"in_transit_at": "source"})
    transfer = draw_up(shop, "4")
    move(shop, transfer, "start")
    assert shop.count("TEE-RED-M", "S1", "IN_TRANSIT") == "4"
    receive(shop, transfer, "4", "0", "0")
    assert shop.count("TEE-RED-M", "S1", "IN_TRANSIT") == "0"
    assert shelves(shop)[:2] == ["6", "104"]


def test_more_than_is_pending_cannot_arrive(shop: Shop) -> None:
    transfer = draw_up(shop, "5")
    move(shop, transfer, "start")
    assert receive(shop, transfer, "4", "1", "1").error == (
        400, "VALUE_TOO_HIGH", "receipt.line_items[0]",
    )  # fmt: skip
    assert shelves(shop) == ["5", "100", "5", "0"]
    nothing = receive(shop, transfer, "0", "0", "0")
    assert nothing.error == (400, "INVALID_VALUE", "receipt.line_items[0]")
    assert receive(shop, transfer, "2", "0", "0").status == 200
    assert receive(shop, transfer, "4", "0", "0").error[:2] == (400, "VALUE_TOO_HIGH")
    assert shelves(shop) == ["5", "102", "3", "0"]
    line = {"transfer_order_line_uid": "nothing", "quantity_received": "1"}
    lost = move(shop, transfer, "receive", receipt={"line_items": [line]})
    assert lost.error == (404, "NOT_FOUND", "receipt.line_items[0]")


def test_a_stale_version_moves_nothing(shop: Shop) -> None:
    """P8: the lock is optional, and where it is used it holds."""
    transfer = draw_up(shop)
    changed = {"idempotency_key": "k", "transfer_order": {"notes": "urgent"}}
    now = shop.ok("PUT", f"{BASE}/{transfer['id']}", changed)["transfer_order"]
    assert now["version"] > transfer["version"]
    stale = move(shop, transfer, "start", version=transfer["version"])
    assert stale.error == (409, "CONFLICT", "version")
    assert shelves(shop) == ["10", "100", "0", "0"]
    assert move(shop, transfer, "start", version=now["version"]).status == 200
    other = Shop({"transfer_conflict": "version_mismatch"})
    transfer = draw_up(other)
    assert move(other, transfer, "start", version=1).error[:2] == (400, "VERSION_MISMATCH")


def test_a_retried_start_moves_the_goods_once(shop: Shop) -> None:
    """P10: the answer was lost, the same key gets the same answer."""
    transfer = draw_up(shop)
    first = move(shop, transfer, "start", idempotency_key="same")
    again = move(shop, transfer, "start", idempotency_key="same")
    assert again.body == first.body
    assert shelves(shop) == ["5", "100", "5", "0"]
    assert move(shop, transfer, "start").error[:2] == (400, "BAD_REQUEST")


def test_a_draft_is_edited_line_by_line(shop: Shop) -> None:
    transfer = draw_up(shop)
    uid = transfer["line_items"][0]["uid"]
    blue = {"item_variation_id": shop.variant("TEE-BLUE-M"), "quantity_ordered": "1"}
    change: dict[str, Any] = {"line_items": [{"uid": uid, "quantity_ordered": "7"}, blue]}
    body = {"idempotency_key": "1", "transfer_order": change}
    now = shop.ok("PUT", f"{BASE}/{transfer['id']}", body)["transfer_order"]
    assert [line["quantity_ordered"] for line in now["line_items"]] == ["7", "1"]
    gone = {"line_items": [{"uid": uid, "remove": True}], "destination_location_id": "S2"}
    body = {"idempotency_key": "2", "transfer_order": gone}
    now = shop.ok("PUT", f"{BASE}/{transfer['id']}", body)["transfer_order"]
    assert [line["item_variation_id"] for line in now["line_items"]] == [shop.variant("TEE-BLUE-M")]
    assert now["destination_location_id"] == "S2"
    move(shop, transfer, "start")
    body = {"idempotency_key": "3", "transfer_order": gone}
    assert shop.send("PUT", f"{BASE}/{transfer['id']}", body).error[:2] == (400, "BAD_REQUEST")
    body = {"idempotency_key": "4", "transfer_order": {"tracking_number": "T1"}}
    now = shop.ok("PUT", f"{BASE}/{transfer['id']}", body)["transfer_order"]
    assert now["tracking_number"] == "T1"
    assert shop.send("DELETE", f"{BASE}/{transfer['id']}").error[:2] == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"destination_location_id": "S1"}, (400, "INVALID_VALUE")),
        ({"destination_location_id": "S9"}, (404, "NOT_FOUND")),
        ({"line_items": [{"item_variation_id": "X", "quantity_ordered": "1"}]}, (404, "NOT_FOUND")),
        ({"expected_at": "tomorrow"}, (400, "INVALID_TIME")),
    ],
)
def test_a_transfer_that_cannot_be_is_refused(
    shop: Shop, wanted: dict[str, object], error: tuple[int, str]
) -> None:
    order = {"source_location_id": "S1", "destination_location_id": "W1", **wanted}
    body = {"idempotency_key": "k", "transfer_order": order}
    assert shop.send("POST", BASE, body).error[:2] == error


def test_transfers_are_searched_by_place_and_status(shop: Shop) -> None:
    shop.at(1.0)
    out = draw_up(shop)
    shop.at(2.0)
    back = draw_up(shop, src="W1", dst="S1")
    shop.at(3.0)
    move(shop, out, "start")

    def found(filter_: object = None, **more: Any) -> list[str]:
        query = {"filter": filter_ or {}, **more}
        body = shop.ok("POST", f"{BASE}/search", {"query": query})
        return [each["id"] for each in body.get("transfer_orders", [])]

    assert found() == [back["id"], out["id"]]
    assert found(sort={"field": "UPDATED_AT"}) == [out["id"], back["id"]]
    assert found(sort={"order": "ASC"}) == [out["id"], back["id"]]
    assert found({"statuses": ["STARTED"]}) == [out["id"]]
    assert found({"source_location_ids": ["W1"]}) == [back["id"]]
    assert found({"destination_location_ids": ["W1"]}) == [out["id"]]
    first = shop.ok("POST", f"{BASE}/search", {"limit": 1})
    rest = shop.ok("POST", f"{BASE}/search", {"limit": 1, "cursor": first["cursor"]})
    assert [rest["transfer_orders"][0]["id"], "cursor" in rest] == [out["id"], False]


def test_the_device_sends_and_receives_too(shop: Shop) -> None:
    goods = [{"sku": "TEE-RED-M", "units": 4}]
    sent = shop.control("start_transfer", src="S1", dst="W1", items=goods)["transfer"]
    assert shelves(shop) == ["6", "100", "4", "0"]
    part = [{"sku": "TEE-RED-M", "received": 1, "damaged": 1, "cancelled": 1}]
    state = shop.control("receive_transfer", transfer=sent, items=part)
    assert state == {"state": "partially_received"}
    assert shop.control("receive_transfer", transfer=sent) == {"state": "completed"}
    assert shelves(shop) == ["7", "102", "0", "1"]
    drawn_up = draw_up(shop, "2")
    assert shop.control("start_transfer", transfer=drawn_up["id"]) == {"transfer": drawn_up["id"]}
    assert shop.ok("GET", f"{BASE}/{drawn_up['id']}")["transfer_order"]["status"] == "STARTED"


def test_a_movement_of_a_transfer_names_both_places_and_whose_it_was(shop: Shop) -> None:
    transfer = draw_up(shop)
    move(shop, transfer, "start")
    changes = shop.ok("GET", f"/v2/inventory/{shop.variant('TEE-RED-M')}/changes")["changes"]
    sent = changes[0]["adjustment"]
    assert (sent["from_location_id"], sent["to_location_id"]) == ("S1", "W1")
    assert "location_id" not in sent
    assert (sent["from_state"], sent["to_state"]) == ("IN_STOCK", "IN_TRANSIT")
    assert sent["source"]["application_id"] == shop.service.credentials["client_id"]
    assert sent["reason_id"] == {"type": "IN_TRANSIT"}


def test_the_people_of_two_stores_send_goods_and_write_off_what_is_missing(shop: Shop) -> None:
    with shop.world.acting("staff"):
        sent = shop.tills.send("S1", "W1", "TEE-RED-M", 4)
    assert shelves(shop) == ["6", "100", "4", "0"]
    with shop.world.acting("staff"):
        shop.tills.arrive(sent, 3)
    assert shelves(shop) == ["6", "103", "0", "1"]
    assert shop.ok("GET", f"{BASE}/{sent}")["transfer_order"]["status"] == "COMPLETED"
    assert shop.levels() == [
        ("TEE-RED-M", "S1", 6, "transfer"), ("TEE-RED-M", "W1", 103, "transfer"),
    ]  # fmt: skip

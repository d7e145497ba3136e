"""Shipping: sources, refusals, repeats, and the raw save that is a trap."""

from __future__ import annotations

import pytest
from tests.contract.adobe_commerce.shop import Json, Shop, search

from peakproof.history.records import Confirmed, Level, Notice, Refused

HEAD = "Shipment Document Validation Error(s):\n"
MASKED = "Could not save a shipment, see error log for details"


def test_a_shipment_lowers_its_source_and_lets_go_what_was_held(shop: Shop) -> None:
    order = shop.order(("TEE", 4))
    assert (shop.salable("TEE"), shop.reserved("TEE")) == (9, -4)
    answer = shop.ship(order, (0, 3))
    assert answer.body == "1"
    assert (shop.on_hand("TEE"), shop.salable("TEE"), shop.reserved("TEE")) == (7, 9, -1)
    assert shop.read(1)["items"][0]["qty_shipped"] == 3
    last = shop.control("reservations")[-1]
    assert '"event_type":"shipment_created"' in last["metadata"]
    assert '"object_id":"1"' in last["metadata"]


def test_everything_that_is_left(shop: Shop) -> None:
    order = shop.order(("TEE", 4), ("SOCKS", 2))
    shop.ship(order, (0, 1))
    answer = shop.ship(order)
    lines = shop.get(f"shipment/{answer.body}")["items"]
    assert [(line["sku"], line["qty"]) for line in lines] == [("TEE", 3), ("SOCKS", 2)]


def test_a_repeat_of_a_part_ships_again_and_of_everything_does_not(shop: Shop) -> None:
    """A caller whose answer was lost must read before it tries again."""
    order = shop.order(("TEE", 4))
    assert [shop.ship(order, (0, 2)).body for _ in range(2)] == ["1", "2"]
    assert shop.on_hand("TEE") == 6
    again = shop.ship(order)
    assert (again.status, again.message) == (
        400, HEAD + "The order does not allow a shipment to be created.\n"
        "You can't create a shipment without products.",
    )  # fmt: skip
    assert shop.on_hand("TEE") == 6


def test_more_than_is_left(shop: Shop) -> None:
    order = shop.order(("TEE", 2))
    assert shop.ship(order, (0, 3)).message == HEAD + (
        "The quantity to ship must not be greater than the unshipped quantity for product SKU "
        '"TEE".'
    )
    assert (
        shop.ship(order, (0, 0)).message == HEAD + "You can't create a shipment without products."
    )


def test_a_line_of_another_order(shop: Shop) -> None:
    first, second = shop.order(("TEE", 2)), shop.order(("SOCKS", 2))
    body = {"items": [{"order_item_id": second["items"][0]["item_id"], "qty": 1}]}
    assert shop.post(f"order/{first['entity_id']}/ship", body).message == HEAD + (
        'The shipment contains product SKU "SOCKS" that is not part of the original order.'
    )


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("S1", "Not all of your products are available in the requested quantity."),
        ("", "Source item not found by source code: default and sku: TEE."),
        ("nowhere", 'Source with code "nowhere" does not exist.'),
    ],
)
def test_why_a_source_cannot_ship_is_kept_in_the_log(shop: Shop, source: str, reason: str) -> None:
    order = shop.order(("TEE", 4))
    answer = shop.ship(order, source=source)
    assert (answer.status, answer.body) == (400, {"message": MASKED})
    assert [(fact.key, fact.detail) for fact in shop.facts(Refused)] == [("000000001", reason)]
    assert (shop.on_hand("TEE"), shop.on_hand("TEE", "S1"), shop.reserved("TEE")) == (10, 3, -4)
    assert shop.read(1)["items"][0]["qty_shipped"] == 0


def test_a_stock_of_one_source_needs_no_name(single: Shop) -> None:
    order = single.order(("TEE", 4))
    assert single.ship(order, source="").status == 200
    assert single.on_hand("TEE", "default") == 96


def test_the_push_of_a_till_and_a_shipment_take_the_same_unit_twice(shop: Shop) -> None:
    """The till has sold and lowered; then the order cannot be shipped."""
    order = shop.order(("TEE", 1))
    shop.stock_items(("TEE", "W1", 0, 0))
    assert shop.ship(order).message == MASKED


def test_a_push_over_a_shipment_brings_units_back(shop: Shop) -> None:
    """An absolute quantity knows nothing of what left since it was counted."""
    order = shop.order(("TEE", 3))
    shop.ship(order)
    shop.stock_items(("TEE", "W1", 9, 1))
    assert shop.salable("TEE") == 12


def test_tracks_comments_and_notice(shop: Shop) -> None:
    order = shop.order(("TEE", 2))
    body = {
        "notify": True, "appendComment": True,
        "comment": {"comment": "on its way", "is_visible_on_front": 1},
        "tracks": [{"track_number": "1Z", "title": "DHL", "carrier_code": "dhl"}],
        "arguments": {"extension_attributes": {"source_code": "W1"}},
    }  # fmt: skip
    number = shop.post(f"order/{order['entity_id']}/ship", body).body
    shipment = shop.get(f"shipment/{number}")
    assert [track["track_number"] for track in shipment["tracks"]] == ["1Z"]
    assert [note["comment"] for note in shipment["comments"]] == ["on its way"]
    (confirmed,), (notice,) = shop.facts(Confirmed), shop.facts(Notice)
    assert (confirmed.order, confirmed.ref) == ("000000001", "1Z")
    line = confirmed.lines[0]
    assert (line.sku, line.units, line.place) == ("TEE", 2, "W1")
    assert (notice.what, notice.ref) == ("shipped", "1Z")


def test_tracks_can_be_added_and_taken_away(shop: Shop) -> None:
    order = shop.order(("TEE", 2))
    number = int(shop.ship(order).body)
    track = {"order_id": 1, "parent_id": number, "track_number": "X", "title": "T",
             "carrier_code": "custom", "weight": 1, "qty": 1, "description": "d"}  # fmt: skip
    made = shop.post("shipment/track", {"entity": track})
    assert made["track_number"] == "X"
    assert len(shop.get(f"shipment/{number}")["tracks"]) == 1
    assert shop.post("shipment/track", {"entity": {**track, "parent_id": 9}}).status == 400
    assert shop.delete(f"shipment/track/{made['entity_id']}").body is True
    assert shop.get(f"shipment/{number}")["tracks"] == []
    assert shop.delete(f"shipment/track/{made['entity_id']}").status == 404
    note = {"entity": {"comment": "gone", "is_visible_on_front": 0}}
    assert shop.post(f"shipment/{number}/comments", note)["comment"] == "gone"
    assert shop.post(f"shipment/{number}/emails").body is True
    assert shop.post("shipment/9/comments", note).status == 404
    found = shop.get("shipments", search(order_id=1))
    assert [one["email_sent"] for one in found["items"]] == [1]


def raw(order: Json, units: float, source: str = "W1") -> Json:
    entity: Json = {
        "order_id": order["entity_id"],
        "items": [{"order_item_id": order["items"][0]["item_id"], "qty": units}],
    }
    if source:
        entity["extension_attributes"] = {"source_code": source}
    return {"entity": entity}


def test_a_raw_shipment_takes_stock_and_leaves_the_order_as_it_was(shop: Shop) -> None:
    order = shop.order(("TEE", 2))
    for number in (1, 2):
        made = shop.post("shipment", raw(order, 2))
        assert (made.status, made["entity_id"], made["order_id"]) == (200, number, 1)
    now = shop.read(1)
    assert (now["state"], now["items"][0]["qty_shipped"]) == ("new", 0)
    assert (shop.on_hand("TEE"), shop.reserved("TEE")) == (6, 2)
    assert shop.get("shipments", search())["total_count"] == 2


@pytest.mark.parametrize("status", [400, 500])
def test_a_raw_shipment_needs_a_source_where_there_are_several(status: int) -> None:
    shop = Shop(sourceless_shipment=status)
    order = shop.order(("TEE", 2))
    answer = shop.post("shipment", raw(order, 2, ""))
    assert (answer.status, answer.message) == (status, "The shipment couldn't be saved.")
    assert shop.post("shipment", raw(order, 99)).status == 400
    assert shop.post("shipment", {"entity": {"order_id": 9, "items": []}}).status == 404
    assert shop.post("shipment", {"entity": {"order_id": 1, "items": []}}).status == 400
    assert shop.on_hand("TEE") == 10


def test_each_change_of_a_cell_is_told_once(shop: Shop) -> None:
    shop.by = "shopper"
    order = shop.order(("TEE", 11))
    shop.by = "connector"
    shop.ship(order, (0, 3), source="S1")
    shop.post(f"orders/{order['entity_id']}/cancel")
    told = [
        (level.sku, level.place, level.on_hand, level.available, level.cause, level.by)
        for level in shop.facts(Level)
    ]
    assert told == [
        ("TEE", "W1", 10, 10, "seed", "system"), ("TEE", "S1", 3, 3, "seed", "system"),
        ("SOCKS", "W1", 5, 5, "seed", "system"),
        ("TEE", "W1", 10, 0, "order", "shopper"), ("TEE", "S1", 3, 2, "order", "shopper"),
        ("TEE", "W1", 10, 2, "ship", "connector"), ("TEE", "S1", 0, 0, "ship", "connector"),
        ("TEE", "W1", 10, 10, "cancel", "connector"),
    ]  # fmt: skip
    assert {level.ref for level in shop.facts(Level)[3:]} == {"000000001"}


def test_bundles_and_configurables_move_their_parts(single: Shop) -> None:
    bundle = {"sku": "set", "qty": 2, "price": 10,
              "children": [{"sku": "TEE", "qty": 3}, {"sku": "SOCKS", "qty": 1}]}  # fmt: skip
    made = single.control("place_order", lines=[bundle])
    order = single.read(made["id"])
    assert (single.reserved("TEE", 1), single.reserved("SOCKS", 1)) == (-6, -2)
    assert single.ship(order, (0, 1), source="default").status == 200
    assert (single.on_hand("TEE", "default"), single.on_hand("SOCKS", "default")) == (97, 49)
    assert (single.reserved("TEE", 1), single.reserved("SOCKS", 1)) == (-3, -1)
    assert single.post(f"orders/{made['id']}/cancel").body is True
    assert (single.reserved("TEE", 1), single.reserved("SOCKS", 1)) == (0, 0)

"""Inventory entries: every write is read back by another operation."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.commercetools.shop import Json, Shop

from peakproof.history.records import Level

TYPE = {
    "key": "bin",
    "name": {"en": "Bin"},
    "resourceTypeIds": ["inventory-entry"],
    "fieldDefinitions": [
        {"type": {"name": "String"}, "name": "aisle", "label": {"en": "Aisle"}, "required": False}
    ],
}


def path(entry: Json) -> str:
    return f"inventory/{entry['id']}"


def read(shop: Shop, entry: Json) -> Json:
    """Read back by query, which is another operation than the write was."""
    found = shop.get("inventory", where=f'id="{entry["id"]}"')["results"]
    only: Json = found[0]
    return only


def test_a_new_entry_is_found_by_id_key_and_query(shop: Shop) -> None:
    draft = {
        "sku": "MUG",
        "quantityOnStock": 7,
        "key": "mug-w1",
        "supplyChannel": {"typeId": "channel", "key": "W1"},
        "minCartQuantity": 1,
        "maxCartQuantity": 4,
        "restockableInDays": 3,
        "expectedDelivery": "2026-12-01T10:00:00+01:00",
        "reservationExpirationInMinutes": 30,
        "stockLevels": {"reorderPoint": 4, "safetyStock": 2},
    }
    made = shop.post("inventory", draft)
    assert made.status == 201
    assert made["version"] == 1
    assert made["availableQuantity"] == made["quantityOnStock"] == 7
    assert made["expectedDelivery"] == "2026-12-01T09:00:00.000Z"
    assert made["supplyChannel"] == {"typeId": "channel", "id": shop.channel("W1")}
    assert shop.keys == ["channel:W1"]
    assert shop.get(path(made.body)).body == made.body
    assert shop.keys == ["stock:MUG@W1"]
    assert shop.get("inventory/key=mug-w1").body == made.body
    assert read(shop, made.body) == made.body
    assert shop.facts(Level)[-1].on_hand == 7
    assert shop.facts(Level)[-1].by == "connector"


def test_who_made_and_who_changed_an_entry_is_in_it(shop: Shop) -> None:
    made = shop.post("inventory", {"sku": "MUG", "quantityOnStock": 7})
    assert made["createdBy"]["clientId"] == shop.service.credentials["client_id"]
    assert made["lastModifiedBy"] == made["createdBy"]


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ({"action": "addQuantity", "quantity": 4}, {"quantityOnStock": 14}),
        ({"action": "removeQuantity", "quantity": 4}, {"quantityOnStock": 6}),
        ({"action": "changeQuantity", "quantity": 4}, {"quantityOnStock": 4}),
        ({"action": "setRestockableInDays", "restockableInDays": 0}, {"restockableInDays": 0}),
        (
            {"action": "setExpectedDelivery", "expectedDelivery": "2026-12-01T09:00:00Z"},
            {"expectedDelivery": "2026-12-01T09:00:00.000Z"},
        ),
        ({"action": "setKey", "key": "tee-w1"}, {"key": "tee-w1"}),
        (
            {"action": "setInventoryLimits", "minCartQuantity": 2, "maxCartQuantity": 5},
            {"minCartQuantity": 2, "maxCartQuantity": 5},
        ),
        (
            {"action": "setReorderPoint", "quantity": 5},
            {"stockLevels": {"reorderPoint": 5}},
        ),
        ({"action": "setSafetyStock", "quantity": 2}, {"stockLevels": {"safetyStock": 2}}),
        (
            {
                "action": "setReservationExpirationInMinutes",
                "reservationExpirationInMinutes": 15,
            },
            {"reservationExpirationInMinutes": 15},
        ),
    ],
)
def test_an_update_action_does_what_it_says_and_makes_a_version(
    shop: Shop, action: Json, expected: Json
) -> None:
    entry = shop.entry("TEE")
    shop.run(5)
    answer = shop.act(path(entry), action)
    assert answer.status == 200
    after = read(shop, entry)
    assert after == answer.body
    assert after["version"] == entry["version"] + 1
    assert after["lastModifiedAt"] > entry["lastModifiedAt"]
    assert {name: after[name] for name in expected} == expected
    again = shop.act(path(entry), action)
    if action["action"] not in ("addQuantity", "removeQuantity"):
        assert again["version"] == after["version"], "nothing changed, no new version"


@pytest.mark.parametrize(
    ("action", "field", "value"),
    [
        ("setRestockableInDays", "restockableInDays", 3),
        ("setExpectedDelivery", "expectedDelivery", "2026-12-01T09:00:00Z"),
        ("setKey", "key", "tee-w1"),
        ("setReservationExpirationInMinutes", "reservationExpirationInMinutes", 15),
    ],
)
def test_a_value_that_is_left_out_is_removed(
    shop: Shop, action: str, field: str, value: Any
) -> None:
    entry = shop.entry("TEE")
    shop.act(path(entry), {"action": action, field: value})
    assert field in read(shop, entry)
    shop.act(path(entry), {"action": action})
    assert field not in read(shop, entry)


def test_stock_levels_and_limits_are_removed_too(shop: Shop) -> None:
    entry = shop.entry("TEE")
    shop.act(
        path(entry),
        {"action": "setReorderPoint", "quantity": 5},
        {"action": "setSafetyStock", "quantity": 2},
        {"action": "setInventoryLimits", "minCartQuantity": 2},
    )
    shop.act(path(entry), {"action": "setReorderPoint"})
    assert read(shop, entry)["stockLevels"] == {"safetyStock": 2}
    shop.act(path(entry), {"action": "setSafetyStock"}, {"action": "setInventoryLimits"})
    assert "stockLevels" not in read(shop, entry)
    assert "minCartQuantity" not in read(shop, entry)


def test_custom_fields_of_an_entry(shop: Shop) -> None:
    type_ = shop.post("types", TYPE)
    entry = shop.entry("TEE")
    named = {"typeId": "type", "key": "bin"}
    shop.act(path(entry), {"action": "setCustomType", "type": named, "fields": {"aisle": "A1"}})
    assert read(shop, entry)["custom"] == {
        "type": {"typeId": "type", "id": type_["id"]}, "fields": {"aisle": "A1"},
    }  # fmt: skip
    shop.act(path(entry), {"action": "setCustomField", "name": "aisle", "value": "B2"})
    found = shop.get("inventory", where='custom(fields(aisle="B2"))')
    assert [one["id"] for one in found["results"]] == [entry["id"]]
    shop.act(path(entry), {"action": "setCustomField", "name": "aisle"})
    assert read(shop, entry)["custom"]["fields"] == {}
    shop.act(path(entry), {"action": "setCustomType"})
    assert "custom" not in read(shop, entry)


def test_another_supply_channel_takes_the_stock_with_it(shop: Shop) -> None:
    entry = shop.entry("SOCKS", "")
    shop.act(
        path(entry),
        {"action": "setSupplyChannel", "supplyChannel": {"typeId": "channel", "key": "S1"}},
    )
    assert shop.stock("SOCKS", "S1") == (5, 5)
    assert shop.cell("SOCKS", "S1") == (5, 5)
    assert shop.project.stock.at("SOCKS", "") is None
    left, came = shop.facts(Level)[-2:]
    assert (left.place, left.on_hand, left.available) == ("", 0, 0)
    assert (came.place, came.on_hand, came.available) == ("S1", 5, 5)
    shop.act(path(entry), {"action": "setSupplyChannel"})
    assert shop.stock("SOCKS", "") == (5, 5)


def test_sku_and_supply_channel_are_unique_together(shop: Shop) -> None:
    draft: Json = {
        "sku": "TEE", "quantityOnStock": 1, "supplyChannel": {"typeId": "channel", "key": "W1"},
    }  # fmt: skip
    answer = shop.post("inventory", draft)
    assert answer.status == 400
    assert answer["message"] == "A duplicate value '\"TEE\"' exists for field 'sku'."
    assert answer.error == {
        "code": "DuplicateField",
        "message": "A duplicate value '\"TEE\"' exists for field 'sku'.",
        "field": "sku",
        "duplicateValue": "TEE",
    }
    assert shop.get("inventory", where='sku="TEE"')["total"] == 2
    del draft["supplyChannel"]
    assert shop.post("inventory", draft).status == 201
    other = shop.entry("TEE", "")
    moved = shop.act(
        path(other),
        {"action": "setSupplyChannel", "supplyChannel": {"typeId": "channel", "key": "S1"}},
    )
    assert (moved.status, moved.code) == (400, "DuplicateField")
    assert moved.error["action"]["action"] == "setSupplyChannel"
    assert shop.stock("TEE", "S1") == (3, 3)


def test_keys_are_unique(shop: Shop) -> None:
    assert shop.post("inventory", {"sku": "A", "quantityOnStock": 1, "key": "one"}).status == 201
    twice = shop.post("inventory", {"sku": "B", "quantityOnStock": 1, "key": "one"})
    assert (twice.code, twice.error["field"]) == ("DuplicateField", "key")
    renamed = shop.act(path(shop.entry("TEE")), {"action": "setKey", "key": "one"})
    assert renamed.code == "DuplicateField"


def test_only_a_supply_channel_can_hold_stock(shop: Shop) -> None:
    draft = {
        "sku": "MUG",
        "quantityOnStock": 1,
        "supplyChannel": {"typeId": "channel", "key": "order-sync"},
    }
    answer = shop.post("inventory", draft)
    assert (answer.status, answer.code) == (400, "InvalidInput")
    assert shop.get("inventory", where='sku="MUG"')["total"] == 0


@pytest.mark.parametrize("sent", [0, 2, 99])
def test_a_version_that_is_not_the_current_one_is_a_conflict(shop: Shop, sent: int) -> None:
    entry = shop.entry("TEE")
    answer = shop.act(path(entry), {"action": "changeQuantity", "quantity": 4}, version=sent)
    text = (
        f"Object {entry['id']} has a different version than expected. Expected: {sent} - Actual: 1."
    )
    assert answer.status == 409
    assert answer.body == {
        "statusCode": 409,
        "message": text,
        "errors": [{"code": "ConcurrentModification", "message": text, "currentVersion": 1}],
    }
    assert read(shop, entry) == entry


def test_a_stale_version_is_a_conflict_even_when_nothing_would_change(shop: Shop) -> None:
    entry = shop.entry("TEE")
    answer = shop.act(path(entry), {"action": "changeQuantity", "quantity": 10}, version=7)
    assert answer.status == 409


def test_of_racing_writers_exactly_one_wins(shop: Shop) -> None:
    entry = shop.entry("TEE")
    statuses = [
        shop.act(path(entry), {"action": "changeQuantity", "quantity": units}, version=1).status
        for units in range(20, 36)
    ]
    assert sorted(statuses) == [200] + [409] * 15
    assert shop.stock("TEE") == (20, 20)


def test_update_actions_are_all_or_nothing(shop: Shop) -> None:
    entry = shop.entry("TEE")
    levels = len(shop.facts(Level))
    answer = shop.act(
        path(entry),
        {"action": "changeQuantity", "quantity": 99},
        {"action": "setSupplyChannel", "supplyChannel": {"typeId": "channel", "key": "nowhere"}},
    )
    assert (answer.status, answer.code) == (400, "ReferencedResourceNotFound")
    assert read(shop, entry) == entry
    assert len(shop.facts(Level)) == levels
    assert shop.messages(type="InventoryEntryQuantitySet") == []


def test_several_actions_make_several_versions_but_one_change_of_the_level(shop: Shop) -> None:
    entry = shop.entry("TEE")
    before = len(shop.facts(Level))
    answer = shop.act(
        path(entry),
        {"action": "changeQuantity", "quantity": 20},
        {"action": "addQuantity", "quantity": 5},
        {"action": "removeQuantity", "quantity": 2},
    )
    assert answer["version"] == 4
    assert shop.stock("TEE") == (23, 23)
    assert [level.on_hand for level in shop.facts(Level)[before:]] == [23]


def test_versions_can_be_counted_by_request() -> None:
    shop = Shop(version_step="per_request")
    answer = shop.act(
        path(shop.entry("TEE")),
        {"action": "addQuantity", "quantity": 1},
        {"action": "addQuantity", "quantity": 1},
    )
    assert answer["version"] == 2


def test_more_than_500_actions_are_refused(shop: Shop) -> None:
    actions = [{"action": "addQuantity", "quantity": 1}] * 501
    assert shop.act(path(shop.entry("TEE")), *actions).code == "InvalidInput"
    assert shop.stock("TEE") == (10, 10)


def test_stock_may_go_below_zero(shop: Shop) -> None:
    entry = shop.entry("TEE")
    shop.act(path(entry), {"action": "removeQuantity", "quantity": 14})
    assert shop.stock("TEE") == (-4, -4)


def test_deleting_an_entry_needs_its_version(shop: Shop) -> None:
    entry = shop.entry("TEE")
    assert shop.delete(path(entry)).status == 400
    assert shop.delete(path(entry), version=9).status == 409
    assert shop.delete(path(entry), version="x").code == "InvalidInput"
    gone = shop.delete(path(entry), version=1)
    assert gone.body == entry
    assert shop.get(path(entry)).status == 404
    assert shop.get("inventory", where='sku="TEE"')["total"] == 1
    last = shop.facts(Level)[-1]
    assert (last.place, last.on_hand, last.available, last.cause) == ("W1", 0, 0, "write")


def test_the_key_routes_read_update_and_delete(shop: Shop) -> None:
    shop.post("inventory", {"sku": "MUG", "quantityOnStock": 7, "key": "mug"})
    changed = shop.post(
        "inventory/key=mug",
        {"version": 1, "actions": [{"action": "addQuantity", "quantity": 1}]},
    )
    assert changed["quantityOnStock"] == 8
    assert shop.get("inventory/key=mug")["version"] == 2
    missing = shop.get("inventory/key=jug")
    assert missing["message"] == "The Resource with key 'jug' was not found."
    assert shop.delete("inventory/key=mug", version=2).status == 200
    assert shop.get("inventory/key=mug").status == 404


def test_head_says_whether_something_is_there(shop: Shop) -> None:
    entry = shop.entry("TEE")
    assert shop.head(path(entry)) == 200
    assert shop.head("inventory/nothing") == 404
    assert shop.head("inventory", where='sku="TEE"') == 200
    assert shop.head("inventory", where='sku="NONE"') == 404
    shop.act(path(entry), {"action": "setKey", "key": "tee"})
    assert shop.head("inventory/key=tee") == 200
    assert shop.head("inventory/key=two") == 404


def test_products_show_what_is_in_stock(shop: Shop) -> None:
    variant = shop.product("TEE")["masterData"]["current"]["masterVariant"]
    channel = shop.channel("W1")
    assert variant["availability"]["channels"][channel]["availableQuantity"] == 10
    assert variant["availability"]["channels"][channel]["isOnStock"] is True
    assert "isOnStock" not in variant["availability"]
    socks = shop.product("SOCKS")["masterData"]["current"]["masterVariant"]["availability"]
    assert (socks["availableQuantity"], socks["isOnStock"]) == (5, True)
    shop.act(path(shop.entry("SOCKS", "")), {"action": "changeQuantity", "quantity": 0})
    socks = shop.product("SOCKS")["masterData"]["current"]["masterVariant"]["availability"]
    assert (socks["availableQuantity"], socks["isOnStock"]) == (0, False)
    assert "availability" not in shop.product("MUG")["masterData"]["current"]["masterVariant"]

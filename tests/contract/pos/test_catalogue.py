"""Locations and the catalogue: SKUs to ids, versions, whole objects."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.pos.shop import Shop

from peakproof.history.records import Item, Refused

OBJECT = "/v2/catalog/object"


def upsert(shop: Shop, object_: object) -> Any:
    return shop.send("POST", OBJECT, {"idempotency_key": shop.key(), "object": object_})


def new_item(sku: str = "HAT", **variation: object) -> dict[str, Any]:
    fields = {"name": "One size", "sku": sku, "price_money": {"amount": 1500, "currency": "GBP"}}
    return {
        "type": "ITEM",
        "id": "#hat",
        "item_data": {
            "name": "Hat",
            "variations": [
                {
                    "type": "ITEM_VARIATION",
                    "id": "#one",
                    "item_variation_data": {**fields, **variation},
                }
            ],
        },
    }


def by_sku(shop: Shop, *skus: str, **more: object) -> list[dict[str, Any]]:
    query = {"set_query": {"attribute_name": "sku", "attribute_values": list(skus)}}
    body = {"object_types": ["ITEM_VARIATION"], "query": query, **more}
    found: list[dict[str, Any]] = shop.ok("POST", "/v2/catalog/search", body).get("objects", [])
    return found


def test_locations_are_the_places_of_the_seed(shop: Shop) -> None:
    places = shop.ok("GET", "/v2/locations")["locations"]
    assert [(each["id"], each["name"]) for each in places] == [
        ("S1", "High Street"), ("S2", "Station"), ("W1", "Warehouse"),
    ]  # fmt: skip
    assert shop.ok("GET", "/v2/locations/S2")["location"] == places[1]
    assert shop.ok("GET", "/v2/locations/main")["location"] == places[0]
    assert shop.send("GET", "/v2/locations/S9").error == (404, "NOT_FOUND", "location_id")


def test_a_sku_is_found_without_regard_to_case(shop: Shop) -> None:
    (found,) = by_sku(shop, "tee-red-m")
    assert found["id"] == shop.variant("TEE-RED-M")
    assert found["item_variation_data"]["sku"] == "TEE-RED-M"
    assert found["item_variation_data"]["upc"] == "5000000000012"
    assert found["item_variation_data"]["price_money"] == {"amount": 1999, "currency": "GBP"}
    assert shop.keys == ["item:TEE-RED-M"]
    several = by_sku(shop, "SOCKS", "NOBODY", "TEE-RED-M")
    assert [each["item_variation_data"]["sku"] for each in several] == ["TEE-RED-M", "SOCKS"]


@pytest.mark.parametrize(
    ("types", "query", "names"),
    [
        (
            ["ITEM"],
            {"exact_query": {"attribute_name": "name", "attribute_value": "red TEE"}},
            ["Red tee"],
        ),
        (
            ["ITEM"],
            {"prefix_query": {"attribute_name": "name", "attribute_prefix": "bl"}},
            ["Blue tee"],
        ),
        (["ITEM"], {"text_query": {"keywords": ["tee", "red"]}}, ["Red tee"]),
        (["ITEM"], None, ["Red tee", "Blue tee", "Socks"]),
        (["TAX"], None, ["VAT (20%)"]),
    ],
)  # fmt: skip
def test_objects_are_searched_by_their_attributes(
    shop: Shop, types: list[str], query: object, names: list[str]
) -> None:
    body = {"object_types": types, **({"query": query} if query else {})}
    found = shop.ok("POST", "/v2/catalog/search", body)["objects"]
    assert [(each.get("item_data") or each["tax_data"])["name"] for each in found] == names


def test_an_item_is_made_with_ids_of_its_own_and_sold_at_once(shop: Shop) -> None:
    answer = upsert(shop, new_item())
    assert answer.status == 200
    mapped = {each["client_object_id"]: each["object_id"] for each in answer.body["id_mappings"]}
    made = answer.body["catalog_object"]
    assert made["id"] == mapped["#hat"]
    assert shop.ok("GET", f"{OBJECT}/{made['id']}")["object"] == made
    (variation,) = made["item_data"]["variations"]
    assert (variation["id"], variation["item_variation_data"]["item_id"]) == (
        mapped["#one"],
        made["id"],
    )
    assert variation["version"] == made["version"]
    assert [fact.sku for fact in shop.told(Item)] == ["HAT"]
    assert shop.order(shop.ring("HAT"))["total_money"]["amount"] == 1500


def test_a_changed_object_needs_the_version_that_is_there(shop: Shop) -> None:
    variation = by_sku(shop, "SOCKS")[0]
    variation["item_variation_data"]["price_money"]["amount"] = 400
    first = upsert(shop, variation)
    assert first.body["catalog_object"]["version"] > variation["version"]
    stale = upsert(shop, variation)
    assert stale.error == (400, "VERSION_MISMATCH", "version")
    assert stale.body["errors"][0]["detail"] == (
        "Object version does not match latest database version."
    )
    assert [fact.key for fact in shop.told(Refused)] == ["SOCKS"]
    without = {**variation}
    without.pop("version")
    assert upsert(shop, without).error[1] == "VERSION_MISMATCH"
    assert by_sku(shop, "SOCKS")[0]["item_variation_data"]["price_money"]["amount"] == 400
    assert shop.order(shop.ring("SOCKS"))["total_money"]["amount"] == 400


def test_the_form_of_a_catalogue_conflict_is_a_setting() -> None:
    shop = Shop({"catalogue_conflict": "conflict"})
    variation = by_sku(shop, "SOCKS")[0]
    upsert(shop, variation)
    assert upsert(shop, variation).error == (409, "CONFLICT", "version")


def test_a_whole_object_replaces_the_old_one(shop: Shop) -> None:
    made = upsert(shop, new_item()).body["catalog_object"]
    old = made["item_data"]["variations"][0]["id"]
    made["item_data"]["variations"] = [
        {"type": "ITEM_VARIATION", "id": "#new", "item_variation_data": {"sku": "HAT-L"}}
    ]
    now = upsert(shop, made).body["catalog_object"]
    assert [each["item_variation_data"]["sku"] for each in now["item_data"]["variations"]] == [
        "HAT-L"
    ]
    assert by_sku(shop, "HAT") == []
    assert shop.send("GET", f"{OBJECT}/{old}").status == 404
    body = {"object_ids": [old], "include_deleted_objects": True}
    (gone,) = shop.ok("POST", "/v2/catalog/batch-retrieve", body)["objects"]
    assert gone["is_deleted"] is True


def test_a_variation_is_added_to_an_item_that_is_there(shop: Shop) -> None:
    item = by_sku(shop, "SOCKS")[0]["item_variation_data"]["item_id"]
    lone = {
        "type": "ITEM_VARIATION", "id": "#big",
        "item_variation_data": {"item_id": item, "sku": "SOCKS-L", "name": "Large"},
    }  # fmt: skip
    assert upsert(shop, lone).status == 200
    variations = shop.ok("GET", f"{OBJECT}/{item}")["object"]["item_data"]["variations"]
    assert [each["item_variation_data"]["sku"] for each in variations] == ["SOCKS", "SOCKS-L"]
    lost = {**lone, "item_variation_data": {"item_id": "nothing", "sku": "X"}}
    assert upsert(shop, lost).error[:2] == (400, "INVALID_VALUE")


def test_a_batch_that_fails_leaves_the_others_alone(shop: Shop) -> None:
    bad = {"type": "TAX", "id": "#t", "tax_data": {"name": "No percentage"}}
    body = {
        "idempotency_key": "k",
        "batches": [{"objects": [new_item()]}, {"objects": [new_item("CAP"), bad]}],
    }
    answer = shop.ok("POST", "/v2/catalog/batch-upsert", body)
    assert [each["item_data"]["name"] for each in answer["objects"]] == ["Hat"]
    assert [each["code"] for each in answer["errors"]] == ["MISSING_REQUIRED_PARAMETER"]
    assert answer["errors"][0]["field"] == "batches[1].objects.tax_data.percentage"
    assert by_sku(shop, "CAP") == []
    assert len(by_sku(shop, "HAT")) == 1
    good = {"idempotency_key": "k1", "batches": [{"objects": [new_item("CAP")]}]}
    made = shop.ok("POST", "/v2/catalog/batch-upsert", good)["objects"]
    assert [each["item_data"]["name"] for each in made] == ["Hat"]
    alone = {"idempotency_key": "k2", "batches": [{"objects": [bad]}]}
    assert shop.send("POST", "/v2/catalog/batch-upsert", alone).error[0] == 400


def test_a_deleted_item_takes_its_variations_along(shop: Shop) -> None:
    variation = by_sku(shop, "SOCKS")[0]
    item = variation["item_variation_data"]["item_id"]
    gone = shop.ok("DELETE", f"{OBJECT}/{item}")
    assert gone["deleted_object_ids"] == [item, variation["id"]]
    assert by_sku(shop, "SOCKS") == []
    assert shop.send("DELETE", f"{OBJECT}/{item}").status == 404
    sale = shop.ring("SOCKS")
    assert "catalog_object_id" not in shop.order(sale)["line_items"][0]


def test_a_store_may_have_its_own_price_and_not_track_stock(shop: Shop) -> None:
    variation = by_sku(shop, "TEE-RED-M")[0]
    variation["item_variation_data"]["location_overrides"] = [
        {"location_id": "S2", "price_money": {"amount": 1000, "currency": "GBP"}},
        {"location_id": "S1", "track_inventory": False},
    ]
    assert upsert(shop, variation).status == 200
    overrides = by_sku(shop, "TEE-RED-M")[0]["item_variation_data"]["location_overrides"]
    assert [each["location_id"] for each in overrides] == ["S1", "S2"]
    assert shop.order(shop.ring("TEE-RED-M", store="S2"))["total_money"]["amount"] == 1000
    shop.ring("TEE-RED-M", store="S1")
    assert shop.count("TEE-RED-M", "S1") == "10"
    assert shop.count("TEE-RED-M", "S2") == "2"


def test_a_variation_without_a_price_is_priced_on_the_order(shop: Shop) -> None:
    upsert(shop, new_item(price_money=None, pricing_type="VARIABLE_PRICING"))
    line: dict[str, object] = {"catalog_object_id": shop.variant("HAT"), "quantity": "1"}
    body = {"order": {"location_id": "S1", "line_items": [line]}}
    answer = shop.send("POST", "/v2/orders/calculate", body)
    assert answer.error[1:] == (
        "MISSING_REQUIRED_PARAMETER",
        "order.line_items[0].base_price_money",
    )
    line |= {"base_price_money": {"amount": 7, "currency": "GBP"}}
    assert shop.ok("POST", "/v2/orders/calculate", body)["order"]["total_money"]["amount"] == 7


@pytest.mark.parametrize(
    ("object_", "error"),
    [
        ({"type": "ITEM", "id": "#i"}, (400, "MISSING_REQUIRED_PARAMETER")),
        ({"type": "ITEM", "id": "#i", "item_data": {"name": "x"}}, (400, "ARRAY_EMPTY")),
        ({"type": "ITEM", "id": "nothing", "item_data": {"name": "x"}}, (404, "NOT_FOUND")),
        ({"type": "DISCOUNT", "id": "#d"}, (400, "INVALID_ENUM_VALUE")),
        ({"type": "TAX", "id": "#t", "colour": "red"}, (400, "UNKNOWN_BODY_PARAMETER")),
    ],
)
def test_an_object_that_cannot_be_is_refused(
    shop: Shop, object_: dict[str, object], error: tuple[int, str]
) -> None:
    assert upsert(shop, object_).error[:2] == error


def test_the_list_is_paged_by_a_hundred_and_shows_top_level_types(shop: Shop) -> None:
    for number in range(120):
        shop.control("add_item", sku=f"X{number}", name=f"X{number}", price_minor=1)
    first = shop.ok("GET", "/v2/catalog/list")
    assert len(first["objects"]) == 100
    rest = shop.ok("GET", f"/v2/catalog/list?cursor={first['cursor']}")
    assert len(rest["objects"]) == 24
    assert {each["type"] for each in first["objects"]} == {"ITEM", "TAX"}
    only = shop.ok("GET", "/v2/catalog/list?types=tax")["objects"]
    assert [each["tax_data"]["percentage"] for each in only] == ["20"]
    both = shop.ok("GET", "/v2/catalog/list?types=ITEM,ITEM_VARIATION")
    assert len(both["objects"]) == 100
    assert shop.send("GET", "/v2/catalog/list?types=IMAGE").error[1] == "INVALID_ENUM_VALUE"
    assert shop.send("GET", "/v2/catalog/list?catalog_version=1").error[1] == "INVALID_VALUE"


def test_related_objects_come_along_when_asked_for(shop: Shop) -> None:
    id_ = shop.variant("SOCKS")
    body = shop.ok("GET", f"{OBJECT}/{id_}?include_related_objects=true")
    assert [each["item_data"]["name"] for each in body["related_objects"]] == ["Socks"]
    asked = {"object_ids": [id_, "nothing", id_], "include_related_objects": True}
    body = shop.ok("POST", "/v2/catalog/batch-retrieve", asked)
    assert [each["id"] for each in body["objects"]] == [id_]
    assert [each["type"] for each in body["related_objects"]] == ["ITEM"]


def test_what_changed_since_a_moment_is_found(shop: Shop) -> None:
    shop.at(10.0)
    begin = shop.iso()
    assert by_sku(shop, "SOCKS", begin_time=begin) == []
    shop.at(11.0)
    upsert(shop, by_sku(shop, "SOCKS")[0])
    assert len(by_sku(shop, "SOCKS", "TEE-RED-M", begin_time=begin)) == 1


def test_a_late_list_shows_the_catalogue_of_a_moment_ago(shop: Shop) -> None:
    shop.at(10.0)
    upsert(shop, new_item())
    shop.at(12.0)
    late = shop.ok("GET", "/v2/catalog/list?types=ITEM", stale_s=5.0)["objects"]
    assert "Hat" not in [each["item_data"]["name"] for each in late]
    exact = {"exact_query": {"attribute_name": "sku", "attribute_value": "HAT"}}
    query = {"object_types": ["ITEM_VARIATION"], "query": exact}
    assert "objects" not in shop.ok("POST", "/v2/catalog/search", query, stale_s=5.0)
    assert len(shop.ok("POST", "/v2/catalog/search", query)["objects"]) == 1

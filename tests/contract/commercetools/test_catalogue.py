"""Products, product types, types and states: read back, unique, not deleted while in use."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.commercetools.shop import Json, Shop

from peakproof.history.records import Item


def product(**more: Any) -> Json:
    return {
        "productType": {"key": "goods"},
        "name": {"en": "Hat"},
        "slug": {"en": "hat"},
        "key": "hat",
        "publish": True,
        "masterVariant": {
            "sku": "HAT",
            "prices": [{"value": {"centAmount": 500, "currencyCode": "GBP"}}],
            "attributes": [{"name": "colour", "value": "red"}],
        },
        "variants": [{"sku": "HAT-XL"}],
        **more,
    }


def field(name: str, kind: Any = "String", **more: Any) -> Json:
    type_ = {"name": kind} if isinstance(kind, str) else kind
    return {"type": type_, "name": name, "label": {"en": name}, "required": False, **more}


def test_a_seeded_item_is_a_product_for_sale(shop: Shop) -> None:
    found = shop.product("TEE")
    both = found["masterData"]
    assert both["published"] is True
    assert both["current"]["name"] == {"en": "Red tee"}
    variant = both["current"]["masterVariant"]
    assert variant["prices"][0]["value"]["centAmount"] == 1200
    assert variant["attributes"] == [{"name": "upc", "value": "5000000000012"}]
    assert [item.sku for item in shop.facts(Item)] == ["TEE", "SOCKS", "MUG"]


def test_a_new_product_can_be_ordered_and_its_skus_are_facts(shop: Shop) -> None:
    made = shop.post("products", product())
    assert made.status == 201
    assert shop.keys == ["item:HAT"]
    assert shop.get("products/key=hat").body == made.body
    found = shop.get("products", where='masterData(current(variants(sku="HAT-XL")))')
    assert [one["id"] for one in found["results"]] == [made["id"]]
    assert [item.sku for item in shop.facts(Item)][3:] == ["HAT", "HAT-XL"]
    cart = shop.post("carts", {"currency": "GBP", "lineItems": [{"sku": "HAT"}]})
    assert cart["totalPrice"]["centAmount"] == 500


def test_skus_slugs_and_keys_are_unique(shop: Shop) -> None:
    shop.post("products", product())
    assert shop.post("products", product()).error["field"] == "slug.en"
    again = product(slug={"en": "hat-2"})
    assert shop.post("products", again).error["field"] == "key"
    twice = shop.post("products", product(slug={"en": "hat-2"}, key="hat-2"))
    assert twice.error == {
        "code": "DuplicateField",
        "message": "A duplicate value '\"HAT\"' exists for field 'sku'.",
        "field": "sku",
        "duplicateValue": "HAT",
    }
    own = product(slug={"en": "x-1"}, key="x-1", masterVariant={"sku": "N"},
                  variants=[{"sku": "N"}])  # fmt: skip
    assert shop.post("products", own).code == "DuplicateField"
    assert shop.post("products", product(slug={})).code == "RequiredField"
    assert shop.post("products", product(productType={"key": "none"})).code == (
        "ReferencedResourceNotFound"
    )


def test_what_is_not_published_is_not_for_sale(shop: Shop) -> None:
    made = shop.post("products", product(publish=False))
    order = {"currency": "GBP", "lineItems": [{"sku": "HAT"}]}
    assert shop.post("carts", order).code == "ReferencedResourceNotFound"
    published = shop.act(f"products/{made['id']}", {"action": "publish"})
    assert published["masterData"]["published"] is True
    assert shop.post("carts", order).status == 201
    same = shop.act(f"products/{made['id']}", {"action": "publish"})
    assert same["version"] == published["version"]
    shop.act(f"products/{made['id']}", {"action": "unpublish"})
    assert shop.post("carts", order).code == "ReferencedResourceNotFound"


def test_staged_changes_wait_for_publishing(shop: Shop) -> None:
    made = shop.post("products", product())
    path = f"products/{made['id']}"
    shop.act(path, {"action": "changeName", "name": {"en": "Cap"}})
    both = shop.get(path)["masterData"]
    assert (both["current"]["name"]["en"], both["staged"]["name"]["en"]) == ("Hat", "Cap")
    assert both["hasStagedChanges"] is True
    shop.act(path, {"action": "publish"})
    both = shop.get(path)["masterData"]
    assert (both["current"]["name"]["en"], both["hasStagedChanges"]) == ("Cap", False)


def test_variants_and_prices_are_added_and_changed(shop: Shop) -> None:
    made = shop.post("products", product())
    path = f"products/{made['id']}"
    shop.act(path, {"action": "addVariant", "sku": "HAT-S", "staged": False})
    current = shop.get(path)["masterData"]["current"]
    assert [one["id"] for one in current["variants"]] == [2, 3]
    assert [item.sku for item in shop.facts(Item)][-1] == "HAT-S"
    assert shop.act(path, {"action": "addVariant", "sku": "TEE"}).code == "DuplicateField"
    price = current["masterVariant"]["prices"][0]["id"]
    new = {"value": {"centAmount": 700, "currencyCode": "GBP"}}
    shop.act(path, {"action": "changePrice", "priceId": price, "price": new, "staged": False})
    variant = shop.get(path)["masterData"]["current"]["masterVariant"]
    assert variant["prices"][0]["value"]["centAmount"] == 700
    unknown = shop.act(path, {"action": "changePrice", "priceId": "none", "price": new})
    assert unknown.code == "InvalidField"
    shop.act(path, {"action": "setKey", "key": "cap"})
    assert shop.head("products/key=cap") == 200
    assert shop.head("products/key=hat") == 404


def test_a_product_has_at_most_100_variants(shop: Shop) -> None:
    made = shop.post("products", product(variants=[{} for _ in range(99)]))
    answer = shop.act(f"products/{made['id']}", {"action": "addVariant"})
    assert (answer.code, answer.error["exceededResource"]) == (
        "MaxResourceLimitExceeded", "product-variant",
    )  # fmt: skip


def test_a_deleted_product_frees_its_names(shop: Shop) -> None:
    made = shop.post("products", product())
    assert shop.delete(f"products/{made['id']}", version=1).status == 200
    assert shop.post("products", product()).status == 201


def test_product_types(shop: Shop) -> None:
    made = shop.post("product-types", {"name": "Gifts", "description": "", "key": "gifts"})
    path = f"product-types/{made['id']}"
    shop.act(path, {"action": "changeName", "name": "Presents"},
             {"action": "setKey", "key": "presents"})  # fmt: skip
    assert shop.get("product-types/key=presents")["name"] == "Presents"
    taken = shop.act(path, {"action": "setKey", "key": "goods"})
    assert taken.code == "DuplicateField"
    used = shop.get("product-types/key=goods").body
    refused = shop.delete("product-types/key=goods", version=used["version"])
    assert (refused.code, refused.error["referencedBy"]) == ("ReferenceExists", "product")
    assert shop.delete(path, version=3).status == 200


# --- types of custom fields ----------------------------------------------------------------


def test_types_are_read_back_changed_and_kept_while_in_use(shop: Shop) -> None:
    draft: Json = {
        "key": "gift",
        "name": {"en": "Gift"},
        "resourceTypeIds": ["order"],
        "fieldDefinitions": [field("note")],
    }
    made = shop.post("types", draft)
    assert shop.get("types/key=gift").body == made.body
    assert shop.post("types", draft).code == "DuplicateField"
    path = f"types/{made['id']}"
    shop.act(path, {"action": "addFieldDefinition", "fieldDefinition": field("card")},
             {"action": "changeName", "name": {"en": "Present"}},
             {"action": "changeKey", "key": "present"})  # fmt: skip
    after = shop.get("types/key=present")
    assert [one["name"] for one in after["fieldDefinitions"]] == ["note", "card"]
    twice = shop.act(path, {"action": "addFieldDefinition", "fieldDefinition": field("card")})
    assert twice.code == "DuplicateField"
    shop.act(path, {"action": "removeFieldDefinition", "fieldName": "card"})
    none = shop.act(path, {"action": "removeFieldDefinition", "fieldName": "card"})
    assert none.code == "InvalidField"
    cart = shop.cart(custom={"type": {"key": "present"}})
    refused = shop.delete(path, version=5)
    assert (refused.code, refused.error["referencedBy"]) == ("ReferenceExists", "cart")
    shop.delete(f"carts/{cart['id']}", version=cart["version"])
    assert shop.delete(path, version=5).status == 200
    assert shop.post("types", {**draft, "resourceTypeIds": []}).code == "InvalidOperation"


VALUES: list[tuple[Any, Any, Any]] = [
    ("String", "x", 1),
    ("Boolean", False, "false"),
    ("Number", 1.5, True),
    ("LocalizedString", {"en": "x"}, {"en": 1}),
    ("Money", {"centAmount": 1, "currencyCode": "GBP"}, {"centAmount": 1}),
    ("Date", "2026-11-27", "27.11."),
    ("Time", "10:30:00", "late"),
    ("DateTime", "2026-11-27T10:30:00.000Z", "now"),
    ({"name": "Enum", "values": [{"key": "a", "label": "A"}]}, "a", "b"),
    ({"name": "Set", "elementType": {"name": "String"}}, ["a"], "a"),
    ({"name": "Reference", "referenceTypeId": "order"}, {"typeId": "order", "id": "1"}, "1"),
]


@pytest.mark.parametrize(("kind", "good", "bad"), VALUES)
def test_a_custom_field_takes_values_of_its_type(
    shop: Shop, kind: Any, good: Any, bad: Any
) -> None:
    shop.post(
        "types",
        {"key": "kind", "name": {}, "resourceTypeIds": ["inventory-entry"],
         "fieldDefinitions": [field("value", kind)]},
    )  # fmt: skip
    path = f"inventory/{shop.entry('TEE')['id']}"
    named = {"action": "setCustomType", "type": {"key": "kind"}}
    answer = shop.act(path, {**named, "fields": {"value": bad}})
    assert (answer.code, answer.error["field"], answer.error["invalidValue"]) == (
        "InvalidField", "value", bad,
    )  # fmt: skip
    assert shop.act(path, {**named, "fields": {"value": good}}).status == 200
    assert shop.entry("TEE")["custom"]["fields"] == {"value": good}
    wrong = shop.act(path, {"action": "setCustomField", "name": "value", "value": bad})
    assert wrong.code == "InvalidField"


def test_custom_fields_must_be_defined_for_the_kind_of_resource(shop: Shop) -> None:
    path = f"inventory/{shop.entry('TEE')['id']}"
    before = {"action": "setCustomField", "name": "x", "value": 1}
    assert shop.act(path, before).code == "InvalidOperation", "there is no type yet"
    draft = {"key": "kind", "name": {}, "fieldDefinitions": [field("note")]}
    shop.post("types", {**draft, "resourceTypeIds": ["order"]})
    wrong = shop.act(path, {"action": "setCustomType", "type": {"key": "kind"}})
    assert wrong.code == "InvalidOperation", "the type is for orders"
    shop.post("types", {**draft, "key": "bin", "resourceTypeIds": ["inventory-entry"]})
    named = {"action": "setCustomType", "type": {"key": "bin"}}
    assert shop.act(path, {**named, "fields": {"more": "x"}}).error["invalidValue"] == "more"
    shop.act(path, named)
    gone = shop.act(path, {"action": "setCustomField", "name": "note"})
    assert gone.code == "InvalidOperation", "there is nothing to remove"


# --- states --------------------------------------------------------------------------------


def test_states_are_read_back_changed_and_kept_while_in_use(shop: Shop) -> None:
    made = shop.post("states", {"key": "held", "type": "OrderState", "name": {"en": "Held"}})
    assert (made["initial"], made["builtIn"]) == (True, False)
    path = f"states/{made['id']}"
    shop.act(path, {"action": "changeKey", "key": "on-hold"},
             {"action": "changeInitial", "initial": False},
             {"action": "setTransitions", "transitions": [{"key": "shipped"}]})  # fmt: skip
    after = shop.get(path)
    assert (after["key"], after["initial"]) == ("on-hold", False)
    assert after["transitions"] == [{"typeId": "state", "id": shop.state("shipped")}]
    taken = shop.act(path, {"action": "changeKey", "key": "shipped"})
    assert taken.code == "DuplicateField"
    assert shop.post("states", {"key": "", "type": "OrderState"}).code == "InvalidOperation"
    order = shop.order()
    shop.act(
        f"orders/{order['id']}",
        {"action": "transitionState", "state": {"key": "on-hold"}, "force": True},
    )
    refused = shop.delete(path, version=4)
    assert (refused.code, refused.error["referencedBy"]) == ("ReferenceExists", "order")
    unused = shop.get(f"states/{shop.state('returned')}")
    assert shop.delete(f"states/{unused['id']}", version=1).status == 200


def test_the_built_in_state_stays(shop: Shop) -> None:
    initial = shop.state("Initial")
    assert shop.get(f"states/{initial}")["builtIn"] is True
    assert shop.delete(f"states/{initial}", version=1).code == "InvalidOperation"
    renamed = shop.act(f"states/{initial}", {"action": "changeKey", "key": "First"})
    assert renamed.code == "InvalidOperation"


# --- channels ------------------------------------------------------------------------------


def test_channels_are_read_back_and_found_by_role(shop: Shop) -> None:
    made = shop.post(
        "channels",
        {"key": "S2", "name": {"en": "Station"}, "roles": ["InventorySupply", "Primary"],
         "geoLocation": {"type": "Point", "coordinates": [-0.12, 51.5]}},
    )  # fmt: skip
    assert shop.get("channels/key=S2").body == made.body
    assert shop.keys == ["channel:S2"]
    found = shop.get("channels", where='roles contains any ("Primary")')
    assert [one["key"] for one in found["results"]] == ["S2"]
    assert shop.post("channels", {"key": "S3"})["roles"] == ["InventorySupply"]
    assert shop.post("channels", {"key": "S2"}).code == "DuplicateField"
    assert shop.post("channels", {"key": ""}).code == "InvalidOperation"
    assert shop.post("channels", {"key": "x", "roles": []}).code == "InvalidOperation"


CHANNEL_ACTIONS: list[tuple[Json, str, Any, bool]] = [
    ({"action": "addRoles", "roles": ["OrderExport"]}, "roles",
     ["InventorySupply", "OrderExport"], True),
    ({"action": "setRoles", "roles": ["Primary"]}, "roles", ["Primary"], True),
    ({"action": "changeName", "name": {"en": "Depot"}}, "name", {"en": "Depot"}, True),
    ({"action": "changeDescription", "description": {"en": "D"}}, "description", {"en": "D"},
     True),
    ({"action": "changeKey", "key": "W9"}, "key", "W9", False),
    ({"action": "setAddress", "address": {"country": "GB"}}, "address", {"country": "GB"},
     False),
    ({"action": "setGeoLocation", "geoLocation": {"type": "Point", "coordinates": [1.0, 2.0]}},
     "geoLocation", {"type": "Point", "coordinates": [1.0, 2.0]}, False),
]  # fmt: skip


@pytest.mark.parametrize(("action", "name", "value", "refuses_again"), CHANNEL_ACTIONS)
def test_channel_actions(
    shop: Shop, action: Json, name: str, value: Any, refuses_again: bool
) -> None:
    path = f"channels/{shop.channel('W1')}"
    made = shop.act(path, action)
    assert shop.get("channels", where=f'id="{made["id"]}"')["results"][0][name] == value
    again = shop.act(path, action)
    if refuses_again:
        assert again.code == "InvalidOperation"
    else:
        assert again["version"] == made["version"]


def test_roles_are_taken_away_but_never_all(shop: Shop) -> None:
    path = f"channels/{shop.channel('W1')}"
    shop.act(path, {"action": "addRoles", "roles": ["Primary", "InventorySupply"]})
    shop.act(path, {"action": "removeRoles", "roles": ["InventorySupply"]})
    assert shop.get(path)["roles"] == ["Primary"]
    none = {"action": "removeRoles", "roles": ["OrderImport"]}
    assert shop.act(path, none).code == "InvalidOperation"
    last = {"action": "removeRoles", "roles": ["Primary"]}
    assert shop.act(path, last).code == "InvalidOperation"


def test_custom_fields_of_a_channel(shop: Shop) -> None:
    shop.post(
        "types",
        {"key": "dock", "name": {}, "resourceTypeIds": ["channel"],
         "fieldDefinitions": [field("gate")]},
    )  # fmt: skip
    path = f"channels/{shop.channel('W1')}"
    shop.act(path, {"action": "setCustomType", "type": {"key": "dock"}},
             {"action": "setCustomField", "name": "gate", "value": "7"})  # fmt: skip
    assert shop.get(path)["custom"]["fields"] == {"gate": "7"}


def test_a_renamed_channel_is_the_same_place_under_its_new_key(shop: Shop) -> None:
    shop.act(f"channels/{shop.channel('W1')}", {"action": "changeKey", "key": "W9"})
    entry = shop.entry("TEE", "W9")
    shop.get(f"inventory/{entry['id']}")
    assert shop.keys == ["stock:TEE@W9"]


def test_a_channel_that_holds_stock_is_not_deleted(shop: Shop) -> None:
    channel = shop.channel("W1")
    refused = shop.delete(f"channels/{channel}", version=1)
    assert (refused.code, refused.error["referencedBy"]) == (
        "ReferenceExists", "inventory-entry",
    )  # fmt: skip
    shop.delete(f"inventory/{shop.entry('TEE')['id']}", version=1)
    assert shop.delete(f"channels/{channel}", version=1).status == 200
    assert shop.head(f"channels/{channel}") == 404

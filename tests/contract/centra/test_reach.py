"""Every query and every mutation: let in, turned away, and never more than there is."""

from __future__ import annotations

import pytest
from tests.contract.centra.shop import ORDER, Json, Shop

from peakproof_simulators.centra.integration.finding import QUERIES
from peakproof_simulators.centra.integration.schema import MUTATIONS

SELECTED = {
    "orderConnection": ("(first: 5)", "totalCount"),
    "stockChangeConnection": ("(first: 5)", "totalCount"),
    "eventListeners": ("", "objectType"),
    "rateLimits": ("", "type"),
    "counters": ("", "orders"),
    "idConversions": ("(limit: 5)", "externalId"),
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_is_answered_and_needs_its_permission(shop: Shop, name: str) -> None:
    arguments, field = SELECTED.get(name, ("(limit: 5)", "id"))
    query = f"{{ {name}{arguments} {{ {field} }} }}"
    assert name in shop.ask(query)
    assert shop.operation == name
    token = shop.service.controls["create_token"]({"name": "x", "permissions": []})["token"]
    answer = shop.post({"query": query}, token=token)
    if name in ("rateLimits", "counters"):
        assert "data" in answer.body
    else:
        assert "permission to access" in answer["errors"][0]["message"]
    if "limit" in arguments:
        refused = shop.post({"query": query.replace("5", "201")})
        assert "limit must be between 1 and 200" in refused["errors"][0]["message"]


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_needs_its_permission_and_is_named_in_the_history(shop: Shop, name: str) -> None:
    query = f"mutation {{ {name} {{ userErrors {{ message }} }} }}"
    field = Shop.schema().mutation_type.fields[name]
    given = ", ".join(f"${arg}: {each.type}" for arg, each in field.args.items())
    used = ", ".join(f"{arg}: ${arg}" for arg in field.args)
    query = f"mutation({given}) {{ {name}({used}) {{ userErrors {{ message }} }} }}"
    token = shop.service.controls["create_token"]({"name": "x", "permissions": []})["token"]
    answer = shop.post({"query": query, "variables": {}}, token=token)
    assert shop.operation == name
    assert "permission to access" in answer["errors"][0]["message"]
    assert shop.post({"query": query, "variables": {}}).status == 400, "its arguments are missing"


def test_two_lines_of_one_size_do_not_get_the_same_units() -> None:
    shop = Shop(overselling_prevention="Off", backorders=True)
    number = shop.buy(("MUG", 2))
    add = {"addLines": [{"productSize": {"SKU": "MUG"}, "quantity": 2, "comment": "gift"}]}
    shop.done("updateDirectToConsumerOrder", "order { id }", order={"number": number}, input=add)
    stock: Json = {"intoWarehouse": {"name": "W1"}, "description": "in", "productSizes": [
        {"productSize": {"SKU": "MUG"}, "deliveredQuantity": 3}]}  # fmt: skip
    shop.done("changeStock", "stockChange { id }", input=stock)
    assert shop.cell("MUG") == (3, 0, 4)
    made = shop.write("allocateOrder", f"order {{ {ORDER} }}",
                      input={"order": {"number": number}})  # fmt: skip
    assert "1 lack" in made["userWarnings"][0]["message"]
    assert shop.cell("MUG") == (3, 3, 1)


def test_demand_that_is_shipped_is_not_taken_twice() -> None:
    shop = Shop(overselling_prevention="Off", backorders=True)
    number = shop.buy(("MUG", 2))
    add = {"addLines": [{"productSize": {"SKU": "MUG"}, "quantity": 2, "comment": "gift"}]}
    shop.done("updateDirectToConsumerOrder", "order { id }", order={"number": number}, input=add)
    shop.done("confirmOrder", "order { id }", input={"order": {"number": number}})
    stock: Json = {"intoWarehouse": {"name": "W1"}, "description": "in", "productSizes": [
        {"productSize": {"SKU": "MUG"}, "deliveredQuantity": 3}]}  # fmt: skip
    shop.done("changeStock", "stockChange { id }", input=stock)
    given = {"order": {"number": number}, "deliveryGroup": 1, "allocateDemand": True}
    assert "allocated units" in shop.fails("createShipment", "shipment { id }", input=given)
    assert shop.cell("MUG") == (3, 0, 4), "nothing of it was done"


@pytest.mark.parametrize("value", ["1e999", "-1.0", "10000001.0"])
def test_amounts_are_bounded(shop: Shop, value: str) -> None:
    number = shop.buy(("TEE", 1))
    query = f"""mutation {{ updateDirectToConsumerOrder(order: {{number: {number}}}, input: {{
      addLines: [{{productSize: {{SKU: "TEE"}}, quantity: 1,
                   unitPrice: {{value: {value}, currencyIsoCode: "GBP"}}}}] }}) {{
      userErrors {{ message }} }} }}"""
    answer = shop.post({"query": query})
    assert answer.status in (200, 400)
    if answer.status == 200:
        made = answer["data"]["updateDirectToConsumerOrder"]
        assert "An amount must be" in made["userErrors"][0]["message"]
    assert shop.order(number)["grandTotal"]["value"] == 12


def test_units_of_a_line_are_bounded(shop: Shop) -> None:
    number = shop.buy(("TEE", 1))
    add = {"addLines": [{"productSize": {"SKU": "TEE"}, "quantity": 100_001}]}
    said = shop.fails("updateDirectToConsumerOrder", "order { id }", order={"number": number},
                      input=add)  # fmt: skip
    assert said == "A line must have 100000 units at most."


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_dates_are_bounded(shop: Shop, text: str) -> None:
    order = shop.confirmed(("TEE", 1))
    given = {"order": {"number": order["number"]}, "deliveryGroup": 1, "createdAt": text}
    asked = "createShipment(input: $i) { shipment { createdAt } }"
    query = f"mutation($i: ShipmentCreateInput!) {{ {asked} }}"
    assert shop.post({"query": query, "variables": {"i": given}}).status == 400
    assert shop.rest("GET", "/orders", query={"newer_than": text}).status == 200

"""Stock: what each quantity is made of, and when each moves."""

from __future__ import annotations

import pytest
from tests.contract.centra.shop import SHIPMENT, Json, Shop

from peakproof.history.records import Level


def write(kind: str, sku: str, quantity: int, place: str = "W1") -> Json:
    return {
        "warehouse": {"name": place}, "description": "count", "stockQuantityType": kind,
        "productSizes": [{"productSize": {"SKU": sku}, "quantity": quantity}],
    }  # fmt: skip


def change(sku: str, units: int, **ends: str) -> Json:
    return {
        **{field: {"name": place} for field, place in ends.items()}, "description": "delta",
        "productSizes": [{"productSize": {"SKU": sku}, "deliveredQuantity": units}],
    }  # fmt: skip


SET = "stockChanges { id description lines { deliveredQuantity productSize { SKU } } }"
CHANGE = "stockChange { id intoWarehouse { name } outFromWarehouse { name } }"


def test_every_quantity_follows_from_physical_allocated_demand_and_incoming() -> None:
    shop = Shop(overselling_prevention="Off", backorders=True)
    shop.service.controls["expect_delivery"]({"sku": "TEE", "place": "W1", "units": 20})
    shop.buy(("TEE", 17))
    held = shop.stock("TEE")
    del held["warehouse"]
    assert held == {
        "physicalQuantity": 10, "freeToAllocateQuantity": 0, "allocatedQuantity": 10,
        "demandQuantity": 4, "availableNowQuantity": -4, "incomingQuantity": 20,
        "availableQuantity": 16, "unshippedQuantity": 14,
    }  # fmt: skip
    assert shop.cell("TEE", "W2") == (3, 3, 0)


def test_a_basket_moves_nothing_an_order_allocates_a_shipment_that_leaves_lowers_physical(
    shop: Shop,
) -> None:
    assert shop.storefront.offered("TEE")["W1"] == 10
    assert shop.cell("TEE") == (10, 0, 0)
    order = shop.confirmed(("TEE", 4))
    assert shop.cell("TEE") == (10, 4, 0)
    shipment = shop.ship(order)
    assert shop.cell("TEE") == (10, 4, 0)
    shop.done("completeShipment", f"shipment {{ {SHIPMENT} }}", id=shipment["id"], input={})
    assert shop.cell("TEE") == (6, 0, 0)
    causes = [(one.on_hand, one.available, one.cause) for one in shop.facts(Level)[3:]]
    assert causes == [(10, 6, "order"), (6, 6, "ship")]


def test_the_rules_warehouses_are_allocated_from_by_priority(shop: Shop) -> None:
    order = shop.confirmed(("TEE", 12))
    found = [(one["warehouse"]["name"], one["quantity"])
             for one in order["lines"][0]["allocations"]]  # fmt: skip
    assert found == [("W1", 10), ("W2", 2)]


def test_a_line_may_be_kept_in_one_warehouse() -> None:
    shop = Shop(split_lines=False)
    assert shop.storefront.offered("TEE")["W1"] == 10
    order = shop.confirmed(("TEE", 10))
    assert [one["quantity"] for one in order["lines"][0]["allocations"]] == [10]


def test_physical_is_the_shelf_with_allocated_units_on_it(shop: Shop) -> None:
    """Quirk 1: an available figure sent as physical takes off allocated units twice."""
    shop.buy(("TEE", 4))
    shop.done("setStock", SET, input=write("PHYSICAL", "TEE", 6))
    assert shop.cell("TEE") == (6, 4, 0)
    assert shop.stock("TEE")["freeToAllocateQuantity"] == 2
    shop.done("setStock", SET, input=write("FREE_TO_ALLOCATE", "TEE", 6))
    assert shop.cell("TEE") == (10, 4, 0)


def test_an_absolute_set_gives_back_what_was_sold_a_moment_before(shop: Shop) -> None:
    """Quirk 1: the figure was read before the sale and shipped; writing it undoes the sale."""
    read = shop.stock("TEE")["physicalQuantity"]
    shop.shipped(("TEE", 4))
    assert shop.cell("TEE") == (6, 0, 0)
    shop.done("setStock", SET, input=write("PHYSICAL", "TEE", read))
    assert shop.cell("TEE") == (10, 0, 0)


@pytest.mark.parametrize(
    ("setting", "errors", "warnings", "physical"),
    [("refuse", 1, 0, 10), ("warn", 0, 1, 4), ("clamp", 0, 0, 4)],
)
def test_a_set_below_what_is_allocated_is_answered_as_the_setting_says(
    setting: str, errors: int, warnings: int, physical: int
) -> None:
    shop = Shop(set_stock_below_allocated=setting)
    shop.buy(("TEE", 4))
    made = shop.write("setStock", SET, input=write("PHYSICAL", "TEE", 1))
    assert (len(made["userErrors"]), len(made["userWarnings"])) == (errors, warnings)
    assert shop.cell("TEE") == (physical, 4, 0)


def test_setting_stock_is_all_or_nothing(shop: Shop) -> None:
    shop.buy(("TEE", 4))
    given = write("PHYSICAL", "SOCKS", 50)
    given["productSizes"].append({"productSize": {"SKU": "TEE"}, "quantity": 1})
    assert "4 units are allocated" in shop.fails("setStock", SET, input=given)
    assert shop.cell("SOCKS") == (5, 0, 0)
    given["productSizes"][1] = {"productSize": {"SKU": "TEE"}, "quantity": -1}
    assert "must not be negative" in shop.fails("setStock", SET, input=given)


def test_a_set_tells_what_it_changed_and_nothing_when_nothing_did(shop: Shop) -> None:
    made = shop.done("setStock", SET, input=write("PHYSICAL", "TEE", 7))
    lines = made["stockChanges"][0]["lines"]
    assert lines == [{"deliveredQuantity": -3, "productSize": {"SKU": "TEE"}}]
    levels = len(shop.facts(Level))
    assert shop.done("setStock", SET, input=write("PHYSICAL", "TEE", 7))["stockChanges"] == []
    assert len(shop.facts(Level)) == levels


@pytest.mark.parametrize(
    ("ends", "first", "second"),
    [
        ({"intoWarehouse": "W1"}, 12, 3),
        ({"outFromWarehouse": "W1"}, 8, 3),
        ({"outFromWarehouse": "W1", "intoWarehouse": "W2"}, 8, 5),
    ],
)
def test_stock_is_brought_in_taken_out_or_transferred(
    shop: Shop, ends: dict[str, str], first: int, second: int
) -> None:
    shop.done("changeStock", CHANGE, input=change("TEE", 2, **ends))
    assert shop.cell("TEE", "W1")[0] == first
    assert shop.cell("TEE", "W2")[0] == second
    causes = {one.cause for one in shop.facts(Level)[3:]}
    assert causes == {"transfer" if len(ends) == 2 else "write"}


def test_a_replayed_change_acts_twice(shop: Shop) -> None:
    """No idempotency key: a client that retries after a timeout has to look first."""
    for _ in range(2):
        shop.done("changeStock", CHANGE, input=change("TEE", 5, intoWarehouse="W1"))
    assert shop.cell("TEE") == (20, 0, 0)


def test_what_is_allocated_cannot_be_taken_out(shop: Shop) -> None:
    shop.buy(("TEE", 8))
    said = shop.fails("changeStock", CHANGE, input=change("TEE", 3, outFromWarehouse="W1"))
    assert said == "There are not enough free units: 2."
    assert shop.cell("TEE") == (10, 8, 0)
    loose = Shop(change_stock_below_zero="allow")
    loose.done("changeStock", CHANGE, input=change("MUG", 3, outFromWarehouse="W1"))
    assert loose.cell("MUG") == (-3, 0, 0)


def test_a_change_needs_a_warehouse_units_and_sizes(shop: Shop) -> None:
    assert "Give a warehouse" in shop.fails("changeStock", CHANGE, input=change("TEE", 1))
    none = {"intoWarehouse": {"name": "W1"}, "description": "x"}
    assert "must not be empty" in shop.fails("changeStock", CHANGE, input=none)
    zero = change("TEE", 0, intoWarehouse="W1")
    assert "at least 1" in shop.fails("changeStock", CHANGE, input=zero)
    both = change("TEE", 1, intoWarehouse="W1", outFromWarehouse="W1")
    assert shop.fails("changeStock", CHANGE, input=both)


def test_stock_can_be_written_by_variant_and_size(shop: Shop) -> None:
    size = shop.centra.sizes.by_id[shop.size("TEE")]
    given = {
        "warehouse": {"id": 1}, "description": "x", "stockQuantityType": "PHYSICAL",
        "productVariants": [{
            "productVariant": {"id": size.variant},
            "sizeStockLevels": [{"size": {"id": size.id}, "quantity": 77}],
        }],
    }  # fmt: skip
    shop.done("setStock", SET, input=given)
    assert shop.cell("TEE")[0] == 77


def test_a_reference_has_exactly_one_field(shop: Shop) -> None:
    given = write("PHYSICAL", "TEE", 1)
    for warehouse in ({}, {"id": 1, "name": "W1"}):
        said = shop.fails("setStock", SET, input={**given, "warehouse": warehouse})
        assert said == "Exactly one input field should be provided."


def test_safety_stock_is_not_in_what_is_free_to_allocate() -> None:
    """Quirk 12: who sells what the API calls free sells the safety stock."""
    shop = Shop(warehouses={"W1": {"threshold": 3}}, stock_offsets={"SOCKS": 2})
    assert shop.stock("TEE")["freeToAllocateQuantity"] == 10
    assert shop.storefront.offered("TEE")["W1"] == 7
    assert shop.stock("SOCKS")["freeToAllocateQuantity"] == 5
    assert shop.storefront.offered("SOCKS")["W1"] == 3, "an offset goes before the threshold"
    query = "{ warehouses { name threshold } productVariants { name stockOffset } }"
    found = shop.ask(query)
    assert found["warehouses"][0] == {"name": "W1", "threshold": 3}
    assert {"name": "Socks", "stockOffset": 2} in found["productVariants"]


def test_a_query_costs_what_its_index_finds_not_what_there_is(shop: Shop) -> None:
    """A lookup by SKU touches one size however many there are."""
    assert shop.ask('{ productSizes(where: {SKU: {equals: "TEE"}}) { id } }')
    assert shop.keys == ["item:TEE"]
    assert shop.cell("TEE")
    assert shop.keys == ["item:TEE", "stock:TEE@W1", "stock:TEE@W2"]


def test_a_stale_answer_shows_stock_as_it_was(shop: Shop) -> None:
    shop.run(10)
    shop.done("setStock", SET, input=write("PHYSICAL", "TEE", 4))
    shop.run(5)
    assert shop.cell("TEE")[0] == 4
    shop.stale_s = 8
    assert shop.cell("TEE")[0] == 10


def test_stock_changes_are_listed_by_cursor(shop: Shop) -> None:
    for quantity in (7, 6, 5):
        shop.done("setStock", SET, input=write("PHYSICAL", "TEE", quantity))
    query = """query($last: Int, $before: String) {
      stockChangeConnection(where: {warehouseId: [1]}, last: $last, before: $before) {
        totalCount pageInfo { hasPreviousPage hasNextPage startCursor endCursor }
        edges { cursor node { id lines { deliveredQuantity } } } } }"""
    page = shop.ask(query, last=2)["stockChangeConnection"]
    assert [edge["node"]["id"] for edge in page["edges"]] == [2, 3]
    assert page["totalCount"] == 3
    assert page["pageInfo"] == {
        "hasPreviousPage": True, "hasNextPage": False, "startCursor": "2", "endCursor": "3",
    }  # fmt: skip
    rest = shop.ask(query, last=2, before="2")["stockChangeConnection"]
    assert [edge["node"]["id"] for edge in rest["edges"]] == [1]


def test_the_seed_is_told_once_a_cell(shop: Shop) -> None:
    told = [(one.sku, one.place, one.on_hand, one.available, one.cause)
            for one in shop.facts(Level)]  # fmt: skip
    assert told == [
        ("TEE", "W1", 10, 10, "seed"), ("TEE", "W2", 3, 3, "seed"), ("SOCKS", "W1", 5, 5, "seed"),
    ]  # fmt: skip

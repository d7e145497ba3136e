"""What nobody says about Lightspeed and had to be chosen, and what is left out aloud."""

from __future__ import annotations

from uuid import UUID

import pytest
from tests.contract.pos.counter import Counter


@pytest.fixture
def counter() -> Counter:
    """Three outlets with the second face alone."""
    return Counter()


def test_identifiers_are_uuids_and_the_same_in_every_run(counter: Counter) -> None:
    def made(each: Counter) -> list[str]:
        sale = each.sale(each.ring("TEE-RED-M"))["id"]
        return [each.outlet("S1"), each.product("TEE-RED-M"), sale]

    found = made(counter)
    assert [str(UUID(each)) for each in found] == found == made(Counter())


def test_a_record_begins_when_the_tills_touch_its_cell(counter: Counter) -> None:
    socks = counter.product("SOCKS")
    assert counter.send("GET", f"/inventory/{socks}").body == []
    counter.ring("SOCKS")
    (record,) = counter.ok("GET", f"/inventory/{socks}")
    assert (record["outlet_id"], record["current_inventory_level"]) == (counter.outlet("S1"), -1)


def test_costs_are_not_known(counter: Counter) -> None:
    record = counter.ok("POST", "/inventory", {})[0]
    level = counter.ok("POST", "/inventory_levels", {})[0]
    assert (record["average_cost"], record["quantity_to_procure"]) == (None, 0)
    assert (level["average_cost"], level["total_cost"], level["quantity_to_procure"]) == (0, 0, 0)


def test_what_the_tills_do_not_know_of_a_product_is_empty(counter: Counter) -> None:
    tee = counter.data("GET", f"/products/{counter.product('TEE-RED-M')}")
    for name in ("images", "categories", "tag_ids", "product_suppliers", "packaging"):
        assert not tee[name], name


@pytest.mark.parametrize(
    "parameter", ["total_price=1", "customer_name=Ada", "supplier_id=x", "brand_id=x", "tag_id=x"]
)
def test_a_search_by_what_is_left_out_is_refused(counter: Counter, parameter: str) -> None:
    answer = counter.send("GET", f"/search?type=sales&{parameter}")
    assert answer.error[0] == 400
    assert parameter.partition("=")[0] in answer.error[2]


def test_only_goods_for_sale_are_records(counter: Counter) -> None:
    sale = counter.ring("TEE-RED-M", 3)
    counter.take_back("TEE-RED-M", 1, sale=sale, restock=False)
    records = counter.ok("GET", f"/inventory/{counter.product('TEE-RED-M')}")
    assert sorted(each["current_inventory_level"] for each in records) == [3, 7, 100]


@pytest.mark.parametrize(
    "field", ["surcharge", "promotions", "loyalty", "service", "gift_card", "pick_list"]
)
def test_what_a_sale_may_not_have_here_is_an_unknown_field(counter: Counter, field: str) -> None:
    answer = counter.send("POST", "/sales", {**counter.draft(), field: []})
    assert answer.error[0] == 400
    assert field in answer.error[2]
    assert counter.stock("TEE-RED-M", "S1") == 10


@pytest.mark.parametrize("field", ["physical_address_1", "loyalty_balance", "customer_group_id"])
def test_what_a_customer_may_not_have_here_is_an_unknown_field(
    counter: Counter, field: str
) -> None:
    body = {"first_name": "Ada", "last_name": None, field: "x"}
    answer = counter.send("POST", "/customers", body)
    assert answer.error[0] == 400
    assert field in answer.error[2]


def test_a_stocktake_takes_no_filters(counter: Counter) -> None:
    body = {"type": "STOCKTAKE", "outlet_id": counter.outlet("S1"), "name": "All", "filters": []}
    answer = counter.send("POST", "/consignments", body)
    assert answer.error[0] == 400
    assert "filters" in answer.error[2]


def test_a_closure_is_told_with_the_fields_of_the_summary(counter: Counter) -> None:
    counter.subscribe("register_closure.create")
    counter.ring("TEE-RED-M")
    path = f"/registers/{counter.register()}"
    summary = counter.data("GET", f"{path}/payments_summary")
    counter.data("PUT", f"{path}/actions/close", {})
    counter.settle()
    (told,) = counter.payloads()
    assert told["id"] == summary.pop("register_closure_id")
    assert set(summary) <= set(told)

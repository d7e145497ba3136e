"""Items that are put together when they are ordered."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.deposco.depot import Depot
from tests.contract.deposco.v2_orders import ORDERS, SHOP, UNIT, by_number, place, take

from peakproof.history.records import Work


def with_set(**settings: Any) -> Depot:
    """A depot with a set of one tee and two pairs of socks."""
    depot = Depot(settings)
    parts = [{"quantity": units, "subComponent": by_number(sku)}
             for sku, units in (("TEE", 1), ("SOCKS", 2))]  # fmt: skip
    body = {"businessUnit": UNIT, "number": "SET", "kitOrderOnly": True, "components": parts,
            "packs": [{"type": "Each", "quantity": 1}]}  # fmt: skip
    assert depot.v2("POST", "/items", body).status == 201
    return depot


def test_an_order_for_a_set_is_one_for_its_components() -> None:
    depot = with_set()
    made = place(depot, "A1", ("SET", 2), ("MUG", 1))
    lines = [(line["lineNumber"], line["item"]["businessKey"]["number"], line["orderPackQuantity"],
              line.get("customerLineNumber")) for line in made["orderLines"]["data"]]  # fmt: skip
    assert lines == [
        ("SET.1", "TEE", 2.0, "SET"), ("SET.2", "SOCKS", 4.0, "SET"), ("MUG", "MUG", 1.0, None),
    ]  # fmt: skip
    assert (depot.figures(), depot.figures("SOCKS")) == ((10, 8, 0), (5, 1, 0))
    again = place(depot, "A1", ("SET", 2), ("MUG", 1))
    assert (again.status, len(again["orderLines"]["data"])) == (200, 3)
    assert len(depot.told(Work)) == 1


def test_the_components_are_what_ships() -> None:
    depot = with_set()
    place(depot, "A1", ("SET", 1))
    depot.ship("A1")
    box = depot.v2("GET", "/shipments/outboundShipments")["data"][0]
    told = [(line["item"]["businessKey"]["number"], line["shippedPackQuantity"],
             line["orderLineDetails"]["customerLineNumber"])
            for line in box["shipmentLines"]["data"]]  # fmt: skip
    assert told == [("TEE", 1.0, "SET"), ("SOCKS", 2.0, "SET")]
    assert (depot.figures(), depot.figures("SOCKS")) == ((9, 9, 0), (3, 3, 0))


def test_v1_and_customer_orders_know_sets_too() -> None:
    depot = with_set()
    assert depot.place("A1", ("SET", 1)).inner == "HTTP/1.1 201 Created"
    shop = take(depot, "WEB-1", ("SET", 1))["customerOrder"]
    child = depot.v2("GET", shop["fulfillmentOrders"][0]["href"].removeprefix("/latest"))
    assert [line["customerLineNumber"] for line in child["orderLines"]["data"]] == ["1", "1"]
    assert (depot.figures(), depot.figures("SOCKS")) == ((10, 8, 0), (5, 1, 0))
    depot.ship(child["number"])
    found = depot.v2("GET", f"{SHOP}/{shop['self']['id']}")["customerOrder"]
    assert (found["status"], found["coLines"]["data"][0]["shippedQuantity"]) == ("Complete", 1.0)


def test_a_set_is_sourced_where_its_components_are() -> None:
    depot = with_set()
    depot.floor.adjust("W1", "SOCKS", -5, "LOST")
    depot.floor.adjust("S1", "SOCKS", 2, "FOUND")
    take(depot, "WEB-1", ("SET", 1))
    assert [work.place for work in depot.told(Work)] == ["S1"]


@pytest.mark.parametrize(("shows", "found"), [(True, 2), (False, 0)])
def test_as_many_sets_are_available_as_the_scarcest_component_lets(shows: bool, found: int) -> None:
    depot = with_set(bundle_availability=shows)
    assert depot.available("SET") == found
    if shows:
        place(depot, "A1", ("SOCKS", 2))
        assert depot.available("SET") == 1
        depot.floor.adjust("W1", "SOCKS", -4, "LOST")
        assert depot.available("SET") == -1
        assert depot.available("SET", "S1") == 0


def test_a_tenant_may_order_the_set_itself() -> None:
    depot = with_set(bundle_orders="as_item")
    made = place(depot, "A1", ("SET", 2))
    assert [line["lineNumber"] for line in made["orderLines"]["data"]] == ["SET"]
    assert depot.figures() == (10, 10, 0)


def test_a_set_that_is_taken_apart_is_an_item_like_any_other() -> None:
    depot = with_set()
    body = {"businessUnit": UNIT, "number": "SET", "kitOrderOnly": False, "packs": []}
    assert depot.v2("POST", "/items", body).status == 200
    assert depot.available("SET") == 0
    place(depot, "A1", ("SET", 1))
    rows = depot.v2("GET", f"{ORDERS}?number=A1")["data"]
    assert len(rows[0]["orderLines"]["data"]) == 1

"""Outlets, registers and their closures, users, taxes, customers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.contract.pos.counter import Counter


@pytest.fixture
def counter() -> Counter:
    """The second face, with its default settings."""
    return Counter()


def _summary(counter: Counter, place: str = "S1") -> dict[str, str]:
    path = f"/registers/{counter.register(place)}/payments_summary"
    summary = counter.data("GET", path)
    return {each["payment_type_name"]: each["total"] for each in summary["payments"]}


def test_outlets_and_registers_are_the_tills_places(counter: Counter) -> None:
    outlets = counter.data("GET", "/outlets")
    assert [each["name"] for each in outlets] == ["High Street", "Station", "Warehouse"]
    first = counter.data("GET", f"/outlets/{outlets[0]['id']}")
    assert first == outlets[0]
    assert (first["currency"], first["display_prices"]) == ("GBP", "inclusive")
    assert first["default_tax_id"] == counter.tax()
    registers = counter.data("GET", "/registers?deleted=true")
    assert [each["outlet_id"] for each in registers] == [each["id"] for each in outlets]
    assert counter.data("GET", f"/registers/{registers[0]['id']}") == registers[0]
    for path in ("outlets", "registers"):
        assert counter.send("GET", f"/{path}/{counter.user()}").error[0] == 404
    counter.control("open_store", store="S3", name="Harbour")
    last = max(each["version"] for each in [*outlets, *registers])
    assert [each["name"] for each in counter.data("GET", f"/outlets?after={last}")] == ["Harbour"]


def test_the_retailer_the_users_the_taxes_and_the_ways_of_paying(counter: Counter) -> None:
    retailer = counter.data("GET", "/retailer")
    assert retailer["currency"] == {"code": "GBP", "symbol": "£"}
    assert retailer["domain_prefix"] == counter.service.credentials["domain_prefix"]
    users = counter.data("GET", "/users")
    assert [each["account_type"] for each in users] == ["admin", "cashier", "cashier", "cashier"]
    assert counter.data("GET", "/user") == users[0]
    assert counter.data("GET", f"/users/{users[2]['id']}") == users[2]
    assert counter.send("GET", f"/users/{counter.tax()}").error[0] == 404
    taxes = counter.data("GET", "/taxes")
    assert [(each["name"], str(each["rates"][0]["rate"])) for each in taxes] == [
        ("No Tax", "0"), ("VAT (20%)", "0.20"),
    ]  # fmt: skip
    assert retailer["no_tax_group_id"] == taxes[0]["id"]
    assert counter.data("GET", f"/taxes/{taxes[1]['id']}") == taxes[1]
    assert counter.send("GET", f"/taxes/{counter.user()}").error[0] == 404
    assert [each["name"] for each in counter.data("GET", "/payment_types")] == [
        "Cash", "Credit Card", "Other",
    ]  # fmt: skip


def test_a_register_is_closed_and_opened_again(counter: Counter) -> None:
    counter.ring("TEE-RED-M")
    path = f"/registers/{counter.register()}"
    assert _summary(counter) == {"Cash": "0.00", "Credit Card": "19.99", "Other": "0.00"}
    assert counter.send("PUT", f"{path}/actions/open", {}).error[0] == 422
    counter.at(60.0)
    closed = counter.data("PUT", f"{path}/actions/close", {})
    assert counter.data("GET", path) == closed
    assert (closed["is_open"], closed["register_open_sequence_id"]) == (False, None)
    assert closed["register_close_time"] == "2026-11-27T06:01:00+00:00"
    assert counter.send("PUT", f"{path}/actions/close", {}).error[0] == 422
    opened = counter.data(
        "PUT", f"{path}/actions/open", {"register_open_time": "2026-11-27T06:02:00Z"}
    )
    assert opened["register_open_time"] == "2026-11-27T06:02:00+00:00"
    assert _summary(counter) == {"Cash": "0.00", "Credit Card": "0.00", "Other": "0.00"}
    counted = {"payments": [{"payment_type_id": counter.user(), "total": "1.00"}]}
    assert counter.send("PUT", f"{path}/actions/close", counted).error[0] == 422
    bad = {"register_open_time": "noon"}
    counter.ok("PUT", f"{path}/actions/close", {})
    assert counter.send("PUT", f"{path}/actions/open", bad).error[0] == 400
    for action in ("actions/open", "actions/close"):
        path = f"/registers/{counter.user()}/{action}"
        assert counter.send("PUT", path, {}).error[0] == 404
    assert counter.send("GET", f"/registers/{counter.user()}/payments_summary").status == 404


def test_late_sales_are_in_the_closure_after_the_one_they_belonged_to(counter: Counter) -> None:
    """P16: the register was closed, then the till uploads: all closures together still match."""
    counter.subscribe("register_closure.create")
    path = f"/registers/{counter.register()}/actions/close"
    counter.ring("TEE-RED-M")
    counter.control("go_offline", store="S1")
    late = counter.ring("TEE-BLUE-M", 2)
    counter.at(3600.0)
    counter.ok("PUT", path, {})
    counter.at(7200.0)
    counter.control("upload", store="S1")
    register = counter.data("GET", f"/registers/{counter.register()}")
    assert register["is_open"]
    sale = counter.sale(late)
    assert sale["date"] == "2026-11-27T06:00:00+00:00"
    assert sale["created_at"] == "2026-11-27T08:00:00+00:00"
    (payment,) = sale["payments"]
    assert (
        payment["_metadata"]["register_open_sequence_id"] == (register["register_open_sequence_id"])
    )
    counter.at(7300.0)
    counter.ok("PUT", path, {})
    closures = counter.payloads()
    assert [each["register_closure_sequence_number"] for each in closures] == [1, 2]
    sums = [_card(each) for each in closures]
    assert sums == [Decimal("19.99"), Decimal("49.98")]
    paid = [each["payments"][0]["amount"] for each in counter.data("GET", "/sales")]
    assert sum(sums) == sum(paid)


def test_a_late_sale_can_also_be_counted_to_the_closed_register() -> None:
    counter = Counter(late_sale_opens_register=False)
    counter.ok("PUT", f"/registers/{counter.register()}/actions/close", {})
    counter.ring("TEE-RED-M")
    assert not counter.data("GET", f"/registers/{counter.register()}")["is_open"]
    assert _summary(counter)["Credit Card"] == "19.99"


def test_money_given_back_leaves_the_drawer(counter: Counter) -> None:
    sold = counter.ring("TEE-RED-M", 2)
    counter.take_back("TEE-RED-M", sale=sold, store="S2")
    assert _summary(counter)["Credit Card"] == "39.98"
    assert _summary(counter, "S2")["Credit Card"] == "-19.99"


def test_a_customer_is_made_changed_found_and_deleted(counter: Counter) -> None:
    made = counter.customer(customer_code="A-1", company_name="Looms")
    path = f"/customers/{made['id']}"
    assert counter.data("GET", path) == made
    assert (made["name"], made["last_name"], made["company_name"]) == ("Ada", None, "Looms")
    body = {"first_name": "Ada", "last_name": "King", "email": "ada@example.test"}
    changed = counter.data("PUT", path, body)
    assert (changed["name"], changed["email"]) == ("Ada King", "ada@example.test")
    assert counter.data("GET", f"/customers?after={made['version']}") == [changed]
    taken = {**body, "customer_code": "A-1"}
    assert counter.send("POST", "/customers", taken).error == (
        422, "Unprocessable Entity", "customer_code A-1 is taken",
    )  # fmt: skip
    assert counter.send("POST", "/customers", {"first_name": "Ada"}).error[0] == 400
    assert counter.customer()["customer_code"].startswith("C-")
    assert counter.send("GET", f"/customers/{counter.user()}").status == 404
    assert counter.send("PUT", f"/customers/{counter.user()}", body).status == 404
    renamed = counter.data("PUT", path, {**body, "customer_code": "A-2"})
    assert renamed["customer_code"] == "A-2"
    assert counter.data("POST", "/customers", taken)["id"] != made["id"]
    assert counter.send("DELETE", path).status == 204
    assert counter.send("DELETE", path).error[0] == 404
    assert made["id"] not in [each["id"] for each in counter.data("GET", "/customers")]
    gone = counter.data("GET", "/customers?deleted=true")
    assert made["id"] in [each["id"] for each in gone]


def test_customers_are_searched_by_what_they_are(counter: Counter) -> None:
    ada, bob = counter.customer(phone="1"), counter.customer(first_name="Bob", phone="2")
    for query, found in (
        ("", [ada, bob]), ("&first_name=Bob", [bob]), ("&phone=1&phone=2", [ada, bob]),
        (f"&customer_code={ada['customer_code']}", [ada]), ("&customer_code=none", []),
        (f"&_id={bob['id']}", [bob]), (f"&-_id={bob['id']}", [ada]),
        ("&order_by=phone&order_direction=desc", [bob, ada]), ("&page_size=1&offset=1", [bob]),
    ):  # fmt: skip
        assert counter.data("GET", f"/search?type=customers{query}") == found, query
    for query in ("", "?type=towns", "?type=customers&sku=x", "?type=customers&order_by=age"):
        assert counter.send("GET", f"/search{query}").error[0] == 400, query


def _card(closure: dict[str, Any]) -> Decimal:
    found = next(each for each in closure["payments"] if each["payment_type_name"] == "Credit Card")
    return Decimal(found["total"])

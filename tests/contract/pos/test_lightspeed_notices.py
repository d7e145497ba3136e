"""Webhooks of the second face: forms, signed, one for each change."""

from __future__ import annotations

import hmac
from urllib.parse import parse_qsl

import pytest
from tests.contract.pos.counter import HOOK, Counter, Twin


@pytest.fixture
def counter() -> Counter:
    """The second face, with its default settings."""
    return Counter()


def test_a_webhook_is_made_changed_and_deleted(counter: Counter) -> None:
    made = counter.subscribe("sale.update")
    path = f"/webhooks/{made['id']}"
    assert counter.data("GET", path) == made
    body = {"active": True, "type": "sale.update", "url": HOOK}
    assert counter.send("POST", "/webhooks", body).error == (
        409, "Conflict", "A webhook with this type and URL already exists",
    )  # fmt: skip
    other = counter.subscribe("sale.update", "http://connector.test/other")
    assert counter.send("PUT", path, {**body, "url": other["url"]}).error[0] == 409
    off = counter.data("PUT", path, {**body, "active": False})
    assert counter.data("GET", "/webhooks") == [off, other]
    counter.ring("TEE-RED-M")
    counter.settle()
    assert [notice.url for notice in counter.notices] == [other["url"]]
    assert counter.send("DELETE", path).status == 200
    for method, given in (("GET", None), ("PUT", body), ("DELETE", None)):
        assert counter.send(method, path, given).error[0] == 404
    assert counter.send("POST", "/webhooks", {**body, "type": "tea"}).error[0] == 400


def test_a_notice_is_a_form_that_is_signed_with_the_apps_secret(counter: Counter) -> None:
    counter.subscribe("inventory.update")
    counter.ring("TEE-RED-M")
    counter.settle()
    (notice,) = counter.notices
    assert (notice.event, notice.key) == ("inventory.update", "stock:TEE-RED-M@S1")
    assert (notice.timeout_s, len(notice.retries_s)) == (5.0, 20)
    assert 40 * 3600 < sum(notice.retries_s) <= 48 * 3600
    headers = notice.headers(1)
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    secret = counter.service.credentials["app_secret"].encode()
    digest = hmac.new(secret, notice.body, "sha256").hexdigest()
    assert headers["x-signature"] == f"signature={digest}, algorithm=HMAC-SHA256"
    assert notice.headers(2) == headers
    form = dict(parse_qsl(notice.body.decode()))
    assert form["domain_prefix"] == counter.service.credentials["domain_prefix"]
    assert counter.payloads() == counter.ok(
        "POST", "/inventory", {"product_id": counter.product("TEE-RED-M"), "size": 1}
    )


def test_a_sale_is_told_once_as_it_is_when_all_is_done(counter: Counter) -> None:
    counter.subscribe("sale.update")
    made = counter.make_sale(payments=[counter.cash(19.99)])
    (told,) = counter.payloads()
    assert told == made
    counter.notices.clear()
    counter.put_sale(made, "voided")
    (told,) = counter.payloads()
    assert (told["state"], len(told["payments"])) == ("voided", 2)


def test_an_own_write_is_told_like_any_other(counter: Counter) -> None:
    """P5: nothing in the notice says whose write it was; only the figures can be compared."""
    counter.subscribe("inventory.update")
    one = {
        "product_id": counter.product("TEE-RED-M"), "outlet_id": counter.outlet("S1"),
        "quantity": "-1", "reason": "DAMAGE",
    }  # fmt: skip
    counter.ok("POST", "/stock_adjustments", {"stock_adjustments": [one]})
    counter.ring("TEE-RED-M")
    counter.settle()
    counter.ring("TEE-RED-M")
    told = counter.payloads()
    assert [each["current_inventory_level"] for each in told] == [8, 7]
    assert {name for each in told for name in each if "user" in name or "source" in name} == set()


def test_products_customers_and_consignments_are_told_of(counter: Counter) -> None:
    for kind in ("product.update", "customer.update", "consignment.send", "consignment.receive"):
        counter.subscribe(kind)
    counter.control("add_item", sku="HAT", name="Hat", price_minor=1200)
    counter.data("POST", "/customers", {"first_name": "Ada", "last_name": "L"})
    sent = counter.control(
        "start_transfer", src="W1", dst="S1", items=[{"sku": "TEE-RED-M", "units": 2}]
    )
    counter.settle()
    counter.control("receive_transfer", transfer=sent["transfer"])
    told = counter.payloads()
    assert [notice.event for notice in counter.notices] == [
        "product.update", "customer.update", "consignment.send", "consignment.receive",
    ]  # fmt: skip
    assert [each.get("status") for each in told] == [None, None, "SENT", "RECEIVED"]
    assert (told[0]["sku"], told[1]["first_name"]) == ("HAT", "Ada")
    assert counter.data("GET", "/products?sku=HAT") == [told[0]]


def test_both_faces_tell_of_the_same_change_each_in_its_own_way() -> None:
    twin = Twin()
    twin.square.subscribe("inventory.count.updated")
    twin.subscribe("inventory.update")
    twin.ring("TEE-RED-M")
    twin.settle()
    assert [notice.event for notice in twin.notices] == [
        "inventory.count.updated", "inventory.update",
    ]  # fmt: skip

"""Stock on the second face: records and levels, overwrites, adjustments, cursors."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.pos.counter import Counter, Twin

from peakproof.history.records import Item, Refused


@pytest.fixture
def counter() -> Counter:
    """The second face, with its default settings."""
    return Counter()


def _adjust(counter: Counter, quantity: str, reason: str, **more: str) -> Any:
    one = {
        "product_id": counter.product("TEE-RED-M"), "outlet_id": counter.outlet("S1"),
        "quantity": quantity, "reason": reason, **more,
    }  # fmt: skip
    return counter.send("POST", "/stock_adjustments", {"stock_adjustments": [one]})


def _overwrite(counter: Counter, sku: str, place: str, amount: object) -> Any:
    stock = [{"outlet_id": counter.outlet(place), "current_amount": amount}]
    body = {"details": {"inventory": stock}}
    return counter.send("PUT", f"/products/{counter.product(sku)}", body)


def test_products_are_listed_by_version_and_found_by_sku(counter: Counter) -> None:
    listed = counter.ok("GET", "/products?page_size=2")
    assert [each["sku"] for each in listed["data"]] == ["TEE-RED-M", "TEE-BLUE-M"]
    versions = [each["version"] for each in listed["data"]]
    assert listed["version"] == {"min": versions[0], "max": versions[1]}
    rest = counter.ok("GET", f"/products?after={listed['version']['max']}")
    assert [each["sku"] for each in rest["data"]] == ["SOCKS"]
    end = counter.ok("GET", f"/products?after={rest['version']['max']}")
    assert end == {"data": [], "version": {"min": None, "max": None}}
    tee = counter.data("GET", "/products?sku=tee-red-m&name=nothing&deleted=false")[0]
    assert counter.keys == ["item:TEE-RED-M"]
    assert (str(tee["price_including_tax"]), str(tee["price_excluding_tax"])) == ("19.99", "16.66")
    assert tee["product_codes"] == [
        {"type": "CUSTOM", "code": "TEE-RED-M"}, {"type": "EAN", "code": "5000000000012"},
    ]  # fmt: skip
    assert counter.data("GET", f"/products/{tee['id']}") == tee
    assert [each["sku"] for each in counter.data("GET", "/products?name=Socks")] == ["SOCKS"]


def test_a_new_item_and_a_deleted_one_are_changes_of_the_list(counter: Counter) -> None:
    last = counter.ok("GET", "/products")["version"]["max"]
    counter.control("add_item", sku="HAT", name="Hat", price_minor=1200, upc="012345678905")
    new = counter.data("GET", f"/products?after={last}")
    assert [(each["sku"], each["product_codes"][1]["type"]) for each in new] == [("HAT", "UPC")]
    twin = Twin()
    socks = twin.square.variant("SOCKS")
    twin.square.ok("DELETE", f"/v2/catalog/object/{socks}")
    assert "SOCKS" not in [each["sku"] for each in twin.data("GET", "/products")]
    with_deleted = twin.data("GET", "/products?deleted=true")
    gone = next(each for each in with_deleted if each["sku"] == "SOCKS")
    assert gone["deleted_at"] == "2026-11-27T06:00:00+00:00"
    assert not gone["active"]
    assert twin.send("PUT", f"/products/{gone['id']}", {}).status == 404


def test_a_product_is_changed_and_read_back(counter: Counter) -> None:
    tee = counter.product("TEE-RED-M")
    codes = [{"type": "CUSTOM", "code": "TEE-1"}, {"type": "UPC", "code": "012345678905"}]
    body = {
        "common": {"name": "Crimson tee"},
        "details": {"product_codes": codes, "price_including_tax": "24.00"},
    }
    changed = counter.data("PUT", f"/products/{tee}", body)
    assert counter.data("GET", f"/products/{tee}") == changed
    assert (changed["name"], changed["sku"]) == ("Crimson tee", "TEE-1")
    assert str(changed["price_including_tax"]) == "24.00"
    sale = counter.sale(counter.ring("TEE-1"))
    assert str(sale["totals"]["price_incl_tax"]) == "24.00"


@pytest.mark.parametrize(
    "details",
    [
        {"product_codes": []},
        {"product_codes": [{"type": "CUSTOM", "code": "SOCKS"}]},
        {"product_codes": [{"type": "CUSTOM", "code": "A"}, {"type": "ISBN", "code": "B"}]},
        {"product_codes": [{"type": "CUSTOM", "code": "A"}, {"type": "EAN", "code": "1"},
                           {"type": "UPC", "code": "2"}]},
        {"price_including_tax": -1},
    ],
)  # fmt: skip
def test_a_product_is_not_changed_into_nonsense(
    counter: Counter, details: dict[str, object]
) -> None:
    path = f"/products/{counter.product('TEE-RED-M')}"
    before = counter.data("GET", path)
    assert counter.send("PUT", path, {"details": details}).error[0] == 422
    assert counter.data("GET", path) == before


def test_records_are_a_bare_list_the_newest_change_first(counter: Counter) -> None:
    counter.ring("TEE-RED-M", 2, store="S2")
    records = counter.ok("POST", "/inventory", {})
    assert counter.keys[0] == "stock:TEE-RED-M@S2"
    assert [each["current_inventory_level"] for each in records] == [1, 100, 5, 10]
    versions = [each["version"] for each in records]
    assert versions == sorted(versions, reverse=True)
    upwards = counter.ok("POST", "/inventory", {"sort_direction": "asc", "size": 2})
    assert [each["version"] for each in upwards] == versions[::-1][:2]
    assert counter.ok("POST", "/inventory", {"after": versions[1]}) == records[:1]
    assert counter.ok("POST", "/inventory", {"before": versions[2]}) == records[3:]
    tee = counter.product("TEE-RED-M")
    own = counter.ok("POST", "/inventory", {"product_id": tee})
    assert own == [each for each in records if each["product_id"] == tee]
    of_one = counter.ok("GET", f"/inventory/{tee}")
    assert of_one == own[::-1]
    down = counter.ok("GET", f"/inventory/{tee}?order_direction=desc&page_size=1&variants=true")
    assert down == own[:1]
    assert counter.ok("POST", "/inventory", raw=b"") == records
    assert counter.send("GET", f"/inventory/{counter.user()}").status == 404
    assert counter.send("POST", "/inventory", {"size": 5001}).status == 400


def test_levels_are_paged_by_offset_and_call_an_outlet_a_location(counter: Counter) -> None:
    levels = counter.ok("POST", "/inventory_levels", {})
    assert [each["current_inventory_level"] for each in levels] == [100, 10, 5, 3]
    assert {"location_id", "root_product_id"} <= set(levels[0])
    assert {"outlet_id", "version"} & set(levels[0]) == set()
    assert counter.ok("POST", "/inventory_levels", {"offset": 1, "size": 2}) == levels[1:3]
    tee, place = counter.product("TEE-RED-M"), counter.outlet("S1")
    asked = {"product_ids": [tee], "location_ids": [place], "sort_type": "product_name"}
    assert counter.ok("POST", "/inventory_levels", asked) == levels[1:2]
    of_one = counter.ok("GET", f"/inventory_levels/{tee}")
    assert [each["current_inventory_level"] for each in of_one] == [100, 10, 3]
    assert counter.send("GET", f"/inventory_levels/{counter.user()}").status == 404
    elsewhere = {"location_ids": [counter.user()]}
    assert counter.send("POST", "/inventory_levels", elsewhere).status == 422


def test_a_lost_webhook_is_made_up_for_by_the_cursor(counter: Counter) -> None:
    """P2: nobody was told, but what is after the last version seen is what has changed."""
    seen = counter.ok("POST", "/inventory", {})[0]["version"]
    counter.ring("TEE-RED-M", 2)
    counter.ring("TEE-RED-M")
    assert counter.notices == []
    (changed,) = counter.ok("POST", "/inventory", {"after": seen})
    assert changed["current_inventory_level"] == 7
    sales = counter.ok("GET", "/sales")
    assert len(sales["data"]) == 2
    assert counter.ok("GET", f"/sales?after={sales['version']['max']}")["data"] == []


def test_what_changes_during_a_scan_is_seen_again_and_never_lost(counter: Counter) -> None:
    first = counter.ring("TEE-RED-M")
    counter.ring("TEE-RED-M")
    page = counter.ok("GET", "/sales?page_size=1")
    with counter.world.acting("till"):
        counter.control("void", sale=first)
    seen = [page["data"][0]["id"]]
    while page["data"]:
        page = counter.ok("GET", f"/sales?page_size=1&after={page['version']['max']}")
        seen += [each["id"] for each in page["data"]]
    assert len(seen) == 3
    assert seen[0] == seen[2]
    versions = [each["_metadata"]["version"] for each in counter.data("GET", "/sales")]
    assert versions == sorted(set(versions))


def test_versions_are_of_one_counter_for_everything(counter: Counter) -> None:
    counter.ring("TEE-RED-M")
    counter.make_sale()
    counter.consign("SUPPLIER")
    paths = ("/outlets", "/registers", "/products", "/taxes", "/users", "/consignments")
    versions = [each["version"] for path in paths for each in counter.data("GET", path)]
    versions += [each["_metadata"]["version"] for each in counter.data("GET", "/sales")]
    versions += [each["version"] for each in counter.ok("POST", "/inventory", {})]
    assert len(versions) == len(set(versions))


def test_a_late_list_shows_what_was(counter: Counter) -> None:
    counter.at(100.0)
    sold = counter.ring("TEE-RED-M")
    counter.at(101.0)
    late = counter.send("POST", "/inventory", {"product_id": counter.product("TEE-RED-M")},
                        stale_s=5.0)  # fmt: skip
    assert max(each["current_inventory_level"] for each in late.body) == 100
    assert 10 in [each["current_inventory_level"] for each in late.body]
    assert counter.data("GET", "/sales", stale_s=5.0) == []
    assert len(counter.data("GET", "/sales", stale_s=0.5)) == 1
    assert counter.sale(sold)["state"] == "closed"
    tops = [each["current_inventory_level"] for each in
            counter.ok("POST", "/inventory", {"after": 1, "size": 9}, stale_s=5.0)]  # fmt: skip
    assert tops == [100, 3, 5, 10]


def test_a_stale_overwrite_hides_a_sale(counter: Counter) -> None:
    """P7: the client read 10, a unit was sold, the client writes 12: no version protects it."""
    read = counter.stock("TEE-RED-M", "S1")
    counter.ring("TEE-RED-M")
    assert _overwrite(counter, "TEE-RED-M", "S1", read + 2).status == 200
    assert counter.keys[0] == "stock:TEE-RED-M@S1"
    assert counter.stock("TEE-RED-M", "S1") == 12
    assert counter.levels()[-1] == ("TEE-RED-M", "S1", 12, "write")


@pytest.mark.parametrize("amount", [-1, 0.000001])
def test_a_figure_that_cannot_be_is_refused(counter: Counter, amount: float) -> None:
    assert _overwrite(counter, "TEE-RED-M", "S1", amount).error[0] == 422
    assert counter.stock("TEE-RED-M", "S1") == 10


@pytest.mark.parametrize("amount", ["ten", True, [], {}, "1e5", 1e30, 10**12])
def test_what_is_no_number_is_refused(counter: Counter, amount: object) -> None:
    assert _overwrite(counter, "TEE-RED-M", "S1", amount).error[0] == 400


def _record(counter: Counter, sku: str, place: str) -> dict[str, Any]:
    records = counter.ok("GET", f"/inventory/{counter.product(sku)}")
    found: dict[str, Any] = next(
        each for each in records if each["outlet_id"] == counter.outlet(place)
    )
    return found


def test_reorder_points_are_kept_with_the_record(counter: Counter) -> None:
    stock = [{"outlet_id": counter.outlet("S1"), "reorder_point": 2, "reorder_amount": "5.5"}]
    body = {"details": {"inventory": stock}}
    counter.ok("PUT", f"/products/{counter.product('TEE-RED-M')}", body)
    record = _record(counter, "TEE-RED-M", "S1")
    kept = (record["reorder_point"], str(record["reorder_amount"]), record["reorder_method"])
    assert kept == (2, "5.5", "FIXED")
    assert str(record["reorder_target"]) == "7.5"
    assert counter.levels() == []


def test_reorder_points_are_set_for_many_at_once(counter: Counter) -> None:
    ends = {"product_id": counter.product("TEE-RED-M"), "outlet_id": counter.outlet("S1")}
    fixed = {"method": "FIXED", "reorder_point": 5, "reorder_amount": 20, **ends}
    target = {"method": "MIN_MAX", "reorder_point": 5, "reorder_target": 60, **ends}
    target["outlet_id"] = counter.outlet("S2")
    before = _record(counter, "TEE-RED-M", "S1")["version"]
    assert counter.data("POST", "/inventory/reorder_points", [fixed, target]) == [fixed, target]
    first, second = (_record(counter, "TEE-RED-M", place) for place in ("S1", "S2"))
    assert (first["reorder_amount"], first["reorder_target"]) == (20, 25)
    assert (second["reorder_method"], second["reorder_amount"]) == ("MIN_MAX", 57)
    assert first["version"] > before
    unknown = [fixed, {**target, "outlet_id": counter.user()}]
    assert counter.send("POST", "/inventory/reorder_points", unknown).error[0] == 422
    for wrong in ([], [{**fixed, "reorder_target": 1}], [{**fixed, "method": "GUESS"}]):
        assert counter.send("POST", "/inventory/reorder_points", wrong).error[0] == 400


def test_a_product_is_made_with_its_stock_and_deleted(counter: Counter) -> None:
    stock = [{"outlet_id": counter.outlet("S1"), "current_amount": 4}]
    body = {
        "name": "Hat", "sku": "HAT", "price_excluding_tax": 10, "description": "Warm",
        "inventory": stock, "product_codes": [{"type": "EAN", "code": "5000000000098"}],
    }  # fmt: skip
    (id_,) = counter.data("POST", "/products", body)
    assert counter.keys == ["item:HAT", "stock:HAT@S1"]
    hat = counter.data("GET", f"/products/{id_}")
    assert (hat["sku"], hat["description"], str(hat["price_including_tax"])) == (
        "HAT", "Warm", "12.00",
    )  # fmt: skip
    assert counter.stock("HAT", "S1") == 4
    assert [fact.sku for fact in counter.told(Item)] == ["HAT"]
    assert counter.sale(counter.ring("HAT"))["line_items"][0]["product"]["id"] == id_
    assert counter.send("POST", "/products", body).error == (
        422, "Unprocessable Entity", "The code HAT is taken",
    )  # fmt: skip
    both = {"name": "Cap", "price_including_tax": 1, "price_excluding_tax": 1}
    assert counter.send("POST", "/products", both).error[0] == 422
    assert counter.send("POST", "/products", {"sku": "CAP"}).error[0] == 400
    (made_up,) = counter.data("POST", "/products", {"name": "Cap"})
    assert len(counter.data("GET", f"/products/{made_up}")["sku"]) == 8
    assert counter.send("DELETE", f"/products/{id_}").status == 200
    assert counter.send("DELETE", f"/products/{id_}").error[0] == 404
    assert counter.send("DELETE", f"/products/{counter.user()}").error[0] == 404
    assert counter.data("GET", f"/products/{id_}")["deleted_at"] is not None
    assert counter.data("GET", "/products?sku=HAT") == []
    assert id_ not in [each["product_id"] for each in counter.ok("POST", "/inventory", {})]


def test_products_are_searched_by_lower_case_sku(counter: Counter) -> None:
    tee = counter.data("GET", "/products?sku=TEE-RED-M")
    assert counter.data("GET", "/search?type=products&sku=tee-red-m") == tee
    assert counter.data("GET", "/search?type=products&sku=TEE-RED-M") == []
    rest = counter.data("GET", "/search?type=products&-sku=tee-red-m&order_by=sku")
    assert [each["sku"] for each in rest] == ["SOCKS", "TEE-BLUE-M"]
    assert counter.data("GET", f"/search?type=products&_id={tee[0]['id']}") == tee
    assert counter.data("GET", "/search?type=products&variant_parent_id=x") == []


@pytest.mark.parametrize(
    ("quantity", "reason", "left"),
    [
        ("-3", "DAMAGE", 7), ("-1", "EXPIRY", 9), ("-1", "THEFT", 9), ("-1", "DONATION", 9),
        ("-1", "INTERNAL_USE", 9), ("2", "STOCK_FOUND", 12), ("1", "SAMPLE_FOR_SALE", 11),
    ],
)  # fmt: skip
def test_an_adjustment_moves_the_figure_and_is_listed(
    counter: Counter, quantity: str, reason: str, left: int
) -> None:
    """P5: the list names the user who adjusted, which is how an application knows its own."""
    made = _adjust(counter, quantity, reason)
    assert made.status == 201
    (one,) = made.body["data"]
    assert counter.data("GET", "/stock_adjustments") == [one]
    assert (one["user_id"], one["quantity"]) == (counter.user(), quantity)
    assert counter.stock("TEE-RED-M", "S1") == left
    assert counter.levels() == [("TEE-RED-M", "S1", left, "write")]


@pytest.mark.parametrize(
    ("quantity", "reason"),
    [("3", "DAMAGE"), ("-2", "STOCK_FOUND"), ("0", "DAMAGE"), ("1", "CUSTOM")],
)
def test_the_sign_of_an_adjustment_goes_with_its_reason(
    counter: Counter, quantity: str, reason: str
) -> None:
    assert _adjust(counter, quantity, reason).error[0] == 422
    assert counter.stock("TEE-RED-M", "S1") == 10


def test_a_batch_of_adjustments_is_done_whole_or_not_at_all(counter: Counter) -> None:
    good = {
        "product_id": counter.product("TEE-RED-M"), "outlet_id": counter.outlet("S1"),
        "quantity": "-1", "reason": "DAMAGE",
    }  # fmt: skip
    for bad in ({"outlet_id": counter.user()}, {"product_id": counter.user()}):
        batch = {"stock_adjustments": [good, {**good, **bad}]}
        assert counter.send("POST", "/stock_adjustments", batch).error[0] == 422
    assert counter.stock("TEE-RED-M", "S1") == 10
    assert counter.send("POST", "/stock_adjustments", {"stock_adjustments": []}).status == 400
    many = {"stock_adjustments": [good] * 1001}
    assert counter.send("POST", "/stock_adjustments", many).status == 400
    assert len(counter.told(Refused)) == 1


def test_a_reason_of_the_retailers_own_has_a_direction(counter: Counter) -> None:
    path = "/custom_inventory_adjustment_reasons"
    body = {"name": "Photo shoot", "enabled": True, "type": "NEGATIVE"}
    made = counter.data("POST", path, body)
    assert counter.send("POST", path, body).error == (
        409, "Conflict", "There is a reason Photo shoot already",
    )  # fmt: skip
    own = {"custom_inventory_adjustment_reason_id": made["id"]}
    assert _adjust(counter, "-2", "CUSTOM", **own).status == 201
    assert _adjust(counter, "2", "CUSTOM", **own).status == 422
    assert _adjust(counter, "-2", "DAMAGE", **own).status == 422
    changed = counter.data("PUT", f"{path}/{made['id']}", {"enabled": False, "name": "Window"})
    assert counter.data("GET", path) == [changed]
    assert _adjust(counter, "-2", "CUSTOM", **own).status == 422
    assert counter.send("PUT", f"{path}/{counter.user()}", {}).status == 404
    assert counter.stock("TEE-RED-M", "S1") == 8

"""The item master in V1: items, packs, bar codes, and what may be promised of them."""

from __future__ import annotations

import pytest
from tests.contract.deposco.depot import Depot, listed

from peakproof.history.records import Item, Refused


def test_an_item_is_taken_and_read_back_with_and_without_the_business_unit(depot: Depot) -> None:
    body = {"item": [{"number": "HAT", "name": "Hat", "unitPrice": "12.50", "shippable": "true"}]}
    answer = depot.v1("POST", "/items", body)
    assert (answer.inner, answer.keys) == ("HTTP/1.1 201 Created", ["item:HAT"])
    for path in ("/items/HAT", "/items/PEAK/HAT"):
        found = depot.v1("GET", path)
        assert (found["name"], found["unitPrice"], found["shippable"]) == ("Hat", "12.50", "true")
        assert found["packs"]["pack"] == {"type": "Each", "quantity": "1"}
        assert found.keys == ["item:HAT"]
    assert [fact.sku for fact in depot.told(Item)] == ["HAT"]


def test_an_update_changes_what_is_sent_and_keeps_the_rest(depot: Depot) -> None:
    body = {"item": [{"number": "TEE", "shortDescription": "red"}]}
    assert depot.v1("PUT", "/items/TEE", body).inner == "HTTP/1.1 200 OK"
    assert depot.v1("PUT", "/items/PEAK/TEE", {"number": "TEE", "size": "M"}).inner.endswith("OK")
    found = depot.v1("GET", "/items/TEE")
    assert (found["name"], found["shortDescription"], found["size"]) == ("Red tee", "red", "M")
    assert found["upcs"]["upc"] == "5000000000012"
    assert depot.told(Item) == []


def test_a_put_is_about_an_item_that_is_there_and_is_the_one_of_the_path(depot: Depot) -> None:
    assert depot.v1("PUT", "/items/HAT", {"number": "HAT"}).inner == "HTTP/1.1 404 Not Found"
    assert depot.v1("PUT", "/items/TEE", {"number": "MUG"}).inner == "HTTP/1.1 400 Bad Request"
    assert depot.v1("GET", "/items/HAT").status == 404
    assert depot.v1("GET", "/items/OTHER/TEE").status == 400


def test_a_bar_code_of_another_item_is_a_conflict(depot: Depot) -> None:
    body = {"item": [{"number": "HAT", "upcs": {"upc": ["5000000000012"]}}]}
    answer = depot.v1("POST", "/items", body)
    assert (answer.status, answer.inner) == (207, "HTTP/1.1 409 Conflict")
    assert answer.said == "UPC 5000000000012 exists for item TEE"
    assert [(fact.key, fact.reason) for fact in depot.told(Refused)] == [("HAT", "upc_taken")]
    assert depot.v1("GET", "/items/HAT").status == 404


def test_the_item_itself_may_be_sent_again_unless_that_is_a_conflict(depot: Depot) -> None:
    body = {"item": [{"number": "TEE"}]}
    assert depot.v1("POST", "/items", body).inner == "HTTP/1.1 200 OK"
    strict = Depot(item_repeat="conflict")
    assert strict.v1("POST", "/items", body).inner == "HTTP/1.1 409 Conflict"


def test_bar_codes_are_replaced_and_the_old_ones_are_free_again(depot: Depot) -> None:
    answer = depot.v1("PUT", "/items/TEE/upcs", {"upc": ["111", "222"]})
    assert answer.inner == "HTTP/1.1 200 OK"
    assert depot.v1("GET", "/items/TEE")["upcs"]["upc"] == ["111", "222"]
    body = {"item": [{"number": "HAT", "upcs": {"upc": "5000000000012"}}]}
    assert depot.v1("POST", "/items", body).inner == "HTTP/1.1 201 Created"
    taken = depot.v1("PUT", "/items/PEAK/HAT/upcs", {"upc": "222"})
    assert taken.inner == "HTTP/1.1 409 Conflict"
    other = depot.v1("PUT", "/items/PEAK/HAT/upcs", {"upc": "333"})
    assert other.inner == "HTTP/1.1 200 OK"
    assert depot.v1("GET", "/items/HAT")["upcs"]["upc"] == "333"


def test_packs_are_replaced_and_carry_bar_codes_of_their_own(depot: Depot) -> None:
    packs = {"pack": {"type": "Case", "quantity": "12", "upcs": {"upc": "999"}}}
    for path in ("/items/TEE/packs", "/items/PEAK/TEE/packs"):
        assert depot.v1("PUT", path, packs).inner == "HTTP/1.1 200 OK"
    assert depot.v1("GET", "/items/TEE")["packs"]["pack"]["upcs"] == {"upc": "999"}
    body = {"item": [{"number": "HAT", "upcs": {"upc": "999"}}]}
    assert depot.v1("POST", "/items", body).inner == "HTTP/1.1 409 Conflict"
    assert depot.v1("PUT", "/items/NONE/packs", packs).inner == "HTTP/1.1 404 Not Found"


@pytest.mark.parametrize(
    ("item", "reason", "inner"),
    [
        ({"number": "x" * 41}, "too_long", "400 Bad Request"),
        ({"number": ""}, "too_long", "400 Bad Request"),
        (
            {"number": "HAT", "packs": {"pack": {"type": "Case", "quantity": 0}}},
            "invalid",
            "400 Bad Request",
        ),
        ({"number": "SET", "kitOrderOnly": "true"}, "not_modelled", "501 Not Implemented"),
        (
            {"number": "SET", "components": {"component": {"componentItem": "TEE"}}},
            "not_modelled",
            "501 Not Implemented",
        ),
    ],
)
def test_an_item_that_does_not_fit_is_refused_inside(
    depot: Depot, item: dict[str, object], reason: str, inner: str
) -> None:
    answer = depot.v1("POST", "/items", {"item": [item]})
    assert (answer.status, answer.inner) == (207, f"HTTP/1.1 {inner}")
    assert depot.told(Refused)[0].reason == reason
    assert depot.told(Item) == []


# --- what may be promised -------------------------------------------------------------


def test_the_atp_views_show_the_sum_over_facilities(depot: Depot) -> None:
    depot.place("A1", ("TEE", 4))
    depot.v1("PUT", "/items/TEE/packs", {"pack": {"type": "Case", "quantity": 12}})
    body = {"company": "PEAK", "adjustments": [{"itemNumber": "TEE", "value": 2}]}
    depot.v1("POST", "/ctrl/reserveInventoryAPI", body)
    for path in ("/items/TEE/atp", "/items/PEAK/TEE/atps"):
        found = depot.v1("GET", path)
        atp = found["item-atp"]
        assert atp == {
            "@itemNumber": "TEE", "@availableToPromise": "7", "@quantityOnBackOrdered": "0",
            "@quantityOnPurchaseOrder": "0", "@totalItems": "13", "@totalFullCaseItems": "12",
            "@totalSplitCaseItems": "1", "@totalReserveStockItems": "2",
        }  # fmt: skip
        assert found.keys == ["item:TEE", "stock:TEE@W1", "stock:TEE@S1"]
    assert depot.xml("GET", "/items/TEE/atp")["item-atp"]["availableToPromise"] == "7"
    assert depot.v1("GET", "/items/NONE/atp").status == 404


def test_the_atp_views_list_all_items_those_of_a_partner_and_those_that_moved(
    depot: Depot,
) -> None:
    def numbers(path: str) -> list[str]:
        found = depot.v1("GET", path)["item-atp"]
        return [one["@itemNumber"] for one in listed(found)]

    depot.v1("PUT", "/items/MUG", {"number": "MUG", "tradingPartner": "ACME"})
    assert numbers("/items/atps") == ["TEE", "SOCKS", "MUG"]
    assert numbers("/items/atpsByTP/ACME") == ["MUG"]
    depot.wait(60)
    depot.floor.adjust("W1", "SOCKS", 1, "FOUND")
    since = "/items/atpsByDateRange?startDate=2026-11-27T06:00:30"
    assert numbers(since) == ["SOCKS"]
    assert numbers(f"{since}&endDate=2026-11-27T06:00:59") == []
    assert depot.v1("GET", "/items/atpsByDateRange?startDate=soon").status == 400


def test_single_figures_are_plain_integers(depot: Depot) -> None:
    depot.v1("PUT", "/items/SOCKS/packs", {"pack": {"type": "Pair", "quantity": 2}})
    depot.place("A1", ("SOCKS", 8))
    body = {
        "number": "PO1", "type": "Purchase Order", "status": "New", "facility": "W1",
        "orderLines": {"orderLine": [{"itemNumber": "SOCKS", "orderPackQuantity": "7",
                                      "pack": {"type": "Each", "quantity": 1}}]},
    }  # fmt: skip
    depot.v1("POST", "/orders", {"order": body})
    figures = {
        name: depot.v1("GET", f"/items/SOCKS/{name}").body
        for name in ("boqty", "poqty", "fcqty", "scqty", "totals", "reserveqty")
    }
    assert figures == {
        "boqty": "3", "poqty": "7", "fcqty": "4", "scqty": "1", "totals": "5", "reserveqty": "0",
    }  # fmt: skip
    assert depot.v1("GET", "/items/NONE/totals").status == 404


@pytest.mark.parametrize(
    "path",
    [
        *(f"/items/NONE/{figure}qty" for figure in ("bo", "po", "fc", "sc", "reserve")),
        "/items/PEAK/NONE/atps", "/receiptlines/PEAK/NONE",
    ],
)  # fmt: skip
def test_figures_of_what_is_not_there_are_not_found(depot: Depot, path: str) -> None:
    assert depot.v1("GET", path).status == 404

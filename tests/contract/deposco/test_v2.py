"""V2: tokens, the adjustments feed, the two writes of stock, and what they point at."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.contract.deposco.depot import Answer, Depot

from peakproof.wire.message import Request

FEED = "/inventory/inventoryAdjustments"


def ask(depot: Depot, *, basic: str = "", content: str = "", **form: str) -> Answer:
    """Ask for a token, with the client's own Basic header unless another is given."""
    known = depot.service.credentials
    pair = basic or f"{known['client_id']}:{known['client_secret']}"
    headers = {
        "authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
        "content-type": content or "application/x-www-form-urlencoded",
    }
    body = urlencode(form).encode()
    return depot.send(Request("POST", "/oauth2/token", "", headers, body))


# --- tokens ---------------------------------------------------------------------------


def test_client_credentials_give_a_token_for_an_hour(depot: Depot) -> None:
    answer = ask(
        depot, grant_type="client_credentials", scope="items/read", env="prod", company="PEAK"
    )
    assert answer.status == 200
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    token = answer["access_token"]
    assert depot.v2("GET", "/items", token=token).status == 200
    depot.wait(3599)
    assert depot.v2("GET", "/items", token=token).status == 200
    depot.wait(1)
    late = depot.v2("GET", "/items", token=token)
    assert (late.status, late["errors"]) == (401, [{"errorMessage": "Unauthorized"}])


def test_the_refresh_token_of_the_installed_app_gives_one_too(depot: Depot) -> None:
    known = depot.service.credentials
    form = {name: known[name] for name in ("client_id", "client_secret", "refresh_token")}
    answer = ask(depot, basic="no:one", grant_type="refresh_token", **form)
    assert depot.v2("GET", "/items", token=answer["access_token"]).status == 200
    wrong = ask(depot, grant_type="refresh_token", **{**form, "refresh_token": "x"})
    assert (wrong.status, wrong["error"]) == (400, "invalid_grant")
    wrong = ask(depot, grant_type="refresh_token", **{**form, "client_secret": "x"})
    assert (wrong.status, wrong["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "everything"}, 400, "invalid_scope"),
        ({"company": "OTHER"}, 400, "invalid_request"),
        ({"env": "moon"}, 400, "invalid_request"),
        ({"businessUnitId": "1"}, 400, "invalid_request"),
        ({"basic": "no:one"}, 401, "invalid_client"),
        ({"content": "application/json"}, 400, "invalid_request"),
    ],
)
def test_a_token_is_refused_in_the_words_of_the_standard(
    depot: Depot, form: dict[str, str], status: int, error: str
) -> None:
    grant = {"grant_type": "client_credentials"} if form else {}
    answer = ask(depot, **{**grant, **form})
    assert (answer.status, answer["error"]) == (status, error)


def test_company_and_environment_can_be_required() -> None:
    depot = Depot(token_requires_company=True)
    assert ask(depot, grant_type="client_credentials", company="PEAK").status == 400
    answer = ask(depot, grant_type="client_credentials", company="PEAK", env="prod")
    assert answer.status == 200


def test_a_missing_scope_is_a_403(depot: Depot) -> None:
    token = depot.token("items/read")
    answer = depot.v2("GET", FEED, token=token)
    assert answer.status == 403
    assert answer["errors"] == [{"errorMessage": "Missing scope: inventoryAdjustments/read"}]
    assert depot.v2("GET", "/items", token=token).status == 200


def test_tokens_that_are_forgotten_stop_working(depot: Depot) -> None:
    token = depot.token()
    depot.service.expire_tokens()
    assert depot.v2("GET", "/items", token=token).status == 401
    assert depot.v2("GET", "/items", token="nonsense").status == 401


# --- the feed -------------------------------------------------------------------------


def test_the_feed_lists_movements_id_descending_with_references(depot: Depot) -> None:
    depot.floor.adjust("W1", "TEE", -2, "DAMAGED")
    depot.wait(60)
    depot.floor.adjust("W1", "SOCKS", 1, "FOUND")
    answer = depot.v2("GET", FEED)
    rows = answer["data"]
    assert [(row["quantity"], row["reasonCode"]) for row in rows] == [(1, "FOUND"),
                                                                      (-2, "DAMAGED")]  # fmt: skip
    assert rows[0]["self"]["id"] > rows[1]["self"]["id"]
    assert rows[1]["item"] == {
        "id": 1_000_001, "href": "/latest/items/1000001",
        "businessKey": {"number": "TEE", "businessUnit.code": "PEAK"},
    }  # fmt: skip
    assert rows[1]["facility"]["businessKey"]["number"] == "W1"
    assert rows[1]["createdDate"] == "2026-11-27T06:00:00.000Z"
    assert (answer["complete"], answer["pages"], answer["links"]) == (True, 1, [])
    assert answer.keys == ["stock:SOCKS@W1", "stock:TEE@W1"]


def test_a_short_pick_is_in_the_feed_with_its_order(depot: Depot) -> None:
    depot.place("A1", ("TEE", 2))
    depot.floor.release("A1")
    depot.floor.short("A1", "TEE", 1)
    row = depot.v2("GET", FEED)["data"][0]
    assert (row["quantity"], row["reasonCode"], row["importReference1"]) == (-1, "SHORT PICK", "A1")


@pytest.mark.parametrize(
    ("query", "quantities"),
    [
        ("itemNumber=TEE", [3, 1]),
        ("facilityNumber=S1", [3]),
        ("actionType=Status%20Change", []),
        ("createdAfter=2026-11-27T06:00:30Z", [3]),
        ("createdAfter=2026-11-27T06:00:30Z&itemNumber=SOCKS", []),
        ("businessUnit=PEAK", [3, 2, 1]),
        ("businessUnit=OTHER", []),
    ],
)
def test_the_feed_is_filtered(depot: Depot, query: str, quantities: list[int]) -> None:
    depot.floor.adjust("W1", "TEE", 1, "FOUND")
    depot.floor.adjust("W1", "SOCKS", 2, "FOUND")
    depot.wait(60)
    depot.floor.adjust("S1", "TEE", 3, "FOUND")
    rows = depot.v2("GET", f"{FEED}?{query}")["data"]
    assert [row["quantity"] for row in rows] == quantities


def test_the_next_page_keeps_the_filters_of_the_first(depot: Depot) -> None:
    for units in range(1, 6):
        depot.floor.adjust("W1", "TEE", units, "FOUND")
        depot.floor.adjust("W1", "SOCKS", units, "FOUND")
    seen = []
    path = f"{FEED}?itemNumber=TEE&pageSize=2"
    for complete in (False, False, True):
        page = depot.v2("GET", path)
        seen += [row["quantity"] for row in page["data"]]
        assert page["complete"] is complete
        if not complete:
            assert page["pages"] is None
            path = page["links"][0]["href"].removeprefix("/latest") + "&itemNumber=SOCKS"
    assert seen == [5, 4, 3, 2, 1]
    whole = depot.v2("GET", f"{FEED}?pageSize=3")
    assert whole["pages"] == 4


@pytest.mark.parametrize(
    "query", ["pageSize=0", "pageSize=101", "pageSize=x", "searchId=x", "createdAfter=soon"]
)
def test_a_page_that_cannot_be_is_a_400(depot: Depot, query: str) -> None:
    assert depot.v2("GET", f"{FEED}?{query}").status == 400


def test_a_search_is_over_after_ten_minutes_and_belongs_to_its_path(depot: Depot) -> None:
    for _ in range(2):
        depot.floor.adjust("W1", "TEE", 1, "FOUND")
    link = depot.v2("GET", f"{FEED}?pageSize=1")["links"][0]["href"].removeprefix("/latest")
    assert depot.v2("GET", "/items?" + link.partition("?")[2]).status == 400
    depot.wait(599)
    assert depot.v2("GET", link).status == 200
    depot.wait(2)
    assert depot.v2("GET", link).status == 400


# --- writes ---------------------------------------------------------------------------


def an_adjustment(quantity: int, **more: Any) -> dict[str, Any]:
    """A signed movement of TEE at the warehouse."""
    return {"item": {"businessKey": {"number": "TEE"}}, "quantity": quantity,
            "facility": {"businessKey": {"number": "W1"}}, **more}  # fmt: skip


def test_an_adjustment_moves_the_stock_each_time_it_is_sent(depot: Depot) -> None:
    made = []
    for total in (8, 6):
        answer = depot.v2("POST", FEED, an_adjustment(-2, reasonCode="LOST"))
        assert answer.status == 201
        assert answer.keys == ["stock:TEE@W1"]
        made.append(answer["self"]["id"])
        assert depot.figures() == (total, total, 0)
    assert depot.levels() == [("TEE", "W1", 8, 8, "write"), ("TEE", "W1", 6, 6, "write")]
    rows = depot.v2("GET", FEED)["data"]
    assert rows[0]["self"]["id"] == made[-1]
    assert [row["quantity"] for row in rows] == [-2, -2]


def test_an_adjustment_points_by_id_and_counts_packs(depot: Depot) -> None:
    depot.v1("PUT", "/items/TEE/packs", {"pack": {"type": "Case", "quantity": 12}})
    packs = depot.v2("GET", "/items?number=TEE")["data"][0]["packs"]
    case = next(pack["self"]["id"] for pack in packs if pack["quantity"] == 12)
    body = an_adjustment(
        2, item={"id": 1_000_001}, facility={"id": 102}, pack={"id": case},
        businessUnit={"businessKey": {"code": "PEAK"}},
    )  # fmt: skip
    answer = depot.v2("POST", FEED, body)
    assert (answer["quantity"], answer["pack"]["businessKey"]["quantity"]) == (2, 12)
    assert depot.figures("TEE", "S1") == (27, 27, 0)
    by_key = an_adjustment(-1, pack={"businessKey": {"quantity": 12}})
    depot.v2("POST", FEED, by_key)
    assert depot.figures("TEE", "W1") == (-2, -2, 0)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (an_adjustment(0), 400),
        (an_adjustment(2**31), 400),
        (an_adjustment(1, reasonCode="x" * 21), 400),
        (an_adjustment(1, actionType="Status Change"), 400),
        ({"quantity": 1}, 400),
        (b"{", 400),
        (an_adjustment(1, item={"id": 9}), 404),
        (an_adjustment(1, item={}), 404),
        (an_adjustment(1, facility={"id": 9}), 404),
        (an_adjustment(1, pack={"businessKey": {"quantity": 7}}), 404),
        (an_adjustment(1, businessUnit={"businessKey": {"code": "OTHER"}}), 404),
        (an_adjustment(1, businessUnit={"id": 1}), 404),
    ],
)
def test_an_adjustment_that_does_not_fit_moves_nothing(
    depot: Depot, body: Any, status: int
) -> None:
    answer = depot.v2("POST", FEED, body)
    assert answer.status == status
    assert answer["errors"][0]["errorMessage"]
    assert depot.levels() == []


def test_the_route_of_adjustments_can_be_switched_off() -> None:
    depot = Depot(adjustments_writable=False)
    assert depot.v2("POST", FEED, an_adjustment(1)).status == 404
    assert depot.v2("GET", FEED).status == 200


def _location(depot: Depot, name: str) -> int:
    rows = depot.v2("GET", f"/locations?facilityNumber=W1&locator={name}")["data"]
    assert len(rows) == 1
    number: int = rows[0]["self"]["id"]
    return number


def _set(depot: Depot, quantity: int, name: str = "STOCK", **more: Any) -> Answer:
    body = {
        "existingInventory": {"item": {"businessKey": {"number": "TEE"}}},
        "modifiedInventory": {"quantity": quantity, **more},
        "reasonCode": "COUNT", "transactionNumber": "T1",
    }  # fmt: skip
    path = f"/inventory/facilities/101/locations/{_location(depot, name)}/updates"
    return depot.v2("POST", path, body)


def test_a_location_is_set_absolutely_and_the_feed_tells_the_difference(depot: Depot) -> None:
    answer = _set(depot, 7)
    assert (answer.status, answer["modifiedInventory"]["quantity"]) == (200, 7)
    assert depot.figures() == (7, 7, 0)
    _set(depot, 7)
    assert depot.levels() == [("TEE", "W1", 7, 7, "write")]
    rows = depot.v2("GET", FEED)["data"]
    told = [(row["quantity"], row["reasonCode"], row["importReference1"]) for row in rows]
    assert told == [(-3, "COUNT", "T1")]


def test_each_location_is_set_for_itself(depot: Depot) -> None:
    _set(depot, 4, "RECEIVING")
    assert depot.figures() == (14, 14, 0)
    _set(depot, 1, "RECEIVING")
    _set(depot, 2, "STOCK")
    assert depot.figures() == (3, 3, 0)


def test_a_location_is_set_in_packs(depot: Depot) -> None:
    depot.v1("PUT", "/items/TEE/packs", {"pack": {"type": "Case", "quantity": 12}})
    _set(depot, 2, pack={"businessKey": {"quantity": 12}})
    assert depot.figures() == (24, 24, 0)


def test_a_status_keeps_units_from_being_promised_until_it_is_lifted(depot: Depot) -> None:
    _set(depot, 10, status="Quarantine")
    assert depot.figures() == (10, 0, 0)
    row = depot.v2("GET", f"{FEED}?actionType=Status%20Change")["data"][0]
    assert (row["quantity"], row["inventoryStatus"]) == (0, "Quarantine")
    _set(depot, 10)
    assert depot.figures() == (10, 10, 0)


def test_a_location_that_is_not_there_or_not_to_be_set_is_refused(depot: Depot) -> None:
    body = {"existingInventory": {}, "modifiedInventory": {"quantity": 1}}
    stock = _location(depot, "STOCK")
    path = "/inventory/facilities/{}/locations/{}/updates"
    assert depot.v2("POST", path.format(9, stock), body).status == 404
    assert depot.v2("POST", path.format("x", stock), body).status == 404
    assert depot.v2("POST", path.format(102, stock), body).status == 404
    assert depot.v2("POST", path.format(101, stock), body).status == 400
    assert _set(depot, -1).status == 400
    assert depot.levels() == []
    closed = Depot(discrete_inventory=False)
    assert _set(closed, 1).status == 403


# --- what they point at ---------------------------------------------------------------


def test_items_facilities_and_locations_are_listed_newest_first_and_read_by_id(
    depot: Depot,
) -> None:
    items = depot.v2("GET", "/items")
    assert [row["number"] for row in items["data"]] == ["MUG", "SOCKS", "TEE"]
    assert items["data"][2]["upcs"]["data"] == [{"value": "5000000000012"}]
    assert depot.v2("GET", "/items?name=Mug")["data"][0]["number"] == "MUG"
    assert depot.v2("GET", "/items?number=NONE")["data"] == []
    assert depot.v2("GET", "/items/1000001")["number"] == "TEE"
    facilities = depot.v2("GET", "/facilities")["data"]
    assert [(row["number"], row["type"]) for row in facilities] == [
        ("S1", "Retail Store"),
        ("W1", "Distribution Center"),
    ]
    assert depot.v2("GET", "/facilities/101")["number"] == "W1"
    locations = depot.v2("GET", "/locations")["data"]
    assert [row["locator"] for row in locations] == ["RECEIVING", "STOCK"] * 2
    for path in ("/items/9", "/items/x", "/facilities/9"):
        assert depot.v2("GET", path).status == 404


def test_what_was_updated_since_is_found(depot: Depot) -> None:
    depot.wait(60)
    depot.v1("PUT", "/items/SOCKS", {"number": "SOCKS", "size": "L"})
    depot.v1("POST", "/items", {"item": {"number": "HAT"}})

    def numbers(query: str) -> list[str]:
        return [row["number"] for row in depot.v2("GET", f"/items?{query}")["data"]]

    assert numbers("updatedAfter=2026-11-27T06:00:30Z") == ["HAT", "SOCKS"]
    assert numbers("createdAfter=2026-11-27T06:00:30Z") == ["HAT"]
    assert depot.v2("GET", "/items?createdAfter=soon").status == 400


def test_what_v2_does_not_have_is_refused_in_its_own_shape(depot: Depot) -> None:
    for path in ("/inventory", "/orders/salesOrders/1/atp", "/items/1000001/atp"):
        answer = depot.v2("GET", path)
        assert answer.status == 404
        assert answer["errors"][0]["errorMessage"]
    patched = depot.v2("PATCH", "/items/1000001")
    assert (patched.status, patched.headers["allow"]) == (405, "GET")
    assert patched["errors"][0]["errorMessage"] == "Method PATCH is not allowed"

"""V2's items, kits, places, partners, users; bulk imports; every route asks for its scope."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.deposco.depot import Depot
from tests.contract.deposco.v2_orders import UNIT, an_order, by_number, place, said

from peakproof.history.records import Item, Refused


def an_item(number: str = "HAT", **more: Any) -> dict[str, Any]:
    """The body of an item with one pack."""
    return {"businessUnit": UNIT, "number": number, "packs": [{"type": "Each", "quantity": 1}],
            **more}  # fmt: skip


# --- items ----------------------------------------------------------------------------


def test_an_item_is_created_and_changed_by_its_number(depot: Depot) -> None:
    packs = [{"type": "Each", "quantity": 1}, {"type": "Case", "quantity": 12}]
    made = depot.v2("POST", "/items", an_item(
        name="Hat", unitPrice=12.5, packs=packs, upcs={"data": [{"value": "77"}]},
        transportationClass="B",
    ))  # fmt: skip
    assert (made.status, made.keys) == (201, ["item:HAT"])
    assert [fact.sku for fact in depot.told(Item)] == ["HAT"]
    assert depot.v1("GET", "/items/HAT")["unitPrice"] == "12.5"
    path = f"/items/{made['self']['id']}"
    assert depot.v2("GET", path).body == made.body
    changed = depot.v2("POST", "/items", an_item(name="Big hat"))
    assert (changed.status, changed["name"], changed["transportationClass"]) == (
        200, "Big hat", "B",
    )  # fmt: skip
    assert [pack["quantity"] for pack in changed["packs"]] == [1, 12]
    assert [code["value"] for code in changed["upcs"]["data"]] == ["77"]
    assert depot.v1("GET", "/items/HAT")["name"] == "Big hat"
    assert place(depot, "A1", ("HAT", 1)).status == 201


def test_an_item_of_v1_is_changed_by_v2_and_keeps_what_it_had(depot: Depot) -> None:
    changed = depot.v2("POST", "/items", an_item("TEE", brandName="Low"))
    assert (changed.status, changed["name"]) == (200, "Red tee")
    assert [code["value"] for code in changed["upcs"]["data"]] == ["5000000000012"]
    assert depot.v2("GET", "/items?number=TEE")["data"][0]["brandName"] == "Low"


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        (an_item(upcs={"data": [{"value": "5000000000012"}]}), 400,
         "UPC 5000000000012 exists for item TEE"),
        (an_item(number="H" * 41), 400, "number size must be between 0 and 40"),
        (an_item(packs=[{"type": "Case", "quantity": 0}]), 400,
         "Pack Case 0 of item [HAT] is not valid"),
        (an_item(components=[{"quantity": 1, "subComponent": by_number("CAP")}]), 404,
         "Item with business key number = [CAP] does not exist"),
        (an_item(components=[{"quantity": 0, "subComponent": by_number("TEE")}]), 400,
         "Component [TEE] is not valid"),
        (an_item(businessUnit={"id": 1}), 404, "Business unit with business key code = [None]"),
        (an_item(name="n" * 151), 400, "name size must be between 0 and 150"),
        ({"number": "HAT"}, 400, "The request is not valid: "),
    ],
)  # fmt: skip
def test_an_item_that_does_not_fit_is_refused(
    depot: Depot, body: dict[str, Any], status: int, text: str
) -> None:
    answer = depot.v2("POST", "/items", body)
    assert (answer.status, said(answer)[: len(text)]) == (status, text)
    assert depot.v2("GET", "/items?number=HAT")["data"] == []


def test_a_bundle_keeps_its_components_and_v1_does_not_mind(depot: Depot) -> None:
    parts = [{"quantity": 2, "subComponent": by_number("SOCKS")}]
    made = depot.v2("POST", "/items", an_item("SET", components=parts, kitOrderOnly=True))
    assert (made["components"][0]["quantity"], made["kitOrderOnly"]) == (2, True)
    assert depot.v1("GET", "/items/SET").status == 200


def test_packs_and_bar_codes_are_read_and_bar_codes_removed(depot: Depot) -> None:
    packs = [{"type": "Case", "quantity": 12, "upcs": {"data": [{"value": "88"}]}}]
    made = depot.v2("POST", "/items", an_item(
        packs=packs, upcs={"data": [{"value": "77"}, {"value": "78"}]},
        itemVendors={"data": [{"vendor": {"id": 1}}]},
    ))  # fmt: skip
    item = f"/items/{made['self']['id']}"
    case = next(pack for pack in made["packs"] if pack["quantity"] == 12)
    pack = f"{item}/packs/{case['self']['id']}"
    assert depot.v2("GET", pack).body == case
    codes = depot.v2("GET", f"{item}/upcs")
    assert [code["value"] for code in codes["data"]] == ["77", "78"]
    gone = f"{item}/upcs/{codes['data'][0]['self']['id']}"
    assert (depot.v2("DELETE", gone).status, depot.v2("DELETE", gone).status) == (204, 404)
    assert [code["value"] for code in depot.v2("GET", f"{item}/upcs")["data"]] == ["78"]
    held = depot.v2("GET", f"{pack}/upcs")["data"]
    gone = f"{pack}/upcs/{held[0]['self']['id']}"
    assert (depot.v2("DELETE", gone).status, depot.v2("DELETE", gone).status) == (204, 404)
    assert depot.v2("GET", f"{pack}/upcs")["data"] == []
    free = depot.v2("POST", "/items", an_item("CAP", upcs={"data": [{"value": "77"}]}))
    assert free.status == 201
    assert depot.v2("GET", f"{item}/hsCodes")["data"] == []
    vendors = depot.v2("GET", f"{item}/itemVendors")
    assert (vendors.status, vendors["data"]) == (200, []), "what was sent is not kept"
    for wrong in ("/items/9/upcs", f"{item}/packs/9", f"{item}/packs/9/upcs", "/items/9/hsCodes",
                  "/items/9/itemVendors"):  # fmt: skip
        assert depot.v2("GET", wrong).status == 404


# --- kits -----------------------------------------------------------------------------


def a_kit(name: str = "SET") -> dict[str, Any]:
    """A kit of a tee and two socks."""
    rows = [{"type": kind, "businessUnit": UNIT, "item": by_number(sku), "quantity": units}
            for kind, sku, units in (("Output", "MUG", 1), ("Input", "TEE", 1),
                                     ("Input", "SOCKS", 2))]  # fmt: skip
    return {"name": name, "businessUnit": UNIT, "kitDetails": {"data": rows}}


def test_a_kit_is_kept_with_its_details(depot: Depot) -> None:
    made = depot.v2("POST", "/kitHeaders", a_kit())
    assert made.status == 200
    path = f"/kitHeaders/{made['self']['id']}"
    assert depot.v2("GET", path).body == made.body
    details = f"{path}/kitDetails"
    inputs = depot.v2("GET", f"{details}?type=Input")["data"]
    assert [row["quantity"] for row in inputs] == [2, 1]
    assert len(depot.v2("GET", f"{details}?itemNumber=TEE")["data"]) == 1
    one = f"{details}/{inputs[0]['self']['id']}"
    assert depot.v2("GET", one).body == inputs[0]
    assert (depot.v2("DELETE", one).status, depot.v2("GET", one).status) == (204, 404)
    assert len(depot.v2("GET", details)["data"]) == 2
    assert depot.v2("GET", "/kitHeaders?name=SET")["data"][0]["name"] == "SET"
    wrong = a_kit("BAD")
    wrong["kitDetails"]["data"][0]["item"] = by_number("HAT")
    assert depot.v2("POST", "/kitHeaders", wrong).status == 404
    assert depot.v2("GET", "/kitHeaders/9").status == 404


# --- partners and the like ------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "key", "body"),
    [
        ("/companies", "code", {"code": "B2", "name": "Second"}),
        ("/tradingPartners", "code", {"code": "TP", "name": "Partner"}),
        ("/zones", "name", {"name": "A", "businessUnit": UNIT, "facility": by_number("W1")}),
        ("/containers", "number", {"number": "C1", "lpnNumber": "C1", "businessUnit": UNIT}),
        ("/kitHeaders", "name", {"name": "SET", "businessUnit": UNIT}),
    ],
)
def test_masters_are_created_changed_listed_and_read(
    depot: Depot, path: str, key: str, body: dict[str, Any]
) -> None:
    made = depot.v2("POST", path, body)
    assert made.status == (200 if path == "/kitHeaders" else 201)
    depot.wait(60)
    again = depot.v2("POST", path, body)
    assert (again.status, again["self"]) == (200, made["self"])
    one = f"{path}/{made['self']['id']}"
    assert depot.v2("GET", one).body == again.body
    newest = depot.v2("GET", f"{path}?updatedAfter=2026-11-27T06:00:30Z")["data"]
    assert newest == [again.body]
    assert depot.v2("GET", f"{path}?{key}={body[key]}")["data"] == [again.body]
    assert depot.v2("GET", f"{path}?{key}=none")["data"] == []
    assert depot.v2("GET", f"{path}/9").status == 404
    assert depot.v2("POST", path, {**body, key: ""}).status == 400
    assert depot.v2("POST", path, []).status == 400


def test_the_tenants_own_business_unit_is_a_company(depot: Depot) -> None:
    assert depot.v2("GET", "/companies/17")["code"] == "PEAK"


def test_a_master_points_at_what_is_there(depot: Depot) -> None:
    zone = {"name": "A", "businessUnit": UNIT, "facility": by_number("W9")}
    assert depot.v2("POST", "/zones", zone).status == 404
    box = {"number": "C1", "lpnNumber": "C1", "businessUnit": {"businessKey": {"code": "X"}}}
    assert depot.v2("POST", "/containers", box).status == 404


def test_a_partner_has_sites_and_parameters(depot: Depot) -> None:
    body = {
        "code": "TP", "sites": {"data": [{"siteName": "North", "siteCode": "N"},
                                         {"siteName": "South", "siteCode": "S"}]},
        "parameters": {"data": [{"number": "1", "code": "EDI"}]},
    }  # fmt: skip
    path = f"/tradingPartners/{depot.v2('POST', '/tradingPartners', body)['self']['id']}"
    assert [row["siteCode"] for row in depot.v2("GET", f"{path}/sites")["data"]] == ["S", "N"]
    assert len(depot.v2("GET", f"{path}/sites?siteCode=N")["data"]) == 1
    held = depot.v2("GET", f"{path}/parameters?code=EDI")["data"]
    one = f"{path}/parameters/{held[0]['self']['id']}"
    assert (depot.v2("DELETE", one).status, depot.v2("DELETE", one).status) == (204, 404)
    assert depot.v2("GET", f"{path}/parameters")["data"] == []
    for wrong in ("/tradingPartners/9/sites", "/tradingPartners/9/parameters"):
        assert depot.v2("GET", wrong).status == 404


# --- places ---------------------------------------------------------------------------


def test_a_facility_goes_live_and_takes_stock(depot: Depot) -> None:
    body = {"businessUnit": UNIT, "number": "W2", "name": "Second", "phone": "1"}
    made = depot.v2("POST", "/facilities", body)
    assert (made.status, made["phone"], made["type"]) == (201, "1", "Distribution Center")
    depot.floor.receive("W2", "TEE", 2, reference="")
    assert depot.figures("TEE", "W2") == (2, 2, 0)
    changed = depot.v2("POST", "/facilities", {**body, "name": "2nd", "type": "Retail Store"})
    assert (changed.status, changed["name"], changed["type"]) == (200, "2nd", "Retail Store")
    assert depot.v2("GET", f"/facilities/{made['self']['id']}").body == changed.body
    assert depot.v2("POST", "/facilities", {**body, "number": ""}).status == 400


def test_a_location_is_made_in_a_facility_and_can_be_set(depot: Depot) -> None:
    body = {"businessUnit": UNIT, "facility": by_number("W1"), "locator": "A-1", "pickable": True}
    made = depot.v2("POST", "/locations", body)
    assert (made.status, made["locator"], made["pickable"]) == (201, "A-1", True)
    number = made["self"]["id"]
    assert depot.v2("POST", "/locations", body).status == 200
    assert depot.v2("GET", f"/locations/{number}").body == made.body
    update = {"existingInventory": {"item": by_number("TEE")}, "modifiedInventory": {"quantity": 4}}
    path = f"/inventory/facilities/101/locations/{number}/updates"
    assert depot.v2("POST", path, update).status == 200
    assert depot.figures() == (14, 14, 0)
    assert depot.v2("POST", "/locations", {**body, "facility": by_number("W9")}).status == 404
    assert depot.v2("GET", "/locations/9").status == 404
    assert depot.v2("GET", f"/locations/{number}/storageDetails")["data"] == []
    for method in ("GET", "DELETE"):
        missing = depot.v2(method, f"/locations/{number}/storageDetails/1")
        assert (missing.status, said(missing)) == (404, "Storage detail [1] does not exist")


def test_a_zone_has_locations_that_can_leave_it(depot: Depot) -> None:
    body = {"name": "A", "businessUnit": UNIT, "facility": by_number("W1"),
            "locations": {"data": [{"id": 501}, {"id": 502}]}}  # fmt: skip
    zone = depot.v2("POST", "/zones", body)["self"]["id"]
    path = f"/zones/{zone}/locations"
    assert [row["locator"] for row in depot.v2("GET", path)["data"]] == ["RECEIVING", "STOCK"]
    assert len(depot.v2("GET", f"{path}?locator=STOCK")["data"]) == 1
    assert [row["name"] for row in depot.v2("GET", "/locations/501/zones")["data"]] == ["A"]
    assert depot.v2("DELETE", f"{path}/501").status == 204
    assert depot.v2("GET", "/locations/501/zones")["data"] == []
    assert depot.v2("DELETE", f"{path}/501").status == 404
    assert depot.v2("GET", "/zones/9/locations").status == 404


def test_there_are_no_trips_no_bills_and_one_user(depot: Depot) -> None:
    for path in ("/trips", "/billing/transactions"):
        assert depot.v2("GET", path)["data"] == []
        assert depot.v2("GET", f"{path}?createdAfter=x").status == 400
    missing = depot.v2("GET", "/trips/1")
    assert (missing.status, said(missing)) == (404, "Trip [1] does not exist")
    users = depot.v2("GET", "/users")["data"]
    assert len(users) == 1
    assert depot.v2("GET", f"/users/{users[0]['self']['id']}").body == users[0]
    assert depot.v2("GET", "/users?username=nobody")["data"] == []
    assert depot.v2("GET", "/users/9").status == 404


# --- bulk imports ---------------------------------------------------------------------


def bulk(depot: Depot, kind: str, *entities: dict[str, Any]) -> Any:
    """Import entities and wait for what becomes of them."""
    taken = depot.v2("POST", "/async/bulkImports", {"entityType": kind, "entities": entities})
    assert taken.status == 202, taken.raw
    path = taken["request"]["href"].removeprefix("/latest")
    assert depot.v2("GET", path)["status"] == "Processing"
    depot.wait(3)
    return depot.v2("GET", path)


def test_a_bulk_import_tells_what_became_of_each_entity(depot: Depot) -> None:
    done = bulk(depot, "Sales Order", an_order("A1"), an_order("A2", ("HAT", 1)), {"number": "A3"})
    assert (done["status"], done["totalEntities"], done["successes"], done["failures"]) == (
        "Partially Failed", 3, 1, 2,
    )  # fmt: skip
    good, bad, worse = done["results"]
    assert depot.v2("GET", good["href"].removeprefix("/latest"))["number"] == "A1"
    text = "Item with business key number = [HAT] does not exist"
    assert bad["errors"] == [{"errorMessage": text}]
    assert worse["status"] == "Failed"
    assert [(fact.key, fact.reason) for fact in depot.told(Refused)] == [("A2", "unknown_item")]
    assert depot.figures() == (10, 9, 0)


@pytest.mark.parametrize(
    ("kind", "entity", "path"),
    [
        ("Item", an_item(), "/items?number=HAT"),
        ("Kit", a_kit(), "/kitHeaders?name=SET"),
        ("Trading Partner", {"code": "TP"}, "/tradingPartners?code=TP"),
        ("Location", {"businessUnit": UNIT, "facility": by_number("W1"), "locator": "A-1"},
         "/locations?locator=A-1"),
        ("Zone", {"name": "A", "businessUnit": UNIT, "facility": by_number("W1")}, "/zones?name=A"),
        ("Container", {"number": "C1", "lpnNumber": "C1", "businessUnit": UNIT},
         "/containers?number=C1"),
        ("Purchase Order", an_order("X1", path="purchaseOrders"), "/orders/purchaseOrders"),
        ("Customer Return", an_order("X1", path="customerReturns"), "/orders/customerReturns"),
        ("Vendor Return", an_order("X1", path="vendorReturns"), "/orders/vendorReturns"),
        ("Outbound Transfer Order", an_order("X1", path="outboundTransferOrders"),
         "/orders/outboundTransferOrders"),
        ("Inbound Transfer Order", an_order("X1", path="inboundTransferOrders"),
         "/orders/inboundTransferOrders"),
    ],
)  # fmt: skip
def test_every_type_is_imported_in_bulk(
    depot: Depot, kind: str, entity: dict[str, Any], path: str
) -> None:
    done = bulk(depot, kind, entity)
    assert (done["status"], done["successes"]) == ("Success", 1), done.raw
    rows = depot.v2("GET", path)["data"]
    assert [row["self"]["id"] for row in rows] == [done["results"][0]["id"]]


def test_one_bulk_import_at_a_time_and_not_too_large(depot: Depot) -> None:
    body = {"entityType": "Item", "entities": [an_item()]}
    assert depot.v2("POST", "/async/bulkImports", body).status == 202
    busy = depot.v2("POST", "/async/bulkImports", body)
    text = "A bulk import of this tenant is still processing"
    assert (busy.status, said(busy)) == (400, text)
    depot.wait(3)
    assert depot.v2("POST", "/async/bulkImports", body).status == 202
    small = Depot(bulk_limit_bytes=50)
    assert small.v2("POST", "/async/bulkImports", body).status == 400
    for wrong in ({"entityType": "Wave", "entities": [{}]}, {"entityType": "Item", "entities": []}):
        assert small.v2("POST", "/async/bulkImports", wrong).status == 400
    token = depot.token("items/read")
    answer = depot.v2("POST", "/async/bulkImports", body, token=token)
    assert (answer.status, said(answer)) == (403, "Missing scope: items/write")


def test_a_bulk_import_that_failed_whole_says_so(depot: Depot) -> None:
    assert bulk(depot, "Item", {"number": "HAT"})["status"] == "Failed"


def test_a_success_may_turn_out_partly_failed_later() -> None:
    depot = Depot(bulk_flip_probability=1.0)
    assert bulk(depot, "Item", an_item("HAT"), an_item("CAP"))["status"] == "Success"
    depot.wait(60)
    late = depot.v2("GET", "/async/900001")
    assert (late["status"], late["successes"], late["failures"]) == ("Partially Failed", 1, 1)
    assert late["results"][1]["errors"] == [{"errorMessage": "UPC validation failed"}]


# --- every collection -----------------------------------------------------------------


def test_every_collection_refuses_a_page_that_cannot_be(depot: Depot) -> None:
    lists = [
        operation.path.removeprefix("/latest")
        for operation in depot.service.operations
        if operation.name.startswith("v2.") and operation.method == "GET"
        and any(parameter.name == "pageSize" for parameter in operation.query)
        and "{" not in operation.path
    ]  # fmt: skip
    assert len(lists) > 15
    for path in lists:
        for query in ("pageSize=0", "pageSize=101", "pageSize=x", "searchId=none"):
            assert depot.v2("GET", f"{path}?{query}").status == 400, path


def test_what_belongs_to_nobody_is_a_404(depot: Depot) -> None:
    kit = depot.v2("POST", "/kitHeaders", a_kit())["self"]["id"]
    for path in ("/kitHeaders/9/kitDetails", "/locations/9/zones", "/locations/9/storageDetails",
                 f"/kitHeaders/{kit}/kitDetails/1"):  # fmt: skip
        assert depot.v2("GET", path).status == 404
    assert depot.v2("DELETE", f"/kitHeaders/{kit}/kitDetails/1").status == 404


def test_nested_parts_of_a_master_stop_at_ten(depot: Depot) -> None:
    sites = [{"siteName": f"S{at}"} for at in range(12)]
    made = depot.v2("POST", "/tradingPartners", {"code": "TP", "sites": {"data": sites}})
    assert (len(made["sites"]["data"]), made["sites"]["complete"]) == (10, False)
    path = f"/tradingPartners/{made['self']['id']}/sites"
    assert len(depot.v2("GET", path)["data"]) == 12


def test_a_place_keeps_the_names_that_it_was_given(depot: Depot) -> None:
    body = {"businessUnit": UNIT, "facility": by_number("W1"), "locator": "A-1", "name": "Aisle"}
    assert depot.v2("POST", "/locations", body)["name"] == "Aisle"
    place_ = {"businessUnit": UNIT, "number": "W2", "isVirtual": True}
    made = depot.v2("POST", "/facilities", place_)
    assert (made["isVirtual"], made["name"]) == (True, "W2")

"""Deposco's answers: what stands inside a 2xx, and forms that only this vendor has."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import respx
from tests.unit.engine.calls_deposco import (
    ADJUST,
    DUPLICATE,
    ORDER,
    THERE,
    V1,
    WASTE,
    movement,
    outcome,
)
from tests.unit.engine.stage import EPOCH_S, over_respx
from tests.unit.engine.vendor import HOSTS, adapter

from peakproof_engine.clock import iso
from peakproof_engine.errors import Refused, UnknownOutcome
from peakproof_engine.mapping import fitted
from peakproof_engine.model import Contact, OrderLine
from peakproof_engine.systems import deposco_bodies as bodies
from peakproof_engine.systems.ports import MasterLevel, WarehouseOrder


def answered(act: Any, answer: Any, *, off: tuple[str, ...] = (), status: int = 207) -> Any:
    """What comes of an operation that Deposco answers so, and how often it was asked."""

    async def story(router: respx.MockRouter) -> Any:
        body = {"content": answer} if isinstance(answer, bytes) else {"json": answer}
        route = router.post(host=HOSTS["deposco"]).respond(status, **body)
        try:
            return await act(adapter("deposco", off))
        except (Refused, UnknownOutcome) as error:
            return error
        finally:
            assert route.call_count == 1

    return over_respx(story)


WRITES = {
    "create": lambda to: to.create(ORDER),
    "book": lambda to: to.book(movement("sale"), "FAC2"),
    "cancel": lambda to: to.cancel(THERE),
}
MISSING = "missingItems: [TEE]"


@pytest.mark.parametrize("act", WRITES.values(), ids=WRITES)
@pytest.mark.parametrize(
    ("told", "expected", "status", "code"),
    [
        (outcome("400 Bad Request", "Facility [X] does not exist"), Refused, 400, ""),
        (outcome("400 Bad Request", MISSING), Refused, 400, "unknown_item"),
        (outcome("200 OK", MISSING), Refused, 200, "unknown_item"),
        (outcome("201 Created", "missingPacks: [TEE/Case]"), Refused, 200, "unknown_item"),
        (outcome("404 Not Found", "no such order"), Refused, 404, ""),
        (outcome("500 Internal Server Error", "?"), UnknownOutcome, 0, ""),
        (outcome("300 Multiple Choices"), UnknownOutcome, 0, ""),
        (outcome("302 Found"), UnknownOutcome, 0, ""),
        ({"response": {"status": "201"}}, UnknownOutcome, 0, ""),
        ({"response": {"status": "HTTP/1.1 ok"}}, UnknownOutcome, 0, ""),
        ({"response": {"status": ""}}, UnknownOutcome, 0, ""),
        ({"response": {"href": "/orders/1"}}, UnknownOutcome, 0, ""),
        ({"response": []}, UnknownOutcome, 0, ""),
        ({"response": [outcome("201 Created")["response"]] * 2}, UnknownOutcome, 0, ""),
        ({}, UnknownOutcome, 0, ""),
        ([], UnknownOutcome, 0, ""),
        (b"<multistatus><response/></multistatus>", UnknownOutcome, 0, ""),
    ],
)
def test_what_stands_inside_a_2xx_decides(
    act: Any, told: Any, expected: type[Exception], status: int, code: str
) -> None:
    error = answered(act, told)
    assert type(error) is expected
    if isinstance(error, Refused):
        assert (error.status // 100, error.code) == (status // 100, code)


@pytest.mark.parametrize("status", [200, 201, 207])
@pytest.mark.parametrize("listed", [True, False])
def test_a_success_inside_is_a_success_in_either_form(status: int, listed: bool) -> None:
    told = outcome("201 Created")
    if listed:
        told = {"response": [told["response"]]}
    assert answered(WRITES["create"], told, status=status) == ""


@pytest.mark.parametrize("line", ["201", "200 OK", "202 Accepted, in time"])
def test_a_status_line_needs_no_words(line: str) -> None:
    assert answered(WRITES["create"], outcome(line)) == ""


def test_an_order_that_is_there_is_told_from_one_that_is_locked() -> None:
    there = answered(WRITES["create"], outcome("409 Conflict", DUPLICATE))
    assert (type(there), there.status, there.code) == (Refused, 409, "duplicate")
    locked = answered(WRITES["create"], outcome("409 Conflict", "in the status of [Released]"))
    assert (type(locked), locked.status, locked.code) == (Refused, 409, "locked")


def test_a_description_that_is_nil_says_nothing() -> None:
    told = {"response": {"status": "HTTP/1.1 201 Created", "description": {"@nil": "true"}}}
    assert answered(WRITES["create"], told) == ""


def test_a_refusal_that_is_no_lock_is_no_answer_to_a_cancel() -> None:
    error = answered(WRITES["cancel"], outcome("400 Bad Request", "[Canceled] is no status"))
    assert type(error) is Refused


@pytest.mark.parametrize("told", [outcome("400 Bad Request", "no"), b"", b"<html>"])
def test_without_its_guard_the_outside_is_believed(told: Any) -> None:
    assert answered(WRITES["create"], told, off=("inner_outcome",)) == ""
    assert answered(WRITES["book"], told, off=("inner_outcome",)) is True


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Item with business key number = [TEE] and businessUnit.code = [BU1] does not exist",
         "unknown_item"),
        ("Facility [FAC2] does not exist", ""),
    ],
)  # fmt: skip
def test_a_404_of_an_adjustment_may_mean_the_item(text: str, code: str) -> None:
    """V2 says 404 both for an item and for a route that is not there."""

    async def story(router: respx.MockRouter) -> None:
        tokens(router)
        router.post(host=HOSTS["deposco"], path=ADJUST.path).respond(
            404, json={"errors": [{"errorMessage": text}]}
        )
        with pytest.raises(Refused) as told:
            await adapter("deposco").adjust(WASTE, "FAC2", -3)
        assert (told.value.status, told.value.code) == (404, code)

    over_respx(story)


def tokens(router: respx.MockRouter) -> respx.Route:
    return router.post("https://wms.test/oauth2/token").respond(
        200, json={"access_token": "fresh", "token_type": "Bearer", "expires_in": 3600}
    )


@pytest.mark.parametrize(
    ("given", "form"),
    [
        ({}, b"grant_type=client_credentials"),
        ({"company": "ACME", "env": "ua"}, b"grant_type=client_credentials&company=ACME&env=ua"),
        ({"env": "ua"}, b"grant_type=client_credentials&env=ua"),
    ],
)
def test_a_token_is_asked_for_with_company_and_environment_where_they_are_given(
    given: dict[str, str], form: bytes
) -> None:
    async def story(router: respx.MockRouter) -> None:
        route = tokens(router)
        router.post(host=HOSTS["deposco"], path=ADJUST.path).respond(201, json={"quantity": 1})
        changes: dict[str, Any] = {
            f"systems__deposco__{name}": value for name, value in given.items()
        }
        made = adapter("deposco", **changes)
        await made.adjust(WASTE, "FAC2", 1)
        await made.adjust(WASTE, "FAC2", 1)
        assert route.call_count == 1
        request = route.calls.last.request
        assert request.content == form
        assert request.headers["authorization"] == "Basic Y2k6Y3M="

    over_respx(story)


@pytest.mark.parametrize("answer", [{"access_token": "t"}, {"expires_in": 9}, b"", b"<html>"])
def test_only_a_token_is_a_token(answer: Any) -> None:
    async def story(router: respx.MockRouter) -> None:
        body = {"content": answer} if isinstance(answer, bytes) else {"json": answer}
        router.post("https://wms.test/oauth2/token").respond(200, **body)
        route = router.post(host=HOSTS["deposco"], path=ADJUST.path).respond(201, json={})
        if isinstance(answer, dict) and "access_token" in answer:
            await adapter("deposco").adjust(WASTE, "FAC2", 1)
            assert route.calls.last.request.headers["authorization"] == "Bearer t"
        else:
            with pytest.raises(UnknownOutcome):
                await adapter("deposco").adjust(WASTE, "FAC2", 1)
            assert route.call_count == 0

    over_respx(story)


def test_a_token_that_is_refused_is_the_systems_word() -> None:
    async def story(router: respx.MockRouter) -> None:
        router.post("https://wms.test/oauth2/token").respond(
            400, json={"errors": [{"errorMessage": "Invalid business unit id"}]}
        )
        with pytest.raises(Refused, match="Invalid business unit id") as told:
            await adapter("deposco").adjust(WASTE, "FAC2", 1)
        assert told.value.status == 400

    over_respx(story)


# --- forms of its own -----------------------------------------------------------------------


def asked(act: Any, **changes: Any) -> str:
    """Path and query of the one call that an operation makes; the answer is empty."""

    async def story(router: respx.MockRouter) -> str:
        route = router.get(host=HOSTS["deposco"]).respond(200, json={})
        await act(adapter("deposco", **changes))
        request: httpx.Request = route.calls.last.request
        return request.url.raw_path.decode()

    return over_respx(story)


def test_spaces_stand_in_queries_as_the_gateway_takes_them() -> None:
    path = asked(lambda to: to.find("A 1/2"))
    assert path == f"{V1}/search/Order?type=Sales%20Order&number=A%201%2F2"


def test_dates_of_v1_are_in_the_tenants_zone_and_say_no_zone() -> None:
    path = asked(lambda to: to.levels_since(EPOCH_S), systems__deposco__utc_offset_s=-5 * 3600.0)
    assert path.endswith("/inventory/full?startActivityTime=2023-11-14T17%3A13%3A20&pageNo=1")


def test_a_ship_date_without_a_zone_is_read_in_the_tenants() -> None:
    async def story(router: respx.MockRouter) -> list[float]:
        dates = ("2023-11-14T17:13:20", "2023-11-14T22:13:20Z", "2023-11-14T23:13:20+01:00",
                 "2023-11-14T19:13:20-03:00", {"@nil": "true"})  # fmt: skip
        shipments = [
            {"shipmentNumber": f"P{at}", "shipmentStatus": "Shipped", "actualShipDate": date}
            for at, date in enumerate(dates)
        ]
        router.get(host=HOSTS["deposco"]).respond(200, json={"shipment": shipments})
        made = adapter("deposco", systems__deposco__utc_offset_s=-5 * 3600.0)
        return [each.shipped_s for each in await made.shipped_since(EPOCH_S)]

    assert over_respx(story) == [EPOCH_S] * 5


def test_a_list_goes_on_while_a_page_is_long_or_says_so() -> None:
    async def story(router: respx.MockRouter) -> int:
        item = {"itemNumber": "TEE", "facilityInventory": {
            "facility": "FAC1", "inventory": {"total": 1, "availableToPromise": 1}}}  # fmt: skip
        pages = [(200, 100), (206, 1), (200, 99)]
        route = router.get(host=HOSTS["deposco"]).mock(side_effect=[
            httpx.Response(status, json={"itemInventory": [item] * rows}) for status, rows in pages
        ])  # fmt: skip
        levels = await adapter("deposco").levels_since(EPOCH_S)
        assert levels == [MasterLevel("TEE", "FAC1", 1, 1)] * 200
        return route.call_count

    assert over_respx(story) == 3


def test_a_206_without_rows_is_the_end() -> None:
    async def story(router: respx.MockRouter) -> int:
        route = router.get(host=HOSTS["deposco"]).respond(206, json={"itemInventory": []})
        assert await adapter("deposco").levels_since(EPOCH_S) == []
        return route.call_count

    assert over_respx(story) == 1


@pytest.mark.parametrize(
    ("status", "cancelled", "open_to_cancel", "finished", "back_ordered"),
    [
        ("Draft", False, True, False, False), ("New", False, True, False, False),
        ("Hold", False, True, False, False), ("Ready", False, True, False, False),
        ("Planned", False, True, False, False), ("Back Ordered", False, True, False, True),
        ("Released", False, False, False, False), ("Picking", False, False, False, False),
        ("Packed", False, False, False, False), ("Complete", False, False, True, False),
        ("Ship Complete", False, False, True, False), ("Closed", False, False, True, False),
        ("Canceled", True, False, True, False), ("Voided", True, False, False, False),
    ],
)  # fmt: skip
def test_a_status_says_whether_it_can_be_cancelled_and_is_over(
    status: str, cancelled: bool, open_to_cancel: bool, finished: bool, back_ordered: bool
) -> None:
    async def story(router: respx.MockRouter) -> None:
        router.get(host=HOSTS["deposco"]).respond(
            200, json={"order": {"number": "1001", "status": status}}
        )
        found = await adapter("deposco").find("1001")
        told = await adapter("deposco").status("1001")
        assert (found.cancelled, found.open_to_cancel) == (cancelled, open_to_cancel)
        assert (told.cancelled, told.finished) == (cancelled, finished)
        assert told.back_ordered is back_ordered

    over_respx(story)


# --- what is sent ---------------------------------------------------------------------------

V2_LONGEST = {
    "name": 60, "addressLine1": 64, "addressLine2": 64, "city": 30, "stateProvinceCode": 100,
    "postalCode": 20, "countryCode": 100, "phone": 30, "email": 50,
}  # fmt: skip
"""The vendor's longest values; name is first and last name of thirty each."""


def test_no_field_of_an_order_is_longer_than_the_warehouse_takes() -> None:
    long = Contact(**dict.fromkeys(Contact.__struct_fields__, "ü" * 300))
    sent = bodies.order(
        WarehouseOrder("9" * 50, "8" * 80, "FAC1", EPOCH_S, "JPY", 120, fitted(long),
                       [OrderLine("li-1", "TEE", 2, "W1", 60)]), "BU1",
    )  # fmt: skip
    assert {name: len(sent["shipToAddress"][name]) for name in V2_LONGEST} == {
        **V2_LONGEST, "email": 0,
    }  # fmt: skip
    assert len(sent["otherReferenceNumber"]) == len(sent["customerOrderNumber"]) == 50
    assert (sent["orderTotal"], sent["orderLines"]["orderLine"][0]["unitPrice"]) == ("120", "60")


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("count", "RECOUNT"), ("intake", "RECEIVED"), ("waste", "DAMAGED"), ("late", "RECOUNT")],
)
def test_an_adjustment_says_why_and_by_what_it_is_known(kind: str, reason: str) -> None:
    sent = bodies.adjustment(movement(kind, "r" * 80), "FAC2", 4, "BU1")
    assert (sent["reasonCode"], sent["quantity"]) == (reason, 4)
    assert sent["importReference1"] == "r" * 50
    assert len(reason) <= 20


def test_a_long_reference_is_found_again_by_what_was_sent() -> None:
    async def story(router: respx.MockRouter) -> bool:
        tokens(router)
        router.get(host=HOSTS["deposco"], path=ADJUST.path).respond(
            200, json={"data": [{"quantity": 1, "importReference1": "r" * 50}], "links": []}
        )
        long = movement("waste", "r" * 80)
        return bool(await adapter("deposco").adjusted(long, "FAC2"))

    assert over_respx(story)


def test_a_sale_without_a_currency_is_in_the_warehouses() -> None:
    mute = movement("sale")
    mute.currency = ""
    sent = bodies.activity(mute, "FAC2", "BU1")
    assert sent["retailActivity"][0]["retailTransaction"]["currencyCode"] == "GBP"


def test_dates_are_written_to_the_second_in_utc() -> None:
    assert bodies.utc(EPOCH_S + 0.999) == "2023-11-14T22:13:20Z"
    assert iso(EPOCH_S + 0.999) == "2023-11-14T22:13:20.999Z"

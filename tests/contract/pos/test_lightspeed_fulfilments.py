"""Ship from store: an outlet picks, packs and hands over what a sale asks of it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.pos.counter import Counter

from peakproof.history.records import Refused
from peakproof.history.records import Sale as SaleFact


@pytest.fixture
def counter() -> Counter:
    """The second face, with its default settings."""
    return Counter()


def _sold(counter: Counter, units: int = 3, *, state: str = "closed") -> dict[str, Any]:
    line = counter.line(units=units, _metadata={"fulfillment_method": "DISPATCH"})
    return counter.make_sale(state, line_items=[line], fulfillment_outlet_id=counter.outlet("S2"))


def _only(counter: Counter, query: str = "") -> dict[str, Any]:
    (one,) = counter.data("GET", f"/fulfillments{query}")
    assert isinstance(one, dict)
    return one


def _step(counter: Counter, step: str, version: int, quantity: object, **more: object) -> Any:
    one = _only(counter)
    line = {
        "sale_line_item_id": one["line_items"][0]["sale_line_item_id"], "quantity": quantity,
        **more,
    }  # fmt: skip
    body = {"version": version, "line_items": [line]}
    return counter.send("POST", f"/fulfillments/{one['id']}/{step}", body)


def test_goods_leave_from_the_outlet_that_fulfils_when_the_sale_is_closed(counter: Counter) -> None:
    sale = _sold(counter, state="pending")
    assert counter.stock("TEE-RED-M", "S2") == 3
    counter.put_sale(sale, "closed")
    assert (counter.stock("TEE-RED-M", "S1"), counter.stock("TEE-RED-M", "S2")) == (10, 0)
    (fact,) = counter.told(SaleFact)
    assert (fact.place, fact.lines[0].place) == ("S1", "S2")
    one = _only(counter)
    assert (one["outlet_id"], one["sale_id"]) == (counter.outlet("S2"), sale["id"])
    assert (one["type"], one["state"], one["version"]) == ("DISPATCH", "OPEN", 1)


def test_a_fulfilment_is_picked_packed_and_handed_over_step_by_step(counter: Counter) -> None:
    _sold(counter)
    states = []
    for version, (step, quantity) in enumerate(
        [("pick", 1), ("pick", "2"), ("pack", 2), ("pack", 1), ("fulfill", 3)], start=1
    ):
        moved = _step(counter, step, version, quantity)
        assert moved.body["data"]["version"] == version + 1
        states.append(_only(counter)["state"])
    assert states == ["STARTED", "PICKED", "PICKED", "PACKED", "FULFILLED"]
    line = _only(counter)["line_items"][0]
    assert [line[f"{name}_quantity"] for name in ("picked", "packed", "fulfilled")] == [
        "0", "0", "3",
    ]  # fmt: skip
    assert counter.stock("TEE-RED-M", "S2") == 0
    history = counter.data("GET", f"/fulfillments/{_only(counter)['id']}/history")
    assert [each["event_type"] for each in history] == [
        "CREATED", "PICKED", "PICKED", "PACKED", "PACKED", "FULFILLED",
    ]  # fmt: skip
    assert history[3]["picked_quantity_delta"] == "-2"
    assert history[3]["packed_quantity_delta"] == "2"


def test_a_stale_version_is_a_conflict_and_one_of_two_has_an_effect(counter: Counter) -> None:
    """P8: two clients pick at version 1; the second has to read again."""
    _sold(counter)
    assert _step(counter, "pick", 1, 2).status == 200
    assert _step(counter, "pick", 1, 2).error == (
        409, "Conflict", "The fulfillment is at version 2",
    )  # fmt: skip
    one = _only(counter)
    assert (one["version"], one["line_items"][0]["picked_quantity"]) == (2, "2")
    for step in ("pack", "fulfill"):
        assert _step(counter, step, 1, 1).error[0] == 409
    assert len({fact.key for fact in counter.told(Refused)}) == 1


def test_units_can_be_unpacked_and_taken_from_where_they_are_said_to_be(counter: Counter) -> None:
    _sold(counter)
    _step(counter, "pick", 1, 2)
    parts = {"quantity_from_picked": 1, "quantity_from_not_started": 1}
    assert _step(counter, "pack", 2, 2, source_breakdown=parts).status == 200
    line = _only(counter)["line_items"][0]
    assert (line["picked_quantity"], line["packed_quantity"]) == ("1", "2")
    assert _step(counter, "pack", 3, -1).status == 200
    line = _only(counter)["line_items"][0]
    assert (line["picked_quantity"], line["packed_quantity"]) == ("2", "1")
    assert _step(counter, "pack", 4, -1, source_breakdown=parts).error[0] == 400
    assert _step(counter, "pack", 4, 1, source_breakdown=parts).error[0] == 400
    three = {**parts, "quantity_from_packed": 1, "quantity_from_not_started": 0}
    assert _step(counter, "fulfill", 4, 2, source_breakdown=three).status == 200
    assert _only(counter)["line_items"][0]["fulfilled_quantity"] == "2"


@pytest.mark.parametrize(
    ("step", "quantity"),
    [("pick", 4), ("pick", 0), ("pick", -1), ("pack", 4), ("pack", -1), ("fulfill", 4),
     ("fulfill", -1)],
)  # fmt: skip
def test_more_than_there_is_cannot_be_moved(counter: Counter, step: str, quantity: int) -> None:
    _sold(counter)
    assert _step(counter, step, 1, quantity).error[0] == 400
    assert _only(counter)["version"] == 1


def test_all_of_a_sale_is_handed_over_at_once_and_again_for_nothing(counter: Counter) -> None:
    sale = _sold(counter)
    _step(counter, "pick", 1, 1)
    body = {"sale_id": sale["id"]}
    first = counter.data("POST", "/fulfillments/fulfill", body)
    assert [each["version"] for each in first] == [3]
    assert counter.data("POST", "/fulfillments/fulfill", body) == first
    assert _only(counter)["state"] == "FULFILLED"
    assert counter.send("POST", "/fulfillments/fulfill", {"sale_id": counter.user()}).status == 404
    assert counter.stock("TEE-RED-M", "S2") == 0


def test_a_voided_sale_is_not_handed_over_any_more(counter: Counter) -> None:
    sale = _sold(counter)
    one = _only(counter)
    assert counter.put_sale(sale, "voided").status == 200
    assert counter.stock("TEE-RED-M", "S2") == 3
    assert counter.data("GET", "/fulfillments") == []
    line = {"sale_line_item_id": one["line_items"][0]["sale_line_item_id"], "quantity": 1}
    body = {"version": 2, "line_items": [line]}
    assert counter.send("POST", f"/fulfillments/{one['id']}/pick", body).error[0] == 409
    assert counter.send("POST", "/fulfillments/fulfill", {"sale_id": sale["id"]}).status == 409
    history = counter.data("GET", f"/fulfillments/{one['id']}/history")
    assert [each["event_type"] for each in history] == ["CREATED", "VOIDED"]
    assert [fact.what for fact in counter.told(SaleFact)] == ["sale", "void"]


def test_fulfilments_are_found_by_outlet_sale_type_and_state(counter: Counter) -> None:
    sale = _sold(counter)
    pickup = counter.line("TEE-BLUE-M", _metadata={"fulfillment_method": "PICKUP"})
    other = counter.make_sale(line_items=[pickup])
    assert len(counter.data("GET", "/fulfillments")) == 2
    for query, found in (
        (f"outlet_id={counter.outlet('S2')}", [sale]),
        (f"sale_id={other['id']}", [other]),
        (f"sale_id={other['id']}&sale_id={sale['id']}", [other, sale]),
        ("fulfillment_type=PICKUP", [other]),
        ("fulfillment_state=OPEN&fulfillment_state=PICKED", [sale, other]),
        ("fulfillment_state=FULFILLED", []),
        ("page_size=1&page_number=2", [other]),
    ):
        listed = counter.data("GET", f"/fulfillments?{query}")
        assert [each["sale_id"] for each in listed] == [each["id"] for each in found], query
    for query in ("fulfillment_state=LOST", "page_size=101", "page_number=0"):
        assert counter.send("GET", f"/fulfillments?{query}").error[0] == 400


def test_a_history_is_read_page_by_page(counter: Counter) -> None:
    _sold(counter)
    _step(counter, "pick", 1, 1)
    path = f"/fulfillments/{_only(counter)['id']}/history"
    first = counter.ok("GET", f"{path}?limit=1")
    assert (len(first["data"]), first["next_cursor"]) == (1, "1")
    rest = counter.ok("GET", f"{path}?limit=5&cursor={first['next_cursor']}")
    assert (rest["data"][0]["event_type"], rest["next_cursor"]) == ("PICKED", "")
    assert counter.send("GET", f"{path}?cursor=abc").error[0] == 400
    assert counter.send("GET", "/fulfillments/17/history").error[0] == 404
    line = {"sale_line_item_id": counter.user(), "quantity": 1}
    for step in ("pick", "pack", "fulfill"):
        body = {"version": 1, "line_items": [line]}
        assert counter.send("POST", f"/fulfillments/17/{step}", body).error[0] == 404

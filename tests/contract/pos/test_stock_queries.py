"""Polling for stock: figures and events, paged, filtered, late, at old and new addresses."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.pos.shop import Shop

COUNTS = "/v2/inventory/counts/batch-retrieve"
CHANGES = "/v2/inventory/changes/batch-retrieve"


def cells(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [(count["location_id"], count["quantity"]) for count in body.get("counts", [])]


def test_what_changed_last_comes_first_and_pages_hold_each_cell_once(shop: Shop) -> None:
    shop.at(10.0)
    shop.ring("TEE-BLUE-M")
    first = shop.ok("POST", COUNTS, {"limit": 3})
    assert cells(first) == [("S1", "4"), ("W1", "100"), ("S2", "3")]
    shop.ring("TEE-RED-M", store="S2")
    second = shop.ok("POST", COUNTS, {"limit": 3, "cursor": first["cursor"]})
    assert cells(second) == [("S1", "10")]
    assert "cursor" not in second


def test_the_poll_for_changes_finds_what_no_webhook_told(shop: Shop) -> None:
    """P2: the webhook is lost, ``updated_after`` finds the sale."""
    shop.at(10.0)
    since = shop.iso()
    assert shop.ok("POST", COUNTS, {"updated_after": since}) == {}
    shop.at(20.0)
    shop.ring("TEE-RED-M", store="S2")
    assert shop.notices == []
    assert cells(shop.ok("POST", COUNTS, {"updated_after": since})) == [("S2", "2")]
    assert shop.keys == ["stock:TEE-RED-M@S2"]


def test_a_late_sale_is_found_by_when_it_came_in(shop: Shop) -> None:
    shop.at(10.0)
    shop.control("go_offline", store="S1")
    shop.ring("TEE-RED-M")
    shop.at(300.0)
    shop.control("upload", store="S1")
    assert cells(shop.ok("POST", COUNTS, {"updated_after": shop.iso(200.0)})) == [("S1", "9")]


def test_a_late_poll_knows_only_what_had_changed_by_then(shop: Shop) -> None:
    shop.at(10.0)
    shop.ring("TEE-RED-M")
    shop.at(12.0)
    shop.ring("TEE-RED-M")
    shop.at(13.0)
    since = {"updated_after": shop.iso(10.0)}
    assert cells(shop.ok("POST", COUNTS, since)) == [("S1", "8")]
    assert shop.ok("POST", COUNTS, since, stale_s=2.5) == {}


def test_the_moment_itself_is_not_after(shop: Shop) -> None:
    shop.at(10.0)
    shop.ring("TEE-RED-M")
    assert shop.ok("POST", COUNTS, {"updated_after": shop.iso()}) == {}


def test_figures_are_filtered_by_item_place_and_state(shop: Shop) -> None:
    shop.adjust("TEE-RED-M", "S1", "IN_STOCK", "WASTE", "3")
    body: dict[str, Any] = {"catalog_object_ids": [shop.variant("TEE-RED-M")]}
    assert sorted(cells(shop.ok("POST", COUNTS, body))) == [
        ("S1", "3"), ("S1", "7"), ("S2", "3"), ("W1", "100"),
    ]  # fmt: skip
    body["location_ids"] = ["S1"]
    body["states"] = ["WASTE"]
    assert cells(shop.ok("POST", COUNTS, body)) == [("S1", "3")]
    body["states"] = ["SOLD"]
    assert shop.ok("POST", COUNTS, body) == {}


def test_the_figures_of_one_variation_are_read_by_its_id(shop: Shop) -> None:
    id_ = shop.variant("TEE-RED-M")
    assert sorted(cells(shop.ok("GET", f"/v2/inventory/{id_}"))) == [
        ("S1", "10"), ("S2", "3"), ("W1", "100"),
    ]  # fmt: skip
    assert cells(shop.ok("GET", f"/v2/inventory/{id_}?location_ids=S2,W9")) == [("S2", "3")]
    assert shop.send("GET", "/v2/inventory/NOBODY").error[:2] == (404, "NOT_FOUND")


def test_a_late_query_shows_the_figures_of_a_moment_ago(shop: Shop) -> None:
    shop.at(10.0)
    shop.ring("TEE-RED-M")
    shop.at(12.0)
    body = {"catalog_object_ids": [shop.variant("TEE-RED-M")], "location_ids": ["S1"]}
    assert cells(shop.ok("POST", COUNTS, body, stale_s=5.0)) == [("S1", "10")]
    assert cells(shop.ok("POST", COUNTS, body, stale_s=1.0)) == [("S1", "9")]
    assert cells(shop.ok("POST", COUNTS, body)) == [("S1", "9")]
    id_ = shop.variant("TEE-RED-M")
    assert cells(shop.ok("GET", f"/v2/inventory/{id_}?location_ids=S1", stale_s=5.0)) == [
        ("S1", "9")
    ]


def test_events_come_oldest_first_by_the_time_at_which_they_happened(shop: Shop) -> None:
    shop.at(100.0)
    shop.control("go_offline", store="S1")
    shop.ring("TEE-RED-M", 1)
    shop.at(200.0)
    shop.adjust("TEE-RED-M", "S1", "NONE", "IN_STOCK", "2")
    shop.at(300.0)
    shop.control("upload", store="S1")
    body = {"location_ids": ["S1"], "types": ["ADJUSTMENT"]}
    changes = shop.ok("POST", CHANGES, body)["changes"]
    seen = [
        (each["adjustment"]["occurred_at"], each["adjustment"]["created_at"]) for each in changes
    ]
    assert seen == [(shop.iso(100.0), shop.iso(300.0)), (shop.iso(200.0), shop.iso(200.0))]
    newest = shop.ok("POST", CHANGES, {**body, "sort": {"order": "DESC"}})["changes"]
    assert newest == changes[::-1]
    one = shop.ok("GET", f"/v2/inventory/{shop.variant('TEE-RED-M')}/changes?location_ids=S1")
    assert one["changes"][:2] == newest


def test_events_are_paged_without_gaps_in_both_directions(shop: Shop) -> None:
    for second in range(7):
        shop.at(10.0 + second)
        shop.ring("TEE-RED-M")
    for order in ("ASC", "DESC"):
        query = {"limit": 3, "sort": {"order": order}, "types": ["ADJUSTMENT"]}
        ids: list[str] = []
        cursor = None
        for _page in range(3):
            body = shop.ok("POST", CHANGES, {**query, **({"cursor": cursor} if cursor else {})})
            ids += [each["adjustment"]["id"] for each in body["changes"]]
            cursor = body.get("cursor")
        assert cursor is None
        assert len(set(ids)) == len(ids) == 7


def test_events_are_filtered_by_when_they_came_in(shop: Shop) -> None:
    shop.at(10.0)
    shop.ring("TEE-RED-M")
    shop.at(20.0)
    shop.ring("TEE-BLUE-M")
    shop.at(30.0)
    found = shop.ok("POST", CHANGES, {"updated_after": shop.iso(10.0)})["changes"]
    assert [each["adjustment"]["catalog_object_id"] for each in found] == [
        shop.variant("TEE-BLUE-M")
    ]
    found = shop.ok("POST", CHANGES, {"updated_before": shop.iso(20.0), "types": ["ADJUSTMENT"]})[
        "changes"
    ]
    assert [each["adjustment"]["catalog_object_id"] for each in found] == [
        shop.variant("TEE-RED-M")
    ]
    late = shop.ok("POST", CHANGES, {"updated_after": shop.iso(5.0)}, stale_s=15.0)["changes"]
    assert len(late) == 1


def test_events_are_filtered_by_kind_state_and_reason(shop: Shop) -> None:
    shop.at(10.0)
    shop.ring("TEE-RED-M")
    shop.take_back("TEE-RED-M", restock=False)
    shop.post_count("TEE-RED-M", "S1", "5")
    body: dict[str, Any] = {"updated_after": shop.iso(1.0)}
    counts = shop.ok("POST", CHANGES, {**body, "types": ["PHYSICAL_COUNT"]})["changes"]
    assert [each["physical_count"]["quantity"] for each in counts] == ["5"]
    waste = shop.ok("POST", CHANGES, {**body, "states": ["WASTE"], "types": ["ADJUSTMENT"]})
    assert [each["adjustment"]["to_state"] for each in waste["changes"]] == ["WASTE"]
    sold = shop.ok("POST", CHANGES, {**body, "reason_ids": [{"type": "SALE"}]})["changes"]
    assert [each["adjustment"]["to_state"] for each in sold] == ["SOLD"]
    both = shop.send("POST", CHANGES, {"states": ["WASTE"], "reason_ids": [{"type": "SALE"}]})
    assert both.error[:2] == (400, "CONFLICTING_PARAMETERS")


def test_a_connector_knows_its_own_echo_by_the_source_of_a_change(shop: Shop) -> None:
    """P5: what the connector wrote carries its application, what a till did carries the till's."""
    shop.at(10.0)
    shop.ring("TEE-RED-M")
    shop.adjust("TEE-RED-M", "S1", "NONE", "IN_STOCK", "1")
    shop.post_count("TEE-RED-M", "S1", "40")
    own = shop.service.credentials["client_id"]
    changes = shop.ok("POST", CHANGES, {"updated_after": shop.iso(1.0)})["changes"]
    sources = [(each.get("adjustment") or each["physical_count"])["source"] for each in changes]
    assert [source["application_id"] == own for source in sources] == [False, True, True]
    assert [source["product"] for source in sources] == [
        "SQUARE_POS", "EXTERNAL_API", "EXTERNAL_API",
    ]  # fmt: skip
    assert sources[1]["name"] == "Connector"


def test_the_old_addresses_answer_like_the_new_ones(shop: Shop) -> None:
    shop.at(10.0)
    made = shop.adjust("TEE-RED-M", "S1", "NONE", "IN_STOCK", "1").body["changes"][0]["adjustment"]
    counted = shop.post_count("TEE-RED-M", "S1", "4").body["changes"][0]["physical_count"]
    for old, new in (
        ("/v2/inventory/batch-retrieve-counts", COUNTS),
        ("/v2/inventory/batch-retrieve-changes", CHANGES),
    ):
        assert shop.ok("POST", old, {"limit": 2}) == shop.ok("POST", new, {"limit": 2})
    assert shop.ok("GET", f"/v2/inventory/adjustment/{made['id']}")["adjustment"] == made
    assert shop.ok("GET", f"/v2/inventory/physical-count/{counted['id']}")["count"] == counted
    change = {"type": "PHYSICAL_COUNT", "physical_count": {**counted, "quantity": "8"}}
    body = {"idempotency_key": "k", "changes": [change]}
    first = shop.ok("POST", "/v2/inventory/batch-change", body)
    assert shop.ok("POST", "/v2/inventory/changes/batch-create", body) == first
    assert shop.count("TEE-RED-M", "S1") == "8"


@pytest.mark.parametrize("path", [COUNTS, CHANGES])
def test_a_cursor_goes_on_only_with_its_own_query(shop: Shop, path: str) -> None:
    first = shop.ok("POST", path, {"limit": 1})
    other = {"limit": 1, "location_ids": ["S1"], "cursor": first["cursor"]}
    assert shop.send("POST", path, other).error == (400, "INVALID_CURSOR", "cursor")
    made_up = {"limit": 1, "cursor": "bm9uc2Vuc2U"}
    assert shop.send("POST", path, made_up).error == (400, "INVALID_CURSOR", "cursor")


def test_an_event_is_not_found_under_the_other_kind_of_id(shop: Shop) -> None:
    shop.at(1.0)
    counted = shop.post_count("TEE-RED-M", "S1", "4").body["changes"][0]["physical_count"]
    assert shop.send("GET", f"/v2/inventory/adjustments/{counted['id']}").status == 404
    assert shop.send("GET", "/v2/inventory/physical-counts/nothing").status == 404

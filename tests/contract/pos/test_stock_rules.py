"""The count rule, the moves between states, the times that clients may give."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.pos.shop import Shop

from peakproof.history.records import Counted, Level, Refused

HOUR_S = 3600.0


def test_a_seeded_level_is_a_count_that_others_can_read(shop: Shop) -> None:
    assert shop.count("TEE-RED-M", "S1") == "10"
    assert shop.count("TEE-RED-M", "W1") == "100"
    assert shop.count("SOCKS", "S1") == ""


def test_the_vendors_own_example_of_late_sales_and_counts_comes_out_as_documented() -> None:
    """100 on the shelf; 3 sold elsewhere; offline 2 sold; counted 95; upload; 2 broken: 93."""
    shop = Shop()
    shop.at(60.0)
    assert shop.post_count("TEE-RED-M", "S1", "100").status == 200
    shop.at(600.0)
    shop.adjust("TEE-RED-M", "S1", "IN_STOCK", "SOLD", "3")
    assert shop.count("TEE-RED-M", "S1") == "97"
    shop.at(1200.0)
    shop.control("go_offline", store="S1")
    shop.ring("TEE-RED-M", 2)
    assert shop.count("TEE-RED-M", "S1") == "97"
    shop.at(1800.0)
    shop.post_count("TEE-RED-M", "S1", "95")
    shop.at(2100.0)
    shop.control("upload", store="S1")
    assert shop.count("TEE-RED-M", "S1") == "95"
    shop.at(2400.0)
    shop.adjust("TEE-RED-M", "S1", "IN_STOCK", "WASTE", "2")
    assert shop.count("TEE-RED-M", "S1") == "93"
    assert shop.count("TEE-RED-M", "S1", "WASTE") == "2"


def test_a_count_that_arrives_late_keeps_the_sales_made_after_it_was_taken(shop: Shop) -> None:
    """P4: counted at 10:00, sold at 10:02, the count arrives at 10:05."""
    shop.at(4 * HOUR_S + 120)
    shop.ring("TEE-RED-M", 1)
    shop.at(4 * HOUR_S + 300)
    assert shop.post_count("TEE-RED-M", "S1", "20", 4 * HOUR_S).status == 200
    assert shop.count("TEE-RED-M", "S1") == "19"


def test_an_absolute_write_of_a_stale_figure_swallows_a_sale(shop: Shop) -> None:
    """P7: read 10, a unit is sold, 10 is written back with the time of writing: nothing objects."""
    read = shop.count("TEE-RED-M", "S1")
    shop.at(30.0)
    shop.ring("TEE-RED-M")
    shop.at(31.0)
    assert shop.post_count("TEE-RED-M", "S1", read).status == 200
    assert shop.count("TEE-RED-M", "S1") == "10"
    shop.ring("TEE-RED-M")
    shop.at(32.0)
    shop.post_count("TEE-RED-M", "S1", "10", 30.5)
    assert shop.count("TEE-RED-M", "S1") == "9"


def test_an_older_count_changes_nothing(shop: Shop) -> None:
    shop.at(200.0)
    shop.post_count("TEE-RED-M", "S1", "50", 190.0)
    shop.facts.clear()
    assert shop.post_count("TEE-RED-M", "S1", "1", 100.0).status == 200
    assert shop.count("TEE-RED-M", "S1") == "50"
    assert shop.told(Level) == []


def test_an_adjustment_from_before_the_count_changes_nothing(shop: Shop) -> None:
    shop.at(200.0)
    shop.post_count("TEE-RED-M", "S1", "50", 190.0)
    shop.adjust("TEE-RED-M", "S1", "NONE", "IN_STOCK", "7", occurred_at=shop.iso(180.0))
    assert shop.count("TEE-RED-M", "S1") == "50"
    shop.adjust("TEE-RED-M", "S1", "NONE", "IN_STOCK", "7", occurred_at=shop.iso(195.0))
    assert shop.count("TEE-RED-M", "S1") == "57"


def test_a_count_between_two_movements_that_came_in_the_wrong_order_keeps_the_later(
    shop: Shop,
) -> None:
    shop.at(200.0)
    shop.adjust("SOCKS", "S1", "NONE", "IN_STOCK", "1", occurred_at=shop.iso(100.0))
    shop.adjust("SOCKS", "S1", "NONE", "IN_STOCK", "2", occurred_at=shop.iso(50.0))
    assert shop.count("SOCKS", "S1") == "3"
    shop.post_count("SOCKS", "S1", "10", 75.0)
    assert shop.count("SOCKS", "S1") == "11"


def test_the_first_count_is_never_unchanged(shop: Shop) -> None:
    shop.adjust("SOCKS", "S1", "NONE", "IN_STOCK", "4")
    shop.at(5.0)
    assert len(shop.post_count("SOCKS", "S1", "4").body["changes"]) == 1


def test_never_counted_starts_at_nothing(shop: Shop) -> None:
    shop.adjust("SOCKS", "S1", "NONE", "IN_STOCK", "4")
    assert shop.count("SOCKS", "S1") == "4"


@pytest.mark.parametrize(
    ("src", "dst", "on_hand", "waste"),
    [
        ("NONE", "IN_STOCK", "12", ""),
        ("IN_STOCK", "SOLD", "8", ""),
        ("IN_STOCK", "WASTE", "8", "2"),
        ("UNLINKED_RETURN", "IN_STOCK", "12", ""),
        ("UNLINKED_RETURN", "WASTE", "10", "2"),
    ],
)
def test_each_allowed_move_has_its_sign(
    shop: Shop, src: str, dst: str, on_hand: str, waste: str
) -> None:
    answer = shop.adjust("TEE-RED-M", "S1", src, dst, "2")
    assert answer.status == 200
    assert shop.count("TEE-RED-M", "S1") == on_hand
    assert shop.count("TEE-RED-M", "S1", "WASTE") == waste
    made = answer.body["changes"][0]["adjustment"]
    read = shop.ok("GET", f"/v2/inventory/adjustments/{made['id']}")["adjustment"]
    assert read == made
    assert (read["from_state"], read["to_state"], read["quantity"]) == (src, dst, "2")


@pytest.mark.parametrize(
    ("src", "dst"),
    [
        ("IN_STOCK", "NONE"),
        ("SOLD", "IN_STOCK"),
        ("WASTE", "IN_STOCK"),
        ("NONE", "SOLD"),
        ("IN_STOCK", "IN_STOCK"),
        ("IN_STOCK", "RESERVED_FOR_SALE"),
        ("IN_TRANSIT", "IN_STOCK"),
    ],
)
def test_a_move_outside_the_table_is_refused_and_moves_nothing(
    shop: Shop, src: str, dst: str
) -> None:
    answer = shop.adjust("TEE-RED-M", "S1", src, dst)
    assert answer.error == (400, "INVALID_VALUE", "changes[0].adjustment.to_state")
    assert shop.count("TEE-RED-M", "S1") == "10"
    assert [fact.key for fact in shop.told(Refused)] == ["TEE-RED-M"]


def test_the_lenient_profile_lets_stock_leave_to_none_but_touches_no_read_only_state() -> None:
    shop = Shop({"transitions": "lenient"})
    assert shop.adjust("TEE-RED-M", "S1", "IN_STOCK", "NONE", "4").status == 200
    assert shop.count("TEE-RED-M", "S1") == "6"
    assert shop.adjust("TEE-RED-M", "S1", "SOLD", "IN_STOCK", "4").status == 200
    assert shop.count("TEE-RED-M", "S1") == "10"
    assert shop.adjust("TEE-RED-M", "S1", "IN_TRANSIT", "IN_STOCK").status == 400


def test_both_spellings_of_the_location_are_taken_and_two_places_are_not(shop: Shop) -> None:
    new: dict[str, Any] = {"location_id": None, "from_location_id": "S1", "to_location_id": "S1"}
    assert shop.adjust("TEE-RED-M", "S1", "NONE", "IN_STOCK", **new).status == 200
    assert shop.count("TEE-RED-M", "S1") == "11"
    apart = {**new, "to_location_id": "S2"}
    answer = shop.adjust("TEE-RED-M", "S1", "NONE", "IN_STOCK", **apart)
    assert answer.error[:2] == (400, "CONFLICTING_PARAMETERS")


@pytest.mark.parametrize(
    ("at_s", "now_s", "fits"),
    [
        (0.0, 24 * HOUR_S, True),
        (0.0, 24 * HOUR_S + 1, False),
        (61.0, 60.0, False),
        (60.0, 60.0, True),
    ],
)
def test_a_clients_time_is_at_most_a_day_old_and_never_ahead(
    shop: Shop, at_s: float, now_s: float, fits: bool
) -> None:
    shop.at(now_s)
    answer = shop.post_count("TEE-RED-M", "S1", "3", at_s)
    if fits:
        assert answer.status == 200
    else:
        assert answer.error == (400, "INVALID_TIME", "changes[0].physical_count.occurred_at")
    assert shop.count("TEE-RED-M", "S1") == ("3" if fits else "10")


def test_the_window_of_a_clients_time_is_a_setting() -> None:
    shop = Shop({"occurred_at_max_age_s": 10.0, "occurred_at_max_ahead_s": 5.0})
    shop.at(100.0)
    assert shop.post_count("TEE-RED-M", "S1", "3", 89.0).status == 400
    assert shop.post_count("TEE-RED-M", "S1", "3", 104.0).status == 200


def test_without_a_time_a_change_is_refused_unless_the_profile_says_now(shop: Shop) -> None:
    answer = shop.post_count("TEE-RED-M", "S1", "3", occurred_at=None)
    assert answer.error[:2] == (400, "MISSING_REQUIRED_PARAMETER")
    easy = Shop({"occurred_at_required": False})
    assert easy.post_count("TEE-RED-M", "S1", "3", occurred_at=None).status == 200
    assert easy.count("TEE-RED-M", "S1") == "3"


def test_quantities_keep_five_decimals(shop: Shop) -> None:
    shop.post_count("SOCKS", "S1", "2.5")
    shop.adjust("SOCKS", "S1", "IN_STOCK", "SOLD", "0.00001")
    assert shop.count("SOCKS", "S1") == "2.49999"
    assert shop.levels()[-1] == ("SOCKS", "S1", 2, "write")
    answer = shop.adjust("SOCKS", "S1", "IN_STOCK", "SOLD", "0.000001")
    assert answer.error[1] == "VALUE_REGEX_MISMATCH"


@pytest.mark.parametrize("quantity", ["-1", "1e3", "", "one", "1,5", "0"])
def test_what_is_no_quantity_is_refused(shop: Shop, quantity: str) -> None:
    assert shop.adjust("TEE-RED-M", "S1", "NONE", "IN_STOCK", quantity).status == 400
    assert shop.count("TEE-RED-M", "S1") == "10"


def test_a_level_may_fall_below_zero(shop: Shop) -> None:
    shop.ring("TEE-BLUE-M", 7)
    assert shop.count("TEE-BLUE-M", "S1") == "-2"
    assert shop.levels() == [("TEE-BLUE-M", "S1", -2, "sale")]


def test_an_unchanged_count_is_ignored_unless_asked_otherwise(shop: Shop) -> None:
    shop.at(10.0)
    answer = shop.post_count("TEE-RED-M", "S1", "10")
    assert "changes" not in answer.body
    assert answer.body["counts"][0]["quantity"] == "10"
    count = {
        "catalog_object_id": shop.variant("TEE-RED-M"), "location_id": "S1", "state": "IN_STOCK",
        "quantity": "10", "occurred_at": shop.iso(),
    }  # fmt: skip
    body = {
        "idempotency_key": shop.key(), "ignore_unchanged_counts": False,
        "changes": [{"type": "PHYSICAL_COUNT", "physical_count": count}],
    }  # fmt: skip
    made = shop.ok("POST", "/v2/inventory/changes/batch-create", body)["changes"][0]
    id_ = made["physical_count"]["id"]
    read = shop.ok("GET", f"/v2/inventory/physical-counts/{id_}")["count"]
    assert read == made["physical_count"]
    assert shop.levels() == []


def test_a_count_back_to_the_last_count_is_a_change_since_a_unit_was_sold(shop: Shop) -> None:
    shop.at(10.0)
    shop.ring("TEE-RED-M")
    shop.post_count("TEE-RED-M", "S1", "10")
    assert shop.count("TEE-RED-M", "S1") == "10"
    trap = Shop({"unchanged_count": "last_count"})
    trap.at(10.0)
    trap.ring("TEE-RED-M")
    trap.post_count("TEE-RED-M", "S1", "10")
    assert trap.count("TEE-RED-M", "S1") == "9"


def test_a_batch_is_applied_as_a_whole_or_not_at_all(shop: Shop) -> None:
    good = {
        "catalog_object_id": shop.variant("TEE-RED-M"), "location_id": "S1",
        "from_state": "NONE", "to_state": "IN_STOCK", "quantity": "1", "occurred_at": shop.iso(),
    }  # fmt: skip
    bad = {**good, "catalog_object_id": "NOBODY"}
    changes = [{"type": "ADJUSTMENT", "adjustment": each} for each in (good, bad)]
    body = {"idempotency_key": "k", "changes": changes}
    answer = shop.send("POST", "/v2/inventory/changes/batch-create", body)
    assert answer.error == (404, "NOT_FOUND", "changes[1].adjustment.catalog_object_id")
    assert shop.count("TEE-RED-M", "S1") == "10"
    changes.pop()
    assert shop.send("POST", "/v2/inventory/changes/batch-create", body).status == 200
    assert shop.count("TEE-RED-M", "S1") == "11"


def test_a_hundred_changes_fit_into_a_batch_and_no_more(shop: Shop) -> None:
    change = {
        "catalog_object_id": shop.variant("TEE-RED-M"), "location_id": "S1",
        "from_state": "NONE", "to_state": "IN_STOCK", "quantity": "1", "occurred_at": shop.iso(),
    }  # fmt: skip
    changes = [{"type": "ADJUSTMENT", "adjustment": change}] * 101
    body = {"idempotency_key": "k", "changes": changes}
    answer = shop.send("POST", "/v2/inventory/changes/batch-create", body)
    assert answer.error == (400, "ARRAY_LENGTH_TOO_LONG", "changes")
    body["changes"] = changes[:100]
    assert shop.send("POST", "/v2/inventory/changes/batch-create", body).status == 200
    assert shop.count("TEE-RED-M", "S1") == "110"
    assert len(shop.keys) == 1


def test_every_level_that_changes_is_told_once_with_its_cause(shop: Shop) -> None:
    shop.at(10.0)
    shop.post_count("TEE-RED-M", "S1", "30")
    shop.adjust("TEE-RED-M", "S1", "IN_STOCK", "SOLD", "1")
    shop.adjust("TEE-RED-M", "S1", "UNLINKED_RETURN", "WASTE", "1")
    shop.ring("TEE-RED-M", 2)
    shop.take_back("TEE-RED-M", 1)
    shop.control("count_stock", store="S1", sku="TEE-RED-M", units=40)
    shop.control("goods_receipt", store="S1", sku="TEE-RED-M", units=5)
    assert shop.levels() == [
        ("TEE-RED-M", "S1", 30, "write"),
        ("TEE-RED-M", "S1", 29, "write"),
        ("TEE-RED-M", "S1", 27, "sale"),
        ("TEE-RED-M", "S1", 28, "return"),
        ("TEE-RED-M", "S1", 40, "count"),
        ("TEE-RED-M", "S1", 45, "receipt"),
    ]
    by = [(fact.by, fact.available) for fact in shop.told(Level)]
    assert by == [
        ("connector", 30), ("connector", 29), ("till", 27), ("till", 28), ("staff", 40),
        ("staff", 45),
    ]  # fmt: skip
    assert [(each.sku, each.units) for each in shop.told(Counted)] == [("TEE-RED-M", 40)]


def test_a_count_of_the_staff_is_posted_with_the_time_at_which_it_was_taken(shop: Shop) -> None:
    shop.at(100.0)
    shop.ring("TEE-RED-M", 3)
    shop.at(160.0)
    with shop.world.acting("staff"):
        shop.tills.record_count("S1", "TEE-RED-M", 10, counted_s=90.0)
    assert shop.count("TEE-RED-M", "S1") == "7"
    (counted,) = shop.told(Counted)
    assert (counted.units, counted.occurred, counted.t, counted.by) == (10, 90.0, 160.0, "staff")


def test_the_reason_of_an_adjustment_goes_with_its_direction(shop: Shop) -> None:
    good = shop.adjust("TEE-RED-M", "S1", "IN_STOCK", "WASTE", reason_id={"type": "THEFT"})
    assert good.body["changes"][0]["adjustment"]["reason_id"] == {"type": "THEFT"}
    bad = shop.adjust("TEE-RED-M", "S1", "NONE", "IN_STOCK", reason_id={"type": "THEFT"})
    assert bad.error == (400, "INVALID_VALUE", "changes[0].adjustment.reason_id")
    own = shop.adjust("TEE-RED-M", "S1", "IN_STOCK", "SOLD", reason_id={"type": "SALE"})
    assert own.error[:2] == (400, "INVALID_VALUE")


def test_a_corrected_adjustment_shows_its_new_quantity_and_moves_the_level(shop: Shop) -> None:
    made = shop.adjust("TEE-RED-M", "S1", "NONE", "IN_STOCK", "5").body["changes"][0]["adjustment"]
    wanted = {"id": made["id"], "quantity": "2", "reason_id": {"type": "RECEIVED"}}
    body: dict[str, Any] = {"idempotency_key": "k", "adjustment": wanted}
    now = shop.ok("PUT", "/v2/inventory/adjustments/update", body)["adjustment"]
    assert (now["quantity"], now["reason_id"]) == ("2", {"type": "RECEIVED"})
    assert shop.ok("PUT", "/v2/inventory/adjustments/update", body)["adjustment"] == now
    assert shop.count("TEE-RED-M", "S1") == "12"
    wanted["quantity"] = "3"
    body["idempotency_key"] = "k2"
    now = shop.ok("PUT", "/v2/inventory/adjustments/update", body)["adjustment"]
    assert shop.count("TEE-RED-M", "S1") == "13"
    assert shop.ok("GET", f"/v2/inventory/adjustments/{made['id']}")["adjustment"] == now
    changes = shop.ok("GET", f"/v2/inventory/{shop.variant('TEE-RED-M')}/changes")["changes"]
    assert [each["adjustment"]["id"] for each in changes if each["type"] == "ADJUSTMENT"] == [
        made["id"]
    ]


@pytest.mark.parametrize("later_s", [0.0, 10.0])
def test_a_correction_from_before_a_count_leaves_the_level_alone(
    shop: Shop, later_s: float
) -> None:
    shop.at(1.0)
    made = shop.adjust("TEE-RED-M", "S1", "NONE", "IN_STOCK", "5").body["changes"][0]["adjustment"]
    if later_s:
        shop.at(1.0 + later_s)
    shop.post_count("TEE-RED-M", "S1", "9")
    body = {"idempotency_key": "k", "adjustment": {"id": made["id"], "quantity": "1"}}
    assert shop.ok("PUT", "/v2/inventory/adjustments/update", body)["adjustment"]["quantity"] == "1"
    assert shop.count("TEE-RED-M", "S1") == "9"


def test_what_the_tills_did_cannot_be_corrected_through_the_api(shop: Shop) -> None:
    shop.ring("TEE-RED-M")
    changes = shop.ok("GET", f"/v2/inventory/{shop.variant('TEE-RED-M')}/changes")["changes"]
    id_ = changes[0]["adjustment"]["id"]
    body = {"idempotency_key": "k", "adjustment": {"id": id_, "quantity": "3"}}
    answer = shop.send("PUT", "/v2/inventory/adjustments/update", body)
    assert answer.error[:2] == (400, "BAD_REQUEST")


@pytest.mark.parametrize("state", ["SOLD", "NONE", "UNLINKED_RETURN", "IN_TRANSIT", "CUSTOM"])
def test_a_state_without_a_figure_cannot_be_counted(shop: Shop, state: str) -> None:
    answer = shop.post_count("TEE-RED-M", "S1", "1", state=state)
    assert answer.error == (400, "INVALID_VALUE", "changes[0].physical_count.state")


def test_waste_can_be_counted_and_is_no_level_for_sale(shop: Shop) -> None:
    assert shop.post_count("TEE-RED-M", "S1", "4", state="WASTE").status == 200
    assert shop.count("TEE-RED-M", "S1", "WASTE") == "4"
    assert shop.levels() == []

"""What nobody says about Square and had to be chosen: one test for each such choice."""

from __future__ import annotations

from tests.contract.pos.shop import Shop
from tests.contract.pos.test_transfers import draw_up, move

CHANGES = "/v2/inventory/changes/batch-retrieve"


def test_of_two_events_of_one_millisecond_the_later_arrival_counts_last(shop: Shop) -> None:
    shop.at(10.0)
    shop.post_count("TEE-RED-M", "S1", "7", 10.0)
    shop.adjust("TEE-RED-M", "S1", "IN_STOCK", "SOLD", "2", occurred_at=shop.iso(10.0))
    assert shop.count("TEE-RED-M", "S1") == "5", "counted, then sold"
    shop.post_count("TEE-RED-M", "S1", "7", 10.0)
    assert shop.count("TEE-RED-M", "S1") == "7", "counted again at the same moment"


def test_a_count_is_no_adjustment_and_points_at_none(shop: Shop) -> None:
    shop.at(10.0)
    change = shop.post_count("TEE-RED-M", "S1", "7").body["changes"][0]
    count = change["physical_count"]
    assert {"adjustment_id", "physical_count_id"} & {*change, *count} == set()
    kinds = [each["type"] for each in shop.ok("POST", CHANGES, {"location_ids": ["S1"]})["changes"]]
    assert set(kinds) == {"PHYSICAL_COUNT"}


def test_no_line_is_worth_more_than_ten_to_the_thirteenth(shop: Shop) -> None:
    def order(amount: int, units: str) -> tuple[int, str]:
        line = {"name": "Gold", "quantity": units,
                "base_price_money": {"amount": amount, "currency": "GBP"}}  # fmt: skip
        body = {"idempotency_key": shop.key(), "order": {"location_id": "S1", "line_items": [line]}}
        answer = shop.send("POST", "/v2/orders", body)
        return answer.status, "" if answer.status == 200 else answer.error[1]

    assert order(10**12, "10") == (200, "")
    assert order(10**12, "11") == (400, "VALUE_TOO_HIGH")


def test_a_transfer_may_take_its_source_below_nothing(shop: Shop) -> None:
    assert move(shop, draw_up(shop, "12"), "start").status == 200
    assert shop.count("TEE-RED-M", "S1") == "-2"


def test_a_till_may_be_off_the_line_for_longer_than_three_days(shop: Shop) -> None:
    shop.control("go_offline", store="S1")
    sale = shop.ring("TEE-RED-M")
    shop.at(96 * 3600.0)
    assert shop.control("upload", store="S1") == {"transactions": 1}
    assert shop.order(sale)["state"] == "COMPLETED"
    assert shop.count("TEE-RED-M", "S1") == "9"


def test_how_long_a_notice_may_take_is_a_setting() -> None:
    for settings, timeout_s in (({}, 10.0), ({"notice_timeout_s": 3.0}, 3.0)):
        shop = Shop(settings)
        shop.subscribe("inventory.count.updated")
        shop.ring("TEE-RED-M")
        assert [notice.timeout_s for notice in shop.notices] == [timeout_s]

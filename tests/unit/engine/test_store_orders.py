"""The stores behind the tills: levels of their stock book, and orders that their people ship."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import pytest
from tests.unit.engine.rest import Host, stores
from tests.unit.engine.stage import EPOCH_S, play

from peakproof_engine.errors import Refused
from peakproof_engine.model import Contact, OrderLine
from peakproof_engine.systems.ports import (
    CutLine,
    Found,
    MasterLevel,
    ShippedParcel,
    WarehouseOrder,
    WorkStatus,
)

MADE: Final = "2023-11-14T22:13:00.250Z"
RANGE: Final = {"objects": [{"id": "V-TEE", "item_variation_data": {"sku": "TEE"}}]}
ORDER: Final = WarehouseOrder(
    "1001", "1001", "LOC1", EPOCH_S, "GBP", 2500, Contact("A B", "High Street 1", city="Town"),
    [OrderLine("7", "TEE", 2, "S1", 1250, "", 2500)],
)  # fmt: skip


def count(units: str, state: str = "IN_STOCK") -> dict[str, Any]:
    """A figure of TEE."""
    return {
        "catalog_object_id": "V-TEE", "state": state, "location_id": "LOC1", "quantity": units,
        "calculated_at": MADE,
    }  # fmt: skip


def held(state: str, units: int | None = None, **more: Any) -> dict[str, Any]:
    """A fulfilment of the whole order, or of units of its line."""
    made: dict[str, Any] = {"uid": f"f-{state}", "type": "SHIPMENT", "state": state, **more}
    if units is not None:
        entry = {"line_item_uid": "7", "quantity": str(units)}
        made |= {"line_item_application": "ENTRY_LIST", "entries": [entry]}
    return made


def order(state: str = "OPEN", *fulfilments: dict[str, Any]) -> dict[str, Any]:
    """An order of two TEE."""
    return {
        "id": "o-1", "state": state, "version": 3, "reference_id": "1001",
        "line_items": [{"uid": "7", "quantity": "2"}], "fulfillments": list(fulfilments),
    }  # fmt: skip


SENT: Final = {"carrier": "Royal Mail", "tracking_number": "T-1", "shipped_at": MADE}

# --- stock ----------------------------------------------------------------------------------


def test_a_level_is_what_the_till_may_sell() -> None:
    async def story() -> None:
        to = stores(Host(RANGE, {"counts": [count("6")]}, {"counts": [count("5")]}))
        assert await to.knows("TEE")
        assert await to.levels_since(EPOCH_S) == [MasterLevel("TEE", "LOC1", 6, 6)]
        assert await to.all_levels() == [MasterLevel("TEE", "LOC1", 5, 5)]

    play(story())


def test_a_stock_event_says_what_there_is_and_since_when() -> None:
    async def story() -> None:
        to = stores(Host(RANGE))
        await to.knows("TEE")
        told = {"inventory_counts": [count("6"), count("1", "RESERVED_FOR_SALE")]}
        event = {"type": "inventory.count.updated", "data": {"object": told}}
        (level,) = to.read_notice(msgspec.json.encode(event))
        assert level == MasterLevel("TEE", "LOC1", 6, 6, dated_s=EPOCH_S - 19.75)
        assert to.read_notice(b'{"type": "order.created"}') == []

    play(story())


def test_an_item_that_came_into_the_catalogue_later_is_found() -> None:
    async def story() -> None:
        assert not await stores(Host({"objects": []})).knows("TEE")
        assert await stores(Host(RANGE)).knows("TEE")

    play(story())


# --- orders ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("off", "state"), [((), "RESERVED"), (("store_commitment",), "PROPOSED")])
def test_an_order_holds_its_units_from_the_start(off: tuple[str, ...], state: str) -> None:
    async def story() -> None:
        host = Host(RANGE, {"order": order()})
        assert await stores(host, *off).create(ORDER) == "o-1"
        sent = host.asked[1][2]
        assert sent["idempotency_key"] == "1001"
        assert sent["order"]["fulfillments"][0]["state"] == state
        assert sent["order"]["reference_id"] == "1001"
        assert sent["order"]["line_items"] == [
            {"uid": "7", "catalog_object_id": "V-TEE", "quantity": "2",
             "base_price_money": {"amount": 0, "currency": "GBP"}}
        ]  # fmt: skip

    play(story())


def test_an_item_that_the_tills_lack_is_refused_before_anything_is_sent() -> None:
    async def story() -> None:
        host = Host({"objects": []})
        with pytest.raises(Refused) as refused:
            await stores(host).create(ORDER)
        assert refused.value.code == "unknown_item"
        assert len(host.asked) == 1

    play(story())


def test_a_page_for_an_answer_counts_only_without_the_guard() -> None:
    async def story() -> None:
        host = Host(RANGE, "no order at all")
        assert await stores(host, "inner_outcome").create(ORDER) == ""

    play(story())


def test_an_order_whose_answer_was_lost_is_found_among_those_of_late() -> None:
    async def story() -> None:
        host = Host({"orders": [order()], "cursor": "next"}, {}, {"order": order()})
        assert await stores(host).find("1001") == Found("o-1", "1001", False, True)
        asked = host.asked[0][2]["query"]
        assert "created_at" in asked["filter"]["date_time_filter"]
        assert host.asked[1][2]["cursor"] == "next"
        assert await stores(Host({})).find("1001") is None

    play(story())


@pytest.mark.parametrize(
    ("answers", "gone"),
    [
        ([{"order": order()}, {"order": order("CANCELED")}], True),
        ([{"order": order("CANCELED")}], True),
        ([{"order": order()}, (400, {"errors": [{"code": "BAD_REQUEST"}]})], False),
        ([{"order": order()}, (409, {}), {"order": order()}, {"order": order("CANCELED")}], True),
    ],
)
def test_the_answer_to_the_cancel_itself_decides(answers: list[Any], gone: bool) -> None:
    async def story() -> None:
        host = Host(*answers)
        assert await stores(host).cancel(Found("o-1", "1001", False, True)) is gone
        for method, _, body in host.asked:
            if method == "PUT":
                assert body["order"] == {"state": "CANCELED", "version": 3}

    play(story())


@pytest.mark.parametrize(
    ("body", "shipped", "cut", "picked", "finished"),
    [
        (order("OPEN", held("RESERVED")), 0, 0, 0, False),
        (order("OPEN", held("PREPARED", 1), held("RESERVED", 1)), 0, 0, 1, False),
        (order("COMPLETED", held("COMPLETED")), 2, 0, 2, True),
        (order("COMPLETED", held("COMPLETED", 1), held("FAILED", 1)), 1, 1, 1, True),
        (order("CANCELED", held("CANCELED")), 0, 2, 0, True),
    ],
)
def test_how_far_an_order_is_stands_in_its_fulfilments(
    body: dict[str, Any], shipped: int, cut: int, picked: int, finished: bool
) -> None:
    async def story() -> None:
        to = stores(Host({"orders": [body]}, {"order": body}))
        line = CutLine("7", 2, shipped, cut, picked)
        cancelled = body["state"] == "CANCELED"
        assert await to.status("1001") == WorkStatus("1001", cancelled, finished, [line])

    play(story())


def test_each_fulfilment_that_left_is_a_parcel_and_the_rest_is_not_asked_for_twice() -> None:
    async def story() -> None:
        both = order("COMPLETED", held("COMPLETED", 1, shipment_details=SENT), held("FAILED", 1))
        host = Host({"orders": [both]}, {"orders": [both]})
        to = stores(host)
        parcel = ShippedParcel(
            "o-1:f-COMPLETED", False, "Royal Mail", "T-1", EPOCH_S - 19.75, {"1001": {"7": 1}}
        )
        assert await to.shipped_since(EPOCH_S) == [parcel]
        (ended,) = await to.ended_since(EPOCH_S)
        assert [line.cut for line in ended.lines] == [1]
        assert len(host.asked) == 1
        await to.ended_since(EPOCH_S)
        assert len(host.asked) == 2

    play(story())

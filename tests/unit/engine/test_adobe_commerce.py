"""The adapter of Adobe Commerce: what it asks, and what it makes of what the shop shows."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import pytest
from tests.unit.engine.rest import LATE_S, Host, shop
from tests.unit.engine.stage import EPOCH_S, play

from peakproof_engine.errors import Conflict, NotNow, Refused, TimedOut, UnknownOutcome
from peakproof_engine.systems.ports import (
    ConfirmParcel,
    Delivered,
    SetShipment,
    SetState,
    ShopOrder,
    Shown,
    WithdrawLine,
)

MADE: Final = "2023-11-14 22:13:20"
WISH: Final = "The customer asks to cancel this order."
PARCEL: Final = ConfirmParcel("parcel-1", {"7": 2}, "Royal Mail", "T-1", "north")
SHIP: Final = "POST /rest/all/V1/order/5/ship"
INVOICE: Final = "POST /rest/all/V1/order/5/invoice"
CANCEL: Final = "POST /rest/all/V1/orders/5/cancel"


def item(units: int, place: str = "north") -> dict[str, Any]:
    """Units of TEE at a source, as a list shows them."""
    row = {"sku": "TEE", "source_code": place, "quantity": units, "status": 1}
    return {"items": [row], "total_count": 1}


def order(state: str = "processing", *said: str, **done: int) -> dict[str, Any]:
    """An order of two TEE; ``done`` are quantities of its line."""
    line = {"item_id": 7, "sku": "TEE", "qty_ordered": 2, "price_incl_tax": 12.5,
            "row_total_incl_tax": 25, **done}  # fmt: skip
    return {
        "entity_id": 5, "increment_id": "000000005", "state": state, "created_at": MADE,
        "updated_at": MADE, "order_currency_code": "GBP", "grand_total": 25.0,
        "customer_email": "a@b.test", "items": [line],
        "status_histories": [{"comment": text} for text in said],
    }  # fmt: skip


def version(host: Host, *answers: Any) -> int:
    """The version of the order as the host shows it first."""
    found: list[ShopOrder] = []

    async def read() -> None:
        found.append(await shop(Host(*answers)).order("5"))

    play(read())
    return found[0].version


def changed(before: dict[str, Any], change: Any, *answers: Any, off: tuple[str, ...] = ()) -> Host:
    """What is asked of the shop for one change of an order that it shows like that."""
    shipments: list[Any] = [{"items": []}] if before["items"][0].get("qty_shipped") else []
    known = version(Host(), before, *shipments)
    host = Host(before, *answers)

    async def story() -> None:
        await shop(host, *off).update("5", known, [change])

    play(story())
    return host


# --- stock ----------------------------------------------------------------------------------


def test_a_source_that_is_not_there_is_said_before_anything_is_done() -> None:
    async def story() -> None:
        with pytest.raises(Refused, match="there is no source south") as refused:
            await shop(Host({"items": [{"source_code": "north"}]})).learn_places()
        assert refused.value.code == "unmapped_place"

    play(story())


def test_what_is_sold_are_the_enabled_products() -> None:
    async def story() -> None:
        rows = [{"sku": "TEE", "status": 1}, {"sku": "OLD", "status": 2}]
        to = shop(Host({"items": rows}))
        await to.learn_range()
        assert list(to.range()) == ["TEE"]
        assert (to.sells("TEE"), to.sells("OLD")) == (True, False)

    play(story())


def test_figures_are_the_source_items_of_our_places() -> None:
    async def story() -> None:
        host = Host(item(9))
        assert await shop(host).figures() == [Shown("TEE", "north", 9, "north|TEE", 10)]
        assert "[value]=north,south" in host.asked[0][1]

    play(story())


@pytest.mark.parametrize(("off", "status"), [((), {"status": 1}), (("made_salable",), {})])
def test_a_change_is_written_as_the_absolute_figure_that_it_leads_to(
    off: tuple[str, ...], status: dict[str, int]
) -> None:
    async def story() -> None:
        host = Host(item(9), [])
        shown = await shop(host, *off).change("north|TEE", 10, -2)
        assert shown == Shown("TEE", "north", 7, "north|TEE", 8)
        sent = {"sku": "TEE", "source_code": "north", "quantity": 7, **status}
        assert host.asked[1][2] == {"sourceItems": [sent]}

    play(story())


def test_a_figure_that_is_another_one_by_now_is_left_alone() -> None:
    async def story() -> None:
        host = Host(item(8))
        with pytest.raises(Conflict):
            await shop(host).change("north|TEE", 10, -2)
        assert len(host.asked) == 1

    play(story())


def test_a_cell_rests_after_a_time_out_until_the_attempt_cannot_arrive_any_more() -> None:
    async def story() -> None:
        host = Host(item(9), TimeoutError("slow"), item(7))
        to = shop(host)
        with pytest.raises(TimedOut):
            await to.change("north|TEE", 10, -2)
        with pytest.raises(NotNow) as wait:
            await to.change("north|TEE", 10, -2)
        assert 0 < wait.value.delay_s <= LATE_S
        await asyncio.sleep(LATE_S)
        with pytest.raises(Conflict):
            await to.change("north|TEE", 10, -2)

    play(story())


def test_a_cell_whose_connection_died_is_looked_at_at_once() -> None:
    async def story() -> None:
        host = Host(item(9), ConnectionResetError("reset"), item(7), item(7))
        to = shop(host)
        with pytest.raises(UnknownOutcome):
            await to.change("north|TEE", 10, -2)
        with pytest.raises(Conflict):
            await to.change("north|TEE", 10, -2)
        assert await to.changes("north|TEE", 10) == [(8, -2)]

    play(story())


def test_an_entry_that_is_new_is_opened_with_nothing() -> None:
    async def story() -> None:
        host = Host({"items": []}, [])
        shown = await shop(host).new_entry("TEE", "south")
        assert shown == Shown("TEE", "south", 0, "south|TEE", 1)
        assert host.asked[1][2]["sourceItems"][0]["quantity"] == 0

    play(story())


# --- orders ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "state", "payment", "shipment"),
    [
        (order("pending_payment"), "open", "pending", "pending"),
        (order("holded"), "open", "pending", "pending"),
        (order(), "confirmed", "authorised", "pending"),
        ({**order(), "total_paid": 25}, "confirmed", "captured", "pending"),
        (order("canceled", qty_canceled=2), "cancelled", "pending", "cancelled"),
        (order("processing", WISH), "cancelled", "authorised", "pending"),
        (order("canceled", WISH), "cancelled", "pending", "cancelled"),
    ],
)
def test_an_order_is_read(body: dict[str, Any], state: str, payment: str, shipment: str) -> None:
    async def story() -> None:
        found = await shop(Host(body)).order("5")
        assert (found.state, found.payment, found.shipment) == (state, payment, shipment)
        assert (found.number, found.total_minor, found.placed_s) == ("000000005", 2500, EPOCH_S)
        assert [(line.line, line.units, line.place) for line in found.lines] == [("7", 2, "")]

    play(story())


def test_parcels_of_an_order_are_known_by_the_comment_on_their_shipment() -> None:
    async def story() -> None:
        parcel = {"entity_id": 1, "order_id": 5, "tracks": [{"track_number": "T-1"}],
                  "comments": [{"comment": "parcel-1"}]}  # fmt: skip
        found = await shop(Host(order(qty_shipped=2), {"items": [parcel]})).order("5")
        assert found.delivered == [Delivered("parcel-1", "T-1")]
        assert found.shipment == "shipped"

    play(story())


def test_each_change_within_a_second_makes_a_version_of_its_own() -> None:
    steps = [order("pending_payment"), order(), order(qty_invoiced=2),
             order("processing", "a note", qty_invoiced=2)]  # fmt: skip
    versions = [version(Host(), step) for step in steps]
    assert versions == sorted(set(versions))


@pytest.mark.parametrize("by_key", [True, False])
def test_a_sweep_pages_by_key_or_by_offset(by_key: bool) -> None:
    async def story() -> None:
        host = Host({"items": [order()]}, {"items": []})
        to = shop(host)
        to._access = type(to._access)("https://host.test", "u", "p", order_page=1)
        found = await to.orders_since(EPOCH_S, by_key=by_key, known=lambda _id, _version: False)
        assert [each.number for each in found] == ["000000005"]
        second = host.asked[1][1]
        assert f"[value]={MADE}" in second
        assert ("[value]=5" in second) is by_key
        assert ("[currentPage]=2" in second) is not by_key

    play(story())


def test_an_order_that_is_known_in_its_version_is_left_out_of_a_sweep() -> None:
    async def story() -> None:
        host = Host({"items": [order()]})
        assert await shop(host).orders_since(None, by_key=True, known=lambda *_: True) == []

    play(story())


# --- what the shop is told ------------------------------------------------------------------


def test_a_parcel_is_invoiced_and_shipped_through_its_source() -> None:
    done = order("complete", qty_invoiced=2, qty_shipped=2)
    host = changed(order(), PARCEL, "1", "2", done, {"items": []})
    assert host.calls[1:3] == [INVOICE, SHIP]
    part = [{"order_item_id": 7, "qty": 2}]
    assert host.asked[1][2] == {"capture": True, "items": part, "notify": False}
    assert host.asked[2][2] == {
        "items": part, "notify": True,
        "comment": {"comment": "parcel-1", "is_visible_on_front": 0},
        "tracks": [{"track_number": "T-1", "title": "Royal Mail", "carrier_code": "custom"}],
        "arguments": {"extension_attributes": {"source_code": "north"}},
    }  # fmt: skip


def test_what_is_invoiced_is_not_invoiced_again() -> None:
    done = order("complete", qty_invoiced=2, qty_shipped=2)
    host = changed(order(qty_invoiced=2), PARCEL, "2", done, {"items": []})
    assert host.calls[1:2] == [SHIP]


def test_without_its_guard_an_order_is_only_called_complete() -> None:
    host = changed(order(qty_invoiced=2), PARCEL, True, order("complete"), off=("source_shipped",))
    assert SHIP not in host.calls
    assert host.asked[1][2]["statusHistory"]["status"] == "complete"


def test_parts_of_a_line_are_one_line_to_the_shop() -> None:
    both = ConfirmParcel("parcel-1", {"7": 1, "7/2": 1}, "", "", "north")
    done = order("complete", qty_invoiced=2, qty_shipped=2)
    host = changed(order(qty_invoiced=2), both, "2", done, {"items": []})
    assert host.asked[1][2]["items"] == [{"order_item_id": 7, "qty": 2}]


def test_an_order_that_is_another_one_by_now_is_left_alone() -> None:
    async def story() -> None:
        host = Host(order())
        with pytest.raises(Conflict):
            await shop(host).update("5", 1, [PARCEL])
        assert len(host.asked) == 1

    play(story())


@pytest.mark.parametrize("change", [SetState("cancelled"), SetShipment("cancelled")])
def test_an_order_is_cancelled_once(change: Any) -> None:
    assert changed(order(), change, True, order("canceled")).calls[1:2] == [CANCEL]
    assert CANCEL not in changed(order("canceled"), change, order("canceled")).calls


def test_a_200_that_says_false_is_no_cancellation() -> None:
    known = version(Host(), order())

    async def story() -> None:
        with pytest.raises(Refused, match="past cancelling"):
            await shop(Host(order(), False, order())).update("5", known, [SetState("cancelled")])

    play(story())


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        (order(qty_invoiced=1), CANCEL),
        (order(qty_invoiced=2), "POST /rest/all/V1/order/5/refund"),
    ],
)
def test_units_that_will_not_come_are_cancelled_or_paid_back(
    before: dict[str, Any], asked: str
) -> None:
    host = changed(before, WithdrawLine("7", 1), True, before)
    assert host.calls[1] == asked


def test_a_customer_who_asked_too_late_is_told_so() -> None:
    host = changed(order("processing", WISH), SetState("confirmed"), True, order())
    told = host.asked[1][2]["statusHistory"]
    assert "can no longer be cancelled" in told["comment"]
    assert changed(order(), SetState("confirmed"), order()).calls == [
        "GET /rest/all/V1/orders/5", "GET /rest/all/V1/orders/5",
    ]  # fmt: skip


@pytest.mark.parametrize(("paid", "gone"), [(0, False), (25, True)])
def test_only_what_was_paid_goes_back(paid: int, gone: bool) -> None:
    async def story() -> None:
        host = Host(order(), {**order(), "total_paid": paid}, "9")
        to = shop(host)
        assert await to.refund(await to.order("5"), None, "cancel:5") is gone
        assert ("POST /rest/all/V1/order/5/refund" in host.calls) is gone

    play(story())


def test_a_refusal_has_its_placeholders_filled_in() -> None:
    async def story() -> None:
        said = {"message": "No such %fieldName", "parameters": {"fieldName": "order"},
                "errors": [{"message": "because of %1", "parameters": ["this"]}]}  # fmt: skip
        with pytest.raises(Refused, match="No such order because of this"):
            await shop(Host((404, said))).order("5")

    play(story())

"""The warehouse's own hands: waves, picks, parcels, cancellations, goods in."""

from __future__ import annotations

import pytest
from tests.contract.deposco.depot import Depot, a_line, an_order

from peakproof.errors import SimulatorFault
from peakproof.history.records import Parcel, WorkCut, WorkState
from peakproof_simulators.trading.ports import Floor, Pick


def test_the_floor_is_what_trading_asks_for(depot: Depot) -> None:
    floor: Floor = depot.floor
    assert floor is depot.service.roles["floor"]


def test_the_next_wave_takes_orders_of_its_facility_in_the_order_in_which_they_came(
    depot: Depot,
) -> None:
    for number, facility in (("A1", "W1"), ("A2", "S1"), ("A3", "W1")):
        depot.place(number, facility=facility)
    assert depot.floor.ready("W1") == ["A1", "A3"]
    assert depot.floor.ready("S1") == ["A2"]
    assert depot.floor.ready("W9") == []


def test_an_order_in_a_wave_waits_for_its_release(depot: Depot) -> None:
    depot.place("A1")
    depot.floor.wave("A1")
    assert depot.floor.ready("W1") == ["A1"]
    assert depot.floor.release("A1") == (Pick("TEE", "TEE", 1),)


def test_a_release_gives_the_work_once(depot: Depot) -> None:
    depot.place("A1", ("TEE", 2), ("SOCKS", 1))
    assert depot.floor.release("A1") == (Pick("TEE", "TEE", 2), Pick("SOCKS", "SOCKS", 1))
    assert depot.floor.release("A1") == ()
    assert depot.floor.ready("W1") == []


def test_nothing_is_released_of_an_order_that_was_cancelled_meanwhile(depot: Depot) -> None:
    depot.place("A1")
    depot.change("A1", status="Canceled")
    assert depot.floor.release("A1") == ()
    assert depot.status() == "Canceled"


def test_an_order_that_nothing_covers_is_back_ordered_and_comes_back_with_the_stock(
    depot: Depot,
) -> None:
    depot.place("A1", ("MUG", 2))
    assert depot.floor.release("A1") == ()
    assert depot.status() == "Back Ordered"
    assert depot.floor.ready("W1") == []
    depot.floor.receive("W1", "MUG", 1, reference="ASN")
    assert depot.floor.ready("W1") == ["A1"]
    assert depot.floor.release("A1") == (Pick("MUG", "MUG", 1),)
    assert depot.status() == "Partially Released"


def test_stock_that_another_order_frees_wakes_the_one_that_waits(depot: Depot) -> None:
    depot.place("A1", ("SOCKS", 5))
    depot.floor.wave("A1")
    depot.place("A2", ("SOCKS", 2))
    depot.floor.release("A2")
    assert depot.status("A2") == "Back Ordered"
    depot.change("A1", status="Canceled")
    assert depot.floor.ready("W1") == ["A2"]


def test_a_parcel_is_packed_collected_and_scanned_with_its_carrier_and_tracking(
    depot: Depot,
) -> None:
    depot.place("A1", ("TEE", 2))
    parcel = depot.ship("A1")
    depot.floor.scanned(parcel)
    told = depot.told(Parcel)
    assert [one.what for one in told] == ["packed", "shipped", "scanned"]
    assert {(one.number, one.parcel, one.place, one.carrier) for one in told} == {
        ("A1", parcel, "W1", "PARCEL")
    }
    assert len({one.tracking for one in told}) == 1
    assert len(told[0].tracking) == 16
    assert [(line.sku, line.units) for line in told[0].lines] == [("TEE", 2)]
    shown = depot.v1("GET", f"/shipments/PEAK/{parcel}")["shipment"]
    assert shown["shipmentCurrentStatus"] == "In-Transit"
    assert shown["trackingNumber"] == told[0].tracking


def test_one_order_leaves_in_two_parcels(depot: Depot) -> None:
    depot.place("A1", ("TEE", 2), ("SOCKS", 1))
    floor = depot.floor
    floor.release("A1")
    floor.picked("A1", "TEE", 2)
    first = floor.packed("A1")
    floor.shipped(first)
    assert depot.status() == "Partially Shipped"
    floor.picked("A1", "SOCKS", 1)
    second = floor.packed("A1")
    floor.shipped(second)
    assert first != second
    assert depot.status() == "Ship Complete"
    shipments = depot.xml("GET", "/status/order/Sales%20Order/A1")["orderStatus"]["shipments"]
    assert [one["shipmentNumber"] for one in shipments["shipment"]] == [first, second]
    lines = [one["lines"]["line"]["itemNumber"] for one in shipments["shipment"]]
    assert lines == ["TEE", "SOCKS"]


def test_two_parcels_may_stand_packed_and_leave_in_any_order(depot: Depot) -> None:
    depot.place("A1", ("TEE", 2))
    depot.floor.release("A1")
    depot.floor.picked("A1", "TEE", 1)
    first = depot.floor.packed("A1")
    depot.floor.picked("A1", "TEE", 1)
    second = depot.floor.packed("A1")
    depot.floor.shipped(second)
    assert depot.status() == "Partially Shipped"
    depot.floor.shipped(first)
    assert depot.status() == "Ship Complete"
    assert depot.figures() == (8, 8, 0)


def test_a_parcel_is_collected_once(depot: Depot) -> None:
    depot.place("A1", ("TEE", 2))
    parcel = depot.ship("A1")
    depot.floor.shipped(parcel)
    assert depot.figures() == (8, 8, 0)
    assert [one.what for one in depot.told(Parcel)] == ["packed", "shipped"]


def test_an_order_that_is_short_of_everything_is_over(depot: Depot) -> None:
    depot.place("A1", ("TEE", 2))
    depot.floor.release("A1")
    depot.floor.short("A1", "TEE", 2)
    assert depot.status() == "Canceled"
    cut = depot.told(WorkCut)[0]
    assert (cut.cause, cut.lines[0].units) == ("short", 2)
    assert depot.order()["orderLines"]["orderLine"]["shortagePackQuantity"] == "2.0"


def test_an_order_that_is_short_of_a_part_leaves_with_the_rest(depot: Depot) -> None:
    depot.place("A1", ("TEE", 2), ("SOCKS", 1))
    floor = depot.floor
    floor.release("A1")
    floor.picked("A1", "TEE", 2)
    floor.short("A1", "SOCKS", 1)
    floor.shipped(floor.packed("A1"))
    assert depot.status() == "Ship Complete"


def test_what_is_short_after_the_rest_has_left_completes_the_order(depot: Depot) -> None:
    depot.place("A1", ("TEE", 1), ("SOCKS", 1))
    floor = depot.floor
    floor.release("A1")
    floor.picked("A1", "TEE", 1)
    floor.shipped(floor.packed("A1"))
    floor.short("A1", "SOCKS", 1)
    assert depot.status() == "Ship Complete"


@pytest.mark.parametrize(
    ("until", "picked", "cancelled"),
    [
        ("released", 0, True),
        ("released", 1, False),
        ("picking", 1, True),
        ("picking", 2, False),
        ("pick_complete", 2, True),
    ],
)
def test_the_warehouse_can_cancel_as_far_as_the_setting_says(
    until: str, picked: int, cancelled: bool
) -> None:
    depot = Depot(warehouse_cancels_until=until)
    depot.place("A1", ("TEE", 2))
    depot.floor.release("A1")
    for _ in range(picked):
        depot.floor.picked("A1", "TEE", 1)
    assert depot.floor.cancel("A1", "torn") is cancelled
    assert (depot.status() == "Canceled") is cancelled
    assert depot.figures() == ((10, 10, 0) if cancelled else (10, 8, 2))
    assert [cut.cause for cut in depot.told(WorkCut)] == ["cancelled"] * cancelled


def test_what_is_packed_is_past_cancelling(depot: Depot) -> None:
    depot.place("A1", ("TEE", 2))
    depot.floor.release("A1")
    depot.floor.picked("A1", "TEE", 1)
    depot.floor.packed("A1")
    assert depot.floor.cancel("A1", "torn") is False
    depot.floor.picked("A1", "TEE", 1)
    assert depot.floor.cancel("A1", "torn") is False


def test_a_picker_who_comes_after_the_cancellation_does_nothing(depot: Depot) -> None:
    depot.place("A1", ("TEE", 2))
    depot.floor.release("A1")
    depot.floor.picked("A1", "TEE", 1)
    depot.floor.cancel("A1", "torn")
    depot.floor.picked("A1", "TEE", 1)
    depot.floor.short("A1", "TEE", 1)
    assert depot.floor.packed("A1") == ""
    assert depot.status() == "Canceled"
    assert depot.figures() == (10, 10, 0)


@pytest.mark.parametrize("units", [0, 3])
def test_more_than_there_is_to_pick_is_a_fault_of_the_harness(depot: Depot, units: int) -> None:
    depot.place("A1", ("TEE", 2))
    depot.floor.release("A1")
    with pytest.raises(SimulatorFault, match="2 units to pick"):
        depot.floor.picked("A1", "TEE", units)
    with pytest.raises(SimulatorFault, match="no open line"):
        depot.floor.picked("A1", "MUG", 1)


def test_orders_and_parcels_that_are_not_there_are_faults_of_the_harness(depot: Depot) -> None:
    for act in (depot.floor.release, depot.floor.packed):
        with pytest.raises(SimulatorFault, match="no sales order A9"):
            act("A9")
    with pytest.raises(SimulatorFault, match="no shipment S9"):
        depot.floor.shipped("S9")
    with pytest.raises(SimulatorFault, match=r"\[NONE\] does not exist"):
        depot.floor.adjust("W1", "NONE", 1, "FOUND")
    with pytest.raises(SimulatorFault, match=r"\[W9\] does not exist"):
        depot.floor.receive("W9", "TEE", 1, reference="")


def test_goods_are_taken_in_against_the_order_that_announced_them(depot: Depot) -> None:
    body = an_order("PO1", ("TEE", 6), type="Purchase Order")
    depot.v1("POST", "/orders", {"order": [body]})
    depot.floor.receive("W1", "TEE", 4, reference="PO1")
    order = depot.v1("GET", "/search/Order?number=PO1")["order"]
    assert order["status"] == "Partial Receipt"
    assert order["orderLines"]["orderLine"]["receivedPackQuantity"] == "4.0"
    depot.floor.receive("W1", "TEE", 2, reference="PO1")
    assert depot.v1("GET", "/search/Order?number=PO1")["order"]["status"] == "Received"


def test_a_customers_return_raises_the_stock_only_when_it_goes_back_on_the_shelf() -> None:
    for disposition, total in (("Stock", 11), ("Quarantine", 10)):
        depot = Depot(return_disposition=disposition)
        body = an_order("RMA1", ("TEE", 1), type="Customer Return")
        depot.v1("POST", "/orders", {"order": [body]})
        depot.floor.receive("W1", "TEE", 1, reference="RMA1")
        assert depot.figures()[0] == total
        causes = [cause for *_rest, cause in depot.levels()]
        assert causes == (["return"] if total == 11 else [])


def test_inbound_orders_are_no_work_for_the_floor(depot: Depot) -> None:
    depot.v1("POST", "/orders", {"order": [an_order("PO1", type="Purchase Order")]})
    assert depot.floor.ready("W1") == []
    assert depot.told(WorkState) == []


def test_twenty_thousand_orders_a_day_cost_the_same_each(depot: Depot) -> None:
    depot.floor.receive("W1", "TEE", 100_000, reference="")
    for number in range(300):
        depot.place(f"A{number}")
    queue = depot.store.orders.waves["W1"]
    for number in range(300):
        depot.ship(f"A{number}")
        assert len(queue) == 299 - number
    assert depot.store.orders.waves == {"W1": {}}


def test_the_line_of_a_multi_unit_pack_is_picked_in_units(depot: Depot) -> None:
    body = {"item": [{"number": "TEE", "packs": {"pack": [{"type": "Pair", "quantity": 2}]}}]}
    depot.v1("POST", "/items", body)
    line = a_line("TEE", 2, pack={"type": "Pair", "quantity": "2"})
    depot.place("A1", orderLines={"orderLine": [line]})
    assert depot.floor.release("A1") == (Pick("TEE", "TEE", 4),)
    depot.floor.picked("A1", "TEE", 4)
    parcel = depot.floor.packed("A1")
    shown = depot.v1("GET", f"/shipments/PEAK/{parcel}")["shipment"]["orders"]["order"]
    assert shown["lines"]["line"]["shippedPackQuantity"] == "2.0"


def test_a_parcel_that_was_undone_is_packed_anew_and_not_collected_again(depot: Depot) -> None:
    depot.place("A1")
    undone = depot.ship("A1")
    depot.floor.roll_back(undone)
    with pytest.raises(SimulatorFault, match="Rolled Back, not Shipping"):
        depot.floor.shipped(undone)
    again = depot.floor.packed("A1")
    depot.floor.shipped(again)
    assert (depot.status(), again != undone) == ("Ship Complete", True)
    with pytest.raises(SimulatorFault, match="Rolled Back, not Shipping"):
        depot.floor.shipped(undone)


def test_goods_for_another_facility_leave_one_record_and_come_into_the_other(depot: Depot) -> None:
    with depot.world.acting("warehouse"):
        depot.floor.send("W1", "TEE", 4, reference="transfer-1")
        depot.floor.receive("S1", "TEE", 3, reference="transfer-1")
    assert [(place, cause) for _sku, place, *_units, cause in depot.levels()] == [
        ("W1", "transfer"), ("S1", "receipt"),
    ]  # fmt: skip
    assert depot.figures()[0] == 6
    feed = depot.v2("GET", "/inventory/inventoryAdjustments")["data"]
    assert [(one["quantity"], one["reasonCode"]) for one in feed] == [(-4, "Transfer")]


def test_goods_cannot_leave_a_facility_that_there_is_not(depot: Depot) -> None:
    with pytest.raises(SimulatorFault, match="W9"):
        depot.floor.send("W9", "TEE", 4, reference="transfer-1")

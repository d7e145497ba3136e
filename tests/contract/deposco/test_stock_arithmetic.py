"""What each event does to a cell: total, allocated, and what may be promised."""

from __future__ import annotations

import pytest
from tests.contract.deposco.depot import SEED, Depot, a_line

from peakproof.history.records import Level
from peakproof_simulators.deposco.stock import Figures, StockBook, allocatable, unallocated


def released(number: str = "A1", units: int = 4, **settings: object) -> Depot:
    """An order of so many TEE, released; the record is (10, 6, 4) with four."""
    depot = Depot(settings)
    depot.place(number, ("TEE", units))
    depot.floor.release(number)
    depot.facts.clear()
    return depot


def test_available_is_the_total_less_everything_that_is_spoken_for() -> None:
    book = StockBook(Depot().world, counts_demand=True)
    figures = Figures(total=100, allocated=1, demand=20, reserved=300, blocked=4000)
    assert book.available(figures) == 100 - 1 - 20 - 300 - 4000
    assert unallocated(figures) == 99
    assert allocatable(Figures(total=100, allocated=10, blocked=20)) == 70
    assert allocatable(Figures(total=5, allocated=10)) == 0


def test_a_new_order_lowers_what_may_be_promised_and_nothing_else(depot: Depot) -> None:
    depot.place("A1", ("TEE", 4))
    assert depot.levels() == [("TEE", "W1", 10, 6, "order")]
    assert depot.figures() == (10, 6, 0)


def test_a_new_order_changes_nothing_where_only_allocation_counts() -> None:
    depot = Depot(new_order_reduces_atp=False)
    depot.place("A1", ("TEE", 4))
    assert depot.levels() == []
    assert depot.figures() == (10, 10, 0)
    depot.floor.release("A1")
    assert depot.levels() == [("TEE", "W1", 10, 6, "order")]
    assert depot.figures() == (10, 6, 4)


def test_a_draft_asks_for_nothing_until_it_is_new(depot: Depot) -> None:
    depot.place("A1", ("TEE", 4), status="Draft")
    assert depot.levels() == []
    depot.change("A1", status="New")
    assert depot.levels() == [("TEE", "W1", 10, 6, "order")]


def test_a_wave_allocates_and_leaves_what_may_be_promised_alone(depot: Depot) -> None:
    depot.place("A1", ("TEE", 4))
    depot.facts.clear()
    depot.floor.wave("A1")
    assert depot.levels() == []
    assert depot.figures() == (10, 6, 4)


def test_shipping_lowers_the_total_and_what_was_allocated() -> None:
    depot = released()
    depot.floor.picked("A1", "TEE", 4)
    depot.floor.shipped(depot.floor.packed("A1"))
    assert depot.levels() == [("TEE", "W1", 6, 6, "ship")]
    assert depot.figures() == (6, 6, 0)


def test_undoing_a_shipment_brings_total_and_allocation_back() -> None:
    depot = released()
    depot.floor.picked("A1", "TEE", 4)
    parcel = depot.floor.packed("A1")
    depot.floor.shipped(parcel)
    depot.facts.clear()
    depot.floor.roll_back(parcel)
    assert depot.levels() == [("TEE", "W1", 10, 6, "ship")]
    assert depot.figures() == (10, 6, 4)


def test_a_short_pick_corrects_the_total_and_frees_the_line() -> None:
    depot = released()
    depot.floor.short("A1", "TEE", 3)
    assert depot.levels() == [("TEE", "W1", 7, 6, "adjust")]
    assert depot.figures() == (7, 6, 1)


def test_a_short_pick_that_is_back_ordered_still_asks_for_its_units() -> None:
    depot = released(short_pick="back_order")
    depot.floor.short("A1", "TEE", 3)
    assert depot.levels() == [("TEE", "W1", 7, 3, "adjust")]
    assert depot.figures() == (7, 3, 1)


def test_a_cancellation_frees_demand_and_a_later_one_frees_allocation(depot: Depot) -> None:
    depot.place("A1", ("TEE", 4))
    depot.place("A2", ("TEE", 2))
    depot.floor.wave("A2")
    depot.facts.clear()
    depot.change("A1", status="Canceled")
    depot.change("A2", status="Canceled")
    assert depot.levels() == [("TEE", "W1", 10, 8, "cancel"), ("TEE", "W1", 10, 10, "cancel")]
    assert depot.figures() == (10, 10, 0)


def test_cancelling_a_part_of_a_line_frees_that_part(depot: Depot) -> None:
    depot.place("A1", ("TEE", 4))
    depot.floor.wave("A1")
    depot.facts.clear()
    line = a_line("TEE", 4, canceledPackQuantity="3")
    depot.change("A1", status="Planned", orderLines={"orderLine": [line]})
    assert depot.levels() == [("TEE", "W1", 10, 9, "cancel")]
    assert depot.figures() == (10, 9, 1)


def test_raising_a_quantity_lowers_what_may_be_promised(depot: Depot) -> None:
    depot.place("A1", ("TEE", 1))
    depot.facts.clear()
    depot.change("A1", orderLines={"orderLine": [a_line("TEE", 3)]})
    assert depot.levels() == [("TEE", "W1", 10, 7, "order")]


def test_a_receipt_raises_the_total(depot: Depot) -> None:
    depot.floor.receive("W1", "TEE", 5, reference="ASN-1")
    assert depot.levels() == [("TEE", "W1", 15, 15, "receipt")]


def test_an_adjustment_moves_the_total_by_its_sign(depot: Depot) -> None:
    depot.floor.adjust("W1", "TEE", -2, "DAMAGED")
    depot.floor.adjust("W1", "TEE", 1, "FOUND")
    depot.floor.adjust("W1", "TEE", 1, "COUNT")
    assert depot.levels() == [
        ("TEE", "W1", 8, 8, "adjust"),
        ("TEE", "W1", 9, 9, "adjust"),
        ("TEE", "W1", 10, 10, "count"),
    ]


@pytest.mark.parametrize(
    ("reason", "cause"), [("COUNT", "count"), ("RECOUNT", "count"), ("CYCLE COUNT", "count"),
                          ("LOST", "adjust")]
)  # fmt: skip
def test_the_reason_says_whether_a_correction_is_a_count(
    depot: Depot, reason: str, cause: str
) -> None:
    depot.floor.adjust("W1", "TEE", -2, reason)
    assert [fact.cause for fact in depot.told(Level)] == [cause]


def test_a_reservation_lowers_what_may_be_promised_and_giving_it_back_raises_it(
    depot: Depot,
) -> None:
    for value in (4, -3):
        body = {"company": "PEAK", "adjustments": [{"itemNumber": "TEE", "value": value}]}
        assert depot.v1("POST", "/ctrl/reserveInventoryAPI", body)["status"] == "SUCCESS"
    assert depot.levels() == [("TEE", "W1", 10, 6, "write"), ("TEE", "W1", 10, 9, "write")]


def test_what_is_blocked_counts_as_on_hand_and_may_not_be_promised(depot: Depot) -> None:
    location = depot.store.catalogue.facilities["W1"].locations["RECEIVING"]
    path = f"/inventory/facilities/101/locations/{location}/updates"
    body = {
        "existingInventory": {"item": {"businessKey": {"number": "TEE"}}},
        "modifiedInventory": {"quantity": 2, "status": "Damaged"},
    }
    assert depot.v2("POST", path, body).status == 200
    assert depot.levels() == [("TEE", "W1", 12, 10, "write")]
    depot.place("A1", ("TEE", 11))
    depot.floor.release("A1")
    assert depot.figures() == (12, -1, 10)


def test_more_orders_than_stock_make_what_may_be_promised_negative(depot: Depot) -> None:
    depot.place("A1", ("TEE", 14))
    assert depot.figures() == (10, -4, 0)
    assert depot.available() == -4


def test_a_wave_allocates_no_more_than_is_there_and_the_rest_waits_for_stock(
    depot: Depot,
) -> None:
    depot.place("A1", ("TEE", 8))
    depot.place("A2", ("TEE", 4))
    assert [pick.units for pick in depot.floor.release("A1")] == [8]
    assert [pick.units for pick in depot.floor.release("A2")] == [2]
    assert depot.figures() == (10, -2, 10)
    assert depot.status("A2") == "Partially Released"
    assert depot.floor.ready("W1") == []

    depot.floor.receive("W1", "TEE", 5, reference="ASN-1")
    assert depot.floor.ready("W1") == ["A2"]
    assert [pick.units for pick in depot.floor.release("A2")] == [2]
    assert depot.status("A2") == "Released"
    assert depot.figures() == (15, 3, 12)


def test_two_lines_of_one_item_share_what_is_there(depot: Depot) -> None:
    lines = [a_line("TEE", 7, lineNumber="1"), a_line("TEE", 7, lineNumber="2")]
    depot.place("A1", orderLines={"orderLine": lines})
    picks = depot.floor.release("A1")
    assert [(pick.line, pick.units) for pick in picks] == [("1", 7), ("2", 3)]


@pytest.mark.parametrize("packs", [2, 3])
def test_packs_are_counted_as_the_units_in_them(depot: Depot, packs: int) -> None:
    body = {"item": [{"number": "SOCKS", "packs": {"pack": [{"type": "Case", "quantity": 12}]}}]}
    depot.v1("POST", "/items", body)
    line = a_line("SOCKS", packs, pack={"type": "Case", "quantity": "12"})
    depot.place("A1", orderLines={"orderLine": [line]})
    assert depot.figures("SOCKS") == (5, 5 - 12 * packs, 0)
    assert depot.order()["orderLines"]["orderLine"]["orderPackQuantity"] == f"{packs}.0"
    assert depot.order()["orderLines"]["orderLine"]["unallocatedQuantity"] == f"{12 * packs}.0"


def test_half_a_case_is_a_quantity_when_it_is_a_number_of_units(depot: Depot) -> None:
    body = {"item": [{"number": "SOCKS", "packs": {"pack": [{"type": "Case", "quantity": 12}]}}]}
    depot.v1("POST", "/items", body)
    line = a_line("SOCKS", 1, pack={"type": "Case", "quantity": "12"}, orderPackQuantity="0.25")
    depot.place("A1", orderLines={"orderLine": [line]})
    assert depot.figures("SOCKS") == (5, 2, 0)
    assert depot.order()["orderLines"]["orderLine"]["orderPackQuantity"] == "0.25"


def test_seeding_tells_one_level_for_each_cell() -> None:
    depot = Depot(seeded=False)
    depot.service.seed(SEED)
    levels = depot.told(Level)
    assert [(level.sku, level.place, level.on_hand, level.by) for level in levels] == [
        ("TEE", "W1", 10, "seed"),
        ("SOCKS", "W1", 5, "seed"),
        ("TEE", "S1", 3, "seed"),
    ]
    assert {level.cause for level in levels} == {"seed"}


def test_the_sum_of_all_lines_is_what_the_cells_hold_after_a_busy_day(depot: Depot) -> None:
    for number in range(1, 9):
        depot.place(f"A{number}", ("TEE", 2), ("SOCKS", 1))
    depot.change("A1", status="Canceled")
    depot.floor.release("A2")
    depot.floor.short("A2", "TEE", 1)
    depot.ship("A3")
    depot.floor.wave("A4")
    depot.change("A5", status="Hold")
    depot.floor.release("A6")
    depot.floor.cancel("A6", "torn")
    for sku in ("TEE", "SOCKS"):
        lines = [
            (order, line)
            for order in depot.store.orders.by_type["Sales Order"].values()
            for line in order.lines
            if line.sku == sku
        ]
        figures = depot.store.stock.figures(sku, "W1")
        assert figures.allocated == sum(line.allocated for _order, line in lines)
        assert figures.demand == sum(
            line.unallocated
            for order, line in lines
            if order.status not in ("Canceled", "Ship Complete", "Draft")
        )

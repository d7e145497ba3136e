"""The tables of a sales order's life, and that the fake keeps to them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tests.contract.deposco.depot import Depot, a_line

from peakproof.errors import SimulatorFault
from peakproof.history.records import WorkState
from peakproof_simulators.deposco.floor_work import put_moved
from peakproof_simulators.deposco.lifecycle import (
    API_MOVES,
    EDITABLE,
    FROM_V1,
    MEANS,
    NOTICE_STATUS,
    SALES,
    TO_COMPLETE,
    TO_PART_SHIPPED,
    V1_STATUS,
    WAREHOUSE_MOVES,
    cancellable,
)

STATUSES = tuple(API_MOVES[SALES])
OPEN = ("Draft", "New", "Hold", "Ready for Fulfillment", "Wave Built", "Back Ordered")


def at(status: str, **settings: object) -> Depot:
    """An order A1 of two TEE and nine SOCKS (five are there) in a status, by a real way where
    there is one."""
    depot = Depot(settings)
    if status in ("Draft", "New", "Hold"):
        depot.place("A1", ("TEE", 2), status=status)
        return depot
    lines: tuple[tuple[str, int], ...] = (
        (("MUG", 2),) if status == "Back Ordered" else (("TEE", 2),)
    )
    if status == "Partially Released":
        lines = (("TEE", 2), ("SOCKS", 9))
    depot.place("A1", *lines)
    _walk(depot, status)
    assert depot.status() == status
    return depot


def _walk(depot: Depot, status: str) -> None:
    floor = depot.floor
    if status == "Ready for Fulfillment":
        order = depot.store.orders.sales("A1")
        put_moved(depot.store.orders, order, order, "order", (status,))
    elif status == "Wave Built":
        floor.wave("A1")
    elif status == "Canceled":
        floor.cancel("A1", "damaged")
    else:
        _walk_floor(depot, status)


def _walk_floor(depot: Depot, status: str) -> None:
    floor = depot.floor
    floor.release("A1")
    if status in ("Released", "Partially Released", "Back Ordered"):
        return
    floor.picked("A1", "TEE", 1)
    if status == "Picking":
        return
    if status == "Partially Staged":
        floor.packed("A1")
        return
    if status == "Partially Shipped":
        floor.shipped(floor.packed("A1"))
        return
    floor.picked("A1", "TEE", 1)
    if status == "Pick Complete":
        return
    parcel = floor.packed("A1")
    if status == "Staged":
        return
    if status in ("Loaded", "Partially Loaded"):
        order = depot.store.orders.sales("A1")
        put_moved(depot.store.orders, order, order, "ship", (status,))
        return
    floor.shipped(parcel)


@pytest.mark.parametrize("status", STATUSES)
def test_a_whole_order_is_cancelled_by_api_while_it_is_open_and_never_after(status: str) -> None:
    depot = at(status)
    answer = depot.change("A1", status="Canceled")
    if status in OPEN:
        assert answer.inner == "HTTP/1.1 200 OK"
        assert depot.status() == "Canceled"
    else:
        assert answer.inner == "HTTP/1.1 409 Conflict"
        assert depot.status() == status


@pytest.mark.parametrize("status", STATUSES)
def test_the_header_is_edited_while_the_order_is_open_and_never_after(status: str) -> None:
    depot = at(status)
    answer = depot.change("A1", status=V1_STATUS[status], shipVia="Van")
    if status in OPEN:
        assert answer.inner == "HTTP/1.1 200 OK"
        assert depot.order()["shipVia"] == "Van"
    else:
        assert answer.inner == "HTTP/1.1 409 Conflict"
        assert depot.order()["shipVia"] == "Courier"


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("target", ["Draft", "New", "Hold"])
def test_a_status_moves_by_api_as_the_table_says(status: str, target: str) -> None:
    depot = at(status)
    answer = depot.change("A1", status=target)
    if target in (*API_MOVES[SALES][status], status):
        assert answer.inner == "HTTP/1.1 200 OK"
        assert depot.status() == target
    else:
        assert answer.inner == "HTTP/1.1 409 Conflict"
        assert depot.status() == status


@pytest.mark.parametrize("status", ["Picking", "Released", "Complete", "nonsense"])
def test_a_status_that_only_the_warehouse_gives_cannot_be_asked_for(status: str) -> None:
    assert at("New").change("A1", status=status).inner == "HTTP/1.1 400 Bad Request"


def test_the_lock_can_be_set_to_the_wave() -> None:
    assert at("Wave Built").change("A1", status="Canceled").inner == "HTTP/1.1 200 OK"
    locked = at("Wave Built", lock_at="wave_built")
    assert locked.change("A1", status="Canceled").inner == "HTTP/1.1 409 Conflict"
    assert locked.change("A1", status="Planned", shipVia="Van").inner == "HTTP/1.1 409 Conflict"
    assert locked.change("A1", status="New").inner == "HTTP/1.1 409 Conflict"
    assert locked.status() == "Wave Built"


def test_a_line_of_a_draft_cannot_be_cancelled_but_the_draft_can() -> None:
    depot = at("Draft")
    line = a_line("TEE", 2, lineStatus="Canceled")
    answer = depot.change("A1", status="Draft", orderLines={"orderLine": [line]})
    assert answer.inner == "HTTP/1.1 409 Conflict"


def test_in_a_part_release_only_what_is_back_ordered_can_be_cancelled() -> None:
    depot = at("Partially Released")
    whole = a_line("SOCKS", 9, lineStatus="Canceled")
    answer = depot.change("A1", status="Released", orderLines={"orderLine": [whole]})
    assert answer.inner == "HTTP/1.1 409 Conflict"

    waiting = a_line("SOCKS", 9, canceledPackQuantity="4")
    answer = depot.change("A1", status="Released", orderLines={"orderLine": [waiting]})
    assert answer.inner == "HTTP/1.1 200 OK"
    assert depot.status() == "Released"


def test_in_a_part_release_only_a_back_ordered_line_can_be_raised() -> None:
    depot = at("Partially Released")
    for sku, units, inner in (("TEE", 3, "409 Conflict"), ("SOCKS", 10, "200 OK")):
        lines = {"orderLine": [a_line(sku, units)]}
        answer = depot.change("A1", status="Released", orderLines=lines)
        assert answer.inner == f"HTTP/1.1 {inner}"


def test_what_a_wave_had_set_aside_is_free_again_when_the_order_goes_back_to_new() -> None:
    depot = at("Wave Built")
    assert depot.figures() == (10, 8, 2)
    depot.change("A1", status="New")
    assert depot.figures() == (10, 8, 0)
    assert depot.floor.ready("W1") == ["A1"]


def test_an_order_on_hold_is_not_offered_to_the_wave() -> None:
    depot = at("New")
    depot.change("A1", status="Hold")
    assert depot.floor.ready("W1") == []
    assert depot.floor.release("A1") == ()
    depot.change("A1", status="New")
    assert depot.floor.ready("W1") == ["A1"]


def test_cancelling_twice_is_a_conflict_unless_the_tenant_says_otherwise() -> None:
    assert at("Canceled").change("A1", status="Canceled").inner == "HTTP/1.1 409 Conflict"
    kind = at("Canceled", recancel="ok")
    assert kind.change("A1", status="Canceled").inner == "HTTP/1.1 200 OK"


# --- the tables themselves ------------------------------------------------------------


def test_every_table_speaks_of_the_same_statuses() -> None:
    for table in (WAREHOUSE_MOVES, MEANS):
        assert set(table) == set(STATUSES)
    assert set(NOTICE_STATUS) == set(STATUSES) - {"Draft"}
    assert set(STATUSES) <= set(V1_STATUS)
    for moves in (*API_MOVES[SALES].values(), *WAREHOUSE_MOVES.values()):
        assert set(moves) <= set(STATUSES)
    assert set(FROM_V1.values()) <= {status for kind in API_MOVES.values() for status in kind}


def test_cancellable_and_editable_are_the_same_for_a_sales_order() -> None:
    for status in STATUSES:
        assert cancellable(SALES, status, "released") == (status in EDITABLE[SALES]["released"])
    assert set(EDITABLE[SALES]["released"]) - set(EDITABLE[SALES]["wave_built"]) == {"Wave Built"}


@pytest.mark.parametrize("routes", [TO_COMPLETE, TO_PART_SHIPPED])
def test_every_way_out_of_the_warehouse_is_made_of_moves_that_exist(
    routes: dict[str, tuple[str, ...]],
) -> None:
    for status, steps in routes.items():
        for before, after in zip((status, *steps), steps, strict=False):
            assert after in WAREHOUSE_MOVES[before], (status, before, after)


def test_a_warehouse_move_that_the_table_does_not_have_is_a_fault_of_the_harness(
    depot: Depot,
) -> None:
    depot.place("A1")
    order = depot.store.orders.sales("A1")
    with pytest.raises(SimulatorFault, match="cannot go from New to Loaded"):
        put_moved(depot.store.orders, order, order, "ship", ("Loaded",))


@pytest.mark.parametrize("status", STATUSES)
def test_the_history_tells_every_step_that_an_order_takes(status: str) -> None:
    depot = at(status)
    told = [state.new for state in depot.told(WorkState)]
    assert told[-1] == status
    for before, after in pairwise(told):
        assert after in WAREHOUSE_MOVES[before]
    assert [state.means for state in depot.told(WorkState)] == [MEANS[step] for step in told]

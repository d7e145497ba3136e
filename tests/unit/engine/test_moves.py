"""Steps at a shop whose stock has no versions; and what several channels of one shop share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.engine.stage import clock, config, play

from peakproof_engine.desk import Desk
from peakproof_engine.errors import (
    CallError,
    Conflict,
    Failed,
    NotNow,
    TimedOut,
    UnknownOutcome,
)
from peakproof_engine.flows.cells import Live
from peakproof_engine.flows.core import Core
from peakproof_engine.flows.moves import MoveWriter
from peakproof_engine.guards import Guards
from peakproof_engine.mapping import Places, channels_by_node
from peakproof_engine.model import StepRecord
from peakproof_engine.store.database import Store
from peakproof_engine.systems.ports import Shown


class Board:
    """A shop's figure: what is said twice is done twice. ``fates`` are what becomes of calls."""

    def __init__(self, *fates: Callable[[Board, str, int], Shown]) -> None:
        self.fates = list(fates)
        self.units = 10
        self.done: dict[str, int] = {}
        self.looks = 0

    def entry_of(self, sku: str, place: str) -> str:
        return f"{sku}@{place}"

    async def move(self, reference: str, sku: str, place: str, units: int) -> Shown:
        fate = self.fates.pop(0) if self.fates else taken
        return fate(self, reference, units)

    async def moved(self, reference: str, sku: str, place: str, since_s: float) -> int | None:
        self.looks += 1
        return self.done.get(reference)


def taken(board: Board, reference: str, units: int) -> Shown:
    """It is done."""
    board.units += units
    board.done[reference] = units
    return Shown("TEE", "W1", board.units, "", moved=units)


def taken_in_part(board: Board, reference: str, units: int) -> Shown:
    """One unit less is done, without a word."""
    return taken(board, reference, units + 1)


def done_unheard(board: Board, reference: str, units: int) -> Shown:
    """It is done, and the answer is lost."""
    taken(board, reference, units)
    raise UnknownOutcome("move", "reset")


def lost(error: CallError) -> Callable[[Board, str, int], Shown]:
    """It is not done."""

    def fate(_board: Board, _reference: str, _units: int) -> Shown:
        raise error

    return fate


class Booked:
    """Notes what a step came to."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int | None]] = []

    def done(self, live: Live, step: StepRecord, figure: int | None) -> None:
        self.told.append(("done", step.units))
        live.step = None

    def undone(self, live: Live, step: StepRecord, *, replan_s: float | None) -> None:
        self.told.append(("undone", None))
        live.step = None

    def refused(self, live: Live, step: StepRecord, error: Exception) -> None:
        self.told.append(("refused", None))
        live.step = None


def carried_out(board: Board, units: int) -> tuple[Booked, float, list[str]]:
    """A step is carried out: what was booked, after how long, and what the desk was told."""

    async def story() -> tuple[Booked, float, list[str]]:
        kinds: list[str] = []

        async def report(_key: str, kind: str, _owner: str, _reason: str) -> None:
            kinds.append(kind)

        store, time = Store(), clock()
        core = Core(config(), Guards(), time, store, Desk(store, time, report))
        live = core.ledger.live("W1", "TEE", "web")
        assert live is not None
        live.share.given = 10
        live.step = StepRecord(1, "W1", "TEE", "web", units)
        booked: Any = Booked()
        MoveWriter(core, board, booked, "run").start(live)
        began_s = time.now()
        while live.step is not None:
            await asyncio.sleep(0.5)
        took_s = time.now() - began_s
        await asyncio.sleep(1.0)
        await core.stop()
        return booked, took_s, kinds

    return play(story())


def test_a_step_is_one_change_under_a_reference_of_its_own() -> None:
    board = Board()
    booked, _, _ = carried_out(board, -3)
    assert (board.units, board.done, booked.told) == (7, {"peakproof-run-1": -3}, [("done", -3)])


def test_a_change_whose_answer_was_lost_is_looked_for_and_not_sent_again() -> None:
    board = Board(done_unheard)
    booked, _, _ = carried_out(board, 4)
    assert (board.units, booked.told, board.looks) == (14, [("done", 4)], 1)


def test_a_change_that_is_not_found_is_sent_again_when_it_can_no_longer_arrive() -> None:
    board = Board(lost(TimedOut("move", "slow")))
    booked, took_s, _ = carried_out(board, 4)
    assert (board.units, booked.told) == (14, [("done", 4)])
    assert took_s >= config().policy.late_s


def test_a_change_that_died_with_its_line_is_looked_for_and_sent_again_at_once() -> None:
    board = Board(lost(UnknownOutcome("move", "reset")))
    booked, took_s, _ = carried_out(board, 4)
    assert (board.units, booked.told, board.looks) == (14, [("done", 4)], 1)
    assert took_s < config().policy.late_s


def test_a_call_that_was_never_made_is_made_without_looking() -> None:
    board = Board(lost(NotNow("move", "too many requests", delay_s=2.0)))
    booked, took_s, _ = carried_out(board, 4)
    assert (board.units, booked.told, board.looks) == (14, [("done", 4)], 0)
    assert took_s < config().policy.late_s


@pytest.mark.parametrize(
    "error", [Conflict("move", "sold", status=409), Failed("move", "no line")], ids=["sold", "line"]
)
def test_what_had_no_effect_is_planned_anew(error: CallError) -> None:
    booked, _, _ = carried_out(Board(lost(error)), -3)
    assert booked.told == [("undone", None)]


def test_units_that_were_not_taken_are_booked_as_they_are_and_raised() -> None:
    booked, _, kinds = carried_out(Board(taken_in_part), -3)
    assert booked.told == [("done", -2)]
    assert kinds == ["step_refused"]


# --- one shop, several channels ---------------------------------------------------------------


def test_two_markets_over_a_warehouse_have_one_share_of_it() -> None:
    made = config(
        channels=[
            {"id": "uk", "system": "commercetools", "nodes": ["W1", "S1"]},
            {"id": "eu", "system": "commercetools", "nodes": ["W1"]},
            {"id": "till", "system": "pos", "nodes": ["S1"]},
        ]
    )
    assert channels_by_node(made) == {
        "W1": [("uk", "commercetools")],
        "S1": [("uk", "commercetools"), ("till", "pos")],
    }


@pytest.mark.parametrize(("alike", "place"), [("", "web-w1"), ("deposco", "FAC1")])
def test_a_place_is_what_the_map_says_unless_codes_are_taken_to_be_alike(
    alike: str, place: str
) -> None:
    places = Places(config().nodes, alike=alike)
    assert places.place("W1", "commercetools") == place
    assert places.node("commercetools", place) == "W1"
    assert places.node("commercetools", "new") == ("W1" if alike else "")

"""The books in memory, for any sales and answers: what is counted twice, late or not at all."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from peakproof_engine.flows.audit import both, difference
from peakproof_engine.flows.cells import RECENT_S, Cell, Ledger, Live, Reading
from peakproof_engine.flows.steps import oversold
from peakproof_engine.guards import Guards
from peakproof_engine.model import Share, StepRecord
from peakproof_engine.store.database import Store

NODES = {"S1": [("web", "commercetools"), ("till", "pos")], "W1": [("web", "commercetools")]}
moves = st.lists(
    st.tuples(
        st.sampled_from(["fly", "unfly", "landed", "settle"]),
        st.integers(-4, 6).filter(bool), st.floats(0.0, 100.0),
    ),
    max_size=30,
)  # fmt: skip
sales = st.lists(
    st.tuples(st.floats(0.0, 300.0), st.integers(-4, 6).filter(bool)), max_size=12
).map(sorted)


def open_cell(*, off: tuple[str, ...] = ()) -> tuple[Ledger, Cell, Live]:
    """A cell of two channels whose first share begins at nothing."""
    ledger = Ledger(Store(), Guards(off), NODES, 600.0)
    cell = ledger.cell("S1", "TEE")
    for live in cell.lives:
        live.share = Share(given=0)
    return ledger, cell, cell.lives[0]


def kept(ledger: Ledger) -> Share:
    """The books of the only share that the store has."""
    ((_, _, _, share),) = ledger._store.shares()
    return share


# --- what the master's figure includes ----------------------------------------------------------


@given(moves)
def test_what_is_under_way_counts_once_and_is_settled_in_the_order_of_answers(
    story: list[tuple[str, int, float]],
) -> None:
    ledger, cell, live = open_cell()
    flying: list[int] = []
    landed: list[tuple[float, int]] = []
    acked, now_s = 0, 0.0
    for what, units, seconds in story:
        now_s += seconds
        if what == "fly":
            ledger.fly(live, units)
            flying.append(units)
        elif what == "settle":
            before = len(landed)
            landed = [each for each in landed if each[0] > now_s - seconds]
            assert cell.settle(now_s - seconds) is (len(landed) < before)
        elif flying and what == "unfly":
            ledger.unfly(live, flying.pop(0))
        elif flying:
            ledger.landed(live, flying[0], now_s)
            landed.append((now_s, flying[0]))
            acked += flying.pop(0)
        out = sum(each for each in flying if each > 0)
        back = -sum(each for each in flying if each < 0)
        landed_out = sum(each for _, each in landed if each > 0)
        landed_back = -sum(each for _, each in landed if each < 0)
        assert live.share.acked == acked
        assert (live.flying_out, live.flying_back) == (out, back)
        assert (live.landed_out, live.landed_back) == (landed_out, landed_back)
        assert live.acked_low == acked - landed_out - back
        assert live.acked_high == acked + out + landed_back
        assert live.acked_low <= acked <= live.acked_high
    for _, _, channel, kept in ledger._store.shares():
        assert (channel, kept) == ("web", live.share)


@given(st.integers(1, 9))
def test_a_promise_that_was_withdrawn_is_neither_sold_nor_missing(units: int) -> None:
    ledger, _, live = open_cell()
    ledger.sold(live, units, 10.0)
    assert kept(ledger) == live.share
    ledger.resolved(live, units)
    assert live.share.sold - live.acked_low == live.share.sold - live.acked_high == 0
    assert kept(ledger) == live.share == Share(0, units, units)
    ledger.fly(live, 1)
    ledger.landed(live, 1, 20.0)
    assert kept(ledger) == live.share == Share(0, units, units + 1)


def test_demand_halves_in_its_time_and_a_return_is_none() -> None:
    ledger, _, live = open_cell()
    assert ledger.weight_of(live, 50.0) == 0.0
    ledger.sold(live, 4, 0.0)
    ledger.sold(live, 2, 600.0)
    assert (live.weight, live.weight_s) == (4.0, 600.0)
    ledger.sold(live, -3, 700.0)
    ledger.sold(live, 1, 0.0)
    # One that comes late adds to it as if it came now.
    assert (live.weight, live.weight_s) == (5.0, 600.0)
    assert ledger.weight_of(live, 1200.0) == 2.5


# --- sales --------------------------------------------------------------------------------------


@given(sales, st.integers(0, 20), st.floats(0.0, 300.0))
def test_a_sale_that_the_first_figure_had_seen_takes_nothing_from_the_share(
    story: list[tuple[float, int]], given_units: int, based_s: float
) -> None:
    ledger, _, live = open_cell()
    live.share.given, live.share.based_s = given_units, based_s
    for at_s, units in story:
        ledger.sold(live, units, at_s)
    seen = sum(units for at_s, units in story if at_s <= based_s)
    later = sum(units for at_s, units in story if at_s > based_s)
    assert live.share.sold == seen + later
    assert live.share.given == given_units + seen
    assert live.share.given - live.share.sold == given_units - later


@given(sales, st.floats(0.0, 300.0), st.floats(0.0, 300.0))
def test_a_late_figure_may_show_any_of_the_sales_in_between_but_in_their_order(
    story: list[tuple[float, int]], one_s: float, other_s: float
) -> None:
    from_s, until_s = sorted((one_s, other_s))
    ledger, _, live = open_cell()
    for at_s, units in story:
        ledger.sold(live, units, at_s)
    certain = sum(units for at_s, units in story if at_s <= from_s)
    between = [units for at_s, units in story if from_s < at_s <= until_s]
    possible = [certain + part for part in accumulate(between, initial=0)]
    assert live.sold_between(from_s, until_s) == (min(possible), max(possible))
    # So no figure that shows such a part is off, and any other is, by what it is beyond.
    live.share.given = 100
    shown = [100 - part for part in possible]
    for units in range(min(shown) - 3, max(shown) + 4):
        beyond = max(0, units - max(shown)) - max(0, min(shown) - units)
        assert difference(live, Reading(until_s, from_s, until_s, units)) == beyond


@given(st.lists(st.integers(1, 5), min_size=1, max_size=8), st.floats(1.0, 500.0))
def test_what_is_long_past_is_forgotten_as_a_single_sale_but_not_as_sold(
    units: list[int], later_s: float
) -> None:
    ledger, _, live = open_cell()
    for many in units:
        ledger.sold(live, many, 0.0)
    ledger.sold(live, 1, RECENT_S + later_s)
    assert list(live.recent) == [(RECENT_S + later_s, 1)]
    assert live.share.sold == sum(units) + 1
    assert live.sold_between(0.0, RECENT_S + later_s) == (sum(units), sum(units) + 1)


def test_a_sale_is_remembered_for_as_long_as_a_figure_of_its_time_is_in_question() -> None:
    ledger, _, live = open_cell()
    live.suspect = Reading(50.0, 20.0, 50.0, 7)
    for at_s in (10.0, 30.0, 60.0, RECENT_S + 500.0):
        ledger.sold(live, 1, at_s)
    # Of the three that are kept one may be in that figure; the one before it surely is.
    assert [at_s for at_s, _ in live.recent] == [30.0, 60.0, RECENT_S + 500.0]
    assert live.sold_between(20.0, 50.0) == (1, 2)


@given(st.integers(-5, 5), st.integers(-5, 5))
def test_two_differences_agree_on_what_is_in_both(one: int, other: int) -> None:
    common = both(one, other)
    assert common == both(other, one) == -both(-one, -other)
    assert abs(common) == (min(abs(one), abs(other)) if one * other > 0 else 0)
    assert common * one >= 0


@given(sales, st.floats(0.0, 5000.0))
def test_demand_fades_and_is_never_less_than_nothing(
    story: list[tuple[float, int]], later_s: float
) -> None:
    ledger, _, live = open_cell()
    for at_s, units in story:
        ledger.sold(live, units, at_s)
    now_s = 300.0 + later_s
    weight = ledger.weight_of(live, now_s)
    assert 0.0 <= weight <= sum(units for _, units in story if units > 0) + 1e-6
    assert (
        ledger.weight_of(live, now_s + 600.0) == weight / 2
        or abs(ledger.weight_of(live, now_s + 600.0) - weight / 2) < 1e-9
    )
    assert ledger.weight_of(live, 0.0) >= weight


# --- what the rules of allocation read ----------------------------------------------------------


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 5), st.integers(-6, 6).filter(bool))
def test_the_rules_read_the_books_as_they_are(
    given_units: int, sold: int, doubt: int, step: int
) -> None:
    ledger, cell, live = open_cell()
    live.share.given, live.doubt = given_units, doubt
    ledger.sold(live, sold + 1, 1.0)
    ledger.fly(live, 1)
    live.step = StepRecord(1, "S1", "TEE", "web", step)
    book, other = ledger.books(cell.lives, 1.0)
    assert (book.given, book.sold) == (given_units, sold + 1)
    assert (book.acked_low, book.acked_high) == (0, 1)
    assert (book.cutting, book.doubt, book.rests) == (max(0, -step), doubt, True)
    assert book.weight == 1 + 8 * (sold + 1)
    assert (other.weight, other.rests, other.cutting) == (1, False, 0)
    assert book.shown == given_units - max(0, -step) - (sold + 1)
    assert book.held == max(given_units, sold + 1)


def test_without_its_guard_all_that_was_sold_counts_as_taken_off() -> None:
    ledger, cell, live = open_cell(off=("unacknowledged_demand",))
    ledger.sold(live, 3, 1.0)
    assert [book.acked_low for book in ledger.books(cell.lives, 1.0)] == [3, 0]
    assert [book.acked_high for book in ledger.books(cell.lives, 1.0)] == [3, 0]


@given(st.integers(-5, 20), st.integers(0, 20), st.integers(-10, 20))
def test_what_was_sold_beyond_a_share_and_not_told_is_read_off_its_figure(
    given_units: int, sold: int, figure: int
) -> None:
    _, _, live = open_cell()
    live.share.given, live.share.sold = given_units, sold
    really_sold = given_units - figure
    assert oversold(live, figure) == max(0, really_sold - max(given_units, sold))


# --- finding ------------------------------------------------------------------------------------


def test_cells_open_when_they_are_needed_and_only_for_who_sells_there() -> None:
    ledger, cell, live = open_cell()
    assert ledger.cell("S1", "TEE") is cell
    assert ledger.known("S1", "TEE") is cell
    assert ledger.known("S1", "HAT") is None
    assert ledger.known("X9", "TEE") is None
    assert ledger.live("S1", "TEE", "web") is live
    assert ledger.live("S1", "TEE", "phone") is None
    assert ledger.live("X9", "TEE", "web") is None
    assert ledger.by_key("web|S1|TEE") is live
    assert ledger.by_key("web|S1|HAT") is None
    assert [each.channel for each in ledger.cell("W1", "TEE").lives] == ["web"]
    assert [(each.node, each.sku) for each in ledger.cells()] == [("S1", "TEE"), ("W1", "TEE")]
    assert list(ledger.nodes()) == ["S1", "W1"]


def test_shares_are_taken_up_from_the_store_where_the_channel_still_sells() -> None:
    store = Store()
    store.put_share("S1", "TEE", "web", Share(5, 2, 1, "e-1", 9.0))
    store.put_share("S1", "TEE", "phone", Share(7))
    store.put_share("X9", "TEE", "web", Share(8))
    ledger = Ledger(store, Guards(), NODES, 600.0)
    ledger.load()
    assert [live.share for live in ledger.cell("S1", "TEE").lives] == [
        Share(5, 2, 1, "e-1", 9.0), Share(),
    ]  # fmt: skip
    assert len(list(ledger.cells())) == 1

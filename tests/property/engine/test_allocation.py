"""Who may offer what, for any books: nobody is promised what is not there, and nothing is idle."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

import msgspec
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from peakproof_engine.allocation import (
    Cut,
    Grow,
    ShareBook,
    Step,
    allocate,
    first_served,
    free_high,
    free_low,
    mirror,
    targets,
)

units = st.integers(0, 40)


@st.composite
def books(draw: st.DrawFn, *, settled: bool = False) -> ShareBook:
    """A share's books as the ledger can make them; settled: nothing is under way or in doubt."""
    given_units = draw(st.integers(-5, 60))
    sold = draw(units)
    high = draw(st.integers(0, sold))
    low = high if settled else draw(st.integers(0, high))
    weight = draw(st.integers(1, 30))
    if settled:
        return ShareBook(given_units, sold, low, high, weight=weight)
    cutting = draw(st.integers(0, max(0, given_units - sold)))
    rests = cutting > 0 or draw(st.booleans())
    doubt = draw(st.integers(0, 6))
    return ShareBook(given_units, sold, low, high, cutting, doubt, weight, rests)


cells = st.lists(books(), min_size=1, max_size=4)
calm = st.lists(books(settled=True), min_size=1, max_size=4)
stock = st.integers(-10, 120)
back = st.integers(0, 10)


def grown(shares: Sequence[ShareBook], steps: Sequence[Step]) -> list[ShareBook]:
    """The books when all steps have been carried out and confirmed."""
    made = [msgspec.structs.replace(share) for share in shares]
    for step in steps:
        made[step.at].given += step.units if isinstance(step, Grow) else -step.units
    return made


def held(shares: Sequence[ShareBook]) -> int:
    """Units that count as gone to somebody, less what the master surely took off."""
    return sum(share.held - share.acked_low for share in shares)


def offered(shares: Sequence[ShareBook]) -> int:
    """Units that somebody can buy now."""
    return sum(max(0, share.shown) for share in shares)


# --- every plan -----------------------------------------------------------------------------


@given(stock, back, cells, st.integers(0, 3), st.booleans())
def test_a_plan_never_gives_out_more_than_is_certainly_free(
    available: int, hold_back: int, shares: list[ShareBook], first: int, move: bool
) -> None:
    steps = allocate(available, hold_back, shares, first=first % len(shares), move=move)
    after = grown(shares, [step for step in steps if isinstance(step, Grow)])
    assert held(after) <= max(held(shares), available - hold_back)


@given(stock, back, cells, st.integers(0, 3), st.booleans())
def test_a_cut_takes_what_is_shown_and_no_more_than_is_missing(
    available: int, hold_back: int, shares: list[ShareBook], first: int, move: bool
) -> None:
    steps = allocate(available, hold_back, shares, first=first % len(shares), move=move)
    cuts = [step for step in steps if isinstance(step, Cut)]
    for cut in cuts:
        assert cut.units <= shares[cut.at].shown
    missing = -free_high(available, hold_back, shares)
    if missing > 0:
        able = sum(max(0, share.shown) for share in shares if not share.rests)
        assert sum(cut.units for cut in cuts) == min(missing, able)
    elif not move:
        assert cuts == []


@given(stock, back, cells, st.integers(0, 3), st.booleans())
def test_a_share_gets_one_step_at_a_time_of_one_kind_and_none_while_it_rests(
    available: int, hold_back: int, shares: list[ShareBook], first: int, move: bool
) -> None:
    steps = allocate(available, hold_back, shares, first=first % len(shares), move=move)
    assert len({step.at for step in steps}) == len(steps)
    assert len({type(step) for step in steps}) <= 1
    for step in steps:
        assert step.units > 0
        assert not shares[step.at].rests


@given(stock, back, cells, st.integers(0, 3), st.booleans())
def test_the_same_books_give_the_same_plan_and_stay_as_they_are(
    available: int, hold_back: int, shares: list[ShareBook], first: int, move: bool
) -> None:
    before = deepcopy(shares)
    first %= len(shares)
    once = allocate(available, hold_back, shares, first=first, move=move)
    again = allocate(available, hold_back, deepcopy(before), first=first, move=move)
    assert once == again
    assert shares == before


@given(stock, back, cells)
def test_what_may_be_free_is_never_less_than_what_surely_is(
    available: int, hold_back: int, shares: list[ShareBook]
) -> None:
    assert free_high(available, hold_back, shares) >= free_low(available, hold_back, shares)


@given(stock, back, cells, st.integers(0, 3))
def test_units_that_may_have_been_sold_twice_are_not_given_to_another(
    available: int, hold_back: int, shares: list[ShareBook], first: int
) -> None:
    steps = allocate(available, hold_back, shares, first=first % len(shares), move=False)
    for step in steps:
        if isinstance(step, Grow):
            others = sum(share.doubt for at, share in enumerate(shares) if at != step.at)
            lift = max(0, -shares[step.at].shown)
            assert step.units - lift <= max(0, free_low(available, hold_back, shares) - others)


# --- until there is nothing to do -------------------------------------------------------------


def settle(
    available: int, hold_back: int, shares: list[ShareBook], first: int
) -> tuple[list[ShareBook], int]:
    """Carry out plan after plan until there is none; how many it took."""
    for rounds in range(12):
        steps = allocate(available, hold_back, shares, first=first, move=False)
        steps = steps or allocate(available, hold_back, shares, first=first, move=True)
        if not steps:
            return shares, rounds
        shares = grown(shares, steps)
    raise AssertionError("the plans never come to an end")


@given(stock, back, calm, st.integers(0, 3))
def test_plans_come_to_an_end_and_then_all_that_is_free_is_offered(
    available: int, hold_back: int, shares: list[ShareBook], first: int
) -> None:
    after, rounds = settle(available, hold_back, shares, first % len(shares))
    assert rounds <= 4
    unknown = sum(share.sold - share.acked_low for share in after)
    assert offered(after) == max(0, available - hold_back - unknown)
    assert all(share.shown >= 0 for share in after)


@given(stock, back, calm, st.integers(0, 3))
def test_where_there_is_enough_everybody_has_something_to_sell(
    available: int, hold_back: int, shares: list[ShareBook], first: int
) -> None:
    after, _ = settle(available, hold_back, shares, first % len(shares))
    if offered(after) >= len(after):
        assert all(share.shown >= 1 for share in after)


@given(stock, back, calm, st.integers(0, 3))
def test_what_is_settled_stays_as_it_is(
    available: int, hold_back: int, shares: list[ShareBook], first: int
) -> None:
    first %= len(shares)
    after, _ = settle(available, hold_back, shares, first)
    assert allocate(available, hold_back, after, first=first, move=False) == []
    assert settle(available, hold_back, after, first) == (after, 0)


@given(st.integers(1, 60), st.lists(st.integers(1, 20), min_size=2, max_size=3), st.data())
def test_a_sale_that_the_master_takes_off_moves_nothing(
    spare: int, weights: list[int], data: st.DataObject
) -> None:
    shares = [ShareBook(0, 0, 0, 0, weight=weight) for weight in weights]
    shares, _ = settle(spare, 0, shares, 0)
    at = data.draw(st.integers(0, len(shares) - 1))
    assume(shares[at].shown > 0)
    shares[at].sold += 1
    if all(share.shown > 0 for share in shares):
        assert allocate(spare, 0, shares, first=0, move=True) == []
        shares[at].acked_low += 1
        shares[at].acked_high += 1
        assert allocate(spare - 1, 0, shares, first=0, move=True) == []


@given(st.integers(2, 60), st.integers(1, 30), st.integers(1, 30), st.integers(0, 1))
def test_a_share_that_has_run_dry_is_filled_from_the_other(
    fullness: int, dry: int, full: int, first: int
) -> None:
    shares = [ShareBook(5, 5, 5, 5, weight=dry), ShareBook(fullness, 0, 0, 0, weight=full)]
    assert allocate(fullness, 0, shares, first=first, move=False) == []
    after, _ = settle(fullness, 0, shares, first)
    assert all(share.shown >= 1 for share in after)
    assert offered(after) == fullness


@given(st.integers(2, 60), st.sampled_from(["rests", "doubt"]), st.integers(0, 1))
def test_nothing_is_moved_while_a_step_is_under_way_or_in_doubt(
    fullness: int, why: str, where: int
) -> None:
    shares = [ShareBook(0, 0, 0, 0), ShareBook(fullness, 0, 0, 0)]
    setattr(shares[where], why, 1)
    assert allocate(fullness, 0, shares, first=0, move=True) == []


@given(st.integers(1, 20), st.integers(0, 20))
def test_a_channel_that_sold_too_much_is_brought_back_to_nothing(over: int, others: int) -> None:
    shares = [ShareBook(3, 3 + over, 3, 3), ShareBook(others, 0, 0, 0)]
    # That offers no unit to anybody, so none has to be free for it.
    assert allocate(others + over, 0, shares, first=0, move=False) == [Grow(0, over)]
    assert allocate(over - 1, 0, [shares[0]], first=0, move=False) == [Grow(0, over)]
    spare = allocate(others + over + 1, 0, [shares[0]], first=0, move=False)
    assert spare == [Grow(0, others + 1 + over)]


# --- a fair division ------------------------------------------------------------------------------


@given(
    st.integers(-5, 200), st.lists(st.integers(0, 30), min_size=1, max_size=5), st.integers(0, 4)
)
def test_a_division_is_whole_and_fair(total: int, weights: list[int], first: int) -> None:
    shares = [ShareBook(0, 0, 0, 0, weight=weight) for weight in weights]
    aims = targets(total, shares, first % len(shares))
    assert sum(aims) == max(0, total)
    assert all(aim >= 0 for aim in aims)
    if total >= len(shares):
        assert min(aims) >= 1
    else:
        assert max(aims) <= 1
    if len(set(weights)) == 1:
        assert max(aims) - min(aims) <= 1


@given(st.integers(0, 200), st.integers(1, 20), st.integers(1, 20), st.integers(0, 1))
def test_who_sells_more_is_not_offered_less(total: int, more: int, less: int, first: int) -> None:
    assume(more > less)
    shares = [ShareBook(0, 0, 0, 0, weight=more), ShareBook(0, 0, 0, 0, weight=less)]
    aims = targets(total, shares, first)
    assert aims[0] >= aims[1] or total == 1


@given(st.integers(1, 5))
def test_the_odd_unit_goes_to_the_first_served(count: int) -> None:
    shares = [ShareBook(0, 0, 0, 0) for _ in range(count)]
    for first in range(count):
        assert targets(1, shares, first)[first] == 1


@given(st.text(max_size=40), st.integers(0, 9))
def test_who_is_first_served_depends_on_the_sku_alone(sku: str, channels: int) -> None:
    first = first_served(sku, channels)
    assert first == first_served(sku, channels)
    assert 0 <= first < max(1, channels)


def test_some_skus_favour_one_channel_and_some_the_other() -> None:
    first = [first_served(f"SKU-{at}", 2) for at in range(200)]
    assert 70 < sum(first) < 130


# --- everybody is offered all of it ---------------------------------------------------------------


@given(stock, back, calm)
@settings(max_examples=60)
def test_a_mirror_shows_each_channel_the_stock_less_what_nobody_took_off_yet(
    available: int, hold_back: int, shares: list[ShareBook]
) -> None:
    for _ in range(3):
        shares = grown(shares, mirror(available, hold_back, shares))
    assert mirror(available, hold_back, shares) == []
    unknown = sum(share.sold - share.acked_low for share in shares)
    for share in shares:
        assert share.shown == max(0, available - hold_back - unknown)


@given(stock, back, cells)
def test_a_mirror_takes_no_step_on_a_share_that_rests(
    available: int, hold_back: int, shares: list[ShareBook]
) -> None:
    steps = mirror(available, hold_back, shares)
    assert len({step.at for step in steps}) == len(steps)
    for step in steps:
        assert step.units > 0
        assert not shares[step.at].rests
        if isinstance(step, Cut):
            assert step.units <= shares[step.at].shown

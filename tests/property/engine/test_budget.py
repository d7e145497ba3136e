"""The budget of calls, for any crowd: never faster than allowed, nobody forgotten, stock first."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.stage import clock, play

from peakproof_engine.budget import Budget

rates = st.sampled_from([0.5, 1.0, 2.0, 4.0, 7.5])
crowds = st.lists(
    st.tuples(st.sampled_from([0.0, 0.0, 0.1, 0.5, 1.3, 4.0]), st.integers(0, 3)),
    min_size=1, max_size=25,
)  # fmt: skip
"""Callers: how long each comes after the one before, and its rank."""


@dataclass
class Call:
    """A caller: when it came, with what rank, and when it got its turn."""

    came_s: float
    rank: int
    got_s: float | None = None


def served(
    per_s: float, crowd: list[tuple[float, int]], *, by_rank: bool, gone: frozenset[int]
) -> list[Call]:
    """Let a crowd in; those that are ``gone`` give up a moment after they came."""

    async def story() -> list[Call]:
        loop = asyncio.get_running_loop()
        budget = Budget(per_s, clock(), by_rank=by_rank)
        calls: list[Call] = []
        tasks: list[asyncio.Task[None]] = []

        async def caller(call: Call) -> None:
            await budget.take(call.rank)
            call.got_s = loop.time()

        for at, (gap_s, rank) in enumerate(crowd):
            await asyncio.sleep(gap_s)
            call = Call(loop.time(), rank)
            calls.append(call)
            task = asyncio.ensure_future(caller(call))
            tasks.append(task)
            await asyncio.sleep(0)
            if at in gone:
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(3.0 / per_s)
        assert budget.waiting == 0
        return calls

    return play(story())


@given(rates, crowds, st.booleans())
@settings(max_examples=60)
def test_in_no_time_more_calls_are_given_out_than_the_rate_and_a_seconds_worth(
    per_s: float, crowd: list[tuple[float, int]], by_rank: bool
) -> None:
    calls = served(per_s, crowd, by_rank=by_rank, gone=frozenset())
    times = sorted(call.got_s for call in calls if call.got_s is not None)
    assert len(times) == len(calls)
    for first, since_s in enumerate(times):
        for last in range(first, len(times)):
            allowed = max(1.0, per_s) + (times[last] - since_s) * per_s
            assert last - first + 1 <= allowed + 1e-3


@given(rates, crowds)
@settings(max_examples=60)
def test_of_those_who_wait_the_lowest_rank_goes_first_and_then_who_came_first(
    per_s: float, crowd: list[tuple[float, int]]
) -> None:
    calls = served(per_s, crowd, by_rank=True, gone=frozenset())
    for at, call in enumerate(calls):
        for other_at, other in enumerate(calls):
            assert call.got_s is not None
            assert other.got_s is not None
            both_waited = max(call.came_s, other.came_s) < min(call.got_s, other.got_s)
            if both_waited and (call.rank, at) < (other.rank, other_at):
                assert call.got_s <= other.got_s


@given(rates, crowds)
@settings(max_examples=40)
def test_without_ranks_who_comes_first_goes_first(
    per_s: float, crowd: list[tuple[float, int]]
) -> None:
    times = [call.got_s or 0.0 for call in served(per_s, crowd, by_rank=False, gone=frozenset())]
    assert times == sorted(times)


@given(rates, crowds, st.frozensets(st.integers(0, 24)))
@settings(max_examples=60)
def test_who_gives_up_takes_no_call_from_those_who_stay(
    per_s: float, crowd: list[tuple[float, int]], gone: frozenset[int]
) -> None:
    calls = served(per_s, crowd, by_rank=True, gone=gone)
    waiting = [call for at, call in enumerate(calls) if at not in gone]
    assert all(call.got_s is not None for call in waiting)
    taken = sum(call.got_s is not None for call in calls)
    last_s = max((call.got_s for call in calls if call.got_s is not None), default=0.0)
    came_s = calls[-1].came_s
    # The last is served no later than all calls that were taken need at that rate.
    assert last_s <= came_s + taken / per_s + 1e-3


answered = st.lists(st.sampled_from([0.0, 0.05, 0.5, 3.0]) | st.none(), max_size=60)
"""What became of calls: None went through, a number was refused with so long to wait."""


def learned(told: float | None, answers: list[float | None]) -> list[float | None]:
    """The rates that a budget has after each of these; in the end a call gets its turn."""

    async def story() -> list[float | None]:
        budget = Budget(told, clock(), by_rank=True)
        rates_: list[float | None] = []
        for wait_s in answers:
            if wait_s is None:
                budget.passed()
            else:
                budget.refused(wait_s)
            rates_.append(budget.per_s)
            assert budget.is_free is (budget.per_s is None)
            await asyncio.sleep(0.3)
        await asyncio.wait_for(budget.take(0), 60.0)
        return rates_

    return play(story())


@given(answered)
def test_a_rate_that_is_learned_is_never_nothing_and_never_much(
    answers: list[float | None],
) -> None:
    assert all(per_s is None or 0.0 < per_s < 200.0 for per_s in learned(None, answers))


@given(rates, answered)
def test_a_rate_that_was_told_is_never_exceeded(per_s: float, answers: list[float | None]) -> None:
    assert all(each is not None and 0.0 < each <= per_s for each in learned(per_s, answers))

"""The budget of calls: stock first, never faster than allowed, and learned when it is not told."""

from __future__ import annotations

import asyncio

import pytest
from tests.unit.engine.stage import clock, play

from peakproof_engine.budget import ORDERS, SNAPSHOTS, STOCK, SWEEPS, Budget


def now() -> float:
    return asyncio.get_running_loop().time()


async def spend(budget: Budget, rank: int, spent: list[tuple[float, int]]) -> None:
    await budget.take(rank)
    spent.append((now(), rank))


def test_without_a_limit_nobody_waits() -> None:
    async def story() -> None:
        budget = Budget(None, clock(), by_rank=True)
        for _ in range(1000):
            await budget.take(SNAPSHOTS)
        assert now() == 0.0
        assert budget.is_free

    play(story())


def test_calls_are_given_out_at_the_rate_after_a_seconds_worth() -> None:
    async def story() -> None:
        budget = Budget(5.0, clock(), by_rank=True)
        spent: list[tuple[float, int]] = []
        await asyncio.gather(*(spend(budget, ORDERS, spent) for _ in range(15)))
        assert [at for at, _ in spent[:5]] == [0.0] * 5
        assert spent[-1][0] == pytest.approx(2.0, abs=0.01)

    play(story())


@pytest.mark.parametrize("by_rank", [True, False])
def test_the_lowest_rank_goes_first_when_calls_are_scarce(by_rank: bool) -> None:
    async def story() -> None:
        budget = Budget(1.0, clock(), by_rank=by_rank)
        await budget.take(ORDERS)
        spent: list[tuple[float, int]] = []
        ranks = [SNAPSHOTS, SWEEPS, ORDERS, STOCK]
        await asyncio.gather(*(spend(budget, rank, spent) for rank in ranks))
        assert [rank for _, rank in spent] == (sorted(ranks) if by_rank else ranks)

    play(story())


def test_a_caller_who_is_stopped_leaves_its_call_to_the_next() -> None:
    async def story() -> None:
        budget = Budget(1.0, clock(), by_rank=True)
        await budget.take(ORDERS)
        stopped = asyncio.ensure_future(budget.take(STOCK))
        waiting = asyncio.ensure_future(budget.take(SWEEPS))
        await asyncio.sleep(0.5)
        stopped.cancel()
        await waiting
        assert now() == pytest.approx(1.0, abs=0.01)

    play(story())


async def calls(budget: Budget, seconds: float, refuses: object) -> list[float]:
    """Ten callers that call as often as they may; the times of calls that went through."""
    passed: list[float] = []
    over_s = 0.0

    async def caller() -> None:
        nonlocal over_s
        while now() < seconds:
            if now() < over_s:
                await asyncio.sleep(over_s - now())
            await budget.take(ORDERS)
            await asyncio.sleep(0.01)
            wait_s = refuses(now())  # type: ignore[operator]
            if wait_s:
                over_s = now() + wait_s
                budget.refused(wait_s)
            else:
                budget.passed()
                passed.append(now())

    await asyncio.gather(*(caller() for _ in range(10)))
    return passed


def test_a_rate_that_a_system_keeps_to_is_learned_from_its_refusals() -> None:
    async def story() -> None:
        taken: dict[int, int] = {}
        refused = 0

        def five_a_second(at: float) -> float:
            nonlocal refused
            taken[int(at)] = taken.get(int(at), 0) + 1
            if taken[int(at)] <= 5:
                return 0.0
            refused += 1
            return 1.0 - at % 1.0

        budget = Budget(None, clock(), by_rank=True)
        passed = await calls(budget, 60.0, five_a_second)
        assert not budget.is_free
        assert len(passed) > 150
        assert refused < len(passed)

    play(story())


def test_a_system_that_refuses_for_another_reason_is_not_called_ever_more_slowly() -> None:
    async def story() -> None:
        asked = 0

        def every_third(_at: float) -> float:
            nonlocal asked
            asked += 1
            return 0.0 if asked % 3 else 2.0

        passed = await calls(Budget(None, clock(), by_rank=True), 120.0, every_third)
        assert len(passed) > 300

    play(story())


def test_a_limit_that_was_lifted_is_forgotten() -> None:
    async def story() -> None:
        budget = Budget(None, clock(), by_rank=True)
        for _ in range(4):
            budget.refused(0.5)
        assert budget.per_s is not None
        for _ in range(60):
            budget.passed()
        assert budget.is_free

    play(story())


def test_a_limit_that_was_told_is_never_exceeded_and_comes_back() -> None:
    async def story() -> None:
        budget = Budget(8.0, clock(), by_rank=True)
        budget.refused(1.0)
        assert budget.per_s == 4.0
        for _ in range(20):
            budget.passed()
        assert budget.per_s == 8.0

    play(story())

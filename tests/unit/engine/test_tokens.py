"""Tokens: fetched once for all who wait, kept until they run out, renewed when refused."""

from __future__ import annotations

import asyncio

import pytest
from tests.unit.engine.stage import clock, play

from peakproof_engine.errors import Failed, UnknownOutcome
from peakproof_engine.tokens import Fixed, Token, basic


class Source:
    """Gives out numbered tokens, each after a second."""

    def __init__(self, life_s: float = 3600.0) -> None:
        self.asked = 0
        self.life_s = life_s
        self.fault: Exception | None = None

    async def __call__(self) -> tuple[str, float]:
        self.asked += 1
        await asyncio.sleep(1.0)
        if self.fault is not None:
            raise self.fault
        return f"t{self.asked}", self.life_s


def test_many_callers_share_one_fetch() -> None:
    async def story() -> None:
        source = Source()
        token = Token(source, clock(), renew=True)
        assert token.header() is None
        assert set(await asyncio.gather(*(token.fetch() for _ in range(5)))) == {"Bearer t1"}
        assert source.asked == 1
        assert token.header() == "Bearer t1"

    play(story())


def test_a_fetch_that_fails_fails_for_all_and_can_be_tried_again() -> None:
    async def story() -> None:
        source = Source()
        source.fault = Failed("token", "no connection")
        token = Token(source, clock(), renew=True)
        outcomes = await asyncio.gather(*(token.fetch() for _ in range(3)), return_exceptions=True)
        assert {type(each) for each in outcomes} == {Failed}
        source.fault = None
        assert await token.fetch() == "Bearer t2"

    play(story())


def test_those_who_wait_are_not_left_when_the_one_who_fetches_is_stopped() -> None:
    async def story() -> None:
        token = Token(Source(), clock(), renew=True)
        fetching = asyncio.ensure_future(token.fetch())
        waiting = asyncio.ensure_future(token.fetch())
        await asyncio.sleep(0.5)
        fetching.cancel()
        with pytest.raises(UnknownOutcome):
            await waiting
        assert await token.fetch() == "Bearer t2"

    play(story())


def test_a_token_is_renewed_a_little_before_it_runs_out() -> None:
    async def story() -> None:
        token = Token(Source(life_s=600.0), clock(), renew=True)
        await token.fetch()
        await asyncio.sleep(539.0)
        assert token.header() == "Bearer t1"
        await asyncio.sleep(2.0)
        assert token.header() is None

    play(story())


def test_a_refused_token_is_dropped_but_a_newer_one_is_kept() -> None:
    async def story() -> None:
        token = Token(Source(), clock(), renew=True, first="given")
        assert token.header() == "Bearer given"
        assert token.spoil("Bearer given")
        assert await token.fetch() == "Bearer t1"
        assert token.spoil("Bearer given")
        assert token.header() == "Bearer t1"

    play(story())


def test_without_its_guard_the_first_token_is_kept_for_good() -> None:
    async def story() -> None:
        token = Token(Source(life_s=10.0), clock(), renew=False)
        await token.fetch()
        await asyncio.sleep(100.0)
        assert token.header() == "Bearer t1"
        assert not token.spoil("Bearer t1")

    play(story())


def test_a_fixed_header_cannot_be_bettered() -> None:
    fixed = Fixed(basic("user", "pass word"))
    assert fixed.header() == "Basic dXNlcjpwYXNzIHdvcmQ="
    assert not fixed.spoil(fixed.header())

"""The line to a system: what an answer means, and when the system wants to be left alone."""

from __future__ import annotations

import asyncio
from email.utils import formatdate

import httpx
import msgspec
import pytest
import respx
from tests.unit.engine.stage import EPOCH_S, clock, line, over_respx

from peakproof_engine.budget import ORDERS, SNAPSHOTS, STOCK
from peakproof_engine.clock import iso
from peakproof_engine.errors import Failed, NotNow, Refused, UnknownOutcome
from peakproof_engine.http import AWAY_AFTER, Answer, wait_told
from peakproof_engine.tokens import Fixed, Token

TEXT = msgspec.json.Decoder(dict[str, str])


def now() -> float:
    return asyncio.get_running_loop().time()


def test_an_answer_comes_back_with_its_status_headers_and_body() -> None:
    async def story(router: respx.MockRouter) -> None:
        route = router.post("https://wms.test/things").respond(201, json={"a": "b"})
        answer = await line().call("POST", "/things", b"{}", rank=ORDERS)
        assert answer.status == 201
        assert answer.read(TEXT, "thing") == {"a": "b"}
        assert route.calls.last.request.headers["content-type"] == "application/json"

    over_respx(story)


def test_a_4xx_is_the_callers_to_judge() -> None:
    async def story(router: respx.MockRouter) -> None:
        router.get("https://wms.test/things").respond(404)
        assert (await line().call("GET", "/things", rank=ORDERS)).status == 404

    over_respx(story)


@pytest.mark.parametrize("body", [b"", b'{"a": "b', b"<html>502</html>", b"\xff\xfe"])
def test_a_body_that_cannot_be_read_says_nothing_about_the_outcome(body: bytes) -> None:
    with pytest.raises(UnknownOutcome):
        Answer(200, {}, body).read(TEXT, "thing")


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_5xx_is_an_unknown_outcome(status: int) -> None:
    async def story(router: respx.MockRouter) -> None:
        router.post("https://wms.test/things").respond(status)
        with pytest.raises(UnknownOutcome):
            await line().call("POST", "/things", b"{}", rank=ORDERS)

    over_respx(story)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (httpx.ConnectError("refused"), Failed),
        (httpx.ConnectTimeout("no route"), Failed),
        (httpx.PoolTimeout("all busy"), Failed),
        (httpx.ReadTimeout("slow"), UnknownOutcome),
        (httpx.WriteTimeout("slow"), UnknownOutcome),
        (httpx.ReadError("reset"), UnknownOutcome),
        (httpx.RemoteProtocolError("half an answer"), UnknownOutcome),
    ],
)
def test_only_a_connection_that_was_never_made_is_surely_without_effect(
    fault: httpx.TransportError, expected: type[Exception]
) -> None:
    async def story(router: respx.MockRouter) -> None:
        router.post("https://wms.test/things").mock(side_effect=fault)
        with pytest.raises(expected):
            await line().call("POST", "/things", b"{}", rank=ORDERS)

    over_respx(story)


def test_without_its_guard_a_time_out_passes_for_a_failure() -> None:
    async def story(router: respx.MockRouter) -> None:
        router.post("https://wms.test/things").mock(side_effect=httpx.ReadTimeout("slow"))
        with pytest.raises(Failed):
            await line(off=("timeout_is_unknown",)).call("POST", "/things", b"{}", rank=ORDERS)

    over_respx(story)


# --- waiting when told to ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "told",
    ["7", formatdate(EPOCH_S + 7, usegmt=True), iso(EPOCH_S + 7), str(int(EPOCH_S) + 7)],
    ids=["seconds", "http date", "timestamp", "epoch"],
)
def test_a_429_is_waited_for_in_every_form_without_another_call(told: str) -> None:
    async def story(router: respx.MockRouter) -> None:
        answers = [httpx.Response(429, headers={"retry-after": told}), httpx.Response(200)]
        route = router.get("https://wms.test/things").mock(side_effect=answers)
        to = line()
        with pytest.raises(NotNow) as first:
            await to.call("GET", "/things", rank=STOCK)
        assert first.value.delay_s == pytest.approx(7.0)
        await asyncio.sleep(3.0)
        with pytest.raises(NotNow) as second:
            await to.call("GET", "/things", rank=STOCK)
        assert second.value.delay_s == pytest.approx(4.0)
        assert route.call_count == 1
        await asyncio.sleep(4.0)
        assert (await to.call("GET", "/things", rank=STOCK)).status == 200

    over_respx(story)


def test_a_429_that_does_not_say_how_long_means_a_second() -> None:
    async def story(router: respx.MockRouter) -> None:
        router.get("https://wms.test/things").respond(429)
        with pytest.raises(NotNow) as told:
            await line().call("GET", "/things", rank=STOCK)
        assert told.value.delay_s == pytest.approx(1.0)

    over_respx(story)


def test_those_who_were_told_to_wait_come_back_by_rank() -> None:
    async def story(router: respx.MockRouter) -> None:
        router.get("https://wms.test/things").respond(429, headers={"retry-after": "2"})
        to = line()
        delays = {}
        for rank in (SNAPSHOTS, ORDERS, STOCK):
            with pytest.raises(NotNow) as told:
                await to.call("GET", "/things", rank=rank)
            delays[rank] = told.value.delay_s
        assert delays[STOCK] < delays[ORDERS] < delays[SNAPSHOTS]

    over_respx(story)


def test_without_its_guard_a_429_is_taken_for_a_refusal() -> None:
    async def story(router: respx.MockRouter) -> None:
        router.get("https://wms.test/things").respond(429, headers={"retry-after": "2"})
        with pytest.raises(Refused):
            await line(off=("retry_after",)).call("GET", "/things", rank=STOCK)

    over_respx(story)


@pytest.mark.parametrize("told", ["", "soon", "-1", "nan", "Mon, 99 Foo 2023"])
def test_what_cannot_be_read_is_no_request_to_wait(told: str) -> None:
    assert wait_told({"retry-after": told}, EPOCH_S) is None


def test_nobody_waits_longer_than_an_hour_or_for_a_time_that_has_passed() -> None:
    assert wait_told({"retry-after": "86400"}, EPOCH_S) == 3600.0
    assert wait_told({"retry-after": iso(EPOCH_S - 5)}, EPOCH_S) == 0.0


def test_milliseconds_and_the_other_header_are_read_too() -> None:
    assert wait_told({"retry-after": str(int(EPOCH_S + 2) * 1000)}, EPOCH_S) == pytest.approx(2.0)
    assert wait_told({"x-ratelimit-reset": "3"}, EPOCH_S) == 3.0


# --- a system that is away ---------------------------------------------------------------------


def test_a_system_that_does_not_answer_is_left_alone_and_then_tried_by_one() -> None:
    async def story(router: respx.MockRouter) -> None:
        route = router.get("https://wms.test/things").mock(side_effect=httpx.ReadTimeout("gone"))
        to = line()
        for _ in range(AWAY_AFTER):
            with pytest.raises(UnknownOutcome):
                await to.call("GET", "/things", rank=STOCK)
        with pytest.raises(NotNow):
            await to.call("GET", "/things", rank=STOCK)
        assert route.call_count == AWAY_AFTER
        await asyncio.sleep(1.0)

        async def answers(_request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(0.1)
            return httpx.Response(200)

        route.side_effect = answers
        probe, other = await asyncio.gather(
            to.call("GET", "/things", rank=STOCK),
            to.call("GET", "/things", rank=STOCK),
            return_exceptions=True,
        )
        assert isinstance(probe, Answer)
        assert isinstance(other, NotNow)
        assert route.call_count == AWAY_AFTER + 1
        assert (await to.call("GET", "/things", rank=STOCK)).status == 200

    over_respx(story)


def test_the_pauses_of_a_system_that_stays_away_grow_to_a_limit() -> None:
    async def story(router: respx.MockRouter) -> None:
        router.get("https://wms.test/things").mock(side_effect=httpx.ConnectError("gone"))
        to = line()
        pauses = []
        while now() < 120.0:
            try:
                await to.call("GET", "/things", rank=STOCK)
            except NotNow as wait:
                pauses.append(wait.delay_s)
                await asyncio.sleep(wait.delay_s)
            except Failed:
                pass
        assert pauses[:4] == [1.0, 2.0, 4.0, 8.0]
        assert set(pauses[4:]) == {15.0}

    over_respx(story)


# --- tokens --------------------------------------------------------------------------------------


def test_a_401_is_answered_once_with_a_fresh_token_that_all_callers_share() -> None:
    async def story(router: respx.MockRouter) -> None:
        fetched = 0

        async def ask() -> tuple[str, float]:
            nonlocal fetched
            fetched += 1
            await asyncio.sleep(1.0)
            return f"t{fetched}", 3600.0

        def answer(request: httpx.Request) -> httpx.Response:
            fresh = request.headers["authorization"] == "Bearer t1"
            return httpx.Response(200 if fresh else 401)

        router.get("https://wms.test/things").mock(side_effect=answer)
        to = line()
        token = Token(ask, clock(), renew=True, first="stale")
        answers = await asyncio.gather(
            *(to.call("GET", "/things", rank=STOCK, auth=token) for _ in range(8))
        )
        assert {each.status for each in answers} == {200}
        assert fetched == 1

    over_respx(story)


def test_credentials_that_are_refused_are_refused() -> None:
    async def story(router: respx.MockRouter) -> None:
        router.get("https://wms.test/things").respond(401)
        with pytest.raises(Refused):
            await line().call("GET", "/things", rank=STOCK, auth=Fixed("Basic x"))

    over_respx(story)


def test_a_system_that_takes_no_token_of_ours_is_waited_for() -> None:
    async def story(router: respx.MockRouter) -> None:
        route = router.get("https://wms.test/things").respond(401)

        async def ask() -> tuple[str, float]:
            return "t", 3600.0

        with pytest.raises(NotNow):
            await line().call("GET", "/things", rank=STOCK, auth=Token(ask, clock(), renew=True))
        assert route.call_count == 2

    over_respx(story)

"""Carrying calls with httpx: what went wrong comes out as one of three kinds of error."""

from __future__ import annotations

import httpx
import pytest
import respx
from tests.unit.engine.stage import over_respx

from peakproof_engine.httpx_send import HttpxSend

URL = "https://wms.test/things?x=1"


def test_a_call_is_carried_as_it_is() -> None:
    async def story(router: respx.MockRouter) -> None:
        route = router.put(URL).respond(207, headers={"X-Mixed": "a"}, content=b"body")
        send = HttpxSend()
        status, headers, body = await send("PUT", URL, {"x-own": "1"}, b"sent", 3.0)
        await send.close()
        request = route.calls.last.request
        assert (request.headers["x-own"], request.content) == ("1", b"sent")
        assert (status, headers["x-mixed"], body) == (207, "a", b"body")
        assert request.extensions["timeout"]["read"] == 3.0

    over_respx(story)


def test_what_went_wrong_is_said_in_its_own_words_or_by_its_name() -> None:
    async def story(router: respx.MockRouter) -> list[str]:
        told = []
        for fault in (httpx.ReadTimeout("too slow"), httpx.ReadTimeout("")):
            router.get(URL).mock(side_effect=fault)
            with pytest.raises(TimeoutError) as error:
                await HttpxSend()("GET", URL, {}, b"", 3.0)
            told.append(str(error.value))
        return told

    assert over_respx(story) == ["too slow", "ReadTimeout"]


def test_when_it_was_closed_nothing_is_carried_any_more() -> None:
    async def story(router: respx.MockRouter) -> None:
        router.get(URL).respond(200)
        send = HttpxSend()
        await send.close()
        with pytest.raises(RuntimeError, match="closed"):
            await send("GET", URL, {}, b"", 3.0)

    over_respx(story)


def test_redirects_are_not_followed() -> None:
    async def story(router: respx.MockRouter) -> None:
        router.get(URL).respond(302, headers={"location": "https://elsewhere.test/"})
        assert (await HttpxSend()("GET", URL, {}, b"", 3.0))[0] == 302

    over_respx(story)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (httpx.ConnectError("no route"), ConnectionRefusedError),
        (httpx.ConnectTimeout(""), ConnectionRefusedError),
        (httpx.PoolTimeout(""), ConnectionRefusedError),
        (httpx.ReadTimeout(""), TimeoutError),
        (httpx.WriteTimeout(""), TimeoutError),
        (httpx.ReadError("reset"), ConnectionError),
        (httpx.WriteError("reset"), ConnectionError),
        (httpx.RemoteProtocolError("half"), ConnectionError),
        (httpx.DecodingError("not gzip"), ConnectionError),
    ],
)
def test_faults_come_out_by_what_can_be_said_of_the_outcome(
    fault: httpx.RequestError, expected: type[Exception]
) -> None:
    async def story(router: respx.MockRouter) -> None:
        router.get(URL).mock(side_effect=fault)
        with pytest.raises(expected) as told:
            await HttpxSend()("GET", URL, {}, b"", 3.0)
        assert type(told.value) is expected
        assert str(told.value)

    over_respx(story)

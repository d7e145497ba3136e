"""The tills' answers beside the plain ones: places, quantities, access, refusals."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest
import respx
from tests.unit.engine.stage import EPOCH_S, clock, config, line, over_respx
from tests.unit.engine.vendor import HOSTS, LEARN_TILLS, OWN, adapter, learned

from peakproof_engine.clock import iso
from peakproof_engine.errors import Conflict, NotNow, Refused, UnknownOutcome
from peakproof_engine.guards import Guards
from peakproof_engine.systems import pos_wire as wire
from peakproof_engine.systems.ports import TillStep
from peakproof_engine.systems.pos import Pos

TILL = HOSTS["pos"]


def error(code: str, detail: str = "no") -> dict[str, Any]:
    return {"errors": [{"category": "INVALID_REQUEST_ERROR", "code": code, "detail": detail}]}


def test_a_place_that_the_tills_do_not_have_is_named() -> None:
    async def story(router: respx.MockRouter) -> None:
        route = router.get(host=TILL).respond(200, json={"locations": [{"id": "LOC7"}]})
        with pytest.raises(Refused, match=r"no location LOC1$") as told:
            await adapter("pos").learn()
        assert told.value.code == "unmapped_place"
        assert route.call_count == 1

    over_respx(story)


def test_transactions_are_searched_ten_places_at_a_time() -> None:
    async def story(router: respx.MockRouter) -> list[list[str]]:
        route = router.post(host=TILL, path="/v2/orders/search").respond(200, json={})
        places = [f"L{at}" for at in range(23)]
        access = config().systems.pos
        assert access is not None
        made = Pos(
            access, line("pos", f"https://{TILL}"), clock(), Guards(), places=places, own=OWN
        )
        assert await made.sales_since(EPOCH_S) == []
        return [msgspec.json.decode(call.request.content)["location_ids"] for call in route.calls]

    asked = over_respx(story)
    assert [len(each) for each in asked] == [10, 10, 3]
    assert [place for each in asked for place in each] == [f"L{at}" for at in range(23)]


@pytest.mark.parametrize(
    ("text", "units"),
    [("7", 7), ("7.0", 7), ("1.99999", 1), ("-3", -3), ("-3.5", -3), ("0.5", 0),
     ("", 0), (".5", 0)],
)  # fmt: skip
def test_parts_of_a_unit_are_not_sold(text: str, units: int) -> None:
    assert wire.units(text) == units


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, "IDEMPOTENCY_KEY_REUSED", Refused), (400, "INVALID_TIME", Refused),
        (404, "NOT_FOUND", Refused), (409, "CONFLICT", Conflict), (403, "FORBIDDEN", Refused),
        (401, "ACCESS_TOKEN_EXPIRED", Refused),
    ],
)  # fmt: skip
def test_a_refused_change_comes_with_the_tills_own_word(
    status: int, code: str, expected: type[Refused]
) -> None:
    async def story(router: respx.MockRouter) -> None:
        route = router.post(host=TILL, path="/v2/inventory/changes/batch-create").respond(
            status, json=error(code, "see the manual")
        )
        made = adapter("pos")
        await learned("pos", router, made)
        with pytest.raises(expected) as told:
            await made.apply("k", EPOCH_S, [TillStep("TEE", "LOC1", 1, "r")])
        assert type(told.value) is expected
        assert told.value.status == status
        if status != 401:
            assert (told.value.code, told.value.why) == (code, "see the manual")
        assert route.call_count == 1

    over_respx(story)


def test_a_refusal_without_errors_is_told_as_it_came() -> None:
    async def story(router: respx.MockRouter) -> None:
        router.get(host=TILL).respond(400, content=b"<h1>Bad Request</h1>")
        with pytest.raises(Refused, match="<h1>Bad Request</h1>") as told:
            await adapter("pos").figure("V-TEE", "TEE", "LOC1")
        assert told.value.code == ""

    over_respx(story)


# --- a token that can be renewed ----------------------------------------------------------------


def renewable(off: tuple[str, ...] = ()) -> Any:
    return adapter(
        "pos", off, systems__pos__refresh_token="r-1", systems__pos__client_id="ci",
        systems__pos__client_secret="cs",
    )  # fmt: skip


def till(router: respx.MockRouter, good: str) -> respx.Route:
    """Tills that take one token only."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.headers["authorization"] == f"Bearer {good}":
            return httpx.Response(200, json=LEARN_TILLS[0].answer)
        return httpx.Response(401, json=error("ACCESS_TOKEN_EXPIRED"))

    return router.get(f"https://{TILL}/v2/inventory/V-TEE").mock(side_effect=answer)


def test_a_token_that_has_run_out_is_renewed_with_the_refresh_token() -> None:
    async def story(router: respx.MockRouter) -> None:
        lasts = iso(EPOCH_S + 86400.0)
        fetched = router.post(f"https://{TILL}/oauth2/token").respond(
            200, json={"access_token": "new", "expires_at": lasts, "token_type": "bearer"}
        )
        asked = till(router, "new")
        made = renewable()
        await made.figure("V-TEE", "TEE", "LOC1")
        await made.figure("V-TEE", "TEE", "LOC1")
        assert (fetched.call_count, asked.call_count) == (1, 3)
        assert msgspec.json.decode(fetched.calls.last.request.content) == {
            "grant_type": "refresh_token", "client_id": "ci", "client_secret": "cs",
            "refresh_token": "r-1",
        }  # fmt: skip
        first = asked.calls[0].request.headers["authorization"]
        assert first == "Bearer till-token"

    over_respx(story)


def test_a_refresh_that_is_refused_is_the_tills_word() -> None:
    async def story(router: respx.MockRouter) -> None:
        router.post(f"https://{TILL}/oauth2/token").respond(403, json=error("FORBIDDEN"))
        till(router, "new")
        with pytest.raises(Refused) as told:
            await renewable().figure("V-TEE", "TEE", "LOC1")
        assert (told.value.status, told.value.code) == (403, "FORBIDDEN")

    over_respx(story)


def test_an_unreadable_refresh_is_an_unknown_outcome() -> None:
    async def story(router: respx.MockRouter) -> None:
        router.post(f"https://{TILL}/oauth2/token").respond(200, content=b"")
        till(router, "new")
        with pytest.raises(UnknownOutcome):
            await renewable().figure("V-TEE", "TEE", "LOC1")

    over_respx(story)


def test_without_its_guard_a_token_that_has_run_out_is_kept() -> None:
    async def story(router: respx.MockRouter) -> None:
        fetched = router.post(f"https://{TILL}/oauth2/token").respond(200, json={})
        till(router, "new")
        with pytest.raises((Refused, NotNow)):
            await renewable(("token_single_flight",)).figure("V-TEE", "TEE", "LOC1")
        assert fetched.call_count == 0

    over_respx(story)


@pytest.mark.parametrize(
    ("expires", "life_s"), [("", 3600.0), (iso(EPOCH_S + 900.0), 900.0), (iso(EPOCH_S), 60.0)]
)
def test_a_token_is_good_until_its_date_or_for_an_hour(expires: str, life_s: float) -> None:
    async def story(router: respx.MockRouter) -> tuple[str, float]:
        answer = {"access_token": "new", "expires_at": expires}
        router.post(f"https://{TILL}/oauth2/token").respond(200, json=answer)
        told: tuple[str, float] = await renewable()._token()
        return told

    token, found_s = over_respx(story)
    assert token == "new"
    assert found_s == pytest.approx(life_s)

"""The control plane: behind a token, apart from the vendor, with clear answers and no secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from tests.simulation.wire_stage import SECRET, Stage, make_shop, outcome

from peakproof.errors import SimulatorFault, UsageError
from peakproof.history.records import Level
from peakproof.wire.control import PREFIX, Control, hide
from peakproof.wire.message import Request, Response
from peakproof.wire.plan import Plan
from peakproof_simulators.kit.seed import Seed

TOKEN = "let-me-in-please"


class Desk:
    """A stage with its control plane."""

    def __init__(self, **options: Any) -> None:
        self.stage = Stage(**options)
        self.control = Control(
            self.stage.wire,
            token=TOKEN,
            seed_type=Seed,
            remake={"shop": lambda: make_shop(self.stage.world)},
        )

    def ask(
        self, method: str, path: str, value: Any = None, *, query: str = "", token: str = TOKEN
    ) -> tuple[int, Any]:
        """Status and decoded body; a value of bytes is sent as it is."""
        body = value if isinstance(value, bytes) else msgspec.json.encode(value)
        headers = {"x-peakproof-token": token}
        answer = self.control.answer(
            "shop",
            Request(method, PREFIX + path, query, headers, b"" if value is None else body),
        )
        assert answer.headers["content-type"] == "application/json"
        return answer.status, msgspec.json.decode(answer.body)


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    if not desk.stage.loop.is_closed():
        desk.stage.loop.close()


_PATHS = [
    ("POST", "seed"), ("POST", "reset"), ("GET", "state"), ("GET", "weather"), ("PUT", "weather"),
    ("DELETE", "weather"), ("GET", "calls"), ("GET", "openapi.json"), ("POST", "act/restock"),
    ("GET", "no-such-path"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), _PATHS)
@pytest.mark.parametrize("token", ["", "let-me-in-pleas", "let-me-in-pleasé"])
def test_nothing_is_answered_without_the_token(
    desk: Desk, method: str, path: str, token: str
) -> None:
    before = desk.stage.history()
    status, body = desk.ask(method, path, {"sku": "A", "units": 1}, token=token)
    assert (status, list(body)) == (401, ["error"])
    assert desk.stage.history() == before


def test_a_request_without_the_header_is_answered_the_same(desk: Desk) -> None:
    answer = desk.control.answer("shop", Request("GET", PREFIX + "state"))
    assert answer.status == 401


def test_a_short_token_is_refused() -> None:
    stage = Stage()
    stage.loop.close()
    with pytest.raises(UsageError, match="at least 8 characters"):
        Control(stage.wire, token="short")


@pytest.mark.parametrize(
    ("asked", "value", "status", "field"),
    [
        ("GET sate", None, 404, None),
        ("GET act/", None, 404, None),
        ("DELETE state", None, 405, None),
        ("GET act/restock", None, 405, None),
        ("POST seed", b"{", 400, None),
        ("POST seed", b"\xff", 400, None),
        ("POST seed", {"itmes": []}, 400, "itmes"),
        ("POST seed", {"items": [{"sku": 3}]}, 400, "items[0].sku"),
        ("POST act/restok", {}, 404, None),
        ("POST act/restock", [], 400, None),
        ("POST act/restock", {"sku": "A"}, 400, "units"),
        ("PUT weather", {}, 400, None),
        ("PUT weather", [{"kind": "slow", "extra": 1}], 400, "weather[0].extra"),
        ("PUT weather", [{"kind": "slow", "system": "bank"}], 400, "weather[0].system"),
        ("PUT weather", [3], 400, "[0]"),
    ],
)
def test_what_cannot_be_is_answered_with_the_field(
    desk: Desk, asked: str, value: Any, status: int, field: str | None
) -> None:
    method, _, path = asked.partition(" ")
    answered, body = desk.ask(method, path, value)
    assert (answered, body.get("field")) == (status, field), body
    assert desk.stage.wire.fault is None


def test_a_path_that_is_not_there_names_the_nearest(desk: Desk) -> None:
    assert "did you mean state" in desk.ask("GET", "sate")[1]["error"]
    assert "there are: restock" in desk.ask("POST", "act/restok", {})[1]["error"]
    answer = desk.control.answer(
        "shop", Request("GET", PREFIX + "reset", "", {"x-peakproof-token": TOKEN})
    )
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "limit=501", "page=2"])
def test_recent_calls_take_a_limit_and_nothing_else(desk: Desk, query: str) -> None:
    status, body = desk.ask("GET", "calls", query=query)
    assert (status, body["field"]) == (400, query.partition("=")[0])


def test_a_fake_is_seeded_acted_on_looked_at_and_reset(desk: Desk) -> None:
    levels = [{"sku": "A", "place": "W1", "on_hand": 5}]
    assert desk.ask("POST", "seed", {"levels": levels}) == (200, {"seeded": "shop"})
    assert desk.ask("POST", "act/restock", {"sku": "A", "units": 9}) == (200, None)
    assert [(one.by, one.on_hand) for one in desk.stage.records(Level)] == [
        ("seed", 5), ("staff", 9),
    ]  # fmt: skip
    assert desk.ask("GET", "state")[1]["units"] == {"A": 9}
    assert desk.ask("POST", "reset") == (200, {"reset": "shop"})
    assert desk.ask("GET", "state")[1]["units"] == {}
    assert desk.stage.world.by == "system"


def test_the_document_of_the_vendors_paths_is_there(desk: Desk) -> None:
    status, document = desk.ask("GET", "openapi.json")
    assert (status, document["openapi"]) == (200, "3.1.0")
    assert "/items/{sku}" in document["paths"]


def test_weather_is_read_replaced_and_cleared(desk: Desk) -> None:
    rule = {"kind": "reset_before", "operation": "orders.*", "nth": 1}
    written = {"kind": "reset_before", "system": "shop", "operation": "orders.*", "nth": 1}
    assert desk.ask("PUT", "weather", [rule]) == (200, [written])
    assert desk.ask("GET", "weather") == (200, [written])
    stage = desk.stage

    async def story() -> list[str]:
        seen = [await outcome(stage.call("POST", "/orders", {}))]
        seen.append(await outcome(stage.call("POST", "/orders", {})))
        desk.ask("PUT", "weather", [rule])
        seen.append(await outcome(stage.call("POST", "/orders", {})))
        assert desk.ask("DELETE", "weather") == (200, [])
        seen.append(await outcome(stage.call("POST", "/orders", {})))
        return seen

    assert stage.play(story()) == ["ConnectionResetError", "201", "ConnectionResetError", "201"]
    assert desk.ask("GET", "weather") == (200, [])


def test_weather_for_every_system_is_shown_and_stays() -> None:
    desk = Desk(rules=[{"kind": "slow", "nth": 9}, {"kind": "latency", "system": "bank"}])
    desk.stage.loop.close()
    everywhere = [{"kind": "slow", "nth": 9}]
    assert desk.ask("GET", "weather") == (200, everywhere)
    assert desk.ask("DELETE", "weather") == (200, [])
    assert desk.ask("GET", "weather") == (200, everywhere)
    assert len(desk.stage.wire.weather.rules) == 2


def test_the_weather_of_a_replayed_plan_stands() -> None:
    desk = Desk(plan=Plan())
    desk.stage.loop.close()
    assert desk.ask("DELETE", "weather")[0] == 409


def test_recent_records_are_bounded_and_the_newest_come_last(desk: Desk) -> None:
    stage = desk.stage

    async def story() -> None:
        for _call in range(510):
            await stage.call("GET", "/items")

    stage.play(story())
    _, two = desk.ask("GET", "calls", query="limit=2")
    assert [(one["k"], one["n"]) for one in two] == [("call", 509), ("call", 510)]
    _, everything = desk.ask("GET", "calls", query="limit=500")
    assert [one["n"] for one in everything] == list(range(11, 511))
    assert len(desk.ask("GET", "calls")[1]) == 100


def test_no_secret_stands_in_the_state(desk: Desk) -> None:
    status, state = desk.ask("GET", "state")
    assert (status, state["token"], state["note"]) == (200, "(hidden)", "made for (hidden)")
    assert SECRET.encode() in msgspec.json.encode(desk.stage.service.inspect())


def test_secrets_are_hidden_by_name_and_by_value() -> None:
    state = {
        "tokens": {"abc": {"expires": 3}},
        "clients": [{"id": "x", "client_secret": "s3cret", "note": "uses s3cret"}],
        "password": "",
        "s3cret": 1,
        "authorization": "Basic x",
        "payment": {"authorised_minor": 100, "authorizationType": "card"},
    }
    assert hide(state, ("s3cret",)) == {
        "tokens": "(hidden)",
        "clients": [{"id": "x", "client_secret": "(hidden)", "note": "uses (hidden)"}],
        "password": "",
        "(hidden)": 1,
        "authorization": "(hidden)",
        "payment": {"authorised_minor": 100, "authorizationType": "card"},
    }


def test_a_control_that_breaks_is_a_fault_of_the_harness(desk: Desk) -> None:
    def broken(_given: dict[str, Any]) -> Response:
        raise ZeroDivisionError("no")

    desk.stage.service.controls["break"] = broken
    status, body = desk.ask("POST", "act/break", {})
    assert (status, "ZeroDivisionError" in body["error"]) == (500, True)
    assert isinstance(desk.stage.wire.fault, SimulatorFault)

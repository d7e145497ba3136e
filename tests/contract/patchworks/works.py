"""A small company on Patchworks: what the tests of this fake play on.

Flows run in SimPy's time; what they send is answered by :attr:`Works.respond`. Every answer of the
API is held against the OpenAPI document as it comes in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlencode

import msgspec
import simpy
from tests.announced import Announced

from peakproof.clock import Clock
from peakproof.history.recorder import Recorder
from peakproof.rng import Streams
from peakproof.wire.message import Request, Response
from peakproof.world import World
from peakproof_simulators.patchworks import create_service, flowset
from peakproof_simulators.patchworks.company import Company
from peakproof_simulators.patchworks.effects import Answer, Ask
from peakproof_simulators.patchworks.runs import Run

Json = dict[str, Any]
Told = tuple[int, Any]
CORE = "/api/v1"

CONNECTIONS: list[Json] = [{"name": "shop", "system": "shop"}]
CONFIG: Json = {
    "systems": {"shop": {"url": "http://shop.test", "user": "u", "password": "p", "code": "C 1"}},
    "nodes": [{"id": "W1", "places": {"shop": "shop-1", "depot": "D1"}}],
    "bundles": {"SET": {"CUP": 2, "TRAY": 1}},
}


def new_world(seed: int = 1) -> World:
    """A world of its own at run time 0."""
    env = simpy.Environment()
    return World(env, clock=Clock(env), streams=Streams(seed), recorder=Recorder())


@cache
def announced() -> Announced:
    """The OpenAPI document of the fake, and the answers that it announces."""
    return Announced(create_service(new_world(), {}).openapi())


class Said(msgspec.Struct):
    """A status, a body as JSON, the headers."""

    status: int
    body: Any
    headers: dict[str, str]

    def __getitem__(self, name: str) -> Any:
        return self.body[name]

    @property
    def rows(self) -> list[Json]:
        """The attributes on a page, each with its id."""
        return [{"id": row["id"], **row["attributes"]} for row in self.body["data"]]

    @property
    def about(self) -> Json:
        """The attributes of one resource."""
        found: Json = {"id": self.body["data"]["id"], **self.body["data"]["attributes"]}
        return found


class TestHands:
    """Moves flows in the world's time; the works answer what they ask."""

    __test__ = False

    def __init__(self, works: Works) -> None:
        self.works = works

    def later(self, delay_s: float, action: Callable[[], None]) -> None:
        self.works.world.after(delay_s, action)

    def ask(
        self, asked: Ask, done: Callable[[Answer], None], failed: Callable[[OSError], None]
    ) -> None:
        works = self.works
        works.sent.append((works.world.t, asked))
        try:
            told = works.respond(asked)
        except OSError as error:
            broken = error
            works.world.after(min(works.latency_s, asked.timeout_s), lambda: failed(broken))
            return
        if works.latency_s > asked.timeout_s:
            works.world.after(asked.timeout_s, lambda: failed(TimeoutError("no answer")))
            return
        status, body = told
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        works.world.after(works.latency_s, lambda: done(Answer(status, {}, raw)))

    def tell(self, key: str, kind: str, owner: str, reason: str) -> None:
        self.works.told.append((key, kind, owner, reason))

    def broken(self, error: Exception) -> None:
        raise error


class Works:
    """A company with hands; ``sent`` are the requests that its connectors made, with times."""

    def __init__(self, seed: int = 1, **settings: Any) -> None:
        self.world = new_world(seed)
        self.service = create_service(self.world, settings)
        self.company: Company = self.service.state.company
        self.sent: list[tuple[float, Ask]] = []
        self.told: list[tuple[str, str, str, str]] = []
        self.latency_s = 0.1
        self.respond: Callable[[Ask], Told] = lambda _asked: (200, {})
        self.company.attach(TestHands(self))
        self.keys: list[str] = []

    # --- flows ------------------------------------------------------------------------------

    def install(self, *flows: Json, off: tuple[str, ...] = (), **more: Any) -> None:
        """Deploy a set of these flows."""
        document = {"connections": CONNECTIONS, "flows": list(flows), **more}
        self.company.install(flowset.read(document), CONFIG, off=off)

    def flow(self, *shapes: Json, payload: Any = None, **more: Any) -> Run:
        """Deploy a flow of these shapes and run it at once, to its end."""
        extra = {name: more.pop(name) for name in ("pools", "tables", "connections", "guards")
                 if name in more}  # fmt: skip
        off = more.pop("off", ())
        self.install(flow("tried", *shapes, **more), off=off, **extra)
        return self.play("tried", payload)

    def play(self, name: str, payload: Any = None, for_s: float = 300.0) -> Run:
        """Run a flow past the queue, to its end."""
        run = self.begin(name, payload)
        self.run(for_s)
        assert run.over, run
        return run

    def begin(self, name: str, payload: Any = None) -> Run:
        """Start a flow past the queue."""
        begun = self.post(f"/flows/{self.id_of(name)}/manual/raw", payload)
        assert begun.status == 200, begun.body
        return self.company.archive.runs[begun["data"]["id"]]

    def id_of(self, name: str) -> str:
        """A flow's id."""
        return self.company.flow_named[name]

    def out(self, run: Run) -> list[Any]:
        """What came out of the last shape of a run (needs ``saved_payloads="all"``)."""
        kept = [self.company.archive.payloads[id] for id in run.kept]
        last = kept[-1].step_id
        return [each.content for each in kept if each.step_id == last]

    # --- the API ----------------------------------------------------------------------------

    def send(
        self, method: str, path: str, body: bytes = b"", *, query: Any = (),
        headers: dict[str, str] | None = None,
    ) -> Said:  # fmt: skip
        """One request as it is; the answer is checked against the document."""
        text = query if isinstance(query, str) else urlencode(query)
        call = self.service.receive(Request(method, path, text, headers or {}, body))
        with self.world.acting("connector"):
            response = call.serve()
        assert isinstance(response, Response)
        self.keys = call.keys
        return checked(call.operation.name, response)

    def call(self, method: str, path: str, body: Any = None, query: Any = ()) -> Said:
        """One authorised request of the Core or Start API."""
        raw = b"" if body is None else msgspec.json.encode(body)
        headers = {"authorization": self.service.credentials["api_key"]}
        return self.send(method, CORE + path, raw, query=query, headers=headers)

    def get(self, path: str, query: Any = (), **more: Any) -> Said:
        """GET."""
        return self.call("GET", path, query=query or more)

    def post(self, path: str, body: Any = None, query: Any = ()) -> Said:
        """POST."""
        return self.call("POST", path, body, query)

    def webhook(self, name: str, body: Any = None, signature: str | None = None) -> Said:
        """Call the address of a flow's webhook."""
        entry = self.company.flows[self.id_of(name)]
        path = f"/webhooks{CORE}/{self.service.credentials['company']}/{entry.webhook_id}"
        query = {"patchworks_signature": entry.signature if signature is None else signature}
        raw = b"" if body is None else msgspec.json.encode(body)
        return self.send("POST", path, raw, query=query)

    def run(self, seconds: float) -> None:
        """Let run time pass."""
        self.world.env.run(self.world.t + seconds)

    def runs(self, name: str = "") -> list[Run]:
        """All runs (of a flow), the oldest first."""
        listed = self.company.archive.runs.values()
        return [run for run in listed if name in ("", run.name)]

    def paths(self) -> list[str]:
        """What the connectors called: method and path."""
        return [f"{a.method} {a.url.removeprefix('http://shop.test')}" for _t, a in self.sent]

    def seen(self, pool: str) -> list[str]:
        """What a pool has."""
        found = self.company.memory.pool(pool)
        return [row.value for row in found.seen.values()]


def checked(operation: str, response: Response) -> Said:
    """An answer that is as the document says."""
    media = response.headers.get("content-type", "")
    body = response.body
    if media == "application/json" and body:
        body = msgspec.json.decode(body)
    said = Said(response.status, body, response.headers)
    if not operation.startswith("unknown.") and media == "application/json":
        announced().shape(operation, said.status, media).validate(said.body)
    return said


def flow(name: str, *shapes: Json, **more: Any) -> Json:
    """A flow's document; by default only calls start it."""
    return {"name": name, "trigger": {"on": "api"}, "shapes": list(shapes), **more}


def push(path: str = "/orders", **more: Any) -> Json:
    """A connector that sends the payload."""
    return {
        "shape": "connector", "connection": "shop", "direction": "push", "method": "POST",
        "path": path, **more,
    }  # fmt: skip


def pull(path: str = "/orders", **more: Any) -> Json:
    """A connector that gets something."""
    return {"shape": "connector", "connection": "shop", "path": path, **more}

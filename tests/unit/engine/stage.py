"""What the engine's tests stand on: a loop whose time jumps, a configuration, lines over respx."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Awaitable, Callable, Coroutine
from copy import deepcopy
from typing import Any, Final, TypeVar

import respx

from peakproof_engine.clock import SteppedClock
from peakproof_engine.config import Config, Wire, from_document
from peakproof_engine.guards import Guards
from peakproof_engine.http import Line
from peakproof_engine.httpx_send import HttpxSend

T = TypeVar("T")

EPOCH_S: Final = 1_700_000_000.0
"""The calendar time at which a test's run time is zero: 2023-11-14T22:13:20Z."""

DOCUMENT: Final[dict[str, Any]] = {
    "integration": "pos_deposco",
    "systems": {
        "deposco": {
            "url": "https://wms.test", "code": "acme", "business_unit": "BU1", "user": "u",
            "password": "p", "client_id": "ci", "client_secret": "cs",
        },
        "commercetools": {
            "url": "https://shop.test", "project_key": "acme", "client_id": "ci",
            "client_secret": "cs", "scope": "manage_project:acme",
        },
        "pos": {"url": "https://till.test", "access_token": "till-token"},
    },
    "nodes": [
        {"id": "W1", "kind": "warehouse", "places": {"deposco": "FAC1", "commercetools": "web-w1"}},
        {"id": "S1", "kind": "store",
         "places": {"deposco": "FAC2", "commercetools": "web-s1", "pos": "LOC1"}},
    ],
    "channels": [
        {"id": "web", "system": "commercetools", "nodes": ["W1", "S1"]},
        {"id": "till", "system": "pos", "nodes": ["S1"]},
    ],
}  # fmt: skip


class _JumpingSelector(selectors.DefaultSelector):
    """Never waits: the time that it would have waited passes at once."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready and timeout:
            self.now += timeout
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop on which nothing takes time but what waits for it."""

    def __init__(self) -> None:
        self.pace = _JumpingSelector()
        super().__init__(self.pace)

    def time(self) -> float:
        return self.pace.now


def play(story: Coroutine[Any, Any, T]) -> T:
    """Run a story to its end in no time."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(story)


def clock() -> SteppedClock:
    """The clock of the running story."""
    return SteppedClock(asyncio.get_running_loop().time, EPOCH_S)


def document(**changes: Any) -> dict[str, Any]:
    """A whole configuration; a change names its place with ``__``: ``policy__hold_back=1``."""
    made = deepcopy(DOCUMENT)
    for name, value in changes.items():
        at = made
        *path, last = name.split("__")
        for part in path:
            at = at.setdefault(part, {})
        at[last] = value
    return made


def config(**changes: Any) -> Config:
    """The configuration of :func:`document`."""
    return from_document(document(**changes))


def line(
    name: str = "wms",
    url: str = "https://wms.test",
    *,
    off: tuple[str, ...] = (),
    per_s: float | None = None,
    **wire: Any,
) -> Line:
    """A line to a system over the engine's own httpx client."""
    return Line(
        name, url, send=HttpxSend(), clock=clock(), guards=Guards(off), wire=Wire(**wire),
        per_s=per_s,
    )  # fmt: skip


def over_respx(story: Callable[[respx.MockRouter], Awaitable[T]]) -> T:
    """Run a story with every call of httpx answered by the routes that it lays."""

    async def told() -> T:
        async with respx.mock(assert_all_called=False) as router:
            return await story(router)

    return play(told())

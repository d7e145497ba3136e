"""What a Python connector is given in a run: addresses, a transport, the exception desk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from peakproof.errors import ConnectorError
from peakproof.history.records import Desk, Flows
from peakproof.run.books import Posting

if TYPE_CHECKING:
    import httpx

    from peakproof.run.books import Books
    from peakproof.world import World

Headers = dict[str, str]
Send = Callable[[str, str, Headers, bytes, float], Awaitable[tuple[int, Headers, bytes]]]
HookHandler = Callable[[str, str, Headers, bytes], Awaitable[int]]

FLOWS = frozenset(
    {
        "stock", "orders", "fulfilment", "cancellations", "returns", "till_sales", "items",
        "finance",
    }
)  # fmt: skip
"""The flows that a connector can declare."""


class Rehearsal:
    """The side of a run that a connector sees. A connector is ``async def f(rehearsal)``.

    ``config`` is the document that an engine of its own process would read from its file;
    ``send(method, url, headers, body, timeout_s)`` answers ``(status, headers, body)`` and raises
    ``TimeoutError`` or ``ConnectionError``; ``store_path`` is a file that survives a restart.
    """

    def __init__(
        self,
        *,
        world: World,
        config: dict[str, Any],
        send: Send,
        transport: Callable[[], httpx.AsyncBaseTransport],
        set_hook_handler: Callable[[HookHandler], None],
        store_path: str,
        books: Books,
    ) -> None:
        self.config = config
        self.send = send
        self.store_path = store_path
        self._world = world
        self._books = books
        self._transport = transport
        self._set_hook_handler = set_hook_handler

    @property
    def epoch_s(self) -> float:
        """The calendar time of run time 0, in seconds since 1970."""
        return self._world.clock.epoch_s

    def now(self) -> float:
        """Seconds since the run began."""
        return self._world.env._now

    def httpx_transport(self) -> httpx.AsyncBaseTransport:
        """A transport for ``httpx.AsyncClient(transport=…)`` that reaches the fakes."""
        return self._transport()

    def on_hook(self, handler: HookHandler) -> None:
        """Take notifications under ``config["hooks"]["url"]``; answer with an HTTP status."""
        self._set_hook_handler(handler)

    def declare(self, flows: Iterable[str]) -> None:
        """Say which flows this connector plays; rules of the others are not judged.

        Raises:
            ConnectorError: a flow has no such name.
        """
        named = tuple(sorted(flows))
        unknown = [name for name in named if name not in FLOWS]
        if unknown:
            raise ConnectorError(
                f"The connector declares unknown flows {unknown}; there are {sorted(FLOWS)}."
            )
        self._world.emit(Flows(self._world.t, named))

    async def report(self, key: str, kind: str, owner: str, reason: str) -> None:
        """Tell the exception desk: this is parked, with an owner, for this reason."""
        self._world.emit(Desk(self._world.t, key, kind, owner, reason))

    async def book(self, batch: str, period: str, entries: Iterable[Mapping[str, Any]]) -> bool:
        """Post a batch to the books of finance, which close it; the same batch again is one batch.

        An entry has ``ref``, ``kind``, ``account``, ``amount_minor`` (gross; what goes back is
        below zero), ``tax_minor`` (the tax in it) and ``currency``. False: the number is closed
        with other entries, and nothing was entered.

        Raises:
            ConnectorError: an entry has another shape.
        """
        told = {"batch": batch, "period": period, "entries": [dict(one) for one in entries]}
        try:
            posting = msgspec.convert(told, Posting)
        except msgspec.ValidationError as error:
            raise ConnectorError(
                f"The connector posted a batch of another shape: {error}"
            ) from None
        return self._books.take(posting)

"""The reference sync engine: stock, orders and till sales between master, warehouse, shop, tills.

It stands alone: as a process of its own (``python -m peakproof_engine --config engine.toml``) or
as the connector of a rehearsal, which it takes by its shape and not by its type.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final, Protocol

import msgspec

from peakproof_engine.app import FINANCE_FLOWS, FLOWS, TILL_FLOWS, Engine, flows_of
from peakproof_engine.clock import SteppedClock
from peakproof_engine.config import from_document
from peakproof_engine.errors import ConfigError
from peakproof_engine.flows.finance import Post, Posting
from peakproof_engine.guards import GUARDS
from peakproof_engine.http import Headers, Send

__all__ = ["CONNECTOR", "Connector", "Engine", "Rehearsal"]

_NO_FILE: Final = "document"
Hook = Callable[[str, str, Headers, bytes], Awaitable[int]]


class Rehearsal(Protocol):
    """What the engine needs of whoever rehearses it."""

    @property
    def config(self) -> Mapping[str, Any]:
        """The document that ``engine.toml`` would hold."""

    @property
    def send(self) -> Send:
        """Carries a call."""

    @property
    def store_path(self) -> str:
        """A file that survives a restart, "" when none is wanted."""

    @property
    def epoch_s(self) -> float:
        """The calendar time of run time 0."""

    def now(self) -> float:
        """Run time in seconds."""

    def on_hook(self, handler: Hook) -> None:
        """Take notices."""

    def declare(self, flows: Iterable[str]) -> None:
        """Say which flows are played."""

    async def report(self, key: str, kind: str, owner: str, reason: str) -> None:
        """Tell the exception desk."""

    async def book(self, batch: str, period: str, entries: Iterable[Mapping[str, Any]]) -> bool:
        """Post a batch to the books of finance; False when that number is closed."""


def _booking(rehearsal: Rehearsal) -> Post:
    """How batches reach the books of a rehearsal."""

    async def post(posting: Posting) -> bool:
        entries = [msgspec.structs.asdict(entry) for entry in posting.entries]
        return await rehearsal.book(posting.batch, posting.period, entries)

    return post


class Connector:
    """The engine as a rehearsal starts it: once, or again on the same store after a crash."""

    flows: Final = FLOWS + TILL_FLOWS + FINANCE_FLOWS
    """Every flow that the engine can play; without tills it declares fewer."""
    guards: Final[dict[str, str]] = {name: guard.does for name, guard in GUARDS.items()}
    """Every protection that can be switched off, with what it does."""

    def check(self, document: Mapping[str, Any]) -> None:
        """Find what is wrong with a configuration before a rehearsal begins.

        Raises:
            ConfigError: a field is unknown, missing, of the wrong type or contradicts another.
        """
        try:
            from_document(document, file=_NO_FILE)
        except ConfigError as error:
            raise ConfigError(str(error).removeprefix(f"{_NO_FILE}: ")) from None

    async def __call__(self, rehearsal: Rehearsal) -> None:
        """Run until cancelled.

        Raises:
            ConfigError: the rehearsal's configuration is wrong.
            StoreError: the store cannot be used.
        """
        document = dict(rehearsal.config)
        path = getattr(rehearsal, "store_path", "")
        if path and "store" not in document:
            document["store"] = {"path": str(path)}
        config = from_document(document)
        clock = SteppedClock(rehearsal.now, rehearsal.epoch_s)
        engine = Engine(
            config, send=rehearsal.send, clock=clock, report=rehearsal.report,
            post=_booking(rehearsal),
        )  # fmt: skip
        rehearsal.declare(flows_of(config))
        rehearsal.on_hook(engine.hook)
        await engine.run()


CONNECTOR: Final = Connector()
"""The reference connector, as the entry point ``peakproof.connectors`` names it."""

"""The exception desk: whatever is parked has an owner, and somebody is told, once."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Final, Literal

import msgspec

from peakproof_engine.clock import Clock
from peakproof_engine.lanes import Lane
from peakproof_engine.model import Parked
from peakproof_engine.store.database import Store

Owner = Literal["customer_service", "ecommerce", "finance", "merchandising", "operations", "retail"]
Report = Callable[[str, str, str, str], Awaitable[None]]
"""``report(key, kind, owner, reason)``; raises a :class:`CallError` when it was not taken."""


class Kind(msgspec.Struct, frozen=True):
    """A kind of exception: who owns it, within what time, and what to look at."""

    name: str
    owner: Owner
    limit_s: float
    check: str


_TABLE: Final = (
    ("unknown_item", "operations", 3600.0,
     "Add the item to the item master, or correct the SKU; the work goes on by itself."),
    ("unmapped_place", "operations", 3600.0,
     "Map the place to a node in the configuration; nothing is guessed."),
    ("order_refused", "operations", 3600.0,
     "Read the warehouse's reason, correct the order, then release it again."),
    ("cancel_too_late", "customer_service", 1800.0,
     "The order had left the cut-off: tell the customer, arrange a return."),
    ("cancel_in_part", "customer_service", 1800.0,
     "Part of the order was cancelled, part will ship: agree with the customer what to refund."),
    ("refund_failed", "finance", 3600.0,
     "The warehouse cancelled, the money could not be returned: refund by hand."),
    ("batch_refused", "finance", 3600.0,
     "The books closed that number with other entries: compare both and book the difference."),
    ("account_unmapped", "finance", 3600.0,
     "Map the kind of transaction to an account; nothing is booked to a default."),
    ("payment_pending", "finance", 3600.0,
     "The payment never became final: settle it or cancel the order."),
    ("warehouse_cancelled", "customer_service", 1800.0,
     "The warehouse will not ship these units: refund or replace them."),
    ("back_ordered", "customer_service", 1800.0,
     "The warehouse has no stock for the order: send it from elsewhere, or cancel and refund."),
    ("shipment_rolled_back", "customer_service", 1800.0,
     "A parcel that was confirmed has been called back: tell the customer."),
    ("parcel_unmatched", "operations", 3600.0,
     "A parcel holds lines that the channel's order does not have."),
    ("unshipped", "operations", 14400.0,
     "The warehouse has had the order for too long: look where it is stuck."),
    ("till_record_refused", "retail", 3600.0,
     "The master refused a till's transaction: correct it, it is posted again."),
    ("step_refused", "operations", 3600.0,
     "A channel refused a change of its stock figure: its offer may be out of date."),
    ("update_blocked", "customer_service", 1800.0,
     "The shop takes no news of this order, which is on hold: lift the hold, or close the order."),
    ("capture_failed", "finance", 1800.0,
     "The goods have left and the money could not be captured: ask the provider, or the customer."),
    ("engine_fault", "operations", 900.0,
     "The engine met something it was not built for; the work is tried again slowly."),
)  # fmt: skip

KINDS: Final[dict[str, Kind]] = {row[0]: Kind(*row) for row in _TABLE}
"""Every kind of exception by name."""


_LOG: Final = logging.getLogger("peakproof_engine")


def log(text: str) -> None:
    """A line for whoever watches the process; inside a rehearsal nobody does."""
    _LOG.info("%s", text)


class Desk:
    """Parks exceptions in the store and tells the desk of each once."""

    def __init__(self, store: Store, clock: Clock, report: Report) -> None:
        self._store = store
        self._clock = clock
        self._report = report
        self._open: dict[str, Parked] = {}
        self.lane: Lane | None = None

    def load(self) -> None:
        """Take up the exceptions of the store; those not yet told are told."""
        for parked, is_open in self._store.exceptions():
            if is_open:
                self._open[_key(parked.key, parked.kind)] = parked
                if not parked.told:
                    self._poke(_key(parked.key, parked.kind))

    def park(self, key: str, kind: str, reason: str) -> None:
        """Something cannot go on by itself; in the caller's transaction. Known ones stay."""
        name = _key(key, kind)
        if name in self._open:
            return
        parked = Parked(key, kind, KINDS[kind].owner, reason, self._clock.wall())
        self._open[name] = parked
        self._store.put_exception(parked, is_open=True)
        self._poke(name)

    def close(self, key: str, kind: str) -> None:
        """It goes on again; in the caller's transaction."""
        parked = self._open.pop(_key(key, kind), None)
        if parked is not None:
            self._store.put_exception(parked, is_open=False)

    def is_open(self, key: str, kind: str) -> bool:
        """Whether this is parked now."""
        return _key(key, kind) in self._open

    async def tell(self, name: str) -> float | None:
        """Work of the lane: report one exception."""
        parked = self._open.get(name)
        if parked is None or parked.told:
            return None
        await self._report(parked.key, parked.kind, parked.owner, parked.reason)
        parked.told = True
        with self._store:
            self._store.put_exception(parked, is_open=name in self._open)
        return None

    def _poke(self, name: str) -> None:
        if self.lane is not None:
            self.lane.poke(name)


def _key(key: str, kind: str) -> str:
    return f"{kind}|{key}"

"""Stock writes that breed stock writes."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import Level, Record
from peakproof.judging.books.shelves import Sku
from peakproof.judging.court import Court, plural, span
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "sync_loop"
_LATE_WRITES = 3
"""One late correction is no loop; so many are."""

_OWN = frozenset({"write", "count", "adjust", "sale", "return", "receipt", "transfer"})
"""Causes by which a connector changes a stock figure itself, rather than by sending an order."""


class _Restless:
    """Changes of one SKU after everything should have been quiet."""

    __slots__ = ("count", "since_s")

    def __init__(self, since_s: float) -> None:
        self.count = 0
        self.since_s = since_s


@invariant(
    _NAME,
    flows=("stock",),
    limits=("quiet_s",),
    owner="operations",
    cure="Stop the writes of one side; let the connector know its own writes again (by "
    "reference or version) and not send them back.",
)
class SyncLoop:
    """One event causes few stock writes, none that bounce, and none once all is quiet.

    Counted are changes of a figure that the connector made, by system and SKU. There may be
    ``max_amplification`` of them for each event (a movement, a promise, a warehouse order), the
    figures may change to and fro between two systems ``max_bounces`` times without an event, and
    ``quiet_s`` after trading and after the last event of a SKU they must have stopped.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._restless: dict[str, _Restless] = {}
        self._bounced: dict[str, None] = {}
        court.stock.asserted.append(self._asserted)

    def reads(self) -> Mapping[type[Record], Reader]:
        """Nothing by itself: the stock book tells of figures that the connector changed."""
        return {}

    def _asserted(self, sku: Sku, record: Level) -> None:
        court = self._court
        if record.cause not in _OWN or not court.trading or sku.sku in court.estate.bundles:
            return  # a bundle moves with its components, which are counted
        self._docket.exercised += 1
        system = record.system
        sku.writes[system] = sku.writes.get(system, 0) + 1
        if sku.bounced_from != system:
            sku.bounced_from = system
            sku.bounces += 1
            if sku.bounces == court.judging.max_bounces + 2:
                self._bouncing(sku)
        quiet_s = max(court.calm_s, sku.last_event_s) + court.judging.quiet_s
        if court.calm_s >= 0 and court.now > quiet_s:
            restless = self._restless.get(sku.sku)
            if restless is None:
                restless = self._restless[sku.sku] = _Restless(court.now)
            restless.count += 1

    def _bouncing(self, sku: Sku) -> None:
        if sku.sku in self._bounced:
            return
        self._bounced[sku.sku] = None
        turns = sku.bounces - 1
        self._court.breach(
            _NAME,
            key=sku.sku,
            kind="ping-pong",
            units=1,
            money_minor=sku.price_minor,
            sentence=f"The figure of {sku.sku} went to and fro between systems {turns} times "
            "although nothing had moved.",
            expected=f"at most {self._court.judging.max_bounces} times",
            found=str(turns),
            trail=sku.recent,
        )

    def close(self) -> None:
        """Amplification and rest can only be told at the end."""
        court = self._court
        most = court.judging.max_amplification
        for sku in court.stock.skus.values():
            # Every cell may be put right once without any event.
            allowed = most * (sku.events + 1) + len(sku.cells)
            for system, writes in sku.writes.items():
                if writes > allowed and sku.sku not in self._bounced:
                    court.breach(
                        _NAME,
                        key=sku.sku,
                        kind="amplification",
                        at_s=sku.last_event_s,
                        units=1,
                        money_minor=sku.price_minor,
                        sentence=f"{plural(writes, 'change')} of {sku.sku} in {system} by the "
                        f"connector for {plural(sku.events, 'event')}.",
                        expected=f"at most {allowed:g}",
                        found=str(writes),
                        trail=sku.recent,
                    )
        for name, restless in self._restless.items():
            if restless.count < _LATE_WRITES:
                continue
            sku = court.stock.get(name)
            court.breach(
                _NAME,
                key=name,
                kind="no rest",
                at_s=restless.since_s,
                units=1,
                money_minor=sku.price_minor,
                sentence=f"{plural(restless.count, 'change')} of {name} came more than "
                f"{span(court.judging.quiet_s)} after trading and the last event.",
                expected="none",
                found=str(restless.count),
                trail=sku.recent,
            )

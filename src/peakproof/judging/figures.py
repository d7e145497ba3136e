"""Figures that are reported for every run, judged or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from peakproof.history.records import (
    Parcel,
    Placed,
    Record,
    Sale,
    TurnedAway,
    Withdrawn,
    Work,
)
from peakproof.judging.books.calls import quantile
from peakproof.judging.books.papers import Order
from peakproof.judging.court import Court


class Figures:
    """Counts orders, units, calls, conflicts, the backlog and what could not be sold."""

    def __init__(self, court: Court) -> None:
        self._court = court
        self._acknowledged = 0
        self._units = 0
        self._worth_minor = 0
        self._parcels = 0
        self._sold = 0
        self._lost: dict[str, int] = {}
        self._lost_units = 0
        self._lost_minor = 0
        self._backlog = 0
        self._backlog_most = 0
        self._backlog_at_calm = 0
        self._drained_s = -1.0
        court.orders.due.append(self._due)

    def reads(self) -> Mapping[type[Record], Callable[[Any], None]]:
        """What is counted."""
        return {
            Placed: self._on_placed,
            Work: self._on_work,
            Withdrawn: self._on_withdrawn,
            Parcel: self._on_parcel,
            Sale: self._on_sale,
            TurnedAway: self._on_turned_away,
        }

    # --- trade ------------------------------------------------------------------------

    def _on_placed(self, record: Placed) -> None:
        self._worth_minor += record.total_minor
        for line in record.lines:
            self._units += line.units

    def _due(self, order: Order) -> None:
        if not order.works:
            order.backlogged = True
            self._backlog += 1
            self._backlog_most = max(self._backlog_most, self._backlog)

    def _on_work(self, _record: Work) -> None:
        order = self._court.orders.order
        if order is not None and len(order.works) == 1:
            self._acknowledged += 1
        self._leave(order)

    def _on_withdrawn(self, _record: Withdrawn) -> None:
        order = self._court.orders.order
        if order is not None and not order.open_units:
            self._leave(order)

    def _leave(self, order: Order | None) -> None:
        if order is None or not order.backlogged:
            return
        order.backlogged = False
        self._backlog -= 1
        if self._backlog == 0:
            self._drained_s = self._court.now

    def calm(self) -> None:
        """Trading is over: what is left now has to drain."""
        self._backlog_at_calm = self._backlog

    def _on_parcel(self, record: Parcel) -> None:
        if record.what == "shipped":
            self._parcels += 1

    def _on_sale(self, record: Sale) -> None:
        if record.what == "sale":
            self._sold += sum(abs(line.units) for line in record.lines)

    def _on_turned_away(self, record: TurnedAway) -> None:
        self._lost[record.why] = self._lost.get(record.why, 0) + record.units
        self._lost_units += record.units
        price_minor = self._court.stock.get(record.sku).price_minor
        self._lost_minor += record.units * price_minor

    # --- the report -------------------------------------------------------------------

    def report(self) -> dict[str, Any]:
        """Everything, as plain values; times in seconds, money in minor units."""
        court = self._court
        lines = sorted(court.calls.lines.items())
        return {
            "orders": {
                "placed": court.orders.placed,
                "acknowledged": self._acknowledged,
                "units": self._units,
                "worth_minor": self._worth_minor,
                "parcels": self._parcels,
                "till_units": self._sold,
            },
            "backlog": {
                "most": self._backlog_most,
                "at_calm": self._backlog_at_calm,
                "at_end": self._backlog,
                "drain_s": self._drain_s(),
            },
            "lost_sales": {
                "units": self._lost_units,
                "money_minor": self._lost_minor,
                "why": dict(sorted(self._lost.items())),
            },
            "calls": {system: dict(sorted(line.ops.items())) for system, line in lines},
            "calls_a_second": self._rates(),
            "wire": {
                "calls": len(court.calls.call_s),
                "p50_s": round(quantile(court.calls.call_s, 0.50), 4),
                "p99_s": round(quantile(court.calls.call_s, 0.99), 4),
                "conflicts": court.calls.statuses.get(409, 0),
                "rate_limited": court.calls.statuses.get(429, 0),
                "unknown": court.calls.unknown,
                "retries": court.calls.retries,
                "deliveries": court.calls.deliveries,
                "redelivered": court.calls.redelivered,
            },
            **court.figures,
        }

    def _drain_s(self) -> float | None:
        """From calm until no order waited; None when some still do."""
        if self._backlog:
            return None
        if not self._backlog_at_calm or self._court.calm_s < 0:
            return 0.0
        return round(self._drained_s - self._court.calm_s, 3)

    def _rates(self) -> dict[str, dict[str, float]]:
        """By system: the most calls in one second, and the limit if the scenario states one."""
        limits = self._court.judging.call_limits
        found: dict[str, dict[str, float]] = {}
        for system, line in sorted(self._court.calls.lines.items()):
            most = max(line.most, line.count)
            rates: dict[str, float] = {"most": most}
            if system in limits:
                rates["limit"] = limits[system]
                rates["share"] = round(most / limits[system], 3)
            found[system] = rates
        return found

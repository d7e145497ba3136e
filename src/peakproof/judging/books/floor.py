"""What a perfect connector would have oversold with the same demand and the same delays.

Here its world is collected from the history; :mod:`peakproof.judging.books.perfect` plays it.
Walk-in customers and losses ask nobody, in its world too. Parcels are not replayed: they take as
much from cover as from demand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from peakproof.judging.books.atlas import BENCH, CUSTOMER, LOST
from peakproof.judging.books.calls import median
from peakproof.judging.books.papers import by_sku
from peakproof.judging.books.perfect import (
    BACK,
    KNOWN,
    LONG_AGO_S,
    TRUE,
    WANT,
    PerfectDay,
    Play,
    plentiful,
)
from peakproof.judging.books.pool import cover_of
from peakproof.judging.books.shelves import Sku

if TYPE_CHECKING:
    from peakproof.history.records import Move, Placed, Sale, TurnedAway, Withdrawn
    from peakproof.judging.court import Court

_TILL: Final = "till"
_ALL: Final = 1 << 30


class Floor:
    """Collects demand and supply of each SKU while the history is read; plays them at the end."""

    def __init__(self, court: Court) -> None:
        self._court = court
        self._plays: dict[str, list[Play]] = {}
        self.by_sku: dict[str, int] = {}
        self.oversold = 0
        self.turned_away = 0
        self.latency_s = 0.0
        self._asking = 0
        """The nodes whose till asks before it sells: it honours its share."""
        for channel, mask in court.atlas.channels:
            if channel.system == court.estate.masters.sales and not channel.walk_in:
                self._asking |= mask
        court.stock.found_out.append(self._found_out)
        court.stock.moved.append(self._moved)

    # --- collecting -------------------------------------------------------------------

    def _add(
        self, sku: str, kind: int, where: int, units: int, *, system: str = "", order: str = ""
    ) -> None:
        plays = self._plays.get(sku)
        if plays is None:
            plays = self._plays[sku] = []
        # What lay there before trading opened has long been published.
        at_s = self._court.now if self._court.trading else LONG_AGO_S
        plays.append((kind, at_s, where, units, system, order))

    def on_placed(self, record: Placed) -> None:
        """Demand that was met."""
        court = self._court
        for line in court.orders.exploded(record.lines):
            mask = court.atlas.draws(record.system, line.place)
            self._add(line.sku, WANT, mask, line.units, system=record.system, order=record.order)

    def on_turned_away(self, record: TurnedAway) -> None:
        """Demand that was not met; a walk-in who found the shelf empty is none of anybody's."""
        court = self._court
        atlas = court.atlas
        mask = atlas.draws(record.system, record.place)
        channel = atlas.channel(record.system, mask)
        if not mask or (channel is not None and channel.walk_in):
            return
        till = _TILL if record.system == court.estate.masters.sales else ""
        if till and cover_of(court.stock.get(record.sku).cover, mask) < record.units:
            return
        self._add(record.sku, WANT, mask, record.units, system=record.system, order=till)

    def on_withdrawn(self, record: Withdrawn) -> None:
        """A customer changed his mind; what ended for want of stock is not replayed."""
        order = self._court.orders.order
        if order is None or order.cut_s >= 0:
            return
        lines = self._court.orders.exploded(record.lines)
        ended = by_sku(lines) if record.lines else dict.fromkeys(order.tally, _ALL)
        for sku, units in ended.items():
            self._add(sku, BACK, 0, units, system=record.system, order=order.number)

    def _moved(self, record: Move) -> None:
        """Supply came or went."""
        court = self._court
        from_kind, src = court.atlas.where(record.src)
        to_kind, dst = court.atlas.where(record.dst)
        out = from_kind <= BENCH and src >= 0
        into = to_kind <= BENCH and dst >= 0
        if out and to_kind == CUSTOMER and self._asking >> src & 1:
            till = court.estate.masters.sales
            self._add(record.sku, WANT, 1 << src, record.units, system=till, order=_TILL)
            return
        if out:
            self._add(record.sku, TRUE, src, -record.units)
            if to_kind != LOST and not (to_kind == CUSTOMER and court.atlas.tills >> src & 1):
                self._add(record.sku, KNOWN, src, -record.units)
        if into:
            self._add(record.sku, TRUE, dst, record.units)
            if from_kind != LOST:
                self._add(record.sku, KNOWN, dst, record.units)

    def on_sale(self, record: Sale) -> None:
        """A till told what a walk-in carried away."""
        court = self._court
        node = court.atlas.node(record.system, record.place)
        if record.what != "sale" or node < 0 or self._asking >> node & 1:
            return
        for line in record.lines:
            self._add(line.sku, KNOWN, node, -abs(line.units))

    def _found_out(self, sku: Sku) -> None:
        """What was lost unseen has become known."""
        for node, units in sku.seen:
            self._add(sku.sku, KNOWN, node, units)
        sku.seen.clear()

    # --- playing ----------------------------------------------------------------------

    def play(self) -> None:
        """Play every SKU under the policy, with the stated or the recorded latency."""
        court = self._court
        stated = court.judging.floor_latency_s
        calls = court.calls
        heard_s = median(calls.hook_s) if calls.hook_s else median(calls.call_s) / 2
        self.latency_s = heard_s + median(calls.write_s) if stated is None else stated
        nodes = len(court.estate.nodes)
        mirror = court.estate.policy == "mirror"
        for sku, plays in self._plays.items():
            keep = court.estate.held_back(sku)
            if plentiful(plays, nodes, keep):
                continue
            day = PerfectDay(nodes, keep, self.latency_s, mirror=mirror)
            day.play(plays)
            if day.oversold:
                self.by_sku[sku] = day.oversold
            self.oversold += day.oversold
            self.turned_away += day.turned_away

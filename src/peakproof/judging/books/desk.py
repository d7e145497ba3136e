"""The exception desk: what was reported, about what, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakproof.history.records import Desk
from peakproof.judging.books.names import topics
from peakproof.judging.books.papers import Order
from peakproof.judging.books.shelves import Sku
from peakproof.judging.books.tills import Slip

if TYPE_CHECKING:
    from peakproof.judging.court import Court

Thing = Order | Slip | Sku


class DeskBook:
    """Knows what has been reported. A report about an order, a sale or a SKU is noted on it."""

    __slots__ = ("_court", "last", "reports")

    def __init__(self, court: Court) -> None:
        self._court = court
        self.reports: dict[str, float] = {}
        """When something was first reported, by whatever its key may name."""
        self.last: Thing | None = None
        """What the report being read is about, None when the judge does not know it."""

    def on_desk(self, record: Desk) -> None:
        """The connector parked something and said so."""
        now = self._court.now
        for topic in topics(record.key):
            self.reports.setdefault(topic, now)
        thing = self.last = self.thing(record.key)
        if thing is None:
            return
        if thing.reported_s < 0:
            thing.reported_s = now
        if isinstance(thing, Sku):
            thing.recent.append((self._court.no, record))
        else:
            thing.trail.append((self._court.no, record))

    def thing(self, key: str) -> Thing | None:
        """The order, sale or SKU that a key names."""
        court = self._court
        names = topics(key)
        for name in names:
            if name in court.orders.names:
                return court.orders.names[name]
            work = court.orders.works.get(name)
            if work is not None and work.order is not None:
                return work.order
            if name in court.tills.slips:
                return court.tills.slips[name]
            if name in court.stock.skus:
                return court.stock.skus[name]
        return court.orders.find(names[1] if len(names) > 1 else names[0])

    def reported(self, key: str) -> bool:
        """Has anything been reported that this key names?"""
        return any(topic in self.reports for topic in topics(key))

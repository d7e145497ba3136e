"""Every parcel from the moment it leaves until its channel has it on record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from peakproof.history.records import Confirmed, Parcel
from peakproof.judging.books.papers import Order, by_sku
from peakproof.judging.court import Pending

if TYPE_CHECKING:
    from peakproof.judging.court import Court


class Dispatch:
    """A parcel that left, and how much of it its channel has recorded under its name."""

    __slots__ = ("confirmed_s", "left_s", "names", "order", "recalled", "told", "units")

    def __init__(self, order: Order, record: Parcel) -> None:
        self.order = order
        self.names = tuple(dict.fromkeys(n for n in (record.parcel, record.tracking) if n))
        self.units = by_sku(record.lines)
        self.left_s = record.t
        self.told: dict[str, int] = {}
        """Units by SKU that the channel recorded under one of its names."""
        self.confirmed_s = -1.0
        self.recalled = False
        """The parcel was taken back."""

    def add(self, units_by_sku: Mapping[str, int]) -> None:
        """Units were recorded under one of its names."""
        for sku, units in units_by_sku.items():
            self.told[sku] = self.told.get(sku, 0) + units

    @property
    def untold(self) -> dict[str, int]:
        """Units by SKU that are in it and that the channel has not recorded for it."""
        if not self.order.bundled:
            return _less(self.units, self.told)
        # What was sold as a bundle is confirmed once it is complete, with its last parcel.
        if self.order.open_units:
            return {}
        tallies = self.order.tally
        shipped = {sku: tallies[sku].shipped for sku in self.units if sku in tallies}
        return _less(shipped, {sku: tallies[sku].confirmed for sku in shipped})

    @property
    def done(self) -> bool:
        """Nothing is left to be said of it."""
        return self.recalled or not self.untold


class DispatchBook:
    """Waits for the confirmation of each parcel, and tells who wants to know how it went."""

    __slots__ = ("_by_name", "_court", "_limit_s", "_pending", "due", "late", "left")

    def __init__(self, court: Court) -> None:
        self._court = court
        self._limit_s = court.judging.limit("shipment_s")
        self._pending = Pending(court, self._decide)
        self._by_name: dict[str, Dispatch] = {}
        self.left: dict[Dispatch, None] = {}
        """Parcels past their limit and the desk's, without confirmation and without a report."""
        self.due: list[Callable[[Dispatch], None]] = []
        """Called with every parcel when its limit is over."""
        self.late: list[Callable[[Dispatch], None]] = []
        """Called with a parcel that nobody was told of and that was confirmed after its limit."""

    def on_parcel(self, record: Parcel) -> None:
        """A parcel left, or came back."""
        if record.what == "rolled_back":
            for name in (record.parcel, record.tracking):
                back = self._by_name.pop(name, None)
                if back is not None:
                    back.recalled = True
                    self.left.pop(back, None)
            return
        order = self._court.orders.order
        if record.what != "shipped" or order is None:
            return
        dispatch = Dispatch(order, record)
        for name in dispatch.names:
            dispatch.add(order.confirms.get(name, {}))
            self._by_name[name] = dispatch
        self._court.later(self._limit_s, self._over, dispatch)

    def on_confirmed(self, record: Confirmed) -> None:
        """A channel recorded a parcel, perhaps one that is waited for."""
        dispatch = self._by_name.get(record.ref)
        if dispatch is not None:
            dispatch.add(by_sku(self._court.orders.exploded(record.lines)))
            if dispatch.done and dispatch.confirmed_s < 0:
                dispatch.confirmed_s = self._court.now
        for one in [one for one in self.left if one.order.number == record.order and one.done]:
            del self.left[one]
            self._was_late(one)

    def close(self) -> None:
        """The history is over: what is past its limit is decided now."""
        self._pending.close()

    def _over(self, dispatch: Dispatch) -> None:
        if not dispatch.recalled:
            for hear in self.due:
                hear(dispatch)
        if dispatch.done:
            self._forget(dispatch)
        else:
            dispatch.order.wrong(self._court.now)
            self._pending.add(dispatch)

    def _decide(self, dispatch: Dispatch) -> None:
        if dispatch.recalled or dispatch.order.reported_s >= 0:
            self._forget(dispatch)
        elif dispatch.done:
            self._was_late(dispatch)
        else:
            self.left[dispatch] = None

    def _was_late(self, dispatch: Dispatch) -> None:
        self._forget(dispatch)
        for hear in self.late:
            hear(dispatch)

    def _forget(self, dispatch: Dispatch) -> None:
        for name in dispatch.names:
            if self._by_name.get(name) is dispatch:
                del self._by_name[name]


def _less(units: dict[str, int], told: dict[str, int]) -> dict[str, int]:
    return {sku: left for sku, count in units.items() if (left := count - told.get(sku, 0)) > 0}

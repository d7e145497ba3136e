"""The queue that integrations pull from: oldest first, nothing leased, kept until confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from peakproof_simulators.centra.state import Centra

CHANGES: Final = ("CREATED", "UPDATED", "DELETED", "COMPLETED", "DEPENDENT_DATA_CHANGED")
KINDS: Final = (
    "Order", "Shipment", "Return", "Product", "ProductVariant", "ProductSize", "Warehouse",
    "StockChange", "Market", "AllocationRule", "Collection", "AdminUser", "PurchaseOrder",
    "PurchaseDelivery",
)  # fmt: skip
"""What an event can be about; of the last four nothing ever happens here."""


class Event(msgspec.Struct, frozen=True, gc=False):
    """Something changed; what it is now has to be looked up."""

    id: int
    object_type: str
    change_type: str
    object_id: int
    created_s: float
    market: int


class Queue:
    """The events of one integration, by id."""

    def __init__(self) -> None:
        self.listens: dict[str, dict[str, None]] = {}
        self.events: dict[int, Event] = {}


class EventQueues:
    """All queues; tokens that share an integration's name share its queue."""

    def __init__(self, centra: Centra) -> None:
        self._centra = centra
        self.by_name: dict[str, Queue] = {}
        self._last = 0

    def of(self, name: str) -> Queue:
        """The queue of an integration."""
        queue = self.by_name.get(name)
        if queue is None:
            queue = self.by_name[name] = Queue()
        return queue

    def add(self, kind: str, id_: int, change: str) -> None:
        """Something changed: each queue that listens gets an event of its own."""
        centra = self._centra
        if not centra.settings.events_enabled:
            return
        for queue in self.by_name.values():
            if change in queue.listens.get(kind, ()):
                self._last += 1
                queue.events[self._last] = Event(
                    self._last, kind, change, id_, centra.now,
                    _market(centra, kind, id_),
                )  # fmt: skip

    def listen(self, name: str, wanted: Iterable[tuple[str, Iterable[str]]]) -> None:
        """Hear of more; what is heard already stays."""
        listens = self.of(name).listens
        for kind, changes in wanted:
            listens.setdefault(kind, {}).update(dict.fromkeys(changes))

    def stop(self, name: str, wanted: Iterable[tuple[str, Iterable[str]]]) -> None:
        """Hear of less; what is queued of it is deleted."""
        queue = self.of(name)
        for kind, changes in wanted:
            gone = dict.fromkeys(changes)
            heard = queue.listens.get(kind, {})
            for change in gone:
                heard.pop(change, None)
            if not heard:
                queue.listens.pop(kind, None)
            queue.events = {
                id_: event
                for id_, event in queue.events.items()
                if event.object_type != kind or event.change_type not in gone
            }

    def confirm(self, name: str, ids: Iterable[int]) -> list[int]:
        """Take events off the queue; the ids that were not on it."""
        events = self.of(name).events
        return [id_ for id_ in ids if events.pop(id_, None) is None]

    def oldest(self, name: str) -> Iterator[Event]:
        """What is not confirmed yet, oldest first."""
        yield from self.of(name).events.values()


def _market(centra: Centra, kind: str, id_: int) -> int:
    """The market of the order that something belongs to; 0: of none, or it is gone."""
    if kind == "Order":
        order = centra.orders.get(id_)
    elif kind in ("Shipment", "Return"):
        shelf = centra.shipments if kind == "Shipment" else centra.returns
        about = shelf.get(id_)
        order = centra.orders.get(about.order) if about is not None else None
    else:
        return 0
    return order.market if order is not None else 0

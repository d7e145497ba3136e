"""The tills' orders with fulfilments and their stock events (Square API v2), as they are read."""

from __future__ import annotations

from typing import Final

from peakproof_engine.http import decoder
from peakproof_engine.systems.pos_wire import Count, Wire, units


class Entry(Wire):
    """Units of a line that a fulfilment is about."""

    line_item_uid: str
    quantity: str = "0"


class ShipmentDetails(Wire):
    """How a parcel went."""

    carrier: str = ""
    tracking_number: str = ""
    shipped_at: str = ""


class Fulfilment(Wire):
    """Goods that go together; without entries it is about the whole order."""

    uid: str
    state: str
    line_item_application: str = "ALL"
    entries: list[Entry] | None = None
    shipment_details: ShipmentDetails | None = None


class OrderLine(Wire):
    """A line of an order."""

    uid: str
    quantity: str = "0"


class StoreOrder(Wire):
    """An order that a store ships."""

    id: str
    state: str
    version: int = 0
    reference_id: str = ""
    line_items: list[OrderLine] | None = None
    fulfillments: list[Fulfilment] | None = None

    def units(self, *states: str) -> dict[str, int]:
        """Units by line in fulfilments that have one of these states."""
        found: dict[str, int] = {}
        for each in self.fulfillments or []:
            if each.state in states:
                for line, many in self.units_in(each).items():
                    found[line] = found.get(line, 0) + many
        return found

    def units_in(self, fulfilment: Fulfilment) -> dict[str, int]:
        """Units by line that a fulfilment is about."""
        if fulfilment.line_item_application == "ALL":
            return {line.uid: units(line.quantity) for line in self.line_items or []}
        return {entry.line_item_uid: units(entry.quantity) for entry in fulfilment.entries or []}


class StoreOrders(Wire):
    """A page of orders."""

    orders: list[StoreOrder] | None = None
    cursor: str | None = None


class StoreOrderAnswer(Wire):
    """One order."""

    order: StoreOrder


class StockNews(Wire):
    """What a stock event says: figures."""

    inventory_counts: list[Count] | None = None


class StockData(Wire):
    """The envelope around it."""

    object: StockNews | None = None


class StockEvent(Wire):
    """A notification about stock."""

    type: str
    data: StockData | None = None


ORDERS: Final = decoder(StoreOrders)
ORDER: Final = decoder(StoreOrderAnswer)
EVENT: Final = decoder(StockEvent)
EVENTS: Final = ("inventory.count.updated",)
"""What is subscribed to where the tills' stock book is the one that counts."""

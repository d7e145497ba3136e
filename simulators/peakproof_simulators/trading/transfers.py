"""Goods on their way from one node to another: on no shelf, and nobody's to sell."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from peakproof.errors import ScenarioError
from peakproof.ledger import shelf, transit
from peakproof_simulators.trading.act_tables import TransferEvent
from peakproof_simulators.trading.floors import Floors
from peakproof_simulators.trading.stage import Due, Stage
from peakproof_simulators.trading.tills import Store


class Consignment(msgspec.Struct, frozen=True, gc=False):
    """Units of one SKU under way; ``number`` is what they were sent under, "" if unrecorded."""

    sku: str
    units: int
    received: int
    src: str
    dst: str
    number: str
    via: str


class Transfers:
    """Sends goods and lets them arrive; the warehouse system or the tills record both."""

    def __init__(self, stage: Stage, floors: Floors, stores: Sequence[Store]) -> None:
        self._stage = stage
        self._floors = floors
        self._stores = {store.node: store for store in stores}
        self._sent = 0

    def check(self, event: TransferEvent) -> None:
        """Find what can never be right about a transfer.

        Raises:
            ScenarioError: both ends are one node, or who shall record it does not know an end.
        """
        self._stage.estate.node(event.to, field="event transfer.to")
        if event.to == event.node:
            raise ScenarioError(f"event transfer.to: expected another node than {event.node}")
        if (event.received or 0) > event.units:
            raise ScenarioError(f"event transfer.received: expected at most {event.units}")
        if not event.record:
            return
        for node in (event.node, event.to):
            if event.via == "warehouse":
                self._floors.code(node)
            elif node not in self._stores:
                raise ScenarioError(f"event transfer.via: {node} has no till")

    def send(self, event: TransferEvent, sku: str) -> bool:
        """Take what is there of it off the shelf; False when nothing is."""
        stage = self._stage
        units = min(event.units, stage.on_shelf(event.node, sku))
        if not units:
            return False
        received = units if event.received is None else min(event.received, units)
        self._sent += 1
        reference = f"transfer-{self._sent}"
        stage.world.ledger.move(
            sku=sku, units=units, src=shelf(event.node), dst=transit(event.node, event.to),
            cause="transfer", by="staff", ref=reference,
        )  # fmt: skip
        number = self._record_sent(event, sku, units, reference) if event.record else ""
        stage.due += 1
        under_way = Consignment(sku, units, received, event.node, event.to, number, event.via)
        stage.later(event.takes_s, self._arrives, under_way)
        return True

    def _record_sent(self, event: TransferEvent, sku: str, units: int, reference: str) -> str:
        """What the transfer is called in the record; "" when the item is unknown there."""
        floors, world = self._floors, self._stage.world
        if event.via == "till":
            store, to = self._stores[event.node], self._stores[event.to]
            return store.send(sku, units, to=to)
        if not floors.knows(sku):
            return ""
        with world.acting("warehouse"):
            floors.floor.send(floors.code(event.node), sku, units, reference=reference)
        return reference

    def _arrives(self, due: Due) -> None:
        goods: Consignment = due.value
        stage, way = self._stage, transit(goods.src, goods.dst)
        stage.due -= 1
        missing = goods.units - goods.received
        for units, place, cause in (
            (goods.received, shelf(goods.dst), "transfer"), (missing, "lost", "lost"),
        ):  # fmt: skip
            if units:
                stage.world.ledger.move(
                    sku=goods.sku, units=units, src=way, dst=place, cause=cause, by="staff",
                    ref=goods.number,
                )  # fmt: skip
        if goods.number:
            self._record_arrived(goods)

    def _record_arrived(self, goods: Consignment) -> None:
        floors, world = self._floors, self._stage.world
        if goods.via == "till":
            self._stores[goods.dst].arrive(goods.number, goods.received)
        elif goods.received:
            with world.acting("warehouse"):
                floors.floor.receive(
                    floors.code(goods.dst), goods.sku, goods.received, reference=goods.number
                )

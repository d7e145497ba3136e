"""Orders that are served from a place they were not sold from."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import Confirmed, Placed, Record
from peakproof.history.records import Work as WorkTaken
from peakproof.judging.books.papers import Order, by_sku
from peakproof.judging.court import Court, plural
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "misrouted"


@invariant(
    _NAME,
    flows=("orders", "fulfilment"),
    owner="operations",
    cure="Move the order to the facility that its stock was taken from, or move the stock; let "
    "the connector map places one to one and set aside what has no mapping.",
)
class Misrouted:
    """Each unit is served from where the channel took it, and every place has its mapping.

    A warehouse order is at a facility that stands behind the place of the order's line, unless
    the warehouse cut or cancelled the unit before: then it may go to any node of the channel. A
    shipment on record at the channel comes out of the stock of the node that the parcel left.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._accused: dict[tuple[str, str], None] = {}

    def reads(self) -> Mapping[type[Record], Reader]:
        """Orders with the places of their lines, warehouse orders, confirmations."""
        return {
            Placed: self._on_placed,
            WorkTaken: self._on_work,
            Confirmed: self._on_confirmed,
        }

    def _on_placed(self, record: Placed) -> None:
        order = self._court.orders.order
        if order is None:
            return
        for line in record.lines:
            if line.place and not self._court.atlas.cell(record.system, line.place):
                order.unmapped[line.place] = order.unmapped.get(line.place, 0) + line.units

    def _on_work(self, record: WorkTaken) -> None:
        court = self._court
        order, work = court.orders.order, court.orders.work
        if order is None or work is None:
            return
        self._docket.exercised += 1
        units = by_sku(record.lines)
        if work.node < 0:
            self._accuse(
                order, "facility", units, f"the facility {record.place}, which no node stands for"
            )
        elif order.unmapped:
            place = next(iter(order.unmapped))
            self._accuse(
                order,
                "unmapped",
                units,
                f"{record.place} although its place {place} has no mapping",
            )
        else:
            astray = {
                sku: count
                for sku, count in units.items()
                if not self._serves(order, sku, work.node)
            }
            if astray:
                self._accuse(
                    order, "place", astray, f"{record.place}, where it did not take its units from"
                )

    def _serves(self, order: Order, sku: str, node: int) -> bool:
        ordered = False
        for promise in order.promises:
            if promise.sku.sku == sku:
                if promise.mask >> node & 1:
                    return True
                ordered = True
        # What was never ordered is another rule's case; what was cut may go anywhere.
        return not ordered or order.tally[sku].cut > 0

    def _on_confirmed(self, record: Confirmed) -> None:
        court = self._court
        order = court.orders.order
        node = order.sources.get(record.ref, -1) if order is not None else -1
        if order is None or node < 0:
            return
        astray: dict[str, int] = {}
        places = [line for line in record.lines if line.place]
        for line in places:
            if not court.atlas.cell(record.system, line.place) >> node & 1:
                astray[line.sku] = astray.get(line.sku, 0) + line.units
        self._docket.exercised += bool(places)
        if astray:
            left = court.estate.nodes[node].id
            self._accuse(
                order, "source", astray,
                f"{record.system}'s stock of {places[0].place}, though it left {left}",
            )  # fmt: skip

    def _accuse(self, order: Order, kind: str, units: dict[str, int], where: str) -> None:
        if (order.number, kind) in self._accused:
            return
        self._accused[order.number, kind] = None
        order.wrong(self._court.now)
        places = dict.fromkeys(
            line.place for _, record in order.trail if isinstance(record, Placed)
            for line in record.lines if line.place
        )  # fmt: skip
        wanted = ", ".join(places) or "a node of its channel"
        count = sum(units.values())
        self._court.breach(
            _NAME,
            key=order.number,
            kind=kind,
            units=count,
            money_minor=order.worth(units),
            sentence=f"Order {order.number}, sold from {wanted}: {plural(count, 'unit')} of it "
            f"went to {where}.",
            expected=f"served from {wanted}",
            found=where,
            trail=order.trail,
        )

    def close(self) -> None:
        """Nothing more to say at the end."""

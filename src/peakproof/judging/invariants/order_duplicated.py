"""Orders that the warehouse has twice."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import Record, Work
from peakproof.judging.court import Court, plural
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "order_duplicated"


@invariant(
    _NAME,
    flows=("orders",),
    owner="operations",
    cure="Cancel the second warehouse order before it is picked; let the connector give "
    "each order one number there, and search for it before it sends again.",
)
class OrderDuplicated:
    """The warehouse is never asked to ship more of an order than was ordered.

    All live warehouse orders whose references name the same channel order count together, so an
    order may be split, or sent again for what was cancelled or short.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]

    def reads(self) -> Mapping[type[Record], Reader]:
        """Warehouse orders as they are taken."""
        return {Work: self._on_work}

    def _on_work(self, record: Work) -> None:
        court = self._court
        self._docket.exercised += 1
        order = court.orders.order
        if order is None:
            self._look_back(record)
            return
        mine = {line.sku for line in record.lines}
        extra = {
            sku: tally.worked - tally.ordered
            for sku, tally in order.tally.items()
            if sku in mine and 0 < tally.ordered < tally.worked
        }
        if not extra:
            return
        units = sum(extra.values())
        order.wrong(court.now)
        numbers = " and ".join(work.number for work in order.works if work.live)
        court.breach(
            _NAME,
            key=order.number,
            units=units,
            money_minor=order.worth(extra),
            sentence=f"The warehouse is to ship {plural(units, 'unit')} more of order "
            f"{order.number} than were ordered: {numbers} name the same order.",
            expected="one live warehouse order",
            found=f"{sum(work.live for work in order.works)}",
            trail=order.trail,
        )

    def _look_back(self, record: Work) -> None:
        court = self._court
        past = court.orders.past((*record.refs, record.number))
        if past is None:
            return
        name, outcome = past
        units = sum(line.units for line in record.lines)
        money_minor = sum(
            line.units * court.stock.get(line.sku).price_minor for line in record.lines
        )
        court.breach(
            _NAME,
            key=name,
            kind="after the end",
            units=units,
            money_minor=money_minor,
            sentence=f"Order {name} was {outcome} long ago; {record.number} sends it to the "
            "warehouse again.",
            expected="no further warehouse order",
            found=record.number,
            trail=[(court.no, record)],
        )

    def close(self) -> None:
        """Nothing more to say at the end."""

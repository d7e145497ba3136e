"""Reports about nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from peakproof.history.records import AnyRecord, Desk, Record
from peakproof.judging.books.names import topics
from peakproof.judging.books.papers import Order
from peakproof.judging.books.pool import bits
from peakproof.judging.books.shelves import BACK, GAP, OUT, Sku
from peakproof.judging.books.tills import Slip
from peakproof.judging.court import Court
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "false_alarm"


@invariant(
    _NAME,
    flows=("orders", "fulfilment", "till_sales", "returns", "stock", "cancellations"),
    limits=("desk_s", "publish_s"),
    needs_desk=True,
    owner="operations",
    cure="Close the report; let the connector look again before it calls somebody.",
)
class FalseAlarm:
    """What is reported to the exception desk is wrong, or soon will be.

    A delay is no difference: a figure that differs only because a message is still on its way is
    nothing to report. Trouble on the wire excuses a report, and so does any refusal, failed call
    or limit passed for the same thing until ``desk_s`` later. Reports about things that the judge
    does not know are not judged.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._open: dict[tuple[int, str], tuple[Desk, Order | Slip | Sku]] = {}

    def reads(self) -> Mapping[type[Record], Reader]:
        """Reports."""
        return {Desk: self._on_desk}

    def _on_desk(self, record: Desk) -> None:
        court = self._court
        thing = court.desk.last
        if thing is None:
            return
        self._docket.exercised += 1
        if self._reason(record, thing):
            return
        case = (court.no, record.key)
        self._open[case] = (record, thing)
        court.later(court.judging.desk_s, self._check, case)

    def _reason(self, record: Desk, thing: Order | Slip | Sku) -> bool:
        """Is anything wrong with it that can be seen by now?"""
        court = self._court
        if court.calls.trouble_s >= record.t - 2 * court.judging.desk_s:
            return True
        if any(topic in court.calls.failed for topic in topics(record.key)):
            return True
        if thing.trouble_s >= 0:
            return True
        if isinstance(thing, Order):
            return self._unknown(thing.tally) or thing.due_s < 0 or thing.overdue_s >= 0
        if isinstance(thing, Slip):
            return self._unknown(thing.units) or thing.late_s >= 0 or thing.partner is not None
        return self._differs(thing)

    def _unknown(self, skus: Iterable[str]) -> bool:
        """Is one of them a SKU that the stock master does not know?"""
        books = [self._court.stock.skus.get(sku) for sku in skus]
        return any(book is None or not book.masters for book in books)

    def _differs(self, sku: Sku) -> bool:
        """Do records differ from the truth by more than a message that is on its way?"""
        court = self._court
        rest_s = court.now - court.judging.publish_s
        if not sku.masters or any(kind == GAP for kind, _ in sku.odd):
            return True
        for cell in sku.cells.values():
            if cell.above is not None and cell.above.since_s <= rest_s:
                return True
        for watch in sku.watches:
            if watch.under is not None and watch.under.since_s <= rest_s:
                return True
            if watch.changes and watch.changes[0][0] <= rest_s:
                return True
        if sku.touched_s > rest_s:
            return False
        for place, level in sku.masters.items():
            mask = court.atlas.cell(level.system, place)
            gap = sku.oddity(OUT, mask) + sku.oddity(GAP, mask) - sku.oddity(BACK, mask)
            there = sum(sku.cover[node] for node in bits(mask))
            if mask and level.on_hand != there + gap:
                return True
        return False

    def _check(self, case: tuple[int, str]) -> None:
        found = self._open.pop(case, None)
        if found is not None:
            self._decide(case[0], *found)

    def _decide(self, no: int, record: Desk, thing: Order | Slip | Sku) -> None:
        if self._reason(record, thing):
            return
        trail: list[tuple[int, AnyRecord]]
        trail = list(thing.recent) if isinstance(thing, Sku) else list(thing.trail)
        self._court.breach(
            _NAME,
            key=record.key,
            kind=record.kind,
            at_s=record.t,
            sentence=f"{record.key} was reported to {record.owner or 'nobody'} "
            f"({record.kind}: {record.reason}), and nothing was wrong with it.",
            expected="a report only about what is wrong",
            found=f"{record.kind}: {record.reason}",
            trail=[*trail, (no, record)],
        )

    def close(self) -> None:
        """Reports that nothing has borne out by now."""
        cases, self._open = self._open, {}
        for (no, _), (record, thing) in cases.items():
            self._decide(no, record, thing)

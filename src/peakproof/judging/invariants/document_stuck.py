"""Finished orders whose papers do not add up."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import Document, Parcel, Placed, Record, Withdrawn
from peakproof.judging.books.papers import Order
from peakproof.judging.court import Court, Pending, Rest, amount, span
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "document_stuck"


@invariant(
    _NAME,
    flows=("fulfilment", "finance", "cancellations"),
    limits=("document_s", "desk_s"),
    owner="finance",
    cure="Write the difference off on a line of its own and close the document; let the connector "
    "use one rounding rule for a document and its parts.",
)
class DocumentStuck:
    """Once all of an order is shipped or withdrawn, its documents leave nothing open.

    Invoices and what was cancelled sum to its total, to the penny, each invoice is paid, and
    credit memos give back no more than was invoiced. It has ``document_s`` for that. A report to
    the desk in time makes it somebody's job; systems without documents are not looked at.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._limit_s = court.judging.limit("document_s")
        self._pending = Pending(court, self._decide)
        self._rest = Rest(court, self._limit_s, self._check)
        self._accused: dict[Order, None] = {}
        self._writes: dict[str, None] = {}
        """Systems that write documents."""

    def reads(self) -> Mapping[type[Record], Reader]:
        """Documents, and what finishes an order."""
        return {
            Document: self._on_document,
            Placed: self._on_change,
            Withdrawn: self._on_change,
            Parcel: self._on_change,
        }

    def _on_document(self, record: Document) -> None:
        self._writes[record.system] = None
        self._on_change(record)

    def _on_change(self, _record: Placed | Withdrawn | Parcel | Document) -> None:
        """Look once more, when everything had its time since this change."""
        order = self._court.orders.order
        if order is not None and order.system in self._writes:
            self._rest.stir(order)

    def _check(self, order: Order) -> None:
        if order.open_units or order.placed_s < 0:
            return
        self._docket.exercised += 1
        if order not in self._accused and order.reported_s < 0 and _wrong(order):
            order.wrong(self._court.now)
            self._pending.add((order, self._court.now))

    def _decide(self, case: tuple[Order, float]) -> None:
        order, since_s = case
        wrong = _wrong(order)
        if not wrong or order in self._accused or order.open_units or order.reported_s >= 0:
            return
        self._accused[order] = None
        open_minor = abs(_open_minor(order))
        self._court.breach(
            _NAME,
            key=order.number,
            kind="open amount" if open_minor else "open document",
            at_s=since_s,
            units=sum(tally.ordered for tally in order.tally.values()),
            money_minor=open_minor or sum(paper.amount_minor for paper in _hanging(order)),
            sentence=f"Order {order.number} is finished and its documents are not: {wrong} "
            f"({span(self._limit_s)} allowed), and nobody was told.",
            expected=f"documents over {amount(order.total_minor)}, all closed",
            found=wrong,
            trail=order.trail,
        )

    def close(self) -> None:
        """Cases whose limit is over are decided now."""
        self._pending.close()


def _total(order: Order, *kinds: str) -> int:
    """Minor units on valid documents of these kinds."""
    return sum(
        paper.amount_minor
        for (kind, _), paper in order.papers.items()
        if kind in kinds and paper.state in ("open", "paid")
    )


def _open_minor(order: Order) -> int:
    """What is neither invoiced nor given up (below zero: more than the order comes to)."""
    return order.total_minor - _total(order, "invoice", "cancellation")


def _hanging(order: Order) -> list[Document]:
    """Documents that were begun and not brought to an end."""
    return [paper for paper in order.papers.values() if paper.state in ("open", "refused")]


def _wrong(order: Order) -> str:
    """What is wrong with the documents of a finished order."""
    open_minor, hanging = _open_minor(order), _hanging(order)
    if open_minor:
        over = "more than its total" if open_minor < 0 else f"of {amount(order.total_minor)}"
        return f"{amount(abs(open_minor))} {over} {'is' if open_minor < 0 else 'are'} left open"
    if hanging:
        return ", ".join(f"{paper.kind} {paper.number} is {paper.state}" for paper in hanging)
    over_minor = _total(order, "creditmemo") - _total(order, "invoice")
    return f"{amount(over_minor)} more are credited than invoiced" if over_minor > 0 else ""

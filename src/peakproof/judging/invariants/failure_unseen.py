"""Failures that nobody is told of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peakproof.history.records import AnyRecord, Call, Item, Record, Refused
from peakproof.judging.books.names import topics
from peakproof.judging.books.papers import Order
from peakproof.judging.books.shelves import Sku
from peakproof.judging.books.tills import Slip
from peakproof.judging.court import Court, span
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "failure_unseen"
_WRITES = frozenset({"write", "stock"})


class _Case:
    """Something that went wrong and waits to be cured or reported."""

    __slots__ = ("cured", "key", "no", "record", "since_s", "thing", "what")

    def __init__(
        self,
        what: str,
        key: str,
        thing: Any,
        since_s: float,
        evidence: tuple[int, AnyRecord | None],
    ) -> None:
        self.what = what
        self.key = key
        self.thing = thing
        self.since_s = since_s
        self.no, self.record = evidence
        self.cured = False


@invariant(
    _NAME,
    flows=("orders", "fulfilment", "till_sales", "returns", "stock", "items", "cancellations"),
    limits=("desk_s",),
    needs_desk=True,
    owner="operations",
    cure="Give what failed an owner now; let the connector report to the exception desk "
    "what it parks, and by when it wants an answer.",
)
class FailureUnseen:
    """What a system refused, and what is past its limit, is cured or reported within ``desk_s``.

    A refusal is cured when the thing got done after all: the order is in the warehouse or
    withdrawn, the sale is booked, the figure was written, the item is known.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._open: dict[str, list[_Case]] = {}
        self._cases: dict[tuple[str, str], None] = {}
        court.overdue.append(self._overdue)

    def reads(self) -> Mapping[type[Record], Reader]:
        """Refusals, and items that get known; writes are heard only while a case is open."""
        return {Refused: self._on_refused, Item: self._on_item}

    def _on_refused(self, record: Refused) -> None:
        if record.by != "connector" or not record.key:
            return
        court = self._court
        thing = court.desk.thing(record.key)
        if isinstance(thing, Order | Slip):
            thing.trouble_s = court.now if thing.trouble_s < 0 else thing.trouble_s
            thing.trail.append((court.no, record))
        elif isinstance(thing, Sku):
            thing.trouble_s = court.now
        for topic in topics(record.key):
            court.calls.failed[topic] = court.now
        what = f"{record.system} refused {record.key}: {record.reason}"
        self._wait(what, record.key, thing, (court.no, record))

    def _overdue(self, what: str, thing: Any, _since_s: float) -> None:
        order = thing[0] if isinstance(thing, tuple) else thing
        key = order.number if isinstance(order, Order) else order.sale
        self._wait(f"{what} past its limit", key, thing, (self._court.no, None))

    def _wait(
        self, what: str, key: str, thing: Any, evidence: tuple[int, AnyRecord | None]
    ) -> None:
        if (what, key) in self._cases:
            return
        self._cases[what, key] = None
        court = self._court
        case = _Case(what, key, thing, court.now, evidence)
        if not self._open:
            court.calls.watching.append(self._on_write)
        for topic in topics(key):
            self._open.setdefault(topic, []).append(case)
        court.later(court.judging.desk_s, self._check, case)

    # --- cures ------------------------------------------------------------------------

    def _on_write(self, record: Call) -> None:
        if record.effect not in _WRITES:
            return
        for key in record.keys:
            for topic in topics(key):
                for case in self._open.get(topic, ()):
                    # The call that was refused inside a 2xx is no cure of itself.
                    refused = case.record
                    if not isinstance(refused, Refused) or refused.n != record.n:
                        case.cured = True

    def _on_item(self, record: Item) -> None:
        for case in self._open.get(record.sku, ()):
            if case.thing is None or isinstance(case.thing, Sku):
                case.cured = True

    def _is_cured(self, case: _Case) -> bool:
        thing = case.thing if case.thing is not None else self._court.desk.thing(case.key)
        if isinstance(thing, tuple):
            order, milestone = thing
            return milestone in order.means or "shipped" in order.means
        if isinstance(thing, Order):
            return self._order_cured(thing, case)
        if isinstance(thing, Slip):
            return thing.settled or thing.excused or thing.sale in self._court.tills.done
        if isinstance(thing, Sku):
            return case.cured or thing.asserted_s > case.since_s
        return case.cured

    def _order_cured(self, order: Order, case: _Case) -> bool:
        refused = case.record
        warehouse = self._court.estate.warehouse
        if isinstance(refused, Refused) and refused.system != warehouse:
            return case.cured or order.touched_s > case.since_s or order.done
        if order.cancel_s >= 0 and order.works:
            # The warehouse would not cancel: somebody has to know, unless it did in the end.
            gone = any(work.state == "cancelled" for work in order.works)
            return gone or "cancelled" in order.means or not order.open_units
        return not order.missing()

    def _check(self, case: _Case) -> None:
        self._forget(case)
        self._docket.exercised += 1
        thing = case.thing[0] if isinstance(case.thing, tuple) else case.thing
        reported = self._court.desk.reported(case.key)
        reported = reported or (thing is not None and thing.reported_s >= 0)
        if reported or self._is_cured(case):
            return
        court = self._court
        trail: list[tuple[int, AnyRecord]] = []
        units = money_minor = 0
        if isinstance(thing, Order):
            trail, units, money_minor = list(thing.trail), thing.open_units, thing.open_minor
        elif isinstance(thing, Slip):
            trail, units, money_minor = list(thing.trail), sum(thing.units.values()), thing.minor
        elif isinstance(thing, Sku):
            trail = list(thing.recent)
        if case.record is not None:
            trail.append((case.no, case.record))
        court.breach(
            _NAME,
            key=case.key,
            kind=case.what.partition(":")[0] if case.record is None else "refused",
            at_s=case.since_s,
            units=units,
            money_minor=money_minor,
            sentence=f"{case.what}; {span(court.now - case.since_s)} later it was neither put "
            "right nor reported.",
            expected="a report to the desk, or a cure",
            found="neither",
            trail=trail,
        )

    def _forget(self, case: _Case) -> None:
        self._cases.pop((case.what, case.key), None)
        for topic in topics(case.key):
            left = [other for other in self._open.get(topic, ()) if other is not case]
            if left:
                self._open[topic] = left
            else:
                self._open.pop(topic, None)
        if not self._open:
            self._court.calls.watching.remove(self._on_write)

    def close(self) -> None:
        """Cases whose limit is not over yet do not count."""

"""Changes that a blind write undid, and writes that never took effect."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import (
    AnyRecord,
    Call,
    Hook,
    Level,
    OrderState,
    Record,
    Refused,
)
from peakproof.judging.books.names import topics
from peakproof.judging.books.papers import Order
from peakproof.judging.books.shelves import Cell, Sku
from peakproof.judging.court import Court, span
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "lost_update"
_WRITES = frozenset({"write", "stock"})


class _Conflict:
    """A write that was answered with 409, until it is decided."""

    __slots__ = ("key", "no", "op", "read", "record", "system")

    def __init__(self, key: str, record: Call, no: int) -> None:
        self.key = key
        self.no = no
        self.op = record.op
        self.system = record.system
        self.record = record
        self.read = False
        """Has the connector seen the resource since?"""


@invariant(
    _NAME,
    flows=("stock", "orders", "fulfilment"),
    limits=("status_s",),
    owner="operations",
    cure="Put the overwritten change back; let the connector write with the version that "
    "it read, and after a 409 read and decide again.",
)
class LostUpdate:
    """After a 409 the connector reads again and decides again; no foreign change is undone.

    Judged is the effect, not the status: a write sent again without a fresh look is a lost update
    only if it undid what somebody else had changed, and a write that was given up is one only if
    the state still needs it ``status_s`` later and nobody was told. An order that somebody
    cancelled and the connector set to another state must within ``status_s`` be cancelled after
    all, refused by the warehouse, or reported: else the wish was overwritten unread.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._open: dict[str, _Conflict] = {}
        self._wishes: dict[str, str] = {}
        """Orders that somebody else cancelled, with the channel's word for it."""
        self._refused: dict[str, None] = {}
        """Orders of which the warehouse refused something since."""
        self._undone: dict[str, None] = {}
        """Orders of which a blind write is on the record already."""
        court.calls.failing.append(self._failed)

    def reads(self) -> Mapping[type[Record], Reader]:
        """States of orders; the call book tells of conflicts, and of calls while one is open."""
        return {OrderState: self._on_state, Refused: self._on_refused}

    # --- the wire ---------------------------------------------------------------------

    def _failed(self, record: Call) -> None:
        if record.status == 409 and record.effect in _WRITES:
            self._conflicts(record)

    def _done(self, record: Call) -> None:
        """A call went through while a conflict is open."""
        for key in record.keys:
            conflict = self._open.get(key)
            if conflict is None or record.t < conflict.record.t:
                continue
            if record.effect == "read":
                conflict.read = True
            elif record.effect in _WRITES:
                self._written(conflict, record)

    def _conflicts(self, record: Call) -> None:
        court = self._court
        for key in record.keys:
            self._docket.exercised += 1
            thing = court.desk.thing(key)
            if isinstance(thing, Order):
                thing.wrong(court.now)
            elif isinstance(thing, Sku):
                thing.trouble_s = court.now
            before = self._open.get(key)
            conflict = _Conflict(key, record, court.no)
            if before is not None:
                conflict.no, conflict.record = before.no, before.record
            if not self._open:
                court.calls.watching.append(self._done)
                court.calls.hearing.append(self._heard)
            self._open[key] = conflict
            court.later(court.judging.status_s, self._limit, conflict)

    def _heard(self, record: Hook) -> None:
        """A notice was taken while a conflict is open: it tells of changes too."""
        for topic in topics(record.key):
            for name in (topic, f"order:{topic}", f"stock:{topic}"):
                if name in self._open:
                    self._open[name].read = True

    def _close(self, conflict: _Conflict) -> None:
        del self._open[conflict.key]
        if not self._open:
            self._court.calls.watching.remove(self._done)
            self._court.calls.hearing.remove(self._heard)

    # --- effects ----------------------------------------------------------------------

    def _written(self, conflict: _Conflict, record: Call) -> None:
        """The write went through: fine after a fresh look, else it depends on what it did."""
        self._close(conflict)
        if conflict.read:
            return
        thing = self._court.desk.thing(conflict.key)
        trail = thing.recent if isinstance(thing, Sku) else getattr(thing, "trail", ())
        for no, effect in trail:
            if getattr(effect, "n", 0) == record.n and self._undid(conflict, thing, effect):
                self._accuse(
                    conflict,
                    "undone",
                    f"{conflict.key} was changed by somebody else; {record.op} was sent again "
                    "without looking and undid it.",
                    [(conflict.no, conflict.record), (no, effect), (self._court.no, record)],
                )
                return

    def _undid(self, conflict: _Conflict, thing: object, effect: AnyRecord) -> bool:
        """Did a blind write put back what somebody else had changed since it was last seen?"""
        seen_s = self._court.calls.seen_s(conflict.system, conflict.key)
        if isinstance(thing, Order) and isinstance(effect, OrderState):
            set_s, to = thing.foreign.get(effect.what, (-1.0, ""))
            return set_s > seen_s and to == effect.old and effect.old != effect.new
        if not isinstance(thing, Sku) or not isinstance(effect, Level):
            return False
        cell = thing.cells.get((effect.system, effect.place))
        if cell is None or cell.foreign_s <= seen_s:
            return False
        watch = cell.watch
        raised = effect.available > cell.room
        shown = sum(max(0, other.level) for other in watch.cells)
        lowered = shown < watch.target and effect.available < watch.target
        return raised or lowered

    # --- wishes -----------------------------------------------------------------------

    def _on_state(self, record: OrderState) -> None:
        order = self._court.orders.order
        if order is None or record.what != "order":
            return
        if record.by != "connector":
            if record.means == "cancelled":
                self._wishes[order.number] = record.new
            else:
                self._wishes.pop(order.number, None)
        elif self._wishes.get(order.number) == record.old != record.new:
            del self._wishes[order.number]
            self._docket.exercised += 1
            case = (order, self._court.no, record)
            self._court.later(self._court.judging.status_s, self._overwritten, case)

    def _on_refused(self, record: Refused) -> None:
        if self._wishes and record.by == "connector":
            thing = self._court.desk.thing(record.key)
            if isinstance(thing, Order):
                self._refused[thing.number] = None

    def _overwritten(self, case: tuple[Order, int, OrderState]) -> None:
        """A cancellation was written over: did anybody deal with it?"""
        order, no, record = case
        known = order.reported_s >= 0 or order.number in self._refused
        known = known or order.number in self._undone
        withdrawn = any(tally.withdrawn for tally in order.tally.values())
        if known or withdrawn or order.state.get("order") == "cancelled":
            return
        units = sum(tally.wanted for tally in order.tally.values())
        self._court.breach(
            _NAME,
            key=order.number,
            kind="overwritten",
            at_s=record.t,
            units=units,
            money_minor=order.worth({sku: each.wanted for sku, each in order.tally.items()}),
            sentence=f"Somebody set order {order.number} to {record.old}; the connector made it "
            f"{record.new}, and {span(self._court.judging.status_s)} later nobody had dealt "
            "with the wish.",
            expected="a cancellation, the warehouse's refusal, or a report",
            found=record.new,
            trail=[*order.trail, (no, record)],
        )

    # --- the limit --------------------------------------------------------------------

    def _limit(self, conflict: _Conflict) -> None:
        if self._open.get(conflict.key) is not conflict:
            return
        self._close(conflict)
        self._give_up(conflict)

    def _give_up(self, conflict: _Conflict) -> None:
        court = self._court
        if court.desk.reported(conflict.key):
            return
        thing = court.desk.thing(conflict.key)
        needed = False
        if isinstance(thing, Order):
            needed = thing.reported_s < 0 and self._behind(thing, conflict)
        elif isinstance(thing, Sku):
            cell = self._cell(thing, conflict)
            needed = cell is not None and self._wrong(cell)
        if needed:
            self._accuse(
                conflict,
                "given up",
                f"{conflict.op} of {conflict.key} was answered 409; "
                f"{span(court.now - conflict.record.done)} later the change is still missing and "
                "nobody was told.",
                [(conflict.no, conflict.record)],
            )

    def _behind(self, order: Order, conflict: _Conflict) -> bool:
        """Does the channel still lack what the warehouse did with the order?"""
        if conflict.system != order.system or order.touched_s > conflict.record.done:
            return False
        sent = any(tally.shipped for tally in order.tally.values())
        told = any(means in order.means for means in ("shipped", "part_shipped", "delivered"))
        cancelled = any(work.state == "cancelled" for work in order.works)
        return (sent and not told) or (
            cancelled and bool(order.missing()) and "cancelled" not in order.means
        )

    def _cell(self, sku: Sku, conflict: _Conflict) -> Cell | None:
        place = conflict.key.rpartition("@")[2]
        return sku.cells.get((conflict.system, place))

    def _wrong(self, cell: Cell) -> bool:
        watch = cell.watch
        limit_s = self._court.now - self._court.judging.status_s
        old = bool(watch.changes) and watch.changes[0][0] <= limit_s
        return old and (cell.level > cell.room or watch.shown < watch.target)

    def _accuse(
        self, conflict: _Conflict, kind: str, sentence: str, trail: list[tuple[int, AnyRecord]]
    ) -> None:
        court = self._court
        thing = court.desk.thing(conflict.key)
        units = money_minor = 0
        key = conflict.key
        if isinstance(thing, Order):
            key, units, money_minor = thing.number, thing.open_units, thing.open_minor
            trail = [*thing.trail, *trail]
            if kind == "undone":
                self._undone[key] = None
        elif isinstance(thing, Sku):
            key = thing.sku
            cell = self._cell(thing, conflict)
            units = abs(cell.level - cell.watch.target) if cell is not None else 0
            money_minor = units * thing.price_minor
            trail = [*thing.recent, *trail]
        court.breach(
            _NAME,
            key=key,
            kind=kind,
            at_s=conflict.record.t,
            units=units,
            money_minor=money_minor,
            sentence=sentence,
            expected="a fresh read and a new decision, or a report",
            found=kind,
            trail=trail,
        )

    def close(self) -> None:
        """Conflicts whose limit is not over yet stay undecided: they do not count."""

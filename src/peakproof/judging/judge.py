"""Folds a history into a verdict, one record at a time, in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, get_args

from peakproof.errors import UsageError
from peakproof.garbage import seldom_collected
from peakproof.history.reader import FORMAT
from peakproof.history.records import (
    Activity,
    AnyRecord,
    Call,
    CancelAsked,
    Confirmed,
    Counted,
    Desk,
    Document,
    Flows,
    Hook,
    Item,
    Level,
    Move,
    Notice,
    OrderState,
    Parcel,
    Payment,
    Phase,
    Placed,
    Record,
    Reservation,
    Run,
    Sale,
    Sometimes,
    TurnedAway,
    Withdrawn,
    Work,
    WorkCut,
    WorkState,
)
from peakproof.judging.books.calls import CallBook
from peakproof.judging.books.desk import DeskBook
from peakproof.judging.books.dispatches import DispatchBook
from peakproof.judging.books.orders import OrderBook
from peakproof.judging.books.stock import StockBook
from peakproof.judging.books.takings import TakingsBook
from peakproof.judging.books.tills import TillBook
from peakproof.judging.court import Court, Docket, plural
from peakproof.judging.estate import check_demand, read_estate, read_judging
from peakproof.judging.figures import Figures
from peakproof.judging.invariants import INVARIANTS, Invariant
from peakproof.judging.invariants.registry import Rule
from peakproof.judging.verdict import Finding, RunVerdict, Verdict

_TRADE: Final = "trade"
_CALM: Final = "calm"
_END: Final = "end"

_SETTLED: Final = (Call, Hook)
"""Written when they are settled, not when they were sent."""

Handler = Callable[[Any], None]


class _Plan:
    """What to do with records of one kind, and how many came."""

    __slots__ = ("count", "handlers", "settled")

    def __init__(self, kind: type[Record]) -> None:
        self.count = 0
        self.settled = kind in _SETTLED
        self.handlers: list[Handler] = []


class Judge:
    """Reads records in the order in which they were written; :meth:`finish` gives the verdict.

    It may listen to a run (``world.listeners.append(judge.feed)``) or be fed from a file: the
    same records give the same verdict. It knows nothing but the records.
    """

    def __init__(self) -> None:
        self._no = 0
        self._plans: dict[type[Record], _Plan] = {}
        self._run: Run | None = None
        self._sometimes: dict[str, list[float]] = {}
        """What the scenario wants to see, with the times at which it was seen."""
        self._declared: tuple[str, ...] | None = None
        self._next_s = float("inf")
        self._now = 0.0
        self._ended = False

    def feed(self, record: Record) -> None:
        """Read the next record.

        Raises:
            UsageError: the history does not begin with a run, or begins a second one.
            ScenarioError: the run's estate or limits are wrong.
        """
        self._no += 1
        try:
            plan = self._plans[type(record)]
        except KeyError:
            self._begin(record)
            plan = self._plans[type(record)]
        plan.count += 1
        moment = record.done if plan.settled else record.t  # type: ignore[attr-defined]  # see plan
        court = self._court
        if moment > self._now:
            if court.stock.dirty:
                court.stock.close_instant()
            if court.next_s < moment:
                court.ring(moment)
            court.now = self._now = moment
        court.no = self._no
        for handle in plan.handlers:
            handle(record)

    # --- the frame --------------------------------------------------------------------

    def _begin(self, record: Record) -> None:
        if self._run is not None:
            raise UsageError(f"Record {self._no}: {type(record).__name__} is no kind of record")
        if not isinstance(record, Run):
            raise UsageError("A history begins with its run record; this one does not")
        if record.format != FORMAT:
            raise UsageError(
                f"This history has format {record.format}; this version reads format {FORMAT}"
            )
        self._run = record
        estate = read_estate(record.estate)
        judging = read_judging(record.judging, invariants=INVARIANTS)
        check_demand(judging, estate)
        court = self._court = Court(estate, judging, INVARIANTS)
        court.calls = CallBook(court)
        court.orders = OrderBook(court)
        court.tills = TillBook(court)
        court.stock = StockBook(court)
        court.desk = DeskBook(court)
        court.dispatches = DispatchBook(court)
        court.takings = TakingsBook(court)
        court.stock.asserted.append(court.tills.asserted)
        court.stock.came_back.append(court.tills.came_back)
        self._figures = Figures(court)
        self._rules: dict[str, Rule] = {name: item.make(court) for name, item in INVARIANTS.items()}
        self._plans = {kind: _Plan(kind) for kind in get_args(AnyRecord)}
        # The books read a record before the rules that look things up in them.
        readers = [self._frame(), *_books(court), self._figures.reads()]
        readers += [rule.reads() for rule in self._rules.values()]
        for reads in readers:
            for kind, handle in reads.items():
                self._plans[kind].handlers.append(handle)

    def _frame(self) -> Mapping[type[Record], Handler]:
        return {
            Run: self._on_run,
            Phase: self._on_phase,
            Flows: self._on_flows,
            Sometimes: self._on_sometimes,
        }

    def _on_run(self, _record: Run) -> None:
        if self._no > 1:
            raise UsageError(f"Record {self._no} begins a second run; a history has one")

    def _on_phase(self, record: Phase) -> None:
        court = self._court
        if record.name == _TRADE and not court.trading:
            court.stock.open_books()
            court.trading = True
            court.opened_s = court.now
        elif record.name == _CALM:
            court.calm_s = court.now
            self._figures.calm()
        elif record.name == _END:
            court.end_s = court.now
            self._ended = True

    def _on_flows(self, record: Flows) -> None:
        self._declared = record.flows
        self._court.flows = record.flows

    def _on_sometimes(self, record: Sometimes) -> None:
        self._sometimes.setdefault(record.what, []).append(record.t)

    # --- the verdict ------------------------------------------------------------------

    def finish(self, *, digest: str = "") -> RunVerdict:
        """The verdict about everything read so far; call it once.

        Raises:
            UsageError: nothing was read.
        """
        if self._run is None:
            raise UsageError("This history is empty")
        court, run = self._court, self._run
        if court.stock.dirty:
            court.stock.close_instant()
        if not self._ended:
            court.end_s = court.now
        court.ring(court.end_s)
        court.now = court.end_s
        for rule in self._rules.values():
            rule.close()
        findings = tuple(self._finding(item) for item in INVARIANTS.values())
        reasons = self._reasons(findings)
        if any(finding.verdict is Verdict.BROKEN for finding in findings):
            verdict = Verdict.BROKEN
        else:
            verdict = Verdict.UNDECIDED if reasons else Verdict.HOLDS
        return RunVerdict(
            id=run.scenario,
            seed=run.seed,
            connector=run.connector,
            verdict=verdict,
            findings=findings,
            mode=run.mode,
            policy=run.policy,
            without=run.without,
            settings=run.settings,
            file=run.file,
            currency=court.estate.currency,
            digest=digest,
            reasons=reasons,
            figures={**self._figures.report(), "happened": self._sometimes},
            counts={
                str(kind.__struct_config__.tag): plan.count
                for kind, plan in self._plans.items()
                if plan.count
            },
        )

    def _finding(self, item: Invariant) -> Finding:
        court = self._court
        docket = court.dockets[item.name]
        verdict, reason = self._decide(item, docket)
        broken = verdict is Verdict.BROKEN
        return Finding(
            invariant=item.name,
            verdict=verdict,
            exercised=docket.exercised,
            breaches=tuple(docket.breaches) if broken else (),
            count=docket.count if broken else 0,
            units=docket.units if broken else 0,
            money_minor=docket.money_minor if broken else 0,
            limits={name: court.judging.limit(name) for name in item.limits},
            reason=reason,
            note=docket.note,
        )

    def _decide(self, item: Invariant, docket: Docket) -> tuple[Verdict, str]:
        judging = self._court.judging
        if item.name in judging.leave_out:
            return Verdict.NOT_JUDGED, "the scenario leaves it out"
        flows = self._declared
        if flows is not None and item.flows and not any(flow in flows for flow in item.flows):
            played = ", ".join(item.flows)
            return Verdict.NOT_JUDGED, f"the connector does not play {played}"
        if item.needs_desk and not judging.desk:
            return Verdict.UNDECIDED, "the connector has no exception desk"
        tolerated = self._court.gate(item.name).total or 0
        if docket.count and (item.name == "oversold" or docket.units > tolerated or not tolerated):
            return Verdict.BROKEN, ""
        if docket.undecided:
            return Verdict.UNDECIDED, docket.undecided
        if not docket.exercised:
            return Verdict.UNDECIDED, "nothing put it to the test"
        return Verdict.HOLDS, ""

    def _reasons(self, findings: tuple[Finding, ...]) -> tuple[str, ...]:
        """Why the run as a whole cannot be said to hold."""
        judging = self._court.judging
        reasons = [
            f"{finding.invariant} is {finding.verdict}: {finding.reason}"
            for finding in findings
            if finding.invariant in judging.expect
            and finding.verdict in (Verdict.UNDECIDED, Verdict.NOT_JUDGED)
        ]
        missed = [what for what in judging.sometimes if what not in self._sometimes]
        if missed:
            reasons.append(f"never happened: {', '.join(missed)}")
        if not self._ended:
            reasons.append(f"the history stops after {plural(self._no, 'record')}, before its end")
        if not any(finding.verdict is Verdict.HOLDS for finding in findings):
            reasons.append("nothing was put to the test")
        return tuple(reasons)


def _books(court: Court) -> list[Mapping[type[Record], Handler]]:
    """Which book reads what."""
    stock, orders, tills, calls = court.stock, court.orders, court.tills, court.calls
    return [
        {
            Call: calls.on_call,
            Hook: calls.on_hook,
            Move: stock.on_move,
            Level: stock.on_level,
            Item: stock.on_item,
            Counted: stock.on_counted,
            TurnedAway: stock.on_turned_away,
            Sale: stock.on_sale,
            Activity: tills.on_activity,
            Placed: orders.on_placed,
            Payment: orders.on_payment,
            Withdrawn: orders.on_withdrawn,
            CancelAsked: orders.on_cancel_asked,
            OrderState: orders.on_order_state,
            Confirmed: orders.on_confirmed,
            Notice: orders.on_notice,
            Work: orders.on_work,
            WorkState: orders.on_work_state,
            WorkCut: orders.on_work_cut,
            Parcel: orders.on_parcel,
            Document: orders.on_paper,
            Reservation: orders.on_paper,
            Desk: court.desk.on_desk,
        },
        {Sale: tills.on_sale, Move: orders.on_move},
        {Parcel: court.dispatches.on_parcel, Confirmed: court.dispatches.on_confirmed},
        court.takings.reads(),
    ]


def judge(records: Iterable[Record], *, digest: str = "") -> RunVerdict:
    """The verdict about a whole history; ``digest`` is noted in it.

    Raises:
        UsageError: it is empty, or is not the history of one run.
        ScenarioError: its estate or limits are wrong.
    """
    court = Judge()
    feed = court.feed
    with seldom_collected():
        for record in records:
            feed(record)
        return court.finish(digest=digest)

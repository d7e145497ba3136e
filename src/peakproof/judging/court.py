"""What every invariant can see and say while a history is judged: the court that it sits in."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, Final

from peakproof.history.records import AnyRecord
from peakproof.judging.books.atlas import Atlas
from peakproof.judging.estate import FLOWS, Estate, Gate, Judging
from peakproof.judging.verdict import Breach, Shown

if TYPE_CHECKING:
    from peakproof.judging.books.calls import CallBook
    from peakproof.judging.books.desk import DeskBook
    from peakproof.judging.books.dispatches import DispatchBook
    from peakproof.judging.books.orders import OrderBook
    from peakproof.judging.books.stock import StockBook
    from peakproof.judging.books.takings import TakingsBook
    from peakproof.judging.books.tills import TillBook

KEPT_BREACHES: Final = 20
"""Breaches of one invariant that are kept in full; the rest is only counted."""

_SHOWN: Final = 40
_NEVER_S: Final = float("inf")

Trail = Iterable[tuple[int, AnyRecord]]
"""Records with their line numbers, oldest first."""


class Docket:
    """What has been found out about one invariant so far."""

    __slots__ = ("breaches", "count", "exercised", "money_minor", "note", "undecided", "units")

    def __init__(self) -> None:
        self.exercised = 0
        self.breaches: list[Breach] = []
        self.count = 0
        self.units = 0
        self.money_minor = 0
        self.undecided = ""
        """Why it cannot be said to hold, although it was exercised."""
        self.note = ""


class Court:
    """Time, the record being read, the books, and a docket for each invariant.

    ``now`` is run time in seconds, ``no`` the line of the record that is being read.
    """

    stock: StockBook
    orders: OrderBook
    tills: TillBook
    calls: CallBook
    desk: DeskBook
    dispatches: DispatchBook
    takings: TakingsBook

    def __init__(self, estate: Estate, judging: Judging, names: Iterable[str]) -> None:
        self.estate = estate
        self.judging = judging
        self.atlas = Atlas(estate)
        self.now = 0.0
        self.no = 0
        self.trading = False
        self.opened_s = -1.0
        """When trading opened."""
        self.calm_s = -1.0
        self.end_s = -1.0
        self.dockets = {name: Docket() for name in names}
        self._timers: list[tuple[float, int, Callable[[Any], None], Any]] = []
        self._set = 0
        self.next_s = _NEVER_S
        """When the next timer is due."""
        self.flows: tuple[str, ...] = FLOWS
        self.figures: dict[str, Any] = {}
        """Figures that invariants have to offer, by heading."""
        self.overdue: list[Callable[[str, Any, float], None]] = []
        """Who wants to hear of things that are past their limit: (what, thing, since)."""

    # --- time -------------------------------------------------------------------------

    def later(self, delay_s: float, act: Callable[[Any], None], thing: Any) -> None:
        """Call ``act(thing)`` once more than ``delay_s`` has passed."""
        self._set += 1
        heappush(self._timers, (self.now + delay_s, self._set, act, thing))
        self.next_s = self._timers[0][0]

    def ring(self, moment_s: float) -> None:
        """Let all timers go off that are due before a moment (what comes in time, is in time)."""
        timers = self._timers
        while timers and timers[0][0] < moment_s:
            due_s, _, act, thing = heappop(timers)
            self.now = max(self.now, due_s)
            act(thing)
        self.next_s = timers[0][0] if timers else _NEVER_S

    def plays(self, flow: str) -> bool:
        """Did the connector declare this flow?"""
        return flow in self.flows

    # --- saying -----------------------------------------------------------------------

    def gate(self, invariant: str) -> Gate:
        """The gate that the scenario states for an invariant (a tolerant one of None if none)."""
        return self.judging.gates.get(invariant, Gate())

    def breach(
        self,
        invariant: str,
        *,
        key: str,
        sentence: str,
        units: int = 0,
        money_minor: int = 0,
        at_s: float | None = None,
        kind: str = "",
        expected: str = "",
        found: str = "",
        trail: Trail = (),
    ) -> None:
        """Enter a breach. Only the first ones keep their evidence."""
        docket = self.dockets[invariant]
        docket.count += 1
        docket.units += units
        docket.money_minor += money_minor
        if len(docket.breaches) >= KEPT_BREACHES:
            return
        docket.breaches.append(
            Breach(
                invariant=invariant, at_s=self.now if at_s is None else at_s, units=units,
                money_minor=money_minor, key=key, sentence=sentence, kind=kind,
                expected=expected, found=found, evidence=shown(trail),
            )
        )  # fmt: skip

    def late(self, what: str, thing: Any, since_s: float) -> None:
        """Say that something is past its limit: somebody ought to be told by now."""
        for listener in self.overdue:
            listener(what, thing, since_s)


class Pending:
    """Cases past their limit that a report to the desk can still turn into held ones.

    Each is decided when the desk's limit is over too, or when the history ends.
    """

    __slots__ = ("_cases", "_court", "_decide")

    def __init__(self, court: Court, decide: Callable[[Any], None]) -> None:
        self._court = court
        self._decide = decide
        self._cases: dict[Any, None] = {}

    def add(self, case: Any) -> None:
        """A case is past its limit."""
        self._cases[case] = None
        self._court.later(self._court.judging.desk_s, self._due, case)

    def _due(self, case: Any) -> None:
        if case in self._cases:
            del self._cases[case]
            self._decide(case)

    def close(self) -> None:
        """The history is over: decide what is left."""
        cases, self._cases = self._cases, {}
        for case in cases:
            self._decide(case)


class Rest:
    """Looks at a thing once nothing has changed about it for some time."""

    __slots__ = ("_court", "_limit_s", "_look", "_stirred")

    def __init__(self, court: Court, limit_s: float, look: Callable[[Any], None]) -> None:
        self._court = court
        self._limit_s = limit_s
        self._look = look
        self._stirred: dict[Any, float] = {}

    def stir(self, thing: Any) -> None:
        """Something changed about it: look later."""
        if thing not in self._stirred:
            self._court.later(self._limit_s, self._due, thing)
        self._stirred[thing] = self._court.now

    def _due(self, thing: Any) -> None:
        left_s = self._stirred[thing] + self._limit_s - self._court.now
        if left_s > 0:
            self._court.later(left_s, self._due, thing)
            return
        del self._stirred[thing]
        self._look(thing)


def shown(trail: Trail) -> tuple[Shown, ...]:
    """The last records of a trail, each once, as evidence."""
    by_line = dict(trail)
    lines = deque(sorted(by_line), maxlen=_SHOWN)
    return tuple(Shown(no, by_line[no]) for no in lines)


def plural(count: int, what: str) -> str:
    """A number with its noun: ``1 unit``, ``3 units``."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def span(seconds: float) -> str:
    """A length of time as people say it: ``45 s``, ``12 min``, ``3.5 h``."""
    if seconds < 120:
        return f"{seconds:.3g} s"
    return f"{seconds / 60:.3g} min" if seconds < 7_200 else f"{seconds / 3_600:.3g} h"


def amount(minor: int) -> str:
    """An amount of minor units as people write it."""
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02d}"

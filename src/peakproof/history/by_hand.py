"""Histories written by hand: small stories for testing invariants, ours and other people's.

A story keeps a ledger and the figures that systems last showed, so that a line of it says only
what is new::

    story = ByHand()
    story.stock("TEE", W1=5, S1=2).trade()
    story.at(10).placed("1001", TEE=1).paid("1001")
    story.at(12).work("1001").shows("pos", "S1", "TEE", 2)
    verdict = judge(story.records)

Systems are ``wms`` (stock master and warehouse), ``shop`` (a storefront on both nodes) and ``pos``
(a till in the store S1); times are run time in seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from peakproof.history import records as say
from peakproof.history.reader import FORMAT
from peakproof.history.records import By, Effect, Line, Outcome, Record
from peakproof.ledger import Ledger, bench, shelf, van

ESTATE: Final[dict[str, Any]] = {
    "nodes": [{"id": "W1", "kind": "warehouse"}, {"id": "S1", "kind": "store"}],
    "places": {
        "wms": {"W1": ["W1"], "S1": ["S1"]},
        "shop": {"W1": ["W1"], "S1": ["S1"]},
        "pos": {"S1": ["S1"]},
    },
    "channels": [
        {"id": "web", "system": "shop", "nodes": ["W1", "S1"]},
        {"id": "till:S1", "system": "pos", "nodes": ["S1"]},
    ],
    "masters": {"stock": "wms", "orders": "shop", "sales": "pos"},
    "warehouse": "wms",
    "policy": "mirror",
    "prices": {"TEE": 1999, "CAP": 999, "MUG": 750},
}
"""A warehouse and a store with a till; every channel shows all that is free."""


class ByHand:
    """A history in the making. Every method appends records at the current time."""

    def __init__(
        self,
        *,
        estate: Mapping[str, Any] | None = None,
        judging: Mapping[str, Any] | None = None,
        scenario: str = "by-hand",
        seed: int = 1,
    ) -> None:
        self.t = 0.0
        self.records: list[Record] = []
        self._ledger = Ledger(now=lambda: self.t, write=self.records.append)
        self._levels: dict[tuple[str, str, str], tuple[int, int]] = {}
        self._orders: dict[str, tuple[Line, ...]] = {}
        self._works: dict[str, tuple[str, str, dict[str, int]]] = {}
        self._calls = 0
        self.say(
            say.Run(
                0.0, FORMAT, scenario, seed, "by hand", "virtual", "in_order",
                {**ESTATE, **(estate or {})}, dict(judging or {}), {},
            )
        )  # fmt: skip
        self.phase("open")

    # --- the frame --------------------------------------------------------------------

    def say(self, record: Record) -> ByHand:
        """Append any record."""
        self.records.append(record)
        return self

    def at(self, t: float) -> ByHand:
        """From now on it is run time ``t``."""
        self.t = float(t)
        return self

    def phase(self, name: str) -> ByHand:
        """The run enters a phase."""
        return self.say(say.Phase(self.t, name))

    def trade(self, at: float = 1.0) -> ByHand:
        """Trading opens."""
        return self.at(at).phase("trade")

    def end(self, calm: float, end: float) -> ByHand:
        """Trading stops, everything settles, the ledger is read back."""
        self.at(calm).phase("calm").at(end).phase("end")
        for place, sku, units in self._ledger.balances():
            self.say(say.Balance(self.t, place, sku, units))
        return self

    def call(
        self, op: str, *keys: str, system: str = "shop", effect: Effect = "write",
        status: int = 200, took: float = 0.1, req: int = 0, n: int = 0,
    ) -> ByHand:  # fmt: skip
        """The connector called; the outcome is known now and the call was sent before."""
        self._calls += 1
        outcome: Outcome = "ok" if 200 <= status < 300 else "failed" if status else "unknown"
        return self.say(
            say.Call(
                self.t - took, n or self._calls, self.t, system, op, effect, "POST", f"/{op}",
                status, outcome, keys, "", req,
            )
        )  # fmt: skip

    def desk(self, key: str, kind: str = "failed", reason: str = "because") -> ByHand:
        """The connector reports to the exception desk."""
        return self.say(say.Desk(self.t, key, kind, "operations", reason))

    def refused(self, key: str, *, system: str = "wms", reason: str = "invalid") -> ByHand:
        """A system refused something of the connector's."""
        return self.say(say.Refused(self.t, "connector", 0, system, key, reason))

    # --- stock ------------------------------------------------------------------------

    def move(self, sku: str, units: int, src: str, dst: str, *, by: By, ref: str = "") -> ByHand:
        """Units move in the physical world."""
        self._ledger.move(sku=sku, units=units, src=src, dst=dst, cause="move", by=by, ref=ref)
        return self

    def stock(self, sku: str, *, recorded: Mapping[str, int] | None = None, **units: int) -> ByHand:
        """Opening stock by node: on the shelf, in the master's record and in every channel."""
        for node, count in units.items():
            if count:
                self.move(sku, count, "supplier", shelf(node), by="seed")
            on_record = (recorded or {}).get(node, count)
            for system, place in (("wms", node), ("shop", node), ("pos", node)):
                if system != "pos" or node == "S1":
                    self.shows(system, place, sku, on_record, by="seed", cause="seed")
        return self

    def shows(
        self, system: str, place: str, sku: str, available: int, *, on_hand: int | None = None,
        by: By = "connector", cause: str = "write", ref: str = "", n: int = 0,
    ) -> ByHand:  # fmt: skip
        """A system shows a figure from now on."""
        total = available if on_hand is None else on_hand
        self._levels[system, place, sku] = (total, available)
        return self.say(say.Level(self.t, by, n, system, sku, place, total, available, cause, ref))

    def level(self, system: str, place: str, sku: str) -> tuple[int, int]:
        """What a system last showed: on hand, available."""
        return self._levels.get((system, place, sku), (0, 0))

    def changes(
        self, system: str, place: str, sku: str, *, on_hand: int = 0, available: int = 0,
        by: By, cause: str, ref: str = "",
    ) -> ByHand:  # fmt: skip
        """A figure of a system changes by signed units."""
        total, free = self.level(system, place, sku)
        return self.shows(
            system, place, sku, free + available, on_hand=total + on_hand, by=by, cause=cause,
            ref=ref,
        )  # fmt: skip

    def lost(self, sku: str, node: str, units: int = 1) -> ByHand:
        """Units vanish from a shelf and nobody notices."""
        return self.move(sku, units, shelf(node), "lost", by="staff")

    # --- orders -----------------------------------------------------------------------

    def placed(self, order: str, place: str = "W1", at: str = "shop", /, **units: int) -> ByHand:
        """A shopper orders; the shop takes the units off what it shows at that place."""
        lines = tuple(
            Line(str(no), sku, count, ESTATE["prices"].get(sku, 100), place)
            for no, (sku, count) in enumerate(units.items(), start=1)
        )
        self._orders[order] = lines
        total_minor = sum(line.units * line.price_minor for line in lines)
        self.say(
            say.Placed(self.t, "shopper", 0, at, order, f"id-{order}", lines, total_minor, "GBP")
        )
        for line in lines:
            self.changes(
                at, place, line.sku, on_hand=-line.units, available=-line.units, by="shopper",
                cause="order",
            )  # fmt: skip
        return self

    def paid(
        self, order: str, what: Any = "captured", *, minor: int = -1, ref: str = "",
        at: str = "shop",
    ) -> ByHand:  # fmt: skip
        """The payment of an order becomes authorised, captured, failed or refunded (all of it)."""
        if minor < 0:
            minor = sum(line.units * line.price_minor for line in self._orders[order])
        return self.say(say.Payment(self.t, "shopper", 0, at, order, what, minor, ref))

    def reserved(self, order: str, *, at: str = "shop", **units: int) -> ByHand:
        """A channel notes reservations: below zero what is promised, above what no longer is."""
        for sku, count in units.items():
            self.say(say.Reservation(self.t, "connector", 0, at, order, sku, count))
        return self

    def document(
        self, order: str, minor: int, kind: Any = "invoice", *, number: str = "",
        state: Any = "paid", at: str = "shop",
    ) -> ByHand:  # fmt: skip
        """A channel writes a document of an order."""
        name = number or f"{kind}-{order}"
        return self.say(say.Document(self.t, "connector", 0, at, order, kind, name, minor, state))

    def state(
        self, order: str, means: str, *, what: Any = "shipment", old: str = "",
        by: By = "connector", n: int = 0, at: str = "shop",
    ) -> ByHand:  # fmt: skip
        """A state of the channel's order changes."""
        new = means.capitalize()
        return self.say(say.OrderState(self.t, by, n, at, order, what, old, new, means))

    def withdrawn(self, order: str, *, at: str = "shop", by: By = "connector") -> ByHand:
        """All that is left of an order is withdrawn; the shop shows the units again."""
        self.say(say.Withdrawn(self.t, by, 0, at, order))
        for line in self._orders[order]:
            self.changes(
                at, line.place, line.sku, on_hand=line.units, available=line.units, by=by,
                cause="cancel",
            )  # fmt: skip
        return self

    def work(
        self, order: str, number: str = "", *, place: str = "", ref: str = "",
        units: Mapping[str, int] | None = None,
    ) -> ByHand:  # fmt: skip
        """The warehouse takes an order; what it may still promise goes down."""
        lines = self._orders[order]
        place = place or lines[0].place
        wanted = dict(units or {line.sku: line.units for line in lines})
        number = number or f"SO-{order}"
        self._works[number] = (order, place, wanted)
        told = tuple(Line(str(no), sku, count) for no, (sku, count) in enumerate(wanted.items()))
        self.say(say.Work(self.t, "connector", 0, "wms", number, (ref or order,), place, told))
        self.work_state(number, "new")
        for sku, count in wanted.items():
            self.changes("wms", place, sku, available=-count, by="connector", cause="order")
        return self

    def work_state(self, number: str, means: str, *, by: By = "warehouse") -> ByHand:
        """A warehouse order moves on."""
        return self.say(say.WorkState(self.t, by, 0, "wms", number, means.capitalize(), means))

    def cut(self, number: str, cause: Any = "short", **units: int) -> ByHand:
        """Units of a warehouse order will not ship; a short pick also corrects the record."""
        _, place, _ = self._works[number]
        lines = tuple(Line("1", sku, count) for sku, count in units.items())
        self.say(say.WorkCut(self.t, "warehouse", 0, "wms", number, lines, cause))
        for sku, count in units.items():
            if cause == "short":
                self.changes("wms", place, sku, on_hand=-count, by="warehouse", cause="adjust")
            else:
                self.changes("wms", place, sku, available=count, by="warehouse", cause="cancel")
        return self

    def shipped(self, number: str, parcel: str = "", **units: int) -> ByHand:
        """A parcel of a warehouse order is picked, packed and collected (all of it unless said)."""
        _, place, wanted = self._works[number]
        lines = tuple(
            Line(str(no), sku, count)
            for no, (sku, count) in enumerate((units or wanted).items(), start=1)
        )
        parcel = parcel or f"P-{number}"
        for line in lines:
            self.move(line.sku, line.units, shelf(place), bench(place), by="warehouse", ref=number)
            self.move(line.sku, line.units, bench(place), van(place), by="carrier", ref=number)
        self.say(
            say.Parcel(
                self.t, "carrier", 0, "wms", number, parcel, "shipped", lines, place, "DPD",
                f"T-{parcel}",
            )
        )  # fmt: skip
        for line in lines:
            self.changes("wms", place, line.sku, on_hand=-line.units, by="carrier", cause="ship")
        return self.work_state(number, "shipped" if not units else "part_shipped")

    def scanned(self, number: str, parcel: str = "") -> ByHand:
        """The carrier scans a parcel for the first time."""
        parcel, place = parcel or f"P-{number}", self._works[number][1]
        return self.say(
            say.Parcel(
                self.t, "carrier", 0, "wms", number, parcel, "scanned", (), place, "DPD",
                f"T-{parcel}",
            )
        )  # fmt: skip

    def confirmed(
        self, order: str, ref: str, *, by: By = "connector", at: str = "shop", **units: int
    ) -> ByHand:
        """A channel records a parcel (all lines of the order unless said)."""
        wanted = units or {line.sku: line.units for line in self._orders[order]}
        lines = tuple(Line("1", sku, count) for sku, count in wanted.items())
        return self.say(say.Confirmed(self.t, by, 0, at, order, ref, lines))

    def notice(self, order: str, ref: str = "", *, at: str = "shop") -> ByHand:
        """A channel tells the customer that a parcel is on its way."""
        return self.say(say.Notice(self.t, "system", 0, at, order, "shipped", ref))

    def life(self, order: str, number: str = "", *, lag: float = 5.0) -> ByHand:
        """The rest of an order's life as it should be: paid, taken, shipped, confirmed, told."""
        number = number or f"SO-{order}"
        self.at(self.t + lag).paid(order).at(self.t + lag).work(order, number)
        self.at(self.t + lag).state(order, "acknowledged", what="order")
        self.at(self.t + 6 * lag).shipped(number)
        self.at(self.t + lag).confirmed(order, f"T-P-{number}").state(order, "shipped")
        return self.notice(order)

    # --- tills ------------------------------------------------------------------------

    def sale(
        self, sale: str, *, what: Any = "sale", against: str = "", physical: bool = True,
        **units: int,
    ) -> ByHand:  # fmt: skip
        """The till of S1 sells (or takes back); its own figure follows."""
        sign = -1 if what == "sale" else 1
        lines = tuple(
            Line(str(no), sku, count, ESTATE["prices"].get(sku, 100), "S1")
            for no, (sku, count) in enumerate(units.items(), start=1)
        )
        self.say(say.Sale(self.t, "till", 0, "pos", sale, "S1", what, lines, self.t, against))
        for line in lines:
            self.changes(
                "pos", "S1", line.sku, on_hand=sign * line.units, available=sign * line.units,
                by="till", cause=what, ref=sale,
            )  # fmt: skip
            if physical:
                ends = (shelf("S1"), "customer") if sign < 0 else ("customer", shelf("S1"))
                self.move(line.sku, line.units, *ends, by="till", ref=sale)
        return self

    def books(
        self, batch: str, *entries: tuple[str, str, int], period: str = "P1", account: str = "4000",
        tax_minor: int = 0,
    ) -> ByHand:  # fmt: skip
        """Finance is sent a batch of entries: (kind, transaction, minor units)."""
        self.say(say.Batch(self.t, batch, period, len(entries)))
        for kind, ref, minor in entries:
            self.say(say.Booked(self.t, batch, ref, kind, account, minor, tax_minor, "GBP"))
        return self

    def activity(self, ref: str, *, what: Any = "sale", **units: int) -> ByHand:
        """The stock master records a till transaction."""
        sign = -1 if what == "sale" else 1
        lines = tuple(Line("1", sku, count) for sku, count in units.items())
        self.say(say.Activity(self.t, "connector", 0, "wms", (ref,), "S1", what, lines))
        for line in lines:
            self.changes(
                "wms", "S1", line.sku, on_hand=sign * line.units, available=sign * line.units,
                by="connector", cause=what, ref=ref,
            )  # fmt: skip
        return self

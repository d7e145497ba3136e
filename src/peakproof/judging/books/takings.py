"""What finance has to book: till transactions, parcels and refunds, each with its amount."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from peakproof.history.records import AnyRecord, Booked, Charged, Parcel, Payment, Record, Sale
from peakproof.judging.books.papers import by_sku

if TYPE_CHECKING:
    from peakproof.judging.court import Court

VOID: Final = "void"
REFUND: Final = "refund"


class Taking:
    """One transaction, and what the books have under its name."""

    __slots__ = ("amount_minor", "batches", "booked_minor", "booked_tax_minor", "charged",
                 "entries", "name", "names", "occurred_s", "slack_minor", "t", "tax_minor",
                 "trail", "units", "what")  # fmt: skip

    def __init__(self, name: str, what: str, t: float) -> None:
        self.name = name
        self.what = what
        self.names: tuple[str, ...] = (name,)
        self.t = t
        self.occurred_s = t
        self.amount_minor = 0
        """Gross; what goes back is below zero."""
        self.tax_minor: int | None = None
        """The tax in it, None while nobody said."""
        self.charged = False
        """The till itself said what it came to."""
        self.slack_minor = 0
        """Pennies that sharing out a bundle's price may cost."""
        self.units = 0
        self.trail: list[tuple[int, AnyRecord]] = []
        self.batches: dict[str, None] = {}
        self.entries: dict[tuple[str, str], None] = {}
        """Its entries by kind and account."""
        self.booked_minor = 0
        self.booked_tax_minor = 0

    def book(self, record: Booked) -> None:
        """The books have an entry of it."""
        self.batches[record.batch] = None
        self.entries[record.kind, record.account] = None
        self.booked_minor += record.amount_minor
        self.booked_tax_minor += record.tax_minor

    @property
    def balanced(self) -> bool:
        """Is it in the books with its own amount and tax?"""
        if abs(self.booked_minor - self.amount_minor) > self.slack_minor:
            return False
        return self.tax_minor is None or self.booked_tax_minor == self.tax_minor


class TakingsBook:
    """Finds the transaction that an entry of the books names. It reads nothing without books."""

    __slots__ = ("_court", "_takings", "active", "begun", "done", "on_parcels", "on_tills")

    def __init__(self, court: Court) -> None:
        self._court = court
        masters = court.estate.masters
        self.active = bool(masters.finance)
        self.on_tills = self.active and masters.finance == masters.sales
        """The books close on the tills' transactions."""
        # Where the tills' stores ship as well, the tills' transactions are what finance goes by.
        ships = masters.finance == court.estate.warehouse
        self.on_parcels = self.active and ships and not self.on_tills
        self._takings: dict[tuple[str, bool], Taking] = {}
        self.done: dict[tuple[str, bool], str] = {}
        """Transactions that are booked and let go, with their batch."""
        self.begun: list[Callable[[Taking], None]] = []
        """Called with every transaction that has to be booked."""

    def reads(self) -> Mapping[type[Record], Callable[[Any], None]]:
        """What finance books from, where there are books."""
        if not self.active:
            return {}
        return {
            Sale: self.on_sale,
            Charged: self.on_charged,
            Parcel: self.on_parcel,
            Payment: self.on_payment,
        }

    def key(self, ref: str, kind: str) -> tuple[str, bool]:
        """The name of a transaction: a void has its own beside the one that it ends."""
        return ref, kind == VOID

    def find(self, record: Booked) -> Taking | None:
        """The transaction that an entry speaks of; a refund may be named by its order."""
        found = self._takings.get(self.key(record.ref, record.kind))
        if found is not None or record.kind != REFUND:
            return found
        order = self._court.orders.find(record.ref)
        if order is None:
            return None
        for _, paper in order.trail:
            if isinstance(paper, Payment) and paper.what == "refunded":
                taking = self._takings.get((paper.ref or order.number, False))
                if taking is not None and not taking.batches:
                    return taking
        return None

    # --- what happened ----------------------------------------------------------------

    def on_sale(self, record: Sale) -> None:
        """A till recorded a sale, a return or a void."""
        taking = self._open(record.sale, record.what, record, due=self.on_tills)
        taking.occurred_s = min(taking.occurred_s, record.occurred)
        taking.units += sum(abs(line.units) for line in record.lines)
        if not taking.charged:
            sign = 1 if record.what == "sale" else -1
            stock = self._court.stock
            for line in record.lines:
                price_minor = line.price_minor or stock.get(line.sku).price_minor
                taking.amount_minor += sign * abs(line.units) * price_minor

    def on_charged(self, record: Charged) -> None:
        """A till said what a transaction came to: that counts, not what its lines sum to."""
        taking = self._open(record.ref, record.what, record, due=self.on_tills)
        if not taking.charged:
            taking.charged = True
            taking.amount_minor, taking.tax_minor = 0, 0
        taking.amount_minor += record.amount_minor
        taking.tax_minor = (taking.tax_minor or 0) + record.tax_minor

    def on_parcel(self, record: Parcel) -> None:
        """A parcel left (or came back: then it comes to nothing)."""
        order = self._court.orders.order
        names = tuple(dict.fromkeys(n for n in (record.parcel, record.tracking) if n))
        if record.what not in ("shipped", "rolled_back") or order is None or not names:
            return
        taking = self._open(names[0], "shipment", record, due=self.on_parcels)
        for name in names:
            self._takings[name, False] = taking
        taking.names = names
        units = by_sku(record.lines)
        taking.units = sum(units.values())
        shipped = record.what == "shipped"
        taking.amount_minor = order.worth(units) if shipped else 0
        taking.slack_minor = taking.units if order.bundled else 0

    def on_payment(self, record: Payment) -> None:
        """Money went back to a customer."""
        if record.what == "refunded":
            name = record.ref or record.order
            taking = self._open(name, REFUND, record, due=self.on_parcels)
            taking.amount_minor -= record.amount_minor

    def let_go(self, taking: Taking) -> None:
        """It is booked as it should be; only its names are kept."""
        for name in taking.names:
            key = self.key(name, taking.what)
            if self._takings.pop(key, None) is not None:
                self.done[key] = next(iter(taking.batches), "")

    def _open(
        self, name: str, what: str, record: Sale | Charged | Parcel | Payment, *, due: bool
    ) -> Taking:
        key = self.key(name, what)
        taking = self._takings.get(key)
        if taking is None:
            taking = self._takings[key] = Taking(name, what, record.t)
            if due:
                for hear in self.begun:
                    hear(taking)
        taking.trail.append((self._court.no, record))
        return taking

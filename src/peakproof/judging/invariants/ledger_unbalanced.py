"""Books that do not say what was sold, shipped and paid back."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import AnyRecord, Batch, Booked, Record
from peakproof.judging.books.takings import Taking
from peakproof.judging.court import Court, Pending, amount, span
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "ledger_unbalanced"


@invariant(
    _NAME,
    flows=("finance",),
    limits=("book_s", "desk_s"),
    owner="finance",
    cure="Correct the entry in the open period and keep the closed one; let the connector book "
    "each verified transaction once, by its own number, to an account that is mapped.",
)
class LedgerUnbalanced:
    """Each verified transaction is in exactly one closed batch, with its exact amount and tax.

    It has ``book_s`` for that; one that was reported to the desk in time is held. Every entry has
    its account and names something that happened, a batch is closed once, and with ``periods``
    everything is booked in the period in which it was recorded, or in the next one when it came
    late: never in an earlier one, nor in one that is closed.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._takings = court.takings
        self._pending = Pending(court, self._decide)
        self._accused: dict[tuple[str, str], None] = {}
        self._batches: dict[str, Batch] = {}
        self._ends = court.judging.periods
        self._order = {name: number for number, name in enumerate(self._ends)}
        self._open_period = 0
        """The latest period that a batch was closed in: earlier ones are closed."""
        self._weighing: dict[Taking, None] = {}
        court.takings.begun.append(self._begun)

    def reads(self) -> Mapping[type[Record], Reader]:
        """Batches and their entries; the book of takings tells what has to be in them."""
        return {Batch: self._on_batch, Booked: self._on_booked}

    # --- what the books were sent -----------------------------------------------------

    def _on_batch(self, record: Batch) -> None:
        self._docket.exercised += 1
        if record.batch in self._batches:
            self._accuse(
                record.batch, "closed twice", 0, f"Batch {record.batch} was closed, and is sent "
                f"again with {record.entries} other entries.", "one closing of each batch",
                [(self._court.no, self._batches[record.batch]), (self._court.no, record)],
            )  # fmt: skip
            return
        self._batches[record.batch] = record
        number = self._order.get(record.period, -1)
        if self._ends and number < self._open_period:
            what = "has no such period" if number < 0 else "closed that period before"
            self._accuse(
                record.batch, "period", 0, f"Batch {record.batch} is for {record.period!r}; "
                f"finance {what}.", "a batch for an open period", [(self._court.no, record)],
            )  # fmt: skip
        self._open_period = max(self._open_period, number)

    def _on_booked(self, record: Booked) -> None:
        self._docket.exercised += 1
        self._check_account(record)
        taking = self._takings.find(record)
        key = self._takings.key(record.ref, record.kind)
        here: list[tuple[int, AnyRecord]] = [(self._court.no, record)]
        money = amount(record.amount_minor)
        if taking is None:
            twice = key in self._takings.done
            said = f"was booked before, in {self._takings.done[key]}" if twice else "never happened"
            self._accuse(
                record.ref, "twice" if twice else "unknown", abs(record.amount_minor),
                f"Batch {record.batch} has {money} for {record.kind} {record.ref}, which {said}.",
                "each transaction in one batch", here,
            )  # fmt: skip
            return
        again = (record.kind, record.account) in taking.entries
        if taking.batches and (again or record.batch not in taking.batches):
            before = ", ".join(taking.batches)
            self._accuse(
                record.ref, "twice", abs(record.amount_minor),
                f"Batch {record.batch} has {money} for {record.kind} {record.ref}, which is in "
                f"{before} already.", "each transaction in one batch", [*taking.trail, *here],
            )  # fmt: skip
            return
        taking.book(record)
        taking.trail += here
        self._check_period(record, taking)
        if taking not in self._weighing:
            self._weighing[taking] = None
            self._court.later(0.0, self._weigh, taking)

    def _check_account(self, record: Booked) -> None:
        estate = self._court.estate
        wanted = estate.accounts.get(record.kind, "")
        wrong = ""
        if not record.account:
            wrong = "without an account"
        elif wanted and record.account != wanted:
            wrong = f"to {record.account}, where {record.kind} belongs to {wanted}"
        elif record.currency != estate.currency:
            wrong = f"in {record.currency}, where the books are in {estate.currency}"
        if wrong:
            self._accuse(
                record.ref, "account", abs(record.amount_minor), f"Batch {record.batch} books "
                f"{amount(record.amount_minor)} of {record.ref} {wrong}.",
                f"{record.kind} to {wanted or 'an account'}, in {estate.currency}",
                [(self._court.no, record)],
            )  # fmt: skip

    def _check_period(self, record: Booked, taking: Taking) -> None:
        period = self._batches[record.batch].period if record.batch in self._batches else ""
        if not self._ends or period not in self._order:
            return
        number = self._order[period]
        first, last = self._period(taking.occurred_s), self._period(taking.t) + 1
        if not first <= number <= last:
            names = list(self._ends)
            self._accuse(
                record.ref, "period", abs(record.amount_minor), f"{record.kind.capitalize()} "
                f"{record.ref} was recorded in {names[min(last - 1, len(names) - 1)]} and booked "
                f"in {period}.", f"booked in {names[first]}", taking.trail,
            )  # fmt: skip

    def _period(self, at_s: float) -> int:
        """The number of the period at some time; the last one has no end."""
        before = sum(1 for end_s in self._ends.values() if end_s <= at_s)
        return min(before, len(self._ends) - 1)

    # --- what ought to be in them -----------------------------------------------------

    def _begun(self, taking: Taking) -> None:
        self._court.later(self._court.judging.book_s, self._check, taking)

    def _weigh(self, taking: Taking) -> None:
        """All entries of a batch are there: do they sum to the transaction?"""
        del self._weighing[taking]
        if taking.balanced:
            return
        off_minor = taking.booked_minor - taking.amount_minor
        told = amount(taking.booked_minor)
        wanted = amount(taking.amount_minor)
        if taking.tax_minor is not None:
            told += f" with {amount(taking.booked_tax_minor)} of tax"
            wanted += f" with {amount(taking.tax_minor)} of tax"
            off_minor = off_minor or taking.booked_tax_minor - taking.tax_minor
        self._accuse(
            taking.name, "amount", abs(off_minor), f"{taking.what.capitalize()} {taking.name} came "
            f"to {wanted}, and is booked with {told}.", wanted, taking.trail, taking.units,
        )  # fmt: skip

    def _check(self, taking: Taking) -> None:
        self._docket.exercised += 1
        if taking.batches:
            if taking.balanced:
                self._takings.let_go(taking)
        elif taking.amount_minor and not self._held(taking):
            self._pending.add((taking, self._court.now))

    def _held(self, taking: Taking) -> bool:
        return any(self._court.desk.reported(name) for name in taking.names)

    def _decide(self, case: tuple[Taking, float]) -> None:
        taking, since_s = case
        if taking.batches or not taking.amount_minor or self._held(taking):
            return
        self._accuse(
            taking.name, "missing", abs(taking.amount_minor), f"{taking.what.capitalize()} "
            f"{taking.name} over {amount(taking.amount_minor)} is in no batch "
            f"{span(self._court.now - taking.t)} later, and nobody was told.",
            "in one closed batch, or reported", taking.trail, taking.units, since_s,
        )  # fmt: skip

    def _accuse(  # noqa: PLR0917 - the columns of a breach
        self, key: str, kind: str, money_minor: int, sentence: str, expected: str,
        trail: list[tuple[int, AnyRecord]], units: int = 0, at_s: float | None = None,
    ) -> None:  # fmt: skip
        if (key, kind) in self._accused:
            return
        self._accused[key, kind] = None
        self._court.breach(
            _NAME, key=key, kind=kind, at_s=at_s, units=units, money_minor=money_minor,
            sentence=sentence, expected=expected, found=kind, trail=trail,
        )  # fmt: skip

    def close(self) -> None:
        """Cases whose limit is over are decided now."""
        self._pending.close()

"""Till transactions that the stock master does not have, or has twice."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import Activity, Record
from peakproof.judging.books.tills import Slip
from peakproof.judging.court import Court, Pending, plural, span
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "till_sale_lost"


@invariant(
    _NAME,
    flows=("till_sales",),
    limits=("sale_s", "desk_s"),
    owner="retail",
    cure="Book the till transaction in the stock master under its own number, once, and "
    "count that shelf.",
)
class TillSaleLost:
    """Every till sale is booked in the stock master once, with its units, within ``sale_s``.

    The match is by the transaction's own name, never by time or amount. A sale that was voided
    before it was booked need not be; one that was reported to the desk is held until it is booked.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._pending = Pending(court, self._decide)
        self._again: dict[str, None] = {}
        court.tills.booked.append(self._booked)
        court.tills.landed.append(self._landed)

    def reads(self) -> Mapping[type[Record], Reader]:
        """Postings of transactions that had arrived long before."""
        return {Activity: self._on_activity}

    def _booked(self, slip: Slip) -> None:
        limit_s = self._court.judging.sale_s
        if slip.what == "return":
            limit_s = self._court.judging.return_s
        self._court.later(limit_s, self._check, slip)

    def _landed(self, slip: Slip) -> None:
        over = any(units > slip.units.get(sku, 0) for sku, units in slip.booked.items())
        if slip.times > 1 or over:
            self._twice(slip)

    def _on_activity(self, record: Activity) -> None:
        tills = self._court.tills
        if tills.slip is not None:
            return
        for ref in record.refs:
            if ref in tills.done and ref not in self._again:
                self._again[ref] = None
                units = sum(abs(line.units) for line in record.lines)
                self._court.breach(
                    _NAME,
                    key=ref,
                    kind="twice",
                    units=units,
                    money_minor=sum(
                        abs(line.units) * self._court.stock.get(line.sku).price_minor
                        for line in record.lines
                    ),
                    sentence=f"Till transaction {ref} was booked long ago, and again now.",
                    expected="one booking",
                    found="another one",
                    trail=[(self._court.no, record)],
                )

    def _twice(self, slip: Slip) -> None:
        if slip.sale in self._again:
            return
        self._again[slip.sale] = None
        slip.trouble_s = self._court.now
        wanted, got = sum(slip.units.values()), sum(slip.booked.values())
        self._court.breach(
            _NAME,
            key=slip.sale,
            kind="twice",
            units=max(1, got - wanted),
            money_minor=slip.minor,
            sentence=f"Till {slip.what} {slip.sale} of {plural(wanted, 'unit')} at {slip.place} "
            f"was booked {max(slip.times, 2)} times in the stock master, with {got} units in all.",
            expected=f"{plural(wanted, 'unit')} booked once",
            found=f"{got} units",
            trail=slip.trail,
        )

    def _check(self, slip: Slip) -> None:
        if slip.what == "return":
            # A return that is missing makes ghosts; that is for another rule to say.
            if slip.settled or slip.excused:
                self._court.tills.let_go(slip)
            return
        self._docket.exercised += 1
        if slip.settled or slip.excused or slip.sale in self._again:
            self._court.tills.let_go(slip)
        elif slip.reported_s < 0:
            slip.late_s = self._court.now
            slip.trouble_s = self._court.now
            self._court.late("sale", slip, slip.t)
            self._pending.add(slip)

    def _decide(self, slip: Slip) -> None:
        if slip.reported_s >= 0 or slip.excused or slip.sale in self._again:
            return
        court = self._court
        wanted, got = sum(slip.units.values()), sum(slip.booked.values())
        if slip.settled:
            what = f"reached the stock master after {span(slip.posted_s - slip.t)}"
        elif got:
            what = f"is in the stock master with {plural(got, 'unit')}"
        else:
            what = "never reached the stock master"
        court.breach(
            _NAME,
            key=slip.sale,
            kind="late" if slip.settled else "units" if got else "lost",
            at_s=slip.t,
            units=wanted if slip.settled else max(1, abs(wanted - got)),
            money_minor=slip.minor,
            sentence=f"Till {slip.what} {slip.sale} of {plural(wanted, 'unit')} at {slip.place} "
            f"{what} ({span(court.judging.sale_s)} allowed).",
            expected=f"{plural(wanted, 'unit')} booked once",
            found=f"{got} units",
            trail=slip.trail,
        )
        if slip.settled:
            court.tills.let_go(slip)

    def close(self) -> None:
        """Sales whose limit is over are decided now."""
        self._pending.close()

"""Promised units that nobody has."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import (
    AnyRecord,
    Parcel,
    Placed,
    Record,
    Sale,
    TurnedAway,
    Withdrawn,
)
from peakproof.judging.books.evidence import slice_of
from peakproof.judging.books.floor import Floor
from peakproof.judging.books.pool import shortage
from peakproof.judging.books.shelves import Sku
from peakproof.judging.court import Court, plural
from peakproof.judging.estate import OVERSOLD_GATE, Gate
from peakproof.judging.invariants.registry import Reader, invariant

_ACCEPTED = "at acceptance"
_TAKEN = "walk-in"


class _Count:
    """Oversold units of one SKU."""

    __slots__ = ("accepted", "at_s", "taken", "trail")

    def __init__(self, at_s: float, trail: list[tuple[int, AnyRecord]]) -> None:
        self.accepted = 0
        self.taken = 0
        self.at_s = at_s
        self.trail = trail


@invariant(
    "oversold",
    flows=("stock",),
    owner="operations",
    cure="Cancel and refund what nothing covers, the latest promise first; share the stock "
    "out between channels, and hold back what walk-in customers may carry off.",
)
class Oversold:
    """No channel promises units that physical stock at its nodes cannot cover.

    A promise is an accepted order line until its parcel leaves or it is withdrawn; cover is what
    lies on shelf and bench at the nodes it may draw on. The shortage is exact for pools that
    overlap, and a unit counts once: at the acceptance that made it short, or when a walk-in
    customer, a loss or a transfer took it from under a promise. The gate is on the regret (what a
    perfect connector would not have oversold) or on the total, as the scenario says.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._counts: dict[str, _Count] = {}
        self._floor = Floor(court)
        self._docket = court.dockets["oversold"]
        court.stock.tapped.append(self._tapped)

    def reads(self) -> Mapping[type[Record], Reader]:
        """Acceptances, parcels that may take what was promised to others, and what floors need."""
        return {
            Placed: self._on_placed,
            Parcel: self._on_parcel,
            Sale: self._on_sale,
            TurnedAway: self._on_turned_away,
            Withdrawn: self._floor.on_withdrawn,
        }

    def _on_placed(self, record: Placed) -> None:
        self._floor.on_placed(record)
        order = self._court.orders.order
        assert order is not None
        for promise in order.promises:
            self._docket.exercised += 1
            self._weigh(promise.sku, _ACCEPTED)

    def _on_sale(self, record: Sale) -> None:
        self._docket.exercised += 1
        self._floor.on_sale(record)

    def _on_turned_away(self, record: TurnedAway) -> None:
        # Refusing what is not there is keeping the rule.
        self._docket.exercised += 1
        self._floor.on_turned_away(record)

    def _on_parcel(self, record: Parcel) -> None:
        if record.what != "shipped":
            return
        for line in record.lines:
            sku = self._court.stock.get(line.sku)
            if sku.demand:
                self._weigh(sku, _TAKEN)

    def _tapped(self, sku: Sku) -> None:
        self._weigh(sku, _TAKEN)

    def _weigh(self, sku: Sku, kind: str) -> None:
        short = shortage(sku.cover, sku.demand)
        if short <= sku.owed:
            return
        more = short - sku.owed
        sku.owed = short
        count = self._counts.get(sku.sku)
        if count is None:
            mask = 0
            for nodes in sku.demand:
                mask |= nodes
            trail = slice_of(self._court.atlas, sku.recent, mask)
            count = self._counts[sku.sku] = _Count(self._court.now, trail)
        if kind == _ACCEPTED:
            count.accepted += more
        else:
            count.taken += more

    def close(self) -> None:
        """Play the perfect connector, then hold the gates against the difference."""
        court = self._court
        accepted = sum(count.accepted for count in self._counts.values())
        taken = sum(count.taken for count in self._counts.values())
        self._floor.play()
        floor = self._floor.oversold
        regret = accepted + taken - floor
        court.figures["oversold"] = {
            "units": accepted + taken,
            "at_acceptance": accepted,
            "walk_in": taken,
            "floor": floor,
            "regret": regret,
            "floor_latency_s": round(self._floor.latency_s, 6),
            "floor_turned_away": self._floor.turned_away,
        }
        gate = court.judging.gates.get("oversold", OVERSOLD_GATE)
        over = _over(gate, total=accepted + taken, accepted=accepted, regret=regret)
        if over:
            self._accuse(over)
        elif accepted + taken:
            self._docket.note = (
                f"{plural(accepted + taken, 'unit')} oversold, which the gate allows: a perfect "
                f"connector would have oversold {floor}."
            )

    def _accuse(self, over: str) -> None:
        court = self._court
        floors = self._floor.by_sku
        names = sorted(
            self._counts,
            key=lambda name: (
                floors.get(name, 0) - self._counts[name].accepted - self._counts[name].taken
            ),
        )
        for name in names:
            count = self._counts[name]
            units = count.accepted + count.taken
            how = []
            if count.accepted:
                how.append(f"{count.accepted} at acceptance")
            if count.taken:
                how.append(f"{count.taken} taken from under a promise")
            court.breach(
                "oversold",
                key=name,
                kind=_ACCEPTED if count.accepted else _TAKEN,
                at_s=count.at_s,
                units=units,
                money_minor=units * court.stock.get(name).price_minor,
                sentence=f"{plural(units, 'unit')} of {name} promised that nobody has: "
                f"{', '.join(how)}. A perfect connector would have oversold "
                f"{floors.get(name, 0)}.",
                expected=over,
                found=f"{units} oversold",
                trail=count.trail,
            )


def _over(gate: Gate, *, total: int, accepted: int, regret: int) -> str:
    """Which gate is not met, in words; "" when all are."""
    for what, limit, found in (
        ("in all", gate.total, total),
        ("at acceptance", gate.at_acceptance, accepted),
        ("above the floor", gate.regret, regret),
    ):
        if limit is not None and found > limit:
            return f"at most {limit} {what}"
    return ""

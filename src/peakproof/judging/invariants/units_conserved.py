"""Units neither appear nor vanish: the proof that the physical truth can be trusted."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import AnyRecord, Balance, Move, Record
from peakproof.judging.court import Court, plural
from peakproof.judging.invariants.registry import Reader, invariant
from peakproof.ledger import BOUNDLESS


@invariant(
    "units_conserved",
    flows=(),
    owner="peakproof",
    cure="This is a fault of the rehearsal, not of the connector: report it with the history.",
)
class UnitsConserved:
    """Every unit is at one place, no place but the ends of the world holds fewer than none.

    The movements are replayed and compared with the balances that the ledger wrote at the end.
    A breach is a fault of the harness or of a history that was tampered with.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._held: dict[str, dict[str, int]] = {}
        self._balances: dict[str, dict[str, tuple[int, int, AnyRecord]]] = {}
        self._moves = 0

    def reads(self) -> Mapping[type[Record], Reader]:
        """Movements and balances."""
        return {Move: self._on_move, Balance: self._on_balance}

    def _on_move(self, record: Move) -> None:
        self._moves += 1
        units = record.units
        held = self._held.get(record.src)
        if held is None:
            held = self._held[record.src] = {}
        left = held[record.sku] = held.get(record.sku, 0) - units
        if (left < 0 and record.src not in BOUNDLESS) or units <= 0:
            self._impossible(record, left)
        held = self._held.get(record.dst)
        if held is None:
            held = self._held[record.dst] = {}
        held[record.sku] = held.get(record.sku, 0) + units

    def _impossible(self, record: Move, left: int) -> None:
        court = self._court
        sku = court.stock.get(record.sku)
        court.breach(
            "units_conserved",
            key=record.sku,
            kind="below nothing",
            units=max(1, -left),
            money_minor=max(1, -left) * sku.price_minor,
            sentence=f"{plural(record.units, 'unit')} of {record.sku} left {record.src}, "
            f"which held {left + record.units}.",
            expected="no place below 0",
            found=f"{left} at {record.src}",
            trail=[(court.no, record)],
        )

    def _on_balance(self, record: Balance) -> None:
        there = self._balances.setdefault(record.place, {})
        there[record.sku] = (record.units, self._court.no, record)

    def close(self) -> None:
        """Compare every place with its balance, whichever of the two knows it."""
        court = self._court
        docket = court.dockets["units_conserved"]
        if not self._balances:
            if self._moves:
                docket.undecided = "the history ends without the ledger's balances"
            return
        places = dict.fromkeys([*self._held, *self._balances])
        for place in places:
            replayed = self._held.get(place, {})
            written = self._balances.get(place, {})
            for sku in dict.fromkeys([*replayed, *written]):
                expected = replayed.get(sku, 0)
                found, no, record = written.get(sku, (0, 0, None))
                docket.exercised += 1
                if expected == found:
                    continue
                book = court.stock.get(sku)
                trail = list(book.recent)
                if record is not None:
                    trail.append((no, record))
                court.breach(
                    "units_conserved",
                    key=sku,
                    kind="balance",
                    units=abs(expected - found),
                    money_minor=abs(expected - found) * book.price_minor,
                    sentence=f"The movements leave {plural(expected, 'unit')} of {sku} at "
                    f"{place}, the ledger's balance says {found}.",
                    expected=str(expected),
                    found=str(found),
                    trail=trail,
                )

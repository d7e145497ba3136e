"""The tills as trading uses them: implements :class:`peakproof_simulators.trading.ports.Tills`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from peakproof.history.records import TurnedAway
from peakproof_simulators.pos import tills, transfers
from peakproof_simulators.pos.returning import split
from peakproof_simulators.pos.sale import TransferLine
from peakproof_simulators.pos.state import SYSTEM
from peakproof_simulators.pos.stock import UNIT
from peakproof_simulators.trading.ports import Refusal, Want

if TYPE_CHECKING:
    from peakproof_simulators.pos.dispatch import Dispatch
    from peakproof_simulators.pos.state import PointOfSale
    from peakproof_simulators.pos.stock import State

NOT_IN_STOCK: Final = "not_in_stock"


class TillStaff:
    """Cashiers and store staff at their tills. ``store`` is a place code."""

    def __init__(self, pos: PointOfSale) -> None:
        self._pos = pos

    def count_on_record(self, store: str, sku: str) -> int:
        """Units that the till shows for its store; off the line, what it last knew."""
        return tills.shown(self._pos, store, sku)

    def ring(self, store: str, wants: tuple[Want, ...], *, asks: bool) -> str | Refusal:
        """Ring up a sale; a till that asks refuses what its own record does not have."""
        pos = self._pos
        if asks:
            short = tills.uncovered(pos, store, [(want.sku, want.units) for want in wants])
            if short:
                return self._turn_away(store, wants, short)
        return tills.ring(pos, store, [tills.Scanned(want.sku, want.units) for want in wants])

    def take_back(
        self, store: str, wants: tuple[Want, ...], *, sale: str = "", restock: bool = True
    ) -> str:
        """Take goods back; what the tills do not find on the sale is linked to none."""
        goods = [(want.sku, want.units) for want in wants]
        brought = split(self._pos, goods, sale, restock=restock)
        return tills.exchange(self._pos, store, (), brought)

    def go_offline(self, store: str) -> None:
        """From now on transactions are kept in the till."""
        tills.go_offline(self._pos, store)

    def upload(self, store: str) -> int:
        """The till is back and tells what it kept; how many transactions."""
        return tills.upload(self._pos, store)

    def record_count(self, store: str, sku: str, units: int, *, counted_s: float) -> None:
        """Post a stock count with the time at which it was taken."""
        counted_ms = round(counted_s * 1_000_000) // 1000
        dispatch = self._pos.dispatch
        if dispatch is not None:
            # The book keeps apart what lies there for orders; who counts the shelf does not.
            units = max(0, units - dispatch.on_shelf(store, sku, counted_ms))
        tills.record_count(self._pos, store, sku, units, counted_ms)

    def take_in(self, store: str, sku: str, units: int) -> None:
        """Record goods that were delivered to the store."""
        tills.take_in(self._pos, store, sku, units)

    def send(self, store: str, to: str, sku: str, units: int) -> str:
        """Goods leave a store for another one: the transfer's id.

        Raises:
            UsageError: the SKU is not known.
        """
        pos = self._pos
        line = TransferLine("line-1", tills.known(pos, sku).id, units * UNIT)
        return transfers.start(pos, transfers.draft(pos, store, to, (line,))).id

    def arrive(self, transfer: str, units: int) -> None:
        """Goods of a transfer have come; what is missing of it is written off."""
        pos = self._pos
        started = pos.transfers.get(transfer)
        assert started is not None
        (line,) = started.lines
        missing_e5 = line.ordered_e5 - units * UNIT
        receipt = transfers.Receipt(line.uid, units * UNIT, missing_e5)
        transfers.receive(pos, started, (receipt,))

    def _turn_away(self, store: str, wants: tuple[Want, ...], short: list[str]) -> Refusal:
        world = self._pos.world
        for sku in short:
            units = sum(want.units for want in wants if want.sku == sku)
            world.emit(
                TurnedAway(world.t, world.by, world.n, SYSTEM, sku, store, units, NOT_IN_STOCK)
            )
        return Refusal(NOT_IN_STOCK, f"the till of {store} does not show enough of {short[0]}")


class StoreFloor:
    """Store staff who ship online orders: :class:`peakproof_simulators.trading.ports.Floor`.

    ``facility`` is a place code, an order goes by its own id.
    """

    def __init__(self, pos: PointOfSale, dispatch: Dispatch) -> None:
        self._pos = pos
        self.ready = dispatch.ready
        self.release = dispatch.release
        self.picked = dispatch.picked
        self.short = dispatch.short
        self.packed = dispatch.packed
        self.shipped = dispatch.shipped
        self.scanned = dispatch.scanned
        self._dispatch = dispatch

    def cancel(self, number: str, why: str) -> bool:
        """The store cancels an order; False when it is past that."""
        return self._dispatch.cancel(number)

    def adjust(self, facility: str, sku: str, units: int, reason: str) -> None:
        """Correct the record by a signed number of units."""
        self._move(
            sku, abs(units), ("outside", "on_hand") if units > 0 else ("on_hand", "outside"),
            facility, "adjust",
        )  # fmt: skip

    def receive(self, facility: str, sku: str, units: int, *, reference: str) -> None:
        """Goods came in."""
        self._move(sku, units, ("outside", "on_hand"), facility, "receipt", reference)

    def send(self, facility: str, sku: str, units: int, *, reference: str) -> None:
        """Goods left for another place."""
        self._move(sku, units, ("on_hand", "outside"), facility, "transfer", reference)

    def _move(  # noqa: PLR0917 - a row of a table
        self, sku: str, units: int, ends: tuple[State, State], place: str, cause: str,
        reference: str = "",
    ) -> None:  # fmt: skip
        pos = self._pos
        if units:
            pos.move(
                variant=tills.known(pos, sku).id, units_e5=units * UNIT, src=(ends[0], place),
                dst=(ends[1], place), cause=cause, occurred_ms=pos.now_ms,
                reason=_REASONS[cause], reference=reference,
            )  # fmt: skip


_REASONS: Final = {"receipt": "received", "transfer": "transfer", "adjust": "damaged"}
"""Why staff move units, in the words of the tills."""

"""What the tills tell, put where the second face finds it: versions first, notices later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from peakproof_simulators.pos.lightspeed.books import Drawer, Stocked, User
from peakproof_simulators.pos.lightspeed.closures import take
from peakproof_simulators.pos.lightspeed.consignments import follow
from peakproof_simulators.pos.lightspeed.surface import NO_TAX, TENDERS

if TYPE_CHECKING:
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed
    from peakproof_simulators.pos.sale import Payment, Refund, Sale, Transfer
    from peakproof_simulators.pos.state import Place, Watcher
    from peakproof_simulators.pos.stock import Cell

API_USER: Final = "api"


class Changes:
    """Follows the tills for the second face; implements the tills' ``Watcher``."""

    def __init__(self, face: Lightspeed) -> None:
        self._face = face
        face.users.put(API_USER, User(API_USER, "Connector", "admin"))
        face.user_id(API_USER)
        face.taxes.put(NO_TAX, None)
        face.names.uuid("tax", NO_TAX)
        for tender in TENDERS:
            face.tenders.put(tender, tender)
            face.names.uuid("payment_type", tender)

    def cell_changed(self, cell: Cell) -> None:
        """A stock figure changed; only what can be sold is an inventory record."""
        if cell.state != "on_hand":
            return
        face = self._face
        face.follow_range()
        if face.stock.get(cell.key) is None:
            face.stock_of.setdefault(cell.variant, []).append(cell.key)
        face.stock.put(cell.key, Stocked(cell.variant, cell.place, cell.units_e5))
        face.notices.mark("inventory.update", cell.key)

    def sale_changed(self, was: Sale | None, now: Sale) -> None:
        """A sale came to be, or changed; one that brings goods back also changes the first one."""
        face = self._face
        if was is None:
            face.names.uuid("sale", now.id)
        face.invoices.count(now.id, now.place)
        face.sales.put(now.id, now)
        face.notices.mark("sale.update", now.id)
        for source in dict.fromkeys(each.source for each in now.returns if each.source):
            known = face.returns_of.setdefault(source, [])
            if now.id not in known:
                known.append(now.id)
                self._again(source)

    def payment_changed(self, was: Payment | None, now: Payment) -> None:
        """Money was taken, or a payment moved on."""
        if now.state == "completed" and (was is None or was.state != "completed"):
            take(self._face, now, now.amount_minor)
        if now.sale:
            self._again(now.sale)

    def refund_changed(self, was: Refund | None, now: Refund) -> None:
        """Money went back, or a refund moved on."""
        if was is None:
            take(self._face, now, -now.amount_minor)
        self._again(now.sale)

    def transfer_changed(self, was: Transfer | None, now: Transfer | None) -> None:
        """A transfer came to be, moved on, or was deleted."""
        follow(self._face, was, now)

    def range_changed(self) -> None:
        """The catalogue changed."""
        for variant in self._face.follow_range():
            self._face.notices.mark("product.update", variant)

    def place_opened(self, place: Place) -> None:
        """A place opened: an outlet with a register and a cashier."""
        face = self._face
        face.outlets.put(place.code, place)
        face.outlet_id(place.code)
        face.register_id(place.code)
        drawer = Drawer(place.code, f"{place.name} register", 1, True, place.created_ms)
        face.drawers.put(place.code, drawer)
        cashier = f"till:{place.code}"
        face.users.put(cashier, User(cashier, f"{place.name} cashier", "cashier", place.code))
        face.user_id(cashier)

    def _again(self, sale: str) -> None:
        """Something that a sale shows has changed, though the sale itself has not."""
        known = self._face.sales.get(sale)
        if known is not None:
            self._face.sales.put(sale, replace(known.thing))
            self._face.notices.mark("sale.update", sale)


class Both:
    """Tells two faces of the same change, one after the other."""

    def __init__(self, first: Watcher, second: Watcher) -> None:
        self._all = (first, second)

    def cell_changed(self, cell: Cell) -> None:
        """A stock figure changed."""
        for each in self._all:
            each.cell_changed(cell)

    def sale_changed(self, was: Sale | None, now: Sale) -> None:
        """A sale came to be, or changed."""
        for each in self._all:
            each.sale_changed(was, now)

    def payment_changed(self, was: Payment | None, now: Payment) -> None:
        """A payment came to be, or moved on."""
        for each in self._all:
            each.payment_changed(was, now)

    def refund_changed(self, was: Refund | None, now: Refund) -> None:
        """A refund came to be, or moved on."""
        for each in self._all:
            each.refund_changed(was, now)

    def transfer_changed(self, was: Transfer | None, now: Transfer | None) -> None:
        """A transfer came to be, moved on, or is no more."""
        for each in self._all:
            each.transfer_changed(was, now)

    def range_changed(self) -> None:
        """The catalogue changed."""
        for each in self._all:
            each.range_changed()

    def place_opened(self, place: Place) -> None:
        """A place opened."""
        for each in self._all:
            each.place_opened(place)

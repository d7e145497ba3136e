"""Goods that come in: against a purchase order, against a customer's return, or unannounced."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from msgspec import UNSET
from msgspec.structs import replace

from peakproof_simulators.deposco.catalogue import EACH
from peakproof_simulators.deposco.entities import MAX_PACKS, Line, Order, Receipt
from peakproof_simulators.deposco.errors import Declined
from peakproof_simulators.deposco.lifecycle import CUSTOMER_RETURN, INBOUND, PURCHASE
from peakproof_simulators.deposco.payloads.common import Pack, text
from peakproof_simulators.deposco.payloads.goods import Item
from peakproof_simulators.deposco.payloads.orders import Order as OrderSent
from peakproof_simulators.deposco.payloads.orders import OrderLine as LineSent
from peakproof_simulators.deposco.payloads.stock import ReceiptLine

if TYPE_CHECKING:
    from peakproof.world import World
    from peakproof_simulators.deposco.catalogue import Catalogue
    from peakproof_simulators.deposco.order_book import OrderBook
    from peakproof_simulators.deposco.settings import Settings
    from peakproof_simulators.deposco.stock import StockBook

_FOR_SALE: Final = "Stock"
_CAUSES: Final = {CUSTOMER_RETURN: "return", INBOUND: "transfer"}
"""Why the level rises, where it is not simply a receipt."""
_CLOSED: Final = ("Canceled", "Closed", "Draft", "Hold")
DISPOSITIONS: Final = (
    "Crossdock", "Destroy", "Hold", "Quarantine", "Return to Shipper", "Returns Processing",
    "Stock",
)  # fmt: skip


class ReceiptBook:
    """Receipts by number and by what they belong to; the one way for stock to come in."""

    def __init__(
        self, world: World, settings: Settings, *, catalogue: Catalogue, stock: StockBook,
        orders: OrderBook,
    ) -> None:  # fmt: skip
        self._world = world
        self._settings = settings
        self._catalogue = catalogue
        self._stock = stock
        self._orders = orders
        self.receipts: dict[str, Receipt] = {}
        self.listeners: list[Callable[[Receipt], None]] = []

    def listed(self) -> list[Receipt]:
        """All receipts that a read may show by now (DQ23), oldest first."""
        until = self._world.t - self._settings.receipts_lag_s
        return [receipt for receipt in self.receipts.values() if receipt.at <= until]

    def find(self, number: str) -> Receipt | None:
        """The receipt of a number, when a read may show it by now."""
        found = self.receipts.get(number)
        until = self._world.t - self._settings.receipts_lag_s
        return found if found is not None and found.at <= until else None

    # --- by API -----------------------------------------------------------------------

    def take(self, sent: ReceiptLine) -> Receipt:
        """Record a receipt that a caller sends; its ``number``, when sent, is its identity.

        Raises:
            Declined: the number is taken, item, order, line or facility are unknown, the order
                is closed, a quantity does not fit.
        """
        number = text(sent.number)
        if number in self.receipts:
            said = f"Duplicate entry '{number}' for key 'RECEIPT_LINE.ux_rl_number'"
            raise Declined(409, "duplicate", said)
        damaged = self._checked(sent)
        kind = text(sent.order_type) or PURCHASE
        if kind not in (PURCHASE, CUSTOMER_RETURN):
            raise Declined(400, "invalid", f"Order type [{kind}] cannot be received")
        self._known_item(sent)
        order, line = self._expected(sent, kind)
        facility = text(sent.receiving_facility) or order.facility
        self._catalogue.facility(facility)
        return self._record(
            number, order, line, facility=facility, packs=sent.quantity, damaged=damaged,
            disposition=text(sent.disposition) or self._disposition(kind),
            to_stock=sent.create_inventory is not False,
        )  # fmt: skip

    def _checked(self, sent: ReceiptLine) -> int:
        """Damaged packs among the received, when all figures fit."""
        damaged = sent.damaged_quantity if isinstance(sent.damaged_quantity, int) else 0
        if sent.damaged is True and not damaged:
            damaged = sent.quantity
        if not 0 < sent.quantity <= MAX_PACKS or not 0 <= damaged <= sent.quantity:
            raise Declined(400, "invalid", f"quantity [{sent.quantity}] is not valid")
        disposition = text(sent.disposition)
        if disposition and disposition not in DISPOSITIONS:
            raise Declined(400, "invalid", f"disposition [{disposition}] is not valid")
        return damaged

    def _known_item(self, sent: ReceiptLine) -> None:
        if sent.item_number in self._catalogue.items:
            return
        if sent.create_item is not True:
            raise Declined(400, "unknown_item", f"missingItems: [{sent.item_number}]")
        self._catalogue.write(Item(number=sent.item_number))

    def _expected(self, sent: ReceiptLine, kind: str) -> tuple[Order, Line]:
        order = self._orders.get(kind, sent.order_number)
        if order is None:
            if sent.create_po is not True or kind != PURCHASE:
                said = f"{kind} {sent.order_number} does not exist"
                raise Declined(404, "unknown_order", said)
            order = self._announce(sent)
        if order.status in _CLOSED:
            said = f"{kind} {order.number} cannot be received while in the status of "
            raise Declined(409, "locked", f"{said}[{order.status}]")
        for line in order.lines:
            if line.number == sent.line_number:
                if line.sku != sent.item_number:
                    said = f"Line {line.number} is for item [{line.sku}]"
                    raise Declined(400, "invalid", said)
                return order, line
        said = f"Line {sent.line_number} of {kind} {order.number} does not exist"
        raise Declined(404, "unknown_order", said)

    def _announce(self, sent: ReceiptLine) -> Order:
        """The purchase order that ``createPO`` asks for, with the one line that is received."""
        facility = text(sent.receiving_facility)
        self._catalogue.facility(facility)
        kind, per_pack = text(sent.pack_type) or EACH, sent.pack_qty
        if not isinstance(per_pack, int):
            per_pack = 1
        entry = self._catalogue.find(sent.item_number)
        if (kind, per_pack) not in entry.packs:
            said = f"missingPacks: [{sent.item_number} {kind} {per_pack}]"
            raise Declined(400, "unknown_item", said)
        pack = Pack(type=kind, quantity=per_pack)
        line = Line(
            sent.line_number, sent.item_number, kind, per_pack, sent.quantity * per_pack,
            LineSent(item_number=sent.item_number, pack=pack),
        )  # fmt: skip
        header = OrderSent(
            number=sent.order_number, type=PURCHASE, status="New", facility=facility or UNSET
        )
        now = self._world.t
        order = Order(sent.order_number, PURCHASE, "New", facility, header, (line,), now, now)
        order = self._orders.put(order, before=None, cause="receipt")
        self._orders.index(order)
        return order

    def _disposition(self, kind: str) -> str:
        return self._settings.return_disposition if kind == CUSTOMER_RETURN else _FOR_SALE

    # --- by the floor -----------------------------------------------------------------

    def arrive(self, facility: str, sku: str, units: int, *, reference: str) -> Receipt:
        """Goods were taken in by people: against the order that the reference names, if any."""
        for kind in (PURCHASE, CUSTOMER_RETURN, INBOUND):
            order = self._orders.get(kind, reference)
            if order is None or order.status in _CLOSED:
                continue
            for line in order.lines:
                if line.sku == sku and units % line.per_pack == 0:
                    return self._record(
                        "", order, line, facility=facility, packs=units // line.per_pack,
                        damaged=0, disposition=self._disposition(kind), to_stock=True,
                    )  # fmt: skip
        return self._record(
            "", None, None, facility=facility, packs=units, damaged=0, disposition=_FOR_SALE,
            to_stock=True, sku=sku, reference=reference,
        )  # fmt: skip

    # --- both -------------------------------------------------------------------------

    def _record(
        self, number: str, order: Order | None, line: Line | None, *, facility: str, packs: int,
        damaged: int, disposition: str, to_stock: bool, sku: str = "", reference: str = "",
    ) -> Receipt:  # fmt: skip
        number = number or self._next_number()
        receipt = Receipt(
            number, facility, sku, EACH, 1, packs, self._world.t, reference,
            damaged=damaged, disposition=disposition,
        )  # fmt: skip
        cause = "receipt"
        if order is not None and line is not None:
            receipt = replace(
                receipt, sku=line.sku, pack_type=line.pack_type, per_pack=line.per_pack,
                order=order.number, order_type=order.type, line=line.number,
            )  # fmt: skip
            cause = _CAUSES.get(order.type, cause)
            self._count_on(order, line, receipt)
        self.receipts[number] = receipt
        units = (packs - damaged) * receipt.per_pack
        if to_stock and disposition == _FOR_SALE and units:
            ref = receipt.order or number
            self._stock.change(receipt.sku, facility, cause, ref, total=units)
        for listener in self.listeners:
            listener(receipt)
        return receipt

    def _next_number(self) -> str:
        made = len(self.receipts) + 1
        while f"RCV{made:07d}" in self.receipts:
            made += 1
        return f"RCV{made:07d}"

    def _count_on(self, order: Order, line: Line, receipt: Receipt) -> None:
        bad = receipt.damaged * receipt.per_pack
        good = receipt.packs * receipt.per_pack - bad
        lines = tuple(
            replace(found, received=found.received + good, damaged=found.damaged + bad)
            if found.number == line.number
            else found
            for found in order.lines
        )
        whole = not any(found.expected for found in lines)
        after = replace(order, lines=lines, receipts=(*order.receipts, receipt.number))
        step = "Received" if whole else "Partial Receipt"
        self._orders.put(after, before=order, cause="receipt", steps=(step,))

"""Receipts in V1: goods that came in, as they are recorded and as they are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakproof_simulators.deposco import shown
from peakproof_simulators.deposco.errors import bare, spoken
from peakproof_simulators.deposco.payloads.common import Outcome, many, text
from peakproof_simulators.deposco.payloads.stock import ReceiptLine, ReceiptLines
from peakproof_simulators.deposco.v1.media import answer, take
from peakproof_simulators.deposco.v1.paging import check_unit, note
from peakproof_simulators.deposco.v1.writes import done, write_each

if TYPE_CHECKING:
    from peakproof.wire.message import Response
    from peakproof_simulators.deposco.entities import Receipt
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call


def write(store: Deposco, call: Call) -> Response:
    """PUT /receiptlines[/{bu}]: each receipt raises the stock; its number makes it unique."""
    if "first" in call.params:
        check_unit(store, call.params["first"])
    sent = many(take(store, call, ReceiptLines).receipt_line)

    def act(one: ReceiptLine) -> Outcome:
        receipt = store.receipts.take(one)
        note(call, f"stock:{receipt.sku}@{receipt.facility}")
        href = f"/integration/{store.settings.code}/receiptlines/{receipt.number}"
        return done("ReceiptLine", receipt.number, href, created=True)

    return write_each(
        store,
        call,
        sent,
        act,
        key=lambda one: text(one.number) or one.order_number,
        kind="ReceiptLine",
    )


def _found(store: Deposco, call: Call, found: list[Receipt]) -> Response:
    """Receipts as a collection; none at all is a 404.

    Raises:
        VendorError: 404 when there is none.
    """
    if not found:
        raise bare(404)
    for receipt in found:
        note(call, f"stock:{receipt.sku}@{receipt.facility}")
    rows = [shown.receipt(receipt, store.world, store.settings) for receipt in found]
    return answer(store, call, ReceiptLines(rows))


def read(store: Deposco, call: Call) -> Response:
    """GET /receiptlines[/{bu}]/{receipt}: the receipt of a number."""
    number = call.params.get("number")
    if number is None:
        number = call.params["first"]
    else:
        check_unit(store, call.params["first"])
    receipt = store.receipts.find(number)
    return _found(store, call, [] if receipt is None else [receipt])


def read_by_line(store: Deposco, call: Call) -> Response:
    """GET /receiptlines/{order}/{item}/{packType}/{packQty}: receipts of an order's item."""
    params = call.params
    return _by_line(
        store, call, order=params["first"], sku=params["number"], kind=params["third"],
        quantity=params["fourth"],
    )  # fmt: skip


def read_by_line_of_unit(store: Deposco, call: Call) -> Response:
    """GET /receiptlines/{bu}/{order}/{item}/{packType}/{packQty}: the same, in a business unit."""
    params = call.params
    check_unit(store, params["first"])
    return _by_line(
        store, call, order=params["number"], sku=params["third"], kind=params["fourth"],
        quantity=params["fifth"],
    )  # fmt: skip


def _by_line(
    store: Deposco, call: Call, *, order: str, sku: str, kind: str, quantity: str
) -> Response:
    if not (quantity.isascii() and quantity.isdigit()):
        raise spoken(400, f"packQty [{quantity}] is not valid")
    wanted = (order, sku, kind, quantity.lstrip("0"))
    found = [
        receipt
        for receipt in store.receipts.listed()
        if (receipt.order, receipt.sku, receipt.pack_type, str(receipt.per_pack)) == wanted
    ]
    return _found(store, call, found)

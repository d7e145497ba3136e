"""Sales as the second face writes them, whoever made them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from peakproof_simulators.pos.lightspeed.errors import encode
from peakproof_simulators.pos.lightspeed.numbers import each, money, units
from peakproof_simulators.pos.lightspeed.payloads.sales import (
    Author,
    LineMetadata,
    LinePricing,
    LineProduct,
    LineReturn,
    LineTax,
    Payment,
    PaymentKind,
    PaymentMetadata,
    PaymentSource,
    Sale,
    SaleLine,
    SaleMetadata,
    SaleReturn,
    SaleTax,
    SaleTotals,
    Source,
)
from peakproof_simulators.pos.lightspeed.surface import NO_TAX, TENDERS

if TYPE_CHECKING:
    from peakproof_simulators.pos import sale as books
    from peakproof_simulators.pos.lightspeed.ledger import Entry
    from peakproof_simulators.pos.lightspeed.payloads.sales import SaleState
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed

STATES: Final[dict[books.SaleState, SaleState]] = {
    "parked": "parked",
    "open": "pending",
    "completed": "closed",
    "voided": "voided",
}
STATES_BACK: Final[dict[SaleState, books.SaleState]] = {
    theirs: ours for ours, theirs in STATES.items()
}


def line_id(face: Lightspeed, sale: str, uid: str) -> str:
    """The id of a line."""
    return uid if len(uid) == 36 else face.names.uuid("line", f"{sale}|{uid}")


def sale_id(face: Lightspeed, id_: str) -> str:
    """The id of a sale."""
    return face.names.uuid("sale", id_)


def sale_shown(face: Lightspeed, entry: Entry[books.Sale]) -> Any:
    """A sale as JSON, kept for as long as it is the same version: who polls reads it again."""
    kept = face.sales_shown.get(entry.thing.id)
    if kept is not None and kept[0] == entry.version:
        return kept[1]
    made = msgspec.Raw(encode(sale_view(face, entry)))
    face.sales_shown[entry.thing.id] = (entry.version, made)
    return made


def sale_view(face: Lightspeed, entry: Entry[books.Sale]) -> Sale:
    """A sale; goods that came back are lines with a quantity below zero."""
    sale = entry.thing
    shape = sale.shape or {}
    sold = [_sold(face, sale, line, at) for at, line in enumerate(sale.lines)]
    back = [
        _returned(face, sale, line, len(sold) + at)
        for at, line in enumerate(line for each in sale.returns for line in each.lines)
    ]
    total = sale.total_minor - sale.returned_minor
    tax = sale.tax_minor - sum(line.tax_minor for each in sale.returns for line in each.lines)
    invoice = face.invoices.of(sale.id)
    source = next((each.source for each in sale.returns if each.source), "")
    author = shape.get("author") or (f"till:{sale.place}" if sale.by_till else "api")
    return Sale(
        id=sale_id(face, sale.id), invoice_number=invoice, receipt_number=invoice,
        state=STATES[sale.state], date=face.iso(sale.occurred_ms),
        source=Source(
            outlet_id=face.outlet_id(sale.place), register_id=face.register_id(sale.place),
            author=Author(id=face.user_id(author)), id=sale.reference or UNSET,
            type=shape.get("source_type") or UNSET,
        ),
        line_items=sold + back, payments=_payments(face, sale), taxes=_taxes(face, sold + back),
        totals=SaleTotals(
            price=money(total - tax), price_incl_tax=money(total), tax=money(tax), surcharge=0,
            loyalty=0,
        ),
        external_applications=[], attributes=shape.get("attributes", []),
        note=shape.get("note", ""), short_code=shape.get("short_code", ""),
        created_at=face.iso(sale.created_ms), updated_at=face.iso(entry.at_ms),
        return_=SaleReturn(
            is_return=bool(sale.returns) and not sale.lines,
            return_sale_ids=[sale_id(face, id_) for id_ in face.returns_of.get(sale.id, ())],
            original_sale_id=sale_id(face, source) if source else UNSET,
        ),
        metadata=SaleMetadata(version=entry.version), customer_id=sale.customer or UNSET,
    )  # fmt: skip


def _sold(face: Lightspeed, sale: books.Sale, line: books.SaleLine, at: int) -> SaleLine:
    told = line.metadata or {}
    net = line.total_minor - line.tax_minor
    price = Decimal(told["price"]) if "price" in told else each(net, line.units_e5)
    tax = Decimal(told["tax"]) if "tax" in told else each(line.tax_minor, line.units_e5)
    return SaleLine(
        id=line_id(face, sale.id, line.uid), product=LineProduct(id=_product(face, line)),
        quantity=units(line.units_e5),
        pricing=_pricing(price, each(line.discount_minor, line.units_e5), net, line.discount_minor),
        tax=LineTax(id=_tax_sold(face, sale, line), amount=tax, total=money(line.tax_minor)),
        promotions=[], return_=LineReturn(is_return=False),
        metadata=LineMetadata(sequence=at, is_price_override="price" in told),
        note=_note(line),
    )  # fmt: skip


def _returned(face: Lightspeed, sale: books.Sale, line: books.ReturnLine, at: int) -> SaleLine:
    net = line.total_minor - line.tax_minor
    return SaleLine(
        id=line_id(face, sale.id, line.uid), product=LineProduct(id=_product(face, line)),
        quantity=units(-line.units_e5),
        pricing=_pricing(
            each(net, line.units_e5), each(line.discount_minor, line.units_e5), -net,
            -line.discount_minor,
        ),
        tax=LineTax(
            id=_tax_back(face, line), amount=each(line.tax_minor, line.units_e5),
            total=money(-line.tax_minor),
        ),
        promotions=[],
        return_=LineReturn(is_return=True, reason=UNSET if line.restock else "Damaged"),
        metadata=LineMetadata(sequence=at, is_price_override=False),
        note=_note(line),
    )  # fmt: skip


def _pricing(price: Decimal, discount: Decimal, net: int, discount_minor: int) -> LinePricing:
    return LinePricing(
        price=price, discount=discount, cost=0, loyalty_amount=0, total=money(net),
        discount_total=money(discount_minor), cost_total=0, loyalty_amount_total=0,
    )  # fmt: skip


def _product(face: Lightspeed, line: books.SaleLine | books.ReturnLine) -> str:
    """The product's id; what the catalogue lacks has one that leads nowhere."""
    return face.product_id(line.variant) if line.variant else face.names.uuid("product", line.sku)


def _note(line: books.SaleLine | books.ReturnLine) -> str | UnsetType:
    """What was typed by hand stands in the note: nothing else names it."""
    own: str = getattr(line, "note", "")
    return own or (UNSET if line.variant else line.sku)


def _tax_sold(face: Lightspeed, sale: books.Sale, line: books.SaleLine) -> str:
    """The tax that a line bore when it was sold."""
    told = line.metadata or {}
    if "tax_id" in told:
        return told["tax_id"]
    uids = [share.of for share in line.taxes]
    rate = next((tax.of for tax in sale.taxes if tax.uid in uids), "")
    return face.names.uuid("tax", rate or NO_TAX)


def _tax_back(face: Lightspeed, line: books.ReturnLine) -> str:
    """The tax that goods bear which come back."""
    if line.tax_minor == 0:
        return face.names.uuid("tax", NO_TAX)
    variant = face.pos.range.variant(line.variant) if line.variant else None
    rates = face.pos.rates_of(variant) if variant is not None else face.pos.range.tax_rates()
    return face.names.uuid("tax", rates[0].id if rates else NO_TAX)


def _taxes(face: Lightspeed, lines: list[SaleLine]) -> list[SaleTax]:
    sums: dict[str, Decimal] = {}
    for line in lines:
        sums[line.tax.id] = sums.get(line.tax.id, Decimal(0)) + line.tax.total
    return [SaleTax(id=id_, tax=tax) for id_, tax in sums.items()]


def _payments(face: Lightspeed, sale: books.Sale) -> list[Payment]:
    views = []
    for id_ in sale.payments:
        payment = face.pos.payments.get(id_)
        if payment is not None and payment.state == "completed":
            at_ms = payment.created_ms if payment.client_ms is None else payment.client_ms
            views.append(_payment(face, payment, payment.amount_minor, at_ms))
    for id_ in sale.refunds:
        refund = face.pos.refunds.get(id_)
        if refund is not None and refund.sale == sale.id:
            views.append(_payment(face, refund, -refund.amount_minor, refund.created_ms))
    return views


def _payment(
    face: Lightspeed, of: books.Payment | books.Refund, amount_minor: int, at_ms: int
) -> Payment:
    closure = face.closure_of.get(of.id, "")
    return Payment(
        id=face.names.uuid("payment", of.id), amount=money(amount_minor), date=face.iso(at_ms),
        type=PaymentKind(
            config_id=face.names.uuid("payment_type", of.tender), name=TENDERS[of.tender]
        ),
        source=PaymentSource(
            outlet_id=face.outlet_id(of.place), register_id=face.register_id(of.place)
        ),
        metadata=PaymentMetadata(
            register_open_sequence_id=face.names.uuid("closure", closure) if closure else ""
        ),
    )  # fmt: skip

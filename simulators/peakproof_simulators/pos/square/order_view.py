"""A sale as Square's ``Order``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakproof_simulators.pos.pricing import times
from peakproof_simulators.pos.square import words
from peakproof_simulators.pos.square.payloads.common import Money
from peakproof_simulators.pos.square.payloads.orders import (
    AppliedDiscount,
    AppliedTax,
    Fulfillment,
    Order,
    OrderDiscount,
    OrderLineItem,
    OrderMoneyAmounts,
    OrderRefund,
    OrderReturn,
    OrderReturnLineItem,
    OrderSource,
    OrderTax,
    PricingOptions,
    Tender,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakproof_simulators.pos.pricing import Discount, Tax
    from peakproof_simulators.pos.sale import (
        Fulfilment,
        Payment,
        Refund,
        Return,
        ReturnLine,
        Sale,
        SaleLine,
    )
    from peakproof_simulators.pos.square.surface import Square


def order_view(square: Square, sale: Sale) -> Order:
    """All of a sale. What was made on a till shows no version."""
    iso, currency = square.iso, square.pos.currency
    total, nothing = Money(sale.total_minor, currency), Money(0, currency)
    tax, discount = Money(sale.tax_minor, currency), Money(sale.discount_minor, currency)
    shape = sale.shape or {}
    back = [line for each in sale.returns for line in each.lines]
    return Order(
        id=sale.id,
        location_id=sale.place,
        reference_id=sale.reference or None,
        source=OrderSource(name=sale.source),
        customer_id=sale.customer or None,
        line_items=[_line(line, currency, nothing) for line in sale.lines] or None,
        taxes=[_tax(tax_, currency) for tax_ in sale.taxes] or None,
        discounts=[_discount(each, currency) for each in sale.discounts] or None,
        fulfillments=[fulfilment_view(each) for each in sale.fulfilments] or None,
        returns=[_return(square, each) for each in sale.returns] or None,
        return_amounts=_sums(square, back) if back else None,
        net_amounts=_net(sale, back, currency, nothing) if back else OrderMoneyAmounts(
            total_money=total, tax_money=tax, discount_money=discount, tip_money=nothing,
            service_charge_money=nothing,
        ),
        tenders=_tenders(square, sale) or None,
        refunds=_refunds(square, sale) or None,
        metadata=sale.metadata,
        created_at=iso(sale.created_ms),
        updated_at=iso(sale.updated_ms),
        closed_at=iso(sale.closed_ms) if sale.closed_no else None,
        state=words.SALE[sale.state],
        version=None if sale.by_till else sale.version,
        total_money=total,
        total_tax_money=tax,
        total_discount_money=discount,
        total_tip_money=nothing,
        total_service_charge_money=nothing,
        ticket_name=sale.ticket or None,
        pricing_options=PricingOptions(**shape["pricing_options"])
        if "pricing_options" in shape
        else None,
        net_amount_due_money=Money(due_minor(sale), currency),
    )  # fmt: skip


def due_minor(sale: Sale) -> int:
    """What is still to be paid."""
    return sale.total_minor - sale.paid_minor if sale.state in ("open", "parked") else 0


def fulfilment_view(fulfilment: Fulfilment) -> Fulfillment:
    """One fulfilment."""
    return Fulfillment(
        uid=fulfilment.uid,
        type=fulfilment.kind,  # type: ignore[arg-type] # was one of the words when it came in
        state=words.FULFILMENT[fulfilment.state],
        **fulfilment.details,
    )


def _line(line: SaleLine, currency: str, nothing: Money) -> OrderLineItem:
    return OrderLineItem(
        uid=line.uid,
        name=line.name or None,
        quantity=words.quantity(line.units_e5),
        note=line.note or None,
        catalog_object_id=line.variant or None,
        catalog_version=line.catalogue_version or None,
        variation_name=line.variant_name or None,
        item_type="ITEM",
        metadata=line.metadata,
        applied_taxes=[
            AppliedTax(
                uid=share.uid, tax_uid=share.of, applied_money=Money(share.applied_minor, currency)
            )
            for share in line.taxes
        ]
        or None,
        applied_discounts=[
            AppliedDiscount(
                uid=share.uid,
                discount_uid=share.of,
                applied_money=Money(share.applied_minor, currency),
            )
            for share in line.discounts
        ]
        or None,
        base_price_money=Money(line.unit_price_minor, currency),
        variation_total_price_money=Money(line.gross_minor, currency),
        gross_sales_money=Money(line.gross_minor, currency),
        total_tax_money=Money(line.tax_minor, currency),
        total_discount_money=Money(line.discount_minor, currency),
        total_service_charge_money=nothing,
        total_money=Money(line.total_minor, currency),
    )


def _tax(tax: Tax, currency: str) -> OrderTax:
    return OrderTax(
        uid=tax.uid,
        catalog_object_id=tax.of or None,
        catalog_version=tax.of_version or None,
        name=tax.name or None,
        type="INCLUSIVE" if tax.included else "ADDITIVE",
        percentage=tax.percent,
        scope="ORDER" if tax.scope == "basket" else "LINE_ITEM",
        auto_applied=tax.automatic or None,
        applied_money=Money(tax.applied_minor, currency),
    )


def _discount(discount: Discount, currency: str) -> OrderDiscount:
    by_percent = bool(discount.percent)
    return OrderDiscount(
        uid=discount.uid,
        name=discount.name or None,
        type="FIXED_PERCENTAGE" if by_percent else "FIXED_AMOUNT",
        percentage=discount.percent or None,
        amount_money=None if by_percent else Money(discount.amount_minor, currency),
        scope="ORDER" if discount.scope == "basket" else "LINE_ITEM",
        applied_money=Money(discount.applied_minor, currency),
    )


def _return(square: Square, each: Return) -> OrderReturn:
    currency = square.pos.currency
    return OrderReturn(
        uid=each.uid,
        source_order_id=each.source or None,
        return_line_items=[_return_line(line, currency) for line in each.lines],
        return_amounts=_sums(square, each.lines),
    )


def _return_line(line: ReturnLine, currency: str) -> OrderReturnLineItem:
    return OrderReturnLineItem(
        uid=line.uid,
        source_line_item_uid=line.source_line or None,
        name=line.name or None,
        quantity=words.quantity(line.units_e5),
        catalog_object_id=line.variant or None,
        catalog_version=line.catalogue_version or None,
        variation_name=line.variant_name or None,
        item_type="CUSTOM_AMOUNT" if line.by_amount else "ITEM",
        base_price_money=Money(line.unit_price_minor, currency),
        variation_total_price_money=Money(times(line.unit_price_minor, line.units_e5), currency),
        gross_return_money=Money(line.gross_minor, currency),
        total_tax_money=Money(line.tax_minor, currency),
        total_discount_money=Money(line.discount_minor, currency),
        total_money=Money(line.total_minor, currency),
    )


def _sums(square: Square, lines: Sequence[ReturnLine]) -> OrderMoneyAmounts:
    money = square.money
    return OrderMoneyAmounts(
        total_money=money(sum(line.total_minor for line in lines)),
        tax_money=money(sum(line.tax_minor for line in lines)),
        discount_money=money(sum(line.discount_minor for line in lines)),
        tip_money=money(0),
        service_charge_money=money(0),
    )


def _net(
    sale: Sale, back: Sequence[ReturnLine], currency: str, nothing: Money
) -> OrderMoneyAmounts:
    tax = sale.tax_minor - sum(line.tax_minor for line in back)
    discount = sale.discount_minor - sum(line.discount_minor for line in back)
    return OrderMoneyAmounts(
        total_money=Money(sale.total_minor - sum(line.total_minor for line in back), currency),
        tax_money=Money(tax, currency),
        discount_money=Money(discount, currency),
        tip_money=nothing,
        service_charge_money=nothing,
    )


def _tenders(square: Square, sale: Sale) -> list[Tender]:
    payments = (square.pos.payments.get(id_) for id_ in sale.payments)
    return [
        _tender(square, payment)
        for payment in payments
        if payment is not None and payment.state in ("approved", "completed")
    ]


def _tender(square: Square, payment: Payment) -> Tender:
    return Tender(
        id=payment.id,
        location_id=payment.place,
        transaction_id=payment.sale or None,
        created_at=square.iso(payment.created_ms),
        note=payment.note or None,
        amount_money=square.money(payment.amount_minor),
        customer_id=payment.customer or None,
        type=words.TENDER[payment.tender],
        payment_id=payment.id,
    )


def _refunds(square: Square, sale: Sale) -> list[OrderRefund]:
    refunds = (square.pos.refunds.get(id_) for id_ in sale.refunds)
    return [_refund(square, refund) for refund in refunds if refund is not None]


def _refund(square: Square, refund: Refund) -> OrderRefund:
    return OrderRefund(
        id=refund.id,
        location_id=refund.place,
        transaction_id=refund.sale or None,
        tender_id=refund.payment or None,
        created_at=square.iso(refund.created_ms),
        reason=refund.reason or "Refund",
        amount_money=square.money(refund.amount_minor),
        status=words.ORDER_REFUND[refund.state],
    )

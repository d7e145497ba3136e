"""What a client says of an order, read into a basket of the tills."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from peakproof_simulators.pos.counter import Basket, total_up
from peakproof_simulators.pos.pricing import Discount, Scope, Share, Tax, percent_e5
from peakproof_simulators.pos.sale import Fulfilment, SaleLine
from peakproof_simulators.pos.square import words
from peakproof_simulators.pos.square.errors import refusal
from peakproof_simulators.pos.square.payloads.common import LARGEST_MINOR

if TYPE_CHECKING:
    from peakproof_simulators.pos.products import TaxRate, Variant
    from peakproof_simulators.pos.square.payloads.orders import (
        Fulfillment,
        Order,
        OrderDiscount,
        OrderLineItem,
        OrderTax,
    )
    from peakproof_simulators.pos.square.surface import Square


def read_basket(square: Square, order: Order, place: str) -> Basket:
    """The lines, discounts and taxes of an order, worked out.

    Raises:
        VendorError: something in it cannot be sold, or does not add up.
    """
    given = [tax for tax in order.taxes or () if not tax.auto_applied]
    taxes = [_tax(square, tax, f"order.taxes[{at}]") for at, tax in enumerate(given)]
    discounts = [
        _discount(square, each, f"order.discounts[{at}]")
        for at, each in enumerate(order.discounts or ())
    ]
    _all_differ([tax.uid for tax in taxes], "order.taxes")
    _all_differ([each.uid for each in discounts], "order.discounts")
    on_lines = {tax.uid for tax in taxes if tax.scope == "line"}
    off_lines = {each.uid for each in discounts if each.scope == "line"}
    known = {tax.uid for tax in taxes} | {tax.uid or "" for tax in order.taxes or ()}
    lines = []
    for at, item in enumerate(order.line_items or ()):
        field = f"order.line_items[{at}]"
        line = _line(square, item, place, field)
        named_taxes = [share.tax_uid for share in item.applied_taxes or ()]
        named = [share.discount_uid for share in item.applied_discounts or ()]
        _known(named_taxes, known, f"{field}.applied_taxes")
        _known(named, {each.uid for each in discounts}, f"{field}.applied_discounts")
        lines.append(
            msgspec.structs.replace(
                line,
                taxes=tuple(Share("", uid) for uid in named_taxes if uid in on_lines),
                discounts=tuple(Share("", uid) for uid in named if uid in off_lines),
            )
        )
    _all_differ([line.uid for line in lines], "order.line_items")
    options = order.pricing_options
    if options is not None and options.auto_apply_taxes:
        lines, more = _automatic(square, lines)
        taxes.extend(more)
    basket = total_up(lines, discounts, taxes)
    gross = sum(line.gross_minor for line in basket.lines)
    if max(gross, basket.total_minor) > LARGEST_MINOR:
        raise refusal("VALUE_TOO_HIGH", "The order is too large.", "order.line_items")
    return basket


def read_fulfilments(square: Square, given: Sequence[Fulfillment]) -> tuple[Fulfilment, ...]:
    """The fulfilments of an order.

    Raises:
        VendorError: one has no type, or two have the same uid.
    """
    made = []
    for at, each in enumerate(given):
        if each.type is None:
            raise refusal(
                "MISSING_REQUIRED_PARAMETER", "A required field is missing.",
                f"order.fulfillments[{at}].type",
            )  # fmt: skip
        details = msgspec.to_builtins(each)
        for own in ("uid", "type", "state"):
            details.pop(own, None)
        made.append(
            Fulfilment(
                uid=each.uid or square.pos.ids.token(20), kind=each.type,
                state=words.FULFILMENT_BACK[each.state or "PROPOSED"], details=details,
            )
        )  # fmt: skip
    _all_differ([each.uid for each in made], "order.fulfillments")
    return tuple(made)


def _line(square: Square, item: OrderLineItem, place: str, field: str) -> SaleLine:
    if item.quantity is None:
        raise refusal(
            "MISSING_REQUIRED_PARAMETER", "A required field is missing.", f"{field}.quantity"
        )
    units_e5 = words.units_e5(item.quantity)
    if units_e5 == 0:
        raise refusal("INVALID_VALUE", "A quantity is above zero.", f"{field}.quantity")
    variant = None
    if item.catalog_object_id is not None:
        variant = square.pos.range.variant(item.catalog_object_id)
        if variant is None:
            raise square.no(
                "NOT_FOUND", f"Catalog object {item.catalog_object_id} not found.",
                f"{field}.catalog_object_id", about=item.catalog_object_id,
            )  # fmt: skip
    name = item.name or ("" if variant is None else square.pos.product_name(variant))
    if not name:
        raise refusal("MISSING_REQUIRED_PARAMETER", "An ad hoc line has a name.", f"{field}.name")
    return SaleLine(
        uid=item.uid or square.pos.ids.token(20),
        sku=name if variant is None else variant.sku,
        units_e5=units_e5,
        unit_price_minor=_price(square, item, variant, place, field),
        variant="" if variant is None else variant.id,
        name=name,
        variant_name=item.variation_name or ("" if variant is None else variant.name),
        catalogue_version=0 if variant is None else variant.version,
        note=item.note or "",
        metadata=item.metadata,
    )


def _price(
    square: Square, item: OrderLineItem, variant: Variant | None, place: str, field: str
) -> int:
    """The client's price where there is one, else the catalogue's."""
    if item.base_price_money is not None or variant is None:
        return square.own(item.base_price_money, f"{field}.base_price_money")
    price = variant.price_at.get(place, variant.price_minor)
    if price is None:
        raise refusal(
            "MISSING_REQUIRED_PARAMETER", "The variation has no price of its own.",
            f"{field}.base_price_money",
        )  # fmt: skip
    return price


def _tax(square: Square, tax: OrderTax, field: str) -> Tax:
    uid = tax.uid or square.pos.ids.token(20)
    scope = _scope(tax.scope, "OTHER_TAX_SCOPE", field)
    if tax.catalog_object_id is not None:
        rate = square.pos.range.rate(tax.catalog_object_id)
        if rate is None:
            raise refusal(
                "NOT_FOUND", f"Catalog object {tax.catalog_object_id} not found.",
                f"{field}.catalog_object_id",
            )  # fmt: skip
        return _of_catalogue(rate, uid, scope)
    if tax.percentage is None:
        raise refusal(
            "MISSING_REQUIRED_PARAMETER", "A required field is missing.", f"{field}.percentage"
        )
    return Tax(
        uid=uid, name=tax.name or "", percent=tax.percentage.strip(),
        included=tax.type == "INCLUSIVE", scope=scope,
    )  # fmt: skip


def _of_catalogue(rate: TaxRate, uid: str, scope: Scope, *, automatic: bool = False) -> Tax:
    return Tax(
        uid=uid, name=rate.name, percent=rate.percent, included=rate.included,
        scope=scope, of=rate.id, of_version=rate.version,
        automatic=automatic,
    )  # fmt: skip


def _discount(square: Square, discount: OrderDiscount, field: str) -> Discount:
    scope = _scope(discount.scope, "OTHER_DISCOUNT_SCOPE", field)
    amount = discount.amount_money
    if (discount.percentage is None) == (amount is None):
        raise refusal(
            "INVALID_VALUE", "A discount has a percentage or an amount.", f"{field}.percentage"
        )
    percent = (discount.percentage or "").strip()
    if percent and percent_e5(percent) > percent_e5("100"):
        raise refusal("VALUE_TOO_HIGH", "At most 100 per cent.", f"{field}.percentage")
    return Discount(
        uid=discount.uid or square.pos.ids.token(20), name=discount.name or "", percent=percent,
        amount_minor=0 if amount is None else square.own(amount, f"{field}.amount_money"),
        scope=scope,
    )  # fmt: skip


def _scope(given: str | None, wrong: str, field: str) -> Scope:
    if given is not None and given not in ("ORDER", "LINE_ITEM"):
        raise refusal("INVALID_ENUM_VALUE", f"{given} cannot be set.", f"{field}.scope")
    return "line" if given == "LINE_ITEM" else "basket"


def _automatic(square: Square, lines: list[SaleLine]) -> tuple[list[SaleLine], list[Tax]]:
    """The catalogue's own taxes; an ad hoc line bears all that are in force."""
    taxes: dict[str, Tax] = {}
    done = []
    for line in lines:
        variant = square.pos.range.variant(line.variant) if line.variant else None
        rates = square.pos.range.tax_rates() if variant is None else square.pos.rates_of(variant)
        for rate in rates:
            taxes.setdefault(rate.id, _of_catalogue(rate, rate.id, "line", automatic=True))
        own = tuple(Share("", rate.id) for rate in rates)
        done.append(msgspec.structs.replace(line, taxes=(*line.taxes, *own)))
    return done, list(taxes.values())


def _all_differ(uids: Sequence[str], field: str) -> None:
    if len(set(uids)) != len(uids):
        raise refusal("INVALID_VALUE", "A uid is there twice.", field)


def _known(uids: Iterable[str], known: set[str], field: str) -> None:
    for uid in uids:
        if uid not in known:
            raise refusal("INVALID_VALUE", f"{uid} is not defined on the order.", field)

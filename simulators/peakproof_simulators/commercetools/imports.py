"""Orders that were taken elsewhere and are imported."""

from __future__ import annotations

from msgspec.structs import replace

from peakproof_simulators.commercetools import (
    custom,
    deliveries,
    facts,
    lines,
    moments,
    money,
)
from peakproof_simulators.commercetools.change import Change
from peakproof_simulators.commercetools.errors import forbidden, invalid, no_reference, not_json
from peakproof_simulators.commercetools.orders import Orders, check_number, place
from peakproof_simulators.commercetools.payloads import messages
from peakproof_simulators.commercetools.payloads import orders as payload
from peakproof_simulators.commercetools.payloads.catalogue import Price, Product, ProductVariant
from peakproof_simulators.commercetools.payloads.common import Reference, ReferenceDraft
from peakproof_simulators.commercetools.payloads.lines import (
    ItemState,
    LineItem,
    PaymentInfo,
    ShippingInfo,
    ShippingInfoImportDraft,
    ShippingRate,
)
from peakproof_simulators.commercetools.payloads.orders import Order
from peakproof_simulators.commercetools.state import Project
from peakproof_simulators.commercetools.stock import Want


def create(project: Project, draft: payload.OrderImportDraft) -> Orders:
    """An order that was taken elsewhere.

    Raises:
        Refusal: it has no lines, a line names no variant, stock is missing, or the number is
            taken.
    """
    if not draft.line_items:
        raise forbidden("An order needs line items.")
    check_number(project, draft.order_number)
    holding_mode = [draft.inventory_mode, *(one.inventory_mode for one in draft.line_items)]
    if "ReserveOnCart" in holding_mode:
        raise forbidden("An order without a cart cannot have the mode 'ReserveOnCart'.")
    order = _order(project, draft)
    change = Change(None, order)
    wants = [_want(line, draft.inventory_mode) for line in order.line_items]
    place(project, change, wants)
    change.effect(lambda stored: facts.placed(project, stored))
    change.say_whole(messages.OrderImported, "order")
    return change


def _order(project: Project, draft: payload.OrderImportDraft) -> Order:
    currency = draft.total_price.currency_code
    items = [_imported(project, one, currency, draft.inventory_mode) for one in draft.line_items]
    return Order(
        **project.fresh(),
        order_number=draft.order_number,
        purchase_order_number=draft.purchase_order_number,
        customer_id=draft.customer_id,
        customer_email=draft.customer_email,
        line_items=tuple(items),
        custom_line_items=(),
        total_price=money.typed(draft.total_price),
        taxed_price=money.summed([line.taxed_price for line in items], currency),
        tax_rounding_mode=draft.tax_rounding_mode,
        tax_calculation_mode=draft.tax_calculation_mode,
        inventory_mode=draft.inventory_mode,
        billing_address=draft.billing_address,
        shipping_address=draft.shipping_address,
        shipping_mode="Single",
        shipping_info=_shipping(project, items, draft.shipping_info),
        shipping=(),
        item_shipping_addresses=(),
        discount_codes=(),
        direct_discounts=(),
        refused_gifts=(),
        payment_info=_payments(project, draft.payment_info),
        country=draft.country,
        origin=draft.origin,
        order_state=draft.order_state,
        shipment_state=draft.shipment_state,
        payment_state=draft.payment_state,
        state=_state(project, draft.state) if draft.state is not None else None,
        sync_info=(),
        return_info=(),
        completed_at=moments.optional(draft.completed_at),
        custom=custom.drafted(project, "order", draft.custom),
    )


def _want(line: LineItem, mode: str) -> Want:
    return Want(
        line=line.id,
        sku=line.variant.sku or "",
        units=line.quantity,
        mode=line.inventory_mode or mode,
        channel_id=line.supply_channel.id if line.supply_channel is not None else "",
    )


def _imported(
    project: Project, draft: payload.LineItemImportDraft, currency: str, mode: str
) -> LineItem:
    product, variant = _imported_variant(project, draft)
    value = draft.price.value
    if value.currency_code != currency:
        raise invalid("currencyCode", value.currency_code, [currency])
    price = Price(id=project.new_id(), value=money.typed(value), country=draft.price.country)
    rate = money.tax_rate(draft.tax_rate)
    total = money.times(price.value, draft.quantity)
    at = project.stamp()
    return LineItem(
        id=project.new_id(),
        key=draft.key,
        product_id=product.id,
        product_key=product.key,
        name=draft.name,
        product_slug=product.master_data.current.slug,
        product_type=product.product_type,
        variant=variant,
        price=price,
        quantity=draft.quantity,
        total_price=total,
        taxed_price=money.taxed(total, rate),
        tax_rate=rate,
        discounted_price_per_quantity=(),
        taxed_price_portions=(),
        per_method_tax_rate=(),
        state=_line_states(project, draft),
        price_mode="ExternalPrice",
        line_item_mode="Standard",
        supply_channel=lines.channel(project, draft.supply_channel, "InventorySupply"),
        distribution_channel=lines.channel(
            project, draft.distribution_channel, "ProductDistribution"
        ),
        inventory_mode=None if draft.inventory_mode == mode else draft.inventory_mode,
        custom=custom.drafted(project, "line-item", draft.custom),
        added_at=at,
        last_modified_at=at,
    )


def _imported_variant(
    project: Project, draft: payload.LineItemImportDraft
) -> tuple[Product, ProductVariant]:
    wanted = draft.variant
    if wanted.sku is None and (wanted.id is None or draft.product_id is None):
        raise not_json("lineItems -> variant: Either 'sku' or 'id' with 'productId' is required.")
    product, variant = lines.find_variant(
        project, sku=wanted.sku, product_id=draft.product_id, variant_id=wanted.id
    )
    given = {"attributes": wanted.attributes, "images": wanted.images}
    return product, replace(
        variant, **{name: value for name, value in given.items() if value is not None}
    )


def _line_states(project: Project, draft: payload.LineItemImportDraft) -> tuple[ItemState, ...]:
    if draft.state is None:
        return lines.initial_state(project, draft.quantity)
    states = tuple(
        ItemState(quantity=one.quantity, state=_state(project, one.state)) for one in draft.state
    )
    if sum(one.quantity for one in states) != draft.quantity:
        raise forbidden("The quantities of the states do not sum up to the line's quantity.")
    return states


def _state(project: Project, named: ReferenceDraft) -> Reference:
    if project.states.get(named.id) is None:
        raise no_reference("state", id=named.id)
    return Reference(type_id="state", id=named.id)


def _payments(project: Project, draft: payload.PaymentInfoDraft | None) -> PaymentInfo | None:
    if draft is None:
        return None
    for named in draft.payments:
        if project.payments.get(named.id) is None:
            raise no_reference("payment", id=named.id)
        if named.id in project.order_of_payment:
            raise forbidden(f"The payment '{named.id}' is assigned to an order already.")
    return PaymentInfo(
        payments=tuple(Reference(type_id="payment", id=named.id) for named in draft.payments)
    )


def _shipping(
    project: Project, items: list[LineItem], draft: ShippingInfoImportDraft | None
) -> ShippingInfo | None:
    if draft is None:
        return None
    rate = money.tax_rate(draft.tax_rate)
    price = money.typed(draft.price)
    free_above = draft.shipping_rate.free_above
    return ShippingInfo(
        shipping_method_name=draft.shipping_method_name,
        price=price,
        shipping_rate=ShippingRate(
            price=money.typed(draft.shipping_rate.price),
            free_above=money.typed(free_above) if free_above is not None else None,
            tiers=(),
        ),
        shipping_method_state=draft.shipping_method_state,
        deliveries=tuple(deliveries.drafted(project, items, one) for one in draft.deliveries),
        tax_rate=rate,
        taxed_price=money.taxed(price, rate),
    )

"""Orders: from a cart, by import; what they take from the stock."""

from __future__ import annotations

from typing import TypeAlias

from msgspec.structs import replace

from peakproof_simulators.commercetools import (
    custom,
    facts,
    holding,
    lines,
)
from peakproof_simulators.commercetools.change import Change
from peakproof_simulators.commercetools.errors import (
    Refusal,
    duplicate,
    forbidden,
    stale,
)
from peakproof_simulators.commercetools.payloads import messages
from peakproof_simulators.commercetools.payloads import orders as payload
from peakproof_simulators.commercetools.payloads.carts import Cart
from peakproof_simulators.commercetools.payloads.common import (
    CustomFields,
    Reference,
    ResourceIdentifier,
    UserProvidedIdentifiers,
)
from peakproof_simulators.commercetools.payloads.lines import (
    LineItem,
)
from peakproof_simulators.commercetools.payloads.orders import Order
from peakproof_simulators.commercetools.state import Project
from peakproof_simulators.commercetools.stock import Want

Orders: TypeAlias = Change[Order]


def create(project: Project, draft: payload.OrderFromCartDraft) -> Orders:
    """An order from a cart, in the version that the caller has read.

    Raises:
        Refusal: the cart was changed or ordered, has no address or no lines, a price has
            changed, stock is missing, or the order number is taken.
    """
    named = draft.cart or ResourceIdentifier(id=draft.id)
    cart: Cart = project.resolve("cart", named)
    if cart.cart_state == "Ordered":
        raise forbidden(f"The cart with ID '{cart.id}' was ordered already.")
    if draft.version != cart.version:
        raise stale(cart.id, expected=draft.version, actual=cart.version)
    if cart.shipping_address is None:
        raise forbidden("The cart has no shipping address.")
    if not cart.line_items:
        raise forbidden("The cart has no line items.")
    check_number(project, draft.order_number)
    if cart.cart_state != "Frozen":
        _check_prices(project, cart)
    change = Change(None, _from_cart(project, cart, draft))
    change.checks.append(lambda: _check_cart(project, cart))
    place(project, change, [_want(project, cart, line) for line in cart.line_items])
    change.effect(lambda stored: _ordered(project, cart, stored))
    change.effect(lambda stored: facts.placed(project, stored))
    change.say_whole(messages.OrderCreated, "order")
    return change


def _from_cart(project: Project, cart: Cart, draft: payload.OrderFromCartDraft) -> Order:
    return Order(
        **project.fresh(),
        order_number=draft.order_number,
        purchase_order_number=draft.purchase_order_number or cart.purchase_order_number,
        customer_id=cart.customer_id,
        customer_email=cart.customer_email,
        anonymous_id=cart.anonymous_id,
        line_items=cart.line_items,
        custom_line_items=(),
        total_price=cart.total_price,
        taxed_price=cart.taxed_price,
        taxed_shipping_price=cart.taxed_shipping_price,
        tax_mode=cart.tax_mode,
        price_rounding_mode=cart.price_rounding_mode,
        tax_rounding_mode=cart.tax_rounding_mode,
        tax_calculation_mode=cart.tax_calculation_mode,
        inventory_mode=cart.inventory_mode,
        billing_address=cart.billing_address,
        shipping_address=cart.shipping_address,
        shipping_mode="Single",
        shipping_info=cart.shipping_info,
        shipping=(),
        item_shipping_addresses=(),
        discount_codes=(),
        direct_discounts=(),
        refused_gifts=(),
        payment_info=cart.payment_info,
        country=cart.country,
        locale=cart.locale,
        origin=cart.origin,
        cart=Reference(type_id="cart", id=cart.id),
        order_state=draft.order_state,
        shipment_state=draft.shipment_state,
        payment_state=draft.payment_state,
        state=project.reference("state", draft.state),
        sync_info=(),
        return_info=(),
        custom=_merged(project, cart, draft),
    )


def identifiers(order: Order) -> UserProvidedIdentifiers | None:
    """The names that users gave to an order."""
    number = order.order_number
    return UserProvidedIdentifiers(order_number=number) if number is not None else None


def delete(project: Project, order: Order, version: int | None) -> None:
    """Take an order away; its promise ends, its payments are free again."""
    kind = project.kinds["order"]
    project.remove(kind, order, version)
    if order.payment_info is not None:
        for reference in order.payment_info.payments:
            project.order_of_payment.pop(reference.id, None)
    facts.withdraw(project, order, "deleted")
    project.say(kind, order, messages.OrderDeleted, order.version, {"order": order})


def check_number(project: Project, number: str | None) -> None:
    if number is not None and project.orders.one(("orderNumber",), number) is not None:
        raise duplicate("orderNumber", number)


def _check_cart(project: Project, cart: Cart) -> None:
    current = project.carts.get(cart.id)
    if current is not cart:
        actual = current.version if current is not None else cart.version + 1
        raise stale(cart.id, expected=cart.version, actual=actual)


def _check_prices(project: Project, cart: Cart) -> None:
    """Refuse when a price has changed since it came into the cart."""
    for_sale = project.products.by_id
    moved: list[str] = []
    for line in cart.line_items:
        product = for_sale.get(line.product_id)
        if line.price_mode != "Platform" or product is None:
            continue
        record = product.master_data.current
        for variant in (record.master_variant, *record.variants):
            if variant.id == line.variant.id and variant.prices is not line.variant.prices:
                currency = cart.total_price.currency_code
                price = lines.select_price(product, variant, currency, cart.country)
                if price.value != line.price.value:
                    moved.append(line.id)
    if moved:
        raise Refusal("PriceChanged", lineItems=moved, shipping=False, named=", ".join(moved))


def _merged(project: Project, cart: Cart, draft: payload.OrderFromCartDraft) -> CustomFields | None:
    """The order's custom fields: the cart's, with the draft's laid over them."""
    if draft.custom is None:
        return cart.custom
    own = custom.drafted(project, "order", draft.custom)
    if cart.custom is None or own is None:
        return own
    if own.type.id != cart.custom.type.id:
        raise forbidden("The order's custom type differs from the cart's.")
    return replace(own, fields={**cart.custom.fields, **own.fields})


def _want(project: Project, cart: Cart, line: LineItem) -> Want:
    reservation = holding.held(project, line)
    return Want(
        line=line.id,
        sku=line.variant.sku or "",
        units=line.quantity,
        mode=lines.mode_of(cart, line),
        channel_id=line.supply_channel.id if line.supply_channel is not None else "",
        reservation_id=reservation.id if reservation is not None else "",
    )


def place(project: Project, change: Orders, wants: list[Want]) -> None:
    """Check the stock now, and again if time passes; take it when the order is stored."""

    def check() -> None:
        check_number(project, change.after.order_number)
        missing = project.stock.missing(wants)
        if missing:
            skus = list(dict.fromkeys(want.sku for want in missing))
            raise Refusal(
                "OutOfStock",
                lineItems=[want.line for want in missing],
                skus=skus,
                sku_list=", ".join(skus),
            )

    check()
    change.checks.append(check)
    change.effect(lambda stored: project.stock.take(wants, stored.order_number or stored.id))


def _ordered(project: Project, cart: Cart, order: Order) -> None:
    kind = project.kinds["cart"]
    done = Change(cart, replace(cart, cart_state="Ordered"))
    done.version += 1
    project.carry_out(kind, done)
    if order.payment_info is not None:
        for reference in order.payment_info.payments:
            project.cart_of_payment.pop(reference.id, None)

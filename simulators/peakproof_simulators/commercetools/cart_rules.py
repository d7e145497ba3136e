"""The update actions that are about a cart as a whole."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from peakproof_simulators.commercetools import carts, custom, holding, lines, money
from peakproof_simulators.commercetools.carts import Carts
from peakproof_simulators.commercetools.change import changed
from peakproof_simulators.commercetools.errors import duplicate, forbidden, invalid, no_reference
from peakproof_simulators.commercetools.payloads import carts as payload
from peakproof_simulators.commercetools.payloads.carts import Cart
from peakproof_simulators.commercetools.payloads.lines import ShippingInfo, ShippingRate, TaxRate
from peakproof_simulators.commercetools.payments import attached, detached
from peakproof_simulators.commercetools.state import Project, Rule


def _retaxed(project: Project, cart: Cart) -> Cart:
    """The cart after its address or tax mode has changed: every tax is worked out again."""
    shipping = cart.shipping_info
    if shipping is not None:
        rate = shipping.tax_rate if cart.tax_mode == "External" else None
        rate = rate or lines.platform_rate(project, cart)
        shipping = _taxed_shipping(shipping, rate)
    cart = replace(cart, shipping_info=shipping)
    return carts.recounted(
        project, cart, [lines.taxed(project, cart, line) for line in cart.line_items]
    )


def _taxed_shipping(shipping: ShippingInfo, rate: TaxRate | None) -> ShippingInfo:
    return replace(shipping, tax_rate=rate, taxed_price=money.taxed(shipping.price, rate))


def _set_shipping_address(
    project: Project, cart: Cart, action: payload.CartSetShippingAddress, _: Carts
) -> Cart:
    carts.open_(cart)
    after = changed(cart, shipping_address=action.address)
    if after is cart:
        return cart
    if action.address is None:
        after = replace(after, shipping_info=None)
    return _retaxed(project, after)


def _set_billing_address(
    _: Project, cart: Cart, action: payload.CartSetBillingAddress, __: Carts
) -> Cart:
    carts.open_(cart)
    return changed(cart, billing_address=action.address)


def _set_shipping_method(
    project: Project, cart: Cart, action: payload.CartSetShippingMethod, _: Carts
) -> Cart:
    carts.open_(cart)
    if action.shipping_method is not None:
        named = action.shipping_method
        raise no_reference("shipping-method", id=named.id, key=named.key)
    if cart.shipping_info is None:
        return cart
    return carts.recounted(project, replace(cart, shipping_info=None))


def _set_custom_shipping_method(
    project: Project, cart: Cart, action: payload.CartSetCustomShippingMethod, _: Carts
) -> Cart:
    carts.open_(cart)
    if cart.shipping_address is None:
        raise forbidden("A shipping method can be set only when the cart has a shipping address.")
    draft = action.shipping_rate
    currency = cart.total_price.currency_code
    if draft.price.currency_code != currency:
        raise invalid("currencyCode", draft.price.currency_code, [currency])
    price = money.typed(draft.price)
    free_above = money.typed(draft.free_above) if draft.free_above is not None else None
    goods = sum(line.total_price.cent_amount for line in cart.line_items)
    free = free_above is not None and goods >= free_above.cent_amount
    own = cart.tax_mode == "External"
    rate = money.tax_rate(action.external_tax_rate) if own else lines.platform_rate(project, cart)
    charged = money.money(0, currency) if free else price
    shipping = ShippingInfo(
        shipping_method_name=action.shipping_method_name,
        price=charged,
        shipping_rate=ShippingRate(price=price, free_above=free_above, tiers=()),
        shipping_method_state="MatchesCart",
        deliveries=(),
        tax_rate=rate,
        taxed_price=money.taxed(charged, rate),
    )
    known = cart.shipping_info
    if shipping == known:
        return cart
    was_free = known is None or not known.price.cent_amount
    if was_free and not charged.cent_amount and cart.line_items:
        # Nothing was to be paid for it, nothing is: the totals stay as they are.
        return replace(cart, shipping_info=shipping, taxed_shipping_price=shipping.taxed_price)
    return carts.recounted(project, replace(cart, shipping_info=shipping))


def _add_payment(
    project: Project, cart: Cart, action: payload.CartAddPayment, change: Carts
) -> Cart:
    carts.open_(cart)
    info, payment_id = attached(project, cart, action.payment)

    def link(stored: Cart) -> None:
        project.cart_of_payment[payment_id] = stored.id

    change.effect(link)
    return replace(cart, payment_info=info)


def _remove_payment(
    project: Project, cart: Cart, action: payload.CartRemovePayment, change: Carts
) -> Cart:
    carts.open_(cart)
    info, payment_id = detached(project, cart, action.payment)

    def unlink(_: Cart) -> None:
        project.cart_of_payment.pop(payment_id, None)

    change.effect(unlink)
    return replace(cart, payment_info=info)


def _recalculate(project: Project, cart: Cart, action: payload.CartRecalculate, _: Carts) -> Cart:
    carts.open_(cart)
    items = [
        lines.repriced(project, cart, line, with_product=action.update_product_data)
        for line in cart.line_items
    ]
    after = carts.recounted(project, cart, items)
    return cart if after == cart else after


def _set_custom_type(
    project: Project, cart: Cart, action: payload.CartSetCustomType, _: Carts
) -> Cart:
    carts.open_(cart)
    found = custom.set_type(project, "order", action.type, action.fields)
    return changed(cart, custom=found)


def _set_custom_field(
    project: Project, cart: Cart, action: payload.CartSetCustomField, _: Carts
) -> Cart:
    carts.open_(cart)
    found = custom.set_field(project, cart.custom, action.name, action.value)
    return changed(cart, custom=found)


def _set_email(_: Project, cart: Cart, action: payload.CartSetCustomerEmail, __: Carts) -> Cart:
    carts.open_(cart)
    return changed(cart, customer_email=action.email)


def _set_country(project: Project, cart: Cart, action: payload.CartSetCountry, _: Carts) -> Cart:
    carts.open_(cart)
    after = changed(cart, country=action.country)
    if after is cart:
        return cart
    items = [lines.repriced(project, after, line, with_product=False) for line in after.line_items]
    return carts.recounted(project, after, items)


def _set_key(project: Project, cart: Cart, action: payload.CartSetKey, _: Carts) -> Cart:
    carts.open_(cart)
    taken = action.key is not None and project.carts.one(("key",), action.key)
    if taken and taken.id != cart.id:
        raise duplicate("key", str(action.key))
    return changed(cart, key=action.key)


def _change_tax_mode(
    project: Project, cart: Cart, action: payload.CartChangeTaxMode, _: Carts
) -> Cart:
    carts.open_(cart)
    if action.tax_mode == cart.tax_mode:
        return cart
    items = tuple(replace(line, tax_rate=None) for line in cart.line_items)
    return _retaxed(project, replace(cart, tax_mode=action.tax_mode, line_items=items))


def _freeze(_: Project, cart: Cart, __: payload.CartFreezeCart, ___: Carts) -> Cart:
    carts.open_(cart)
    if not cart.line_items:
        raise forbidden("An empty cart cannot be frozen.")
    return changed(cart, cart_state="Frozen")


def _unfreeze(project: Project, cart: Cart, _: payload.CartUnfreezeCart, __: Carts) -> Cart:
    carts.open_(cart)
    if cart.cart_state != "Frozen":
        raise forbidden("The cart is not frozen.")
    cart = replace(cart, cart_state="Active")
    items = [lines.repriced(project, cart, line, with_product=False) for line in cart.line_items]
    return carts.recounted(project, cart, items)


def _set_expiration(
    project: Project,
    cart: Cart,
    action: payload.CartSetReservationExpirationInMinutes,
    change: Carts,
) -> Cart:
    carts.open_(cart)
    holding.prolong(project, cart, action.reservation_expiration_in_minutes, change)
    return replace(cart)


RULES: Final[dict[type[Any], Rule]] = {
    **carts.LINE_RULES,
    payload.CartSetShippingAddress: _set_shipping_address,
    payload.CartSetBillingAddress: _set_billing_address,
    payload.CartSetShippingMethod: _set_shipping_method,
    payload.CartSetCustomShippingMethod: _set_custom_shipping_method,
    payload.CartAddPayment: _add_payment,
    payload.CartRemovePayment: _remove_payment,
    payload.CartRecalculate: _recalculate,
    payload.CartSetCustomField: _set_custom_field,
    payload.CartSetCustomType: _set_custom_type,
    payload.CartSetCustomerEmail: _set_email,
    payload.CartSetCountry: _set_country,
    payload.CartSetKey: _set_key,
    payload.CartChangeTaxMode: _change_tax_mode,
    payload.CartFreezeCart: _freeze,
    payload.CartUnfreezeCart: _unfreeze,
    payload.CartSetReservationExpirationInMinutes: _set_expiration,
}

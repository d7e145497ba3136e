"""Carts: creating and changing them, until they are ordered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from msgspec.structs import replace

from peakproof_simulators.commercetools import custom, holding, lines, money
from peakproof_simulators.commercetools.change import Change, changed
from peakproof_simulators.commercetools.errors import (
    Refusal,
    duplicate,
    forbidden,
    no_reference,
)
from peakproof_simulators.commercetools.payloads import carts as payload
from peakproof_simulators.commercetools.payloads.carts import Cart
from peakproof_simulators.commercetools.payloads.common import UserProvidedIdentifiers
from peakproof_simulators.commercetools.payloads.lines import LineItem
from peakproof_simulators.commercetools.state import Project, Rule

Carts: TypeAlias = Change[Cart]
MOST_LINES: Final = 500


def create(project: Project, draft: payload.CartDraft) -> Carts:
    """A new cart.

    Raises:
        Refusal: the key is taken, or a line or the address does not fit.
    """
    if draft.key is not None and project.carts.one(("key",), draft.key) is not None:
        raise duplicate("key", draft.key)
    holding.check_configured(project, draft.inventory_mode)
    cart = Cart(
        **project.fresh(),
        key=draft.key,
        customer_id=draft.customer_id,
        customer_email=draft.customer_email,
        anonymous_id=draft.anonymous_id,
        line_items=(),
        custom_line_items=(),
        total_price=money.money(0, draft.currency),
        tax_mode=draft.tax_mode,
        price_rounding_mode="HalfEven",
        tax_rounding_mode=draft.tax_rounding_mode,
        tax_calculation_mode=draft.tax_calculation_mode,
        inventory_mode=draft.inventory_mode,
        cart_state="Active",
        shipping_mode="Single",
        shipping=(),
        item_shipping_addresses=(),
        discount_codes=(),
        direct_discounts=(),
        refused_gifts=(),
        origin=draft.origin,
        billing_address=draft.billing_address,
        shipping_address=draft.shipping_address,
        country=draft.country,
        locale=draft.locale,
        purchase_order_number=draft.purchase_order_number,
        delete_days_after_last_modification=draft.delete_days_after_last_modification or 90,
        custom=custom.drafted(project, "order", draft.custom),
    )
    change = Change(None, cart)
    items: list[LineItem] = []
    for line in draft.line_items:
        holding.check_configured(project, line.inventory_mode)
        _include(project, cart, items, line, change)
    change.after = recounted(project, cart, items)
    return change


def delete(project: Project, cart: Cart, version: int | None) -> None:
    """Take a cart away; what its lines hold is free again."""
    project.remove(project.kinds["cart"], cart, version)
    for line in cart.line_items:
        if line.reservation is not None:
            project.stock.release(line.reservation.id, "Released")


def identifiers(cart: Cart) -> UserProvidedIdentifiers | None:
    """The names that users gave to a cart."""
    return UserProvidedIdentifiers(key=cart.key) if cart.key is not None else None


def open_(cart: Cart) -> None:
    """May the cart still be changed?

    Raises:
        Refusal: it was ordered.
    """
    if cart.cart_state == "Ordered":
        raise forbidden(f"The cart with ID '{cart.id}' was ordered and cannot be changed.")


def recounted(project: Project, cart: Cart, items: Sequence[LineItem] | None = None) -> Cart:
    """The cart with its totals worked out anew, for other lines if they are given."""
    chosen = cart.line_items if items is None else tuple(items)
    currency = cart.total_price.currency_code
    total = sum([line.total_price.cent_amount for line in chosen])
    shipping = cart.shipping_info
    parts = [line.taxed_price for line in chosen]
    if shipping is not None:
        total += shipping.price.cent_amount
        if shipping.price.cent_amount or not parts:
            parts.append(shipping.taxed_price)
    return replace(
        cart,
        line_items=chosen,
        total_price=money.money(total, currency),
        total_line_item_quantity=sum([line.quantity for line in chosen]) or None,
        taxed_price=money.summed(parts, currency) if cart.shipping_address else None,
        taxed_shipping_price=shipping.taxed_price if shipping is not None else None,
    )


def with_line(project: Project, cart: Cart, draft: lines.AnyLineDraft, change: Carts) -> Cart:
    """The cart with one line more, or with more units on the line that is the same."""
    items = list(cart.line_items)
    _include(project, cart, items, draft, change)
    return recounted(project, cart, items)


def _include(
    project: Project,
    cart: Cart,
    items: list[LineItem],
    draft: lines.AnyLineDraft,
    change: Carts,
) -> None:
    made = lines.new_line(project, cart, draft)
    for position, known in enumerate(items):
        if _same(known, made):
            more = lines.requantified(project, cart, known, known.quantity + made.quantity)
            items[position] = holding.arrange(project, cart, more, change)
            return
    if made.key is not None and any(known.key == made.key for known in items):
        raise duplicate("key", made.key)
    if len(items) >= MOST_LINES:
        raise Refusal("MaxResourceLimitExceeded", limit=MOST_LINES, exceededResource="line-item")
    items.append(holding.arrange(project, cart, made, change))


def _same(one: LineItem, other: LineItem) -> bool:
    return (
        one.product_id == other.product_id
        and one.variant.id == other.variant.id
        and one.supply_channel == other.supply_channel
        and one.distribution_channel == other.distribution_channel
        and one.inventory_mode == other.inventory_mode
        and one.price_mode == other.price_mode
        and one.price == other.price
        and one.custom == other.custom
        and other.key is None
    )


# --- update actions: lines ------------------------------------------------------------------


def named_line(items: Sequence[LineItem], action: Any) -> tuple[int, LineItem]:
    """The position and the line that an action names by ``lineItemId`` or ``lineItemKey``.

    Raises:
        Refusal: none is named, or there is no such line.
    """
    if (action.line_item_id is None) == (action.line_item_key is None):
        raise forbidden("Exactly one of 'lineItemId' and 'lineItemKey' has to be given.")
    for position, line in enumerate(items):
        if line.id == action.line_item_id or (
            action.line_item_key is not None and line.key == action.line_item_key
        ):
            return position, line
    raise no_reference("line-item", id=action.line_item_id, key=action.line_item_key)


def _put(project: Project, cart: Cart, position: int, line: LineItem) -> Cart:
    if line is cart.line_items[position]:
        return cart
    items = list(cart.line_items)
    items[position] = line
    return recounted(project, cart, items)


def _add_line(project: Project, cart: Cart, action: payload.CartAddLineItem, change: Carts) -> Cart:
    open_(cart)
    holding.check_configured(project, action.inventory_mode)
    return with_line(project, cart, action, change)


def _quantity(project: Project, cart: Cart, position: int, units: int, change: Carts) -> Cart:
    line = cart.line_items[position]
    if units == line.quantity:
        return cart
    if units <= 0:
        holding.let_go(project, line, change)
        items = [one for one in cart.line_items if one.id != line.id]
        return recounted(project, cart, items)
    after = lines.requantified(project, cart, line, units)
    return _put(project, cart, position, holding.arrange(project, cart, after, change))


def _change_quantity(
    project: Project, cart: Cart, action: payload.CartChangeLineItemQuantity, change: Carts
) -> Cart:
    open_(cart)
    position, line = named_line(cart.line_items, action)
    if action.external_price is not None:
        price = lines.external_price(cart, action.external_price, line.variant)
        cart = _put(project, cart, position, _at_price(project, cart, line, price))
    cart = _quantity(project, cart, position, action.quantity, change)
    given = action.external_total_price
    if given is not None and action.quantity > 0:
        line = replace(
            cart.line_items[position],
            price=lines.external_price(cart, given.price, line.variant),
            total_price=lines.external_price(cart, given.total_price, line.variant).value,
            price_mode="ExternalTotal",
        )
        cart = _put(project, cart, position, lines.taxed(project, cart, line))
    return cart


def _remove_line(
    project: Project, cart: Cart, action: payload.CartRemoveLineItem, change: Carts
) -> Cart:
    open_(cart)
    position, line = named_line(cart.line_items, action)
    left = 0 if action.quantity is None else line.quantity - action.quantity
    return _quantity(project, cart, position, left, change)


def _set_mode(
    project: Project, cart: Cart, action: payload.CartSetLineItemInventoryMode, change: Carts
) -> Cart:
    open_(cart)
    holding.check_configured(project, action.inventory_mode)
    position, line = named_line(cart.line_items, action)
    after = changed(line, inventory_mode=lines.own_mode(cart, action.inventory_mode))
    return _put(project, cart, position, holding.arrange(project, cart, after, change))


def _set_supply_channel(
    project: Project, cart: Cart, action: payload.CartSetLineItemSupplyChannel, change: Carts
) -> Cart:
    open_(cart)
    position, line = named_line(cart.line_items, action)
    supplier = lines.channel(project, action.supply_channel, "InventorySupply")
    after = changed(line, supply_channel=supplier)
    lines.check_limits(project, after)
    return _put(project, cart, position, holding.arrange(project, cart, after, change))


def _at_price(project: Project, cart: Cart, line: LineItem, price: Any) -> LineItem:
    after = replace(
        line,
        price=price,
        price_mode="ExternalPrice",
        total_price=money.times(price.value, line.quantity),
    )
    return lines.taxed(project, cart, after)


def _set_price(
    project: Project, cart: Cart, action: payload.CartSetLineItemPrice, _: Carts
) -> Cart:
    open_(cart)
    position, line = named_line(cart.line_items, action)
    if action.external_price is None:
        after = lines.repriced(
            project, cart, replace(line, price_mode="Platform"), with_product=False
        )
    else:
        price = lines.external_price(cart, action.external_price, line.variant)
        after = _at_price(project, cart, line, price)
    return _put(project, cart, position, line if after == line else after)


def _set_tax_rate(
    project: Project, cart: Cart, action: payload.CartSetLineItemTaxRate, _: Carts
) -> Cart:
    open_(cart)
    if cart.tax_mode != "External":
        raise forbidden("A line's tax rate can be set only in the tax mode 'External'.")
    position, line = named_line(cart.line_items, action)
    after = changed(line, tax_rate=money.tax_rate(action.external_tax_rate))
    return _put(project, cart, position, lines.taxed(project, cart, after))


def _set_line_custom_type(
    project: Project, cart: Cart, action: payload.CartSetLineItemCustomType, _: Carts
) -> Cart:
    open_(cart)
    position, line = named_line(cart.line_items, action)
    found = custom.set_type(project, "line-item", action.type, action.fields)
    return _put(project, cart, position, changed(line, custom=found))


def _set_line_custom_field(
    project: Project, cart: Cart, action: payload.CartSetLineItemCustomField, _: Carts
) -> Cart:
    open_(cart)
    position, line = named_line(cart.line_items, action)
    found = custom.set_field(project, line.custom, action.name, action.value)
    return _put(project, cart, position, changed(line, custom=found))


LINE_RULES: Final[dict[type[Any], Rule]] = {
    payload.CartAddLineItem: _add_line,
    payload.CartChangeLineItemQuantity: _change_quantity,
    payload.CartRemoveLineItem: _remove_line,
    payload.CartSetLineItemInventoryMode: _set_mode,
    payload.CartSetLineItemSupplyChannel: _set_supply_channel,
    payload.CartSetLineItemPrice: _set_price,
    payload.CartSetLineItemTaxRate: _set_tax_rate,
    payload.CartSetLineItemCustomField: _set_line_custom_field,
    payload.CartSetLineItemCustomType: _set_line_custom_type,
}

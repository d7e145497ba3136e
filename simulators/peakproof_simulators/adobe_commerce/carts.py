"""Carts: what somebody wants, until it is ordered."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import msgspec

from peakproof_simulators.adobe_commerce import placement, tax
from peakproof_simulators.adobe_commerce.decimals import ZERO, quantity
from peakproof_simulators.adobe_commerce.errors import Refusal, Said, refuse
from peakproof_simulators.adobe_commerce.payloads.carts import (
    AddressInformation,
    CartItem,
    CartItemDraft,
    Customer,
    PaymentDetails,
    PaymentMethod,
    PaymentMethodDraft,
    Segment,
    ShippingMethod,
    ShownCart,
    Totals,
    TotalsItem,
)
from peakproof_simulators.adobe_commerce.payloads.orders import Address, Order
from peakproof_simulators.adobe_commerce.salable import refusals
from peakproof_simulators.adobe_commerce.search import fold

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.state import Shop

_CORRECT: Final = "is_correct_qty"
_NEEDED: Final = (
    ("firstname", "First Name"), ("lastname", "Last Name"), ("street", "Street Address"),
    ("city", "City"), ("country_id", "Country"),
)  # fmt: skip
"""Parts of an address without which nothing is shipped, and what the shop calls them."""


class Cart(msgspec.Struct):
    """A cart. ``mask`` is the text that stands for its number, "" for an administrator's."""

    id: int
    mask: str
    store: str
    created_at: str
    updated_at: str
    items: list[CartItem]
    active: bool = True
    email: str = ""
    shipping: str = ""
    address: Address | None = None
    billing: Address | None = None


def create(shop: Shop, store: str, *, guest: bool) -> Cart:
    """An empty cart."""
    now = shop.stamp()
    cart = Cart(shop.count("cart"), shop.masks.token(32) if guest else "", store, now, now, [])
    shop.carts[cart.id] = cart
    if guest:
        shop.masked[cart.mask] = cart.id
    return cart


def of_guest(shop: Shop, mask: str) -> Cart:
    """The active cart behind a text.

    Raises:
        Refusal: 404, there is none (any more).
    """
    number = shop.masked.get(mask)
    cart = shop.carts.get(number) if number is not None else None
    if cart is None or not cart.active:
        raise refuse("no_such_entity", {"fieldName": "cartId", "fieldValue": number})
    return cart


def of_number(shop: Shop, number: int) -> Cart:
    """The active cart of a number.

    Raises:
        Refusal: 404, there is none (any more).
    """
    cart = shop.carts.get(number)
    if cart is None or not cart.active:
        raise refuse("no_such_entity", {"fieldName": "cartId", "fieldValue": number})
    return cart


def put(shop: Shop, cart: Cart, draft: CartItemDraft, *, item_id: int | None = None) -> CartItem:
    """Put units into a cart, or set how many units a line has.

    Raises:
        Refusal: the product is unknown, or cannot be had.
    """
    known = _line(cart, item_id) if item_id is not None else None
    product = shop.catalogue.get(known.sku if known is not None else draft.sku or "")
    if product is None or product.status != 1:
        raise refuse("no_product")
    same = known or next((one for one in cart.items if fold(one.sku) == fold(product.sku)), None)
    amount = quantity(draft.qty)
    if known is None and same is not None:
        amount += same.qty
    _salable(shop, cart, product.sku, amount)
    if same is None:
        same = CartItem(
            item_id=shop.count("cart_item"), sku=product.sku, qty=amount, name=product.name,
            price=product.price, product_type=product.type_id,
            quote_id=cart.mask or str(cart.id),
        )  # fmt: skip
        cart.items.append(same)
    same.qty = amount
    cart.updated_at = shop.stamp()
    return same


def _salable(shop: Shop, cart: Cart, sku: str, amount: Decimal) -> None:
    if amount <= 0:
        raise refuse("qty_not_available", why=f"quantity {amount}")
    stock_id = shop.stock_id(cart.store)
    reasons = refusals(shop, stock_id, sku, amount, cart=True, live=False)
    if not reasons:
        return
    first = reasons[0]
    if first.code.startswith(_CORRECT):
        raise Refusal(400, first.message)
    row = shop.index.row(stock_id, sku)
    if row is None or not row.is_salable:
        raise refuse("product_not_available", why=first.code)
    raise refuse("qty_not_available", why=reasons[-1].code)


def _line(cart: Cart, item_id: int) -> CartItem:
    for item in cart.items:
        if item.item_id == item_id:
            return item
    raise Refusal(404, "The %1 Cart doesn't contain the %2 item.", [cart.id, item_id])


def take_out(shop: Shop, cart: Cart, item_id: int) -> None:
    """Take a line out.

    Raises:
        Refusal: 404, the cart does not have it.
    """
    cart.items.remove(_line(cart, item_id))
    cart.updated_at = shop.stamp()


def shipping_methods(shop: Shop) -> list[ShippingMethod]:
    """The ways of shipping."""
    made = []
    for code, price in shop.settings.shipping_methods.items():
        carrier, _, method = code.partition("_")
        made.append(
            ShippingMethod(
                carrier_code=carrier, method_code=method, carrier_title=carrier.capitalize(),
                method_title=method.capitalize(), amount=price, base_amount=price, available=True,
                error_message="", price_excl_tax=price, price_incl_tax=price,
            )
        )  # fmt: skip
    return made


def set_shipping(shop: Shop, cart: Cart, asked: AddressInformation) -> PaymentDetails:
    """Choose where to and how a cart is shipped.

    Raises:
        Refusal: the cart is empty, the address is incomplete or the way is unknown.
    """
    if not cart.items:
        raise refuse("empty_cart")
    if asked.shipping_address is None:
        raise refuse("no_address")
    _complete(asked.shipping_address)
    carrier, method = asked.shipping_carrier_code or "", asked.shipping_method_code or ""
    code = f"{carrier}_{method}"
    if code not in shop.settings.shipping_methods:
        raise refuse("no_carrier", [carrier, method])
    cart.shipping, cart.address = code, asked.shipping_address
    cart.billing = asked.billing_address or cart.billing
    cart.updated_at = shop.stamp()
    return PaymentDetails(payment_methods=payment_methods(shop), totals=totals(shop, cart))


def _complete(address: Address) -> None:
    missing = [label for name, label in _NEEDED if not getattr(address, name)]
    if missing:
        said = [Said('"%fieldName" is required. Enter and try again.', {"fieldName": label})
                for label in missing]  # fmt: skip
        raise Refusal(400, "The shipping information was unable to be saved. Verify the input data "
                      "and try again.", errors=said)  # fmt: skip


def payment_methods(shop: Shop) -> list[PaymentMethod]:
    """The ways of paying."""
    codes = (*shop.settings.offline_methods, *shop.settings.online_methods)
    return [PaymentMethod(code=code, title=code.capitalize()) for code in codes]


def totals(shop: Shop, cart: Cart) -> Totals:
    """What a cart comes to."""
    amounts = tax.priced(
        [(item.price, item.qty) for item in cart.items], shop.tax_percent,
        algorithm=shop.settings.tax_algorithm, gross=shop.settings.price_includes_tax,
    )  # fmt: skip
    subtotal = sum((each.row_total for each in amounts), ZERO)
    taxed = sum((each.tax_amount for each in amounts), ZERO)
    shipping = shop.settings.shipping_methods.get(cart.shipping, ZERO)
    grand = subtotal + taxed + shipping
    return Totals(
        grand_total=grand, base_grand_total=grand, subtotal=subtotal, base_subtotal=subtotal,
        subtotal_incl_tax=subtotal + taxed, discount_amount=ZERO, shipping_amount=shipping,
        shipping_incl_tax=shipping, shipping_tax_amount=ZERO, tax_amount=taxed,
        base_tax_amount=taxed, base_currency_code=shop.currency,
        quote_currency_code=shop.currency,
        items_qty=sum((item.qty for item in cart.items), ZERO),
        items=[
            TotalsItem(
                item_id=item.item_id, price=each.price, qty=item.qty, row_total=each.row_total,
                row_total_incl_tax=each.row_total_incl_tax, price_incl_tax=each.price_incl_tax,
                tax_amount=each.tax_amount, tax_percent=shop.tax_percent, name=item.name,
            )
            for item, each in zip(cart.items, amounts, strict=True)
        ],
        total_segments=[
            Segment(code="subtotal", title="Subtotal", value=subtotal),
            Segment(code="shipping", title="Shipping & Handling", value=shipping),
            Segment(code="tax", title="Tax", value=taxed),
            Segment(code="grand_total", title="Grand Total", value=grand),
        ],
    )  # fmt: skip


def order(
    shop: Shop, cart: Cart, method: PaymentMethodDraft | None, *, state: str = "new"
) -> Order:
    """Order a cart; from then on it is gone.

    Raises:
        Refusal: nothing is in it, it lacks a way of shipping, or there is not enough to sell.
    """
    if not cart.items:
        raise refuse("guest_order_failed" if cart.mask else "order_failed", why="no items")
    virtual = all(shop.catalogue.is_virtual(item.sku) for item in cart.items)
    if not cart.shipping and not virtual:
        raise refuse("no_shipping")
    if method is None:
        raise refuse("no_method")
    wishes: Sequence[placement.Wish] = [
        placement.Wish(item.sku, item.qty, item.price, (), item.product_type) for item in cart.items
    ]
    address = cart.address or Address()
    terms = placement.Terms(
        email=cart.email or address.email or "guest@adobe.test", method=method.method,
        shipping=cart.shipping, store=cart.store,
        name=(address.firstname or "", address.lastname or ""),
        billing=cart.billing or cart.address, address=cart.address, state=state, quote_id=cart.id,
    )  # fmt: skip
    made = placement.place(shop, wishes, terms)
    cart.active = False
    return made


def shown(shop: Shop, cart: Cart) -> ShownCart:
    """A cart as the shop shows it."""
    address = cart.address or Address()
    return ShownCart(
        id=cart.id, created_at=cart.created_at, updated_at=cart.updated_at, is_active=cart.active,
        is_virtual=bool(cart.items)
        and all(shop.catalogue.is_virtual(item.sku) for item in cart.items),
        items=cart.items, items_count=len(cart.items),
        items_qty=sum((item.qty for item in cart.items), ZERO),
        customer=Customer(
            email=cart.email or None, firstname=address.firstname, lastname=address.lastname
        ),
        billing_address=cart.billing, orig_order_id=0,
        currency={"base_currency_code": shop.currency, "quote_currency_code": shop.currency},
        customer_is_guest=bool(cart.mask), customer_note_notify=True, customer_tax_class_id=3,
        store_id=shop.view(cart.store).id,
    )  # fmt: skip

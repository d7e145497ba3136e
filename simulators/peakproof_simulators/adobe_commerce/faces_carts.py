"""The operations of carts, of guests and of administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakproof_simulators.adobe_commerce import carts
from peakproof_simulators.adobe_commerce.asking import Asked
from peakproof_simulators.adobe_commerce.carts import Cart
from peakproof_simulators.adobe_commerce.payloads.carts import (
    CartItem,
    PaymentDetails,
    PaymentMethod,
    ShippingMethod,
    ShownCart,
    Totals,
)

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.payloads.orders import Order
    from peakproof_simulators.adobe_commerce.state import Shop


def _cart(shop: Shop, asked: Asked) -> Cart:
    """The cart that the path names: by a guest's text, or by its number."""
    if "mask" in asked.params:
        return carts.of_guest(shop, asked.params["mask"])
    return carts.of_number(shop, asked.id("cartId"))


def create_guest(shop: Shop, asked: Asked) -> str:
    """An empty cart of a guest: the text that stands for its number."""
    return carts.create(shop, asked.store, guest=True).mask


def create(shop: Shop, asked: Asked) -> int:
    """An empty cart."""
    return carts.create(shop, asked.store, guest=False).id


def get(shop: Shop, asked: Asked) -> ShownCart:
    """One cart."""
    return carts.shown(shop, _cart(shop, asked))


def list_items(shop: Shop, asked: Asked) -> list[CartItem]:
    """The lines of a cart."""
    return _cart(shop, asked).items


def add_item(shop: Shop, asked: Asked) -> CartItem:
    """Put something into a cart."""
    return carts.put(shop, _cart(shop, asked), asked.input.cart_item)


def change_item(shop: Shop, asked: Asked) -> CartItem:
    """Set how many units a line has."""
    return carts.put(shop, _cart(shop, asked), asked.input.cart_item, item_id=asked.id("itemId"))


def remove_item(shop: Shop, asked: Asked) -> bool:
    """Take a line out."""
    carts.take_out(shop, _cart(shop, asked), asked.id("itemId"))
    return True


def estimate(shop: Shop, asked: Asked) -> list[ShippingMethod]:
    """What shipping costs."""
    return carts.shipping_methods(shop) if _cart(shop, asked).items else []


def set_shipping(shop: Shop, asked: Asked) -> PaymentDetails:
    """Choose where to and how to ship."""
    return carts.set_shipping(shop, _cart(shop, asked), asked.input.address_information)


def totals(shop: Shop, asked: Asked) -> Totals:
    """What a cart comes to."""
    return carts.totals(shop, _cart(shop, asked))


def payment_methods(shop: Shop, asked: Asked) -> list[PaymentMethod]:
    """How a cart may be paid."""
    _cart(shop, asked)
    return carts.payment_methods(shop)


def pay(shop: Shop, asked: Asked) -> str | int:
    """Say how a guest's cart is paid, and order it."""
    shop.door.pace()
    cart = _cart(shop, asked)
    cart.email = asked.input.email
    cart.billing = asked.input.billing_address or cart.billing
    return _placed(shop, asked, carts.order(shop, cart, asked.input.payment_method))


def order_guest(shop: Shop, asked: Asked) -> str | int:
    """Order a guest's cart."""
    shop.door.pace()
    return order(shop, asked)


def order(shop: Shop, asked: Asked) -> str | int:
    """Order a cart."""
    return _placed(shop, asked, carts.order(shop, _cart(shop, asked), asked.input.payment_method))


def _placed(shop: Shop, asked: Asked, made: Order) -> str | int:
    asked.keys.append(f"order:{made.increment_id}")
    return str(made.entity_id) if shop.settings.ids_as == "string" else made.entity_id

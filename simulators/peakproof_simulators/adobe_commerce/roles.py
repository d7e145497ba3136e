"""The online shop as its customers and clerks use it; the same rules as the API."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from peakproof.errors import SimulatorFault
from peakproof_simulators.adobe_commerce import carts, facts, invoicing, lifecycle
from peakproof_simulators.adobe_commerce.catalogue import SYSTEM
from peakproof_simulators.adobe_commerce.decimals import units
from peakproof_simulators.adobe_commerce.errors import Refusal
from peakproof_simulators.adobe_commerce.payloads.carts import (
    AddressInformation,
    CartItemDraft,
    PaymentMethodDraft,
)
from peakproof_simulators.adobe_commerce.payloads.documents import InvoiceOrder
from peakproof_simulators.adobe_commerce.payloads.orders import Address, Order
from peakproof_simulators.adobe_commerce.state import Shop
from peakproof_simulators.trading import ports

CANCEL_WISH = "The customer asks to cancel this order."


class Storefront:
    """Implements :class:`peakproof_simulators.trading.ports.Storefront`.

    A shopper has no say in the source: what a want says of its place is passed over.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._edits = 0

    def offered(self, sku: str) -> dict[str, int]:
        """Units that may be sold now, by source: reservations draw on the first sources first."""
        shop = self._shop
        return {
            place: units(share)
            for place, share in shop.inventory.shares(shop.stock_id("default"), sku).items()
        }

    def checkout(
        self, wants: tuple[ports.Want, ...], *, email: str, name: str
    ) -> str | ports.Refusal:
        """Fill a guest's cart and order it; the payment is decided later."""
        shop = self._shop
        first, _, last = name.rpartition(" ")
        address = Address(
            firstname=first or last, lastname=last or first, email=email,
            street=["High Street 1"], city="Town", postcode="AB1 2CD", country_id=shop.country,
            telephone="000",
        )  # fmt: skip
        carrier, _, method = shop.settings.storefront_shipping.partition("_")
        cart = carts.create(shop, "default", guest=True)
        try:
            for want in wants:
                draft = CartItemDraft(sku=want.sku, qty=Decimal(want.units))
                carts.put(shop, cart, draft)
            carts.set_shipping(
                shop, cart,
                AddressInformation(
                    shipping_address=address, shipping_carrier_code=carrier,
                    shipping_method_code=method,
                ),
            )  # fmt: skip
            cart.email = email
            made = carts.order(
                shop, cart, PaymentMethodDraft(method=shop.settings.storefront_method),
                state=shop.settings.storefront_state,
            )  # fmt: skip
        except Refusal as refusal:
            self._turned_away(wants, refusal.text)
            return ports.Refusal(refusal.message, refusal.why)
        return made.increment_id

    def _turned_away(self, wants: Sequence[ports.Want], why: str) -> None:
        for want in wants:
            facts.turned_away(self._shop, want.sku, want.units, why)

    def settle(self, order: str, outcome: str) -> None:
        """The gateway has decided: authorised, captured (then it is invoiced) or failed."""
        shop, made = self._shop, self._order(order)
        if made.state in ("canceled", "closed", "complete"):
            return
        if outcome == "authorised":
            if made.state in ("pending_payment", "new"):
                lifecycle.turn(shop, made, "processing")
            facts.paid(shop, made, "authorised", made.grand_total)
            shop.touch(made)
        elif outcome == "captured":
            if lifecycle.can_invoice(made) and made.state != "holded":
                invoicing.invoice(shop, made, InvoiceOrder(capture=True))
        else:
            facts.paid(shop, made, "failed", made.grand_total)
            lifecycle.cancel(shop, made, cause="payment_failed")

    def ask_cancel(self, order: str) -> bool:
        """The customer cancels; the shop carries it out while nothing is invoiced or shipped."""
        shop, made = self._shop, self._order(order)
        if not lifecycle.can_cancel(made) or any(item.qty_shipped for item in made.items):
            return False
        facts.cancel_asked(shop, made)
        if shop.settings.storefront_cancels == "at_once":
            return lifecycle.cancel(shop, made)
        lifecycle.comment(shop, made, CANCEL_WISH, visible=1)
        return True

    def edit(self, order: str) -> None:
        """A clerk writes a comment on the order."""
        self._edits += 1
        lifecycle.comment(self._shop, self._order(order), f"Note {self._edits}")

    def _order(self, number: str) -> Order:
        found = self._shop.orders.one("increment_id", number)
        if found is None:
            raise SimulatorFault(f"{SYSTEM}: there is no order {number}")
        return found

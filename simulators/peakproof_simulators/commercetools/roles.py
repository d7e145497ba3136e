"""The online shop as its customers and clerks use it; the same rules as the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from peakproof.errors import SimulatorFault
from peakproof.history.records import TurnedAway
from peakproof_simulators.commercetools import carts, orders, payments
from peakproof_simulators.commercetools.change import Change
from peakproof_simulators.commercetools.errors import Refusal
from peakproof_simulators.commercetools.payloads import carts as cart_payload
from peakproof_simulators.commercetools.payloads import order_actions as order_action
from peakproof_simulators.commercetools.payloads import payments as payment_payload
from peakproof_simulators.commercetools.payloads.common import (
    Author,
    BaseAddress,
    Money,
    ResourceIdentifier,
)
from peakproof_simulators.commercetools.payloads.lines import LineItemDraft, ShippingRateDraft
from peakproof_simulators.commercetools.payloads.orders import Order, OrderFromCartDraft
from peakproof_simulators.commercetools.payloads.payments import Payment, Transaction
from peakproof_simulators.commercetools.state import SYSTEM, Project
from peakproof_simulators.trading import ports

TRANSACTIONS: Final[dict[str, tuple[str, str]]] = {
    "authorised": ("Authorization", "Success"),
    "captured": ("Charge", "Success"),
    "failed": ("Authorization", "Failure"),
}
"""What a settled payment shows, by outcome: type and state of its transaction."""

PAYMENT_STATES: Final = {"captured": "Paid", "failed": "Failed"}
"""The order's payment state that the shop sets; an authorised payment leaves it pending."""

TOO_LATE: Final = frozenset({"Shipped", "Delivered"})
"""Shipment states after which the shop takes no cancellation."""

_SKU: Final = ("sku",)

SHIPPING_METHOD: Final = "Standard delivery"


class Storefront:
    """Implements :class:`peakproof_simulators.trading.ports.Storefront`."""

    def __init__(self, project: Project) -> None:
        self._project = project
        ids = project.world.ids(SYSTEM, "storefront")
        self._author = Author(client_id=ids.token(24), is_platform_client=False)
        self._taken = 0

    def offered(self, sku: str) -> dict[str, int]:
        """Units shown as available now, by place: what readers see, not the internal count."""
        project = self._project
        entries, cells, places = project.entries, project.stock.by_entry, project.places
        return {
            places.get(cells[id].channel_id, ""): entries.by_id[id].available_quantity
            for id in entries.having(_SKU, sku)
        }

    def checkout(
        self, wants: tuple[ports.Want, ...], *, email: str, name: str
    ) -> str | ports.Refusal:
        """Fill a cart, add a pending payment, order it."""
        project = self._project
        was, project.author = project.author, self._author
        try:
            return self._checkout(wants, email, name)
        except Refusal as refusal:
            skus = refusal.fields.get("skus", [want.sku for want in wants])
            self._turned_away([want for want in wants if want.sku in skus], refusal.code)
            return ports.Refusal(refusal.code, refusal.message)
        finally:
            project.author = was

    def _checkout(self, wants: tuple[ports.Want, ...], email: str, name: str) -> str:
        project = self._project
        filled = carts.create(project, self._cart(wants, email, name))
        total = filled.after.total_price
        draft = payment_payload.PaymentDraft(
            amount_planned=Money(cent_amount=total.cent_amount, currency_code=total.currency_code),
        )
        payment = self._store("payment", payments.create(project, draft))
        actions = [
            cart_payload.CartSetCustomShippingMethod(
                shipping_method_name=SHIPPING_METHOD,
                shipping_rate=ShippingRateDraft(
                    price=Money(cent_amount=0, currency_code=total.currency_code)
                ),
            ),
            cart_payload.CartAddPayment(payment=ResourceIdentifier(id=payment.id)),
        ]
        project.apply(project.kinds["cart"], filled, actions)
        cart = self._store("cart", filled)
        number = f"W-{100001 + self._taken}"
        order = orders.create(
            project,
            OrderFromCartDraft(
                cart=ResourceIdentifier(id=cart.id),
                version=cart.version,
                order_number=number,
                payment_state="Pending",
            ),
        )
        self._taken += 1
        self._store("order", order)
        return number

    def _cart(self, wants: Sequence[ports.Want], email: str, name: str) -> cart_payload.CartDraft:
        project = self._project
        first, _, last = name.rpartition(" ")
        return cart_payload.CartDraft(
            currency=project.currency,
            country=project.country,
            customer_email=email,
            inventory_mode=project.settings.storefront_inventory_mode,
            shipping_address=BaseAddress(
                country=project.country, first_name=first or None, last_name=last, email=email
            ),
            line_items=tuple([self._line(want) for want in wants]),
        )

    def _line(self, want: ports.Want) -> LineItemDraft:
        place = want.place or self._place_for(want)
        channel = ResourceIdentifier(type_id="channel", key=place) if place else None
        return LineItemDraft(sku=want.sku, quantity=want.units, supply_channel=channel)

    def _place_for(self, want: ports.Want) -> str:
        """The place that shows most of it; the first of them in the order of the seed."""
        offered = self.offered(want.sku)
        best = ""
        for place, units in offered.items():
            if best not in offered or units > offered[best]:
                best = place
        return best

    def settle(self, order: str, outcome: str) -> None:
        """The payment provider has decided; the shop then sets the order's payment state."""
        kind, state = TRANSACTIONS[outcome]
        payment = self._payment(self._order(order))
        known = _pending(payment, kind)
        action: Any
        if known is not None:
            action = payment_payload.PaymentChangeTransactionState(
                transaction_id=known.id,
                state=state,  # type: ignore[arg-type]  # from the table above
            )
        else:
            amount = payment.amount_planned
            action = payment_payload.PaymentAddTransaction(
                transaction=payment_payload.TransactionDraft(
                    type=kind,  # type: ignore[arg-type]  # from the table above
                    state=state,  # type: ignore[arg-type]  # from the table above
                    amount=Money(
                        cent_amount=amount.cent_amount, currency_code=amount.currency_code
                    ),
                )
            )
        self._act("payment", payment, action)
        if outcome in PAYMENT_STATES and self._project.settings.storefront_sets_payment_state:
            self._set_payment_state(order, PAYMENT_STATES[outcome])

    def _set_payment_state(self, order: str, state: str) -> None:
        delay_s = self._project.settings.storefront_payment_state_delay_s
        action = order_action.OrderChangePaymentState(
            payment_state=state  # type: ignore[arg-type]  # from the table above
        )
        if delay_s == 0:
            self._act("order", self._order(order), action)
            return

        def later() -> None:
            self._act("order", self._order(order), action)

        self._project.world.after(delay_s, later)

    def ask_cancel(self, order: str) -> bool:
        """The order's state becomes Cancelled, unless it was shipped or ended already."""
        found = self._order(order)
        ended = found.order_state in ("Cancelled", "Complete")
        if ended or found.shipment_state in TOO_LATE:
            return False
        self._act("order", found, order_action.OrderChangeOrderState(order_state="Cancelled"))
        return True

    def edit(self, order: str) -> None:
        """A clerk corrects the customer's address: a new version, and a message about it."""
        found = self._order(order)
        local, _, domain = (found.customer_email or "customer@example.test").partition("@")
        email = f"{local.partition('+')[0]}+{found.version}@{domain}"
        self._act("order", found, order_action.OrderSetCustomerEmail(email=email))

    # --- the ways in ------------------------------------------------------------------------

    def _order(self, number: str) -> Order:
        found = self._project.orders.one(("orderNumber",), number)
        if found is None:
            raise SimulatorFault(f"commercetools: the storefront has no order {number}")
        return found

    def _payment(self, order: Order) -> Payment:
        info = order.payment_info
        payment = self._project.payments.get(info.payments[0].id) if info is not None else None
        if payment is None:
            raise SimulatorFault(f"commercetools: order {order.order_number} has no payment")
        return payment

    def _act(self, type_id: str, resource: Any, action: Any) -> None:
        """A clerk or the shop itself changes something."""
        project = self._project
        was, project.author = project.author, self._author
        try:
            kind = project.kinds[type_id]
            self._store(type_id, project.update(kind, resource, resource.version, [action]))
        finally:
            project.author = was

    def _store(self, type_id: str, change: Change[Any]) -> Any:
        project = self._project
        kind = project.kinds[type_id]
        skips = project.settings.storefront_skips_extensions
        if not skips and project.extensions.wanted(kind, change):
            raise SimulatorFault(
                "commercetools: an API extension is registered for "
                f"{type_id}, and a shopper's checkout cannot wait for it; set "
                "storefront_skips_extensions to let shoppers past it"
            )
        return project.carry_out(kind, change)

    def _turned_away(self, wants: Sequence[ports.Want], why: str) -> None:
        world = self._project.world
        for want in wants:
            world.emit(
                TurnedAway(
                    world.t, world.by, world.n, SYSTEM, want.sku, want.place, want.units, why
                )
            )


def _pending(payment: Payment, kind: str) -> Transaction | None:
    for transaction in payment.transactions:
        if transaction.type == kind and transaction.state in ("Initial", "Pending"):
            return transaction
    return None

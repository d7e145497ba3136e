"""Between commercetools' documents and what the flows know: orders, changes, money, news."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from peakproof_engine.clock import seconds
from peakproof_engine.model import Contact, OrderLine, Payment
from peakproof_engine.systems import commercetools_wire as wire
from peakproof_engine.systems.ports import (
    ConfirmParcel,
    Delivered,
    SetShipment,
    SetState,
    ShopChange,
    ShopNews,
    ShopOrder,
    ShopState,
    WithdrawLine,
)

WITHDRAWN_STATE: Final = "canceled"
"""Key of the line state that means: these units will not be delivered."""
INITIAL_STATE: Final = "Initial"

STATES: Final[dict[str, ShopState]] = {
    "Open": "open", "Confirmed": "confirmed", "Complete": "complete", "Cancelled": "cancelled",
}  # fmt: skip
STATES_BACK: Final = {ours: theirs for theirs, ours in STATES.items()}
SHIPMENTS: Final[dict[str, str]] = {
    "Pending": "pending", "Partial": "partial", "Shipped": "shipped", "Delivered": "shipped",
    "Canceled": "cancelled",
}  # fmt: skip
SHIPMENTS_BACK: Final = {
    "pending": "Pending", "partial": "Partial", "shipped": "Shipped", "cancelled": "Canceled",
}  # fmt: skip
PAYMENTS: Final[dict[str, Payment]] = {
    "Paid": "captured", "CreditOwed": "captured", "Failed": "failed",
}  # fmt: skip
"""The order's payment state; whatever else it says, the money is not there yet."""


def shop_order(body: wire.OrderBody, places: Mapping[str, str], withdrawn_state: str) -> ShopOrder:
    """An order as the flows know it; ``places`` are the keys of channels by id."""
    lines: list[OrderLine] = []
    withdrawn: dict[str, int] = {}
    for item in body.line_items:
        channel = item.supply_channel
        total = item.total_price.cent_amount
        price = total // item.quantity if item.quantity else 0
        place = "" if channel is None else places.get(channel.id, channel.id)
        lines.append(OrderLine(item.id, item.variant.sku, item.quantity, "", price, place, total))
        for held in item.state:
            if held.state.id == withdrawn_state:
                withdrawn[item.id] = held.quantity
    info = body.payment_info
    payments = [] if info is None else info.payments
    return ShopOrder(
        id=body.id,
        number=body.order_number or body.id,
        version=body.version,
        placed_s=seconds(body.created_at),
        modified_s=seconds(body.last_modified_at),
        state=STATES.get(body.order_state, "open"),
        shipment=SHIPMENTS.get(body.shipment_state or "", (body.shipment_state or "").lower()),
        payment=_payment(body.payment_state, payments),
        currency=body.total_price.currency_code,
        total_minor=body.total_price.cent_amount,
        lines=lines,
        contact=_contact(body),
        delivered=_delivered(body.shipping_info),
        payments=[payment.id for payment in payments],
        withdrawn=withdrawn,
        sequence=body.last_message_sequence_number or 0,
    )


def _payment(state: str | None, payments: Sequence[wire.Ref]) -> Payment:
    if state in PAYMENTS:
        return PAYMENTS[state]
    for payment in payments:
        for done in payment.obj.transactions if payment.obj is not None else ():
            if done.type == "Authorization" and done.state == "Success":
                return "authorised"
    return "pending"


def _delivered(info: wire.ShippingInfo | None) -> list[Delivered]:
    found: list[Delivered] = []
    for delivery in info.deliveries if info is not None else ():
        tracking = ""
        for parcel in delivery.parcels:
            if parcel.tracking_data is not None:
                tracking = parcel.tracking_data.tracking_id or tracking
        found.append(Delivered(delivery.key or "", tracking))
    return found


def _contact(body: wire.OrderBody) -> Contact:
    address = body.shipping_address
    if address is None:
        return Contact(email=body.customer_email or "")
    return Contact(
        name=f"{address.first_name} {address.last_name}".strip(),
        street=f"{address.street_name} {address.street_number}".strip(),
        more=address.additional_street_info,
        city=address.city,
        region=address.region,
        postal_code=address.postal_code,
        country=address.country,
        email=address.email or body.customer_email or "",
        phone=address.phone,
    )


def action(change: ShopChange) -> dict[str, Any]:
    """A change of an order as the vendor's update action."""
    if isinstance(change, SetState):
        return {"action": "changeOrderState", "orderState": STATES_BACK[change.state]}
    if isinstance(change, SetShipment):
        state = SHIPMENTS_BACK[change.state]
        return {"action": "changeShipmentState", "shipmentState": state}
    if isinstance(change, WithdrawLine):
        return {
            "action": "transitionLineItemState", "lineItemId": change.line,
            "quantity": change.units, "fromState": {"typeId": "state", "key": INITIAL_STATE},
            "toState": {"typeId": "state", "key": WITHDRAWN_STATE},
        }  # fmt: skip
    assert isinstance(change, ConfirmParcel)
    items = [{"id": line, "quantity": units} for line, units in change.units.items()]
    tracking = {"trackingId": change.tracking, "carrier": change.carrier}
    parcel: dict[str, Any] = {
        "items": items,
        "trackingData": {name: value for name, value in tracking.items() if value},
    }
    delivery = {"action": "addDelivery", "items": items, "parcels": [parcel]}
    if change.parcel:
        delivery["deliveryKey"] = parcel["key"] = change.parcel
    return delivery


def giving_back(
    payment: wire.PaymentBody, wanted_minor: int | None, reference: str
) -> dict[str, Any] | None:
    """The transaction that gives money back; None when there is nothing (more) to do."""
    captured = refunded = authorised = 0
    for done in payment.transactions:
        if done.interaction_id == reference:
            return None
        if done.state == "Success" and done.type == "Charge":
            captured += done.amount.cent_amount
        elif done.state == "Success" and done.type == "Authorization":
            authorised += done.amount.cent_amount
        elif done.state != "Failure" and done.type == "Refund":
            refunded += done.amount.cent_amount
        elif done.state != "Failure" and done.type == "CancelAuthorization":
            authorised = 0
    amount = captured - refunded
    if wanted_minor is not None:
        amount = min(amount, wanted_minor)
    kind = "Refund"
    if amount <= 0:
        if captured or not authorised or wanted_minor is not None:
            return None
        kind, amount = "CancelAuthorization", authorised
    currency = payment.amount_planned.currency_code
    return {
        "type": kind, "state": "Success", "interactionId": reference,
        "amount": {"centAmount": amount, "currencyCode": currency},
    }  # fmt: skip


def news(
    message: wire.Message, id_: str, order: Callable[[wire.OrderBody], ShopOrder]
) -> ShopNews | None:
    """What a message says; None for what the flows do not need."""
    version, number = message.resource_version, message.sequence_number
    if message.order is not None:
        return ShopNews(message.order.id, version, number, whole=order(message.order))
    if message.type in ("OrderCreated", "OrderImported"):
        return ShopNews(id_, version, number)
    if message.type == "OrderPaymentStateChanged":
        payment = PAYMENTS.get(message.payment_state, "pending")
        return ShopNews(id_, version, number, payment=payment)
    if message.type == "OrderStateChanged" and message.order_state == "Cancelled":
        return ShopNews(id_, version, number, state="cancelled")
    if message.type == "PaymentTransactionAdded" and message.transaction is not None:
        done = message.transaction
        settled = (done.type, done.state) == ("Authorization", "Success")
        return ShopNews("", 0, payment_id=id_, payment="authorised" if settled else "")
    if message.type == "PaymentTransactionStateChanged":
        return ShopNews("", 0, payment_id=id_)
    return None

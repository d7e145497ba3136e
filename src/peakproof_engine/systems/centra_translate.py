"""Between Centra's orders and what the flows know: lines by warehouse, states, money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from peakproof_engine.clock import seconds
from peakproof_engine.model import Contact, OrderLine, Payment
from peakproof_engine.money import minor
from peakproof_engine.systems import centra_wire as wire
from peakproof_engine.systems.ports import Delivered, ShopOrder, ShopState

STATES: Final[dict[str, ShopState]] = {
    "PENDING": "open", "CONFIRMED": "confirmed", "PROCESSING": "confirmed", "SHIPPED": "complete",
    "ARCHIVED": "complete", "CANCELLED": "cancelled",
}  # fmt: skip
PART: Final = "@"
"""A line whose units lie in several warehouses is a line for each: ``17@W2``."""


def version(brief: wire.Brief) -> int:
    """An order has no version: when it was last changed, in microseconds, stands for one."""
    return round(seconds(brief.updated_at) * 1_000_000)


def shop_order(body: wire.Order, places: Mapping[int, str]) -> ShopOrder:
    """An order as the flows know it; ``places`` are our codes of warehouses by id."""
    state = STATES.get(body.status, "open")
    lines: list[OrderLine] = []
    withdrawn: dict[str, int] = {}
    for line in body.lines:
        gone = line.cancelled_quantity
        for part in _parts(line, body, places):
            lines.append(part)
            if gone > 0:
                withdrawn[part.line] = min(gone, part.units)
                gone -= part.units
    address = body.shipping_address
    done = [shipment for shipment in body.shipments if shipment.is_completed]
    return ShopOrder(
        id=body.id,
        number=str(body.number),
        version=version(body),
        placed_s=seconds(body.created_at),
        modified_s=seconds(body.updated_at),
        state=state,
        shipment=_shipment(state, done),
        payment=payment(body),
        currency=currency(body),
        total_minor=_minor(body.grand_total, body),
        lines=lines,
        contact=_contact(address, body.customer),
        delivered=[
            Delivered(shipment.additional_message or "", shipment.tracking_number or "")
            for shipment in done
        ],
        withdrawn=withdrawn,
        held=body.is_on_hold,
    )


def _parts(line: wire.Line, body: wire.Order, places: Mapping[int, str]) -> list[OrderLine]:
    """A line for each warehouse that it draws on; units without one have no place."""
    sold = line.quantity + line.cancelled_quantity
    price = _minor(line.unit_price, body)
    units_at: dict[str, int] = {}
    for held in line.allocations:
        place = places.get(held.warehouse.id, held.warehouse.name)
        units_at[place] = units_at.get(place, 0) + held.quantity
    lacking = sold - sum(units_at.values())
    if len(units_at) != 1 and lacking > 0:
        units_at[""] = lacking
    elif lacking > 0:
        # What was cancelled or shipped lay where the rest does.
        units_at = dict.fromkeys(units_at, sold)
    return [
        OrderLine(
            str(line.id) if len(units_at) == 1 else f"{line.id}{PART}{place}",
            line.product_size.sku, units, "", price, place, price * units,
        )
        for place, units in units_at.items()
    ]  # fmt: skip


def line_id(line: str) -> int:
    """The vendor's number of a line of ours."""
    return int(line.partition(PART)[0])


def _shipment(state: ShopState, done: list[wire.Shipment]) -> str:
    """What the shipments amount to. The shop has no state of its own for it."""
    if state == "cancelled":
        return "cancelled"
    if state == "complete":
        return "shipped"
    return "partial" if done else "pending"


def captured_minor(body: wire.Order) -> int:
    """What was captured."""
    return _sum(body, "CAPTURE")


def refundable_minor(body: wire.Order) -> int:
    """What was captured beyond what the order still comes to, and has not come back."""
    return captured_minor(body) - _sum(body, "REFUND") - _minor(body.grand_total, body)


def payment(body: wire.Order) -> Payment:
    """How far an order is paid. It waits until the provider has authorised it."""
    captured, authorised = captured_minor(body), _sum(body, "AUTH")
    if captured and captured >= _minor(body.grand_total, body):
        return "captured"
    if authorised and not body.is_waiting_for_payment:
        return "authorised"
    failed = any(each.entry_type == "AUTH" and each.status == "FAILED"
                 for each in body.payment_history)  # fmt: skip
    return "failed" if failed else "pending"


def _sum(body: wire.Order, kind: str) -> int:
    return sum(
        _minor(each.value, body)
        for each in body.payment_history
        if each.entry_type == kind and each.status == "SUCCESS"
    )


def _minor(value: wire.Money, body: wire.Order) -> int:
    """An amount in the smallest unit of the order's currency."""
    return minor(str(value.value), currency(body))


def currency(body: wire.Order) -> str:
    """The currency of an order: its pricelist's."""
    return body.pricelist.currency.code if body.pricelist is not None else ""


def _contact(address: wire.Address | None, customer: wire.Customer | None) -> Contact:
    email = customer.email if customer is not None else ""
    if address is None:
        return Contact(email=email)
    return Contact(
        name=f"{address.first_name or ''} {address.last_name or ''}".strip(),
        street=address.address1 or "",
        more=address.address2 or "",
        city=address.city or "",
        region=address.state_or_province or "",
        postal_code=address.zip_code or "",
        country=address.country.code if address.country is not None else "",
        email=address.email or email,
        phone=address.phone_number or "",
    )

"""Reading the lines of an order that somebody sends: items, packs, units, numbers."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from msgspec import UNSET

from peakproof_simulators.deposco.entities import Line, minor, to_units
from peakproof_simulators.deposco.errors import Declined
from peakproof_simulators.deposco.payloads.common import Address, many, text
from peakproof_simulators.deposco.payloads.orders import Order as OrderSent
from peakproof_simulators.deposco.payloads.orders import OrderLine as LineSent
from peakproof_simulators.deposco.payloads.orders import OrderLines

if TYPE_CHECKING:
    from peakproof_simulators.deposco.catalogue import Catalogue
    from peakproof_simulators.deposco.settings import Settings

ORDER_LIMITS: Final[tuple[tuple[str, str, int], ...]] = (
    ("number", "number", 50),
    ("other_reference_number", "otherReferenceNumber", 50),
    ("customer_order_number", "customerOrderNumber", 50),
    ("related_order_number", "relatedOrderNumber", 50),
    ("ship_via", "shipVia", 50),
    ("ship_vendor", "shipVendor", 50),
    ("ship_method", "shipMethod", 50),
    ("order_source", "orderSource", 100),
    ("facility", "facility", 20),
)
"""Longest values of an order's fields: attribute, name, characters."""

ADDRESS_LIMITS: Final[tuple[tuple[str, str, int], ...]] = (
    ("address_line1", "addressLine1", 64),
    ("address_line2", "addressLine2", 64),
    ("address_line3", "addressLine3", 64),
    ("address_line4", "addressLine4", 64),
    ("city", "city", 30),
    ("state_province_code", "stateProvinceCode", 100),
    ("postal_code", "postalCode", 20),
    ("country_code", "countryCode", 100),
    ("phone", "phone", 30),
    ("email", "email", 50),
)
"""Longest values of an address's fields."""


def sent_lines(sent: OrderSent) -> list[LineSent]:
    """The lines as they were sent."""
    wrapper = sent.order_lines
    return many(wrapper.order_line) if isinstance(wrapper, OrderLines) else []


def check_fields(sent: OrderSent, settings: Settings) -> None:
    """Refuse an order with fields that the vendor's columns cannot hold.

    Raises:
        Declined: a field is too long, the business unit is another, there are too many lines.
    """
    unit = text(sent.business_unit)
    if unit and unit != settings.business_unit:
        text_ = f"Business unit [{unit}] does not exist"
        raise Declined(400, "unknown_business_unit", text_)
    if not sent.number:
        raise Declined(400, "invalid", "order.number must not be empty")
    if settings.field_limits:
        _check_lengths("order", _ORDER_FIELDS(sent), ORDER_LIMITS)
        for attribute, name in _ADDRESSES:
            address = getattr(sent, attribute)
            if isinstance(address, Address):
                _check_lengths(f"order.{name}", _ADDRESS_FIELDS(address), ADDRESS_LIMITS)
    count = len(sent_lines(sent))
    if count > settings.line_limit:
        raise Declined(
            400, "too_many_lines",
            f"Line count for order {sent.number} is {count} which exceeds the limit of "
            f"{settings.line_limit}",
        )  # fmt: skip


_ORDER_FIELDS: Final = attrgetter(*[attribute for attribute, _name, _most in ORDER_LIMITS])
_ADDRESS_FIELDS: Final = attrgetter(*[attribute for attribute, _name, _most in ADDRESS_LIMITS])
_ADDRESSES: Final = (
    ("ship_to_address", "shipToAddress"),
    ("bill_to_address", "billToAddress"),
    ("ship_from_address", "shipFromAddress"),
)


def _check_lengths(
    path: str, values: tuple[object, ...], limits: tuple[tuple[str, str, int], ...]
) -> None:
    for value, (_attribute, name, most) in zip(values, limits, strict=True):
        # The class and not isinstance: this runs for twenty fields of every order.
        if value.__class__ is str and len(value) > most:
            raise Declined(400, "too_long", f"{path}.{name} size must be between 0 and {most}")


def new_lines(
    found: list[LineSent], catalogue: Catalogue, settings: Settings, *, taken: tuple[str, ...] = ()
) -> tuple[Line, ...]:
    """The lines of a new order, or those that an update adds.

    Raises:
        Declined: items or packs that nobody knows (all of them are named), a quantity or a line
            number that does not fit.
    """
    _check_known(found, catalogue, settings)
    numbers = dict.fromkeys(taken)
    lines: list[Line] = []
    for sent in found:
        number = text(sent.line_number) or str(len(numbers) + 1)
        if number in numbers:
            raise Declined(400, "invalid", f"Line number {number} is there twice")
        numbers[number] = None
        per_pack = sent.pack.quantity
        units = to_units(sent.order_pack_quantity, per_pack, "orderPackQuantity")
        if units == 0:
            raise Declined(400, "invalid", f"orderPackQuantity of line {number} must be above 0")
        lines.append(
            Line(
                number, sent.item_number, sent.pack.type, per_pack, units,
                _kept(sent), minor(sent.unit_price),
            )
        )  # fmt: skip
    return tuple(lines)


def _kept(sent: LineSent) -> LineSent:
    """What is kept of a line as it was sent: not the figures, which the store owns."""
    # In place: nobody else holds what was sent, and a copy of seventy fields has its price.
    sent.line_number = sent.line_status = UNSET
    sent.order_pack_quantity = sent.canceled_pack_quantity = UNSET
    return sent


def _check_known(found: list[LineSent], catalogue: Catalogue, settings: Settings) -> None:
    items: dict[str, None] = {}
    packs: dict[str, None] = {}
    for sent in found:
        entry = catalogue.items.get(sent.item_number)
        if entry is None:
            items[sent.item_number] = None
        elif (sent.pack.type, sent.pack.quantity) not in entry.packs:
            packs[f"{sent.item_number} {sent.pack.type} {sent.pack.quantity}"] = None
    if items or packs:
        said = "; ".join(_missing(("missingItems", items), ("missingPacks", packs)))
        raise Declined(400, "unknown_item", said, line=settings.unknown_item_status)


def _missing(*kinds: tuple[str, dict[str, None]]) -> Iterator[str]:
    for name, members in kinds:
        if members:
            yield f"{name}: [{', '.join(members)}]"

"""An order as V2 sends it, in the words of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import UNSET

from peakproof_simulators.deposco.catalogue import EACH, Entry
from peakproof_simulators.deposco.errors import Declined
from peakproof_simulators.deposco.payloads import common
from peakproof_simulators.deposco.payloads.orders import Order as OrderSent
from peakproof_simulators.deposco.payloads.orders import OrderLine as LineSent
from peakproof_simulators.deposco.payloads.orders import OrderLines

if TYPE_CHECKING:
    from peakproof_simulators.deposco.entities import Order
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.deposco.v2.kinds import Kind
    from peakproof_simulators.deposco.v2.payloads import EntityRef

_SAME_NAMES: Final = (
    "order_priority", "other_reference_number", "other_reference_number2", "import_reference",
    "ship_method", "ship_vendor", "ship_via", "drop_ship", "order_source",
    "secondary_order_source", "customer_order_number", "order_summary", "order_taxable_total",
    "order_untaxable_total", "order_ship_total", "order_shipping_total", "taxable",
    "order_tax_total", "shipping_tax_total", "order_total", "custom_attribute1",
    "custom_attribute2", "custom_attribute3", "custom_attribute4", "custom_attribute5",
    "custom_attribute6", "custom_attribute7", "related_order_number", "order_discount_subtotal",
    "partner_invoice_number",
)  # fmt: skip
SAME: Final = (
    *((name, name) for name in _SAME_NAMES),
    ("order_subtotal", "order_sub_total"),
)
"""(V2's field, V1's field) of a header where one value says the same in both."""

DATES: Final = (
    "placed_date", "planned_arrival_date", "planned_release_date", "planned_ship_date",
    "earliest_ship_date", "earliest_delivery_date", "cancel_by_arrival_date",
    "cancel_by_release_date", "cancel_by_ship_date", "actual_arrival_date", "actual_ship_date",
)  # fmt: skip
"""Dates of a header, by the same name in both."""

ADDRESSES: Final = (
    ("ship_to_contact", "ship_to_address", "ship_to_address"),
    ("bill_to_contact", "bill_to_address", "bill_to_address"),
    ("ship_from_contact", "ship_from_address", "ship_from_address"),
)
"""V2's contact and V2's address, and V1's address that holds both."""

ADDRESS: Final = (
    ("line1", "address_line1"), ("line2", "address_line2"), ("line3", "address_line3"),
    ("line4", "address_line4"), ("city", "city"), ("state_province", "state_province_code"),
    ("postal_code", "postal_code"), ("country", "country_code"),
)  # fmt: skip
_REQUIRED: Final = (
    "address_line1", "city", "state_province_code", "postal_code", "country_code",
)  # fmt: skip

LINE_SAME: Final = (
    "customer_line_number", "sort_order", "description", "lot_number", "product_code",
    "inventory_condition", "inventory_attribute1", "inventory_attribute2", "unit_price",
    "unit_cost", "price_code", "line_total", "taxable", "tax_cost", "taxable_total",
    "untaxable_total", "extended_total", "discount_amount", "shipping_amount",
    "import_reference", "export_reference", "custom_attribute1", "custom_attribute2",
    "custom_attribute3", "planned_ship_date", "planned_arrival_date", "expiration_date",
)  # fmt: skip
"""Fields of a line by the same name in both."""


def order_sent(
    store: Deposco, kind: Kind, sent: Any, known: Order | None, *, status: str
) -> OrderSent:
    """A header with its lines as V1 would have sent it; ``known`` is what the order was.

    What is moved has left ``sent``: the rest is for the papers.

    Raises:
        Declined: item, pack, facility or business unit lead nowhere.
    """
    made = OrderSent(number=sent.number, type=kind.type, status=status)
    for theirs, ours in SAME:
        value = getattr(sent, theirs)
        if value is not UNSET:
            setattr(made, ours, value)
            setattr(sent, theirs, UNSET)
    for name in DATES:
        value = getattr(sent, name)
        if value is not UNSET:
            setattr(made, name, value)
            setattr(sent, name, UNSET)
    for contact, address, ours in ADDRESSES:
        was = UNSET if known is None else getattr(known.sent, ours)
        whole = _address(getattr(sent, contact), getattr(sent, address), was)
        if whole is not UNSET:
            setattr(made, ours, whole)
    place = getattr(sent, kind.place)
    if place is not UNSET:
        made.facility = None if place is None else place_number(store, place)
    elif known is None and store.settings.default_facility:
        made.facility = store.settings.default_facility
    partner = sent.consignee_partner
    if partner is not UNSET:
        made.trading_partner = None if partner is None else str(_key(partner).get("code", ""))
    if sent.order_lines is not UNSET:
        made.order_lines = OrderLines([line_sent(store, line) for line in sent.order_lines.data])
    return made


def _address(contact: Any, address: Any, was: Any) -> Any:
    if contact is UNSET and address is UNSET:
        return UNSET
    fields: dict[str, Any] = dict.fromkeys(_REQUIRED, "")
    if isinstance(was, common.Address):
        fields = {name: getattr(was, name) for name in was.__struct_fields__}
    if address is not UNSET:
        for theirs, ours in ADDRESS:
            value = getattr(address, theirs)
            if value is not UNSET:
                fields[ours] = value or ("" if ours in _REQUIRED else None)
    if contact is not UNSET:
        name = full_name(contact)
        if name:
            fields["contact_name"] = name
        for attribute in ("phone", "email"):
            value = getattr(contact, attribute)
            if value is not UNSET:
                fields[attribute] = value
    return common.Address(**fields)


def full_name(contact: Any) -> str:
    """First and last name in one, as V1 has it."""
    return " ".join(part for part in (contact.first_name, contact.last_name) if part)


def line_sent(store: Deposco, sent: Any) -> LineSent:
    """A line as V1 would have sent it; what is moved has left ``sent``.

    Raises:
        Declined: the item or its pack lead nowhere (DQ16).
    """
    entry = item_of(store, sent.item)
    kind, units = pack_of(entry, sent.pack)
    made = LineSent(
        item_number=entry.number, pack=common.Pack(type=kind, quantity=units),
        line_number=sent.line_number, order_pack_quantity=sent.order_pack_quantity,
    )  # fmt: skip
    for name in LINE_SAME:
        value = getattr(sent, name)
        if value is not UNSET:
            setattr(made, name, value)
            setattr(sent, name, UNSET)
    return made


# --- references -----------------------------------------------------------------------


def _key(ref: EntityRef) -> dict[str, Any]:
    return ref.business_key if isinstance(ref.business_key, dict) else {}


def _number(store: Deposco, ref: EntityRef) -> object:
    """The number in a business key; None when it is another business unit's."""
    key = _key(ref)
    unit = store.settings.business_unit
    return key.get("number") if key.get("businessUnit.code", unit) == unit else None


def item_of(store: Deposco, ref: EntityRef) -> Entry:
    """The item of a reference.

    Raises:
        Declined: 404 in the vendor's words (DQ16).
    """
    number = _number(store, ref)
    if isinstance(ref.id, int):
        number = store.catalogue.by_id.get(ref.id)
    found = store.catalogue.items.get(number) if isinstance(number, str) else None
    if found is None:
        said = ref.id if isinstance(ref.id, int) else _key(ref).get("number")
        text = f"Item with business key number = [{said}] does not exist"
        raise Declined(404, "unknown_item", text)
    return found


def pack_of(entry: Entry, ref: EntityRef) -> tuple[str, int]:
    """The pack of a reference; a single unit when it names none.

    Raises:
        Declined: 404 when the item has no such pack.
    """
    key = _key(ref)
    if not isinstance(ref.id, int) and "quantity" not in key:
        return EACH, 1
    for (kind, quantity), number in entry.packs.items():
        if number == ref.id if isinstance(ref.id, int) else quantity == key["quantity"]:
            return kind, quantity
    raise Declined(404, "unknown_item", f"Pack of item [{entry.number}] does not exist")


def place_number(store: Deposco, ref: EntityRef) -> str:
    """The number of the facility of a reference.

    Raises:
        Declined: 404 in the vendor's words.
    """
    catalogue = store.catalogue
    number = _number(store, ref)
    if isinstance(ref.id, int):
        number = catalogue.facility_ids.get(ref.id)
    if not isinstance(number, str) or number not in catalogue.facilities:
        said = ref.id if isinstance(ref.id, int) else _key(ref).get("number")
        text = f"Facility with business key number = [{said}] does not exist"
        raise Declined(404, "unknown_facility", text)
    return number


def check_unit(store: Deposco, ref: EntityRef) -> None:
    """Refuse a business unit that is not this tenant's.

    Raises:
        Declined: 404 in the vendor's words.
    """
    settings = store.settings
    code = _key(ref).get("code")
    if code not in (None, settings.business_unit) or (
        isinstance(ref.id, int) and ref.id != settings.business_unit_id
    ):
        text = f"Business unit with business key code = [{code}] does not exist"
        raise Declined(404, "unknown_business_unit", text)

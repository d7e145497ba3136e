"""An order of the store as V2 shows it, whichever face wrote it."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any, Final

from msgspec import UNSET

from peakproof_simulators.deposco import dates, shown
from peakproof_simulators.deposco.entities import Line, Order, in_packs
from peakproof_simulators.deposco.lifecycle import CUSTOMER_RETURN, OUTBOUND, OUTWARD, SALES
from peakproof_simulators.deposco.payloads import common
from peakproof_simulators.deposco.v2.customer_refs import (
    parent_of,
    shop_line_ref,
    shop_order_ref,
)
from peakproof_simulators.deposco.v2.numbers import line_id
from peakproof_simulators.deposco.v2.order_in import (
    ADDRESS,
    ADDRESSES,
    DATES,
    LINE_SAME,
    SAME,
    full_name,
)
from peakproof_simulators.deposco.v2.payloads import EntityRef
from peakproof_simulators.deposco.v2.refs import facility_ref, item_ref, pack_ref, unit_ref
from peakproof_simulators.deposco.v2.words import Contact, PostalAddress, References

if TYPE_CHECKING:
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.deposco.v2.kinds import Kind

_LINE_DATES: Final = ("planned_ship_date", "planned_arrival_date", "expiration_date")


def order_ref(store: Deposco, kind: Kind, number: str) -> EntityRef:
    """An order, as others point at it."""
    at = store.numbers.orders(kind.type).id_of(number)
    key = {"number": number, "type": kind.type, "businessUnit.code": store.settings.business_unit}
    return EntityRef(id=at, business_key=key, href=f"/latest/orders/{kind.path}/{at}")


def line_ref(store: Deposco, kind: Kind, order: Order, position: int) -> EntityRef:
    """A line of an order, as others point at it."""
    at = store.numbers.orders(kind.type).id_of(order.number)
    number = line_id(at, position)
    return EntityRef(
        id=number,
        business_key={"lineNumber": order.lines[position].number, "orderHeader.id": at},
        href=f"/latest/orders/{kind.path}/{at}/orderLines/{number}",
    )


def order_shown(store: Deposco, kind: Kind, order: Order) -> Any:
    """An order with the first rows of its lines (DQ11)."""
    key = (kind.type, order.number)
    known = store.papers.header(key)
    made = _blank(kind, order) if known is None else copy(known)
    clock, sent = store.world.clock, order.sent
    made.self_ = order_ref(store, kind, order.number)
    made.business_unit = unit_ref(store)
    made.created_date, made.updated_date = clock.iso(order.created), clock.iso(order.updated)
    made.type, made.order_status = kind.type, order.status
    for theirs, ours in SAME:
        value = getattr(sent, ours)
        if value is not None and value is not UNSET:
            setattr(made, theirs, value)
    for name in DATES:
        setattr(made, name, _date(store, getattr(sent, name)))
    for contact, address, ours in ADDRESSES:
        _set_address(made, contact, address, getattr(sent, ours))
    facility = store.catalogue.facilities.get(order.facility)
    setattr(made, kind.place, UNSET if facility is None else facility_ref(store, facility))
    made.consignee_partner = _partner(store, made.consignee_partner, sent.trading_partner)
    if kind.type == SALES:
        _set_sales(store, made, order)
    most = store.settings.nested_rows
    rows = [line_shown(store, kind, order, at) for at in range(min(most, len(order.lines)))]
    made.order_lines = kind.lines(
        data=rows, links=[], complete=len(order.lines) <= most,
        pages=-(-len(order.lines) // most),
    )  # fmt: skip
    return made


def _blank(kind: Kind, order: Order) -> Any:
    needed: dict[str, Any] = {"business_unit": EntityRef(), "number": order.number}
    if kind.outward and kind.type != OUTBOUND:
        needed |= {"ship_to_contact": Contact(), "ship_to_address": PostalAddress()}
    return kind.header(**needed)


def _set_sales(store: Deposco, made: Any, order: Order) -> None:
    made.shipments = shipment_refs(store, order.shipments)
    parent = parent_of(store, order)
    if parent is not None:
        made.customer_order_headers = [shop_order_ref(store, parent)]


def shipment_refs(store: Deposco, numbers: tuple[str, ...]) -> References:
    """Shipments that may be seen, as an order points at them; their links lead astray (DQ28)."""
    shelf = store.numbers.shipments()
    wrong = store.settings.shipment_links == "trip"
    visible = store.settings.unshipped_visible
    refs: list[EntityRef] = []
    for number in numbers:
        if visible or store.parcels.find(number).status not in ("New", "Shipping"):
            at = shelf.id_of(number)
            path = f"/latest/trip/{at}" if wrong else f"/latest/shipments/outboundShipments/{at}"
            refs.append(EntityRef(id=at, business_key={"number": number}, href=path))
    return References(data=refs, links=[], complete=True, pages=1)


def _date(store: Deposco, said: object) -> Any:
    """A date that either face sent, as V2 writes it; what is no date is not shown."""
    if not isinstance(said, str) or not said:
        return UNSET
    try:
        return store.world.clock.iso(dates.moment(store.world, store.settings, said))
    except (ValueError, OverflowError):
        return UNSET


def _set_address(made: Any, contact: str, address: str, sent: object) -> None:
    if not isinstance(sent, common.Address):
        return
    person, place = Contact(), PostalAddress()
    kept = getattr(made, contact)
    name = common.text(sent.contact_name) or common.text(sent.name)
    if isinstance(kept, Contact) and full_name(kept) == name:
        person.first_name, person.last_name = kept.first_name, kept.last_name
    elif name:
        first, _, last = name.rpartition(" ")
        person.first_name, person.last_name = first[:30] or UNSET, last[:30]
    for attribute in ("phone", "email"):
        value = common.text(getattr(sent, attribute))
        if value:
            setattr(person, attribute, value)
    for theirs, ours in ADDRESS:
        value = common.text(getattr(sent, ours))
        if value:
            setattr(place, theirs, value)
    setattr(made, contact, person)
    setattr(made, address, place)


def _partner(store: Deposco, kept: Any, code: object) -> Any:
    if not isinstance(code, str) or not code:
        return UNSET
    known = kept.business_key if isinstance(kept, EntityRef) else None
    if isinstance(known, dict) and known.get("code") == code:
        return kept
    key = {"code": code, "businessUnit.code": store.settings.business_unit}
    return EntityRef(business_key=key)


# --- lines ----------------------------------------------------------------------------


def line_shown(store: Deposco, kind: Kind, order: Order, position: int) -> Any:
    """One line of an order."""
    line = order.lines[position]
    entry = store.catalogue.items[line.sku]
    known = store.papers.line((kind.type, order.number), line.number)
    if known is None:
        made = kind.line(
            line_number=line.number, item=EntityRef(), pack=EntityRef(),
            order_pack_quantity=in_packs(line.ordered, line.per_pack),
        )  # fmt: skip
    else:
        made = copy(known)
        made.order_pack_quantity = in_packs(line.ordered, line.per_pack)
    clock = store.world.clock
    made.self_ = line_ref(store, kind, order, position)
    made.business_unit = unit_ref(store)
    made.order_header = order_ref(store, kind, order.number)
    made.item = item_ref(store, entry)
    made.pack = pack_ref(store, entry, line.pack_type, line.per_pack)
    made.canceled_pack_quantity = in_packs(line.canceled, line.per_pack)
    made.created_date, made.updated_date = clock.iso(order.created), clock.iso(order.updated)
    for name in LINE_SAME:
        value = getattr(line.sent, name)
        if value is not None and value is not UNSET:
            setattr(made, name, value)
    for name in _LINE_DATES:
        setattr(made, name, _date(store, getattr(line.sent, name)))
    made.order_line_status = line_word(order, line)
    (_set_outward if kind.outward else _set_inward)(made, order, line)
    if kind.type == SALES:
        _set_sales_line(store, made, order, line)
    return made


def _set_outward(made: Any, order: Order, line: Line) -> None:
    made.allocated_quantity = in_packs(line.allocated, line.per_pack)
    made.unallocated_quantity = in_packs(line.unallocated, line.per_pack)
    made.picked_pack_quantity = in_packs(line.picked, line.per_pack)
    made.shipped_pack_quantity = in_packs(line.shipped, line.per_pack)
    waits = shown.line_status(order, line) == "Back Ordered"
    made.is_back_ordered = "Back Ordered" if waits else "Not Back Ordered"
    if hasattr(made, "shortage_pack_quantity"):
        made.shortage_pack_quantity = in_packs(line.short, line.per_pack)


def _set_inward(made: Any, _order: Order, line: Line) -> None:
    made.received_pack_quantity = in_packs(line.received, line.per_pack)
    made.received_damaged_pack_quantity = in_packs(line.damaged, line.per_pack)


def _set_sales_line(store: Deposco, made: Any, order: Order, line: Line) -> None:
    parent = parent_of(store, order)
    if parent is not None:
        ref = shop_line_ref(parent, common.text(line.sent.customer_line_number))
        if ref is not None:
            made.co_line = ref


_TRANSFER_WORDS: Final[dict[str, str]] = {"Back Ordered": "New", "Partial Released": "Released"}
_INWARD_WORDS: Final[dict[str, str]] = {
    "Draft": "New", "Receiving": "Arrived", "Partial Receipt": "Arrived",
}  # fmt: skip
_RETURN_WORDS: Final[dict[str, str]] = {"Hold": "New", "Partial Receipt": "Receiving"}


def line_word(order: Order, line: Line) -> str:
    """A line's status in the words of its kind (inferred: the words are the vendor's)."""
    if order.type in OUTWARD:
        word = shown.line_status(order, line)
        if order.type == OUTBOUND:
            return "Hold" if order.status == "Hold" else _TRANSFER_WORDS.get(word, word)
        return word
    if line.canceled >= line.ordered or order.status == "Canceled":
        return "Canceled"
    if not line.expected:
        return "Received"
    if line.received or line.damaged:
        return "Partial Receipt"
    words = _RETURN_WORDS if order.type == CUSTOMER_RETURN else _INWARD_WORDS
    return words.get(order.status, order.status)

"""Deposco's documents, as far as the engine reads them, and what stands between the lines.

V1's JSON is made from XML: a list of one is bare, figures are strings, nothing is
``{"@nil": "true"}``. All of that is taken as it comes; numbers are read wherever they stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec
from lxml import etree

from peakproof_engine.errors import Refused, UnknownOutcome
from peakproof_engine.http import decoder
from peakproof_engine.systems.ports import CutLine, ShippedParcel, WorkStatus

T = TypeVar("T")
Loose = str | int | float | dict[str, str] | None
"""A field that may be nil."""


class Wire(msgspec.Struct, rename="camel", gc=False):
    """The root of the documents; fields that are not read are skipped."""


class Outcome(Wire):
    """What became of one entity; ``status`` is a literal HTTP status line."""

    status: str
    entity: Loose = None
    description: Loose = None
    href: Loose = None


class Multistatus(Wire):
    """The answer to every V1 write."""

    response: list[Outcome] | Outcome | None = None


class Figures(Wire):
    """What a facility has of an item, in units."""

    total: int
    available_to_promise: int


class FacilityInventory(Wire):
    """A facility and its figures."""

    facility: str
    inventory: Figures


class ItemInventory(Wire):
    """An item and what each facility has of it."""

    item_number: str
    facility_inventory: list[FacilityInventory] | FacilityInventory | None = None


class EnterpriseFacility(Wire):
    """A facility's measures; one that is absent is not configured, which is not zero."""

    facility: str
    total_on_hand_qty: int | None = None
    atp_qty: int | None = None


class EnterpriseItem(Wire):
    """An item's measures by facility."""

    item_number: str
    facilities: list[EnterpriseFacility] | EnterpriseFacility | None = None


class Enterprise(Wire):
    """The body of enterprise availability."""

    enterprise_inventory: list[EnterpriseItem] | EnterpriseItem | None = None


class Pack(Wire):
    """How many units a pack holds."""

    quantity: float = 1.0


class Line(Wire):
    """A line of an order, of a shipment or of a status update; quantities are packs."""

    line_number: Loose = None
    customer_line_number: Loose = None
    pack: Pack | None = None
    order_pack_quantity: float | dict[str, str] | None = None
    shipped_pack_quantity: float | dict[str, str] | None = None
    canceled_pack_quantity: float | dict[str, str] | None = None
    shortage_pack_quantity: float | dict[str, str] | None = None
    picked_pack_quantity: float | dict[str, str] | None = None

    @property
    def name(self) -> str:
        """The channel's id of the line, which we sent as both numbers."""
        return text(self.customer_line_number) or text(self.line_number)

    def units(self, packs: float | dict[str, str] | None) -> int:
        """A quantity in units."""
        per_pack = self.pack.quantity if self.pack is not None else 1.0
        return round(packs * per_pack) if isinstance(packs, float) else 0


class Lines(Wire):
    """The wrapper around lines."""

    line: list[Line] | Line | None = None


class OrderLines(Wire):
    """The wrapper around an order's lines."""

    order_line: list[Line] | Line | None = None


class Order(Wire):
    """An order as a search gives it."""

    number: str
    status: str
    order_lines: OrderLines | None = None


class Orders(Wire):
    """What a search for orders gives."""

    order: list[Order] | Order | None = None


class ShipmentOrder(Wire):
    """An order in a shipment: V1's read says ``orderNumber``, a notice says ``number``."""

    order_number: Loose = None
    number: Loose = None
    lines: Lines | None = None


class ShipmentOrders(Wire):
    """The wrapper around a shipment's orders."""

    order: list[ShipmentOrder] | ShipmentOrder | None = None


class Shipment(Wire):
    """A parcel."""

    shipment_number: str
    shipment_status: str
    orders: ShipmentOrders | None = None
    ship_vendor: Loose = None
    tracking_number: Loose = None
    actual_ship_date: Loose = None


class UpdateOrder(Wire):
    """An order in a status update."""

    number: str
    order_status: str
    lines: Lines | None = None


class StatusUpdate(Wire):
    """What a notice says about an order or a shipment."""

    shipment: Shipment | None = None
    order: UpdateOrder | None = None


class Availability(Wire):
    """A stock cell after it changed, whole."""

    item_number: str
    facility: str
    total: int
    available_to_promise: int
    sequence: int
    as_of: str


class Notice(Wire):
    """A notice as JSON: its event and the document that it carries."""

    event: str
    order_status_update: StatusUpdate | None = None
    inventory_availability: Availability | None = None


class Token(msgspec.Struct):
    """An access token and how long it lives, in seconds."""

    access_token: str
    expires_in: float = 3600.0


class Ref(Wire):
    """Points at an entity by its business key."""

    business_key: dict[str, Any] = {}


class Adjustment(Wire):
    """A row of the adjustments feed."""

    quantity: int
    import_reference1: Loose = None


class Link(Wire):
    """A link of a collection."""

    rel: str
    href: str


class Adjustments(Wire):
    """A page of the adjustments feed."""

    data: list[Adjustment] = []
    links: list[Link] = []


MULTISTATUS: Final = decoder(Multistatus)
ENTERPRISE: Final = decoder(list[Enterprise] | Enterprise)
ORDERS: Final = decoder(Orders)
NOTICE: Final = decoder(Notice)
TOKEN: Final = decoder(Token)
ADJUSTMENTS: Final = decoder(Adjustments)

FINISHED: Final = frozenset({"Complete", "Ship Complete", "Canceled", "Closed"})
CANCELLED: Final = frozenset({"Canceled", "Voided"})
BACK_ORDERED: Final = "Back Ordered"
CANCELLABLE: Final = frozenset({"Draft", "New", "Hold", "Ready", "Planned", "Back Ordered"})
"""V1's words for the statuses up to a built wave, in which an order can be cancelled."""


def many(found: list[T] | T | None) -> list[T]:
    """A list that may have come as a bare object, or not at all."""
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def text(found: Loose) -> str:
    """A field's text, "" for nil."""
    return "" if found is None or isinstance(found, dict) else str(found)


def check_outcome(outcome: Outcome, what: str) -> None:
    """Read what stands inside a 2xx.

    Raises:
        Refused: the entity was not taken; ``code`` is ``unknown_item``, ``duplicate``,
            ``locked`` or "".
        UnknownOutcome: the status line is none, or a 5xx.
    """
    said = text(outcome.description)
    parts = outcome.status.split(" ", 2)
    status = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0
    if "missingItems" in said or "missingPacks" in said:
        # A 200 may carry this too, and then nothing was stored.
        raise Refused(what, said, status=status, code="unknown_item")
    if 200 <= status < 300:
        return
    if status < 400 or status >= 500:
        raise UnknownOutcome(what, f"{outcome.status}: {said}")
    code = ""
    if status == 409:
        code = "duplicate" if "uplicate" in said else "locked"
    raise Refused(what, f"{outcome.status}: {said}", status=status, code=code)


def work_status(order: Order) -> WorkStatus:
    """How far an order is, from a search."""
    wrapper = order.order_lines
    lines = many(wrapper.order_line) if wrapper is not None else []
    return WorkStatus(
        number=order.number,
        cancelled=order.status in CANCELLED,
        finished=order.status in FINISHED,
        lines=[cut_line(line) for line in lines],
        back_ordered=order.status == BACK_ORDERED,
    )


def cut_line(line: Line) -> CutLine:
    """How far a line is."""
    units = line.units
    return CutLine(
        line=line.name,
        units=units(line.order_pack_quantity),
        shipped=units(line.shipped_pack_quantity),
        cut=units(line.canceled_pack_quantity) + units(line.shortage_pack_quantity),
        picked=units(line.picked_pack_quantity),
    )


def parcel(shipment: Shipment, shipped_s: float, *, rolled_back: bool) -> ShippedParcel:
    """A shipment as the flows know it."""
    works: dict[str, dict[str, int]] = {}
    for order in many(shipment.orders.order if shipment.orders is not None else None):
        units = works.setdefault(text(order.order_number) or text(order.number), {})
        for line in many(order.lines.line if order.lines is not None else None):
            units[line.name] = units.get(line.name, 0) + line.units(line.shipped_pack_quantity)
    return ShippedParcel(
        parcel=shipment.shipment_number,
        rolled_back=rolled_back,
        carrier=text(shipment.ship_vendor),
        tracking=text(shipment.tracking_number),
        shipped_s=shipped_s,
        works=works,
    )


def tree(body: bytes) -> tuple[str, dict[str, Any]]:
    """An XML document as plain values: the root's name and what is in it.

    Raises:
        ValueError: it is no XML.
    """
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from None
    found = _plain(root)
    return etree.QName(root).localname, found if isinstance(found, dict) else {}


def _plain(element: etree._Element) -> Any:
    children = list(element.iterchildren(tag=etree.Element))
    if not children:
        return element.text or ""
    found: dict[str, Any] = {}
    for child in children:
        name, value = etree.QName(child).localname, _plain(child)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def notice_of(headers: Mapping[str, str], body: bytes) -> Notice:
    """A notice in either form.

    Raises:
        ValueError: it cannot be read.
    """
    if not body.lstrip().startswith(b"<"):
        decoded: Notice = NOTICE.decode(body)
        return decoded
    root, found = tree(body)
    event = headers.get("x-deposco-event", "")
    name = root if root == "orderStatusUpdate" else "inventoryAvailability"
    document: dict[str, Any] = {"event": event, name: found}
    converted: Notice = msgspec.convert(document, Notice, strict=False)
    return converted


def page_full(status: int, rows: Sequence[object]) -> bool:
    """Whether there may be another page: 206 says so, and so does a long one."""
    return bool(rows) and (status == 206 or len(rows) >= 100)

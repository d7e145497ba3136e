"""``/search/{Entity}``: fields by their name, a range by ``{field}Ops=BETWEEN``."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import UNSET

from peakproof_simulators.deposco import dates, shown
from peakproof_simulators.deposco.errors import spoken
from peakproof_simulators.deposco.lifecycle import SALES, V1_STATUS
from peakproof_simulators.deposco.order_book import SEARCHED
from peakproof_simulators.deposco.payloads.movements import Shipments
from peakproof_simulators.deposco.payloads.orders import CustomerOrders, Orders
from peakproof_simulators.deposco.v1.media import accept, answer, answer_written
from peakproof_simulators.deposco.v1.orders import changed_orders
from peakproof_simulators.deposco.v1.paging import note, page, page_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from peakproof.wire.message import Response
    from peakproof_simulators.deposco.entities import Order, Shipment
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call

_SENT: Final[dict[str, str]] = {
    "otherReferenceNumber": "other_reference_number",
    "otherReferenceNumber2": "other_reference_number2",
    "customerOrderNumber": "customer_order_number",
    "importReference": "import_reference",
    "relatedOrderNumber": "related_order_number",
    "orderSource": "order_source",
    "tradingPartner": "trading_partner",
    "shipVia": "ship_via",
    "shipVendor": "ship_vendor",
    "businessUnit": "business_unit",
    "customAttribute1": "custom_attribute1",
    "customAttribute2": "custom_attribute2",
    "customAttribute3": "custom_attribute3",
}
"""Fields of an order that are as they were sent: name, attribute."""

_INDEXED: Final = {name: attribute for name, attribute in _SENT.items() if attribute in SEARCHED}

ORDER_TEXTS: Final = ("number", "type", "status", "facility", *_SENT)
ORDER_DATES: Final[dict[str, str]] = {"createdDate": "created", "updatedDate": "updated"}
SHIPMENT_TEXTS: Final = (
    "shipmentNumber", "shipmentStatus", "facility", "trackingNumber", "shipVia", "shipVendor",
    "orderHeaders.number", "orderHeaders.customerOrderNumber",
    "orderHeaders.otherReferenceNumber",
)  # fmt: skip
SHIPMENT_DATES: Final[dict[str, str]] = {
    "actualShipDate": "shipped_at", "createdDate": "created", "updatedDate": "updated",
}  # fmt: skip
_OTHER_ENTITIES: Final = ("CoHeader",)
_RESERVED: Final = ("pageNo",)


class Sought(NamedTuple):
    """What a search asks for: texts that must be equal, dates that must lie in a window."""

    texts: dict[str, str]
    windows: dict[str, tuple[float, float]]


class Fields(NamedTuple):
    """What an entity can be searched by: its texts, the operator's name of each of its fields, and
    all names that a search of it may say."""

    entity: str
    texts: frozenset[str]
    operators: dict[str, str]
    known: frozenset[str]


def _fields(entity: str, texts: Iterable[str], moments: Iterable[str]) -> Fields:
    operators = {name: f"{name}Ops" for name in (*texts, *moments)}
    known = frozenset((*operators, *operators.values(), *_RESERVED))
    return Fields(entity, frozenset(texts), operators, known)


_ORDER: Final = _fields("Order", ORDER_TEXTS, ORDER_DATES)
_SHIPMENT: Final = _fields("shipment", SHIPMENT_TEXTS, SHIPMENT_DATES)


def search(store: Deposco, call: Call) -> Response:
    """GET /search/{entity}."""
    entity = call.params["entity"]
    if entity == "Order":
        return _orders(store, call, _sought(store, call, _ORDER))
    if entity == "shipment":
        return _shipments(store, call, _sought(store, call, _SHIPMENT))
    if entity in _OTHER_ENTITIES:
        return answer(store, call, CustomerOrders([]))
    raise _unknown([name for name, _value in call.parameters], entity)


def _unknown(names: list[str], entity: str) -> Exception:
    return spoken(400, f"[{', '.join(names)}] are not found or configured for entity [{entity}]")


def _sought(store: Deposco, call: Call, fields: Fields) -> Sought:
    said = dict(call.parameters)
    if not said.keys() <= fields.known:
        _check_names(said, fields)
    texts: dict[str, str] = {}
    windows: dict[str, tuple[float, float]] = {}
    for name, value in said.items():
        named = fields.operators.get(name)
        if named is None:
            continue
        operator = said.get(named, "EQ")
        if operator == "EQ" and name in fields.texts:
            texts[name] = value
        elif operator == "EQ":
            windows[name] = _window(store, name, f"{value},{value}")
        elif operator == "BETWEEN" and name not in fields.texts:
            windows[name] = _window(store, name, value)
        else:
            raise spoken(400, f"{operator} is not valid for field [{name}]")
    return Sought(texts, windows)


def _check_names(said: dict[str, str], fields: Fields) -> None:
    """Refuse names that mean nothing, but for those that begin like an operator that was said."""
    unknown = [
        name
        for name in said
        if name not in fields.known
        and (f"{name[:-3]}Ops" not in said or f"{name[:-3]}Ops" not in fields.known)
    ]
    if unknown:
        raise _unknown(unknown, fields.entity)


def _window(store: Deposco, name: str, value: str) -> tuple[float, float]:
    first, _, last = value.partition(",")
    world, settings = store.world, store.settings
    try:
        return dates.moment(world, settings, first), dates.moment(world, settings, last)
    except (ValueError, OverflowError):
        raise spoken(400, f"[{value}] is not valid for field [{name}]") from None


# --- orders ---------------------------------------------------------------------------


def _orders(store: Deposco, call: Call, sought: Sought) -> Response:
    found = [order for order in _candidates(store, call, sought) if _fits(order, sought)]
    rows, status = page(found, page_number(call), store.settings.list_page_size)
    if not rows and accept(call).json:
        return answer_written(store, call, Orders, [], status=status)
    for order in rows:
        note(call, f"work:{order.number}")
    documents = [shown.order_shown(order, store.world, store.settings) for order in rows]
    return answer(store, call, Orders(documents), status=status)


def _candidates(store: Deposco, call: Call, sought: Sought) -> list[Order]:
    """Orders that may fit, from the narrowest index that the search offers."""
    texts, book = sought.texts, store.orders
    window = sought.windows.get("updatedDate")
    numbers: tuple[str, ...] | None = None
    if "number" in texts:
        numbers = (texts["number"],)
    else:
        for name, attribute in _INDEXED.items():
            if name in texts:
                numbers = book.references[attribute].get(texts[name], ())
                break
    if numbers is None and window is not None:
        if call.stale_s <= 0 and "type" in texts and "status" in texts:
            word = (texts["type"], texts["status"])
            changed = book.changed_to_between(word, window[0], window[1])
            return [order for number in changed if (order := book.get(word[0], number)) is not None]
        return changed_orders(store, call, window[0], window[1])
    found: list[Order] = []
    for vault in book.by_type.values():
        look = vault.as_of(call.stale_s)
        keys = vault.keys() if numbers is None else (*numbers, *vault.changed_since(call.stale_s))
        found += [order for key in dict.fromkeys(keys) if (order := look(key)) is not None]
    return found


def _fits(order: Order, sought: Sought) -> bool:
    for name, wanted in sought.texts.items():
        if _order_text(order, name) != wanted:
            return False
    for name, (first, last) in sought.windows.items():
        if not first <= getattr(order, ORDER_DATES[name]) <= last:
            return False
    return True


def _order_text(order: Order, name: str) -> str:
    if name == "status":
        return V1_STATUS[order.status]
    if name in ("number", "type", "facility"):
        return str(getattr(order, name))
    value = getattr(order.sent, _SENT[name])
    return "" if value is UNSET or value is None else str(value)


# --- shipments ------------------------------------------------------------------------


def _shipments(store: Deposco, call: Call, sought: Sought) -> Response:
    look = store.parcels.vault.as_of(call.stale_s)
    orders = store.orders.by_type[SALES].as_of(call.stale_s)
    numbers = _shipment_numbers(store, call, sought)
    # One condition after the other: a sweep finds the same many shipments again and again.
    found = [shipment for number in numbers if (shipment := look(number)) is not None]
    if not store.settings.unshipped_visible:
        found = [shipment for shipment in found if visible(store, shipment)]
    for name, (first, last) in sought.windows.items():
        moment = attrgetter(SHIPMENT_DATES[name])
        found = [
            shipment
            for shipment in found
            if (at := moment(shipment)) is not None and first <= at <= last
        ]
    for name, wanted in sought.texts.items():
        found = [one for one in found if wanted in _shipment_texts(one, name, orders)]
    rows, status = page(found, page_number(call), store.settings.list_page_size)
    return shipments_answer(store, call, rows, orders, status=status)


def shipments_answer(
    store: Deposco, call: Call, rows: Sequence[Shipment], orders: Callable[[str], Order | None], *,
    status: int,
) -> Response:  # fmt: skip
    """Shipments as a collection."""
    if call.stale_s <= 0 and accept(call).json:
        sheets = [store.written.shipment(shipment) for shipment in rows]
        return answer_written(store, call, Shipments, sheets, status=status)
    for shipment in rows:
        for number in store.parcels.orders_of(shipment):
            note(call, f"work:{number}")
    documents = [
        shown.shipment_shown(shipment, orders, store.world, store.settings) for shipment in rows
    ]
    return answer(store, call, Shipments(documents), status=status)


def visible(store: Deposco, shipment: Shipment) -> bool:
    """May a caller see it: a shipment that has not left is shown with its tracking (DQ25)."""
    return store.settings.unshipped_visible or shipment.status not in ("New", "Shipping")


def _shipment_numbers(store: Deposco, call: Call, sought: Sought) -> list[str]:
    texts, parcels = sought.texts, store.parcels
    if "shipmentNumber" in texts:
        return [texts["shipmentNumber"]]
    window = sought.windows.get("actualShipDate")
    if window is not None:
        return list(dict.fromkeys(parcels.left_between(window[0], window[1])))
    if "orderHeaders.number" in texts:
        order = store.orders.get(SALES, texts["orderHeaders.number"])
        return [] if order is None else list(order.shipments)
    for name in ("customerOrderNumber", "otherReferenceNumber"):
        wanted = texts.get(f"orderHeaders.{name}")
        if wanted is not None:
            numbers = store.orders.references[_SENT[name]].get(wanted, ())
            found = [store.orders.get(SALES, number) for number in numbers]
            return [at for order in found if order is not None for at in order.shipments]
    return list(parcels.vault.keys())


def _shipment_texts(
    shipment: Shipment, name: str, orders: Callable[[str], Order | None]
) -> list[str]:
    """The values of a field; one that belongs to the orders has as many as there are orders."""
    own = {
        "shipmentNumber": shipment.number,
        "shipmentStatus": shipment.status,
        "facility": shipment.facility,
        "trackingNumber": shipment.tracking,
        "shipVia": shipment.method,
        "shipVendor": shipment.carrier,
    }
    if name in own:
        return [own[name]]
    field = name.partition(".")[2]
    found = [orders(number) for number in dict.fromkeys(line.order for line in shipment.lines)]
    return [_order_text(order, field) for order in found if order is not None]

"""Orders in V1: create, upsert, update, read, and the status polls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakproof_simulators.deposco import dates, shown
from peakproof_simulators.deposco.errors import Declined, bare, spoken
from peakproof_simulators.deposco.payloads.common import Outcome, many
from peakproof_simulators.deposco.payloads.orders import Order, Orders, OrderStatuses
from peakproof_simulators.deposco.v1.media import answer, take, take_either, xml_only
from peakproof_simulators.deposco.v1.paging import note, page, page_number
from peakproof_simulators.deposco.v1.writes import done, write_each

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakproof.wire.message import Response
    from peakproof_simulators.deposco import entities
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call

_DAY_S = 86400.0


def _href(store: Deposco, order: entities.Order) -> str:
    kind = order.type.replace(" ", "%20")
    return f"/integration/{store.settings.code}/orders/{kind}/{order.number}"


def _write(
    store: Deposco, call: Call, sent: list[Order],
    act: Callable[[Order], tuple[entities.Order, bool]],
) -> Response:  # fmt: skip
    for one in sent:
        note(call, f"work:{one.number}")

    def do(one: Order) -> Outcome:
        order, created = act(one)
        return done("Order", order.number, _href(store, order), created=created)

    return write_each(store, call, sent, do, key=lambda one: one.number, kind="Order")


def create(store: Deposco, call: Call) -> Response:
    """POST /orders: each order is new, or it is a duplicate."""
    rules, settings = store.rules, store.settings

    def act(sent: Order) -> tuple[entities.Order, bool]:
        if settings.resend_new_updates:
            known = store.orders.get(sent.type, sent.number)
            if known is not None and known.status == "New":
                return rules.update(sent), False
        return rules.create(sent), True

    return _write(store, call, many(take(store, call, Orders).order), act)


def upsert(store: Deposco, call: Call) -> Response:
    """POST /orders/updates: each order is created or changed."""
    return _write(store, call, many(take(store, call, Orders).order), store.rules.upsert)


def update(store: Deposco, call: Call) -> Response:
    """PUT /orders/{type}/{number}: the order of that key is changed."""
    kind, number = call.params["type"], call.params["number"]
    sent = take_either(store, call, Orders, Order)
    found = many(sent.order) if isinstance(sent, Orders) else [sent]

    def act(one: Order) -> tuple[entities.Order, bool]:
        if (one.type, one.number) != (kind, number):
            raise Declined(400, "invalid", f"The body is about {one.type} {one.number}")
        return store.rules.update(one), False

    return _write(store, call, found, act)


def read(store: Deposco, call: Call) -> Response:
    """GET /orders/{type}/{number}: one order, in XML only."""
    xml_only(call)
    kind, number = call.params["type"], call.params["number"]
    call.keys.append(f"work:{number}")
    order = store.orders.get(kind, number)
    if order is None:
        raise bare(404)
    document = shown.order_shown(order, store.world, store.settings)
    return answer(store, call, document, json=False)


# --- status ---------------------------------------------------------------------------

Key = tuple[str, str]
"""Type and number of an order."""


def _statuses(store: Deposco, call: Call, keys: list[Key], *, paged: bool = True) -> Response:
    looks = _looks(store, call)
    if call.stale_s > 0:
        keys = [(kind, number) for kind, number in keys if looks[kind](number) is not None]
    at = page_number(call) if paged else 1
    rows, status = page(keys, at, store.settings.list_page_size)
    shipments = store.parcels.vault.as_of(call.stale_s)
    documents = []
    for kind, number in rows:
        note(call, f"work:{number}")
        order = looks[kind](number)
        assert order is not None
        boxes = [box for each in order.shipments if (box := shipments(each)) is not None]
        documents.append(
            shown.status_shown(
                order, shipments=boxes, receipts=store.receipts_of(order),
                world=store.world, settings=store.settings,
            )
        )  # fmt: skip
    return answer(store, call, OrderStatuses(documents), status=status, json=False)


def _looks(store: Deposco, call: Call) -> dict[str, Callable[[str], entities.Order | None]]:
    return {kind: vault.as_of(call.stale_s) for kind, vault in store.orders.by_type.items()}


def status_read(store: Deposco, call: Call) -> Response:
    """GET /status/order/{type}/{number}: one order's status, in XML only."""
    xml_only(call)
    kind, number = call.params["type"], call.params["number"]
    if store.orders.get(kind, number) is None:
        call.keys.append(f"work:{number}")
        raise bare(404)
    call.stale_s = 0.0
    return _statuses(store, call, [(kind, number)], paged=False)


def status_search(store: Deposco, call: Call) -> Response:
    """GET /status/order/search: everything of a type; the number filters nothing (DQ6)."""
    xml_only(call)
    kind, number = call.one("type"), call.one("number")
    vaults = store.orders.by_type
    if kind is not None and kind not in vaults:
        raise spoken(400, f"Order type [{kind}] is not valid")
    filters = number is not None and not store.settings.status_search_ignores_number
    keys = [
        (name, found)
        for name, vault in vaults.items()
        if kind in (None, name)
        for found in vault.keys()  # noqa: SIM118  (a vault is no dictionary)
        if not filters or found == number
    ]
    return _statuses(store, call, keys)


def status_window(store: Deposco, call: Call) -> Response:
    """GET /status/order/{YYYYMMDD},{YYYYMMDD}: orders that changed on those days, both
    included, in the tenant's zone; the longest ago first."""
    xml_only(call)
    try:
        first = dates.day(store.world, store.settings, call.params["from_day"])
        last = dates.day(store.world, store.settings, call.params["to_day"]) + _DAY_S
    except ValueError:
        raise spoken(400, "The date range is not valid") from None
    return _statuses(store, call, _changed(store, call, first, last))


def _changed(store: Deposco, call: Call, first: float, last: float) -> list[Key]:
    """Keys of orders whose last change lies in a window, the longest ago first."""
    until = min(last, store.world.t)
    keys = list(store.orders.changed_between(first, until))
    keys.reverse()
    if call.stale_s <= 0:
        return keys
    looks = _looks(store, call)
    return [
        (kind, number)
        for kind, number in keys
        if (order := looks[kind](number)) is not None and order.updated >= first
    ]


def changed_orders(store: Deposco, call: Call, first: float, last: float) -> list[entities.Order]:
    """Orders whose last change lies in a window, the longest ago first, as of the call."""
    looks = _looks(store, call)
    found = (looks[kind](number) for kind, number in _changed(store, call, first, last))
    return [order for order in found if order is not None]

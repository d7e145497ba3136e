"""The operations that all six kinds of order have, made for each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import UNSET

from peakproof.wire.message import Response
from peakproof_simulators.deposco.entities import Order, to_units
from peakproof_simulators.deposco.errors import Declined, errors
from peakproof_simulators.deposco.lifecycle import API_MOVES, EDITABLE, SALES, V1_STATUS
from peakproof_simulators.deposco.payloads.common import text
from peakproof_simulators.deposco.payloads.orders import Order as OrderSent
from peakproof_simulators.deposco.payloads.orders import OrderLines
from peakproof_simulators.deposco.v2.bodies import answer, not_meanwhile, refusal, taken
from peakproof_simulators.deposco.v2.inventory import numeric
from peakproof_simulators.deposco.v2.kinds import Kind, cancels, cuts
from peakproof_simulators.deposco.v2.numbers import line_place
from peakproof_simulators.deposco.v2.order_in import check_unit, line_sent, order_sent
from peakproof_simulators.deposco.v2.order_models import OrderCancellation
from peakproof_simulators.deposco.v2.order_out import line_shown, line_word, order_shown
from peakproof_simulators.deposco.v2.paging import Search, begin, cut, moment, wrong_unit

if TYPE_CHECKING:
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call

Handler = Callable[["Deposco", "Call"], Response]

DEFAULT_ROWS: Final = 25
MOST_ROWS: Final = 50
NO_STATUS: Final = "Order status updates are not accepted for order at this API Endpoint"
_FEW: Final = 8
"""An index of alike orders is worth going through when it holds less than one in so many."""


def found_order(store: Deposco, call: Call, kind: Kind) -> Order:
    """The order of a path.

    Raises:
        VendorError: 404 when there is none of that id.
    """
    said = call.params["orderId"]
    number = store.numbers.orders(kind.type).name_of(numeric(said))
    order = None if number is None else store.orders.get(kind.type, number)
    if order is None:
        raise errors(404, f"{kind.type} [{said}] does not exist")
    call.keys.append(f"work:{order.number}")
    return order


def _place_of_line(store: Deposco, call: Call, kind: Kind, order: Order) -> int:
    said = call.params["orderLineId"]
    at = store.numbers.orders(kind.type).id_of(order.number)
    position = line_place(at, numeric(said))
    if not 0 <= position < len(order.lines):
        raise errors(404, f"Order line [{said}] does not exist")
    return position


# --- reads ----------------------------------------------------------------------------


def listing(kind: Kind) -> Handler:
    """GET /latest/orders/{kind}: a page of orders, the newest first."""

    def handler(store: Deposco, call: Call) -> Response:
        search = begin(store, call, default=DEFAULT_ROWS, most=MOST_ROWS)
        status = search.filters.get("orderStatus")
        if status is not None and status not in kind.statuses:
            raise errors(400, f"orderStatus [{status}] is not valid")
        rows = _rows(store, call, kind, search)
        shelf = store.numbers.orders(kind.type)
        found, around = cut(
            store, search, rows, number=lambda order: shelf.id_of(order.number),
            count=None if search.filters else len(shelf),
        )  # fmt: skip
        for order in found[:500]:
            call.keys.append(f"work:{order.number}")
        data = [order_shown(store, kind, order) for order in found]
        return answer(kind.page(data=data, **around))

    return handler


def _rows(store: Deposco, call: Call, kind: Kind, search: Search) -> Iterator[Order]:
    created = moment(store, search, "createdAfter")
    updated = moment(store, search, "updatedAfter")
    status = search.filters.get("orderStatus")
    if wrong_unit(store, search):
        return
    look = store.orders.by_type[kind.type].as_of(call.stale_s)
    shelf = store.numbers.orders(kind.type)
    newest = search.newest if store.settings.list_paging == "snapshot" else 0
    for number in _candidates(store, call, kind, search, updated):
        order = look(number)
        if order is None or (newest and shelf.id_of(number) > newest):
            continue
        if created is not None and order.created < created:
            return
        if (status is None or order.status == status) and (
            updated is None or order.updated >= updated
        ):
            yield order


def _candidates(
    store: Deposco, call: Call, kind: Kind, search: Search, updated: float | None
) -> Iterator[str]:
    """Numbers of orders that may fit, the newest first, by the narrowest index there is."""
    shelf, book = store.numbers.orders(kind.type), store.orders
    number = search.filters.get("number")
    if number is not None:
        return iter([number] if number in book.by_type[kind.type] else [])
    if call.stale_s <= 0:
        if updated is not None:
            since = book.changed_between(updated, store.world.t)
            mine = [name for kind_, name in since if kind_ == kind.type]
            return iter(sorted(mine, key=shelf.id_of, reverse=True))
        status = search.filters.get("orderStatus")
        if status is not None:
            alike = book.changed_to.get((kind.type, V1_STATUS[status]), {})
            if len(alike) * _FEW < len(shelf):
                return iter(sorted(alike, key=shelf.id_of, reverse=True))
    return reversed(shelf.names)


def reading(kind: Kind) -> Handler:
    """GET /latest/orders/{kind}/{orderId}: one order."""

    def handler(store: Deposco, call: Call) -> Response:
        return answer(order_shown(store, kind, found_order(store, call, kind)))

    return handler


def status_reading(kind: Kind) -> Handler:
    """GET …/status: the status alone."""

    def handler(store: Deposco, call: Call) -> Response:
        return answer(kind.status(order_status=found_order(store, call, kind).status))

    return handler


def lines_listing(kind: Kind) -> Handler:
    """GET …/orderLines: all lines in pages, the newest first."""

    def handler(store: Deposco, call: Call) -> Response:
        order = found_order(store, call, kind)
        search = begin(store, call, default=DEFAULT_ROWS, most=MOST_ROWS)
        created = moment(store, search, "createdAfter")
        updated = moment(store, search, "updatedAfter")
        number, word = search.filters.get("lineNumber"), search.filters.get("orderLineStatus")
        rows = (
            at
            for at in range(len(order.lines) - 1, -1, -1)
            if (number is None or order.lines[at].number == number)
            and (word is None or line_word(order, order.lines[at]) == word)
            and (created is None or order.created >= created)
            and (updated is None or order.updated >= updated)
        )
        found, around = cut(
            store, search, rows, number=lambda at: at + 1,
            count=None if search.filters else len(order.lines),
        )  # fmt: skip
        data = [line_shown(store, kind, order, at) for at in found]
        return answer(kind.lines(data=data, **around))

    return handler


def line_reading(kind: Kind) -> Handler:
    """GET …/orderLines/{orderLineId}: one line."""

    def handler(store: Deposco, call: Call) -> Response:
        order = found_order(store, call, kind)
        return answer(line_shown(store, kind, order, _place_of_line(store, call, kind, order)))

    return handler


# --- writes ---------------------------------------------------------------------------


def check_not_born(store: Deposco, order: Order) -> None:
    """Refuse to change a sales order that a customer order made (DQ21).

    Raises:
        Declined: it was.
    """
    if order.type == SALES and text(order.sent.co_header) and store.settings.born_orders_locked:
        raise Declined(
            409, "locked",
            f"{SALES} {order.number} was created from a customer order and cannot be updated",
        )  # fmt: skip


def upsert(store: Deposco, kind: Kind, sent: Any) -> tuple[Order, bool]:
    """Create an order, or change the one of that number; True when it was created.

    Raises:
        Declined: the store does not let it.
    """
    check_unit(store, sent.business_unit)
    known = store.orders.get(kind.type, sent.number)
    said = sent.order_status if isinstance(sent.order_status, str) else ""
    if known is not None:
        if said and store.settings.status_in_body == "refuse":
            raise Declined(400, "invalid", NO_STATUS)
        check_not_born(store, known)
    status = (said or "New") if known is None else known.status
    # What was sent is taken apart: the store's part here, the rest into the papers.
    lines = [] if sent.order_lines is UNSET else sent.order_lines.data
    told = order_sent(store, kind, sent, known, status=status)
    sent.order_lines = sent.order_status = UNSET
    more = known is not None and _says_more(store, known, sent, lines)
    order, created = store.v2_rules.upsert(told)
    return _kept(store, order, sent, lines, more=more and order is known), created


def _says_more(store: Deposco, known: Order, sent: Any, lines: list[Any]) -> bool:
    """Does an update say anything that only V2 has?

    Raises:
        Declined: it does, and the order is locked.
    """
    if not store.papers.differs((known.type, known.number), sent, lines):
        return False
    if known.status not in EDITABLE[known.type][store.settings.lock_at]:
        raise store.v2_rules.locked(known)
    return True


def _kept(
    store: Deposco, order: Order, sent: Any, lines: list[Any], *, more: bool
) -> Order:  # fmt: skip
    """Keep what only V2 has; ``more`` is a change that the store has not noticed."""
    store.papers.keep((order.type, order.number), sent, lines)
    return store.orders.put(order, before=order, cause="order") if more else order


def writing(kind: Kind) -> Handler:
    """POST /latest/orders/{kind}: created (201), or changed when the number is known (200)."""
    decoder = msgspec.json.Decoder(kind.header)

    def handler(store: Deposco, call: Call) -> Response:
        sent = taken(store, call, decoder)
        number = sent.number
        call.keys.append(f"work:{number}")
        try:
            order, created = upsert(store, kind, sent)
        except Declined as declined:
            raise refusal(store, number, declined, kind) from None
        return answer(order_shown(store, kind, order), 201 if created else 200)

    return handler


def status_writing(kind: Kind) -> Handler:
    """POST …/status?value=: the status is set; a body instead of the value is a bare 400 (DQ20)."""

    def handler(store: Deposco, call: Call) -> Response:
        order = found_order(store, call, kind)
        value = call.one("value")
        if value is None:
            return Response(400)
        if value not in kind.statuses:
            raise errors(400, f"value [{value}] is not valid")
        not_meanwhile(store)
        told = OrderSent(number=order.number, type=kind.type, status=value)
        try:
            _check_move(order, value)
            order = store.v2_rules.update(told)
        except Declined as declined:
            raise refusal(store, order.number, declined, kind) from None
        if kind.tells_status:
            return answer(kind.status(order_status=order.status))
        return answer(order_shown(store, kind, order))

    return handler


def _check_move(order: Order, value: str) -> None:
    if value != order.status and value not in API_MOVES[order.type][order.status]:
        said = f"{order.type} {order.number} cannot be set to [{value}] while in the status of"
        raise Declined(409, "locked", f"{said} [{order.status}]")


def _line_told(store: Deposco, order: Order, position: int, sent: Any) -> OrderSent:
    if sent.line_number != order.lines[position].number:
        said = f"lineNumber [{sent.line_number}] is not that of the line"
        raise Declined(400, "invalid", said)
    check_not_born(store, order)
    lines = OrderLines([line_sent(store, sent)])
    return OrderSent(
        number=order.number, type=order.type, status=order.status, order_lines=lines
    )  # fmt: skip


def line_writing(kind: Kind) -> Handler:
    """POST …/orderLines/{orderLineId}: one line is changed."""
    decoder = msgspec.json.Decoder(kind.line)

    def handler(store: Deposco, call: Call) -> Response:
        order = found_order(store, call, kind)
        position = _place_of_line(store, call, kind, order)
        sent = taken(store, call, decoder)
        try:
            told = _line_told(store, order, position, sent)
            more = _says_more(store, order, None, [sent])
            before, order = order, store.v2_rules.update(told)
        except Declined as declined:
            raise refusal(store, order.number, declined, kind) from None
        order = _kept(store, order, None, [sent], more=more and order is before)
        return answer(line_shown(store, kind, order, position))

    return handler


# --- cancellation ---------------------------------------------------------------------

_CANCELLATION: Final = msgspec.json.Decoder(OrderCancellation)


def cancelling(kind: Kind) -> Handler:
    """POST …/cancellations: the whole order without a body, lines or parts of them with one."""

    def handler(store: Deposco, call: Call) -> Response:
        order = found_order(store, call, kind)
        try:
            if call.request.body.strip():
                asked = taken(store, call, _CANCELLATION)
                order = _cut(store, kind, order, asked)
            else:
                not_meanwhile(store)
                order = _cancel(store, kind, order)
        except Declined as declined:
            raise refusal(store, order.number, declined, kind) from None
        return answer(order_shown(store, kind, order))

    return handler


def _cancel(store: Deposco, kind: Kind, order: Order) -> Order:
    allowed = cancels(kind, store.settings)
    if order.status == "Canceled" and store.settings.recancel == "ok":
        return order
    if order.status not in allowed:
        raise _not_now(order, allowed)
    return store.v2_rules.end(order, why="")


def _cut(store: Deposco, kind: Kind, order: Order, asked: OrderCancellation) -> Order:
    allowed = cuts(kind, store.settings)
    if order.status not in allowed:
        raise _not_now(order, allowed)
    at = store.numbers.orders(kind.type).id_of(order.number)
    numbers = {line.number: position for position, line in enumerate(order.lines)}
    units: dict[str, int] = {}
    for row in asked.order_lines:
        ref = row.order_line
        key = ref.business_key if isinstance(ref.business_key, dict) else {}
        said = key.get("lineNumber")
        position = numbers.get(said, -1) if isinstance(said, str) else -1
        if isinstance(ref.id, int):
            position = line_place(at, ref.id)
        if not 0 <= position < len(order.lines):
            raise Declined(404, "unknown_order", f"Order line [{ref.id or said}] does not exist")
        line = order.lines[position]
        if order.status == "Partial Receipt" and (line.received or line.damaged):
            raise _not_now(order, allowed)
        left = line.open if kind.outward else line.expected
        if order.status == "Partially Released":
            left = line.unallocated
        if row.canceled_pack_quantity is not UNSET:
            what = "canceledPackQuantity"
            left = to_units(row.canceled_pack_quantity, line.per_pack, what)
        units[line.number] = units.get(line.number, 0) + left
    if not any(units.values()):
        raise Declined(400, "invalid", "There is nothing to cancel")
    return store.v2_rules.cut(order, units)


def _not_now(order: Order, allowed: tuple[str, ...]) -> Declined:
    among = ", ".join(status.lower() for status in allowed)
    return Declined(
        409, "locked",
        f"{order.type} {order.number} cannot be canceled while in the status of "
        f"[{order.status}]. Cancellations can be made when in the following statuses: {among}",
    )  # fmt: skip

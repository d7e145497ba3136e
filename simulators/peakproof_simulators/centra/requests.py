"""Warehouses that are asked first, or have to confirm: ship-from-store.

``DIRECT`` warehouses are allocated from at once. ``DIRECT_THEN_CONFIRM`` ones, too, but they must
confirm before an expiry, or the units go back and the next warehouse gets its turn.
``CHECK_FIRST`` ones are asked while a direct warehouse of the rule holds the units; the first that
accepts takes them over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from peakproof_simulators.centra import allocating, stock
from peakproof_simulators.centra.entities import Order, OrderLine, Request
from peakproof_simulators.centra.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakproof_simulators.centra.state import Centra


def policy(centra: Centra, warehouse: int) -> str:
    """How a warehouse wants to be allocated from."""
    return centra.warehouses.by_id[warehouse].allocation_policy


def first_hold(centra: Centra, order: Order, line: OrderLine, rule: Sequence[int]) -> OrderLine:
    """Allocate a fresh line from a rule's warehouses, check-first ones left out."""
    ready = [one for one in rule if policy(centra, one) != "CHECK_FIRST"]
    found = allocating.shares(centra, line.size, line.demand, ready, shop=True)
    held = line
    for share in found:
        waiting = policy(centra, share[0]) == "DIRECT_THEN_CONFIRM"
        held = allocating.hold(centra, order, held, [share], waiting=waiting)
    return held


def ask(centra: Centra, order: Order) -> None:
    """Open the requests that a freshly allocated order needs."""
    rule = centra.rule_of(order.market)
    for warehouse in rule:
        way = policy(centra, warehouse)
        if way == "DIRECT_THEN_CONFIRM":
            held = tuple(
                [
                    (line.id, one.units)
                    for line in order.lines
                    for one in line.allocations
                    if one.warehouse == warehouse and one.waiting
                ]
            )
            if held:
                _open(centra, "confirm", order, warehouse, held)
        elif way == "CHECK_FIRST":
            wanted = tuple([(line.id, line.quantity) for line in order.lines])
            _open(centra, "check_first", order, warehouse, wanted)


def _open(
    centra: Centra, kind: Literal["check_first", "confirm"], order: Order, warehouse: int,
    lines: tuple[tuple[int, int], ...],
) -> None:  # fmt: skip
    status = "allocated" if kind == "confirm" else "sent"
    id_ = centra.requests.next_id()
    lasts_s = centra.settings.allocation_expiry_s
    made = Request(
        id_, kind, order.number, warehouse, status,
        centra.now + lasts_s, centra.now, lines,
    )  # fmt: skip
    centra.requests.put(id_, made)
    centra.requests_of.setdefault(order.number, []).append(id_)
    _tell(centra, made, "create")
    centra.world.after(lasts_s, lambda: _expire(centra, id_))


def _tell(centra: Centra, request: Request, action: str) -> None:
    kind = "allocation_request" if request.kind == "confirm" else "check_first"
    centra.webhooks.asked(kind, action, request)


def _turn(centra: Centra, request: Request, status: str, action: str) -> Request:
    made = centra.requests.put(request.id, replace(request, status=status))
    _tell(centra, made, action)
    return made


def _expire(centra: Centra, id_: int) -> None:
    request = centra.requests.by_id[id_]
    if request.kind == "check_first":
        if request.status == "sent":
            _turn(centra, request, "timed-out", "timeout")
        return
    if request.status != "allocated":
        return
    _turn(centra, request, "timed-out", "update")
    _pass_on(centra, request)


def _pass_on(centra: Centra, request: Request) -> None:
    """Units go back to the warehouse, and the rule's next one gets its turn."""
    order = centra.orders.by_id[request.order]
    rule = centra.rule_of(order.market)
    rest = rule[rule.index(request.warehouse) + 1 :] if request.warehouse in rule else ()
    lines, moved = [], []
    asked = dict(request.lines)
    for before in order.lines:
        line = before
        mine = [one for one in line.allocations if one.warehouse == request.warehouse]
        units = sum(one.units for one in mine if one.waiting) if line.id in asked else 0
        if units:
            line, _ = allocating.let_go(
                centra, order, line, units, "release", only=(request.warehouse,)
            )
            line = replace(line, demand=line.demand + units)
            found = allocating.shares(centra, line.size, units, rest, shop=True)
            for share in found:
                waiting = policy(centra, share[0]) == "DIRECT_THEN_CONFIRM"
                line = allocating.hold(centra, order, line, [share], waiting=waiting)
                if waiting:
                    moved.append((share[0], line.id, share[1]))
            lack = units - sum(each for _, each in found)
            allocating.wait_for(centra, order, line.size, lack, "cancel")
        lines.append(line)
    order = replace(order, lines=tuple(lines), updated_s=centra.now)
    centra.orders.put(order.number, order)
    centra.changed("Order", order.number, "UPDATED")
    for warehouse in rest:
        wanted = tuple([(line, units) for at, line, units in moved if at == warehouse])
        if wanted:
            _open(centra, "confirm", order, warehouse, wanted)


def answer(centra: Centra, id_: int, status: str) -> None:
    """A warehouse confirms or rejects an allocation request.

    Raises:
        Fault: there is no such request, it is settled, or the stock is gone.
    """
    request = centra.requests.get(id_)
    if request is None or request.kind != "confirm":
        raise Fault("allocation_request_not_found", "id")
    late = request.status == "timed-out" and centra.settings.late_confirmation == "accept"
    if request.status != "allocated" and not (late and status == "confirmed"):
        raise Fault("allocation_request_settled", "status", why=request.status)
    if status == "rejected":
        _turn(centra, request, "rejected", "update")
        _pass_on(centra, request)
        return
    order = centra.orders.by_id[request.order]
    if late:
        order = _take_back(centra, order, request)
    lines = [
        replace(
            line,
            allocations=tuple(
                [
                    replace(one, waiting=False) if one.warehouse == request.warehouse else one
                    for one in line.allocations
                ]
            ),
        )
        for line in order.lines
    ]
    order = replace(order, lines=tuple(lines), updated_s=centra.now)
    centra.orders.put(order.number, order)
    centra.changed("Order", order.number, "UPDATED")
    _turn(centra, request, "confirmed", "update")


def _take_back(centra: Centra, order: Order, request: Request) -> Order:
    """A late yes: what still waits for units gets them from that warehouse after all."""
    by_line = {line.id: line for line in order.lines}
    asked: dict[int, int] = {}
    for id_, units in request.lines:
        line = by_line[id_]
        if line.demand < units:
            raise Fault("allocation_failed", "status", key=str(order.number))
        asked[line.size] = asked.get(line.size, 0) + units
        if stock.cell(centra, line.size, request.warehouse).free < asked[line.size]:
            raise Fault("allocation_request_short", "status", key=str(order.number))
    for id_, units in request.lines:
        taken = [(request.warehouse, units)]
        by_line[id_] = allocating.hold(centra, order, by_line[id_], taken, waited=units)
    return replace(order, lines=tuple([by_line[line.id] for line in order.lines]))


def check_first(centra: Centra, number: int, warehouse: int, *, accepted: bool) -> None:
    """A warehouse says whether it takes an order. The first yes wins, the others are told no.

    Raises:
        Fault: the order was not asked for there, somebody else has it, or the stock is not there.
    """
    order = centra.orders.get(number)
    if order is None:
        raise Fault("order_not_found", "orderNumber", why=number)
    open_ = [centra.requests.by_id[id_] for id_ in centra.requests_of.get(number, ())]
    mine = next(
        (one for one in open_ if one.kind == "check_first" and one.warehouse == warehouse), None
    )
    if mine is None or mine.status != "sent" or order.status == "CANCELLED":
        raise Fault("check_first_over", "warehouseId", key=str(number))
    if not accepted:
        _turn(centra, mine, "rejected", "rejected")
        return
    if any(line.on_shipments for line in order.lines):
        raise Fault("check_first_over", "warehouseId", key=str(number))
    asked: dict[int, int] = {}
    for line in order.lines:
        asked[line.size] = asked.get(line.size, 0) + line.quantity
        if stock.cell(centra, line.size, warehouse).free < asked[line.size]:
            raise Fault("stock_short", "warehouseId", key=str(number), why=line.id)
    lines = []
    for line in order.lines:
        held = allocating.held(line)
        allocating.wait_for(centra, order, line.size, -line.demand, "order")
        freed, _ = allocating.let_go(centra, order, line, held, "release", cause="order")
        freed = replace(freed, demand=line.quantity)
        lines.append(allocating.hold(centra, order, freed, [(warehouse, line.quantity)]))
    order = replace(order, lines=tuple(lines), updated_s=centra.now)
    centra.orders.put(number, order)
    centra.changed("Order", number, "UPDATED")
    _turn(centra, mine, "confirmed", "accepted")
    for other in open_:
        if other.id != mine.id and other.kind == "check_first" and other.status == "sent":
            _turn(centra, other, "rejected", "rejected")


def close(centra: Centra, number: int) -> None:
    """An order is over: nobody need answer any more."""
    for id_ in centra.requests_of.get(number, ()):
        request = centra.requests.by_id[id_]
        if request.status in ("allocated", "sent"):
            _turn(centra, request, "outdated", "update")

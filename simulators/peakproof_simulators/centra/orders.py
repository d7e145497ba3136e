"""The life of an order: placed, paid, confirmed, held, changed, cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from peakproof_simulators.centra import allocating, facts, payments, requests, stock
from peakproof_simulators.centra.allocating import StockAction
from peakproof_simulators.centra.entities import OPEN, Order, OrderLine, OrderStatus
from peakproof_simulators.centra.errors import Fault

if TYPE_CHECKING:
    from peakproof_simulators.centra.entities import Market
    from peakproof_simulators.centra.state import Centra


class Item(msgspec.Struct, frozen=True):
    """What a customer puts into a basket: a size, units, and a price if not the list's."""

    size: int
    units: int
    price_minor: int | None = None
    comment: str = ""


class Shortage(Exception):
    """Some items of a basket are not there: (item, units lacking)."""

    def __init__(self, lacking: Sequence[tuple[Item, int]]) -> None:
        super().__init__(len(lacking))
        self.lacking = tuple(lacking)


def key(order: Order) -> str:
    """What a judge reads an order by."""
    return f"order:{order.number}"


def store(centra: Centra, order: Order, change: str = "UPDATED") -> Order:
    """Keep an order as changed now, and tell who listens."""
    order = replace(order, updated_s=centra.now)
    centra.orders.put(order.number, order)
    centra.note(key(order))
    centra.changed("Order", order.number, change)
    return order


def turn(centra: Centra, order: Order, status: OrderStatus) -> Order:
    """Give an order another status and tell it; the order is not kept yet."""
    means = facts.MEANS.get(status, "")
    facts.turned(centra, order, "order", old=order.status, new=status, means=means)
    return replace(order, status=status)


def missing(centra: Centra, market: Market, items: Sequence[Item]) -> list[tuple[Item, int]]:
    """What the shop of a market lacks for a basket: each item with the units that lack."""
    rule = centra.rule_of(market.id)
    left: dict[tuple[int, int], int] = {}
    lacking = []
    for item in items:
        short = item.units
        for size, each in parts(centra, item.size):
            fit = item.units * each
            for warehouse in rule:
                cell = size, warehouse
                if cell not in left:
                    left[cell] = stock.sellable(centra, *cell)
                taken = min(left[cell], fit)
                left[cell] -= taken
                fit -= taken
            short = min(short, item.units - -(-fit // each))
        if short < item.units:
            lacking.append((item, item.units - short))
    return lacking


def parts(centra: Centra, size: int) -> Sequence[tuple[int, int]]:
    """The sizes that stock is taken of, each with units: a bundle's components, or the size."""
    product = centra.products.by_id[centra.sizes.by_id[size].product]
    return product.components or ((size, 1),)


def draft(
    centra: Centra, market: Market, items: Sequence[Item], *, email: str = "",
    address: dict[str, str] | None = None, number: int = 0, foreign_number: str = "",
) -> Order:  # fmt: skip
    """A basket as an order that nobody has been promised yet and that is not kept."""
    pricelist = centra.pricelists.by_id[1]
    number = number or centra.orders.next_id()
    centra.orders.take(number)
    at_s = centra.now
    order = Order(
        number, centra.ids.uuid().replace("-", ""), "INCOMPLETE", market.id, pricelist.id,
        pricelist.currency, at_s, at_s, (), email=email, address=address or {},
        billing=address or {}, shipping_minor=centra.settings.shipping_cost_minor,
        foreign_number=foreign_number, complete=False,
    )  # fmt: skip
    lines = [line for item in items for line in _lines(centra, order, item)]
    return replace(order, lines=tuple(lines))


def accept(centra: Centra, order: Order, *, take_stock: bool = True) -> Order:
    """Promise what a draft says: allocated by the market's rule; what lacks is demand."""
    order = fill(centra, replace(order, status="PENDING", complete=True), take_stock=take_stock)
    facts.placed(centra, order)
    order = store(centra, order, "CREATED")
    requests.ask(centra, order)
    return order


def place(
    centra: Centra, market: Market, items: Sequence[Item], *, email: str = "",
    address: dict[str, str] | None = None,
) -> Order:  # fmt: skip
    """Order a basket.

    Raises:
        Shortage: units lack, and backorders are not allowed.
    """
    lacking = missing(centra, market, items)
    if lacking and not centra.settings.backorders:
        raise Shortage(lacking)
    return accept(centra, draft(centra, market, items, email=email, address=address))


def _lines(centra: Centra, order: Order, item: Item) -> list[OrderLine]:
    product = centra.products.by_id[centra.sizes.by_id[item.size].product]
    listed = centra.prices.get((order.pricelist, product.id), 0)
    price = listed if item.price_minor is None else item.price_minor
    if not product.components:
        id_ = centra.count("order_line")
        return [OrderLine(id_, item.size, item.units, price, (), item.units, comment=item.comment)]
    made, left = [], price
    for size, each in product.components:
        id_ = centra.count("order_line")
        units = item.units * each
        # All of the price is the first line's; pennies that do not divide go on to the next.
        share, left = divmod(left, each)
        made.append(OrderLine(id_, size, units, share, (), units, bundle=item.size))
    return made


def fill(centra: Centra, order: Order, *, take_stock: bool = True) -> Order:
    """Allocate all demand of an order by its market's rule; what is left is demand.

    Lines come in with all their units as demand that no warehouse shows yet.
    """
    rule = centra.rule_of(order.market)
    filled = []
    for fresh in order.lines:
        line = requests.first_hold(centra, order, fresh, rule) if take_stock else fresh
        allocating.wait_for(centra, order, line.size, line.demand, "order")
        filled.append(line)
    return replace(order, lines=tuple(filled))


def authorise(centra: Centra, order: Order) -> Order:
    """The provider holds the money: the order waits no longer and comes into the lists."""
    order, _ = payments.enter(centra, order, "AUTH", "SUCCESS", order.total_minor)
    facts.turned(centra, order, "payment", old="waiting", new="authorised")
    order = replace(order, waiting=False)
    if centra.settings.autoconfirm_orders and order.status == "PENDING":
        order = turn(centra, order, "CONFIRMED")
    return store(centra, order)


def confirm(centra: Centra, order: Order) -> Order:
    """The order may be worked on.

    Raises:
        Fault: it is past that.
    """
    if order.status != "PENDING":
        raise Fault("cannot_confirm", "order", key=str(order.number), why=order.status)
    return store(centra, turn(centra, order, "CONFIRMED"))


def may_cancel(order: Order) -> None:
    """Check that an order can be cancelled as a whole.

    Raises:
        Fault: it is over, captured, or has shipments.
    """
    number = str(order.number)
    if order.status not in OPEN:
        raise Fault("cannot_cancel", "id", key=number, why=f"it is {order.status}")
    if payments.captured_minor(order):
        raise Fault("cannot_cancel", "id", key=number, why="it is captured, make a return")
    if any(line.on_shipments for line in order.lines):
        raise Fault("cannot_cancel", "id", key=number, why="it has shipments")


def cancel(
    centra: Centra, order: Order, *, action: StockAction = "release", to: int = 0,
    void: bool = True, cause: str = "cancelled",
) -> Order:  # fmt: skip
    """End an order: its units go where ``action`` says, its authorisation is voided.

    Raises:
        Fault: see :func:`may_cancel`.
    """
    may_cancel(order)
    if centra.world.by in ("shopper", "staff") and cause == "cancelled":
        facts.cancel_asked(centra, order)
    gone = [(line.id, line.size, line.quantity) for line in order.lines]
    lines = [
        allocating.cancel_units(centra, order, line, line.quantity, action, to=to)
        for line in order.lines
    ]
    order = turn(centra, replace(order, lines=tuple(lines), waiting=False), "CANCELLED")
    facts.withdrawn(centra, order, gone, cause)
    left = payments.authorised_minor(order)
    if void and left > 0:
        order, _ = payments.enter(centra, order, "CANCEL", "SUCCESS", left)
    requests.close(centra, order.number)
    return store(centra, order)


def cancel_lines(
    centra: Centra, order: Order, wanted: Sequence[tuple[int, int, StockAction]]
) -> Order:
    """Take units off lines: (line, units, what becomes of the stock). All or nothing.

    Raises:
        Fault: a line has not so many left.
    """
    by_line = {line.id: line for line in order.lines}
    asked: dict[int, int] = {}
    for id_, units, _ in wanted:
        asked[id_] = asked.get(id_, 0) + units
    for id_, units in asked.items():
        line = by_line[id_]
        if units > line.demand + allocating.held(line):
            raise Fault("cannot_cancel_line", "cancelLines", key=str(order.number), why=id_)
    for id_, units, action in wanted:
        by_line[id_] = allocating.cancel_units(centra, order, by_line[id_], units, action)
    gone = [(id_, by_line[id_].size, units) for id_, units in asked.items()]
    order = replace(order, lines=tuple([by_line[line.id] for line in order.lines]))
    facts.withdrawn(centra, order, gone, "lines_cancelled")
    return order


def add_lines(centra: Centra, order: Order, items: Sequence[Item]) -> Order:
    """Put more on an order. A line that is the same but for its units grows instead (size, price
    and comment have to match)."""
    lines = list(order.lines)
    fresh: list[OrderLine] = []
    for item in items:
        for wanted in _lines(centra, order, item):
            found = allocating.shares(
                centra, wanted.size, wanted.quantity, centra.rule_of(order.market), shop=False
            )
            line = allocating.hold(centra, order, wanted, found)
            allocating.wait_for(centra, order, line.size, line.demand, "order")
            fresh.append(line)
            twin = next((at for at, old in enumerate(lines) if _same(old, line)), None)
            if twin is None:
                lines.append(line)
                continue
            old = lines[twin]
            lines[twin] = replace(
                old,
                quantity=old.quantity + line.quantity,
                allocations=old.allocations + line.allocations,
                demand=old.demand + line.demand,
            )
            fresh[-1] = replace(line, id=old.id)
    order = replace(order, lines=tuple(lines))
    facts.added(centra, order, fresh)
    return order


def _same(old: OrderLine, new: OrderLine) -> bool:
    marks = ("size", "unit_price_minor", "comment", "bundle")
    return all(getattr(old, mark) == getattr(new, mark) for mark in marks)


def settle(centra: Centra, order: Order) -> Order:
    """An order whose units have all left or were cancelled is SHIPPED."""
    shipments = [centra.shipments.by_id[id_] for id_ in order.shipments]
    left = any(line.quantity > line.on_shipments for line in order.lines)
    if order.status != "PROCESSING" or left or not shipments:
        return order
    if all(shipment.complete for shipment in shipments):
        return turn(centra, order, "SHIPPED")
    return order

"""Customer orders as others point at them, and which sales orders they made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from peakproof_simulators.deposco.imports import Import, shop_lines
from peakproof_simulators.deposco.payloads.common import text
from peakproof_simulators.deposco.v2.numbers import line_id
from peakproof_simulators.deposco.v2.payloads import EntityRef

if TYPE_CHECKING:
    from peakproof_simulators.deposco.entities import Order
    from peakproof_simulators.deposco.state import Deposco

SHOP_ORDERS_FROM: Final = 90_000_001


def shop_order_id(made: Import) -> int:
    """The id of a customer order."""
    return SHOP_ORDERS_FROM + made.id - 1


def external_number(made: Import) -> str:
    """The number that the customer knows."""
    return text(made.sent.external_order_number) or made.number


def shop_order_ref(store: Deposco, made: Import) -> EntityRef:
    """A customer order, as others point at it."""
    at = shop_order_id(made)
    unit = store.settings.business_unit
    return EntityRef(
        id=at,
        business_key={"externalOrderNumber": external_number(made), "businessUnit.code": unit},
        href=f"/latest/orders/customerOrders/{at}",
    )


def shop_line_ref(made: Import, external: str) -> EntityRef | None:
    """A line of a customer order by its external number; None when there is none."""
    at = shop_order_id(made)
    for position, line in enumerate(shop_lines(made.sent)):
        if text(line.external_line_number) == external:
            number = line_id(at, position)
            return EntityRef(
                id=number,
                business_key={"externalLineNumber": external, "coHeader.id": at},
                href=f"/latest/orders/customerOrders/{at}/customerOrderLines/{number}",
            )
    return None


def parent_of(store: Deposco, order: Order) -> Import | None:
    """The customer order that a sales order comes from; its number says which."""
    if not text(order.sent.co_header):
        return None
    parts = order.number.rsplit("-", 2)
    if len(parts) != 3 or not parts[1].isdecimal() or len(parts[1]) > 9:
        return None
    made = store.customer_orders.requests.get(int(parts[1]))
    return made if made is not None and order.number in made.children else None

"""A customer order as V2 shows it: how far it is follows from its sales orders."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from msgspec import UNSET

from peakproof_simulators.deposco.entities import Line, Order, in_packs
from peakproof_simulators.deposco.imports import Import, shop_lines
from peakproof_simulators.deposco.payloads import orders as v1
from peakproof_simulators.deposco.payloads.common import text
from peakproof_simulators.deposco.v2.customer_models import (
    Allocation,
    CustomerLine,
    CustomerLines,
    CustomerOrderNotice,
    CustomerOrderResponse,
    ShopOrder,
)
from peakproof_simulators.deposco.v2.customer_refs import (
    external_number,
    shop_line_ref,
    shop_order_ref,
)
from peakproof_simulators.deposco.v2.kinds import KINDS
from peakproof_simulators.deposco.v2.order_out import line_ref, order_ref
from peakproof_simulators.deposco.v2.payloads import EntityRef
from peakproof_simulators.deposco.v2.refs import facility_ref, item_ref, pack_ref, unit_ref
from peakproof_simulators.deposco.v2.words import References

if TYPE_CHECKING:
    from peakproof_simulators.deposco.state import Deposco

_SALES: Final = KINDS[0]
_WITH_THE_WAREHOUSE: Final = frozenset(
    {"Draft", "New", "Hold", "Ready for Fulfillment", "Wave Built"}
)
_NO_MORE: Final = frozenset({"Ship Complete", "Canceled"})
_V1_SAME: Final = (
    "account_number", "other_reference_number", "other_reference_number2",
    "related_order_number", "sub_total", "shipping_total", "tax_total", "total", "ship_via",
    "ship_vendor", "order_summary", "order_source", "currency_code", "custom_attribute1",
    "custom_attribute2", "custom_attribute3",
)  # fmt: skip
_V1_LINE_SAME: Final = (
    "description", "unit_price", "unit_cost", "net_price", "line_total", "shipping_amount",
    "discount_amount", "tax_amount", "vendor_part_number", "custom_attribute1",
    "custom_attribute2", "custom_attribute3",
)  # fmt: skip


def children_of(store: Deposco, made: Import) -> list[Order]:
    """The sales orders that a customer order made."""
    return [store.orders.sales(number) for number in made.children]


def status_of(made: Import, children: list[Order]) -> str:
    """How far a customer order is, by its sales orders (inferred)."""
    if made.status != "Released" or not children:
        return made.status
    statuses = {child.status for child in children}
    if statuses == {"Canceled"}:
        return "Canceled"
    if statuses <= _NO_MORE:
        return "Complete"
    if "Back Ordered" in statuses and statuses <= {*_NO_MORE, "Back Ordered"}:
        return "Back Ordered"
    if statuses <= _WITH_THE_WAREHOUSE:
        return "Released"
    if statuses & _WITH_THE_WAREHOUSE or statuses & {"Back Ordered", "Partially Released"}:
        return "Partially InFulfillment"
    return "InFulfillment"


def response(store: Deposco, made: Import) -> CustomerOrderResponse:
    """A customer order with its notices, none of them null."""
    notices = [_notice(store, made, problem) for problem in made.problems]
    return CustomerOrderResponse(customer_order=shop_order(store, made), notices=notices)


def updated_at(store: Deposco, made: Import) -> float:
    """When a customer order or one of its sales orders last changed."""
    return max([made.at, *[child.updated for child in children_of(store, made)]])


def _notice(
    store: Deposco, made: Import, problem: tuple[str, str, str, str]
) -> CustomerOrderNotice:
    code, message, field, value = problem
    at = store.world.clock.iso(made.at + store.settings.import_delay_s)
    return CustomerOrderNotice(
        notice_type="Error", code=code, message=message[:1500], field_name=field or None,
        provided_value=value[:4000], status="New", created_date=at, updated_date=at,
    )  # fmt: skip


def shop_order(store: Deposco, made: Import) -> ShopOrder:
    """A customer order without its notices."""
    known = store.papers.shop_orders.get(made.id)
    order = _of_v1(store, made) if known is None else copy(known)
    children = children_of(store, made)
    clock = store.world.clock
    order.self_ = shop_order_ref(store, made)
    order.business_unit = unit_ref(store)
    order.number = made.number
    order.status = status_of(made, children)  # type: ignore[assignment]
    order.created_date = clock.iso(made.at)
    order.updated_date = clock.iso(updated_at(store, made))
    order.fulfillment_orders = [order_ref(store, _SALES, child.number) for child in children]
    # What only a request has is not in the vendor's answer.
    order.co_retail_activities = order.tags = UNSET
    most = store.settings.nested_rows
    count = len(shop_lines(made.sent))
    order.co_lines = CustomerLines(
        data=[shop_line(store, made, at, children) for at in range(min(most, count))],
        links=[], complete=count <= most, pages=-(-count // most),
    )  # fmt: skip
    return order


def _of_v1(store: Deposco, made: Import) -> ShopOrder:
    sent = made.sent
    unit = store.settings.business_unit
    partner = text(sent.trading_partner)
    key = {"code": partner, "businessUnit.code": unit}
    order = ShopOrder(
        business_unit=unit_ref(store), external_order_number=external_number(made),
        placed_date=store.world.clock.iso(made.at), trading_partner=EntityRef(business_key=key),
        primary_sales_channel=EntityRef(business_key={"code": unit}),
    )  # fmt: skip
    _copy(sent, order, _V1_SAME)
    return order


def _copy(sent: Any, shown: Any, names: tuple[str, ...]) -> None:
    for name in names:
        value = getattr(sent, name)
        if value is not None and value is not UNSET:
            setattr(shown, name, value)


# --- lines ----------------------------------------------------------------------------


def shop_line(store: Deposco, made: Import, position: int, children: list[Order]) -> CustomerLine:
    """A line of a customer order. What has been shipped shows when all of it is done."""
    sent = shop_lines(made.sent)[position]
    known = store.papers.shop_orders.get(made.id)
    if known is None or known.co_lines is UNSET:
        line = _line_of_v1(sent)
    else:
        line = copy(known.co_lines.data[position])
    entry = store.catalogue.items.get(text(sent.item_number))
    external = text(sent.external_line_number)
    line.self_ = shop_line_ref(made, external) or UNSET
    line.business_unit = unit_ref(store)
    line.co_header = shop_order_ref(store, made)
    line.number = str(position + 1)
    clock = store.world.clock
    line.created_date = line.updated_date = clock.iso(made.at)
    if entry is None:
        # An item that nobody knows leaves a line that cannot be mended (DQ15).
        line.item, line.pack_quantity = None, None
    else:
        line.item = item_ref(store, entry)
        line.pack = pack_ref(store, entry, "Each", 1)
    found = _child_lines(children, external)
    word: Any = _line_status(made, found)
    line.status = word
    _set_figures(store, line, made, found)
    return line


def _line_of_v1(sent: v1.CustomerOrderLine) -> CustomerLine:
    quantity = sent.order_quantity
    line = CustomerLine(
        external_line_number=text(sent.external_line_number),
        order_quantity=quantity if isinstance(quantity, Decimal) else Decimal(0),
        pack_quantity=1, item_number=text(sent.item_number),
    )  # fmt: skip
    _copy(sent, line, _V1_LINE_SAME)
    return line


def _child_lines(children: list[Order], external: str) -> list[tuple[Order, int]]:
    return [
        (child, at)
        for child in children
        for at, line in enumerate(child.lines)
        if text(line.sent.customer_line_number) == external
    ]


def _line_status(made: Import, found: list[tuple[Order, int]]) -> str:
    word = status_of(made, [order for order, _at in found])
    if all(order.lines[at].canceled >= order.lines[at].ordered for order, at in found) and found:
        return "Canceled"
    return word


def _set_figures(
    store: Deposco, line: CustomerLine, made: Import, found: list[tuple[Order, int]]
) -> None:
    per_pack = line.pack_quantity or 1
    lines = [order.lines[at] for order, at in found]
    done = status_of(made, [order for order, _at in found]) in ("Complete", "Closed")
    shows = done or not store.settings.shipped_rolls_up_at_end
    line.original_order_quantity = line.order_quantity
    wanted = int(line.order_quantity * per_pack)
    sku = line.item_number if isinstance(line.item_number, str) else ""

    def units(figure: Callable[[Line], int]) -> int:
        """Units of the line's own item: of a bundle, as many as all of its components make."""
        if all(each.sku == sku for each in lines):
            return sum(map(figure, lines))
        return min(figure(each) * wanted // each.ordered for each in lines)

    line.canceled_quantity = in_packs(units(lambda each: each.canceled), per_pack)
    line.allocated_quantity = in_packs(units(lambda each: each.allocated), per_pack)
    shipped = units(lambda each: each.shipped) if shows else 0
    line.shipped_quantity = in_packs(shipped, per_pack)
    waiting = max(
        [
            -(-_waiting(order, order.lines[at]) * wanted // order.lines[at].ordered)
            for order, at in found
        ],
        default=0,
    )
    line.back_order_quantity = in_packs(waiting, per_pack)
    line.back_ordered = bool(waiting)
    line.co_line_allocations = [_allocation(store, order, at) for order, at in found]
    refs = [line_ref(store, _SALES, order, at) for order, at in found]
    line.fulfillment_order_lines = References(data=refs, links=[], complete=True, pages=1)


def _waiting(order: Order, line: Line) -> int:
    return line.unallocated if order.status in ("Back Ordered", "Partially Released") else 0


def _allocation(store: Deposco, order: Order, position: int) -> Allocation:
    line = order.lines[position]
    if line.canceled >= line.ordered:
        word = "Canceled"
    elif line.canceled:
        word = "Partially Canceled"
    else:
        word = "Allocated" if order.status in _WITH_THE_WAREHOUSE else "Released"
    facility = store.catalogue.facilities.get(order.facility)
    return Allocation(
        order_line=line_ref(store, _SALES, order, position),
        ship_from_facility=EntityRef() if facility is None else facility_ref(store, facility),
        status=word,  # type: ignore[arg-type]
        allocated_quantity=in_packs(line.ordered - line.canceled, 1),
        canceled_quantity=in_packs(line.canceled, 1), source="DOM",
    )  # fmt: skip


def sales_order_numbers(made: Import) -> list[str]:
    """What a judge knows a customer order's work by."""
    return [f"work:{number}" for number in made.children]

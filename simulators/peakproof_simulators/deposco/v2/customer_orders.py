"""Customer orders in V2: taken with 202, validated and sourced a little later."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import UNSET

from peakproof.wire.message import Response
from peakproof_simulators.deposco.errors import Declined, errors
from peakproof_simulators.deposco.imports import Import, shop_lines
from peakproof_simulators.deposco.payloads import orders as v1
from peakproof_simulators.deposco.payloads.common import text
from peakproof_simulators.deposco.payloads.stock import (
    RetailActivity,
    RetailTransaction,
    SaleReturnLine,
    SaleReturnLines,
)
from peakproof_simulators.deposco.v2.async_models import AsyncRequest, AsyncTaken
from peakproof_simulators.deposco.v2.bodies import answer, not_meanwhile, refusal, taken
from peakproof_simulators.deposco.v2.customer_models import (
    CustomerLine,
    CustomerLines,
    CustomerOrderPage,
    CustomerOrderRequest,
    ShopOrder,
)
from peakproof_simulators.deposco.v2.customer_refs import (
    SHOP_ORDERS_FROM,
    external_number,
    shop_order_id,
)
from peakproof_simulators.deposco.v2.customer_shown import (
    children_of,
    response,
    sales_order_numbers,
    shop_line,
    updated_at,
)
from peakproof_simulators.deposco.v2.inventory import numeric
from peakproof_simulators.deposco.v2.numbers import line_place
from peakproof_simulators.deposco.v2.order_in import check_unit, place_number
from peakproof_simulators.deposco.v2.orders import DEFAULT_ROWS, MOST_ROWS
from peakproof_simulators.deposco.v2.paging import begin, cut, moment, wrong_unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.deposco.v2.paging import Search
    from peakproof_simulators.kit.service import Call

REQUESTS_FROM: Final = 500_001
_DECODER: Final = msgspec.json.Decoder(CustomerOrderRequest)
_SAME: Final = (
    "external_order_number", "other_reference_number", "other_reference_number2",
    "related_order_number", "account_number", "sub_total", "shipping_total", "tax_total",
    "total", "ship_via", "ship_vendor", "order_summary", "placed_date", "order_source",
    "currency_code", "order_type", "delivery_type", "custom_attribute1", "custom_attribute2",
    "custom_attribute3",
)  # fmt: skip
_LINE_SAME: Final = (
    "external_line_number", "item_number", "description", "unit_price", "unit_cost", "net_price",
    "line_total", "shipping_amount", "discount_amount", "tax_amount", "vendor_part_number",
)  # fmt: skip


def _subscribed(store: Deposco) -> None:
    if not store.settings.order_management:
        raise errors(403, "The tenant is not subscribed to Enterprise Order Management")


# --- in -------------------------------------------------------------------------------


def create(store: Deposco, call: Call) -> Response:
    """POST /latest/orders/customerOrders: taken, and never looked at twice: the same one again
    is another one (DQ13). What becomes of it stands at the request and in its notices (DQ14)."""
    _subscribed(store)
    sent = taken(store, call, _DECODER).customer_order
    if not sent.external_order_number:
        raise errors(400, "customerOrder.externalOrderNumber must not be empty")
    failure, told, sold = "", v1.CustomerOrder(), None
    try:
        check_unit(store, sent.business_unit)
        told = _told(store, sent)
        sold = _sold(store, sent)
    except Declined as declined:
        failure = declined.text
        told.external_order_number = sent.external_order_number
    made = store.customer_orders.take("", told, fresh=True, failure=failure, sold=sold)
    if sent.co_lines is UNSET:
        sent.co_lines = CustomerLines(data=[])
    store.papers.shop_orders[made.id] = sent
    call.keys.append(f"work:{external_number(made)}")
    number = str(REQUESTS_FROM + made.id - 1)
    request = AsyncRequest(id=number, href=f"/latest/async/{number}")
    return answer(AsyncTaken(request=request), 202)


def _told(store: Deposco, sent: ShopOrder) -> v1.CustomerOrder:
    told = v1.CustomerOrder()
    for name in _SAME:
        value = getattr(sent, name)
        if value is not UNSET:
            setattr(told, name, value)
    code = sent.trading_partner.business_key
    if isinstance(code, dict) and isinstance(code.get("code"), str):
        told.trading_partner = code["code"]
    lines = [] if sent.co_lines is UNSET else sent.co_lines.data
    told.order_lines = v1.CustomerOrderLines([_line_told(store, line) for line in lines])
    return told


def _line_told(store: Deposco, line: CustomerLine) -> v1.CustomerOrderLine:
    told = v1.CustomerOrderLine()
    for name in _LINE_SAME:
        value = getattr(line, name)
        if value is not UNSET:
            setattr(told, name, value)
    told.order_quantity = line.order_quantity * (line.pack_quantity or 1)
    if isinstance(line.ship_from_facility, msgspec.Struct):
        told.ship_from_facility = place_number(store, line.ship_from_facility)
    return told


def _sold(store: Deposco, sent: ShopOrder) -> RetailActivity | None:
    """The till's transaction that a retail order stands for; None when it is to be shipped."""
    if sent.order_type != "Retail" or not sent.co_retail_activities:
        return None
    told = sent.co_retail_activities[0]
    if not isinstance(told.facility, msgspec.Struct):
        raise Declined(400, "invalid", "coRetailActivities[].facility is required")
    back = told.type == "Return"
    lines: list[SaleReturnLine] = []
    for line in [] if sent.co_lines is UNSET else sent.co_lines.data:
        units = Decimal(line.order_quantity * (line.pack_quantity or 1))
        lines.append(
            SaleReturnLine(
                external_line_number=line.external_line_number,
                item=line.item_number if line.item_number is not UNSET else "",
                sale_quantity=UNSET if back else units,
                returned_quantity=units if back else UNSET, unit_price=line.unit_price,
            )
        )  # fmt: skip
    transaction = RetailTransaction(
        type=told.type or "Sale", reference_number=_reference(told.reference_number) or
        told.retail_transaction_id, retail_transaction_id=told.retail_transaction_id,
        facility=place_number(store, told.facility), primary_sales_channel="STORE",
        voided=told.voided, test_transaction=told.test_transaction,
        sale_return_lines=SaleReturnLines(lines),
    )  # fmt: skip
    return RetailActivity(retail_transaction=transaction)


def _reference(said: object) -> str:
    return said if isinstance(said, str) else ""


# --- out ------------------------------------------------------------------------------


def listing(store: Deposco, call: Call) -> Response:
    """GET /latest/orders/customerOrders: a page, the newest first; copies that were cancelled
    stay (DQ29)."""
    _subscribed(store)
    search = begin(store, call, default=DEFAULT_ROWS, most=MOST_ROWS)
    rows = _rows(store, search, store.world.t - call.stale_s)
    found, around = cut(store, search, rows, number=shop_order_id, count=None)
    for made in found:
        call.keys += sales_order_numbers(made)
    data = [response(store, made) for made in found]
    return answer(CustomerOrderPage(data=data, **around))


def _rows(store: Deposco, search: Search, until: float) -> Iterator[Import]:
    created = moment(store, search, "createdAfter")
    updated = moment(store, search, "updatedAfter")
    wanted = search.filters.get("externalOrderNumber")
    partner = search.filters.get("tradingPartnerCode")
    if wrong_unit(store, search):
        return
    book = store.customer_orders
    every = range(1, len(book.requests) + 1)
    for at in reversed(every if wanted is None else book.by_customer.get(wanted, ())):
        made = book.requests[at]
        if made.same or made.failure or made.at > until:
            continue
        if created is not None and made.at < created:
            return
        if (partner is None or text(made.sent.trading_partner) == partner) and (
            updated is None or updated_at(store, made) >= updated
        ):
            yield made


def _found(store: Deposco, call: Call) -> Import:
    _subscribed(store)
    said = call.params["orderId"]
    made = store.customer_orders.requests.get(numeric(said) - SHOP_ORDERS_FROM + 1)
    if made is None or made.same or made.failure:
        raise errors(404, f"Customer Order [{said}] does not exist")
    call.keys += sales_order_numbers(made)
    return made


def reading(store: Deposco, call: Call) -> Response:
    """GET /latest/orders/customerOrders/{orderId}: one, with its notices."""
    return answer(response(store, _found(store, call)))


def lines_listing(store: Deposco, call: Call) -> Response:
    """GET …/customerOrderLines: its lines in pages, the newest first."""
    made = _found(store, call)
    search = begin(store, call, default=DEFAULT_ROWS, most=MOST_ROWS)
    created = moment(store, search, "createdAfter")
    updated = moment(store, search, "updatedAfter")
    wanted = search.filters.get("externalLineNumber")
    lines = shop_lines(made.sent)
    rows = (
        at
        for at in range(len(lines) - 1, -1, -1)
        if (wanted is None or text(lines[at].external_line_number) == wanted)
        and (created is None or made.at >= created)
        and (updated is None or updated_at(store, made) >= updated)
    )
    found, around = cut(store, search, rows, number=lambda at: at + 1, count=None)
    children = children_of(store, made)
    data = [shop_line(store, made, at, children) for at in found]
    return answer(CustomerLines(data=data, **around))


def line_reading(store: Deposco, call: Call) -> Response:
    """GET …/customerOrderLines/{orderLineId}: one line."""
    made = _found(store, call)
    said = call.params["orderLineId"]
    position = line_place(shop_order_id(made), numeric(said))
    if not 0 <= position < len(shop_lines(made.sent)):
        raise errors(404, f"Customer order line [{said}] does not exist")
    return answer(shop_line(store, made, position, children_of(store, made)))


def cancelling(store: Deposco, call: Call) -> Response:
    """POST …/cancellations: the whole order; the vendor's text speaks of such a route and its
    document has none, so that it is off unless the tenant says otherwise (chosen)."""
    if not store.settings.customer_order_cancellations:
        raise errors(404, f"No resource at {call.request.path}")
    made = _found(store, call)
    not_meanwhile(store)
    try:
        store.customer_orders.end(made)
    except Declined as declined:
        raise refusal(store, external_number(made), declined) from None
    return answer(response(store, made))

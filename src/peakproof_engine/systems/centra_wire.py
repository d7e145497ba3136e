"""Centra's Integration API, as far as the engine speaks it: documents, answers, refusals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import msgspec

from peakproof_engine.errors import NotNow, Refused, UnknownOutcome
from peakproof_engine.guards import Guards
from peakproof_engine.http import Answer, decoder

DATE: Final = "Y-m-d\\\\TH:i:s.uP"
"""To the microsecond, so that two changes of an order can be told apart (twice escaped)."""
CLOSED_BY_CLIENT: Final = 499
"""The vendor's word for an execution that took too long: nobody knows what became of it."""
NO_TOKEN_S: Final = 30.0
"""Between two attempts while the token does not work: somebody in the admin has to renew it."""

# --- what comes back ----------------------------------------------------------------------


class Wire(msgspec.Struct, rename="camel", gc=False):
    """The root of the documents; fields that are not read are skipped."""


class Id(Wire):
    """Something with a number of its own."""

    id: int


class Warehouse(Wire):
    """Where stock lies."""

    id: int
    name: str = ""
    external_id: str | None = None


class Stock(Wire):
    """Quantities of a size in a warehouse; each is of a kind of its own."""

    warehouse: Id
    physical_quantity: int = 0
    available_now_quantity: int = 0


class Size(Wire):
    """What stock is counted of."""

    id: int
    sku: str = msgspec.field(name="SKU", default="")
    stock: list[Stock] = []


class StockChangeLine(Wire):
    """Units that a stock change moved."""

    product_size: Size
    delivered_quantity: int


class StockChange(Wire):
    """Stock that somebody wrote; ``description`` is the writer's own."""

    description: str = ""
    into_warehouse: Id | None = None
    lines: list[StockChangeLine] = []


class Money(msgspec.Struct, frozen=True, gc=False):
    """An amount in units of its currency."""

    value: Decimal


class Entry(Wire):
    """A line of a payment history."""

    entry_type: str
    status: str
    value: Money


class Allocation(Wire):
    """Units that a warehouse holds for a line."""

    quantity: int
    warehouse: Warehouse


class Line(Wire):
    """A line of an order; ``quantity`` is without what was cancelled."""

    id: int
    product_size: Size
    quantity: int
    cancelled_quantity: int
    unit_price: Money
    allocations: list[Allocation] = []


class Shipment(Wire):
    """A parcel that the shop knows of; it is done when it is completed."""

    id: int
    additional_message: str | None = None
    tracking_number: str | None = None
    is_captured: bool = False
    is_paid: bool = False
    is_completed: bool = False


class Country(Wire):
    """By its two letters."""

    code: str


class Address(Wire):
    """Where a parcel goes."""

    first_name: str | None = None
    last_name: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    zip_code: str | None = None
    state_or_province: str | None = None
    country: Country | None = None
    email: str | None = None
    phone_number: str | None = None


class Customer(Wire):
    """Who buys."""

    email: str = ""


class Currency(Wire):
    """By its three letters."""

    currency: Country


class Brief(Wire):
    """Enough of an order to see whether it is news."""

    id: str
    number: int
    status: str
    updated_at: str
    is_on_hold: bool = False
    is_waiting_for_payment: bool = False


class Order(Brief):
    """An order, whole."""

    created_at: str = ""
    pricelist: Currency | None = None
    grand_total: Money = Money(Decimal(0))
    lines: list[Line] = []
    shipments: list[Shipment] = []
    payment_history: list[Entry] = []
    shipping_address: Address | None = None
    customer: Customer | None = None


class Said(Wire):
    """An error or a warning."""

    message: str


class Payload(Wire):
    """What a mutation answers: errors mean that it failed. Its warnings are read off its effect."""

    user_errors: list[Said] = []
    shipment: Shipment | None = None
    stock_change: StockChange | None = None


class Edge(Wire):
    """An entry of a connection."""

    node: StockChange


class Connection(Wire):
    """A window on a list."""

    edges: list[Edge]


class Answered(Wire):
    """A whole answer, to whichever document; ``data`` is null when nothing was executed."""

    data: dict[str, msgspec.Raw] | None = None
    errors: list[Said] = []


ANSWER: Final[msgspec.json.Decoder[Answered]] = decoder(Answered)
PAYLOAD: Final[msgspec.json.Decoder[Payload]] = decoder(Payload)
ORDERS: Final[msgspec.json.Decoder[list[Order]]] = decoder(list[Order])
BRIEFS: Final[msgspec.json.Decoder[list[Brief]]] = decoder(list[Brief])
WAREHOUSES: Final[msgspec.json.Decoder[list[Warehouse]]] = decoder(list[Warehouse])
SIZES: Final[msgspec.json.Decoder[list[Size]]] = decoder(list[Size])
CHANGES: Final[msgspec.json.Decoder[Connection]] = decoder(Connection)

# --- what is asked ------------------------------------------------------------------------

WAREHOUSE_QUERY: Final = """
query($page: Int) { warehouses(limit: 200, page: $page) { id name externalId } }"""
RANGE_QUERY: Final = """
query($page: Int) { productSizes(limit: 200, page: $page) { id SKU } }"""
_STOCK: Final = "stock { warehouse { id } physicalQuantity availableNowQuantity }"
STOCK_QUERY: Final = f"""
query($page: Int) {{ productSizes(limit: 100, page: $page) {{ id SKU {_STOCK} }} }}"""
SIZE_QUERY: Final = f"""
query($id: [Int!]) {{ productSizes(where: {{id: $id}}, limit: 1) {{ id SKU {_STOCK} }} }}"""
CHANGES_QUERY: Final = """
query($where: StockChangeFilter, $last: Int) { stockChangeConnection(where: $where, last: $last) {
  edges { node { description intoWarehouse { id } lines { deliveredQuantity productSize { id } } } }
} }"""
CHANGE_STOCK: Final = f"""
mutation($input: StockChangeInput!) {{ changeStock(input: $input) {{
  stockChange {{ description intoWarehouse {{ id }}
    lines {{ deliveredQuantity productSize {{ id SKU {_STOCK} }} }} }}
  userErrors {{ message }}
}} }}"""

_BRIEF: Final = f'id number status updatedAt(format: "{DATE}") isOnHold isWaitingForPayment'
BRIEF_QUERY: Final = f"""
query($where: OrderFilter, $limit: Int, $page: Int) {{
  orders(where: $where, sort: [updatedAt_ASC, number_ASC], limit: $limit, page: $page) {{
    {_BRIEF} }}
}}"""
MARKS: Final = {
    "plain": (False, False), "held": (True, False), "unpaid": (False, True), "both": (True, True),
}  # fmt: skip
"""On hold, waiting for payment: a list leaves both out unless it is asked for just these."""
_FIRST: Final = "\n".join(
    f"  {name}: orders(where: ${name}, sort: [updatedAt_ASC, number_ASC], limit: $limit)"
    f" {{ {_BRIEF} }}"
    for name in MARKS
)
FIRST_PAGES: Final = f"""
query({" ".join(f"${name}: OrderFilter," for name in MARKS)} $limit: Int) {{
{_FIRST}
}}"""
"""The first page of each kind of order, in one call."""
_WHOLE: Final = f"""
  {_BRIEF} createdAt(format: "{DATE}") pricelist {{ currency {{ code }} }} grandTotal {{ value }}
  lines(includeFullyCancelled: true) {{
    id quantity cancelledQuantity productSize {{ id SKU }} unitPrice {{ value }}
    allocations {{ quantity warehouse {{ id name externalId }} }}
  }}
  shipments {{
    id additionalMessage trackingNumber isCaptured isPaid isCompleted
  }}
  paymentHistory {{ entryType status value {{ value }} }}
  ... on DirectToConsumerOrder {{
    customer {{ email }}
    shippingAddress {{
      firstName lastName address1 address2 city zipCode stateOrProvince country {{ code }} email
      phoneNumber
    }}
  }}"""
WHOLE_QUERY: Final = f"""
query($where: OrderFilter, $limit: Int) {{ orders(where: $where, limit: $limit) {{ {_WHOLE} }} }}"""
ORDER_QUERY: Final = f"""
query({" ".join(f"${name}: OrderFilter," for name in MARKS)}) {{
{" ".join(f"{name}: orders(where: ${name}, limit: 1) {{ ...whole }}" for name in MARKS)}
}}
fragment whole on Order {{ {_WHOLE} }}"""

_SAID: Final = "userErrors { message }"
LOCK: Final = f"""
mutation($input: OrdersLockInput!) {{ setOrdersLock(input: $input) {{ {_SAID} }} }}"""
CONFIRM: Final = f"""
mutation($input: OrderConfirmInput!) {{ confirmOrder(input: $input) {{ {_SAID} }} }}"""
UPDATE: Final = f"""
mutation($order: OrderInput!, $input: DirectToConsumerOrderUpdateInput!) {{
  updateDirectToConsumerOrder(order: $order, input: $input) {{ {_SAID} }} }}"""
CANCEL: Final = f"""
mutation($id: String!, $input: DirectToConsumerOrderCancelInput) {{
  cancelDirectToConsumerOrder(id: $id, input: $input) {{ {_SAID} }} }}"""
_SHIPMENT: Final = "shipment { id isCaptured isPaid isCompleted }"
CREATE_SHIPMENT: Final = f"""
mutation($input: ShipmentCreateInput!) {{
  createShipment(input: $input) {{ {_SHIPMENT} {_SAID} }} }}"""
CAPTURE: Final = f"""
mutation($id: Int!) {{ captureShipment(id: $id) {{ {_SHIPMENT} {_SAID} }} }}"""
COMPLETE: Final = f"""
mutation($id: Int!, $input: ShipmentCompleteInput!) {{
  completeShipment(id: $id, input: $input) {{ {_SHIPMENT} {_SAID} }} }}"""


def fields(answer: Answer, what: str, guards: Guards) -> dict[str, msgspec.Raw]:
    """The fields of an answer that was executed.

    Raises:
        NotNow: the token does not work; no call of ours can bring another one.
        UnknownOutcome: nobody can say what was executed.
        Refused: the document was not executed, or not all of it.
    """
    if answer.status == 403:
        if not guards.token_single_flight:
            raise Refused(what, "the token does not work", status=401)
        raise NotNow(what, "the token does not work", delay_s=NO_TOKEN_S)
    if answer.status == CLOSED_BY_CLIENT:
        raise UnknownOutcome(what, "the execution took too long")
    told = answer.read(ANSWER, what)
    if answer.status >= 400 or told.errors:
        why = told.errors[0].message if told.errors else f"answered {answer.status}"
        raise Refused(what, why, status=answer.status)
    if told.data is None:
        raise UnknownOutcome(what, "an answer without data")
    return told.data


def payload(data: dict[str, msgspec.Raw], what: str, guards: Guards) -> Payload:
    """What a mutation answered; with 200 and errors inside it failed.

    Raises:
        Refused: it did.
    """
    for raw in data.values():
        told = PAYLOAD.decode(raw)
        if told.user_errors and guards.inner_outcome:
            raise Refused(what, told.user_errors[0].message, status=200, code="user_error")
        return told
    raise UnknownOutcome(what, "an answer without data")


Variables = dict[str, Any]


def marked(where: Variables) -> Variables:
    """A filter for each kind of order, by its name."""
    return {
        name: {**where, "isOnHold": on_hold, "isWaitingForPayment": waiting}
        for name, (on_hold, waiting) in MARKS.items()
    }

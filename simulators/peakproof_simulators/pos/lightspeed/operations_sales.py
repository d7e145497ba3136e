"""Operations on sales, returns, fulfilments and webhooks."""

from __future__ import annotations

from typing import Any, Final

from peakproof_simulators.kit.operations import Operation, Parameter
from peakproof_simulators.pos.lightspeed import (
    fulfilling,
    fulfilment_read,
    returns,
    ringing,
    search,
    webhooks,
)
from peakproof_simulators.pos.lightspeed.payloads import fulfilments as fulfilled
from peakproof_simulators.pos.lightspeed.payloads import sales as bodies
from peakproof_simulators.pos.lightspeed.payloads import webhooks as hooks
from peakproof_simulators.pos.lightspeed.table import CURSOR, DELETED, PAGE_SIZE, among, entry

_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 64}
_TIME: Final = {"type": "string", "format": "date-time"}
_TEXTS: Final = {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 200}}


def _words(*words: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string", "enum": list(words)}}


_SEARCHED: Final = (
    Parameter(
        "type", {"type": "string", "enum": ["sales", "products", "customers"]}, required=True
    ),
    Parameter("order_by", _TEXT), among("order_direction", "asc", "desc"), PAGE_SIZE, DELETED,
    Parameter("offset", {"type": "integer", "minimum": 0}),
    Parameter("date_from", _TIME), Parameter("date_to", _TIME),
    *(Parameter(name, _TEXTS) for name in (*search.NAMES, *search.WITHOUT)),
)  # fmt: skip

SALES: Final[tuple[Operation, ...]] = (
    entry(
        "sales.list", "GET /sales", ringing.list_sales, "read", "List the sales.",
        bodies.SalesAnswer, scope="sales:read", query=CURSOR,
    ),
    entry(
        "sales.create", "POST /sales", ringing.create, "write", "Ring up a sale.",
        bodies.SaleAnswer, body=bodies.SaleRequest, scope="sales:write", also=(409,),
    ),
    entry(
        "sales.get", "GET /sales/{sale_id}", ringing.get_sale, "read", "Read a sale.",
        bodies.SaleAnswer, scope="sales:read",
    ),
    entry(
        "sales.update", "PUT /sales/{sale_id}", ringing.update, "write",
        "Change, pay, close or void a sale.", bodies.SaleAnswer, body=bodies.SaleUpdate,
        scope="sales:write",
    ),
    entry(
        "search", "GET /search", search.search, "read", "Find sales, products or customers.",
        search.SearchAnswer, scope="sales:read products:read customers:read", query=_SEARCHED,
    ),
    entry(
        "sales.return", "POST /sales/{sale_id}/actions/return", returns.begin, "write",
        "Begin a return.", bodies.SaleAnswer, scope="sales:write", also=(422,),
    ),
)  # fmt: skip

FULFILMENTS: Final[tuple[Operation, ...]] = (
    entry(
        "fulfillments.list", "GET /fulfillments", fulfilment_read.list_fulfilments, "read",
        "List fulfilments.", fulfilled.SummariesAnswer, scope="fulfillments:read",
        query=(
            Parameter("outlet_id", _TEXTS), Parameter("sale_id", _TEXTS),
            Parameter("fulfillment_type", _words("PICKUP", "DISPATCH", "SERVICE")),
            Parameter(
                "fulfillment_state", _words("OPEN", "STARTED", "PICKED", "PACKED", "FULFILLED")
            ),
            Parameter("page_number", {"type": "integer", "minimum": 1}),
            Parameter("page_size", {"type": "integer", "minimum": 1, "maximum": 100}),
        ),
    ),
    entry(
        "fulfillments.fulfill_sale", "POST /fulfillments/fulfill", fulfilling.fulfil_sale,
        "write", "Hand over all that is left of a sale.", fulfilled.MovedListAnswer,
        body=fulfilled.FulfilSale, scope="sales:write", also=(409,),
    ),
    entry(
        "fulfillments.pick", "POST /fulfillments/{fulfillment_id}/pick", fulfilling.pick,
        "write", "Note units as picked.", fulfilled.MovedAnswer, body=fulfilled.PickLines,
        scope="sales:write", also=(409,),
    ),
    entry(
        "fulfillments.pack", "POST /fulfillments/{fulfillment_id}/pack", fulfilling.pack,
        "write", "Note units as packed.", fulfilled.MovedAnswer, body=fulfilled.PackLines,
        scope="sales:write", also=(409,),
    ),
    entry(
        "fulfillments.fulfill", "POST /fulfillments/{fulfillment_id}/fulfill", fulfilling.fulfil,
        "write", "Note units as handed over.", fulfilled.MovedAnswer,
        body=fulfilled.FulfilLines, scope="sales:write", also=(409,),
    ),
    entry(
        "fulfillments.history", "GET /fulfillments/{fulfillment_id}/history",
        fulfilment_read.history, "read", "Read what happened to a fulfilment.",
        fulfilled.HistoryAnswer, scope="fulfillments:read",
        query=(
            Parameter("limit", {"type": "integer", "minimum": 0, "maximum": 1000}),
            Parameter("cursor", {"type": "string", "pattern": "^[0-9]{1,9}$"}),
        ),
    ),
)  # fmt: skip

WEBHOOKS: Final[tuple[Operation, ...]] = (
    entry(
        "webhooks.list", "GET /webhooks", webhooks.list_webhooks, "read", "List the webhooks.",
        hooks.WebhooksAnswer, scope="webhooks",
    ),
    entry(
        "webhooks.create", "POST /webhooks", webhooks.create, "write", "Make a webhook.",
        hooks.WebhookAnswer, body=hooks.WebhookRequest, scope="webhooks", status=201,
        also=(409,),
    ),
    entry(
        "webhooks.get", "GET /webhooks/{webhook_id}", webhooks.get, "read", "Read a webhook.",
        hooks.WebhookAnswer, scope="webhooks",
    ),
    entry(
        "webhooks.update", "PUT /webhooks/{webhook_id}", webhooks.update, "write",
        "Change a webhook.", hooks.WebhookAnswer, body=hooks.WebhookRequest, scope="webhooks",
        also=(409,),
    ),
    entry(
        "webhooks.delete", "DELETE /webhooks/{webhook_id}", webhooks.delete, "write",
        "Delete a webhook.", None, scope="webhooks",
    ),
)  # fmt: skip

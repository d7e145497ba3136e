"""What V1 takes now and works off later: customer orders, bulk requests; and the tills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakproof_simulators.deposco.errors import bare, spoken, status_line
from peakproof_simulators.deposco.payloads.bulk import BulkProgresses, BulkUpdates
from peakproof_simulators.deposco.payloads.common import Multistatus, Outcome, many
from peakproof_simulators.deposco.payloads.goods import Item
from peakproof_simulators.deposco.payloads.orders import CustomerOrder, Order
from peakproof_simulators.deposco.payloads.stock import (
    RetailActivities,
    RetailActivity,
    SaleReturnLines,
)
from peakproof_simulators.deposco.v1.media import answer, take
from peakproof_simulators.deposco.v1.paging import check_unit, note
from peakproof_simulators.deposco.v1.writes import write_each

if TYPE_CHECKING:
    from peakproof.wire.message import Response
    from peakproof_simulators.deposco.imports import BulkRequest
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call


# --- customer orders ------------------------------------------------------------------


def import_customer_order(store: Deposco, call: Call) -> Response:
    """PUT /import/{bu}/customerOrder/{number}: taken, with a request id to ask for later."""
    check_unit(store, call.params["bu"])
    number = call.one("businessKey") or call.params["number"]
    if number != call.params["number"]:
        raise spoken(400, f"businessKey [{number}] is not the order of the path")
    sent = take(store, call, CustomerOrder)
    call.keys.append(f"work:{number}")
    made = store.customer_orders.take(number, sent)
    href = f"/integration/{store.settings.code}/import/{call.params['bu']}/status/{made.id}"
    outcome = Outcome(
        status=status_line(202), href=href, type="CustomerOrder", entity=number,
        request_status=made.request, import_reference=str(made.id),
    )  # fmt: skip
    return answer(store, call, Multistatus([outcome]), status=207)


def import_status(store: Deposco, call: Call) -> Response:
    """GET /import/{bu}/status/{requestId}: what has become of an import."""
    check_unit(store, call.params["bu"])
    number = call.params["requestId"]
    made = None
    if number.isascii() and number.isdigit() and len(number) < 10:
        made = store.customer_orders.requests.get(int(number))
    if made is None:
        raise bare(404)
    call.keys.append(f"work:{made.number}")
    outcome = store.customer_orders.outcome(made)
    return answer(store, call, Multistatus([outcome]))


# --- bulk -----------------------------------------------------------------------------


def bulk(store: Deposco, call: Call) -> Response:
    """POST /bulk: taken; with a ``uniqueToken`` that is known, it is the first request again."""
    updates = many(take(store, call, BulkUpdates).bulk_update)
    kinds = {(isinstance(update.order, Order), isinstance(update.item, Item)) for update in updates}
    if kinds not in ({(True, False)}, {(False, True)}):
        raise spoken(400, "A bulk request holds either orders or items")
    made = store.bulk.take(updates, call.one("uniqueToken") or "")
    for update in updates:
        if isinstance(update.order, Order):
            note(call, f"work:{update.order.number}")
        if isinstance(update.item, Item):
            note(call, f"item:{update.item.number}")
    href = f"/integration/{store.settings.code}/bulk/{made.id}/details"
    outcome = Outcome(status=status_line(202), href=href, type="Bulk", entity=made.id)
    return answer(store, call, Multistatus([outcome]))


def bulk_details(store: Deposco, call: Call) -> Response:
    """GET /bulk/{requestID}/details: how far a request is."""
    return _progress(store, call, store.bulk.requests.get(call.params["requestID"]))


def bulk_by_token(store: Deposco, call: Call) -> Response:
    """GET /bulk/uniqueToken/{token}: how far the request of a token is."""
    known = store.bulk.tokens.get(call.params["token"])
    return _progress(store, call, None if known is None else store.bulk.requests[known])


def _progress(store: Deposco, call: Call, made: BulkRequest | None) -> Response:
    if made is None:
        raise bare(404)
    said = call.one("includeSuccessDetails") or "false"
    if said not in ("true", "false"):
        raise spoken(400, f"includeSuccessDetails [{said}] is not valid")
    progress = store.bulk.progress(made, with_successes=said == "true")
    return answer(store, call, BulkProgresses([progress]))


# --- tills ----------------------------------------------------------------------------


def retail_activities(store: Deposco, call: Call) -> Response:
    """POST /retailActivities: each transaction of a till counts once."""
    sent = many(take(store, call, RetailActivities).retail_activity)

    def act(one: RetailActivity) -> Outcome:
        recorded = store.activities.take(one)
        told = one.retail_transaction
        lines: SaleReturnLines = told.sale_return_lines
        for line in many(lines.sale_return_line):
            note(call, f"stock:{line.item}@{told.facility}")
        return Outcome(
            status=status_line(201), type="RetailActivity", entity=recorded.reference,
            description="Created",
        )  # fmt: skip

    return write_each(
        store, call, sent, act, key=lambda one: one.retail_transaction.reference_number,
        kind="RetailActivity",
    )  # fmt: skip

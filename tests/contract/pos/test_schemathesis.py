"""Schemathesis drives the whole document: every operation, all checks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
import requests
import schemathesis
from schemathesis.checks import positive_data_acceptance
from schemathesis.config import SchemathesisConfig
from schemathesis.python import asgi
from tests.asgi import Application
from tests.contract.pos.inline import Inline
from tests.contract.pos.pointing import Known, point
from tests.contract.pos.shop import Shop
from tests.contract.pos.test_transfers import draw_up, move
from tests.generated import unreached, watch

from peakproof.wire.message import Request, Response

pytestmark = pytest.mark.slow

AnyCase = schemathesis.Case[Any]

TWINS: Final = (
    "/v2/orders/calculate",
    "/v2/orders/{order_id}",
    "/v2/catalog/object",
    "/v2/inventory/adjustments/update",
    "/v2/inventory/batch-change",
    "/v2/inventory/batch-retrieve-changes",
    "/v2/inventory/batch-retrieve-counts",
)
"""Paths whose bodies are those of another operation, which is covered in full: here the phase
that walks through every field of a schema is left out, the random phase is not."""

OF_FORM: Final = frozenset(
    {
        "EXPECTED_JSON_BODY", "EXPECTED_STRING", "EXPECTED_BOOLEAN", "EXPECTED_OBJECT",
        "EXPECTED_ARRAY", "UNKNOWN_BODY_PARAMETER", "UNKNOWN_QUERY_PARAMETER", "VALUE_TOO_LONG",
        "VALUE_EMPTY", "VALUE_REGEX_MISMATCH", "ARRAY_LENGTH_TOO_LONG", "TOO_MANY_MAP_ENTRIES",
    }
)  # fmt: skip
"""Refusals that the document has foretold. (Not among them: EXPECTED_INTEGER, because JSON Schema
takes 1.0 for an integer and the fake does not.)"""


def valid_requests_are_refused_for_their_meaning_only(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: AnyCase
) -> None:
    """What fits the document may still name no order, no store, a time long ago: never a 400 of
    form. Stands in for ``positive_data_acceptance``, which takes every 400 for a fault."""
    valid = case.meta is not None and case.meta.generation.mode.is_positive
    if valid and response.status_code == 400:
        codes = {error["code"] for error in response.json()["errors"]}
        assert not codes & OF_FORM, codes


def _known(shop: Shop) -> Known:
    """Identifiers of things that are there, by the names that paths and bodies give them."""
    open_orders = [shop.make_order(sku)["id"] for sku in ("TEE-RED-M", "SOCKS", "SOCKS")]
    paid = shop.make_order()
    shop.pay_cash(paid)
    draft = shop.make_order(state="DRAFT")["id"]
    shop.at(60.0)
    payments = [each["id"] for each in shop.ok("GET", "/v2/payments")["payments"]]
    refund = {"idempotency_key": shop.key(), "payment_id": payments[0],
              "amount_money": {"amount": 1, "currency": "GBP"}}  # fmt: skip
    refunds = [shop.ok("POST", "/v2/refunds", refund)["refund"]["id"]]
    transfers = [draw_up(shop) for _ in range(4)]
    for one in transfers[2:]:
        move(shop, one, "start")
    changed = shop.adjust("TEE-RED-M", "S1", "IN_STOCK", "WASTE").body["changes"]
    counted = shop.post_count("TEE-RED-M", "S2", "4").body["changes"]
    variations = [shop.variant(sku) for sku in ("TEE-RED-M", "SOCKS")]
    places = ["S1", "S2", "W1"]
    return {
        "order_id": [*open_orders, paid["id"], draft], "location_id": places,
        "BatchRetrieveOrdersRequest.location_id": (),  # any place may be asked for
        "source_location_id": places, "destination_location_id": places,
        "payment_id": payments, "refund_id": refunds, "order_version": [1],
        "transfer_order_id": [one["id"] for one in transfers],
        "transfer_order_line_uid": [one["line_items"][0]["uid"] for one in transfers],
        "adjustment_id": [each["adjustment"]["id"] for each in changed],
        "physical_count_id": [each["physical_count"]["id"] for each in counted],
        "catalog_object_id": variations, "item_variation_id": variations,
        "object_id": variations, "UpdateTransferRequest.version": [1, 2],
        "MoveTransferRequest.version": [1, 2], "ReceiveTransferRequest.version": [1, 2],
        "subscription_id": [shop.subscribe("order.created")["id"]],
        "CreatePaymentRequest.source_id": ["CASH", "EXTERNAL", "cnon:card-nonce-ok"],
    }  # fmt: skip


def _schema() -> schemathesis.BaseSchema:
    shop = Shop()

    async def fetch(url: str, request: Request, timeout_s: float) -> Response:
        return Response(204)

    shop.world.fetch = fetch
    document = shop.service.openapi()
    point(document, _known(shop))
    shop.service.openapi = lambda: document  # type: ignore[method-assign] # for this test only
    watch(shop.service)
    settings: dict[str, Any] = {
        "headers": {"Authorization": f"Bearer {shop.service.credentials['access_token']}"},
        "generation": {"max-examples": 4, "deterministic": True},
        "operations": [
            {"include-path": list(TWINS), "phases": {"coverage": {"enabled": False}}},
        ],
    }
    config = SchemathesisConfig.from_dict(settings)
    return schemathesis.openapi.from_asgi("/openapi.json", Application(shop.service), config=config)


@pytest.fixture(scope="module")
def document() -> schemathesis.BaseSchema:
    """Made by the one process that runs the file, not by each that collects it."""
    return _schema()


schema = schemathesis.pytest.from_fixture("document")


@pytest.fixture(scope="module")
def client(document: schemathesis.BaseSchema) -> Iterator[requests.Session]:
    """One client for all calls, without a thread: either costs more than a call does."""
    with asgi.get_client(document.app) as made:
        made.trust_env = False
        made.mount("http://", Inline(document.app))
        yield made


@schema.parametrize()
def test_every_operation_answers_as_its_document_says(
    case: AnyCase, client: requests.Session
) -> None:
    case.call_and_validate(
        session=client,
        additional_checks=[valid_requests_are_refused_for_their_meaning_only],
        excluded_checks=[positive_data_acceptance],
    )


def test_what_no_written_test_looks_at_is_reached() -> None:
    assert unreached("pos") == []

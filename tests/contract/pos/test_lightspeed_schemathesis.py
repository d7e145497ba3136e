"""Schemathesis drives the second face's document: every operation, all checks."""

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
from tests.contract.pos.counter import Counter
from tests.contract.pos.inline import Inline
from tests.contract.pos.pointing import point
from tests.generated import unreached, watch

pytestmark = pytest.mark.slow

AnyCase = schemathesis.Case[Any]

OF_FORM: Final = (
    "Expected", "Object contains unknown", "Object missing", "Invalid enum", "no JSON",
    "is not known", "must be",
)  # fmt: skip
"""What a refusal says of which the document has foretold that it comes. (Whole numbers that are
written as 1.0 are not among them: JSON Schema takes them for integers and the fake does not.)"""


def valid_requests_are_refused_for_their_meaning_only(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: AnyCase
) -> None:
    """What fits the document may still name no outlet: never a 400 of form. Stands in for
    ``positive_data_acceptance``, which takes every refusal for a fault."""
    valid = case.meta is not None and case.meta.generation.mode.is_positive
    if valid and response.status_code == 400:
        message = response.json()["message"]
        foretold = any(part in message for part in OF_FORM)
        assert not foretold or "Expected int, got float" in message, message


def _known(counter: Counter) -> dict[str, list[str]]:
    """Identifiers of things that are there, by the names that paths and bodies give them."""
    method = {"fulfillment_method": "DISPATCH"}
    sales = [
        counter.make_sale(payments=[counter.cash(19.99)]), counter.make_sale("parked"),
        counter.make_sale(line_items=[counter.line(units=3, _metadata=method)]),
        counter.make_sale("pending", attributes=["onaccount"]),
    ]  # fmt: skip
    source = counter.outlet("W1")
    consignments = [
        counter.consign("SUPPLIER"), counter.consign("RETURN"), counter.consign("STOCKTAKE"),
        counter.consign("OUTLET", source_outlet_id=source),
        counter.consign("OUTLET", "S2", source_outlet_id=source),
    ]  # fmt: skip
    for one in consignments:
        counter.load(one, "TEE-RED-M", count="5")
    counter.move(consignments[-1], "SENT")
    reason = {"name": "Window", "enabled": True, "type": "NEGATIVE"}
    reasons = [counter.data("POST", "/custom_inventory_adjustment_reasons", reason)["id"]]
    fulfilments = counter.data("GET", "/fulfillments")
    outlets = [counter.outlet(place) for place in ("S1", "S2", "W1")]
    products = [counter.product(sku) for sku in ("TEE-RED-M", "SOCKS")]
    lines = [line["id"] for sale in sales for line in sale["line_items"]]
    return {
        "outlet_id": outlets, "source_outlet_id": outlets, "fulfilment_outlet_id": outlets,
        "fulfillment_outlet_id": outlets, "register_id": [counter.register()],
        "product_id": products, "tax_id": [counter.tax()], "author_id": [counter.user()],
        "user_id": [counter.user()],
        "sale_id": [sale["id"] for sale in sales], "sale_line_item_id": lines,
        "consignment_id": [one["id"] for one in consignments],
        "fulfillment_id": [one["id"] for one in fulfilments],
        "customer_id": [counter.customer()["id"]], "custom_reason_id": reasons,
        "custom_inventory_adjustment_reason_id": reasons,
        "webhook_id": [counter.subscribe("sale.update")["id"]],
        "GivenProduct.id": products, "GivenTax.id": [counter.tax()],
        "GivenPaymentType.config_id": [counter.tender()], "GivenLine.id": lines,
    }  # fmt: skip


def _schema() -> schemathesis.BaseSchema:
    counter = Counter(rate_limit=False)
    token = counter.service.credentials["personal_token"]
    settings: dict[str, Any] = {
        "headers": {"Authorization": f"Bearer {token}"},
        "generation": {"max-examples": 4, "deterministic": True},
    }
    document = counter.service.openapi()
    point(document, _known(counter))
    counter.service.openapi = lambda: document  # type: ignore[method-assign] # for this test only
    config = SchemathesisConfig.from_dict(settings)
    application = Application(counter.service)
    watch(counter.service)
    return schemathesis.openapi.from_asgi("/openapi.json", application, config=config)


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
    assert unreached("pos lightspeed") == []

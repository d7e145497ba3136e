"""Schemathesis over V2: whatever the document allows is answered as the document says.

The path parameters of orders, shipments and masters are those of entities that are there, so that
bodies and queries meet more than a 404; ids that are nobody's have tests of their own.
"""

from __future__ import annotations

import base64
import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.asgi import Application
from tests.contract.deposco.depot import Depot
from tests.contract.deposco.v2_orders import filled
from tests.generated import unreached, watch

DEPOT = Depot(customer_order_cancellations=True)
for _ in range(3):
    DEPOT.floor.adjust("W1", "TEE", 1, "FOUND")
KNOWN = filled(DEPOT)
TOKEN = DEPOT.token()
watch(DEPOT.service)
STOCK = "^/(oauth2|latest/(inventory|items$|facilities$|locations$))"
"""Routes that many connectors poll: they get more examples."""
SCHEMA = schemathesis.pytest.from_fixture("document")
POLLED = SCHEMA.include(path_regex=STOCK)
OTHERS = SCHEMA.include(path_regex="^/latest/").exclude(path_regex=STOCK)
CHECKS = (
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance,
)  # fmt: skip


@pytest.fixture(scope="module")
def document() -> schemathesis.BaseSchema:
    """Made by the one process that runs the file, not by each that collects it."""
    return schemathesis.openapi.from_asgi("/openapi.json", Application(DEPOT.service))


@POLLED.parametrize()
@settings(
    max_examples=25, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_v2_answers_as_its_document_says(case: schemathesis.Case[Any]) -> None:
    answered(case)


@OTHERS.parametrize()
@settings(
    max_examples=int(os.environ.get("PEAKPROOF_V2_EXAMPLES", "3")), derandomize=True,
    database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate],
)  # fmt: skip
def test_the_rest_of_v2_answers_as_its_document_says(case: schemathesis.Case[Any]) -> None:
    for name in case.path_parameters:
        if name in KNOWN.get(case.path, {}):
            case.path_parameters[name] = KNOWN[case.path][name]
    answered(case)


def answered(case: schemathesis.Case[Any]) -> None:
    """Call, and hold the answer against the document."""
    if case.path == "/oauth2/token":
        known = DEPOT.service.credentials
        pair = f"{known['client_id']}:{known['client_secret']}".encode()
        headers = {"authorization": f"Basic {base64.b64encode(pair).decode()}"}
    else:
        headers = {"authorization": f"Bearer {TOKEN}"}
    response = case.call(headers=headers)
    if case.path.endswith("/status") and response.status_code == 400 and not response.content:
        # A status without its value is an empty 400, as somebody saw it (DQ20).
        return
    case.validate_response(response, checks=list(CHECKS))


@pytest.mark.parametrize("header", ["", "Bearer x", "Basic x"])
def test_v2_asks_everybody_for_a_token(header: str) -> None:
    for operation in DEPOT.service.operations:
        if operation.auth == "oauth2":
            path = operation.path.removeprefix("/latest").replace("{", "").replace("}", "")
            answer = DEPOT.v2(operation.method, path, token=header.partition(" ")[2] or "none")
            assert answer.status == 401


def test_what_no_written_test_looks_at_is_reached() -> None:
    assert unreached("deposco v2") == []

"""Schemathesis over V2: whatever the document allows is answered as the document says."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.asgi import Application
from tests.contract.deposco.depot import Depot

DEPOT = Depot()
for _ in range(3):
    DEPOT.floor.adjust("W1", "TEE", 1, "FOUND")
TOKEN = DEPOT.token()
SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", Application(DEPOT.service)).include(
    path_regex="^/(latest|oauth2)"
)
CHECKS = (
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance,
)  # fmt: skip


@SCHEMA.parametrize()
@settings(
    max_examples=60, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_v2_answers_as_its_document_says(case: schemathesis.Case[Any]) -> None:
    if case.path == "/oauth2/token":
        known = DEPOT.service.credentials
        pair = f"{known['client_id']}:{known['client_secret']}".encode()
        headers = {"authorization": f"Basic {base64.b64encode(pair).decode()}"}
    else:
        headers = {"authorization": f"Bearer {TOKEN}"}
    case.call_and_validate(headers=headers, checks=list(CHECKS))


@pytest.mark.parametrize("header", ["", "Bearer x", "Basic x"])
def test_v2_asks_everybody_for_a_token(header: str) -> None:
    for operation in DEPOT.service.operations:
        if operation.auth == "oauth2":
            path = operation.path.removeprefix("/latest").replace("{", "").replace("}", "")
            answer = DEPOT.v2(operation.method, path, token=header.partition(" ")[2] or "none")
            assert answer.status == 401

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
from tests.contract.pos.shop import Shop

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


def _schema() -> schemathesis.BaseSchema:
    shop = Shop()

    async def fetch(url: str, request: Request, timeout_s: float) -> Response:
        return Response(204)

    shop.world.fetch = fetch
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

"""Schemathesis drives the whole document: every operation, every check that means something."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import schemathesis
from schemathesis.config import (
    ChecksConfig,
    CoveragePhaseConfig,
    GenerationConfig,
    PhasesConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.core.parameters import ParameterLocation
from tests.asgi import Application
from tests.contract.commercetools.shop import Shop
from tests.generated import unreached, watch

from peakproof.wire.message import Request, Response

pytestmark = pytest.mark.slow

Case = schemathesis.Case[Any]

TWICE = r"\.(update|delete|get|exists)_by_(key|number)$"
"""Left out: the same handler with the same bodies as by id; the other tests call them."""

WIDE = r"^(order\.update|order\.import|cart\.update|cart\.create)$"
"""Dozens of actions and addresses: every single value would be 7,000 calls."""

shop = Shop(reservation_expiration_min=30)
application = Application(shop.service)
watch(shop.service)


async def _fetch(_url: str, _request: Request, _timeout_s: float) -> Response:
    return Response(200)


def _fill() -> None:
    """One resource of each kind, so that updates and reads meet something."""
    shop.order(shop.line("TEE", 2), shop.line("SOCKS", 1, ""))
    shop.cart(shop.line("TEE", 1))
    shop.pay()
    shop.post("types", {"key": "kind", "name": {}, "resourceTypeIds": ["order"]})
    shop.post(
        "extensions",
        {
            "destination": {"type": "HTTP", "url": "http://hook.test"},
            "triggers": [{"resourceTypeId": "payment", "actions": ["Update"]}],
        },
    )
    shop.post(
        "subscriptions",
        {
            "destination": {"type": "EventGrid", "uri": "http://hook.test", "accessKey": "k"},
            "changes": [{"resourceTypeId": "order"}],
            "format": {"type": "CloudEvents", "cloudEventsVersion": "1.0"},
        },
    )


def _schema(*, examples: int, systematic: bool) -> schemathesis.BaseSchema:
    config = SchemathesisConfig(
        projects=ProjectsConfig(
            default=ProjectConfig(
                headers={"Authorization": f"Bearer {shop.token}"},
                generation=GenerationConfig(max_examples=examples, deterministic=True),
                phases=PhasesConfig(coverage=CoveragePhaseConfig(enabled=systematic)),
                checks=ChecksConfig(
                    # A well-formed draft may still name a channel that is not there.
                    positive_data_acceptance=PositiveDataAcceptanceConfig(enabled=False),
                ),
            )
        )
    )
    return schemathesis.openapi.from_asgi("/openapi.json", application, config=config)


_fill()
shop.world.fetch = _fetch


@pytest.fixture(scope="module")
def systematic() -> schemathesis.BaseSchema:
    """Made by the one process that runs the file, not by each that collects it."""
    return _schema(examples=1, systematic=True)


@pytest.fixture(scope="module")
def sampled() -> schemathesis.BaseSchema:
    """As above, at random."""
    return _schema(examples=25, systematic=False)


schema = schemathesis.pytest.from_fixture("systematic").exclude(
    operation_id_regex=f"{TWICE}|{WIDE}"
)
wide = schemathesis.pytest.from_fixture("sampled").include(operation_id_regex=WIDE)


def _meets_something(case: Case) -> None:
    """Point a case at a resource that is there, in its current version."""
    meta, path = case.meta, case.path_parameters
    if meta is None or meta.is_negative_at(ParameterLocation.PATH) or "ID" not in path:
        return
    kinds = {kind.path: kind.collection.by_id for kind in shop.project.kinds.values()}
    found = kinds.get(case.operation.path.split("/")[2])
    if not found:
        return
    path["ID"] = next(iter(found))
    if case.method == "DELETE" and len(found) > 1 and "version" in case.query:
        case.query["version"] = found[path["ID"]].version
    body: Any = case.body
    well_formed = isinstance(body, dict) and not meta.is_negative_at(ParameterLocation.BODY)
    if well_formed and "version" in body:
        body["version"] = found[path["ID"]].version


@wide.parametrize()
def test_operations_with_very_many_shapes_are_sampled(case: Case) -> None:
    _meets_something(case)
    case.call_and_validate()


@schema.parametrize()
def test_every_operation_answers_as_its_document_says(case: Case) -> None:
    _meets_something(case)
    case.call_and_validate()


def test_cases_reached_what_they_were_meant_for() -> None:
    """Most of what is well formed was let in; otherwise the test above would mean little."""
    seen = Counter(status for _, status in application.statuses)
    assert seen[200] > 400, seen
    assert seen[201] > 100, seen
    assert seen[400] > 1000, seen
    assert not [status for status in seen if status >= 500], seen


def test_what_no_written_test_looks_at_is_reached() -> None:
    assert unreached("commercetools") == []

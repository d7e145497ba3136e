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
from schemathesis.specs.openapi.checks import negative_data_rejection, unsupported_method
from tests.asgi import Application
from tests.contract.adobe_commerce.shop import SINGLE, Shop
from tests.generated import unreached, watch

pytestmark = pytest.mark.slow

Case = schemathesis.Case[Any]

QUEUED = r"^async\."
"""Left out: the same bodies and the same reader as without a queue; ``bulk.*`` stays in."""

MEANT = [negative_data_rejection, unsupported_method]
"""Left out: PHP reads "5" as a number and ignores what it does not know, and so does the shop; a
route is a path and a method, so that another method is answered with 404."""

shop = Shop(SINGLE, masked_status=400)
application = Application(shop.service)
watch(shop.service)


def _fill() -> None:
    """One of each, so that what is asked for is there."""
    order = shop.order(("TEE", 20))
    shop.ship(order, (0, 2), source="default")
    shop.invoice(order, (0, 2))
    shop.refund(order, (0, 1))
    shop.cart(("SOCKS", 1))


_fill()
MASK = next(mask for mask, number in shop.state.masked.items() if shop.state.carts[number].active)
THERE = {
    "id": "1", "orderId": "1", "invoiceId": "1", "sku": "TEE", "stockId": "1", "mask": MASK,
    "sourceCode": "default", "type": "website", "code": "base", "cartId": "2", "itemId": "1",
    "requestedQty": "1", "status": "1",
}  # fmt: skip


def _schema(*, examples: int, systematic: bool) -> schemathesis.BaseSchema:
    config = SchemathesisConfig(
        projects=ProjectsConfig(
            default=ProjectConfig(
                headers={"Authorization": f"Bearer {shop.token}"},
                generation=GenerationConfig(max_examples=examples, deterministic=True),
                phases=PhasesConfig(coverage=CoveragePhaseConfig(enabled=systematic)),
                checks=ChecksConfig(
                    # A well-formed body may still name an order or a SKU that is not there.
                    positive_data_acceptance=PositiveDataAcceptanceConfig(enabled=False),
                ),
            )
        )
    )
    return schemathesis.openapi.from_asgi("/openapi.json", application, config=config)


@pytest.fixture(scope="module")
def document() -> schemathesis.BaseSchema:
    """Made by the one process that runs the file, not by each that collects it."""
    return _schema(examples=5, systematic=False)


schema = schemathesis.pytest.from_fixture("document").exclude(operation_id_regex=QUEUED)


def _meets_something(case: Case) -> None:
    """Point a case at what is there, unless it means to ask for something impossible."""
    meta, path = case.meta, case.path_parameters
    if meta is None or meta.is_negative_at(ParameterLocation.PATH):
        return
    for name in path:
        path[name] = THERE.get(name, path[name])


@schema.parametrize()
def test_every_operation_answers_as_its_document_says(case: Case) -> None:
    _meets_something(case)
    case.call_and_validate(excluded_checks=MEANT)


def test_cases_reached_what_they_were_meant_for() -> None:
    """A good part of what is well formed was let in; otherwise the test above says little."""
    seen = Counter(status for _, status in application.statuses)
    assert seen[200] > 100, seen
    assert seen[400] > 100, seen
    assert not [status for status in seen if status >= 500], seen


def test_what_no_written_test_looks_at_is_reached() -> None:
    assert unreached("adobe_commerce") == []

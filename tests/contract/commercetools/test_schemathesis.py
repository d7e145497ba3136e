"""Schemathesis drives the whole document: every operation, every check that means something."""

from __future__ import annotations

import pytest
import schemathesis
from schemathesis.config import (
    GenerationConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from tests.contract.commercetools.asgi import Application
from tests.contract.commercetools.shop import Shop

pytestmark = pytest.mark.slow

TWICE = r"\.(update|delete|get|exists)_by_(key|number)$"
"""Left out: the same handler with the same bodies as by id; the other tests call them."""


def _schema() -> schemathesis.BaseSchema:
    shop = Shop(reservation_expiration_min=30)
    config = SchemathesisConfig(
        projects=ProjectsConfig(
            default=ProjectConfig(
                headers={"Authorization": f"Bearer {shop.token}"},
                generation=GenerationConfig(max_examples=3, deterministic=True),
            )
        )
    )
    return schemathesis.openapi.from_asgi(
        "/openapi.json", Application(shop.service), config=config
    )


schema = _schema().exclude(operation_id_regex=TWICE)


@schema.parametrize()
def test_every_operation_answers_as_its_document_says(case: schemathesis.Case) -> None:
    case.call_and_validate()

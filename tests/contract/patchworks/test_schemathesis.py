"""Schemathesis drives the whole document: every operation, every check that means something."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import schemathesis
from schemathesis.config import (
    ChecksConfig,
    GenerationConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.core.parameters import ParameterLocation
from tests.asgi import Application
from tests.contract.patchworks.works import Works, flow, push
from tests.generated import unreached, watch

from peakproof_simulators.patchworks.hands import WorldHands

pytestmark = pytest.mark.slow

Case = schemathesis.Case[Any]

TWICE = r"(_version|_environment|_fabric)$"
"""Left out: the same handlers with one parameter more; the other tests call them."""

works = Works(api_per_minute=0, webhooks_per_minute=0, callbacks_per_minute=0)
works.install(
    flow("a", {"shape": "track_data", "value": {"const": "1"}}),
    flow("hook", push(), trigger={"on": "webhook"}),
    flow("call", {"shape": "callback"}, trigger={"on": "callback"}),
    pools=[{"name": "p"}], tables=[{"name": "t"}],
)  # fmt: skip
works.play("a", {})
works.company.attach(WorldHands(works.world))
application = Application(works.service)
watch(works.service)


def _schema() -> schemathesis.BaseSchema:
    config = SchemathesisConfig(
        projects=ProjectsConfig(
            default=ProjectConfig(
                headers={"Authorization": works.service.credentials["api_key"]},
                generation=GenerationConfig(max_examples=5, deterministic=True),
                checks=ChecksConfig(
                    # What is well formed may still name a flow that is not there.
                    positive_data_acceptance=PositiveDataAcceptanceConfig(enabled=False),
                ),
            )
        )
    )
    return schemathesis.openapi.from_asgi("/openapi.json", application, config=config)


@pytest.fixture(scope="module")
def document() -> schemathesis.BaseSchema:
    """Made by the one process that runs the file, not by each that collects it."""
    return _schema()


schema = schemathesis.pytest.from_fixture("document").exclude(operation_id_regex=TWICE)


def _meets_something(case: Case) -> None:
    """Point a case at something that is there."""
    meta, path = case.meta, case.path_parameters
    if meta is None or meta.is_negative_at(ParameterLocation.PATH) or not path:
        return
    company, kind = works.company, case.operation.path.split("/")[3]
    if "flow_id" in path:
        path["flow_id"] = works.id_of("a")
    if "ulid" in path:
        name = "hook" if "webhooks" in case.operation.path else "call"
        entry = company.flows[works.id_of(name)]
        path["company"], path["ulid"] = "peak", entry.webhook_id
        if not meta.is_negative_at(ParameterLocation.QUERY):
            case.query = {**(case.query or {}), "patchworks_signature": entry.signature}
    kinds: dict[str, dict[str, Any]] = {
        "flow-runs": company.archive.runs, "data-pool": company.memory.pools,
        "cross-reference-lookups": company.memory.tables, "flow-versions": company.versions,
        "payload-metadata": company.archive.payloads,
    }  # fmt: skip
    found = kinds.get(kind, {})
    if "id" in path and found and case.method != "DELETE":
        path["id"] = next(iter(found))


@schema.parametrize()
def test_every_operation_answers_as_its_document_says(case: Case) -> None:
    _meets_something(case)
    case.call_and_validate()


def test_cases_reached_what_they_were_meant_for() -> None:
    """Most of what is well formed was let in; otherwise the test above would mean little."""
    seen = Counter(status for _, status in application.statuses)
    assert seen[200] > 100, seen
    assert seen[201] > 5, seen
    assert seen[422] > 100, seen
    assert not [status for status in seen if status >= 500], seen


def test_what_no_written_test_looks_at_is_reached() -> None:
    assert unreached("patchworks") == []

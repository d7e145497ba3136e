"""The document, the table and the list of sources agree."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from openapi_spec_validator import validate
from tests.contract.pos.shop import Shop

import peakproof_simulators.pos
from peakproof_simulators.pos.settings import Settings
from peakproof_simulators.pos.square.operations import OPERATIONS

SOURCES = Path(peakproof_simulators.pos.__file__).parent / "SOURCES.md"


def test_the_openapi_document_is_valid(shop: Shop) -> None:
    validate(shop.service.openapi())


def test_every_operation_is_in_the_document_once(shop: Shop) -> None:
    document = shop.service.openapi()
    names = [each["operationId"] for path in document["paths"].values() for each in path.values()]
    assert sorted(names) == sorted(operation.name for operation in OPERATIONS)
    assert max(Counter(names).values()) == 1


def test_every_schema_of_the_document_has_a_short_name(shop: Shop) -> None:
    names = shop.service.openapi()["components"]["schemas"]
    assert [name for name in names if "." in name] == []


def test_every_operation_that_writes_a_stock_figure_says_so() -> None:
    stock = [operation.name for operation in OPERATIONS if operation.effect == "stock"]
    assert stock == [
        "inventory.changes.batch_create",
        "inventory.changes.batch_create.deprecated",
        "inventory.adjustments.update",
    ]
    assert [operation.name for operation in OPERATIONS if not operation.auth] == ["oauth.token"]


def test_every_setting_has_its_source() -> None:
    text = SOURCES.read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_.]+)`", text))
    assert set(Settings.__struct_fields__) <= named


def test_every_quirk_of_the_fake_has_a_test() -> None:
    text = "".join(
        path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("test_*.py"))
    )
    tested = {int(number) for number in re.findall(r'"""P(\d+): ', text)}
    assert set(range(1, 13)) | {14, 15} <= tested

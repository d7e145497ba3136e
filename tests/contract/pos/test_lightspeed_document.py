"""The second face's document, its table and its list of sources agree."""

from __future__ import annotations

import re
from collections import Counter as Tally
from pathlib import Path

from openapi_spec_validator import validate
from tests.contract.pos.counter import Counter, Twin

import peakproof_simulators.pos.lightspeed
from peakproof_simulators.pos.lightspeed.operations import OPERATIONS
from peakproof_simulators.pos.lightspeed.settings import LightspeedSettings
from peakproof_simulators.pos.square.operations import OPERATIONS as FIRST

FOLDER = Path(peakproof_simulators.pos.lightspeed.__file__).parent
SOURCES = FOLDER / "SOURCES.md"


def test_the_openapi_documents_are_valid() -> None:
    validate(Counter().service.openapi())
    validate(Twin().service.openapi())


def test_every_operation_is_in_the_document_once() -> None:
    document = Counter().service.openapi()
    names = [each["operationId"] for path in document["paths"].values() for each in path.values()]
    assert sorted(names) == sorted(operation.name for operation in OPERATIONS)
    assert max(Tally(names).values()) == 1
    assert len(Twin().service.operations) == len(OPERATIONS) + len(FIRST)


def test_every_schema_of_the_document_has_a_short_name() -> None:
    names = Counter().service.openapi()["components"]["schemas"]
    assert [name for name in names if "." in name] == []


def test_every_operation_that_writes_a_stock_figure_says_so() -> None:
    stock = [operation.name for operation in OPERATIONS if operation.effect == "stock"]
    assert stock == [
        "lightspeed.products.create", "lightspeed.products.update",
        "lightspeed.stock_adjustments.create",
    ]  # fmt: skip
    assert [each.name for each in OPERATIONS if not each.auth] == ["lightspeed.oauth.token"]
    assert [each.name for each in OPERATIONS if each.auth and not each.scopes] == []


def test_every_setting_has_its_source() -> None:
    text = SOURCES.read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_.]+)`", text))
    assert set(LightspeedSettings.__struct_fields__) <= named


def test_every_quirk_of_this_face_has_a_test() -> None:
    text = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted(Path(__file__).parent.glob("test_lightspeed_*.py"))
    )
    tested = {int(number) for number in re.findall(r'"""P(\d+): ', text)}
    assert {2, 5, 7, 8, 10, 11, 13, 14, 15, 16, 17} == tested

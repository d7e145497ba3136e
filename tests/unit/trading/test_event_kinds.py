"""The registry of business events: it checks itself, and it explains itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec
import pytest
from msgspec import Meta

from peakproof.errors import HarnessFault, ScenarioError
from peakproof_simulators.trading import Day
from peakproof_simulators.trading.events import KINDS, kind, read_event
from peakproof_simulators.trading.tables import Table


class Documented(Table, frozen=True):
    """Fine."""

    units: Annotated[int, Meta(description="Units of it.")] = 1


class Silent(Table, frozen=True):
    """A parameter that nobody explains."""

    units: int = 1


class Careless(msgspec.Struct, frozen=True):
    """Takes anything."""

    units: Annotated[int, Meta(description="Units of it.")] = 1


@pytest.fixture(autouse=True)
def _registry_as_it_was() -> Iterator[None]:
    before = dict(KINDS)
    yield
    KINDS.clear()
    KINDS.update(before)


def documented(_day: Day, _event: Documented) -> bool:
    """Something happens."""
    return True


def unfinished_sentence(_day: Day, _event: Documented) -> bool:
    """Something"""
    return True


def silent(_day: Day, _event: Silent) -> bool:
    """Something happens."""
    return True


def test_all_kinds_of_the_handbook_are_there() -> None:
    assert list(KINDS) == [
        "order", "unknown_sku", "pay", "cancel", "edit", "sale", "return", "count", "offline",
        "online", "receipt", "adjust", "transfer", "item_appears", "release", "pick",
        "ship", "scan", "hold", "lift", "validate",
    ]  # fmt: skip


def test_every_kind_has_a_sentence_and_explains_its_parameters() -> None:
    for entry in KINDS.values():
        assert entry.doc[0].isupper()
        assert entry.doc.endswith(".")
        assert all(entry.described().values())


def test_a_kind_cannot_be_registered_twice() -> None:
    with pytest.raises(HarnessFault, match="the name is taken"):
        kind("order", Documented)(documented)


def test_a_kind_needs_a_sentence() -> None:
    with pytest.raises(HarnessFault, match="needs a sentence"):
        kind("something", Documented)(unfinished_sentence)


def test_a_kind_explains_every_parameter() -> None:
    with pytest.raises(HarnessFault, match="parameter units has no description"):
        kind("something", Silent)(silent)


def test_a_kind_refuses_parameters_that_it_does_not_know() -> None:
    careless: type = Careless
    with pytest.raises(HarnessFault, match="unknown parameters must be refused"):
        kind("something", careless)(documented)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"sku": 1}, "kind is missing"),
        ({"kind": "oder"}, "there is no kind 'oder'; did you mean order"),
        ({"kind": "order", "unit": 2}, "event order: unit: unknown field; did you mean units"),
        ({"kind": "order", "units": 0}, "units: expected `int` >= 1"),
        ({"kind": "order", "payment": "paid"}, "event order: payment: invalid enum value 'paid'"),
        ({"kind": "receipt", "sku": 1}, "missing required field `node`"),
        ({"kind": "adjust", "sku": 1, "node": "W1", "reason": "gone"}, "invalid enum value 'gone'"),
    ],
)
def test_a_wrong_event_is_answered_with_what_is_wrong(
    event: dict[str, object], expected: str
) -> None:
    with pytest.raises(ScenarioError) as raised:
        read_event(event)

    assert expected in str(raised.value)


def test_the_schema_names_every_table_and_every_kind_with_its_descriptions() -> None:
    schema = Day.schema()

    assert set(schema["properties"]) == {"items", "stock", "trading"}
    assert list(schema["events"]) == list(KINDS)
    order = schema["$defs"]["OrderEvent"]
    assert order["additionalProperties"] is False
    assert all("description" in field for field in order["properties"].values())
    assert schema["$defs"]["Trading"]["properties"]["floor"]["$ref"] == "#/$defs/Floor"

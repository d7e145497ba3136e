"""The protections: each is named, described, read somewhere, and can be left off."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import peakproof_engine
from peakproof import catalogue
from peakproof_engine import CONNECTOR
from peakproof_engine.errors import ConfigError
from peakproof_engine.guards import GUARDS, Guards

SOURCE = Path(peakproof_engine.__file__).parent


def test_all_are_on_unless_they_are_named() -> None:
    on = Guards()
    assert all(getattr(on, name) for name in GUARDS)
    off = Guards(("echo", "sweep"))
    assert {name for name in GUARDS if not getattr(off, name)} == {"echo", "sweep"}


def test_a_guard_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ConfigError, match="no guard 'ehco'; there are allocation, "):
        Guards(("ehco",))


@pytest.mark.parametrize("guard", GUARDS.values(), ids=lambda guard: guard.name)
def test_each_is_described_in_a_sentence_and_belongs_to_a_breach(guard: object) -> None:
    does = guard.does  # type: ignore[attr-defined]
    assert does.endswith(".")
    assert does[0].isupper()
    assert guard.scenario  # type: ignore[attr-defined]
    assert guard.breach  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", GUARDS)
def test_each_names_the_scenarios_that_prove_it_and_what_they_break(name: str) -> None:
    breaks: dict[str, list[str]] = {}
    for named in catalogue.scenarios().values():
        for proof in named.scenario.proves:
            if proof.without == (name,):
                breaks.setdefault(named.id.partition("/")[2], []).extend(proof.breaks)
    guard = GUARDS[name]
    told = guard.scenario.split(", ")
    assert [each for each in told if each not in breaks] == []
    shown = [breach for each in told for breach in breaks[each]]
    assert [breach for breach in guard.breach.split(", ") if breach not in shown] == []


@pytest.mark.parametrize("name", GUARDS)
def test_each_is_read_by_the_engine(name: str) -> None:
    read = [
        node.attr
        for file in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    ]
    assert name in read


def test_the_connector_tells_what_can_be_left_off_and_what_it_plays() -> None:
    assert CONNECTOR.guards == {name: guard.does for name, guard in GUARDS.items()}
    assert set(CONNECTOR.flows) == {
        "stock", "orders", "fulfilment", "cancellations", "items", "till_sales", "returns",
        "finance",
    }  # fmt: skip


def test_the_engine_imports_nothing_of_those_who_rehearse_it() -> None:
    strange = {"peakproof", "peakproof_simulators", "peakproof_scenarios"}
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [each.name for each in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not {name.partition(".")[0] for name in names} & strange, file

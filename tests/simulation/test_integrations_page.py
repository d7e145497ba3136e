"""The page about integrations says what estates, rules and scenarios say."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path

import pytest

from peakproof import catalogue
from peakproof.judging.estate import Judging
from peakproof.judging.invariants.registry import REGISTER

PAGE = (Path(__file__).parents[2] / "docs" / "integrations.md").read_text("utf-8")
SECTIONS = {section.partition(":")[0]: section.splitlines() for section in PAGE.split("\n## ")[1:]}
INTEGRATIONS = sorted({named.integration for named in catalogue.scenarios().values()})
LIMITS = Judging()


def watched(integration: str) -> list[str]:
    """The rows of the table as they must be: what trips nothing there is not in it."""
    rows: list[str] = []
    (calm,) = catalogue.select([f"{integration}/calm-day"])
    tills = bool(calm.scenario.estate["masters"]["sales"])
    for rule in REGISTER.values():
        if rule.flows == ("till_sales",) and not tills:
            continue
        trips = [
            f"`{named.name}`"
            for named in catalogue.scenarios().values()
            if named.integration == integration
            and any(rule.name in proof.breaks for proof in named.scenario.proves)
        ]
        limits = ", ".join(f"{name} {LIMITS.limit(name):g}" for name in rule.limits) or "none"
        if trips:
            rows.append(f"| {rule.name} | {limits} | {rule.owner} | {', '.join(trips)} |")
    return rows


def below(integration: str, head: str) -> list[str]:
    """The rows of the table with that head."""
    lines = SECTIONS[integration]
    rows = lines[lines.index(head) + 2 :]
    return list(takewhile(lambda line: line.startswith("|"), rows))


def test_the_page_is_about_every_integration() -> None:
    assert sorted(SECTIONS) == INTEGRATIONS


@pytest.mark.parametrize("integration", INTEGRATIONS)
def test_what_is_watched_has_its_limit_its_owner_and_the_scenarios_that_trip_it(
    integration: str,
) -> None:
    assert below(integration, "| watched | limit | owner | tripped by |") == watched(integration)


@pytest.mark.parametrize("integration", INTEGRATIONS)
def test_masters_are_those_of_the_estate(integration: str) -> None:
    (named,) = catalogue.select([f"{integration}/calm-day"])
    masters = named.scenario.estate["masters"]
    told = [f"| {what} | {system} |" for what, system in masters.items() if system]
    assert below(integration, "| master of | system |") == told


@pytest.mark.parametrize("integration", INTEGRATIONS)
def test_every_place_of_the_estate_is_in_the_drawing(integration: str) -> None:
    (named,) = catalogue.select([f"{integration}/calm-day"])
    drawing = "\n".join(SECTIONS[integration])
    for channel in named.scenario.estate["channels"]:
        assert all(node in drawing for node in channel["nodes"])

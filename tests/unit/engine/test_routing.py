"""Where a line comes from when the shop does not say: from the node with most to spare."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from peakproof_engine.flows.cells import Live
from peakproof_engine.flows.routing import routed
from peakproof_engine.model import OrderLine, Share, StepRecord

NODES = ("S1", "S2")


def route(
    lines: list[tuple[str, int]], spare: Mapping[tuple[str, str], int]
) -> list[tuple[str, str, int, int]]:
    """Line, node, units and what is paid for them, for lines of 10.01 each unit."""

    def books(node: str, sku: str) -> Live | None:
        if (node, sku) not in spare:
            return None
        return Live(node, sku, "web", "adobe_commerce", Share(given=spare[node, sku] + 3, sold=3))

    asked = [
        OrderLine(str(at), sku, units, "", 1001, "", 1001 * units)
        for at, (sku, units) in enumerate(lines, start=1)
    ]
    return [(line.line, line.node, line.units, line.total_minor)
            for line in routed(asked, NODES, books)]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "spare", "found"),
    [
        ([("TEE", 2)], {("S1", "TEE"): 2, ("S2", "TEE"): 5}, [("1", "S2", 2, 2002)]),
        ([("TEE", 2)], {("S1", "TEE"): 5, ("S2", "TEE"): 5}, [("1", "S1", 2, 2002)]),
        (
            [("HAT", 1), ("TEE", 2)],
            {("S1", "HAT"): 1, ("S1", "TEE"): 2, ("S2", "TEE"): 5},
            [("1", "S1", 1, 1001), ("2", "S1", 2, 2002)],
        ),
        (
            [("TEE", 3)],
            {("S1", "TEE"): 1, ("S2", "TEE"): 2},
            [("1", "S2", 2, 2002), ("1/2", "S1", 1, 1001)],
        ),
        (
            [("TEE", 2), ("TEE", 2)],
            {("S1", "TEE"): 2, ("S2", "TEE"): 3},
            [("1", "S2", 2, 2002), ("2", "S1", 2, 2002)],
        ),
        ([("TEE", 4)], {("S1", "TEE"): 1}, [("1", "S1", 4, 4004)]),
        ([("TEE", 1)], {}, [("1", "S1", 1, 1001)]),
    ],
)
def test_a_line_goes_to_where_it_can_come_from(
    lines: list[tuple[str, int]],
    spare: Mapping[tuple[str, str], int],
    found: list[tuple[str, str, int, int]],
) -> None:
    assert route(lines, spare) == found


def test_units_that_a_cut_is_about_to_take_are_not_to_spare() -> None:
    cut = Live("S1", "TEE", "web", "adobe_commerce", Share(given=5))
    cut.step = StepRecord(1, "S1", "TEE", "web", -4)
    whole = Live("S2", "TEE", "web", "adobe_commerce", Share(given=2))
    lines = [OrderLine("1", "TEE", 2, "")]
    (line,) = routed(lines, NODES, lambda node, _sku: cut if node == "S1" else whole)
    assert line.node == "S2"

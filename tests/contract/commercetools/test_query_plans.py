"""A query finds the same whichever index leads to it, and looks at no more than it must."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from peakproof_simulators.commercetools.collection import Collection
from peakproof_simulators.commercetools.predicates.plan import plan
from peakproof_simulators.commercetools.predicates.syntax import parse

MANY = 400
RECENT = "2026-11-27T10:00:00.000Z"
WHERE = f'lastModifiedAt >= "{RECENT}" and orderState in ("Open", "Cancelled")'


def order(number: int, *, state: str = "Cancelled", hour: int = 8, version: int = 1) -> Any:
    return SimpleNamespace(
        id=f"o-{number:04d}", version=version, order_state=state,
        last_modified_at=f"2026-11-27T{hour:02d}:00:00.000Z",
    )  # fmt: skip


@pytest.fixture
def orders() -> Collection[Any]:
    """Four hundred that were cancelled long ago, and two changes since."""
    found: Collection[Any] = Collection(
        lambda: 0.0, {("orderState",): lambda each: str(each.order_state)}
    )
    for number in range(MANY):
        found.add(order(number))
    found.replace(found.by_id["o-0007"], order(7, hour=11, version=2))
    found.add(order(MANY, state="Open", hour=12))
    return found


def planned(orders: Collection[Any], *, settled: bool) -> list[str]:
    found = plan(orders, [parse(WHERE)], {}, by_id=False, settled=settled)
    assert not found.exact
    return [each.id for each in found.resources]


def test_a_poll_for_changes_looks_at_what_changed_and_not_at_all_of_a_state(
    orders: Collection[Any],
) -> None:
    assert planned(orders, settled=True) == ["o-0007", "o-0400"]


def test_without_an_order_of_its_own_a_query_goes_by_the_index_of_its_states(
    orders: Collection[Any],
) -> None:
    assert len(planned(orders, settled=False)) == MANY + 1


def test_the_index_wins_when_more_have_changed_than_it_holds(orders: Collection[Any]) -> None:
    for number in range(MANY, 3 * MANY):
        state = "Open" if number == MANY else "Complete"
        if number > MANY:
            orders.add(order(number, state=state, hour=13))
    for number in range(10, MANY):
        key = f"o-{number:04d}"
        orders.replace(orders.by_id[key], order(number, state="Complete", hour=13, version=2))
    assert len(planned(orders, settled=True)) == 11


def test_what_changes_behind_its_version_does_not_hide_older_changes(
    orders: Collection[Any],
) -> None:
    orders.replace(orders.by_id["o-0009"], order(9))
    assert planned(orders, settled=True) == ["o-0007", "o-0400"]

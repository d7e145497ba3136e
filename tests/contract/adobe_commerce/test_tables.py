"""A table answers from its indexes what it would find by looking at every row."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Final

import msgspec
import pytest

from peakproof_simulators.adobe_commerce.conditions import any_of
from peakproof_simulators.adobe_commerce.payloads.common import (
    Filter,
    FilterGroup,
    SearchCriteria,
    SortOrder,
)
from peakproof_simulators.adobe_commerce.search import Table
from peakproof_simulators.adobe_commerce.settings import Settings

ROWS: Final = 700
"""More than from which the order of rows with one value is kept."""
SETTINGS: Final = Settings()


class Paper(msgspec.Struct):
    """A row with a number, a state and two dates."""

    entity_id: int
    state: str
    store: str
    created_at: str
    updated_at: str


def _stamp(at: int) -> str:
    return f"2026-11-27 {at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}"


def _table() -> Table[Paper]:
    return Table(Paper, lambda one: one.entity_id, "entity_id", "state", "store",
                 touched="updated_at")  # fmt: skip


class History:
    """A table to which things happen by chance, and the same rows in a plain list."""

    def __init__(self, seed: int, *, late: bool = False, redates: bool = False) -> None:
        self.chance = Random(seed)
        self.table = _table()
        self.rows: dict[int, Paper] = {}
        self.late = late
        self.redates = redates
        self.now = 0

    def go_on(self, times: int) -> None:
        """Papers come, change their state, and a few are gone."""
        for _ in range(times):
            self.now += self.chance.randint(0, 2)
            what = self.chance.random()
            if what < 0.6 or not self.rows:
                self._come()
            elif what < 0.97:
                paper = self.chance.choice(list(self.rows.values()))
                paper.state = self.chance.choice(("New", "done", "DONE", "held"))
                paper.updated_at = _stamp(self.now)
                if self.redates:
                    paper.created_at = _stamp(self.chance.randint(0, self.now))
                self.table.put(paper)
            else:
                number = self.chance.choice(list(self.rows))
                self.table.remove(number)
                del self.rows[number]

    def _come(self) -> None:
        number = len(self.table.rows) + 1
        number = max([number, *(one + 1 for one in self.rows)])
        born = self.now - (self.chance.randint(0, 90) if self.late else 0)
        paper = Paper(number, "new", self.chance.choice("ab"), _stamp(max(born, 0)),
                      _stamp(self.now))  # fmt: skip
        self.rows[number] = paper
        self.table.put(paper)

    def found(self, filters: Iterable[tuple[str, str, str]], size: int, page: int) -> list[int]:
        """The numbers that a search gives, held against a look at every row."""
        groups = [
            FilterGroup(filters=[Filter(field=field, value=value, condition_type=condition)])
            for field, value, condition in filters
        ]
        criteria = SearchCriteria(filter_groups=groups, page_size=size, current_page=page)
        answer = self.table.find(criteria, SETTINGS)
        tests = [any_of(group, self.table.fields) for group in groups]
        fits = [n for n, row in self.rows.items() if all(holds(row) for holds in tests)]
        assert answer.total_count == len(fits)
        first = (page - 1) * size
        numbers = [row.entity_id for row in answer.items]
        assert numbers == fits[first : first + size]
        return numbers


@pytest.mark.parametrize(
    "given",
    [{}, {"late": True}, {"redates": True}],
    ids=["in order", "with dates of their own", "with dates that change"],
)
def test_pages_of_an_index_are_those_of_a_scan_whatever_happened_between(
    given: dict[str, bool],
) -> None:
    history = History(3, **given)
    seen = 0
    for round_ in range(12):
        history.go_on(ROWS // 2)
        since = _stamp(max(history.now - 60, 0))
        for filters in (
            [("state", "DONE", "eq")],
            [("store", "a", "eq"), ("state", "new", "eq")],
            [("state", "held,done", "in"), ("store", "B", "eq")],
            [("created_at", since, "gteq")],
            [("created_at", since, "gt"), ("state", "new", "eq")],
            [("updated_at", since, "from")],
            [("entity_id", str(len(history.rows) - 20), "gt")],
            [("entity_id", "no number", "gteq"), ("store", "a", "eq")],
        ):
            seen += len(history.found(filters, 7, 1 + round_ % 4))
    assert len(history.table.having("state", "done")) > ROWS // 2
    assert seen > 300


def test_the_newest_papers_come_first_when_that_is_asked_for() -> None:
    history = History(5)
    history.go_on(ROWS)
    for direction, numbers in (("DESC", list(reversed(history.rows))), ("asc", list(history.rows))):
        criteria = SearchCriteria(
            filter_groups=[], page_size=5, current_page=2,
            sort_orders=[SortOrder(field="entity_id", direction=direction)],
        )  # fmt: skip
        answer = history.table.find(criteria, SETTINGS)
        assert [row.entity_id for row in answer.items] == numbers[5:10]
        assert answer.total_count == len(numbers)


def test_like_tries_no_place_twice() -> None:
    """An old pattern of ours took longer than a day for this."""
    text = "a" * 60
    group = FilterGroup(filters=[Filter(field="state", value="%a" * 25 + "%b",
                                        condition_type="like")])  # fmt: skip
    holds = any_of(group, frozenset({"state"}))
    assert not holds(Paper(1, text, "a", "", ""))
    assert holds(Paper(1, text + "b", "a", "", ""))

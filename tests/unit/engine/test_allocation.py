"""Plans of a cell, one by one: who is cut, who grows, who is filled from whom."""

from __future__ import annotations

import pytest

from peakproof_engine.allocation import Cut, Grow, ShareBook, Step, allocate, mirror


def share(shown: int, *, sold: int = 0, rests: bool = False, doubt: int = 0,
          weight: int = 1, cutting: int = 0) -> ShareBook:  # fmt: skip
    """A share that shows so much; what it sold, the master has taken off."""
    return ShareBook(shown + sold + cutting, sold, sold, sold, cutting, doubt, weight, rests)


CUTS: list[tuple[str, int, list[ShareBook], list[Step]]] = [
    ("a single unit that is missing", 2, [share(3)], [Cut(0, 1)]),
    ("nothing is missing", 3, [share(3)], []),
    ("who shows more gives more", 4, [share(5), share(1)], [Cut(0, 2)]),
    ("both down to the same", 4, [share(3), share(3)], [Cut(0, 1), Cut(1, 1)]),
    ("who sells more keeps more", 6, [share(6, weight=4), share(6)], [Cut(0, 2), Cut(1, 4)]),
    ("who rests is passed over", 3, [share(5, rests=True), share(2)], [Cut(1, 2)]),
    ("the last unit is taken where it can be", 6, [share(5, rests=True), share(2)], [Cut(1, 1)]),
    ("what is being cut counts", 5, [share(2, cutting=3, rests=True), share(3)], []),
    ("nothing is left", -2, [share(2), share(1)], [Cut(0, 2), Cut(1, 1)]),
    ("nothing is shown, too much was sold", -1, [share(-2), share(0)], [Grow(0, 2)]),
]


@pytest.mark.parametrize(
    ("available", "shares", "steps"), [row[1:] for row in CUTS], ids=[row[0] for row in CUTS]
)
def test_what_is_missing_is_cut(available: int, shares: list[ShareBook], steps: list[Step]) -> None:
    assert allocate(available, 0, shares, first=0, move=False) == steps
    # What is held back is missing just as well.
    assert allocate(available + 4, 4, shares, first=0, move=False) == steps


GROWS: list[tuple[str, int, list[ShareBook], list[Step]]] = [
    ("a single unit", 1, [share(0), share(0)], [Grow(0, 1)]),
    ("one each first", 2, [share(0, weight=9), share(0)], [Grow(0, 1), Grow(1, 1)]),
    ("the rest by demand", 10, [share(0, weight=3), share(0)], [Grow(0, 7), Grow(1, 3)]),
    ("no more than is free", 12, [share(10), share(0), share(0)], [Grow(1, 2)]),
    ("who rests waits", 4, [share(0, rests=True), share(0)], [Grow(1, 2)]),
    ("in doubt elsewhere", 4, [share(0, doubt=3), share(0)], [Grow(0, 2)]),
    ("in doubt at home", 4, [share(0, doubt=4), share(0)], [Grow(0, 2)]),
    ("in doubt in part", 4, [share(0, doubt=1), share(0)], [Grow(0, 2), Grow(1, 1)]),
    ("up from below nothing", 5, [share(-2), share(3)], [Grow(0, 4)]),
]


@pytest.mark.parametrize(
    ("available", "shares", "steps"), [row[1:] for row in GROWS], ids=[row[0] for row in GROWS]
)
def test_what_is_free_is_given_out(
    available: int, shares: list[ShareBook], steps: list[Step]
) -> None:
    assert allocate(available, 0, shares, first=0, move=False) == steps


MOVES: list[tuple[str, list[ShareBook], list[Step]]] = [
    ("one has run dry", [share(0), share(6)], [Cut(1, 3)]),
    ("one of three", [share(0), share(5), share(4)], [Cut(1, 2), Cut(2, 1)]),
    ("what is right stays", [share(0), share(3), share(6)], [Cut(2, 3)]),
    ("nobody has run dry", [share(1), share(8)], []),
    ("there is but one unit", [share(0), share(1)], []),
    ("two units", [share(0), share(2)], [Cut(1, 1)]),
    ("one rests", [share(0), share(6, rests=True)], []),
    ("one is in doubt", [share(0), share(6, doubt=1)], []),
]


@pytest.mark.parametrize(
    ("shares", "steps"), [row[1:] for row in MOVES], ids=[row[0] for row in MOVES]
)
def test_a_share_that_has_run_dry_is_filled_from_the_fullest(
    shares: list[ShareBook], steps: list[Step]
) -> None:
    available = sum(each.shown for each in shares)
    assert allocate(available, 0, shares, first=0, move=True) == steps
    assert allocate(available, 0, shares, first=0, move=False) == []


def test_a_unit_whose_sale_may_be_on_its_way_is_neither_given_out_nor_cut() -> None:
    # Three shown, one sold; the master may have taken that one off already, or not.
    shares = [ShareBook(3, 1, 0, 1), ShareBook(0, 0, 0, 0)]
    assert allocate(3, 0, shares, first=0, move=False) == []
    assert allocate(2, 0, shares, first=0, move=False) == []
    assert allocate(1, 0, shares, first=0, move=False) == [Cut(0, 1)]
    assert allocate(4, 0, shares, first=0, move=False) == [Grow(1, 1)]


@pytest.mark.parametrize(
    ("available", "shares", "steps"),
    [
        (5, [share(0), share(3)], [Grow(0, 5), Grow(1, 2)]),
        (5, [share(5), share(6)], [Cut(1, 1)]),
        (0, [share(2), share(0)], [Cut(0, 2)]),
        (0, [share(1)], [Cut(0, 1)]),
        (5, [share(1, rests=True), share(5)], []),
        (-1, [share(-1), share(0)], [Grow(0, 1)]),
        (5, [ShareBook(5, 2, 0, 0), share(5)], [Cut(1, 2)]),
        (5, [ShareBook(5, 2, 0, 2), share(5)], []),
    ],
)
def test_a_mirror_shows_everybody_all_of_it(
    available: int, shares: list[ShareBook], steps: list[Step]
) -> None:
    assert mirror(available, 0, shares) == steps
    assert mirror(available + 3, 3, shares) == steps

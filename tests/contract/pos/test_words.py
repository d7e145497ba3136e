"""The tills know no vendor: a second face can stand before the same books."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contract.pos.shop import words_of

import peakproof_simulators.pos
from peakproof_simulators.pos.square import words

FOLDER = Path(peakproof_simulators.pos.__file__).parent
NEUTRAL = sorted(
    path.name for path in FOLDER.glob("*.py") if path.name not in ("__init__.py", "settings.py")
)


@pytest.mark.parametrize("name", NEUTRAL)
def test_the_tills_do_not_speak_squares_words(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    states = set(words.STOCK.values()) - {"NONE", "SOLD", "WASTE"}
    foreign = {"Square", "square", "SQUARE_POS", "catalog_object_id", "idempotency"} | states
    assert words_of(text) & foreign == set()


def test_every_state_that_the_book_keeps_has_a_word() -> None:
    assert sorted(words.STOCK_BACK) == sorted(words.STOCK.values())
    assert {"IN_STOCK", "WASTE", "IN_TRANSIT"} <= set(words.STOCK_BACK)


@pytest.mark.parametrize(
    ("units_e5", "text"),
    [
        (700_000, "7"),
        (-200_000, "-2"),
        (50_000, "0.5"),
        (-150_000, "-1.5"),
        (1, "0.00001"),
        (0, "0"),
    ],
)
def test_quantities_are_decimal_strings(units_e5: int, text: str) -> None:
    assert words.quantity(units_e5) == text
    if units_e5 >= 0:
        assert words.units_e5(text) == units_e5

"""Who masters stock is configuration: the direction of the flows turns round with it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.engine.stage import config

from peakproof_engine.app import flows_of
from peakproof_engine.config import Config
from peakproof_engine.mapping import channels_by_node


def estate(stock: str) -> Config:
    """A store with a till whose shelf the web shop sells from, too."""
    places = {"deposco": "FAC2", "commercetools": "web-s1", "pos": "LOC1"}
    changes: dict[str, Any] = {
        "nodes": [{"id": "S1", "kind": "store", "places": places}],
        "channels": [
            {"id": "web", "system": "commercetools", "nodes": ["S1"]},
            {"id": "till", "system": "pos", "nodes": ["S1"]},
        ],
        "masters__stock": stock,
        "masters__fulfilment": stock,
    }
    return config(**changes)


@pytest.mark.parametrize(
    ("stock", "told", "books_tills"),
    [
        ("deposco", [("web", "commercetools"), ("till", "pos")], True),
        ("pos", [("web", "commercetools")], False),
    ],
)
def test_the_master_is_read_and_everybody_else_is_told(
    stock: str, told: list[tuple[str, str]], books_tills: bool
) -> None:
    made = estate(stock)
    assert channels_by_node(made) == {"S1": told}
    assert ("till_sales" in flows_of(made)) is books_tills

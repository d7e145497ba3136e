"""Query strings are what ``urllib`` would have made of the same pairs."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest

from peakproof_engine.query import form, strict

VALUES = (
    'lastModifiedAt >= "2026-11-27T06:00:00.000Z" and orderState in ("Open", "Cancelled")',
    "Back Ordered",
    "a/b?c=d&e#f%g+h~i_j-k.l",
    "Grüße, 東京",
    "",
    500,
)


@pytest.mark.parametrize("value", VALUES)
def test_a_form_is_what_urlencode_makes(value: str | int) -> None:
    pairs = [("where", value), ("where", "second"), ("limit", 1)]
    assert form(pairs) == urlencode(pairs)


@pytest.mark.parametrize("value", VALUES)
def test_a_strict_query_writes_a_space_as_percent_twenty(value: str | int) -> None:
    pairs = [("number", value), ("pageNo", 2)]
    assert strict(pairs) == urlencode(pairs, quote_via=quote)

"""A request's parameters are what ``urllib`` reads from the same query."""

from __future__ import annotations

from random import Random
from urllib.parse import parse_qsl

import pytest

from peakproof.wire.message import Request

PIECES = (
    "a", "where", "=", "&", "+", "%20", "%3a", "%3D", "%26", "%", "%2", "%zz", "%C3%A9", "%ff", "é",
    ";", "%00", "10", '"', "%22", "%28", "%2C", "%3A", "%3E", "2", "C",
)  # fmt: skip


def read(query: str) -> list[tuple[str, str]]:
    return Request("GET", "/", query).parameters()


@pytest.mark.parametrize("seed", range(20))
def test_any_query_is_read_as_urllib_reads_it(seed: int) -> None:
    rng = Random(seed)
    for _ in range(300):
        query = "".join(rng.choice(PIECES) for _ in range(rng.randrange(10)))
        assert read(query) == parse_qsl(query, keep_blank_values=True), query


def test_repeats_and_blanks_are_kept_in_order() -> None:
    assert read("b=2&a=&b=1&c") == [("b", "2"), ("a", ""), ("b", "1"), ("c", "")]

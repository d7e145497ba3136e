"""Normal numbers of a stream are those that Python's own generator gives."""

from __future__ import annotations

from random import Random

from peakproof.rng import Streams, derive


def test_they_are_what_gauss_draws_number_for_number() -> None:
    numbers = Streams(7).normals("latency", "call")
    own = Random(derive(7, "latency", "call"))
    assert [next(numbers) for _ in range(1001)] == [own.gauss(0.0, 1.0) for _ in range(1001)]


def test_who_asks_again_goes_on_where_the_last_one_stopped() -> None:
    streams, once = Streams(7), Streams(7).normals("a")
    drawn = [next(streams.normals("a")) for _ in range(3)]
    assert drawn == [next(once) for _ in range(3)]
    assert next(streams.normals("b")) not in drawn

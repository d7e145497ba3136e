"""When something happened in our time, by a date of another system's clock."""

from __future__ import annotations

import pytest

from peakproof_engine.clock import Offset


def test_a_date_that_comes_late_is_no_younger_than_it_says() -> None:
    offset = Offset()
    assert offset.ours(10.0, 40.0) == (10.0, 40.0)


def test_the_latest_time_is_bounded_by_the_shortest_way_that_was_ever_seen() -> None:
    offset = Offset()
    offset.ours(10.0, 40.0)
    assert offset.ours(50.0, 52.0) == (50.0, 52.0)
    assert offset.ours(60.0, 99.0) == (60.0, 62.0)


def test_a_date_from_our_future_shows_that_the_other_clock_is_ahead() -> None:
    offset = Offset()
    assert offset.ours(130.0, 100.0) == (100.0, 100.0)
    # The next one takes its time, and is read by what is known.
    assert offset.ours(140.0, 125.0) == (110.0, 110.0)


@pytest.mark.parametrize("behind_s", [0.0, 3.0, 3600.0])
def test_a_clock_that_is_behind_is_never_read_as_fresher_than_it_is(behind_s: float) -> None:
    offset = Offset()
    for happened_s, way_s in ((100.0, 30.0), (140.0, 0.2), (150.0, 8.0)):
        early_s, late_s = offset.ours(happened_s - behind_s, happened_s + way_s)
        assert early_s <= happened_s <= late_s

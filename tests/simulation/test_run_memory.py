"""A run leaves nothing behind: a thousand of them in one process need no more than a few."""

from __future__ import annotations

import gc

import pytest

from peakproof import catalogue
from peakproof.run.judged import rehearse
from peakproof.run.setting import ONE_RESTART, Setting
from peakproof.world import World


def worlds() -> int:
    gc.collect()
    return sum(type(thing) is World for thing in gc.get_objects())


@pytest.mark.parametrize(
    ("name", "overrides"),
    [
        ("commercetools_deposco/last-unit-race", ()),
        ("commercetools_deposco/cancel-overwritten", ()),
        ("pos_deposco/truncated", ()),
        ("pos_deposco/stock-update-starved", ()),
        ("pos_deposco/webhook-lost", (ONE_RESTART,)),
    ],
)
def test_a_world_that_was_played_is_forgotten(name: str, overrides: tuple[object, ...]) -> None:
    """Also when calls and notices were still on their way as it ended."""
    (named,) = catalogue.select([name])
    before = worlds()
    for seed in (1, 2):
        rehearse(Setting(named=named, seed=seed, overrides=overrides))  # type: ignore[arg-type]
    assert worlds() <= before

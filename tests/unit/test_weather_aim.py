"""Which calls a target strikes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from tests.simulation.wire_stage import Stage

from peakproof.errors import UsageError
from peakproof.wire.aim import Aim, Chooser, Target, aim, fits, notice_mentions, request_mentions
from peakproof.wire.message import Request


def _never(_text: str) -> bool:
    return False


def _struck(
    where: dict[str, Any], calls: int = 12, *, draw: Callable[[], float] | None = None
) -> list[int]:
    chooser = Chooser(msgspec.convert(where, Target), draw)
    return [call for call in range(1, calls + 1) if chooser.strikes(float(call), _never)]


@pytest.mark.parametrize(
    ("where", "struck"),
    [
        ({}, list(range(1, 13))),
        ({"nth": 3}, [3]),
        ({"nth": [1, 4, 40]}, [1, 4]),
        ({"every": 5}, [5, 10]),
        ({"window": [3, 6]}, [3, 4, 5]),
        ({"window": [3, 6], "nth": 2}, [4]),
        ({"window": [3, 9], "every": 2}, [4, 6, 8]),
        ({"key": "SKU-1"}, []),
    ],
)
def test_the_aiming_table(where: dict[str, Any], struck: list[int]) -> None:
    assert _struck(where) == struck


def test_probability_draws_once_for_each_call_whether_the_window_is_open_or_not() -> None:
    drawn: list[float] = []

    def draw() -> float:
        drawn.append(0.1 if len(drawn) % 2 else 0.9)
        return drawn[-1]

    assert _struck({"probability": 0.5, "window": [5, 9]}, draw=draw) == [6, 8]
    assert len(drawn) == 12


def test_with_a_key_only_the_calls_that_mention_it_are_counted() -> None:
    chooser = Chooser(Target(key="SKU-1", nth=2), None)
    texts = ["SKU-1", "SKU-2", "SKU-2", "SKU-1", "SKU-1"]
    struck = [chooser.strikes(0.0, lambda text, has=has: text in has) for has in texts]
    assert struck == [False, False, False, True, False]


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("*", "anything", True),
        ("orders.create", "orders.create", True),
        ("orders.create", "orders.created", False),
        ("orders.*", "orders.create", True),
        ("*.create", "orders.create", True),
        ("Orders.*", "orders.create", False),
    ],
)
def test_names_are_names_or_globs(pattern: str, name: str, expected: bool) -> None:
    assert fits(pattern, name) is expected


def test_a_request_mentions_what_stands_decoded_in_its_path_query_or_body() -> None:
    request = Request("POST", "/items/RED%20HAT", "where=sku%3D%22SKU-9%22", {}, b'{"n":"A7"}')
    mentions = request_mentions(request)
    assert [mentions(text) for text in ("RED HAT", 'sku="SKU-9"', "A7", "SKU-1")] == [
        True, True, True, False,
    ]  # fmt: skip


def test_a_notification_mentions_its_key_and_its_body() -> None:
    mentions = notice_mentions("stock:SKU-1@W1", b'{"units":3}')
    assert [mentions(text) for text in ("SKU-1", '"units":3', "W2")] == [True, True, False]


def test_an_aim_fires_as_often_as_it_may() -> None:
    fired: list[int] = []
    once = Aim(Target(), lambda: fired.append(1))
    often = Aim(Target(), lambda: fired.append(2), times=0)
    for _call in range(3):
        once.fire()
        often.fire()
    assert fired == [1, 2, 2, 2]
    assert (once.fired, often.fired) == (1, 3)


def test_an_aim_with_two_ways_to_choose_is_refused() -> None:
    stage = Stage()
    stage.loop.close()
    with pytest.raises(UsageError, match="an aimed event: every: give one of"):
        stage.wire.aim(aim(lambda: None, system="shop", operation="*", nth=1, every=2))

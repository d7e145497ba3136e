"""What a collection looked like a moment ago, whether it was filled at once or bit by bit."""

from __future__ import annotations

from random import Random

import pytest

from peakproof_simulators.kit.timeline import Timeline

SPAN_S = 60.0


class Plain:
    """The same without any thrift: every change is kept, and looked through."""

    def __init__(self) -> None:
        self.changes: list[tuple[float, str, int | None]] = []

    def changed(self, at_s: float, key: str, before: int | None) -> None:
        """Keep a change, and drop what is too long ago."""
        self.changes.append((at_s, key, before))
        self.changes = [each for each in self.changes if each[0] >= at_s - SPAN_S]

    def differences(self, now: float, lag_s: float) -> dict[str, int | None]:
        """What was different; the earliest change within the lag counts."""
        seen: dict[str, int | None] = {}
        for at, key, before in reversed(self.changes):
            if at <= now - lag_s:
                break
            seen[key] = before
        return seen


@pytest.mark.parametrize("seed", range(20))
def test_a_filling_is_remembered_like_any_other_change(seed: int) -> None:
    chance, now = Random(seed), 0.0
    entries: dict[str, int] = {}
    timeline: Timeline[int] = Timeline(lambda: now, span_s=SPAN_S)
    plain = Plain()
    for number in range(chance.choice((0, 1, 30))):
        entries[f"e{number}"] = 0
        timeline.changed(f"e{number}", None)
        plain.changed(now, f"e{number}", None)
    for number in range(200):
        if chance.random() < 0.8:
            now += chance.choice((0.0, 0.5, 3.0, 20.0))
        key = f"e{chance.randint(0, 40)}"
        before = entries.get(key)
        entries[key] = number
        timeline.changed(key, before)
        plain.changed(now, key, before)
        lag_s = chance.choice((0.1, 1.0, 10.0, 59.0, 1000.0))
        found, wanted = timeline.differences(lag_s), plain.differences(now, lag_s)
        assert list(found.items()) == list(wanted.items())


def test_a_filling_is_kept_by_its_keys_and_let_go_of_in_time() -> None:
    now = 5.0
    timeline: Timeline[int] = Timeline(lambda: now, span_s=SPAN_S)
    for number in range(100):
        timeline.changed(f"e{number}", None)
    assert timeline.differences(1.0) == {f"e{number}": None for number in range(100)}
    assert len(timeline._changes) == 0
    now = 5.0 + SPAN_S + 1.0
    timeline.changed("e1", 7)
    assert timeline.differences(1000.0) == {"e1": 7}
    assert timeline._filled == []

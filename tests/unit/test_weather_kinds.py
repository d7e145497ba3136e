"""The registry of weather checks itself, and rules that people write get clear answers."""

from __future__ import annotations

from typing import Any

import pytest

from peakproof.errors import HarnessFault, ScenarioError
from peakproof.wire.kinds import KINDS, CallWeather, Fate, Parameters, kind
from peakproof.wire.rules import parse_rules


def test_every_kind_of_the_catalogue_is_declared_with_a_sentence() -> None:
    assert list(KINDS) == [
        "latency", "burst", "slow", "error_before", "error_after", "timeout_before",
        "timeout_after", "reset_before", "reset_after", "truncated", "page_before", "page_after",
        "blank_before", "blank_after",
        "rate_limit", "outage", "stale_read", "token_expired", "webhook_delay", "webhook_loss",
        "webhook_repeat", "webhook_reorder",
    ]  # fmt: skip
    assert all(one.about.endswith(".") and one.about[0].isupper() for one in KINDS.values())


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_can_be_written_with_its_name_alone(name: str) -> None:
    (rule,) = parse_rules([{"kind": name}])
    assert rule.document() == {"kind": name}
    assert rule.parameters == KINDS[name].parameters()


class _Wet(CallWeather, frozen=True):
    """It rains on the call."""

    extra_s: float = 1.0

    def strike(self, fate: Fate) -> None:
        fate.out_s += self.extra_s


class _Dry(CallWeather, frozen=True):
    """It does nothing at all."""

    def strike(self, fate: Fate) -> None:
        pass


class _Nameless(_Wet, frozen=True):
    pass


class _Aimed(_Wet, frozen=True):
    """It takes the name of an aim field."""

    every: int = 3


class _Required(_Wet, frozen=True, kw_only=True):
    """One of its parameters has no default."""

    units: int


@pytest.mark.parametrize(
    ("name", "struct", "said"),
    [
        ("slow", _Wet, "the name is taken"),
        ("Rain-Drops", _Wet, "no snake_case name"),
        ("rain", _Dry, "with its defaults it does nothing"),
        ("rain", _Nameless, "must begin with a sentence"),
        ("rain", _Aimed, "every says where it strikes"),
        ("rain", _Required, "units has no default"),
    ],
)
def test_the_registry_refuses_a_kind_that_is_wrong(
    name: str, struct: type[Parameters], said: str
) -> None:
    with pytest.raises(HarnessFault, match=said):
        kind(name, on="call", role="adds")(struct)
    assert "rain" not in KINDS


def test_the_registry_refuses_a_kind_for_calls_that_claims_to_strike_hooks() -> None:
    with pytest.raises(HarnessFault, match="it cannot be adds on hook"):
        kind("rain", on="hook", role="adds")(_Wet)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"kind": "latncy"}, r"weather\[0\]\.kind: .*'latncy'; did you mean latency"),
        ({}, r"weather\[0\]\.kind: it is missing"),
        ("slow", r"weather\[0\]: a rule is a table"),
        ({"kind": "slow", "extra": 3}, r"weather\[0\]\.extra: .*did you mean extra_s"),
        ({"kind": "slow", "operaton": "x"}, r"weather\[0\]\.operaton: .*did you mean operation"),
        ({"kind": "slow", "extra_s": "3"}, r"weather\[0\]\.extra_s: expected `float`, got `str`"),
        ({"kind": "slow", "extra_s": 0}, r"weather\[0\]\.extra_s: expected `float` > 0"),
        ({"kind": "error_before", "status": 99}, r"weather\[0\]\.status: expected `int` >= 100"),
        ({"kind": "error_before", "body": "htm"}, r"weather\[0\]\.body: invalid enum value 'htm'"),
        ({"kind": "reset_after", "nth": 0}, r"weather\[0\]\.nth: expected `int` >= 1"),
        ({"kind": "reset_after", "nth": 1, "every": 2}, r"weather\[0\]\.every: give one of nth"),
        ({"kind": "slow", "window": [9, 3]}, r"weather\[0\]\.window: it must be \[from_s, to_s\]"),
        ({"kind": "slow", "probability": 1.5}, r"weather\[0\]\.probability: expected `float` <= 1"),
        ({"kind": "latency", "nth": 3}, r"weather\[0\]\.nth: latency is climate"),
        ({"kind": "webhook_repeat", "copies": 16}, r"weather\[0\]\.copies: expected `int` <= 15"),
    ],
)
def test_a_rule_that_is_wrong_is_answered_with_place_field_and_nearest_name(
    document: Any, said: str
) -> None:
    with pytest.raises(ScenarioError, match=said):
        parse_rules([document])


def test_a_rule_is_written_back_as_it_was_read() -> None:
    documents: list[dict[str, Any]] = [
        {"kind": "outage", "system": "shop", "window": [60.0, 120.0], "how": "silence"},
        {"kind": "reset_after", "operation": "orders.*", "nth": [2, 5]},
        {"kind": "error_before", "probability": 0.25, "status": 502, "body": "html"},
        {"kind": "stale_read", "key": "SKU-1", "lag_s": 5.0},
    ]
    assert [rule.document() for rule in parse_rules(documents)] == documents

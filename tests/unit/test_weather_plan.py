"""Fault plans as files and as part of a history."""

from __future__ import annotations

from typing import Any

import pytest

from peakproof.errors import ScenarioError
from peakproof.wire.plan import Entry, Plan

_ENTRIES = (
    Entry("reset_after", "shop", "orders.create", 2),
    Entry("slow", "shop", "orders.create", 2, {"extra_s": 4.5}),
    Entry("outage", "shop", "*", 0, {"window": [10.0, 20.0], "status": 502}),
    Entry("webhook_repeat", "shop", "stock.changed", 1, {"copies": 3, "offsets_s": [0.0, 0, 1.5]}),
)


def test_a_plan_survives_its_file() -> None:
    plan = Plan(_ENTRIES)
    text = plan.to_json()
    assert text.count(b"\n") == len(_ENTRIES) + 2
    assert Plan.from_json(text) == plan
    assert Plan.from_documents(plan.documents()) == plan
    assert Plan.from_json(Plan().to_json()) == Plan()


def test_a_plan_is_read_from_the_strikes_of_a_history_alone() -> None:
    history = (
        b'{"k":"phase","t":0,"name":"trade"}\n'
        b'{"k":"strike","t":1.5,"kind":"slow","system":"shop","op":"a","nth":1,'
        b'"args":{"extra_s":2.0}}\n'
        b'{"k":"sometimes","t":1.5,"what":"{\\"k\\":\\"strike\\""}\n'
        b'{"k":"strike","t":2.5,"kind":"reset_before","system":"shop","op":"b","nth":7}\n'
    )
    assert Plan.of(history).entries == (
        Entry("slow", "shop", "a", 1, {"extra_s": 2.0}),
        Entry("reset_before", "shop", "b", 7),
    )


_WHOLE: dict[str, Any] = {"kind": "slow", "system": "shop", "op": "a"}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({**_WHOLE, "kind": "slwo"}, r"plan\[0\]\.kind: .*did you mean slow"),
        ({**_WHOLE, "kind": "latency"}, r"plan\[0\]\.kind: latency is climate"),
        ({**_WHOLE, "nth": -1}, r"plan\[0\]\.nth: expected 0 or more"),
        ({**_WHOLE, "nth": "1"}, r"plan\[0\]\.nth: expected `int`, got `str`"),
        ({**_WHOLE, "args": {"extr_s": 3}}, r"plan\[0\]\.args\.extr_s: .*did you mean extra_s"),
        ({**_WHOLE, "args": {"extra_s": -3}}, r"plan\[0\]\.args\.extra_s: expected `float` > 0"),
        ({**_WHOLE, "nth": 1, "args": {"window": [0, 1]}}, r"plan\[0\]\.args\.window: "),
        ({**_WHOLE, "args": {"window": [3, 1]}}, r"plan\[0\]\.args\.window: it must be"),
        ({**_WHOLE, "args": {"key": 3}}, r"plan\[0\]\.args"),
        ({**_WHOLE, "when": 3}, r"plan\[0\].*unknown field `when`"),
        ({"kind": "slow"}, r"plan\[0\].*missing required field `system`"),
    ],
)
def test_an_entry_that_is_wrong_is_answered_with_its_number_and_field(
    document: dict[str, Any], said: str
) -> None:
    with pytest.raises(ScenarioError, match=said):
        Plan.from_documents([document])


@pytest.mark.parametrize(("text", "said"), [(b"{", "this is not valid JSON"), (b"{}", "an array")])
def test_a_file_that_is_no_plan_is_answered_so(text: bytes, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        Plan.from_json(text)

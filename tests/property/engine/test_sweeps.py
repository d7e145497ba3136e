"""A sweep that remembers its last answer tells what one tells that reads every byte anew."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakproof_engine.errors import UnknownOutcome
from peakproof_engine.http import Answer
from peakproof_engine.model import StepRecord
from peakproof_engine.store.database import Store
from peakproof_engine.systems import deposco_sweeps as sweeps

places = st.sampled_from(["W1", "W2"])
items = st.builds(
    lambda sku, place, units: {
        "itemNumber": sku,
        "facilityInventory": {
            "facility": place,
            "inventory": {"total": str(units), "availableToPromise": units},
        },
    },
    st.sampled_from(["TEE", "CAP", "BAG"]), places, st.integers(0, 3),
)  # fmt: skip
orders = st.builds(
    lambda number, status: {"number": number, "status": status},
    st.sampled_from(["1001", "1002"]), st.sampled_from(["Canceled", "New"]),
)  # fmt: skip


def bodies(name: str, rows: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[bytes]:
    """Pages of such rows: a list of one may be bare, none may be nothing."""
    return st.lists(rows, max_size=4).flatmap(
        lambda some: st.sampled_from(
            [some, some[0]] if len(some) == 1 else [some, *([None] if not some else [])]
        ).map(lambda held: msgspec.json.encode({name: held}))
    )


answers = st.tuples(st.integers(1, 3), st.sampled_from([200, 206]))


@given(st.lists(st.tuples(answers, bodies("itemInventory", items)), max_size=12))
def test_levels_are_told_as_if_each_page_were_new(
    pages: list[tuple[tuple[int, int], bytes]],
) -> None:
    kept = sweeps.levels()
    for (number, status), body in pages:
        answer = Answer(status, {}, body)
        assert kept.read(number, answer) == sweeps.levels().read(1, answer)


@given(st.lists(st.tuples(answers, bodies("order", orders)), max_size=12))
def test_ended_orders_are_told_as_if_each_page_were_new(
    pages: list[tuple[tuple[int, int], bytes]],
) -> None:
    kept = sweeps.orders("Canceled")
    for (number, status), body in pages:
        answer = Answer(status, {}, body)
        told, full = kept.read(number, answer)
        assert (told, full) == sweeps.orders("Canceled").read(1, answer)
        assert all(status.cancelled for status in told)


def test_a_row_is_read_once_for_as_long_as_it_stays() -> None:
    kept = sweeps.levels()
    tee = {"itemNumber": "TEE", "facilityInventory": {
        "facility": "W1", "inventory": {"total": 1, "availableToPromise": 1}}}  # fmt: skip
    cap = {**tee, "itemNumber": "CAP"}
    told = [
        kept.read(1, Answer(200, {}, msgspec.json.encode({"itemInventory": rows})))[0]
        for rows in ([tee], [tee, cap], [cap], [tee])
    ]
    assert told[0][0] is told[1][0]
    assert told[1][1] is told[2][0]
    assert told[3] == told[0]
    assert told[3][0] is not told[0][0]


@pytest.mark.parametrize("body", [b"", b"{", b'{"itemInventory": [{"itemNumber": 1', b"<html>"])
def test_half_a_page_is_no_answer_and_changes_nothing(body: bytes) -> None:
    kept = sweeps.levels()
    whole = Answer(200, {}, b'{"itemInventory": [{"itemNumber": "TEE"}]}')
    before = kept.read(1, whole)
    with pytest.raises(UnknownOutcome):
        kept.read(1, Answer(200, {}, body))
    assert kept.read(1, whole) == before


def test_a_dropped_step_is_not_written_again_and_a_number_that_was_undone_is_free() -> None:
    store = Store()
    with store:
        first = StepRecord(store.new_step(), "W1", "TEE", "web", 1)
        store.put_step(first)
    with store:
        store.drop_step(first.step)
    with store:
        store.put_step(first)
    assert list(store.steps()) == []
    with suppress(LookupError), store:
        store.put_step(StepRecord(store.new_step(), "W1", "TEE", "web", 1))
        raise LookupError
    assert list(store.steps()) == []
    assert store.new_step() == first.step + 1
    store.close()

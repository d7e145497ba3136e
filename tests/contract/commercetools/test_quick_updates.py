"""The short way of an update of stock does what the usual way does, to the last byte."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contract.commercetools.shop import Answer, Json, Shop

from peakproof_simulators.commercetools.message_log import Note

TOPIC = {"type": "GoogleCloudPubSub", "projectId": "p", "topic": "t"}
ALL_STOCK = {"resourceTypeId": "inventory-entry"}
NOTHING_TO_EXPAND = {"expand": "custom.type"}
"""A query that changes no answer here; an update with a query takes the usual way."""

steps = st.one_of(
    st.tuples(
        st.sampled_from(["changeQuantity", "addQuantity", "removeQuantity"]),
        st.integers(-3, 12),
        st.sampled_from([0, 0, 0, 1]),
    ),
    st.tuples(st.sampled_from(["order", "wait"]), st.integers(1, 4), st.just(0)),
)


class Played(msgspec.Struct):
    """All that can be seen of a shop after a story."""

    answers: list[Answer]
    messages: list[Json]
    history: bytes
    posted: list[bytes]
    keys: list[list[str]]


def play(story: list[tuple[str, int, int]], profile: Json, *, heard: bool, query: Json) -> Played:
    """Write the stock of one entry, while orders take from it and time passes."""
    shop = Shop(push_endpoints={"projects/p/topics/t": "http://hook.test/t"}, **profile)
    if heard:
        draft = {"destination": TOPIC, "messages": [ALL_STOCK], "changes": [ALL_STOCK]}
        assert shop.post("subscriptions", draft).status == 201
    entry = shop.entry("TEE")
    path = f"inventory/{entry['id']}"
    shop.act(path, {"action": "setReorderPoint", "quantity": 6})
    answers, keys = [], []
    for what, units, behind in story:
        if what == "wait":
            shop.run(units)
        elif what == "order":
            shop.place(shop.cart(shop.line("TEE", units)))
        else:
            body: Any = {
                "version": shop.get(path)["version"] - behind,
                "actions": [{"action": what, "quantity": units}],
            }
            answers.append(shop.post(path, body, **query))
            keys.append(shop.keys)
    return Played(
        answers, shop.messages(), shop.world.recorder.contents(),
        [notification.body for notification in shop.posted], keys,
    )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    story=st.lists(steps, max_size=8),
    profile=st.sampled_from(
        [
            {},
            {"absolute_write_absorbs_lag": False},
            {"version_step": "per_request", "stock_lag_s": 0},
            {"stock_level_messages": False},
        ]
    ),
    heard=st.booleans(),
)
def test_the_short_way_and_the_usual_way_cannot_be_told_apart(
    story: list[tuple[str, int, int]], profile: Json, *, heard: bool
) -> None:
    short = play(story, profile, heard=heard, query={})
    assert short == play(story, profile, heard=heard, query=NOTHING_TO_EXPAND)


def test_an_update_of_one_quantity_takes_the_short_way(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[object] = []

    def note(*said: Any) -> Note:
        taken.append(said)
        return Note(*said)

    monkeypatch.setattr("peakproof_simulators.commercetools.stock_updates.Note", note)
    path = f"inventory/{shop.entry('TEE')['id']}"
    shop.act(path, {"action": "addQuantity", "quantity": 1})
    assert len(taken) == 1
    shop.post(
        path, {"version": 2, "actions": [{"action": "addQuantity", "quantity": 1}]}, expand="x.y"
    )
    assert len(taken) == 1


def test_a_message_that_is_read_late_tells_when_it_happened(shop: Shop) -> None:
    path = f"inventory/{shop.entry('TEE')['id']}"
    times = []
    for units in (4, 5):
        shop.run(3)
        made = shop.act(path, {"action": "changeQuantity", "quantity": units})
        times.append(made["lastModifiedAt"])
    shop.run(60)
    told = shop.messages(type="InventoryEntryQuantitySet")
    assert [one["createdAt"] for one in told] == times
    assert [one["newQuantityOnStock"] for one in told] == [4, 5]
    first = told[0]["sequenceNumber"]
    assert [one["sequenceNumber"] for one in told] == [first, first + 1]


def test_a_query_that_lags_shows_the_messages_of_back_then(shop: Shop) -> None:
    path = f"inventory/{shop.entry('TEE')['id']}"
    for units in (4, 5):
        shop.run(10)
        shop.act(path, {"action": "changeQuantity", "quantity": units})
    shop.run(2)
    shop.stale_s = 5
    told = shop.messages(type="InventoryEntryQuantitySet")
    assert [one["newQuantityOnStock"] for one in told] == [4]

"""Places, pieces of work and fields, for any estate: one place, one node; nothing gets lost."""

from __future__ import annotations

from itertools import chain

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engine.stage import DOCUMENT

from peakproof_engine.config import Channel, Config, Node, from_document
from peakproof_engine.errors import ConfigError
from peakproof_engine.mapping import (
    FIELD_LIMITS,
    Places,
    channels_by_node,
    fitted,
    split_by_node,
    till_channels,
)
from peakproof_engine.model import Contact, OrderLine

codes = st.text("ABC1-", min_size=1, max_size=3)
SYSTEMS = ("deposco", "commercetools", "pos")


@st.composite
def estates(draw: st.DrawFn) -> list[Node]:
    """Nodes of which each may be in each system, under any code but another node's."""
    ids = draw(st.lists(codes, min_size=1, max_size=5, unique=True))
    places: list[dict[str, str]] = [{} for _ in ids]
    for system in SYSTEMS:
        named = draw(st.lists(codes, min_size=len(ids), max_size=len(ids), unique=True))
        for each, code in zip(places, named, strict=True):
            if draw(st.booleans()):
                each[system] = code
    return [
        Node(id_, "store", msgspec.convert(each, dict))
        for id_, each in zip(ids, places, strict=True)
    ]  # fmt: skip


@given(estates())
def test_a_place_and_its_node_find_each_other(nodes: list[Node]) -> None:
    places = Places(nodes)
    for node in nodes:
        for system in SYSTEMS:
            if system in node.places:
                place = places.place(node.id, system)
                assert place == node.places[system]
                assert places.node(system, place) == node.id
            else:
                with pytest.raises(KeyError):
                    places.place(node.id, system)


@given(estates(), codes, st.sampled_from(SYSTEMS))
def test_nothing_is_guessed(nodes: list[Node], code: str, system: str) -> None:
    found = Places(nodes).node(system, code)
    there = [node.id for node in nodes if node.places.get(system) == code]  # type: ignore[call-overload]
    assert found == (there[0] if there else "")


# --- pieces of work -------------------------------------------------------------------------------

lines = st.lists(st.tuples(codes, codes), max_size=8, unique_by=lambda line: line[0]).map(
    lambda drawn: [OrderLine(id_, "TEE", 1, node) for id_, node in drawn]
)


@given(codes, lines)
def test_every_line_is_in_one_piece_of_work_and_goes_to_its_node(
    number: str, ordered: list[OrderLine]
) -> None:
    works = split_by_node(number, ordered)
    node_of = {line.line: line.node for line in ordered}
    assert sorted(chain.from_iterable(work.lines for work in works)) == sorted(node_of)
    for work in works:
        assert {node_of[line] for line in work.lines} == {work.node}
    assert len({work.node for work in works}) == len(works)


@given(codes, lines)
def test_no_two_pieces_of_work_have_the_same_number_and_each_names_its_order(
    number: str, ordered: list[OrderLine]
) -> None:
    works = split_by_node(number, ordered)
    assert len({work.number for work in works}) == len(works)
    if len(works) == 1:
        assert works[0].number == number
    else:
        assert all(work.number == f"{number}-{work.node}" for work in works)


@given(codes, lines)
def test_an_order_is_always_divided_in_the_same_way(number: str, ordered: list[OrderLine]) -> None:
    assert split_by_node(number, ordered) == split_by_node(number, list(ordered))
    for work in split_by_node(number, ordered):
        assert (work.stage, work.master_id, work.answered_s) == ("waiting", "", 0.0)


# --- fields ---------------------------------------------------------------------------------------

contacts = st.builds(
    Contact, **{field: st.text(max_size=130) for field in Contact.__struct_fields__}
)


@given(contacts)
def test_no_field_is_longer_than_it_may_be_and_none_is_made_up(contact: Contact) -> None:
    cut = fitted(contact)
    assert set(FIELD_LIMITS) == set(Contact.__struct_fields__)
    for field, limit in FIELD_LIMITS.items():
        was, now = getattr(contact, field), getattr(cut, field)
        assert len(now) <= limit
        assert was.startswith(now)
        if len(was) <= limit:
            assert now == was
        elif field == "email":
            assert now == ""
        else:
            assert len(now) == limit


@given(contacts)
def test_what_was_cut_once_stays_as_it_is(contact: Contact) -> None:
    assert fitted(fitted(contact)) == fitted(contact)


# --- a whole configuration ------------------------------------------------------------------------


@st.composite
def documents(draw: st.DrawFn) -> dict[str, object]:
    """The stage's document with other nodes and channels, some of which contradict each other."""
    ids = draw(st.lists(codes, min_size=1, max_size=4))
    nodes = [
        {"id": id_, "kind": draw(st.sampled_from(["warehouse", "store"])),
         "places": draw(st.dictionaries(st.sampled_from(SYSTEMS), codes | st.just("")))}
        for id_ in ids
    ]  # fmt: skip
    channels = draw(st.lists(st.fixed_dictionaries({
        "id": codes, "system": st.sampled_from(SYSTEMS),
        "nodes": st.lists(st.sampled_from(ids) | codes, max_size=3),
    }), max_size=3))  # fmt: skip
    return {**DOCUMENT, "nodes": nodes, "channels": channels}


@given(documents())
def test_a_configuration_that_is_taken_can_be_worked_with(document: dict[str, object]) -> None:
    try:
        config = from_document(document)
    except ConfigError:
        return
    can_be_worked_with(config)


def can_be_worked_with(config: Config) -> None:
    """Every channel's places are there, each is one node's, and each figure has one owner."""
    places = Places(config.nodes)
    sellers = channels_by_node(config)
    figures = [(each.system, place) for each in config.channels
               for place in places.places(each.system, each.nodes)]  # fmt: skip
    assert len(set(figures)) == len(figures)
    assert len([each for each in config.channels if each.system == "commercetools"]) <= 1
    for channel in config.channels:
        found = places.places(channel.system, channel.nodes)
        assert len(found) > 0
        assert channel.system != "pos" or len(found) == 1
        for name, place in zip(channel.nodes, found, strict=True):
            assert (channel.id, channel.system) in sellers[name]
            assert places.place(name, "deposco")
            assert places.node(channel.system, place) == name
    for node in config.nodes:
        for system, place in node.places.items():
            if place:
                assert places.node(system, place) == node.id
    tills = till_channels(config)
    assert [tills[name].nodes for name in tills] == [(name,) for name in tills]


def test_the_stage_is_such_a_configuration() -> None:
    can_be_worked_with(from_document(DOCUMENT))
    with pytest.raises(ConfigError):
        from_document({**DOCUMENT, "channels": [msgspec.to_builtins(Channel("a", "pos", ("X",)))]})

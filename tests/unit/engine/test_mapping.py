"""Places, pieces of work and field limits; and money to the penny."""

from __future__ import annotations

import pytest
from tests.unit.engine.stage import config

from peakproof_engine.mapping import (
    FIELD_LIMITS,
    Places,
    channels_by_node,
    fitted,
    split_by_node,
    till_channels,
    web_channel,
)
from peakproof_engine.model import Contact, OrderLine
from peakproof_engine.money import apportion, decimal_text, minor


def test_a_place_stands_for_one_node_and_an_unknown_one_for_none() -> None:
    places = Places(config().nodes)
    assert places.node("deposco", "FAC2") == "S1"
    assert places.node("deposco", "FAC9") == ""
    assert places.place("S1", "pos") == "LOC1"
    assert places.places("commercetools", ["W1", "S1"]) == ["web-w1", "web-s1"]
    with pytest.raises(KeyError):
        places.place("W1", "pos")


def test_who_sells_from_a_node_comes_in_the_order_of_the_configuration() -> None:
    assert channels_by_node(config()) == {
        "W1": [("web", "commercetools")],
        "S1": [("web", "commercetools"), ("till", "pos")],
    }
    assert list(till_channels(config())) == ["S1"]
    shop = web_channel(config())
    assert shop is not None
    assert shop.id == "web"


def test_tills_alone_are_no_shop() -> None:
    tills = {"id": "till", "system": "pos", "nodes": ["S1"]}
    assert web_channel(config(channels=[tills])) is None


def line(id_: str, node: str) -> OrderLine:
    return OrderLine(id_, "TEE", 1, node)


def test_an_order_for_one_node_keeps_its_number() -> None:
    (work,) = split_by_node("1001", [line("a", "W1"), line("b", "W1")])
    assert (work.number, work.node, work.lines) == ("1001", "W1", ["a", "b"])


def test_an_order_for_two_nodes_becomes_two_pieces_of_work() -> None:
    works = split_by_node("1001", [line("a", "W1"), line("b", "S1"), line("c", "W1")])
    assert [(work.number, work.lines) for work in works] == [
        ("1001-W1", ["a", "c"]),
        ("1001-S1", ["b"]),
    ]


def test_a_contact_is_cut_to_what_the_warehouse_takes() -> None:
    long = Contact(**dict.fromkeys(FIELD_LIMITS, "x" * 300))
    cut = fitted(long)
    assert {field: len(getattr(cut, field)) for field in FIELD_LIMITS} == {
        **FIELD_LIMITS, "email": 0,
    }  # fmt: skip
    short = Contact(name="A", email="a@b.test")
    assert fitted(short) == short


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(2170, "GBP", "21.70"), (5, "GBP", "0.05"), (-5, "EUR", "-0.05"), (120, "JPY", "120"),
     (1234, "KWD", "1.234"), (0, "USD", "0.00")],
)  # fmt: skip
def test_money_is_written_with_the_digits_of_its_currency(
    amount: int, currency: str, text: str
) -> None:
    assert decimal_text(amount, currency) == text
    assert minor(text, currency) == amount


@pytest.mark.parametrize("text", ["", "a", "1.005", "nan", "inf", "1e-9"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="GBP"):
        minor(text, "GBP")


def test_odd_units_go_to_the_largest_remainders_and_then_to_the_first_served() -> None:
    assert apportion(10, [1, 1, 1]) == [4, 3, 3]
    assert apportion(10, [1, 1, 1], first=2) == [3, 3, 4]
    assert apportion(7, [5, 1, 1]) == [5, 1, 1]
    assert apportion(-7, [5, 1, 1]) == [-5, -1, -1]
    assert apportion(3, [0, 0, 0]) == [1, 1, 1]
    with pytest.raises(ValueError, match="nothing to share"):
        apportion(1, [])

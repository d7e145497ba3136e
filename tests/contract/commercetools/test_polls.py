"""A query that is worked out once finds what the usual way finds, whatever its texts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contract.commercetools.shop import Answer, Json, Shop

from peakproof_simulators.commercetools import queries
from peakproof_simulators.kit.seed import Seed, SeedItem, SeedLevel, SeedPlace

MANY = 12
SKUS = [f"S-{number:02}" for number in range(MANY)]
DATES = [f"2026-11-27T06:00:{second:02}.000Z" for second in range(0, 2 * MANY, 3)]
ODD_DATES = ["2026-11-27T07:00:09+01:00", "2026-11-27", "yesterday", ""]
ODD_TEXTS = ["", "S-0\\u0033", 'S-"03', "S&03", "S+03", "S%2203", "größe", "0"]


def stocked() -> Shop:
    """Twelve entries at one place, of which one more is written every two seconds."""
    levels = tuple(SeedLevel(sku, "W1", 5) for sku in SKUS)
    items = tuple(SeedItem(sku, sku, 100) for sku in SKUS)
    shop = Shop(filling=Seed(places=(SeedPlace("W1", "W"),), items=items, levels=levels))
    for sku in SKUS[::2]:
        shop.run(4)
        shop.act(f"inventory/{shop.entry(sku)['id']}", {"action": "addQuantity", "quantity": 1})
    return shop


FULL = stocked()
IDS = [str(FULL.entry(sku)["id"]) for sku in SKUS]

_OPERATORS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'


def _conditions(field: str, texts: list[str]) -> st.SearchStrategy[tuple[str, str]]:
    some = st.sampled_from(texts).map(_quoted)
    listed = st.lists(some, min_size=1, max_size=4).map(lambda texts: f"in ({', '.join(texts)})")
    compared = st.tuples(_OPERATORS, some).map(" ".join)
    return st.tuples(st.just(field), st.one_of(compared, listed))


conditions = st.one_of(
    _conditions("sku", [*SKUS, *ODD_TEXTS]),
    _conditions("key", SKUS),
    _conditions("id", IDS),
    _conditions("lastModifiedAt", [*DATES, *ODD_DATES]),
    _conditions("createdAt", DATES),
)
parameters = st.fixed_dictionaries(
    {},
    optional={
        "sort": st.sampled_from(["id asc", "id", "lastModifiedAt desc", "sku asc", "key desc"]),
        "limit": st.integers(0, MANY),
        "offset": st.integers(0, 4),
        "withTotal": st.booleans(),
        "expand": st.just("supplyChannel"),
    },
)


def asked(shop: Shop, wheres: list[list[tuple[str, str]]], query: Json, form: str) -> Any:
    """The answer, its keys; ``form`` says how a field is written."""
    texts = [
        " and ".join(f"{form.format(field)} {rest}" for field, rest in parts) for parts in wheres
    ]
    answer: Answer = shop.get("inventory", where=texts, **query)
    return answer.status, answer.body, shop.keys


@settings(max_examples=150, deadline=None)
@given(
    wheres=st.lists(st.lists(conditions, min_size=1, max_size=3), max_size=2),
    query=parameters,
)
def test_a_query_worked_out_once_and_the_usual_way_cannot_be_told_apart(
    wheres: list[list[tuple[str, str]]], query: Json
) -> None:
    usual = asked(FULL, wheres, query, "`{}`")
    assert asked(FULL, wheres, query, "{}") == usual


def test_a_poll_is_read_once_and_not_again_for_another_date(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[object] = []
    usual = queries.read

    def counted(*parameters: Any, **how: Any) -> queries.Query:
        read.append(parameters)
        return usual(*parameters, **how)

    monkeypatch.setattr("peakproof_simulators.commercetools.queries.read", counted)
    for date in DATES:
        shop.get("inventory", where=f'lastModifiedAt >= "{date}" and sku in ("TEE", "MUG")')
    assert len(read) == 1


def test_what_was_answered_before_is_answered_anew_once_it_has_changed(shop: Shop) -> None:
    path = f"inventory/{shop.entry('TEE')['id']}"
    for units in (4, 5):
        made = shop.act(path, {"action": "changeQuantity", "quantity": units})
        for _ in range(2):
            found = shop.get("inventory", where=f'sku = "TEE" and id = "{made["id"]}"')
            assert found["results"] == [made.body]


def test_a_product_shows_new_stock_though_it_did_not_change_itself(shop: Shop) -> None:
    path = f"inventory/{shop.entry('TEE')['id']}"
    for units in (4, 5):
        shop.act(path, {"action": "changeQuantity", "quantity": units})
        for _ in range(2):
            products = shop.get("products", sort="id asc")["results"]
            shown = [
                channel["availableQuantity"]
                for product in products
                for record in (
                    product["masterData"]["current"], product["masterData"]["staged"]
                )
                if record["masterVariant"]["sku"] == "TEE"
                for channel in record["masterVariant"]["availability"]["channels"].values()
            ]  # fmt: skip
            assert shown.count(units) == 2


def test_a_text_with_a_quote_in_it_goes_the_usual_way(shop: Shop) -> None:
    answer = shop.get("inventory", where='sku = "TE\\u0045"')
    assert [one["sku"] for one in answer["results"]] == ["TEE", "TEE"]


def test_a_product_forgets_stock_that_is_gone_and_shows_stock_that_comes(shop: Shop) -> None:
    def channels() -> list[int]:
        for product in shop.get("products", sort="id asc")["results"]:
            variant = product["masterData"]["current"]["masterVariant"]
            if variant["sku"] == "TEE":
                found = variant.get("availability", {}).get("channels", {}).values()
                return sorted(one["availableQuantity"] for one in found)
        raise AssertionError("no TEE")

    assert channels() == [3, 10]
    entry = shop.entry("TEE", "S1")
    shop.delete(f"inventory/{entry['id']}", version=entry["version"])
    assert channels() == [10]
    draft = {
        "sku": "TEE", "quantityOnStock": 7,
        "supplyChannel": {"typeId": "channel", "id": shop.channel("S1")},
    }  # fmt: skip
    shop.post("inventory", draft)
    assert channels() == [7, 10]
    shop.place(shop.cart(shop.line("TEE", 2)))
    shop.run(60)
    assert channels() == [7, 8]

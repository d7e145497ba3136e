"""What is sold: products, prices, numbers and how popular each is."""

from __future__ import annotations

from random import Random

import pytest

from peakproof_simulators.trading.catalogue import catalogue, price_point, upc
from peakproof_simulators.trading.tables import Items


def test_the_same_seed_sells_the_same_goods_and_another_seed_others() -> None:
    first, again, other = (catalogue(Items(count=50), seed) for seed in (1, 1, 2))

    assert first.items == again.items
    assert not {item.sku for item in first.items} & {item.sku for item in other.items}


def test_every_item_has_a_sku_a_upc_and_a_name_of_its_own_making() -> None:
    goods = catalogue(Items(count=5_000), 3)

    assert len({item.sku for item in goods.items}) == 5_000
    assert len({item.upc for item in goods.items}) == 5_000
    assert all(len(item.name.split()) >= 3 and item.price_minor > 0 for item in goods.items)
    assert [item.number for item in goods.items[:3]] == [1, 2, 3]


def test_a_upc_carries_the_check_digit_of_the_standard() -> None:
    assert upc("03600029145") == "036000291452"  # the standard's own example
    for item in catalogue(Items(count=200), 4).items:
        digits = [int(digit) for digit in item.upc]
        assert len(digits) == 12
        assert (3 * sum(digits[0::2]) + sum(digits[1::2])) % 10 == 0
        assert digits[0] == 4


@pytest.mark.parametrize(
    ("minor", "printed"),
    [(3, 49), (412, 449), (460, 499), (2_510, 2_599), (9_999, 9_999), (18_760, 18_500)],
)
def test_prices_are_ones_that_a_shop_would_print(minor: int, printed: int) -> None:
    assert price_point(minor) == printed


@pytest.mark.parametrize(
    ("exponent", "first", "top_percent", "top_fifth"),
    [
        (0.6, 0.004031, 0.1519, 0.5216),
        (0.8, 0.021948, 0.3395, 0.6980),
        (1.2, 0.1964, 0.8516, 0.9627),
    ],
)
def test_popularity_is_the_finite_zipf_law_of_its_exponent(
    exponent: float, first: float, top_percent: float, top_fifth: float
) -> None:
    goods = catalogue(Items(count=100_000, zipf=exponent), 5)

    assert goods.share(1) == pytest.approx(first, rel=1e-3)
    assert sum(goods.share(n) for n in range(1, 1_001)) == pytest.approx(top_percent, rel=1e-3)
    assert sum(goods.share(n) for n in range(1, 20_001)) == pytest.approx(top_fifth, rel=1e-3)


def test_wishes_follow_the_popularity_to_the_last_item() -> None:
    goods, rng = catalogue(Items(count=10, zipf=0.75), 6), Random(6)
    drawn = [goods.wish(rng).number for _ in range(40_000)]

    for number in range(1, 11):
        expected = 40_000 * goods.share(number)
        assert abs(drawn.count(number) - expected) < 5 * expected**0.5


def test_customers_live_in_a_domain_that_belongs_to_nobody() -> None:
    goods, rng = catalogue(Items(), 7), Random(7)
    people = [goods.customer(rng) for _ in range(500)]

    assert len({person.email for person in people}) > 490
    for person in people:
        mailbox, _, domain = person.email.partition("@")
        assert domain == "example.com"
        assert mailbox.replace(".", "").isalnum()
        assert mailbox == mailbox.lower()

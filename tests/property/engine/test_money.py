"""Money, for any amount: whole coins, written and read without loss, shared out to the penny."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakproof_engine.money import EXPONENTS, apportion, decimal_text, minor

amounts = st.integers(-(10**15), 10**15)
currencies = st.sampled_from([*EXPONENTS, "GBP", "EUR", "USD", "XXX"])
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=12)


ISO_4217 = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: "AED AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF INR MXN NOK NZD PLN SEK SGD TRY USD ZAR",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
"""Currencies by the digits that the standard gives them; of those with two only some."""


def test_every_currency_has_the_digits_of_the_standard() -> None:
    for digits, codes in ISO_4217.items():
        for currency in codes.split():
            assert EXPONENTS.get(currency, 2) == digits, currency
    assert set(EXPONENTS) <= set(" ".join(ISO_4217.values()).split())


@given(amounts, currencies)
def test_an_amount_is_written_and_read_back_as_it_was(amount: int, currency: str) -> None:
    text = decimal_text(amount, currency)
    read = minor(text, currency)
    assert read == amount
    assert type(read) is int
    assert decimal_text(read, currency) == text


@given(amounts, currencies)
def test_what_is_written_is_the_amount_exactly_with_the_digits_of_its_currency(
    amount: int, currency: str
) -> None:
    text = decimal_text(amount, currency)
    digits = EXPONENTS.get(currency, 2)
    assert Fraction(text) * 10**digits == amount
    _, point, rest = text.partition(".")
    assert len(rest) == digits
    assert bool(point) is bool(digits)


@given(st.integers(0, 10**12), st.integers(0, 30), st.integers(1, 9), currencies)
def test_a_digit_after_the_last_coin_is_refused_wherever_it_stands(
    amount: int, zeros: int, digit: int, currency: str
) -> None:
    text = decimal_text(amount, currency)
    if "." not in text:
        text += "."
    with pytest.raises(ValueError, match=r"finer than|is no amount"):
        minor(f"{text}{'0' * zeros}{digit}", currency)
    assert minor(f"{text}{'0' * zeros}", currency) == amount


def outcome(text: str, currency: str) -> int | str:
    """The amount, or why there is none."""
    try:
        return minor(text, currency)
    except ValueError as error:
        return str(error)


@given(st.text("0123456789.-+eE_ naif", max_size=20) | st.text(max_size=9), currencies)
def test_any_text_is_an_amount_or_is_refused_by_name(text: str, currency: str) -> None:
    found = outcome(text, currency)
    if isinstance(found, str):
        assert repr(text) in found
        assert currency in found
    else:
        assert minor(decimal_text(found, currency), currency) == found


# --- sharing out ----------------------------------------------------------------------------------


@given(amounts, weights, st.integers(0, 11))
def test_the_parts_are_the_whole(total: int, shares: list[int], first: int) -> None:
    parts = apportion(total, shares, first=first)
    assert sum(parts) == total
    assert len(parts) == len(shares)
    assert all(type(part) is int for part in parts)


@given(amounts, weights, st.integers(0, 11))
def test_no_part_is_a_unit_away_from_its_due(total: int, shares: list[int], first: int) -> None:
    whole = sum(shares)
    for part, weight in zip(apportion(total, shares, first=first), shares, strict=True):
        due = Fraction(total * weight, whole) if whole else Fraction(total, len(shares))
        assert abs(part - due) < 1
        if due == int(due):
            assert part == due


@given(st.integers(0, 10**15), weights, st.integers(0, 11))
def test_giving_back_is_shared_out_like_taking(total: int, shares: list[int], first: int) -> None:
    taken = apportion(total, shares, first=first)
    assert apportion(-total, shares, first=first) == [-part for part in taken]


@given(st.integers(0, 10**6), weights)
def test_a_larger_weight_never_gets_less(total: int, shares: list[int]) -> None:
    parts = apportion(total, shares)
    for weight, part in zip(shares, parts, strict=True):
        for other, its in zip(shares, parts, strict=True):
            if weight > other:
                assert part >= its


@given(st.integers(0, 1000), st.integers(1, 9), st.integers(0, 8))
def test_among_equals_the_odd_units_go_round_from_the_first_served(
    total: int, count: int, first: int
) -> None:
    first %= count
    parts = apportion(total, [3] * count, first=first)
    turned = parts[first:] + parts[:first]
    assert turned == sorted(parts, reverse=True)


def test_the_first_served_is_the_first_unless_another_is_named() -> None:
    assert apportion(1, [1, 1, 1]) == [1, 0, 0]
    assert apportion(2, [1, 1, 1], first=2) == [1, 0, 1]


@given(st.integers(0, 10**6), weights, st.integers(1, 1000))
def test_only_the_proportions_of_the_weights_matter(
    total: int, shares: list[int], times: int
) -> None:
    assert apportion(total, [share * times for share in shares]) == apportion(total, shares)

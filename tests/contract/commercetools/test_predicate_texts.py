"""A predicate that was parsed before with other texts is read as if it were new."""

from __future__ import annotations

import pytest
from tests.contract.commercetools.shop import Shop

from peakproof_simulators.commercetools.errors import Refusal
from peakproof_simulators.commercetools.predicates.syntax import All, Condition, Nested, parse


def test_the_same_predicate_with_another_text_has_that_text() -> None:
    for text in ("TEE", "SOCKS", "0", "1"):
        assert parse(f'sku = "{text}"') == Condition("sku", "=", text)


def test_texts_stand_where_they_were_written() -> None:
    for first, second in (("a", "b"), ("b", "a")):
        found = parse(f'x in ("{first}", "{second}") and y(z = "{first}") and n = 0')
        assert found == All(
            (
                Condition("x", "in", (first, second)),
                Nested("y", Condition("z", "=", first)),
                Condition("n", "=", 0),
            )
        )


def test_escapes_in_texts_are_read_each_time() -> None:
    for _ in range(2):
        assert parse(r'sku = "a\"b\u0041\\"') == Condition("sku", "=", 'a"bA\\')


def test_a_quoted_field_may_hold_quotation_marks() -> None:
    assert parse('`a"b` = "c"') == Condition('a"b', "=", "c")


@pytest.mark.parametrize("wrong", ['sku = "TEE" and', 'sku "TEE"', 'sku = "TEE', '"TEE" = sku'])
def test_what_does_not_parse_is_shown_as_it_was_written(wrong: str) -> None:
    for _ in range(2):
        with pytest.raises(Refusal) as refused:
            parse(wrong)
        assert wrong in refused.value.envelope()["message"]


def test_a_body_that_is_no_json_after_its_first_value_is_refused(shop: Shop) -> None:
    answer = shop.call("POST", "orders/import", body=b"0\x01")
    assert answer.status == 400
    assert answer.body["errors"][0]["code"] == "InvalidJsonInput"

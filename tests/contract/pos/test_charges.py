"""What a till transaction came to, for the books of finance."""

from __future__ import annotations

from tests.contract.pos.shop import Shop

from peakproof.history.records import Charged


def test_a_transaction_tells_what_it_came_to_and_the_tax_in_it() -> None:
    shop = Shop({"tells_charges": True})
    sale = shop.ring("TEE-RED-M", 2)
    shop.take_back("TEE-RED-M", 1, sale=sale)
    other = shop.ring("TEE-RED-M", 1)
    shop.control("void", sale=other)

    told = [(one.what, one.amount_minor, one.tax_minor) for one in shop.told(Charged)]

    assert told == [
        ("sale", 3998, 666), ("return", -1999, -333), ("sale", 1999, 333), ("void", -1999, -333),
    ]  # fmt: skip
    assert shop.told(Charged)[0].ref == sale


def test_unless_it_is_asked_for_nothing_is_told() -> None:
    shop = Shop({})
    shop.ring("TEE-RED-M", 2)
    assert not shop.told(Charged)

"""What is sold and who buys it: products and customers of a seed."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache, lru_cache
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Final

import msgspec

from peakproof.rng import derive
from peakproof_simulators.trading.tables import Items

if TYPE_CHECKING:
    from faker import Faker

GARMENTS: Final = (
    "anorak", "apron", "beanie", "belt", "blazer", "boots", "cardigan", "coat", "dress", "gilet",
    "gloves", "hoodie", "jacket", "jeans", "jumper", "leggings", "loafers", "mac", "parka",
    "polo shirt", "pyjamas", "rucksack", "sandals", "scarf", "shirt", "shorts", "skirt", "socks",
    "T-shirt", "trainers", "trousers", "waistcoat",
)  # fmt: skip
MATERIALS: Final = (
    "canvas", "corduroy", "cotton", "denim", "flannel", "fleece", "jersey", "leather", "linen",
    "merino", "quilted", "ribbed", "suede", "tweed", "velvet", "waxed", "wool",
)  # fmt: skip

_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_NAME_POOL: Final = 48
"""Names drawn from Faker for each seed; they are combined, for Faker costs 10 us a word."""


class Item(msgspec.Struct, frozen=True, gc=False):
    """A product that is sold by the unit. ``number`` is its rank in popularity, from 1."""

    number: int
    sku: str
    name: str
    price_minor: int
    upc: str


class Customer(msgspec.Struct, frozen=True, gc=False):
    """Somebody who orders online."""

    name: str
    email: str


class Catalogue:
    """The products of a run in the order of their popularity, and the people who buy them.

    Nothing in it changes after it was made, so runs of one seed may share it.
    """

    __slots__ = ("_cumulative", "_first_names", "_last_names", "bundles", "by_sku", "items")

    def __init__(self, items: Items, rng: Random) -> None:
        faker = _faker()
        faker.seed_instance(rng.getrandbits(64))
        self._first_names = [faker.first_name() for _ in range(_NAME_POOL)]
        self._last_names = [faker.last_name() for _ in range(_NAME_POOL)]
        self.items = tuple(_products(items, self._last_names, rng))
        self.by_sku = {item.sku: item for item in self.items}
        self.bundles = {
            self.items[bundle.item - 1].sku: {
                self.items[number - 1].sku: units for number, units in bundle.parts
            }
            for bundle in items.bundles
        }
        self._cumulative: list[float] = list(
            accumulate(float(rank) ** -items.zipf for rank in range(1, items.count + 1))
        )

    def share(self, number: int) -> float:
        """The probability that a customer's next wish is item ``number``."""
        below = self._cumulative[number - 2] if number > 1 else 0.0
        return (self._cumulative[number - 1] - below) / self._cumulative[-1]

    def wish(self, rng: Random) -> Item:
        """An item by popularity: a finite Zipf draw."""
        cumulative = self._cumulative
        last = len(cumulative) - 1
        return self.items[bisect_right(cumulative, rng.random() * cumulative[-1], 0, last)]

    def customer(self, rng: Random) -> Customer:
        """Somebody, by chance; the address is in a domain that belongs to nobody."""
        bits = rng.getrandbits(32)
        first = self._first_names[bits % _NAME_POOL]
        last = self._last_names[(bits >> 8) % _NAME_POOL]
        mailbox = f"{_plain(first)}.{_plain(last)}.{bits >> 16}@example.com"
        return Customer(f"{first} {last}", mailbox)


def catalogue(items: Items, seed: int) -> Catalogue:
    """The catalogue of a seed; remembered, for one seed is often played many times over."""
    return _made(msgspec.json.encode(items), seed)


@lru_cache(maxsize=2)
def _made(items: bytes, seed: int) -> Catalogue:
    rng = Random(derive(seed, "trading", "catalogue"))
    return Catalogue(msgspec.json.decode(items, type=Items), rng)


@cache
def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


@cache
def _faker() -> Faker:
    from faker import Faker  # noqa: PLC0415  # 0.1 s that only a run needs, not every import

    return Faker("en_GB")


def _products(items: Items, brands: list[str], rng: Random) -> list[Item]:
    prefix = rng.choice(_LETTERS) + rng.choice(_LETTERS)
    numbers = rng.sample(range(100_000, 1_000_000), items.count)
    median, sigma = items.price_median_minor, items.price_sigma
    return [
        Item(
            number=index + 1,
            sku=f"{prefix}{number}",
            name=f"{rng.choice(brands)} {rng.choice(MATERIALS)} {rng.choice(GARMENTS)}",
            price_minor=price_point(round(median * rng.lognormvariate(0.0, sigma))),
            upc=upc(f"4{rng.randrange(10**4):04d}{number:06d}"),
        )
        for index, number in enumerate(numbers)
    ]


def price_point(minor: int) -> int:
    """A price near by that a shop would print: 4.49, 4.99, 24.99, 185.00."""
    if minor < 1_000:
        return minor // 50 * 50 + 49
    if minor < 10_000:
        return minor // 100 * 100 + 99
    return minor // 500 * 500


def upc(eleven: str) -> str:
    """A UPC-A number of eleven digits and its check digit.

    Numbers that begin with 4 are for use inside a company (GS1 General Specifications), so no
    real product bears them.
    """
    odd = sum(map(int, eleven[0::2]))
    even = sum(map(int, eleven[1::2]))
    return f"{eleven}{-(3 * odd + even) % 10}"

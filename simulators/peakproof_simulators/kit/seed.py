"""What a fake is filled with, in words that no vendor owns."""

from __future__ import annotations

import msgspec


class SeedItem(msgspec.Struct, frozen=True):
    """A product that is sold by the unit. ``price_minor`` is gross, in the seed's currency."""

    sku: str
    name: str
    price_minor: int
    upc: str = ""


class SeedPlace(msgspec.Struct, frozen=True):
    """A stock cell's place in the vendor's own code: a facility, a channel key, a location."""

    code: str
    name: str
    kind: str = "warehouse"


class SeedLevel(msgspec.Struct, frozen=True):
    """Units on hand of a SKU at a place."""

    sku: str
    place: str
    on_hand: int


class Seed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole filling of one system at the start of a run."""

    items: tuple[SeedItem, ...] = ()
    places: tuple[SeedPlace, ...] = ()
    levels: tuple[SeedLevel, ...] = ()
    currency: str = "GBP"
    country: str = "GB"
    tax_percent: str = "20"

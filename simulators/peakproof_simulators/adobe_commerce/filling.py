"""Fills a shop from a neutral seed: sources, a stock of them, products, source items."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from peakproof.errors import ScenarioError
from peakproof_simulators.adobe_commerce.inventory import DEFAULT, DEFAULT_STOCK, IN_STOCK
from peakproof_simulators.adobe_commerce.payloads.catalogue import ProductDraft
from peakproof_simulators.adobe_commerce.payloads.inventory import Source
from peakproof_simulators.adobe_commerce.state import Shop
from peakproof_simulators.kit.seed import Seed, SeedPlace

STOCK: Final = "Peak Stock"


class Filler:
    """Fills a shop; may be called more than once with more of everything."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self._stock_id = 0

    def fill(self, seed: Seed) -> None:
        """Take in a seed.

        Places other than ``default`` become sources of one stock, in the seed's order, which the
        website sells from; a seed of ``default`` alone keeps the shop in single-source mode.

        Raises:
            ScenarioError: a level names a place that the seed does not have.
        """
        shop = self.shop
        shop.currency, shop.country = seed.currency, seed.country
        shop.tax_percent = Decimal(seed.tax_percent)
        for place in seed.places:
            self._place(place)
        for item in seed.items:
            if shop.catalogue.get(item.sku) is None:
                price = Decimal(item.price_minor) / 100
                shop.catalogue.save(ProductDraft(name=item.name, price=price), item.sku)
        for level in seed.levels:
            code = level.place or DEFAULT
            source = shop.inventory.source(code)
            if source is None:
                raise ScenarioError(
                    f"adobe_commerce: seed: stock of {level.sku} is at {code!r}, which is not one "
                    "of the seed's places"
                )
            shop.inventory.put(
                level.sku, source.source_code, Decimal(level.on_hand), IN_STOCK, cause="seed"
            )
        for stock in shop.inventory.stocks.rows.values():
            # The shop has been open for long: its index has seen all of this.
            shop.index.rebuild(stock.stock_id)

    def _place(self, place: SeedPlace) -> None:
        inventory = self.shop.inventory
        code = place.code or DEFAULT
        if inventory.source(code) is not None:
            return
        inventory.save_source(
            Source(
                source_code=code, name=place.name or code, enabled=True,
                country_id=self.shop.country, postcode="00000",
            )
        )  # fmt: skip
        if not self._stock_id:
            self._stock_id = DEFAULT_STOCK + 1
            inventory.save_stock(self._stock_id, STOCK, ["base"])
        inventory.link(self._stock_id, code, len(inventory.ranked(self._stock_id)) + 1)

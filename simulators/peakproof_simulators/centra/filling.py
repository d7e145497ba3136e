"""Fills an environment from a neutral seed: store, markets, rules, warehouses, range, stock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from peakproof.errors import ScenarioError
from peakproof_simulators.centra import catalogue, stock
from peakproof_simulators.centra.entities import AllocationRule, Market, Pricelist, Store
from peakproof_simulators.centra.settings import WarehouseProfile

if TYPE_CHECKING:
    from peakproof_simulators.centra.state import Centra
    from peakproof_simulators.kit.seed import Seed, SeedItem, SeedLevel

DEFAULT_RULE: Final = "Default"


class Filler:
    """Fills an environment; may be called more than once with more of everything."""

    def __init__(self, centra: Centra) -> None:
        self.centra = centra

    def start(self) -> None:
        """What there is before anybody fills it: stores, rules, markets, a pricelist."""
        centra = self.centra
        for name, kind in (("Retail", "DIRECT_TO_CONSUMER"), ("Wholesale", "WHOLESALE")):
            id_ = centra.stores.next_id()
            centra.stores.put(id_, Store(id_, name, kind))
        rules = {}
        for name in (DEFAULT_RULE, *centra.settings.allocation_rules):
            id_ = rules[name] = centra.rules.next_id()
            centra.rules.put(id_, AllocationRule(id_, name, ()))
        for name, profile in centra.settings.markets.items():
            id_ = centra.market_of[name] = centra.markets.next_id()
            rule = rules[profile.rule or DEFAULT_RULE]
            centra.markets.put(id_, Market(id_, name, 1, profile.country, rule))
        id_ = centra.pricelists.next_id()
        centra.pricelists.put(id_, Pricelist(id_, "Default", centra.currency, 1))

    def fill(self, seed: Seed) -> None:
        """Take in a seed.

        Raises:
            ScenarioError: a place is a market's name, or is not there.
        """
        centra = self.centra
        centra.webhooks.muted = True
        centra.currency, centra.country = seed.currency, seed.country
        centra.tax_percent = seed.tax_percent
        centra.pricelists.put(1, Pricelist(1, "Default", seed.currency, 1))
        for place in seed.places:
            if place.code and place.code not in centra.warehouse_of:
                self._warehouse(place.code)
        self._rules()
        for item in seed.items:
            self._item(item)
        for level in seed.levels:
            self._level(level)
        centra.webhooks.muted = False

    def _warehouse(self, code: str) -> None:
        centra = self.centra
        if code in centra.market_of:
            raise ScenarioError(
                f"centra: seed: {code!r} is a place and a market; give the market another name"
            )
        profile = centra.settings.warehouses.get(code, WarehouseProfile())
        made = catalogue.add_warehouse(
            centra, code,
            threshold=profile.threshold,
            allocation_policy=profile.allocation_policy,
            stock_master=profile.stock_master,
            stock_ownership=profile.stock_ownership,
        )  # fmt: skip
        centra.conversions.set("Warehouse", made.id, code)

    def _rules(self) -> None:
        """Put the warehouses into the rules; the default rule has all, in the seed's order."""
        centra = self.centra
        named = centra.settings.allocation_rules
        known = centra.warehouse_of
        for id_, rule in list(centra.rules.by_id.items()):
            codes = named.get(rule.name, tuple(known))
            for code in codes:
                if code not in known:
                    raise ScenarioError(
                        f"centra: settings: allocation_rules.{rule.name}: there is no place "
                        f"{code!r} in the seed; there are: {', '.join(known) or 'none'}"
                    )
            houses = tuple([known[code] for code in codes])
            centra.rules.put(id_, AllocationRule(id_, rule.name, houses))

    def _item(self, item: SeedItem) -> None:
        centra = self.centra
        if item.sku in centra.size_of:
            return
        product = catalogue.add_product(centra, item.sku, item.name)
        variant = catalogue.add_variant(centra, product, "", item.name)
        catalogue.add_size(centra, variant, "", ean=item.upc)
        centra.prices[1, product.id] = item.price_minor

    def _level(self, level: SeedLevel) -> None:
        centra = self.centra
        size, place = centra.size_of.get(level.sku), centra.warehouse_of.get(level.place)
        if place is None or size is None:
            raise ScenarioError(
                f"centra: seed: stock of {level.sku!r} at {level.place!r}: "
                "the seed has no such item or no such place"
            )
        held = stock.cell(centra, size, place).physical
        stock.move(centra, size, place, physical=level.on_hand - held, cause="seed")

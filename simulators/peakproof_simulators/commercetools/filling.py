"""Fills a project from a neutral seed: tax, states, channels, products, stock."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from peakproof.errors import ScenarioError
from peakproof_simulators.commercetools import catalogue, channels, definitions, inventory
from peakproof_simulators.commercetools.change import Change
from peakproof_simulators.commercetools.payloads import catalogue as catalogue_payload
from peakproof_simulators.commercetools.payloads import definitions as definition_payload
from peakproof_simulators.commercetools.payloads import inventory as stock_payload
from peakproof_simulators.commercetools.payloads.common import Money, ResourceIdentifier
from peakproof_simulators.commercetools.payloads.lines import TaxRate
from peakproof_simulators.commercetools.state import Project
from peakproof_simulators.kit.seed import Seed, SeedItem, SeedLevel, SeedPlace

LOCALE: Final = "en"
PRODUCT_TYPE: Final = "goods"
SYNC_CHANNEL: Final = "order-sync"
"""Key of a seeded channel with the roles that ``updateSyncInfo`` asks for."""

_SLUG: Final = re.compile(r"[^a-zA-Z0-9_-]+")


class Filler:
    """Fills a project; may be called more than once with more of everything."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def start(self) -> None:
        """What every project has before anybody fills it: states, a sync channel."""
        states = [(definitions.INITIAL, True)]
        states += [(key, False) for key in self.project.settings.seeded_line_states]
        for key, built_in in states:
            draft = definition_payload.StateDraft(key=key, type="LineItemState", initial=built_in)
            change = definitions.create_state(self.project, draft, built_in=built_in)
            self._store("state", change)
        self._store(
            "channel",
            channels.create(
                self.project,
                stock_payload.ChannelDraft(key=SYNC_CHANNEL, roles=("OrderExport", "OrderImport")),
            ),
        )
        self._store(
            "product-type",
            definitions.create_product_type(
                self.project,
                catalogue_payload.ProductTypeDraft(
                    key=PRODUCT_TYPE, name="Goods", description="What is sold by the unit"
                ),
            ),
        )

    def fill(self, seed: Seed) -> None:
        """Take in a seed.

        Raises:
            ScenarioError: a level names a place that the seed does not have.
        """
        project = self.project
        project.currency, project.country = seed.currency, seed.country
        if not project.tax_category_id:
            project.tax_category_id = project.new_id()
        project.tax = TaxRate(
            id=project.new_id(),
            name=f"VAT {seed.tax_percent}%",
            amount=float(Decimal(seed.tax_percent) / 100),
            included_in_price=True,
            country=seed.country,
        )
        for place in seed.places:
            self._place(place)
        for item in seed.items:
            self._item(item)
        for level in seed.levels:
            self._level(level)

    def _store(self, type_id: str, change: Change[Any]) -> Any:
        return self.project.carry_out(self.project.kinds[type_id], change)

    def _place(self, place: SeedPlace) -> None:
        if not place.code or self.project.channels.one(("key",), place.code) is not None:
            return
        draft = stock_payload.ChannelDraft(
            key=place.code, roles=("InventorySupply",), name={LOCALE: place.name}
        )
        self._store("channel", channels.create(self.project, draft))

    def _item(self, item: SeedItem) -> None:
        if item.sku in self.project.catalogue.by_sku:
            return
        price = Money(cent_amount=item.price_minor, currency_code=self.project.currency)
        attributes = (catalogue_payload.Attribute(name="upc", value=item.upc),) if item.upc else ()
        slug = (_SLUG.sub("-", item.sku) + "--")[:250]
        draft = catalogue_payload.ProductDraft(
            product_type=ResourceIdentifier(key=PRODUCT_TYPE),
            name={LOCALE: item.name},
            slug={LOCALE: slug},
            publish=True,
            master_variant=catalogue_payload.ProductVariantDraft(
                sku=item.sku,
                prices=(catalogue_payload.PriceDraft(value=price),),
                attributes=attributes,
            ),
        )
        self._store("product", catalogue.create(self.project, draft))

    def _level(self, level: SeedLevel) -> None:
        place = level.place
        if place and self.project.channels.one(("key",), place) is None:
            raise ScenarioError(
                f"commercetools: seed: stock of {level.sku} is at {place!r}, "
                "which is not one of the seed's places"
            )
        draft = stock_payload.InventoryEntryDraft(
            sku=level.sku,
            quantity_on_stock=level.on_hand,
            supply_channel=ResourceIdentifier(key=place) if place else None,
        )
        self._store("inventory-entry", inventory.create(self.project, draft, cause="seed"))

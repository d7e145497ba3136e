"""Products and the rules that their stock follows."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import msgspec

from peakproof.history.records import Item
from peakproof_simulators.adobe_commerce.decimals import ZERO
from peakproof_simulators.adobe_commerce.payloads.catalogue import (
    Product,
    ProductDraft,
    StockItemDraft,
)
from peakproof_simulators.adobe_commerce.search import Table, fold

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.state import Shop

T = TypeVar("T")
SYSTEM: Final = "adobe_commerce"
COMPOSITE: Final = frozenset({"configurable", "bundle", "grouped"})
"""Types without stock of their own."""
VIRTUAL: Final = frozenset({"virtual", "downloadable"})

_OWN: Final = {
    "min_qty": "use_config_min_qty",
    "max_sale_qty": "use_config_max_sale_qty",
    "backorders": "use_config_backorders",
    "notify_stock_qty": "use_config_notify_stock_qty",
    "qty_increments": "use_config_qty_increments",
    "enable_qty_increments": "use_config_enable_qty_inc",
    "manage_stock": "use_config_manage_stock",
}
"""A rule of a product's own, and the switch that says whether it holds."""


class Config(msgspec.Struct):
    """The shop's configuration of stock, as an administrator may change it."""

    manage_stock: bool
    backorders: int
    min_qty: Decimal
    min_sale_qty: Decimal
    max_sale_qty: Decimal
    notify_stock_qty: Decimal
    can_subtract: bool


class Rules(NamedTuple):
    """What holds for the stock of one SKU."""

    manage: bool
    backorders: int
    min_qty: Decimal
    min_sale: Decimal
    max_sale: Decimal
    decimal: bool
    increments: Decimal
    notify: Decimal

    @property
    def threshold(self) -> Decimal:
        """What is kept back; below zero: what may be sold beyond the stock."""
        return min(self.min_qty, ZERO) if self.backorders else max(self.min_qty, ZERO)

    @property
    def endless(self) -> bool:
        """Whether anything may be ordered, whatever is there."""
        return not self.manage or (self.backorders > 0 and self.min_qty >= 0)


class Catalogue:
    """The shop's products by SKU."""

    def __init__(self, shop: Shop) -> None:
        settings = shop.settings
        self.shop = shop
        self.config = Config(
            settings.manage_stock, settings.backorders, settings.min_qty, settings.min_sale_qty,
            settings.max_sale_qty, settings.notify_stock_qty, settings.can_subtract,
        )  # fmt: skip
        self.products = Table(Product, lambda one: fold(one.sku), "sku", "id", touched="updated_at")
        self._rules: dict[str, Rules] = {}
        self.own: dict[str, StockItemDraft] = {}
        """Rules of a product's own, by folded SKU."""
        self.flags: dict[str, bool] = {}
        """The stock flag of composite products, by folded SKU."""

    def get(self, sku: str) -> Product | None:
        """A product by its SKU, in any case."""
        return self.products.rows.get(fold(sku))

    def save(self, draft: ProductDraft, sku: str) -> Product:
        """A product is new, or is changed in what the draft says."""
        shop, now = self.shop, self.shop.stamp()
        known = self.get(sku)
        product = known or Product(
            id=len(self.products.rows) + 1, sku=sku, name=draft.name or sku,
            attribute_set_id=4, price=ZERO, status=1, visibility=4, type_id="simple",
            created_at=now, updated_at=now,
        )  # fmt: skip
        for name in ("name", "attribute_set_id", "price", "status", "visibility", "type_id",
                     "weight", "product_links", "options", "media_gallery_entries",
                     "tier_prices", "custom_attributes"):  # fmt: skip
            value = getattr(draft, name)
            if value is not None:
                setattr(product, name, value)
        product.updated_at = now
        self.products.put(product)
        if known is None:
            world = shop.world
            world.emit(Item(world.t, world.by, world.n, SYSTEM, product.sku))
        return product

    def rules(self, sku: str) -> Rules:
        """What holds for the stock of a SKU: its own rules, else the shop's."""
        mark = fold(sku)
        found = self._rules.get(mark if mark in self.own else "")
        if found is None:
            found = self._rules[mark if mark in self.own else ""] = self._worked_out(mark)
        return found

    def reconfigured(self, config: Config) -> None:
        """The shop's configuration of stock has changed."""
        self.config = config
        self._rules.clear()

    def _worked_out(self, mark: str) -> Rules:
        config, own = self.config, self.own.get(mark)
        if own is None:
            return Rules(
                config.manage_stock, config.backorders, config.min_qty, config.min_sale_qty,
                config.max_sale_qty, False, ZERO, config.notify_stock_qty,
            )  # fmt: skip
        picked = {name: _own(own, name) for name in _OWN}
        min_sale = own.min_sale_qty if own.use_config_min_sale_qty in (None, 0) else None
        increments = picked["qty_increments"] if picked["enable_qty_increments"] else None
        return Rules(
            _either(picked["manage_stock"], config.manage_stock),
            _either(picked["backorders"], config.backorders),
            _either(picked["min_qty"], config.min_qty),
            _either(min_sale, config.min_sale_qty),
            _either(picked["max_sale_qty"], config.max_sale_qty),
            bool(own.is_qty_decimal),
            increments or ZERO,
            _either(picked["notify_stock_qty"], config.notify_stock_qty),
        )

    def keep_rules(self, sku: str, draft: StockItemDraft) -> None:
        """Rules of a SKU's own; what the draft leaves out stays as it was."""
        known = self.own.get(fold(sku)) or StockItemDraft()
        changed = {
            name: value for name in draft.__struct_fields__
            if (value := getattr(draft, name)) is not None
        }  # fmt: skip
        for name, switch in _OWN.items():
            if name in changed and switch not in changed and getattr(known, switch) is None:
                changed[switch] = False
        self.own[fold(sku)] = msgspec.structs.replace(known, **changed)
        self._rules.pop(fold(sku), None)

    def managed(self, sku: str) -> bool:
        """Whether orders hold stock of a SKU."""
        if not self.config.can_subtract or not self.rules(sku).manage:
            return False
        product = self.get(sku)
        return product is None or product.type_id not in COMPOSITE

    def is_virtual(self, sku: str) -> bool:
        """Whether nothing has to be shipped."""
        product = self.get(sku)
        return product is not None and product.type_id in VIRTUAL


def _own(own: StockItemDraft, name: str) -> Any:
    return None if getattr(own, _OWN[name]) in (None, True) else getattr(own, name)


def _either(own: Any, shops: T) -> T:
    return shops if own is None else own

"""What may be sold: the index that readers see, and the tables that orders are checked against."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import msgspec

from peakproof_simulators.adobe_commerce.catalogue import COMPOSITE
from peakproof_simulators.adobe_commerce.decimals import ZERO, tidy
from peakproof_simulators.adobe_commerce.inventory import DEFAULT_STOCK, IN_STOCK, in_stock
from peakproof_simulators.adobe_commerce.payloads.inventory import Reason, SourceItem
from peakproof_simulators.adobe_commerce.search import fold

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.catalogue import Rules
    from peakproof_simulators.adobe_commerce.state import Shop

REASONS: Final = {
    "is_correct_qty-min_sale_qty": "The fewest you may purchase is {}.",
    "is_correct_qty-max_sale_qty": (
        "The requested qty exceeds the maximum qty allowed in shopping cart"
    ),
    "is_correct_qty-qty_increment": "You can buy this product only in quantities of {} at a time.",
    "is_correct_qty-is_qty_decimal": "You cannot use decimal quantity for this product.",
    "is_any_source_item_in_stock-no_source_items_in_stock": (
        "There are no source items with the in stock status"
    ),
    "back_order-disabled": "Backorders are disabled",
    "manage_stock-enabled": "Manage stock is enabled",
    "is_salable_with_reservations-no_data": "The requested sku is not assigned to given stock",
    "is_salable_with_reservations-not_enough_qty": "Not enough items for sale",
    "requested-sku-is-not-assigned-to-given-stock": (
        "The requested sku is not assigned to given stock."
    ),
}
"""Why units cannot be had, by the vendor's code, in the order in which it is said."""

NOT_ENOUGH: Final = (
    "back_order-disabled", "manage_stock-enabled", "is_salable_with_reservations-not_enough_qty",
)  # fmt: skip


class Row(msgspec.Struct, frozen=True):
    """What the index holds of a SKU in a stock; reservations are not in the quantity."""

    sku: str
    quantity: Decimal
    is_salable: bool


class Index:
    """The stock index. Source items and reservations reach it after the lags of the settings."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.rows: dict[int, dict[str, Row]] = {}

    def row(self, stock_id: int, sku: str) -> Row | None:
        """What the index holds; None: the SKU is not assigned to the stock."""
        return self.rows.get(stock_id, {}).get(fold(sku))

    def item_changed(self, sku: str, stock_ids: Sequence[int]) -> None:
        """A source item changed."""
        lag_s = self.shop.settings.index_lag_s
        if lag_s:
            self._later(lag_s, sku, stock_ids, quantities=True)
            return
        for stock_id in stock_ids:
            self.refresh(stock_id, sku, quantities=True)

    def reserved(self, stock_id: int, sku: str) -> None:
        """A reservation was added: only the flag is worked out anew."""
        lag_s = self.shop.settings.salability_lag_s
        if lag_s:
            self._later(lag_s, sku, (stock_id,), quantities=False)
        else:
            self.refresh(stock_id, sku, quantities=False)

    def _later(
        self, delay_s: float, sku: str, stock_ids: Sequence[int], *, quantities: bool
    ) -> None:
        def refresh() -> None:
            for stock_id in stock_ids:
                self.refresh(stock_id, sku, quantities=quantities)

        self.shop.world.after(delay_s, refresh)

    def rebuild(self, stock_id: int) -> None:
        """All of a stock."""
        inventory = self.shop.inventory
        spoken = {fold(row.sku): row.sku for row in self.rows.get(stock_id, {}).values()}
        for source in inventory.ranked(stock_id):
            for item in inventory.items.having("source_code", source.source_code).values():
                spoken.setdefault(fold(item.sku), item.sku)
        for sku in spoken.values():
            self.refresh(stock_id, sku, quantities=True)

    def refresh(self, stock_id: int, sku: str, *, quantities: bool) -> None:
        """One SKU of a stock."""
        rows, mark = self.rows.setdefault(stock_id, {}), fold(sku)
        known = rows.get(mark)
        if not quantities and known is None:
            return
        items = self.shop.inventory.enabled_items(stock_id, sku)
        if quantities:
            if not items:
                rows.pop(mark, None)
                return
            amount = in_stock(items)
        else:
            assert known is not None
            amount = known.quantity
        flag = self._flag(stock_id, sku, amount, items)
        rows[mark] = Row(known.sku if known else sku, amount, flag)

    def _flag(self, stock_id: int, sku: str, amount: Decimal, items: list[SourceItem]) -> bool:
        rules = self.shop.catalogue.rules(sku)
        if not rules.manage:
            return True
        if not any(item.status == IN_STOCK for item in items):
            return False
        return rules.endless or _left(self.shop, stock_id, sku, amount, rules) > 0

    def any_in_stock(self, stock_id: int, sku: str) -> bool:
        """Whether an enabled source of the stock has the SKU flagged in stock."""
        items = self.shop.inventory.enabled_items(stock_id, sku)
        return any(item.status == IN_STOCK for item in items)


def _left(shop: Shop, stock_id: int, sku: str, amount: Decimal, rules: Rules) -> Decimal:
    return amount + shop.reservations.total(stock_id, sku) - rules.threshold


def salable(shop: Shop, stock_id: int, sku: str) -> Decimal:
    """What readers are told: from the index, with reservations; 0 where its flag is down."""
    row = shop.index.row(stock_id, sku)
    if row is None or not row.is_salable:
        return ZERO
    return tidy(_left(shop, stock_id, sku, row.quantity, shop.catalogue.rules(sku)))


def is_salable(shop: Shop, stock_id: int, sku: str) -> bool:
    """Whether readers are told that a SKU may be sold."""
    product = shop.catalogue.get(sku)
    if product is None and stock_id == DEFAULT_STOCK and shop.index.row(stock_id, sku) is None:
        return shop.settings.unknown_sku_is_salable
    if product is not None and product.type_id in COMPOSITE:
        return shop.composite_salable(product, stock_id)
    row, rules = shop.index.row(stock_id, sku), shop.catalogue.rules(sku)
    if row is None:
        return False
    if not rules.manage:
        return True
    if not shop.index.any_in_stock(stock_id, sku):
        return False
    return rules.endless or _left(shop, stock_id, sku, row.quantity, rules) > 0


def refusals(
    shop: Shop, stock_id: int, sku: str, amount: Decimal, *, cart: bool, live: bool
) -> list[Reason]:
    """Why a quantity cannot be had; nothing: it can.

    ``cart`` asks as the cart does, with the rules of correct quantities; ``live`` asks the tables
    instead of the index, as the placement of an order does.
    """
    rules, index = shop.catalogue.rules(sku), shop.index
    assigned = index.row(stock_id, sku) is not None
    if live and not assigned:
        assigned = shop.has_item(stock_id, sku)
    if not assigned:
        return [_reason("requested-sku-is-not-assigned-to-given-stock")]
    if cart:
        wrong = _incorrect(rules, amount)
        if wrong:
            return wrong
    if not rules.manage:
        return []
    if not index.any_in_stock(stock_id, sku):
        return [_reason("is_any_source_item_in_stock-no_source_items_in_stock")]
    if rules.endless:
        return []
    if live:
        held = shop.reservations.seen(stock_id, sku)
        left = shop.inventory.live(stock_id, sku) + held - rules.threshold
    else:
        row = index.row(stock_id, sku)
        left = _left(shop, stock_id, sku, row.quantity if row else ZERO, rules)
    return [] if left >= amount else [_reason(code) for code in NOT_ENOUGH]


def _incorrect(rules: Rules, amount: Decimal) -> list[Reason]:
    if not rules.decimal and amount != amount.to_integral_value():
        return [_reason("is_correct_qty-is_qty_decimal")]
    if amount < rules.min_sale and not rules.decimal:
        return [_reason("is_correct_qty-min_sale_qty", rules.min_sale)]
    if amount > rules.max_sale:
        return [_reason("is_correct_qty-max_sale_qty")]
    if rules.increments and amount % rules.increments:
        return [_reason("is_correct_qty-qty_increment", rules.increments)]
    return []


def _reason(code: str, value: Decimal = ZERO) -> Reason:
    return Reason(code=code, message=REASONS[code].format(tidy(value)))

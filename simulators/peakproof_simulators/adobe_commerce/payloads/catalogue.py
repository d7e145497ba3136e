"""Products, and the stock item of old that hangs on them."""

from __future__ import annotations

from typing import Any

from peakproof_simulators.adobe_commerce.payloads.common import (
    Amount,
    Draft,
    Input,
    Shape,
    Text,
    Whole,
    page_of,
)


class StockItemDraft(Draft):
    """The stock item as a caller sets it; what is left out stays."""

    item_id: Whole | None = None
    product_id: Whole | None = None
    stock_id: Whole | None = None
    qty: Amount | None = None
    is_in_stock: bool | None = None
    is_qty_decimal: bool | None = None
    use_config_min_qty: bool | None = None
    min_qty: Amount | None = None
    use_config_min_sale_qty: Whole | None = None
    min_sale_qty: Amount | None = None
    use_config_max_sale_qty: bool | None = None
    max_sale_qty: Amount | None = None
    use_config_backorders: bool | None = None
    backorders: Whole | None = None
    use_config_notify_stock_qty: bool | None = None
    notify_stock_qty: Amount | None = None
    use_config_qty_increments: bool | None = None
    qty_increments: Amount | None = None
    use_config_enable_qty_inc: bool | None = None
    enable_qty_increments: bool | None = None
    use_config_manage_stock: bool | None = None
    manage_stock: bool | None = None
    low_stock_date: str | None = None
    is_decimal_divided: bool | None = None
    stock_status_changed_auto: Whole | None = None
    show_default_notification_message: bool | None = None
    extension_attributes: dict[str, Any] | None = None


class StockItem(Shape):
    """The stock item of old: the default source's quantity and the product's own rules."""

    item_id: int
    product_id: int
    stock_id: int
    qty: Amount
    is_in_stock: bool
    is_qty_decimal: bool
    show_default_notification_message: bool
    use_config_min_qty: bool
    min_qty: Amount
    use_config_min_sale_qty: int
    min_sale_qty: Amount
    use_config_max_sale_qty: bool
    max_sale_qty: Amount
    use_config_backorders: bool
    backorders: int
    use_config_notify_stock_qty: bool
    notify_stock_qty: Amount
    use_config_qty_increments: bool
    qty_increments: Amount
    use_config_enable_qty_inc: bool
    enable_qty_increments: bool
    use_config_manage_stock: bool
    manage_stock: bool
    is_decimal_divided: bool
    stock_status_changed_auto: int
    low_stock_date: str | None = None


class StockStatus(Shape):
    """What the website can sell of a product, with its stock item of old."""

    product_id: int
    stock_id: int
    qty: Amount
    stock_status: int
    stock_item: StockItem


class LowStock(Shape):
    """Products with little left in the default source."""

    items: list[StockItem]
    search_criteria: dict[str, Any]
    total_count: int


class ProductExtension(Draft):
    """What other modules hang on a product."""

    stock_item: StockItemDraft | None = None
    website_ids: list[Whole] | None = None


class ShownProductExtension(Shape):
    """The same, as it is shown."""

    website_ids: list[int]
    stock_item: StockItem | None = None


class ProductDraft(Draft):
    """A product as a caller describes it."""

    id: Whole | None = None
    sku: Text | None = None
    name: Text | None = None
    attribute_set_id: Whole | None = None
    price: Amount | None = None
    status: Whole | None = None
    visibility: Whole | None = None
    type_id: str | None = None
    weight: Amount | None = None
    created_at: str | None = None
    updated_at: str | None = None
    extension_attributes: ProductExtension | None = None
    product_links: list[dict[str, Any]] | None = None
    options: list[dict[str, Any]] | None = None
    media_gallery_entries: list[dict[str, Any]] | None = None
    tier_prices: list[dict[str, Any]] | None = None
    custom_attributes: list[dict[str, Any]] | None = None


class Product(Shape):
    """A product."""

    id: int
    sku: str
    name: str
    attribute_set_id: int
    price: Amount
    status: int
    visibility: int
    type_id: str
    created_at: str
    updated_at: str
    weight: Amount | None = None
    extension_attributes: ShownProductExtension | None = None
    product_links: list[dict[str, Any]] | None = None
    options: list[dict[str, Any]] | None = None
    media_gallery_entries: list[dict[str, Any]] | None = None
    tier_prices: list[dict[str, Any]] | None = None
    custom_attributes: list[dict[str, Any]] | None = None


class SaveProduct(Input):
    """Parameters of creating and changing a product."""

    product: ProductDraft
    save_options: bool | None = None


class SaveStockItem(Input):
    """Parameters of setting the stock item of old."""

    stock_item: StockItemDraft


class AskLowStock(Input):
    """What is there at most ``qty`` of?"""

    scope_id: Whole
    qty: Amount
    current_page: Whole | None = None
    page_size: Whole | None = None


class StoreView(Shape):
    """A store view."""

    id: int
    code: str
    name: str
    website_id: int
    store_group_id: int
    is_active: int


class Website(Shape):
    """A website."""

    id: int
    code: str
    name: str
    default_group_id: int


class StoreGroup(Shape):
    """A store: the storefront of a website."""

    id: int
    website_id: int
    root_category_id: int
    default_store_id: int
    name: str
    code: str


class StoreConfig(Shape):
    """How a store view is set up."""

    id: int
    code: str
    website_id: int
    locale: str
    base_currency_code: str
    default_display_currency_code: str
    timezone: str
    weight_unit: str
    base_url: str


Products = page_of(Product, "Products")

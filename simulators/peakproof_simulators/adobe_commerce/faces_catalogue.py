"""The operations of products, the stock item of old, and store views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakproof_simulators.adobe_commerce import salable
from peakproof_simulators.adobe_commerce.asking import Asked
from peakproof_simulators.adobe_commerce.catalogue import COMPOSITE
from peakproof_simulators.adobe_commerce.decimals import LARGEST_QUANTITY, ZERO
from peakproof_simulators.adobe_commerce.errors import refuse
from peakproof_simulators.adobe_commerce.inventory import DEFAULT
from peakproof_simulators.adobe_commerce.payloads.catalogue import (
    LowStock,
    Product,
    ProductDraft,
    ShownProductExtension,
    StockItem,
    StockItemDraft,
    StockStatus,
    StoreConfig,
    StoreGroup,
    StoreView,
    Website,
)
from peakproof_simulators.adobe_commerce.search import Found, fold

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.state import Shop

_MOST_KEYS = 500


def list_products(shop: Shop, asked: Asked) -> Found:
    """Search the products."""
    found = shop.catalogue.products.find(asked.criteria(shop, needed=True), shop.settings)
    asked.keys.extend(f"item:{product.sku}" for product in found.items[:_MOST_KEYS])
    return found


def get_product(shop: Shop, asked: Asked) -> Product:
    """One product, with its stock item of old."""
    product = _product(shop, asked.params["sku"])
    asked.keys.append(f"item:{product.sku}")
    return _shown(shop, product)


def save_product(shop: Shop, asked: Asked) -> Product:
    """Create a product, or change what is sent of one."""
    draft: ProductDraft = asked.input.product
    sku = asked.params.get("sku") or draft.sku or ""
    if not sku.strip():
        raise refuse("required", {"fieldName": "sku"})
    if shop.catalogue.get(sku) is None and (not draft.name or draft.price is None):
        raise refuse("required", {"fieldName": "name" if not draft.name else "price"})
    extension = draft.extension_attributes
    item = extension.stock_item if extension is not None else None
    if item is not None and item.qty is not None and abs(item.qty) > LARGEST_QUANTITY:
        raise refuse("source_item_not_saved", why="quantity is out of range")
    product = shop.catalogue.save(draft, sku)
    if item is not None:
        _keep(shop, product, item)
    asked.keys.append(f"item:{product.sku}")
    return _shown(shop, product)


def _product(shop: Shop, sku: str) -> Product:
    product = shop.catalogue.get(sku)
    if product is None:
        raise refuse("no_product")
    return product


def _shown(shop: Shop, product: Product) -> Product:
    websites = ShownProductExtension(
        website_ids=list(shop.websites.values()), stock_item=_stock_item(shop, product)
    )
    product.extension_attributes = websites
    return product


# --- the stock item of old ---------------------------------------------------------------


def get_stock_item(shop: Shop, asked: Asked) -> StockItem:
    """The stock item of old: the default source, whatever is promised."""
    return _stock_item(shop, _product(shop, asked.params["sku"]))


def save_stock_item(shop: Shop, asked: Asked) -> int:
    """Set the default source's quantity, and the product's own rules."""
    product, draft = _product(shop, asked.params["sku"]), asked.input.stock_item
    if draft.qty is not None and abs(draft.qty) > LARGEST_QUANTITY:
        raise refuse("source_item_not_saved", why="quantity is out of range")
    _keep(shop, product, draft)
    asked.keys.append(f"stock:{product.sku}@{DEFAULT}")
    return product.id


def _keep(shop: Shop, product: Product, draft: StockItemDraft) -> None:
    shop.catalogue.keep_rules(product.sku, draft)
    if product.type_id in COMPOSITE:
        if draft.is_in_stock is not None:
            shop.catalogue.flags[fold(product.sku)] = draft.is_in_stock
        return
    if draft.qty is not None or draft.is_in_stock is not None:
        known = shop.inventory.item(product.sku, DEFAULT)
        amount = draft.qty if draft.qty is not None else known.quantity if known else ZERO
        flag = draft.is_in_stock
        status = int(flag) if flag is not None else known.status if known else int(amount > 0)
        shop.inventory.put(product.sku, DEFAULT, amount, status, cause="write")
    for stock_id in shop.inventory.stocks.rows:
        assert isinstance(stock_id, int)
        shop.index.refresh(stock_id, product.sku, quantities=True)


def _stock_item(shop: Shop, product: Product) -> StockItem:
    item, rules = shop.inventory.item(product.sku, DEFAULT), shop.catalogue.rules(product.sku)
    own = shop.catalogue.own.get(fold(product.sku)) or StockItemDraft()
    flag = shop.catalogue.flags.get(fold(product.sku), True)
    composite = product.type_id in COMPOSITE

    def shops(switch: bool | int | None) -> bool:
        return switch is None or bool(switch)

    return StockItem(
        item_id=product.id, product_id=product.id, stock_id=1,
        qty=item.quantity if item is not None else ZERO,
        is_in_stock=flag if composite else bool(item is not None and item.status),
        is_qty_decimal=rules.decimal, show_default_notification_message=False,
        use_config_min_qty=shops(own.use_config_min_qty), min_qty=rules.min_qty,
        use_config_min_sale_qty=int(shops(own.use_config_min_sale_qty)),
        min_sale_qty=rules.min_sale,
        use_config_max_sale_qty=shops(own.use_config_max_sale_qty), max_sale_qty=rules.max_sale,
        use_config_backorders=shops(own.use_config_backorders), backorders=rules.backorders,
        use_config_notify_stock_qty=shops(own.use_config_notify_stock_qty),
        notify_stock_qty=rules.notify,
        use_config_qty_increments=shops(own.use_config_qty_increments),
        qty_increments=rules.increments,
        use_config_enable_qty_inc=shops(own.use_config_enable_qty_inc),
        enable_qty_increments=bool(rules.increments),
        use_config_manage_stock=shops(own.use_config_manage_stock), manage_stock=rules.manage,
        is_decimal_divided=False, stock_status_changed_auto=0,
    )  # fmt: skip


def get_stock_status(shop: Shop, asked: Asked) -> StockStatus:
    """What the website of the store view can sell of a product."""
    product, stock_id = _product(shop, asked.params["sku"]), shop.stock_id(asked.store)
    return StockStatus(
        product_id=product.id, stock_id=1, qty=salable.salable(shop, stock_id, product.sku),
        stock_status=int(salable.is_salable(shop, stock_id, product.sku)),
        stock_item=_stock_item(shop, product),
    )  # fmt: skip


def low_stock(shop: Shop, asked: Asked) -> LowStock:
    """Products of which the default source has at most so many."""
    wanted = asked.input
    found = [
        _stock_item(shop, product) for product in shop.catalogue.products.rows.values()
        if (item := shop.inventory.item(product.sku, DEFAULT)) is not None
        and item.quantity <= wanted.qty
    ]  # fmt: skip
    size, page = max(wanted.page_size or 0, 0), max(wanted.current_page or 1, 1)
    shown = found[(page - 1) * size : page * size] if size else found
    criteria: dict[str, Any] = {"mapper_name": "", "criteria_list": [[]], "filters": [],
                                "orders": [], "limit": [page, size]}  # fmt: skip
    return LowStock(items=shown, search_criteria=criteria, total_count=len(found))


# --- store views --------------------------------------------------------------------------


def store_views(shop: Shop, asked: Asked) -> list[StoreView]:
    """All store views."""
    return [
        StoreView(
            id=view.id, code=view.code, name=view.code.capitalize(), is_active=1,
            website_id=shop.websites[view.website], store_group_id=shop.websites[view.website],
        )
        for view in shop.store_views.values()
    ]  # fmt: skip


def store_groups(shop: Shop, asked: Asked) -> list[StoreGroup]:
    """All stores: one a website."""
    return [
        StoreGroup(
            id=number, website_id=number, root_category_id=2, name=code, code=code,
            default_store_id=next(
                view.id for view in shop.store_views.values() if view.website == code
            ),
        )
        for code, number in shop.websites.items()
    ]  # fmt: skip


def websites(shop: Shop, asked: Asked) -> list[Website]:
    """All websites."""
    return [
        Website(id=number, code=code, name=code.capitalize(), default_group_id=number)
        for code, number in shop.websites.items()
    ]


def store_configs(shop: Shop, asked: Asked) -> list[StoreConfig]:
    """How each store view is set up."""
    return [
        StoreConfig(
            id=view.id, code=view.code, website_id=shop.websites[view.website], locale="en_US",
            base_currency_code=shop.currency, default_display_currency_code=shop.currency,
            timezone="UTC", weight_unit="kgs", base_url="http://adobe.test/",
        )
        for view in shop.store_views.values()
    ]  # fmt: skip

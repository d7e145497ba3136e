"""The table of operations: tokens, products, carts, store views, queues; and the whole of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from peakproof_simulators.adobe_commerce import faces_bulk as bulk
from peakproof_simulators.adobe_commerce import faces_carts as carts
from peakproof_simulators.adobe_commerce import faces_catalogue as catalogue
from peakproof_simulators.adobe_commerce import table_inventory, table_sales
from peakproof_simulators.adobe_commerce.asking import (
    NEEDED_SEARCH,
    SEARCH,
    Asked,
    Route,
    operation,
)
from peakproof_simulators.adobe_commerce.payloads import carts as cart
from peakproof_simulators.adobe_commerce.payloads import catalogue as product
from peakproof_simulators.adobe_commerce.payloads.common import Input, Shape
from peakproof_simulators.adobe_commerce.payloads.documents import (
    BulkRow,
    BulkStatus,
    DetailedStatus,
)
from peakproof_simulators.kit.operations import Operation, Parameter

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.state import Shop

_GUEST: Final = "guest-carts/{mask}"
_ADMIN: Final = "carts/{cartId}"
_STOCK: Final = "Magento_CatalogInventory::cataloginventory"
_PRODUCTS: Final = "Magento_Catalog::products"
_STORES: Final = "Magento_Backend::store"
_CART: Final = "Magento_Cart::manage"
_LOG: Final = "Magento_Logging::system_magento_logging_bulk_operations"
Number = str | int


class SignIn(Input):
    """An administrator's name and password."""

    username: str = ""
    password: str = ""


class SignInTwice(SignIn):
    """The same, with the second factor."""

    otp: str = ""


class BulkRows(Shape):
    """A page of operations."""

    items: list[BulkRow]
    search_criteria: dict[str, Any]
    total_count: int


def sign_in(shop: Shop, asked: Asked) -> str:
    """A token for an administrator."""
    return shop.door.sign_in(asked.input.username, asked.input.password)


def sign_in_twice(shop: Shop, asked: Asked) -> str:
    """A token for an administrator who shows a second factor."""
    return shop.door.sign_in(asked.input.username, asked.input.password, asked.input.otp)


def _route(  # noqa: PLR0917 - a row of the table
    name: str,
    method: str,
    path: str,
    does: Any,
    answer: Any,
    summary: str,
    source: str,
    **more: Any,
) -> Route:
    more.setdefault("effect", "read" if method == "GET" else "write")
    return Route(
        name=name, method=method, path=f"/V1/{path}", does=does, answer=answer, summary=summary,
        source=source, **more,
    )  # fmt: skip


TOKENS: Final = (
    _route("token.admin", "POST", "integration/admin/token", sign_in, str,
           "A token for an administrator", "token-based authentication", takes=SignIn,
           effect="auth"),
    _route("token.two_factor", "POST", "tfa/provider/google/authenticate", sign_in_twice, str,
           "A token for an administrator with a second factor", "two-factor authentication",
           takes=SignInTwice, effect="auth"),
)  # fmt: skip


def _carts(prefix: str, name: str, resource: str) -> tuple[Route, ...]:
    """What guests and administrators do alike."""
    source = "quote's REST routes"

    def made(  # noqa: PLR0917 - a row of the table
        verb: str, method: str, path: str, does: Any, answer: Any, summary: str, takes: Any = None
    ) -> Route:
        return _route(f"{name}.{verb}", method, prefix + path, does, answer, summary, source,
                      takes=takes, resource=resource)  # fmt: skip

    return (
        made("get", "GET", "", carts.get, cart.ShownCart, "One cart"),
        made("items", "GET", "/items", carts.list_items, list[cart.CartItem], "A cart's lines"),
        made("add", "POST", "/items", carts.add_item, cart.CartItem, "Put into a cart",
             cart.AddItem),
        made("change", "PUT", "/items/{itemId}", carts.change_item, cart.CartItem,
             "Set a line's quantity", cart.AddItem),
        made("remove", "DELETE", "/items/{itemId}", carts.remove_item, bool, "Take a line out"),
        made("estimate", "POST", "/estimate-shipping-methods", carts.estimate,
             list[cart.ShippingMethod], "What shipping costs", cart.AskShipping),
        made("shipping", "POST", "/shipping-information", carts.set_shipping,
             cart.PaymentDetails, "Choose how to ship", cart.SetShipping),
        made("totals", "GET", "/totals", carts.totals, cart.Totals, "What a cart comes to"),
        made("payment_methods", "GET", "/payment-methods", carts.payment_methods,
             list[cart.PaymentMethod], "How a cart may be paid"),
    )  # fmt: skip


CARTS: Final = (
    _route("guest_cart.create", "POST", "guest-carts", carts.create_guest, str,
           "A guest's empty cart", "quote's REST routes"),
    *_carts(_GUEST, "guest_cart", ""),
    _route("guest_cart.pay", "POST", f"{_GUEST}/payment-information", carts.pay, Number,
           "Say how to pay, and order", "quote's REST routes", takes=cart.GuestPayment),
    _route("guest_cart.order", "PUT", f"{_GUEST}/order", carts.order_guest, Number,
           "Order a guest's cart", "quote's REST routes", takes=cart.Order),
    _route("cart.create", "POST", "carts", carts.create, int, "An empty cart",
           "quote's REST routes", resource=_CART),
    *_carts(_ADMIN, "cart", _CART),
    _route("cart.order", "PUT", f"{_ADMIN}/order", carts.order, Number, "Order a cart",
           "quote's REST routes", takes=cart.Order, resource=_CART),
)  # fmt: skip

_LOW_STOCK: Final = (
    Parameter("scopeId", {"type": "integer"}, required=True),
    Parameter("qty", {"type": "number"}, required=True),
    Parameter("currentPage", {"type": "integer", "minimum": 1, "maximum": 10000}),
    Parameter("pageSize", {"type": "integer", "minimum": 1, "maximum": 10000}),
)

PRODUCTS: Final = (
    _route("product.list", "GET", "products", catalogue.list_products, product.Products,
           "Search the products", "catalog's REST routes", resource=_PRODUCTS,
           query=NEEDED_SEARCH),
    _route("product.get", "GET", "products/{sku}", catalogue.get_product, product.Product,
           "One product", "catalog's REST routes", resource=_PRODUCTS),
    _route("product.create", "POST", "products", catalogue.save_product, product.Product,
           "Create or change a product", "catalog's REST routes", resource=_PRODUCTS,
           takes=product.SaveProduct, bulk=True, effect="stock"),
    _route("product.update", "PUT", "products/{sku}", catalogue.save_product, product.Product,
           "Change a product", "catalog's REST routes", resource=_PRODUCTS,
           takes=product.SaveProduct, bulk=True, effect="stock"),
    _route("stock_item.get", "GET", "stockItems/{sku}", catalogue.get_stock_item,
           product.StockItem, "The stock item of old", "catalog-inventory's REST routes",
           resource=_STOCK),
    _route("stock_item.save", "PUT", "products/{sku}/stockItems/{itemId}",
           catalogue.save_stock_item, int, "Set the default source's quantity",
           "catalog-inventory's REST routes", resource=_PRODUCTS, takes=product.SaveStockItem,
           bulk=True, effect="stock"),
    _route("stock_item.low", "GET", "stockItems/lowStock", catalogue.low_stock,
           product.LowStock, "What is nearly gone", "catalog-inventory's REST routes",
           resource=_STOCK, takes=product.AskLowStock, query=_LOW_STOCK),
    _route("stock_status.get", "GET", "stockStatuses/{sku}", catalogue.get_stock_status,
           product.StockStatus, "What the website can sell", "catalog-inventory's REST routes",
           resource=_STOCK),
)  # fmt: skip

STORES: Final = (
    _route("store.views", "GET", "store/storeViews", catalogue.store_views,
           list[product.StoreView], "All store views", "store's REST routes", resource=_STORES),
    _route("store.groups", "GET", "store/storeGroups", catalogue.store_groups,
           list[product.StoreGroup], "All stores", "store's REST routes", resource=_STORES),
    _route("store.websites", "GET", "store/websites", catalogue.websites,
           list[product.Website], "All websites", "store's REST routes", resource=_STORES),
    _route("store.configs", "GET", "store/storeConfigs", catalogue.store_configs,
           list[product.StoreConfig], "How store views are set up", "store's REST routes",
           resource=_STORES),
)  # fmt: skip

BULKS: Final = (
    _route("queue.status", "GET", "bulk/{uuid}/status", bulk.status, BulkStatus,
           "What became of a bulk", "operation status endpoints", resource=_LOG),
    _route("queue.detailed_status", "GET", "bulk/{uuid}/detailed-status", bulk.detailed_status,
           DetailedStatus, "The same in detail", "operation status endpoints", resource=_LOG),
    _route("queue.count", "GET", "bulk/{uuid}/operation-status/{status}", bulk.count, int,
           "How many operations have a status", "operation status endpoints", resource=_LOG),
    _route("queue.search", "GET", "bulk", bulk.search, BulkRows, "All operations",
           "operation status endpoints", resource=_LOG, query=SEARCH),
)  # fmt: skip

ROUTES: Final = (
    *TOKENS, *PRODUCTS, *CARTS, *STORES, *BULKS, *table_inventory.ROUTES, *table_sales.ROUTES,
)  # fmt: skip


def table() -> tuple[Operation, ...]:
    """All operations of the shop's API, the queued ones too."""
    direct = [operation(route) for route in ROUTES]
    queued = [each for route in ROUTES if route.bulk for each in bulk.queued(route)]
    return (*direct, *queued)

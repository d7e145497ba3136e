"""The table of operations: inventory."""

from __future__ import annotations

from typing import Any, Final

from peakproof_simulators.adobe_commerce import faces_inventory as inventory
from peakproof_simulators.adobe_commerce import faces_salable as salable
from peakproof_simulators.adobe_commerce.asking import SEARCH, TEXT, Route
from peakproof_simulators.adobe_commerce.payloads import inventory as shape
from peakproof_simulators.adobe_commerce.payloads.common import Amount
from peakproof_simulators.kit.operations import Parameter

_API: Final = "Magento_InventoryApi::"
_SALES: Final = "Magento_InventorySalesApi::stock"
_PRODUCTS: Final = "Magento_Catalog::products"
_LOW: Final = "Magento_InventoryLowQuantityNotificationApi::low_quantity_notification"
_SOURCE: Final = "inventory's REST routes"
_WHOLE: Final = {"type": "integer", "minimum": 1}
_STOCK: Final = Parameter("stockId", _WHOLE, required=True)


def _get(name: str, path: str, does: Any, answer: Any, summary: str, **more: Any) -> Route:
    more.setdefault("resource", _API + "source")
    return Route(
        name=name, method="GET", path=f"/V1/inventory/{path}", does=does, effect="read",
        answer=answer, summary=summary, source=_SOURCE, **more,
    )  # fmt: skip


def _write(  # noqa: PLR0917 - a row of the table
    name: str,
    method: str,
    path: str,
    does: Any,
    takes: Any,
    summary: str,
    resource: str,
    answer: Any = list[Any],
    **more: Any,
) -> Route:
    more.setdefault("effect", "write")
    return Route(
        name=name, method=method, path=f"/V1/inventory/{path}", does=does, answer=answer,
        takes=takes, summary=summary, source=_SOURCE, resource=resource, bulk=True, **more,
    )  # fmt: skip


SOURCES: Final = (
    _get("source.list", "sources", inventory.list_sources, shape.Sources, "Search the sources",
         query=SEARCH),
    _get("source.get", "sources/{sourceCode}", inventory.get_source, shape.Source, "One source"),
    _write("source.create", "POST", "sources", inventory.save_source, shape.SaveSource,
           "Create a source", _API + "source_edit"),
    _write("source.update", "PUT", "sources/{sourceCode}", inventory.save_source,
           shape.SaveSource, "Change a source", _API + "source_edit"),
    _get("source.of_stock", "get-sources-assigned-to-stock-ordered-by-priority/{stockId}",
         inventory.sources_of_stock, list[shape.Source], "The sources of a stock by priority"),
    _get("stock.list", "stocks", inventory.list_stocks, shape.Stocks, "Search the stocks",
         query=SEARCH, resource=_API + "stock"),
    _get("stock.get", "stocks/{stockId}", inventory.get_stock, shape.Stock, "One stock",
         resource=_API + "stock"),
    _write("stock.create", "POST", "stocks", inventory.save_stock, shape.SaveStock,
           "Create a stock", _API + "stock_edit", int),
    _write("stock.update", "PUT", "stocks/{stockId}", inventory.save_stock, shape.SaveStock,
           "Change a stock", _API + "stock_edit", int),
    _write("stock.delete", "DELETE", "stocks/{stockId}", inventory.delete_stock, None,
           "Delete a stock", _API + "stock_delete"),
    _get("link.list", "stock-source-links", inventory.list_links, shape.Links,
         "Search the links", query=SEARCH, resource=_API + "stock_source_link"),
    _write("link.save", "POST", "stock-source-links", inventory.save_links, shape.SaveLinks,
           "Link sources to stocks", _API + "stock_source_link"),
    _write("link.delete", "POST", "stock-source-links-delete", inventory.delete_links,
           shape.SaveLinks, "Unlink sources from stocks", _API + "stock_source_link"),
)  # fmt: skip

ITEMS: Final = (
    _get("source_item.list", "source-items", inventory.list_items, shape.SourceItems,
         "Search the source items", query=SEARCH),
    _write("source_item.save", "POST", "source-items", inventory.save_items,
           shape.SaveSourceItems, "Set source items, absolute",
           "Magento_InventoryApi::stock_source_item_assign", effect="stock"),
    _write("source_item.delete", "POST", "source-items-delete", inventory.delete_items,
           shape.SaveSourceItems, "Delete source items",
           "Magento_InventoryApi::stock_source_item_assign", effect="stock"),
    _write("source_item.assign", "POST", "bulk-product-source-assign", inventory.assign,
           shape.AssignSources, "Give SKUs empty source items", _PRODUCTS, int, effect="stock"),
    _write("source_item.unassign", "POST", "bulk-product-source-unassign", inventory.unassign,
           shape.AssignSources, "Take source items away", _PRODUCTS, int, effect="stock"),
    _write("source_item.transfer", "POST", "bulk-product-source-transfer", inventory.transfer,
           shape.TransferSource, "Move all stock of SKUs", _PRODUCTS, bool, effect="stock"),
    _write("source_item.transfer_partially", "POST", "bulk-partial-source-transfer",
           inventory.transfer_partially, shape.TransferPartially, "Move some units", _PRODUCTS,
           effect="stock"),
    _get("low_quantity.get", "low-quantity-notification/{sourceCode}/{sku}", inventory.get_low,
         shape.LowQuantity, "From which quantity on somebody is told", resource=_LOW),
    _write("low_quantity.save", "POST", "low-quantity-notification", inventory.save_low,
           shape.SaveLowQuantity, "Set from which quantity on somebody is told", _LOW),
    _write("low_quantity.delete", "POST", "low-quantity-notifications-delete",
           inventory.delete_low, shape.DeleteLowQuantity, "Let the shop's own limit hold", _LOW),
)  # fmt: skip

SALABLE: Final = (
    _get("salable.quantity", "get-product-salable-quantity/{sku}/{stockId}", salable.quantity,
         Amount, "What may be sold of a SKU", resource=_SALES),
    _get("salable.is", "is-product-salable/{sku}/{stockId}", salable.is_salable, bool,
         "Whether a SKU may be sold", resource=_SALES),
    _get("salable.are", "are-products-salable", salable.are_salable, list[shape.Salable],
         "Whether SKUs may be sold", resource=_SALES, takes=shape.AskSkus,
         query=(Parameter("skus[0]", TEXT, required=True), _STOCK)),
    _get("salable.is_for", "is-product-salable-for-requested-qty/{sku}/{stockId}/{requestedQty}",
         salable.is_salable_for, shape.SalableResult, "Whether a quantity may be had",
         resource=_SALES),
    _get("salable.are_for", "are-product-salable-for-requested-qty", salable.are_salable_for,
         list[shape.SalableRequest], "Whether quantities may be ordered", resource=_SALES,
         takes=shape.AskSkuRequests,
         query=(Parameter("skuRequests[0][sku]", TEXT, required=True),
                Parameter("skuRequests[0][qty]", {"type": "number", "minimum": 0}, required=True),
                _STOCK)),
    _get("stock.resolve", "stock-resolver/{type}/{code}", salable.resolve, shape.Stock,
         "The stock of a website", resource=_SALES),
    _get("selection.algorithms", "source-selection-algorithm-list", salable.algorithms,
         list[shape.Algorithm], "The ways of choosing sources",
         resource="Magento_InventorySourceSelectionApi::source_selection_algorithm"),
    Route(name="selection.select", method="POST",
          path="/V1/inventory/source-selection-algorithm-result", does=salable.select,
          effect="read", answer=shape.Selection, takes=shape.AskSelection, source=_SOURCE,
          summary="From which sources to ship",
          resource="Magento_InventorySourceSelectionApi::source_selection_algorithm_post"),
    _get("salable.export", "export-stock-salable-qty/{type}/{code}", salable.export,
         shape.ExportedStocks, "What a website can sell", resource=_API + "stock", query=SEARCH),
    _get("salable.dump", "dump-stock-index-data/{type}/{code}", salable.dump,
         list[shape.ExportedStock], "The index of a website's stock", resource=_API + "stock"),
)  # fmt: skip

PICKUP: Final = (
    _get("pickup.list", "in-store-pickup/pickup-locations", salable.pickup_locations,
         shape.PickupLocations, "Where customers can fetch their orders", resource="",
         provenance="inferred"),
)  # fmt: skip

ROUTES: Final = (*SOURCES, *ITEMS, *SALABLE, *PICKUP)

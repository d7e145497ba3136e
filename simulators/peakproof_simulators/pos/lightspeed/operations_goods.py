"""Operations on products, stock and consignments."""

from __future__ import annotations

from typing import Final

from peakproof_simulators.kit.operations import Operation, Parameter
from peakproof_simulators.pos.lightspeed import (
    adjustments,
    consignment_goods,
    consignments,
    inventory,
    product_write,
    products,
)
from peakproof_simulators.pos.lightspeed.payloads import consignments as consigned
from peakproof_simulators.pos.lightspeed.payloads import goods as bodies
from peakproof_simulators.pos.lightspeed.table import CURSOR, DELETED, among, entry, text

_FLAG: Final = {"type": "boolean"}
_WRITES: Final = (
    "consignments:write:stock_order consignments:write:stock_transfer "
    "consignments:write:inventory_count"
)

GOODS: Final[tuple[Operation, ...]] = (
    entry(
        "products.list", "GET /products", products.list_products, "read", "List the products.",
        bodies.ProductsAnswer, scope="products:read",
        query=(*CURSOR, DELETED, text("sku"), text("name"), text("family_name")),
    ),
    entry(
        "products.create", "POST /products", product_write.create_product, "stock",
        "Make a product.", bodies.ProductsMade, body=bodies.NewProduct, scope="products:write",
    ),
    entry(
        "products.get", "GET /products/{product_id}", products.get_product, "read",
        "Read a product.", bodies.ProductAnswer, scope="products:read",
    ),
    entry(
        "products.update", "PUT /products/{product_id}", product_write.update_product, "stock",
        "Change a product; stock figures are overwritten.", bodies.ProductAnswer,
        body=bodies.ProductRequest, scope="products:write",
    ),
    entry(
        "products.delete", "DELETE /products/{product_id}", product_write.delete_product,
        "write", "Delete a product.", None, scope="products:write",
    ),
)  # fmt: skip

STOCK: Final[tuple[Operation, ...]] = (
    entry(
        "inventory.list", "POST /inventory", inventory.list_inventory, "read",
        "List stock records.", list[bodies.Inventory], body=bodies.InventoryRequest, bare=True,
        scope="inventory:read",
    ),
    entry(
        "inventory.of_product", "GET /inventory/{product_id}", inventory.product_inventory,
        "read", "List the stock records of a product.", list[bodies.Inventory],
        scope="inventory:read",
        query=(
            *CURSOR, Parameter("variants", _FLAG), Parameter("include_deleted", _FLAG),
            among("order_direction", "asc", "desc"),
        ),
    ),
    entry(
        "inventory.reorder_points", "POST /inventory/reorder_points",
        product_write.set_reorder_points, "write", "Say when products are reordered.",
        bodies.ReordersAnswer, body=bodies.Reorders, scope="inventory:write",
    ),
    entry(
        "inventory_levels.list", "POST /inventory_levels", inventory.list_levels, "read",
        "List stock levels.", list[bodies.InventoryLevel], body=bodies.InventoryLevelsRequest,
        bare=True, scope="inventory:read",
    ),
    entry(
        "inventory_levels.of_product", "GET /inventory_levels/{product_id}",
        inventory.product_levels, "read", "List the stock levels of a product.",
        list[bodies.InventoryLevel], scope="inventory:read",
        query=(Parameter("include_inactive", _FLAG),),
    ),
    entry(
        "stock_adjustments.list", "GET /stock_adjustments", adjustments.list_adjustments, "read",
        "List stock adjustments.", bodies.AdjustmentsAnswer, scope="inventory:write",
        query=CURSOR,
    ),
    entry(
        "stock_adjustments.create", "POST /stock_adjustments", adjustments.create, "stock",
        "Correct stock figures.", bodies.AdjustmentsMade, body=bodies.NewAdjustments,
        scope="inventory:write", status=201,
    ),
    entry(
        "adjustment_reasons.list", "GET /custom_inventory_adjustment_reasons",
        adjustments.list_reasons, "read", "List the retailer's own reasons.",
        bodies.ReasonsAnswer, scope="inventory:write", query=CURSOR,
    ),
    entry(
        "adjustment_reasons.create", "POST /custom_inventory_adjustment_reasons",
        adjustments.create_reason, "write", "Make a reason.", bodies.ReasonAnswer,
        body=bodies.NewReason, scope="inventory:write", also=(409,),
    ),
    entry(
        "adjustment_reasons.update",
        "PUT /custom_inventory_adjustment_reasons/{custom_reason_id}",
        adjustments.update_reason, "write", "Change a reason.", bodies.ReasonAnswer,
        body=bodies.ChangedReason, scope="inventory:write", also=(409,),
    ),
    entry(
        "consignments.list", "GET /consignments", consignments.list_consignments, "read",
        "List consignments.", consigned.ConsignmentsAnswer, scope="consignments:read",
        query=(
            *CURSOR, among("type", "SUPPLIER", "OUTLET", "STOCKTAKE", "RETURN"),
            among(
                "status", "OPEN", "SENT", "DISPATCHED", "RECEIVED", "STOCKTAKE_IN_PROGRESS",
                "STOCKTAKE_SCHEDULED", "STOCKTAKE_IN_PROGRESS_PROCESSED", "STOCKTAKE_COMPLETE",
                "CLOSED", "CANCELLED",
            ),
            text("outlet_id"),
        ),
    ),
    entry(
        "consignments.create", "POST /consignments", consignments.create, "write",
        "Draw up a consignment.", consigned.ConsignmentAnswer,
        body=consigned.ConsignmentRequest, scope=_WRITES, status=201,
    ),
    entry(
        "consignments.get", "GET /consignments/{consignment_id}", consignments.get, "read",
        "Read a consignment.", consigned.ConsignmentAnswer, scope="consignments:read",
    ),
    entry(
        "consignments.update", "PUT /consignments/{consignment_id}", consignments.update,
        "write", "Change a consignment, and move it on.", consigned.ConsignmentAnswer,
        body=consigned.ConsignmentRequest, scope=_WRITES,
    ),
    entry(
        "consignments.delete", "DELETE /consignments/{consignment_id}", consignments.delete,
        "write", "Delete a consignment.", None, scope=_WRITES, status=204, also=(422,),
    ),
    entry(
        "consignments.totals", "GET /consignments/{consignment_id}/totals",
        consignment_goods.totals, "read", "Read what was sent and received.",
        consigned.TotalsAnswer, scope="consignments:read", also=(422,),
    ),
    entry(
        "consignments.bulk", "POST /consignments/{consignment_id}/bulk", consignment_goods.bulk,
        "write", "Add or change many products.", consigned.BulkAnswer, body=consigned.Bulk,
        scope=_WRITES,
    ),
    entry(
        "consignments.products.list", "GET /consignments/{consignment_id}/products",
        consignment_goods.list_goods, "read", "List the products of a consignment.",
        consigned.GoodsListAnswer, scope="consignments:read", query=CURSOR,
    ),
    entry(
        "consignments.products.add", "POST /consignments/{consignment_id}/products",
        consignment_goods.add, "write", "Add a product.", consigned.GoodsAnswer,
        body=consigned.GoodsRequest, scope=_WRITES,
    ),
    entry(
        "consignments.products.change",
        "PUT /consignments/{consignment_id}/products/{product_id}", consignment_goods.change,
        "write", "Change a product.", consigned.GoodsAnswer, body=consigned.ChangedGoodsRequest,
        scope=_WRITES,
    ),
    entry(
        "consignments.products.remove",
        "DELETE /consignments/{consignment_id}/products/{product_id}", consignment_goods.remove,
        "write", "Take a product out.", None, scope=_WRITES, status=204, also=(422,),
    ),
)  # fmt: skip

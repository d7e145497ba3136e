"""Mutations of stock, warehouses and the range."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from peakproof_simulators.centra import catalogue, stock
from peakproof_simulators.centra.errors import Fault
from peakproof_simulators.centra.integration import references as refer

if TYPE_CHECKING:
    from peakproof_simulators.centra.integration.references import Given
    from peakproof_simulators.centra.integration.session import Session
    from peakproof_simulators.centra.state import Centra


def _sizes(centra: Centra, given: Given, rows: str, units: str) -> list[tuple[int, int]]:
    """Sizes with units, from variants and from sizes named by themselves."""
    made: list[tuple[int, int]] = []
    for at, each in enumerate(given.get("productVariants") or ()):
        path = ("input", "productVariants", str(at))
        owner = refer.variant(centra, each["productVariant"], *path, "productVariant")
        for row in each[rows]:
            size = refer.size_of_variant(centra, owner, row["size"], *path, rows)
            made.append((refer.stocked(centra, size, *path).id, row[units]))
    for at, each in enumerate(given.get("productSizes") or ()):
        path = ("input", "productSizes", str(at))
        size = refer.size(centra, each["productSize"], *path, "productSize")
        made.append((refer.stocked(centra, size, *path).id, each[units]))
    if not made:
        raise Fault("empty", "input", why="productVariants and productSizes")
    return made


def set_stock(session: Session, input: Given) -> dict[str, Any]:
    """Write absolute quantities into a warehouse."""
    centra = session.centra
    warehouse = refer.warehouse(centra, input["warehouse"], "input", "warehouse")
    wanted = _sizes(centra, input, "sizeStockLevels", "quantity")
    for size, quantity in wanted:
        if quantity < 0:
            raise Fault("negative_quantity", "input", key=centra.sku(size), why=quantity)
    change = stock.set_levels(
        centra, warehouse.id, [(size, warehouse.id, units) for size, units in wanted],
        free=input["stockQuantityType"] == "FREE_TO_ALLOCATE",
        below=centra.settings.set_stock_below_allocated, description=input["description"],
    )  # fmt: skip
    return {"stockChanges": [] if change is None else [change]}


def change_stock(session: Session, input: Given) -> dict[str, Any]:
    """Bring in, take out, or transfer. Nothing keeps a repeated call from acting again."""
    centra = session.centra
    ends: dict[str, int] = {}
    for field in ("intoWarehouse", "outFromWarehouse"):
        given = input.get(field)
        ends[field] = refer.warehouse(centra, given, "input", field).id if given else 0
    into, out_of = ends["intoWarehouse"], ends["outFromWarehouse"]
    if not into and not out_of:
        raise Fault("warehouse_missing", "input")
    if into == out_of:
        raise Fault("already_there", "input", why="The transfer's goal")
    wanted = _sizes(centra, input, "sizeChanges", "deliveredQuantity")
    for size, units in wanted:
        if units < 1:
            raise Fault("too_few_units", "input", key=centra.sku(size), why=units)
    return {"stockChange": stock.change_levels(centra, into, out_of, wanted, input["description"])}


def create_warehouse(session: Session, input: Given) -> dict[str, Any]:
    """A warehouse more; no allocation rule has it yet."""
    centra = session.centra
    before = input.get("beforeWarehouse")
    ahead = refer.warehouse(centra, before, "input", "beforeWarehouse") if before else None
    if not input["name"]:
        raise Fault("empty", "input", "name", why="name")
    if input["name"] in centra.warehouse_of:
        raise Fault("already_there", "input", "name", key=input["name"], why=input["name"])
    threshold = input.get("threshold") or 0
    if threshold < 0:
        raise Fault("negative_quantity", "input", "threshold", why=threshold)
    location = input.get("warehouseLocation") or {}
    made = catalogue.add_warehouse(
        centra, input["name"], before=ahead,
        threshold=threshold,
        hide_from_stock_view=bool(input.get("hideFromStockView")),
        allocation_policy=input.get("allocationPolicy") or "DIRECT",
        stock_master=input.get("stockMasterPolicy") or "CENTRA",
        stock_ownership=input.get("stockOwnershipPolicy") or "OWN",
        country=(location.get("country") or {}).get("code", ""),
        state=location.get("stateOrProvince") or "",
    )  # fmt: skip
    return {"warehouse": made}


def _external(centra: Centra, kind: str, id_: int, given: Given) -> None:
    external = given.get("externalId")
    if external:
        centra.conversions.set(kind, id_, external)


def _short(given: Given, *fields: str) -> None:
    for field in fields:
        if len(given.get(field) or "") > 255:
            raise Fault("text_too_long", "input", field, why=field)


def create_product(session: Session, input: Given) -> dict[str, Any]:
    """A product without variants."""
    centra = session.centra
    _short(input, "productNumber", "name", "externalId")
    if input["productNumber"] in centra.product_of:
        number = input["productNumber"]
        raise Fault("already_there", "input", "productNumber", key=number, why=number)
    made = catalogue.add_product(
        centra, input["productNumber"], input["name"], status=input.get("status") or "ACTIVE"
    )
    _external(centra, "Product", made.id, input)
    return {"product": made}


def create_variant(session: Session, input: Given) -> dict[str, Any]:
    """A variant without sizes."""
    centra = session.centra
    _short(input, "variantNumber", "name", "externalId")
    product = refer.product(centra, input["product"], "input", "product")
    if product.components:
        raise Fault("bundle_stock", "input", "product", why=product.product_number)
    made = catalogue.add_variant(centra, product, input.get("variantNumber") or "", input["name"])
    _external(centra, "ProductVariant", made.id, input)
    return {"productVariant": made}


def create_size(session: Session, input: Given) -> dict[str, Any]:
    """A size: from now on its SKU is known."""
    centra = session.centra
    _short(input, "sizeNumber", "EAN", "UPC", "gtin", "externalId")
    owner = refer.variant(centra, input["productVariant"], "input", "productVariant")
    number, named = input.get("sizeNumber") or "", input.get("size") or {}
    ean, upc = input.get("EAN") or input.get("gtin") or "", input.get("UPC") or ""
    sku = catalogue.sku_of(centra, owner, number)
    if sku in centra.size_of or not sku:
        raise Fault("already_there", "input", "sizeNumber", key=sku, why=f"SKU {sku}")
    for field, code in (("EAN", ean), ("UPC", upc)):
        if code and code in centra.barcode_of:
            raise Fault("already_there", "input", field, key=sku, why=code)
    made = catalogue.add_size(
        centra, owner, number, description=named.get("name") or "", ean=ean, upc=upc
    )
    _external(centra, "ProductSize", made.id, input)
    return {"productSize": made}


def create_bundle(session: Session, input: Given) -> dict[str, Any]:
    """A virtual product whose stock follows from its components."""
    centra = session.centra
    _short(input, "productNumber", "name", "externalId")
    number = input["productNumber"]
    if number in centra.product_of or number in centra.size_of or not number:
        raise Fault("already_there", "input", "productNumber", key=number, why=number)
    if not input["components"]:
        raise Fault("empty", "input", "components", why="components")
    parts: dict[int, int] = {}
    for at, each in enumerate(input["components"]):
        path = ("input", "components", str(at))
        size = refer.stocked(centra, refer.size(centra, each["productSize"], *path), *path)
        if each["quantity"] < 1:
            raise Fault("too_few_units", *path, key=size.sku, why=each["quantity"])
        parts[size.id] = parts.get(size.id, 0) + each["quantity"]
    made = catalogue.add_product(centra, number, input["name"], components=tuple(parts.items()))
    owner = catalogue.add_variant(centra, made, "", input["name"])
    catalogue.add_size(centra, owner, "")
    _external(centra, "Product", made.id, input)
    return {"product": made}


def set_prices(session: Session, input: Given) -> dict[str, Any]:
    """Prices of products in a pricelist, in its currency."""
    centra = session.centra
    field, value = refer.only(input["pricelist"], "input", "pricelist")
    pricelist = next(
        (one for one in centra.pricelists.by_id.values() if getattr(one, field) == value), None
    )
    if pricelist is None:
        raise Fault("pricelist_not_found", "input", "pricelist", field, why=value)
    made = []
    for at, each in enumerate(input["productPrices"]):
        path = ("input", "productPrices", str(at))
        product = refer.product(centra, each["product"], *path, "product")
        price = each["price"]
        if price["currencyIsoCode"] != pricelist.currency:
            raise Fault("unknown_object", *path, "price", why=price["currencyIsoCode"])
        made.append((product.id, refer.minor(price["value"])))
    for id_, minor in made:
        centra.prices[pricelist.id, id_] = minor
        centra.changed("Product", id_, "DEPENDENT_DATA_CHANGED")
    return {"pricelist": pricelist}


STOCK_MUTATIONS: Final[dict[str, Callable[..., dict[str, Any]]]] = {
    "setStock": set_stock,
    "changeStock": change_stock,
    "createWarehouse": create_warehouse,
    "createProduct": create_product,
    "createProductVariant": create_variant,
    "createProductSize": create_size,
    "createBundle": create_bundle,
    "setPrices": set_prices,
}

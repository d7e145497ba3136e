"""Products, warehouses, prices, ids of other systems."""

from __future__ import annotations

from tests.contract.centra.shop import Json, Shop

from peakproof.history.records import Item


def test_a_sku_is_the_three_numbers_in_a_row(shop: Shop) -> None:
    product = shop.done(
        "createProduct", "product { id productNumber }",
        input={"productNumber": "COAT", "name": "Coat", "externalId": "erp-1"},
    )["product"]  # fmt: skip
    variant = shop.done(
        "createProductVariant", "productVariant { id }",
        input={"product": {"externalId": "erp-1"}, "name": "Blue", "variantNumber": "-BL"},
    )["productVariant"]  # fmt: skip
    given = {"productVariant": {"id": variant["id"]}, "sizeNumber": "-M", "EAN": "400000000001",
             "size": {"name": "Medium"}}  # fmt: skip
    size = shop.done("createProductSize", "productSize { id SKU EAN description }", input=given)
    assert size["productSize"]["SKU"] == "COAT-BL-M"
    assert [one.sku for one in shop.facts(Item)][-1] == "COAT-BL-M"
    query = """query($w: ProductSizeFilter) { productSizes(where: $w) {
      SKU productVariant { variantNumber product { productNumber } } } }"""
    for where in ({"SKU": {"equals": "COAT-BL-M"}}, {"EAN": {"equals": "400000000001"}},
                  {"productNumber": {"equals": "COAT"}}, {"productId": [product["id"]]},
                  {"productVariantId": [variant["id"]]}):  # fmt: skip
        assert [one["SKU"] for one in shop.ask(query, w=where)["productSizes"]] == ["COAT-BL-M"]
    assert shop.ask(query, w={"UPC": {"equals": "1"}})["productSizes"] == []


def test_what_is_there_already_is_refused(shop: Shop) -> None:
    size = shop.centra.sizes.by_id[shop.size("TEE")]
    assert "exists already" in shop.fails(
        "createProduct", "product { id }", input={"productNumber": "TEE", "name": "x"}
    )
    owner = {"productVariant": {"id": size.variant}}
    assert "SKU TEE exists already" in shop.fails(
        "createProductSize", "productSize { id }", input=owner
    )
    ean = {**owner, "sizeNumber": "-L", "EAN": "5000000000012"}
    assert "exists already" in shop.fails("createProductSize", "productSize { id }", input=ean)
    assert "does not exist" in shop.fails(
        "createProductVariant", "productVariant { id }", input={"product": {"id": 99}, "name": "x"}
    )
    long = {"productNumber": "x" * 256, "name": "x"}
    assert "255 characters" in shop.fails("createProduct", "product { id }", input=long)
    given = {"name": "W1"}
    assert "W1 exists already" in shop.fails("createWarehouse", "warehouse { id }", input=given)


def test_a_new_warehouse_goes_before_another_and_no_rule_has_it(shop: Shop) -> None:
    given: Json = {
        "name": "W0", "beforeWarehouse": {"name": "W2"}, "threshold": 2, "hideFromStockView": True,
        "stockMasterPolicy": "EXTERNAL", "stockOwnershipPolicy": "THIRD_PARTY",
        "allocationPolicy": "CHECK_FIRST",
        "warehouseLocation": {"country": {"code": "GB"}, "stateOrProvince": "Kent"},
    }  # fmt: skip
    fields = """warehouse { id name priority threshold hideFromStockView allocationPolicy
      stockMaster stockOwnership warehouseLocation { country { code } stateOrProvince }
      stock { physicalQuantity } }"""
    made = shop.done("createWarehouse", fields, input=given)["warehouse"]
    assert (made["priority"], made["allocationPolicy"]) == (2, "CHECK_FIRST")
    assert made["warehouseLocation"] == {"country": {"code": "GB"}, "stateOrProvince": "Kent"}
    found = shop.ask("{ warehouses { name priority } allocationRules { warehouses { name } } }")
    assert [(one["name"], one["priority"]) for one in found["warehouses"]] == [
        ("W1", 1), ("W2", 3), ("W0", 2),
    ]  # fmt: skip
    assert [one["name"] for one in found["allocationRules"][0]["warehouses"]] == ["W1", "W2"]


def test_a_warehouse_shows_its_stock_by_page(shop: Shop) -> None:
    query = '{ warehouses(where: {name: {equals: "W1"}}) { stock(limit: 1, page: 2) { productSize { SKU } physicalQuantity } } }'  # noqa: E501
    assert shop.ask(query)["warehouses"][0]["stock"] == [
        {"productSize": {"SKU": "SOCKS"}, "physicalQuantity": 5}
    ]


def test_prices_are_set_in_the_pricelists_currency(shop: Shop) -> None:
    product = shop.centra.product_of["TEE"]
    price = {"value": 19.99, "currencyIsoCode": "GBP"}
    given: Json = {"pricelist": {"name": "Default"},
                   "productPrices": [{"product": {"id": product}, "price": price}]}  # fmt: skip
    shop.done("setPrices", "pricelist { name currency { code } }", input=given)
    query = '{ products(where: {productNumber: {equals: "TEE"}}) { prices { price { value } } } }'
    assert shop.ask(query)["products"][0]["prices"] == [{"price": {"value": 19.99}}]
    assert shop.order(shop.buy(("TEE", 1)))["grandTotal"]["value"] == 19.99
    given["productPrices"][0]["price"]["currencyIsoCode"] = "SEK"
    assert "SEK does not exist" in shop.fails("setPrices", "pricelist { name }", input=given)
    given["pricelist"] = {"id": 9}
    assert "Pricelist 9" in shop.fails("setPrices", "pricelist { name }", input=given)


def bundle(**more: object) -> Json:
    return {
        "productNumber": "SET", "name": "Set",
        "components": [{"productSize": {"SKU": "TEE"}, "quantity": 1},
                       {"productSize": {"SKU": "SOCKS"}, "quantity": 2}], **more,
    }  # fmt: skip


def test_a_bundles_stock_follows_from_its_components(shop: Shop) -> None:
    fields = "product { isBundle bundleComponents { quantity productSize { SKU } } }"
    made = shop.done("createBundle", fields, input=bundle())["product"]
    assert made["isBundle"] is True
    assert shop.storefront.offered("SET") == {"W1": 2, "W2": 0, "UK": 2, "EU": 2}
    order = shop.order(shop.buy(("SET", 2)))
    assert [(one["productSize"]["SKU"], one["quantity"]) for one in order["lines"]] == [
        ("TEE", 2), ("SOCKS", 4),
    ]  # fmt: skip
    assert (shop.cell("TEE"), shop.cell("SOCKS")) == ((10, 2, 0), (5, 4, 0))
    assert shop.storefront.offered("SET")["UK"] == 0


def test_a_bundles_stock_cannot_be_written(shop: Shop) -> None:
    shop.done("createBundle", "product { id }", input=bundle())
    given = {"warehouse": {"id": 1}, "description": "x", "stockQuantityType": "PHYSICAL",
             "productSizes": [{"productSize": {"SKU": "SET"}, "quantity": 1}]}  # fmt: skip
    assert "is a bundle" in shop.fails("setStock", "stockChanges { id }", input=given)
    assert "exists already" in shop.fails("createBundle", "product { id }", input=bundle())
    empty = bundle(productNumber="S2", components=[])
    assert "must not be empty" in shop.fails("createBundle", "product { id }", input=empty)


PAIRS = "idConversions { objectType centraId externalId }"


def pairs(*made: tuple[str, str, str]) -> Json:
    return {"conversions": [
        {"objectType": kind, "centraId": id_, "externalId": external}
        for kind, id_, external in made
    ]}  # fmt: skip


def test_a_colliding_pair_replaces_the_older_one_silently(shop: Shop) -> None:
    shop.done("setIdConversions", PAIRS, input=pairs(("Product", "1", "A"), ("Product", "2", "B")))
    shop.done("setIdConversions", PAIRS, input=pairs(("Product", "2", "A")))
    query = "query($w: IdConversionFilter) { idConversions(where: $w) { centraId externalId } }"
    where = {"objectType": "Product", "externalId": {"equals": "A"}}
    assert shop.ask(query, w=where)["idConversions"] == [{"centraId": "2", "externalId": "A"}]
    assert len(shop.ask(query, w={"objectType": "Product"})["idConversions"]) == 1
    gone = {"conversions": [{"objectType": "Product", "centraId": "2"}]}
    made = shop.done("unsetIdConversions", PAIRS, input=gone)["idConversions"]
    assert made == [{"objectType": "Product", "centraId": "2", "externalId": "A"}]
    assert shop.done("unsetIdConversions", PAIRS, input=gone)["idConversions"] == []


def test_external_ids_lead_to_things_and_have_bounds(shop: Shop) -> None:
    order = shop.order(shop.buy(("TEE", 1)))
    shop.done("setIdConversions", PAIRS, input=pairs(("Order", order["id"], "WMS-7")))
    given = {"order": {"externalId": "WMS-7"}}
    shop.done("confirmOrder", "order { externalId }", input=given)
    assert shop.ask("{ orders { externalId } }")["orders"] == [{"externalId": "WMS-7"}]
    warehouses = shop.ask("{ warehouses { name externalId } }")["warehouses"]
    assert warehouses[0] == {"name": "W1", "externalId": "W1"}
    for made, text in ((("Product", "1", "x" * 256), "255"), (("Product", "77", "y"), "Product 77"),
                       (("Market", "x", "y"), "Market x")):  # fmt: skip
        assert text in shop.fails("setIdConversions", PAIRS, input=pairs(made))
    gone = {"conversions": [{"objectType": "Warehouse", "centraId": "99"}]}
    assert "Warehouse 99" in shop.fails("unsetIdConversions", PAIRS, input=gone)


def test_the_small_lists_and_the_counters(shop: Shop) -> None:
    shop.buy(("TEE", 1))
    found = shop.ask("""{
      stores { name storeType } pricelists { name store { id } } counters {
        orders shipments returns products productSizes events }
      markets(where: {storeId: [2]}) { name } variants: productVariants(where: {productId: [1]}) {
        name productSizes { SKU } createdAt updatedAt } }""")
    assert [one["storeType"] for one in found["stores"]] == ["DIRECT_TO_CONSUMER", "WHOLESALE"]
    assert found["markets"] == []
    alone = shop.ask("{ pricelists { name } }")
    assert alone == {"pricelists": [{"name": one["name"]} for one in found["pricelists"]]}
    assert [one["name"] for one in found["pricelists"]] == ["Default"]
    (variant,) = shop.ask("{ productVariants(where: {productId: [1]}) { name } }")[
        "productVariants"
    ]
    assert variant == {"name": found["variants"][0]["name"]}
    assert shop.ask("{ counters { orders } }") == {"counters": {"orders": 1}}
    (rule,) = shop.ask("{ allocationRules { warehouses { name } } }")["allocationRules"]
    assert [one["name"] for one in rule["warehouses"]] == ["W1", "W2"]
    assert found["variants"][0]["productSizes"] == [{"SKU": "TEE"}]
    assert found["counters"] == {
        "orders": 1, "shipments": 0, "returns": 0, "products": 3, "productSizes": 3, "events": 0,
    }  # fmt: skip

"""Line items: which variant, at which price, with which tax, from which stock."""

from __future__ import annotations

from typing import TypeAlias

from msgspec.structs import replace

from peakproof_simulators.commercetools import custom, definitions, money
from peakproof_simulators.commercetools.change import changed
from peakproof_simulators.commercetools.errors import Refusal, forbidden, invalid
from peakproof_simulators.commercetools.payloads.carts import Cart, CartAddLineItem
from peakproof_simulators.commercetools.payloads.catalogue import Price, Product, ProductVariant
from peakproof_simulators.commercetools.payloads.common import (
    CentPrecisionMoney,
    Money,
    Reference,
    ResourceIdentifier,
)
from peakproof_simulators.commercetools.payloads.inventory import Channel
from peakproof_simulators.commercetools.payloads.lines import (
    InventoryMode,
    ItemState,
    LineItem,
    LineItemDraft,
    PriceMode,
    TaxRate,
)
from peakproof_simulators.commercetools.state import Project

AnyLineDraft: TypeAlias = LineItemDraft | CartAddLineItem


def find_variant(
    project: Project, *, sku: str | None, product_id: str | None, variant_id: int | None
) -> tuple[Product, ProductVariant]:
    """The product and variant that a draft names.

    Raises:
        Refusal: neither SKU nor product is given, or nothing published has that name.
    """
    if sku is not None:
        found = project.catalogue.variant(sku)
        if found is None:
            raise Refusal("ReferencedResourceNotFound", typeId="product", named=f"SKU '{sku}'")
        return found
    if product_id is None:
        raise forbidden("Either 'sku' or 'productId' has to be given.")
    product = project.products.get(product_id)
    if product is not None and product.master_data.published:
        record = product.master_data.current
        for variant in (record.master_variant, *record.variants):
            if variant.id == (variant_id or record.master_variant.id):
                return product, variant
    raise Refusal(
        "ReferencedResourceNotFound",
        typeId="product",
        id=product_id,
        named=f"identifier '{product_id}'",
    )


def select_price(
    product: Product, variant: ProductVariant, currency: str, country: str | None
) -> Price:
    """The embedded price for a currency: the country's own before one for all countries.

    Raises:
        Refusal: ``MatchingPriceNotFound``.
    """
    general: Price | None = None
    for price in variant.prices:
        if price.value.currency_code == currency:
            if price.country is not None and price.country == country:
                return price
            if price.country is None and general is None:
                general = price
    if general is None:
        raise Refusal(
            "MatchingPriceNotFound",
            productId=product.id,
            variantId=variant.id,
            currency=currency,
            country=country,
        )
    return general


def channel(project: Project, named: ResourceIdentifier | None, role: str) -> Reference | None:
    """The channel that a line names; it must have the role.

    Raises:
        Refusal: there is no such channel, or it has another role.
    """
    if named is None:
        return None
    found: Channel = project.resolve("channel", named)
    if role not in found.roles:
        raise Refusal(
            "InvalidInput", text=f"The channel '{found.key}' does not have the role '{role}'."
        )
    return Reference(type_id="channel", id=found.id)


def initial_state(project: Project, units: int) -> tuple[ItemState, ...]:
    """All units of a line in the built-in state."""
    state = project.states.one(("key",), definitions.INITIAL)
    assert state is not None
    return (ItemState(quantity=units, state=Reference(type_id="state", id=state.id)),)


def new_line(project: Project, cart: Cart, draft: AnyLineDraft) -> LineItem:
    """A line of a cart, priced and taxed.

    Raises:
        Refusal: product, price, channel, limits or custom fields do not allow it.
    """
    product, variant = find_variant(
        project, sku=draft.sku, product_id=draft.product_id, variant_id=draft.variant_id
    )
    price, mode, total = _price_of(cart, product, variant, draft)
    at, id = project.stamp(), project.new_id()
    total = total or money.times(price.value, draft.quantity)
    supplier = channel(project, draft.supply_channel, "InventorySupply")
    distributor = channel(project, draft.distribution_channel, "ProductDistribution")
    rate = money.tax_rate(draft.external_tax_rate) if cart.tax_mode == "External" else None
    fields = custom.drafted(project, "line-item", draft.custom)
    _check_limits(project, variant.sku, supplier, draft.quantity, id)
    if cart.tax_mode != "External":
        rate = platform_rate(project, cart)
    return LineItem(
        id=id,
        key=draft.key,
        product_id=product.id,
        product_key=product.key,
        name=product.master_data.current.name,
        product_slug=product.master_data.current.slug,
        product_type=product.product_type,
        variant=variant,
        price=price,
        quantity=draft.quantity,
        total_price=total,
        discounted_price_per_quantity=(),
        taxed_price_portions=(),
        per_method_tax_rate=(),
        state=initial_state(project, draft.quantity),
        price_mode=mode,
        line_item_mode="Standard",
        supply_channel=supplier,
        distribution_channel=distributor,
        inventory_mode=own_mode(cart, draft.inventory_mode),
        tax_rate=rate,
        taxed_price=money.taxed(total, rate),
        custom=fields,
        added_at=at,
        last_modified_at=at,
    )


def own_mode(cart: Cart, mode: InventoryMode | None) -> InventoryMode | None:
    """A line's own inventory mode: only there when it differs from the cart's."""
    return None if mode == cart.inventory_mode else mode


def mode_of(cart: Cart, line: LineItem) -> str:
    """The inventory mode that is in force for a line."""
    return line.inventory_mode or cart.inventory_mode


def _price_of(
    cart: Cart, product: Product, variant: ProductVariant, draft: AnyLineDraft
) -> tuple[Price, PriceMode, CentPrecisionMoney | None]:
    if draft.external_total_price is not None:
        price = external_price(cart, draft.external_total_price.price, variant)
        total = external_price(cart, draft.external_total_price.total_price, variant).value
        return price, "ExternalTotal", total
    if draft.external_price is not None:
        return external_price(cart, draft.external_price, variant), "ExternalPrice", None
    currency = cart.total_price.currency_code
    return select_price(product, variant, currency, cart.country), "Platform", None


def external_price(cart: Cart, value: Money, variant: ProductVariant) -> Price:
    """A price that the caller worked out; it must be in the cart's currency."""
    if value.currency_code != cart.total_price.currency_code:
        raise invalid("currencyCode", value.currency_code, [cart.total_price.currency_code])
    known = variant.prices[0].id if variant.prices else variant.sku or str(variant.id)
    return Price(id=known, value=money.typed(value))


def check_limits(project: Project, line: LineItem) -> None:
    """Is the quantity within the limits of the line's inventory entry?

    Raises:
        Refusal: ``LineItemQuantityBelowLimit`` or ``LineItemQuantityAboveLimit``.
    """
    _check_limits(project, line.variant.sku, line.supply_channel, line.quantity, line.id)


def _check_limits(
    project: Project, sku: str | None, supplier: Reference | None, units: int, line_id: str
) -> None:
    if sku is None:
        return
    cell = project.stock.cells.get((sku, supplier.id if supplier is not None else ""))
    if cell is None:
        return
    entry = project.entries.by_id[cell.entry_id]
    low, high = entry.min_cart_quantity, entry.max_cart_quantity
    if low is not None and units < low:
        raise Refusal(
            "LineItemQuantityBelowLimit", quantity=units, minCartQuantity=low, lineItem=line_id
        )
    if high is not None and units > high:
        raise Refusal(
            "LineItemQuantityAboveLimit", quantity=units, maxCartQuantity=high, lineItem=line_id
        )


def platform_rate(project: Project, cart: Cart) -> TaxRate | None:
    """The rate of the ``Platform`` tax mode, once there is a shipping address.

    Raises:
        Refusal: ``MissingTaxRateForCountry``.
    """
    address = cart.shipping_address
    if cart.tax_mode != "Platform" or address is None or project.tax is None:
        return None
    if address.country != project.tax.country:
        raise Refusal(
            "MissingTaxRateForCountry",
            taxCategoryId=project.tax_category_id,
            country=address.country,
        )
    return project.tax


def taxed(project: Project, cart: Cart, line: LineItem) -> LineItem:
    """The line with the tax that its cart's tax mode gives it."""
    own = cart.tax_mode == "External"
    rate = line.tax_rate if own else platform_rate(project, cart)
    return changed(line, tax_rate=rate, taxed_price=money.taxed(line.total_price, rate))


def requantified(project: Project, cart: Cart, line: LineItem, units: int) -> LineItem:
    """The line with another number of units; an external total no longer holds."""
    after = replace(
        line,
        quantity=units,
        total_price=money.times(line.price.value, units),
        price_mode="ExternalPrice" if line.price_mode == "ExternalTotal" else line.price_mode,
        state=initial_state(project, units),
        last_modified_at=project.stamp(),
    )
    check_limits(project, after)
    return taxed(project, cart, after)


def repriced(project: Project, cart: Cart, line: LineItem, *, with_product: bool) -> LineItem:
    """The line at today's price of its product; external prices stay."""
    product = project.products.get(line.product_id)
    if product is None:
        return line
    record = product.master_data.current
    for variant in (record.master_variant, *record.variants):
        if variant.id != line.variant.id:
            continue
        if with_product:
            line = changed(line, variant=variant, name=record.name, product_slug=record.slug)
        if line.price_mode == "Platform":
            currency = cart.total_price.currency_code
            price = select_price(product, variant, currency, cart.country)
            line = changed(line, price=price, total_price=money.times(price.value, line.quantity))
    return taxed(project, cart, line)

"""Sources, stocks, links, source items, salable quantities, source selection."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from peakproof_simulators.adobe_commerce.payloads.common import (
    Amount,
    Draft,
    Input,
    Shape,
    Text,
    Whole,
    page_of,
)

Limited = Annotated[str, Meta(max_length=255)]


class SourceExtension(Draft):
    """What pick-up in store adds to a source."""

    is_pickup_location_active: bool | None = None
    frontend_name: str | None = None
    frontend_description: str | None = None


class CarrierLink(Draft):
    """A carrier that a source ships with."""

    carrier_code: str | None = None
    position: int | None = None


class Source(Shape):
    """A place where stock is kept."""

    source_code: str
    name: str
    enabled: bool
    country_id: str
    postcode: str
    email: str | None = None
    contact_name: str | None = None
    description: str | None = None
    latitude: Amount | None = None
    longitude: Amount | None = None
    region_id: int | None = None
    region: str | None = None
    city: str | None = None
    street: str | None = None
    phone: str | None = None
    fax: str | None = None
    use_default_carrier_config: bool | None = None
    carrier_links: list[CarrierLink] | None = None
    extension_attributes: SourceExtension | None = None


class SourceDraft(Draft):
    """A source as a caller describes it."""

    source_code: Limited | None = None
    name: Limited | None = None
    enabled: bool | None = None
    country_id: Limited | None = None
    postcode: Limited | None = None
    email: Limited | None = None
    contact_name: Limited | None = None
    description: Text | None = None
    latitude: Amount | None = None
    longitude: Amount | None = None
    region_id: Whole | None = None
    region: Limited | None = None
    city: Limited | None = None
    street: Limited | None = None
    phone: Limited | None = None
    fax: Limited | None = None
    use_default_carrier_config: bool | None = None
    carrier_links: list[CarrierLink] | None = None
    extension_attributes: SourceExtension | None = None


class SalesChannel(Draft):
    """Where a stock is sold: a website."""

    type: str = "website"
    code: str = ""


class StockExtension(Draft):
    """The sales channels of a stock."""

    sales_channels: list[SalesChannel] = msgspec.field(default_factory=list)


class ShownChannel(Shape):
    """A sales channel as the shop shows it."""

    type: str
    code: str


class ShownChannels(Shape):
    """The sales channels of a stock as the shop shows them."""

    sales_channels: list[ShownChannel]


class Stock(Shape):
    """Sources under one name, sold by websites."""

    stock_id: int
    name: str
    extension_attributes: ShownChannels


class StockDraft(Draft):
    """A stock as a caller describes it."""

    stock_id: Whole | None = None
    name: Limited | None = None
    extension_attributes: StockExtension | None = None


class Link(Shape):
    """A source of a stock; a lower priority comes first."""

    stock_id: int
    source_code: str
    priority: int


class LinkDraft(Draft):
    """A link as a caller describes it."""

    stock_id: Whole | None = None
    source_code: Limited | None = None
    priority: Whole | None = None
    extension_attributes: dict[str, Any] | None = None


class SourceItem(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The units of a SKU at a source; ``status`` 1: in stock. Replaced, never changed."""

    sku: str
    source_code: str
    quantity: Amount
    status: int


class SourceItemDraft(Draft):
    """A source item as a caller sets it: absolute."""

    sku: Text | None = None
    source_code: Text | None = None
    quantity: Amount | None = None
    status: Whole | None = None
    extension_attributes: dict[str, Any] | None = None


class SaveSource(Input):
    """Parameters of creating and changing a source."""

    source: SourceDraft


class SaveStock(Input):
    """Parameters of creating and changing a stock."""

    stock: StockDraft


class SaveLinks(Input):
    """Parameters of linking and unlinking."""

    links: list[LinkDraft]


class SaveSourceItems(Input):
    """Parameters of setting and deleting source items."""

    source_items: list[SourceItemDraft]


class AskSkus(Input):
    """Which SKUs may be sold from a stock?"""

    skus: list[str]
    stock_id: Whole


class SkuRequest(Draft):
    """A wish for units of a SKU."""

    sku: str
    qty: Amount


class AskSkuRequests(Input):
    """Which wishes can a stock fulfil?"""

    sku_requests: list[SkuRequest]
    stock_id: Whole


class Salable(Shape):
    """Whether a SKU may be sold from a stock."""

    sku: str
    stock_id: int
    salable: bool


class Reason(Shape):
    """Why a wish cannot be fulfilled."""

    code: str
    message: str


class SalableResult(Shape):
    """Whether a wish can be fulfilled."""

    salable: bool
    errors: list[Reason]


class SalableRequest(Shape):
    """Whether one of several wishes can be fulfilled."""

    sku: str
    stock_id: int
    salable: bool
    errors: list[Reason]


class Algorithm(Shape):
    """A way of choosing sources."""

    code: str
    title: str
    description: str


class SelectionRequest(Draft, kw_only=True):
    """What shall be shipped from a stock."""

    stock_id: Whole = msgspec.field(name="stockId")
    items: list[SkuRequest]
    extension_attributes: dict[str, Any] | None = None


class AskSelection(Input):
    """Parameters of a source selection."""

    inventory_request: SelectionRequest
    algorithm_code: str


class SelectionItem(Shape):
    """What to take from a source."""

    source_code: str
    sku: str
    qty_to_deduct: Amount
    qty_available: Amount


class Selection(Shape):
    """Which sources fulfil a request; not ``shippable``: something is left over."""

    source_selection_items: list[SelectionItem]
    shippable: bool


class ExportedStock(Shape):
    """What a website can sell of a SKU."""

    sku: str
    qty: Amount
    is_salable: bool


class AssignSources(Input):
    """Parameters of assigning and unassigning sources in bulk."""

    skus: list[str]
    source_codes: list[str]


class TransferSource(Input):
    """Parameters of moving all stock of some SKUs to another source."""

    skus: list[str]
    origin_source: str
    destination_source: str
    unassign_from_origin: bool


class TransferItem(Draft):
    """Units of a SKU that move."""

    sku: str
    qty: Amount


class TransferPartially(Input):
    """Parameters of moving some units to another source."""

    origin_source_code: str
    destination_source_code: str
    items: list[TransferItem]


class LowQuantity(Shape):
    """From which quantity on somebody is told; of a SKU at a source."""

    source_code: str
    notify_stock_qty: Amount
    sku: str


class LowQuantityDraft(Draft):
    """The same, as a caller sets it."""

    source_code: str
    sku: str
    notify_stock_qty: Amount | None = None


class SaveLowQuantity(Input):
    """Parameters of setting notifications."""

    source_item_configurations: list[LowQuantityDraft]


class DeleteLowQuantity(Input):
    """Parameters of deleting notifications."""

    source_items: list[LowQuantityDraft]


class PickupLocation(Shape):
    """A source where customers can fetch what they ordered."""

    pickup_location_code: str
    name: str
    country_id: str
    postcode: str
    city: str | None = None
    street: str | None = None
    phone: str | None = None


class PickupLocations(Shape):
    """All such sources of the website."""

    items: list[PickupLocation]
    search_request: dict[str, Any]
    total_count: int


class Reservation(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table of reservations; callers never see it."""

    reservation_id: int
    stock_id: int
    sku: str
    quantity: Amount
    metadata: str
    at_s: float


Sources = page_of(Source, "Sources")
Stocks = page_of(Stock, "Stocks")
Links = page_of(Link, "Links")
SourceItems = page_of(SourceItem, "SourceItems")
ExportedStocks = page_of(ExportedStock, "ExportedStocks")

"""Every behaviour of the Deposco fake that somebody had to choose, as a named setting.

The comment beside a setting names the quirk of the vendor that it switches (``DQn``) or says
``chosen`` where nothing public tells what the vendor does. The default is what was observed or
documented where anything was; ``SOURCES.md`` says on what each rests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from peakproof.errors import UsageError

Probability = Annotated[float, Meta(ge=0, le=1)]
Seconds = Annotated[float, Meta(ge=0)]
Rows = Annotated[int, Meta(ge=1)]

MEASURES: Final = (
    "totalOnHandQty", "atpQty", "coAtpQty", "totalAtp", "openOrderLineQty", "qtyOnPO",
    "inTransitQty",
)  # fmt: skip
"""What enterprise inventory can be asked for."""


CREDENTIALS: Final = ("user", "password", "client_id", "client_secret", "refresh_token")
"""What a tenant's callers show: the first two to V1, the others to V2's token endpoint."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The profile of one Deposco tenant."""

    # --- the tenant -------------------------------------------------------------------
    code: str = "PEAK"
    business_unit: str = "PEAK"
    # Stands in the text of a duplicate (chosen: a small number, the same for the whole run).
    business_unit_id: int = 17
    # Fixed user, password, client_id, client_secret, refresh_token for served mode.
    credentials: dict[str, str] = {}
    # DQ33: the tenant's zone, in which dates without a zone are meant.
    tenant_offset_s: Annotated[int, Meta(ge=-50400, le=50400)] = 0
    # Where the token endpoint's ``env`` must point (chosen).
    environment: str = "prod"

    # --- V1: what is on the wire ------------------------------------------------------
    # DQ1: a write answers 207 whatever became of it; off: the outcome's own status.
    outer_207: bool = True
    # DQ2: a blank 200, and how often the thing asked for was done all the same.
    blank_200_probability: Probability = 0.0
    blank_200_stored_probability: Probability = 0.5
    # DQ3: an encoded space in the path is a bare 400.
    refuse_encoded_space: bool = False
    # DQ4: enterprise inventory labels its JSON as XML.
    mislabel_enterprise_inventory: bool = True
    # DQ5: JSON made from XML: one-element lists bare, figures as strings, nil as an object.
    xml_isms_in_json: bool = True
    # DQ6: the status search ignores the number.
    status_search_ignores_number: bool = True
    # DQ7: a measure that the tenant has not configured is left out, not zero.
    configured_measures: tuple[str, ...] = (
        "totalOnHandQty", "atpQty", "totalAtp", "openOrderLineQty", "qtyOnPO",
    )  # fmt: skip
    # DQ8: availability may be below zero; off: it stops at zero.
    negative_availability: bool = True
    # DQ8b: with ``itemNumbers`` the answer is wrapped in a list.
    wrap_targeted_availability: bool = True
    # DQ9: giving back more than is reserved fails and yet leaves nothing reserved.
    over_release_zeroes: bool = True
    # DQ17: the inner status line for an order with an item or pack that nobody knows.
    unknown_item_status: str = "HTTP/1.1 400 Bad Request"
    # DQ17: the outer status of the same answer; the vendor's document says 200.
    unknown_item_outer: Literal[200, 207] = 207
    # DQ23: a receipt is not listed yet while its line already counts it.
    receipts_lag_s: Seconds = 0.0
    # DQ24: packing makes a second label with nothing in it.
    zero_quantity_shipment_probability: Probability = 0.0
    # DQ25: a shipment can be seen, with tracking, before it has left.
    unshipped_visible: bool = True
    # DQ27: the tracking URL is only the carrier's front page.
    tracking_url: Literal["base", "full"] = "base"
    tracking_base_url: str = "https://track.example/"
    # Chosen: a root element outside the vendor's namespace is not understood (as JAXB would).
    require_root_namespace: bool = True
    # Chosen: a field that the schema does not have is a bare 400; off: it is dropped.
    refuse_unknown_fields: bool = True
    # Chosen: page sizes; a longer list answers 206 and goes on at the next pageNo.
    list_page_size: Rows = 1000
    full_page_size: Rows = 1000
    availability_page_size: Rows = 1000

    # --- orders -----------------------------------------------------------------------
    # From where an order is locked: when it is released, or when a wave has been built on it.
    lock_at: Literal["released", "wave_built"] = "released"
    # Does a new order reduce what may be promised at once, or only once it is allocated?
    new_order_reduces_atp: bool = True
    # POST /orders of an order that is still New: 409, or the vendor's document's "Updated".
    resend_new_updates: bool = False
    # Chosen: POST /items of an item that is there: updated, or 409 as for an order.
    item_repeat: Literal["update", "conflict"] = "update"
    # Chosen: cancelling what is cancelled already.
    recancel: Literal["conflict", "ok"] = "conflict"
    # DQ22: a lowered quantity in an update.
    lower_quantity: Literal["refuse", "ignore"] = "refuse"
    # Chosen: an order for a facility that nobody knows is refused, or kept and never picked.
    unknown_facility: Literal["refuse", "unassigned"] = "refuse"
    # More lines than this are refused.
    line_limit: Rows = 100
    # Chosen for V1: the field lengths that V2 documents hold for the same fields.
    field_limits: bool = True
    # Chosen: how far the warehouse's own people can still cancel.
    warehouse_cancels_until: Literal["released", "picking", "pick_complete"] = "pick_complete"
    # An order for an item that is put together when ordered: its components, or the item itself.
    bundle_orders: Literal["explode", "as_item"] = "explode"
    # Do availability reads give for such an item what its components let be made?
    bundle_availability: bool = True
    # What becomes of units that a picker did not find.
    short_pick: Literal["cut", "back_order"] = "cut"

    # --- stock ------------------------------------------------------------------------
    # Chosen: the locations of every facility; the first holds what has no other place.
    locations: Annotated[tuple[str, ...], Meta(min_length=1)] = ("STOCK", "RECEIVING")
    # Chosen: the facility that bears what reserveInventoryAPI reserves ("" = the first).
    reservation_facility: str = ""
    # Chosen: retail activities appear in the adjustments feed as movements of their own.
    activities_in_feed: bool = True
    # Chosen: where a customer's return goes unless its receipt says so.
    return_disposition: str = "Stock"

    # --- asynchronous imports ---------------------------------------------------------
    import_delay_s: Seconds = 2.0
    bulk_delay_s: Seconds = 2.0
    # A customer order without shipVia is parked in Review.
    review_without_ship_via: bool = True
    # Chosen for V1's PUT by number: the same number again is the same order, or another one.
    customer_order_repeat: Literal["update", "duplicate"] = "update"

    # --- V2 ---------------------------------------------------------------------------
    token_life_s: Seconds = 3600.0
    # Chosen: ``env`` and ``company`` must be sent; they must fit when they are.
    token_requires_company: bool = False
    # DQ10: an unknown query parameter filters nothing and says nothing; off: 400.
    ignore_unknown_query: bool = True
    # DQ12: pages shift while the feed grows, or are those of the first look.
    feed_paging: Literal["live", "snapshot"] = "live"
    search_life_s: Seconds = 600.0
    # DQ18: a write meets somebody else's.
    concurrent_409_probability: Probability = 0.0
    # Is the undocumented POST of an adjustment there at all?
    adjustments_writable: bool = True
    # Has the tenant subscribed to "Discrete Inventory"?
    discrete_inventory: bool = True

    # Chosen: pages of orders and the rest shift while things come, or are those of the first look.
    list_paging: Literal["live", "snapshot"] = "live"
    # Chosen (the vendor's text for a purchase order is a 4xx): what a locked order answers in V2.
    locked_status: Literal[400, 409, 422] = 400
    # DQ11: so many rows of a nested collection are shown, and no link leads to the rest.
    nested_rows: Rows = 10
    # DQ13: a customer order that is posted again is another one, or (as the text says) the same.
    shop_order_repeat: Literal["duplicate", "update"] = "duplicate"
    # Chosen: where an order of V2 lies that names no facility ("" = nowhere, as in V1).
    default_facility: str = ""
    # DQ30: lists under /beta are so much older (at most a minute); None: there is no /beta.
    beta_stale_s: Annotated[float, Meta(ge=0, le=60)] | None = None
    # DQ20b: a status in the body of an update is refused, or not looked at.
    status_in_body: Literal["refuse", "ignore"] = "refuse"
    # DQ21: a sales order that a customer order made cannot be edited.
    born_orders_locked: bool = True
    # DQ28: links to shipments in an order lead to a trip.
    shipment_links: Literal["trip", "shipment"] = "trip"
    # What a customer order's line says has been shipped waits until all of it is.
    shipped_rolls_up_at_end: bool = True
    # Has the tenant subscribed to "Enterprise Order Management"?
    order_management: bool = True
    # Chosen: the vendor's text speaks of cancelling customer orders, its document has no route.
    customer_order_cancellations: bool = False
    # Shipments are not filtered by what a caller asks for (seen at one tenant).
    shipment_filters_ignored: bool = False
    # DQ31: a bulk import that was a success turns out partly failed so much later.
    bulk_flip_probability: Probability = 0.0
    bulk_flip_after_s: Seconds = 60.0
    # A bulk import's body is smaller than this.
    bulk_limit_bytes: Rows = 10_000_000
    # Chosen: no other body of V2 is larger than this.
    body_limit_bytes: Rows = 1_000_000

    # --- limits -----------------------------------------------------------------------
    # DQ19: requests a second for the whole account, then 429 with nothing in it.
    rate_limit_per_s: Annotated[int, Meta(ge=1)] | None = None
    rate_limit_covers: Literal["both", "v1", "v2"] = "both"
    # Chosen: ``Retry-After`` in whole seconds; None leaves it out.
    retry_after_s: Annotated[int, Meta(ge=0)] | None = 1

    # --- notices (all chosen: nothing public) -----------------------------------------
    notice_format: Literal["json", "xml"] = "json"
    notice_retries_s: tuple[Seconds, ...] = (10.0, 60.0)
    notice_timeout_s: Seconds = 10.0
    notice_signature: Literal["off", "hmac-sha256"] = "off"

    # --- the house --------------------------------------------------------------------
    carrier: str = "PARCEL"
    ship_method: str = "STANDARD"
    # Finished orders and parcels older than this are kept as bytes.
    compact_after_s: Seconds = 900.0


def read_settings(settings: Mapping[str, object]) -> Settings:
    """The settings of a scenario or configuration file.

    Raises:
        UsageError: a name does not exist or a value does not fit; the message says which.
    """
    try:
        made = msgspec.convert(dict(settings), Settings)
    except msgspec.ValidationError as error:
        raise UsageError(f"deposco settings: {error}") from None
    unknown = [name for name in made.configured_measures if name not in MEASURES]
    if unknown:
        known = ", ".join(MEASURES)
        raise UsageError(f"deposco settings: configured_measures: {unknown} not among {known}")
    strange = [name for name in made.credentials if name not in CREDENTIALS]
    if strange:
        known = ", ".join(CREDENTIALS)
        raise UsageError(f"deposco settings: credentials: {strange} not among {known}")
    return made

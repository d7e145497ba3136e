"""Every behaviour of this fake that had to be chosen, by name, with the default."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from peakproof.errors import ScenarioError

Seconds = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=1)]
Version = Literal["2.4.5", "2.4.6", "2.4.7", "2.4.9"]
Algorithm = Literal["UNIT_BASE_CALCULATION", "ROW_BASE_CALCULATION", "TOTAL_BASE_CALCULATION"]


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What a release does that another one does not."""

    order_mutex: bool
    """Ship, invoice and refund of one order wait for each other."""
    cancel_mutex: bool
    """Two cancellations of one order wait for each other."""
    invoice_refund_mutex: bool
    """Two refunds of one invoice wait for each other."""
    oversell_guard: bool
    """Two placements of the last unit wait for each other."""
    rate_limit: bool
    """The limit on order placement is there (a setting switches it on)."""
    past_end: Literal["empty", "last_page"]
    """What a page beyond the last one shows."""
    bearer_integration: bool
    """An integration's access token works alone, as a bearer."""
    export_total: Literal["all", "page"]
    """What ``total_count`` of the export of salable quantities counts."""
    malformed_creditmemo: int
    """The status of a raw credit memo whose body is wrong."""
    two_factor: int
    """The status of the refusal of the plain token endpoint where two factors are asked for."""


PROFILES: Final[dict[str, Profile]] = {
    "2.4.5": Profile(
        order_mutex=False, cancel_mutex=False, invoice_refund_mutex=False, oversell_guard=False,
        rate_limit=False, past_end="last_page", bearer_integration=False, export_total="page",
        malformed_creditmemo=500, two_factor=400,
    ),
    "2.4.6": Profile(
        order_mutex=True, cancel_mutex=False, invoice_refund_mutex=False, oversell_guard=False,
        rate_limit=False, past_end="empty", bearer_integration=False, export_total="page",
        malformed_creditmemo=500, two_factor=400,
    ),
    "2.4.7": Profile(
        order_mutex=True, cancel_mutex=True, invoice_refund_mutex=False, oversell_guard=False,
        rate_limit=True, past_end="empty", bearer_integration=False, export_total="page",
        malformed_creditmemo=500, two_factor=400,
    ),
    "2.4.9": Profile(
        order_mutex=True, cancel_mutex=True, invoice_refund_mutex=True, oversell_guard=True,
        rate_limit=True, past_end="empty", bearer_integration=False, export_total="all",
        malformed_creditmemo=400, two_factor=401,
    ),
}  # fmt: skip


class Credentials(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Fixed credentials, for a fake that is served to other processes."""

    consumer_key: str
    consumer_secret: str
    access_token: str
    access_token_secret: str
    admin_user: str
    admin_password: str


def _shipping() -> dict[str, Decimal]:
    return {"flatrate_flatrate": Decimal(5), "freeshipping_freeshipping": Decimal(0)}


class Settings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """The profile of one shop. Times are seconds unless the name says else."""

    version: Version = "2.4.7"
    """The release that is played; see :data:`PROFILES`."""
    credentials: Credentials | None = None

    # --- the door
    integration_bearer: bool | None = None
    """``oauth/consumer/enable_integration_as_bearer``; None: as the release has it."""
    integration_resources: tuple[str, ...] = ()
    """The resources that the integration may use; none: all."""
    admin_token_lifetime_s: Seconds = 14400.0
    lockout_failures: Count = 6
    lockout_s: Seconds = 1800.0
    two_factor: bool = False
    """Whether the plain token endpoint for administrators is closed."""
    two_factor_code: str = ""
    """The second factor that is right; none: any six digits."""
    oauth_timestamp_window_s: Seconds = 0.0
    """How far ahead of the shop's clock a signature may be dated; 0: any date will do."""
    oauth_error_code: bool = False
    """Whether a refused signature shows the documented number in ``code``."""
    body_limit_bytes: Annotated[int, Meta(ge=1024)] = 8_388_608
    unknown_parameters: Literal["ignore", "refuse"] = "ignore"
    """What happens to a query parameter or a top-level name that the endpoint does not have."""
    masked_status: Literal[500, 400] = 500
    """The status of a fault that the shop hides: an unknown property, an unknown filter field."""
    developer_mode: bool = False
    """Whether hidden faults show their reason."""
    ids_as: Literal["string", "number"] = "string"
    """How ship, invoice, refund and order placement print the number that they answer."""

    # --- limits, off as delivered
    input_limits: bool = False
    """``webapi/validation``: whether the three limits below hold."""
    list_limit: Count = 20
    async_list_limit: Count = 5000
    page_size_limit: Count = 300
    default_page_size: Count = 20
    order_rate_limit: bool = False
    """``sales/backpressure/enabled``; the release must have it."""
    order_rate_guest: Count = 50
    order_rate_period_s: Seconds = 60.0

    # --- stock
    index_lag_s: Seconds = 0.0
    """How long the stock index takes to see a source item (``cataloginventory/indexer``)."""
    salability_lag_s: Seconds = 0.0
    """How long the index takes to see what a reservation does to ``is_salable``."""
    race_window_s: Seconds = 0.0
    """How long a call takes: what began less than this before is not seen where nothing waits."""
    manage_stock: bool = True
    backorders: Literal[0, 1, 2] = 0
    min_qty: Decimal = Decimal(0)
    min_sale_qty: Decimal = Decimal(1)
    max_sale_qty: Decimal = Decimal(10000)
    notify_stock_qty: Decimal = Decimal(1)
    can_subtract: bool = True
    """``cataloginventory/options/can_subtract``: whether orders hold stock at all."""
    unknown_sku_is_salable: bool = False
    """What ``is-product-salable`` says of a SKU that is not there, on the default stock."""
    sourceless_shipment: Literal[400, 500] = 400
    """The status of a raw shipment without a source where there are several."""

    # --- orders
    price_includes_tax: bool = True
    """Whether prices are gross. As delivered they are net; the seed's prices are gross."""
    tax_algorithm: Algorithm = "TOTAL_BASE_CALCULATION"
    shipping_methods: dict[str, Decimal] = msgspec.field(default_factory=_shipping)
    """What shipping costs, by ``carrier_method``; the price does not depend on the cart."""
    online_methods: tuple[str, ...] = ("peakpay",)
    """Payment methods of a gateway: an invoice without capture stays open."""
    offline_methods: tuple[str, ...] = ("checkmo", "free", "banktransfer", "cashondelivery")
    state_after_full_refund: Literal["closed", "complete"] = "closed"

    # --- queues and events
    consumer_delay_s: Seconds = 0.0
    """How long the consumer of bulk operations takes to come to them."""
    consumer_spread_s: Seconds = 0.0
    """How much longer at most, drawn per operation: they may be carried out in another order."""
    events_url: str = ""
    """Where I/O Events are delivered to; none: nobody has subscribed."""
    events: tuple[str, ...] = (
        "observer.sales_order_save_commit_after",
        "observer.sales_order_shipment_save_after",
        "observer.sales_order_invoice_save_after",
        "observer.sales_order_creditmemo_save_after",
        "observer.cataloginventory_stock_item_save_commit_after",
    )
    events_forward_s: Seconds = 60.0
    """How long an event waits for the job that sends it."""

    # --- the storefront that trading uses
    storefront_method: str = "peakpay"
    storefront_shipping: str = "freeshipping_freeshipping"
    storefront_state: Literal["pending_payment", "new"] = "pending_payment"
    """The state of an order whose payment is not settled yet."""
    storefront_cancels: Literal["at_once", "asks"] = "at_once"
    """Whether a customer's cancellation is carried out by the shop, or is only a comment."""


def read(settings: Mapping[str, object]) -> Settings:
    """The settings of a scenario or a command line.

    Raises:
        ScenarioError: a name or a value is wrong.
    """
    try:
        return msgspec.convert(dict(settings), Settings)
    except msgspec.ValidationError as error:
        raise ScenarioError(f"settings of adobe_commerce: {error}") from None

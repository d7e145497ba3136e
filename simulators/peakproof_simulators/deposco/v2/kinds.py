"""The six kinds of order of V2 in one table: where they are, what they look like, what they allow.

What a status may be set to is in ``lifecycle.API_MOVES``, what may be edited in
``lifecycle.EDITABLE``: both faces share those.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from peakproof_simulators.deposco.lifecycle import (
    API_MOVES,
    CUSTOMER_RETURN,
    INBOUND,
    OUTBOUND,
    OUTWARD,
    PURCHASE,
    SALES,
    VENDOR_RETURN,
)
from peakproof_simulators.deposco.v2 import inward_models as inward
from peakproof_simulators.deposco.v2 import outward_models as outward

if TYPE_CHECKING:
    from peakproof_simulators.deposco.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of order.

    ``place`` is the field that names the facility. ``cancels`` are the statuses in which the
    whole order may be cancelled, ``cuts`` those in which lines may. ``tells_status`` is true
    where setting the status answers with the status alone. ``listed`` is the order in which a
    refusal names the statuses that can be edited, where somebody saw one.
    """

    type: str
    name: str
    path: str
    header: Any
    line: Any
    lines: Any
    page: Any
    status: Any
    place: str
    first_id: int
    cancels: tuple[str, ...]
    cuts: tuple[str, ...]
    tells_status: bool = False
    listed: str = ""

    @property
    def outward(self) -> bool:
        """Do the goods leave?"""
        return self.type in OUTWARD

    @property
    def statuses(self) -> tuple[str, ...]:
        """Every status that such an order can have."""
        return tuple(API_MOVES[self.type])


_OPEN: Final = ("Draft", "New", "Hold", "Ready for Fulfillment", "Wave Built", "Back Ordered")
_CUTS: Final = (*_OPEN[1:], "Partially Released")

KINDS: Final = (
    Kind(
        type=SALES, name="sales_orders", path="salesOrders", header=outward.SalesOrder,
        line=outward.SalesOrderLine, lines=outward.SalesOrderLines, page=outward.SalesOrderPage,
        status=outward.SalesOrderStatus, place="ship_from_facility", first_id=10_000_001,
        cancels=_OPEN, cuts=_CUTS,
    ),
    Kind(
        type=PURCHASE, name="purchase_orders", path="purchaseOrders", header=inward.PurchaseOrder,
        line=inward.PurchaseOrderLine, lines=inward.PurchaseOrderLines,
        page=inward.PurchaseOrderPage, status=inward.PurchaseOrderStatus,
        place="ship_to_facility", first_id=20_000_001,
        cancels=("Draft", "New", "Hold", "In-Transit", "Arrived", "Receiving"),
        cuts=("Draft", "New", "Hold", "In-Transit", "Arrived", "Receiving", "Partial Receipt"),
        listed="arrived, hold, draft, new, in-transit, receiving, received",
    ),
    Kind(
        type=CUSTOMER_RETURN, name="customer_returns", path="customerReturns",
        header=inward.CustomerReturn, line=inward.CustomerReturnLine,
        lines=inward.CustomerReturnLines, page=inward.CustomerReturnPage,
        status=inward.CustomerReturnStatus, place="ship_to_facility", first_id=30_000_001,
        cancels=("New", "Receiving"), cuts=("New", "Receiving"),
    ),
    Kind(
        type=VENDOR_RETURN, name="vendor_returns", path="vendorReturns",
        header=outward.VendorReturn, line=outward.VendorReturnLine,
        lines=outward.VendorReturnLines, page=outward.VendorReturnPage,
        status=outward.VendorReturnStatus, place="ship_from_facility", first_id=40_000_001,
        cancels=_OPEN[1:], cuts=_CUTS,
    ),
    Kind(
        type=OUTBOUND, name="outbound_transfers", path="outboundTransferOrders",
        header=outward.OutboundTransfer, line=outward.OutboundTransferLine,
        lines=outward.OutboundTransferLines, page=outward.OutboundTransferPage,
        status=outward.OutboundTransferStatus, place="ship_from_facility", first_id=50_000_001,
        cancels=("New", "Wave Built", "Back Ordered"), cuts=("New", "Wave Built", "Back Ordered"),
        tells_status=True,
    ),
    Kind(
        type=INBOUND, name="inbound_transfers", path="inboundTransferOrders",
        header=inward.InboundTransfer, line=inward.InboundTransferLine,
        lines=inward.InboundTransferLines, page=inward.InboundTransferPage,
        status=inward.InboundTransferStatus, place="ship_to_facility", first_id=60_000_001,
        cancels=("New", "Receiving"), cuts=("New", "Receiving"), tells_status=True,
    ),
)  # fmt: skip
"""The kinds, sales orders first."""

BY_TYPE: Final = {kind.type: kind for kind in KINDS}


def cancels(kind: Kind, settings: Settings) -> tuple[str, ...]:
    """Statuses in which a whole order may be cancelled, by the tenant's lock."""
    return _before_lock(kind.cancels, settings)


def cuts(kind: Kind, settings: Settings) -> tuple[str, ...]:
    """Statuses in which lines may be cancelled, by the tenant's lock."""
    return _before_lock(kind.cuts, settings)


def _before_lock(statuses: tuple[str, ...], settings: Settings) -> tuple[str, ...]:
    if settings.lock_at == "released":
        return statuses
    return tuple(status for status in statuses if status != "Wave Built")

"""What an order may become, and who may make it so: the tables.

API moves are documented; warehouse moves are inferred from the order of the vendor's list of
statuses, with the edges that parts of an order and an undone shipment need (chosen).
"""

from __future__ import annotations

from typing import Final, Literal

SALES: Final = "Sales Order"
PURCHASE: Final = "Purchase Order"
CUSTOMER_RETURN: Final = "Customer Return"
VENDOR_RETURN: Final = "Vendor Return"
OUTBOUND: Final = "Outbound Transfer Order"
INBOUND: Final = "Inbound Transfer Order"
MODELLED_TYPES: Final = (SALES, PURCHASE, CUSTOMER_RETURN)
"""Types that both faces write."""
ALL_TYPES: Final = (*MODELLED_TYPES, VENDOR_RETURN, OUTBOUND, INBOUND)
"""Types that V2 writes."""
OUTWARD: Final = frozenset({SALES, VENDOR_RETURN, OUTBOUND})
"""Types whose goods leave: their open units ask for stock."""
OTHER_TYPES: Final = ("Customer Order", "Event Order", "Vendor Return", "Pending Order")

_SHUT: Final[dict[str, tuple[str, ...]]] = dict.fromkeys(
    (
        "Draft", "New", "Hold", "Ready for Fulfillment", "Wave Built", "Back Ordered",
        "Partially Released", "Released", "Picking", "Pick Complete", "Partially Staged",
        "Staged", "Partially Loaded", "Loaded", "Partially Shipped", "Ship Complete", "Canceled",
    ),
    (),
)  # fmt: skip

API_MOVES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    SALES: {
        "Draft": ("New", "Hold", "Canceled"),
        "New": ("Hold", "Canceled"),
        "Hold": ("New", "Canceled"),
        "Ready for Fulfillment": ("New", "Hold", "Canceled"),
        "Wave Built": ("New", "Hold", "Canceled"),
        "Back Ordered": ("New", "Hold", "Canceled"),
        "Partially Released": (),
        "Released": (),
        "Picking": (),
        "Pick Complete": (),
        "Partially Staged": (),
        "Staged": (),
        "Partially Loaded": (),
        "Loaded": (),
        "Partially Shipped": (),
        "Ship Complete": (),
        "Canceled": (),
    },
    PURCHASE: {
        "Draft": ("New", "Hold", "Canceled"),
        "New": ("Hold", "In-Transit", "Arrived", "Canceled"),
        "Hold": ("New", "In-Transit", "Arrived", "Canceled"),
        "In-Transit": ("New", "Arrived", "Canceled"),
        "Arrived": ("Canceled",),
        "Receiving": ("Canceled",),
        "Partial Receipt": (),
        "Received": ("Closed",),
        "Canceled": (),
        "Closed": (),
    },
    CUSTOMER_RETURN: {
        "New": ("Canceled",),
        "Receiving": ("Canceled",),
        "Hold": (),
        "Partial Receipt": (),
        "Received": (),
        "Canceled": (),
    },
    VENDOR_RETURN: {
        **_SHUT, "New": ("Hold", "Canceled"), "Hold": ("New", "Canceled"),
    },
    OUTBOUND: {
        **_SHUT,
        "New": ("Hold", "Canceled"),
        "Hold": ("New", "Canceled"),
        "Ready for Fulfillment": ("New", "Hold", "Canceled"),
        "Wave Built": ("New", "Hold", "Canceled"),
        "Back Ordered": ("New", "Hold", "Canceled"),
    },
    INBOUND: {
        "New": ("Canceled",),
        "Hold": (),
        "Receiving": ("Canceled",),
        "Partial Receipt": (),
        "Received": (),
        "Canceled": (),
    },
}  # fmt: skip
"""What a status may be set to by API, by kind of order."""

WAREHOUSE_MOVES: Final[dict[str, tuple[str, ...]]] = {
    "Draft": ("Canceled",),
    "New": ("Ready for Fulfillment", "Canceled"),
    "Hold": ("Canceled",),
    "Ready for Fulfillment": ("Wave Built", "Canceled"),
    "Wave Built": ("Back Ordered", "Partially Released", "Released", "Canceled"),
    "Back Ordered": ("Wave Built", "Canceled"),
    "Partially Released": ("Released", "Picking", "Canceled"),
    "Released": ("Picking", "Canceled"),
    "Picking": ("Pick Complete", "Partially Staged", "Canceled"),
    "Pick Complete": ("Picking", "Partially Staged", "Staged", "Canceled"),
    "Partially Staged": ("Picking", "Staged", "Partially Loaded"),
    "Staged": ("Partially Loaded", "Loaded"),
    "Partially Loaded": ("Partially Staged", "Loaded", "Partially Shipped"),
    "Loaded": ("Partially Shipped", "Ship Complete"),
    "Partially Shipped": ("Picking", "Pick Complete", "Ship Complete"),
    "Ship Complete": ("Pick Complete",),
    "Canceled": (),
}  # fmt: skip
"""What a sales order becomes without anybody calling an API."""

_OPEN_TO_EDITS: Final = (
    "Draft", "New", "Hold", "Ready for Fulfillment", "Wave Built", "Back Ordered",
)  # fmt: skip

_BY_LOCK: Final[dict[Literal["released", "wave_built"], tuple[str, ...]]] = {
    "released": _OPEN_TO_EDITS,
    "wave_built": ("Draft", "New", "Hold", "Ready for Fulfillment", "Back Ordered"),
}

EDITABLE: Final[dict[str, dict[Literal["released", "wave_built"], tuple[str, ...]]]] = {
    SALES: _BY_LOCK,
    VENDOR_RETURN: _BY_LOCK,
    OUTBOUND: _BY_LOCK,
    INBOUND: dict.fromkeys(
        ("released", "wave_built"), ("New", "Hold", "Receiving", "Partial Receipt", "Received")
    ),
    PURCHASE: dict.fromkeys(
        ("released", "wave_built"),
        ("Draft", "New", "Hold", "In-Transit", "Arrived", "Receiving", "Received"),
    ),
    CUSTOMER_RETURN: dict.fromkeys(
        ("released", "wave_built"), ("New", "Hold", "Receiving", "Partial Receipt", "Received")
    ),
}
"""Statuses in which header and lines may be changed, by kind of order and by the lock."""

RAISABLE: Final = ("Partially Released", "Released")
"""Locked statuses in which a quantity may still be raised: onto what is not released yet."""

PART_CANCELLABLE: Final = ("Partially Released",)
"""Locked statuses in which what is back-ordered may still be cancelled."""

WAREHOUSE_CANCELLABLE: Final[dict[str, tuple[str, ...]]] = {
    "released": (*_OPEN_TO_EDITS, "Partially Released", "Released"),
    "picking": (*_OPEN_TO_EDITS, "Partially Released", "Released", "Picking"),
    "pick_complete": (
        *_OPEN_TO_EDITS, "Partially Released", "Released", "Picking", "Pick Complete",
    ),
}  # fmt: skip
"""How far the people on the floor can cancel, by the setting ``warehouse_cancels_until``."""

QUEUED: Final = frozenset({"New", "Ready for Fulfillment", "Wave Built"})
"""Statuses in which an order waits for the next wave."""

WITHOUT_DEMAND: Final = frozenset({"Draft", "Canceled", "Ship Complete"})
"""Statuses in which a sales order asks for nothing."""

FINISHED: Final = frozenset({"Ship Complete", "Canceled", "Received", "Closed"})

PICKED_FROM: Final = ("Partially Released", "Released", "Picking", "Pick Complete", "Partially "
                      "Staged", "Partially Shipped")  # fmt: skip
"""Statuses in which a picker may have work on an order."""

SHIPPABLE: Final = (
    "Partially Released", "Released", "Picking", "Pick Complete", "Partially Staged", "Staged",
    "Partially Loaded", "Loaded", "Partially Shipped",
)  # fmt: skip
"""Statuses in which a shipment can be made of an order."""

TO_COMPLETE: Final[dict[str, tuple[str, ...]]] = {
    "Partially Released": ("Picking", "Pick Complete", "Staged", "Loaded", "Ship Complete"),
    "Released": ("Picking", "Pick Complete", "Staged", "Loaded", "Ship Complete"),
    "Picking": ("Pick Complete", "Staged", "Loaded", "Ship Complete"),
    "Pick Complete": ("Staged", "Loaded", "Ship Complete"),
    "Partially Staged": ("Staged", "Loaded", "Ship Complete"),
    "Staged": ("Loaded", "Ship Complete"),
    "Partially Loaded": ("Loaded", "Ship Complete"),
    "Loaded": ("Ship Complete",),
    "Partially Shipped": ("Ship Complete",),
}
"""The way of an order whose last open unit leaves, from where it is."""

TO_PART_SHIPPED: Final[dict[str, tuple[str, ...]]] = {
    "Partially Released": (
        "Picking", "Partially Staged", "Partially Loaded", "Partially Shipped",
    ),
    "Released": ("Picking", "Partially Staged", "Partially Loaded", "Partially Shipped"),
    "Picking": ("Partially Staged", "Partially Loaded", "Partially Shipped"),
    "Pick Complete": ("Partially Staged", "Partially Loaded", "Partially Shipped"),
    "Partially Staged": ("Partially Loaded", "Partially Shipped"),
    "Staged": ("Partially Loaded", "Partially Shipped"),
    "Partially Loaded": ("Partially Shipped",),
    "Loaded": ("Partially Shipped",),
    "Partially Shipped": (),
}  # fmt: skip
"""The way of an order of which something leaves and something stays."""

V1_STATUS: Final[dict[str, str]] = {
    "Draft": "Draft",
    "New": "New",
    "Hold": "Hold",
    "Ready for Fulfillment": "Ready",
    "Wave Built": "Planned",
    "Back Ordered": "Back Ordered",
    "Partially Released": "Released",
    "Released": "Released",
    "Picking": "Picking",
    "Pick Complete": "Packed",
    "Partially Staged": "Packed",
    "Staged": "Packed",
    "Partially Loaded": "Packed",
    "Loaded": "Packed",
    "Partially Shipped": "Processing",
    "Ship Complete": "Complete",
    "Canceled": "Canceled",
    "In-Transit": "In-Transit",
    "Arrived": "Open",
    "Receiving": "Receiving",
    "Partial Receipt": "Partial Receipt",
    "Received": "Received",
    "Closed": "Closed",
}
"""The word that V1 has for a status (inferred: the words are the vendor's, the map is ours)."""

FROM_V1: Final[dict[str, str]] = {
    "Draft": "Draft",
    "New": "New",
    "Hold": "Hold",
    "Canceled": "Canceled",
    "In-Transit": "In-Transit",
    "Arrived": "Arrived",
    "Open": "Arrived",
    "Closed": "Closed",
}
"""Statuses that a caller of V1 may ask for, and what they mean in the store."""

CREATABLE: Final[dict[str, tuple[str, ...]]] = {
    SALES: ("Draft", "New", "Hold"),
    PURCHASE: ("Draft", "New", "Hold", "In-Transit", "Arrived"),
    CUSTOMER_RETURN: ("New",),
    VENDOR_RETURN: ("Draft", "New", "Hold"),
    OUTBOUND: ("Draft", "New", "Hold"),
    INBOUND: ("New", "Hold"),
}

NOTICE_STATUS: Final[dict[str, str]] = {
    "New": "Accepted",
    "Hold": "Accepted",
    "Ready for Fulfillment": "Accepted",
    "Wave Built": "Accepted",
    "Back Ordered": "Accepted",
    "Partially Released": "In Fulfillment",
    "Released": "In Fulfillment",
    "Picking": "In Fulfillment",
    "Pick Complete": "In Fulfillment",
    "Partially Staged": "In Fulfillment",
    "Staged": "In Fulfillment",
    "Partially Loaded": "In Fulfillment",
    "Loaded": "In Fulfillment",
    "Partially Shipped": "Partially Shipped",
    "Ship Complete": "Ship Complete",
    "Canceled": "Canceled",
}
"""The word that an outbound ``orderStatusUpdate`` has for a status; its list is the vendor's."""

MEANS: Final[dict[str, str]] = {
    "Draft": "held",
    "New": "new",
    "Hold": "held",
    "Ready for Fulfillment": "new",
    "Wave Built": "waved",
    "Back Ordered": "back_ordered",
    "Partially Released": "released",
    "Released": "released",
    "Picking": "picking",
    "Pick Complete": "picking",
    "Partially Staged": "packed",
    "Staged": "packed",
    "Partially Loaded": "packed",
    "Loaded": "packed",
    "Partially Shipped": "part_shipped",
    "Ship Complete": "shipped",
    "Canceled": "cancelled",
}
"""The neutral reading of a sales order's status."""


def cancellable(kind: str, status: str, lock_at: Literal["released", "wave_built"]) -> bool:
    """May a whole order be cancelled by API now?"""
    if kind == SALES:
        return status in EDITABLE[SALES][lock_at]
    return "Canceled" in API_MOVES[kind][status]

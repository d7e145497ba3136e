"""What V2's larger models carry beside what the store knows: kept as it was sent.

A field that V1 has too has its one home in the store's order, so that each face shows what the
other wrote; only the rest is here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import UNSET

if TYPE_CHECKING:
    from peakproof_simulators.deposco.v2.customer_models import ShopOrder
    from peakproof_simulators.deposco.v2.goods_models import ItemSent
    from peakproof_simulators.deposco.v2.house_models import FacilitySent, LocationSent

Key = tuple[str, str]

_POINTS: Final = frozenset(
    {
        "self_", "created_date", "updated_date", "business_unit", "number", "type",
        "order_status", "order_lines", "shipments", "customer_order_headers", "consignee_partner",
        "ship_to_contact", "ship_to_address", "bill_to_contact", "bill_to_address",
        "ship_from_contact", "ship_from_address", "ship_from_facility", "ship_to_facility",
        "line_number", "item", "pack", "order_pack_quantity", "canceled_pack_quantity",
        "order_header", "co_line", "order_line_status", "allocated_quantity",
        "unallocated_quantity", "picked_pack_quantity", "shipped_pack_quantity",
        "shortage_pack_quantity", "received_pack_quantity", "received_damaged_pack_quantity",
        "is_back_ordered",
    }
)  # fmt: skip
"""Fields that the store owns or the server sets: they say nothing that the papers keep."""
_SERVERS: Final = ("self_", "created_date", "updated_date", "business_unit", "number")


class Papers:
    """Headers and lines of orders as V2 sent them, by (type, number), without what V1 has too."""

    def __init__(self) -> None:
        self._headers: dict[Key, Any] = {}
        self._lines: dict[Key, dict[str, Any]] = {}
        self.shop_orders: dict[int, ShopOrder] = {}
        """Customer orders as they were sent, by import."""
        self.codes: dict[str, int] = {}
        """Ids of bar codes that were ever shown."""
        self.items: dict[str, ItemSent] = {}
        self.facilities: dict[str, FacilitySent] = {}
        self.locations: dict[int, LocationSent] = {}

    def header(self, key: Key) -> Any:
        """The rest of a header; None when V2 never wrote the order."""
        return self._headers.get(key)

    def line(self, key: Key, number: str) -> Any:
        """The rest of a line; None when V2 never wrote it."""
        lines = self._lines.get(key)
        return None if lines is None else lines.get(number)

    def differs(self, key: Key, header: Any, lines: list[Any]) -> bool:
        """Does what was sent, but for what V1 has too, say anything new?"""
        if header is not None and _says_more(self._headers.get(key), header):
            return True
        return any(_says_more(self.line(key, line.line_number), line) for line in lines)

    def keep(self, key: Key, header: Any, lines: list[Any]) -> None:
        """Keep what was sent; a field that was not sent stays as it was. A header of None keeps
        the lines alone."""
        if header is not None:
            self._headers[key] = merged(self._headers.get(key), header)
        if lines:
            known = self._lines.setdefault(key, {})
            for line in lines:
                known[line.line_number] = merged(known.get(line.line_number), line)


def _says_more(old: Any, new: Any) -> bool:
    return any(
        value is not UNSET and name not in _POINTS and value != getattr(old, name, UNSET)
        for name, value in zip(
            new.__struct_fields__, msgspec.structs.astuple(new), strict=True
        )
    )  # fmt: skip


def merged(old: Any, new: Any) -> Any:
    """A struct after an update: what was sent replaces what was there."""
    if old is None:
        return new
    sent = {
        name: value
        for name in new.__struct_fields__
        if (value := getattr(new, name)) is not UNSET and name not in _SERVERS
    }
    return msgspec.structs.replace(old, **sent)

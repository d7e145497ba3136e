"""Source selection: from which sources to ship."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from peakproof_simulators.adobe_commerce.decimals import ZERO
from peakproof_simulators.adobe_commerce.inventory import IN_STOCK
from peakproof_simulators.adobe_commerce.payloads.inventory import (
    Algorithm,
    Selection,
    SelectionItem,
)

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.state import Shop

ALGORITHMS: Final = (
    Algorithm(
        code="priority", title="Source Priority",
        description="Algorithm which provides Source Selections based on predefined priority of "
        "Sources",
    ),
    Algorithm(
        code="distance", title="Distance Priority",
        description="Algorithm which provides Source Selections based on shipping distance",
    ),
)  # fmt: skip


def by_priority(shop: Shop, stock_id: int, wanted: Sequence[tuple[str, Decimal]]) -> Selection:
    """Take from the enabled sources in their order what is in stock, promised or not."""
    found: list[SelectionItem] = []
    shippable = True
    for sku, amount in wanted:
        left = amount
        for source in shop.inventory.ranked(stock_id):
            item = shop.inventory.item(sku, source.source_code)
            if not source.enabled or item is None or item.status != IN_STOCK:
                continue
            taken = min(max(item.quantity, ZERO), left)
            left -= taken
            found.append(
                SelectionItem(
                    source_code=source.source_code, sku=sku, qty_to_deduct=taken,
                    qty_available=item.quantity,
                )
            )  # fmt: skip
        shippable = shippable and left <= 0
    return Selection(source_selection_items=found, shippable=shippable)

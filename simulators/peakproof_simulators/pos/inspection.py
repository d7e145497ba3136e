"""The whole state of the tills as plain values, for the control plane and the read-back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from peakproof_simulators.pos.products import Variant
from peakproof_simulators.pos.stock import UNIT

if TYPE_CHECKING:
    from peakproof_simulators.pos.state import PointOfSale


def inspection(pos: PointOfSale) -> dict[str, Any]:
    """Places, items, stock by SKU and place and state, sales, money, transfers, tills."""
    plain = msgspec.to_builtins
    variants = [entry for entry in pos.range if isinstance(entry, Variant)]
    return {
        "places": [plain(place) for place in pos.places.values()],
        "items": [{"sku": each.sku, "variant": each.id} for each in variants],
        "stock": [
            {
                "sku": variant.sku,
                "place": cell.place,
                "state": cell.state,
                "units": cell.units_e5 // UNIT
                if cell.units_e5 % UNIT == 0
                else cell.units_e5 / UNIT,
            }
            for variant in variants
            for cell in pos.stock.cells(variant.id)
        ],
        "stock_events": len(pos.stock.events),
        "sales": [plain(sale) for sale in pos.sales],
        "payments": [plain(payment) for payment in pos.payments],
        "refunds": [plain(refund) for refund in pos.refunds],
        "transfers": [plain(transfer) for transfer in pos.transfers],
        "tills": {
            place: {"online": register.online, "kept": len(register.kept)}
            for place, register in pos.registers.items()
        },
    }

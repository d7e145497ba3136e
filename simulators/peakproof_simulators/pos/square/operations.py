"""The table of all operations of Square's face."""

from __future__ import annotations

from typing import Final

from peakproof_simulators.kit.operations import Operation
from peakproof_simulators.pos.square.operations_goods import CATALOGUE, INVENTORY, TRANSFERS
from peakproof_simulators.pos.square.operations_rest import WEBHOOKS
from peakproof_simulators.pos.square.operations_sales import SALES

OPERATIONS: Final[tuple[Operation, ...]] = (
    *CATALOGUE,
    *SALES,
    *INVENTORY,
    *TRANSFERS,
    *WEBHOOKS,
)

"""All operations of the second face."""

from __future__ import annotations

from typing import Final

from peakproof_simulators.kit.operations import Operation
from peakproof_simulators.pos.lightspeed.oauth import OAUTH
from peakproof_simulators.pos.lightspeed.operations_goods import GOODS, STOCK
from peakproof_simulators.pos.lightspeed.operations_places import PLACES
from peakproof_simulators.pos.lightspeed.operations_sales import FULFILMENTS, SALES, WEBHOOKS

OPERATIONS: Final[tuple[Operation, ...]] = (
    *PLACES, *GOODS, *STOCK, *SALES, *FULFILMENTS, *WEBHOOKS, *OAUTH,
)  # fmt: skip

"""The invariants: one rule, one file. Importing this package checks all of them in."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

from peakproof.judging.invariants.registry import REGISTER, Invariant

__all__ = ["INVARIANTS", "NAMES", "Invariant"]

NAMES: Final = (
    "oversold",
    "stock_diverged",
    "ghost_stock",
    "stale_stock",
    "sync_loop",
    "order_lost",
    "order_duplicated",
    "order_stuck",
    "unpaid_release",
    "status_stalled",
    "lost_update",
    "confirmed_twice",
    "refunded_and_shipped",
    "till_sale_lost",
    "failure_unseen",
    "false_alarm",
    "units_conserved",
)
"""Every invariant has a module of its name here; a verdict lists them in this order."""

for _name in NAMES:
    import_module(f"{__name__}.{_name}")

INVARIANTS: Final[Mapping[str, Invariant]] = MappingProxyType(REGISTER)
"""All invariants by name."""

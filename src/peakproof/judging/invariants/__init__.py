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
    "bundle_diverged",
    "reservation_leak",
    "sync_loop",
    "order_lost",
    "order_duplicated",
    "order_stuck",
    "misrouted",
    "wrong_item_shipped",
    "unpaid_release",
    "status_stalled",
    "lost_update",
    "confirmation_missing",
    "confirmation_late",
    "confirmed_twice",
    "notified_early",
    "shipped_uncaptured",
    "paid_unfulfilled",
    "refunded_and_shipped",
    "refunded_twice",
    "document_stuck",
    "ledger_unbalanced",
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

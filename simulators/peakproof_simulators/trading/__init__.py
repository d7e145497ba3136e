"""The trading day: SimPy processes that buy, pick, carry and return."""

from __future__ import annotations

from peakproof_simulators.trading.day import Day, open_day

__all__ = ["Day", "open_day"]

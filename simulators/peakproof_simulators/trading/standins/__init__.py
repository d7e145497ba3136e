"""The smallest systems that can play the parts of trading: a shop, tills, a warehouse.

They speak no HTTP and have no vendor's rules. Tests and measurements of the trading day stand on
them, and they show what ``ports.py`` asks of a fake.
"""

from __future__ import annotations

from peakproof_simulators.trading.standins.floor import LittleFloor
from peakproof_simulators.trading.standins.run import ESTATE, LittleLink, LittleRun
from peakproof_simulators.trading.standins.shop import LittleShop
from peakproof_simulators.trading.standins.tills import LittleTills

__all__ = ["ESTATE", "LittleFloor", "LittleLink", "LittleRun", "LittleShop", "LittleTills"]

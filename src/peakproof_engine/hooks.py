"""Notices of all systems come in here; each finds its flow by the last part of its path."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from peakproof_engine.clock import Clock
from peakproof_engine.errors import CallError
from peakproof_engine.flows.fulfilment import Fulfilment
from peakproof_engine.flows.orders import OrderFlow
from peakproof_engine.flows.stock import StockFlow
from peakproof_engine.flows.till_sales import TillFlow
from peakproof_engine.systems.commercetools import Commercetools
from peakproof_engine.systems.deposco import Deposco
from peakproof_engine.systems.ports import MasterLevel, ShippedParcel
from peakproof_engine.systems.pos import Pos


class Hooks:
    """Answers a notice with an HTTP status: 200 once it is stored, 503 to have it sent again."""

    def __init__(
        self,
        clock: Clock,
        *,
        deposco: Deposco,
        shop: Commercetools,
        stock: StockFlow,
        orders: OrderFlow,
        fulfilment: Fulfilment,
    ) -> None:
        self._clock = clock
        self._deposco = deposco
        self._shop = shop
        self._stock = stock
        self._orders = orders
        self._fulfilment = fulfilment
        self._shop_key = shop.hook_key.encode()
        self._pos: Pos | None = None
        self._sales: TillFlow | None = None
        self.is_open = False
        """Notices are taken once the engine knows places, items and books."""

    def add_tills(self, pos: Pos, sales: TillFlow) -> None:
        """There are tills."""
        self._pos = pos
        self._sales = sales

    async def take(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> int:
        """Take one notice."""
        system = path.partition("?")[0].rstrip("/").rpartition("/")[2]
        if method != "POST":
            return 405
        try:
            if system == "deposco":
                return self._from_deposco(headers, body)
            if system == "commercetools":
                return await self._from_shop(headers, body)
            if system == "pos" and self._pos is not None:
                return self._from_tills(self._pos, headers, body)
        except (ValueError, RecursionError):
            return 400
        except CallError:
            return 503
        return 404

    def _from_deposco(self, headers: Mapping[str, str], body: bytes) -> int:
        if not self.is_open:
            return 503
        news = self._deposco.read_notice(headers, body)
        if isinstance(news, MasterLevel):
            self._stock.noticed(news, self._clock.wall())
        elif isinstance(news, ShippedParcel):
            self._fulfilment.shipped(news)
        elif news is not None:
            self._fulfilment.ended(news)
        return 200

    async def _from_shop(self, headers: Mapping[str, str], body: bytes) -> int:
        given = headers.get("aeg-sas-key", "").encode()
        if not hmac.compare_digest(given, self._shop_key):
            return 401
        found = self._shop.read_notice(body)
        if not found:
            # Also the test that comes before a subscription is stored.
            return 200
        if not self.is_open:
            return 503
        for news in found:
            await self._orders.heard(news)
        return 200

    def _from_tills(self, pos: Pos, headers: Mapping[str, str], body: bytes) -> int:
        if not pos.is_signed(headers, body):
            return 401
        if not self.is_open or self._sales is None:
            return 503
        news = pos.read_notice(body)
        if news is not None:
            self._sales.heard(*news)
        return 200

"""The item master ahead of orders: what is sold must be known to the warehouse."""

from __future__ import annotations

from collections.abc import Iterable

from peakproof_engine.flows.core import Core
from peakproof_engine.lanes import Lane
from peakproof_engine.systems.ports import ItemMaster, Shop


class ItemFlow:
    """Which items the master knows, and whose work waits for one that it does not."""

    def __init__(self, core: Core, master: ItemMaster, shop: Shop) -> None:
        self._core = core
        self._master = master
        self._shop = shop
        self._known: dict[str, None] = {}
        self._waiting: dict[str, dict[str, Lane]] = {}

    def seen(self, skus: Iterable[str]) -> None:
        """The master spoke of these items, so it knows them."""
        for sku in skus:
            self._known[sku] = None

    async def missing(self, skus: Iterable[str]) -> list[str]:
        """Those of some items that the master does not know; asks only for new ones."""
        found: list[str] = []
        for sku in dict.fromkeys(skus):
            if sku in self._known:
                continue
            if sku and await self._master.knows(sku):
                self._known[sku] = None
            else:
                found.append(sku)
        return found

    def forget(self, skus: Iterable[str]) -> None:
        """The master refused these items although it knew them once."""
        for sku in skus:
            self._known.pop(sku, None)

    def wait(self, skus: Iterable[str], key: str, lane: Lane) -> None:
        """Work waits until the master knows these items."""
        for sku in skus:
            self._waiting.setdefault(sku, {})[f"{lane.name}|{key}"] = lane

    async def round(self) -> None:
        """Look again for items that work waits for, and wake that work."""
        for sku in list(self._waiting):
            if sku and await self._master.knows(sku):
                self._known[sku] = None
                with self._core.store:
                    self._core.desk.close(f"item:{sku}", "unknown_item")
                for name, lane in self._waiting.pop(sku).items():
                    lane.poke(name.partition("|")[2])

    async def look_ahead(self) -> None:
        """Compare what the shop sells with the item master, before the first order comes."""
        if not self._core.guards.item_check:
            return
        await self._shop.learn_range()
        for sku in await self.missing(self._shop.range()):
            self._waiting.setdefault(sku, {})
            with self._core.store:
                self._core.desk.park(
                    f"item:{sku}", "unknown_item", f"the shop sells {sku}, which the item master "
                    "does not know",
                )  # fmt: skip

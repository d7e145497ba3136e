"""Sources, stocks, links and source items: where units are, and which of them are sold together."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Final, cast

import msgspec

from peakproof.history.records import Level
from peakproof_simulators.adobe_commerce.catalogue import SYSTEM
from peakproof_simulators.adobe_commerce.decimals import ZERO, quantity, units
from peakproof_simulators.adobe_commerce.past import Past
from peakproof_simulators.adobe_commerce.payloads.inventory import (
    Link,
    ShownChannel,
    ShownChannels,
    Source,
    SourceItem,
    Stock,
)
from peakproof_simulators.adobe_commerce.search import Table, fold

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.state import Shop

DEFAULT: Final = "default"
DEFAULT_STOCK: Final = 1
IN_STOCK: Final = 1

Cell = tuple[str, str]
"""Folded SKU and folded source code."""


class Inventory:
    """The shop's stock, and what the history is told of it."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.sources = Table(Source, lambda one: fold(one.source_code), "source_code")
        self.stocks = Table(Stock, lambda one: one.stock_id, "stock_id")
        self.links = Table(
            Link, lambda one: (one.stock_id, fold(one.source_code)), "stock_id", "source_code"
        )
        self.items = Table(
            SourceItem, None, "sku", "source_code", past=Past(lambda: shop.world.t, None)
        )
        self.low: dict[Cell, Decimal] = {}
        """From which quantity on somebody is told."""
        self._ranked: dict[int, tuple[Source, ...]] = {}
        self._enabled: dict[int, dict[str, Source]] = {}
        self._ranks: dict[int, dict[str, tuple[int, Source]]] = {}
        self._stocks_of: dict[str, list[int]] = {}
        self._selling: dict[str, int | None] = {}
        self._told: dict[str, dict[str, tuple[int, int]]] = {}
        """On hand and for sale as the history knows them, by folded source code and SKU."""
        self.sources.put(
            Source(source_code=DEFAULT, name="Default Source", enabled=True, country_id="US",
                   postcode="00000")
        )  # fmt: skip
        self.stocks.put(_stock(DEFAULT_STOCK, "Default Stock", ["base"]))
        self.links.put(Link(stock_id=DEFAULT_STOCK, source_code=DEFAULT, priority=1))

    # --- sources and stocks --------------------------------------------------------------

    def source(self, code: str) -> Source | None:
        """A source by its code, in any case."""
        return self.sources.rows.get(fold(code))

    def ranked(self, stock_id: int) -> tuple[Source, ...]:
        """The sources of a stock by priority, disabled ones too."""
        found = self._ranked.get(stock_id)
        if found is None:
            links = sorted(
                self.links.having("stock_id", stock_id).values(), key=lambda link: link.priority
            )
            sources = [self.source(link.source_code) for link in links]
            found = self._ranked[stock_id] = tuple([one for one in sources if one is not None])
        return found

    def enabled_items(self, stock_id: int, sku: str) -> list[SourceItem]:
        """The source items of a SKU in the enabled sources of a stock."""
        enabled = self._enabled.get(stock_id)
        if enabled is None:
            enabled = self._enabled[stock_id] = {
                fold(one.source_code): one for one in self.ranked(stock_id) if one.enabled
            }
        return [item for (_, code), item in self._of_sku(sku).items() if code in enabled]

    def _of_sku(self, sku: str) -> dict[Cell, SourceItem]:
        return cast(dict[Cell, SourceItem], self.items.having("sku", sku))

    def stocks_of(self, source_code: str) -> list[int]:
        """The stocks that a source is linked to."""
        found = self._stocks_of.get(source_code)
        if found is None:
            links = self.links.having("source_code", source_code).values()
            found = self._stocks_of[source_code] = sorted(link.stock_id for link in links)
        return found

    def selling(self, source_code: str) -> int | None:
        """The stock through which a source's units are sold: the first with a website."""
        if source_code not in self._selling:
            self._selling[source_code] = self._first_selling(source_code)
        return self._selling[source_code]

    def _first_selling(self, source_code: str) -> int | None:
        linked = self.stocks_of(source_code)
        for stock_id in linked:
            if self.stocks.rows[stock_id].extension_attributes.sales_channels:
                return stock_id
        return linked[0] if linked else None

    def of_website(self, code: str) -> Stock | None:
        """The stock that a website sells from."""
        for stock in self.stocks.rows.values():
            for channel in stock.extension_attributes.sales_channels:
                if channel.type == "website" and fold(channel.code) == fold(code):
                    return stock
        return None

    def save_source(self, source: Source) -> None:
        """A source is new, or has changed."""
        self.sources.put(source)
        self._stocks_of.clear()
        self.rearranged(self.stocks_of(source.source_code), source.source_code)

    def save_stock(self, stock_id: int, name: str, websites: Iterable[str]) -> Stock:
        """A stock is new, or has changed; a website has one stock only."""
        wanted = list(websites)
        lower = [fold(code) for code in wanted]
        for other in list(self.stocks.rows.values()):
            kept = [
                channel.code for channel in other.extension_attributes.sales_channels
                if fold(channel.code) not in lower
            ]  # fmt: skip
            if other.stock_id != stock_id:
                self.stocks.put(_stock(other.stock_id, other.name, kept))
        stock = _stock(stock_id, name, wanted)
        self.stocks.put(stock)
        self._selling.clear()
        return stock

    def link(self, stock_id: int, source_code: str, priority: int) -> None:
        """A source belongs to a stock."""
        self.links.put(Link(stock_id=stock_id, source_code=source_code, priority=priority))
        self.rearranged([stock_id], source_code)

    def unlink(self, stock_id: int, source_code: str) -> None:
        """A source belongs to a stock no longer."""
        self.links.remove((stock_id, fold(source_code)))
        self.rearranged([stock_id], source_code)

    def rearranged(self, stock_ids: Iterable[int], source_code: str) -> None:
        """A source of stocks was added, removed, enabled or disabled."""
        self._stocks_of.clear()
        self._selling.clear()
        for stock_id in stock_ids:
            self._ranked.pop(stock_id, None)
            self._enabled.pop(stock_id, None)
            self._ranks.pop(stock_id, None)
            self.shop.index.rebuild(stock_id)
        sold_by = self.selling(source_code)
        for item in list(self.items.having("source_code", source_code).values()):
            self.tell(item.sku, sold_by, "adjust", "", code=item.source_code)

    # --- source items ---------------------------------------------------------------------

    def item(self, sku: str, source_code: str) -> SourceItem | None:
        """The units of a SKU at a source."""
        return self.items.rows.get((fold(sku), fold(source_code)))

    def put(
        self, sku: str, source_code: str, amount: Decimal, status: int, *, cause: str, ref: str = ""
    ) -> None:
        """Set the units of a SKU at a source; tells the history, the index, and who hears of
        the default source."""
        source = self.source(source_code)
        known = self.item(sku, source_code)
        code = source.source_code if source is not None else source_code
        name = known.sku if known is not None else sku
        self.items.put(
            SourceItem(sku=name, source_code=code, quantity=quantity(amount), status=status)
        )
        self._changed(name, code, cause, ref)

    def take(self, sku: str, source_code: str, amount: Decimal, *, cause: str, ref: str) -> None:
        """Lower (or with a negative amount raise) a source item that is there."""
        known = self.item(sku, source_code)
        assert known is not None
        self.put(sku, source_code, known.quantity - amount, known.status, cause=cause, ref=ref)

    def drop(self, sku: str, source_code: str) -> None:
        """A source item is gone."""
        known = self.item(sku, source_code)
        if known is None:
            return
        self.items.remove((fold(sku), fold(source_code)))
        self._changed(known.sku, known.source_code, "write", "")

    def _changed(self, sku: str, source_code: str, cause: str, ref: str) -> None:
        self.shop.index.item_changed(sku, self.stocks_of(source_code))
        stock_id = self.selling(source_code)
        self.tell(sku, stock_id, cause, ref, written=fold(source_code), code=source_code)
        if fold(source_code) == DEFAULT:
            self.shop.events.stock_item(sku)

    # --- what the history is told ---------------------------------------------------------

    def live(self, stock_id: int, sku: str) -> Decimal:
        """Units in the enabled sources of a stock that are flagged in stock."""
        return in_stock(self.enabled_items(stock_id, sku))

    def _placed(self, stock_id: int, sku: str) -> list[tuple[int, Source, SourceItem]]:
        """The source items of a SKU in the sources of a stock, by priority."""
        ranks = self._ranks.get(stock_id)
        if ranks is None:
            ranks = self._ranks[stock_id] = {
                fold(one.source_code): (rank, one) for rank, one in enumerate(self.ranked(stock_id))
            }
        items = self._of_sku(sku).items()
        found = [(*ranks[code], item) for (_, code), item in items if code in ranks]
        if len(found) > 1:
            found.sort(key=_rank)
        return found

    def shares(self, stock_id: int, sku: str) -> dict[str, Decimal]:
        """What may be sold of a SKU, by source: reservations draw on the first sources first."""
        here: dict[str, Decimal] = {}
        first = ""
        for _, source, item in self._placed(stock_id, sku):
            counts = source.enabled and item.status == IN_STOCK
            here[source.source_code] = item.quantity if counts else ZERO
            first = first or (source.source_code if counts else "")
        kept = (
            self.shop.reservations.total(stock_id, sku) - self.shop.catalogue.rules(sku).threshold
        )
        for code in here if kept < 0 else ():
            drawn = min(max(here[code], ZERO), -kept)
            here[code] -= drawn
            kept += drawn
        if kept and here:
            here[first or next(iter(here))] += kept
        return here

    def tell(
        self, sku: str, stock_id: int | None, cause: str, ref: str, *,
        written: str = "", code: str = "",
    ) -> None:  # fmt: skip
        """Tell the history of each cell of a stock whose figures are others than were told."""
        world, mark = self.shop.world, fold(sku)
        shares = self.shares(stock_id, sku) if stock_id is not None else {}
        if code and code not in shares:
            shares = {**shares, code: ZERO}
        for place, share in shares.items():
            spot = fold(place)
            item = self.items.rows.get((mark, spot))
            figures = (units(item.quantity) if item is not None else 0, units(share))
            told = self._told.setdefault(spot, {})
            if figures == told.get(mark) and spot != written:
                continue
            told[mark] = figures
            world.emit(
                Level(world.env._now, world.by, world.n, SYSTEM, item.sku if item else sku, place,
                      *figures, cause, ref)
            )  # fmt: skip


def in_stock(items: Iterable[SourceItem]) -> Decimal:
    """The units of those source items that are flagged in stock."""
    total = ZERO
    for item in items:
        if item.status == IN_STOCK:
            total += item.quantity
    return total


def _rank(placed: tuple[int, Source, SourceItem]) -> int:
    return placed[0]


def _stock(stock_id: int, name: str, websites: Iterable[str]) -> Stock:
    channels = [ShownChannel(type="website", code=code) for code in websites]
    return Stock(
        stock_id=stock_id, name=name, extension_attributes=ShownChannels(sales_channels=channels)
    )


def replaced(source: Source, **changes: object) -> Source:
    """A source with some things changed."""
    return msgspec.structs.replace(source, **changes)

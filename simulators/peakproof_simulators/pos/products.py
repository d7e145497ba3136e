"""What can be sold: products, their variants by SKU, and the tax rates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec

from peakproof_simulators.kit.timeline import Timeline
from peakproof_simulators.pos.trail import Trail


class Variant(msgspec.Struct, frozen=True):
    """One SKU. ``price_minor`` is gross (None: the cashier types it); prices may differ by place.

    ``tracked`` says whether selling it moves stock.
    """

    id: str
    no: int
    mark: int
    version: int
    updated_ms: int
    product: str
    sku: str
    name: str
    price_minor: int | None = None
    price_at: dict[str, int] = {}
    untracked_at: tuple[str, ...] = ()
    upc: str = ""
    ordinal: int = 0
    tracked: bool = True
    deleted: bool = False


class Product(msgspec.Struct, frozen=True):
    """What customers call an item; it is sold as its variants."""

    id: str
    no: int
    mark: int
    version: int
    updated_ms: int
    name: str
    description: str = ""
    abbreviation: str = ""
    variants: tuple[str, ...] = ()
    taxes: tuple[str, ...] = ()
    deleted: bool = False


class TaxRate(msgspec.Struct, frozen=True):
    """A tax that the shop charges."""

    id: str
    no: int
    mark: int
    version: int
    updated_ms: int
    name: str
    percent: str
    included: bool = True
    enabled: bool = True
    deleted: bool = False


Entry = Product | Variant | TaxRate
E = TypeVar("E", bound=Entry)


class Range:
    """The catalogue. Entries are replaced; SKUs are found without regard to case."""

    def __init__(self, *, now: Callable[[], float], remember_s: float = 60.0) -> None:
        self._by_id: dict[str, Entry] = {}
        self._by_sku: dict[str, dict[str, Variant]] = {}
        self._made = 0
        self._marks = 0
        self.changed_ms = 0
        self.past: Timeline[Entry] = Timeline(now, span_s=remember_s)
        self.by_age: Trail[str] = Trail()
        self.by_change: Trail[str] = Trail(lambda id_, mark: self._by_id[id_].mark == mark)

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._by_id.values())

    def get(self, id_: str) -> Entry | None:
        """An entry by its id, deleted ones too."""
        return self._by_id.get(id_)

    def variant(self, id_: str) -> Variant | None:
        """A variant that is not deleted."""
        found = self._by_id.get(id_)
        return found if isinstance(found, Variant) and not found.deleted else None

    def rate(self, id_: str) -> TaxRate | None:
        """A tax rate that is not deleted."""
        found = self._by_id.get(id_)
        return found if isinstance(found, TaxRate) and not found.deleted else None

    def with_sku(self, sku: str) -> list[Variant]:
        """The variants with a SKU, oldest first; a shop may have given one SKU twice."""
        return list(self._by_sku.get(sku.casefold(), {}).values())

    def sold_as(self, sku: str) -> Variant | None:
        """The variant that a till finds when this SKU is scanned: the oldest."""
        found = self._by_sku.get(sku.casefold())
        return next(iter(found.values())) if found else None

    def tax_rates(self) -> list[TaxRate]:
        """The rates in force."""
        return [
            each
            for each in self._by_id.values()
            if isinstance(each, TaxRate) and each.enabled and not each.deleted
        ]

    def put(self, entry: E, *, version: int, at_ms: int) -> E:
        """Write an entry, new or changed; version, numbers and time are filled in."""
        was = self._by_id.get(entry.id)
        self._marks += 1
        if was is None:
            self._made += 1
        now = msgspec.structs.replace(
            entry,
            no=self._made if was is None else was.no,
            mark=self._marks,
            version=version,
            updated_ms=at_ms,
        )
        if isinstance(was, Variant):
            self._forget(was)
        if isinstance(now, Variant) and not now.deleted:
            self._by_sku.setdefault(now.sku.casefold(), {})[now.id] = now
        self._by_id[entry.id] = now
        self.changed_ms = at_ms
        self.past.changed(entry.id, was)
        if was is None:
            self.by_age.add(now.no, at_ms, entry.id)
        self.by_change.add(now.mark, at_ms, entry.id, new=was is None)
        return now

    def _forget(self, was: Variant) -> None:
        found = self._by_sku.get(was.sku.casefold())
        if found is not None:
            found.pop(was.id, None)
            if not found:
                del self._by_sku[was.sku.casefold()]

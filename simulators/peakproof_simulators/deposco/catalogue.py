"""The item master and the facilities: what can be ordered, and where it can lie."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import UNSET

from peakproof.history.records import Item as ItemKnown
from peakproof_simulators.deposco.errors import Declined
from peakproof_simulators.deposco.payloads.common import Pack, Upcs, many, text
from peakproof_simulators.deposco.payloads.goods import Item, Packs

if TYPE_CHECKING:
    from peakproof.world import World

EACH: Final = "Each"
_ITEM_IDS_FROM: Final = 1_000_001
_PACK_IDS_FROM: Final = 2_000_001
_FACILITY_IDS_FROM: Final = 101
_LOCATION_IDS_FROM: Final = 501
_KIT_FLAGS: Final = ("kit_order_only", "kit_stock_only", "assemble_to_order_flag")
_MAX_NUMBER: Final = 40


class Entry(msgspec.Struct, gc=False):
    """An item as the store keeps it: ``packs`` by (type, units), with the pack's id."""

    id: int
    number: str
    sent: Item
    packs: dict[tuple[str, int], int]
    created: float
    updated: float


class Facility(msgspec.Struct, gc=False):
    """A warehouse or a store; ``locations`` by name, with the location's id."""

    id: int
    number: str
    name: str
    kind: str
    locations: dict[str, int]
    created: float


class Catalogue:
    """Items by number and bar code, facilities by number; ids go up from a fixed start."""

    def __init__(self, world: World, *, locations: tuple[str, ...]) -> None:
        self._world = world
        self._location_names = locations
        self._pack_ids = _PACK_IDS_FROM
        self._location_ids = _LOCATION_IDS_FROM
        self.items: dict[str, Entry] = {}
        self._touched: dict[str, None] = {}
        self.upcs: dict[str, str] = {}
        self.facilities: dict[str, Facility] = {}
        self.by_id: dict[int, str] = {}
        self.bundles: dict[str, tuple[tuple[str, int], ...]] = {}
        """Items that are put together when they are ordered: their components and units."""
        self.facility_ids: dict[int, str] = {}

    # --- facilities -------------------------------------------------------------------

    def add_facility(self, number: str, name: str, kind: str) -> Facility:
        """A facility goes live; one that is there already is left as it is."""
        found = self.facilities.get(number)
        if found is not None:
            return found
        made = Facility(
            _FACILITY_IDS_FROM + len(self.facilities), number, name, kind, {}, self._world.t
        )
        for location in self._location_names:
            made.locations[location] = self._location_ids
            self._location_ids += 1
        self.facilities[number] = made
        self.facility_ids[made.id] = number
        return made

    def facility(self, number: str) -> Facility:
        """A facility by its number.

        Raises:
            Declined: there is none of that number.
        """
        found = self.facilities.get(number)
        if found is None:
            raise Declined(400, "unknown_facility", f"Facility [{number}] does not exist")
        return found

    def add_location(self, facility: str, name: str) -> tuple[int, bool]:
        """A location of a facility: its id, and whether it is new."""
        known = self.facilities[facility].locations
        if name in known:
            return known[name], False
        known[name] = self._location_ids
        self._location_ids += 1
        return known[name], True

    def first_location(self, facility: str) -> str:
        """Where stock lies that has no other place."""
        return next(iter(self.facilities[facility].locations))

    # --- items ------------------------------------------------------------------------

    def newest_first(self, *, created: float | None, updated: float | None) -> Iterator[Entry]:
        """Items by falling id; those that were created, and changed, since a moment."""
        entries: Iterator[Entry] = reversed(self.items.values())
        if updated is not None:
            latest = (self.items[number] for number in reversed(self._touched))
            changed = takewhile(lambda entry: entry.updated >= updated, latest)
            entries = iter(sorted(changed, key=attrgetter("id"), reverse=True))
        if created is not None:
            entries = takewhile(lambda entry: entry.created >= created, entries)
        return entries

    def find(self, number: str) -> Entry:
        """An item by its number.

        Raises:
            Declined: it is not in the item master.
        """
        found = self.items.get(number)
        if found is None:
            text_ = f"Item with business key number = [{number}] does not exist"
            raise Declined(404, "unknown_item", text_)
        return found

    def write(self, sent: Item, *, must_exist: bool = False) -> bool:
        """Create or update an item; True when it was created.

        Fields that are not sent stay as they are; packs and bar codes that are sent replace.

        Raises:
            Declined: a bar code belongs to another item, a value does not fit, a kit.
        """
        known = self.items.get(sent.number)
        if known is None and must_exist:
            raise Declined(404, "unknown_item", f"Item [{sent.number}] does not exist")
        if not sent.number or len(sent.number) > _MAX_NUMBER:
            text_ = f"item.number size must be between 1 and {_MAX_NUMBER}"
            raise Declined(400, "too_long", text_)
        if sent.components not in (UNSET, None, "") or any(
            getattr(sent, flag) is True for flag in _KIT_FLAGS
        ):
            raise Declined(501, "not_modelled", f"Item [{sent.number}]: kits are not modelled")
        whole = sent if known is None else merged(known.sent, sent)
        packs = _packs(whole)
        codes = list(_codes(whole))
        for code in codes:
            owner = self.upcs.get(code)
            if owner is not None and owner != sent.number:
                raise Declined(409, "upc_taken", f"UPC {code} exists for item {owner}")
        self._store(known, whole, packs, codes)
        return known is None

    def _store(
        self, known: Entry | None, sent: Item, packs: list[tuple[str, int]], codes: list[str]
    ) -> None:
        now = self._world.t
        old = {} if known is None else known.packs
        kept: dict[tuple[str, int], int] = {}
        for pack in packs:
            if pack in old:
                kept[pack] = old[pack]
            else:
                kept[pack] = self._pack_ids
                self._pack_ids += 1
        if known is None:
            entry = Entry(_ITEM_IDS_FROM + len(self.items), sent.number, sent, kept, now, now)
            self.items[sent.number] = entry
            self.by_id[entry.id] = sent.number
            world = self._world
            world.emit(ItemKnown(now, world.by, world.n, "deposco", sent.number))
        else:
            for code in _codes(known.sent):
                self.upcs.pop(code, None)
            known.sent, known.packs, known.updated = sent, kept, now
        self._touched.pop(sent.number, None)
        self._touched[sent.number] = None
        for code in codes:
            self.upcs[code] = sent.number

    def write_packs(self, number: str, sent: Packs) -> None:
        """Replace the packs of an item, with the bar codes in them."""
        self.find(number)
        self.write(Item(number=number, packs=sent), must_exist=True)

    def write_upcs(self, number: str, sent: Upcs) -> None:
        """Replace the bar codes of an item (not those of its packs)."""
        self.find(number)
        self.write(Item(number=number, upcs=sent), must_exist=True)


def merged(old: Item, new: Item) -> Item:
    """An item after an update: what was sent replaces what was there."""
    sent = {
        field: value
        for field in Item.__struct_fields__
        if (value := getattr(new, field)) is not UNSET
    }
    return msgspec.structs.replace(old, **sent)


def _packs(sent: Item) -> list[tuple[str, int]]:
    packs = [(pack.type, pack.quantity) for pack in _pack_list(sent)]
    for kind, quantity in packs:
        if not kind or not 0 < quantity <= 1_000_000:
            text_ = f"Pack {kind} {quantity} of item [{sent.number}] is not valid"
            raise Declined(400, "invalid", text_)
    return list(dict.fromkeys([(EACH, 1), *packs]))


def _pack_list(sent: Item) -> list[Pack]:
    return many(sent.packs.pack) if isinstance(sent.packs, Packs) else []


def _codes(sent: Item) -> Iterator[str]:
    if isinstance(sent.upcs, Upcs):
        yield from many(sent.upcs.upc)
    for pack in _pack_list(sent):
        if isinstance(pack.upcs, Upcs):
            yield from many(pack.upcs.upc)


def shown(entry: Entry, business_unit: str) -> Item:
    """An item as a read gives it."""
    item = entry.sent
    if not text(item.business_unit):
        item = msgspec.structs.replace(item, business_unit=business_unit)
    if _pack_list(item):
        return item
    packs = [Pack(type=kind, quantity=quantity) for kind, quantity in entry.packs]
    return msgspec.structs.replace(item, packs=Packs(list(packs)))

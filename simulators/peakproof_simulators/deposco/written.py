"""Answers as JSON that was written before: sweeps ask for the same things again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from peakproof_simulators.deposco import shown
from peakproof_simulators.deposco.availability import shown_available
from peakproof_simulators.deposco.lifecycle import SALES
from peakproof_simulators.deposco.stock import cell_key, unallocated
from peakproof_simulators.deposco.xml import as_json

if TYPE_CHECKING:
    from peakproof_simulators.deposco.entities import Order, Shipment
    from peakproof_simulators.deposco.state import Deposco

KEPT: Final = 10_000
"""So many of each are kept: more than leave in one go on a peak day, about 10 MiB."""

_QUESTIONS: Final = 4
"""So many ways to ask for measures are kept apart: each change of a cell goes through them."""

_encode: Final = msgspec.json.Encoder().encode


class Sheet(msgspec.Struct, frozen=True, gc=False):
    """One thing as V1 shows it in JSON, and the keys that an answer which holds it notes."""

    keys: tuple[str, ...]
    json: msgspec.Raw


class Written:
    """Remembers the JSON of shipments and of items' stock for as long as they are what they were.

    The books say when they are something else: ``state`` connects them.
    """

    def __init__(self, store: Deposco) -> None:
        self._store = store
        self._look = store.orders.by_type[SALES].get
        self._shipments: dict[str, Sheet] = {}
        self._items: dict[str, Sheet] = {}
        self._measured: dict[tuple[str, ...], dict[str, Sheet]] = {}

    # --- what changed -----------------------------------------------------------------

    def shipment_touched(self, number: str) -> None:
        """A shipment is not what it was."""
        self._shipments.pop(number, None)

    def order_changed(self, _before: Order | None, after: Order) -> None:
        """An order is not what it was, and its shipments show it."""
        for number in after.shipments:
            self._shipments.pop(number, None)

    def item_touched(self, sku: str) -> None:
        """A cell of an item is not what it was."""
        self._items.pop(sku, None)
        for sheets in self._measured.values():
            sheets.pop(sku, None)

    # --- as it is now -----------------------------------------------------------------

    def shipment(self, shipment: Shipment) -> Sheet:
        """A shipment as it is now."""
        known = self._shipments.get(shipment.number)
        if known is not None:
            return known
        store = self._store
        document = shown.shipment_shown(shipment, self._look, store.world, store.settings)
        json = _encode(as_json(document, isms=store.settings.xml_isms_in_json))
        keys = tuple([f"work:{number}" for number in store.parcels.orders_of(shipment)])
        return _keep(self._shipments, shipment.number, Sheet(keys, msgspec.Raw(json)))

    def item(self, sku: str) -> Sheet:
        """What each facility has of an item now."""
        known = self._items.get(sku)
        if known is not None:
            return known
        store = self._store
        word = str if store.settings.xml_isms_in_json else int
        keys: list[str] = []
        # As ItemInventory would come out; without it, for each change of a cell leads here.
        rows: list[dict[str, object]] = []
        for facility, figures in store.stock.facilities(sku):
            keys.append(cell_key(sku, facility))
            rows.append(
                {
                    "facility": facility,
                    "inventory": {
                        "total": word(figures.total),
                        "availableToPromise": word(shown_available(store, figures)),
                        "unallocated": word(unallocated(figures)),
                        "allocated": word(figures.allocated),
                    },
                }
            )
        held = rows[0] if word is str and len(rows) == 1 else rows
        json = _encode({"itemNumber": sku, "facilityInventory": held})
        return _keep(self._items, sku, Sheet(tuple(keys), msgspec.Raw(json)))

    def measured(self, asked: tuple[str, ...]) -> dict[str, Sheet]:
        """Items as enterprise availability shows them to who asks just that: by item, to be added
        to."""
        sheets = self._measured.get(asked)
        if sheets is None:
            if len(self._measured) >= _QUESTIONS:
                self._measured.clear()
            sheets = self._measured[asked] = {}
        return sheets


def _keep(sheets: dict[str, Sheet], name: str, sheet: Sheet) -> Sheet:
    if len(sheets) >= KEPT:
        sheets.clear()
    sheets[name] = sheet
    return sheet

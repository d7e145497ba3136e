"""Answers as JSON that was written before: sweeps ask for the same things again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import msgspec

from peakproof_simulators.deposco import shown
from peakproof_simulators.deposco.xml import as_json

if TYPE_CHECKING:
    from peakproof.world import World
    from peakproof_simulators.deposco.entities import Order, Shipment
    from peakproof_simulators.deposco.settings import Settings
    from peakproof_simulators.deposco.stock import Figures

    Cells = tuple[tuple[str, Figures], ...]

KEPT: Final = 10_000
"""So many of the latest are kept: more than leave in one go on a peak day, about 10 MiB."""

_encode: Final = msgspec.json.Encoder().encode


class Written:
    """Remembers the JSON of shipments and of items' stock for as long as they are what they were.

    Shipments and orders are frozen and replaced on every change, so that the same object means
    the same text; figures are compared.
    """

    def __init__(self, world: World, settings: Settings) -> None:
        self._world = world
        self._settings = settings
        self._kept: dict[str, tuple[Shipment, tuple[Order | None, ...], msgspec.Raw]] = {}
        self._items: dict[str, tuple[Cells, msgspec.Raw]] = {}

    def shipment(self, shipment: Shipment, look: Callable[[str], Order | None]) -> msgspec.Raw:
        """A shipment as V1 shows it in JSON; ``look`` finds its orders."""
        orders = tuple([look(number) for number in {line.order: 0 for line in shipment.lines}])
        known = self._kept.get(shipment.number)
        if known is not None and known[0] is shipment and _same(known[1], orders):
            return known[2]
        document = shown.shipment_shown(shipment, look, self._world, self._settings)
        made = self._json(document)
        self._kept.pop(shipment.number, None)
        if len(self._kept) >= KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[shipment.number] = shipment, orders, made
        return made

    def item(
        self, sku: str, cells: Cells, document: Callable[[str, Cells], msgspec.Struct]
    ) -> msgspec.Raw:
        """An item with what each facility has of it; ``document`` shows it when that is new."""
        known = self._items.get(sku)
        if known is not None and known[0] == cells:
            return known[1]
        made = self._json(document(sku, cells))
        self._items.pop(sku, None)
        if len(self._items) >= KEPT:
            del self._items[next(iter(self._items))]
        self._items[sku] = cells, made
        return made

    def _json(self, document: msgspec.Struct) -> msgspec.Raw:
        return msgspec.Raw(_encode(as_json(document, isms=self._settings.xml_isms_in_json)))


def _same(some: tuple[Order | None, ...], others: tuple[Order | None, ...]) -> bool:
    return len(some) == len(others) and all(map(_is, some, others))


def _is(one: object, other: object) -> bool:
    return one is other

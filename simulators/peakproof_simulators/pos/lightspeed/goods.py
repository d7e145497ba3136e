"""What a sale of the second face does to the shelves: once, and where the goods really leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from peakproof.history.records import Line
from peakproof.history.records import Sale as SaleFact
from peakproof_simulators.pos import counter
from peakproof_simulators.pos.state import SYSTEM
from peakproof_simulators.pos.stock import UNIT

if TYPE_CHECKING:
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed
    from peakproof_simulators.pos.sale import Sale, SaleLine
    from peakproof_simulators.pos.state import PointOfSale


def place_of(sale: Sale, line: SaleLine) -> str:
    """Where the goods of a line leave from."""
    told = line.metadata or {}
    return told.get("fulfilled_by") or sale.place


def leave(face: Lightspeed, sale: Sale) -> None:
    """Goods of a sale leave; what it brings back comes in."""
    pos = face.pos
    if sale.lines:
        if all(place_of(sale, line) == sale.place for line in sale.lines):
            counter.hand_over(pos, sale)
        else:
            _shift(pos, sale, "sale")
    if sale.returns:
        for each in sale.returns:
            for line in each.lines:
                if each.source:
                    key = (each.source, line.source_line)
                    pos.returned_e5[key] = pos.returned_e5.get(key, 0) + line.units_e5
        counter.take_in(pos, sale)


def come_back(face: Lightspeed, sale: Sale) -> None:
    """A sale is voided: its goods are on the shelves that they left from."""
    if all(place_of(sale, line) == sale.place for line in sale.lines):
        counter.take_all_back(face.pos, sale)
    else:
        _shift(face.pos, sale, "void")


def _shift(pos: PointOfSale, sale: Sale, what: Literal["sale", "void"]) -> None:
    """The same as at the counter, for lines that leave from several places."""
    world, out = pos.world, what == "sale"
    at_ms = sale.occurred_ms if out else pos.now_ms
    lines = tuple(
        Line(line.uid, line.sku, line.units_e5 // UNIT, line.unit_price_minor, place_of(sale, line))
        for line in sale.lines
    )
    world.emit(
        SaleFact(
            world.t, world.by, world.n, SYSTEM, sale.id, sale.place, what, lines, at_ms / 1000,
            "" if out else sale.id,
        )
    )  # fmt: skip
    for line in sale.lines:
        place = place_of(sale, line)
        if not counter.moves_stock(pos, line.variant, place):
            continue
        if out:
            pos.move(
                variant=line.variant, units_e5=line.units_e5, src=("on_hand", place),
                dst=("sold", place), cause="sale", occurred_ms=at_ms, by_till=False,
                reason="sale", sale=sale.id, reference=sale.reference,
                total_minor=line.total_minor,
            )  # fmt: skip
        else:
            pos.move(
                variant=line.variant, units_e5=line.units_e5, src=("sold", place),
                dst=("on_hand", place), cause="cancel", occurred_ms=at_ms, by_till=False,
                reason="cancelled_sale", sale=sale.id,
            )  # fmt: skip

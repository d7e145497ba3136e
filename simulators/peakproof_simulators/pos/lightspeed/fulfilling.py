"""Fulfilments of sales: they begin with the sale, and end with it when it is voided.

Stock leaves when the sale is closed, from the outlet that fulfils it; what is picked, packed and
handed over moves no stock any more.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from msgspec import UNSET
from msgspec.json import Decoder
from msgspec.structs import replace

from peakproof.wire.message import Response
from peakproof_simulators.pos.lightspeed.books import Fulfilment, FulfilmentLine, Happened
from peakproof_simulators.pos.lightspeed.errors import refusal
from peakproof_simulators.pos.lightspeed.numbers import quantity_e5
from peakproof_simulators.pos.lightspeed.payloads.fulfilments import (
    FulfilLine,
    FulfilLines,
    FulfilSale,
    FulfilSource,
    Moved,
    MovedAnswer,
    MovedListAnswer,
    PackLine,
    PackLines,
    PackSource,
    PickLine,
    PickLines,
)
from peakproof_simulators.pos.lightspeed.sales_view import line_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.lightspeed.books import FulfilmentType, HistoryType
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed
    from peakproof_simulators.pos.sale import Sale

_PICK: Final = Decoder(PickLines, float_hook=Decimal)
_PACK: Final = Decoder(PackLines, float_hook=Decimal)
_FULFIL: Final = Decoder(FulfilLines, float_hook=Decimal)
_SALE: Final = Decoder(FulfilSale)

Groups = dict[tuple[str, "FulfilmentType"], list[FulfilmentLine]]
"""Lines by the outlet that hands them over, and how."""
Shift = tuple[int, int, int]
"""What a step adds to picked, packed and fulfilled."""


def begin(face: Lightspeed, sale: Sale) -> None:
    """Open the fulfilments of a sale: one for each outlet and way of handing over."""
    if sale.id not in face.fulfilments_of:
        _open(face, sale, _groups(sale))


def follow(face: Lightspeed, sale: Sale) -> None:
    """The lines of a sale are others now, and so is what is to be handed over.

    Raises:
        VendorError: some of what goes was picked already; nothing has changed then.
    """
    groups, changed, now_ms = _groups(sale), [], face.pos.now_ms
    for id_ in face.fulfilments_of.get(sale.id, ()):
        one = face.fulfilments[id_]
        wanted = {line.line: line for line in groups.pop((one.place, one.type), ())}
        had = {line.line: line for line in one.lines}
        told: list[Happened] = []
        for uid, line in had.items():
            left_e5 = wanted[uid].units_e5 if uid in wanted else 0
            if left_e5 < line.units_e5 - line.not_started_e5:
                raise face.no(422, "Units of a line that goes were picked already", about=sale.id)
            if left_e5 != line.units_e5:
                what: HistoryType = "QUANTITY_UPDATED" if uid in wanted else "REMOVED"
                delta_e5 = left_e5 - line.units_e5
                told.append(Happened(now_ms, what, uid, line.variant, delta_e5))
        told += _created(now_ms, [line for uid, line in wanted.items() if uid not in had])
        lines = [
            replace(had[uid], units_e5=line.units_e5) if uid in had else line
            for uid, line in wanted.items()
        ]
        if told:
            changed.append(
                replace(
                    one, version=one.version + 1, updated_ms=now_ms, lines=tuple(lines),
                    history=(*one.history, *told), voided=not lines,
                )
            )  # fmt: skip
    for one in changed:
        face.fulfilments[one.id] = one
    _open(face, sale, groups)


def _groups(sale: Sale) -> Groups:
    """The lines of a sale that are not handed over at the counter."""
    groups: Groups = {}
    for line in sale.lines:
        told = line.metadata or {}
        if "method" in told:
            way: FulfilmentType = "PICKUP" if told["method"] == "PICKUP" else "DISPATCH"
            key = (told["fulfilled_by"] or sale.place, way)
            groups.setdefault(key, []).append(FulfilmentLine(line.uid, line.variant, line.units_e5))
    return groups


def _open(face: Lightspeed, sale: Sale, groups: Groups) -> None:
    now_ms = face.pos.now_ms
    for (place, way), lines in groups.items():
        id_ = str(10**18 + face.ids.draw() % (8 * 10**18))
        face.fulfilments[id_] = Fulfilment(
            id_, 1, sale.id, place, way, now_ms, now_ms, tuple(lines), _created(now_ms, lines)
        )
        face.fulfilments_of.setdefault(sale.id, []).append(id_)


def _created(now_ms: int, lines: Sequence[FulfilmentLine]) -> tuple[Happened, ...]:
    return tuple(
        Happened(now_ms, "CREATED", line.line, line.variant, line.units_e5) for line in lines
    )


def end(face: Lightspeed, sale: Sale) -> None:
    """A sale was voided: what is open of it is not handed over any more."""
    now_ms = face.pos.now_ms
    for id_ in face.fulfilments_of.get(sale.id, ()):
        one = face.fulfilments[id_]
        history = tuple(
            Happened(now_ms, "VOIDED", line.line, line.variant, -line.units_e5)
            for line in one.lines
        )
        face.fulfilments[id_] = replace(
            one, version=one.version + 1, updated_ms=now_ms, voided=True,
            history=(*one.history, *history),
        )  # fmt: skip


def pick(face: Lightspeed, call: Call) -> Response:
    """Note units as picked."""
    asked = face.read(call, _PICK)
    return _step(face, call, asked.version, asked.line_items, "PICKED")


def pack(face: Lightspeed, call: Call) -> Response:
    """Note units as packed; below zero they are unpacked."""
    asked = face.read(call, _PACK)
    return _step(face, call, asked.version, asked.line_items, "PACKED")


def fulfil(face: Lightspeed, call: Call) -> Response:
    """Note units as handed over."""
    asked = face.read(call, _FULFIL)
    return _step(face, call, asked.version, asked.line_items, "FULFILLED")


def fulfil_sale(face: Lightspeed, call: Call) -> Response:
    """Hand over all that is left of a sale, whatever the versions; doing it again does nothing."""
    asked = face.read(call, _SALE)
    sale = face.names.meant("sale", asked.sale_id)
    if face.sales.get(sale) is None:
        raise refusal(404, f"There is no sale {asked.sale_id}")
    face.name_sale(call, sale)
    moved = []
    for id_ in face.fulfilments_of.get(sale, ()):
        one = face.fulfilments[id_]
        if one.voided:
            raise face.no(409, "The sale was voided", about=sale)
        shifts = {
            line.line: (-line.picked_e5, -line.packed_e5, line.units_e5 - line.fulfilled_e5)
            for line in one.lines
            if line.fulfilled_e5 < line.units_e5
        }
        if shifts:
            one = _shifted(face, one, shifts, "FULFILLED")
        moved.append(Moved(id=id_, version=one.version))
    return face.reply(MovedListAnswer(data=moved))


def known(face: Lightspeed, call: Call) -> Fulfilment:
    """The fulfilment that a path names.

    Raises:
        VendorError: there is none.
    """
    id_ = call.params["fulfillment_id"]
    found = face.fulfilments.get(id_)
    if found is None:
        raise refusal(404, f"There is no fulfillment {id_}")
    face.name_sale(call, found.sale)
    return found


def _step(
    face: Lightspeed,
    call: Call,
    version: int,
    asked: Sequence[PickLine | PackLine | FulfilLine],
    what: HistoryType,
) -> Response:
    one = known(face, call)
    if one.voided or version != one.version:
        why = "was voided" if one.voided else f"is at version {one.version}"
        raise face.no(409, f"The fulfillment {why}", about=one.sale)
    lines = {line_id(face, one.sale, line.line): line for line in one.lines}
    shifts: dict[str, Shift] = {}
    for at, given in enumerate(asked):
        field = f"line_items[{at}]"
        line = lines.pop(given.sale_line_item_id, None)
        if line is None:
            raise face.no(400, f"{field}: no line {given.sale_line_item_id}", about=one.sale)
        units_e5 = quantity_e5(given.quantity, f"{field}.quantity")
        parts = None if isinstance(given, PickLine) else given.source_breakdown
        shift = _shift(line, units_e5, None if parts is UNSET else parts, what, field)
        if shift is None:
            raise face.no(400, f"{field}.quantity: not so many units are left", about=one.sale)
        shifts[line.line] = shift
    now = _shifted(face, one, shifts, what)
    return face.reply(MovedAnswer(data=Moved(id=now.id, version=now.version)))


def _shift(
    line: FulfilmentLine,
    units_e5: int,
    parts: PackSource | FulfilSource | None,
    what: HistoryType,
    field: str,
) -> Shift | None:
    """What a step does to a line; None when there are not so many units."""
    if units_e5 == 0:
        raise refusal(400, f"{field}.quantity is zero")
    if what == "PICKED":
        return (units_e5, 0, 0) if 0 < units_e5 <= line.not_started_e5 else None
    if units_e5 < 0:
        if what == "FULFILLED" or parts is not None:
            raise refusal(400, f"{field}.quantity is below zero")
        return (-units_e5, units_e5, 0) if -units_e5 <= line.packed_e5 else None
    if parts is None:
        packed = min(units_e5, line.packed_e5) if what == "FULFILLED" else 0
        picked = min(units_e5 - packed, line.picked_e5)
        fresh = units_e5 - packed - picked
    else:
        picked, fresh = (
            quantity_e5(value, f"{field}.source_breakdown")
            for value in (parts.quantity_from_picked, parts.quantity_from_not_started)
        )
        packed = 0
        if isinstance(parts, FulfilSource):
            packed = quantity_e5(parts.quantity_from_packed, f"{field}.source_breakdown")
        if picked + packed + fresh != units_e5 or min(picked, packed, fresh) < 0:
            raise refusal(400, f"{field}.source_breakdown does not sum to the quantity")
    if picked > line.picked_e5 or packed > line.packed_e5 or fresh > line.not_started_e5:
        return None
    if what == "PACKED":
        return (-picked, units_e5, 0)
    return (-picked, -packed, units_e5)


def _shifted(
    face: Lightspeed, one: Fulfilment, shifts: dict[str, Shift], what: HistoryType
) -> Fulfilment:
    now_ms = face.pos.now_ms
    lines, history = [], list(one.history)
    for line in one.lines:
        shift = shifts.get(line.line)
        if shift is None:
            lines.append(line)
            continue
        picked, packed, fulfilled = shift
        history.append(
            Happened(
                now_ms, what, line.line, line.variant, picked_e5=picked, packed_e5=packed,
                fulfilled_e5=fulfilled,
            )
        )  # fmt: skip
        lines.append(
            replace(
                line, picked_e5=line.picked_e5 + picked, packed_e5=line.packed_e5 + packed,
                fulfilled_e5=line.fulfilled_e5 + fulfilled,
            )
        )  # fmt: skip
    now = face.fulfilments[one.id] = replace(
        one, version=one.version + 1, updated_ms=now_ms, lines=tuple(lines),
        history=tuple(history),
    )  # fmt: skip
    return now

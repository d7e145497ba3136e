"""Writing stock: counts and adjustments with the client's own times, in any order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from msgspec.json import Decoder

from peakproof.wire.message import Response
from peakproof_simulators.kit.service import VendorError
from peakproof_simulators.pos.square import words
from peakproof_simulators.pos.square.errors import refusal
from peakproof_simulators.pos.square.payloads.inventory import (
    AdjustmentAnswer,
    BatchChangeAnswer,
    BatchChangeRequest,
    InventoryAdjustment,
    InventoryChange,
    InventoryPhysicalCount,
    InventoryState,
    ReasonId,
    UpdateAdjustmentRequest,
)
from peakproof_simulators.pos.square.reasons import direction_of
from peakproof_simulators.pos.square.stock_view import adjustment, change_view, count_view

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.square.surface import Square
    from peakproof_simulators.pos.stock import Cell, StockEvent

SCOPE: Final = "inventory.changes.batch_create"

_CHANGE: Final = Decoder(BatchChangeRequest)
_UPDATE: Final = Decoder(UpdateAdjustmentRequest)

Act = Callable[[], "StockEvent | None"]
"""A change that has been checked: doing it gives its event, None when it was ignored."""


def batch_create(square: Square, call: Call) -> Response:
    """Apply up to a hundred counts and adjustments: all of them or none."""
    body = square.read(call, _CHANGE)
    if not body.changes:
        raise refusal("MISSING_REQUIRED_PARAMETER", "A required field is missing.", "changes")
    changes, ignore = body.changes, body.ignore_unchanged_counts is not False

    def act() -> Response:
        checked = [
            _check(square, change, f"changes[{at}]", ignore_unchanged=ignore)
            for at, change in enumerate(changes)
        ]
        return _apply(square, call, changes, checked)

    return square.once(call, body.idempotency_key, body, act, scope=SCOPE)


def update_adjustment(square: Square, call: Call) -> Response:
    """Correct the quantity or the reason of an adjustment that a client made."""
    body = square.read(call, _UPDATE)
    return square.once(
        call, body.idempotency_key, body, lambda: _update(square, call, body.adjustment)
    )


def _apply(
    square: Square, call: Call, changes: list[InventoryChange], checked: list[Act]
) -> Response:
    made = [event for event in (act() for act in checked) if event is not None]
    cells: dict[str, Cell] = {}
    for change in changes:
        wanted = change.physical_count or change.adjustment
        assert wanted is not None
        for cell in square.pos.stock.cells(wanted.catalog_object_id or ""):
            if cell.place == _place_of(wanted):
                cells[cell.key] = cell
                square.name_cell(call, cell.variant, cell.place)
    return square.reply(
        BatchChangeAnswer(
            counts=[count_view(square, cell) for cell in cells.values()] or None,
            changes=[change_view(square, event) for event in made] or None,
        )
    )


def _place_of(wanted: InventoryPhysicalCount | InventoryAdjustment) -> str:
    if isinstance(wanted, InventoryPhysicalCount):
        return wanted.location_id or ""
    return wanted.location_id or wanted.to_location_id or wanted.from_location_id or ""


def _check(square: Square, change: InventoryChange, field: str, *, ignore_unchanged: bool) -> Act:
    """Check one change; what comes back does it."""
    if change.type == "PHYSICAL_COUNT":
        if change.physical_count is None or change.adjustment is not None:
            raise refusal("INVALID_VALUE", "type and content differ.", f"{field}.physical_count")
        return _count(
            square, change.physical_count, f"{field}.physical_count",
            ignore_unchanged=ignore_unchanged,
        )  # fmt: skip
    if change.adjustment is None or change.physical_count is not None:
        raise refusal("INVALID_VALUE", "type and content differ.", f"{field}.adjustment")
    return _adjust(square, change.adjustment, f"{field}.adjustment")


def _count(
    square: Square, count: InventoryPhysicalCount, field: str, *, ignore_unchanged: bool
) -> Act:
    variant = _variant(square, count.catalog_object_id, field)
    place = square.location(count.location_id, f"{field}.location_id")
    state = count.state or "IN_STOCK"
    if state not in words.COUNTABLE:
        raise _no(square, variant, "INVALID_VALUE", f"{state} cannot be counted.", f"{field}.state")
    units_e5 = _quantity(count.quantity, field)
    at_ms = _occurred(square, variant, count.occurred_at, field)
    held = words.STOCK_BACK[state]

    def act() -> StockEvent | None:
        cell = square.pos.stock.cell(variant, place, held)
        if ignore_unchanged and cell is not None and _unchanged(square, cell, units_e5, at_ms):
            return None
        return square.pos.count(
            variant=variant, place=place, units_e5=units_e5, occurred_ms=at_ms, cause="write",
            state=held, by_till=False, reference=count.reference_id or "",
            person=count.team_member_id or count.employee_id or "",
        )  # fmt: skip

    return act


def _unchanged(square: Square, cell: Cell, units_e5: int, at_ms: int) -> bool:
    if square.settings.unchanged_count == "last_count":
        return cell.counted is not None and cell.base_e5 == units_e5
    return cell.counted is not None and cell.held_at(at_ms) == units_e5


def _adjust(square: Square, wanted: InventoryAdjustment, field: str) -> Act:
    variant = _variant(square, wanted.catalog_object_id, field)
    place = _location(square, wanted, field)
    src, dst = wanted.from_state, wanted.to_state
    if src is None or dst is None:
        missing = "from_state" if src is None else "to_state"
        raise refusal(
            "MISSING_REQUIRED_PARAMETER", "A required field is missing.", f"{field}.{missing}"
        )
    if not _allowed(square, src, dst):
        raise _no(
            square, variant, "INVALID_VALUE", f"Stock cannot move from {src} to {dst}.",
            f"{field}.to_state",
        )  # fmt: skip
    units_e5 = _quantity(wanted.quantity, field)
    if units_e5 == 0:
        raise _no(square, variant, "INVALID_VALUE", "Nothing would move.", f"{field}.quantity")
    at_ms = _occurred(square, variant, wanted.occurred_at, field)
    word, custom = _reason(square, wanted.reason_id, src, dst, field)
    total = wanted.total_price_money
    total_minor = None if total is None else square.own(total, f"{field}.total_price_money")

    def act() -> StockEvent | None:
        return square.pos.move(
            variant=variant, units_e5=units_e5, src=(words.STOCK_BACK[src], place),
            dst=(words.STOCK_BACK[dst], place), cause="write", occurred_ms=at_ms, by_till=False,
            reference=wanted.reference_id or "", reason=word, reason_ref=custom,
            person=wanted.team_member_id or wanted.employee_id or "", total_minor=total_minor,
        )  # fmt: skip

    return act


def _allowed(square: Square, src: InventoryState, dst: InventoryState) -> bool:
    if square.settings.transitions == "lenient":
        return src != dst and src in words.WRITABLE and dst in words.WRITABLE
    return dst in words.TRANSITIONS.get(src, frozenset())


def _location(square: Square, wanted: InventoryAdjustment, field: str) -> str:
    """The one location of an adjustment, in either spelling."""
    named = [
        place
        for place in (wanted.location_id, wanted.from_location_id, wanted.to_location_id)
        if place is not None
    ]
    if any(place != named[0] for place in named):
        raise refusal(
            "CONFLICTING_PARAMETERS", "Stock goes to another location by a transfer order.",
            f"{field}.to_location_id",
        )  # fmt: skip
    return square.location(named[0] if named else None, f"{field}.location_id")


def _variant(square: Square, id_: str | None, field: str) -> str:
    name = f"{field}.catalog_object_id"
    if id_ is None:
        raise refusal("MISSING_REQUIRED_PARAMETER", "A required field is missing.", name)
    if square.pos.range.variant(id_) is None:
        raise square.no("NOT_FOUND", f"Catalog object {id_} not found.", name, about=id_)
    return id_


def _quantity(text: str | None, field: str) -> int:
    if text is None:
        raise refusal(
            "MISSING_REQUIRED_PARAMETER", "A required field is missing.", f"{field}.quantity"
        )
    return words.units_e5(text)


def _occurred(square: Square, variant: str, text: str | None, field: str) -> int:
    """The client's own time: not older than a day, not in the future."""
    name, settings, now_ms = f"{field}.occurred_at", square.settings, square.pos.now_ms
    if text is None:
        if settings.occurred_at_required:
            raise refusal("MISSING_REQUIRED_PARAMETER", "A required field is missing.", name)
        return now_ms
    at_ms = square.time(text, name)
    if at_ms < now_ms - settings.occurred_at_max_age_s * 1000:
        raise _no(square, variant, "INVALID_TIME", "The time is too long ago.", name)
    if at_ms > now_ms + settings.occurred_at_max_ahead_s * 1000:
        raise _no(square, variant, "INVALID_TIME", "The time is in the future.", name)
    return at_ms


def _reason(
    square: Square, given: ReasonId | None, src: InventoryState, dst: InventoryState, field: str
) -> tuple[str, str]:
    """A reason that goes with the way in which stock moves."""
    if given is None:
        return "", ""
    direction = direction_of(square, given, f"{field}.reason_id")
    if direction != ("INCREASE" if dst == "IN_STOCK" else "DECREASE"):
        raise refusal(
            "INVALID_VALUE", f"{given.type} is no reason to move from {src} to {dst}.",
            f"{field}.reason_id",
        )  # fmt: skip
    return given.type, given.custom_reason_id or ""


def _no(square: Square, variant: str, code: str, detail: str, field: str) -> VendorError:
    return square.no(code, detail, field, about=square.pos.sku(variant))


def _update(square: Square, call: Call, wanted: InventoryAdjustment) -> Response:
    event = square.pos.stock.by_id.get(wanted.id or "")
    if event is None or event.kind != "adjust":
        raise refusal("NOT_FOUND", "Inventory adjustment not found.", "adjustment.id")
    if event.cause != "write":
        raise _no(
            square, event.variant, "BAD_REQUEST", "This adjustment cannot be updated.",
            "adjustment.id",
        )  # fmt: skip
    units_e5 = _quantity(wanted.quantity, "adjustment")
    if wanted.reason_id is not None:
        square.pos.stock.restated[event.id] = _reason(
            square, wanted.reason_id, words.STOCK[event.src], words.STOCK[event.dst], "adjustment"
        )
    square.pos.correct(event, units_e5, "write")
    square.name_cell(call, event.variant, event.dst_place)
    return square.reply(AdjustmentAnswer(adjustment=adjustment(square, event)))

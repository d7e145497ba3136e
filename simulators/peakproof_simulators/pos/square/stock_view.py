"""Stock figures and stock events as Square writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakproof_simulators.pos.square import words
from peakproof_simulators.pos.square.payloads.inventory import (
    InventoryAdjustment,
    InventoryChange,
    InventoryCount,
    InventoryPhysicalCount,
    ReasonId,
    ReasonType,
    SourceApplication,
)

if TYPE_CHECKING:
    from peakproof_simulators.pos.square.surface import Square
    from peakproof_simulators.pos.stock import Cell, Figure, StockEvent


def count_view(square: Square, cell: Cell, figure: Figure | None = None) -> InventoryCount:
    """A stock cell, as it is or as ``figure`` says that it was."""
    units_e5, at_ms = (cell.units_e5, cell.at_ms) if figure is None else figure
    return InventoryCount(
        catalog_object_id=cell.variant,
        catalog_object_type="ITEM_VARIATION",
        state=words.STOCK[cell.state],
        location_id=cell.place,
        quantity=words.quantity(units_e5),
        calculated_at=square.iso(at_ms),
    )


def change_view(square: Square, event: StockEvent) -> InventoryChange:
    """A stock event: a physical count or an adjustment."""
    if event.kind == "count":
        return InventoryChange(type="PHYSICAL_COUNT", physical_count=physical(square, event))
    return InventoryChange(type="ADJUSTMENT", adjustment=adjustment(square, event))


def physical(square: Square, event: StockEvent) -> InventoryPhysicalCount:
    """A physical count."""
    return InventoryPhysicalCount(
        id=event.id,
        reference_id=event.reference or None,
        catalog_object_id=event.variant,
        catalog_object_type="ITEM_VARIATION",
        state=words.STOCK[event.dst],
        location_id=event.dst_place,
        quantity=words.quantity(event.units_e5),
        source=source(square, event),
        team_member_id=event.person or None,
        occurred_at=square.iso(event.occurred_ms),
        created_at=square.iso(event.received_ms),
    )


def adjustment(square: Square, event: StockEvent) -> InventoryAdjustment:
    """An adjustment; what was corrected since shows the corrected quantity and reason."""
    one_place = event.src_place == event.dst_place
    units_e5 = event.units_e5 + square.pos.stock.corrected.get(event.id, 0)
    return InventoryAdjustment(
        id=event.id,
        reference_id=event.reference or None,
        from_state=words.STOCK[event.src],
        to_state=words.STOCK[event.dst],
        location_id=event.src_place if one_place else None,
        from_location_id=event.src_place,
        to_location_id=event.dst_place,
        catalog_object_id=event.variant,
        catalog_object_type="ITEM_VARIATION",
        quantity=words.quantity(units_e5),
        total_price_money=square.money(event.total_minor)
        if event.total_minor is not None and event.dst == "sold"
        else None,
        occurred_at=square.iso(event.occurred_ms),
        created_at=square.iso(event.received_ms),
        source=source(square, event),
        team_member_id=event.person or None,
        transaction_id=event.sale or None,
        refund_id=event.refund or None,
        reason_id=reason(square, event),
    )


def source(square: Square, event: StockEvent) -> SourceApplication:
    """Who caused an event: the tills, or the connector's own application."""
    settings = square.settings
    if event.by_till:
        return SourceApplication(
            product="SQUARE_POS",
            application_id=settings.till_application_id,
            name=settings.till_application_name,
        )
    return SourceApplication(
        product="EXTERNAL_API",
        application_id=square.application_id,
        name=settings.application_name,
    )


def reason(square: Square, event: StockEvent) -> ReasonId | None:
    """Why it was adjusted: what a client said, or what the tills mean."""
    word, custom = square.pos.stock.restated.get(event.id, (event.reason, event.reason_ref))
    if not word:
        return None
    kind: ReasonType = words.TILL_REASONS.get(word, word)  # type: ignore[arg-type] # a client's
    return ReasonId(type=kind, custom_reason_id=custom or None)

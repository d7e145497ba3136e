"""Consignments and their products as the second face writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakproof_simulators.pos.lightspeed import books
from peakproof_simulators.pos.lightspeed.numbers import text_e5, units
from peakproof_simulators.pos.lightspeed.payloads.consignments import Consignment, Goods

if TYPE_CHECKING:
    from peakproof_simulators.pos.lightspeed.ledger import Entry
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed


def consignment_view(face: Lightspeed, entry: Entry[books.Consignment]) -> Consignment:
    """A consignment."""
    one = entry.thing
    created = face.iso(one.created_ms)
    return Consignment(
        id=face.names.uuid("consignment", one.id), type=one.type, status=one.status,
        outlet_id=face.outlet_id(one.outlet),
        source_outlet_id=face.outlet_id(one.source) if one.source else None,
        name=one.name, reference=one.reference or None, supplier_id=one.supplier or None,
        supplier_invoice=one.invoice or None, due_at=one.due_at or None,
        consignment_date=created,
        received_at=face.iso(one.received_ms) if one.received_ms else None,
        show_inactive=one.show_inactive,
        total_count_gain=None if one.gain_e5 is None else units(one.gain_e5),
        total_count_loss=None if one.loss_e5 is None else units(one.loss_e5),
        created_at=created, updated_at=face.iso(entry.at_ms),
        deleted_at=face.iso(entry.at_ms) if entry.deleted else None, version=entry.version,
    )  # fmt: skip


def goods_view(face: Lightspeed, goods: books.Goods) -> Goods:
    """A product of a consignment."""
    return Goods(
        product_id=face.product_id(goods.variant), product_sku=face.pos.sku(goods.variant),
        count=None if goods.count_e5 is None else text_e5(goods.count_e5),
        received=None if goods.received_e5 is None else text_e5(goods.received_e5),
        cost=None if goods.cost is None else f"{goods.cost:.5f}", is_included=True,
        status="SUCCESS" if goods.done else "PENDING", created_at=face.iso(goods.created_ms),
        updated_at=face.iso(goods.updated_ms), deleted_at=None, version=goods.version,
    )  # fmt: skip

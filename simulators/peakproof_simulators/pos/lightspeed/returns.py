"""Bringing goods of a closed sale back: a new sale is parked, refunds are added, it is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakproof.wire.message import Response
from peakproof_simulators.pos.lightspeed.ringing import answer, known
from peakproof_simulators.pos.pricing import half_even
from peakproof_simulators.pos.sale import Return, ReturnLine, Sale, SaleLine

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed


def begin(face: Lightspeed, call: Call) -> Response:
    """Park a return of all that is left of a closed sale."""
    sale = known(face, call).thing
    face.name_sale(call, sale.id)
    if sale.state != "completed":
        raise face.no(422, "Only a closed sale can be returned", about=sale.id)
    lines = tuple(
        line for line in (_left(face, sale, each) for each in sale.lines) if line is not None
    )
    if not lines:
        raise face.no(422, "Nothing of this sale is left to be returned", about=sale.id)
    now_ms, sales = face.pos.now_ms, face.pos.sales
    made = face.pos.add_sale(
        Sale(
            id=face.ids.uuid(), no=sales.next_no(), mark=sales.next_mark(), version=1,
            place=sale.place, state="parked", by_till=False,
            source=face.pos.settings.application_name, created_ms=now_ms, updated_ms=now_ms,
            occurred_ms=now_ms, returns=(Return("return-1", sale.id, lines),),
            customer=sale.customer, shape={"author": "api", "attributes": []},
        )
    )  # fmt: skip
    face.name_sale(call, made.id)
    return answer(face, made.id)


def _left(face: Lightspeed, sale: Sale, line: SaleLine) -> ReturnLine | None:
    """What is left of a line. Parts are differences of running shares: they sum to the line."""
    before_e5 = face.pos.returned_e5.get((sale.id, line.uid), 0)
    if before_e5 >= line.units_e5:
        return None

    def part(whole: int) -> int:
        return whole - half_even(whole * before_e5, line.units_e5)

    return ReturnLine(
        uid=face.ids.uuid(), sku=line.sku, units_e5=line.units_e5 - before_e5,
        unit_price_minor=line.unit_price_minor, gross_minor=part(line.gross_minor),
        discount_minor=part(line.discount_minor), tax_minor=part(line.tax_minor),
        total_minor=part(line.total_minor), source_line=line.uid, variant=line.variant,
        name=line.name, variant_name=line.variant_name,
        catalogue_version=line.catalogue_version,
    )  # fmt: skip

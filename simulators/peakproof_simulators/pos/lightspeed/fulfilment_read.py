"""Reading fulfilments: summaries by page, and what happened to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from peakproof.wire.message import Response
from peakproof_simulators.pos.lightspeed.books import Fulfilment
from peakproof_simulators.pos.lightspeed.errors import refusal
from peakproof_simulators.pos.lightspeed.fulfilling import known
from peakproof_simulators.pos.lightspeed.numbers import plain
from peakproof_simulators.pos.lightspeed.payloads.fulfilments import (
    HistoryAnswer,
    HistoryEntry,
    SummariesAnswer,
    Summary,
    SummaryLine,
)
from peakproof_simulators.pos.lightspeed.sales_view import line_id, sale_id
from peakproof_simulators.pos.lightspeed.surface import every, whole

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed

PAGE: Final = 10
MOST: Final = 100
MOST_HISTORY: Final = 1000


def list_fulfilments(face: Lightspeed, call: Call) -> Response:
    """Fulfilments by age, page by page; each filter may be given several times."""
    size, number = whole(call, "page_size") or PAGE, whole(call, "page_number")
    if size > MOST or number == 0:
        raise refusal(400, f"page_size is at most {MOST}, page_number at least 1")
    states, ways = _words(call, "fulfillment_state"), _words(call, "fulfillment_type")
    outlets = {face.names.meant("outlet", uuid) for uuid in every(call, "outlet_id")}
    sales = list(dict.fromkeys(face.names.meant("sale", uuid) for uuid in every(call, "sale_id")))
    ids = (
        [id_ for sale in sales for id_ in face.fulfilments_of.get(sale, ())]
        if sales
        else list(face.fulfilments)
    )
    found = [
        one
        for one in (face.fulfilments[id_] for id_ in ids)
        if not one.voided
        and (not outlets or one.place in outlets)
        and (not states or one.state in states)
        and (not ways or one.type in ways)
    ]
    first = ((number or 1) - 1) * size
    page = found[first : first + size]
    for one in page:
        face.name_sale(call, one.sale)
    return face.reply(SummariesAnswer(data=[_summary(face, one) for one in page]))


def history(face: Lightspeed, call: Call) -> Response:
    """What happened to a fulfilment, oldest first; without a limit all of it."""
    one = known(face, call)
    limit, given = whole(call, "limit") or 0, call.one("cursor")
    cursor = "0" if given is None else given
    if limit > MOST_HISTORY or not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise refusal(400, "limit or cursor is invalid")
    first = int(cursor)
    last = first + limit if limit else len(one.history)
    page = one.history[first:last]
    return face.reply(
        HistoryAnswer(
            data=[
                HistoryEntry(
                    sale_line_item_id=line_id(face, one.sale, each.line),
                    product_id=face.product_id(each.variant), event_type=each.what,
                    quantity_delta=plain(each.units_e5),
                    picked_quantity_delta=plain(each.picked_e5),
                    packed_quantity_delta=plain(each.packed_e5),
                    fulfilled_delta=plain(each.fulfilled_e5), created_at=face.iso(each.at_ms),
                )
                for each in page
            ],
            next_cursor=str(last) if last < len(one.history) else "",
        )
    )  # fmt: skip


def _words(call: Call, name: str) -> set[str]:
    known_words = next(each.schema for each in call.operation.query if each.name == name)
    given = set(call.every(name))
    if not given <= set(known_words["items"]["enum"]):
        raise refusal(400, f"{name} is invalid")
    return given


def _summary(face: Lightspeed, one: Fulfilment) -> Summary:
    sale = face.sales.get(one.sale)
    shape = (sale.thing.shape or {}) if sale is not None else {}
    return Summary(
        id=one.id, outlet_id=face.outlet_id(one.place), sale_id=sale_id(face, one.sale),
        type=one.type, state=one.state, user_ids=[face.user_id(shape.get("author", "api"))],
        note=shape.get("note", ""), created_at=face.iso(one.created_ms),
        updated_at=face.iso(one.updated_ms), version=one.version,
        line_items=[
            SummaryLine(
                sale_line_item_id=line_id(face, one.sale, line.line),
                product_id=face.product_id(line.variant), quantity=plain(line.units_e5),
                picked_quantity=plain(line.picked_e5), packed_quantity=plain(line.packed_e5),
                fulfilled_quantity=plain(line.fulfilled_e5),
            )
            for line in one.lines
        ],
    )  # fmt: skip

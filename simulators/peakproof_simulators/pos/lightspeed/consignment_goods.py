"""The products of a consignment: added, changed, counted, taken out, many at a time."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from msgspec import UNSET
from msgspec.json import Decoder
from msgspec.structs import replace

from peakproof.wire.message import Response
from peakproof_simulators.pos import transfers
from peakproof_simulators.pos.lightspeed.books import MOVES, Consignment, Goods
from peakproof_simulators.pos.lightspeed.consigning import level_e5, transfer_of
from peakproof_simulators.pos.lightspeed.consignment_view import goods_view
from peakproof_simulators.pos.lightspeed.consignments import known
from peakproof_simulators.pos.lightspeed.errors import refusal
from peakproof_simulators.pos.lightspeed.numbers import number, quantity_e5, text_e5
from peakproof_simulators.pos.lightspeed.payloads.common import Span
from peakproof_simulators.pos.lightspeed.payloads.consignments import (
    Bulk,
    BulkAnswer,
    BulkGoods,
    ChangedGoods,
    ChangedGoodsRequest,
    ConsignmentTotals,
    GivenGoods,
    GoodsAnswer,
    GoodsListAnswer,
    GoodsRequest,
    TotalsAnswer,
)
from peakproof_simulators.pos.lightspeed.surface import whole
from peakproof_simulators.pos.sale import TransferLine
from peakproof_simulators.pos.stock import UNIT

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed
    from peakproof_simulators.pos.stock import State

_ADD: Final = Decoder(GoodsRequest)
_CHANGE: Final = Decoder(ChangedGoodsRequest)
_BULK: Final = Decoder(Bulk)

_FIXED: Final = frozenset({("OUTLET", "SENT"), ("RETURN", "SENT")})
"""Type and status in which no product is added or taken out any more."""
_NOT_YET: Final = frozenset({("OUTLET", "OPEN"), ("STOCKTAKE", "STOCKTAKE_SCHEDULED")})
"""Type and status in which nothing can have been received, or counted."""


def list_goods(face: Lightspeed, call: Call) -> Response:
    """The products of a consignment, by version."""
    one = known(face, call).thing
    after, before = whole(call, "after"), whole(call, "before")
    size = min(whole(call, "page_size") or face.settings.page_size, face.settings.most_page_size)
    found = [
        goods
        for goods in sorted(one.goods.values(), key=lambda goods: goods.version)
        if (after is None or goods.version > after) and (before is None or goods.version < before)
    ][:size]
    versions = [goods.version for goods in found]
    return face.reply(
        GoodsListAnswer(
            data=[goods_view(face, goods) for goods in found],
            version=Span(min=min(versions, default=None), max=max(versions, default=None)),
        )
    )


def add(face: Lightspeed, call: Call) -> Response:
    """Add a product."""
    one, asked = known(face, call).thing, face.read(call, _ADD).data
    variant = face.variant(asked.product_id).id
    if variant in one.goods:
        raise _no(face, one, "The product is in the consignment already")
    _set(face, call, one, [(variant, asked)], adds_up=False)
    return _one(face, call, variant)


def change(face: Lightspeed, call: Call) -> Response:
    """Change a product: what is given replaces what is there."""
    one, asked = known(face, call).thing, face.read(call, _CHANGE).data
    variant = _in(face, call, one)
    _set(face, call, one, [(variant, asked)], adds_up=False)
    return _one(face, call, variant)


def bulk(face: Lightspeed, call: Call) -> Response:
    """Add or change many; for a supplier's order quantities add to what is there."""
    one, asked = known(face, call).thing, face.read(call, _BULK)
    pairs = [(face.variant(each.product_id).id, each) for each in asked]
    for _variant, each in pairs:
        if each.received is UNSET and not isinstance(each.count, str):
            raise refusal(422, "Each product has a count or a received quantity")
    if len({variant for variant, _each in pairs}) < len(pairs):
        raise refusal(422, "A product is there twice")
    _set(face, call, one, pairs, adds_up=one.type in face.settings.bulk_accumulates)
    now = known(face, call).thing.goods
    return face.reply(
        BulkAnswer(
            data={
                face.product_id(variant): BulkGoods(
                    count=_text(now[variant].count_e5), received=_text(now[variant].received_e5)
                )
                for variant, _each in pairs
            }
        )
    )


def remove(face: Lightspeed, call: Call) -> Response:
    """Take a product out."""
    one = known(face, call).thing
    variant = _in(face, call, one)
    _may(face, one, new=True)
    if one.status == "DISPATCHED":
        raise _no(face, one, f"The products of a consignment that is {one.status} stay")
    goods = {key: value for key, value in one.goods.items() if key != variant}
    if one.transfer:
        transfer = transfer_of(face, one)
        lines = tuple(line for line in transfer.lines if line.variant != variant)
        face.pos.change_transfer(transfer, lines=lines)
    else:
        face.consignments.put(one.id, replace(one, goods=goods, updated_ms=face.pos.now_ms))
    return Response(204)


def totals(face: Lightspeed, call: Call) -> Response:
    """What was sent and received in all, in units and in money."""
    one = known(face, call).thing
    if one.type == "STOCKTAKE":
        raise _no(face, one, "A stocktake has no totals")
    sent = sum(goods.count_e5 or 0 for goods in one.goods.values())
    received = sum(goods.received_e5 or 0 for goods in one.goods.values())
    cost = {key: goods.cost or Decimal(0) for key, goods in one.goods.items()}
    sent_cost, received_cost = (
        sum((cost[key] * (getattr(goods, name) or 0) / UNIT for key, goods in one.goods.items()),
            Decimal(0))
        for name in ("count_e5", "received_e5")
    )  # fmt: skip
    made = ConsignmentTotals(
        total_sent_count=text_e5(sent), total_sent_cost=f"{sent_cost:.10f}",
        total_received_count=text_e5(received), total_received_cost=f"{received_cost:.10f}",
    )  # fmt: skip
    return face.reply(TotalsAnswer(data=[made]))


def _no(face: Lightspeed, one: Consignment, message: str) -> Any:
    return face.no(422, message, about=one.reference or one.id)


def _text(units_e5: int | None) -> str | None:
    return None if units_e5 is None else text_e5(units_e5)


def _one(face: Lightspeed, call: Call, variant: str) -> Response:
    goods = known(face, call).thing.goods[variant]
    return face.reply(GoodsAnswer(data=goods_view(face, goods)))


def _in(face: Lightspeed, call: Call, one: Consignment) -> str:
    variant = face.names.meant("variant", call.params["product_id"])
    if variant not in one.goods:
        raise refusal(404, f"There is no product {call.params['product_id']} in the consignment")
    return variant


def _may(face: Lightspeed, one: Consignment, *, new: bool) -> None:
    """Whether products change any more; of what was sent back, the quantities still do."""
    ended = not MOVES[one.type][one.status] and (one.type, one.status) != ("RETURN", "SENT")
    if ended:
        raise _no(face, one, f"The products of a consignment that is {one.status} stay")
    if new and (one.type, one.status) in _FIXED:
        raise _no(face, one, f"A consignment that is {one.status} has all its products")


def _set(
    face: Lightspeed,
    call: Call,
    one: Consignment,
    pairs: list[tuple[str, Any]],
    *,
    adds_up: bool,
) -> None:
    """Write products into a consignment: all of them or none."""
    goods = dict(one.goods)
    for variant, asked in pairs:
        face.name_item(call, face.pos.sku(variant))
        _may(face, one, new=variant not in goods)
        goods[variant] = _written(face, one, variant, asked, adds_up=adds_up)
    seen = any(asked.received is not UNSET for _variant, asked in pairs)
    status = one.status
    if one.type == "SUPPLIER" and seen and status in ("OPEN", "SENT"):
        status = "DISPATCHED"
    if one.transfer:
        _reorder(face, one, goods)
        found = face.consignments.get(one.id)
        assert found is not None
        one = found.thing
        goods = {
            key: replace(
                value, received_e5=goods[key].received_e5, cost=goods[key].cost,
                version=goods[key].version,
            )
            for key, value in one.goods.items()
        }  # fmt: skip
    elif (one.type, one.status) == ("RETURN", "SENT"):
        _send_more(face, one, goods)
    now = replace(one, goods=goods, status=status, updated_ms=face.pos.now_ms)
    face.consignments.put(now.id, now)


def _written(
    face: Lightspeed,
    one: Consignment,
    variant: str,
    asked: GivenGoods | ChangedGoods,
    *,
    adds_up: bool,
) -> Goods:
    now_ms = face.pos.now_ms
    was = one.goods.get(variant) or Goods(variant, now_ms, now_ms, 0)
    count_e5, received_e5, cost = was.count_e5, was.received_e5, was.cost
    if isinstance(asked.count, str) and _counts(face, one):
        given = _amount(face, one, asked.count, "count")
        count_e5 = given + (count_e5 or 0 if adds_up else 0)
    if asked.received is not UNSET:
        if one.type == "RETURN" or (one.type, one.status) in _NOT_YET:
            raise _no(face, one, f"Nothing is received in a {one.type} that is {one.status}")
        given = _amount(face, one, asked.received, "received")
        received_e5 = given + (received_e5 or 0 if adds_up else 0)
    if isinstance(asked.cost, str):
        cost = number(asked.cost, "cost")
    if one.type == "STOCKTAKE" and count_e5 is None and one.status != "STOCKTAKE_SCHEDULED":
        count_e5 = level_e5(face, one, variant)
    if one.type in ("OUTLET", "RETURN") and count_e5 is None:
        raise refusal(422, "count is required")
    return replace(
        was, count_e5=count_e5, received_e5=received_e5, cost=cost, updated_ms=now_ms,
        version=face.versions.take(),
    )  # fmt: skip


def _counts(face: Lightspeed, one: Consignment) -> bool:
    """Whether an expected quantity is taken: an order that is dispatched takes only received."""
    if one.status != "DISPATCHED":
        return True
    if face.settings.count_when_dispatched == "refused":
        raise _no(face, one, "The count of a consignment that is DISPATCHED stays")
    return False


def _amount(face: Lightspeed, one: Consignment, text: str, field: str) -> int:
    units_e5 = quantity_e5(text, field)
    if units_e5 < 0:
        raise _no(face, one, f"{field} is below zero")
    return units_e5


def _send_more(face: Lightspeed, one: Consignment, goods: dict[str, Goods]) -> None:
    """Goods that went back to a supplier were more than that, or fewer."""
    shelf: tuple[State, str] = ("on_hand", one.outlet)
    away: tuple[State, str] = ("outside", one.outlet)
    for variant, each in goods.items():
        delta_e5 = (each.count_e5 or 0) - (one.goods[variant].count_e5 or 0)
        if delta_e5:
            face.pos.move(
                variant=variant, units_e5=abs(delta_e5), src=shelf if delta_e5 > 0 else away,
                dst=away if delta_e5 > 0 else shelf, cause="adjust", by_till=False,
                occurred_ms=face.pos.now_ms, reference=one.reference or one.id,
                reason="VENDOR_RETURN" if delta_e5 > 0 else "received",
            )  # fmt: skip


def _reorder(face: Lightspeed, one: Consignment, goods: dict[str, Goods]) -> None:
    """Bring the tills' transfer to what is expected now; sent goods follow at once."""
    transfer = transfer_of(face, one)
    ordered: dict[str, int] = {}
    for line in transfer.lines:
        ordered[line.variant] = ordered.get(line.variant, 0) + line.ordered_e5
    more = {
        variant: (each.count_e5 or 0) - ordered.get(variant, 0) for variant, each in goods.items()
    }
    if not any(more.values()) and len(ordered) == len(goods):
        return
    lines = list(transfer.lines)
    for variant, delta_e5 in more.items():
        at = next((at for at, line in enumerate(lines) if line.variant == variant), None)
        if at is None:
            lines.append(TransferLine(face.ids.uuid(), variant, delta_e5))
            continue
        if lines[at].pending_e5 + delta_e5 < 0:
            raise _no(face, one, "Less than what has come already")
        lines[at] = replace(lines[at], ordered_e5=lines[at].ordered_e5 + delta_e5)
    now = face.pos.change_transfer(transfer, lines=tuple(lines))
    if now.state == "draft":
        return
    shelf: tuple[State, str] = ("on_hand", now.src)
    way = transfers.under_way(face.pos, now)
    for variant, delta_e5 in more.items():
        if delta_e5:
            face.pos.move(
                variant=variant, units_e5=abs(delta_e5), src=shelf if delta_e5 > 0 else way,
                dst=way if delta_e5 > 0 else shelf, cause="transfer", by_till=False,
                occurred_ms=face.pos.now_ms, transfer=now.id,
                reason="in_transit" if delta_e5 > 0 else "transfer",
            )  # fmt: skip

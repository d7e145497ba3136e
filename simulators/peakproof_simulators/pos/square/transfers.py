"""Transfer orders: goods between two locations, with a version lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from msgspec.json import Decoder

from peakproof.wire.message import Response
from peakproof_simulators.pos import transfers
from peakproof_simulators.pos.refusals import NotAllowed
from peakproof_simulators.pos.sale import Transfer, TransferLine
from peakproof_simulators.pos.square import paging, params, words
from peakproof_simulators.pos.square.errors import refusal
from peakproof_simulators.pos.square.money_view import transfer_view
from peakproof_simulators.pos.square.payloads.common import Empty
from peakproof_simulators.pos.square.payloads.transfers import (
    CreateTransferRequest,
    LineChange,
    MoveTransferRequest,
    ReceiptLine,
    ReceiveTransferRequest,
    SearchTransfersRequest,
    TransferAnswer,
    TransferChange,
    TransferFilter,
    TransferQuery,
    TransfersAnswer,
    TransferSort,
    UpdateTransferRequest,
)

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.square.surface import Square

PAGE: Final = 100

_CREATE: Final = Decoder(CreateTransferRequest)
_UPDATE: Final = Decoder(UpdateTransferRequest)
_MOVE: Final = Decoder(MoveTransferRequest)
_RECEIVE: Final = Decoder(ReceiveTransferRequest)
_SEARCH: Final = Decoder(SearchTransfersRequest)


def create(square: Square, call: Call) -> Response:
    """Draw up a transfer order; nothing moves yet."""
    body = square.read(call, _CREATE)
    wanted = body.transfer_order

    def act() -> Response:
        src = square.location(wanted.source_location_id, "transfer_order.source_location_id")
        dst = square.location(
            wanted.destination_location_id, "transfer_order.destination_location_id"
        )
        lines = [
            _line(square, each.item_variation_id, each.quantity_ordered, f"line-{at}")
            for at, each in enumerate(wanted.line_items or (), start=1)
        ]
        expected = _expected(square, wanted.expected_at)
        return _done(
            square, call,
            lambda: transfers.draft(
                square.pos, src, dst, lines, expected=expected, notes=wanted.notes or "",
                tracking=wanted.tracking_number or "",
                person=wanted.created_by_team_member_id or "",
            ),
        )  # fmt: skip

    return square.once(call, body.idempotency_key, body, act)


def get(square: Square, call: Call) -> Response:
    """One transfer order."""
    transfer = _known(square, call)
    call.keys.append(f"transfer:{transfer.id}")
    return square.reply(TransferAnswer(transfer_order=transfer_view(square, transfer)))


def update(square: Square, call: Call) -> Response:
    """Change a draft; of a transfer under way only notes, tracking and the expected time."""
    body = square.read(call, _UPDATE)

    def act() -> Response:
        transfer = _held(square, call, body.version)
        changes = _changes(square, transfer, body.transfer_order)
        return _done(square, call, lambda: square.pos.change_transfer(transfer, **changes))

    return square.once(call, body.idempotency_key, body, act)


def delete(square: Square, call: Call) -> Response:
    """Throw a draft away."""
    transfer = _held(square, call, params.whole(call, "version"))
    if transfer.state != "draft":
        raise square.no("BAD_REQUEST", "Only drafts can be deleted.", about=transfer.id)
    square.pos.remove_transfer(transfer)
    return square.reply(Empty())


def start(square: Square, call: Call) -> Response:
    """The goods leave the source."""
    body = square.read(call, _MOVE)

    def act() -> Response:
        transfer = _held(square, call, body.version)
        return _done(square, call, lambda: transfers.start(square.pos, transfer))

    return square.once(call, body.idempotency_key, body, act)


def cancel(square: Square, call: Call) -> Response:
    """What has not arrived goes back to the source."""
    body = square.read(call, _MOVE)

    def act() -> Response:
        transfer = _held(square, call, body.version)
        return _done(square, call, lambda: transfers.cancel(square.pos, transfer))

    return square.once(call, body.idempotency_key, body, act)


def receive(square: Square, call: Call) -> Response:
    """Goods arrive, in parts: in good order, damaged, or not at all."""
    body = square.read(call, _RECEIVE)
    receipts = [_receipt(each, at) for at, each in enumerate(body.receipt.line_items)]

    def act() -> Response:
        transfer = _held(square, call, body.version)
        return _done(square, call, lambda: transfers.receive(square.pos, transfer, receipts))

    return square.once(call, body.idempotency_key, body, act)


def search(square: Square, call: Call) -> Response:
    """Transfer orders by location and status, newest first."""
    body = square.read(call, _SEARCH)
    asked = body.query or TransferQuery()
    filter_, sort = asked.filter or TransferFilter(), asked.sort or TransferSort()
    states = [words.TRANSFER_BACK[status] for status in filter_.statuses or ()]
    query = paging.signature("transfers", body.query)
    place = paging.opened(body.cursor, query)
    walk = square.pos.transfers.walk(
        "updated" if sort.field == "UPDATED_AT" else "created",
        newest=sort.order != "ASC",
        cursor=None if place is None else place[0],
        lag_s=call.stale_s,
    )
    found = (
        (mark, each)
        for mark, each in walk
        if (not filter_.source_location_ids or each.src in filter_.source_location_ids)
        and (not filter_.destination_location_ids or each.dst in filter_.destination_location_ids)
        and (not states or each.state in states)
    )
    page, cursor = paging.page(found, body.limit or PAGE, query)
    call.keys.extend(f"transfer:{each.id}" for each in page)
    views = [transfer_view(square, each) for each in page]
    return square.reply(TransfersAnswer(transfer_orders=views or None, cursor=cursor))


def _known(square: Square, call: Call) -> Transfer:
    id_ = call.params["transfer_order_id"]
    transfer = square.pos.transfers.get(id_)
    if transfer is None:
        raise refusal("NOT_FOUND", f"Transfer order {id_} not found.", "transfer_order_id")
    return transfer


def _held(square: Square, call: Call, version: int | None) -> Transfer:
    """A transfer of the version that the client holds; without one, as it is."""
    transfer = _known(square, call)
    if version is not None and version != transfer.version:
        raise square.stale(square.settings.transfer_conflict, "version", about=transfer.id)
    return transfer


def _done(square: Square, call: Call, act: Callable[[], Transfer]) -> Response:
    """Do it and answer; a rule that says no becomes Square's refusal."""
    try:
        transfer = act()
    except NotAllowed as error:
        about = call.params.get("transfer_order_id", "")
        raise square.not_allowed(error, about=about) from error
    call.keys.append(f"transfer:{transfer.id}")
    for line in transfer.lines:
        square.name_cell(call, line.variant, transfer.src)
        square.name_cell(call, line.variant, transfer.dst)
    return square.reply(TransferAnswer(transfer_order=transfer_view(square, transfer)))


def _line(square: Square, variant: str, quantity: str, uid: str) -> TransferLine:
    if square.pos.range.variant(variant) is None:
        raise square.no(
            "NOT_FOUND", f"Catalog object {variant} not found.",
            "transfer_order.line_items.item_variation_id", about=variant,
        )  # fmt: skip
    units_e5 = words.units_e5(quantity)
    if units_e5 == 0:
        raise refusal(
            "INVALID_VALUE", "A quantity is above zero.",
            "transfer_order.line_items.quantity_ordered",
        )  # fmt: skip
    return TransferLine(uid=uid, variant=variant, ordered_e5=units_e5)


def _expected(square: Square, text: str | None) -> str:
    if text is None:
        return ""
    return square.iso(square.time(text, "transfer_order.expected_at"))


def _changes(square: Square, transfer: Transfer, wanted: TransferChange) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if wanted.notes is not None:
        changes["notes"] = wanted.notes
    if wanted.tracking_number is not None:
        changes["tracking"] = wanted.tracking_number
    if wanted.expected_at is not None:
        changes["expected"] = _expected(square, wanted.expected_at)
    moves = (wanted.source_location_id, wanted.destination_location_id, wanted.line_items)
    if transfer.state != "draft" and any(each is not None for each in moves):
        raise square.no("BAD_REQUEST", "Only drafts can be changed so.", about=transfer.id)
    if wanted.source_location_id is not None:
        changes["src"] = square.location(
            wanted.source_location_id, "transfer_order.source_location_id"
        )
    if wanted.destination_location_id is not None:
        changes["dst"] = square.location(
            wanted.destination_location_id, "transfer_order.destination_location_id"
        )
    if changes.get("src", transfer.src) == changes.get("dst", transfer.dst):
        raise refusal(
            "INVALID_VALUE", "The two locations differ.", "transfer_order.destination_location_id"
        )
    if wanted.line_items is not None:
        changes["lines"] = _new_lines(square, transfer, wanted.line_items)
    return changes


def _new_lines(
    square: Square, transfer: Transfer, wanted: list[LineChange]
) -> tuple[TransferLine, ...]:
    lines = {line.uid: line for line in transfer.lines}
    next_uid = max((int(uid.partition("-")[2]) for uid in lines), default=0) + 1
    for each in wanted:
        if each.uid is None:
            if each.item_variation_id is None or each.quantity_ordered is None:
                raise refusal(
                    "MISSING_REQUIRED_PARAMETER", "A new line has a variation and a quantity.",
                    "transfer_order.line_items",
                )  # fmt: skip
            uid = f"line-{next_uid}"
            next_uid += 1
            lines[uid] = _line(square, each.item_variation_id, each.quantity_ordered, uid)
            continue
        line = lines.get(each.uid)
        if line is None:
            raise refusal("NOT_FOUND", f"Line {each.uid} not found.", "transfer_order.line_items")
        if each.remove:
            del lines[each.uid]
            continue
        variant = each.item_variation_id or line.variant
        quantity = each.quantity_ordered or words.quantity(line.ordered_e5)
        lines[each.uid] = _line(square, variant, quantity, each.uid)
    return tuple(lines.values())


def _receipt(line: ReceiptLine, at: int) -> transfers.Receipt:
    receipt = transfers.Receipt(
        uid=line.transfer_order_line_uid,
        received_e5=words.units_e5(line.quantity_received or "0"),
        damaged_e5=words.units_e5(line.quantity_damaged or "0"),
        cancelled_e5=words.units_e5(line.quantity_canceled or "0"),
    )
    if receipt.units_e5 == 0:
        raise refusal(
            "INVALID_VALUE", "A receipt accounts for something.", f"receipt.line_items[{at}]"
        )
    return receipt

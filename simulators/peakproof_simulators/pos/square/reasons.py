"""Why stock is adjusted: Square's own reasons, and the seller's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.json import Decoder
from msgspec.structs import replace

from peakproof.wire.message import Response
from peakproof_simulators.pos.square import params, words
from peakproof_simulators.pos.square.errors import refusal
from peakproof_simulators.pos.square.payloads.inventory import (
    AdjustmentReason,
    CreateReasonRequest,
    Direction,
    ReasonAnswer,
    ReasonId,
    ReasonRequest,
    ReasonsAnswer,
    UpdateReasonRequest,
)

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.square.surface import Square

_CREATE: Final = Decoder(CreateReasonRequest)
_ONE: Final = Decoder(ReasonRequest)
_UPDATE: Final = Decoder(UpdateReasonRequest)


def list_reasons(square: Square, call: Call) -> Response:
    """Square's reasons and the seller's; deleted and system ones when asked for."""
    reasons = [_standard(type_) for type_ in words.REASONS]
    if params.flag(call, "include_system_codes"):
        reasons.extend(_system(type_) for type_ in words.OWN_REASONS)
    deleted = params.flag(call, "include_deleted")
    reasons.extend(each for each in square.reasons.values() if deleted or not each.is_deleted)
    return square.reply(ReasonsAnswer(adjustment_reasons=reasons))


def create(square: Square, call: Call) -> Response:
    """A reason of the seller's own."""
    body = square.read(call, _CREATE)
    wanted = body.adjustment_reason

    def act() -> Response:
        if wanted.id is not None and wanted.id.type != "CUSTOM":
            raise refusal(
                "INVALID_VALUE", "Only custom reasons can be created.", "adjustment_reason.id"
            )
        if not wanted.name or wanted.direction is None:
            raise refusal(
                "MISSING_REQUIRED_PARAMETER", "A reason has a name and a direction.",
                "adjustment_reason.name" if not wanted.name else "adjustment_reason.direction",
            )  # fmt: skip
        id_ = square.pos.ids.token(20)
        now = square.iso(square.pos.now_ms)
        made = square.reasons[id_] = AdjustmentReason(
            id=ReasonId(type="CUSTOM", custom_reason_id=id_), name=wanted.name,
            direction=wanted.direction, created_at=now, updated_at=now, is_deleted=False,
        )  # fmt: skip
        return square.reply(ReasonAnswer(adjustment_reason=made))

    return square.once(call, body.idempotency_key, body, act)


def retrieve(square: Square, call: Call) -> Response:
    """One reason, a deleted one too."""
    given = square.read(call, _ONE).reason_id
    if given.type in words.REASONS:
        return square.reply(ReasonAnswer(adjustment_reason=_standard(given.type)))
    if given.type in words.OWN_REASONS:
        return square.reply(ReasonAnswer(adjustment_reason=_system(given.type)))
    return square.reply(ReasonAnswer(adjustment_reason=_custom(square, given)[1]))


def update(square: Square, call: Call) -> Response:
    """Rename a custom reason that is not deleted."""
    body = square.read(call, _UPDATE)
    id_, reason = _custom(square, body.reason_id)
    if reason.is_deleted:
        raise refusal("BAD_REQUEST", "A deleted reason cannot be updated.", "reason_id")
    if not body.adjustment_reason.name:
        raise refusal(
            "MISSING_REQUIRED_PARAMETER", "A reason has a name.", "adjustment_reason.name"
        )
    now = square.iso(square.pos.now_ms)
    made = replace(reason, name=body.adjustment_reason.name, updated_at=now)
    square.reasons[id_] = made
    return square.reply(ReasonAnswer(adjustment_reason=made))


def delete(square: Square, call: Call) -> Response:
    """Hide a custom reason."""
    return _mark(square, call, deleted=True)


def restore(square: Square, call: Call) -> Response:
    """Bring a deleted reason back."""
    return _mark(square, call, deleted=False)


def direction_of(square: Square, given: ReasonId, field: str) -> Direction:
    """Whether a reason that a client gives adds to stock or takes from it.

    Raises:
        VendorError: only Square gives that reason, or it is unknown or deleted.
    """
    if given.type in words.REASONS:
        return words.REASONS[given.type]
    if given.type != "CUSTOM":
        raise refusal("INVALID_VALUE", f"{given.type} is Square's own reason.", field)
    _, reason = _custom(square, given, field)
    if reason.is_deleted or reason.direction is None:
        raise refusal("INVALID_VALUE", "The reason is deleted.", field)
    return reason.direction


def _mark(square: Square, call: Call, *, deleted: bool) -> Response:
    id_, reason = _custom(square, square.read(call, _ONE).reason_id)
    made = replace(reason, is_deleted=deleted, updated_at=square.iso(square.pos.now_ms))
    square.reasons[id_] = made
    return square.reply(ReasonAnswer(adjustment_reason=made))


def _custom(
    square: Square, given: ReasonId, field: str = "reason_id"
) -> tuple[str, AdjustmentReason]:
    id_ = given.custom_reason_id or ""
    reason = square.reasons.get(id_)
    if given.type != "CUSTOM" or reason is None:
        raise refusal("NOT_FOUND", "Inventory adjustment reason not found.", field)
    return id_, reason


def _standard(type_: str) -> AdjustmentReason:
    kind = next(each for each in words.REASONS if each == type_)
    return AdjustmentReason(id=ReasonId(type=kind), direction=words.REASONS[kind], is_deleted=False)


def _system(type_: str) -> AdjustmentReason:
    kind = next(each for each in words.OWN_REASONS if each == type_)
    return AdjustmentReason(id=ReasonId(type=kind), is_deleted=False)

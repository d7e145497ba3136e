"""Stock adjustments, which nothing takes back, and the reasons for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import UNSET
from msgspec.json import Decoder
from msgspec.structs import replace

from peakproof.wire.message import Response
from peakproof_simulators.pos.lightspeed import books
from peakproof_simulators.pos.lightspeed.errors import refusal
from peakproof_simulators.pos.lightspeed.numbers import plain, quantity_e5
from peakproof_simulators.pos.lightspeed.payloads.goods import (
    Adjustment,
    AdjustmentsAnswer,
    AdjustmentsMade,
    ChangedReason,
    NewAdjustment,
    NewAdjustments,
    NewReason,
    Reason,
    ReasonAnswer,
    ReasonsAnswer,
)
from peakproof_simulators.pos.lightspeed.surface import span

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.lightspeed.ledger import Entry
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed
    from peakproof_simulators.pos.stock import State

_NEW: Final = Decoder(NewAdjustments)
_REASON: Final = Decoder(NewReason)
_CHANGE: Final = Decoder(ChangedReason)

_LESS: Final[dict[str, tuple[State, str]]] = {
    "DAMAGE": ("damaged", "damaged"),
    "EXPIRY": ("damaged", "SPOILAGE_WASTE"),
    "INTERNAL_USE": ("outside", "INTERNAL_USE"),
    "THEFT": ("outside", "THEFT"),
    "DONATION": ("outside", "SAMPLES_PROMOTIONAL"),
}
"""Where units go for a reason, and what the tills' own book calls it."""
_MORE: Final[dict[str, tuple[State, str]]] = {
    "STOCK_FOUND": ("outside", "received"),
    "SAMPLE_FOR_SALE": ("outside", "received"),
}
"""Where units come from, likewise."""
_CUSTOM: Final[tuple[State, str]] = ("outside", "CUSTOM")


def create(face: Lightspeed, call: Call) -> Response:
    """Correct up to a thousand figures: all of them or none."""
    asked = face.read(call, _NEW).stock_adjustments
    made = [_checked(face, each, at) for at, each in enumerate(asked)]
    entries = [_done(face, call, one) for one in made]
    return face.reply(AdjustmentsMade(data=[_view(face, entry) for entry in entries]), 201)


def list_adjustments(face: Lightspeed, call: Call) -> Response:
    """All adjustments by version, those of this application, too."""
    entries = face.page(call, face.adjustments)
    for entry in entries:
        face.name_cell(call, entry.thing.variant, entry.thing.place)
    views = [_view(face, entry) for entry in entries]
    return face.reply(AdjustmentsAnswer(data=views, version=span(entries)))


def create_reason(face: Lightspeed, call: Call) -> Response:
    """A reason of the retailer's own; its name must be free."""
    asked = face.read(call, _REASON)
    _free(face, asked.name, "")
    id_ = face.ids.uuid()
    one = books.CustomReason(id_, asked.name, asked.type, asked.enabled, face.pos.now_ms)
    return face.reply(ReasonAnswer(data=_reason(face, face.reasons.put(id_, one))))


def update_reason(face: Lightspeed, call: Call) -> Response:
    """Rename a reason, or switch it off."""
    found = face.reasons.get(call.params["custom_reason_id"])
    if found is None:
        raise refusal(404, f"There is no reason {call.params['custom_reason_id']}")
    asked, one = face.read(call, _CHANGE), found.thing
    if asked.name is not UNSET:
        _free(face, asked.name, one.id)
        one = replace(one, name=asked.name)
    if asked.enabled is not UNSET:
        one = replace(one, enabled=asked.enabled)
    return face.reply(ReasonAnswer(data=_reason(face, face.reasons.put(one.id, one))))


def list_reasons(face: Lightspeed, call: Call) -> Response:
    """All reasons of the retailer's own."""
    entries = face.page(call, face.reasons)
    views = [_reason(face, entry) for entry in entries]
    return face.reply(ReasonsAnswer(data=views, version=span(entries)))


def _free(face: Lightspeed, name: str, own: str) -> None:
    if any(entry.thing.name == name and entry.thing.id != own for entry in face.reasons):
        raise refusal(409, f"There is a reason {name} already")


def _checked(face: Lightspeed, asked: NewAdjustment, at: int) -> books.Adjustment:
    field = f"stock_adjustments[{at}]"
    variant = face.variant(asked.product_id, f"{field}.product_id")
    place = face.place(asked.outlet_id, f"{field}.outlet_id")
    units_e5 = quantity_e5(asked.quantity, f"{field}.quantity")
    custom = asked.custom_inventory_adjustment_reason_id
    if (asked.reason == "CUSTOM") != (custom is not UNSET):
        raise refusal(422, f"{field}: a custom reason goes with the reason CUSTOM")
    adds = asked.reason in _MORE
    if custom is not UNSET:
        known = face.reasons.get(custom)
        if known is None or not known.thing.enabled:
            raise refusal(422, f"{field}: there is no reason {custom} to choose")
        adds = known.thing.kind == "POSITIVE"
    if units_e5 == 0 or (units_e5 > 0) != adds:
        sign = "above" if adds else "below"
        about = variant.sku
        raise face.no(422, f"{field}.quantity must be {sign} zero for {asked.reason}", about=about)
    return books.Adjustment(
        id=face.ids.uuid(), variant=variant.id, place=place, units_e5=units_e5,
        reason=asked.reason, custom="" if custom is UNSET else custom, user="api",
        created_ms=face.pos.now_ms,
    )  # fmt: skip


def _done(face: Lightspeed, call: Call, one: books.Adjustment) -> Entry[books.Adjustment]:
    state, reason = _MORE.get(one.reason) or _LESS.get(one.reason) or _CUSTOM
    shelf: tuple[State, str] = ("on_hand", one.place)
    other: tuple[State, str] = (state, one.place)
    adds = one.units_e5 > 0
    face.pos.move(
        variant=one.variant, units_e5=abs(one.units_e5), src=other if adds else shelf,
        dst=shelf if adds else other, cause="write", occurred_ms=face.pos.now_ms, by_till=False,
        reason=reason, reason_ref=one.custom, reference=one.id, person=one.user,
    )  # fmt: skip
    face.name_cell(call, one.variant, one.place)
    return face.adjustments.put(one.id, one)


def _view(face: Lightspeed, entry: Entry[books.Adjustment]) -> Adjustment:
    one = entry.thing
    return Adjustment(
        id=one.id, user_id=face.user_id(one.user), product_id=face.product_id(one.variant),
        outlet_id=face.outlet_id(one.place), quantity=plain(one.units_e5),
        reason=one.reason,  # type: ignore[arg-type] # it came in as one
        created_at=face.iso(one.created_ms), updated_at=face.iso(entry.at_ms),
        version=entry.version, custom_inventory_adjustment_reason_id=one.custom or UNSET,
    )  # fmt: skip


def _reason(face: Lightspeed, entry: Entry[books.CustomReason]) -> Reason:
    one = entry.thing
    return Reason(
        id=one.id, name=one.name, enabled=one.enabled, type=one.kind,
        is_from_external_source=True, created_at=face.iso(one.created_ms),
        updated_at=face.iso(entry.at_ms), version=entry.version,
    )  # fmt: skip

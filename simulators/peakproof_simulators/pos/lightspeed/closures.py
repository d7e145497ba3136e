"""Registers and their closures: what a drawer took between its opening and its closing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import UNSET
from msgspec.json import Decoder
from msgspec.structs import replace

from peakproof.wire.message import Response
from peakproof_simulators.pos.lightspeed.books import Drawer
from peakproof_simulators.pos.lightspeed.errors import refusal
from peakproof_simulators.pos.lightspeed.numbers import money
from peakproof_simulators.pos.lightspeed.payloads.places import (
    CloseRegister,
    OpenRegister,
    PaymentsSummary,
    PaymentsSummaryAnswer,
    PaymentSum,
    Register,
    RegisterAnswer,
    RegisterClosure,
    RegistersAnswer,
)
from peakproof_simulators.pos.lightspeed.surface import TENDERS, flag, span

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.lightspeed.ledger import Entry
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed
    from peakproof_simulators.pos.sale import Payment, Refund

_OPEN: Final = Decoder(OpenRegister)
_CLOSE: Final = Decoder(CloseRegister)


def take(face: Lightspeed, of: Payment | Refund, amount_minor: int) -> None:
    """Money went into a drawer, or out of it: a closed one opens its next closure first."""
    place, tender = of.place, of.tender
    known = face.drawers.get(place)
    if known is None:
        return
    drawer = known.thing
    if not drawer.is_open and face.settings.late_sale_opens_register:
        drawer = _next(face, drawer, face.pos.now_ms)
    taken = {**drawer.taken_minor, tender: drawer.taken_minor.get(tender, 0) + amount_minor}
    face.closure_of[of.id] = drawer.closure
    face.drawers.put(place, replace(drawer, taken_minor=taken))


def list_registers(face: Lightspeed, call: Call) -> Response:
    """All registers, by version."""
    entries = face.page(call, face.drawers, deleted=flag(call, "deleted"))
    views = [_view(face, entry) for entry in entries]
    return face.reply(RegistersAnswer(data=views, version=span(entries)))


def get_register(face: Lightspeed, call: Call) -> Response:
    """One register."""
    return face.reply(RegisterAnswer(data=_view(face, _known(face, call))))


def open_register(face: Lightspeed, call: Call) -> Response:
    """Open a register: its next closure begins."""
    drawer, asked = _known(face, call).thing, face.read(call, _OPEN)
    if drawer.is_open:
        raise refusal(422, "The register is open already")
    at_ms = face.pos.now_ms
    if asked.register_open_time is not UNSET:
        at_ms = moment(face, asked.register_open_time, "register_open_time")
    entry = face.drawers.put(drawer.place, _next(face, drawer, at_ms))
    return face.reply(RegisterAnswer(data=_view(face, entry)))


def close_register(face: Lightspeed, call: Call) -> Response:
    """Close a register: what it has taken is told."""
    drawer, asked = _known(face, call).thing, face.read(call, _CLOSE)
    if not drawer.is_open:
        raise refusal(422, "The register is closed already")
    for counted in asked.payments if asked.payments is not UNSET else ():
        if face.names.meant("payment_type", counted.payment_type_id) not in TENDERS:
            raise refusal(422, f"There is no payment type {counted.payment_type_id}")
    closed = replace(drawer, is_open=False, closed_ms=face.pos.now_ms)
    entry = face.drawers.put(drawer.place, closed)
    face.notices.send_closure(closed)
    return face.reply(RegisterAnswer(data=_view(face, entry)))


def payments_summary(face: Lightspeed, call: Call) -> Response:
    """What the closure that is open (or was last) has brought."""
    drawer = _known(face, call).thing
    return face.reply(
        PaymentsSummaryAnswer(
            data=PaymentsSummary(
                payments=sums(face, drawer),
                register_closure_id=face.names.uuid("closure", drawer.closure),
                register_closure_sequence_number=drawer.sequence,
                register_open_time=face.iso(drawer.opened_ms),
            )
        )
    )


def sums(face: Lightspeed, drawer: Drawer) -> list[PaymentSum]:
    """What a closure has brought, by payment type."""
    return [
        PaymentSum(
            payment_type_id=face.names.uuid("payment_type", tender), payment_type_name=name,
            total=f"{money(drawer.taken_minor.get(tender, 0)):.2f}",
        )
        for tender, name in TENDERS.items()
    ]  # fmt: skip


def closure_view(face: Lightspeed, drawer: Drawer) -> RegisterClosure:
    """A closure as a notice tells it."""
    return RegisterClosure(
        id=face.names.uuid("closure", drawer.closure),
        register_id=face.register_id(drawer.place),
        outlet_id=face.outlet_id(drawer.place),
        register_closure_sequence_number=drawer.sequence,
        register_open_time=face.iso(drawer.opened_ms),
        register_close_time=face.iso(drawer.closed_ms),
        payments=sums(face, drawer),
    )


def moment(face: Lightspeed, text: str, field: str) -> int:
    """The run time in ms of a date that a client gave.

    Raises:
        VendorError: it is no RFC 3339 date and time.
    """
    try:
        return face.pos.calendar.ms(text)
    except ValueError as error:
        raise refusal(400, f"{field} is no RFC 3339 date and time") from error


def _next(face: Lightspeed, drawer: Drawer, at_ms: int) -> Drawer:
    return Drawer(drawer.place, drawer.name, drawer.sequence + 1, True, at_ms)


def _known(face: Lightspeed, call: Call) -> Entry[Drawer]:
    uuid = call.params["register_id"]
    found = face.drawers.get(face.names.meant("register", uuid))
    if found is None:
        raise refusal(404, f"There is no register {uuid}")
    return found


def _view(face: Lightspeed, entry: Entry[Drawer]) -> Register:
    drawer = entry.thing
    return Register(
        id=face.register_id(drawer.place), name=drawer.name,
        outlet_id=face.outlet_id(drawer.place), is_open=drawer.is_open,
        invoice_prefix=f"{drawer.place}-", invoice_sequence=face.invoices.last(drawer.place),
        invoice_suffix="",
        register_open_time=face.iso(drawer.opened_ms) if drawer.is_open else None,
        register_close_time=None if drawer.is_open else face.iso(drawer.closed_ms),
        register_open_sequence_id=face.names.uuid("closure", drawer.closure)
        if drawer.is_open
        else None,
        version=entry.version,
    )  # fmt: skip

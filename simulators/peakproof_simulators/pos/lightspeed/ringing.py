"""Sales that come in over the second face: parked, pending, closed, voided."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from msgspec import UNSET
from msgspec.json import Decoder
from msgspec.structs import replace

from peakproof.wire.message import Response
from peakproof_simulators.pos.lightspeed import fulfilling, goods, purses
from peakproof_simulators.pos.lightspeed.baskets import kept_of_return, read_basket
from peakproof_simulators.pos.lightspeed.cards import masked
from peakproof_simulators.pos.lightspeed.closures import moment
from peakproof_simulators.pos.lightspeed.errors import refusal
from peakproof_simulators.pos.lightspeed.payloads.sales import (
    SaleAnswer,
    SaleRequest,
    SalesAnswer,
    SaleUpdate,
)
from peakproof_simulators.pos.lightspeed.sales_view import STATES, STATES_BACK, sale_shown
from peakproof_simulators.pos.lightspeed.surface import span
from peakproof_simulators.pos.sale import Return, Sale, SaleState

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.lightspeed.ledger import Entry
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed

_NEW: Final = Decoder(SaleRequest, float_hook=Decimal)
_UPDATE: Final = Decoder(SaleUpdate, float_hook=Decimal)

MOVES: Final[dict[SaleState, frozenset[SaleState]]] = {
    "parked": frozenset({"parked", "open", "completed", "voided"}),
    "open": frozenset({"open", "completed", "voided"}),
    "completed": frozenset({"completed", "voided"}),
    "voided": frozenset(),
}
"""The life of a sale as the second face may move it."""


def list_sales(face: Lightspeed, call: Call) -> Response:
    """All sales by version, those of the tills too."""
    entries = face.page(call, face.sales)
    for entry in entries:
        face.name_sale(call, entry.thing.id)
    views = [sale_shown(face, entry) for entry in entries]
    return face.reply(SalesAnswer(data=views, version=span(entries)))


def get_sale(face: Lightspeed, call: Call) -> Response:
    """One sale."""
    entry = known(face, call)
    face.name_sale(call, entry.thing.id)
    return face.reply(SaleAnswer(data=sale_shown(face, entry)))


def create(face: Lightspeed, call: Call) -> Response:
    """A new sale, under an id of the client's own if it likes."""
    asked = face.read(call, _NEW)
    if asked.id is not UNSET:
        there = face.sales.get(face.names.meant("sale", asked.id))
        if there is not None:
            if face.settings.sale_id_reuse == "same":
                face.name_sale(call, there.thing.id)
                return answer(face, there.thing.id)
            raise face.no(409, f"There is a sale {asked.id} already", about=there.thing.id)
    place, author = _signed(face, asked)
    state, now_ms = STATES_BACK[asked.state], face.pos.now_ms
    by = "" if asked.fulfillment_outlet_id is UNSET else _outlet(face, asked)
    basket = read_basket(face, asked.line_items if asked.line_items is not UNSET else [], by)
    money = purses.read_payments(face, asked.payments)
    if money and state == "voided":
        raise refusal(422, "A voided sale takes no payments")
    id_ = asked.id if asked.id is not UNSET else face.ids.uuid()
    sale = Sale(
        id=id_, no=face.pos.sales.next_no(), mark=face.pos.sales.next_mark(), version=1,
        place=place, state="parked", by_till=False,
        source=_told(asked.source.type) or face.pos.settings.application_name,
        created_ms=now_ms, updated_ms=now_ms, occurred_ms=_occurred(face, asked, now_ms),
        reference=_told(asked.source.id), lines=basket.lines, taxes=basket.taxes,
        returns=(Return("return-1", "", basket.back),) if basket.back else (),
        **basket.amounts(), **_remarks(face, asked, {"author": author}),
    )  # fmt: skip
    if asked.invoice_number is not UNSET:
        face.invoices.give(id_, asked.invoice_number)
    sale = face.pos.add_sale(replace(sale, state="voided" if state == "voided" else "parked"))
    sale = purses.pay(face, sale, money)
    _move(face, sale, state)
    face.name_sale(call, id_)
    return answer(face, id_)


def update(face: Lightspeed, call: Call) -> Response:
    """Change a sale, pay it, close it, void it."""
    sale = known(face, call).thing
    face.name_sale(call, sale.id)
    asked = face.read(call, _UPDATE)
    state = STATES_BACK[asked.state]
    if state not in MOVES[sale.state]:
        raise face.no(422, f"A sale that is {STATES[sale.state]} cannot be {asked.state}",
                      about=sale.id)  # fmt: skip
    _signed(face, asked)
    changes = _remarks(face, asked, sale.shape or {})
    if asked.customer_id is UNSET:
        changes.pop("customer")
    money = purses.read_payments(face, asked.payments, of=sale)
    if sale.state == "completed" and (asked.line_items is not UNSET or money):
        raise face.no(422, "A closed sale takes no lines and no payments", about=sale.id)
    if asked.line_items is not UNSET and _handed_over(sale):
        raise face.no(422, "The goods of this sale have moved, its lines stay", about=sale.id)
    if state == "voided":
        _may_void(face, sale)
    if asked.line_items is not UNSET:
        changes.update(_lines(face, sale, asked))
    if state == "completed" and sale.state != "completed":
        _may_return(face, sale, changes.get("returns", sale.returns))
    if asked.date is not UNSET and sale.state != "completed":
        changes["occurred_ms"] = _occurred(face, asked, face.pos.now_ms)
    if "lines" in changes and sale.state == "open":
        fulfilling.follow(face, replace(sale, lines=changes["lines"]))
    if asked.invoice_number is not UNSET:
        face.invoices.give(sale.id, asked.invoice_number)
    sale = face.pos.change_sale(sale, **changes)
    sale = purses.pay(face, sale, money)
    _move(face, sale, state, dated=asked.date is not UNSET)
    return answer(face, sale.id)


def answer(face: Lightspeed, id_: str) -> Response:
    """A sale as it is now."""
    entry = face.sales.get(id_)
    assert entry is not None
    return face.reply(SaleAnswer(data=sale_shown(face, entry)))


def known(face: Lightspeed, call: Call) -> Entry[Sale]:
    """The sale that a path names.

    Raises:
        VendorError: there is none.
    """
    uuid = call.params["sale_id"]
    found = face.sales.get(face.names.meant("sale", uuid))
    if found is None:
        raise refusal(404, f"There is no sale {uuid}")
    return found


def void(face: Lightspeed, sale: Sale) -> None:
    """Void a sale: goods back where they left from, money back."""
    handed_over = _handed_over(sale)
    refunds = purses.give_back_all(face, sale)
    now_ms = face.pos.now_ms
    ends = {} if sale.closed_no else {"closed_ms": now_ms, "closed_no": face.pos.next_closed()}
    now = face.pos.change_sale(sale, state="voided", refunds=(*sale.refunds, *refunds), **ends)
    if handed_over and now.lines:
        goods.come_back(face, now)
    fulfilling.end(face, now)


def _handed_over(sale: Sale) -> bool:
    """Whether the goods of a sale have moved: it is closed, or on account."""
    return sale.state == "completed" or bool((sale.shape or {}).get("handed_over"))


def _may_void(face: Lightspeed, sale: Sale) -> None:
    if not _handed_over(sale):
        return
    if sale.returns or any(face.pos.returned_e5.get((sale.id, line.uid)) for line in sale.lines):
        raise face.no(422, "A sale with goods brought back cannot be voided", about=sale.id)


def _may_return(face: Lightspeed, sale: Sale, returns: tuple[Return, ...]) -> None:
    """Whether so much is still left of the sale that goods are brought back of."""
    for each in returns:
        source = face.pos.sales.get(each.source) if each.source else None
        if source is None:
            continue
        sold = {line.uid: line.units_e5 for line in source.lines}
        for line in each.lines:
            back_e5 = face.pos.returned_e5.get((source.id, line.source_line), 0)
            if back_e5 + line.units_e5 > sold.get(line.source_line, 0):
                raise face.no(422, "Not so much of the sale is left", about=sale.id)


def _move(face: Lightspeed, sale: Sale, state: SaleState, *, dated: bool = True) -> None:
    """Take a sale to a state; goods leave when it is closed, or is on account."""
    shape = sale.shape or {}
    if state == "voided":
        if sale.state != "voided":
            void(face, sale)
        return
    if sale.state == "completed":
        return
    handed_over = bool(shape.get("handed_over"))
    on_account = "onaccount" in shape.get("attributes", ())
    leaves = state == "completed" or (state == "open" and on_account)
    changes: dict[str, Any] = {"state": state}
    if leaves and not handed_over:
        changes["shape"] = {**shape, "handed_over": True}
    if state == "completed":
        now_ms = face.pos.now_ms
        changes |= {"closed_ms": now_ms, "closed_no": face.pos.next_closed()}
        if not dated:
            changes["occurred_ms"] = now_ms
    if changes != {"state": sale.state}:
        sale = face.pos.change_sale(sale, **changes)
    if leaves and not handed_over:
        goods.leave(face, sale)
    if state != "parked":
        fulfilling.begin(face, sale)
    if state == "completed":
        _other_returns(face, sale)


def _other_returns(face: Lightspeed, sale: Sale) -> None:
    """Once a return is closed, other parked returns of the same sale are voided."""
    for source in dict.fromkeys(each.source for each in sale.returns if each.source):
        for id_ in face.returns_of.get(source, ()):
            other = face.pos.sales.get(id_)
            if other is not None and other.id != sale.id and other.state == "parked":
                void(face, other)


def _lines(face: Lightspeed, sale: Sale, asked: SaleUpdate) -> dict[str, Any]:
    assert asked.line_items is not UNSET
    if any(each.source for each in sale.returns):
        return {"returns": kept_of_return(face, sale, asked.line_items)}
    by = "" if asked.fulfillment_outlet_id is UNSET else _outlet(face, asked)
    basket = read_basket(face, asked.line_items, by)
    return {
        "lines": basket.lines,
        "taxes": basket.taxes,
        "returns": (Return("return-1", "", basket.back),) if basket.back else (),
        **basket.amounts(),
    }


def _signed(face: Lightspeed, asked: SaleUpdate) -> tuple[str, str]:
    """Where a sale is rung up, and by whom."""
    author = face.names.meant("user", asked.source.author_id)
    if face.users.get(author) is None:
        raise refusal(422, f"source.author_id: there is no user {asked.source.author_id}")
    if asked.source.register_id is UNSET:
        return next(iter(face.pos.places)), author
    place = face.names.meant("register", asked.source.register_id)
    if place not in face.pos.registers:
        raise refusal(422, f"source.register_id: there is no register {asked.source.register_id}")
    return place, author


def _outlet(face: Lightspeed, asked: SaleUpdate) -> str:
    assert asked.fulfillment_outlet_id is not UNSET
    return face.place(asked.fulfillment_outlet_id, "fulfillment_outlet_id")


def _occurred(face: Lightspeed, asked: SaleUpdate, now_ms: int) -> int:
    if asked.date is UNSET:
        return now_ms
    at_ms = moment(face, asked.date, "date")
    if at_ms > now_ms:
        raise refusal(422, "date is in the future")
    return at_ms


def _remarks(face: Lightspeed, asked: SaleUpdate, shape: dict[str, Any]) -> dict[str, Any]:
    """What is kept as it was told; card numbers are not."""
    shape = {"attributes": [], **shape}
    for name in ("note", "short_code"):
        value = getattr(asked, name)
        if value is not UNSET:
            shape[name] = masked(face, value)
    if asked.attributes is not UNSET:
        shape["attributes"] = list(dict.fromkeys(asked.attributes))
    if asked.source.type is not UNSET:
        shape["source_type"] = asked.source.type
    customer = ""
    if asked.customer_id is not UNSET:
        if face.customers.get(asked.customer_id) is None:
            raise refusal(422, f"customer_id: there is no customer {asked.customer_id}")
        customer = asked.customer_id
    return {"shape": shape, "customer": customer}


def _told(value: Any) -> str:
    return value if isinstance(value, str) else ""

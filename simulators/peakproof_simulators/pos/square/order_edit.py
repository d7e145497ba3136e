"""Changing an order: sparse fields are laid over what is there, then all is worked out again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from peakproof_simulators.pos import paying
from peakproof_simulators.pos.refusals import NotAllowed
from peakproof_simulators.pos.sale import FULFILMENT_MOVES, SALE_MOVES, Fulfilment, Sale, SaleState
from peakproof_simulators.pos.square import words
from peakproof_simulators.pos.square.errors import refusal
from peakproof_simulators.pos.square.order_read import read_basket, read_fulfilments
from peakproof_simulators.pos.square.order_view import order_view

if TYPE_CHECKING:
    from peakproof_simulators.pos.square.payloads.orders import Order
    from peakproof_simulators.pos.square.surface import Square

LISTS: Final = ("line_items", "taxes", "discounts", "fulfillments")
"""Fields whose entries are found by ``uid``: given ones are laid over, new ones added."""

SINGLES: Final = ("reference_id", "customer_id", "ticket_name", "metadata", "pricing_options")
"""Fields that are replaced as a whole."""

_PATH: Final = re.compile(r"(?P<list>[a-z_]+)(?:\[(?P<uid>[^\]]+)\](?:\.(?P<field>[a-z_]+))?)?")
_KEPT: Final = ("uid", "quantity", "type")
"""Fields of an entry that cannot be cleared."""


def may_edit(square: Square, sale: Sale, order: Order | None) -> None:
    """Whether an order can be changed by a client that holds this version of it.

    Raises:
        VendorError: it was made on a till, it has come to its end, or the version is stale.
    """
    if sale.by_till:
        raise square.no(
            "BAD_REQUEST", "Orders that were not created through the API cannot be updated.",
            about=sale.id,
        )  # fmt: skip
    if order is None or order.version is None:
        raise square.no(
            "MISSING_REQUIRED_PARAMETER", "The version of the order is missing.", "order.version",
            about=sale.id,
        )  # fmt: skip
    if order.version != sale.version:
        raise square.stale(square.settings.order_conflict, "order.version", about=sale.id)
    if not SALE_MOVES[sale.state]:
        raise square.no(
            "BAD_REQUEST", f"The order is {words.SALE[sale.state]} and cannot be updated.",
            "order.state", about=sale.id,
        )  # fmt: skip
    if order.location_id not in (None, sale.place):
        raise refusal("INVALID_LOCATION", "An order stays at its location.", "order.location_id")


def edited(square: Square, sale: Sale, order: Order | None, to_clear: Sequence[str]) -> Sale:
    """The order after the change, which is also made.

    Raises:
        VendorError: a field cannot be cleared, or a state cannot be reached.
    """
    assert order is not None
    whole = order_view(square, sale)
    for path in to_clear:
        _clear(whole, path)
    _lay_over(whole, order)
    basket = read_basket(square, whole, sale.place)
    fulfilments = read_fulfilments(square, whole.fulfillments or ())
    _may_move(square, sale, fulfilments)
    options = whole.pricing_options
    state = _state(square, sale, order)
    try:
        if state == "voided":
            return paying.call_off(square.pos, sale)
        if state == "completed":
            paying.may_complete(
                msgspec.structs.replace(
                    sale, total_minor=basket.total_minor, fulfilments=fulfilments
                )
            )
        now = square.pos.change_sale(
            sale,
            state="open" if state == "completed" else state,
            reference=whole.reference_id or "",
            customer=whole.customer_id or "",
            ticket=whole.ticket_name or "",
            metadata=whole.metadata,
            lines=basket.lines,
            taxes=basket.taxes,
            discounts=basket.discounts,
            total_minor=basket.total_minor,
            tax_minor=basket.tax_minor,
            discount_minor=basket.discount_minor,
            fulfilments=fulfilments,
            shape={"pricing_options": msgspec.to_builtins(options)} if options else None,
        )
        return paying.complete(square.pos, now) if state == "completed" else now
    except NotAllowed as error:
        raise square.not_allowed(error, about=sale.id) from error


def _state(square: Square, sale: Sale, order: Order) -> SaleState:
    """The state that a change leads to."""
    if order.state is None:
        return sale.state
    wanted = words.SALE_BACK[order.state]
    if wanted != sale.state and wanted not in SALE_MOVES[sale.state]:
        raise square.no(
            "BAD_REQUEST", f"An order cannot go from {words.SALE[sale.state]} to {order.state}.",
            "order.state", about=sale.id,
        )  # fmt: skip
    return wanted


def _may_move(square: Square, sale: Sale, fulfilments: Sequence[Fulfilment]) -> None:
    before = {each.uid: each.state for each in sale.fulfilments}
    for each in fulfilments:
        was = before.get(each.uid, each.state)
        if each.state != was and each.state not in FULFILMENT_MOVES[was]:
            raise square.no(
                "BAD_REQUEST",
                f"A fulfillment cannot go from {words.FULFILMENT[was]} to "
                f"{words.FULFILMENT[each.state]}.",
                "order.fulfillments", about=sale.id,
            )  # fmt: skip


def _clear(whole: Order, path: str) -> None:
    """Take away what a path names: ``discounts``, ``line_items[uid]``, ``line_items[uid].note``."""
    found = _PATH.fullmatch(path)
    name = found["list"] if found else ""
    if found is None or name not in (*LISTS, *SINGLES):
        raise refusal("INVALID_VALUE", f"{path} cannot be cleared.", "fields_to_clear")
    if found["uid"] is None:
        setattr(whole, name, None)
        return
    entries: list[Any] = (getattr(whole, name) or []) if name in LISTS else []
    entry = next((each for each in entries if each.uid == found["uid"]), None)
    if entry is None:
        raise refusal("INVALID_VALUE", f"{path} is not there.", "fields_to_clear")
    field = found["field"]
    if field is None:
        entries.remove(entry)
    elif field in _KEPT or field not in entry.__struct_fields__:
        raise refusal("INVALID_VALUE", f"{path} cannot be cleared.", "fields_to_clear")
    else:
        setattr(entry, field, None)


def _lay_over(whole: Order, order: Order) -> None:
    for name in SINGLES:
        given = getattr(order, name)
        if given is not None:
            setattr(whole, name, given)
    for name in LISTS:
        given = getattr(order, name)
        if given is not None:
            setattr(whole, name, _merged(getattr(whole, name) or [], given))


def _merged(there: list[Any], given: Sequence[Any]) -> list[Any]:
    """Entries by uid: fields that are given replace those that are there."""
    by_uid = {each.uid: each for each in there}
    for each in given:
        was = by_uid.get(each.uid) if each.uid is not None else None
        if was is None:
            there.append(each)
            continue
        for field in each.__struct_fields__:
            value = getattr(each, field)
            if value is not None:
                setattr(was, field, value)
    return there

"""Looking for sales, products and customers by what they are, sorted, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from peakproof.wire.message import Response
from peakproof_simulators.pos.lightspeed.books import Customer
from peakproof_simulators.pos.lightspeed.closures import moment
from peakproof_simulators.pos.lightspeed.errors import refusal
from peakproof_simulators.pos.lightspeed.payloads.common import Shown
from peakproof_simulators.pos.lightspeed.places import customer_view
from peakproof_simulators.pos.lightspeed.products import product_view
from peakproof_simulators.pos.lightspeed.sales_view import STATES, sale_id, sale_shown
from peakproof_simulators.pos.lightspeed.surface import every, flag, whole, word
from peakproof_simulators.pos.products import Product, Variant
from peakproof_simulators.pos.sale import Sale

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.lightspeed.ledger import Entry
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed

PAGE: Final = 100
MOST: Final = 1000

Attribute = Callable[["Lightspeed", Any], Iterable[str]]
"""The values that a thing has of an attribute."""


class SearchAnswer(Shown):
    """What was found."""

    data: list[dict[str, Any]]


def search(face: Lightspeed, call: Call) -> Response:
    """Find things of one type: each attribute that is given has to fit, in one of its values."""
    kind = word(call, "type")
    if kind is None:
        raise refusal(400, "type is required")
    face.follow_range()
    attributes = _ATTRIBUTES[kind]
    given = dict.fromkeys(name for name, _value in call.parameters if name not in _COMMON)
    for name in given:
        if name.removeprefix("-") not in attributes and name not in _TIMES:
            raise refusal(400, f"{name[:200]} is no attribute of {kind}")
    wanted = {name: set(every(call, name)) for name in given if name not in _TIMES}
    entries = [
        entry
        for entry in _candidates(face, call, kind)
        if (flag(call, "deleted") or not entry.deleted)
        and all(_fits(face, attributes, entry.thing, name, wanted[name]) for name in wanted)
    ]
    if kind == "sales":
        entries = _within(face, call, entries)
    _sort(face, call, entries, attributes, kind)
    first = whole(call, "offset") or 0
    page = entries[first : first + min(whole(call, "page_size") or PAGE, MOST)]
    for entry in page:
        _name(face, call, entry.thing)
    return face.reply({"data": [_shown(face, entry) for entry in page]})


def _candidates(face: Lightspeed, call: Call, kind: str) -> Iterable[Entry[Any]]:
    """Where to look: an id, an invoice number, a SKU or a code need no look at all the rest."""
    ledger: Any = {"sales": face.sales, "products": face.products, "customers": face.customers}
    ids: list[str] | None = None
    if call.one("_id") is not None:
        spoken: Any = {"sales": "sale", "products": "variant"}
        uuids = call.every("_id")
        ids = uuids if kind == "customers" else [
            face.names.meant(spoken[kind], uuid) for uuid in uuids
        ]  # fmt: skip
    elif kind == "sales" and call.one("invoice_number") is not None:
        numbers = call.every("invoice_number")
        ids = [id_ for number in numbers for id_ in face.invoices.sales(number)]
    elif kind == "products" and call.one("sku") is not None and not flag(call, "deleted"):
        skus = dict.fromkeys(sku.casefold() for sku in call.every("sku"))
        ids = [each.id for sku in skus for each in face.pos.range.with_sku(sku)]
    elif kind == "customers" and call.one("customer_code") is not None:
        codes = (face.customer_codes.get(code) for code in call.every("customer_code"))
        ids = [id_ for id_ in codes if id_ is not None]
    if ids is None:
        walk: Iterable[Entry[Any]] = ledger[kind].walk(
            after=None, before=None, newest=False, lag_s=call.stale_s
        )
        return walk
    some: list[Entry[Any]] = ledger[kind].some(dict.fromkeys(ids), lag_s=call.stale_s)
    return some


def _fits(
    face: Lightspeed,
    attributes: Mapping[str, Attribute],
    thing: Any,
    name: str,
    wanted: set[str],
) -> bool:
    bare = name.removeprefix("-")
    there = any(value in wanted for value in attributes[bare](face, thing))
    return there if bare == name else not there


def _within(face: Lightspeed, call: Call, entries: list[Entry[Sale]]) -> list[Entry[Sale]]:
    since, until = (
        None if call.one(name) is None else moment(face, call.one(name) or "", name)
        for name in _TIMES
    )
    return [
        entry
        for entry in entries
        if (since is None or entry.thing.occurred_ms >= since)
        and (until is None or entry.thing.occurred_ms <= until)
    ]


def _sort(
    face: Lightspeed,
    call: Call,
    entries: list[Entry[Any]],
    attributes: Mapping[str, Attribute],
    kind: str,
) -> None:
    by = call.one("order_by")
    if by is not None:
        if by not in attributes:
            raise refusal(400, f"{kind} cannot be sorted by {by[:200]}")
        own = attributes[by]
        entries.sort(key=lambda entry: next(iter(own(face, entry.thing)), ""))
    if word(call, "order_direction") == "desc":
        entries.reverse()


def _shown(face: Lightspeed, entry: Entry[Any]) -> Any:
    if isinstance(entry.thing, Sale):
        return sale_shown(face, entry)
    if isinstance(entry.thing, Variant):
        return product_view(face, entry)
    return customer_view(face, entry)


def _name(face: Lightspeed, call: Call, thing: Any) -> None:
    if isinstance(thing, Sale):
        face.name_sale(call, thing.id)
    elif isinstance(thing, Variant):
        face.name_item(call, thing.sku)


def _author(face: Lightspeed, sale: Sale) -> list[str]:
    known = (sale.shape or {}).get("author")
    return [face.user_id(known or (f"till:{sale.place}" if sale.by_till else "api"))]


def _tenders(face: Lightspeed, sale: Sale) -> list[str]:
    money = [face.pos.payments.get(id_) for id_ in sale.payments]
    money += [face.pos.refunds.get(id_) for id_ in sale.refunds]  # type: ignore[misc] # alike here
    return [face.names.uuid("payment_type", each.tender) for each in money if each is not None]


def _sold(face: Lightspeed, sale: Sale) -> list[str]:
    back = [line.variant for each in sale.returns for line in each.lines]
    sold = [line.variant for line in sale.lines]
    return [face.product_id(variant) for variant in (*sold, *back) if variant]


def _parent(face: Lightspeed, variant: Variant) -> list[str]:
    item = face.pos.range.get(variant.product)
    family = isinstance(item, Product) and len(item.variants) > 1
    return [face.names.uuid("product", variant.product)] if family else []


def _own(name: str) -> Attribute:
    def values(_face: Lightspeed, customer: Customer) -> list[str]:
        return [getattr(customer, name)]

    return values


_ATTRIBUTES: Final[dict[str, dict[str, Attribute]]] = {
    "sales": {
        "_id": lambda face, sale: [sale_id(face, sale.id)],
        "state": lambda _face, sale: [STATES[sale.state]],
        "attributes": lambda _face, sale: (sale.shape or {}).get("attributes", ()),
        "invoice_number": lambda face, sale: [face.invoices.of(sale.id)],
        "customer_id": lambda _face, sale: [sale.customer],
        "user_id": _author,
        "outlet_id": lambda face, sale: [face.outlet_id(sale.place)],
        "register_id": lambda face, sale: [face.register_id(sale.place)],
        "payment_type_id": _tenders,
        "product_id": _sold,
    },
    "products": {
        "_id": lambda face, variant: [face.product_id(variant.id)],
        "sku": lambda _face, variant: [variant.sku.lower()],
        "variant_parent_id": _parent,
    },
    "customers": {
        "_id": _own("id"),
        "customer_code": _own("code"),
        **{
            name: _own(name)
            for name in ("first_name", "last_name", "company_name", "mobile", "phone", "email")
        },
    },
}
"""What each type can be looked for and sorted by; SKUs are compared in lower case."""

_TIMES: Final = ("date_from", "date_to")
_COMMON: Final = ("type", "order_by", "order_direction", "page_size", "offset", "deleted")
NAMES: Final = tuple(
    dict.fromkeys(name for attributes in _ATTRIBUTES.values() for name in attributes)
)
"""All attributes, for the operations table."""
WITHOUT: Final = ("-_id", "-sku", "-variant_parent_id")
"""Attributes that things must not have."""

"""Searching orders by location, state, time, source and fulfilment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.json import Decoder

from peakproof.wire.message import Response
from peakproof_simulators.pos.books import By
from peakproof_simulators.pos.sale import FulfilmentState, Sale, SaleState
from peakproof_simulators.pos.square import paging, words
from peakproof_simulators.pos.square.errors import refusal
from peakproof_simulators.pos.square.order_view import order_view
from peakproof_simulators.pos.square.payloads.orders import (
    OrderEntry,
    SearchOrdersAnswer,
    SearchOrdersFilter,
    SearchOrdersQuery,
    SearchOrdersRequest,
    SearchOrdersSort,
)

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.square.surface import Square

PAGE: Final = 500

_SEARCH: Final = Decoder(SearchOrdersRequest)
_FIELDS: Final[dict[str, By]] = {
    "CREATED_AT": "created",
    "UPDATED_AT": "updated",
    "CLOSED_AT": "closed",
}


class Wanted(msgspec.Struct):
    """A query, ready to be held against sales. None: anything goes."""

    places: tuple[str, ...]
    by: By
    newest: bool
    since_ms: int | None = None
    until_ms: int | None = None
    states: tuple[SaleState, ...] | None = None
    sources: tuple[str, ...] | None = None
    customers: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None
    fulfilled: tuple[FulfilmentState, ...] | None = None

    def fits(self, sale: Sale) -> bool:
        """Whether a sale is one that the query is about."""
        if sale.place not in self.places:
            return False
        if self.states is not None and sale.state not in self.states:
            return False
        if self.sources is not None and sale.source not in self.sources:
            return False
        if self.customers is not None and sale.customer not in self.customers:
            return False
        if self.kinds is None and self.fulfilled is None:
            return True
        return any(
            (self.kinds is None or each.kind in self.kinds)
            and (self.fulfilled is None or each.state in self.fulfilled)
            for each in sale.fulfilments
        )


def search(square: Square, call: Call) -> Response:
    """Orders of up to ten locations; as whole orders or as bare entries."""
    body = square.read(call, _SEARCH)
    if not body.location_ids:
        raise refusal("MISSING_REQUIRED_PARAMETER", "A required field is missing.", "location_ids")
    for code in body.location_ids:
        square.location(code, "location_ids")
    wanted = _wanted(square, body)
    query = paging.signature("orders", body.location_ids, body.query, body.return_entries)
    place = paging.opened(body.cursor, query)
    walk = square.pos.sales.walk(
        wanted.by,
        newest=wanted.newest,
        cursor=None if place is None else place[0],
        since_ms=wanted.since_ms,
        until_ms=wanted.until_ms,
        lag_s=call.stale_s,
    )
    found = ((mark, sale) for mark, sale in walk if wanted.fits(sale))
    sales, cursor = paging.page(found, body.limit or PAGE, query)
    for sale in sales:
        square.name_sale(call, sale.id)
    if body.return_entries:
        entries = [_entry(sale) for sale in sales]
        return square.reply(SearchOrdersAnswer(order_entries=entries or None, cursor=cursor))
    orders = [order_view(square, sale) for sale in sales]
    return square.reply(SearchOrdersAnswer(orders=orders or None, cursor=cursor))


def _entry(sale: Sale) -> OrderEntry:
    return OrderEntry(
        order_id=sale.id, version=None if sale.by_till else sale.version, location_id=sale.place
    )


def _wanted(square: Square, body: SearchOrdersRequest) -> Wanted:
    query = body.query or SearchOrdersQuery()
    filter_ = query.filter or SearchOrdersFilter()
    sort = query.sort or SearchOrdersSort(sort_field="CREATED_AT")
    wanted = Wanted(
        places=tuple(body.location_ids or ()),
        by=_FIELDS[sort.sort_field],
        newest=sort.sort_order != "ASC",
    )
    _read_window(square, filter_, wanted, sort.sort_field)
    if filter_.state_filter is not None:
        wanted.states = tuple(words.SALE_BACK[state] for state in filter_.state_filter.states)
    if filter_.source_filter is not None and filter_.source_filter.source_names:
        wanted.sources = tuple(filter_.source_filter.source_names)
    if filter_.customer_filter is not None and filter_.customer_filter.customer_ids:
        wanted.customers = tuple(filter_.customer_filter.customer_ids)
    fulfilment = filter_.fulfillment_filter
    if fulfilment is not None and fulfilment.fulfillment_types:
        wanted.kinds = tuple(fulfilment.fulfillment_types)
    if fulfilment is not None and fulfilment.fulfillment_states:
        states = fulfilment.fulfillment_states
        wanted.fulfilled = tuple(words.FULFILMENT_BACK[state] for state in states)
    return wanted


def _read_window(
    square: Square, filter_: SearchOrdersFilter, wanted: Wanted, sort_field: str
) -> None:
    """The one window of time, which has to be of the field that is sorted by."""
    times = filter_.date_time_filter
    if times is None:
        return
    given = [
        (field, window)
        for field, window in (
            ("CREATED_AT", times.created_at),
            ("UPDATED_AT", times.updated_at),
            ("CLOSED_AT", times.closed_at),
        )
        if window is not None
    ]
    name = "query.filter.date_time_filter"
    if len(given) != 1:
        raise refusal("INVALID_VALUE", "One window of time can be given.", name)
    field, window = given[0]
    if field != sort_field:
        raise refusal(
            "INVALID_VALUE", f"To filter by {field}, sort by {field}.", "query.sort.sort_field"
        )
    name = f"{name}.{field.lower()}"
    wanted.since_ms, wanted.until_ms = square.window(window.start_at, window.end_at, name)

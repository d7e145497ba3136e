"""Reading stock: figures, the events behind them, and both by id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from msgspec.json import Decoder

from peakproof.wire.message import Response
from peakproof_simulators.pos.square import paging, words
from peakproof_simulators.pos.square.errors import refusal
from peakproof_simulators.pos.square.payloads.inventory import (
    AdjustmentAnswer,
    ChangesAnswer,
    CountsAnswer,
    InventoryChange,
    InventoryCount,
    PhysicalCountAnswer,
    RetrieveChangesRequest,
    RetrieveCountsRequest,
)
from peakproof_simulators.pos.square.stock_view import (
    adjustment,
    change_view,
    count_view,
    physical,
    reason,
)

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.square.surface import Square
    from peakproof_simulators.pos.stock import Cell, Figure, StockEvent

PAGE: Final = 100
"""How many a page holds when the client does not say (chosen)."""

_COUNTS: Final = Decoder(RetrieveCountsRequest)
_CHANGES: Final = Decoder(RetrieveChangesRequest)


def retrieve_counts(square: Square, call: Call) -> Response:
    """Figures, the last changed first; with ``updated_after`` only those changed since."""
    body = square.read(call, _COUNTS)
    since = None if body.updated_after is None else square.time(body.updated_after, "updated_after")
    query = paging.signature(
        "counts", body.catalog_object_ids, body.location_ids, body.states, body.updated_after
    )
    place = paging.opened(body.cursor, query)
    states = (
        {words.STOCK_BACK[state] for state in body.states if state in words.STOCK_BACK}
        if (body.states)
        else None
    )
    found = (
        (mark, (cell, figure))
        for mark, cell, figure in _figures(square, call, body, None if place is None else place[0])
        if (states is None or cell.state in states)
        and (not body.location_ids or cell.place in body.location_ids)
        and (since is None or figure[1] > since)
    )
    figures, cursor = paging.page(found, body.limit or PAGE, query)
    counts = [_named(square, call, cell, figure) for cell, figure in figures]
    return square.reply(CountsAnswer(counts=counts or None, cursor=cursor))


def counts_of_one(square: Square, call: Call) -> Response:
    """The figures of one variation, at all locations or at some."""
    variant = _variant(square, call)
    places = _codes(call)
    query = paging.signature("count", variant, places)
    place = paging.opened(call.one("cursor"), query)
    found = (
        (cell.mark, cell)
        for cell in sorted(square.pos.stock.cells(variant), key=lambda cell: -cell.mark)
        if (not places or cell.place in places) and (place is None or cell.mark < place[0])
    )
    cells, cursor = paging.page(found, PAGE, query)
    counts = [_named(square, call, cell, None) for cell in cells]
    return square.reply(CountsAnswer(counts=counts or None, cursor=cursor))


def retrieve_changes(square: Square, call: Call) -> Response:
    """Stock events by the time at which they happened, the oldest first unless asked otherwise."""
    body = square.read(call, _CHANGES)
    if body.states and body.reason_ids:
        raise refusal("CONFLICTING_PARAMETERS", "Give states or reason_ids, not both.", "states")
    newest = body.sort is not None and body.sort.order == "DESC"
    query = paging.signature(
        "changes", body.catalog_object_ids, body.location_ids, body.types, body.states,
        body.updated_after, body.updated_before, body.sort, body.reason_ids,
    )  # fmt: skip
    past = _past(body.cursor, query)
    events = _events(square, call, body, newest=newest, past=past)
    found = (event for event in events if _fits(square, body, event))
    return _changes(square, call, found, body.limit or PAGE, query)


def changes_of_one(square: Square, call: Call) -> Response:
    """Stock events of one variation, the newest first."""
    variant = _variant(square, call)
    places = _codes(call)
    query = paging.signature("changes", variant, places)
    events = [
        event
        for event in square.pos.stock.by_variant.get(variant, [])
        if event.kind != "correct"
        and (not places or event.src_place in places or event.dst_place in places)
    ]
    found = _sorted(events, newest=True, past=_past(call.one("cursor"), query))
    return _changes(square, call, found, PAGE, query)


def get_adjustment(square: Square, call: Call) -> Response:
    """One adjustment."""
    event = _event(square, call.params["adjustment_id"])
    if event is None or event.kind != "adjust":
        raise refusal("NOT_FOUND", "Inventory adjustment not found.", "adjustment_id")
    square.name_cell(call, event.variant, event.dst_place)
    return square.reply(AdjustmentAnswer(adjustment=adjustment(square, event)))


def get_physical_count(square: Square, call: Call) -> Response:
    """One physical count."""
    event = _event(square, call.params["physical_count_id"])
    if event is None or event.kind != "count":
        raise refusal("NOT_FOUND", "Inventory physical count not found.", "physical_count_id")
    square.name_cell(call, event.variant, event.dst_place)
    return square.reply(PhysicalCountAnswer(count=physical(square, event)))


def _event(square: Square, id_: str) -> StockEvent | None:
    return square.pos.stock.by_id.get(id_)


def _variant(square: Square, call: Call) -> str:
    id_ = call.params["catalog_object_id"]
    if square.pos.range.variant(id_) is None:
        raise refusal("NOT_FOUND", f"Catalog object {id_} not found.", "catalog_object_id")
    return id_


def _codes(call: Call) -> list[str]:
    """The locations that a query asks for; none: all of them."""
    return [code for code in (call.one("location_ids") or "").split(",") if code]


def _past(cursor: str | None, query: int) -> tuple[int, int] | None:
    """The time and number of the last event that a client has seen."""
    place = paging.opened(cursor, query)
    return None if place is None else (place[0], place[-1])


def _named(square: Square, call: Call, cell: Cell, figure: Figure | None) -> InventoryCount:
    square.name_cell(call, cell.variant, cell.place)
    return count_view(square, cell, figure)


def _figures(
    square: Square, call: Call, body: RetrieveCountsRequest, before: int | None
) -> Iterator[tuple[int, Cell, Figure]]:
    """Cells with their figures, the last changed first, as they were when the query is late."""
    book = square.pos.stock
    then = book.past.differences(call.stale_s) if call.stale_s > 0 else {}
    if body.catalog_object_ids:
        found: Iterable[tuple[int, Cell]] = sorted(
            (
                (cell.mark, cell)
                for id_ in dict.fromkeys(body.catalog_object_ids)
                for cell in book.cells(id_)
            ),
            key=lambda each: -each[0],
        )
    else:
        found = book.recent.newest(before=before)
    since = None if body.updated_after is None else square.time(body.updated_after, "updated_after")
    for mark, cell in found:
        if before is not None and mark >= before:
            continue
        if since is not None and cell.at_ms <= since:
            return
        if cell.key not in then:
            yield mark, cell, (cell.units_e5, cell.at_ms)
            continue
        was = then[cell.key]
        if was is not None:
            yield mark, cell, was


def _events(
    square: Square,
    call: Call,
    body: RetrieveChangesRequest,
    *,
    newest: bool,
    past: tuple[int, int] | None,
) -> Iterator[StockEvent]:
    """The events that a query is about, in order; those left out that cannot be seen yet."""
    book, known_ms = square.pos.stock, square.pos.now_ms - round(call.stale_s * 1000)
    since = None if body.updated_after is None else square.time(body.updated_after, "updated_after")
    until = (
        None if body.updated_before is None else square.time(body.updated_before, "updated_before")
    )
    if body.catalog_object_ids:
        chosen = [
            event
            for id_ in dict.fromkeys(body.catalog_object_ids)
            for event in book.by_variant.get(id_, [])
        ]
        events: Iterable[StockEvent] = _sorted(chosen, newest=newest, past=past)
    elif since is not None:
        events = _sorted(book.received_after(since), newest=newest, past=past)
    else:
        events = book.in_time(newest=newest, past=past)
    for event in events:
        if event.kind == "correct" or event.received_ms > known_ms:
            continue
        if since is not None and event.received_ms <= since:
            continue
        if until is not None and event.received_ms >= until:
            continue
        yield event


def _sorted(
    events: list[StockEvent], *, newest: bool, past: tuple[int, int] | None
) -> list[StockEvent]:
    """Events in the order of (time, number), from beyond ``past``."""
    placed = sorted(((event.occurred_ms, event.no), event) for event in events)
    if newest:
        placed.reverse()
    return [
        event
        for place, event in placed
        if past is None or (place < past if newest else place > past)
    ]


def _fits(square: Square, body: RetrieveChangesRequest, event: StockEvent) -> bool:
    if body.types:
        kind = "PHYSICAL_COUNT" if event.kind == "count" else "ADJUSTMENT"
        if kind not in body.types:
            return False
    if body.location_ids and not (
        event.src_place in body.location_ids or event.dst_place in body.location_ids
    ):
        return False
    if body.states and event.kind == "adjust":
        states = (words.STOCK[event.src], words.STOCK[event.dst])
        if not any(state in body.states for state in states):
            return False
    if body.reason_ids:
        return event.kind == "adjust" and reason(square, event) in body.reason_ids
    return True


def _changes(
    square: Square, call: Call, found: Iterable[StockEvent], limit: int, query: int
) -> Response:
    """A page of events; its cursor names the last one by (time, number)."""
    changes: list[InventoryChange] = []
    cursor, last = None, None
    for event in found:
        if len(changes) == limit and last is not None:
            cursor = paging.closed(query, last.occurred_ms, last.no)
            break
        square.name_cell(call, event.variant, event.dst_place)
        changes.append(change_view(square, event))
        last = event
    return square.reply(ChangesAnswer(changes=changes or None, cursor=cursor))

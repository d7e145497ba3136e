"""Fulfilments: goods that an outlet picks, packs and hands over."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta

from peakproof_simulators.pos.lightspeed.payloads.common import (
    Given,
    GivenAmount,
    Maybe,
    Shown,
    Uuid,
)

Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class PackSource(Given):
    """Where packed units come from: both parts sum to the quantity."""

    quantity_from_picked: GivenAmount
    quantity_from_not_started: GivenAmount


class FulfilSource(Given):
    """Where fulfilled units come from: all three parts sum to the quantity."""

    quantity_from_picked: GivenAmount
    quantity_from_packed: GivenAmount
    quantity_from_not_started: GivenAmount


class PickLine(Given):
    """Units that were picked."""

    sale_line_item_id: Uuid
    quantity: GivenAmount


class PackLine(Given):
    """Units that were packed; below zero they are unpacked."""

    sale_line_item_id: Uuid
    quantity: GivenAmount
    source_breakdown: PackSource | Maybe = UNSET


class FulfilLine(Given):
    """Units that were handed over."""

    sale_line_item_id: Uuid
    quantity: GivenAmount
    source_breakdown: FulfilSource | Maybe = UNSET


class PickLines(Given):
    """Picking; ``version`` is the one that the client knows."""

    version: Version
    line_items: Annotated[list[PickLine], Meta(min_length=1, max_length=500)]


class PackLines(Given):
    """Packing."""

    version: Version
    line_items: Annotated[list[PackLine], Meta(min_length=1, max_length=500)]


class FulfilLines(Given):
    """Handing over."""

    version: Version
    line_items: Annotated[list[FulfilLine], Meta(min_length=1, max_length=500)]


class FulfilSale(Given):
    """Hand over all that is left of a sale."""

    sale_id: Uuid


class Moved(Shown):
    """A fulfilment and its new version."""

    id: str
    version: int


class MovedAnswer(Shown):
    """A fulfilment that was moved on."""

    data: Moved


class MovedListAnswer(Shown):
    """Fulfilments that were moved on."""

    data: list[Moved]


class SummaryLine(Shown):
    """How far a line has come; quantities are texts."""

    sale_line_item_id: str
    product_id: str
    quantity: str
    picked_quantity: str
    packed_quantity: str
    fulfilled_quantity: str


class Summary(Shown):
    """How far a fulfilment has come."""

    id: str
    outlet_id: str
    sale_id: str
    type: Literal["PICKUP", "DISPATCH", "SERVICE"]
    state: Literal["OPEN", "STARTED", "PICKED", "PACKED", "FULFILLED"]
    user_ids: list[str]
    note: str
    created_at: str
    updated_at: str
    version: int
    line_items: list[SummaryLine]


class SummariesAnswer(Shown):
    """Fulfilments."""

    data: list[Summary]


class HistoryEntry(Shown):
    """What happened to a line of a fulfilment; quantities are differences."""

    sale_line_item_id: str
    product_id: str
    event_type: Literal[
        "CREATED", "QUANTITY_UPDATED", "REMOVED", "PICKED", "PACKED", "FULFILLED", "VOIDED",
        "RETURNED",
    ]  # fmt: skip
    quantity_delta: str
    picked_quantity_delta: str
    packed_quantity_delta: str
    fulfilled_delta: str
    created_at: str


class HistoryAnswer(Shown):
    """What happened to a fulfilment, oldest first; an empty cursor ends it."""

    data: list[HistoryEntry]
    next_cursor: str

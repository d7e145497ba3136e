"""Bulk requests and what became of them."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from peakproof_simulators.deposco.payloads.common import Wire
from peakproof_simulators.deposco.payloads.goods import Item
from peakproof_simulators.deposco.payloads.orders import Order


class BulkUpdate(Wire):
    """One entity of a bulk request: an order or an item."""

    order: Order | UnsetType = UNSET
    item: Item | UnsetType = UNSET


class BulkUpdates(Wire):
    """What POST /bulk takes; the vendor wants one kind of entity in a request."""

    bulk_update: list[BulkUpdate] | BulkUpdate | UnsetType = UNSET


class BulkDetail(Wire):
    """What became of one entity."""

    entity_number: str
    status: str
    comment: str


class BulkDetails(Wire):
    """The wrapper around the entities of a request."""

    request_details: list[BulkDetail] | BulkDetail | UnsetType = UNSET


class BulkProgress(Wire):
    """How far a bulk request is; ``progress`` is a percentage."""

    request_id: str
    unique_token: str
    progress: int
    status: str
    details: BulkDetails


class BulkProgresses(Wire):
    """The root of a bulk request's state."""

    bulk_update: list[BulkProgress] | BulkProgress | UnsetType = UNSET

"""Consignments: goods on order, on their way, sent back, or being counted."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta

from peakproof_simulators.pos.lightspeed.books import ConsignmentStatus, ConsignmentType
from peakproof_simulators.pos.lightspeed.payloads.common import (
    Amount,
    Decimals,
    Given,
    Maybe,
    Shown,
    Span,
    Text,
    Uuid,
)


class ConsignmentRequest(Given):
    """A consignment as a client gives it; what is not given stays as it is."""

    type: ConsignmentType | Maybe = UNSET
    status: ConsignmentStatus | Maybe = UNSET
    outlet_id: Uuid | Maybe = UNSET
    source_outlet_id: Uuid | Maybe | None = UNSET
    name: Text | Maybe = UNSET
    reference: Text | Maybe | None = UNSET
    supplier_id: Uuid | Maybe | None = UNSET
    supplier_invoice: Text | Maybe | None = UNSET
    due_at: Text | Maybe | None = UNSET
    consignment_date: Text | Maybe | None = UNSET
    show_inactive: bool | Maybe = UNSET


class Consignment(Shown):
    """A consignment; gains and losses are those of a finished count."""

    id: str
    type: ConsignmentType
    status: ConsignmentStatus
    outlet_id: str
    source_outlet_id: str | None
    name: str
    reference: str | None
    supplier_id: str | None
    supplier_invoice: str | None
    due_at: str | None
    consignment_date: str | None
    received_at: str | None
    show_inactive: bool
    total_count_gain: Amount | None
    total_count_loss: Amount | None
    created_at: str | None
    updated_at: str
    deleted_at: str | None
    version: int


class ConsignmentAnswer(Shown):
    """One consignment."""

    data: Consignment


class ConsignmentsAnswer(Shown):
    """Consignments."""

    data: list[Consignment]
    version: Span


class GivenGoods(Given):
    """A product of a consignment: what is expected, and what was seen."""

    product_id: Uuid
    count: Decimals | Maybe | None = UNSET
    received: Decimals | Maybe = UNSET
    cost: Decimals | Maybe | None = UNSET


class ChangedGoods(Given):
    """The same where the path names the product."""

    product_id: Uuid | Maybe = UNSET
    count: Decimals | Maybe | None = UNSET
    received: Decimals | Maybe = UNSET
    cost: Decimals | Maybe | None = UNSET


class GoodsRequest(Given):
    """A product to be added."""

    data: GivenGoods


class ChangedGoodsRequest(Given):
    """A product to be changed."""

    data: ChangedGoods


Bulk = Annotated[list[GivenGoods], Meta(min_length=1, max_length=500)]


class Goods(Shown):
    """A product of a consignment; quantities are texts."""

    product_id: str
    product_sku: str
    count: str | None
    received: str | None
    cost: str | None
    is_included: bool
    status: str
    created_at: str
    updated_at: str
    deleted_at: str | None
    version: int


class GoodsAnswer(Shown):
    """One product of a consignment."""

    data: Goods


class GoodsListAnswer(Shown):
    """The products of a consignment."""

    data: list[Goods]
    version: Span


class BulkGoods(Shown):
    """What a product of a consignment is at after a bulk call."""

    count: str | None
    received: str | None


class BulkAnswer(Shown):
    """By product."""

    data: dict[str, BulkGoods]


class ConsignmentTotals(Shown):
    """What was sent and received in all."""

    total_sent_count: str
    total_sent_cost: str
    total_received_count: str
    total_received_cost: str


class TotalsAnswer(Shown):
    """Totals: a list with one entry."""

    data: list[ConsignmentTotals]

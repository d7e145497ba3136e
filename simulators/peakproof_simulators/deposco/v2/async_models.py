"""Requests that V2 takes now and works off later."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import UNSET, UnsetType

from peakproof_simulators.deposco.errors import ErrorMessage
from peakproof_simulators.deposco.v2.payloads import BusinessKey, Dto


class AsyncRequest(Dto, kw_only=True):
    """Where to ask what became of it."""

    id: str
    href: str


class AsyncTaken(Dto, kw_only=True):
    """It was taken (202)."""

    request: AsyncRequest


class AsyncDetail(Dto, kw_only=True):
    """What became of one entity."""

    id: int | UnsetType | None = UNSET
    business_key: BusinessKey | UnsetType = UNSET
    href: str | UnsetType | None = UNSET
    status: Literal["Success", "Processing", "Failed"]
    errors: list[ErrorMessage] | UnsetType | None = UNSET


class AsyncResponse(Dto, kw_only=True):
    """How far a request is."""

    status: Literal["Success", "Processing", "Failed", "Partially Failed", "Error"]
    total_entities: int | None
    successes: int | None
    failures: int | None
    error_message: str | None
    results: list[AsyncDetail]


class BulkImport(Dto, kw_only=True):
    """Many entities of one type."""

    entity_type: Literal[
        "Trading Partner", "Item", "Kit", "Location", "Zone", "Container", "Sales Order",
        "Purchase Order", "Customer Return", "Vendor Return", "Outbound Transfer Order",
        "Inbound Transfer Order",
    ]  # fmt: skip
    path_parameters: str | UnsetType = UNSET
    request_parameters: str | UnsetType = UNSET
    entities: list[dict[str, Any]]

"""Operations on locations, the catalogue, stock and transfer orders."""

from __future__ import annotations

from typing import Final

from peakproof_simulators.kit.operations import Operation, Parameter
from peakproof_simulators.pos.square import (
    catalogue,
    catalogue_write,
    inventory,
    inventory_write,
    reasons,
    transfers,
)
from peakproof_simulators.pos.square.payloads import catalogue as catalogue_bodies
from peakproof_simulators.pos.square.payloads import inventory as bodies
from peakproof_simulators.pos.square.payloads import transfers as transfer_bodies
from peakproof_simulators.pos.square.payloads.common import Empty
from peakproof_simulators.pos.square.table import CURSOR, SDK, entry, flag

_VERSION: Final = Parameter(
    "catalog_version", {"type": "integer", "minimum": 0}, about="Earlier versions are not kept."
)
_PLACES: Final = Parameter("location_ids", {"type": "string"}, about="Comma-separated.")

CATALOGUE: Final[tuple[Operation, ...]] = (
    entry(
        "locations.list", "GET /v2/locations", catalogue.list_locations, "read",
        "List the stores.", catalogue_bodies.LocationsAnswer,
    ),
    entry(
        "locations.get", "GET /v2/locations/{location_id}", catalogue.get_location, "read",
        "Read a store; `main` is the first.", catalogue_bodies.LocationAnswer,
    ),
    entry(
        "catalog.list", "GET /v2/catalog/list", catalogue.list_objects, "read",
        "List the catalogue.", catalogue_bodies.ListObjectsAnswer,
        query=(
            CURSOR, _VERSION,
            Parameter("types", {"type": "string", "pattern": "^(ITEM|ITEM_VARIATION|TAX)$"}),
        ),
    ),
    entry(
        "catalog.search", "POST /v2/catalog/search", catalogue.search, "read",
        "Search by name, SKU or barcode.", catalogue_bodies.SearchObjectsAnswer,
        body=catalogue_bodies.SearchObjectsRequest,
    ),
    entry(
        "catalog.batch_retrieve", "POST /v2/catalog/batch-retrieve", catalogue.batch_retrieve,
        "read", "Read objects by their ids.", catalogue_bodies.ObjectsAnswer,
        body=catalogue_bodies.BatchRetrieveObjectsRequest,
    ),
    entry(
        "catalog.batch_upsert", "POST /v2/catalog/batch-upsert", catalogue_write.batch_upsert,
        "write", "Create or replace objects, batch by batch.", catalogue_bodies.BatchUpsertAnswer,
        body=catalogue_bodies.BatchUpsertRequest, also=(404, 409),
    ),
    entry(
        "catalog.object.upsert", "POST /v2/catalog/object", catalogue_write.upsert, "write",
        "Create or replace an object.", catalogue_bodies.UpsertObjectAnswer,
        body=catalogue_bodies.UpsertObjectRequest, also=(404, 409),
    ),
    entry(
        "catalog.object.get", "GET /v2/catalog/object/{object_id}", catalogue.get_object, "read",
        "Read an object.", catalogue_bodies.ObjectAnswer,
        query=(flag("include_related_objects"), _VERSION),
    ),
    entry(
        "catalog.object.delete", "DELETE /v2/catalog/object/{object_id}", catalogue_write.delete,
        "write", "Delete an object and what belongs to it.", catalogue_bodies.DeleteObjectAnswer,
    ),
)  # fmt: skip

INVENTORY: Final[tuple[Operation, ...]] = (
    entry(
        "inventory.changes.batch_create", "POST /v2/inventory/changes/batch-create",
        inventory_write.batch_create, "stock", "Write counts and adjustments.",
        bodies.BatchChangeAnswer, body=bodies.BatchChangeRequest, also=(404,),
    ),
    entry(
        "inventory.changes.batch_create.deprecated", "POST /v2/inventory/batch-change",
        inventory_write.batch_create, "stock", "Write counts and adjustments (old address).",
        bodies.BatchChangeAnswer, body=bodies.BatchChangeRequest, also=(404,),
    ),
    entry(
        "inventory.counts.batch_retrieve", "POST /v2/inventory/counts/batch-retrieve",
        inventory.retrieve_counts, "read", "Read figures; poll for changes.",
        bodies.CountsAnswer, body=bodies.RetrieveCountsRequest,
    ),
    entry(
        "inventory.counts.batch_retrieve.deprecated", "POST /v2/inventory/batch-retrieve-counts",
        inventory.retrieve_counts, "read", "Read figures (old address).",
        bodies.CountsAnswer, body=bodies.RetrieveCountsRequest,
    ),
    entry(
        "inventory.changes.batch_retrieve", "POST /v2/inventory/changes/batch-retrieve",
        inventory.retrieve_changes, "read", "Read stock events.",
        bodies.ChangesAnswer, body=bodies.RetrieveChangesRequest,
    ),
    entry(
        "inventory.changes.batch_retrieve.deprecated", "POST /v2/inventory/batch-retrieve-changes",
        inventory.retrieve_changes, "read", "Read stock events (old address).",
        bodies.ChangesAnswer, body=bodies.RetrieveChangesRequest,
    ),
    entry(
        "inventory.adjustments.update", "PUT /v2/inventory/adjustments/update",
        inventory_write.update_adjustment, "stock", "Correct an adjustment.",
        bodies.AdjustmentAnswer, body=bodies.UpdateAdjustmentRequest, also=(404,), source=SDK,
    ),
    entry(
        "inventory.adjustments.get", "GET /v2/inventory/adjustments/{adjustment_id}",
        inventory.get_adjustment, "read", "Read an adjustment.", bodies.AdjustmentAnswer,
    ),
    entry(
        "inventory.adjustments.get.deprecated", "GET /v2/inventory/adjustment/{adjustment_id}",
        inventory.get_adjustment, "read", "Read an adjustment (old address).",
        bodies.AdjustmentAnswer,
    ),
    entry(
        "inventory.physical_counts.get", "GET /v2/inventory/physical-counts/{physical_count_id}",
        inventory.get_physical_count, "read", "Read a physical count.",
        bodies.PhysicalCountAnswer,
    ),
    entry(
        "inventory.physical_counts.get.deprecated",
        "GET /v2/inventory/physical-count/{physical_count_id}",
        inventory.get_physical_count, "read", "Read a physical count (old address).",
        bodies.PhysicalCountAnswer,
    ),
    entry(
        "inventory.reasons.list", "GET /v2/inventory/adjustment-reasons", reasons.list_reasons,
        "read", "List the reasons for adjustments.", bodies.ReasonsAnswer, source=SDK,
        query=(flag("include_deleted"), flag("include_system_codes")),
    ),
    entry(
        "inventory.reasons.create", "POST /v2/inventory/adjustment-reasons/create",
        reasons.create, "write", "Make a reason of the seller's own.", bodies.ReasonAnswer,
        body=bodies.CreateReasonRequest, source=SDK,
    ),
    entry(
        "inventory.reasons.retrieve", "POST /v2/inventory/adjustment-reasons/retrieve",
        reasons.retrieve, "read", "Read a reason.", bodies.ReasonAnswer,
        body=bodies.ReasonRequest, also=(404,), source=SDK,
    ),
    entry(
        "inventory.reasons.update", "PUT /v2/inventory/adjustment-reasons/update",
        reasons.update, "write", "Rename a reason.", bodies.ReasonAnswer,
        body=bodies.UpdateReasonRequest, also=(404,), source=SDK,
    ),
    entry(
        "inventory.reasons.delete", "POST /v2/inventory/adjustment-reasons/delete",
        reasons.delete, "write", "Hide a reason.", bodies.ReasonAnswer,
        body=bodies.ReasonRequest, also=(404,), source=SDK,
    ),
    entry(
        "inventory.reasons.restore", "POST /v2/inventory/adjustment-reasons/restore",
        reasons.restore, "write", "Bring a reason back.", bodies.ReasonAnswer,
        body=bodies.ReasonRequest, also=(404,), source=SDK,
    ),
    entry(
        "inventory.get", "GET /v2/inventory/{catalog_object_id}", inventory.counts_of_one, "read",
        "Read the figures of a variation.", bodies.CountsAnswer, query=(CURSOR, _PLACES),
    ),
    entry(
        "inventory.changes", "GET /v2/inventory/{catalog_object_id}/changes",
        inventory.changes_of_one, "read", "Read the stock events of a variation.",
        bodies.ChangesAnswer, query=(CURSOR, _PLACES),
    ),
)  # fmt: skip

TRANSFERS: Final[tuple[Operation, ...]] = (
    entry(
        "transfers.create", "POST /v2/transfer-orders", transfers.create, "write",
        "Draw up a transfer order.", transfer_bodies.TransferAnswer,
        body=transfer_bodies.CreateTransferRequest, also=(404,), source=SDK,
    ),
    entry(
        "transfers.search", "POST /v2/transfer-orders/search", transfers.search, "read",
        "Search transfer orders.", transfer_bodies.TransfersAnswer,
        body=transfer_bodies.SearchTransfersRequest, source=SDK,
    ),
    entry(
        "transfers.get", "GET /v2/transfer-orders/{transfer_order_id}", transfers.get, "read",
        "Read a transfer order.", transfer_bodies.TransferAnswer, source=SDK,
    ),
    entry(
        "transfers.update", "PUT /v2/transfer-orders/{transfer_order_id}", transfers.update,
        "write", "Change a transfer order.", transfer_bodies.TransferAnswer,
        body=transfer_bodies.UpdateTransferRequest, also=(409,), source=SDK,
    ),
    entry(
        "transfers.delete", "DELETE /v2/transfer-orders/{transfer_order_id}", transfers.delete,
        "write", "Delete a draft.", Empty, also=(409,), source=SDK,
        query=(Parameter("version", {"type": "integer", "minimum": 0}),),
    ),
    entry(
        "transfers.start", "POST /v2/transfer-orders/{transfer_order_id}/start", transfers.start,
        "write", "Send the goods.", transfer_bodies.TransferAnswer,
        body=transfer_bodies.MoveTransferRequest, also=(409,), source=SDK,
    ),
    entry(
        "transfers.receive", "POST /v2/transfer-orders/{transfer_order_id}/receive",
        transfers.receive, "write", "Receive goods, in parts.", transfer_bodies.TransferAnswer,
        body=transfer_bodies.ReceiveTransferRequest, also=(409,), source=SDK,
    ),
    entry(
        "transfers.cancel", "POST /v2/transfer-orders/{transfer_order_id}/cancel",
        transfers.cancel, "write", "Call back what has not arrived.",
        transfer_bodies.TransferAnswer, body=transfer_bodies.MoveTransferRequest, also=(409,),
        source=SDK,
    ),
)  # fmt: skip

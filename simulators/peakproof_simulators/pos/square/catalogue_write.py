"""Writing the catalogue: whole objects, all of a batch or none of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.json import Decoder

from peakproof.wire.message import Response
from peakproof_simulators.kit.service import VendorError
from peakproof_simulators.pos.products import Entry, Product, TaxRate, Variant
from peakproof_simulators.pos.square.catalogue_view import object_view, type_of
from peakproof_simulators.pos.square.errors import refusal
from peakproof_simulators.pos.square.payloads.catalogue import (
    BatchUpsertAnswer,
    BatchUpsertRequest,
    CatalogObject,
    DeleteObjectAnswer,
    IdMapping,
    ItemVariationData,
    UpsertObjectAnswer,
    UpsertObjectRequest,
)
from peakproof_simulators.pos.square.payloads.common import Error, Errors

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.square.surface import Square

MOST: Final = 10_000
"""Objects in one request."""

_UPSERT: Final = Decoder(UpsertObjectRequest)
_BATCH: Final = Decoder(BatchUpsertRequest)
_ERRORS: Final = Decoder(Errors)


def upsert(square: Square, call: Call) -> Response:
    """Create or replace one object."""
    body = square.read(call, _UPSERT)

    def act() -> Response:
        batch = _Batch(square, [body.object], "object")
        (made,) = batch.write(call)[:1]
        square.pos.range_changed()
        return square.reply(
            UpsertObjectAnswer(catalog_object=made, id_mappings=batch.mappings() or None)
        )

    return square.once(call, body.idempotency_key, body, act)


def batch_upsert(square: Square, call: Call) -> Response:
    """Create or replace many objects; a batch that fails leaves the others alone."""
    body = square.read(call, _BATCH)
    if sum(len(batch.objects) for batch in body.batches) > MOST:
        raise refusal("ARRAY_LENGTH_TOO_LONG", f"At most {MOST} objects a request.", "batches")
    return square.once(call, body.idempotency_key, body, lambda: _batches(square, call, body))


def delete(square: Square, call: Call) -> Response:
    """Delete an object and what belongs to it."""
    range_ = square.pos.range
    entry = range_.get(call.params["object_id"])
    if entry is None or entry.deleted:
        raise refusal("NOT_FOUND", f"Catalog object {call.params['object_id']} not found.")
    entries: list[Entry] = [entry]
    if isinstance(entry, Product):
        found = (range_.variant(id_) for id_ in entry.variants)
        entries.extend(each for each in found if each is not None)
    version = square.pos.stamp()
    for each in entries:
        square.pos.put(msgspec.structs.replace(each, deleted=True), version)
        if isinstance(each, Variant):
            square.name_item(call, each.sku)
    square.pos.range_changed()
    return square.reply(
        DeleteObjectAnswer(
            deleted_object_ids=[each.id for each in entries],
            deleted_at=square.iso(square.pos.now_ms),
        )
    )


def _batches(square: Square, call: Call, body: BatchUpsertRequest) -> Response:
    objects: list[CatalogObject] = []
    mappings: list[IdMapping] = []
    errors: list[Error] = []
    refused: VendorError | None = None
    for at, each in enumerate(body.batches):
        try:
            batch = _Batch(square, each.objects, f"batches[{at}].objects")
            objects.extend(batch.write(call))
            mappings.extend(batch.mappings())
        except VendorError as error:
            refused = error
            errors.extend(_ERRORS.decode(error.response.body).errors)
    if refused is not None and not objects:
        raise refused
    square.pos.range_changed()
    return square.reply(
        BatchUpsertAnswer(
            errors=errors or None, objects=objects,
            updated_at=square.iso(square.pos.now_ms), id_mappings=mappings or None,
        )
    )  # fmt: skip


class _Batch:
    """Objects that are written together: everything is checked before anything is written."""

    def __init__(self, square: Square, objects: Sequence[CatalogObject], field: str) -> None:
        self._square = square
        self._objects = objects
        self._field = field
        self._ids: dict[str, str] = {}
        self._entries: dict[str, Entry] = {}
        for each in objects:
            self._assign(each)
            for variation in (each.item_data.variations or []) if each.item_data else []:
                self._assign(variation)
        for each in objects:
            if each.type == "ITEM":
                self._item(each)
        for each in objects:
            if each.type == "ITEM_VARIATION":
                self._entries[self._id(each)] = self._lone_variation(each)
            elif each.type == "TAX":
                self._entries[self._id(each)] = self._tax(each)

    def mappings(self) -> list[IdMapping]:
        """The ids that new objects were given."""
        return [
            IdMapping(client_object_id=client, object_id=id_) for client, id_ in self._ids.items()
        ]

    def write(self, call: Call) -> list[CatalogObject]:
        """Write all entries; the objects of the request as they are now."""
        version = self._square.pos.stamp()
        for entry in self._entries.values():
            self._square.pos.put(entry, version)
            if isinstance(entry, Variant):
                self._square.name_item(call, entry.sku)
        views = []
        for each in self._objects:
            written = self._square.pos.range.get(self._id(each))
            assert written is not None
            views.append(object_view(self._square, written))
        return views

    def _assign(self, object_: CatalogObject) -> None:
        """Give a new object an id; check the version of one that is there."""
        if object_.id.startswith("#"):
            self._ids.setdefault(object_.id, self._square.pos.ids.token(24))
            return
        entry = self._square.pos.range.get(object_.id)
        if entry is None or entry.deleted:
            raise refusal("NOT_FOUND", f"Catalog object {object_.id} not found.", self._field)
        if type_of(entry) != object_.type:
            raise refusal("INVALID_VALUE", f"{object_.id} is no {object_.type}.", self._field)
        if object_.version != entry.version:
            about = entry.sku if isinstance(entry, Variant) else entry.name
            raise self._square.stale(
                self._square.settings.catalogue_conflict, "version", about=about
            )

    def _id(self, object_: CatalogObject) -> str:
        return self._ids.get(object_.id, object_.id)

    def _was(self, object_: CatalogObject) -> Entry | None:
        return self._square.pos.range.get(self._id(object_))

    def _item(self, object_: CatalogObject) -> None:
        fields, id_ = object_.item_data, self._id(object_)
        if fields is None or not fields.name:
            raise refusal(
                "MISSING_REQUIRED_PARAMETER", "An item has a name.", f"{self._field}.item_data.name"
            )
        if not fields.variations:
            raise refusal(
                "ARRAY_EMPTY", "An item has a variation.", f"{self._field}.item_data.variations"
            )
        taxes = tuple(self._ids.get(tax, tax) for tax in fields.tax_ids or ())
        for tax in taxes:
            known = self._square.pos.range.rate(tax) is not None or tax in self._ids.values()
            if not known:
                raise refusal("NOT_FOUND", f"Catalog object {tax} not found.", self._field)
        was = self._was(object_)
        kept = was.variants if isinstance(was, Product) else ()
        self._entries[id_] = Product(
            id=id_, no=0, mark=0, version=0, updated_ms=0, name=fields.name,
            description=fields.description or "", abbreviation=fields.abbreviation or "",
            variants=tuple(self._id(each) for each in fields.variations), taxes=taxes,
        )  # fmt: skip
        for variation in fields.variations:
            if variation.type != "ITEM_VARIATION":
                raise refusal("INVALID_VALUE", "Variations are ITEM_VARIATION.", self._field)
            self._entries[self._id(variation)] = self._variation(variation, id_)
        # The whole object replaces the old one: a variation that is not there any more is deleted.
        for gone in kept:
            old = self._square.pos.range.variant(gone)
            if old is not None and gone not in self._entries:
                self._entries[gone] = msgspec.structs.replace(old, deleted=True)

    def _lone_variation(self, object_: CatalogObject) -> Variant:
        """A variation on its own: the item that it belongs to has to be there."""
        fields = object_.item_variation_data
        named = (fields.item_id if fields is not None else None) or ""
        product = self._ids.get(named, named)
        item = self._entries.get(product) or self._square.pos.range.get(product)
        if not isinstance(item, Product) or item.deleted:
            raise refusal(
                "INVALID_VALUE", "A variation belongs to an item.",
                f"{self._field}.item_variation_data.item_id",
            )  # fmt: skip
        variant = self._variation(object_, product)
        if variant.id not in item.variants:
            self._entries[product] = msgspec.structs.replace(
                item, variants=(*item.variants, variant.id)
            )
        return variant

    def _variation(self, object_: CatalogObject, product: str) -> Variant:
        fields = object_.item_variation_data or ItemVariationData()
        square, name = self._square, f"{self._field}.item_variation_data"
        price = fields.price_money
        prices: dict[str, int] = {}
        untracked: list[str] = []
        for override in fields.location_overrides or ():
            place = square.location(override.location_id, f"{name}.location_overrides")
            if override.price_money is not None:
                prices[place] = square.own(override.price_money, f"{name}.location_overrides")
            if override.track_inventory is False:
                untracked.append(place)
        return Variant(
            id=self._id(object_), no=0, mark=0, version=0, updated_ms=0, product=product,
            sku=fields.sku or "", name=fields.name or "", upc=fields.upc or "",
            price_minor=None if price is None else square.own(price, f"{name}.price_money"),
            price_at=prices, untracked_at=tuple(untracked), ordinal=fields.ordinal or 0,
            tracked=fields.track_inventory is not False,
        )  # fmt: skip

    def _tax(self, object_: CatalogObject) -> TaxRate:
        fields = object_.tax_data
        if fields is None or fields.percentage is None:
            raise refusal(
                "MISSING_REQUIRED_PARAMETER", "A tax has a percentage.",
                f"{self._field}.tax_data.percentage",
            )  # fmt: skip
        return TaxRate(
            id=self._id(object_), no=0, mark=0, version=0, updated_ms=0, name=fields.name or "",
            percent=fields.percentage, included=fields.inclusion_type == "INCLUSIVE",
            enabled=fields.enabled is not False,
        )  # fmt: skip

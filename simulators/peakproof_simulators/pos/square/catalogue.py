"""Locations and reading the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from msgspec.json import Decoder

from peakproof.wire.message import Response
from peakproof_simulators.pos.products import Entry, Product, Variant
from peakproof_simulators.pos.square import paging, params
from peakproof_simulators.pos.square.catalogue_view import location_view, object_view, type_of
from peakproof_simulators.pos.square.errors import refusal
from peakproof_simulators.pos.square.payloads.catalogue import (
    BatchRetrieveObjectsRequest,
    CatalogObject,
    CatalogQuery,
    ListObjectsAnswer,
    LocationAnswer,
    LocationsAnswer,
    ObjectAnswer,
    ObjectsAnswer,
    SearchObjectsAnswer,
    SearchObjectsRequest,
)

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.square.surface import Square

PAGE: Final = 100
LISTED: Final = ("ITEM", "TAX")
"""Types that a list shows when it is asked for none."""

_BATCH_RETRIEVE: Final = Decoder(BatchRetrieveObjectsRequest)
_SEARCH: Final = Decoder(SearchObjectsRequest)


def list_locations(square: Square, call: Call) -> Response:
    """All locations."""
    places = [location_view(square, place) for place in square.pos.places.values()]
    return square.reply(LocationsAnswer(locations=places or None))


def get_location(square: Square, call: Call) -> Response:
    """One location; ``main`` is the first."""
    code = call.params["location_id"]
    if code == "main":
        code = next(iter(square.pos.places), code)
    place = square.location(code, "location_id")
    return square.reply(LocationAnswer(location=location_view(square, square.pos.places[place])))


def list_objects(square: Square, call: Call) -> Response:
    """The catalogue by age, a hundred at a time."""
    asked = call.one("types")
    types = LISTED if asked is None else tuple(word.strip().upper() for word in asked.split(","))
    unknown = [word for word in types if word not in ("ITEM", "ITEM_VARIATION", "TAX")]
    if unknown:
        raise refusal("INVALID_ENUM_VALUE", f"{unknown[0]} is not a type kept here.", "types")
    if params.whole(call, "catalog_version") is not None:
        raise refusal("INVALID_VALUE", "Earlier versions are not kept.", "catalog_version")
    query = paging.signature("catalogue", types)
    place = paging.opened(call.one("cursor"), query)
    found = (
        (entry.no, entry)
        for entry in _entries(square, call, None if place is None else place[0])
        if not entry.deleted and type_of(entry) in types
    )
    entries, cursor = paging.page(found, PAGE, query)
    return square.reply(ListObjectsAnswer(objects=_views(square, call, entries), cursor=cursor))


def get_object(square: Square, call: Call) -> Response:
    """One object; a deleted one is not found."""
    entry = square.pos.range.get(call.params["object_id"])
    if entry is None or entry.deleted:
        raise refusal("NOT_FOUND", f"Catalog object {call.params['object_id']} not found.")
    if params.whole(call, "catalog_version") is not None:
        raise refusal("INVALID_VALUE", "Earlier versions are not kept.", "catalog_version")
    _name(call, [entry], square)
    related = _related(square, [entry]) if params.flag(call, "include_related_objects") else None
    return square.reply(ObjectAnswer(object=object_view(square, entry), related_objects=related))


def batch_retrieve(square: Square, call: Call) -> Response:
    """Objects by their ids; unknown ones are left out."""
    body = square.read(call, _BATCH_RETRIEVE)
    found = (square.pos.range.get(id_) for id_ in dict.fromkeys(body.object_ids))
    entries = [
        entry
        for entry in found
        if entry is not None and (body.include_deleted_objects or not entry.deleted)
    ]
    related = _related(square, entries) if body.include_related_objects else None
    return square.reply(
        ObjectsAnswer(objects=_views(square, call, entries), related_objects=related)
    )


def search(square: Square, call: Call) -> Response:
    """Objects by name, SKU or barcode, or by the time of their last change."""
    body = square.read(call, _SEARCH)
    types = tuple(body.object_types or LISTED)
    limit = body.limit if body.limit is not None and 0 < body.limit <= 1000 else 1000
    since = None if body.begin_time is None else square.time(body.begin_time, "begin_time")
    query = paging.signature("search", types, body.query, body.begin_time)
    place = paging.opened(body.cursor, query)
    found = (
        (entry.no, entry)
        for entry in _candidates(square, call, body, None if place is None else place[0])
        if type_of(entry) in types
        and (body.include_deleted_objects or not entry.deleted)
        and (since is None or entry.updated_ms > since)
        and _matches(entry, body.query)
    )
    entries, cursor = paging.page(found, limit, query)
    return square.reply(
        SearchObjectsAnswer(
            objects=_views(square, call, entries),
            related_objects=_related(square, entries) if body.include_related_objects else None,
            cursor=cursor,
            latest_time=square.iso(square.pos.range.changed_ms),
        )
    )


def _entries(square: Square, call: Call, after: int | None) -> Iterator[Entry]:
    """All entries by age, as they were when the list is late."""
    range_ = square.pos.range
    then = range_.past.differences(call.stale_s) if call.stale_s > 0 else {}
    for _no, id_ in range_.by_age.oldest(after=after):
        entry = then[id_] if id_ in then else range_.get(id_)
        if entry is not None:
            yield entry


def _candidates(
    square: Square, call: Call, body: SearchObjectsRequest, after: int | None
) -> Iterable[Entry]:
    """Entries that a query can match, by age: a SKU is looked up, not searched for."""
    query, skus = body.query, None
    if query is not None and query.exact_query and query.exact_query.attribute_name == "sku":
        skus = [query.exact_query.attribute_value]
    elif query is not None and query.set_query and query.set_query.attribute_name == "sku":
        skus = query.set_query.attribute_values
    if skus is None or call.stale_s > 0 or body.include_deleted_objects:
        return _entries(square, call, after)
    found = {
        variant.no: variant
        for sku in dict.fromkeys(skus)
        for variant in square.pos.range.with_sku(sku)
    }
    return [found[no] for no in sorted(found) if after is None or no > after]


def _matches(entry: Entry, query: CatalogQuery | None) -> bool:
    if query is None:
        return True
    if query.exact_query is not None:
        value = _attribute(entry, query.exact_query.attribute_name)
        if value != query.exact_query.attribute_value.casefold():
            return False
    if query.set_query is not None:
        value = _attribute(entry, query.set_query.attribute_name)
        if value not in [each.casefold() for each in query.set_query.attribute_values]:
            return False
    if query.prefix_query is not None:
        value = _attribute(entry, query.prefix_query.attribute_name)
        if not value.startswith(query.prefix_query.attribute_prefix.casefold()):
            return False
    if query.text_query is not None:
        text = " ".join(_attribute(entry, name) for name in ("name", "sku", "upc", "description"))
        return all(word.casefold() in text for word in query.text_query.keywords)
    return True


def _attribute(entry: Entry, name: str) -> str:
    return str(getattr(entry, name, "")).casefold()


def _views(square: Square, call: Call, entries: list[Entry]) -> list[CatalogObject] | None:
    _name(call, entries, square)
    return [object_view(square, entry) for entry in entries] or None


def _name(call: Call, entries: Iterable[Entry], square: Square) -> None:
    """Note the SKUs that a call read."""
    for entry in entries:
        variants: Iterable[Entry | None] = [entry]
        if isinstance(entry, Product):
            variants = [square.pos.range.get(id_) for id_ in entry.variants]
        for variant in variants:
            if isinstance(variant, Variant):
                square.name_item(call, variant.sku)


def _related(square: Square, entries: Iterable[Entry]) -> list[CatalogObject] | None:
    """What the entries refer to: the item of a variation, the taxes of an item."""
    ids: dict[str, None] = {}
    for entry in entries:
        if isinstance(entry, Variant):
            ids[entry.product] = None
        elif isinstance(entry, Product):
            ids.update(dict.fromkeys(entry.taxes))
    found = (square.pos.range.get(id_) for id_ in ids)
    return [object_view(square, each) for each in found if each is not None] or None

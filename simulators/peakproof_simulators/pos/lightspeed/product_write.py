"""Writing products: new ones, changed ones, their stock, and when they are reordered."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from msgspec import UNSET
from msgspec.json import Decoder
from msgspec.structs import replace

from peakproof.wire.message import Response
from peakproof_simulators.kit.seed import SeedItem
from peakproof_simulators.pos.lightspeed.books import Reordering
from peakproof_simulators.pos.lightspeed.errors import refusal
from peakproof_simulators.pos.lightspeed.numbers import cents, number, quantity_e5
from peakproof_simulators.pos.lightspeed.payloads.goods import (
    FixedReorder,
    NewProduct,
    NewStock,
    OutletStock,
    ProductAnswer,
    ProductCode,
    ProductDetails,
    ProductRequest,
    ProductsMade,
    Reorder,
    Reorders,
    ReordersAnswer,
    TargetReorder,
)
from peakproof_simulators.pos.lightspeed.products import known_product, product_view
from peakproof_simulators.pos.pricing import half_even, percent_e5
from peakproof_simulators.pos.products import Product as Item
from peakproof_simulators.pos.products import Variant
from peakproof_simulators.pos.stock import UNIT

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed

_NEW: Final = Decoder(NewProduct, float_hook=Decimal)
_CHANGE: Final = Decoder(ProductRequest, float_hook=Decimal)
_REORDERS: Final = Decoder(Reorders, float_hook=Decimal)
_BARCODES: Final = ("EAN", "UPC")

Overwrite = tuple[str, int | None, Reordering | None]
"""What an outlet has from now on, and when it reorders; None: as it was."""


def create_product(face: Lightspeed, call: Call) -> Response:
    """A new product with one SKU, which is made up where none is given."""
    asked = face.read(call, _NEW)
    including = asked.price_including_tax is not UNSET
    if including and asked.price_excluding_tax is not UNSET:
        raise refusal(422, "Only one of price_including_tax and price_excluding_tax can be given")
    rate = next(iter(face.pos.range.tax_rates()), None)
    price = asked.price_including_tax if including else asked.price_excluding_tax
    minor = 0 if price is UNSET else _price(price, "price")
    if not including and rate is not None:
        minor += half_even(minor * percent_e5(rate.percent), 100 * UNIT)
    sku, upc = "" if asked.sku is UNSET else asked.sku, ""
    if asked.product_codes is not UNSET:
        code, upc = _codes_of(asked.product_codes, "product_codes", custom=not sku)
        sku = sku or code
    sku = sku or face.ids.token(8)
    _free(face, sku, "")
    stock = asked.inventory if asked.inventory is not UNSET else []
    overwrites = [_checked(face, each, f"inventory[{at}]") for at, each in enumerate(stock)]
    item = SeedItem(sku, asked.name, minor, upc)
    variant = face.pos.add_item(item, "" if rate is None else rate.id)
    if asked.description is not UNSET:
        _rename(face, variant, None, asked.description)
    face.pos.range_changed()
    face.name_item(call, sku)
    _overwrite(face, call, variant, overwrites)
    return face.reply(ProductsMade(data=[face.product_id(variant.id)]))


def update_product(face: Lightspeed, call: Call) -> Response:
    """Change a product; stock figures are overwritten, whatever they are by now."""
    entry = known_product(face, call)
    if entry.deleted:
        raise refusal(404, f"There is no product {call.params['product_id']}")
    asked, variant = face.read(call, _CHANGE), entry.thing
    details = asked.details if asked.details is not UNSET else ProductDetails()
    stock = details.inventory if details.inventory is not UNSET else []
    overwrites = [_checked(face, each, f"details.inventory[{at}]") for at, each in enumerate(stock)]
    changed = _changed(face, variant, details)
    if asked.common is not UNSET:
        _rename(face, variant, asked.common.name, asked.common.description)
    if changed is not None:
        face.pos.put(changed)
    _overwrite(face, call, variant, overwrites)
    face.name_item(call, variant.sku)
    if changed is not None or asked.common is not UNSET:
        face.pos.range_changed()
    return face.reply(ProductAnswer(data=product_view(face, known_product(face, call))))


def delete_product(face: Lightspeed, call: Call) -> Response:
    """Delete a product: a till finds it no more, what was sold of it stays."""
    entry = known_product(face, call)
    if entry.deleted:
        raise refusal(404, f"There is no product {call.params['product_id']}")
    variant = entry.thing
    face.name_item(call, variant.sku)
    face.pos.put(replace(variant, deleted=True))
    item = face.pos.range.get(variant.product)
    if isinstance(item, Item):
        left = tuple(id_ for id_ in item.variants if id_ != variant.id)
        face.pos.put(replace(item, variants=left, deleted=not left))
    face.pos.range_changed()
    return Response(200)


def set_reorder_points(face: Lightspeed, call: Call) -> Response:
    """Say when outlets reorder products: all of it or nothing."""
    checked = []
    asked: list[FixedReorder | TargetReorder] = face.read(call, _REORDERS)
    for at, each in enumerate(asked):
        variant = face.variant(each.product_id, f"[{at}].product_id")
        place = face.place(each.outlet_id, f"[{at}].outlet_id")
        point = number(each.reorder_point, f"[{at}].reorder_point")
        if isinstance(each, FixedReorder):
            rule = Reordering(point, number(each.reorder_amount, f"[{at}].reorder_amount"))
        else:
            target = number(each.reorder_target, f"[{at}].reorder_target")
            rule = Reordering(point, target=target)
        checked.append((variant, place, rule))
    views = []
    for variant, place, rule in checked:
        _reorder(face, variant.id, place, rule)
        face.name_item(call, variant.sku)
        views.append(
            Reorder(
                product_id=face.product_id(variant.id), outlet_id=face.outlet_id(place),
                method="FIXED" if rule.target is None else "MIN_MAX", reorder_point=rule.point,
                reorder_amount=UNSET if rule.amount is None else rule.amount,
                reorder_target=UNSET if rule.target is None else rule.target,
            )
        )  # fmt: skip
    return face.reply(ReordersAnswer(data=views))


def _overwrite(
    face: Lightspeed, call: Call, variant: Variant, overwrites: Sequence[Overwrite]
) -> None:
    for place, units_e5, rule in overwrites:
        face.name_cell(call, variant.id, place)
        if rule is not None:
            _reorder(face, variant.id, place, rule)
        if units_e5 is not None:
            face.pos.count(
                variant=variant.id, place=place, units_e5=units_e5,
                occurred_ms=face.pos.now_ms, cause="write", by_till=False,
            )  # fmt: skip


def _reorder(face: Lightspeed, variant: str, place: str, rule: Reordering) -> None:
    key = f"{variant}|{place}|on_hand"
    face.reorders[key] = rule
    known = face.stock.get(key)
    if known is not None:
        face.stock.put(key, known.thing)


def _checked(face: Lightspeed, each: OutletStock | NewStock, field: str) -> Overwrite:
    """One outlet of an overwrite."""
    place = face.place(each.outlet_id, f"{field}.outlet_id")
    amount = each.current_amount
    units_e5 = None if amount is UNSET else quantity_e5(amount, f"{field}.current_amount")
    if units_e5 is not None and units_e5 < 0:
        raise refusal(422, f"{field}.current_amount is below zero")
    point, more = each.reorder_point, each.reorder_amount
    if point is UNSET and more is UNSET:
        return place, units_e5, None
    rule = Reordering(
        Decimal(0) if point is UNSET else number(point, f"{field}.reorder_point"),
        Decimal(0) if more is UNSET else number(more, f"{field}.reorder_amount"),
    )
    return place, units_e5, rule


def _price(value: Any, field: str) -> int:
    minor = cents(number(value, field))
    if minor < 0:
        raise refusal(422, f"{field} is below zero")
    return minor


def _codes_of(codes: Sequence[ProductCode], field: str, *, custom: bool) -> tuple[str, str]:
    """The SKU and the barcode of a list of codes."""
    own = [each.code for each in codes if each.type == "CUSTOM"]
    bars = [each.code for each in codes if each.type in _BARCODES]
    if len(own) != int(custom) or len(own) + len(bars) != len(codes) or len(bars) > 1:
        raise refusal(422, f"{field}: one CUSTOM code, and one of EAN or UPC at most")
    return own[0] if own else "", bars[0] if bars else ""


def _free(face: Lightspeed, sku: str, own: str) -> None:
    if any(other.id != own for other in face.pos.range.with_sku(sku)):
        raise face.no(422, f"The code {sku} is taken", about=sku)


def _changed(face: Lightspeed, variant: Variant, details: ProductDetails) -> Variant | None:
    now = variant
    if details.price_including_tax is not UNSET:
        price = _price(details.price_including_tax, "details.price_including_tax")
        now = replace(now, price_minor=price)
    if details.product_codes is not UNSET:
        sku, upc = _codes_of(details.product_codes, "details.product_codes", custom=True)
        _free(face, sku, variant.id)
        now = replace(now, sku=sku, upc=upc)
    return None if now is variant else now


def _rename(face: Lightspeed, variant: Variant, name: object, description: object) -> None:
    item = face.pos.range.get(variant.product)
    if isinstance(item, Item):
        item = item if not isinstance(name, str) else replace(item, name=name)
        item = item if not isinstance(description, str) else replace(item, description=description)
        face.pos.put(item)
        for id_ in item.variants:
            sibling = face.pos.range.variant(id_)
            if sibling is not None:
                face.products.put(id_, sibling)

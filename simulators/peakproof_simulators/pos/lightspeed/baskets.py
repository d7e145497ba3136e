"""What a client rings up: lines and their prices, read into the tills' own words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import UNSET

from peakproof_simulators.pos.lightspeed.cards import masked
from peakproof_simulators.pos.lightspeed.errors import refusal
from peakproof_simulators.pos.lightspeed.numbers import cents, number, quantity_e5
from peakproof_simulators.pos.lightspeed.sales_view import line_id
from peakproof_simulators.pos.lightspeed.surface import NO_TAX
from peakproof_simulators.pos.pricing import Share, Tax, half_even
from peakproof_simulators.pos.sale import Return, ReturnLine, SaleLine
from peakproof_simulators.pos.stock import UNIT

if TYPE_CHECKING:
    from peakproof_simulators.pos.lightspeed.payloads.sales import GivenLine
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed
    from peakproof_simulators.pos.products import TaxRate
    from peakproof_simulators.pos.sale import Sale

MOST_MINOR: Final = 10**13
"""No line is worth more (chosen)."""


class Basket(msgspec.Struct):
    """Lines that go out, lines that come back, the taxes of both."""

    lines: tuple[SaleLine, ...]
    back: tuple[ReturnLine, ...]
    taxes: tuple[Tax, ...]

    def amounts(self) -> dict[str, Any]:
        """What the goods that go out come to."""
        return {
            "total_minor": sum(line.total_minor for line in self.lines),
            "tax_minor": sum(line.tax_minor for line in self.lines),
            "discount_minor": sum(line.discount_minor for line in self.lines),
        }


class _Read(msgspec.Struct):
    """A line of either way, before it is one of the tills'."""

    uid: str
    units_e5: int
    price: Decimal
    tax: Decimal
    tax_id: str
    net_minor: int
    tax_minor: int
    discount_minor: int

    @property
    def total_minor(self) -> int:
        """With tax."""
        return self.net_minor + self.tax_minor


def read_basket(face: Lightspeed, asked: Sequence[GivenLine], fulfilled_by: str = "") -> Basket:
    """Read the lines of a sale; ``fulfilled_by`` hands over what says no outlet of its own.

    Raises:
        VendorError: a product, a tax or an outlet is not known, or a number makes no sense.
    """
    lines: list[SaleLine] = []
    back: list[ReturnLine] = []
    sums: dict[str, int] = {}
    ids = [given.id for given in asked if given.id is not UNSET]
    if len(set(ids)) < len(ids):
        raise refusal(422, "line_items: an id is there twice")
    for at, given in enumerate(asked):
        field = f"line_items[{at}]"
        variant = face.variant(given.product.id, f"{field}.product.id")
        read = _read(face, given, field)
        unit = half_even(read.total_minor * UNIT, abs(read.units_e5))
        if read.units_e5 < 0:
            back.append(
                ReturnLine(
                    uid=read.uid, sku=variant.sku, units_e5=-read.units_e5,
                    unit_price_minor=unit, gross_minor=read.total_minor + read.discount_minor,
                    discount_minor=read.discount_minor, tax_minor=read.tax_minor,
                    total_minor=read.total_minor, variant=variant.id,
                    name=face.pos.product_name(variant), variant_name=variant.name,
                    catalogue_version=variant.version,
                )
            )  # fmt: skip
            continue
        sums[read.tax_id] = sums.get(read.tax_id, 0) + read.tax_minor
        share = Share(f"{read.uid}-t0", f"tax-{read.tax_id}", read.tax_minor)
        lines.append(
            SaleLine(
                uid=read.uid, sku=variant.sku, units_e5=read.units_e5, unit_price_minor=unit,
                gross_minor=read.total_minor + read.discount_minor,
                discount_minor=read.discount_minor, tax_minor=read.tax_minor,
                total_minor=read.total_minor, variant=variant.id,
                name=face.pos.product_name(variant), variant_name=variant.name,
                catalogue_version=variant.version, note=_remark(face, given), taxes=(share,),
                metadata=_told(face, given, read, fulfilled_by, field),
            )
        )  # fmt: skip
    taxes = tuple(_tax(face, id_, applied) for id_, applied in sums.items())
    return Basket(tuple(lines), tuple(back), taxes)


def kept_of_return(face: Lightspeed, sale: Sale, asked: Sequence[GivenLine]) -> tuple[Return, ...]:
    """The lines of a return that a client still wants back, in full or in part.

    Raises:
        VendorError: a line is none of the sale that was brought back.
    """
    (was,) = sale.returns
    known = {line_id(face, sale.id, line.uid): line for line in was.lines}
    lines: list[ReturnLine] = []
    for at, given in enumerate(asked):
        line = known.pop(given.id, None) if given.id is not UNSET else None
        if line is None:
            raise face.no(
                422, f"line_items[{at}] is not of the sale that is returned", about=sale.id
            )
        units_e5 = -quantity_e5(given.quantity, f"line_items[{at}].quantity")
        if not 0 < units_e5 <= line.units_e5:
            raise face.no(422, f"line_items[{at}].quantity is more than was sold", about=sale.id)
        lines.append(part_of_return(line, units_e5))
    return (msgspec.structs.replace(was, lines=tuple(lines)),)


def part_of_return(line: ReturnLine, units_e5: int) -> ReturnLine:
    """The same line with fewer units, its amounts in proportion."""
    if units_e5 == line.units_e5:
        return line
    names = ("gross_minor", "discount_minor", "tax_minor", "total_minor")
    parts = {name: half_even(getattr(line, name) * units_e5, line.units_e5) for name in names}
    return msgspec.structs.replace(line, units_e5=units_e5, **parts)


def _read(face: Lightspeed, given: GivenLine, field: str) -> _Read:
    units_e5 = quantity_e5(given.quantity, f"{field}.quantity")
    price = number(given.pricing.price, f"{field}.pricing.price")
    tax = number(given.tax.amount, f"{field}.tax.amount")
    off = given.pricing.discount
    discount = Decimal(0) if off is UNSET else number(off, f"{field}.pricing.discount")
    if units_e5 == 0:
        raise refusal(422, f"{field}.quantity is zero")
    if not face.settings.price_after_discount:
        price -= discount
    if price < 0 or tax < 0 or discount < 0:
        raise refusal(422, f"{field}.pricing is below zero")
    many = Decimal(abs(units_e5)) / UNIT
    read = _Read(
        uid=face.ids.uuid() if given.id is UNSET else given.id, units_e5=units_e5, price=price,
        tax=tax, tax_id=_tax_id(face, given.tax.id, field), net_minor=cents(price * many),
        tax_minor=cents(tax * many), discount_minor=cents(discount * many),
    )  # fmt: skip
    if read.total_minor + read.discount_minor > MOST_MINOR:
        raise refusal(422, f"{field} is worth too much")
    return read


def _tax_id(face: Lightspeed, uuid: str, field: str) -> str:
    face.follow_range()
    id_ = face.names.meant("tax", uuid)
    known = face.taxes.get(id_)
    if known is None or known.deleted:
        raise refusal(422, f"{field}.tax.id: there is no tax {uuid}")
    return id_


def _tax(face: Lightspeed, id_: str, applied_minor: int) -> Tax:
    known = face.taxes.get(id_)
    rate: TaxRate | None = None if known is None else known.thing
    return Tax(
        uid=f"tax-{id_}", name="No Tax" if rate is None else rate.name,
        percent="0" if rate is None else rate.percent, scope="line",
        of="" if id_ == NO_TAX else id_, of_version=0 if rate is None else rate.version,
        applied_minor=applied_minor,
    )  # fmt: skip


def _remark(face: Lightspeed, given: GivenLine) -> str:
    found = given.attributes if given.attributes is not UNSET else []
    notes = [each.value for each in found if each.name == "line_note"]
    return masked(face, notes[-1]) if notes else ""


def _told(
    face: Lightspeed, given: GivenLine, read: _Read, fulfilled_by: str, field: str
) -> dict[str, str]:
    """What the tills make nothing of: prices to the last decimal, and who hands it over."""
    told = {
        "price": format(read.price, "f"),
        "tax": format(read.tax, "f"),
        "tax_id": given.tax.id,
    }
    outlet = fulfilled_by
    if given.fulfilment_outlet_id is not UNSET:
        outlet = face.place(given.fulfilment_outlet_id, f"{field}.fulfilment_outlet_id")
    metadata = given.metadata
    method = UNSET if metadata is UNSET else metadata.fulfillment_method
    if outlet or method is not UNSET:
        told["fulfilled_by"] = outlet
        told["method"] = "DISPATCH" if method is UNSET else method
    return told

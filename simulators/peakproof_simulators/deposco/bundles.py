"""Items that are put together when they are ordered: their components are ordered and counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from msgspec import UNSET

from peakproof_simulators.deposco.catalogue import EACH
from peakproof_simulators.deposco.order_lines import sent_lines
from peakproof_simulators.deposco.payloads.common import Number, Pack, text
from peakproof_simulators.deposco.payloads.orders import Order as OrderSent
from peakproof_simulators.deposco.payloads.orders import OrderLine as LineSent
from peakproof_simulators.deposco.payloads.orders import OrderLines
from peakproof_simulators.deposco.stock import Figures

Bundles = Mapping[str, tuple[tuple[str, int], ...]]
"""(component, units of it) by the item that they make."""


def explode(sent: OrderSent, bundles: Bundles) -> None:
    """Put the components in the place of a bundle's line; each carries the line's number."""
    found = sent_lines(sent)
    if not any(line.item_number in bundles for line in found):
        return
    lines: list[LineSent] = []
    for position, line in enumerate(found):
        parts = bundles.get(line.item_number)
        if parts is None:
            lines.append(line)
            continue
        number = text(line.line_number) or str(position + 1)
        for at, (sku, units) in enumerate(parts):
            lines.append(_component(line, f"{number}.{at + 1}", number, sku, units))
    sent.order_lines = OrderLines(list(lines))


def _component(line: LineSent, number: str, parent: str, sku: str, units: int) -> LineSent:
    each = units * line.pack.quantity
    return LineSent(
        item_number=sku, pack=Pack(type=EACH, quantity=1), line_number=number,
        customer_line_number=text(line.customer_line_number) or parent,
        line_status=line.line_status,
        order_pack_quantity=_times(line.order_pack_quantity, each),
        canceled_pack_quantity=_times(line.canceled_pack_quantity, each),
    )  # fmt: skip


def _times(quantity: Number, units: int) -> Number:
    return quantity * units if isinstance(quantity, Decimal) else UNSET


def made_of(
    parts: tuple[tuple[str, int], ...], look: Callable[[str, str], Figures],
    available: Callable[[Figures], int],
) -> Callable[[str, str], Figures]:  # fmt: skip
    """Looks up what a bundle could be made of: as many as the scarcest component lets there be."""

    def scarcest(_sku: str, facility: str) -> Figures:
        units = min(available(look(sku, facility)) // units for sku, units in parts)
        return Figures(total=units)

    return scarcest

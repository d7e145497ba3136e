"""Ways to show a field that several types have: amounts, dates, references."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from peakproof_simulators.centra.integration.dates import written

if TYPE_CHECKING:
    from peakproof_simulators.centra.state import Centra

Show = Callable[..., Any]
"""``show(centra, entity)``, or with a field's arguments by name."""


def money(minor: int, currency: str) -> dict[str, Any]:
    """An amount."""
    text = f"{Decimal(minor) / 100:.2f}"
    return {
        "value": float(text),
        "currency": {"code": currency},
        "formattedValue": f"{text} {currency}",
    }


def dated(attribute: str) -> Show:
    def show(centra: Centra, entity: Any, format: str | None = None) -> str | None:
        at_s = getattr(entity, attribute)
        return None if at_s is None else written(centra, at_s, format)

    return show


def one(shelf: str, attribute: str) -> Show:
    """The entity that an attribute points at; None where the attribute is 0."""

    def show(centra: Centra, entity: Any) -> Any:
        return getattr(centra, shelf).by_id.get(getattr(entity, attribute))

    return show


def external(kind: str, attribute: str = "id") -> Show:
    def show(centra: Centra, entity: Any) -> str | None:
        return centra.conversions.by_internal.get((kind, getattr(entity, attribute)))

    return show


def plain(name: str) -> Show:
    return lambda _centra, entity: getattr(entity, name)

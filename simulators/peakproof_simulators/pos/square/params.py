"""Query parameters, read with Square's refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakproof_simulators.pos.square.errors import refusal

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call


def whole(
    call: Call, name: str, default: int | None = None, *, least: int = 0, most: int = 2**53
) -> int | None:
    """A whole number.

    Raises:
        VendorError: it is none, or out of bounds.
    """
    text = call.one(name)
    if text is None:
        return default
    if not text.lstrip("-").isascii() or not text.lstrip("-").isdigit() or len(text) > 18:
        raise refusal("EXPECTED_INTEGER", "The value is no whole number.", name)
    value = int(text)
    if value < least:
        raise refusal("VALUE_TOO_LOW", f"The value is at least {least}.", name)
    if value > most:
        raise refusal("VALUE_TOO_HIGH", f"The value is at most {most}.", name)
    return value


def flag(call: Call, name: str) -> bool | None:
    """``true`` or ``false``.

    Raises:
        VendorError: it is neither.
    """
    text = call.one(name)
    if text is None:
        return None
    if text not in ("true", "false"):
        raise refusal("EXPECTED_BOOLEAN", "The value is true or false.", name)
    return text == "true"


def chosen(call: Call, name: str, among: tuple[str, ...]) -> str | None:
    """One of a few words.

    Raises:
        VendorError: it is none of them.
    """
    text = call.one(name)
    if text is not None and text not in among:
        raise refusal("INVALID_ENUM_VALUE", f"The value is one of {', '.join(among)}.", name)
    return text


def newest_first(call: Call, *, default: bool = True) -> bool:
    """Whether ``sort_order`` asks for the newest first.

    Raises:
        VendorError: it is neither ``ASC`` nor ``DESC``.
    """
    text = call.one("sort_order")
    if text is None:
        return default
    if text not in ("ASC", "DESC"):
        raise refusal("INVALID_SORT_ORDER", "sort_order is ASC or DESC.", "sort_order")
    return text == "DESC"

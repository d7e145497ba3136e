"""Money as integer minor units, written as decimals and shared out to the penny."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import Final

EXPONENTS: Final[dict[str, int]] = {
    "BHD": 3, "BIF": 0, "CLF": 4, "CLP": 0, "DJF": 0, "GNF": 0, "IQD": 3, "ISK": 0, "JOD": 3,
    "JPY": 0, "KMF": 0, "KRW": 0, "KWD": 3, "LYD": 3, "OMR": 3, "PYG": 0, "RWF": 0, "TND": 3,
    "UGX": 0, "UYI": 0, "UYW": 4, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip
"""Digits after the point by ISO 4217 code; every currency that is not here has two."""
_EXACT: Final = Context(prec=40, Emax=60, Emin=-60, traps=[Inexact, InvalidOperation, Overflow])
"""Raises where the usual context would round; no amount of money has so many digits."""


def decimal_text(amount_minor: int, currency: str) -> str:
    """An amount as a decimal number: ``decimal_text(2170, "GBP") == "21.70"``."""
    digits = EXPONENTS.get(currency, 2)
    if digits == 0:
        return str(amount_minor)
    sign = "-" if amount_minor < 0 else ""
    whole, rest = divmod(abs(amount_minor), 10**digits)
    return f"{sign}{whole}.{rest:0{digits}d}"


def minor(text: str, currency: str) -> int:
    """The minor units of a decimal number.

    Raises:
        ValueError: the text is no number, or is finer than the currency's smallest coin.
    """
    try:
        scaled = _EXACT.scaleb(Decimal(text), EXPONENTS.get(currency, 2))
        units = int(scaled)
    except (ArithmeticError, ValueError) as error:
        raise ValueError(f"{text!r} is no amount of {currency}") from error
    if units != scaled:
        raise ValueError(f"{text!r} is finer than the smallest coin of {currency}")
    return units


def apportion(total: int, weights: Sequence[int], *, first: int = 0) -> list[int]:
    """Share out whole units by weight; the parts sum to the total exactly.

    Largest remainders get the odd units; among equal remainders the share at ``first`` is served
    first, then those after it. Weights are not negative; if all are zero they count as equal.
    """
    if not weights:
        raise ValueError("nothing to share among")
    whole = sum(weights)
    if whole <= 0:
        weights = [1] * len(weights)
        whole = len(weights)
    sign, amount = (-1, -total) if total < 0 else (1, total)
    parts = [amount * weight // whole for weight in weights]
    left = amount - sum(parts)
    if left:
        count = len(parts)
        order = sorted(
            range(count),
            key=lambda at: (-(amount * weights[at] % whole), (at - first) % count),
        )
        for at in order[:left]:
            parts[at] += 1
    return [sign * part for part in parts]

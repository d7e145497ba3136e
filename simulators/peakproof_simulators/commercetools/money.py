"""Money in minor units, and taxes on it, in whole numbers only."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Final

from peakproof_simulators.commercetools.errors import Refusal
from peakproof_simulators.commercetools.payloads.common import (
    LARGEST,
    CentPrecisionMoney,
    Money,
)
from peakproof_simulators.commercetools.payloads.lines import (
    ExternalTaxRateDraft,
    TaxedPrice,
    TaxPortion,
    TaxRate,
)

_DIGITS: Final = {
    "BHD": 3, "CLP": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "LYD": 3,
    "OMR": 3, "PYG": 0, "TND": 3, "UGX": 0, "VND": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip
"""Currencies whose smallest unit is not a hundredth (ISO 4217)."""


def money(amount_minor: int, currency: str) -> CentPrecisionMoney:
    """Money as the vendor answers it.

    Raises:
        Refusal: ``MoneyOverflow``.
    """
    if not -LARGEST <= amount_minor <= LARGEST:
        raise Refusal("MoneyOverflow")
    return CentPrecisionMoney(
        currency_code=currency, cent_amount=amount_minor, fraction_digits=_DIGITS.get(currency, 2)
    )


def typed(draft: Money) -> CentPrecisionMoney:
    """A draft's money as the vendor answers it."""
    return money(draft.cent_amount, draft.currency_code)


def times(price: CentPrecisionMoney, units: int) -> CentPrecisionMoney:
    """The price of some units."""
    return money(price.cent_amount * units, price.currency_code)


def tax_rate(draft: ExternalTaxRateDraft | None) -> TaxRate | None:
    """A tax rate that the caller worked out, as the vendor answers it."""
    if draft is None:
        return None
    return TaxRate(
        name=draft.name,
        amount=draft.amount,
        included_in_price=draft.included_in_price,
        country=draft.country,
        state=draft.state,
    )


@lru_cache(maxsize=256)
def _ratio(amount: float) -> tuple[int, int]:
    """A rate as a fraction: ``0.2`` is 1/5, not the nearest binary number."""
    return Decimal(str(amount)).as_integer_ratio()


def _half_even(numerator: int, denominator: int) -> int:
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest
    if twice > denominator or (twice == denominator and quotient & 1):
        quotient += 1
    return quotient


def taxed(price: CentPrecisionMoney, rate: TaxRate | None) -> TaxedPrice | None:
    """Net, gross and tax of a price; the rate says whether the price has the tax in it."""
    if rate is None:
        return None
    return _taxed(
        price.cent_amount, price.currency_code, rate.amount, rate.name, rate.included_in_price
    )


@lru_cache(maxsize=4096)
def _taxed(amount: int, currency: str, rate: float, name: str, included: bool) -> TaxedPrice:
    """The same: a shop sells a few things at a few prices all day."""
    part, whole = _ratio(rate)
    price = money(amount, currency)
    if included:
        gross, net = price, money(_half_even(amount * whole, whole + part), currency)
    else:
        gross, net = money(_half_even(amount * (whole + part), whole), currency), price
    tax = money(gross.cent_amount - net.cent_amount, currency)
    return TaxedPrice(
        total_net=net,
        total_gross=gross,
        tax_portions=(TaxPortion(rate=rate, amount=tax, name=name),),
        total_tax=tax,
    )


def summed(parts: Iterable[TaxedPrice | None], currency: str) -> TaxedPrice | None:
    """The taxed price of a whole, None unless every part has one. Portions go by rate."""
    parts = tuple(parts)
    if len(parts) == 1:
        return parts[0]
    net = gross = 0
    portions: dict[tuple[float, str | None], int] = {}
    empty = True
    for part in parts:
        if part is None:
            return None
        empty = False
        net += part.total_net.cent_amount
        gross += part.total_gross.cent_amount
        for portion in part.tax_portions:
            key = (portion.rate, portion.name)
            portions[key] = portions.get(key, 0) + portion.amount.cent_amount
    if empty:
        return None
    return TaxedPrice(
        total_net=money(net, currency),
        total_gross=money(gross, currency),
        tax_portions=tuple(
            TaxPortion(rate=rate, amount=money(amount, currency), name=name)
            for (rate, name), amount in portions.items()
        ),
        total_tax=money(gross - net, currency),
    )

"""Outlets, registers, users, taxes, payment types, the retailer, customers."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET

from peakproof_simulators.pos.lightspeed.payloads.common import (
    Amount,
    Decimals,
    Given,
    Maybe,
    Shown,
    Span,
    Text,
)


class Attribute(Shown):
    """A pair."""

    key: str
    value: str


class Outlet(Shown):
    """A shop, or a warehouse."""

    id: str
    name: str
    default_tax_id: str
    currency: str
    currency_symbol: str
    display_prices: Literal["inclusive", "exclusive"]
    time_zone: str | None
    physical_country_id: str | None
    attributes: list[Attribute]
    version: int


class OutletAnswer(Shown):
    """One outlet."""

    data: Outlet


class OutletsAnswer(Shown):
    """Outlets."""

    data: list[Outlet]
    version: Span


class Register(Shown):
    """A till; ``register_open_sequence_id`` is its open closure."""

    id: str
    name: str
    outlet_id: str
    is_open: bool
    invoice_prefix: str
    invoice_sequence: int
    invoice_suffix: str
    register_open_time: str | None
    register_close_time: str | None
    register_open_sequence_id: str | None
    version: int


class RegisterAnswer(Shown):
    """One register."""

    data: Register


class RegistersAnswer(Shown):
    """Registers."""

    data: list[Register]
    version: Span


class OpenRegister(Given):
    """Opening a register."""

    register_open_time: Text | Maybe = UNSET


class Counted(Given):
    """What was counted in the drawer for a payment type."""

    payment_type_id: Text
    total: Decimals


class CloseRegister(Given):
    """Closing a register."""

    payments: list[Counted] | Maybe = UNSET


class PaymentSum(Shown):
    """What a payment type has brought."""

    payment_type_id: str
    payment_type_name: str
    total: str


class PaymentsSummary(Shown):
    """What the open closure of a register has brought so far."""

    payments: list[PaymentSum]
    register_closure_id: str
    register_closure_sequence_number: int
    register_open_time: str


class PaymentsSummaryAnswer(Shown):
    """A summary."""

    data: PaymentsSummary


class RegisterClosure(Shown):
    """A closure as a notice tells it."""

    id: str
    register_id: str
    outlet_id: str
    register_closure_sequence_number: int
    register_open_time: str
    register_close_time: str
    payments: list[PaymentSum]


class PaymentType(Shown):
    """A way of paying."""

    id: str
    name: str
    type_id: int
    disabled: bool
    internal: bool
    version: int


class PaymentTypesAnswer(Shown):
    """Payment types."""

    data: list[PaymentType]
    version: Span


class Rate(Shown):
    """A part of a tax; ``rate`` is a fraction."""

    id: str
    name: str
    display_name: str
    rate: Amount


class Tax(Shown):
    """A tax."""

    id: str
    name: str
    display_name: str
    is_default: bool
    rates: list[Rate]
    deleted_at: str | None
    version: int


class TaxAnswer(Shown):
    """One tax."""

    data: Tax


class TaxesAnswer(Shown):
    """Taxes."""

    data: list[Tax]
    version: Span


class User(Shown):
    """A user."""

    id: str
    username: str
    display_name: str
    account_type: Literal["admin", "manager", "cashier"]
    restricted_outlet_ids: list[str]
    is_primary_user: bool
    created_at: str
    updated_at: str
    version: int


class UserAnswer(Shown):
    """One user."""

    data: User


class UsersAnswer(Shown):
    """Users."""

    data: list[User]
    version: Span


class Currency(Shown):
    """A currency."""

    code: str
    symbol: str


class Retailer(Shown):
    """The retailer."""

    id: str
    name: str
    domain_prefix: str
    country: str
    currency: Currency
    tax_exclusive: bool
    no_tax_group_id: str
    timezone: str
    version: str


class RetailerAnswer(Shown):
    """The retailer."""

    data: Retailer


class Customer(Shown):
    """A customer."""

    id: str
    customer_code: str
    name: str
    first_name: str | None
    last_name: str | None
    company_name: str | None
    email: str | None
    phone: str | None
    mobile: str | None
    note: str | None
    created_at: str
    updated_at: str
    version: int


class CustomerAnswer(Shown):
    """One customer."""

    data: Customer


class CustomersAnswer(Shown):
    """Customers."""

    data: list[Customer]
    version: Span


class CustomerRequest(Given):
    """A customer as a client gives it; both names are there, if empty."""

    first_name: Text | None
    last_name: Text | None
    customer_code: Text | Maybe = UNSET
    company_name: Text | Maybe | None = UNSET
    email: Text | Maybe | None = UNSET
    phone: Text | Maybe | None = UNSET
    mobile: Text | Maybe | None = UNSET
    note: Text | Maybe | None = UNSET

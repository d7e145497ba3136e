"""Operations on outlets, registers, users, taxes, payment types, the retailer and customers."""

from __future__ import annotations

from typing import Final

from peakproof_simulators.kit.operations import Operation
from peakproof_simulators.pos.lightspeed import closures, places
from peakproof_simulators.pos.lightspeed.payloads import places as bodies
from peakproof_simulators.pos.lightspeed.table import CURSOR, DELETED, entry

PLACES: Final[tuple[Operation, ...]] = (
    entry(
        "retailer.get", "GET /retailer", places.get_retailer, "read", "Read the retailer.",
        bodies.RetailerAnswer, scope="retailer:read",
    ),
    entry(
        "outlets.list", "GET /outlets", places.list_outlets, "read", "List the outlets.",
        bodies.OutletsAnswer, scope="outlets:read", query=(*CURSOR, DELETED),
    ),
    entry(
        "outlets.get", "GET /outlets/{outlet_id}", places.get_outlet, "read", "Read an outlet.",
        bodies.OutletAnswer, scope="outlets:read",
    ),
    entry(
        "registers.list", "GET /registers", closures.list_registers, "read",
        "List the registers.", bodies.RegistersAnswer, scope="registers:read",
        query=(*CURSOR, DELETED),
    ),
    entry(
        "registers.get", "GET /registers/{register_id}", closures.get_register, "read",
        "Read a register.", bodies.RegisterAnswer, scope="registers:read",
    ),
    entry(
        "registers.open", "PUT /registers/{register_id}/actions/open", closures.open_register,
        "write", "Open a register.", bodies.RegisterAnswer, body=bodies.OpenRegister,
        scope="register:open",
    ),
    entry(
        "registers.close", "PUT /registers/{register_id}/actions/close",
        closures.close_register, "write", "Close a register.", bodies.RegisterAnswer,
        body=bodies.CloseRegister, scope="register:close",
    ),
    entry(
        "registers.payments_summary", "GET /registers/{register_id}/payments_summary",
        closures.payments_summary, "read", "Read what a register has taken.",
        bodies.PaymentsSummaryAnswer, scope="payments:read",
    ),
    entry(
        "payment_types.list", "GET /payment_types", places.list_payment_types, "read",
        "List the ways of paying.", bodies.PaymentTypesAnswer, scope="payment_types:read",
        query=(*CURSOR, DELETED),
    ),
    entry(
        "taxes.list", "GET /taxes", places.list_taxes, "read", "List the taxes.",
        bodies.TaxesAnswer, scope="taxes:read", query=CURSOR,
    ),
    entry(
        "taxes.get", "GET /taxes/{tax_id}", places.get_tax, "read", "Read a tax.",
        bodies.TaxAnswer, scope="taxes:read",
    ),
    entry(
        "users.current", "GET /user", places.get_user, "read", "Read whose token it is.",
        bodies.UserAnswer, scope="users:read",
    ),
    entry(
        "users.get", "GET /users/{user_id}", places.get_user, "read", "Read a user.",
        bodies.UserAnswer, scope="users:read",
    ),
    entry(
        "users.list", "GET /users", places.list_users, "read", "List the users.",
        bodies.UsersAnswer, scope="users:read", query=CURSOR,
    ),
    entry(
        "customers.list", "GET /customers", places.list_customers, "read",
        "List the customers.", bodies.CustomersAnswer, scope="customers:read",
        query=(*CURSOR, DELETED),
    ),
    entry(
        "customers.create", "POST /customers", places.create_customer, "write",
        "Create a customer.", bodies.CustomerAnswer, body=bodies.CustomerRequest,
        scope="customers:write", status=201,
    ),
    entry(
        "customers.get", "GET /customers/{customer_id}", places.get_customer, "read",
        "Read a customer.", bodies.CustomerAnswer, scope="customers:read",
    ),
    entry(
        "customers.update", "PUT /customers/{customer_id}", places.update_customer, "write",
        "Change a customer.", bodies.CustomerAnswer, body=bodies.CustomerRequest,
        scope="customers:write",
    ),
    entry(
        "customers.delete", "DELETE /customers/{customer_id}", places.delete_customer, "write",
        "Delete a customer.", None, scope="customers:write", status=204,
    ),
)  # fmt: skip

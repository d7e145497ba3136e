"""Outlets, users, taxes, payment types, the retailer itself, and its customers."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from msgspec import UNSET
from msgspec.json import Decoder
from msgspec.structs import replace

from peakproof.wire.message import Response
from peakproof_simulators.pos.lightspeed import books
from peakproof_simulators.pos.lightspeed.cards import masked
from peakproof_simulators.pos.lightspeed.errors import refusal
from peakproof_simulators.pos.lightspeed.payloads.places import (
    Currency,
    Customer,
    CustomerAnswer,
    CustomerRequest,
    CustomersAnswer,
    Outlet,
    OutletAnswer,
    OutletsAnswer,
    PaymentType,
    PaymentTypesAnswer,
    Rate,
    Retailer,
    RetailerAnswer,
    Tax,
    TaxAnswer,
    TaxesAnswer,
    User,
    UserAnswer,
    UsersAnswer,
)
from peakproof_simulators.pos.lightspeed.surface import NO_TAX, TENDERS, flag, span

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.lightspeed.ledger import Entry
    from peakproof_simulators.pos.lightspeed.surface import Lightspeed
    from peakproof_simulators.pos.products import TaxRate
    from peakproof_simulators.pos.state import Place

_CUSTOMER: Final = Decoder(CustomerRequest)
_WRITTEN: Final = (
    "first_name", "last_name", "company_name", "email", "phone", "mobile", "note",
)  # fmt: skip
_SYMBOLS: Final = {"GBP": "£", "EUR": "€", "USD": "$"}
_TYPE_IDS: Final = {"cash": 1, "card": 5, "external": 3}


def list_outlets(face: Lightspeed, call: Call) -> Response:
    """All outlets, by version."""
    entries = face.page(call, face.outlets, deleted=flag(call, "deleted"))
    views = [_outlet(face, entry) for entry in entries]
    return face.reply(OutletsAnswer(data=views, version=span(entries)))


def get_outlet(face: Lightspeed, call: Call) -> Response:
    """One outlet."""
    uuid = call.params["outlet_id"]
    found = face.outlets.get(face.names.meant("outlet", uuid))
    if found is None:
        raise refusal(404, f"There is no outlet {uuid}")
    return face.reply(OutletAnswer(data=_outlet(face, found)))


def list_users(face: Lightspeed, call: Call) -> Response:
    """The application, and a cashier for each register."""
    entries = face.page(call, face.users)
    views = [_user(face, entry) for entry in entries]
    return face.reply(UsersAnswer(data=views, version=span(entries)))


def get_user(face: Lightspeed, call: Call) -> Response:
    """One user; without an id the one whose token it is."""
    uuid = call.params.get("user_id", "")
    found = face.users.get(face.names.meant("user", uuid) if uuid else "api")
    if found is None:
        raise refusal(404, f"There is no user {uuid}")
    return face.reply(UserAnswer(data=_user(face, found)))


def list_taxes(face: Lightspeed, call: Call) -> Response:
    """All taxes; one of them is no tax."""
    face.follow_range()
    entries = face.page(call, face.taxes)
    views = [_tax(face, entry) for entry in entries]
    return face.reply(TaxesAnswer(data=views, version=span(entries)))


def get_tax(face: Lightspeed, call: Call) -> Response:
    """One tax."""
    face.follow_range()
    uuid = call.params["tax_id"]
    found = face.taxes.get(face.names.meant("tax", uuid))
    if found is None:
        raise refusal(404, f"There is no tax {uuid}")
    return face.reply(TaxAnswer(data=_tax(face, found)))


def list_payment_types(face: Lightspeed, call: Call) -> Response:
    """All ways of paying."""
    entries = face.page(call, face.tenders, deleted=flag(call, "deleted"))
    views = [
        PaymentType(
            id=face.names.uuid("payment_type", entry.thing),
            name=TENDERS[entry.thing],
            type_id=_TYPE_IDS[entry.thing],
            disabled=False,
            internal=False,
            version=entry.version,
        )
        for entry in entries
    ]
    return face.reply(PaymentTypesAnswer(data=views, version=span(entries)))


def get_retailer(face: Lightspeed, call: Call) -> Response:
    """The retailer."""
    currency, prefix = face.pos.currency, face.credentials["domain_prefix"]
    first = next(iter(face.pos.places.values()), None)
    return face.reply(
        RetailerAnswer(
            data=Retailer(
                id=face.names.uuid("retailer", prefix), name=prefix, domain_prefix=prefix,
                country="GB" if first is None else first.country,
                currency=Currency(code=currency, symbol=_SYMBOLS.get(currency, currency)),
                tax_exclusive=False, no_tax_group_id=face.names.uuid("tax", NO_TAX),
                timezone="UTC" if first is None else first.timezone,
                version=str(face.versions.last),
            )
        )
    )  # fmt: skip


def list_customers(face: Lightspeed, call: Call) -> Response:
    """All customers, by version."""
    entries = face.page(call, face.customers, deleted=flag(call, "deleted"))
    views = [customer_view(face, entry) for entry in entries]
    return face.reply(CustomersAnswer(data=views, version=span(entries)))


def get_customer(face: Lightspeed, call: Call) -> Response:
    """One customer."""
    return face.reply(CustomerAnswer(data=customer_view(face, _customer(face, call))))


def create_customer(face: Lightspeed, call: Call) -> Response:
    """A new customer; the code is made up where none is given."""
    asked = face.read(call, _CUSTOMER)
    id_ = face.ids.uuid()
    code = asked.customer_code if asked.customer_code is not UNSET else f"C-{face.ids.token(8)}"
    return _kept(face, books.Customer(id_, code, face.pos.now_ms), asked, code, 201)


def update_customer(face: Lightspeed, call: Call) -> Response:
    """Change what is given of a customer."""
    was = _customer(face, call).thing
    asked = face.read(call, _CUSTOMER)
    code = was.code if asked.customer_code is UNSET else asked.customer_code
    return _kept(face, was, asked, code, 200)


def delete_customer(face: Lightspeed, call: Call) -> Response:
    """Delete a customer; the code is free again."""
    was = _customer(face, call).thing
    face.customer_codes.pop(was.code, None)
    face.customers.put(was.id, was, deleted=True)
    return Response(204)


def _kept(
    face: Lightspeed, was: books.Customer, asked: CustomerRequest, code: str, status: int
) -> Response:
    taken = face.customer_codes.get(code, was.id)
    if not code or taken != was.id:
        raise refusal(422, f"customer_code {code} is taken" if code else "customer_code is empty")
    given = {name: getattr(asked, name) for name in _WRITTEN}
    changes = {
        name: masked(face, value or "") if name != "email" else value or ""
        for name, value in given.items()
        if value is not UNSET
    }
    face.customer_codes.pop(was.code, None)
    face.customer_codes[code] = was.id
    entry = face.customers.put(was.id, replace(was, code=code, **changes))
    face.notices.mark("customer.update", was.id)
    return face.reply(CustomerAnswer(data=customer_view(face, entry)), status)


def _customer(face: Lightspeed, call: Call) -> Entry[books.Customer]:
    found = face.customers.get(call.params["customer_id"])
    if found is None or found.deleted:
        raise refusal(404, f"There is no customer {call.params['customer_id']}")
    return found


def customer_view(face: Lightspeed, entry: Entry[books.Customer]) -> Customer:
    """A customer; what is empty is null."""
    one = entry.thing
    return Customer(
        id=one.id, customer_code=one.code, name=f"{one.first_name} {one.last_name}".strip(),
        first_name=one.first_name or None, last_name=one.last_name or None,
        company_name=one.company_name or None, email=one.email or None,
        phone=one.phone or None, mobile=one.mobile or None, note=one.note or None,
        created_at=face.iso(one.created_ms), updated_at=face.iso(entry.at_ms),
        version=entry.version,
    )  # fmt: skip


def _user(face: Lightspeed, entry: Entry[books.User]) -> User:
    user, when = entry.thing, face.iso(entry.at_ms)
    return User(
        id=face.user_id(user.word), username=user.name.lower().replace(" ", "."),
        display_name=user.name, account_type=user.account_type,
        restricted_outlet_ids=[face.outlet_id(user.place)] if user.place else [],
        is_primary_user=not user.place, created_at=when, updated_at=when, version=entry.version,
    )  # fmt: skip


def _outlet(face: Lightspeed, entry: Entry[Place]) -> Outlet:
    place = entry.thing
    return Outlet(
        id=face.outlet_id(place.code), name=place.name, default_tax_id=_default_tax(face),
        currency=place.currency, currency_symbol=_SYMBOLS.get(place.currency, place.currency),
        display_prices="inclusive", time_zone=place.timezone, physical_country_id=place.country,
        attributes=[], version=entry.version,
    )  # fmt: skip


def _default_tax(face: Lightspeed) -> str:
    rate = next((rate.id for rate in face.pos.range.tax_rates()), NO_TAX)
    return face.names.uuid("tax", rate)


def _tax(face: Lightspeed, entry: Entry[TaxRate | None]) -> Tax:
    rate = entry.thing
    id_, name = (NO_TAX, "No Tax") if rate is None else (rate.id, rate.name)
    uuid = face.names.uuid("tax", id_)
    part = Rate(
        id=face.names.uuid("rate", id_), name=name, display_name=name,
        rate=0 if rate is None else Decimal(rate.percent).scaleb(-2),
    )  # fmt: skip
    return Tax(
        id=uuid, name=name, display_name=name, is_default=uuid == _default_tax(face),
        rates=[part], deleted_at=face.iso(entry.at_ms) if entry.deleted else None,
        version=entry.version,
    )  # fmt: skip

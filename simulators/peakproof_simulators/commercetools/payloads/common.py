"""The shapes that all resources share: money, addresses, references, custom fields, errors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

Moment = Annotated[str, Meta(extra_json_schema={"format": "date-time"}, extra={"moment": True})]
"""A date in the vendor's form, ``2026-11-27T06:00:00.000Z``; predicates compare it as a date."""

MomentDraft = datetime
Key = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]+$", min_length=2, max_length=256)]
ChannelKey = Annotated[str, Meta(max_length=256)]
CurrencyCode = Annotated[str, Meta(pattern="^[A-Z]{3}$")]
CountryCode = Annotated[str, Meta(pattern="^[A-Z]{2}$")]
Locale = Annotated[str, Meta(pattern="^[a-z]{2}(-[A-Z]{2})?$")]
LocalizedString = dict[str, str]

LARGEST: Final = 9007199254740991
"""The largest whole number that every JSON reader keeps exact."""

Whole = Annotated[int, Meta(ge=-LARGEST, le=LARGEST)]
Positive = Annotated[int, Meta(ge=1, le=LARGEST)]
NotNegative = Annotated[int, Meta(ge=0, le=LARGEST)]
Minutes = Annotated[int, Meta(ge=1, le=44640)]
Version = Annotated[int, Meta(ge=0, le=LARGEST)]
Email = Annotated[str, Meta(max_length=320)]
Text = Annotated[str, Meta(max_length=4096)]
Identifier = Annotated[str, Meta(min_length=1, max_length=256)]


class Payload(msgspec.Struct, rename="camel", kw_only=True, omit_defaults=True, gc=False):
    """What the vendor answers. Absent optional fields are left out, never null."""


class Draft(
    msgspec.Struct,
    rename="camel",
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
):
    """What a client sends. A field that is not modelled is refused, see ``unknown_fields``."""


class Action(
    msgspec.Struct,
    rename="camel",
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="action",
):
    """One update action; its tag is the vendor's name for it."""


class Reference(Payload, kw_only=True):
    """Points at a resource by id; ``obj`` is there only when the caller asked to expand it."""

    type_id: str
    id: str
    obj: dict[str, Any] | None = None


class ResourceIdentifier(Draft, kw_only=True):
    """Names a resource by id or by key, in a draft or an action."""

    type_id: str | None = None
    id: str | None = None
    key: str | None = None


class ReferenceDraft(Draft, kw_only=True):
    """A reference as clients send it back, with the type that it points at."""

    type_id: str | None = None
    id: str


class CentPrecisionMoney(Payload, tag_field="type", tag="centPrecision", kw_only=True):
    """Money in the smallest unit of its currency."""

    currency_code: CurrencyCode
    cent_amount: int
    fraction_digits: int


class Money(Draft, kw_only=True):
    """Money in a draft; clients may send the typed form back."""

    cent_amount: Whole
    currency_code: CurrencyCode
    type: Literal["centPrecision"] | None = None
    fraction_digits: Annotated[int, Meta(ge=0, le=3)] | None = None


class CustomFields(Payload, kw_only=True):
    """Custom fields of a resource and the type that defines them."""

    type: Reference
    fields: dict[str, Any]


class CustomFieldsDraft(Draft, kw_only=True):
    """Custom fields as they are sent."""

    type: ResourceIdentifier
    fields: dict[str, Any] = msgspec.field(default_factory=dict)


class BaseAddress(Draft, kw_only=True):
    """A postal address; what is sent is what is kept."""

    country: CountryCode
    id: str | None = None
    key: Key | None = None
    title: str | None = None
    salutation: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    street_name: str | None = None
    street_number: str | None = None
    additional_street_info: str | None = None
    postal_code: str | None = None
    city: str | None = None
    region: str | None = None
    state: str | None = None
    company: str | None = None
    department: str | None = None
    building: str | None = None
    apartment: str | None = None
    p_o_box: str | None = msgspec.field(name="pOBox", default=None)
    phone: str | None = None
    mobile: str | None = None
    email: str | None = None
    fax: str | None = None
    additional_address_info: str | None = None
    external_id: str | None = None


class Author(Payload, kw_only=True):
    """Which API client did it (the vendor's ``createdBy`` and ``lastModifiedBy``)."""

    client_id: str
    is_platform_client: bool


class Resource(Payload, kw_only=True):
    """What every stored resource has."""

    id: str
    version: int
    created_at: Moment
    last_modified_at: Moment
    created_by: Author | None = None
    last_modified_by: Author | None = None


class UserProvidedIdentifiers(Payload, kw_only=True):
    """The names that users gave to the resource of a message."""

    key: str | None = None
    external_id: str | None = None
    order_number: str | None = None
    sku: str | None = None
    slug: LocalizedString | None = None


class ErrorObject(Payload, kw_only=True):
    """One error; further fields depend on the code (``currentVersion``, ``lineItems`` …)."""

    code: str
    message: str


class ErrorResponse(Payload, kw_only=True):
    """The envelope of every refusal; ``message`` is the first error's."""

    status_code: int
    message: str
    errors: tuple[ErrorObject, ...] = ()
    error: str | None = None
    error_description: str | None = None

"""The vendor's refusals, as a table: status, code, message; each with its further fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import msgspec

NOT_JSON: Final = "Request body does not contain valid JSON."


class Kind(NamedTuple):
    """A kind of refusal: HTTP status, the vendor's message with named gaps, how sure we are."""

    status: int
    message: str
    mark: str


KINDS: Final[dict[str, Kind]] = {
    "invalid_client": Kind(
        401,
        "Please provide valid client credentials using HTTP Basic Authentication.",
        "observed",
    ),
    "invalid_token": Kind(401, "invalid_token", "documented"),
    "insufficient_scope": Kind(
        403, "Insufficient scope. One of the following scopes is missing: {scopes}.", "observed"
    ),
    "invalid_scope": Kind(400, "The scope '{scope}' is not allowed for this client.", "inferred"),
    "invalid_request": Kind(400, "{text}", "inferred"),
    "unsupported_grant_type": Kind(
        400, "The grant type '{grant}' is not supported here.", "inferred"
    ),
    "ConcurrentModification": Kind(
        409,
        "Object {id} has a different version than expected. "
        "Expected: {expected} - Actual: {currentVersion}.",
        "observed",
    ),
    "InvalidJsonInput": Kind(400, NOT_JSON, "observed"),
    "InvalidInput": Kind(400, "{text}", "documented"),
    "InvalidField": Kind(
        400, "The value '{invalidValue}' is not valid for field '{field}'.", "observed"
    ),
    "InvalidOperation": Kind(400, "{text}", "documented"),
    "RequiredField": Kind(400, "A value is required for field '{field}'.", "documented"),
    "DuplicateField": Kind(
        400, "A duplicate value '\"{duplicateValue}\"' exists for field '{field}'.", "observed"
    ),
    "ReferencedResourceNotFound": Kind(
        400,
        "The referenced object of type '{typeId}' with {named} was not found. It either doesn't "
        "exist, or it can't be accessed from this endpoint (e.g., if the endpoint filters by "
        "store or customer account).",
        "documented",
    ),
    "ReferenceExists": Kind(
        400,
        "Can not delete a {resource} while it is referenced by at least one {referencedBy}.",
        "documented",
    ),
    "ResourceNotFound": Kind(404, "The Resource with {named} was not found.", "observed"),
    "OutOfStock": Kind(
        400,
        "Some line items are out of stock at the time of placing the order: {sku_list}.",
        "documented",
    ),
    "PriceChanged": Kind(
        400,
        "The price or tax of some line items changed at the time of placing the order: {named}.",
        "documented",
    ),
    "MatchingPriceNotFound": Kind(
        400,
        "The variant {variantId} of product '{productId}' does not contain a price for currency "
        "'{currency}', all countries, all customer groups, all channels.",
        "documented",
    ),
    "MissingTaxRateForCountry": Kind(
        400,
        "Tax category '{taxCategoryId}' is missing a tax rate for country '{country}'.",
        "documented",
    ),
    "LineItemQuantityBelowLimit": Kind(
        400, "Quantity '{quantity}' less than minimum '{minCartQuantity}'.", "documented"
    ),
    "LineItemQuantityAboveLimit": Kind(
        400, "Quantity '{quantity}' greater than maximum '{maxCartQuantity}'.", "documented"
    ),
    "MaxResourceLimitExceeded": Kind(
        400,
        "You have exceeded the limit of {limit} resources of type {exceededResource}.",
        "documented",
    ),
    "MoneyOverflow": Kind(400, "A Money operation resulted in an overflow.", "documented"),
    "ExtensionNoResponse": Kind(504, "Extension did not respond in time.", "documented"),
    "ExtensionBadResponse": Kind(502, "{text}", "documented"),
    "ExtensionUpdateActionsFailed": Kind(
        400, "The extension returned update actions that could not be executed.", "documented"
    ),
}
"""Refusals that rules make. ``mark`` is the provenance of the text, see ``SOURCES.md``."""

WIRE: Final[dict[int, tuple[str, str]]] = {
    429: ("TooManyRequests", "Too many requests. Please slow down."),
    500: ("General", "Write operations are temporarily unavailable."),
    502: ("BadGateway", "The service is being scaled, please retry with exponential backoff."),
    503: ("OverCapacity", "The service is over capacity, please retry with exponential backoff."),
    504: ("QueryTimedOut", "The query timed out."),
}
"""Bodies for faults that weather makes on the wire. 429 comes from a gateway, not the vendor."""

_IN_TEXT_ONLY: Final = frozenset(
    {"text", "named", "expected", "sku_list", "resource", "scopes", "scope", "grant", "limit"}
)
_SILENT: Final = frozenset({("ConcurrentModification", "id"), ("InvalidJsonInput", "field")})
_OAUTH: Final = frozenset(
    {
        "invalid_client", "invalid_token", "insufficient_scope", "invalid_scope",
        "invalid_request", "unsupported_grant_type",
    }
)  # fmt: skip


class Refusal(Exception):
    """A rule says no. ``fields`` fill the message's gaps and become fields of the error object."""

    def __init__(self, code: str, **fields: Any) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields
        self.action: dict[str, Any] | None = None
        self.status = KINDS[code].status

    @property
    def message(self) -> str:
        """The vendor's message."""
        return KINDS[self.code].message.format_map(_Gaps(self.fields))

    def error(self) -> dict[str, Any]:
        """The error object."""
        made: dict[str, Any] = {"code": self.code, "message": self.message}
        for name, value in self.fields.items():
            if name not in _IN_TEXT_ONLY and (self.code, name) not in _SILENT and value is not None:
                made[name] = value
        if self.action is not None:
            made["action"] = self.action
        return made

    def envelope(self) -> dict[str, Any]:
        """The whole body."""
        return envelope(self.status, [self.error()])


class Rejected(Refusal):
    """An API extension rejected the request with errors of its own."""

    def __init__(self, status: int, errors: list[dict[str, Any]]) -> None:
        super().__init__("InvalidOperation", text="")
        self.status = status
        self.errors = errors

    def envelope(self) -> dict[str, Any]:
        """The errors of the extension, under the vendor's envelope."""
        return envelope(self.status, self.errors)


class _Gaps(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def envelope(status: int, errors: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The body of a refusal: the first error's message is the envelope's."""
    listed = list(errors)
    made: dict[str, Any] = {
        "statusCode": status,
        "message": listed[0]["message"],
        "errors": listed,
    }
    if listed[0]["code"] in _OAUTH:
        made["error"] = listed[0]["code"]
        if listed[0]["code"] != "invalid_token":
            made["error_description"] = listed[0]["message"]
    return made


def not_json(detail: str) -> Refusal:
    """A body whose shape is wrong; ``detail`` such as ``sku: Missing required value``."""
    return Refusal("InvalidJsonInput", detailedErrorMessage=detail)


def malformed(parameter: str, text: str) -> Refusal:
    """A query parameter that cannot be read."""
    return Refusal("InvalidInput", text=f"Malformed parameter: {parameter}: {text}")


def stale(id: str, *, expected: int, actual: int) -> Refusal:
    """The caller's version is not the current one."""
    return Refusal("ConcurrentModification", id=id, expected=expected, currentVersion=actual)


def no_such(named: str) -> Refusal:
    """The resource of the URL is not there; ``named`` is ``ID '…'`` or ``key '…'``."""
    return Refusal("ResourceNotFound", named=named)


def no_reference(type_id: str, *, id: str | None = None, key: str | None = None) -> Refusal:
    """A resource that a draft or an action names is not there."""
    named = f"identifier '{id}'" if id is not None else f"key '{key}'"
    return Refusal("ReferencedResourceNotFound", typeId=type_id, id=id, key=key, named=named)


def invalid(field: str, value: Any, allowed: Iterable[Any] | None = None) -> Refusal:
    """A value that a field cannot have."""
    return Refusal(
        "InvalidField",
        field=field,
        invalidValue=value,
        allowedValues=None if allowed is None else list(allowed),
    )


def forbidden(text: str) -> Refusal:
    """The state of the resources does not allow it."""
    return Refusal("InvalidOperation", text=text)


def duplicate(field: str, value: str) -> Refusal:
    """Another resource has the value already."""
    return Refusal("DuplicateField", field=field, duplicateValue=value)


def blame(refusal: Refusal, action: msgspec.Struct) -> None:
    """Note which update action was refused; the vendor echoes it in the error object."""
    if refusal.action is None:
        refusal.action = msgspec.to_builtins(action)

"""Square's refusals: every code that the fake uses, with its status and category."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from peakproof.wire.message import Response
from peakproof_simulators.kit.service import VendorError
from peakproof_simulators.pos.square.payloads.common import Error, Errors

_REQUEST: Final = "INVALID_REQUEST_ERROR"
_AUTH: Final = "AUTHENTICATION_ERROR"
_REFUND: Final = "REFUND_ERROR"
_API: Final = "API_ERROR"

CODES: Final[Mapping[str, tuple[int, str]]] = {
    "UNAUTHORIZED": (401, _AUTH),
    "ACCESS_TOKEN_EXPIRED": (401, _AUTH),
    "INVALID_SQUARE_VERSION_FORMAT": (400, _REQUEST),
    "BAD_REQUEST": (400, _REQUEST),
    "EXPECTED_JSON_BODY": (400, _REQUEST),
    "EXPECTED_STRING": (400, _REQUEST),
    "EXPECTED_INTEGER": (400, _REQUEST),
    "EXPECTED_BOOLEAN": (400, _REQUEST),
    "EXPECTED_OBJECT": (400, _REQUEST),
    "EXPECTED_ARRAY": (400, _REQUEST),
    "MISSING_REQUIRED_PARAMETER": (400, _REQUEST),
    "UNKNOWN_BODY_PARAMETER": (400, _REQUEST),
    "UNKNOWN_QUERY_PARAMETER": (400, _REQUEST),
    "CONFLICTING_PARAMETERS": (400, _REQUEST),
    "INVALID_ENUM_VALUE": (400, _REQUEST),
    "INVALID_VALUE": (400, _REQUEST),
    "INVALID_CURSOR": (400, _REQUEST),
    "INVALID_TIME": (400, _REQUEST),
    "INVALID_TIME_RANGE": (400, _REQUEST),
    "INVALID_SORT_ORDER": (400, _REQUEST),
    "INVALID_LOCATION": (400, _REQUEST),
    "CURRENCY_MISMATCH": (400, _REQUEST),
    "VALUE_EMPTY": (400, _REQUEST),
    "VALUE_TOO_SHORT": (400, _REQUEST),
    "VALUE_TOO_LONG": (400, _REQUEST),
    "VALUE_TOO_LOW": (400, _REQUEST),
    "VALUE_TOO_HIGH": (400, _REQUEST),
    "VALUE_REGEX_MISMATCH": (400, _REQUEST),
    "ARRAY_EMPTY": (400, _REQUEST),
    "ARRAY_LENGTH_TOO_SHORT": (400, _REQUEST),
    "ARRAY_LENGTH_TOO_LONG": (400, _REQUEST),
    "TOO_MANY_MAP_ENTRIES": (400, _REQUEST),
    "IDEMPOTENCY_KEY_REUSED": (400, _REQUEST),
    "VERSION_MISMATCH": (400, _REQUEST),
    "CONFLICT": (409, _REQUEST),
    "NOT_FOUND": (404, _REQUEST),
    "METHOD_NOT_ALLOWED": (405, _REQUEST),
    "DELAYED_TRANSACTION_CAPTURED": (400, _REQUEST),
    "DELAYED_TRANSACTION_CANCELED": (400, _REQUEST),
    "PAYMENT_NOT_REFUNDABLE": (400, _REFUND),
    "REFUND_ALREADY_PENDING": (400, _REFUND),
    "REFUND_AMOUNT_INVALID": (400, _REFUND),
    "REFUND_ERROR_PAYMENT_NEEDS_COMPLETION": (400, _REFUND),
    "GENERIC_DECLINE": (402, "PAYMENT_METHOD_ERROR"),
    "RATE_LIMITED": (429, "RATE_LIMIT_ERROR"),
    "INTERNAL_SERVER_ERROR": (500, _API),
    "NOT_IMPLEMENTED": (501, _API),
    "BAD_GATEWAY": (502, _API),
    "SERVICE_UNAVAILABLE": (503, _API),
    "GATEWAY_TIMEOUT": (504, _API),
}

WEATHER: Final[Mapping[int, tuple[str, str]]] = {
    401: ("UNAUTHORIZED", "This request could not be authorized."),
    429: ("RATE_LIMITED", "Your application is sending too many requests. Please try later."),
    500: ("INTERNAL_SERVER_ERROR", "An internal error has occurred."),
    501: ("NOT_IMPLEMENTED", "This is not implemented."),
    502: ("BAD_GATEWAY", "An upstream service gave no valid answer."),
    503: ("SERVICE_UNAVAILABLE", "The service is unavailable. Please try later."),
    504: ("GATEWAY_TIMEOUT", "An upstream service did not answer in time."),
}
"""What a fault of the wire looks like in Square's words."""

_EXPECTED: Final = {
    "str": "EXPECTED_STRING",
    "int": "EXPECTED_INTEGER",
    "bool": "EXPECTED_BOOLEAN",
    "object": "EXPECTED_OBJECT",
    "array": "EXPECTED_ARRAY",
}
_BOUNDS: Final = {
    ("str", "<="): "VALUE_TOO_LONG",
    ("str", ">="): "VALUE_EMPTY",
    ("array", "<="): "ARRAY_LENGTH_TOO_LONG",
    ("array", ">="): "ARRAY_EMPTY",
    ("object", "<="): "TOO_MANY_MAP_ENTRIES",
    ("int", "<="): "VALUE_TOO_HIGH",
    ("int", ">="): "VALUE_TOO_LOW",
}
_MESSAGE: Final = re.compile(r"^(?P<what>.*?)(?: - at `(?:key in )?\$(?P<path>.*)`)?$", re.DOTALL)
_FIELD: Final = re.compile(r"`(?P<name>[^`]*)`")
_BOUND: Final = re.compile(r"^Expected `(?P<kind>\w+)[^`]*`(?: of length)? (?P<sign><=|>=) ")

encode: Final = msgspec.json.Encoder().encode


def response(code: str, detail: str, field: str = "", *, status: int = 0) -> Response:
    """A refusal as Square writes it."""
    known, category = CODES[code]
    body = Errors(errors=[Error(category=category, code=code, detail=detail, field=field or None)])
    return Response(status or known, encode(body), {"content-type": "application/json"})


def refusal(code: str, detail: str, field: str = "") -> VendorError:
    """A refusal to raise."""
    return VendorError(response(code, detail, field))


def malformed(error: msgspec.DecodeError) -> VendorError:
    """A body that does not fit its type, in Square's words: which field, and what is wrong."""
    if not isinstance(error, msgspec.ValidationError):
        return refusal("EXPECTED_JSON_BODY", "The body of the request is no JSON.")
    found = _MESSAGE.match(str(error))
    assert found is not None
    what, path = found["what"], (found["path"] or "").lstrip(".")
    code, name = _code(what)
    field = ".".join(part for part in (path, name) if part)
    return refusal(code, _detail(code, what), field)


def _code(what: str) -> tuple[str, str]:
    """The code of a message, and the name that it adds to the path."""
    named = _FIELD.search(what)
    name = named["name"] if named else ""
    if what.startswith("Object missing required field"):
        return "MISSING_REQUIRED_PARAMETER", name
    if what.startswith("Object contains unknown field"):
        return "UNKNOWN_BODY_PARAMETER", name
    if what.startswith("Invalid enum value"):
        return "INVALID_ENUM_VALUE", ""
    if "matching regex" in what:
        return "VALUE_REGEX_MISMATCH", ""
    bound = _BOUND.match(what)
    if bound is not None:
        return _BOUNDS.get((bound["kind"], bound["sign"]), "INVALID_VALUE"), ""
    return _EXPECTED.get(name.split(" ")[0], "INVALID_VALUE"), ""


def _detail(code: str, what: str) -> str:
    words = {
        "MISSING_REQUIRED_PARAMETER": "A required field is missing.",
        "UNKNOWN_BODY_PARAMETER": "The field is not known.",
        "INVALID_ENUM_VALUE": "The value is none of those that are allowed.",
    }
    return words.get(code, what.replace("`", ""))

"""How Deposco says no: the store's refusals, and the bodies that each face gives them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Final

import msgspec

from peakproof.wire.message import Response
from peakproof_simulators.kit.service import VendorError

JSON: Final = {"content-type": "application/json"}
TEXT: Final = {"content-type": "text/plain;charset=UTF-8"}


class Declined(Exception):
    """A rule of the store says no to one entity; the face decides how that looks.

    ``reason`` is one of the words of :data:`REASONS`, ``text`` what the vendor says, ``line`` the
    status line for V1's inner status where it differs from the status's own.
    """

    def __init__(self, status: int, reason: str, text: str, *, line: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.reason = reason
        self.text = text
        self.line = line or status_line(status)


REASONS: Final = {
    "duplicate": "the natural key is taken already",
    "unknown_item": "an item or a pack is not in the item master",
    "unknown_facility": "the facility is not known",
    "unknown_order": "the order is not known",
    "unknown_business_unit": "the business unit is not this tenant's",
    "unknown_location": "the location is not known in the facility",
    "locked": "the status does not allow it any more",
    "lowered": "a quantity may only be lowered by cancelling",
    "upc_taken": "the bar code belongs to another item",
    "too_long": "a field is longer than the vendor's column",
    "too_many_lines": "the order has more lines than the vendor takes",
    "invalid": "a value does not fit",
    "not_modelled": "the vendor has this, the fake does not",
    "parked": "the import was taken and lies in Review",
}
"""Why the store refuses, in the words that a ``Refused`` record carries."""


@cache
def status_line(status: int) -> str:
    """The literal status line that stands inside a multistatus."""
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"


# --- V1 -------------------------------------------------------------------------------


def bare(status: int, headers: Mapping[str, str] | None = None) -> VendorError:
    """A refusal with nothing in it, as V1's gateway gives them."""
    return VendorError(Response(status, b"", dict(headers or {})))


def spoken(status: int, text: str) -> VendorError:
    """A refusal of V1 in one line of text."""
    return VendorError(Response(status, text.encode(), dict(TEXT)))


def unauthorised() -> VendorError:
    """V1's answer to credentials that are missing or wrong (chosen: empty body)."""
    return bare(401, {"www-authenticate": 'Basic realm="Deposco"'})


# --- V2 -------------------------------------------------------------------------------


class ErrorMessage(msgspec.Struct, rename="camel"):
    """One thing that is wrong."""

    error_message: str


class Errors(msgspec.Struct):
    """V2's body for 400, 401, 403, 404, 405 and 409."""

    errors: list[ErrorMessage]


class Fault(msgspec.Struct, rename="camel"):
    """V2's body for a fault of its own."""

    error_messages: list[str]
    pid: str


class TokenError(msgspec.Struct):
    """What the token endpoint says when it gives none (RFC 6749)."""

    error: str
    error_description: str


def errors(status: int, *texts: str, headers: Mapping[str, str] | None = None) -> VendorError:
    """A refusal of V2."""
    body = msgspec.json.encode(Errors([ErrorMessage(text) for text in texts]))
    return VendorError(Response(status, body, {**JSON, **(headers or {})}))


def token_error(status: int, error: str, text: str) -> VendorError:
    """A refusal of the token endpoint."""
    body = msgspec.json.encode(TokenError(error, text))
    return VendorError(Response(status, body, {**JSON, "cache-control": "no-store"}))


def wire_refusal(status: int, headers: Mapping[str, str]) -> Response:
    """What a fault of the wire looks like: a 429 is empty (DQ19), a fault has a process id."""
    if status < 500:
        return Response(status, b"", dict(headers))
    text = HTTPStatus(status).phrase
    body = msgspec.json.encode(Fault([text], "0"))
    return Response(status, body, {**JSON, **headers})

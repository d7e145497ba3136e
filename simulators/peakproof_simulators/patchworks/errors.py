"""The API's refusals, as a table: status and message, in the form that Laravel gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from peakproof.wire.message import Response
from peakproof_simulators.kit.service import VendorError

JSON: Final = "application/json"

REFUSALS: Final[dict[str, tuple[int, str, str]]] = {
    "unauthenticated": (401, "Unauthenticated.", "inferred"),
    "bad_login": (401, "These credentials do not match our records.", "inferred"),
    "bad_signature": (403, "Invalid signature.", "chosen"),
    "not_found": (404, "The route {path} could not be found.", "inferred"),
    "no_such": (404, "No query results for model [{model}] {id}", "inferred"),
    "bad_method": (
        405,
        "The {method} method is not supported for route {path}. Supported methods: {allowed}.",
        "inferred",
    ),
    "too_large": (413, "The payload is too large.", "chosen"),
    "invalid_query": (
        400, "Requested {what}(s) `{name}` are not allowed. Allowed {what}(s) are `{allowed}`.",
        "inferred",
    ),
    "invalid": (422, "{text}", "inferred"),
    "not_deployed": (422, "The flow has no deployed version.", "documented"),
    "not_enabled": (422, "The flow is not enabled.", "documented"),
    "no_payload": (422, "The payload of this flow run is no longer available.", "inferred"),
    "idle_webhook": (422, "The flow is not deployed or not enabled.", "chosen"),
    "too_many": (429, "Too Many Attempts.", "inferred"),
    "callback_timeout": (504, "The flow did not reach a callback in time.", "chosen"),
}  # fmt: skip
"""Refusals that rules make: status, text with gaps, and how sure we are."""

_MISSING: Final = re.compile(r"missing required field `([^`]+)`")
_LONGEST: Final = re.compile(r"of length <= (\d+)")
_WANTED: Final = re.compile(r"Expected `(\w+)")
_STEP: Final = re.compile(r"[^.\[\]]+")
_KINDS: Final = {
    "str": "a string", "int": "an integer", "float": "a number", "bool": "true or false",
    "array": "an array", "object": "an array",
}  # fmt: skip
"""What Laravel calls a type that was expected."""

WIRE: Final[dict[int, str]] = {
    429: "Too Many Attempts.",
    500: "Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
"""Messages for faults that weather makes on the wire."""


def refusal(
    code: str, field: str = "", *, status: int = 0, headers: Mapping[str, str] | None = None,
    **gaps: str,
) -> VendorError:  # fmt: skip
    """A refusal to raise; with a ``field`` it is listed under ``errors`` as well."""
    known, text, _mark = REFUSALS[code]
    message = text.format_map(gaps)
    body: dict[str, object] = {"message": message}
    if field:
        body["errors"] = {field: [message]}
    elif (status or known) == 422:
        body["errors"] = {}
    own = {"content-type": JSON, **(headers or {})}
    return VendorError(Response(status or known, msgspec.json.encode(body), own))


def unfit(error: msgspec.ValidationError) -> VendorError:
    """A body that does not fit: the field and the sentence that Laravel has for it."""
    what, _, path = str(error).partition(" - at `$")
    missing = _MISSING.search(what)
    steps = _STEP.findall(path.rstrip("`")) + ([missing.group(1)] if missing is not None else [])
    field = ".".join(steps) or "body"
    if missing is not None or "length >= 1" in what:
        return invalid(field, f"The {field} field is required.")
    longest, wanted = _LONGEST.search(what), _WANTED.match(what)
    if longest is not None:
        most = longest.group(1)
        return invalid(field, f"The {field} field must not be greater than {most} characters.")
    kind = _KINDS.get(wanted.group(1), "") if wanted is not None and "got" in what else ""
    return invalid(field, f"The {field} field {f'must be {kind}' if kind else 'is invalid'}.")


def invalid(field: str, text: str) -> VendorError:
    """A field that is wrong."""
    return refusal("invalid", field, text=text)

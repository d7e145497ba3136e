"""The second face's refusals: a word for the status, and a message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from peakproof.wire.message import Response
from peakproof_simulators.kit.service import VendorError
from peakproof_simulators.pos.lightspeed.payloads.common import Trouble

encode: Final = msgspec.json.Encoder(decimal_format="number").encode

WORDS: Final[Mapping[int, str]] = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Payload Too Large",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
"""What ``error`` says, by status."""

LIMITED: Final = "Rate limiting enforced"

_WHERE: Final = re.compile(r"^(?P<what>.*?)(?: - at `(?:key in )?\$(?P<path>.*)`)?$", re.DOTALL)


def response(status: int, message: str) -> Response:
    """A refusal as the vendor writes it."""
    body = Trouble(error=WORDS.get(status, WORDS[500]), message=message)
    return Response(status, encode(body), {"content-type": "application/json"})


def refusal(status: int, message: str) -> VendorError:
    """A refusal to raise."""
    return VendorError(response(status, message))


def malformed(error: msgspec.DecodeError) -> VendorError:
    """A body that does not fit: 400, with the field."""
    if not isinstance(error, msgspec.ValidationError):
        return refusal(400, "The body of the request is no JSON")
    found = _WHERE.match(str(error))
    assert found is not None
    path = (found["path"] or "").lstrip(".")
    what = found["what"].replace("`", "")
    return refusal(400, f"{path}: {what}" if path else what)

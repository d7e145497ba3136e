"""Bodies of V2's writes: taken, looked over, refused in the vendor's words."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from msgspec import UNSET

from peakproof.wire.message import Response
from peakproof_simulators.deposco.errors import JSON, Declined, errors
from peakproof_simulators.deposco.v2.words import MOST

if TYPE_CHECKING:
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.deposco.v2.kinds import Kind
    from peakproof_simulators.kit.service import Call, VendorError

T = TypeVar("T", bound=msgspec.Struct)

_ENCODE: Final = msgspec.json.Encoder(decimal_format="number").encode
_TOO_LONG: Final = re.compile(r"Expected `str` of length <= (\d+) - at `\$\.?(.*)`")
_DATES: Final = ("_date", "_time")
_RFC_3339: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def answer(document: Any, status: int = 200) -> Response:
    """A document of V2; amounts are numbers."""
    return Response(status, _ENCODE(document), dict(JSON))


def taken(store: Deposco, call: Call, decoder: msgspec.json.Decoder[T]) -> T:
    """The body of a write, when it fits and nobody else is writing just now (DQ18).

    Raises:
        VendorError: 400 for a body that does not fit or is too large; 409 for a concurrent
            request.
    """
    body = call.request.body
    if len(body) > store.settings.body_limit_bytes:
        raise errors(400, f"The request is larger than {store.settings.body_limit_bytes} bytes")
    try:
        found = decoder.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise errors(400, _worded(str(error))) from None
    looked_over(found)
    not_meanwhile(store)
    return found


def not_meanwhile(store: Deposco) -> None:
    """Let a write in when nobody else is writing just now.

    Raises:
        VendorError: 409 for a concurrent request (DQ18).
    """
    chance = store.settings.concurrent_409_probability
    if chance and store.concurrency.random() < chance:
        said = "The resource was updated by a concurrent request. Please retry when the resource "
        raise errors(409, f"{said}is not in use.")


def _worded(said: str) -> str:
    found = _TOO_LONG.search(said)
    if found is None:
        return f"The request is not valid: {said}"
    return f"{found[2].replace('[...]', '[]')} size must be between 0 and {found[1]}"


def looked_over(found: Any, path: str = "") -> None:
    """Look over dates and amounts, which no schema word bounds here.

    Raises:
        VendorError: 400 for a date that is none, for an amount that is none or too large.
    """
    # Of a hundred fields most are not sent: they are passed over before anything is looked up.
    sent = [
        (at, value) for at, value in enumerate(msgspec.structs.astuple(found)) if value is not UNSET
    ]
    for at, value in sent:
        kind = value.__class__
        if kind is str:
            if found.__struct_fields__[at].endswith(_DATES) and not is_date(value):
                name = path + found.__struct_encode_fields__[at]
                raise errors(400, f"{name} [{value[:40]}] is not a valid date-time")
        elif kind is Decimal:
            if not (value.is_finite() and abs(value) <= MOST):
                name = path + found.__struct_encode_fields__[at]
                raise errors(400, f"{name} must be between -{MOST} and {MOST}")
        elif kind is list:
            name = f"{path}{found.__struct_encode_fields__[at]}[]."
            for each in value:
                if isinstance(each, msgspec.Struct):
                    looked_over(each, name)
        elif isinstance(value, msgspec.Struct):
            looked_over(value, f"{path}{found.__struct_encode_fields__[at]}.")


def is_date(said: str) -> bool:
    """Is it a moment of RFC 3339?"""
    if not _RFC_3339.fullmatch(said):
        return False
    try:
        datetime.fromisoformat(said.upper())
    except ValueError:
        return False
    return True


def refusal(store: Deposco, key: str, declined: Declined, kind: Kind | None = None) -> VendorError:
    """A refusal of the store in V2's shape; the history hears of it."""
    store.refused(key, declined)
    text, status = declined.text, declined.status
    if declined.reason == "locked":
        status = store.settings.locked_status
        if kind is not None and kind.listed:
            head, stop, _ = text.partition("following statuses: ")
            text = head + stop + (kind.listed if stop else "")
    elif declined.reason == "upc_taken":
        status = 400
    return errors(status, text)

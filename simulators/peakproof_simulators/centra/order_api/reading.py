"""How the Order API reads and refuses: nearly everything is HTTP 200."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from peakproof.wire.message import Response
from peakproof_simulators.centra import facts
from peakproof_simulators.centra.errors import Fault, said
from peakproof_simulators.centra.integration.face import JSON
from peakproof_simulators.centra.order_api.payloads import Answer, Disabled
from peakproof_simulators.kit.service import Call, VendorError

if TYPE_CHECKING:
    from peakproof_simulators.centra.entities import Order, Shipment
    from peakproof_simulators.centra.state import Centra

B = TypeVar("B")
T = TypeVar("T")
Act = Callable[["Centra", Call], msgspec.Struct]
MOST = 500
"""Rows of a page."""


def reply(body: msgspec.Struct, status: int = 200) -> Response:
    """An answer."""
    return Response(status, msgspec.json.encode(body), {"content-type": JSON})


class Unread(Exception):
    """Something about a request does not fit; the text says what."""


def no(text: str) -> Unread:
    """A refusal before anything was looked up: HTTP 200 all the same."""
    return Unread(text)


def said_no(text: str) -> msgspec.Struct:
    """What most operations answer to what they refuse."""
    return Answer(status="no", msg=text)


def handler(
    name: str, act: Act, refuse: Callable[[str], msgspec.Struct] = said_no
) -> Callable[[Centra, Call], Response]:
    """An operation: disabled ones are refused; ``refuse`` shapes every other refusal."""

    def serve(centra: Centra, call: Call) -> Response:
        if name in centra.settings.order_api_disabled:
            return reply(Disabled(status="Not Allowed"), 403)
        centra.keys = call.keys
        centra.warnings = []
        if centra.settings.rest_limited:
            _limit(centra)
        try:
            _check_parameters(call)
            return reply(act(centra, call))
        except Unread as problem:
            return reply(refuse(str(problem)))
        except Fault as fault:
            facts.refused(centra, fault.key, fault.reason, fault.message)
            return reply(refuse(said(name, fault)))
        finally:
            centra.keys = []  # what shoppers do from now on is not this call's

    return serve


def _check_parameters(call: Call) -> None:
    allowed = {parameter.name for parameter in call.operation.query}
    for field, _ in call.parameters:
        if field not in allowed:
            raise no(f"Unknown parameter {field}")


def _limit(centra: Centra) -> None:
    wait_s = centra.limits.spend(complexity=0, mutations=0)
    if wait_s:
        headers = {"content-type": JSON, "retry-after": centra.limits.resume_at(wait_s)}
        body = msgspec.json.encode(Answer(status="no", msg="Rate limit exceeded."))
        raise VendorError(Response(429, body, headers))


def body(centra: Centra, call: Call, decoder: msgspec.json.Decoder[B]) -> B:
    """The body of a call.

    Raises:
        Unread: it is too large, no JSON, or not what the operation takes.
    """
    if len(call.request.body) > centra.settings.body_limit_bytes:
        raise no("The request is too large")
    try:
        return decoder.decode(call.request.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise no(f"Invalid request: {error}") from None


def number(call: Call, name: str, default: int, *, least: int = 0, most: int = 10**9) -> int:
    """A whole number of the query.

    Raises:
        Unread: it is none, or out of bounds.
    """
    text = call.one(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 11 and least <= int(text) <= most):
        raise no(f"Invalid value for {name}")
    return int(text)


def moment(centra: Centra, call: Call, name: str) -> float | None:
    """A date of the query as run time; one without a zone is in the environment's own.

    Raises:
        Unread: it is no date.
    """
    text = call.one(name)
    if text is None:
        return None
    try:
        at_s = centra.world.clock.seconds(text)
    except (ValueError, OverflowError):
        raise no(f"Invalid value for {name}") from None
    zoned = text.endswith("Z") or "+" in text[10:] or "-" in text[10:]
    return at_s if zoned else at_s - 60.0 * centra.settings.system_utc_offset_min


def rows(call: Call, found: Iterable[T]) -> list[T]:
    """The rows that ``limit`` and ``offset`` ask for."""
    limit = number(call, "limit", 20, least=1, most=MOST)
    offset = number(call, "offset", 0)
    return list(islice(found, offset, offset + limit))


def order(centra: Centra, id_: int) -> Order:
    """An order of a market that the plugin serves."""
    found = centra.orders.get(id_)
    if found is None:
        raise Fault("order_not_found", "order", key=str(id_), why=id_)
    if not serves(centra, found):
        raise Fault("order_wrong_market", "order", key=str(id_))
    centra.note(f"order:{found.number}")
    return found


def serves(centra: Centra, found: Order) -> bool:
    """Whether the plugin sees the orders of that market."""
    ticked = centra.settings.order_api_markets
    return not ticked or centra.markets.by_id[found.market].name in ticked


def shipment(centra: Centra, text: str) -> Shipment:
    """A shipment by its number such as ``83651-1``."""
    found = centra.shipments.get(centra.shipment_of.get(text, 0))
    if found is None:
        raise Fault("shipment_not_found", "shipment", key=text, why=text)
    order(centra, found.order)
    return found


def warehouse(centra: Centra) -> int:
    """The one warehouse that the plugin writes stock to."""
    code = centra.settings.order_api_warehouse
    if not code:
        return next(iter(centra.warehouses.by_id), 0)
    return centra.warehouse_of.get(code, 0)


def units(given: dict[str, Any], *path: str) -> list[tuple[int, int]]:
    """Line ids with units; ids come as text, units as numbers or text."""
    made = []
    for id_, count in given.items():
        if not (id_.isascii() and id_.isdigit() and len(id_) < 10):
            raise Fault("line_not_found", *path, why=id_)
        if int(count) < 1:
            raise Fault("too_few_units", *path, why=count)
        made.append((int(id_), int(count)))
    return made

"""Every call of every adapter over respx: asked as the vendor wants it, and read whatever comes.

The cases stand in ``calls_*.py``. Each is played as it should go, and then with each of its
answers spoiled in each way: what must come of that is the table of faults here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from email.utils import formatdate
from typing import Any

import httpx
import pytest
from tests.unit.engine import calls_commercetools, calls_deposco, calls_pos
from tests.unit.engine.shop_documents import CONFLICT, refusal
from tests.unit.engine.stage import EPOCH_S
from tests.unit.engine.vendor import Ask, Case, Exchange, Played, Spoil, play_case

from peakproof_engine.errors import CallError, Conflict, Failed, NotNow, Refused, UnknownOutcome
from peakproof_engine.systems import ports, shop_stock
from peakproof_engine.systems.commercetools import Commercetools
from peakproof_engine.systems.deposco import Deposco
from peakproof_engine.systems.pos import Pos

CASES = (*calls_deposco.CASES, *calls_commercetools.CASES, *calls_pos.CASES)
PORTS = (
    ports.StockLevels, ports.StockMaster, ports.Warehouse, ports.ItemMaster, ports.Shop,
    ports.Tills, shop_stock.Entries,
)  # fmt: skip
ELSEWHERE = (shop_stock.Moves,)
"""Played where GraphQL is spoken: ``test_centra.py``."""
NOTICES = {"read_notice", "is_signed", "hook_key", "restores", "locks"}
"""What makes no call; ``test_notices.py`` is about these."""
BENEATH = {"call", "id_of", "shown"}
"""What the adapter of the stores stands on: ``test_store_orders.py``."""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_call_is_asked_as_the_vendor_wants_it_and_its_answer_is_read(case: Case) -> None:
    (played,) = play_case(case)
    if played.error is not None:
        raise played.error
    assert played.vendor.asked == [each.ask for each in case.exchanges]
    assert played.brought == case.brings


# --- nothing is forgotten -------------------------------------------------------------------


def methods(kind: type) -> list[str]:
    """The public methods and properties that a class defines."""
    return [name for name in vars(kind) if not name.startswith("_")]


@pytest.mark.parametrize("port", PORTS, ids=lambda port: port.__name__)
def test_every_method_of_a_port_has_a_case(port: type) -> None:
    played = {case.does for case in CASES}
    assert methods(port)
    asked = [name for name in methods(port) if name not in NOTICES]
    assert [name for name in asked if f"{port.__name__}.{name}" not in played] == []


@pytest.mark.parametrize("kind", [Deposco, Commercetools, Pos], ids=lambda kind: kind.__name__)
def test_every_method_of_an_adapter_has_a_case_or_makes_no_call(kind: type) -> None:
    played = {case.does.partition(".")[2] for case in CASES if case.system == kind.__name__.lower()}
    assert set(methods(kind)) - NOTICES - (BENEATH if kind is Pos else set()) == played


def test_every_protocol_of_the_ports_is_looked_at() -> None:
    defined = [
        kind
        for module in (ports, shop_stock)
        for kind in vars(module).values()
        if inspect.isclass(kind)
        and kind.__module__ == module.__name__
        and getattr(kind, "_is_protocol", False)
    ]
    assert set(defined) == {*PORTS, *ELSEWHERE}


# --- whatever else may come -------------------------------------------------------------------

Expect = Callable[[Ask, CallError], None]
"""Looks at what became of a spoiled call."""


def refused(kind: type[Refused], status: int, *codes: str) -> Expect:
    """The vendor said no, with one of these codes."""

    def look(ask: Ask, error: CallError) -> None:
        assert type(error) is kind
        assert isinstance(error, Refused)
        assert error.status == status
        assert error.code in codes

    return look


def unknown(_ask: Ask, error: CallError) -> None:
    """Nobody can say what became of it."""
    assert isinstance(error, UnknownOutcome)


def failed(_ask: Ask, error: CallError) -> None:
    """It had no effect."""
    assert type(error) is Failed


def wait(seconds: float) -> Expect:
    """The vendor asks for so many seconds; up to 0.15 more keep the ranks apart."""

    def look(ask: Ask, error: CallError) -> None:
        assert isinstance(error, NotNow)
        assert seconds <= error.delay_s <= seconds + 0.15

    return look


def answer(status: int, content: Any = b"", **headers: str) -> Spoil:
    """A vendor's, or somebody else's, answer."""
    body = {"content": content} if isinstance(content, bytes) else {"json": content}
    return lambda: httpx.Response(status, headers=headers, **body)


def fault(error: httpx.TransportError) -> Spoil:
    """No answer at all."""

    def happen() -> httpx.Response:
        raise error

    return happen


def said(api: str, status: int, code: str, text: str) -> Spoil:
    """A refusal in the words of one vendor."""
    if api == "shop":
        return answer(status, refusal(status, code, text))
    if api == "till":
        told = {"category": "INVALID_REQUEST_ERROR", "code": code, "detail": text}
        return answer(status, {"errors": [told]})
    return answer(status, {"errors": [{"errorMessage": text}]}) if api == "v2" else answer(status)


BUSY = "The resource was updated by a concurrent request. Please retry."
PAGE = b"<html><head><title>200 OK</title></head><body>It works</body></html>"
FAULTS: dict[str, tuple[Callable[[Ask], Spoil], Callable[[Ask], Expect]]] = {
    "400": (
        lambda ask: said(ask.api, 400, "InvalidField", "no"),
        lambda ask: refused(Refused, 400, "InvalidField" if ask.api in ("shop", "till") else ""),
    ),
    "400 in strange bytes": (
        lambda ask: answer(400, b'{"message": "\xff\xfe", "errors": [{"code": "\xff"}]}'),
        lambda ask: refused(Refused, 400, ""),
    ),
    "403": (
        lambda ask: said(ask.api, 403, "insufficient_scope", "no"),
        lambda ask: refused(
            Refused, 403, "insufficient_scope" if ask.api in ("shop", "till") else ""
        ),
    ),
    "404": (
        lambda ask: said(ask.api, 404, "ResourceNotFound", "not found"),
        lambda ask: refused(
            Refused, 404, "ResourceNotFound" if ask.api in ("shop", "till") else ""
        ),
    ),
    "409": (
        lambda ask: (
            answer(409, CONFLICT)
            if ask.api == "shop"
            else said(ask.api, 409, "CONFLICT", BUSY)
        ),
        lambda ask: refused(
            Conflict if ask.api in ("shop", "till") else Refused, 409,
            {"shop": "ConcurrentModification", "till": "CONFLICT"}.get(ask.api, ""),
        ),
    ),
    "429 seconds": (lambda _: answer(429, **{"retry-after": "7"}), lambda _: wait(7.0)),
    "429 date": (
        lambda _: answer(429, **{"retry-after": formatdate(EPOCH_S + 9, usegmt=True)}),
        lambda _: wait(9.0),
    ),
    "429 bare": (lambda _: answer(429), lambda _: wait(1.0)),
    "500": (
        lambda _: answer(500, {"errorMessages": ["?"], "pid": "7"}), lambda _: unknown,
    ),
    "502 page": (lambda _: answer(502, PAGE), lambda _: unknown),
    "503": (
        lambda ask: said(ask.api, 503, "OverCapacity", "later"), lambda _: unknown,
    ),
    "blank 200": (lambda _: answer(200), lambda _: unknown),
    "page 200": (lambda _: answer(200, PAGE), lambda _: unknown),
    "strange 200": (lambda _: answer(200, b'"\xff'), lambda _: unknown),
    "read time-out": (lambda _: fault(httpx.ReadTimeout("slow")), lambda _: unknown),
    "reset": (lambda _: fault(httpx.ReadError("reset by peer")), lambda _: unknown),
    "cut off": (lambda _: fault(httpx.RemoteProtocolError("peer closed")), lambda _: unknown),
    "no connection": (lambda _: fault(httpx.ConnectError("refused")), lambda _: failed),
}  # fmt: skip

SPOILABLE = [
    pytest.param(case, at, id=f"{case}-{at}")
    for case in CASES
    for at, exchange in enumerate(case.exchanges)
    if exchange.status < 400
]
"""Every answer that is not a refusal already."""


def judge(case: Case, at: int, faults: Mapping[str, tuple[Spoil, Expect]]) -> None:
    """Spoiled answers are taken for what they are, and the call is not made again blindly."""
    asks = [each.ask for each in case.exchanges]
    played = play_case(case, *({at: spoil} for spoil, _ in faults.values()))
    for (name, (_, expect)), each in zip(faults.items(), played, strict=True):
        try:
            assert isinstance(each.error, CallError), each.error or each.brought
            assert each.vendor.asked == asks[: at + 1]
            expect(asks[at], each.error)
        except AssertionError as error:
            error.add_note(f"the answer was spoiled by: {name}")
            raise


def is_its_own_answer(case: Case, ask: Ask, name: str) -> bool:
    """What is no fault there: an item that is not there, a payment that somebody else changed."""
    if case.does == "ItemMaster.knows":
        return name == "404"
    return case.does == "Shop.refund" and ask.method == "POST" and name == "409"


@pytest.mark.parametrize(("case", "at"), SPOILABLE)
def test_a_spoiled_answer_is_taken_for_what_it_is(case: Case, at: int) -> None:
    ask = case.exchanges[at].ask
    faults = {
        name: (spoil(ask), expect(ask))
        for name, (spoil, expect) in FAULTS.items()
        if not is_its_own_answer(case, ask, name)
    }
    judge(case, at, faults)


@pytest.mark.parametrize(("case", "at"), SPOILABLE)
def test_half_an_answer_says_nothing_about_the_outcome(case: Case, at: int) -> None:
    whole = case.exchanges[at].body
    lengths = dict.fromkeys((1, len(whole) // 2, len(whole) - 1))
    judge(case, at, {f"{long} bytes": (answer(200, whole[:long]), unknown) for long in lengths})


@pytest.mark.parametrize(("case", "at"), SPOILABLE)
def test_an_expired_token_is_renewed_and_the_call_made_again(case: Case, at: int) -> None:
    exchange = case.exchanges[at]
    spoil = answer(401, refusal(401, "invalid_token", "invalid_token"))
    if exchange.ask.api in ("v1", "till"):
        # Basic, or a token that was given for good: there is no better one.
        judge(case, at, {"401": (spoil, refused(Refused, 401, ""))})
        return
    (played,) = play_case(case, {at: spoil})
    asks = [each.ask for each in case.exchanges]
    assert played.error is None
    assert played.brought == case.brings
    assert played.vendor.asked == [*asks[: at + 1], *asks[at:]]
    form = b"grant_type=client_credentials"
    if exchange.ask.api == "shop":
        form += b"&scope=manage_project%3Aacme"
    assert token(played, exchange) == form


def token(played: Played, exchange: Exchange) -> bytes:
    """The form of the last request for a token; its address and secret are looked at, too."""
    request = played.vendor.tokens[-1]
    path = "/oauth2/token" if exchange.ask.api == "v2" else "/oauth/token"
    assert (request.method, request.url.path) == ("POST", path)
    assert request.headers["authorization"] == "Basic Y2k6Y3M="
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    return request.content

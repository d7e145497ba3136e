"""What Square's face keeps beside the tills: tokens, keys seen, subscriptions, reasons."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar
from zlib import crc32

import msgspec

from peakproof.history.records import Refused
from peakproof.wire.message import Response
from peakproof_simulators.kit.service import VendorError
from peakproof_simulators.pos.refusals import NotAllowed
from peakproof_simulators.pos.square.errors import encode, malformed, refusal
from peakproof_simulators.pos.square.payloads.common import Money
from peakproof_simulators.pos.square.payloads.inventory import AdjustmentReason
from peakproof_simulators.pos.state import SYSTEM

if TYPE_CHECKING:
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.sale import Sale
    from peakproof_simulators.pos.settings import Settings
    from peakproof_simulators.pos.square.notices import Notices
    from peakproof_simulators.pos.state import PointOfSale

T = TypeVar("T")

KEYS_MOST: Final = 500
"""No call names more resources than this in the history."""


class _Seen(msgspec.Struct, frozen=True):
    """A request that was answered under an idempotency key."""

    digest: int
    response: Response
    keys: tuple[str, ...]


class KeyBook:
    """Idempotency keys, by endpoint, for as long as they are kept."""

    def __init__(self, *, now: Callable[[], float], keep_s: float) -> None:
        self._now = now
        self._keep_s = keep_s
        self._seen: dict[tuple[str, str], _Seen] = {}
        self._by_age: deque[tuple[float, tuple[str, str]]] = deque()

    def find(self, scope: str, key: str) -> _Seen | None:
        """What was answered under a key."""
        oldest = self._now() - self._keep_s
        while self._by_age and self._by_age[0][0] < oldest:
            del self._seen[self._by_age.popleft()[1]]
        return self._seen.get((scope, key))

    def keep(
        self, scope: str, key: str, digest: int, response: Response, keys: tuple[str, ...]
    ) -> None:
        """Remember an answer."""
        self._seen[scope, key] = _Seen(digest, response, keys)
        self._by_age.append((self._now(), (scope, key)))


class Square:
    """The state that Square's handlers are given."""

    def __init__(self, pos: PointOfSale, settings: Settings, credentials: dict[str, str]) -> None:
        self.pos = pos
        self.world = pos.world
        self.settings = settings
        self.merchant_id = credentials["merchant_id"]
        self.credentials = credentials
        self.application_id = settings.application_id or credentials["client_id"]
        """Who the connector is in what it changes: how it knows its own echoes."""
        self.tokens: dict[str, float] = {credentials["access_token"]: float("inf")}
        """Tokens that work, with the run time at which they end."""
        self.spent: set[str] = set()
        """Tokens that worked once."""
        self.keys = KeyBook(now=lambda: pos.world.env.now, keep_s=settings.keys_kept_s)
        self.reasons: dict[str, AdjustmentReason] = {}
        self.payment_keys: dict[str, str] = {}
        """By idempotency key: the payment that it made."""
        self.notices: Notices
        self.iso = pos.calendar.iso

    # --- reading and answering --------------------------------------------------------

    def read(self, call: Call, decoder: msgspec.json.Decoder[T]) -> T:
        """The body of a call.

        Raises:
            VendorError: it is no JSON or does not fit.
        """
        try:
            return decoder.decode(call.request.body)
        except msgspec.DecodeError as error:
            raise malformed(error) from error
        except (UnicodeDecodeError, RecursionError) as error:
            raise refusal("EXPECTED_JSON_BODY", "The body of the request is no JSON.") from error

    def reply(self, body: Any) -> Response:
        """An answer."""
        return Response(
            200,
            encode(body),
            {"content-type": "application/json", "square-version": self.settings.api_version},
        )

    def once(
        self,
        call: Call,
        key: str | None,
        body: msgspec.Struct,
        act: Callable[[], Response],
        *,
        scope: str = "",
    ) -> Response:
        """Act once for a key: the same request again gets the same answer.

        Keys belong to an endpoint; ``scope`` names it where it has several addresses.

        Raises:
            VendorError: the key was used with another body.
        """
        if key is None:
            return act()
        scope = scope or call.operation.name
        digest = crc32(encode([call.params, body]))
        seen = self.keys.find(scope, key)
        if seen is None:
            response = act()
            self.keys.keep(scope, key, digest, response, tuple(call.keys))
            return response
        if seen.digest != digest:
            raise self.no(
                "IDEMPOTENCY_KEY_REUSED",
                "The idempotency key has already been used with other request parameters.",
                "idempotency_key",
                about=key,
            )
        call.keys.extend(seen.keys)
        kept = seen.response
        return Response(kept.status, kept.body, dict(kept.headers))

    def no(self, code: str, detail: str, field: str = "", *, about: str = "") -> VendorError:
        """A refusal to raise; where it is about an order or a SKU, it is a fact."""
        if about:
            world = self.world
            world.emit(Refused(world.t, world.by, world.n, SYSTEM, about, code, detail))
        return refusal(code, detail, field)

    def not_allowed(self, error: NotAllowed, *, about: str = "") -> VendorError:
        """A rule of the tills said no."""
        code = _RULES[error.reason]
        return self.no(code, error.detail, error.field, about=about)

    def stale(self, form: str, field: str, *, about: str) -> VendorError:
        """The version that the client holds is not the current one."""
        if form == "conflict":
            return self.no(
                "CONFLICT", "The version is stale. Retrieve it and try again.", field, about=about
            )
        return self.no(
            "VERSION_MISMATCH", "Object version does not match latest database version.", field,
            about=about,
        )  # fmt: skip

    # --- small words ------------------------------------------------------------------

    def money(self, amount_minor: int) -> Money:
        """An amount in the merchant's currency."""
        return Money(amount=amount_minor, currency=self.pos.currency)

    def own(self, money: Money | None, field: str) -> int:
        """The minor units of an amount that a client gave.

        Raises:
            VendorError: it is missing, below zero, or in another currency.
        """
        if money is None:
            raise refusal("MISSING_REQUIRED_PARAMETER", "A required field is missing.", field)
        if money.currency != self.pos.currency:
            raise refusal(
                "CURRENCY_MISMATCH", f"The merchant's currency is {self.pos.currency}.", field
            )
        if money.amount < 0:
            raise refusal("VALUE_TOO_LOW", "An amount is not below zero.", f"{field}.amount")
        return money.amount

    def time(self, text: str, field: str) -> int:
        """The run time in ms of a date that a client gave.

        Raises:
            VendorError: it is no RFC 3339 date and time.
        """
        try:
            return self.pos.calendar.ms(text)
        except ValueError as error:
            raise refusal("INVALID_TIME", "Not an RFC 3339 date and time.", field) from error

    def window(
        self, start: str | None, end: str | None, field: str
    ) -> tuple[int | None, int | None]:
        """Both ends of a window of time in ms.

        Raises:
            VendorError: an end is no date, or the window is turned around.
        """
        since = None if start is None else self.time(start, f"{field}.start_at")
        until = None if end is None else self.time(end, f"{field}.end_at")
        if since is not None and until is not None and since > until:
            raise refusal("INVALID_TIME_RANGE", "The window ends before it starts.", field)
        return since, until

    def location(self, code: str | None, field: str) -> str:
        """The code of a location that exists.

        Raises:
            VendorError: none was given, or there is no such one.
        """
        if code is None:
            raise refusal("MISSING_REQUIRED_PARAMETER", "A required field is missing.", field)
        if code not in self.pos.places:
            raise self.no("NOT_FOUND", f"Location {code} not found.", field)
        return code

    def sale(self, id_: str, field: str = "order_id") -> Sale:
        """A sale that exists.

        Raises:
            VendorError: there is no such one.
        """
        found = self.pos.sales.get(id_)
        if found is None:
            raise self.no("NOT_FOUND", f"Order {id_} not found.", field)
        return found

    def name_cell(self, call: Call, variant: str, place: str) -> None:
        """Note that a call read or wrote a stock cell."""
        if len(call.keys) < KEYS_MOST:
            call.keys.append(f"stock:{self.pos.sku(variant)}@{place}")

    def name_item(self, call: Call, sku: str) -> None:
        """Note that a call read or wrote an item."""
        if len(call.keys) < KEYS_MOST:
            call.keys.append(f"item:{sku}")

    def name_sale(self, call: Call, id_: str) -> None:
        """Note that a call read or wrote a sale."""
        if len(call.keys) < KEYS_MOST:
            call.keys.append(f"sale:{id_}")


_RULES: Final = {
    "wrong_state": "BAD_REQUEST",
    "too_many": "VALUE_TOO_HIGH",
    "too_few": "ARRAY_EMPTY",
    "unknown": "NOT_FOUND",
    "unpaid": "BAD_REQUEST",
    "unfulfilled": "BAD_REQUEST",
    "same": "INVALID_VALUE",
}

"""What the second face keeps beside the tills: versions, tokens, names, its own documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from peakproof.history.records import Refused
from peakproof.wire.message import Response
from peakproof_simulators.kit.service import VendorError
from peakproof_simulators.pos.lightspeed.errors import encode, malformed, refusal
from peakproof_simulators.pos.lightspeed.invoices import Invoices
from peakproof_simulators.pos.lightspeed.ledger import Entry, Ledger, Versions
from peakproof_simulators.pos.lightspeed.limits import Bucket
from peakproof_simulators.pos.lightspeed.names import Names
from peakproof_simulators.pos.lightspeed.payloads.common import Span
from peakproof_simulators.pos.products import TaxRate, Variant
from peakproof_simulators.pos.state import SYSTEM

if TYPE_CHECKING:
    from peakproof_simulators.kit.operations import Handler
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.pos.lightspeed.books import (
        Adjustment,
        Consignment,
        Customer,
        CustomReason,
        Drawer,
        Fulfilment,
        Reordering,
        Stocked,
        User,
    )
    from peakproof_simulators.pos.lightspeed.notices import Notices
    from peakproof_simulators.pos.lightspeed.settings import LightspeedSettings
    from peakproof_simulators.pos.sale import Sale
    from peakproof_simulators.pos.state import Place, PointOfSale

T = TypeVar("T")

_MOST_DIGITS: Final = 1000
_MOST_LETTERS: Final = 200

KEYS_MOST: Final = 500
"""No call names more resources than this in the history."""

TENDERS: Final = {"cash": "Cash", "card": "Credit Card", "external": "Other"}
"""The payment types that a shop has, by the tills' word."""

NO_TAX: Final = "no-tax"
"""The rate of goods that bear no tax."""


class Lightspeed:
    """The state that the second face's handlers are given."""

    def __init__(
        self, pos: PointOfSale, settings: LightspeedSettings, credentials: Mapping[str, str]
    ) -> None:
        self.pos = pos
        self.world = pos.world
        self.settings = settings
        self.credentials = credentials
        self.ids = pos.world.ids(SYSTEM, "lightspeed")
        self.names = Names(self.ids.draw())
        self.bucket = Bucket(pos.world.clock, settings, lambda: len(pos.registers))
        self.tokens: dict[str, float] = {
            credentials["personal_token"]: float("inf"),
            credentials["app_token"]: pos.world.t + settings.token_lifetime_s,
        }
        """Tokens that work, with the run time at which they end."""
        self.refresh_token = credentials["app_refresh_token"]
        self.code = credentials["app_code"]
        """What a new token can be had for; each is used up by its use."""
        self.scopes = frozenset(settings.scope.split())
        self.versions = Versions(settings.first_version)
        self.outlets: Ledger[Place] = self._ledger()
        self.drawers: Ledger[Drawer] = self._ledger()
        self.products: Ledger[Variant] = self._ledger()
        self.taxes: Ledger[TaxRate | None] = self._ledger()
        self.tenders: Ledger[str] = self._ledger()
        self.users: Ledger[User] = self._ledger()
        self.stock: Ledger[Stocked] = self._ledger()
        self.stock_of: dict[str, list[str]] = {}
        """By variant: the keys of its stock records."""
        self.made_ms: dict[str, int] = {}
        """By variant: when it came to be."""
        self.reorders: dict[str, Reordering] = {}
        """By stock record: when its product is reordered."""
        self.sales: Ledger[Sale] = self._ledger()
        self.sales_shown: dict[str, tuple[int, msgspec.Raw]] = {}
        """By sale: a version of it, and how it is shown."""
        self.returns_of: dict[str, list[str]] = {}
        """By sale: the sales that brought goods of it back."""
        self.adjustments: Ledger[Adjustment] = self._ledger()
        self.reasons: Ledger[CustomReason] = self._ledger()
        self.consignments: Ledger[Consignment] = self._ledger()
        self.customers: Ledger[Customer] = self._ledger()
        self.customer_codes: dict[str, str] = {}
        """By code: the customer."""
        self.invoices = Invoices()
        self.closure_of: dict[str, str] = {}
        """By payment or refund: the closure that it belongs to."""
        self.fulfilments: dict[str, Fulfilment] = {}
        self.fulfilments_of: dict[str, list[str]] = {}
        """By sale: its fulfilments."""
        self.notices: Notices
        self._range_mark = 0

    def _ledger(self) -> Ledger[Any]:
        return Ledger(
            self.versions,
            now_ms=lambda: self.pos.now_ms,
            now=lambda: self.world.env.now,
            remember_s=self.pos.settings.remember_s,
        )

    def follow_range(self) -> list[str]:
        """Give versions to what has changed in the catalogue; the variants that did."""
        changed: list[str] = []
        for mark, id_ in list(self.pos.range.by_change.oldest(after=self._range_mark)):
            self._range_mark = mark
            found = self.pos.range.get(id_)
            if isinstance(found, Variant):
                self.products.put(id_, found, deleted=found.deleted)
                self.names.uuid("variant", id_)
                self.made_ms.setdefault(id_, found.updated_ms)
                changed.append(id_)
            elif isinstance(found, TaxRate):
                self.taxes.put(id_, found, deleted=found.deleted)
                self.names.uuid("tax", id_)
        return changed

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
            raise refusal(400, "The body of the request is no JSON") from error

    def reply(self, body: Any, status: int = 200) -> Response:
        """An answer."""
        return Response(status, encode(body), {"content-type": "application/json"})

    def page(
        self,
        call: Call,
        ledger: Ledger[T],
        keep: Callable[[T], bool] | None = None,
        *,
        deleted: bool = False,
    ) -> list[Entry[T]]:
        """The entries that a list asks for, oldest change first, from beyond ``after``."""
        asked = whole(call, "page_size") or self.settings.page_size
        size = min(asked, self.settings.most_page_size)
        found: list[Entry[T]] = []
        entries = ledger.walk(
            after=whole(call, "after"), before=whole(call, "before"), newest=False,
            lag_s=call.stale_s,
        )  # fmt: skip
        for entry in entries:
            if (deleted or not entry.deleted) and (keep is None or keep(entry.thing)):
                found.append(entry)
                if len(found) == size:
                    break
        return found

    def no(self, status: int, message: str, *, about: str = "") -> VendorError:
        """A refusal to raise; where it is about a sale or a SKU, it is a fact."""
        if about:
            world = self.world
            word = f"http_{status}"
            world.emit(Refused(world.t, world.by, world.n, SYSTEM, about, word, message))
        return refusal(status, message)

    # --- small words ------------------------------------------------------------------

    def iso(self, at_ms: int) -> str:
        """The date of a run time, to the second: ``2026-11-27T06:00:00+00:00``."""
        return f"{self.pos.calendar.iso(at_ms)[:19]}+00:00"

    def place(self, uuid: str, field: str = "outlet_id", status: int = 422) -> str:
        """The code of the place that an outlet's id stands for.

        Raises:
            VendorError: there is no such outlet.
        """
        code = self.names.meant("outlet", uuid)
        if code not in self.pos.places:
            raise refusal(status, f"{field}: there is no outlet {uuid}")
        return code

    def variant(self, uuid: str, field: str = "product_id", status: int = 422) -> Variant:
        """What a product's id stands for.

        Raises:
            VendorError: there is no such product, or it was deleted.
        """
        self.follow_range()
        found = self.pos.range.variant(self.names.meant("variant", uuid))
        if found is None:
            raise self.no(status, f"{field}: there is no product {uuid}", about=uuid)
        return found

    def product_id(self, variant: str) -> str:
        """The id of a product; each variant of the tills is one."""
        return self.names.uuid("variant", variant)

    def outlet_id(self, place: str) -> str:
        """The id of an outlet."""
        return self.names.uuid("outlet", place)

    def register_id(self, place: str) -> str:
        """The id of the register of a place."""
        return self.names.uuid("register", place)

    def user_id(self, word: str) -> str:
        """The id of a user: ``api``, or ``till:`` and a place."""
        return self.names.uuid("user", word)

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


def span(entries: list[Entry[Any]]) -> Span:
    """The lowest and the highest version of a list."""
    found = [entry.version for entry in entries]
    return Span(min=min(found, default=None), max=max(found, default=None))


def whole(call: Call, name: str) -> int | None:
    """A query parameter that is a whole number, not negative.

    Raises:
        VendorError: it is none.
    """
    text = call.one(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > _MOST_DIGITS:
        raise refusal(400, f"{name} must be a whole number")
    number = int(text)
    if name == "page_size" and number == 0:
        raise refusal(400, f"{name} must be 1 or more")
    return number


def flag(call: Call, name: str) -> bool:
    """A query parameter that is true or false; absent it is false.

    Raises:
        VendorError: it is neither.
    """
    text = call.one(name)
    if text not in (None, "true", "false"):
        raise refusal(400, f"{name} must be true or false")
    return text == "true"


def every(call: Call, name: str) -> list[str]:
    """All values of a query parameter that may be given several times.

    Raises:
        VendorError: one of them is empty, or too long.
    """
    found = call.every(name)
    if not all(0 < len(value) <= _MOST_LETTERS for value in found):
        raise refusal(400, f"{name} must have 1 to {_MOST_LETTERS} characters")
    return found


def word(call: Call, name: str) -> str | None:
    """A query parameter that is one of the words of the operations table.

    Raises:
        VendorError: it is none of them.
    """
    text = call.one(name)
    if text is None:
        return None
    known = next(each.schema for each in call.operation.query if each.name == name)
    if text not in known.get("enum", (text,)) or not 0 < len(text) <= _MOST_LETTERS:
        raise refusal(400, f"{name} cannot be {text[:200]}")
    return text


def bound(face: Lightspeed, handler: Handler) -> Handler:
    """A handler that is given the second face, whatever the service's own state is."""
    return partial(_serve, face, handler)


def _serve(face: Lightspeed, handler: Handler, _state: Any, call: Call) -> Response:
    """Every answer says how many calls are left."""
    try:
        answer = handler(face, call)
    except VendorError as error:
        error.response.headers.update(face.bucket.headers())
        raise
    assert isinstance(answer, Response)
    answer.headers.update(face.bucket.headers())
    return answer

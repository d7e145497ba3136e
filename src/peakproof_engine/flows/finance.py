"""The tills' transactions into the books of finance: in batches, once, as the till taxed them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Literal

import msgspec

from peakproof_engine.clock import iso
from peakproof_engine.errors import Refused
from peakproof_engine.flows.core import Core
from peakproof_engine.systems.ports import Tills, TillSale

Kind = Literal["sale", "return", "void"]
_BATCH: Final = "books:batch"
_NUMBER: Final = "books:number"
_TAXED_AT: Final = 20
"""Per cent, gross: what whoever works tax out again takes it to be."""


class Entry(msgspec.Struct, frozen=True):
    """One transaction in the books: gross and signed, with the tax in it."""

    ref: str
    kind: Kind
    account: str
    amount_minor: int
    tax_minor: int
    currency: str


class Posting(msgspec.Struct, frozen=True):
    """A batch as it is posted, and posted again until it is taken."""

    batch: str
    period: str
    entries: list[Entry]


Post = Callable[[Posting], Awaitable[bool]]
"""Hands a batch over; False when the books have closed that number with other entries."""


class Finance:
    """Reads what the tills closed and books it. A batch is written down before it is sent."""

    def __init__(self, core: Core, tills: Tills, post: Post) -> None:
        self._core = core
        self._tills = tills
        self._post = post
        self._accounts = core.config.accounts

    async def round(self) -> None:
        """Book what was closed since the last round, with an overlap."""
        core = self._core
        await self._send()
        began_s = core.wall()
        sales = await self._tills.sales_since(core.sweep_from("books"))
        self._gather(sales)
        core.swept("books", began_s)
        await self._send()

    def _gather(self, sales: Sequence[TillSale]) -> None:
        """Make a batch of what was not booked yet."""
        core, entries = self._core, list[Entry]()
        with core.store as store:
            for sale in sales:
                for entry in self._entries(sale):
                    key = f"booked:{entry.kind}:{entry.ref}"
                    if core.guards.booked_once and not store.claim(key, core.wall()):
                        continue
                    entries.append(entry)
            if entries:
                number = int(store.mark(_NUMBER) or 0) + 1
                posting = Posting(f"batch-{number}", iso(core.wall())[:7], entries)
                store.set_mark(_NUMBER, str(number))
                store.set_mark(_BATCH, msgspec.json.encode(posting).decode())

    async def _send(self) -> None:
        """Post the batch that is written down, if there is one."""
        text = self._core.store.mark(_BATCH)
        if not text:
            return
        posting = msgspec.json.decode(text, type=Posting)
        taken = await self._post(posting)
        with self._core.store as store:
            store.set_mark(_BATCH, "")
            if not taken:
                self._core.desk.park(
                    f"books:{posting.batch}", "batch_refused",
                    "the books have closed that number with other entries",
                )  # fmt: skip
        if not taken:
            raise Refused("books", f"{posting.batch} was refused", status=409)

    def _entries(self, sale: TillSale) -> list[Entry]:
        found: list[Entry] = []
        if sale.sold:
            found.append(self._entry(sale, "sale", 1, sale.sold_minor, sale.sold_tax_minor))
        if sale.returned:
            found.append(
                self._entry(sale, "return", -1, sale.returned_minor, sale.returned_tax_minor)
            )
        if sale.voided and sale.sold:
            found.append(self._entry(sale, "void", -1, sale.sold_minor, sale.sold_tax_minor))
        return found

    def _entry(self, sale: TillSale, kind: Kind, sign: int, amount: int, tax: int) -> Entry:
        if not self._core.guards.tax_as_charged:
            # Worked out again, unit by unit, instead of taken from what the customer paid.
            lines = sale.returned if kind == "return" else sale.sold
            tax = sum(units * _tax_in(price) for _, units, price in lines)
        account = self._accounts.get(kind, "")
        if not account:
            self._core.desk.park(
                f"sale:{sale.id}", "account_unmapped", f"no account is mapped for a {kind}"
            )
        return Entry(sale.id, kind, account, sign * amount, sign * tax, sale.currency)


def _tax_in(price_minor: int) -> int:
    """The tax in a gross price, rounded half up."""
    return (2 * price_minor * _TAXED_AT + 100 + _TAXED_AT) // (2 * (100 + _TAXED_AT))

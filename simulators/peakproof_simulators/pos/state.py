"""Tills, stores, stock and sales, in words that no vendor owns.

Two books are kept: the stock book (:mod:`peakproof_simulators.pos.stock`), from which every
figure is worked out, and the books of sales and money. A surface (an HTTP face) reads them and
is told of every change; each change is also written into the history as a fact.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import msgspec

from peakproof.errors import ScenarioError
from peakproof.history.records import Counted, Item, Level
from peakproof_simulators.pos.books import Book
from peakproof_simulators.pos.products import Entry, Product, Range, TaxRate, Variant
from peakproof_simulators.pos.sale import Payment, Refund, Sale, Transfer
from peakproof_simulators.pos.stock import UNIT, Cell, State, StockBook, StockEvent
from peakproof_simulators.pos.times import Calendar

if TYPE_CHECKING:
    from peakproof.world import World
    from peakproof_simulators.kit.seed import Seed, SeedItem, SeedPlace
    from peakproof_simulators.pos.dispatch import Dispatch
    from peakproof_simulators.pos.settings import Settings

SYSTEM: Final = "pos"

E = TypeVar("E", bound=Entry)


class Place(msgspec.Struct, frozen=True):
    """A store, or a warehouse that the tills know as a place."""

    code: str
    name: str
    kind: str
    currency: str
    country: str
    created_ms: int
    timezone: str = "Europe/London"


class Register:
    """The till of a place. Off the line it keeps what it does and shows what it last knew."""

    __slots__ = ("kept", "moved_e5", "online", "shown_e5")

    def __init__(self) -> None:
        self.online = True
        self.kept: list[Callable[[], None]] = []
        """What is to be told once the line is back, oldest first."""
        self.shown_e5: dict[str, int] = {}
        """By variant: the figure when the line went, for those that have changed since."""
        self.moved_e5: dict[str, int] = {}
        """By variant: what the till itself has done since."""


class Watcher(Protocol):
    """Who is told of changes after they happened; None stands for what was not, or is no more."""

    def cell_changed(self, cell: Cell) -> None:
        """A stock figure changed."""

    def sale_changed(self, was: Sale | None, now: Sale) -> None:
        """A sale came to be, or changed."""

    def payment_changed(self, was: Payment | None, now: Payment) -> None:
        """A payment came to be, or moved on."""

    def refund_changed(self, was: Refund | None, now: Refund) -> None:
        """A refund came to be, or moved on."""

    def transfer_changed(self, was: Transfer | None, now: Transfer | None) -> None:
        """A transfer came to be, moved on, or is no more."""

    def range_changed(self) -> None:
        """The catalogue changed."""

    def place_opened(self, place: Place) -> None:
        """A place opened."""


class PointOfSale:
    """Everything that the tills' vendor knows of one merchant."""

    def __init__(self, world: World, settings: Settings) -> None:
        self.world = world
        self.settings = settings
        self.ids = world.ids(SYSTEM)
        self.calendar = Calendar(world.clock)
        self.currency = "GBP"
        self.watcher: Watcher | None = None
        self.places: dict[str, Place] = {}
        self.registers: dict[str, Register] = {}
        now, remember_s = lambda: world.env.now, settings.remember_s
        self.range = Range(now=now, remember_s=remember_s)
        self.stock = StockBook(now=now, on_change=self._level, remember_s=remember_s)
        self.sales: Book[Sale] = Book(now=now, remember_s=remember_s)
        self.payments: Book[Payment] = Book(now=now, remember_s=remember_s)
        self.refunds: Book[Refund] = Book(now=now, remember_s=remember_s)
        self.transfers: Book[Transfer] = Book(now=now, remember_s=remember_s)
        self.returned_e5: dict[tuple[str, str], int] = {}
        """By sale and line: what has been brought back of it."""
        self.dispatch: Dispatch | None = None
        """Who ships online orders from the stores; None: the tills' people do not."""
        self._last_version = 0
        self._closed = 0

    @property
    def now_ms(self) -> int:
        """Run time in ms."""
        return self.calendar.now_ms

    def stamp(self) -> int:
        """A version that grows with time, even within a millisecond."""
        self._last_version = max(self.calendar.now_epoch_ms, self._last_version + 1)
        return self._last_version

    def next_closed(self) -> int:
        """The number of the sale that comes to its end next."""
        self._closed += 1
        return self._closed

    # --- filling ----------------------------------------------------------------------

    def seed(self, seed: Seed) -> None:
        """Fill the books before trading begins."""
        self.currency = seed.currency
        with self.world.acting("seed"):
            for place in seed.places:
                self.open_place(place, currency=seed.currency, country=seed.country)
            rate = self.put(
                TaxRate(
                    id=self.ids.token(24), no=0, mark=0, version=0, updated_ms=0,
                    name=f"VAT ({seed.tax_percent}%)", percent=seed.tax_percent,
                )
            )  # fmt: skip
            for item in seed.items:
                self.add_item(item, rate.id)
            in_e5: dict[int, int] = {}
            for level in seed.levels:
                variant = self.range.sold_as(level.sku)
                if variant is None or level.place not in self.places:
                    raise ScenarioError(
                        f"pos: the seed puts {level.on_hand} of {level.sku} at {level.place}, "
                        "and one of the two is not in the seed"
                    )
                self.count(
                    variant=variant.id, place=level.place, occurred_ms=self.now_ms,
                    units_e5=in_e5.setdefault(level.on_hand, level.on_hand * UNIT),
                    cause="seed", by_till=False,
                )  # fmt: skip

    def open_place(self, place: SeedPlace, *, currency: str, country: str) -> Place:
        """A place opens, with its till."""
        opened = self.places[place.code] = Place(
            code=place.code, name=place.name, kind=place.kind, currency=currency,
            country=country, created_ms=self.now_ms,
        )  # fmt: skip
        self.registers[place.code] = Register()
        if self.watcher is not None:
            self.watcher.place_opened(opened)
        return opened

    def add_item(self, item: SeedItem, rate: str = "") -> Variant:
        """A product with one variant."""
        product, variant = self.ids.token(24), self.ids.token(24)
        self.put(
            Product(
                id=product, no=0, mark=0, version=0, updated_ms=0, name=item.name,
                variants=(variant,), taxes=(rate,) if rate else (),
            )
        )  # fmt: skip
        return self.put(
            Variant(
                id=variant, no=0, mark=0, version=0, updated_ms=0, product=product, sku=item.sku,
                name="Regular", price_minor=item.price_minor, upc=item.upc,
            )
        )  # fmt: skip

    def put(self, entry: E, version: int = 0) -> E:
        """Write a catalogue entry; a SKU that was not known is a fact."""
        was = self.range.get(entry.id)
        now = self.range.put(entry, version=version or self.stamp(), at_ms=self.now_ms)
        if (
            isinstance(now, Variant)
            and now.sku
            and not (isinstance(was, Variant) and was.sku == now.sku)
        ):
            world = self.world
            world.emit(Item(world.t, world.by, world.n, SYSTEM, now.sku))
        return now

    def range_changed(self) -> None:
        """Tell of catalogue entries that were put."""
        if self.watcher is not None:
            self.watcher.range_changed()

    def sku(self, variant: str) -> str:
        """The SKU of a variant, also of a deleted one; empty when there is none."""
        found = self.range.get(variant)
        return found.sku if isinstance(found, Variant) else ""

    def product_name(self, variant: Variant) -> str:
        """What customers call the item that a variant belongs to."""
        product = self.range.get(variant.product)
        return product.name if product is not None else variant.sku

    def rates_of(self, variant: Variant) -> list[TaxRate]:
        """The taxes that a variant bears now."""
        product = self.range.get(variant.product)
        if not isinstance(product, Product):
            return []
        rates = (self.range.rate(id_) for id_ in product.taxes)
        return [rate for rate in rates if rate is not None and rate.enabled]

    # --- stock ------------------------------------------------------------------------

    def move(
        self,
        *,
        variant: str,
        units_e5: int,
        src: tuple[State, str],
        dst: tuple[State, str],
        cause: str,
        occurred_ms: int,
        **more: Any,
    ) -> StockEvent:
        """Write a movement into the stock book. ``src`` and ``dst`` are (state, place)."""
        return self._write(
            StockEvent(
                id=self.ids.token(24), no=self.stock.next_no(), kind="adjust", cause=cause,
                variant=variant, src=src[0], src_place=src[1], dst=dst[0], dst_place=dst[1],
                units_e5=units_e5, occurred_ms=occurred_ms, received_ms=self.now_ms, **more,
            )
        )  # fmt: skip

    def count(
        self,
        *,
        variant: str,
        place: str,
        units_e5: int,
        occurred_ms: int,
        cause: str,
        state: State = "on_hand",
        **more: Any,
    ) -> StockEvent:
        """Write a count into the stock book."""
        return self._write(
            StockEvent(
                id=self.ids.token(24), no=self.stock.next_no(), kind="count", cause=cause,
                variant=variant, src="outside", src_place=place, dst=state, dst_place=place,
                units_e5=units_e5, occurred_ms=occurred_ms, received_ms=self.now_ms, **more,
            )
        )  # fmt: skip

    def correct(self, event: StockEvent, units_e5: int, cause: str) -> StockEvent | None:
        """Write that a movement was of another quantity; None when it was not."""
        more = units_e5 - event.units_e5 - self.stock.corrected.get(event.id, 0)
        if more == 0:
            return None
        return self._write(
            msgspec.structs.replace(
                event, id=self.ids.token(24), no=self.stock.next_no(), kind="correct",
                cause=cause, units_e5=more, received_ms=self.now_ms, corrects=event.id,
            )
        )  # fmt: skip

    def counted(self, sku: str, place: str, units: int, occurred_ms: int) -> None:
        """Say that the people of a store counted."""
        world = self.world
        world.emit(
            Counted(world.t, world.by, world.n, SYSTEM, sku, place, units, occurred_ms / 1000)
        )

    def _write(self, event: StockEvent) -> StockEvent:
        self.stock.add(event)
        return event

    def _level(self, cell: Cell, before_e5: int, event: StockEvent) -> None:
        """A figure changed: a fact for what can be sold, and a word to the surface."""
        if cell.state == "on_hand":
            register = self.registers.get(cell.place)
            if register is not None and not register.online:
                register.shown_e5.setdefault(cell.variant, before_e5)
            self._tell_level(cell, event)
        elif cell.state == "reserved" and "on_hand" not in (event.src, event.dst):
            self._tell_level(cell, event)
        if self.watcher is not None:
            self.watcher.cell_changed(cell)

    def _tell_level(self, cell: Cell, event: StockEvent) -> None:
        """What is on the shelf, and what of it can be sold: the rest is held for orders."""
        world, stock = self.world, self.stock
        free_e5 = stock.units_e5(cell.variant, cell.place)
        held_e5 = stock.units_e5(cell.variant, cell.place, "reserved")
        if event.dst == "reserved":
            held_e5 += event.units_e5  # these are being moved: the book has them next
        world.emit(
            Level(
                world.t, world.by, world.n, SYSTEM, self.sku(cell.variant), cell.place,
                (free_e5 + held_e5) // UNIT, free_e5 // UNIT, event.cause,
                event.sale or event.transfer or event.id,
            )
        )  # fmt: skip

    # --- sales and money --------------------------------------------------------------

    def add_sale(self, sale: Sale) -> Sale:
        """A new sale, made with the numbers of the book."""
        self.sales.add(sale)
        if sale.closed_no:
            self.sales.closed(sale.closed_no, sale.closed_ms, sale.id)
        if self.watcher is not None:
            self.watcher.sale_changed(None, sale)
        if self.dispatch is not None:
            self.dispatch.take(sale)
        return sale

    def change_sale(self, was: Sale, **changes: Any) -> Sale:
        """A sale changes: its version goes up by one."""
        now = self.sales.change(was, at_ms=self.now_ms, version=was.version + 1, **changes)
        if now.closed_no and now.closed_no != was.closed_no:
            self.sales.closed(now.closed_no, now.closed_ms, now.id)
        if self.watcher is not None:
            self.watcher.sale_changed(was, now)
        return now

    def add_payment(self, payment: Payment) -> Payment:
        """New money."""
        self.payments.add(payment)
        if self.watcher is not None:
            self.watcher.payment_changed(None, payment)
        return payment

    def change_payment(self, was: Payment, **changes: Any) -> Payment:
        """Money moves on."""
        now = self.payments.change(was, at_ms=self.now_ms, version=was.version + 1, **changes)
        if self.watcher is not None:
            self.watcher.payment_changed(was, now)
        return now

    def add_refund(self, refund: Refund) -> Refund:
        """Money goes back."""
        self.refunds.add(refund)
        if self.watcher is not None:
            self.watcher.refund_changed(None, refund)
        return refund

    def change_refund(self, was: Refund, **changes: Any) -> Refund:
        """Money that goes back moves on."""
        now = self.refunds.change(was, at_ms=self.now_ms, version=was.version + 1, **changes)
        if self.watcher is not None:
            self.watcher.refund_changed(was, now)
        return now

    def add_transfer(self, transfer: Transfer) -> Transfer:
        """A new transfer."""
        self.transfers.add(transfer)
        if self.watcher is not None:
            self.watcher.transfer_changed(None, transfer)
        return transfer

    def change_transfer(self, was: Transfer, **changes: Any) -> Transfer:
        """A transfer moves on."""
        now = self.transfers.change(was, at_ms=self.now_ms, version=self.stamp(), **changes)
        if self.watcher is not None:
            self.watcher.transfer_changed(was, now)
        return now

    def remove_transfer(self, was: Transfer) -> None:
        """A draft is thrown away."""
        self.transfers.remove(was)
        if self.watcher is not None:
            self.watcher.transfer_changed(was, None)

"""What the flows need of other systems, in words that no vendor owns.

A *place* is a stock cell in a system's own code: a facility, a supply channel's key, a location.
Calls raise what :mod:`peakproof_engine.errors` lists. Times are seconds since 1970 by our own
clock unless a field says ``dated``: that is the other system's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol

import msgspec

from peakproof_engine.model import Contact, Movement, OrderLine, Payment

# --- the stock master and the warehouse ---------------------------------------------------


class MasterLevel(msgspec.Struct, frozen=True, gc=False):
    """What the master says of a cell. A poll has no ``sequence`` and no ``dated_s``."""

    sku: str
    place: str
    total: int
    available: int
    sequence: int = -1
    dated_s: float = 0.0


class WarehouseOrder(msgspec.Struct, frozen=True, gc=False):
    """An order for one facility; ``number`` is its own, ``order`` the channel's."""

    number: str
    order: str
    place: str
    placed_s: float
    currency: str
    total_minor: int
    contact: Contact
    lines: Sequence[OrderLine]


class Found(msgspec.Struct, frozen=True, gc=False):
    """An order that the warehouse has. ``open_to_cancel`` is what its status suggests."""

    id: str
    number: str
    cancelled: bool
    open_to_cancel: bool


class CutLine(msgspec.Struct, frozen=True, gc=False):
    """How far a line of a warehouse order is, by the channel's line id."""

    line: str
    units: int
    shipped: int
    cut: int
    picked: int = 0


class WorkStatus(msgspec.Struct, frozen=True, gc=False):
    """A warehouse order's own account of itself."""

    number: str
    cancelled: bool
    finished: bool
    lines: Sequence[CutLine] = ()
    back_ordered: bool = False


class ShippedParcel(msgspec.Struct, frozen=True, gc=False):
    """A parcel that left, or was called back; units by warehouse order and line id."""

    parcel: str
    rolled_back: bool
    carrier: str
    tracking: str
    shipped_s: float
    works: Mapping[str, Mapping[str, int]]


class StockLevels(Protocol):
    """The system whose stock figure is the one that counts."""

    async def levels_since(self, since_s: float) -> list[MasterLevel]:
        """Cells with activity since a time."""

    async def all_levels(self) -> list[MasterLevel]:
        """Every cell that there is."""


class StockMaster(StockLevels, Protocol):
    """A stock master that does not know by itself what moved at the tills."""

    async def book(self, movement: Movement, place: str) -> bool:
        """Book a till's transaction under its own reference; False when it was there already.

        Raises:
            Refused: ``code`` is ``unknown_item`` when the master lacks one of the items.
        """

    async def adjust(self, movement: Movement, place: str, units: int) -> None:
        """Change a cell by signed units under the movement's reference. Not idempotent."""

    async def adjusted(self, movement: Movement, place: str) -> bool:
        """Whether an adjustment with the movement's reference is on record."""


class Warehouse(Protocol):
    """The system that picks and ships."""

    async def create(self, order: WarehouseOrder) -> str:
        """Create an order: its id there, "" when the answer does not tell.

        Raises:
            Refused: ``code`` is ``unknown_item`` or ``duplicate`` where that is the reason.
            UnknownOutcome: also for a success that says nothing.
        """

    async def find(self, number: str) -> Found | None:
        """The order of that number, None when the warehouse does not have it."""

    async def cancel(self, found: Found) -> bool:
        """Cancel an order: the answer says whether it is cancelled or past the cut-off."""

    async def status(self, number: str) -> WorkStatus | None:
        """How far an order is."""

    async def shipped_since(self, since_s: float) -> list[ShippedParcel]:
        """Parcels that left since a time."""

    async def ended_since(self, since_s: float) -> list[WorkStatus]:
        """Orders that the warehouse cancelled, or set aside for want of stock, since a time."""


class ItemMaster(Protocol):
    """The list of items that the warehouse can handle."""

    async def knows(self, sku: str) -> bool:
        """Whether an item of that number is there, by reading it (never by a query)."""


# --- channels -----------------------------------------------------------------------------


class Shown(msgspec.Struct, frozen=True, gc=False):
    """A channel's figure of a cell; ``entry`` and ``version`` are what a write needs.

    ``dated_s`` is when the channel last changed the figure, 0 where it does not say; ``moved``
    are the units of a change of ours that this answers.
    """

    sku: str
    place: str
    units: int
    entry: str
    version: int = 0
    dated_s: float = 0.0
    moved: int = 0


class Delivered(msgspec.Struct, frozen=True, gc=False):
    """A parcel that the channel shows on an order."""

    key: str
    tracking: str


ShopState = Literal["open", "confirmed", "complete", "cancelled"]


class ShopOrder(msgspec.Struct, frozen=True, gc=False):
    """An order as the shop has it now; lines carry the shop's place, not yet a node.

    ``sequence`` is the number of its latest message, 0 where that is not told. ``open`` is an
    order that the shop has not looked through yet; one that is ``held`` is not to go on for now.
    """

    id: str
    number: str
    version: int
    placed_s: float
    modified_s: float
    state: ShopState
    shipment: str
    payment: Payment
    currency: str
    total_minor: int
    lines: Sequence[OrderLine]
    contact: Contact
    delivered: Sequence[Delivered] = ()
    payments: Sequence[str] = ()
    withdrawn: Mapping[str, int] = {}
    sequence: int = 0
    held: bool = False


class ShopNews(msgspec.Struct, frozen=True, gc=False):
    """A notice of the shop about an order: it is whole, or it only says what changed.

    ``sequence`` counts an order's messages without gaps. A notice about a payment
    (``payment_id``) does not know its order.
    """

    order: str
    version: int
    sequence: int = 0
    payment_id: str = ""
    whole: ShopOrder | None = None
    state: ShopState | Literal[""] = ""
    payment: Payment | Literal[""] = ""


class ConfirmParcel(msgspec.Struct, frozen=True, gc=False):
    """Record a parcel: lines, units, carrier, tracking; ``parcel`` is its key, if it has one.

    ``place`` is the shop's place that it left from.
    """

    parcel: str
    units: Mapping[str, int]
    carrier: str
    tracking: str
    place: str = ""


class SetShipment(msgspec.Struct, frozen=True, gc=False):
    """The shop's shipment state: ``pending``, ``partial``, ``shipped``, ``cancelled``."""

    state: str


class SetState(msgspec.Struct, frozen=True, gc=False):
    """The shop's order state."""

    state: ShopState


class WithdrawLine(msgspec.Struct, frozen=True, gc=False):
    """Units of a line will not be delivered."""

    line: str
    units: int


class LockOrder(msgspec.Struct, frozen=True, gc=False):
    """Keep clerks off an order, for the warehouse is to have it."""


ShopChange = ConfirmParcel | SetShipment | SetState | WithdrawLine | LockOrder


class Shop(Protocol):
    """A web shop: it masters orders and sells from its own stock figures.

    A shop that ``restores`` puts the units of an order that it cancels back on sale by itself;
    one that ``locks`` lets nobody but us change an order that is locked.
    """

    @property
    def restores(self) -> bool:
        """Whether cancelled units are on sale again without our doing."""

    @property
    def locks(self) -> bool:
        """Whether orders can be locked."""

    async def learn_places(self) -> None:
        """Read which places there are; a place of the configuration must be among them."""

    async def learn_range(self) -> None:
        """Read which SKUs are sold."""

    def sells(self, sku: str) -> bool:
        """Whether the shop sells a SKU."""

    def range(self) -> Iterable[str]:
        """The SKUs that the shop sells, in a fixed order."""

    async def figures(self, since_s: float | None = None) -> list[Shown]:
        """All stock entries of our places, or those changed since a time."""

    async def figure(self, entry: str, sku: str, place: str) -> Shown:
        """One figure, never stale."""

    async def orders_since(
        self, since_s: float | None, *, by_key: bool, known: Callable[[str, int], bool]
    ) -> list[ShopOrder]:
        """Orders that wait for us or were cancelled, and changed since a time (None: all).

        Those ``known`` in that version are left out. ``by_key`` pages by key, not by offset.
        """

    async def order(self, id_: str) -> ShopOrder:
        """One order, by its id: never stale."""

    async def update(self, id_: str, version: int, changes: Sequence[ShopChange]) -> ShopOrder:
        """Change an order if it has that version.

        Raises:
            Conflict: it has another one.
        """

    async def refund(self, order: ShopOrder, amount_minor: int | None, reference: str) -> bool:
        """Give money back (None: all that was captured), once for a reference.

        False when there was nothing captured to give back; a mere authorisation is let go.
        """


class TillSale(msgspec.Struct, frozen=True, gc=False):
    """A till's transaction: what went out, what came back, or the voiding of one.

    ``recorded_s`` is when the tills' books took it, ``changed_s`` when they last changed it.
    ``sold_minor`` and ``returned_minor`` are what customers paid and got back, tax and all.
    """

    id: str
    place: str
    voided: bool
    recorded_s: float
    changed_s: float
    currency: str
    sold: Sequence[tuple[str, int, int]]
    returned: Sequence[tuple[str, int, int]]
    total_minor: int = 0
    sold_minor: int = 0
    sold_tax_minor: int = 0
    returned_minor: int = 0
    returned_tax_minor: int = 0


class TillNews(NamedTuple):
    """A notice of the tills about a transaction, which is to be fetched: its id, the event's."""

    sale: str
    event: str


class TillChange(msgspec.Struct, frozen=True, gc=False):
    """A line of the till's stock book that is no sale.

    ``kind``: ``count`` (units were on the shelf), ``intake``, ``waste``; ``sale``, ``return`` and
    ``void`` (booked by way of their transaction, the ``reference``); ``own`` (we did it; units
    are signed then).
    """

    id: str
    kind: Literal["count", "intake", "waste", "sale", "return", "void", "own"]
    sku: str
    place: str
    units: int
    occurred_s: float
    recorded_s: float
    reference: str = ""
    restock: bool = True


class TillStep(msgspec.Struct, frozen=True, gc=False):
    """A change of a till's figure, under a reference of its own."""

    sku: str
    place: str
    units: int
    reference: str


class Tills(Protocol):
    """The tills of the stores: they master sales and show a figure to cashiers."""

    async def learn(self) -> None:
        """Read the range and the places."""

    def sells(self, sku: str) -> bool:
        """Whether the tills know a SKU."""

    async def figures(self, since_s: float | None = None) -> list[Shown]:
        """All figures, or those changed since a time."""

    async def figure(self, entry: str, sku: str, place: str) -> Shown:
        """One figure, never stale."""

    async def apply(self, key: str, at_s: float, steps: Sequence[TillStep]) -> dict[str, int]:
        """Change figures, once for a key: resulting figures by SKU."""

    async def sales(self, ids: Sequence[str]) -> list[TillSale]:
        """Finished transactions by id; unfinished ones are left out."""

    async def sales_since(self, since_s: float) -> list[TillSale]:
        """Finished transactions changed since a time."""

    async def changes_since(self, since_s: float, skus: Sequence[str] = ()) -> list[TillChange]:
        """The stock book since a time."""

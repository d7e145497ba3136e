"""What the engine remembers of an order, a parcel, a till transaction: its own words.

These are what the store keeps (as MessagePack), so fields are only ever added, with defaults.
Times are seconds since 1970; money is in minor units.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Payment = Literal["pending", "authorised", "captured", "failed", "refunded"]
Stage = Literal["waiting", "created", "cancelled", "dropped"]


class Contact(msgspec.Struct, array_like=True, gc=False, frozen=True):
    """Whom a parcel goes to."""

    name: str = ""
    street: str = ""
    more: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    email: str = ""
    phone: str = ""


class OrderLine(msgspec.Struct, array_like=True, gc=False):
    """A line as the channel sold it; ``node`` is "" while its place has no node.

    ``price_minor`` is one unit's, ``total_minor`` what the customer pays for all of them.
    """

    line: str
    sku: str
    units: int
    node: str
    price_minor: int = 0
    place: str = ""
    total_minor: int = 0
    shipped: int = 0
    cut: int = 0


class Work(msgspec.Struct, array_like=True, gc=False):
    """What one node has to do for an order: a warehouse order of its own.

    ``answered_s`` is when its create was known to have worked, 0 before that.
    """

    number: str
    node: str
    stage: Stage = "waiting"
    lines: list[str] = []
    master_id: str = ""
    answered_s: float = 0.0


class Parcel(msgspec.Struct, array_like=True, gc=False):
    """A parcel that left: units by the channel's line id."""

    parcel: str
    work: str
    units: dict[str, int]
    carrier: str
    tracking: str
    shipped_s: float
    confirmed: bool = False


class Order(msgspec.Struct, gc=False, omit_defaults=True):
    """A channel's order from its first notice to its last parcel.

    ``version`` is the last one of which everything is known, ``sequence`` the number of its
    last message (0: not known), ``shown`` the channel's state then.
    ``wish`` is the customer's wish to cancel: ``asked``, ``granted`` (refund is due), ``refused``
    (the channel's state is to be put back) and, when the channel knows the end, ``done``.
    ``gone`` is set when the engine itself ends the order: ``unpaid`` or ``warehouse``.
    ``refunded`` are references under which money was given back. ``parked`` is why nothing is
    done. ``restored``: the shop has put the cancelled units back on sale by itself.
    """

    number: str
    id: str
    version: int
    placed_s: float
    currency: str
    total_minor: int
    lines: list[OrderLine]
    contact: Contact = Contact()
    payment: Payment = "pending"
    paid_s: float = 0.0
    shown: str = "open"
    works: list[Work] = []
    parcels: list[Parcel] = []
    acknowledged: bool = False
    sequence: int = 0
    wish: Literal["", "asked", "granted", "refused", "done"] = ""
    gone: Literal["", "unpaid", "warehouse"] = ""
    refunded: list[str] = []
    parked: str = ""
    restored: bool = False

    def line(self, line: str) -> OrderLine | None:
        """A line by the channel's id of it."""
        for each in self.lines:
            if each.line == line:
                return each
        return None

    @property
    def complete(self) -> bool:
        """Every unit has left or will never leave."""
        return all(line.shipped + line.cut >= line.units for line in self.lines)


class MovementLine(msgspec.Struct, array_like=True, gc=False):
    """Units of a SKU in a movement; ``restock`` is False for goods that were written off."""

    sku: str
    units: int
    price_minor: int = 0
    restock: bool = True


class Movement(msgspec.Struct, gc=False, omit_defaults=True):
    """Goods that moved at a store and that the master must hear of, once.

    ``kind``: ``sale``, ``return`` and ``void`` become retail activities, ``intake`` and ``waste``
    adjustments, ``count`` an adjustment that is worked out (``units`` is what was counted, and
    ``delta`` the outcome), and ``late`` gives back what a sale takes that a count had seen.
    ``stage``: ``parked`` waits for an item, ``sent`` may have arrived, ``booked`` is done.
    """

    id: str
    kind: Literal["sale", "return", "void", "intake", "waste", "count", "late"]
    node: str
    lines: list[MovementLine]
    occurred_s: float
    recorded_s: float
    reference: str = ""
    currency: str = ""
    total_minor: int = 0
    stage: Literal["open", "parked", "sent", "booked", "dropped"] = "open"
    sent_s: float = 0.0
    answered_s: float = 0.0
    delta: int | None = None

    @property
    def outflow(self) -> int:
        """Units that leave the shelf for each unit of a line: 1, or -1 when they come to it."""
        return 1 if self.kind in ("sale", "waste") else -1


class Counted(msgspec.Struct, array_like=True, gc=False):
    """The latest count of a cell that was applied to the master.

    ``handled_s`` is when, and ``open_then`` are movements that had happened before the count and
    were not booked at that time: the count allowed for them.
    """

    taken_s: float
    handled_s: float
    open_then: list[str]


class Share(msgspec.Struct, gc=False):
    """One channel's share of a SKU at a node: see :mod:`peakproof_engine.allocation`.

    ``given`` is None until the channel's figure was read for the first time; ``based_s`` is when.
    ``acked`` counts every sale whose create or posting was answered. ``doubt`` are units of
    confirmed cuts that the channel may have sold before: see :mod:`peakproof_engine.flows.steps`.
    ``left`` are units of parcels that the channel was told of.
    """

    given: int | None = None
    sold: int = 0
    acked: int = 0
    entry: str = ""
    based_s: float = 0.0
    doubt: int = 0
    left: int = 0


class StepRecord(msgspec.Struct, gc=False, omit_defaults=True):
    """A change of a channel's figure that is under way, written down before it is sent.

    ``version`` is the entry's version that it was decided on (0: not read yet), ``key`` the
    idempotency key, ``sent`` how often it was sent.
    """

    step: int
    node: str
    sku: str
    channel: str
    units: int
    version: int = 0
    key: str = ""
    sent: int = 0
    sent_s: float = 0.0
    moved: bool = False


class Parked(msgspec.Struct, gc=False):
    """An exception with its owner, as the desk was or is to be told."""

    key: str
    kind: str
    owner: str
    reason: str
    opened_s: float
    told: bool = False

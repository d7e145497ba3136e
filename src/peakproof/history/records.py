"""The vocabulary of a history: one small record for everything that the judge may know.

A history is NDJSON, one record a line, in the order in which things happened. Fields:

* ``t`` is run time in seconds; ``by`` says who caused it (``connector``, ``shopper``, ``till``,
  ``warehouse``, ``carrier``, ``staff``, ``system``, ``seed``); ``n`` is the number of the call
  that caused it, 0 when no call did.
* Units are whole units of one SKU; money is integer minor units.
* ``place`` is a stock cell in a system's own words (a facility code, a channel key, a location
  code). The estate in the first record says which nodes stand behind each.

Nothing here names a vendor: a fake says what happened to it in these words.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

By = Literal["connector", "shopper", "till", "warehouse", "carrier", "staff", "system", "seed"]
Outcome = Literal["ok", "failed", "unknown"]
Effect = Literal["read", "write", "stock", "auth", "other"]
"""What an operation does: ``stock`` writes a stock figure, ``write`` anything else."""


class Line(msgspec.Struct, array_like=True, gc=False, frozen=True):
    """One line of an order, a sale, a parcel: ``line`` is its number in the system that says it."""

    line: str
    sku: str
    units: int
    price_minor: int = 0
    place: str = ""


class Record(msgspec.Struct, tag_field="k", gc=False, omit_defaults=True):
    """The root of all records."""

    t: float


# --- the frame ------------------------------------------------------------------------


class Run(Record, tag="run"):
    """The first record: all that is needed to play the run again and to judge it."""

    format: int
    scenario: str
    seed: int
    connector: str
    mode: Literal["virtual", "live"]
    policy: str
    estate: dict[str, Any]
    judging: dict[str, Any]
    versions: dict[str, str]
    without: tuple[str, ...] = ()
    settings: dict[str, Any] = {}
    plan: tuple[dict[str, Any], ...] | None = None
    file: str = ""  # the scenario's, if it is not an installed one


class Phase(Record, tag="phase"):
    """The run enters a phase: ``open``, ``trade``, ``calm``, ``read_back``, ``end``."""

    name: str


class Flows(Record, tag="flows"):
    """The connector declares the flows that it plays; the rest is not judged."""

    flows: tuple[str, ...]


class Desk(Record, tag="desk"):
    """The connector parked something with an owner and said so."""

    key: str
    kind: str
    owner: str
    reason: str


class Sometimes(Record, tag="sometimes"):
    """Something that the scenario wants to see at least once did happen."""

    what: str


# --- the wire -------------------------------------------------------------------------


class Call(Record, tag="call"):
    """One call of the connector to a system, written when its outcome is settled.

    ``t`` is when it was sent, ``done`` when the outcome was known to the caller, ``keys`` the
    resources that it read or wrote. ``status`` is 0 when no whole answer came. ``strike`` names
    the weather that hit it. ``req`` and ``ans`` are CRC-32 sums of the two bodies.
    """

    n: int
    done: float
    system: str
    op: str
    effect: Effect
    method: str
    path: str
    status: int
    outcome: Outcome
    keys: tuple[str, ...] = ()
    strike: str = ""
    req: int = 0
    ans: int = 0
    trace: str = ""


class Hook(Record, tag="hook"):
    """One delivery attempt of a notification to the connector (``status`` 0: it never came)."""

    n: int
    done: float
    system: str
    event: str
    key: str
    attempt: int
    status: int
    outcome: Outcome
    strike: str = ""
    crc: int = 0


class Strike(Record, tag="strike"):
    """Weather struck: an entry of the fault plan that replays this run."""

    kind: str
    system: str
    op: str
    nth: int
    args: dict[str, Any] = {}


# --- the physical world ---------------------------------------------------------------


class Move(Record, tag="move"):
    """Units moved in the physical world, from one place of the ledger to another."""

    by: By
    sku: str
    units: int
    src: str
    dst: str
    cause: str
    ref: str = ""


class Balance(Record, tag="balance"):
    """What the ledger held at the end, for the proof that units were conserved."""

    place: str
    sku: str
    units: int


# --- what systems recorded ------------------------------------------------------------


class Fact(Record):
    """Something that a system recorded."""

    by: By
    n: int
    system: str


class Level(Fact, tag="level"):
    """A stock cell changed: what is on hand and what may be sold now, as the system counts it.

    ``cause``: ``seed``, ``write`` (somebody set or adjusted it by API), ``order``, ``cancel``,
    ``sale``, ``return``, ``pick``, ``ship``, ``receipt``, ``count``, ``adjust``, ``transfer``.
    """

    sku: str
    place: str
    on_hand: int
    available: int
    cause: str
    ref: str = ""


class Placed(Fact, tag="placed"):
    """A channel accepted an order: a promise. ``order`` is the number the customer knows."""

    order: str
    id: str
    lines: tuple[Line, ...]
    total_minor: int
    currency: str


class Withdrawn(Fact, tag="withdrawn"):
    """A channel's promise ended without a parcel (no lines: all that is left of the order)."""

    order: str
    lines: tuple[Line, ...] = ()
    cause: str = ""


class CancelAsked(Fact, tag="cancel_asked"):
    """A customer or a clerk asked for the order to be cancelled."""

    order: str


class Payment(Fact, tag="payment"):
    """Money of an order moved: ``authorised``, ``captured``, ``failed`` or ``refunded``."""

    order: str
    what: Literal["authorised", "captured", "failed", "refunded"]
    amount_minor: int
    ref: str = ""


class OrderState(Fact, tag="order_state"):
    """A channel's order changed one of its states; ``new`` is in the vendor's own word.

    ``means`` is the neutral reading: ``""`` or one of ``acknowledged``, ``part_shipped``,
    ``shipped``, ``delivered``, ``cancelled``, ``paid``, ``unpaid``, ``held``.
    """

    order: str
    what: Literal["order", "shipment", "payment", "hold"]
    old: str
    new: str
    means: str = ""


class Work(Fact, tag="work"):
    """The warehouse took an order: ``refs`` are all the reference fields that it carries."""

    number: str
    refs: tuple[str, ...]
    place: str
    lines: tuple[Line, ...]


class WorkState(Fact, tag="work_state"):
    """A warehouse order moved on. ``means``: ``new``, ``held``, ``waved``, ``released``,
    ``picking``, ``packed``, ``part_shipped``, ``shipped``, ``cancelled``, ``back_ordered``."""

    number: str
    new: str
    means: str


class WorkCut(Fact, tag="work_cut"):
    """Units of a warehouse order will not ship: ``cancelled`` or ``short``."""

    number: str
    lines: tuple[Line, ...]
    cause: Literal["cancelled", "short"]


class Reservation(Fact, tag="reservation"):
    """A channel noted units as promised (below zero) or as no longer so; ``event``: its word."""

    order: str
    sku: str
    units: int
    place: str = ""
    event: str = ""


class Document(Fact, tag="document"):
    """A document of an order was written or changed (``cancellation``: value that was given up)."""

    order: str
    kind: Literal["invoice", "creditmemo", "cancellation"]
    number: str
    amount_minor: int
    state: Literal["open", "paid", "cancelled", "refused"]


class Refused(Fact, tag="refused"):
    """A system refused something about ``key`` (an order number, a SKU), whatever the status."""

    key: str
    reason: str
    detail: str = ""


class Parcel(Fact, tag="parcel"):
    """A parcel of a warehouse order: ``packed``, ``shipped``, ``scanned`` or ``rolled_back``."""

    number: str
    parcel: str
    what: Literal["packed", "shipped", "scanned", "rolled_back"]
    lines: tuple[Line, ...]
    place: str = ""
    carrier: str = ""
    tracking: str = ""


class Confirmed(Fact, tag="confirmed"):
    """A channel recorded a parcel of an order: lines, units and tracking (``ref``)."""

    order: str
    ref: str
    lines: tuple[Line, ...]


class Notice(Fact, tag="notice"):
    """A channel told the customer (``what``: ``shipped``)."""

    order: str
    what: str
    ref: str = ""


class Sale(Fact, tag="sale"):
    """A till recorded a sale, a return or a void at ``place``; ``occurred`` is when it happened."""

    sale: str
    place: str
    what: Literal["sale", "return", "void"]
    lines: tuple[Line, ...]
    occurred: float
    against: str = ""


class Charged(Fact, tag="charged"):
    """What a till transaction came to: gross with the tax in it; below zero what goes back."""

    ref: str
    what: Literal["sale", "return", "void"]
    amount_minor: int
    tax_minor: int
    currency: str


class Activity(Fact, tag="activity"):
    """The stock master recorded a till transaction; ``refs`` are the references that it carries."""

    refs: tuple[str, ...]
    place: str
    what: Literal["sale", "return", "void"]
    lines: tuple[Line, ...]


class Counted(Fact, tag="counted"):
    """A stock count was recorded: ``units`` were on the shelf at ``occurred``."""

    sku: str
    place: str
    units: int
    occurred: float


class Item(Fact, tag="item"):
    """A system knows a SKU from now on."""

    sku: str


class TurnedAway(Fact, tag="turned_away"):
    """A customer wanted units that the channel would not sell (``system`` is the channel's)."""

    sku: str
    place: str
    units: int
    why: str


class Batch(Record, tag="batch"):
    """The books were sent a batch under a number, and closed it with so many entries."""

    batch: str
    period: str
    entries: int


class Booked(Record, tag="booked"):
    """An entry of a batch. ``ref`` names the transaction; what goes back is below zero."""

    batch: str
    ref: str
    kind: str
    account: str
    amount_minor: int
    tax_minor: int
    currency: str


AnyRecord = (
    Run | Phase | Flows | Desk | Sometimes | Call | Hook | Strike | Move | Balance | Level | Placed
    | Withdrawn | CancelAsked | Payment | OrderState | Work | WorkState | WorkCut | Refused | Parcel
    | Confirmed | Notice | Sale | Activity | Counted | Item | TurnedAway | Reservation | Document
    | Charged | Batch | Booked
)  # fmt: skip

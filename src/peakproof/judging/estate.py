"""The estate and the limits that a history is judged by, as its first record states them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
from msgspec import Meta

from peakproof.errors import ScenarioError
from peakproof.toml_file import explain, nearest

FLOWS: Final = (
    "stock", "orders", "fulfilment", "cancellations", "returns", "till_sales", "items", "finance",
)  # fmt: skip
"""The flows that a connector can declare; see ``Flows`` in the history."""

Seconds = Annotated[float, Meta(ge=0)]
Units = Annotated[int, Meta(ge=0)]
T = TypeVar("T")


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The root of both documents: what it does not know, it refuses."""


# --- who sells what from where --------------------------------------------------------


class Node(Table, frozen=True):
    """A building with a shelf."""

    id: str
    kind: Literal["warehouse", "store"] = "warehouse"


class Channel(Table, frozen=True):
    """Something that sells from the shelves of its nodes.

    ``asks``: it accepts only what its own record holds. ``walk_in``: its customers carry units
    from the shelf whatever any record says (a till that does not ask). ``pooled``: it sells what
    its nodes have together, whatever it shows of each.
    """

    id: str
    system: str
    nodes: tuple[str, ...]
    asks: bool = True
    walk_in: bool = False
    pooled: bool = False


class Masters(Table, frozen=True):
    """Which system is believed about what.

    ``fulfilment`` picks and ships. ``finance`` is the one whose records the books close on: that
    of the tills (their transactions) or the warehouse (its parcels); none: there are no books.
    """

    stock: str
    orders: str = ""
    sales: str = ""
    items: str = ""
    fulfilment: str = ""
    finance: str = ""


class Estate(Table, frozen=True):
    """Nodes, the systems' own codes for them, channels, masters and the policy of stock.

    ``places`` names the nodes behind each stock cell of a system: ``{system: {code: [node]}}``.
    ``policy`` says whether channels share out the stock (``allocation``: what all show together
    is what is free) or each shows all of it (``mirror``). ``hold_back`` units of every SKU at a
    place stay unpublished, ``hold_backs`` states it for single SKUs. ``release_on`` is the
    payment state that lets an order go to the warehouse (``validated``: authorised, looked
    through by the shop, and not on hold). ``prices`` are gross minor units a piece;
    a SKU without one is priced as its last order line was. ``bundles`` are sold as one SKU and
    shipped as components: ``{parent: {component: units}}``. ``notify_on`` is what has to have
    become of a parcel before its customer hears of it (``any``: that is not ruled), ``accounts``
    are the accounts of finance by kind of entry, as far as they are stated.
    """

    nodes: tuple[Node, ...]
    places: dict[str, dict[str, tuple[str, ...]]]
    channels: tuple[Channel, ...]
    masters: Masters
    warehouse: str
    currency: str = "GBP"
    policy: Literal["allocation", "mirror"] = "allocation"
    release_on: Literal["placed", "authorised", "captured", "validated"] = "captured"
    hold_back: Units = 0
    hold_backs: dict[str, Units] = {}
    prices: dict[str, Units] = {}
    bundles: dict[str, dict[str, Annotated[int, Meta(gt=0)]]] = {}
    notify_on: Literal["any", "shipped", "scanned"] = "any"
    accounts: dict[str, str] = {}

    def held_back(self, sku: str) -> int:
        """Units of a SKU that are kept from sale at each place."""
        return self.hold_backs.get(sku, self.hold_back)


# --- what is tolerated ----------------------------------------------------------------


class Gate(Table, frozen=True):
    """Units that an invariant tolerates.

    ``total`` counts all of them. For ``oversold`` there are also ``at_acceptance`` and
    ``regret`` (units above what a perfect connector would have oversold); None asserts nothing.
    """

    total: int | None = None
    at_acceptance: int | None = None
    regret: int | None = None


class Demand(Table, frozen=True):
    """Units that a channel has to sell, of one SKU or (``sku = ""``) of all together."""

    channel: str
    units: Annotated[int, Meta(gt=0)]
    sku: str = ""


class Judging(Table, frozen=True):
    """Limits in seconds of run time, gates, and what has to have happened for a verdict.

    ===============  ====================================================================
    ``publish_s``    a channel may show more than is free for so long
    ``ghost_s``      free units may be kept from sale for so long
    ``stale_s``      a published figure may lag a change of the truth by so much
    ``order_s``      a released order must be in the warehouse, a cut one dealt with
    ``status_s``     the channel must know what became of a warehouse order; a conflict is over
    ``confirm_s``    a confirmation may run ahead of its parcel by so much
    ``payment_s``    an order may wait for its payment without anybody being told
    ``desk_s``       what went wrong must be reported to the exception desk
    ``sale_s``       a till sale must be in the stock master
    ``return_s``     a till return must be in the stock master
    ``shipment_s``   a parcel must be confirmed to its channel (None: ``status_s``)
    ``capture_s``    what was shipped must be paid for (None: ``status_s``)
    ``refund_s``     money for units that the warehouse cut must be back (None: ``order_s``)
    ``reserve_s``    a channel's reservations must be put right (None: ``status_s``)
    ``document_s``   documents of a finished order must be closed (None: ``status_s``)
    ``book_s``       a transaction must be in a closed batch of the books
    ``settle_s``     what changed so shortly before the end is not compared
    ``quiet_s``      stock writes must have died out so long after the last event
    ===============  ====================================================================

    ``floor_latency_s`` is how late the perfect connector hears of things (None: the medians of
    what the wire did in this run). ``statuses`` are the milestones that a channel must be told.
    ``desk`` False says that the connector cannot report. ``leave_out`` names invariants that the
    scenario does not want judged; ``call_limits`` are calls a second by system, for the figures.
    ``periods`` are those of the books, in order, each with its end in run time.
    """

    publish_s: Seconds = 120.0
    ghost_s: Seconds = 300.0
    stale_s: Seconds = 300.0
    order_s: Seconds = 300.0
    status_s: Seconds = 300.0
    confirm_s: Seconds = 300.0
    payment_s: Seconds = 3_600.0
    desk_s: Seconds = 300.0
    sale_s: Seconds = 300.0
    return_s: Seconds = 300.0
    shipment_s: Seconds | None = None
    capture_s: Seconds | None = None
    refund_s: Seconds | None = None
    reserve_s: Seconds | None = None
    document_s: Seconds | None = None
    book_s: Seconds = 900.0
    settle_s: Seconds = 300.0
    quiet_s: Seconds = 300.0
    floor_latency_s: Seconds | None = None
    max_amplification: Annotated[float, Meta(gt=0)] = 4.0
    max_bounces: Annotated[int, Meta(gt=0)] = 8
    statuses: tuple[Literal["acknowledged", "shipped", "cancelled"], ...] = ("shipped", "cancelled")
    gates: dict[str, Gate] = {}
    expect: tuple[str, ...] = ()
    demand: tuple[Demand, ...] = ()
    sometimes: tuple[str, ...] = ()
    desk: bool = True
    leave_out: tuple[str, ...] = ()
    call_limits: dict[str, Annotated[float, Meta(gt=0)]] = {}
    periods: dict[str, Seconds] = {}

    def limit(self, name: str) -> float:
        """One of the limits by its name; one that is not stated is as long as its like."""
        found: float | None = getattr(self, name)
        return self.limit(_LIKE[name]) if found is None else found


_LIKE: Final = {
    "shipment_s": "status_s",
    "capture_s": "status_s",
    "refund_s": "order_s",
    "reserve_s": "status_s",
    "document_s": "status_s",
}
"""Limits that another stands for where a scenario does not state them."""


OVERSOLD_GATE: Final = Gate(regret=0)
"""What ``oversold`` tolerates unless the scenario states a gate: nothing above the floor."""


def read_estate(document: Mapping[str, Any]) -> Estate:
    """The estate of a run.

    Raises:
        ScenarioError: a field is unknown, missing or wrong, or names something that is not there.
    """
    estate = _convert(document, Estate, "estate")
    nodes = [node.id for node in estate.nodes]
    _once(nodes, "estate.nodes", "node")
    for system, codes in estate.places.items():
        for code, behind in codes.items():
            for node in behind:
                _known(f"estate.places.{system}.{code!r}", "node", node, nodes)
    _once([channel.id for channel in estate.channels], "estate.channels", "channel")
    for channel in estate.channels:
        where = f"estate.channels {channel.id!r}"
        _known(where, "system with places", channel.system, estate.places)
        for node in channel.nodes:
            _known(where, "node", node, nodes)
    _known("estate.masters.stock", "system with places", estate.masters.stock, estate.places)
    return estate


def read_judging(document: Mapping[str, Any], *, invariants: Iterable[str]) -> Judging:
    """The limits of a run; ``invariants`` are the names that it may speak of.

    Raises:
        ScenarioError: a field is unknown or wrong, or names an invariant that does not exist.
    """
    judging = _convert(document, Judging, "judging")
    names = list(invariants)
    for field, used in (
        ("expect", judging.expect),
        ("leave_out", judging.leave_out),
        ("gates", tuple(judging.gates)),
    ):
        for name in used:
            _known(f"judging.{field}", "invariant", name, names)
    return judging


def check_demand(judging: Judging, estate: Estate) -> None:
    """Every demand names a channel of the estate.

    Raises:
        ScenarioError: one does not.
    """
    ids = [channel.id for channel in estate.channels]
    for index, demand in enumerate(judging.demand):
        _known(f"judging.demand[{index}]", "channel", demand.channel, ids)


def _convert(document: Mapping[str, Any], kind: type[T], file: str) -> T:
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        raise ScenarioError(explain(str(error), kind, file=file, text="")) from None


def _known(field: str, what: str, name: str, choices: Iterable[str]) -> None:
    listed = list(choices)
    if name in listed:
        return
    near = nearest(name, listed)
    hint = f"did you mean {near}?" if near else f"there are: {', '.join(listed) or 'none'}"
    raise ScenarioError(f"{field}: there is no {what} {name!r}; {hint}")


def _once(names: Iterable[str], field: str, what: str) -> None:
    seen: dict[str, None] = {}
    for name in names:
        if name in seen:
            raise ScenarioError(f"{field}: there are two {what}s {name!r}")
        seen[name] = None

"""The tables of a scenario that trading reads: ``stock``, ``items`` and ``trading``.

Every field has a default, so that a scenario says only what differs. Times are seconds of run
time; a delay is lognormal around its median (``sigma = 0`` makes it exact).
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Share = Annotated[float, Meta(ge=0, le=1)]
Seconds = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]
Factor = Annotated[float, Meta(ge=0)]
Weights = Annotated[tuple[Factor, ...], Meta(min_length=1)]
Hours = Annotated[tuple[Factor, ...], Meta(min_length=24, max_length=24)]


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The root of all tables: what it does not know, it refuses."""


# --- what is sold ---------------------------------------------------------------------


class Bundle(Table, frozen=True):
    """An item that is sold as one and shipped as others: ``parts`` are pairs of item and units."""

    item: Positive
    parts: Annotated[tuple[tuple[Positive, Positive], ...], Meta(min_length=1)]


class Items(Table, frozen=True):
    """The range of products. Item 1 is the most popular, then item 2, and so on.

    ``zipf`` is the exponent of the popularity: 0.65 to 0.8 for a usual range, 1.0 to 1.2 on a day
    of drops and promotions. ``withheld`` names the items that a system does not know when the run
    begins: ``{ deposco = [3] }``. ``bundles`` lie on no shelf, and the warehouse knows only what
    they are made of.
    """

    count: Annotated[int, Meta(ge=1, le=500_000)] = 20
    zipf: Annotated[float, Meta(ge=0, le=3)] = 0.75
    price_median_minor: Positive = 2_500
    price_sigma: Factor = 0.6
    withheld: dict[str, tuple[Positive, ...]] = {}
    bundles: tuple[Bundle, ...] = ()


# --- where it lies at the start -------------------------------------------------------


class Cell(Table, frozen=True):
    """Opening stock of one item: at one node, or at all (``node = ""``).

    ``units`` lie on the shelf; ``recorded`` is what the masters believe (as many, unless stated);
    ``shown`` is what channels open with there, by channel id.
    """

    item: Positive
    node: str = ""
    units: Count | None = None
    recorded: Count | None = None
    shown: dict[str, Count] = {}


class Stock(Table, frozen=True):
    """Opening stock: a rule for every cell, then exceptions.

    ``fixed``: ``units`` in each cell. ``lognormal``: around ``units`` as the median. ``demand``:
    the units that trading is expected to want of the node in ``window_s`` (exact numbers of
    orders count whole), times ``cover``. Never below ``least``. ``nodes`` gives single nodes a
    fixed number, ``cells`` single items. In a share ``miscounted`` of the cells the record says
    one unit more than the shelf holds. ``opening`` is what a channel shows before the connector
    has published anything, by channel id: a number of units, or ``"record"``.
    """

    rule: Literal["fixed", "lognormal", "demand"] = "fixed"
    units: Count = 20
    sigma: Factor = 1.0
    cover: Factor = 1.5
    window_s: Seconds = 3_600.0
    least: Count = 0
    miscounted: Share = 0.0
    nodes: dict[str, Count] = {}
    cells: tuple[Cell, ...] = ()
    opening: dict[str, Count | Literal["record"]] = {}


# --- who comes ------------------------------------------------------------------------


class Delay(Table, frozen=True):
    """A lognormal delay: half of all are shorter than ``median_s``."""

    median_s: Seconds = 0.0
    sigma: Factor = 0.0


class Burst(Table, frozen=True):
    """A drop: from ``at_s`` after opening the rate is 1 + ``factor`` times as high, decaying."""

    at_s: Seconds = 0.0
    factor: Factor = 30.0
    decay_s: Annotated[float, Meta(gt=0)] = 300.0


class Demand(Table, frozen=True):
    """How many come, and when.

    ``per_hour`` is the mean over a day of the profile, times ``multiplier``; ``exactly`` asks for
    so many customers over the trading time instead (0: by rate). ``profile`` is a name or 24
    shares.
    """

    per_hour: Factor = 12.0
    exactly: Count = 0
    multiplier: Factor = 1.0
    profile: str | Hours = "flat"
    burst: Burst | None = None


class Rate(Table, frozen=True):
    """What differs in the demand of one channel; see :class:`Demand`."""

    per_hour: Factor | None = None
    exactly: Count | None = None
    multiplier: Factor | None = None
    profile: str | Hours | None = None
    burst: Burst | None = None


class Basket(Table, frozen=True):
    """What one customer wants: weights of 1, 2, 3 ... lines and of 1, 2, 3 ... units a line."""

    lines: Weights = (0.55, 0.22, 0.11, 0.06, 0.06)
    units: Weights = (0.92, 0.06, 0.02)


class Outcomes(Table, frozen=True):
    """Weights of what becomes of a payment; ``pending`` never becomes anything."""

    captured: Factor = 1.0
    authorised: Factor = 0.0
    failed: Factor = 0.0
    pending: Factor = 0.0


class Payment(Table, frozen=True):
    """Most payments settle soon, a ``slow_share`` of them late."""

    soon: Delay = Delay(median_s=2.0)
    slow: Delay = Delay(median_s=600.0, sigma=0.8)
    slow_share: Share = 0.0
    outcomes: Outcomes = Outcomes()


class Web(Table, frozen=True):
    """Shoppers of the storefronts.

    ``place``: a shopper takes goods from the place that offers ``most``, or from the first
    ``listed`` node of the channel that offers enough.
    """

    demand: Demand = Demand(profile="uk_online")
    basket: Basket = Basket()
    place: Literal["most", "listed"] = "most"
    payment: Payment = Payment()
    cancel_share: Share = 0.0
    cancel_after: Delay = Delay(median_s=120.0, sigma=0.8)
    edit_share: Share = 0.0
    edit_after: Delay = Delay(median_s=60.0, sigma=0.8)


class Offline(Table, frozen=True):
    """A store's till has no line for a while; what it kept goes up ``late_s`` after that."""

    store: str
    from_s: Seconds
    until_s: Seconds
    late_s: Seconds = 0.0


class Tills(Table, frozen=True):
    """Walk-in customers of the stores; ``demand`` is that of one store.

    ``asks``: a till refuses what its own record lacks; one that does not ask sells whatever a
    customer carries to it.
    """

    demand: Demand = Demand(profile="stores")
    basket: Basket = Basket()
    asks: bool = True
    return_share: Share = 0.0
    return_after: Delay = Delay(median_s=1_800.0, sigma=0.8)
    restock_share: Share = 1.0
    offline: tuple[Offline, ...] = ()


# --- who works ------------------------------------------------------------------------


class NodeFloor(Table, frozen=True):
    """What differs on the floor of one node."""

    waves: bool | None = None
    wave_s: Seconds | None = None
    wave_limit: Positive | None = None
    pickers: Positive | None = None
    packers: Positive | None = None


class Floor(Table, frozen=True):
    """Picking and packing. ``waves = false``: nothing is released but by an event.

    A wave takes up to ``wave_limit`` orders every ``wave_s`` (0: as soon as they come). One
    picker takes one order, line by line. ``split_share`` of the orders with several lines leave in
    two parcels.
    """

    waves: bool = True
    wave_s: Seconds = 30.0
    wave_limit: Positive = 1_000
    pickers: Positive = 4
    packers: Positive = 3
    store_pickers: Positive = 1
    store_packers: Positive = 1
    line: Delay = Delay(median_s=5.0, sigma=0.3)
    pack: Delay = Delay(median_s=10.0, sigma=0.3)
    split_share: Share = 0.0
    nodes: dict[str, NodeFloor] = {}


class Carrier(Table, frozen=True):
    """Collections and scans. ``collects = false``: parcels leave but by an event.

    The first scan comes ``scan_after`` the collection, at most ``scan_limit_s``; a share
    ``unscanned`` never has one. A delivery later than the trading time does not happen in the run.
    """

    collects: bool = True
    collect_s: Seconds = 60.0
    scan_after: Delay = Delay(median_s=30.0, sigma=0.5)
    scan_limit_s: Seconds = 120.0
    unscanned: Share = 0.0
    deliver_after: Delay = Delay(median_s=86_400.0, sigma=0.4)


class Returns(Table, frozen=True):
    """Online orders that come back: ``after`` the delivery, to the node ``to`` ("": where from)."""

    share: Share = 0.0
    after: Delay = Delay(median_s=580_000.0, sigma=0.7)
    to: str = ""


class Trading(Table, frozen=True):
    """The trading day: a named ``day`` with what this scenario changes of it.

    ``day_s`` seconds of run time are the 24 hours of a profile (0: the trading time is the whole
    day), and trading opens at hour ``opens_at_h`` of it (the run's own calendar unless stated).
    ``channels`` says what differs in the demand of single channels, by id.
    """

    day: str = "calm"
    day_s: Seconds = 86_400.0
    opens_at_h: Annotated[float, Meta(ge=0, lt=24)] | None = None
    web: Web = Web()
    tills: Tills = Tills()
    floor: Floor = Floor()
    carrier: Carrier = Carrier()
    returns: Returns = Returns()
    channels: dict[str, Rate] = {}

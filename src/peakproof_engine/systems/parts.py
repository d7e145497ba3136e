"""What an adapter brings to an engine: the ports that it fills, and its notices."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from peakproof_engine.clock import Clock
from peakproof_engine.config import Config
from peakproof_engine.guards import Guards
from peakproof_engine.http import Line
from peakproof_engine.systems.ports import (
    ItemMaster,
    MasterLevel,
    ShippedParcel,
    Shop,
    ShopNews,
    StockLevels,
    StockMaster,
    TillNews,
    Tills,
    Warehouse,
    WorkStatus,
)
from peakproof_engine.systems.shop_stock import Entries, Moves

News = MasterLevel | ShippedParcel | WorkStatus | ShopNews | TillNews


class UnsignedError(Exception):
    """A notice that does not prove where it comes from."""


async def _nothing_to_learn() -> None:
    """A system whose places need no asking."""


class Kit(NamedTuple):
    """What an adapter is made with.

    ``places`` are the system's own codes of the nodes that it sells from (all of its places if it
    sells nothing), ``line`` opens the way to a URL, ``other`` that to where tokens come from when
    it is another host. ``own`` begins every reference of ours.
    """

    config: Config
    clock: Clock
    guards: Guards
    places: Sequence[str]
    own: str
    line: Callable[[str], Line]
    other: Callable[[str, str], Line | None]


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """One system of an estate. A port is None where the system does not play that part.

    Where ``movements`` is None, the stock master needs no telling of what moves at the tills.

    A shop's stock is written by its ``entries`` or by its ``moves``, as the vendor has it.

    ``read`` takes headers and body of a notice; it raises :class:`UnsignedError`, or ``ValueError``
    when it cannot be read. A ``probed`` address is tried by the vendor before it is used.
    """

    subscribe: Callable[[str], Awaitable[None]]
    read: Callable[[Mapping[str, str], bytes], Sequence[News]]
    learn: Callable[[], Awaitable[None]] = _nothing_to_learn
    probed: bool = False
    stock: StockLevels | None = None
    movements: StockMaster | None = None
    warehouse: Warehouse | None = None
    items: ItemMaster | None = None
    shop: Shop | None = None
    entries: Entries | None = None
    moves: Moves | None = None
    tills: Tills | None = None

"""Who may offer what of one SKU at one node: pure rules, no clock, no call.

The books of a share are kept in *given* units (the net of all steps that the channel confirmed)
and *acked* units (what the channel sold and the master's figure has since taken off). A channel
shows given less sold. With A for what the master says is available, nobody promises too much as
long as::

    sum over channels of (given - acked)  <=  A - hold_back

because given - acked is what is shown plus what is sold and not yet acknowledged.

Whether A already includes a particular sale is not always known (the warehouse's answer and its
level notice race each other). So both readings are kept: ``acked_low`` counts only what A is
known to include, ``acked_high`` also what it may include. A share grows only by what is free
under the low reading and is cut only by what is missing under the high one.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import msgspec

from peakproof_engine.money import apportion


class ShareBook(msgspec.Struct, gc=False):
    """The books of one channel's share, in units.

    ``given`` includes steps of growth that are under way; ``cutting`` are units of a cut under
    way (not yet taken out of ``given``); ``doubt`` are units of a confirmed cut that the channel
    may have sold before the cut took effect. ``weight`` is the channel's recent demand.
    A share that ``rests`` has a step under way and gets no other.
    """

    given: int
    sold: int
    acked_low: int
    acked_high: int
    cutting: int = 0
    doubt: int = 0
    weight: int = 1
    rests: bool = False

    @property
    def held(self) -> int:
        """Units that count as gone to this channel: it may have sold more than it was given."""
        return max(self.given, self.sold)

    @property
    def shown(self) -> int:
        """Units that the channel shows, or will when what is under way is done."""
        return self.given - self.cutting - self.sold


class Cut(msgspec.Struct, frozen=True):
    """Take units from a share."""

    at: int
    units: int


class Grow(msgspec.Struct, frozen=True):
    """Give units to a share."""

    at: int
    units: int


Step = Cut | Grow


def first_served(sku: str, channels: int) -> int:
    """Which channel gets the odd unit of a SKU: some SKUs favour one, some the other."""
    return crc32(sku.encode()) % channels if channels else 0


def free_low(available: int, hold_back: int, shares: Sequence[ShareBook]) -> int:
    """Units that are certainly nobody's: what may be given out."""
    return available - hold_back - sum(share.held - share.acked_low for share in shares)


def free_high(available: int, hold_back: int, shares: Sequence[ShareBook]) -> int:
    """Units that are free if the master's figure includes all that it may; below 0: missing."""
    return (
        available
        - hold_back
        - sum(max(share.given - share.cutting, share.sold) - share.acked_high for share in shares)
    )


def allocate(
    available: int, hold_back: int, shares: Sequence[ShareBook], *, first: int, move: bool
) -> list[Step]:
    """The steps towards a fair division; cuts come first and growth waits for them.

    ``first`` is the share that gets the odd unit; with ``move`` a share that has run dry may be
    filled from another one.
    """
    missing = -free_high(available, hold_back, shares)
    if missing > 0:
        return _cuts(missing, shares, first) or _lifts(shares)
    low = free_low(available, hold_back, shares)
    if low > 0:
        steps = _growth(low, shares, first)
        if steps:
            return steps
    if move:
        return _moves(shares, first)
    return _lifts(shares)


def mirror(available: int, hold_back: int, shares: Sequence[ShareBook]) -> list[Step]:
    """Every channel is offered all of it, less what any channel sold and nobody acknowledged."""
    steps: list[Step] = []
    for at, share in enumerate(shares):
        if share.rests:
            continue
        others = [other for other in shares if other is not share]
        least = available - hold_back - sum(other.sold - other.acked_low for other in others)
        most = available - hold_back - sum(other.sold - other.acked_high for other in others)
        low = least - (share.given - share.acked_low)
        high = most - (share.given - share.cutting - share.acked_high)
        if high < 0 and share.shown > 0:
            steps.append(Cut(at, min(-high, share.shown)))
        elif low > 0:
            steps.append(Grow(at, low))
        elif share.shown < 0:
            steps.append(Grow(at, -share.shown))
    return steps


def targets(total: int, shares: Sequence[ShareBook], first: int) -> list[int]:
    """A fair division of units to show: one each as far as they go, the rest by demand."""
    count = len(shares)
    if total <= count:
        return apportion(max(0, total), [1] * count, first=first)
    rest = apportion(total - count, [share.weight for share in shares], first=first)
    return [1 + part for part in rest]


def _cuts(missing: int, shares: Sequence[ShareBook], first: int) -> list[Step]:
    shown = [max(0, share.shown) for share in shares]
    missing = min(missing, sum(shown))
    aims = targets(sum(shown) - missing, shares, first)
    steps: list[Step] = []
    # What lies above its aim goes first; what is still missing is taken wherever it is shown.
    wanted = [max(0, have - aim) for have, aim in zip(shown, aims, strict=True)]
    for spare in (wanted, shown):
        for at, share in enumerate(shares):
            units = min(missing, spare[at])
            if units > 0 and not share.rests:
                missing -= units
                shown[at] -= units
                steps.append(Cut(at, units))
        if missing == 0:
            break
    return _merged(steps)


def _merged(steps: list[Step]) -> list[Step]:
    """One step a share: two cuts of the same share become one."""
    units: dict[int, int] = {}
    for step in steps:
        units[step.at] = units.get(step.at, 0) + step.units
    return [Cut(at, many) for at, many in units.items()]


def _growth(free: int, shares: Sequence[ShareBook], first: int) -> list[Step]:
    shown = [max(0, share.shown) for share in shares]
    aims = targets(sum(shown) + free, shares, first)
    doubt = sum(share.doubt for share in shares)
    steps: list[Step] = []
    for at, share in enumerate(shares):
        # Units cut from another share count as free only when nobody can have sold them.
        able = free - (doubt - share.doubt)
        units = min(able, aims[at] - shown[at])
        if units > 0 and not share.rests:
            # A share that sold more than it was given is first brought back to nothing.
            steps.append(Grow(at, units - min(0, share.shown)))
            free -= units
    return steps


def _lifts(shares: Sequence[ShareBook]) -> list[Step]:
    """A channel that sold more than its share shows less than nothing: bring it back to nothing.

    That offers no unit to anybody, so it needs none that is free.
    """
    return [
        Grow(at, -share.shown)
        for at, share in enumerate(shares)
        if share.shown < 0 and not share.rests
    ]


def _moves(shares: Sequence[ShareBook], first: int) -> list[Step]:
    """Cut the fullest share for one that has run dry; its growth follows the confirmed cut."""
    if any(share.rests or share.doubt for share in shares):
        return []
    shown = [max(0, share.shown) for share in shares]
    total = sum(shown)
    if total < 2 or all(shown):
        return []
    aims = targets(total, shares, first)
    steps: list[Step] = []
    for at in range(len(shares)):
        spare = shown[at] - aims[at]
        if spare > 0:
            steps.append(Cut(at, spare))
    return steps

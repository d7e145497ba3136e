"""The connector's calls: which failed, on what, and how long the wire took."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from peakproof.history.records import Call, Hook
from peakproof.judging.books.names import topics

if TYPE_CHECKING:
    from peakproof.judging.court import Court

_BROKEN: Final = frozenset({0, 401, 403, 408, 429})
_MOST_KEYS: Final = 50
"""A longer list that was read tells of nothing in particular."""


class Line:
    """The calls to one system: how many of each operation, and how many at once."""

    __slots__ = ("count", "most", "ops", "seen", "until_s")

    def __init__(self) -> None:
        self.ops: dict[str, int] = {}
        self.until_s = 0.0
        self.count = 0
        """Calls that were answered in the second that ends then."""
        self.most = 0
        """The most calls that were answered in any second before."""
        self.seen: dict[str, float] = {}
        """When the connector last saw a resource, by a read or a notice."""


class CallBook:
    """Remembers trouble on the wire and how long calls and deliveries took."""

    __slots__ = (
        "_court", "_unsettled", "call_s", "deliveries", "failed", "failing", "hearing", "hook_s",
        "lines", "redelivered", "retries", "statuses", "trouble_s", "unknown", "watching",
        "write_s",
    )  # fmt: skip

    def __init__(self, court: Court) -> None:
        self._court = court
        self.call_s = array("d")
        self.write_s = array("d")
        self.hook_s = array("d")
        self.trouble_s = float("-inf")
        """When a system was last out of reach or unwilling for everybody."""
        self.lines: dict[str, Line] = {}
        """The calls to each system."""
        self.watching: list[Callable[[Call], None]] = []
        """Called with every call that went through; empty while nobody waits for one."""
        self.failing: list[Callable[[Call], None]] = []
        """Called with every other one."""
        self.hearing: list[Callable[[Hook], None]] = []
        """Called with every delivery that the connector took; empty while nobody waits."""
        self.deliveries = 0
        self.redelivered = 0
        self.statuses: dict[int, int] = {}
        """How many calls did not go through, by status (0: no whole answer)."""
        self.unknown = 0
        self.retries = 0
        """Calls that had failed or were unknown and were sent again, byte for byte."""
        self._unsettled: dict[tuple[str, str, int], int] = {}
        self.failed: dict[str, float] = {}
        """When a call last failed, by what its keys name."""

    def on_call(self, record: Call) -> None:
        """A call of the connector is settled."""
        line = self.lines.get(record.system)
        if line is None:
            line = self.lines[record.system] = Line()
        ops = line.ops
        ops[record.op] = ops.get(record.op, 0) + 1
        done_s = record.done
        if done_s < line.until_s:
            line.count += 1
        else:
            line.until_s = done_s // 1.0 + 1.0
            line.most = max(line.most, line.count)
            line.count = 1
        took_s = done_s - record.t
        self.call_s.append(took_s)
        if self._unsettled:
            self.retries += self._unsettled.pop((record.system, record.op, record.req), 0)
        if not 200 <= record.status < 400:
            self._failed(record)
            return
        effect = record.effect
        if effect == "stock":
            self.write_s.append(took_s)
        elif effect == "read" and len(record.keys) <= _MOST_KEYS:
            for key in record.keys:
                line.seen[key] = done_s
        if self.watching:
            for hear in tuple(self.watching):
                hear(record)

    def _failed(self, record: Call) -> None:
        status = record.status
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self._unsettled[record.system, record.op, record.req] = 1
        if record.outcome == "unknown":
            self.unknown += 1
        if status in _BROKEN or status >= 500:
            self.trouble_s = self._court.now
        for key in record.keys:
            for topic in topics(key):
                self.failed[topic] = self._court.now
        for hear in self.failing:
            hear(record)

    def on_hook(self, record: Hook) -> None:
        """A delivery to the connector is settled."""
        self.deliveries += 1
        if record.attempt > 1:
            self.redelivered += 1
        if record.outcome == "ok":
            self.hook_s.append(record.done - record.t)
            line = self.lines.get(record.system)
            if line is not None:
                line.seen[record.key] = line.seen[f"order:{record.key}"] = record.done
            if self.hearing:
                for hear in tuple(self.hearing):
                    hear(record)
        elif record.status == 0:
            self.trouble_s = self._court.now

    def seen_s(self, system: str, key: str) -> float:
        """When the connector last saw a resource by a read or a notice; below 0: never."""
        line = self.lines.get(system)
        return line.seen.get(key, -1.0) if line is not None else -1.0

    def forget(self, system: str, order: str) -> None:
        """An order is finished: when it was seen matters no more."""
        line = self.lines.get(system)
        if line is not None:
            line.seen.pop(order, None)
            line.seen.pop(f"order:{order}", None)


def median(values: array[float]) -> float:
    """The middle value, 0 when there is none."""
    if not values:
        return 0.0
    return sorted(values)[len(values) // 2]


def quantile(values: array[float], share: float) -> float:
    """The value below which a share of all lies (nearest rank), 0 when there is none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

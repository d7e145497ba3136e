"""The connector's calls: which failed, on what, and how long the wire took."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

from peakproof.history.records import Call, Hook

if TYPE_CHECKING:
    from peakproof.court import Court

_BROKEN: Final = frozenset({0, 401, 403, 408, 429})
_KINDS: Final = frozenset({"order", "work", "stock", "item", "sale"})


def topics(key: str) -> tuple[str, ...]:
    """What a key may name: itself, without its kind, and a stock cell's SKU.

    ``stock:SKU-1@W1`` names ``stock:SKU-1@W1``, ``SKU-1@W1`` and ``SKU-1``.
    """
    kind, sign, name = key.partition(":")
    if not sign or kind not in _KINDS:
        name = key
    sku, at, _ = name.rpartition("@")
    found = dict.fromkeys((key, name, sku if at else name))
    return tuple(topic for topic in found if topic)


class CallBook:
    """Remembers trouble on the wire and how long calls and deliveries took."""

    __slots__ = ("_court", "call_s", "failed", "hook_s", "trouble_s", "write_s")

    def __init__(self, court: Court) -> None:
        self._court = court
        self.call_s = array("d")
        self.write_s = array("d")
        self.hook_s = array("d")
        self.trouble_s = float("-inf")
        """When a system was last out of reach or unwilling for everybody."""
        self.failed: dict[str, float] = {}
        """When a call last failed, by what its keys name."""

    def on_call(self, record: Call) -> None:
        """A call of the connector is settled."""
        took_s = record.done - record.t
        self.call_s.append(took_s)
        status = record.status
        if 200 <= status < 400:
            if record.effect == "stock":
                self.write_s.append(took_s)
            return
        if status in _BROKEN or status >= 500:
            self.trouble_s = self._court.now
        for key in record.keys:
            for topic in topics(key):
                self.failed[topic] = self._court.now

    def on_hook(self, record: Hook) -> None:
        """A delivery to the connector is settled."""
        if record.outcome == "ok":
            self.hook_s.append(record.done - record.t)
        elif record.status == 0:
            self.trouble_s = self._court.now


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

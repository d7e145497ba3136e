"""The papers of one order: the channel's promise, the warehouse's work, parcels, money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from peakproof.history.records import AnyRecord, Document, Line, Reservation
from peakproof.judging.books.shelves import Sku


class Promise:
    """Units of one SKU that a channel promised; ``mask`` are the nodes that may serve it."""

    __slots__ = ("held", "held_mask", "mask", "open", "price_minor", "sku")

    def __init__(self, sku: Sku, mask: int, units: int, price_minor: int) -> None:
        self.sku = sku
        self.mask = mask
        self.open = units
        self.price_minor = price_minor
        self.held_mask = 0
        self.held = 0
        """Units of it that a warehouse order has taken on, at the nodes of ``held_mask``."""


class Tally:
    """Units of one SKU in one order, counted at every station."""

    __slots__ = ("confirmed", "cut", "ordered", "price_minor", "shipped", "withdrawn", "worked")

    def __init__(self) -> None:
        self.ordered = 0
        self.withdrawn = 0
        self.worked = 0
        """In warehouse orders that live or have shipped."""
        self.cut = 0
        self.shipped = 0
        self.confirmed = 0
        self.price_minor = 0

    @property
    def wanted(self) -> int:
        """Units that the customer still has coming or has got."""
        return self.ordered - self.withdrawn

    @property
    def untaken(self) -> int:
        """Wanted units that no warehouse order ever took on."""
        return max(0, self.wanted - self.worked - self.cut)


class Work:
    """A warehouse order."""

    __slots__ = ("left", "live", "node", "number", "order", "place", "shipped", "state")

    def __init__(self, number: str, order: Order | None, place: str, node: int) -> None:
        self.number = number
        self.order = order
        self.place = place
        self.node = node
        self.left: dict[str, int] = {}
        """Units by SKU that are to ship yet."""
        self.shipped: dict[str, int] = {}
        self.state = "new"
        self.live = True


class Order:
    """A channel's order on its way. Times are run time in seconds, below 0 while not happened."""

    __slots__ = (
        "back", "backlogged", "bundled", "cancel_s", "captures", "confirms", "cut_s", "done",
        "due_s", "foreign", "id", "means", "notices", "number", "open_units", "overdue_s",
        "paid_minor", "papers", "parcels", "placed_no", "placed_s", "promises", "refunded_minor",
        "refunds", "reported_s", "reserved", "returned", "scans", "sent", "sources", "state",
        "system", "tally", "total_minor", "touched_s", "trail", "trouble_s", "unmapped", "works",
    )  # fmt: skip

    def __init__(self, system: str, number: str) -> None:
        self.system = system
        self.number = number
        self.id = ""
        self.trail: list[tuple[int, AnyRecord]] = []
        self.promises: list[Promise] = []
        self.tally: dict[str, Tally] = {}
        self.works: list[Work] = []
        self.parcels: dict[str, dict[str, int]] = {}
        """Units by SKU of each shipped parcel, under its number and under its tracking."""
        self.confirms: dict[str, dict[str, int]] = {}
        """Units by SKU that the channel recorded, by reference."""
        self.sources: dict[str, int] = {}
        """The node that each of them left, by the same names (below 0: nobody knows)."""
        self.scans: dict[str, str] = {}
        """Parcels that the carrier has scanned, by the same names."""
        self.notices: dict[str, int] = {}
        self.means: dict[str, float] = {}
        """When the channel's state first meant what (``shipped``, ``cancelled`` …)."""
        self.state: dict[str, str] = {}
        """What each of its states means now, by which state."""
        self.foreign: dict[str, tuple[float, str]] = {}
        """By which state: when somebody else than the connector last set it, and to what."""
        self.open_units = 0
        """Promised units that are neither shipped nor withdrawn."""
        self.total_minor = self.paid_minor = 0
        self.captures: dict[str, int] = {}
        """Minor units of money that were captured, by reference."""
        self.refunded_minor = self.refunds = 0
        self.placed_no = 0
        self.placed_s = -1.0
        self.due_s = -1.0
        """When it could go to the warehouse."""
        self.overdue_s = -1.0
        self.cut_s = self.cancel_s = self.reported_s = self.trouble_s = -1.0
        self.touched_s = -1.0
        """When the connector last changed it at its channel."""
        self.sent = 0
        """Parcels on their way."""
        self.bundled = False
        """Some of it was sold as a bundle."""
        self.papers: dict[tuple[str, str], Document] = {}
        """Its documents at the channel by kind and number, as last written."""
        self.reserved: dict[str, int] = {}
        """Signed units by SKU that the channel's reservations of it sum to."""
        self.unmapped: dict[str, int] = {}
        """Units that were sold from places that the estate does not know."""
        self.back: dict[str, int] = {}
        """Units by SKU that the customer brought or sent back."""
        self.backlogged = self.returned = self.done = False

    def pay(self, what: str, amount_minor: int, ref: str, now_s: float) -> None:
        """Money of it was authorised or captured, failed to come, or went back."""
        if what == "refunded":
            self.refunded_minor += amount_minor
            self.refunds += 1
            return
        if what == "failed":
            self.wrong(now_s)
            return
        if what == "captured":
            self.captures[ref] = amount_minor
        self.paid_minor = max(self.paid_minor, amount_minor)
        self.means.setdefault(what, now_s)

    def file(self, record: Document | Reservation) -> None:
        """Its channel wrote a document of it, or noted a reservation."""
        if isinstance(record, Document):
            self.papers[record.kind, record.number] = record
        else:
            self.reserved[record.sku] = self.reserved.get(record.sku, 0) + record.units

    def leave(
        self, names: Iterable[str], units_by_sku: dict[str, int], *, node: int, sign: int
    ) -> None:
        """A parcel of it left a node, or (``sign`` below 0) is back there."""
        self.sent += sign
        for name in names:
            if sign > 0 and name:
                self.parcels[name] = units_by_sku
                self.sources[name] = node
            else:
                self.parcels.pop(name, None)

    def wrong(self, now_s: float) -> None:
        """Something is not as it should be: a report about the order has a reason."""
        if self.trouble_s < 0:
            self.trouble_s = now_s

    @property
    def open_minor(self) -> int:
        """What the units that are still open were sold for."""
        return sum(promise.open * promise.price_minor for promise in self.promises)

    @property
    def validated(self) -> bool:
        """The money is there or promised; the shop has looked it through and holds it not."""
        paid = "captured" in self.means or "authorised" in self.means
        return paid and "acknowledged" in self.means and self.state.get("hold") != "held"

    @property
    def captured_minor(self) -> int:
        """What has been captured of its money."""
        return sum(self.captures.values())

    def missing(self) -> dict[str, int]:
        """Units by SKU that no warehouse order is going to ship or has shipped."""
        return {
            sku: short
            for sku, tally in self.tally.items()
            if (short := tally.wanted - tally.worked) > 0
        }

    def untaken(self) -> dict[str, int]:
        """Units by SKU that no warehouse order ever took on."""
        return {sku: left for sku, tally in self.tally.items() if (left := tally.untaken)}

    def worth(self, units: dict[str, int]) -> int:
        """Minor units of money that these units by SKU were sold for."""
        return sum(
            count * self.tally[sku].price_minor for sku, count in units.items() if sku in self.tally
        )

    @property
    def shipped_minor(self) -> int:
        """What has been shipped, at the prices of the order; all of it is worth its total."""
        return self.share({sku: tally.shipped for sku, tally in self.tally.items()})

    def share(self, units: Mapping[str, int]) -> int:
        """What these units by SKU have in its total; no more of a SKU than was ordered."""
        goods = sum(tally.ordered * tally.price_minor for tally in self.tally.values())
        part = sum(
            min(count, self.tally[sku].ordered) * self.tally[sku].price_minor
            for sku, count in units.items()
            if sku in self.tally
        )
        if not goods:
            return 0
        return self.total_minor * part // goods if self.total_minor else part


def by_sku(lines: Iterable[Line]) -> dict[str, int]:
    """Units by SKU of some lines."""
    units: dict[str, int] = {}
    for line in lines:
        units[line.sku] = units.get(line.sku, 0) + line.units
    return units


def explode(lines: Iterable[Line], bundles: Mapping[str, Mapping[str, int]]) -> Iterable[Line]:
    """Order lines as what is shipped: a bundle becomes its components, its price shared out."""
    for line in lines:
        parts = bundles.get(line.sku)
        if parts is None:
            yield line
            continue
        price_minor = line.price_minor // sum(parts.values())
        for sku, units in parts.items():
            yield Line(line.line, sku, units * line.units, price_minor, line.place)

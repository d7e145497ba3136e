"""Bundles that are offered more often, or less, than their parts allow."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import Level, Phase, Record
from peakproof.judging.books.episode import Episode
from peakproof.judging.books.evidence import slice_of
from peakproof.judging.books.shelves import Sku
from peakproof.judging.court import Court, span
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "bundle_diverged"


class _Offer:
    """A bundle in one cell of a channel: what is shown of it, and how often its parts make it."""

    __slots__ = ("above", "below", "level", "parts", "place", "sku", "system")

    def __init__(self, system: str, place: str, sku: Sku, parts: Mapping[str, int]) -> None:
        self.system = system
        self.place = place
        self.sku = sku
        self.parts = parts
        self.level = 0
        self.above: Episode | None = None
        """Since when, and by how much, more is shown than the parts make."""
        self.below: Episode | None = None


@invariant(
    _NAME,
    flows=("stock",),
    limits=("publish_s", "ghost_s"),
    owner="merchandising",
    cure="Set the bundle to what its scarcest part allows; let the connector work each bundle out "
    "again whenever the level of one of its parts changes.",
)
class BundleDiverged:
    """A channel shows a bundle as often as its scarcest component can make it there.

    That is the least of what the same channel shows of each component at the same place, divided
    by the units in a bundle; of a component that is not shown there, what is free counts. It may
    be above that for ``publish_s`` and below for ``ghost_s``, whatever happened in between.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._bundles = court.estate.bundles
        self._offers: dict[str, dict[tuple[str, str], _Offer]] = {}
        """By bundle, then by system and place."""
        self._sellers = {channel.system: None for channel in court.estate.channels}
        self._holding: dict[str, list[str]] = {}
        """The bundles that a component is in."""
        for bundle, parts in self._bundles.items():
            self._offers[bundle] = {}
            for sku in parts:
                self._holding.setdefault(sku, []).append(bundle)
        self._above_s = court.judging.publish_s
        self._below_s = court.judging.ghost_s
        if self._bundles:
            court.stock.looks.append(self._survey)

    def reads(self) -> Mapping[type[Record], Reader]:
        """Published levels of bundles; the stock book tells of their parts."""
        return {Level: self._on_level, Phase: self._on_phase} if self._bundles else {}

    def _on_level(self, record: Level) -> None:
        parts = self._bundles.get(record.sku)
        system, place = record.system, record.place
        if parts is None or system == self._court.estate.masters.stock:
            return
        book = self._court.stock.get(record.sku)
        offers = self._offers[record.sku]
        if (system, place) not in offers and system in self._sellers:
            offers[system, place] = _Offer(system, place, book, parts)
        if offer := offers.get((system, place)):
            offer.level = record.available
            self._look(offer)

    def _on_phase(self, _record: Phase) -> None:
        for offers in self._offers.values():
            for offer in offers.values():
                self._look(offer)

    def _survey(self, sku: Sku, _now_s: float) -> None:
        for bundle in self._holding.get(sku.sku, ()):
            for offer in self._offers[bundle].values():
                self._look(offer)

    def _made(self, offer: _Offer) -> int:
        """How often the parts make the bundle."""
        return max(0, min(self._part(offer, sku) // units for sku, units in offer.parts.items()))

    def _part(self, offer: _Offer, name: str) -> int:
        sku = self._court.stock.get(name)
        cell = sku.cells.get((offer.system, offer.place))
        if cell is not None and cell.seen:
            return cell.level
        mask = self._court.atlas.draws(offer.system, offer.place)
        promised = sum(units for other, units in sku.committed.items() if other & mask)
        return sku.units_at(mask) - promised - sku.keep

    # --- episodes ---------------------------------------------------------------------

    def _look(self, offer: _Offer) -> None:
        if not self._court.trading:
            return
        self._docket.exercised += 1
        made, shown = self._made(offer), max(0, offer.level)
        offer.above = self._follow(offer, offer.above, shown, made, self._above_s)
        offer.below = self._follow(offer, offer.below, made, shown, self._below_s)

    def _follow(
        self, offer: _Offer, episode: Episode | None, figure: int, bound: int, limit_s: float
    ) -> Episode | None:
        now_s = self._court.now
        if episode is not None:
            if figure > bound and episode.goes_on(now_s, figure, bound, limit_s=limit_s):
                return episode
            self._end(offer, episode, limit_s, above=episode is offer.above)
        return Episode(now_s, self._court.no, figure, bound) if figure > bound else None

    def _end(self, offer: _Offer, episode: Episode, limit_s: float, *, above: bool) -> None:
        court = self._court
        units = episode.ended(court.now, limit_s=limit_s)
        if not units:
            return
        shown, made = (episode.figure, episode.bound) if above else (episode.bound, episode.figure)
        trail = list(offer.sku.recent)
        for part in offer.parts:
            trail += court.stock.get(part).recent
        mask = court.atlas.draws(offer.system, offer.place)
        court.breach(
            _NAME,
            key=offer.sku.sku,
            kind="above" if above else "below",
            at_s=episode.since_s,
            units=units,
            money_minor=units * offer.sku.price_minor,
            sentence=f"{offer.system} {offer.place}".rstrip() + f" showed {shown} of the bundle "
            f"{offer.sku.sku} when its parts made {made}, for {span(court.now - episode.since_s)} "
            f"({span(limit_s)} allowed).",
            expected=str(made),
            found=str(shown),
            trail=slice_of(court.atlas, trail, mask, since=episode.no),
        )

    def close(self) -> None:
        """What is still wrong at the end."""
        for offers in self._offers.values():
            for offer in offers.values():
                if offer.above is not None:
                    self._end(offer, offer.above, self._above_s, above=True)
                if offer.below is not None:
                    self._end(offer, offer.below, self._below_s, above=False)

"""Units that could be sold and are not for sale."""

from __future__ import annotations

from collections.abc import Mapping

from peakproof.history.records import Placed, Record, Sale, TurnedAway
from peakproof.judging.books.episode import Episode
from peakproof.judging.books.evidence import slice_of
from peakproof.judging.books.shelves import Sku, Watch
from peakproof.judging.books.tills import Slip
from peakproof.judging.court import Court, Pending, plural, span
from peakproof.judging.invariants.registry import Reader, invariant

_NAME = "ghost_stock"


@invariant(
    _NAME,
    flows=("stock", "returns"),
    limits=("ghost_s", "return_s"),
    owner="e-commerce",
    cure="Publish what the stock master says of this SKU; look in the story for the "
    "receipt, return or cancellation that was not passed on.",
)
class GhostStock:
    """Free units are offered, returns come back on sale, and the stated demand is served.

    Units are ghosts when, for longer than ``ghost_s``, the channels of a place showed fewer than
    were free beyond the hold-back at any moment of that time. A till return that the stock master
    does not have after ``return_s`` makes ghosts too. Publishing nothing is no cure for
    overselling: the demand that the scenario states has to be served.
    """

    def __init__(self, court: Court) -> None:
        self._court = court
        self._docket = court.dockets[_NAME]
        self._limit_s = court.judging.ghost_s
        self._served: dict[tuple[str, str], int] = {}
        self._returns = Pending(court, self._accuse)
        court.stock.looks.append(self._look)
        court.tills.booked.append(self._booked)

    def reads(self) -> Mapping[type[Record], Reader]:
        """Customers who were refused, and demand that was served."""
        reads: dict[type[Record], Reader] = {TurnedAway: self._on_turned_away}
        if self._court.judging.demand:
            reads[Placed] = self._on_placed
            reads[Sale] = self._on_sale
        return reads

    # --- free and not shown -----------------------------------------------------------

    def _look(self, sku: Sku, now_s: float) -> None:
        for watch in sku.watches:
            episode = watch.under
            free, shown = watch.target, watch.shown
            if free:
                self._docket.exercised += 1
            if shown < free and watch.open_at_all():
                if episode is not None:
                    if episode.goes_on(now_s, free, shown, limit_s=self._limit_s):
                        continue
                    self._end(sku, watch, episode, now_s)
                watch.under = Episode(now_s, self._court.no, free, shown)
            elif episode is not None:
                self._end(sku, watch, episode, now_s)

    def _end(self, sku: Sku, watch: Watch, episode: Episode, now_s: float) -> None:
        turned, watch.turned, watch.under = watch.turned, 0, None
        units = episode.ended(now_s, limit_s=self._limit_s)
        if not units:
            return
        cells = ", ".join(f"{cell.system} {cell.place}".rstrip() for cell in watch.cells)
        refused = f" {plural(turned, 'unit')} refused to customers meanwhile." if turned else ""
        self._court.breach(
            _NAME,
            key=sku.sku,
            kind="not offered",
            at_s=episode.since_s,
            units=units,
            money_minor=max(turned, units) * sku.price_minor,
            sentence=f"{cells} offered {episode.bound} of {sku.sku} when {episode.figure} were "
            f"free, for {span(now_s - episode.since_s)} ({span(self._limit_s)} allowed).{refused}",
            expected=str(episode.figure),
            found=str(episode.bound),
            trail=slice_of(self._court.atlas, sku.recent, watch.mask, since=episode.no),
        )

    def _on_turned_away(self, record: TurnedAway) -> None:
        court = self._court
        sku = court.stock.get(record.sku)
        mask = court.atlas.draws(record.system, record.place)
        for watch in sku.watches:
            if watch.under is None or not watch.mask & mask:
                continue
            if court.now - watch.under.since_s > self._limit_s:
                watch.turned += min(record.units, watch.target)

    # --- returns ----------------------------------------------------------------------

    def _booked(self, slip: Slip) -> None:
        if slip.what == "return" and self._court.plays("returns"):
            self._docket.exercised += 1
            self._court.later(self._court.judging.return_s, self._due, slip)

    def _due(self, slip: Slip) -> None:
        if slip.settled or slip.excused or slip.reported_s >= 0:
            return
        slip.late_s = self._court.now
        self._court.late("return", slip, slip.t)
        self._returns.add(slip)

    def _accuse(self, slip: Slip) -> None:
        court = self._court
        if slip.reported_s >= 0 or slip.wasted:
            return
        units = sum(slip.units.values())
        late = f"came {span(slip.posted_s - slip.t)} after it" if slip.settled else "never had it"
        court.breach(
            _NAME,
            key=slip.sale,
            kind="return",
            at_s=slip.t,
            units=units,
            money_minor=slip.minor,
            sentence=f"{plural(units, 'unit')} came back at {slip.place} with return {slip.sale}; "
            f"the stock master {late} ({span(court.judging.return_s)} allowed).",
            expected="one receipt in the stock master",
            found=f"{sum(slip.booked.values())} units booked",
            trail=slip.trail,
        )

    # --- demand -----------------------------------------------------------------------

    def _on_placed(self, record: Placed) -> None:
        for line in record.lines:
            mask = self._court.atlas.draws(record.system, line.place)
            self._serve(record.system, mask, line.sku, line.units)

    def _on_sale(self, record: Sale) -> None:
        if record.what == "sale":
            mask = self._court.atlas.cell(record.system, record.place)
            for line in record.lines:
                self._serve(record.system, mask, line.sku, abs(line.units))

    def _serve(self, system: str, mask: int, sku: str, units: int) -> None:
        channel = self._court.atlas.channel(system, mask)
        if channel is not None:
            for key in ((channel.id, sku), (channel.id, "")):
                self._served[key] = self._served.get(key, 0) + units

    def close(self) -> None:
        """Units that are still not offered, returns that never came, demand that was not met."""
        court = self._court
        for sku in court.stock.skus.values():
            for watch in sku.watches:
                if watch.under is not None:
                    self._end(sku, watch, watch.under, court.end_s)
        self._returns.close()
        for demand in court.judging.demand:
            self._docket.exercised += 1
            served = self._served.get((demand.channel, demand.sku), 0)
            short = demand.units - served
            if short > 0:
                what = demand.sku or "all SKUs together"
                price_minor = court.stock.get(demand.sku).price_minor if demand.sku else 0
                court.breach(
                    _NAME,
                    key=demand.sku or demand.channel,
                    kind="demand",
                    at_s=court.end_s,
                    units=short,
                    money_minor=short * price_minor,
                    sentence=f"{demand.channel} served {served} of {what}; "
                    f"{plural(demand.units, 'unit')} had to be.",
                    expected=f"at least {demand.units}",
                    found=str(served),
                    trail=court.stock.get(demand.sku).recent if demand.sku else (),
                )

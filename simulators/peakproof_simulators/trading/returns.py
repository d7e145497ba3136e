"""Online orders that come back to a warehouse, days after they were delivered."""

from __future__ import annotations

from peakproof.ledger import shelf
from peakproof_simulators.trading.jobs import Parcel
from peakproof_simulators.trading.ports import Floor
from peakproof_simulators.trading.stage import Due, Lag, Stage
from peakproof_simulators.trading.tables import Returns as ReturnsTable


class Returns:
    """What customers send back. ``places`` gives the warehouse system's code of each node."""

    def __init__(
        self, stage: Stage, floor: Floor, spec: ReturnsTable, places: dict[str, str]
    ) -> None:
        rng = stage.stream("returns")
        self._stage = stage
        self._floor = floor
        self._spec = spec
        self._places = places
        self._rng = rng
        self._after = Lag(spec.after, rng)

    def delivered(self, parcel: Parcel, node: str) -> None:
        """A parcel reached its customer, who may send it back; later than trading is never."""
        comes_back = self._rng.random() < self._spec.share
        after_s = self._after.draw()
        if comes_back:
            target = self._spec.to or node
            self._stage.later_if_trading(after_s, self._arrives, (parcel, target))

    def _arrives(self, event: Due) -> None:
        parcel, node = event.value
        world = self._stage.world
        with world.acting("warehouse"):
            for pick in parcel.lines:
                world.ledger.move(
                    sku=pick.sku, units=pick.units, src="customer", dst=shelf(node),
                    cause="return", by="warehouse", ref=parcel.job.number,
                )  # fmt: skip
                self._floor.receive(
                    self._places[node], pick.sku, pick.units, reference=parcel.job.number
                )

"""A quiet run of the trading day in which a test tells each event."""

from __future__ import annotations

from typing import Any

from peakproof.history.records import Record
from peakproof_simulators.trading.standins import ESTATE, LittleRun


class Aimed:
    """A quiet run; ``tell(kind, ...)`` does one event and keeps what was written.

    It plays in the stand-ins' estate unless ``estate`` is another one.
    """

    def __init__(self, **spec: Any) -> None:
        trading = {"day": "quiet", **spec.pop("trading", {})}
        estate = spec.pop("estate", ESTATE)
        self.run = LittleRun({"stock": {"units": 5}, **spec, "trading": trading}, estate=estate)
        self.run.day.start(3_600.0)
        self.records = self.run.listen()

    def tell(self, kind: str, **parameters: Any) -> bool:
        return self.run.day.act({"kind": kind, **parameters})

    def said(self, kind: type[Record]) -> list[Any]:
        return [record for record in self.records if type(record) is kind]

    def sku(self, number: int) -> str:
        return self.run.day.items[number - 1].sku

    def units(self, place: str, number: int) -> int:
        return self.run.world.ledger.at(place, self.sku(number))

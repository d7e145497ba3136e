"""The warehouse system's side of a day: a floor and a carrier for every node that it knows."""

from __future__ import annotations

from typing import Final

from peakproof.errors import ScenarioError
from peakproof_simulators.trading.carrier import Carrier
from peakproof_simulators.trading.jobs import Book, Job
from peakproof_simulators.trading.ports import Floor
from peakproof_simulators.trading.returns import Returns
from peakproof_simulators.trading.stage import Bought, Stage
from peakproof_simulators.trading.tables import Trading
from peakproof_simulators.trading.warehouse import Facility

IN_HAND: Final = frozenset({"released", "picking", "picked"})
"""Stages of a job that somebody on the floor is at work on."""


class Floors:
    """All floors of one warehouse system. ``floor`` is None in an estate without one."""

    def __init__(self, stage: Stage, system: str, floor: Floor | None, trading: Trading) -> None:
        self._collects = trading.carrier.collects
        self._floor = floor
        self._lacking = stage.lacking.get(system, {})
        self.system = system
        self.codes = {
            node.id: node.places[system] for node in stage.estate.nodes if system in node.places
        }
        self.facilities: dict[str, Facility] = {}
        self.carriers: dict[str, Carrier] = {}
        self.book = Book(system, {code: node_id for node_id, code in self.codes.items()})
        if floor is None:
            return
        if len(set(self.codes.values())) < len(self.codes):
            raise ScenarioError(
                f"estate.nodes: two nodes have the same place in {system}; a facility has one shelf"
            )
        self._open(stage, floor, trading)

    def _open(self, stage: Stage, floor: Floor, trading: Trading) -> None:
        returns = Returns(stage, floor, trading.returns, self.codes)
        for node in stage.estate.nodes:
            if node.id not in self.codes:
                continue
            carrier = Carrier(stage, self.book, floor, returns, node=node.id, spec=trading.carrier)
            facility = Facility(
                stage, self.book, floor, carrier, node=node.id, place=self.codes[node.id],
                kind=node.kind, spec=trading.floor,
            )  # fmt: skip
            self.carriers[node.id] = carrier
            self.facilities[node.id] = facility
        self.book.on_work = self._wake
        self.book.on_end = self._ended
        stage.world.recorder.hears.update(self.book.listeners())

    @property
    def floor(self) -> Floor:
        """The warehouse system as the people on the floor use it.

        Raises:
            ScenarioError: the estate has none.
        """
        if self._floor is None:
            raise ScenarioError("estate.warehouse: this event needs a warehouse system")
        return self._floor

    def code(self, node_id: str) -> str:
        """What the warehouse system calls a node.

        Raises:
            ScenarioError: it does not know the node.
        """
        if node_id not in self.codes:
            raise ScenarioError(
                f"estate.nodes: {self.system or 'no warehouse system'} has no place for {node_id}"
            )
        return self.codes[node_id]

    def knows(self, sku: str) -> bool:
        """Whether the warehouse system has the item in its master by now."""
        return sku not in self._lacking

    def facility(self, job: Job) -> Facility:
        """The floor that a job is worked on."""
        return self.facilities[job.node]

    def carrier(self, job: Job) -> Carrier:
        """The carrier that collects a job's parcels."""
        return self.carriers[job.node]

    def jobs(self, bought: Bought | None) -> list[Job]:
        """The unfinished warehouse orders that carry the number of a channel's order."""
        return [] if bought is None else self.book.find(bought.order)

    def unfinished(self) -> int:
        """Orders that wait for a wave, are worked on, or stand packed for a collection to come."""
        in_hand = sum(
            job.stage in IN_HAND or (job.stage == "packed" and self._collects)
            for job in self.book.jobs.values()
        )
        return in_hand + sum(facility.ready() for facility in self.facilities.values())

    def _wake(self, place: str) -> None:
        for facility in self.facilities.values():
            if place in ("", facility.place):
                facility.wake()

    def _ended(self, job: Job) -> None:
        self.facility(job).ended(job)

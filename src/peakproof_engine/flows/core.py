"""What all flows share: configuration, clocks, books, store, desk, lanes."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from peakproof_engine.clock import Clock
from peakproof_engine.config import Config
from peakproof_engine.desk import Desk, log
from peakproof_engine.errors import CallError
from peakproof_engine.flows.cells import Ledger
from peakproof_engine.guards import Guards
from peakproof_engine.lanes import Handle, Lane
from peakproof_engine.mapping import Places, channels_by_node
from peakproof_engine.store.database import Store


class Core:
    """The common ground of one engine's flows."""

    def __init__(
        self, config: Config, guards: Guards, clock: Clock, store: Store, desk: Desk
    ) -> None:
        self.config = config
        self.policy = config.policy
        self.cadence = config.cadence
        self.guards = guards
        self.clock = clock
        self.wall = clock.wall
        self.store = store
        self.desk = desk
        self.places = Places(config.nodes)
        self.ledger = Ledger(
            store, guards, channels_by_node(config), config.policy.demand_half_life_s
        )
        self.lanes: list[Lane] = []
        desk.lane = self.lane("desk", desk.tell)

    def lane(
        self, name: str, handle: Handle, give_up: Callable[[str, CallError], None] | None = None
    ) -> Lane:
        """Open a queue of work; ``give_up`` is told of keys that are not tried again."""

        def dropped(key: str, error: CallError) -> None:
            log(f"{name} {key}: given up: {error}")
            if give_up is not None:
                give_up(key, error)

        made = Lane(
            name,
            handle,
            self.config.wire,
            retries=self.guards.retry_unknown,
            give_up=dropped,
            fault=self._fault,
        )
        self.lanes.append(made)
        return made

    def _fault(self, lane: str, key: str, error: Exception) -> None:
        log(f"{lane} {key}: {''.join(traceback.format_exception(error))}")
        self.desk.park(f"{lane} {key}", "engine_fault", f"{type(error).__name__}: {error}")

    def hold_back(self, node: str, sku: str) -> int:
        """Units of a SKU that are not offered at a node."""
        if not self.guards.hold_back:
            return 0
        own = self.policy.hold_backs.get(sku)
        if own is not None:
            return own
        for each in self.config.nodes:
            if each.id == node and each.hold_back is not None:
                return each.hold_back
        return self.policy.hold_back

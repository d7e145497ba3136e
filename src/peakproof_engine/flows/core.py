"""What all flows share: configuration, clocks, books, store, desk, lanes."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Coroutine
from math import inf
from typing import Any

from peakproof_engine.clock import Clock
from peakproof_engine.config import Config
from peakproof_engine.desk import Desk, log
from peakproof_engine.errors import CallError
from peakproof_engine.flows.cells import Ledger
from peakproof_engine.guards import Guards
from peakproof_engine.lanes import Handle, Lane
from peakproof_engine.mapping import Places, channels_by_node
from peakproof_engine.store.database import Store
from peakproof_engine.systems.access import plays


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
        self.places = Places(config.nodes, alike="" if guards.place_map else config.masters.stock)
        self.till_systems = tuple(
            dict.fromkeys(each.system for each in config.channels if plays(each.system, "sales"))
        )
        self.ledger = Ledger(
            store, guards, channels_by_node(config), config.policy.demand_half_life_s
        )
        self._hold_backs = {
            node.id: node.hold_back for node in config.nodes if node.hold_back is not None
        }
        self.lanes: list[Lane] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._failed: asyncio.Future[None] | None = None
        self._swept: dict[str, float] = {}
        self._stored: dict[str, float] = {}
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
            spawn=self.spawn,
            retries=self.guards.retry_unknown,
            give_up=dropped,
            fault=self.fault,
        )
        self.lanes.append(made)
        return made

    # --- tasks ----------------------------------------------------------------------------

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Start a task; should it fail, :meth:`failure` does."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        task.add_done_callback(self._ended)
        self._tasks.append(task)
        return task

    async def failure(self) -> None:
        """Wait for ever, or until a task fails with what no flow was built for."""
        self._failed = asyncio.get_running_loop().create_future()
        await self._failed

    async def stop(self) -> None:
        """Stop all lanes and tasks."""
        for lane in self.lanes:
            lane.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None and self._failed is not None and not self._failed.done():
            self._failed.set_exception(error)

    def fault(self, lane: str, key: str, error: Exception) -> None:
        """Something went wrong that no flow was built for: say so, and park it."""
        log(f"{lane} {key}: {''.join(traceback.format_exception(error))}")
        self.desk.park(f"{lane} {key}", "engine_fault", f"{type(error).__name__}: {error}")

    def sweep_from(self, mark: str) -> float:
        """Where a sweep begins: before the last one ended, but never before our first start."""
        started_s = float(self.store.mark("started") or self.wall())
        reached_s = self.swept_to(mark)
        if reached_s is None:
            return started_s
        overlap_s = self.cadence.overlap_s if self.guards.overlap_window else 0.0
        return max(started_s, reached_s - overlap_s)

    def swept_to(self, mark: str) -> float | None:
        """When the last sweep of that name began; None when there was none."""
        reached_s = self._swept.get(mark)
        if reached_s is None and (stored := self.store.mark(mark)):
            reached_s = float(stored)
        return reached_s

    def swept(self, mark: str, began_s: float) -> None:
        """A sweep that began then is done.

        The store is told now and then: from an older mark, a start reads again what it has read.
        """
        self._swept[mark] = began_s
        if began_s >= self._stored.get(mark, -inf) + self.cadence.overlap_s / 2:
            with self.store as store:
                store.set_mark(mark, repr(began_s))
            self._stored[mark] = began_s

    def hold_back(self, node: str, sku: str) -> int:
        """Units of a SKU that are not offered at a node."""
        if not self.guards.hold_back:
            return 0
        own = self.policy.hold_backs.get(sku)
        return self._hold_backs.get(node, self.policy.hold_back) if own is None else own

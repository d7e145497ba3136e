"""Queues: operations that are accepted now and carried out later, each for itself."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import msgspec

from peakproof.history.records import By
from peakproof_simulators.adobe_commerce import facts, wire
from peakproof_simulators.adobe_commerce.asking import Asked, Route, hidden
from peakproof_simulators.adobe_commerce.errors import Refusal
from peakproof_simulators.adobe_commerce.payloads.documents import (
    Accepted,
    BulkStatus,
    DetailedOperation,
    DetailedStatus,
    OperationStatus,
    Scheduled,
)
from peakproof_simulators.adobe_commerce.wire import Masked

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.auth import Caller
    from peakproof_simulators.adobe_commerce.state import Shop

COMPLETE: Final = 1
RETRIABLY_FAILED: Final = 2
FAILED: Final = 3
OPEN: Final = 4
REJECTED: Final = 5
SUCCESS: Final = "Service execution success {}"
LOCKED: Final = (
    "SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock"
)


class Task(msgspec.Struct):
    """An operation in the queue, and what became of it. ``by`` and ``n`` say who asked."""

    id: int
    bulk_uuid: str
    topic: str
    request: bytes
    asked: Asked
    route: Route
    by: By
    n: int
    status: int = OPEN
    message: str | None = None
    code: int | None = None
    result: bytes | None = None


class Bulk(msgspec.Struct):
    """Operations that were asked for together."""

    uuid: str
    description: str
    start_time: str
    user_type: int
    user_id: int
    tasks: list[Task]


class Queue:
    """Takes operations and has a consumer carry them out."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.bulks: dict[str, Bulk] = {}
        self._ids = shop.world.ids("adobe_commerce", "bulks")
        self._chance = shop.world.streams.get("adobe_commerce", "consumers")
        self._deadlocks = 0

    def fail_next(self, count: int) -> None:
        """The next operations will meet a deadlock: status 2."""
        self._deadlocks += count

    def accept(
        self, route: Route, asked: Sequence[tuple[Asked, bytes]], caller: Caller
    ) -> Accepted:
        """Take operations that were read and found whole."""
        shop, world = self.shop, self.shop.world
        uuid = self._ids.uuid()
        topic = (
            "async."
            + route.path.strip("/").replace("/", ".").lower()
            + "."
            + (route.method.lower())
        )
        bulk = Bulk(uuid, f"Topic {topic}", shop.stamp(), caller.kind, caller.id, [])
        for number, (each, request) in enumerate(asked):
            bulk.tasks.append(Task(number, uuid, topic, request, each, route, world.by, world.n))
        self.bulks[uuid] = bulk
        settings = shop.settings
        for task in bulk.tasks:
            spread = (
                settings.consumer_spread_s * self._chance.random()
                if (settings.consumer_spread_s)
                else 0.0
            )
            world.after(settings.consumer_delay_s + spread, _later(self, task))
        return Accepted(
            bulk_uuid=uuid, errors=False,
            request_items=[
                Scheduled(
                    id=task.id, data_hash=sha256(task.request).hexdigest(), status="accepted"
                )
                for task in bulk.tasks
            ],
        )  # fmt: skip

    def carry_out(self, task: Task) -> None:
        """What the consumer does; on behalf of whoever asked."""
        shop, world = self.shop, self.shop.world
        was = world.by, world.n
        world.by, world.n = task.by, task.n
        try:
            if self._deadlocks:
                self._deadlocks -= 1
                task.status, task.message, task.code = RETRIABLY_FAILED, LOCKED, 1213
                facts.refused(shop, task.bulk_uuid, "operation", LOCKED)
                return
            try:
                task.result = wire.encode(task.route.does(shop, task.asked))
            except Masked as fault:
                self._failed(task, hidden(shop, fault))
            except Refusal as refusal:
                self._failed(task, refusal)
            else:
                task.status, task.message = COMPLETE, SUCCESS.format(task.topic)
        finally:
            world.by, world.n = was

    def _failed(self, task: Task, refusal: Refusal) -> None:
        task.status, task.message, task.code = FAILED, refusal.text, 0
        facts.refused(self.shop, task.bulk_uuid, "operation", refusal.why)

    def short(self, bulk: Bulk) -> BulkStatus:
        """What became of a bulk."""
        operations = [
            OperationStatus(
                id=task.id, status=task.status, result_message=task.message, error_code=task.code
            )
            for task in bulk.tasks
        ]
        return BulkStatus(operations_list=operations, **_head(bulk))

    def detailed(self, bulk: Bulk) -> DetailedStatus:
        """What became of a bulk, with what was asked and answered."""
        operations = [
            DetailedOperation(
                id=task.id, bulk_uuid=bulk.uuid, topic_name=task.topic,
                serialized_data=task.request.decode("utf-8", "replace"), status=task.status,
                result_message=task.message, error_code=task.code,
                result_serialized_data=task.result.decode() if task.result is not None else None,
            )
            for task in bulk.tasks
        ]  # fmt: skip
        return DetailedStatus(operations_list=operations, **_head(bulk))


def _later(queue: Queue, task: Task) -> Any:
    return lambda: queue.carry_out(task)


def _head(bulk: Bulk) -> dict[str, Any]:
    return {
        "bulk_id": bulk.uuid, "description": bulk.description, "start_time": bulk.start_time,
        "user_type": bulk.user_type, "user_id": bulk.user_id, "operation_count": len(bulk.tasks),
    }  # fmt: skip

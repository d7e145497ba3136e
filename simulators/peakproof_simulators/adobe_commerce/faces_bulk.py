"""The operations of queues: single ones, lists of them, and what became of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from peakproof.wire.message import Response
from peakproof_simulators.adobe_commerce import wire
from peakproof_simulators.adobe_commerce.asking import MEDIA, Asked, Route, hidden
from peakproof_simulators.adobe_commerce.auth import NOBODY
from peakproof_simulators.adobe_commerce.bulk import Bulk
from peakproof_simulators.adobe_commerce.errors import JSON, refuse, required
from peakproof_simulators.adobe_commerce.payloads.common import Error
from peakproof_simulators.adobe_commerce.payloads.documents import (
    Accepted,
    BulkRow,
    BulkStatus,
    DetailedStatus,
)
from peakproof_simulators.adobe_commerce.search import Found, Table
from peakproof_simulators.adobe_commerce.wire import Masked, Raw
from peakproof_simulators.kit.operations import Operation
from peakproof_simulators.kit.service import Call

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.state import Shop

_VARIABLE: Final = re.compile(r"{(\w+)}")


def _spoken(name: str) -> str:
    """A path's parameter as the bulk's path says it: ``sku`` is ``bySku``."""
    return f"by{name[0].upper()}{name[1:]}"


def queued(route: Route) -> tuple[Operation, Operation]:
    """The operations that queue a route: one, and a list."""
    refusals = dict.fromkeys((400, 401, 404, 406, 413, 500), Error)
    answers: dict[int, Any] = {202: Accepted, **refusals}
    flat = _VARIABLE.sub(lambda found: _spoken(found.group(1)), route.path)
    effect = route.effect
    single = Operation(
        name=f"async.{route.name}", method=route.method, path=f"/rest/async{route.path}",
        handler=_single(route), effect=effect, summary=f"Queued: {route.summary}",
        provenance="documented", source="REST: asynchronous endpoints", answers=answers,
        body=route.takes, auth="bearer", scopes=(route.resource,), media=MEDIA,
    )  # fmt: skip
    several = Operation(
        name=f"bulk.{route.name}", method=route.method, path=f"/rest/async/bulk{flat}",
        handler=_several(route), effect=effect, summary=f"Queued, several: {route.summary}",
        provenance="documented", source="REST: bulk endpoints", answers=answers,
        body=list[dict[str, Any]], auth="bearer", scopes=(route.resource,), media=MEDIA,
    )  # fmt: skip
    return single, several


def _single(route: Route) -> Any:
    def handle(shop: Shop, call: Call) -> Response:
        settings = shop.settings
        try:
            raw: Raw = {}
            if call.request.body:
                raw = wire.body(call.request, limit=settings.body_limit_bytes)
            asked = _asked(route, raw, call, call.params)
        except Masked as fault:
            raise hidden(shop, fault) from None
        return _accepted(shop, route, [(asked, wire.encode(raw))], call)

    return handle


def _several(route: Route) -> Any:
    names = _VARIABLE.findall(route.path)

    def handle(shop: Shop, call: Call) -> Response:
        settings = shop.settings
        if not call.request.body:
            raise refuse("decoding")
        raws = wire.parsed(call.request, limit=settings.body_limit_bytes)
        if not isinstance(raws, list) or not all(isinstance(raw, dict) for raw in raws):
            raise refuse("decoding")
        if settings.input_limits and len(raws) > settings.async_list_limit:
            raise refuse("too_many_items", {"type": "operation", "max": settings.async_list_limit})
        tasks = []
        try:
            for raw in raws:
                tasks.append((_asked(route, raw, call, _from_body(names, raw)), wire.encode(raw)))
        except Masked as fault:
            raise hidden(shop, fault) from None
        return _accepted(shop, route, tasks, call)

    return handle


def _from_body(names: list[str], raw: Raw) -> dict[str, str]:
    missing = [name for name in names if raw.get(name) is None]
    if missing:
        raise required(missing)
    return {name: str(raw[name]) for name in names}


def _asked(route: Route, raw: Raw, call: Call, params: dict[str, str]) -> Asked:
    typed = wire.read(route.takes, raw) if route.takes is not None else None
    store = call.params.get("store", "default")
    return Asked({**params, "store": store}, typed, "", call.caller or NOBODY, store, [])


def _accepted(shop: Shop, route: Route, tasks: list[tuple[Asked, bytes]], call: Call) -> Response:
    accepted = shop.queue.accept(route, tasks, call.caller)
    call.keys.append(f"bulk:{accepted.bulk_uuid}")
    return Response(202, wire.encode(accepted), {"content-type": JSON})


# --- what became of them --------------------------------------------------------------------


def _bulk(shop: Shop, asked: Asked) -> Bulk:
    found = shop.queue.bulks.get(asked.params["uuid"])
    if found is None:
        raise refuse("no_bulk", {"fieldName": "bulkUuid", "fieldValue": asked.params["uuid"]})
    asked.keys.append(f"bulk:{found.uuid}")
    return found


def status(shop: Shop, asked: Asked) -> BulkStatus:
    """What became of a bulk."""
    return shop.queue.short(_bulk(shop, asked))


def detailed_status(shop: Shop, asked: Asked) -> DetailedStatus:
    """What became of a bulk, with what was asked and answered."""
    return shop.queue.detailed(_bulk(shop, asked))


def count(shop: Shop, asked: Asked) -> int:
    """How many operations of a bulk have a status."""
    wanted = asked.id("status")
    return sum(task.status == wanted for task in _bulk(shop, asked).tasks)


def search(shop: Shop, asked: Asked) -> Found:
    """Operations that were queued, newest bulk last."""
    rows = Table(BulkRow, lambda one: (one.bulk_uuid, one.id), "bulk_uuid")
    for bulk in shop.queue.bulks.values():
        for task in bulk.tasks:
            rows.put(
                BulkRow(
                    id=task.id, bulk_uuid=task.bulk_uuid, topic_name=task.topic,
                    serialized_data=task.request.decode("utf-8", "replace"), status=task.status,
                )
            )  # fmt: skip
    return rows.find(asked.criteria(shop, needed=True), shop.settings)

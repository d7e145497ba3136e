"""Requests that V2 works off later: what became of customer orders, and bulk imports."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from peakproof_simulators.deposco.errors import Declined, ErrorMessage, errors
from peakproof_simulators.deposco.v2 import goods, house, kinds, orders, places
from peakproof_simulators.deposco.v2.async_models import (
    AsyncDetail,
    AsyncRequest,
    AsyncResponse,
    AsyncTaken,
    BulkImport,
)
from peakproof_simulators.deposco.v2.bodies import answer, looked_over, not_meanwhile
from peakproof_simulators.deposco.v2.customer_orders import REQUESTS_FROM
from peakproof_simulators.deposco.v2.customer_refs import shop_order_ref
from peakproof_simulators.deposco.v2.goods_models import ItemSent
from peakproof_simulators.deposco.v2.house_models import LocationSent
from peakproof_simulators.deposco.v2.inventory import numeric
from peakproof_simulators.deposco.v2.order_out import order_ref
from peakproof_simulators.deposco.v2.payloads import EntityRef
from peakproof_simulators.deposco.v2.refs import item_ref
from peakproof_simulators.kit.service import VendorError

if TYPE_CHECKING:
    from peakproof.wire.message import Response
    from peakproof_simulators.deposco.imports import Import
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call

BULK_FROM: Final = 900_001
_DECODER: Final = msgspec.json.Decoder(BulkImport)
Status = Literal["Success", "Processing", "Failed", "Partially Failed", "Error"]


class Job(msgspec.Struct, gc=False):
    """A bulk import, and what became of its entities so far."""

    id: int
    count: int
    status: Status = "Processing"
    details: list[AsyncDetail] = []


class ImportDesk:
    """Bulk imports, one at a time for the whole tenant."""

    def __init__(self, store: Deposco) -> None:
        self._store = store
        self._chance = store.world.streams.get("deposco", "bulk")
        self.jobs: dict[int, Job] = {}

    def busy(self) -> bool:
        """Is one being worked off?"""
        return any(job.status == "Processing" for job in self.jobs.values())

    def take(self, sent: BulkImport) -> Job:
        """Take an import; it is worked off after ``bulk_delay_s``."""
        store = self._store
        job = Job(len(self.jobs) + 1, len(sent.entities), details=[])
        self.jobs[job.id] = job
        world = store.world
        by = world.by

        def work_off() -> None:
            with world.acting(by):
                job.details = [
                    _applied(store, sent.entity_type, entity) for entity in sent.entities
                ]
            failed = sum(detail.status == "Failed" for detail in job.details)
            job.status = _verdict(failed, job.count)
            settings = store.settings
            chance = settings.bulk_flip_probability
            if job.status == "Success" and job.count and self._chance.random() < chance:
                world.after(settings.bulk_flip_after_s, lambda: _flip(job))

        world.after(store.settings.bulk_delay_s, work_off)
        return job


def _verdict(failed: int, count: int) -> Status:
    if not failed:
        return "Success"
    return "Failed" if failed == count else "Partially Failed"


def _flip(job: Job) -> None:
    """A later look at bar codes finds one wrong (DQ31): what was a success is not, quite."""
    last = job.details[-1]
    last.status = "Failed"
    last.errors = [ErrorMessage("UPC validation failed")]
    job.status = "Partially Failed"


# --- the entities ---------------------------------------------------------------------

Apply = Callable[["Deposco", Any], EntityRef]


def _order(kind: kinds.Kind) -> tuple[Any, Apply]:
    def apply(store: Deposco, sent: Any) -> EntityRef:
        number = sent.number
        orders.upsert(store, kind, sent)
        return order_ref(store, kind, number)

    return kind.header, apply


def _item(store: Deposco, sent: ItemSent) -> EntityRef:
    return item_ref(store, goods.upsert(store, sent)[0])


def _location(store: Deposco, sent: LocationSent) -> EntityRef:
    number, _created = places.upsert_location(store, sent)
    key = {"locator": sent.locator}
    return EntityRef(id=number, business_key=key, href=f"/latest/locations/{number}")


def _master(sort: house.Sort) -> tuple[Any, Apply]:
    def apply(store: Deposco, sent: Any) -> EntityRef:
        card, _created = house.upsert(store, sort, sent)
        href = f"/latest{sort.path}/{card.id}"
        return EntityRef(id=card.id, business_key={sort.key: card.name}, href=href)

    return sort.kind, apply


_SORTS: Final = {sort.name: sort for sort in house.SORTS}
TYPES: Final[dict[str, tuple[Any, Apply]]] = {
    "Trading Partner": _master(_SORTS["trading_partners"]),
    "Item": (ItemSent, _item),
    "Kit": _master(_SORTS["kits"]),
    "Location": (LocationSent, _location),
    "Zone": _master(_SORTS["zones"]),
    "Container": _master(_SORTS["containers"]),
    "Sales Order": _order(kinds.BY_TYPE["Sales Order"]),
    "Purchase Order": _order(kinds.BY_TYPE["Purchase Order"]),
    "Customer Return": _order(kinds.BY_TYPE["Customer Return"]),
    "Vendor Return": _order(kinds.BY_TYPE["Vendor Return"]),
    "Outbound Transfer Order": _order(kinds.BY_TYPE["Outbound Transfer Order"]),
    "Inbound Transfer Order": _order(kinds.BY_TYPE["Inbound Transfer Order"]),
}
"""What can be imported in bulk: its model, and how one of it is written."""


def _applied(store: Deposco, entity_type: str, entity: dict[str, Any]) -> AsyncDetail:
    model, apply = TYPES[entity_type]
    named = entity.get("number") or entity.get("code") or entity.get("name")
    key = named if isinstance(named, str) else ""
    try:
        sent = msgspec.convert(entity, model, strict=True)
        looked_over(sent)
        ref = apply(store, sent)
    except Declined as declined:
        store.refused(key, declined)
        return _failed(key, declined.text)
    except msgspec.ValidationError as error:
        return _failed(key, f"The request is not valid: {error}")
    except VendorError as refusal:
        told = msgspec.json.decode(refusal.response.body)
        return _failed(key, str(told["errors"][0]["errorMessage"]))
    return AsyncDetail(id=ref.id, business_key=ref.business_key, href=ref.href, status="Success")


def _failed(key: str, said: str) -> AsyncDetail:
    return AsyncDetail(
        id=None, business_key={"number": key}, href=None, status="Failed",
        errors=[ErrorMessage(said)],
    )  # fmt: skip


# --- handlers -------------------------------------------------------------------------


def bulk_import(store: Deposco, call: Call) -> Response:
    """POST /latest/async/bulkImports: taken, unless one is still being worked off."""
    body = call.request.body
    most = store.settings.bulk_limit_bytes
    if len(body) >= most:
        raise errors(400, f"The request is not smaller than {most} bytes")
    try:
        sent = _DECODER.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise errors(400, f"The request is not valid: {error}") from None
    if not sent.entities:
        raise errors(400, "entities must not be empty")
    scope = f"{_SCOPES[sent.entity_type]}/write"
    if scope not in call.caller.scopes:
        raise errors(403, f"Missing scope: {scope}")
    if store.imports.busy():
        raise errors(400, "A bulk import of this tenant is still processing")
    not_meanwhile(store)
    job = store.imports.take(sent)
    number = str(BULK_FROM + job.id - 1)
    request = AsyncRequest(id=number, href=f"/latest/async/{number}")
    return answer(AsyncTaken(request=request), 202)


_SCOPES: Final = {
    "Trading Partner": "tradingPartners", "Item": "items", "Kit": "kits",
    "Location": "locations", "Zone": "zones", "Container": "containers",
    **{kind.type: kind.path for kind in kinds.KINDS},
}  # fmt: skip


def reading(store: Deposco, call: Call) -> Response:
    """GET /latest/async/{requestId}: how far it is."""
    number = numeric(call.params["requestId"])
    job = store.imports.jobs.get(number - BULK_FROM + 1)
    if job is not None:
        return answer(_job_told(job))
    made = store.customer_orders.requests.get(number - REQUESTS_FROM + 1)
    if made is None:
        raise errors(404, f"Request [{call.params['requestId']}] does not exist")
    call.keys += [f"work:{child}" for child in made.children]
    return answer(_import_told(store, made))


def _job_told(job: Job) -> AsyncResponse:
    failed = sum(detail.status == "Failed" for detail in job.details)
    return AsyncResponse(
        status=job.status, total_entities=job.count, successes=len(job.details) - failed,
        failures=failed, error_message=None, results=job.details,
    )  # fmt: skip


def _import_told(store: Deposco, made: Import) -> AsyncResponse:
    status: Literal["Success", "Processing", "Failed"]
    status = made.request  # type: ignore[assignment]
    # One that repeats another leads to that one.
    ref = shop_order_ref(store, store.customer_orders.requests.get(made.same, made))
    done = status == "Success"
    detail = AsyncDetail(
        id=ref.id if done else None, business_key=ref.business_key,
        href=ref.href if done else None, status=status,
        errors=[ErrorMessage(made.failure)] if made.failure and status == "Failed" else None,
    )  # fmt: skip
    return AsyncResponse(
        status=status, total_entities=1, successes=int(done), failures=int(status == "Failed"),
        error_message=None, results=[detail],
    )  # fmt: skip

"""Mutations of the event queue and of id conversions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from peakproof_simulators.centra.errors import Fault
from peakproof_simulators.centra.integration.finding import listeners

if TYPE_CHECKING:
    from peakproof_simulators.centra.integration.references import Given
    from peakproof_simulators.centra.integration.session import Session
    from peakproof_simulators.centra.state import Centra

SHELVES: Final = {
    "Order": "orders", "Product": "products", "ProductVariant": "variants",
    "ProductSize": "sizes", "Warehouse": "warehouses", "Market": "markets",
}  # fmt: skip


def _named(input: Given) -> list[tuple[str, list[str]]]:
    if not input["listeners"]:
        raise Fault("empty", "input", "listeners", why="listeners")
    return [(each["objectType"], each["changeTypes"]) for each in input["listeners"]]


def listen(session: Session, input: Given) -> dict[str, Any]:
    """Hear of more; said twice it is as said once."""
    session.centra.events.listen(session.token.name, _named(input))
    return {"eventListeners": listeners(session)}


def stop(session: Session, input: Given) -> dict[str, Any]:
    """Hear of less; what is queued of it is deleted."""
    session.centra.events.stop(session.token.name, _named(input))
    return {"eventListeners": listeners(session)}


def confirm(session: Session, input: Given) -> dict[str, Any]:
    """Take events off the queue."""
    if not input["eventsIds"]:
        raise Fault("empty", "input", "eventsIds", why="eventsIds")
    unknown = session.centra.events.confirm(session.token.name, input["eventsIds"])
    for id_ in unknown:
        text = Fault("unknown_object", why=f"Event {id_}").message
        session.centra.warnings.append((text, ("input", "eventsIds")))
    return {"eventListeners": listeners(session)}


def _target(centra: Centra, each: Given, *path: str) -> int:
    kind, text = each["objectType"], each["centraId"]
    found = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if kind == "Order" and text in centra.orders.by_hash:
        found = centra.orders.by_hash[text]
    if found not in getattr(centra, SHELVES[kind]).by_id:
        raise Fault("unknown_object", *path, "centraId", key=text, why=f"{kind} {text}")
    return found


def _pair(centra: Centra, kind: str, id_: int) -> dict[str, str]:
    external = centra.conversions.by_internal[kind, id_]
    return {"objectType": kind, "centraId": str(id_), "externalId": external}


def set_conversions(session: Session, input: Given) -> dict[str, Any]:
    """Give things ids of the integration's own; a colliding pair replaces the older one."""
    centra = session.centra
    wanted = []
    for at, each in enumerate(input["conversions"]):
        path = ("input", "conversions", str(at))
        if not 1 <= len(each["externalId"]) <= 255:
            raise Fault("text_too_long", *path, "externalId", why="externalId")
        wanted.append((each["objectType"], _target(centra, each, *path), each["externalId"]))
    for kind, id_, external in wanted:
        centra.conversions.set(kind, id_, external)
    kept = dict.fromkeys((kind, id_) for kind, id_, _ in wanted)
    return {
        "idConversions": [
            _pair(centra, *each) for each in kept if each in centra.conversions.by_internal
        ]
    }


def unset_conversions(session: Session, input: Given) -> dict[str, Any]:
    """Forget pairs; the answer has those that were there."""
    centra = session.centra
    wanted = [
        (each["objectType"], _target(centra, each, "input", "conversions", str(at)))
        for at, each in enumerate(input["conversions"])
    ]
    gone = []
    for kind, id_ in dict.fromkeys(wanted):
        external = centra.conversions.unset(kind, id_)
        if external is not None:
            gone.append({"objectType": kind, "centraId": str(id_), "externalId": external})
    return {"idConversions": gone}


QUEUE_MUTATIONS: Final[dict[str, Callable[..., dict[str, Any]]]] = {
    "setEventListeners": listen,
    "unsetEventListeners": stop,
    "confirmEvents": confirm,
    "setIdConversions": set_conversions,
    "unsetIdConversions": unset_conversions,
}

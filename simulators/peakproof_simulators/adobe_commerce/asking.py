"""How an operation of the shop is written down, and the face that each one shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import msgspec

from peakproof.history.records import Effect
from peakproof.wire.message import Response
from peakproof_simulators.adobe_commerce import search, wire
from peakproof_simulators.adobe_commerce.auth import NOBODY, Caller
from peakproof_simulators.adobe_commerce.conditions import CONDITIONS
from peakproof_simulators.adobe_commerce.errors import INTERNAL, Refusal, refuse
from peakproof_simulators.adobe_commerce.payloads.common import Error, Input, SearchCriteria
from peakproof_simulators.adobe_commerce.wire import Masked, Raw
from peakproof_simulators.kit.operations import Handler, Operation, Parameter, Provenance
from peakproof_simulators.kit.service import Call

if TYPE_CHECKING:
    from peakproof_simulators.adobe_commerce.state import Shop

MEDIA: Final = ("application/json",)


class Asked(msgspec.Struct):
    """What a call asks, whatever way it came: by HTTP, or from a queue."""

    params: dict[str, str]
    input: Any
    query: str = ""
    caller: Caller = NOBODY
    store: str = "default"
    keys: list[str] = []
    stale_s: float = 0.0

    def id(self, name: str = "id") -> int:
        """A number in the path.

        Raises:
            Refusal: it is none.
        """
        return wire.whole(self.params[name])

    def criteria(self, shop: Shop, *, needed: bool = False) -> SearchCriteria:
        """The search criteria.

        Raises:
            Refusal: they are missing or too wide.
        """
        return search.wanted(self.query, shop.settings, needed=needed)


Does = Callable[["Shop", Asked], Any]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """An operation: what it does, what it takes and gives. ``path`` begins with ``/V1``.

    ``resource`` is the vendor's name for the permission, "" for what is open to guests.
    """

    name: str
    method: str
    path: str
    does: Does
    effect: Effect
    answer: Any
    summary: str
    source: str
    resource: str = ""
    takes: type[Input] | None = None
    query: tuple[Parameter, ...] = ()
    provenance: Provenance = "documented"
    bulk: bool = False


TEXT: Final = {"type": "string"}
SEARCH: Final = (
    Parameter("searchCriteria[filter_groups][0][filters][0][field]", TEXT),
    Parameter("searchCriteria[filter_groups][0][filters][0][value]", TEXT),
    Parameter("searchCriteria[filter_groups][0][filters][0][condition_type]",
              {"type": "string", "enum": list(CONDITIONS)}),
    Parameter("searchCriteria[sortOrders][0][field]", TEXT),
    Parameter("searchCriteria[sortOrders][0][direction]",
              {"type": "string", "enum": ["ASC", "DESC"]}),
    Parameter("searchCriteria[pageSize]", {"type": "integer", "minimum": 1, "maximum": 10000}),
    Parameter("searchCriteria[currentPage]", {"type": "integer", "minimum": 1, "maximum": 10000}),
)  # fmt: skip
NEEDED_SEARCH: Final = (
    *SEARCH[:-2],
    Parameter(SEARCH[-2].name, SEARCH[-2].schema, required=True),
    SEARCH[-1],
)


def operation(route: Route) -> Operation:
    """A row of the kit's table."""
    refusals = dict.fromkeys((400, 401, 404, 406, 413, 429, 500), Error)
    return Operation(
        name=route.name,
        method=route.method,
        path=f"/rest{route.path}",
        handler=face(route),
        effect=route.effect,
        summary=route.summary,
        provenance=route.provenance,
        source=route.source,
        answers={200: route.answer, **refusals},
        body=route.takes if route.method in ("POST", "PUT") else None,
        query=route.query,
        auth="bearer" if route.resource else "",
        scopes=(route.resource,) if route.resource else (),
        media=MEDIA,
    )


def face(route: Route) -> Handler:
    """Reads a call, carries it out, prints the answer."""
    takes, does, reads = route.takes, route.does, route.method in ("GET", "DELETE")

    def handle(shop: Shop, call: Call) -> Response:
        request, settings = call.request, shop.settings
        query = wire.nested(request.query) if request.query else wire.EMPTY
        try:
            raw: Raw = wire.EMPTY
            if request.body and not reads:
                raw = wire.body(request, limit=settings.body_limit_bytes)
            if query and takes is not None:
                raw = {**raw, **query}
            if settings.unknown_parameters == "refuse":
                _all_known(route, raw, query)
            if settings.input_limits and takes is not None:
                _within(raw, settings.list_limit)
            asked = Asked(
                call.params,
                wire.read(takes, raw) if takes is not None else None,
                request.query,
                call.caller or NOBODY,
                call.params.get("store", "default"),
                call.keys,
                call.stale_s,
            )
            return wire.answer(does(shop, asked), request, query)
        except Masked as fault:
            raise hidden(shop, fault) from None

    return handle


def hidden(shop: Shop, fault: Masked) -> Refusal:
    """The answer to a fault that the shop keeps to itself."""
    settings = shop.settings
    report = INTERNAL.format(shop.reports.token(13).lower())
    said = fault.reason if settings.developer_mode else report
    return Refusal(settings.masked_status, said, why=fault.reason)


def _all_known(route: Route, raw: Raw, query: Raw) -> None:
    known = {"fields", "searchCriteria", "search_criteria"}
    known.update(parameter.name.partition("[")[0] for parameter in route.query)
    if route.takes is not None:
        known.update(wire.spoken_names(route.takes))
    for name in (*raw, *query):
        if name not in known:
            raise refuse("unknown_parameter", [name])


def _within(raw: Raw, most: int) -> None:
    for name, value in raw.items():
        if isinstance(value, list) and len(value) > most:
            raise refuse("too_many_items", {"type": name, "max": most})

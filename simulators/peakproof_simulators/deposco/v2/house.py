"""Masters that only V2 has: business units, partners, zones, containers, kits; kept as sent.

Nothing in stock or orders depends on them (chosen), so one drawer serves them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import UNSET

from peakproof.wire.message import Response
from peakproof_simulators.deposco.errors import Declined, errors
from peakproof_simulators.deposco.v2 import partner_models as partners
from peakproof_simulators.deposco.v2.bodies import answer, refusal, taken
from peakproof_simulators.deposco.v2.goods_models import KitDetails, KitHeader, KitPage
from peakproof_simulators.deposco.v2.house_models import Zone, ZonePage
from peakproof_simulators.deposco.v2.inventory import numeric
from peakproof_simulators.deposco.v2.order_in import check_unit, item_of, pack_of, place_number
from peakproof_simulators.deposco.v2.paging import begin, cut, moment, wrong_unit
from peakproof_simulators.deposco.v2.papers import merged
from peakproof_simulators.deposco.v2.payloads import EntityRef
from peakproof_simulators.deposco.v2.refs import unit_ref

if TYPE_CHECKING:
    from peakproof_simulators.deposco.state import Deposco
    from peakproof_simulators.kit.service import Call

Handler = Callable[["Deposco", "Call"], "Response"]


class Card(msgspec.Struct, gc=False):
    """One entity, as it was sent."""

    id: int
    name: str
    sent: Any
    created: float
    updated: float
    parts: int = 0
    """Members of nested collections that were ever given an id."""


class Drawer:
    """Entities of one sort by their natural key; ids go up."""

    __slots__ = ("_first", "_ids", "cards")

    def __init__(self, first: int) -> None:
        self._first = first
        self.cards: dict[str, Card] = {}
        self._ids: dict[int, Card] = {}

    def put(self, name: str, sent: Any, now: float) -> tuple[Card, bool]:
        """Create an entity or change the one of that name; True when it was created."""
        known = self.cards.get(name)
        if known is not None:
            known.sent, known.updated = merged(known.sent, sent), now
            return known, False
        made = Card(self._first + len(self.cards), name, sent, now, now)
        self.cards[name] = self._ids[made.id] = made
        return made, True

    def find(self, number: int) -> Card | None:
        """The entity of an id."""
        return self._ids.get(number)

    def newest_first(self) -> Iterator[Card]:
        """All of them, the newest first."""
        return reversed(self.cards.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """One sort of master: where it is, what names it, what it is filtered by; ``parts`` are its
    nested collections, by attribute and path."""

    name: str
    path: str
    kind: Any
    page: Any
    scope: str
    key: str
    first_id: int
    filters: tuple[str, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    always_200: bool = False


SORTS: Final = (
    Sort(
        name="companies", path="/companies", kind=partners.Company, page=partners.CompanyPage,
        scope="companies", key="code", first_id=17, filters=("code",),
    ),
    Sort(
        name="trading_partners", path="/tradingPartners", kind=partners.TradingPartner,
        page=partners.TradingPartnerPage, scope="tradingPartners", key="code",
        first_id=4_000_001, filters=("code", "name"),
        parts=(("sites", "sites"), ("parameters", "parameters")),
    ),
    Sort(
        name="zones", path="/zones", kind=Zone, page=ZonePage, scope="zones", key="name",
        first_id=4_100_001, filters=("name",),
    ),
    Sort(
        name="containers", path="/containers", kind=partners.Container,
        page=partners.ContainerPage, scope="containers", key="number", first_id=4_200_001,
        filters=("lpnNumber", "number"),
    ),
    Sort(
        name="kits", path="/kitHeaders", kind=KitHeader, page=KitPage, scope="kits", key="name",
        first_id=4_300_001, filters=("name",),
        parts=(("kit_details", "kitDetails"),), always_200=True,
    ),
)  # fmt: skip
"""The sorts; their ids do not meet."""

_ATTRIBUTES: Final = {"lpnNumber": "lpn_number"}


class House:
    """The drawers of a tenant; its own business unit is in one from the start."""

    def __init__(self, business_unit: str, business_unit_id: int) -> None:
        self.drawers = {sort.name: Drawer(sort.first_id) for sort in SORTS}
        unit = partners.Company(code=business_unit, name=business_unit, active=True)
        self.drawers["companies"] = Drawer(business_unit_id)
        self.drawers["companies"].put(business_unit, unit, 0.0)


def shown(store: Deposco, sort: Sort, card: Card) -> Any:
    """An entity as a read gives it."""
    clock = store.world.clock
    ref = EntityRef(
        id=card.id, business_key={sort.key: card.name}, href=f"/latest{sort.path}/{card.id}"
    )
    made = msgspec.structs.replace(
        card.sent, self_=ref, created_date=clock.iso(card.created),
        updated_date=clock.iso(card.updated),
    )  # fmt: skip
    if hasattr(made, "business_unit"):
        made.business_unit = unit_ref(store)
    most = store.settings.nested_rows
    for field, _leaf in sort.parts:
        rows = members(card, field)
        if rows:
            page = type(getattr(made, field))(
                data=rows[:most], links=[], complete=len(rows) <= most, pages=-(-len(rows) // most)
            )
            setattr(made, field, page)
    return made


def upsert(store: Deposco, sort: Sort, sent: Any) -> tuple[Card, bool]:
    """Create an entity or change the one of that name.

    Raises:
        Declined: a name is missing, a reference leads nowhere.
    """
    name = getattr(sent, sort.key)
    if not name:
        raise Declined(400, "invalid", f"{sort.key} must not be empty")
    unit = getattr(sent, "business_unit", UNSET)
    if isinstance(unit, EntityRef):
        check_unit(store, unit)
    facility = getattr(sent, "facility", UNSET)
    if isinstance(facility, EntityRef):
        place_number(store, facility)
    if isinstance(sent, KitHeader) and isinstance(sent.kit_details, KitDetails):
        _check_details(store, sent.kit_details)
    for field, _leaf in sort.parts:
        for row in _data(getattr(sent, field)):
            row.self_ = UNSET
    card, created = store.house.drawers[sort.name].put(name, sent, store.world.t)
    _number_parts(sort, card)
    return card, created


def _check_details(store: Deposco, details: KitDetails) -> None:
    for detail in details.data:
        entry = item_of(store, detail.item)
        if isinstance(detail.pack, EntityRef):
            pack_of(entry, detail.pack)
        if detail.quantity < 1:
            raise Declined(400, "invalid", f"quantity [{detail.quantity}] is not valid")


# --- handlers -------------------------------------------------------------------------


def listing(sort: Sort) -> Handler:
    """GET: a page, the newest first."""

    def handler(store: Deposco, call: Call) -> Response:
        search = begin(store, call)
        created = moment(store, search, "createdAfter")
        updated = moment(store, search, "updatedAfter")
        wanted = [
            (_ATTRIBUTES.get(name, name), search.filters[name])
            for name in sort.filters
            if name in search.filters
        ]
        nothing = wrong_unit(store, search)
        rows = (
            card
            for card in store.house.drawers[sort.name].newest_first()
            if not nothing
            and all(getattr(card.sent, name) == value for name, value in wanted)
            and (created is None or card.created >= created)
            and (updated is None or card.updated >= updated)
        )
        found, around = cut(store, search, rows, number=lambda card: card.id, count=None)
        return answer(sort.page(data=[shown(store, sort, card) for card in found], **around))

    return handler


def found_card(store: Deposco, call: Call, sort: Sort, name: str) -> Card:
    """The entity of a path.

    Raises:
        VendorError: 404 when there is none of that id.
    """
    card = store.house.drawers[sort.name].find(numeric(call.params[name]))
    if card is None:
        raise errors(404, f"{sort.name} [{call.params[name]}] does not exist")
    return card


def reading(sort: Sort, name: str) -> Handler:
    """GET …/{id}: one."""

    def handler(store: Deposco, call: Call) -> Response:
        return answer(shown(store, sort, found_card(store, call, sort, name)))

    return handler


def writing(sort: Sort) -> Handler:
    """POST: created (201), or changed when the name is known (200)."""
    decoder = msgspec.json.Decoder(sort.kind)

    def handler(store: Deposco, call: Call) -> Response:
        sent = taken(store, call, decoder)
        try:
            card, created = upsert(store, sort, sent)
        except Declined as declined:
            raise refusal(store, str(getattr(sent, sort.key)), declined) from None
        status = 201 if created and not sort.always_200 else 200
        return answer(shown(store, sort, card), status)

    return handler


def parts(sort: Sort, param: str, field: str, page: Any, *filters: tuple[str, str]) -> Handler:
    """GET …/{id}/{parts}: a nested collection in pages, the newest first."""

    def handler(store: Deposco, call: Call) -> Response:
        card = found_card(store, call, sort, param)
        search = begin(store, call)
        rows = members(card, field)
        wanted = [(name, search.filters[said]) for said, name in filters if said in search.filters]
        kept = (
            row
            for row in reversed(rows)
            if all(_part_text(store, row, name) == value for name, value in wanted)
        )
        found, around = cut(store, search, kept, number=lambda row: row.self_.id, count=None)
        return answer(page(data=found, **around))

    return handler


def members(card: Card, field: str) -> list[Any]:
    """The members of a nested collection."""
    return _data(getattr(card.sent, field))


def _data(held: Any) -> list[Any]:
    return [] if held is UNSET else held.data


def _number_parts(sort: Sort, card: Card) -> None:
    """Give the members of nested collections their ids, as they were sent."""
    for field, leaf in sort.parts:
        for row in members(card, field):
            if row.self_ is UNSET or row.self_.href is UNSET:
                card.parts += 1
                number = card.id * 1000 + card.parts
                href = f"/latest{sort.path}/{card.id}/{leaf}/{number}"
                row.self_ = EntityRef(id=number, href=href)


def _part_text(store: Deposco, row: Any, name: str) -> object:
    return item_of(store, row.item).number if name == "item" else getattr(row, name)


def part_reading(sort: Sort, param: str, field: str, member: str) -> Handler:
    """GET …/{id}/{parts}/{partId}: one member of a nested collection."""

    def handler(store: Deposco, call: Call) -> Response:
        card = found_card(store, call, sort, param)
        return answer(_member(call, card, field, member))

    return handler


def part_removing(sort: Sort, param: str, field: str, member: str) -> Handler:
    """DELETE …/{id}/{parts}/{partId}: it is gone (204)."""

    def handler(store: Deposco, call: Call) -> Response:
        card = found_card(store, call, sort, param)
        members(card, field).remove(_member(call, card, field, member))
        card.updated = store.world.t
        return Response(204)

    return handler


def _member(call: Call, card: Card, field: str, member: str) -> Any:
    number = numeric(call.params[member])
    for row in members(card, field):
        if row.self_.id == number:
            return row
    raise errors(404, f"{field} [{call.params[member]}] does not exist")

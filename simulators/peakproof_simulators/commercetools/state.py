"""A project's state and the one way to change it: versions, messages, notifications."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import count
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import msgspec

from peakproof_simulators.commercetools.change import Change
from peakproof_simulators.commercetools.collection import Collection
from peakproof_simulators.commercetools.errors import Refusal, blame, no_reference, not_json, stale
from peakproof_simulators.commercetools.message_log import Fields, MessageLog, Note
from peakproof_simulators.commercetools.payloads.carts import Cart
from peakproof_simulators.commercetools.payloads.catalogue import Product, ProductType
from peakproof_simulators.commercetools.payloads.common import (
    Author,
    Reference,
    Resource,
    ResourceIdentifier,
    UserProvidedIdentifiers,
)
from peakproof_simulators.commercetools.payloads.definitions import State, Type
from peakproof_simulators.commercetools.payloads.inventory import (
    Channel,
    InventoryEntry,
    Reservation,
)
from peakproof_simulators.commercetools.payloads.lines import TaxRate
from peakproof_simulators.commercetools.payloads.messages import Message
from peakproof_simulators.commercetools.payloads.orders import Order
from peakproof_simulators.commercetools.payloads.payments import Payment
from peakproof_simulators.commercetools.settings import Settings

if TYPE_CHECKING:
    from peakproof.world import World
    from peakproof_simulators.commercetools.auth import Tokens
    from peakproof_simulators.commercetools.catalogue import Catalogue
    from peakproof_simulators.commercetools.extensions import Extensions
    from peakproof_simulators.commercetools.facts import Promise
    from peakproof_simulators.commercetools.stock import StockRoom
    from peakproof_simulators.commercetools.subscriptions import Outbox

SYSTEM: Final = "commercetools"
MOST_ACTIONS: Final = 500

Index = dict[tuple[str, ...], Callable[[Any], str | None]]


def _supply_channel(entry: InventoryEntry) -> str | None:
    return entry.supply_channel.id if entry.supply_channel else None


# What collections are looked up by: a path of JSON names, and how to take its value out.
_BY_KEY: Final[Index] = {("key",): attrgetter("key")}
_ENTRY_INDEXES: Final[Index] = {
    ("sku",): attrgetter("sku"),
    ("key",): attrgetter("key"),
    ("supplyChannel", "id"): _supply_channel,
}
_ORDER_INDEXES: Final[Index] = {
    ("orderNumber",): attrgetter("order_number"),
    ("orderState",): attrgetter("order_state"),
    ("paymentState",): attrgetter("payment_state"),
}
_PAYMENT_INDEXES: Final[Index] = {
    ("key",): attrgetter("key"),
    ("interfaceId",): attrgetter("interface_id"),
}

R = TypeVar("R", bound=Resource)
Rule = Callable[["Project", Any, Any, Change[Any]], Any]
"""``rule(project, resource so far, action, change)`` answers the resource after the action; the
same object when the action changes nothing."""


@cache
def _whole(field: str) -> Fields:
    """The one field of a message that carries nothing but the resource."""
    return lambda _before, resource: {field: resource}


class Kind(NamedTuple):
    """A kind of resource: its type id, its collection, its update actions."""

    type_id: str
    path: str
    struct: type[Any]
    collection: Collection[Any]
    rules: dict[type[Any], Rule]
    identifiers: Callable[[Any], UserProvidedIdentifiers | None]


class Notices(NamedTuple):
    """Who wants to hear of messages and changes, as long as there is a subscription.

    ``messages`` are the types that somebody wants, by kind of resource, none for all of them;
    ``change`` is None when nobody wants to hear of changes.
    """

    messages: Mapping[str, frozenset[object]]
    message: Callable[[Note], None]
    change: Callable[[str, Resource, int | None, str], None] | None


class Project:
    """Everything that one commercetools project holds."""

    def __init__(self, world: World, settings: Settings) -> None:
        self.world = world
        self.settings = settings
        self.ids = world.ids(SYSTEM)
        self.new_id = self.ids.uuid

        def now() -> float:
            return world.env._now

        self.log = MessageLog(now)
        self.author: Author | None = None
        self.kinds: dict[str, Kind] = {}
        self.notices: Notices | None = None
        self.outbox: Outbox
        self.extensions: Extensions
        self.tokens: Tokens
        self.stock: StockRoom
        self.catalogue: Catalogue
        self.places: dict[str, str] = {}
        self.supplying: dict[str, Reference] = {}
        """The references of entries to their supply channels: all of one channel share one."""
        self.promises: dict[str, Promise] = {}
        self.order_of_payment: dict[str, str] = {}
        self.cart_of_payment: dict[str, str] = {}
        self.reservations: dict[str, Reservation] = {}
        self.currency = "GBP"
        self.country = "GB"
        self.tax: TaxRate | None = None
        self.tax_category_id = ""
        self._stamped_s, self._stamp = -1.0, ""
        self._by_type: dict[type[Any], Kind] = {}
        self.entries: Collection[InventoryEntry] = Collection(now, _ENTRY_INDEXES)
        self.channels: Collection[Channel] = Collection(now, _BY_KEY)
        self.products: Collection[Product] = Collection(now, _BY_KEY)
        self.product_types: Collection[ProductType] = Collection(now, _BY_KEY)
        self.types: Collection[Type] = Collection(now, _BY_KEY)
        self.states: Collection[State] = Collection(now, _BY_KEY)
        self.carts: Collection[Cart] = Collection(now, _BY_KEY)
        self.orders: Collection[Order] = Collection(now, _ORDER_INDEXES)
        self.payments: Collection[Payment] = Collection(now, _PAYMENT_INDEXES)
        self.lookup: dict[str, Callable[[str], Any]] = {"reservation": self.reservations.get}
        calls = f"{settings.project_key}/{world.ids(SYSTEM, 'calls').uuid()[:24]}"
        form = calls.replace("%", "%%") + "%012x"
        self.next_correlation: Callable[[], str] = map(form.__mod__, count(1)).__next__
        """A new value of ``X-Correlation-ID``, ``<project key>/<uuid>``."""

    # --- time -----------------------------------------------------------------------------

    def stamp(self) -> str:
        """Now, in the vendor's form. Worked out once for each moment."""
        t = self.world.env._now
        if self._stamped_s != t:
            self._stamped_s, self._stamp = t, self.world.clock.iso(t)
        return self._stamp

    def fresh(self) -> dict[str, Any]:
        """The common fields of a new resource."""
        at = self.stamp()
        return {
            "id": self.new_id(),
            "version": 1,
            "created_at": at,
            "last_modified_at": at,
            "created_by": self.author,
            "last_modified_by": self.author,
        }

    # --- kinds and references ---------------------------------------------------------------

    def register(self, kind: Kind) -> None:
        """Make a kind of resource known."""
        self.kinds[kind.type_id] = kind
        self._by_type[kind.struct] = kind
        self.lookup[kind.type_id] = kind.collection.get

    def kind_of(self, resource: Resource) -> Kind:
        """The kind of a resource."""
        return self._by_type[type(resource)]

    def resolve(self, type_id: str, named: ResourceIdentifier) -> Any:
        """The resource that a draft or an action names.

        Raises:
            Refusal: both or neither of id and key, a wrong type, or nothing of that name.
        """
        if named.type_id is not None and named.type_id != type_id:
            raise not_json(f"typeId: '{named.type_id}' is not '{type_id}'")
        if (named.id is None) == (named.key is None):
            raise not_json("Exactly one of 'id' and 'key' has to be given.")
        kind = self.kinds.get(type_id)
        found = None
        if kind is not None and named.id is not None:
            found = kind.collection.get(named.id)
        elif kind is not None and named.key is not None and kind.collection.indexed(("key",)):
            found = kind.collection.one(("key",), named.key)
        if found is None:
            raise no_reference(type_id, id=named.id, key=named.key)
        return found

    def reference(self, type_id: str, named: ResourceIdentifier | None) -> Reference | None:
        """The reference that a draft or an action names, None when it names none."""
        if named is None:
            return None
        return Reference(type_id=type_id, id=self.resolve(type_id, named).id)

    # --- changing ---------------------------------------------------------------------------

    def update(
        self, kind: Kind, before: R, version: int, actions: Sequence[msgspec.Struct]
    ) -> Change[R]:
        """Work out an update; nothing has happened yet.

        Raises:
            Refusal: the version is not the current one, or an action is refused.
        """
        if version != before.version:
            raise stale(before.id, expected=version, actual=before.version)
        if len(actions) > MOST_ACTIONS:
            raise Refusal(
                "InvalidInput", text=f"A request may have up to {MOST_ACTIONS} update actions."
            )
        change = Change(before, before)
        change.checks.append(lambda: self._still(kind, before))
        self.apply(kind, change, actions)
        return change

    def apply(self, kind: Kind, change: Change[R], actions: Sequence[msgspec.Struct]) -> None:
        """Apply update actions to what a change will store.

        Raises:
            Refusal: an action is refused; the error names it.
        """
        now: R = change.after
        for action in actions:
            try:
                after = kind.rules[type(action)](self, now, action, change)
            except Refusal as refusal:
                blame(refusal, action)
                raise
            if after is not now:
                change.version += 1
                now = after
        change.after = now

    def _still(self, kind: Kind, before: Resource) -> None:
        current = kind.collection.get(before.id)
        if current is not before:
            actual = current.version if current is not None else before.version + 1
            raise stale(before.id, expected=before.version, actual=actual)

    def carry_out(self, kind: Kind, change: Change[R]) -> R:
        """Store the resource, then do what comes with it. Answers the resource as stored.

        When no action changed anything there is no new version and no message.
        """
        before, after = change.before, change.after
        if before is None:
            if change.version != after.version:
                after = msgspec.structs.replace(after, version=change.version)
            kind.collection.add(after)
        elif change.version == before.version:
            for act in change.effects:
                act(before)
            change.done()
            return before
        else:
            step = self.settings.version_step == "per_action"
            after = msgspec.structs.replace(
                after,
                version=change.version if step else before.version + 1,
                last_modified_at=self.stamp(),
                last_modified_by=self.author,
            )
            kind.collection.replace(before, after)
        for act in change.effects:
            act(after)
        self._tell(kind, change, before, after)
        if change.last is not None:
            change.last(after)
        change.done()
        return after

    def _tell(self, kind: Kind, change: Change[R], before: R | None, after: R) -> None:
        step = self.settings.version_step == "per_action"
        for message, version, given, whole in change.notes:
            fields: Fields = given
            if whole and given:
                given[whole] = after
            elif whole:
                fields = _whole(whole)
            self.say(kind, after, message, version if step else after.version, fields)
        if before is None:
            self.tell_change(kind.type_id, after, None, "ResourceCreated")
        else:
            self.tell_change(kind.type_id, after, before.version, "ResourceUpdated")

    def say(
        self,
        kind: Kind,
        resource: Resource,
        message: type[Message],
        version: int,
        fields: Fields,
    ) -> None:
        """Note a message and let subscriptions know."""
        at = self.stamp()
        self.tell(
            Note(
                message, kind.type_id, kind.identifiers, resource, version, fields, None,
                self.ids.draw(), self._stamped_s, at, self.author,
            )
        )  # fmt: skip

    def tell(self, note: Note) -> None:
        """Log a message, and let those know who want to hear of its type."""
        self.log.note(note)
        notices = self.notices
        if notices is not None:
            wanted = notices.messages.get(note.type_id)
            if wanted is not None and (not wanted or note.message.__struct_config__.tag in wanted):
                notices.message(note)

    def tell_change(self, type_id: str, resource: Resource, old: int | None, what: str) -> None:
        """Let those know who want to hear of changes."""
        if self.notices is not None and self.notices.change is not None:
            self.notices.change(type_id, resource, old, what)

    def remove(self, kind: Kind, resource: Resource, version: int | None) -> None:
        """Take a resource out. Its messages are the caller's business.

        Raises:
            Refusal: the version is missing or not the current one.
        """
        if version is None:
            raise Refusal("InvalidInput", text="Missing required parameter: version.")
        if version != resource.version:
            raise stale(resource.id, expected=version, actual=resource.version)
        kind.collection.remove(resource)
        self.tell_change(kind.type_id, resource, None, "ResourceDeleted")

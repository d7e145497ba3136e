"""What is taken now and worked off later: customer orders and bulk requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import UNSET

from peakproof.history.records import Refused
from peakproof_simulators.deposco.bundles import made_of
from peakproof_simulators.deposco.catalogue import EACH
from peakproof_simulators.deposco.errors import Declined, status_line
from peakproof_simulators.deposco.lifecycle import SALES
from peakproof_simulators.deposco.payloads.bulk import (
    BulkDetail,
    BulkDetails,
    BulkProgress,
    BulkUpdate,
)
from peakproof_simulators.deposco.payloads.common import (
    ImportNotice,
    ImportNotices,
    Outcome,
    Pack,
    Text,
    many,
    text,
)
from peakproof_simulators.deposco.payloads.orders import (
    CustomerOrder,
    CustomerOrderLine,
    CustomerOrderLines,
    OrderLine,
    OrderLines,
)
from peakproof_simulators.deposco.payloads.orders import Order as OrderSent
from peakproof_simulators.deposco.payloads.stock import RetailActivity

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakproof.world import World
    from peakproof_simulators.deposco.catalogue import Catalogue
    from peakproof_simulators.deposco.order_book import OrderBook
    from peakproof_simulators.deposco.orders import OrderRules
    from peakproof_simulators.deposco.settings import Settings
    from peakproof_simulators.deposco.stock import Figures, StockBook

_PENDING: Final = "Processing"


class Import(msgspec.Struct, gc=False):
    """An imported customer order: ``request`` Processing, Success or Failed, then ``status``.

    ``fresh`` is one that is never another one over again; ``same`` is the id of the import that
    this one repeats; ``sold`` is the till's transaction that the order stands for.
    """

    id: int
    number: str
    sent: CustomerOrder
    request: str = _PENDING
    status: str = "New"
    problems: tuple[tuple[str, str, str, str], ...] = ()
    """(code, message, field, value) of each notice."""
    children: tuple[str, ...] = ()
    at: float = 0.0
    fresh: bool = False
    same: int = 0
    failure: str = ""
    sold: RetailActivity | None = None


class CustomerOrders:
    """The layer above sales orders: taken at once, validated and sourced a little later.

    An order with a problem is not refused: it lies in Review with notices, and nothing reaches
    the warehouse (DQ14, DQ15).
    """

    def __init__(
        self, world: World, settings: Settings, *, catalogue: Catalogue, rules: OrderRules,
        book: OrderBook, stock: StockBook,
    ) -> None:  # fmt: skip
        self._world = world
        self._settings = settings
        self._catalogue = catalogue
        self._rules = rules
        self._book = book
        self._stock = stock
        self.requests: dict[int, Import] = {}
        self.by_customer: dict[str, list[int]] = {}
        """Requests by the number that the customer knows."""
        self.record: Callable[[RetailActivity], object] = lambda _activity: None
        self._by_number: dict[str, int] = {}
        self._demand: dict[str, int] = {}

    def demand(self, sku: str) -> int:
        """Units that customer orders in Review ask for; no sales order stands for them yet."""
        return self._demand.get(sku, 0)

    def take(
        self, number: str, sent: CustomerOrder, *, fresh: bool = False, failure: str = "",
        sold: RetailActivity | None = None,
    ) -> Import:  # fmt: skip
        """Take a customer order; what becomes of it is decided after ``import_delay_s``.

        Without a number it is given one. ``failure`` is why nothing will come of it.
        """
        world = self._world
        at = len(self.requests) + 1
        made = Import(
            at, number or f"CO{at:07d}", sent, at=world.t, fresh=fresh, failure=failure, sold=sold
        )
        self.requests[made.id] = made
        known = text(sent.external_order_number) or made.number
        self.by_customer.setdefault(known, []).append(at)
        by = world.by

        def work_off() -> None:
            with world.acting(by):
                self._validate(made)

        world.after(self._settings.import_delay_s, work_off)
        return made

    def _validate(self, made: Import) -> None:
        if made.failure:
            self._fail(made)
            return
        made.request = "Success"
        settings = self._settings
        number = text(made.sent.external_order_number) or made.number if made.fresh else made.number
        known = self._by_number.get(number)
        repeat = settings.shop_order_repeat if made.fresh else settings.customer_order_repeat
        if known is not None and repeat == "update":
            first = self.requests[known]
            made.same = known
            made.status, made.problems = first.status, first.problems
            made.children = first.children
            return
        self._by_number[number] = made.id
        if made.status == "Canceled":
            return
        problems = self._problems(made)
        if problems:
            self._park(made, problems)
            return
        try:
            if made.sold is None:
                self._source(made)
            else:
                self.record(made.sold)
        except Declined as refusal:
            self._park(made, [("VALIDATION", refusal.text, "", "")])
            return
        made.status = "Released" if made.sold is None else "Complete"

    def _fail(self, made: Import) -> None:
        made.request, made.status = "Failed", "Rejected"
        world = self._world
        world.emit(
            Refused(
                world.t, world.by, world.n, "deposco", made.number, "invalid", made.failure
            )
        )  # fmt: skip

    def end(self, made: Import) -> None:
        """Cancel a customer order with all that was made of it.

        Raises:
            Declined: a sales order of it is locked.
        """
        children = [self._book.sales(number) for number in made.children]
        self._rules.end_all([child for child in children if child.status != "Canceled"])
        if made.status == "Review":
            self._count(made, -1)
        made.status = "Canceled"

    def _park(self, made: Import, problems: list[tuple[str, str, str, str]]) -> None:
        made.status, made.problems = "Review", tuple(problems)
        self._count(made, 1)
        world = self._world
        unknown = any(problem[0] == "NO_ITEM_ON_LINE" for problem in problems)
        reason = "unknown_item" if unknown else "parked"
        said = "; ".join(problem[1] for problem in problems)
        world.emit(Refused(world.t, world.by, world.n, "deposco", made.number, reason, said))

    def _count(self, made: Import, sign: int) -> None:
        for line in shop_lines(made.sent):
            units = _units(line)
            if line.item_number is not UNSET and units:
                sku = text(line.item_number)
                self._demand[sku] = self._demand.get(sku, 0) + sign * units

    def _problems(self, made: Import) -> list[tuple[str, str, str, str]]:
        sent = made.sent
        lines = shop_lines(sent)
        found: list[tuple[str, str, str, str]] = []
        if not lines:
            found.append(("MISSING_REQUIRED", "The order has no lines", "orderLines", ""))
        for line in lines:
            sku = text(line.item_number)
            if sku not in self._catalogue.items:
                where = text(line.external_line_number)
                found.append(("NO_ITEM_ON_LINE", f"Line {where} has no item", "itemNumber", sku))
            if not _units(line):
                found.append(("MISSING_REQUIRED", "A line has no quantity", "orderQuantity", ""))
        if self._settings.review_without_ship_via and not text(sent.ship_via):
            found.append(("MISSING_REQUIRED", "The order has no shipVia", "shipVia", ""))
        return found

    def _source(self, made: Import) -> None:
        """A sales order for each facility that a customer order's lines are sourced from."""
        by_facility: dict[str, list[CustomerOrderLine]] = {}
        for line in shop_lines(made.sent):
            named = text(line.ship_from_facility) or text(made.sent.ship_from_facility)
            facility = named or self._best_facility(text(line.item_number), _units(line))
            by_facility.setdefault(facility, []).append(line)
        for facility, lines in by_facility.items():
            child = self._rules.create(self._child(made, facility, lines))
            made.children = (*made.children, child.number)

    def _best_facility(self, sku: str, units: int) -> str:
        """The first facility that can promise the units, else the first of all (chosen)."""
        first = ""
        stock, parts = self._stock, self._catalogue.bundles.get(sku)
        look: Callable[[str, str], Figures] = stock.figures
        if parts is not None:
            look = made_of(parts, look, stock.available)
        for number in self._catalogue.facilities:
            first = first or number
            if self._stock.available(look(sku, number)) >= units:
                return number
        return first

    def _child(self, made: Import, facility: str, lines: list[CustomerOrderLine]) -> OrderSent:
        sent = made.sent
        number = f"{made.number}-{made.id}"
        position = 1
        while f"{number}-{position}" in self._book.by_type[SALES]:
            position += 1
        return OrderSent(
            number=f"{number}-{position}", type=SALES, status="New", facility=facility,
            customer_order_number=text(sent.external_order_number) or made.number,
            other_reference_number=sent.other_reference_number,
            co_header=made.number, ship_via=sent.ship_via, ship_vendor=sent.ship_vendor,
            order_source=sent.order_source, placed_date=sent.placed_date,
            order_lines=OrderLines([_child_line(line) for line in lines]),
        )  # fmt: skip

    def outcome(self, made: Import) -> Outcome:
        """What the status route says of an import."""
        notices = [
            ImportNotice(
                entity_type="CoHeader", entity_bk=made.number, entity_id=str(made.id),
                field_name=field, provided_value=value, notice_type="Error", code=code,
                message=message, status="New",
            )
            for code, message, field, value in made.problems
        ]  # fmt: skip
        return Outcome(
            status=status_line(200), type="CustomerOrder", entity=made.number,
            request_status=made.request, import_reference=str(made.id),
            co_header_status=UNSET if made.request == _PENDING else made.status,
            notices=ImportNotices(notices) if notices else UNSET,
        )  # fmt: skip


def shop_lines(sent: CustomerOrder) -> list[CustomerOrderLine]:
    wrapper = sent.order_lines
    return many(wrapper.order_line) if isinstance(wrapper, CustomerOrderLines) else []


def _units(line: CustomerOrderLine) -> int:
    quantity = line.order_quantity
    if quantity is UNSET or quantity is None or not quantity.is_finite():
        return 0
    return int(quantity) if 0 < quantity <= 1_000_000 else 0


def _child_line(line: CustomerOrderLine) -> OrderLine:
    number: Text = line.external_line_number
    return OrderLine(
        line_number=number, customer_line_number=number, item_number=text(line.item_number),
        order_pack_quantity=line.order_quantity, pack=Pack(type=EACH, quantity=1),
        unit_price=line.unit_price,
    )  # fmt: skip


# --- bulk -----------------------------------------------------------------------------


class BulkRequest(msgspec.Struct, gc=False):
    """A bulk request and what became of its entities so far."""

    id: str
    token: str
    status: str = _PENDING
    details: list[BulkDetail] = []


class BulkDesk:
    """Works bulk requests off, an entity at a time, after ``bulk_delay_s``.

    ``uniqueToken`` is the only idempotency token that V1 has: a request with one that is known
    is the first request over again.
    """

    def __init__(
        self, world: World, settings: Settings, *, catalogue: Catalogue, rules: OrderRules
    ) -> None:
        self._world = world
        self._settings = settings
        self._catalogue = catalogue
        self._rules = rules
        self.requests: dict[str, BulkRequest] = {}
        self.tokens: dict[str, str] = {}

    def take(self, updates: list[BulkUpdate], token: str) -> BulkRequest:
        """Take a request, or find the one that its token already stands for."""
        if token and token in self.tokens:
            return self.requests[self.tokens[token]]
        made = BulkRequest(str(len(self.requests) + 1), token, details=[])
        self.requests[made.id] = made
        if token:
            self.tokens[token] = made.id
        world = self._world
        by = world.by

        def work_off() -> None:
            with world.acting(by):
                made.details = [self._apply(update) for update in updates]
                failed = sum(detail.status != "Success" for detail in made.details)
                made.status = _verdict(failed, len(made.details))

        world.after(self._settings.bulk_delay_s, work_off)
        return made

    def _apply(self, update: BulkUpdate) -> BulkDetail:
        entity = update.item if update.order is UNSET else update.order
        if entity is UNSET:
            return BulkDetail("", "Failed", "neither an order nor an item")
        try:
            if isinstance(entity, OrderSent):
                created = self._rules.upsert(entity)[1]
            else:
                created = self._catalogue.write(entity)
        except Declined as refusal:
            world, said = self._world, refusal.text
            world.emit(
                Refused(world.t, world.by, world.n, "deposco", entity.number, refusal.reason, said)
            )
            return BulkDetail(entity.number, "Failed", said)
        return BulkDetail(entity.number, "Success", "Created" if created else "Updated")

    def progress(self, made: BulkRequest, *, with_successes: bool) -> BulkProgress:
        """How far a request is, with its failures and, when asked for, its successes."""
        details = [
            detail for detail in made.details if with_successes or detail.status != "Success"
        ]
        done = 0 if made.status == _PENDING else 100
        return BulkProgress(made.id, made.token, done, made.status, BulkDetails(details))


def _verdict(failed: int, count: int) -> str:
    if not failed:
        return "Success"
    return "Failed" if failed == count else "Partially Failed"

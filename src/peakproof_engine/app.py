"""The engine as a whole: its parts put together, started, run until it is stopped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeVar

import msgspec

from peakproof_engine.clock import Clock
from peakproof_engine.config import Config
from peakproof_engine.desk import Desk, Report, log
from peakproof_engine.errors import ConfigError, Refused, UnknownOutcome
from peakproof_engine.flows.audit import Audit
from peakproof_engine.flows.cells import Live
from peakproof_engine.flows.core import Core
from peakproof_engine.flows.counts import CountFlow
from peakproof_engine.flows.finance import Finance, Post, Posting
from peakproof_engine.flows.items import ItemFlow
from peakproof_engine.flows.moves import MoveWriter
from peakproof_engine.flows.order_book import OrderBook
from peakproof_engine.flows.orders import OrderFlow
from peakproof_engine.flows.steps import REFERENCE, Booking, EntryWriter, TillWriter
from peakproof_engine.flows.stock import StockFlow
from peakproof_engine.flows.till_sales import TillFlow
from peakproof_engine.guards import Guards
from peakproof_engine.hooks import Hooks, Taker
from peakproof_engine.http import Line, Send
from peakproof_engine.mapping import web_channel
from peakproof_engine.model import StepRecord
from peakproof_engine.rounds import Rounds
from peakproof_engine.store.database import Store
from peakproof_engine.systems.access import System, plays
from peakproof_engine.systems.parts import Kit, Parts
from peakproof_engine.systems.ports import (
    MasterLevel,
    ShippedParcel,
    ShopNews,
    StockMaster,
    TillNews,
    Warehouse,
    WorkStatus,
)
from peakproof_engine.systems.registry import CONNECT

FLOWS: Final = ("stock", "orders", "fulfilment", "cancellations", "items")
TILL_FLOWS: Final = ("till_sales", "returns")
FINANCE_FLOWS: Final = ("finance",)
_Port = TypeVar("_Port")
_CLOSED: Final = 409
_KEPT_S: Final = 30 * 86400.0
"""How long finished work stays known."""


def flows_of(config: Config) -> tuple[str, ...]:
    """The flows that the engine plays with a configuration."""
    flows = FLOWS if _tills_of(config) is None else FLOWS + TILL_FLOWS
    return (*flows, *FINANCE_FLOWS) if config.masters.finance else flows


def _there(port: _Port | None) -> _Port:
    """A port that the configuration promised."""
    assert port is not None, "config.py holds masters against what each system can be"
    return port


def _tills_of(config: Config) -> System | None:
    """The system of the tills whose books go to another one, which masters stock."""
    for channel in config.channels:
        if plays(channel.system, "sales") and channel.system != config.masters.stock:
            return channel.system
    return None


def desk_report(url: str, send: Send, timeout_s: float) -> Report:
    """Reports exceptions to a URL; without one they are only logged."""

    async def report(key: str, kind: str, owner: str, reason: str) -> None:
        log(f"exception {kind} {key} ({owner}): {reason}")
        if not url:
            return
        body = msgspec.json.encode({"key": key, "kind": kind, "owner": owner, "reason": reason})
        headers = {"content-type": "application/json"}
        try:
            status, _, _ = await send("POST", url, headers, body, timeout_s)
        except (TimeoutError, OSError) as error:
            raise UnknownOutcome("exception desk", str(error)) from None
        if status >= 400:
            raise UnknownOutcome("exception desk", f"answered {status}")

    return report


def books_post(url: str, send: Send, timeout_s: float) -> Post:
    """Posts batches of finance to a URL."""

    async def post(posting: Posting) -> bool:
        headers = {"content-type": "application/json"}
        try:
            status, _, _ = await send("POST", url, headers, msgspec.json.encode(posting), timeout_s)
        except (TimeoutError, OSError) as error:
            raise UnknownOutcome("books", str(error)) from None
        if status >= 400 and status != _CLOSED:
            raise UnknownOutcome("books", f"answered {status}")
        return status != _CLOSED

    return post


class Engine:
    """One engine on one store. ``hook`` takes notices, ``run`` runs until it is cancelled."""

    def __init__(
        self,
        config: Config,
        *,
        send: Send,
        clock: Clock,
        report: Report | None = None,
        post: Post | None = None,
    ) -> None:
        """Put the parts together; nothing is called yet.

        Raises:
            ConfigError: no channel sells through the shop.
            StoreError: the store cannot be used.
        """
        self.config = config
        self.guards = Guards(config.guards.off)
        channel = web_channel(config)
        if channel is None:
            raise ConfigError("channels: expected one that sells through a shop")
        self.store = Store(config.store.path)
        report = report or desk_report(config.desk.url, send, config.wire.timeout_s)
        self.core = core = Core(config, self.guards, clock, self.store, Desk(
            self.store, clock, report))  # fmt: skip
        self._send = send
        self._clock = clock
        self._rounds = Rounds(core)
        self._systems: dict[str, Parts] = {}
        masters, shop_name = config.masters, channel.system
        sells = self._connect(shop_name)
        self._shop = shop = _there(sells.shop)
        master = _there(self._connect(masters.stock).stock)
        warehouse = _there(self._connect(masters.fulfilment).warehouse)
        self.stock = StockFlow(core, master, masters.stock)
        self.audit = Audit(core, self.stock)
        self.items = ItemFlow(core, _there(self._connect(masters.fulfilment).items), shop)
        self.book = OrderBook(core, shop, self.stock, channel)
        self.orders = OrderFlow(
            core, shop=shop, warehouse=warehouse, items=self.items, book=self.book,
            system=shop_name,
        )  # fmt: skip
        booking = Booking(core, self.stock, self.audit.verify)
        self.stock.writers[shop_name] = self._shop_writer(sells, booking)
        self.stock.sells[shop_name] = shop.sells
        self.audit.sources[shop_name] = shop
        self.audit.swept[shop_name] = lambda: self.orders.swept_s
        self._takers: dict[type, Taker] = {
            MasterLevel: lambda news: self.stock.noticed(news, clock.wall()),
            ShippedParcel: self.orders.fulfilment.shipped,
            WorkStatus: self.orders.fulfilment.ended,
            ShopNews: self.orders.heard,
        }
        self._hooks = Hooks(self._systems, self._takers)
        self.finance = self._books_of(post)
        self.sales: TillFlow | None = None
        self.counts: CountFlow | None = None
        self._till_writer: TillWriter | None = None
        if tills_name := _tills_of(config):
            told = _there(self._connect(masters.stock).movements)
            self._add_tills(tills_name, booking, told, warehouse)

    def _books_of(self, post: Post | None) -> Finance | None:
        """Who posts to the books of finance, where somebody masters them."""
        config, name = self.config, self.config.masters.finance
        if not name:
            return None
        post = post or books_post(config.books.url, self._send, config.wire.timeout_s)
        return Finance(self.core, _there(self._connect(name).tills), post)

    def _shop_writer(self, sells: Parts, booking: Booking) -> Callable[[Live], None]:
        """How steps get to the shop, by how its stock can be written."""
        if sells.moves is not None:
            return MoveWriter(self.core, sells.moves, booking, self._run_name()).start
        return EntryWriter(self.core, _there(sells.entries), booking).start

    def _add_tills(
        self, name: System, booking: Booking, master: StockMaster, warehouse: Warehouse
    ) -> None:
        core, tills = self.core, _there(self._connect(name).tills)
        self._till_writer = TillWriter(core, tills, booking, self._run_name())
        self.stock.writers[name] = self._till_writer.start
        self.stock.sells[name] = tills.sells
        self.audit.sources[name] = tills
        self.sales = sales = TillFlow(
            core, tills=tills, master=master, system=name, items=self.items, stock=self.stock,
        )  # fmt: skip
        # Their figures also move by counts and goods in and out, which another round reads.
        self.audit.swept[name] = lambda: min(sales.swept_s, core.swept_to("changes") or 0.0)
        self.counts = CountFlow(
            core, tills=tills, warehouse=warehouse, book=self.book, sales=sales,
            audit=self.audit, system=name, confirmed=self._till_writer.confirmed,
        )  # fmt: skip
        self._takers[TillNews] = lambda news: sales.heard(*news)

    def _connect(self, system: System) -> Parts:
        """The adapter of a system, made once."""
        made = self._systems.get(system)
        if made is None:
            config = self.config
            nodes = dict.fromkeys(node for channel in config.channels if channel.system == system
                                  for node in channel.nodes)  # fmt: skip
            made = self._systems[system] = CONNECT[system](
                Kit(
                    config, self._clock, self.guards, self.core.places.places(system, nodes),
                    f"{REFERENCE}-", partial(self._line, system), partial(self._other, system),
                )
            )  # fmt: skip
        return made

    def _line(self, name: str, url: str) -> Line:
        budget = self.config.budget.items()
        per_s = next((rate for system, rate in budget if system == name), None)
        return Line(
            name, url, send=self._send, clock=self._clock, guards=self.guards,
            wire=self.config.wire, per_s=per_s,
        )  # fmt: skip

    def _other(self, name: str, auth_url: str, url: str) -> Line | None:
        """The line to where tokens come from, when that is another host."""
        elsewhere = auth_url and auth_url.rstrip("/") != url.rstrip("/")
        return self._line(f"{name} tokens", auth_url) if elsewhere else None

    def _run_name(self) -> str:
        """A name for this store's steps that no other store's can have."""
        name = self.store.mark("run")
        if not name:
            name = f"{int(self._clock.wall() * 1000):x}"
            self.store.set_mark("run", name)
        return name

    async def hook(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> int:
        """Take a notice of a system; the HTTP status to answer with."""
        return await self._hooks.take(method, path, headers, body)

    # --- running ----------------------------------------------------------------------------

    async def run(self, ready: Callable[[], None] | None = None) -> None:
        """Run until cancelled; ``ready`` is called once all books are open."""
        try:
            await self._begin()
            if ready is not None:
                ready()
            await self.core.failure()
        finally:
            self._hooks.is_open = False
            await self.core.stop()
            self.store.close()

    async def _begin(self) -> None:
        """Learn what there is, take up what the store knows, read all figures, then open."""
        rounds, core = self._rounds, self.core
        if not self.store.mark("started"):
            self.store.set_mark("started", repr(core.wall()))
        await rounds.until_done("places", self._learn)
        await rounds.until_done("range", self._shop.learn_range)
        await rounds.until_done("levels", self._levels)
        core.ledger.load()
        await rounds.until_done("figures", self.audit.begin)
        await rounds.until_done("notices", self._subscribe)
        core.desk.load()
        self._resume()
        self._hooks.is_open = True
        self.stock.is_open = True
        for cell in list(core.ledger.cells()):
            self.stock.plan(cell)
        self._start_rounds()

    async def _learn(self) -> None:
        try:
            for parts in self._systems.values():
                await parts.learn()
        except Refused as refused:
            if refused.code == "unmapped_place":
                self.core.desk.park("place:configuration", "unmapped_place", str(refused))
            raise

    async def _levels(self) -> None:
        self.items.seen(await self.stock.poll_all())

    async def _subscribe(self) -> None:
        url = self.config.hooks.url.rstrip("/")
        if not url:
            return
        for name, parts in self._systems.items():
            await parts.subscribe(f"{url}/{name}")

    def _resume(self) -> None:
        """Take up what was under way when an engine on this store was last stopped."""
        self.audit.load()
        self.orders.load()
        if self.sales is not None:
            self.sales.load()
        if self.counts is not None:
            self.counts.load()
        for step in self.store.steps():
            live = self.core.ledger.live(step.node, step.sku, step.channel)
            if live is None or not self.guards.write_ahead:
                with self.store:
                    self.store.drop_step(step.step)
                continue
            self._take_up(live, step)

    def _take_up(self, live: Live, step: StepRecord) -> None:
        """A step whose outcome is not booked: with a version or a key it may have been sent."""
        step.sent = 1 if step.version else 0
        live.step = step
        self.stock.writers[live.system](live)

    def _start_rounds(self) -> None:
        """Begin everything that is done at intervals."""
        rounds, cadence, guards = self._rounds, self.config.cadence, self.guards
        if guards.sweep:
            rounds.every("orders", cadence.orders_s, self.orders.sweep, first_s=0.0)
            rounds.every(
                "shipments", cadence.shipments_s, self.orders.fulfilment.sweep,
                first_s=cadence.shipments_s,
            )  # fmt: skip
            if self.sales is not None:
                rounds.every("sales", cadence.sales_s, self.sales.sweep, first_s=0.0)
        if guards.snapshot:
            rounds.every("levels", cadence.stock_s, self.stock.poll_changed,
                         first_s=cadence.stock_s)  # fmt: skip
            rounds.every("figures", cadence.snapshot_s, self._compare,
                         first_s=cadence.snapshot_s)  # fmt: skip
            rounds.every("everything", cadence.full_s, self._everything, first_s=cadence.full_s)
        if self.finance is not None:
            rounds.every("books", cadence.books_s, self.finance.round, first_s=cadence.books_s)
        if self.counts is not None:
            rounds.every("counts", cadence.counts_s, self.counts.round, first_s=cadence.counts_s)
        if guards.item_check:
            rounds.every("items", cadence.items_s, self.items.round, first_s=cadence.items_s)
            rounds.every("range", cadence.full_s, self.items.look_ahead, first_s=0.0)

    async def _compare(self) -> None:
        await self.audit.round(whole=False)

    async def _everything(self) -> None:
        await self._levels()
        await self.audit.round(whole=True)
        with self.store:
            self.store.forget_before(self.core.wall() - _KEPT_S)

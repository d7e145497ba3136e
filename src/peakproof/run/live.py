"""Plays a scenario live against a connector that is a process of its own, and judges it."""

from __future__ import annotations

import asyncio
import csv
import socket
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import msgspec
import tomli_w

from peakproof.errors import ConnectorError, PeakproofError
from peakproof.history.reader import Reader
from peakproof.history.recorder import Recorder
from peakproof.history.records import Call, Desk, Flows, Hook, Record
from peakproof.judging.judge import judge
from peakproof.judging.verdict import RunVerdict
from peakproof.run.setting import Setting
from peakproof.run.stage import Stage, build
from peakproof.run.subject import Subject, fill
from peakproof.scenario import merge
from peakproof.virtual_time.seal import real_monotonic
from peakproof.wire.carriers import HttpCarrier
from peakproof.wire.hooks import Hooks
from peakproof.wire.http1 import Http1Protocol
from peakproof.wire.live import LivePacer
from peakproof.wire.message import Request, Response
from peakproof.wire.server import LOOPBACK, Server

_LOOK_S: Final = 0.05
"""Real seconds between two looks at a connector that is awaited; nothing is judged by them."""


_DESK_HOLES: Final = ("{desk.url}", "{config}")
"""The placeholders by which a connector learns where to report."""


class LiveSetting(msgspec.Struct, frozen=True):
    """How a live run is made, beside its setting.

    ``stays``: the connector is a service that must be stopped; otherwise it runs and exits.
    ``quiet_s`` is how long (real seconds) nothing may happen on the wire before a staying
    connector is judged, ``limit_s`` how long (real seconds) the whole run may take.
    """

    command: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()
    flows: tuple[str, ...] = ()
    stays: bool = False
    quiet_s: float = 3.0
    limit_s: float = 300.0
    rate: float = 1.0


class _DeskEntry(msgspec.Struct):
    key: str
    kind: str
    owner: str
    reason: str


class LiveRun:
    """One live run; :meth:`play` gives its verdict."""

    def __init__(self, setting: Setting, live: LiveSetting) -> None:
        self.live = live
        self.recorder = Recorder()
        self.fault: PeakproofError | None = None
        self.last_s = 0.0
        self._pacer: LivePacer | None = None
        self.stage: Stage = build(
            setting, recorder=self.recorder, wait=self._wait, on_fault=self._on_fault
        )
        self.pacer = self._pacer = LivePacer(
            self.stage.world.env, clock=real_monotonic, rate=live.rate, on_fault=self._on_fault
        )
        self.stage.world.listeners.append(self._hear)

    async def play(self) -> RunVerdict:
        """Start the fakes and the connector, trade, settle, judge.

        Raises:
            ConnectorError: the connector did not start, ended early, or took too long.
            HarnessFault: something inside peakproof is wrong.
        """
        stage, world = self.stage, self.stage.world
        async with AsyncExitStack() as cleanup:
            folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="peakproof-")))
            hooks = Hooks(stage.wire, HttpCarrier(rate=self.live.rate))
            world.emit(stage.opening_record("live"))
            if self.live.flows:
                world.emit(Flows(world.t, tuple(sorted(self.live.flows))))
            stage.phase("open")
            stage.aim_events()
            stage.wire.disarm()
            stage.day.seed()
            server = await cleanup.enter_async_context(Server(stage.wire, self.pacer))
            desk = await cleanup.enter_async_context(DeskServer(self._report))
            values = self._values(server, desk.url, folder)
            subject = Subject(
                [fill(word, values) for word in self.live.command],
                {name: fill(text, values) for name, text in self.live.environment},
                Path.cwd(),
            )
            cleanup.push_async_callback(subject.stop)
            try:
                async with asyncio.timeout(self.live.limit_s):
                    await (self._stay(subject) if self.live.stays else self._visit(subject))
            except TimeoutError:
                raise ConnectorError(
                    f"The run took longer than {self.live.limit_s:g} s; the connector's last "
                    f"output:\n{subject.last_words()}"
                ) from None
            await subject.stop()
            hooks.close()
        return self._judge()

    async def _visit(self, subject: Subject) -> None:
        """A connector that runs and exits: trading is open while it works."""
        self.stage.open_trading()
        await subject.start()
        code = await subject.ended()
        self._check()
        if code != 0 and not self.stage.wire.calls:
            raise ConnectorError(
                f"The connector ended with exit code {code} and had called nothing; its last "
                f"output:\n{subject.last_words()}"
            )
        self.pacer.catch_up()
        self.stage.calm()

    async def _stay(self, subject: Subject) -> None:
        """A connector that stays: it gets time to open, the trading day, and quiet after it."""
        stage, scenario = self.stage, self.stage.scenario
        await subject.start()
        await self._until(subject, scenario.open_s)
        if not stage.wire.calls:
            raise ConnectorError(
                f"The connector called nothing in {scenario.open_s:g} s; its last output:\n"
                f"{subject.last_words()}"
            )
        stage.open_trading()
        await self._until(subject, stage.world.t + scenario.duration_s)
        stage.calm()
        deadline_s = stage.world.t + scenario.settle_s
        quiet_s = self.live.quiet_s * self.live.rate
        while self.pacer.due_s() < deadline_s:
            await self._until(subject, min(deadline_s, self.last_s + quiet_s))
            if self.pacer.due_s() - self.last_s < quiet_s:
                continue
            if not stage.day.unfinished():
                break
            await asyncio.sleep(_LOOK_S)

    async def _until(self, subject: Subject, at_s: float) -> None:
        """Let run time pass; a connector that ends meanwhile ends the run."""
        while True:
            self._check()
            if not subject.running:
                await subject.ended()
                raise ConnectorError(
                    f"The connector ended early, with exit code {subject.exit_code}; its last "
                    f"output:\n{subject.last_words()}"
                )
            left_s = (at_s - self.pacer.due_s()) / self.live.rate
            if left_s <= 0:
                break
            await asyncio.sleep(min(left_s, _LOOK_S))
        self.pacer.catch_up()

    def _judge(self) -> RunVerdict:
        """The rest of the settling time passes at once: nobody is left who could change a thing."""
        stage = self.stage
        env = stage.world.env
        env.run(until=env.now + stage.scenario.settle_s)
        self._check()
        stage.read_back()
        stage.wire.close()
        contents = self.recorder.contents()
        return judge(Reader(BytesIO(contents)), digest=self.recorder.digest())

    # --- what the connector is told ------------------------------------------------------

    def _values(self, server: Server, desk_url: str, folder: Path) -> dict[str, str]:
        access: dict[str, dict[str, str]] = {}
        for name, service in self.stage.services.items():
            url = server.urls[name]
            host = url.partition("://")[2]
            access[name] = {"url": url, "auth_url": url, "host": host, **service.credentials}
        values = {
            f"{name}.{key}": value for name, keys in access.items() for key, value in keys.items()
        }
        port = free_port()
        values["hooks.port"] = str(port)
        values["hooks.listen"] = f"{LOOPBACK}:{port}"
        values["hooks.url"] = f"http://{LOOPBACK}:{port}"
        values["desk.url"] = desk_url
        values["stock_csv"] = str(self._stock_csv(folder))
        values["workdir"] = str(folder)
        systems = {
            name: {key: value for key, value in keys.items() if key != "host"}
            for name, keys in access.items()
        }
        document = merge(
            self.stage.document(systems),
            {
                "store": {"path": str(folder / "store.sqlite")},
                "desk": {"url": desk_url},
                "hooks": {"url": values["hooks.url"], "listen": values["hooks.listen"]},
            },
        )
        # The connector's own clock goes at real speed, whatever the world's does.
        cadence = document.get("cadence", {})
        document["cadence"] = {name: value / self.live.rate for name, value in cadence.items()}
        config = folder / "connector.toml"
        config.write_text(tomli_w.dumps(document), "utf-8")
        values["config"] = str(config)
        return values

    def _stock_csv(self, folder: Path) -> Path:
        """What the stock master holds now, as a nightly export would say it."""
        file = folder / "stock.csv"
        estate, ledger = self.stage.scenario.estate, self.stage.world.ledger
        with file.open("w", newline="", encoding="utf-8") as sink:
            writer = csv.writer(sink)
            writer.writerow(["sku", "quantityOnStock"])
            for sku in sorted({sku for _place, sku, _units in ledger.balances()}):
                units = sum(ledger.at(f"shelf:{node['id']}", sku) for node in estate["nodes"])
                writer.writerow([sku, units])
        return file

    # --- what the run hears ---------------------------------------------------------------

    def _wait(self, seconds: float) -> Any:
        assert self._pacer is not None
        return self._pacer.wait(seconds)

    def _hear(self, record: Record) -> None:
        if isinstance(record, Call) and record.effect in ("read", "auth"):
            return
        if isinstance(record, Call | Hook):
            self.last_s = self.stage.world.t

    def _report(self, entry: _DeskEntry) -> None:
        self.pacer.catch_up()
        world = self.stage.world
        world.emit(Desk(world.t, entry.key, entry.kind, entry.owner, entry.reason))

    def _on_fault(self, fault: PeakproofError) -> None:
        self.fault = self.fault or fault

    def _check(self) -> None:
        if self.fault is not None:
            raise self.fault


class DeskServer:
    """The exception desk as a URL: ``POST {"key", "kind", "owner", "reason"}`` answers 204."""

    def __init__(self, report: Any) -> None:
        self._report = report
        self._server: asyncio.Server | None = None
        self.url = ""

    async def __aenter__(self) -> DeskServer:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Http1Protocol(self._answer), LOOPBACK, 0)
        self.url = f"http://{LOOPBACK}:{self._server.sockets[0].getsockname()[1]}/desk"
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self._server is not None
        self._server.close()

    async def _answer(self, request: Request) -> Response:
        try:
            entry = msgspec.json.decode(request.body, type=_DeskEntry)
        except msgspec.DecodeError as error:
            told = msgspec.json.encode({"error": str(error)})
            return Response(400, told, {"content-type": "application/json"})
        self._report(entry)
        return Response(204)


def free_port() -> int:
    """A port on loopback where nobody listens now, for a connector's own listener."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        number: int = probe.getsockname()[1]
        return number


def check(setting: Setting, live: LiveSetting) -> RunVerdict:
    """Play one live run and judge it; see :class:`LiveRun`.

    A connector that is told of no desk cannot report: those rules stay undecided.
    """
    told = " ".join((*live.command, *(text for _name, text in live.environment)))
    if not any(hole in told for hole in _DESK_HOLES):
        overrides = (*setting.overrides, ("judging.desk", False))
        setting = msgspec.structs.replace(setting, overrides=overrides)
    return asyncio.run(LiveRun(setting, live).play())


def environment(entries: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """``NAME=VALUE`` options as pairs; what has no ``=`` is an empty variable."""
    return tuple((name, value) for name, _, value in (entry.partition("=") for entry in entries))

"""Serves the fakes on loopback until stopped, for any client in any language."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
import simpy

from peakproof import catalogue
from peakproof.clock import Clock
from peakproof.errors import PeakproofError, UsageError
from peakproof.history.recorder import Recorder
from peakproof.rng import Streams
from peakproof.signals import told_to
from peakproof.toml_file import nearest
from peakproof.virtual_time.seal import real_monotonic, real_time
from peakproof.wire.carriers import HttpCarrier
from peakproof.wire.control import Control
from peakproof.wire.exchange import Wire
from peakproof.wire.hooks import Hooks
from peakproof.wire.live import LivePacer
from peakproof.wire.proxy import opened_proxy
from peakproof.wire.server import Server
from peakproof.wire.weather import Weather
from peakproof.world import World

if TYPE_CHECKING:
    from signal import Signals

ESTATE: Final = "pos_deposco/clean-day"
"""The scenario whose catalogue and stock fill the fakes."""


class _Nowhere:
    """A sink for a history that nobody keeps: a server may run for days."""

    def write(self, chunk: bytes) -> int:
        return len(chunk)


class Access(msgspec.Struct, omit_defaults=True):
    """What a client is told: where each system is, how to get in, and the control plane's token.

    ``proxy`` leads the vendors' own host names to the fakes; ``ca`` is the file with the
    certificate that vouches for them there.
    """

    systems: dict[str, dict[str, str]]
    control_token: str
    proxy: str = ""
    ca: str = ""


def chosen_systems(names: Sequence[str]) -> list[str]:
    """The systems to serve: those named, or all.

    Raises:
        UsageError: there is no system of that name; the message has the nearest ones.
    """
    known = catalogue.simulators()
    for name in names:
        if name not in known:
            near = nearest(name, known)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(known)}."
            raise UsageError(f"There is no system {name!r}; {hint}")
    return list(names) or known


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Makes the loop that serves: uvloop's where there is one, for sockets cost it less."""
    try:
        import uvloop  # noqa: PLC0415
    except ImportError:  # it is not made for Windows
        return None
    return uvloop.new_event_loop


async def serve(
    names: Sequence[str],
    *,
    seed: int,
    ports: Mapping[str, int],
    rate: float,
    told: Callable[[Access], None],
    vendor_hosts: bool = False,
) -> Signals:
    """Serve until SIGINT or SIGTERM, and say which; ``told`` gets the addresses once all listen.

    Raises:
        UsageError: a system does not exist, a port is taken, a rate is below 1.
        HarnessFault: a fake failed.
    """
    systems = chosen_systems(names)
    world = _world(seed)
    services = {name: catalogue.simulator(name)(world, {}) for name in systems}
    _fill(world, services)
    stop = asyncio.Event()
    faults: list[PeakproofError] = []
    heard: list[Signals] = []

    def signalled(number: Signals) -> None:
        heard.append(number)
        stop.set()

    def fail(fault: PeakproofError) -> None:
        faults.append(fault)
        stop.set()

    pacer = LivePacer(world.env, clock=real_monotonic, rate=rate, on_fault=fail)
    wire = Wire(world, services, {}, Weather(world), wait=pacer.wait, on_fault=fail)
    hooks = Hooks(wire, HttpCarrier(rate=rate))
    token = secrets.token_urlsafe(24)  # not from the seed: whoever knows it rules the fakes
    control = Control(wire, token=token, seed_type=next(iter(services.values())).seed_type)
    with told_to(signalled):
        async with AsyncExitStack() as cleanup:
            server = Server(wire, pacer, ports=ports, control=control)
            urls = (await cleanup.enter_async_context(server)).urls
            access = Access(
                {
                    name: {"url": url, "auth_url": url, **services[name].credentials}
                    for name, url in urls.items()
                },
                token,
            )
            if vendor_hosts:
                proxy = await cleanup.enter_async_context(opened_proxy(services, urls))
                access.proxy, access.ca = proxy.url, str(proxy.authority.file)
            told(access)
            await stop.wait()
    hooks.close()
    wire.close()
    if faults:
        raise faults[0]
    return heard[0]


def _world(seed: int) -> World:
    epoch = datetime.fromtimestamp(real_time(), UTC)
    env = simpy.Environment(initial_time=0.0)
    recorder = Recorder(_Nowhere())  # type: ignore[arg-type]  # all that it needs is write
    return World(env, clock=Clock(env, epoch=epoch), streams=Streams(seed), recorder=recorder)


def _fill(world: World, services: Mapping[str, Any]) -> None:
    """Catalogue and stock of a small retailer, as far as the served systems hold them.

    A shop that the estate does not know gets its buildings under their own names.
    """
    (named,) = catalogue.select([ESTATE])
    scenario = named.scenario
    nodes, channels = scenario.estate["nodes"], scenario.estate["channels"]
    placed = {system for node in nodes for system in node["places"]}
    strangers = [
        name
        for name, service in services.items()
        if name not in placed and "storefront" in service.roles
    ]
    estate = {
        **scenario.estate,
        "nodes": [
            {
                **node,
                "places": {
                    **{name: code for name, code in node["places"].items() if name in services},
                    **dict.fromkeys(strangers, node["id"]),
                },
            }
            for node in nodes
        ],
        "channels": [
            *(one for one in channels if one["system"] in services),
            *(
                {"id": name, "system": name, "nodes": [node["id"] for node in nodes]}
                for name in strangers
            ),
        ],
        "warehouse": "deposco" if "deposco" in services else "",
    }
    spec = {
        "items": scenario.items,
        "stock": {**scenario.stock, "opening": {one["id"]: "record" for one in estate["channels"]}},
        "trading": {"day": "quiet"},
    }
    catalogue.trading_day()(world, services, estate, spec).seed()

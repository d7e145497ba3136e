"""The engine as a process: ``python -m peakproof_engine --config engine.toml``."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
import time
from collections.abc import Sequence
from functools import partial

from peakproof_engine.app import Engine
from peakproof_engine.clock import QuickLoop, SteppedClock, wall_at
from peakproof_engine.config import Config, from_file
from peakproof_engine.errors import ConfigError, StoreError
from peakproof_engine.httpx_send import HttpxSend
from peakproof_engine.listener import Listener


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT. Exit code 0 after that, 2 for a wrong configuration."""
    parser = argparse.ArgumentParser(
        prog="peakproof_engine",
        description="Keeps stock, orders and till sales in step between master, shop and tills.",
    )
    parser.add_argument("--config", required=True, metavar="FILE", help="a TOML file")
    parser.add_argument(
        "--check", action="store_true", help="read the configuration and say if it is right"
    )
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        config = from_file(chosen.config)
        if chosen.check:
            sys.stdout.write(f"{chosen.config}: right\n")
            return 0
        rate = config.clock.rate
        with asyncio.Runner(loop_factory=partial(QuickLoop, rate) if rate > 1 else None) as runner:
            runner.run(run(config))
    except (ConfigError, StoreError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


async def run(config: Config) -> None:
    """Run an engine with a configuration until a signal stops it.

    Raises:
        ConfigError: the configuration does not fit together or an address is taken.
        StoreError: the store cannot be used.
    """
    loop = asyncio.get_running_loop()
    # The process's own door to the calendar: everything inside reads the clock it is given.
    real_s = time.time()  # noqa: TID251
    pace = config.clock
    wall_s = wall_at(real_s, rate=pace.rate, since_s=pace.since_s or real_s)
    epoch_s = wall_s - loop.time()
    send = HttpxSend()
    engine = Engine(config, send=send, clock=SteppedClock(loop.time, epoch_s))
    listener = Listener(engine.hook)
    if config.hooks.listen:
        await listener.open(config.hooks.listen)

    def ready() -> None:
        hooks = f", notices on port {listener.port}" if listener.port else ""
        sys.stdout.write(f"peakproof engine is ready: {config.integration}{hooks}\n")
        sys.stdout.flush()

    running = asyncio.ensure_future(engine.run(ready))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        pass
    finally:
        await listener.close()
        await send.close()


if __name__ == "__main__":
    sys.exit(main())

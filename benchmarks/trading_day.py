"""A trading day at scale, played whole: what it does, what it costs, and its bare ceiling.

Run with ``python -m benchmarks.trading_day [ORDERS [DAYS]]`` in the folder of the project.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import msgspec
import simpy
from benchmarks.wire_subject import ENTRY, open_wire, update_body

from peakproof import catalogue
from peakproof.history.reader import Reader
from peakproof.history.recorder import Recorder
from peakproof.history.records import Hook
from peakproof.judging.judge import judge
from peakproof.run.setting import Setting
from peakproof.run.virtual import play
from peakproof.scenario import Named
from peakproof.virtual_time.loop import VirtualLoop
from peakproof.virtual_time.running import run_virtual

ESTATE: Final = "commercetools_deposco"
ITEMS: Final = 2_000
DAY_S: Final = 86_400.0
SETTLE_S: Final = 4.0 * 3_600.0
_HOOK: Final = b'{"k":"hook"'


class Cost(msgspec.Struct):
    """What one day was and took. Times are CPU seconds of this process, memory is MiB."""

    orders: int
    days: int
    verdict: str
    calls: int
    notices: int
    waits: int
    records: int
    play_s: float
    bare_s: float
    judge_s: float
    peak_mib: float
    history_mib: float
    reasons: list[str]

    @property
    def of_ceiling(self) -> float:
        """Orders a second, as a share of the bare ceiling's."""
        return self.bare_s / self.play_s

    def told(self) -> str:
        """For people."""
        each_us = self.play_s / self.orders * 1e6
        return (
            f"{self.orders} orders in {self.days} days: {self.play_s:.1f} s, {each_us:.0f} us an "
            f"order ({self.orders / self.play_s:.0f} orders/s), {self.of_ceiling:.0%} of the bare "
            f"ceiling ({self.bare_s:.1f} s for {self.calls} calls, {self.notices} delivered "
            f"notices and {self.waits} other waits); "
            f"judged in {self.judge_s:.1f} s ({self.judge_s / self.orders * 1e6:.0f} us an order, "
            f"{self.judge_s / self.records * 1e6:.2f} us a record); peak {self.peak_mib:.0f} MiB, "
            f"history {self.history_mib:.0f} MiB; {self.verdict} {' '.join(self.reasons)}"
        )


def load_day(orders: int, days: int) -> Named:
    """So many orders over so many days, everything on, in the estate of the web shop."""
    (quiet,) = catalogue.select([f"{ESTATE}/clean-day"])
    scenario = msgspec.structs.replace(
        quiet.scenario,
        title="A trading day at scale",
        story="",
        open_s=120.0,
        duration_s=days * DAY_S,
        settle_s=SETTLE_S,
        items={"count": ITEMS},
        stock={"rule": "demand", "cover": 3.0, "least": 10, "window_s": days * DAY_S},
        trading={"day": "load", "web": {"demand": {"exactly": orders}}},
        judging={},
        events=(),
        weather=(),
    )
    return Named(f"{ESTATE}/load-day", ESTATE, "load-day", "benchmark", scenario)


def played(orders: int, days: int, *, history: Path) -> Cost:
    """Play a day into a file and judge it from there."""
    setting = Setting(named=load_day(orders, days), seed=1)
    with history.open("wb") as sink:
        recorder = Recorder(sink)
        began = time.process_time()
        stage = play(setting, recorder)
        recorder.flush()
        play_s = time.process_time() - began
    calls, numbered = stage.wire.calls, next(stage.world.env._eid)
    del stage
    gc.collect()
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.process_time()
    with history.open("rb") as source:
        verdict = judge(Reader(source), digest=recorder.digest())
    judge_s = time.process_time() - began
    records, notices = told_in(history)
    # Every wait took a number, also one that was a jump of the clock: two for a call, two for a
    # notice, whose time-out took a third and is no wait.
    waits = numbered - 2 * calls - 3 * notices
    return Cost(
        orders=orders, days=days, verdict=verdict.verdict.value, calls=calls, notices=notices,
        waits=waits, records=records, play_s=play_s, bare_s=bare(calls + notices, waits),
        judge_s=judge_s, peak_mib=peak_mib, history_mib=history.stat().st_size / 2**20,
        reasons=[str(reason) for reason in verdict.reasons],
    )  # fmt: skip


def told_in(history: Path) -> tuple[int, int]:
    """How many records a history holds, and how many notices were answered according to it."""
    records = notices = 0
    with history.open("rb") as source:
        for line in source:
            records += 1
            notices += line.startswith(_HOOK) and msgspec.json.decode(line, type=Hook).status > 0
    return records, notices


def bare(calls: int, waits: int) -> float:
    """CPU seconds of the ceiling: the same number of calls and waits with empty handlers.

    A call is two ``asyncio.sleep`` and the JSON both ways, and so is a notice, which is a call of
    the other side; each other wait is one of SimPy's.
    """

    answer = open_wire(simpy.Environment(), None).answer

    async def call_all(_loop: VirtualLoop) -> None:
        sleep, decode = asyncio.sleep, ENTRY.decode
        for number in range(calls):
            update_body(number, number)
            await sleep(0.04)
            await sleep(0.04)
            decode(answer)

    def wait_all(env: simpy.Environment) -> Any:
        for _number in range(waits):
            yield env.timeout(0.04)

    env = simpy.Environment()
    env.process(wait_all(env))
    began = time.process_time()
    run_virtual(call_all, env)
    env.run()
    return time.process_time() - began


def in_a_folder(orders: int, days: int) -> Cost:
    """The same in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="peakproof-day-") as folder:
        return played(orders, days, history=Path(folder) / "history.ndjson")


def main(orders: int, days: int) -> None:
    """Print what a day costs; ``JSON=1`` in the environment prints it for a program."""
    cost = in_a_folder(orders, days)
    if os.environ.get("JSON"):
        sys.stdout.write(json.dumps(msgspec.to_builtins(cost)) + "\n")
    else:
        sys.stdout.write(cost.told() + "\n")


if __name__ == "__main__":
    main(*(int(text) for text in (sys.argv[1:] + ["20000", "1"][len(sys.argv) - 1 :])))

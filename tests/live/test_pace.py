"""Faster than the clock: the engine's own loop, and runs that a machine could not keep up with."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import msgspec
import pytest
from tests.simulation.wire_stage import Stage

from peakproof.errors import UsageError
from peakproof.judging.verdict import Breach, Finding, RunVerdict, Verdict
from peakproof.run.keeping_up import BUSY, LATE_S, excused, shortfall
from peakproof.run.live import LiveSetting
from peakproof.wire.live import LivePacer
from peakproof_engine.clock import QuickLoop, wall_at

WHY = "this machine could not keep up: things happened up to 9.0 s of run time late; "


# --- the engine's loop ----------------------------------------------------------------------


def at_rate(rate: float, story: asyncio.Future[None] | object) -> None:
    with asyncio.Runner(loop_factory=partial(QuickLoop, rate)) as runner:
        runner.run(story)  # type: ignore[arg-type]  # a coroutine


async def wait_in_many_ways() -> None:
    await asyncio.sleep(40)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 40)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(40):
            await asyncio.Event().wait()
    rung = asyncio.Event()
    asyncio.get_running_loop().call_later(40, rung.set)
    await rung.wait()


def test_everything_that_waits_in_a_quick_loop_keeps_its_length_in_run_time() -> None:
    spent: list[float] = []

    async def story() -> None:
        begun = asyncio.get_running_loop().time()
        await wait_in_many_ways()
        spent.append(asyncio.get_running_loop().time() - begun)

    begun_s = time.perf_counter()
    at_rate(400, story())
    assert spent[0] >= 160
    assert time.perf_counter() - begun_s < 30, "160 s of run time, in less than half a second"


def test_sockets_wake_a_quick_loop_at_once() -> None:
    async def story() -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(await reader.readline())
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"here\n")
            assert await reader.readline() == b"here\n"
            writer.close()
            await writer.wait_closed()

    at_rate(400, story())


@pytest.mark.parametrize(("rate", "shown"), [(1.0, 1060.0), (20.0, 2200.0)])
def test_a_quick_clock_agrees_with_the_real_one_at_one_moment(rate: float, shown: float) -> None:
    assert wall_at(1000.0, rate=rate, since_s=1000.0) == 1000.0
    assert wall_at(1060.0, rate=rate, since_s=1000.0) == shown


CONFIG = """
integration = "commercetools_deposco"
nodes = [{ id = "W1", kind = "warehouse", places = { deposco = "W1", commercetools = "W1" } }]
channels = [{ id = "web", system = "commercetools", nodes = ["W1"] }]
[systems.deposco]
url = "http://127.0.0.1:9"
code = "P"
business_unit = "P"
user = "u"
password = "p"
client_id = "i"
client_secret = "s"
[systems.commercetools]
url = "http://127.0.0.1:9"
project_key = "p"
client_id = "i"
client_secret = "s"
scope = "manage_project:p"
[clock]
"""


@pytest.mark.parametrize(
    ("clock", "code", "said"),
    [
        ("rate = 20.0\nsince_s = 1764223200.0", 0, "right"),
        ("rate = 0.5", 2, "clock.rate"),
        ("since_s = -1.0", 2, "clock.since_s"),
        ("speed = 2", 2, "clock.speed: there is no such field"),
    ],
)
def test_the_engine_reads_its_clock_from_its_file(
    tmp_path: Path, clock: str, code: int, said: str
) -> None:
    file = tmp_path / "engine.toml"
    file.write_text(CONFIG + clock, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "peakproof_engine", "--config", str(file), "--check"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_quick_engine_ends_when_it_is_told_to(tmp_path: Path, number: signal.Signals) -> None:
    file = tmp_path / "engine.toml"
    file.write_text(f'{CONFIG}rate = 20.0\n[store]\npath = "{tmp_path / "store"}"\n', "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "peakproof_engine", "--config", str(file)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    first = process.stderr.readline()
    assert "round places" in first, "nobody answers there, and it says so"
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == 0


# --- the harness's pace ---------------------------------------------------------------------


def test_run_time_may_have_begun_before_the_pacer_was_started() -> None:
    async def story() -> None:
        stage = Stage()
        stage.loop.close()
        now = [100.0]
        pacer = LivePacer(stage.env, clock=lambda: now[0], rate=10.0, since=98.0)
        assert pacer.due_s() == 0.0
        pacer.start()
        assert pacer.due_s() == 20.0
        pacer.stop()
        now[0] += 5.0
        pacer.start()
        assert pacer.due_s() == 20.0, "the second time it goes on where it stopped"
        pacer.stop()

    asyncio.run(story())


def test_the_pacer_knows_how_late_it_was() -> None:
    async def story() -> tuple[float, float]:
        stage = Stage()
        stage.loop.close()
        now = [100.0]
        pacer = LivePacer(stage.env, clock=lambda: now[0], rate=10.0)
        happened = asyncio.Event()
        stage.world.after(0.1, happened.set)
        pacer.start()
        before_s = pacer.late_s
        now[0] += 3.0
        await happened.wait()
        pacer.stop()
        return before_s, pacer.late_s

    before_s, late_s = asyncio.run(story())
    assert before_s == 0.0
    assert 29.0 < late_s <= 30.0


@pytest.mark.parametrize(
    ("rate", "late_s", "busy", "said"),
    [
        (20.0, 0.0, 0.0, ""),
        (20.0, LATE_S, BUSY, ""),
        (20.0, 9.0, 0.0, WHY + "run with a lower --rate"),
        (1.0, 9.0, 0.0, WHY + "run on a quieter machine"),
        (20.0, 0.0, 0.97, "the connector was busy 97% of the time; run with a lower"),
        (20.0, 9.0, 3.0, "9.0 s of run time late, and the connector was busy 100%"),
        (1.0, 0.0, 0.97, ""),
    ],
)
def test_a_run_that_fell_behind_says_why(
    rate: float, late_s: float, busy: float, said: str
) -> None:
    why = shortfall(rate=rate, late_s=late_s, busy_s=busy * 50.0, real_s=50.0)
    assert said in why
    assert bool(why) == bool(said)


def verdict(word: Verdict) -> RunVerdict:
    breach = Breach(
        invariant="oversold", at_s=1.0, units=1, money_minor=5, key="A", sentence="Sold twice."
    )
    broken = Finding(
        invariant="oversold", verdict=Verdict.BROKEN, exercised=1, breaches=(breach,), count=1,
        units=1, money_minor=5,
    )  # fmt: skip
    held = Finding(invariant="order_lost", verdict=Verdict.HOLDS, exercised=3)
    findings = (broken, held) if word is Verdict.BROKEN else (held,)
    return RunVerdict(id="a/b", seed=1, connector="c", verdict=word, findings=findings)


def test_what_looked_broken_while_the_machine_fell_behind_is_undecided_and_says_so() -> None:
    told = excused(verdict(Verdict.BROKEN), "too slow")
    assert (told.verdict, told.exit_code, told.reasons) == (Verdict.UNDECIDED, 3, ("too slow",))
    assert told.broken == ()
    finding = told.finding("oversold")
    assert finding.verdict is Verdict.UNDECIDED
    assert finding.reason == "too slow (it looked broken: Sold twice.)"
    assert told.finding("order_lost").verdict is Verdict.HOLDS


def test_a_machine_that_kept_up_excuses_nothing_and_what_held_has_held() -> None:
    broken, held = verdict(Verdict.BROKEN), verdict(Verdict.HOLDS)
    assert excused(broken, "") is broken
    assert excused(held, "too slow") is held
    undecided = msgspec.structs.replace(held, verdict=Verdict.UNDECIDED, reasons=("nothing",))
    assert excused(undecided, "too slow").reasons == ("too slow", "nothing")


def test_a_live_run_wants_a_rate_of_at_least_one() -> None:
    stage = Stage()
    stage.loop.close()
    with pytest.raises(UsageError, match="at real speed or faster"):
        LivePacer(stage.env, clock=lambda: 0.0, rate=0.9, since=0.0)


@pytest.mark.parametrize(
    ("said_s", "rate", "run_s"), [(None, 1.0, 60.0), (None, 20.0, 60.0), (None, 30.0, 90.0),
                                  (0.5, 100.0, 50.0), (2.0, 1.0, 2.0)],
)  # fmt: skip
def test_quiet_is_what_was_said_or_a_minute_of_run_time_and_three_real_seconds(
    said_s: float | None, rate: float, run_s: float
) -> None:
    assert LiveSetting(command=(), quiet_s=said_s, rate=rate).quiet_run_s() == run_s

"""Ctrl-C and SIGTERM: what was judged is told, and no process and no half file is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.live.processes import ENGINE, alive, in_session, started, until

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="needs /proc to see which processes are left"
)

RUNS = 400
COUNTING = '''
"""A connector that does nothing but note that it was started."""

async def connector(rehearsal):
    with open({file!r}, "a", encoding="utf-8") as noted:
        noted.write("started\\n")
'''
FAMILY = 'trap "{heard}" TERM; (trap "" TERM; sleep 600) & echo $$ $! > {file}; wait; wait'
"""A connector with a child that hears no SIGTERM, and what it does itself when it hears one."""

Send = Callable[[int, int], None]
ENDINGS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), ENDINGS)
@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["command", "whole terminal"])
def test_an_interrupted_run_tells_what_it_has_judged(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    send: Send,
    number: signal.Signals,
    code: int,
) -> None:
    noted, told = tmp_path / "noted", tmp_path / "told.json"
    temporary = tmp_path_factory.mktemp("run")  # short, for the workers have their socket in it
    connector = tmp_path / "counting.py"
    connector.write_text(COUNTING.format(file=str(noted)), "utf-8")
    arguments = [
        "run", "pos_deposco/last-unit-race", "--connector", f"{connector}:connector",
        "--seeds", str(RUNS), "--workers", "2", "--json", str(told),
    ]  # fmt: skip
    with started(*arguments, folder=temporary) as process:
        until(lambda: noted.exists() and noted.read_text().count("\n") >= 20, "twenty runs")
        send(process.pid, number)
        _out, errors = process.communicate(timeout=60)
        until(lambda: not in_session(process.pid), "the end of all workers")
    assert process.returncode == code, errors
    judged = len(json.loads(told.read_text("utf-8"))["scenarios"])
    assert 10 <= judged < RUNS
    assert errors == f"Interrupted: {judged} of {RUNS} runs judged; the rest is undecided.\n"
    assert not list(tmp_path.glob("*.part"))
    assert not list(temporary.glob("peakproof-*")), "the folders of the runs have gone"


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_reaches_the_workers_alone_does_not_end_them(
    tmp_path: Path, number: signal.Signals
) -> None:
    noted, runs = tmp_path / "noted", 60
    connector = tmp_path / "counting.py"
    connector.write_text(COUNTING.format(file=str(noted)), "utf-8")
    arguments = ["--connector", f"{connector}:connector", "--workers", "2", "--json", "-"]
    with started(
        "run", "pos_deposco/last-unit-race", *arguments, "--seeds", str(runs), folder=tmp_path
    ) as process:
        until(lambda: noted.exists() and noted.read_text().count("\n") >= 5, "five runs")
        children = [pid for pid in in_session(process.pid) if pid != process.pid]
        assert len(children) >= 3, "two workers, and where they come from"
        for pid in children:
            os.kill(pid, number)
        out, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (1, "")
    assert len(json.loads(out)["scenarios"]) == runs


@pytest.mark.parametrize(("number", "code"), ENDINGS)
def test_an_interrupted_single_run_is_undecided_and_keeps_no_history(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    noted, history = tmp_path / "noted", tmp_path / "kept.ndjson"
    connector = tmp_path / "busy.py"
    body = "    import asyncio\n    while True:\n        await asyncio.sleep(0.0001)\n"
    connector.write_text(COUNTING.format(file=str(noted)) + body, "utf-8")
    arguments = ["--connector", f"{connector}:connector", "--history", str(history)]
    with started("run", "pos_deposco/last-unit-race", *arguments, folder=tmp_path) as process:
        until(noted.exists, "the run")
        os.kill(process.pid, number)
        _out, errors = process.communicate(timeout=60)
    assert process.returncode == code, errors
    assert errors == "Interrupted: 0 of 1 runs judged; the rest is undecided.\n"
    assert not history.exists()
    assert not list(tmp_path.glob("peakproof-*")), "the folder of the run has gone"


@pytest.mark.parametrize(("number", "code"), ENDINGS)
def test_a_proof_that_is_interrupted_leaves_nothing_behind(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    noted, told = tmp_path / "noted", tmp_path / "told.json"
    connector = tmp_path / "counting.py"
    guards = 'connector.guards = {"one": "a guard"}\n'
    connector.write_text(COUNTING.format(file=str(noted)) + guards, "utf-8")
    arguments = ["--connector", f"{connector}:connector", "--seeds", str(RUNS), "--json", str(told)]
    with started("prove", "pos_deposco/sync-loop", *arguments, folder=tmp_path) as process:
        until(noted.exists, "the first run")
        os.kill(process.pid, number)
        out, errors = process.communicate(timeout=60)
        until(lambda: not in_session(process.pid), "the end of all workers")
    assert (process.returncode, out, errors) == (code, "", "")
    assert not told.exists()
    assert not list(tmp_path.glob("peakproof-*")), "the folders of the runs have gone"


def family(tmp_path: Path, *, deaf: bool) -> tuple[Path, list[str]]:
    noted = tmp_path / "family"
    heard = f"echo no > {tmp_path / 'heard'}" if deaf else "exit 0"
    script = FAMILY.format(heard=heard, file=noted)
    return noted, ["check", "stock-import", "--stays", "--set", "open_s=600",
                   "--json", str(tmp_path / "told.json"), "--", "sh", "-c", script]  # fmt: skip


@pytest.mark.parametrize(("number", "code"), ENDINGS)
def test_an_interrupted_check_ends_the_connector_and_its_children(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    noted, arguments = family(tmp_path, deaf=False)
    with started(*arguments, folder=tmp_path) as process:
        until(lambda: noted.exists() and noted.read_text() != "", "the connector")
        pids = [int(pid) for pid in noted.read_text().split()]
        assert [alive(pid) for pid in pids] == [True, True]
        os.kill(process.pid, number)
        _out, errors = process.communicate(timeout=60)
    assert process.returncode == code, errors
    assert errors == "Interrupted: 0 of 1 runs judged; the rest is undecided.\n"
    assert [alive(pid) for pid in pids] == [False, False]
    told = json.loads((tmp_path / "told.json").read_text("utf-8"))
    assert told == {"verdict": "undecided", "scenarios": []}
    assert not list(tmp_path.glob("peakproof-*")), "the folder of the run has gone"


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 2])
def test_a_connector_that_does_not_hear_is_killed(tmp_path: Path, times: int) -> None:
    noted, arguments = family(tmp_path, deaf=True)
    with started(*arguments, folder=tmp_path) as process:
        until(lambda: noted.exists() and noted.read_text() != "", "the connector")
        pids = [int(pid) for pid in noted.read_text().split()]
        os.kill(process.pid, signal.SIGINT)
        until((tmp_path / "heard").exists, "the request to end")
        if times == 2:
            os.kill(process.pid, signal.SIGINT)
        _out, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert [alive(pid) for pid in pids] == [False, False]


@pytest.mark.slow
@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["command", "whole terminal"])
def test_the_engine_ends_with_a_check_that_is_interrupted_in_the_middle_of_trading(
    tmp_path: Path, send: Send
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    arguments = ["check", "pos_deposco/last-unit-race", "--stays", "--rate", "5", "--", *ENGINE]
    with started(*arguments, folder=temporary) as process:
        until(lambda: bool(list(temporary.glob("peakproof-*/store.sqlite"))), "the engine's store")
        assert engines(temporary)
        send(process.pid, signal.SIGINT)
        _out, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert errors == "Interrupted: 0 of 1 runs judged; the rest is undecided.\n"
    assert not engines(temporary)
    assert not list(temporary.iterdir())


def engines(folder: Path) -> list[str]:
    """The command lines of the engines that have their configuration in a folder."""
    listed = subprocess.run(["ps", "-Awwo", "args="], capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if f"--config {folder}/" in line]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_server_that_is_stopped_says_nothing_and_frees_its_ports(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    with started("serve", "--systems", "pos", "--json", folder=tmp_path) as process:
        url = served(process)["systems"]["pos"]["url"]
        os.kill(process.pid, number)
        out, errors = process.communicate(timeout=60)
    assert (process.returncode, out, errors) == (code, "", "")
    port = f"pos={url.rpartition(':')[2]}"
    with started("serve", "--systems", "pos", "--port", port, "--json", folder=tmp_path) as again:
        assert served(again)["systems"]["pos"]["url"] == url


def served(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    told: dict[str, Any] = json.loads(process.stdout.readline())
    return told

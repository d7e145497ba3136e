"""A connector's process: whenever its start is called off, nothing of it is left."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path

import pytest
from tests.live.processes import alive, until

from peakproof.run.subject import Subject

NOTING = "import os, sys, time; print(os.getpid(), file=open(sys.argv[1], 'w')); time.sleep(600)"


@pytest.mark.parametrize("steps", range(6))
def test_a_start_that_is_called_off_at_any_step_leaves_nobody(tmp_path: Path, steps: int) -> None:
    noted = tmp_path / "noted"

    async def story() -> None:
        subject = Subject([sys.executable, "-c", NOTING, str(noted)], {}, tmp_path)
        starting = asyncio.create_task(subject.start())
        for _step in range(steps):
            await asyncio.sleep(0)
        starting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await starting
        await subject.stop()
        assert not subject.running
        assert (subject.exit_code is None) == (steps == 0), "it was started unless never asked"

    asyncio.run(story())
    assert not noted.exists() or noted.read_text() == "" or not alive(int(noted.read_text()))


def test_a_start_that_is_called_off_when_the_process_is_there_is_stopped_too(
    tmp_path: Path,
) -> None:
    """The process runs already, and the harness has not taken note of that yet."""
    noted = tmp_path / "noted"

    async def story() -> None:
        subject = Subject([sys.executable, "-c", NOTING, str(noted)], {}, tmp_path)
        starting = asyncio.create_task(subject.start())
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # the process is being made; this loop now stands still
        until(lambda: noted.exists() and noted.read_text() != "", "the process")
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
        await subject.stop()

    asyncio.run(story())
    assert not alive(int(noted.read_text()))

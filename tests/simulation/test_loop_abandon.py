"""A killed process does not clean up: abandoned tasks never run again."""

from __future__ import annotations

import asyncio

import simpy

from peakproof.virtual_time.loop import VirtualLoop, run_virtual


def test_an_abandoned_task_never_runs_again_and_never_cleans_up_in_the_run() -> None:
    seen: list[str] = []

    async def victim() -> None:
        try:
            await asyncio.sleep(1)
            seen.append("woke")
        finally:
            seen.append("cleaned up")

    async def main(loop: VirtualLoop) -> None:
        task = loop.create_task(victim())
        await asyncio.sleep(0.5)
        loop.abandon([task])
        await asyncio.sleep(5)
        assert seen == []
        assert task not in asyncio.all_tasks()

    run_virtual(main, simpy.Environment())
    assert seen == ["cleaned up"], "only after the loop is closed may the interpreter tidy up"


def test_cancelling_instead_would_have_let_it_clean_up() -> None:
    seen: list[str] = []

    async def victim() -> None:
        try:
            await asyncio.sleep(1)
        finally:
            seen.append("cleaned up")

    async def main(loop: VirtualLoop) -> None:
        task = loop.create_task(victim())
        await asyncio.sleep(0.5)
        task.cancel()
        await asyncio.sleep(5)
        assert seen == ["cleaned up"]

    run_virtual(main, simpy.Environment())

"""Plays what a command asks for and hands the outcome over: terminal, JSON, JUnit, exit code."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import typer

from peakproof.errors import UsageError
from peakproof.signals import STOPS, exit_code
from peakproof.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakproof.explore.rounds import Failed
    from peakproof.judging.verdict import RunVerdict
    from peakproof.run.setting import Setting


class Played:
    """Verdicts and failures of the runs so far; ``stopped`` is the signal that ended them."""

    def __init__(self, expected: int) -> None:
        self.expected = expected
        self.verdicts: list[RunVerdict] = []
        self.failures: list[Failed] = []
        self.stopped: BaseException | None = None

    @property
    def missing(self) -> int:
        """How many runs came to no verdict."""
        return self.expected - len(self.verdicts)

    def exit_code(self) -> int:
        """Fault of the harness first, then the connector's, then what the verdicts say."""
        from peakproof.judging.verdict import overall  # noqa: PLC0415

        if self.stopped is not None:
            return exit_code(self.stopped)
        if self.failures:
            return max(item.exit_code for item in self.failures)
        return overall(self.verdicts).exit_code


def play_jobs(jobs: list[Setting], *, workers: int, history: Path | None) -> Played:
    from peakproof.explore.campaign import play_all  # noqa: PLC0415
    from peakproof.explore.rounds import Failed, cores, play, play_and_keep  # noqa: PLC0415

    played = Played(len(jobs))
    try:
        if history is not None:
            played.verdicts.append(play_and_keep(jobs[0], history))
            return played
        for outcome in play_all(jobs, play, workers=min(workers or cores(), len(jobs))):
            if isinstance(outcome, Failed):
                played.failures.append(outcome)
            else:
                played.verdicts.append(outcome)
    except STOPS as stop:
        played.stopped = stop
    return played


def tell(
    played: Played,
    jobs: list[Setting],
    *,
    json_file: str | None,
    junit: Path | None,
    html: Path | None,
    live: Path | None = None,
) -> None:
    """Hand the outcome over; ``live`` is the history of a live run, for its page."""
    from rich.console import Console  # noqa: PLC0415

    from peakproof.report.json import to_json  # noqa: PLC0415
    from peakproof.report.junit import to_junit  # noqa: PLC0415
    from peakproof.report.terminal import print_run, print_table  # noqa: PLC0415

    if json_file not in (None, "-"):
        contents = to_json(played.verdicts, whole=not played.missing)
        write_whole(Path(str(json_file)), contents.encode())
    if junit is not None:
        write_whole(junit, to_junit(played.verdicts, missing=played.missing).encode())
    if html is not None:
        write_page(html, played, jobs, live)
    # The files come first: who reads the rest may close the pipe early.
    console = Console(highlight=False)
    if json_file == "-":
        sys.stdout.write(to_json(played.verdicts, whole=not played.missing))
    elif len(jobs) == 1 and played.verdicts:
        print_run(console, played.verdicts[0])
    elif played.verdicts:
        print_table(console, played.verdicts, whole=not played.missing)
    for failed in played.failures:
        typer.echo(f"{failed.id}, seed {failed.seed}: {failed.message}", err=True)
    if played.stopped is not None:
        done = len(played.verdicts)
        typer.echo(
            f"Interrupted: {done} of {played.expected} runs judged; the rest is undecided.",
            err=True,
        )


def write_page(html: Path, played: Played, jobs: list[Setting], live: Path | None) -> None:
    """Write the page about runs; what was broken is shown in full, unless a signal is waiting."""
    from peakproof.report.filming import filmed, filmed_live  # noqa: PLC0415
    from peakproof.report.html import page  # noqa: PLC0415

    with TemporaryDirectory(prefix="peakproof-") as folder:
        films = []
        if played.stopped is None and played.verdicts:
            try:
                if live is None:
                    films = filmed(jobs, played.verdicts, Path(folder))
                else:
                    films = filmed_live(jobs[0], played.verdicts[0], live, Path(folder))
            except STOPS as stop:
                played.stopped = stop  # who waits no longer still gets what was judged
        write_whole(html, page(played.verdicts, films, whole=not played.missing).encode())


def hand_over(json_file: str, text: str) -> None:
    if json_file == "-":
        sys.stdout.write(text)
    else:
        write_whole(Path(json_file), text.encode())


def checked_flows(names: Iterable[str]) -> tuple[str, ...]:
    """Flows by name.

    Raises:
        UsageError: there is no flow of that name.
    """
    from peakproof.judging.estate import FLOWS  # noqa: PLC0415
    from peakproof.toml_file import nearest  # noqa: PLC0415

    for name in names:
        if name not in FLOWS:
            near = nearest(name, FLOWS)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(FLOWS)}."
            raise UsageError(f"--flow {name}: there is no such flow; {hint}")
    return tuple(names)

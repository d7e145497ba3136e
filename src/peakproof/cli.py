"""The command line: what people type, and what they get to read."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from peakproof.errors import PeakproofError, UsageError
from peakproof.playing import Played, checked_flows, hand_over, play_jobs, tell
from peakproof.signals import INTERRUPTED, STOPS, raise_at_sigterm
from peakproof.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Rehearse peak trading against a stock-and-order connector.",
)

Ids = Annotated[
    list[str] | None,
    typer.Argument(help="Scenarios, by full id, short name, or the path of a .toml file."),
]
Everything = Annotated[bool, typer.Option("--all", help="Every scenario.")]
Subject = Annotated[
    str, typer.Option("--connector", help="A name, module:object, or file.py:object.")
]
Without = Annotated[
    list[str] | None, typer.Option("--without", help="Switch a guard of the connector off.")
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", help="Change a field of the scenario: key=value.", metavar="KEY=VALUE"),
]
Seed = Annotated[int, typer.Option("--seed", help="The first seed.")]
Seeds = Annotated[int, typer.Option("--seeds", min=1, help="How many seeds, one after another.")]
Policy = Annotated[
    str, typer.Option("--policy", help="How ready tasks interleave: in_order, uniform, pct.")
]
Workers = Annotated[int, typer.Option("--workers", min=0, help="Processes; 0: one a core.")]
JsonFile = Annotated[
    str | None, typer.Option("--json", help="Write the result here; - for standard output.")
]
JunitFile = Annotated[Path | None, typer.Option("--junit", help="Write JUnit XML here.")]
HtmlFile = Annotated[Path | None, typer.Option("--html", help="Write a page to look at here.")]
VendorHosts = Annotated[
    bool, typer.Option("--vendor-hosts", help="Lead the vendors' own host names to the fakes.")
]
Quiet = Annotated[
    float | None,
    typer.Option("--quiet", min=0.1, help="Judge it when quiet for so many seconds; see the docs."),
]
HistoryFile = Annotated[
    Path | None, typer.Option("--history", help="Keep the history of a single run here.")
]


@app.command()
def run(
    ids: Ids = None,
    *,
    everything: Everything = False,
    connector: Subject = "reference",
    without: Without = None,
    overrides: Overrides = None,
    seed: Seed = 1,
    seeds: Seeds = 1,
    policy: Policy = "in_order",
    restart: Annotated[
        bool,
        typer.Option(
            "--restart", help="Kill the connector at a random await and start it on its store."
        ),
    ] = False,
    workers: Workers = 0,
    json_file: JsonFile = None,
    junit: JunitFile = None,
    html: HtmlFile = None,
    history: HistoryFile = None,
) -> None:
    """Play scenarios in virtual time and judge them."""
    from peakproof import catalogue  # noqa: PLC0415  # --help and import stay light
    from peakproof.explore.rounds import settings  # noqa: PLC0415
    from peakproof.run.setting import (  # noqa: PLC0415
        ONE_RESTART,
        checked_guards,
        override,
    )

    if everything == bool(ids):
        raise UsageError("Name the scenarios to run, or say --all. See `peakproof scenarios`.")
    chosen = (
        catalogue.virtual_scenarios() if everything else catalogue.select(ids or [], mode="virtual")
    )
    jobs = list(
        settings(
            chosen,
            range(seed, seed + seeds),
            connector=connector,
            without=checked_guards(connector, without or (), chosen),
            overrides=(
                *(override(text) for text in overrides or ()),
                *((ONE_RESTART,) if restart else ()),
            ),
            policy=policy,
        )
    )
    if history is not None and len(jobs) != 1:
        raise UsageError(f"--history keeps one run; these are {len(jobs)}.")
    played = play_jobs(jobs, workers=workers, history=history)
    tell(played, jobs, json_file=json_file, junit=junit, html=html)
    raise typer.Exit(played.exit_code())


@app.command()
def scenarios(json_file: JsonFile = None) -> None:
    """List the scenarios that are installed."""
    from rich.console import Console  # noqa: PLC0415

    from peakproof import catalogue  # noqa: PLC0415
    from peakproof.report.listing import (  # noqa: PLC0415
        as_json,
        print_scenarios,
        scenarios_document,
    )

    listed = list(catalogue.scenarios().values())
    if json_file is None:
        print_scenarios(Console(highlight=False), listed)
    else:
        hand_over(json_file, as_json(scenarios_document(listed)))


@app.command()
def schema(json_file: JsonFile = "-") -> None:
    """Print the JSON Schema of scenario files."""
    from peakproof.report.listing import as_json  # noqa: PLC0415
    from peakproof.scenario_schema import scenario_schema  # noqa: PLC0415

    hand_over(json_file or "-", as_json(scenario_schema()))


@app.command()
def replay(
    history: Annotated[Path, typer.Argument(help="A history that `run --history` kept.")],
) -> None:
    """Play the run of a saved history again and compare the two, byte for byte."""
    from rich.console import Console  # noqa: PLC0415

    from peakproof.report.terminal import print_run  # noqa: PLC0415
    from peakproof.run.replay import play_again  # noqa: PLC0415

    again = play_again(history)
    print_run(Console(highlight=False), again.verdict)
    if again.same:
        typer.echo(f"\nThe same history, byte for byte ({again.played}).")
        raise typer.Exit(again.verdict.exit_code)
    why = f" Versions differ: {'; '.join(again.versions_differ)}." if again.versions_differ else ""
    typer.echo(
        f"\nA different history: {again.recorded} then, {again.played} now; the first difference "
        f"is in line {again.differs_at}.{why}",
        err=True,
    )
    raise typer.Exit(5)


@app.command()
def judge(
    history: Annotated[Path, typer.Argument(help="A history that `run` or `check` kept.")],
    json_file: JsonFile = None,
    html: HtmlFile = None,
) -> None:
    """Judge a saved history again, without playing anything."""
    from rich.console import Console  # noqa: PLC0415

    from peakproof.judging.saved import judge_saved  # noqa: PLC0415
    from peakproof.report.filming import filmed_saved  # noqa: PLC0415
    from peakproof.report.html import page  # noqa: PLC0415
    from peakproof.report.json import to_json  # noqa: PLC0415
    from peakproof.report.terminal import print_run  # noqa: PLC0415

    verdict = judge_saved(history)
    if html is not None:
        write_whole(html, page([verdict], filmed_saved(verdict, history)).encode())
    if json_file is not None:
        hand_over(json_file, to_json([verdict]))
    if json_file != "-":
        print_run(Console(highlight=False), verdict)
    raise typer.Exit(verdict.exit_code)


@app.command()
def prove(
    ids: Ids = None,
    *,
    connector: Subject = "reference",
    seed: Seed = 1,
    seeds: Seeds = 1,
    stated: Annotated[
        bool, typer.Option("--stated", help="Only the proofs that the scenarios state.")
    ] = False,
    workers: Workers = 0,
    json_file: JsonFile = None,
) -> None:
    """Switch guards off, one by one: is each one needed, is each scenario sharp?"""
    from rich.console import Console  # noqa: PLC0415

    from peakproof import catalogue  # noqa: PLC0415
    from peakproof.explore import prove as proving  # noqa: PLC0415
    from peakproof.explore.rounds import cores  # noqa: PLC0415
    from peakproof.report.listing import as_json, print_matrix  # noqa: PLC0415

    chosen = catalogue.select(ids, mode="virtual") if ids else catalogue.virtual_scenarios()
    matrix = proving.prove(
        chosen,
        connector=connector,
        seeds=range(seed, seed + seeds),
        whole=not stated,
        workers=workers or cores(),
    )
    if json_file is None:
        print_matrix(Console(highlight=False), matrix, of_all=not ids)
    else:
        hand_over(json_file, as_json(matrix.document()))
    raise typer.Exit(1 if matrix.dull() or (not ids and matrix.unneeded()) else 0)


@app.command()
def serve(
    *,
    systems: Annotated[
        list[str] | None, typer.Option("--systems", help="A system to serve; all unless named.")
    ] = None,
    port: Annotated[
        list[str] | None, typer.Option("--port", help="SYSTEM=NUMBER; a free port unless said.")
    ] = None,
    seed: Seed = 1,
    rate: Annotated[float, typer.Option("--rate", help="Seconds of run time in one.")] = 1.0,
    vendor_hosts: VendorHosts = False,
    json_line: Annotated[
        bool, typer.Option("--json", help="One line of JSON with URLs, credentials and token.")
    ] = False,
) -> None:
    """Serve the fakes on loopback, filled with a small range, until stopped."""
    import asyncio  # noqa: PLC0415

    import msgspec  # noqa: PLC0415

    from peakproof.run import serving  # noqa: PLC0415

    def tell(access: serving.Access) -> None:
        if json_line:
            sys.stdout.write(msgspec.json.encode(access).decode() + "\n")
        else:
            for name, entries in access.systems.items():
                typer.echo(name)
                for key, value in entries.items():
                    typer.echo(f"  {key:15} {value}")
            typer.echo(f"control plane\n  token           {access.control_token}")
            if access.proxy:
                typer.echo(f"vendor hosts\n  proxy           {access.proxy}")
                typer.echo(f"  ca              {access.ca}")
            typer.echo("Serving until stopped (Ctrl-C).")
        sys.stdout.flush()

    names = [name for text in systems or () for name in text.split(",") if name]
    served = serving.serve(
        names, seed=seed, ports=_ports(port or ()), rate=rate, vendor_hosts=vendor_hosts, told=tell
    )
    with asyncio.Runner(loop_factory=serving.loop_factory()) as runner:
        ended_by = runner.run(served)
    raise typer.Exit(INTERRUPTED if ended_by is signal.SIGINT else 0)


def _ports(given: Iterable[str]) -> dict[str, int]:
    ports: dict[str, int] = {}
    for text in given:
        system, _, number = text.partition("=")
        if not number.isdecimal():
            raise UsageError(f"--port {text}: write SYSTEM=NUMBER, such as deposco=8001")
        ports[system] = int(number)
    return ports


@app.command()
def check(
    scenario: Annotated[str, typer.Argument(help="The scenario, as for `run`.")],
    command: Annotated[
        list[str], typer.Argument(help="After --: the connector's command with {placeholders}.")
    ],
    *,
    stays: Annotated[
        bool, typer.Option("--stays/--exits", help="A service, or a job that runs and exits.")
    ] = False,
    flows: Annotated[
        list[str] | None, typer.Option("--flow", help="A flow that the connector plays.")
    ] = None,
    env: Annotated[
        list[str] | None, typer.Option("--env", help="NAME=VALUE for the connector.")
    ] = None,
    quiet: Quiet = None,
    limit: Annotated[
        float, typer.Option("--limit", min=1, help="Give up after so many seconds.")
    ] = 300.0,
    rate: Annotated[float, typer.Option("--rate", help="Seconds of run time in one.")] = 1.0,
    vendor_hosts: VendorHosts = False,
    overrides: Overrides = None,
    seed: Seed = 1,
    json_file: JsonFile = None,
    junit: JunitFile = None,
    html: HtmlFile = None,
    history: HistoryFile = None,
) -> None:
    """Play a scenario live against a connector in any language, and judge it from outside."""
    from peakproof import catalogue  # noqa: PLC0415
    from peakproof.run import live  # noqa: PLC0415
    from peakproof.run.setting import Setting, override  # noqa: PLC0415

    setting = Setting(
        named=catalogue.select_one(scenario, mode="live"),
        seed=seed,
        connector=Path(command[0]).name,
        overrides=tuple(override(text) for text in overrides or ()),
    )
    with TemporaryDirectory(prefix="peakproof-") as folder:
        kept = history or Path(folder) / "live.ndjson"
        how = live.LiveSetting(
            command=tuple(command),
            environment=live.environment(env or ()),
            flows=checked_flows(flows or ()),
            stays=stays,
            quiet_s=quiet,
            limit_s=limit,
            rate=rate,
            history=kept if history or html else None,
            vendor_hosts=vendor_hosts,
        )
        played = Played(1)
        try:
            played.verdicts.append(live.check(setting, how))
        except STOPS as stop:
            played.stopped = stop
        tell(played, [setting], json_file=json_file, junit=junit, html=html, live=kept)
    raise typer.Exit(played.exit_code())


@app.command()
def opening(connector: Subject = "examples/connectors/naive.py:connector", seed: Seed = 1) -> None:
    """The opening story: a connector oversells, the right one holds, then every scenario."""
    from rich.console import Console  # noqa: PLC0415

    from peakproof.report.opening import play_opening  # noqa: PLC0415

    raise typer.Exit(play_opening(Console(highlight=False), connector=connector, seed=seed))


_MISUSE: Final[Any] = typer.BadParameter.mro()[2]
"""click's ``ClickException``, of the click that typer uses: its own copy in newer versions."""


def _guarded(command: Callable[..., Any]) -> int:
    try:
        code = command(standalone_mode=False)
    except PeakproofError as error:
        typer.echo(f"peakproof: {error}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except _MISUSE as error:
        error.show()
        return UsageError.exit_code
    return code if isinstance(code, int) else 0


def main() -> None:
    """The entry point of the ``peakproof`` command."""
    raise_at_sigterm()
    sys.exit(_guarded(app))

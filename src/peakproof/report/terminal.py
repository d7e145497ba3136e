"""Verdicts on a terminal: the verdict and its price first, then the story of each breach.

Everything reads the same without colour, in 80 columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from peakproof.judging.verdict import Finding, RunVerdict, Verdict, overall
from peakproof.report.story import Story, clock, replay_command, stake, tell

_STYLES: Final = {
    Verdict.HOLDS: "bold green",
    Verdict.BROKEN: "bold red",
    Verdict.UNDECIDED: "bold yellow",
    Verdict.NOT_JUDGED: "dim",
}
_MOST_BEATS: Final = 16
_MOST_STORIES: Final = 3


def word(verdict: Verdict) -> Text:
    """A verdict in capitals, in its colour."""
    return Text(verdict.value.upper(), style=_STYLES[verdict])


def print_run(console: Console, verdict: RunVerdict, *, verbose: bool = False) -> None:
    """One run: verdict and price, each breach as a story, what is undecided, key figures."""
    print_headline(console, verdict)
    for finding in verdict.broken:
        print_finding(console, verdict, finding)
    for reason in verdict.reasons:
        console.print(Text(f"  undecided because {reason}"))
    if verbose:
        print_findings(console, verdict)
    print_figures(console, verdict)
    if verdict.verdict is not Verdict.HOLDS:
        console.print(Text.assemble("  play it again:  ", (replay_command(verdict), "bold")))


def print_headline(console: Console, verdict: RunVerdict) -> None:
    """The verdict, which run, what is at stake."""
    price = stake(verdict.units, verdict.money_minor, verdict.currency)
    line = word(verdict.verdict)
    if price:
        line.append(f"  {price}", style="bold")
    line.append(f"  {verdict.id}", style="bold").append(f"  seed {verdict.seed}")
    if verdict.connector != "reference":
        line.append(f"  {verdict.connector}")
    if verdict.without:
        line.append(f"  without {', '.join(verdict.without)}")
    console.print(line)


def print_finding(console: Console, verdict: RunVerdict, finding: Finding) -> None:
    """A broken invariant: its price, then its first breaches told one by one."""
    price = stake(finding.units, finding.money_minor, verdict.currency)
    head = Text.assemble("\n  ", (finding.invariant, "bold red"))
    times = f"{finding.count} times" if finding.count > 1 else "once"
    head.append(f"  broken {times}" + (f", {price}" if price else ""))
    limits = ", ".join(f"{name} {limit:g}" for name, limit in finding.limits.items())
    if limits:
        head.append(f"  [{limits}]", style="dim")
    console.print(head)
    for breach in finding.breaches[:_MOST_STORIES]:
        print_story(console, tell(verdict, breach))
    rest = finding.count - min(len(finding.breaches), _MOST_STORIES)
    if rest > 0:
        console.print(Text(f"    and {rest} more"))


def print_story(console: Console, story: Story) -> None:
    """One breach: the sentence, what was expected, then what happened line by line."""
    console.print(Padding(Text.assemble(f"{story.when}  ", (story.sentence, "bold")), (0, 0, 0, 4)))
    if story.expected:
        line = f"expected {story.expected}; found {story.found}"
        console.print(Padding(Text(line), (0, 0, 0, 4)))
    beats = story.beats
    if len(beats) > _MOST_BEATS:
        console.print(Text(f"      … {len(beats) - _MOST_BEATS} earlier records"))
        beats = beats[-_MOST_BEATS:]
    table = Table.grid(padding=(0, 1), pad_edge=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(no_wrap=True, style="cyan", max_width=14)
    table.add_column(overflow="fold")
    for beat in beats:
        table.add_row(beat.when, beat.where, Text(beat.what))
    console.print(Padding(table, (0, 0, 0, 6)))


def print_findings(console: Console, verdict: RunVerdict) -> None:
    """Every invariant with its verdict and how often it was put to the test."""
    table = Table.grid(padding=(0, 2), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for finding in verdict.findings:
        about = finding.reason or finding.note
        table.add_row(finding.invariant, word(finding.verdict), str(finding.exercised), Text(about))
    console.print(Padding(table, (0, 0, 0, 2)))


def print_figures(console: Console, verdict: RunVerdict) -> None:
    """The few figures that say how the run went."""
    figures = verdict.figures
    if not figures:
        return
    orders, backlog, wire = figures["orders"], figures["backlog"], figures["wire"]
    oversold, age = figures["oversold"], figures["stock_age_s"]
    lost = figures["lost_sales"]
    drained = backlog["drain_s"]
    lines = [
        f"orders {orders['placed']:,} placed, {orders['acknowledged']:,} in the warehouse, "
        f"{orders['parcels']:,} parcels; at most {backlog['most']:,} waited, "
        + ("not drained" if drained is None else f"drained in {drained:g} s"),
        f"oversold {oversold['units']:,} (perfect connector {oversold['floor']:,}); lost sales "
        f"{stake(lost['units'], lost['money_minor'], verdict.currency) or 'none'}",
        f"calls {wire['calls']:,}, {wire['conflicts']:,} conflicts, {wire['rate_limited']:,} rate "
        f"limited, {wire['retries']:,} retries; stock age p50 {age['p50']:g} s, "
        f"p99 {age['p99']:g} s",
    ]
    for what, times in figures["happened"].items():
        lines.append(f"{what} at {', '.join(clock(at_s) for at_s in times)}")
    for line in lines:
        console.print(Padding(Text(line, style="dim"), (0, 0, 0, 2)))


def print_table(console: Console, verdicts: Sequence[RunVerdict], *, whole: bool = True) -> None:
    """Many runs, one line each, then the sum; see :func:`print_sum`."""
    table = Table.grid(padding=(0, 2), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, overflow="fold", max_width=60)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for verdict in verdicts:
        names = ", ".join(finding.invariant for finding in verdict.broken)
        price = stake(verdict.units, verdict.money_minor, verdict.currency)
        why = f"{names} ({price})" if price else names or "; ".join(verdict.reasons)
        without = f" without {', '.join(verdict.without)}" if verdict.without else ""
        table.add_row(word(verdict.verdict), verdict.id + without, str(verdict.seed), Text(why))
    console.print(table)
    print_sum(console, verdicts, whole=whole)


def print_sum(console: Console, verdicts: Sequence[RunVerdict], *, whole: bool = True) -> None:
    """How many runs hold, are broken, are undecided; not ``whole``: some came to no verdict."""
    counts = dict.fromkeys((Verdict.HOLDS, Verdict.BROKEN, Verdict.UNDECIDED), 0)
    for verdict in verdicts:
        counts[verdict.verdict] += 1
    parts = [f"{count} {kind.value}" for kind, count in counts.items() if count]
    runs = "1 run" if len(verdicts) == 1 else f"{len(verdicts)} runs"
    told = word(overall(list(verdicts), whole=whole))
    line = Text.assemble(told, f"  {runs}: {', '.join(parts) or 'none'}")
    console.print(line)

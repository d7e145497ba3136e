"""The opening story of `make run`: what a race costs, who holds it, and everything else."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.rule import Rule

from peakproof import catalogue
from peakproof.explore.campaign import play_all
from peakproof.explore.rounds import Failed, cores, play, settings
from peakproof.judging.verdict import RunVerdict, Verdict
from peakproof.report.terminal import print_run, print_table
from peakproof.run.setting import Setting

RACE: Final = "pos_deposco/last-unit-race"


def play_opening(console: Console, *, connector: str, seed: int) -> int:
    """Tell the story; 0 when the naive connector breaks and the right one holds everywhere."""
    (race,) = catalogue.select([RACE])
    console.print(Rule("1 · a connector from an afternoon's work", align="left"))
    console.print(race.scenario.story, style="italic", soft_wrap=False)
    naive = _one(console, Setting(named=race, seed=seed, connector=connector))
    console.print(
        Rule("2 · the same customers, the same second, the reference engine", align="left")
    )
    right = _one(console, Setting(named=race, seed=seed))
    console.print()
    console.print(Rule("3 · every scenario with the reference engine", align="left"))
    everything = catalogue.virtual_scenarios()
    outcomes = list(play_all(settings(everything, [seed]), play, workers=cores()))
    verdicts = [item for item in outcomes if isinstance(item, RunVerdict)]
    print_table(console, verdicts)
    failures = [item for item in outcomes if isinstance(item, Failed)]
    for failed in failures:
        console.print(f"{failed.id}: {failed.message}", markup=False)
    told = naive is Verdict.BROKEN and right is Verdict.HOLDS
    held = not failures and all(item.verdict is Verdict.HOLDS for item in verdicts)
    return 0 if told and held else 1


def _one(console: Console, setting: Setting) -> Verdict | None:
    outcome = play(setting)
    if isinstance(outcome, Failed):
        console.print(f"{outcome.id}: {outcome.message}", markup=False)
        return None
    print_run(console, outcome)
    return outcome.verdict

"""One offline page about runs: verdict and price, each breach as a story and a picture."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import jinja2
import msgspec

from peakproof.history.reader import read_history
from peakproof.judging.invariants.registry import REGISTER
from peakproof.judging.verdict import Breach, RunVerdict, Shown, Verdict, overall
from peakproof.report.chart import Chart, chart, nodes_touched, window
from peakproof.report.filming import Film
from peakproof.report.story import Beat, Story, clock, replay_command, stake, tell, what, where
from peakproof.report.timeline import Timeline, skus_of, timelines
from peakproof.scenario import REFERENCE

_MOST_SCENES: Final = 3
_MOST_BEATS: Final = 16


class Take(msgspec.Struct, frozen=True):
    """One run's side of a scene: its picture and the numbered moments in it."""

    title: str
    chart: Chart | None
    beats: tuple[Beat, ...]
    earlier: int = 0


class Scene(msgspec.Struct, frozen=True):
    """A breach: told, drawn, beside the right run, with an owner and a cure."""

    story: Story
    sku: str
    takes: tuple[Take, ...]


class Act(msgspec.Struct, frozen=True):
    """A broken invariant with its first breaches."""

    name: str
    about: str
    owner: str
    cure: str
    price: str
    count: int
    scenes: tuple[Scene, ...]


class Part(msgspec.Struct, frozen=True):
    """A run on the page."""

    film: Film
    verdict: RunVerdict
    price: str
    acts: tuple[Act, ...]
    replay: str


def page(verdicts: Sequence[RunVerdict], films: Sequence[Film], *, whole: bool = True) -> str:
    """The whole page as HTML; it loads nothing and runs no script.

    ``films`` are the runs that are shown in full. What comes from outside (names, reasons, texts
    of connectors) is escaped.
    """
    worst = (Verdict.BROKEN, Verdict.UNDECIDED, Verdict.HOLDS)
    return _template().render(
        overall=overall(list(verdicts), whole=whole),
        verdicts=sorted(verdicts, key=lambda item: worst.index(item.verdict)),
        parts=[_part(film) for film in films],
        shown={(film.verdict.id, film.verdict.seed) for film in films},
        alone=verdicts[0] if len(verdicts) == 1 else None,
        whole=whole,
    )


@cache
def _template() -> jinja2.Template:
    stage = jinja2.Environment(
        loader=jinja2.PackageLoader("peakproof.report", ""),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    stage.globals.update(stake=stake, clock=clock)
    return stage.get_template("page.html.j2")


def _part(film: Film) -> Part:
    verdict = film.verdict
    shown = [breach for item in verdict.broken for breach in item.breaches[:_MOST_SCENES]]
    skus = dict.fromkeys(sku for breach in shown if (sku := _sku(breach)))
    lines = timelines(read_history(film.history), skus) if skus else {}
    beside: dict[str, Timeline] = {}
    if skus and film.beside is not None:
        beside = timelines(read_history(film.beside.history), skus)
    acts = []
    for finding in verdict.broken:
        rule = REGISTER[finding.invariant]
        scenes = tuple(
            _scene(film, breach, lines.get(_sku(breach)), beside.get(_sku(breach)))
            for breach in finding.breaches[:_MOST_SCENES]
        )
        price = stake(finding.units, finding.money_minor, verdict.currency)
        acts.append(
            Act(finding.invariant, rule.about, rule.owner, rule.cure, price, finding.count, scenes)
        )
    price = stake(verdict.units, verdict.money_minor, verdict.currency)
    return Part(film, verdict, price, tuple(acts), replay_command(verdict))


def _sku(breach: Breach) -> str:
    """The SKU that a breach is about: its key, or that of the order or the sale that it names."""
    skus = [sku for one in breach.evidence for sku in skus_of(one.record)]
    return breach.key if breach.key in skus or not skus else skus[0]


def _scene(film: Film, breach: Breach, line: Timeline | None, right: Timeline | None) -> Scene:
    story = tell(film.verdict, breach)
    evidence = breach.evidence[-_MOST_BEATS:]
    beats, earlier = story.beats[-_MOST_BEATS:], len(breach.evidence) - len(evidence)
    if line is None:
        return Scene(story, _sku(breach), (Take("What happened", None, beats, earlier),))
    span = window(evidence, breach.at_s, line.opened_s)
    nodes = nodes_touched(line, evidence, span)
    moments: list[Shown] = []
    if right is not None:
        inside = [one for one in right.events if span[0] <= one.record.t <= span[1]]
        moments = inside[-_MOST_BEATS:]
        nodes |= nodes_touched(right, moments, span)
    picture = chart(line, evidence, span, nodes) if nodes else None
    takes = [Take("What happened", picture, beats, earlier)]
    if film.beside is not None and right is not None:
        verdict = film.beside.verdict.verdict.value
        played = film.beside.verdict.connector
        who = "The reference engine" if played == REFERENCE else f"{played} with all guards on"
        title = f"{who}, same customers, same seed: {verdict}"
        picture = chart(right, moments, span, nodes) if nodes else None
        takes.append(Take(title, picture, tuple(map(_beat, moments))))
    return Scene(story, _sku(breach), tuple(takes))


def _beat(one: Shown) -> Beat:
    return Beat(one.no, clock(one.record.t), where(one.record), what(one.record))

"""The page that people look at: what is on it, that it stands alone, that it is escaped."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import lxml.html
import msgspec
import pytest

from peakproof import catalogue
from peakproof.history.by_hand import ByHand
from peakproof.history.recorder import Recorder
from peakproof.judging.judge import judge
from peakproof.judging.saved import judge_saved
from peakproof.judging.verdict import RunVerdict
from peakproof.playing import Played, tell
from peakproof.report.filming import MOST_FILMS, Film, filmed, filmed_live, filmed_saved
from peakproof.report.html import page
from peakproof.run.judged import rehearse
from peakproof.run.setting import Setting

NAIVE = str(Path(__file__).parents[2] / "examples" / "connectors" / "naive.py") + ":connector"


def setting(name: str, **more: object) -> Setting:
    (named,) = catalogue.select([name])
    return Setting(named=named, seed=1, **more)  # type: ignore[arg-type]  # the fields of a setting


def read(html: str) -> Any:
    """The page as a tree."""
    return lxml.html.fromstring(html)


def written(html: str) -> list[str]:
    """The words of a page, piece by piece."""
    return [
        " ".join(piece.split()) for piece in read(html).xpath("//body//text()[normalize-space()]")
    ]


@pytest.fixture(scope="module")
def race(tmp_path_factory: pytest.TempPathFactory) -> str:
    job = setting("pos_deposco/last-unit-race", connector=NAIVE)
    verdict = rehearse(job)
    return page([verdict], filmed([job], [verdict], tmp_path_factory.mktemp("film")))


def test_verdict_and_price_come_first_then_the_story(race: str) -> None:
    words = written(race)
    start = words.index("broken")
    assert words[start + 1] == "1 unit, 41.99 GBP"
    assert (
        words[start + 2]
        == "The last one on the shelf is sold at the till and online at the same moment"
    )
    assert words.index("oversold") > start
    assert words[words.index("Operations") + 1].startswith(
        ": Cancel and refund what nothing covers"
    )
    assert any("peakproof run pos_deposco/last-unit-race --seed 1" in word for word in words)


def test_the_right_run_stands_beside_with_the_same_shelves(race: str) -> None:
    scene = read(race).find_class("scene")[0]
    left, right = scene.find_class("take")
    assert "What happened" in left.text_content()
    assert "The reference engine, same customers, same seed: holds" in right.text_content()
    lanes = [[text.text for text in take.iter("text") if "place" not in text.classes
              and text.get("x") == "10"] for take in (left, right)]  # fmt: skip
    assert lanes[0] == lanes[1] == ["On the shelf", "commercetools", "deposco", "pos"]
    # It sold one of the two: the shelf keeps its unit for the parcel.
    assert "a customer goes without 1 QU841553" in right.text_content()


def test_every_numbered_moment_of_the_picture_is_told_below_it(race: str) -> None:
    for take in read(race).find_class("take"):
        drawn = {text.text for text in take.iter("text") if "number" in text.classes}
        told = {one.text for one in take.find_class("n") if "before" not in one.classes}
        assert drawn == told


def test_a_page_stands_alone(race: str) -> None:
    root = read(race)
    assert not root.xpath("//script | //link | //img | //iframe | //object")
    assert all(link.startswith("#") for link in root.xpath("//@href | //@src"))
    assert "url(" not in race
    assert "default-src 'none'" in race


def test_what_comes_from_outside_is_written_and_not_run(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    story = ByHand(scenario=f"shop/{evil}").stock(evil, W1=1).trade()
    story.at(10).placed(evil, **{evil: 1}).at(12).placed("1002", **{evil: 1})
    history = tmp_path / "evil.ndjson"
    with history.open("wb") as sink:
        recorder = Recorder(sink)
        for record in story.end(100, 900).records:
            recorder.write(record)
        recorder.flush()
    verdict = judge_saved(history)
    told = page([verdict], filmed_saved(verdict, history))
    assert verdict.broken
    assert "<script" not in told
    assert "&lt;script&gt;" in told


def test_many_runs_are_a_table_with_the_worst_first_and_links_to_what_is_shown(
    tmp_path: Path,
) -> None:
    jobs = [
        setting("commercetools_deposco/calm-day"),
        setting("commercetools_deposco/crash", without=("write_ahead",)),
    ]
    verdicts = [rehearse(job) for job in jobs]
    root = read(page(verdicts, filmed(jobs, verdicts, tmp_path), whole=False))
    rows = [row.text_content() for row in root.xpath("//tbody/tr")]
    assert ["crash" in row for row in rows] == [True, False]
    (link,) = root.xpath("//td//@href")
    assert root.get_element_by_id(link.removeprefix("#")).tag == "article"
    assert "some came to no verdict" in root.text_content()


def test_a_page_shows_no_more_than_a_dozen_runs_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = ByHand().stock("TEE", W1=1).trade().at(10).placed("1", TEE=1).placed("2", TEE=1)
    broken = judge(story.end(100, 900).records)
    jobs = [
        msgspec.structs.replace(setting("commercetools_deposco/calm-day"), seed=seed)
        for seed in range(20)
    ]
    name = jobs[0].named.id
    verdicts = [msgspec.structs.replace(broken, id=name, seed=job.seed) for job in jobs]
    played: list[int] = []

    def again(job: Setting, *, history: Path) -> RunVerdict:
        played.append(job.seed)
        return verdicts[job.seed]

    monkeypatch.setattr("peakproof.report.filming.rehearse", again)
    films = filmed(jobs, verdicts, tmp_path)
    assert [film.verdict.seed for film in films] == played == list(range(MOST_FILMS))


def test_a_run_that_holds_has_its_title_and_what_was_put_to_the_test(tmp_path: Path) -> None:
    job = setting("commercetools_deposco/calm-day")
    verdict = rehearse(job)
    words = written(page([verdict], filmed([job], [verdict], tmp_path)))
    assert job.scenario.title in words
    assert "holds" in words
    assert {finding.invariant for finding in verdict.findings} <= set(words)
    assert not any("Play it again" in word for word in words)


def test_a_live_run_stands_beside_the_right_one_of_virtual_time(tmp_path: Path) -> None:
    job = setting("pos_deposco/last-unit-race", connector=NAIVE)
    history = tmp_path / "live.ndjson"
    verdict = msgspec.structs.replace(rehearse(job, history=history), mode="live")
    (film,) = filmed_live(job, verdict, history, tmp_path)
    assert film.beside is not None
    assert film.beside.verdict.verdict.value == "holds"
    assert film.history == history


def test_a_saved_history_is_shown_alone_also_when_its_scenario_is_unknown(tmp_path: Path) -> None:
    history = tmp_path / "kept.ndjson"
    verdict = rehearse(setting("pos_deposco/last-unit-race", connector=NAIVE), history=history)
    (known,) = filmed_saved(verdict, history)
    (unknown,) = filmed_saved(msgspec.structs.replace(verdict, id="shop/no-such"), history)
    assert known.title
    assert (unknown.title, unknown.beside) == ("", None)
    assert len(re.findall("<svg", page([verdict], [known]))) == len(
        re.findall("<svg", page([verdict], [unknown]))
    )


def test_after_an_interruption_the_page_says_what_was_judged(tmp_path: Path) -> None:
    job = setting("commercetools_deposco/crash", without=("write_ahead",))
    played = Played(2)
    played.verdicts.append(rehearse(job))
    played.stopped = KeyboardInterrupt()
    file = tmp_path / "page.html"
    tell(played, [job, job], json_file=None, junit=None, html=file)
    words = written(file.read_text("utf-8"))
    assert "broken" in words
    assert not any("What happened" in word for word in words)


def test_who_does_not_wait_for_the_pictures_gets_what_was_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    job = setting("commercetools_deposco/crash", without=("write_ahead",))
    played = Played(1)
    played.verdicts.append(rehearse(job))

    def interrupted(*_: object) -> list[Film]:
        raise KeyboardInterrupt

    monkeypatch.setattr("peakproof.report.filming.filmed", interrupted)
    tell(played, [job], json_file=None, junit=None, html=tmp_path / "page.html")
    assert "order_lost" in capsys.readouterr().out
    assert "broken" in written((tmp_path / "page.html").read_text("utf-8"))
    assert played.exit_code() == 130


def test_files_are_written_also_when_nobody_reads_the_rest(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        subprocess.run(
            [sys.executable, "-m", "peakproof", "run", "commercetools_deposco/calm-day",
             "--json", "told.json", "--html", "page.html"],
            cwd=tmp_path, stdout=nobody, stderr=subprocess.DEVNULL, timeout=60, check=False,
        )  # fmt: skip
    assert json.loads((tmp_path / "told.json").read_text("utf-8"))["verdict"] == "holds"
    assert "calm-day" in (tmp_path / "page.html").read_text("utf-8")


def test_a_film_without_a_history_of_breaches_reads_none(tmp_path: Path) -> None:
    verdict = judge(ByHand().stock("TEE", W1=1).trade().end(100, 900).records)
    assert "undecided" in page([verdict], [Film(verdict, tmp_path / "none.ndjson")])

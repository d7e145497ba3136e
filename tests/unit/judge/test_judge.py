"""The judge as a whole: what it wants, when it decides, and that it needs nothing but the file."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from peakproof.errors import ScenarioError, UsageError
from peakproof.history import records as say
from peakproof.history.by_hand import ByHand
from peakproof.history.reader import Reader, read_history
from peakproof.history.recorder import Recorder
from peakproof.judging.invariants import INVARIANTS, NAMES
from peakproof.judging.judge import Judge, judge
from peakproof.judging.verdict import RunVerdict, Verdict, overall

BLOCKED = """
import sys

FORBIDDEN = ("peakproof_engine", "peakproof_simulators", "peakproof_scenarios")

class Fence:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in FORBIDDEN:
            raise ImportError(f"{name} is out of bounds here")

sys.meta_path.insert(0, Fence())

import msgspec
from peakproof.history.reader import read_history
from peakproof.judging.judge import judge

sys.stdout.buffer.write(msgspec.json.encode(judge(read_history(sys.argv[1]), digest="same")))
"""


def day() -> ByHand:
    """A small day with a bit of everything."""
    story = ByHand(scenario="shop/small-day", seed=7).stock("TEE", W1=5, S1=3).stock("CAP", W1=2)
    story.trade().at(5).placed("1001", TEE=2).life("1001")
    story.at(100).sale("R1", TEE=1).at(104).activity("R1", TEE=1).shows("shop", "S1", "TEE", 2)
    story.at(110).placed("1002", CAP=1).paid("1002").call("orders.create", status=0)
    return story.end(200, 900)


def opening(story: ByHand) -> say.Run:
    """The first record, for stating more limits."""
    run = story.records[0]
    assert isinstance(run, say.Run)
    return run


def written(story: ByHand) -> bytes:
    recorder = Recorder()
    for record in story.records:
        recorder.write(record)
    return recorder.contents()


def papers() -> ByHand:
    """A day of which the shop, the till and finance leave every kind of paper, not all right."""
    masters = {"stock": "wms", "orders": "shop", "sales": "pos", "finance": "pos"}
    estate = {"masters": masters, "bundles": {"KIT": {"TEE": 2}}, "notify_on": "scanned"}
    judging = {"periods": {"P1": 60.0, "P2": 900.0}, "status_s": 60, "book_s": 60, "desk_s": 30}
    story = ByHand(estate=estate, judging=judging).stock("TEE", W1=5, S1=3)
    story.shows("shop", "W1", "KIT", 9, by="seed").trade()
    story.at(5).reserved("1001", TEE=-2).placed("1001", "W1", TEE=2).life("1001")
    story.document("1001", 3997).at(80).sale("R1", TEE=1)
    story.say(say.Charged(80, "till", 0, "pos", "R1", "sale", 1999, 333, "GBP"))
    return story.at(90).books("B1", ("sale", "R1", 1999), tax_minor=333).end(500, 900)


def verdicts(verdict: RunVerdict) -> dict[str, Verdict]:
    return {finding.invariant: finding.verdict for finding in verdict.findings}


# --- the frame ------------------------------------------------------------------------


def test_every_invariant_has_a_module_of_its_name_and_a_finding() -> None:
    assert tuple(INVARIANTS) == NAMES
    assert tuple(verdicts(judge(day().records))) == NAMES


def test_a_verdict_says_which_run_it_is_about() -> None:
    verdict = judge(day().records, digest="abc")

    assert (verdict.id, verdict.seed, verdict.connector) == ("shop/small-day", 7, "by hand")
    assert verdict.digest == "abc"
    assert verdict.counts["placed"] == 2


def test_an_empty_history_is_refused() -> None:
    with pytest.raises(UsageError, match="empty"):
        judge([])


def test_a_history_has_to_begin_with_its_run() -> None:
    with pytest.raises(UsageError, match="begins with its run record"):
        judge([say.Phase(0.0, "open")])


def test_a_history_has_one_run() -> None:
    records = day().records

    with pytest.raises(UsageError, match="Record 2 begins a second run"):
        judge([records[0], records[0]])


def test_another_format_is_refused() -> None:
    run = day().records[0]
    assert isinstance(run, say.Run)
    run.format = 99

    with pytest.raises(UsageError, match="format 99; this version reads format 1"):
        judge([run])


def test_unknown_limits_are_refused_with_their_name() -> None:
    with pytest.raises(ScenarioError, match="publish_ss: unknown field; did you mean publish_s"):
        judge(ByHand(judging={"publish_ss": 3}).records)


def test_unknown_invariants_are_refused_with_the_nearest() -> None:
    with pytest.raises(ScenarioError, match=r"judging.expect.*did you mean oversold"):
        judge(ByHand(judging={"expect": ["oversld"]}).records)


# --- never green by silence -----------------------------------------------------------


def test_what_is_expected_and_was_not_exercised_makes_the_run_undecided() -> None:
    story = ByHand(judging={"expect": ["oversold", "lost_update"]}).stock("TEE", W1=5).trade()
    story.at(5).placed("1001", TEE=2).life("1001")

    verdict = judge(story.end(200, 900).records)

    assert verdict.verdict is Verdict.UNDECIDED
    assert verdict.exit_code == 3
    assert verdict.reasons == ("lost_update is undecided: nothing put it to the test",)


def test_what_must_sometimes_happen_and_did_not_makes_the_run_undecided() -> None:
    story = ByHand(judging={"sometimes": ["conflict", "last unit"]}).stock("TEE", W1=5).trade()
    story.at(5).placed("1001", TEE=2).life("1001").say(say.Sometimes(5, "conflict"))

    verdict = judge(story.end(200, 900).records)

    assert verdict.reasons == ("never happened: last unit",)


def test_a_history_that_stops_before_its_end_is_undecided() -> None:
    verdict = judge(day().records[:-8])

    assert verdict.verdict is Verdict.UNDECIDED
    assert "before its end" in verdict.reasons[0]


def test_a_run_that_put_nothing_to_the_test_is_undecided() -> None:
    verdict = judge(ByHand().trade().end(200, 900).records)

    assert verdict.reasons == ("nothing was put to the test",)


def test_a_run_that_is_broken_is_broken_whatever_else_is_undecided() -> None:
    story = day()
    opening(story).judging["expect"] = ["lost_update"]

    verdict = judge(story.records)

    assert verdict.verdict is Verdict.BROKEN
    assert verdict.exit_code == 1
    assert [finding.invariant for finding in verdict.broken] == ["order_lost", "failure_unseen"]


def test_rules_of_flows_that_are_not_played_are_not_judged() -> None:
    story = day()
    story.records.insert(1, say.Flows(0.0, ("stock", "till_sales")))

    verdict = judge(story.records)

    finding = verdict.finding("order_lost")
    assert finding.verdict is Verdict.NOT_JUDGED
    assert finding.reason == "the connector does not play orders"
    assert verdict.finding("oversold").verdict is Verdict.HOLDS


def test_what_the_scenario_leaves_out_is_not_judged() -> None:
    story = day()
    opening(story).judging["leave_out"] = ["order_lost"]

    assert judge(story.records).finding("order_lost").reason == "the scenario leaves it out"


def test_a_gate_tolerates_as_many_units_as_it_says() -> None:
    story = day()
    opening(story).judging["gates"] = {"order_lost": {"total": 1}}

    assert judge(story.records).finding("order_lost").verdict is Verdict.HOLDS


def test_many_runs_are_as_good_as_the_worst() -> None:
    good = judge(
        ByHand().stock("TEE", W1=5).trade().at(5).placed("1", TEE=1).life("1").end(90, 900).records
    )
    bad = judge(day().records)
    silent = judge(ByHand().trade().end(200, 900).records)

    assert overall([good]) is Verdict.HOLDS
    assert overall([good, silent]) is Verdict.UNDECIDED
    assert overall([silent, bad, good]) is Verdict.BROKEN
    assert overall([]) is Verdict.UNDECIDED


def test_only_the_first_breaches_are_kept_in_full_and_all_are_counted() -> None:
    story = ByHand().stock("TEE", W1=99).trade()
    for number in range(30):
        story.at(5).placed(f"N{number}", TEE=1).paid(f"N{number}")

    finding = judge(story.end(400, 900).records).finding("order_lost")

    assert (len(finding.breaches), finding.count, finding.units) == (20, 30, 30)
    assert finding.money_minor == 30 * 1999


# --- the same verdict everywhere ------------------------------------------------------


@pytest.mark.parametrize("story", [day(), papers()], ids=["day", "papers"])
def test_the_same_records_give_the_same_verdict_online_and_from_the_file(
    tmp_path: Path, story: ByHand
) -> None:
    online = Judge()
    for record in story.records:
        online.feed(record)
    path = tmp_path / "history.ndjson"
    path.write_bytes(written(story))

    assert online.finish() == judge(read_history(path))


@pytest.mark.parametrize("hash_seed", ["0", "1234"])
def test_the_verdict_is_the_same_where_the_engine_cannot_be_imported(
    tmp_path: Path, hash_seed: str
) -> None:
    path = tmp_path / "history.ndjson"
    story = papers()
    path.write_bytes(written(story))

    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, str(path)],
        capture_output=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )

    here = judge(read_history(path), digest="same")
    assert done.stdout == msgspec.json.encode(here)


def test_a_verdict_can_be_written_and_read_back() -> None:
    verdict = judge(day().records)

    assert msgspec.json.decode(msgspec.json.encode(verdict), type=RunVerdict) == verdict


def test_the_reader_digests_what_the_recorder_wrote() -> None:
    recorder = Recorder()
    for record in day().records:
        recorder.write(record)
    reader = Reader(io.BytesIO(recorder.contents()))

    assert sum(1 for _ in reader) == len(day().records)
    assert reader.digest() == recorder.digest()


def test_a_line_that_is_no_record_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.ndjson"
    path.write_bytes(written(day()) + b'{"k":"nonsense","t":1}\n')
    lines = len(day().records)

    with pytest.raises(UsageError, match=rf"broken.ndjson:{lines + 1}: this is no record"):
        list(read_history(path))


def test_a_file_that_breaks_off_is_named(tmp_path: Path) -> None:
    path = tmp_path / "short.ndjson"
    path.write_bytes(written(day())[:-9])

    with pytest.raises(UsageError, match="ends in the middle of a record"):
        list(read_history(path))


def test_a_file_that_is_not_there_is_a_clear_answer(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone.ndjson: No such file"):
        list(read_history(tmp_path / "gone.ndjson"))

"""Verdicts for people and for machines."""

from __future__ import annotations

import io
import json
from typing import cast
from xml.etree import ElementTree as ET

import msgspec
import pytest
from rich.console import Console

from peakproof.history import records as say
from peakproof.history.by_hand import ByHand
from peakproof.judging.judge import judge
from peakproof.judging.verdict import RunVerdict
from peakproof.report import junit
from peakproof.report.json import document, to_json
from peakproof.report.story import clock, money, replay_command, stake, tell, what, where
from peakproof.report.terminal import print_run, print_table


def race() -> RunVerdict:
    """The last unit is promised twice."""
    story = ByHand(scenario="shop/race", seed=7).stock("TEE", W1=1).trade()
    story.at(10).placed("1001", TEE=1).at(12.25).placed("1002", TEE=1)
    return judge(story.end(100, 900).records, digest="abc")


def quiet() -> RunVerdict:
    """Nothing is wrong; one thing that was expected never came up."""
    story = ByHand(scenario="shop/quiet", judging={"expect": ["lost_update"]})
    story.stock("TEE", W1=9).trade().at(10).placed("1001", TEE=1).life("1001")
    return judge(story.end(100, 900).records)


def on_terminal(verdict: RunVerdict, *, verbose: bool = False) -> list[str]:
    sheet = io.StringIO()
    print_run(Console(file=sheet, width=80, no_color=True), verdict, verbose=verbose)
    return sheet.getvalue().splitlines()


# --- stories --------------------------------------------------------------------------


def test_a_story_tells_what_happened_in_order() -> None:
    verdict = race()

    story = tell(verdict, verdict.finding("oversold").breaches[0])

    assert story.when == "0:00:12.250"
    assert story.stake == "1 unit, 19.99 GBP"
    assert [beat.no for beat in story.beats] == sorted(beat.no for beat in story.beats)
    assert ("shop", "order 1002 accepted: 1 TEE from W1") in [
        (beat.where, beat.what) for beat in story.beats
    ]
    assert story.replay == "peakproof run shop/race --seed 7 --connector 'by hand'"


def test_the_replay_command_repeats_what_the_run_depended_on() -> None:
    verdict = msgspec.structs.replace(
        race(), connector="reference", without=("claim", "sweep"), policy="uniform"
    )

    assert replay_command(verdict) == (
        "peakproof run shop/race --seed 7 --policy uniform --without claim --without sweep"
    )


@pytest.mark.parametrize(
    ("at_s", "text"),
    [(0.0, "0:00:00.000"), (61.0005, "0:01:01.000"), (3725.25, "1:02:05.250")],
)
def test_run_time_is_told_as_hours_minutes_seconds(at_s: float, text: str) -> None:
    assert clock(at_s) == text


def test_money_is_told_with_two_decimals_and_its_currency() -> None:
    assert money(123456, "GBP") == "1,234.56 GBP"
    assert money(-5, "EUR") == "-0.05 EUR"
    assert stake(0, 0, "GBP") == ""
    assert stake(2, 0, "GBP") == "2 units"


def told(record: say.AnyRecord) -> tuple[str, str]:
    return where(record), what(record)


LINE = (say.Line("1", "TEE", 2, 1999, "W1"),)


@pytest.mark.parametrize(
    ("record", "place", "text"),
    [
        (
            say.Move(1, "till", "TEE", 1, "shelf:S1", "customer", "sale", "R1"),
            "ledger",
            "1 TEE from shelf:S1 to customer for R1 (till: sale)",
        ),
        (
            say.Level(1, "connector", 12, "shop", "TEE", "W1", 5, 3, "write"),
            "shop",
            "TEE at W1: 3 free of 5 on hand (by connector: write, call 12)",
        ),
        (
            say.Call(1, 7, 2, "shop", "o.set", "write", "POST", "/", 409, "failed", ("order:1",)),
            "shop",
            "call 7: o.set order:1 -> 409 failed",
        ),
        (
            say.Call(1, 7, 2, "shop", "o.get", "read", "GET", "/", 0, "unknown", (), "timeout"),
            "shop",
            "call 7: o.get -> unknown, struck by timeout",
        ),
        (
            say.Hook(1, 0, 2, "shop", "order", "1001", 2, 0, "unknown", "loss"),
            "shop",
            "notice order 1001 -> unknown, struck by loss",
        ),
        (
            say.Desk(1, "1001", "stuck", "", "no rule"),
            "desk",
            "1001 reported to nobody: stuck, no rule",
        ),
        (
            say.Strike(1, "reset", "wms", "orders.create", 3),
            "weather",
            "reset on call 3 of orders.create",
        ),
        (
            say.Withdrawn(1, "connector", 0, "shop", "1001"),
            "shop",
            "order 1001: everything withdrawn (by connector)",
        ),
        (
            say.Sale(9, "till", 0, "pos", "R1", "S1", "sale", LINE, 1),
            "pos",
            "sale R1 at S1: 2 TEE, made at 0:00:01.000",
        ),
        (
            say.Parcel(1, "carrier", 0, "wms", "SO", "P", "shipped", LINE, "W1", "DPD", "T1"),
            "wms",
            "SO: parcel P (T1) shipped: 2 TEE",
        ),
        (
            say.Reservation(1, "connector", 0, "shop", "1001", "TEE", -2, "stock 1", "placed"),
            "shop",
            "order 1001: reservation -2 TEE in stock 1 (placed)",
        ),
        (
            say.Document(1, "connector", 0, "shop", "1001", "invoice", "7", 1999, "open"),
            "shop",
            "order 1001: invoice 7 over 19.99, open",
        ),
        (
            say.Charged(1, "till", 0, "pos", "R1", "return", -1999, -333, "GBP"),
            "pos",
            "return R1 came to -19.99 GBP, -3.33 of it tax",
        ),
        (say.Batch(1, "B1", "May", 3), "books", "batch B1 for May closed: 3 entries"),
        (
            say.Booked(1, "B1", "R1", "sale", "", 1999, 333, "GBP"),
            "books",
            "B1: sale R1, 19.99 GBP (tax 3.33) to no account",
        ),
        (
            say.TurnedAway(1, "shopper", 0, "shop", "TEE", "W1", 2, "NotOffered"),
            "shop",
            "a customer goes without 2 TEE: NotOffered",
        ),
        (say.Phase(1, "calm"), "run", "phase"),
    ],
)
def test_a_record_is_told_in_a_line(record: say.AnyRecord, place: str, text: str) -> None:
    assert told(record) == (place, text)


def test_no_record_of_a_life_is_left_untold() -> None:
    story = ByHand().stock("TEE", W1=5, S1=3).trade().at(5).placed("1001", TEE=2).life("1001")
    story.at(100).sale("R1", TEE=1).activity("R1", TEE=1).cut("SO-1001", TEE=1).refused("1001")

    story.end(200, 900)

    for record in cast("list[say.AnyRecord]", story.records[2:]):
        if not isinstance(record, say.Phase):
            assert told(record)[1] != type(record).__name__.lower()


# --- the terminal ---------------------------------------------------------------------


def test_the_verdict_and_its_price_come_first() -> None:
    lines = on_terminal(race())

    assert lines[0].startswith("BROKEN  1 unit, 19.99 GBP  shop/race  seed 7")


def test_everything_fits_into_eighty_columns_without_colour() -> None:
    for verdict in (race(), quiet()):
        lines = on_terminal(verdict, verbose=True)
        assert all(len(line) <= 80 for line in lines)
        assert not any("\x1b" in line for line in lines)


def test_a_breach_is_told_with_its_records_and_the_way_to_see_it_again() -> None:
    text = " ".join(" ".join(on_terminal(race())).split())

    assert "1 unit of TEE promised that nobody has: 1 at acceptance." in text
    assert "0:00:12.250 shop order 1002 accepted: 1 TEE from W1" in text
    assert "play it again: peakproof run shop/race --seed 7 --connector 'by hand'" in text


def test_what_makes_a_run_undecided_is_said() -> None:
    lines = on_terminal(quiet())

    assert lines[0].startswith("UNDECIDED")
    assert "  undecided because lost_update is undecided: nothing put it to the test" in lines


def test_many_runs_are_a_table_with_a_sum() -> None:
    sheet = io.StringIO()
    print_table(Console(file=sheet, width=80, no_color=True), [race(), quiet()])
    lines = sheet.getvalue().splitlines()

    assert lines[0].startswith("BROKEN")
    assert "oversold" in lines[0]
    assert lines[-1] == "BROKEN  2 runs: 1 broken, 1 undecided"


# --- machines -------------------------------------------------------------------------


def test_json_has_exactly_the_agreed_shape() -> None:
    found = document([race(), quiet()])

    assert list(found) == ["verdict", "scenarios"]
    assert found["verdict"] == "broken"
    scenario = found["scenarios"][0]
    assert list(scenario) == [
        "id", "seed", "verdict", "digest", "reasons", "broken", "not_judged", "figures", "counts",
    ]  # fmt: skip
    assert scenario["digest"] == "abc"
    breach = scenario["broken"][0]
    assert list(breach) == ["invariant", "units", "money_minor", "at", "evidence"]
    assert (breach["invariant"], breach["units"], breach["money_minor"]) == ("oversold", 1, 1999)
    assert breach["at"] == 12.25
    assert breach["evidence"]["records"][-1]["record"]["order"] == "1002"
    assert {"invariant", "verdict", "reason"} == set(scenario["not_judged"][0])


def test_json_says_why_a_run_as_a_whole_is_undecided() -> None:
    broken, undecided = document([race(), quiet()])["scenarios"]

    assert undecided["verdict"] == "undecided"
    assert undecided["reasons"] == ["lost_update is undecided: nothing put it to the test"]
    assert broken["reasons"] == list(race().reasons)


def holding() -> RunVerdict:
    """Everything is as it should be."""
    story = ByHand(scenario="shop/fine").stock("TEE", W1=9).trade().at(10)
    return judge(story.placed("1001", TEE=1).life("1001").end(100, 900).records)


def test_runs_that_came_to_no_verdict_keep_the_others_from_holding_as_a_whole() -> None:
    sheet = io.StringIO()
    print_table(Console(file=sheet, width=80, no_color=True), [holding()], whole=False)

    assert document([holding()])["verdict"] == "holds"
    assert document([holding()], whole=False)["verdict"] == "undecided"
    assert document([holding(), race()], whole=False)["verdict"] == "broken"
    assert json.loads(to_json([holding()], whole=False))["verdict"] == "undecided"
    assert sheet.getvalue().splitlines()[-1] == "UNDECIDED  1 run: 1 holds"


def test_json_text_can_be_read_back() -> None:
    assert json.loads(to_json([race()]))["scenarios"][0]["id"] == "shop/race"


def test_junit_has_a_case_for_each_invariant_and_never_passes_by_silence() -> None:
    root = ET.fromstring(junit.to_junit([race(), quiet()]))

    first, second = root
    assert first.get("name") == "shop/race seed 7"
    assert int(first.get("failures", "0")) == len(first.findall("testcase/failure"))
    failure = first.find("testcase[@name='oversold']/failure")
    assert failure is not None
    assert "promised that nobody has" in (failure.text or "")
    assert second.get("errors") == "1"
    error = second.find("testcase[@name='verdict']/error")
    assert error is not None
    assert "lost_update is undecided" in (error.text or "")
    assert len(second.findall("testcase")) == int(second.get("tests", "0"))


def test_junit_has_an_error_for_runs_that_came_to_no_verdict() -> None:
    whole, cut = (ET.fromstring(junit.to_junit([race()], missing=count)) for count in (0, 3))

    assert [suite.get("name") for suite in whole] == ["shop/race seed 7"]
    assert [suite.get("name") for suite in cut] == ["shop/race seed 7", "runs"]
    error = cut.find("testsuite[@name='runs']/testcase/error")
    assert error is not None
    assert error.get("message") == "undecided: without a verdict: 3"


def test_junit_leaves_out_what_xml_cannot_hold() -> None:
    story = ByHand(scenario="shop/odd").stock("TEE", W1=9).trade()
    story.at(10).placed("10\x0001", TEE=1).paid("10\x0001")

    text = junit.to_junit([judge(story.end(500, 900).records)])

    assert ET.fromstring(text).find("testsuite/testcase[@name='order_lost']/failure") is not None
    assert "10?01" in text

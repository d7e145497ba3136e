"""The faithfulness page is what the fakes say, and nothing of it is without its mark or its pin."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.faithfulness import problems
from tests.faithfulness.answers import falsified, outcome
from tests.faithfulness.operations import NEVER_DONE, NEVER_REFUSED, operations, pins
from tests.faithfulness.page import page
from tests.faithfulness.sources import FAKES, FOLDER, Rule, left_out, rules

from peakproof.wire.message import Response

ROOT = Path(__file__).parents[2]


def test_the_page_is_the_one_that_is_made() -> None:
    found = (ROOT / "docs/faithfulness.md").read_text("utf-8")
    assert found == page(), "python -m tests.faithfulness docs/faithfulness.md"


@pytest.mark.parametrize("fake", FAKES)
def test_every_rule_has_its_mark_and_a_test_that_is_there(fake: str) -> None:
    assert list(problems.of_rules(fake, rules(fake))) == []


@pytest.mark.parametrize("fake", FAKES)
def test_every_operation_is_done_and_refused_in_a_test_that_looks_at_it(fake: str) -> None:
    found = problems.of_operations(
        operations(fake), pins(fake), NEVER_DONE.get(fake, {}), NEVER_REFUSED.get(fake, {})
    )
    assert list(found) == []


@pytest.mark.parametrize("fake", FAKES)
def test_what_is_left_out_comes_first(fake: str) -> None:
    assert left_out(fake)
    text = (FOLDER / fake / "SOURCES.md").read_text("utf-8")
    assert text.index("\n## ") == text.index("\n## Not modelled")


def test_every_list_of_sources_is_on_the_page() -> None:
    found = {str(file.parent.relative_to(FOLDER)) for file in FOLDER.rglob("SOURCES.md")}
    assert found == set(FAKES)


PIN = "`test_stock::test_a_replayed_change_acts_twice`"
GOOD = Rule("centra/SOURCES.md:1", "Stock", "a rule", "documented", "somewhere", PIN)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (GOOD, []),
        (replace(GOOD, mark="sure"), ["the mark is one of documented"]),
        (replace(GOOD, pin=""), ["there is no test (no pin)"]),
        (
            replace(GOOD, pin="`test_stock::test_gone`"),
            ["there is no test `test_stock::test_gone`"],
        ),
        (replace(GOOD, pin="`test_gone::test_x`"), ["there is no test `test_gone::test_x`"]),
        (replace(GOOD, pin=f"{PIN}, `test_stock::test_gone`"), ["test_gone"]),
        (replace(GOOD, pin="`packaging/test_wheel::test_it_lists_every_scenario`"), []),
    ],
)
def test_a_rule_without_mark_or_pin_is_named(rule: Rule, said: list[str]) -> None:
    found = list(problems.of_rules("centra", [rule]))
    assert len(found) == len(said)
    for text, part in zip(found, said, strict=True):
        assert text.startswith("centra/SOURCES.md:1: ")
        assert part in text


@pytest.mark.parametrize(
    ("found", "never", "said"),
    [
        ({"done": PIN, "refused": PIN}, {}, []),
        ({"done": PIN}, {}, ["no test looks at it when it is refused"]),
        ({"refused": PIN}, {}, ["no test looks at it when it is done"]),
        ({"done": PIN}, {"orders": "nothing to refuse"}, []),
        ({"done": PIN, "refused": PIN}, {"orders": "x"}, ["is said to be never refused, and"]),
        ({"done": "test_gone::test_x", "refused": PIN}, {}, ["there is no test"]),
        ({"done": PIN, "refused": PIN}, {"none": "x"}, ["is excused and is no operation"]),
    ],
)
def test_an_operation_without_a_pin_is_named(
    found: dict[str, str], never: dict[str, str], said: list[str]
) -> None:
    table = [each for each in operations("centra") if each.name == "orders"]
    path = "tests/contract/centra/test_stock.py::test_a_replayed_change_acts_twice"
    known = {"orders": {came: path if test == PIN else test for came, test in found.items()}}
    told = list(problems.of_operations(table, known, {}, never))
    assert len(told) == len(said)
    for text, part in zip(told, said, strict=True):
        assert part in text


def test_an_operation_that_says_not_why_it_is_there_is_named() -> None:
    table = [replace(operations("centra")[0], source="")]
    told = problems.of_operations(table, {}, {table[0].name: "x"}, {table[0].name: "x"})
    assert list(told) == [f"{table[0].name}: says neither how sure it is nor why"]


@pytest.mark.parametrize(
    ("status", "body", "came"),
    [
        (200, b'{"id":1}', "done"), (204, b"", "done"), (404, b"", "refused"),
        (409, b'{"a":1}', "refused"), (501, b"x", "refused"), (401, b"", ""), (403, b"{}", ""),
        (429, b"", ""), (405, b"", ""), (200, b'{"status":"no"}', "refused"),
        (200, b'{"data":{"x":{"userErrors":[{"message":"m"}]}}}', "refused"),
        (200, b'{"data":{"x":{"userErrors":[]}}}', "done"), (200, b"false", "refused"),
        (200, b'{"success":false,"errorMessages":["m"]}', "refused"),
        (207, b"<response><status>HTTP/1.1 409 Conflict</status></response>", "refused"),
    ],
)  # fmt: skip
def test_an_answer_is_done_or_refused_or_turned_away_at_the_door(
    status: int, body: bytes, came: str
) -> None:
    assert outcome(Response(status, body)) == came


@pytest.mark.parametrize(
    ("answer", "false"),
    [
        (Response(200, b'{"a": [1, "x", true, null, []]}'),
         Response(200, b'{"a": [2, "x~", false, "~", ["~"]]}')),
        (Response(200, b"[]"), Response(200, b'["~"]')),
        (Response(200, b"<a><b>1</b></a>"), Response(200, b"<a><b>1~</b></a>")),
        (Response(204, b""), Response(404, b"")), (Response(404, b"{}"), Response(418, b"{}")),
    ],
)  # fmt: skip
def test_a_false_answer_has_nothing_in_common_but_its_shape(
    answer: Response, false: Response
) -> None:
    assert falsified(answer) == false

"""The exception desk and the books as URLs, for connectors that are processes."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from peakproof.run.books import Posting
from peakproof.run.sinks import DeskEntry, Sink

ROOT = Path(__file__).parents[2]
ENTRY = {
    "ref": "R1", "kind": "sale", "account": "4000", "amount_minor": 1999, "tax_minor": 333,
    "currency": "GBP",
}  # fmt: skip


async def posted(sink: Sink[Any], document: object) -> httpx.Response:
    async with sink, httpx.AsyncClient(trust_env=False) as client:
        return await client.post(sink.url, json=document)


def test_the_books_take_a_batch() -> None:
    taken: list[Posting] = []

    def take(posting: Posting) -> bool:
        taken.append(posting)
        return True

    sink = Sink("books", Posting, take)

    answer = asyncio.run(posted(sink, {"batch": "B1", "period": "May", "entries": [ENTRY]}))

    assert (answer.status_code, answer.content) == (204, b"")
    assert taken[0].entries[0].amount_minor == 1999
    assert sink.url.endswith("/books")


def test_what_the_books_refuse_is_a_conflict() -> None:
    sink = Sink("books", Posting, lambda _posting: False)

    answer = asyncio.run(posted(sink, {"batch": "B1", "period": "May", "entries": []}))

    assert answer.status_code == 409
    assert "something else" in answer.json()["error"]


def test_another_shape_is_refused_with_the_reason() -> None:
    for sink in (
        Sink("books", Posting, lambda _posting: True),
        Sink("desk", DeskEntry, lambda _entry: True),
    ):
        answer = asyncio.run(posted(sink, {"batch": 7}))
        assert answer.status_code == 400
        assert "error" in answer.json()


def test_the_desk_takes_a_report() -> None:
    told: list[DeskEntry] = []

    def take(entry: DeskEntry) -> bool:
        told.append(entry)
        return True

    sink = Sink("desk", DeskEntry, take)
    report = {"key": "1001", "kind": "stuck", "owner": "operations", "reason": "no rule"}

    assert asyncio.run(posted(sink, report)).status_code == 204
    assert told == [DeskEntry("1001", "stuck", "operations", "no rule")]


POSTS = """
import json, sys, urllib.request
entry = {"ref": "NEVER", "kind": "sale", "account": "4000", "amount_minor": 1, "tax_minor": 0,
         "currency": "GBP"}
body = json.dumps({"batch": "B1", "period": "May", "entries": [entry]}).encode()
asked = urllib.request.Request(sys.argv[1], body, method="POST")
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
sys.exit(0 if opener.open(asked, timeout=20).status == 204 else 9)
"""
"""A process that books a sale that never was."""


def judged(*command: str) -> dict[str, Any]:
    """What becomes of the books when that command is the connector."""
    done = subprocess.run(
        [
            sys.executable, "-m", "peakproof", "check", "pos_deposco/calm-day", "--flow", "finance",
            "--set", "estate.masters.finance=pos", "--json", "-", "--", sys.executable, *command,
        ],
        cwd=ROOT, capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)["scenarios"][0]
    return told


def test_a_process_that_is_told_of_the_books_posts_to_them() -> None:
    told = judged("-c", POSTS, "{books.url}")

    assert [(one["invariant"], one["evidence"]["key"]) for one in told["broken"]] == [
        ("ledger_unbalanced", "NEVER")
    ]


def test_a_process_that_is_told_of_no_books_is_not_judged_by_them() -> None:
    told = judged("-c", "")

    ledger = [one for one in told["not_judged"] if one["invariant"] == "ledger_unbalanced"]
    assert [one["reason"] for one in ledger] == ["nothing put it to the test"]

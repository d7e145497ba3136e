"""The books of finance, as a connector inside a rehearsal sees them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from peakproof import catalogue
from peakproof.errors import ConnectorError
from peakproof.history.reader import read_history
from peakproof.history.records import Batch, Booked, Run
from peakproof.judging.verdict import RunVerdict, Verdict
from peakproof.run.judged import rehearse
from peakproof.run.setting import Setting, connector_document, judged_estate, keeps_books

RACE = "pos_deposco/last-unit-walk-in"
KEEPS = (
    ("estate.masters.finance", "pos"),
    ("estate.accounts", {"sale": "4000"}),
    ("judging.book_s", 30.0),
)


def entry(ref: str, minor: int = 1999) -> dict[str, Any]:
    return {
        "ref": ref, "kind": "sale", "account": "4000", "amount_minor": minor, "tax_minor": 333,
        "currency": "GBP",
    }  # fmt: skip


async def twice(rehearsal: Any) -> None:
    """Posts a batch, again, again with other entries, and one of another shape."""
    rehearsal.declare(("finance",))
    assert rehearsal.config["accounts"] == {"sale": "4000"}
    assert await rehearsal.book("B1", "P1", [entry("R1")])
    assert await rehearsal.book("B1", "P1", [entry("R1")])
    assert not await rehearsal.book("B1", "P1", [entry("R1", 2000)])
    with pytest.raises(ConnectorError, match="batch of another shape"):
        await rehearsal.book("B2", "P1", [{"ref": "R2"}])


async def nothing(rehearsal: Any) -> None:
    """Plays finance and never posts."""
    rehearsal.declare(("finance",))


def played(connector: str, tmp_path: Path) -> tuple[RunVerdict, list[Any]]:
    (named,) = catalogue.select([RACE])
    setting = Setting(named, 1, connector=f"{__file__}:{connector}", overrides=KEEPS)
    history = tmp_path / "history.ndjson"
    return rehearse(setting, history=history), list(read_history(history))


def test_a_batch_that_comes_again_is_one_batch_and_its_number_is_no_others(
    tmp_path: Path,
) -> None:
    verdict, records = played("twice", tmp_path)

    assert [(one.batch, one.entries) for one in records if isinstance(one, Batch)] == [
        ("B1", 1), ("B1", 1),
    ]  # fmt: skip
    assert [one.amount_minor for one in records if isinstance(one, Booked)] == [1999]
    kinds = [breach.kind for breach in verdict.finding("ledger_unbalanced").breaches]
    assert "closed twice" in kinds


def test_who_never_posts_leaves_the_sale_out_of_the_books(tmp_path: Path) -> None:
    verdict, _ = played("nothing", tmp_path)

    found = verdict.finding("ledger_unbalanced")
    assert found.verdict is Verdict.BROKEN
    assert [breach.kind for breach in found.breaches] == ["missing"]


def test_the_first_record_says_where_books_are_closed_on(tmp_path: Path) -> None:
    _, records = played("nothing", tmp_path)

    opening = records[0]
    assert isinstance(opening, Run)
    assert opening.estate["masters"]["finance"] == "pos"
    assert opening.estate["accounts"] == {"sale": "4000"}


def test_estates_without_books_say_nothing_of_them() -> None:
    (named,) = catalogue.select([RACE])

    assert not keeps_books(named.scenario)
    assert "accounts" not in judged_estate(named.scenario)
    assert "accounts" not in connector_document(named.scenario, {}, without=())
    assert "notify_on" not in judged_estate(named.scenario)


DAY = (
    ("estate.masters.finance", "pos"),
    ("services.pos.tells_charges", True),
    ("judging.book_s", 120.0),
    ("stock.opening", {"till:S1": "record", "till:S2": "record"}),
)


@pytest.mark.parametrize(
    ("bookkeeper", "kind"),
    [
        ("careful", ""),
        ("doubling", "twice"),
        ("dropping", "missing"),
        ("estimating", "amount"),
        ("unmapped", "account"),
    ],
)
def test_the_books_of_a_clean_day_are_right_only_if_they_are_kept_right(
    bookkeeper: str, kind: str
) -> None:
    (named,) = catalogue.select(["pos_deposco/clean-day"])
    where = Path(__file__).with_name("bookkeepers.py")
    setting = Setting(named, 1, connector=f"{where}:{bookkeeper}", overrides=DAY)

    ledger = rehearse(setting).finding("ledger_unbalanced")

    assert {breach.kind for breach in ledger.breaches} == ({kind} if kind else set())
    assert ledger.verdict is (Verdict.BROKEN if kind else Verdict.HOLDS)
    assert ledger.exercised > 25

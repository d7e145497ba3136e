"""The tills' transactions into the books: each once, signed, with the tax that the till charged."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.engine.stage import EPOCH_S, clock, config, play

from peakproof_engine.desk import Desk
from peakproof_engine.errors import Refused, UnknownOutcome
from peakproof_engine.flows.core import Core
from peakproof_engine.flows.finance import Entry, Finance, Posting
from peakproof_engine.guards import Guards
from peakproof_engine.store.database import Store
from peakproof_engine.systems.ports import TillSale

SOLD = TillSale(
    "s-1", "LOC1", False, EPOCH_S, EPOCH_S, "GBP", [("TEE", 3, 1000)], [("HAT", 1, 500)],
    2500, 3000, 500, 500, 83,
)  # fmt: skip
ACCOUNTS = {"sale": "4000", "return": "4010", "void": "4020"}


class Books:
    """Takes batches; an answer may be an error."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.taken: list[Posting] = []

    async def post(self, posting: Posting) -> bool:
        self.taken.append(posting)
        answer = self.answers.pop(0) if self.answers else True
        if isinstance(answer, BaseException):
            raise answer
        return bool(answer)


class Tills:
    """Tells the same transactions whenever it is asked."""

    def __init__(self, *sales: TillSale) -> None:
        self.sales = sales

    async def sales_since(self, since_s: float) -> list[TillSale]:
        return list(self.sales)


def finance(books: Books, *sales: TillSale, off: tuple[str, ...] = (), **more: Any) -> Finance:
    made = config(accounts=ACCOUNTS, **more)
    store = Store(":memory:")

    async def report(*_said: str) -> None:
        return None

    core = Core(made, Guards(off), clock(), store, Desk(store, clock(), report))
    tills: Any = Tills(*sales)
    return Finance(core, tills, books.post)


def test_a_transaction_is_booked_once_with_what_was_paid_and_what_came_back() -> None:
    async def story() -> None:
        books = Books()
        flow = finance(books, SOLD)
        await flow.round()
        await flow.round()
        (posting,) = books.taken
        assert (posting.batch, posting.period) == ("batch-1", "2023-11")
        assert posting.entries == [
            Entry("s-1", "sale", "4000", 3000, 500, "GBP"),
            Entry("s-1", "return", "4010", -500, -83, "GBP"),
        ]

    play(story())


def test_a_voided_sale_goes_out_again() -> None:
    async def story() -> None:
        books = Books()
        voided = TillSale("s-2", "LOC1", True, EPOCH_S, EPOCH_S, "GBP", [("TEE", 1, 600)], [],
                          600, 600, 100)  # fmt: skip
        await finance(books, voided).round()
        assert [(each.kind, each.amount_minor) for each in books.taken[0].entries] == [
            ("sale", 600), ("void", -600),
        ]  # fmt: skip

    play(story())


def test_a_batch_whose_answer_was_lost_is_posted_again_as_it_was() -> None:
    async def story() -> None:
        books = Books(UnknownOutcome("books", "lost"))
        flow = finance(books, SOLD)
        with pytest.raises(UnknownOutcome):
            await flow.round()
        await flow.round()
        assert books.taken[0] == books.taken[1]
        assert len(books.taken) == 2

    play(story())


def test_a_batch_that_is_closed_otherwise_is_raised_and_not_sent_for_ever() -> None:
    async def story() -> None:
        books = Books(False)
        flow = finance(books, SOLD)
        with pytest.raises(Refused):
            await flow.round()
        await flow.round()
        assert len(books.taken) == 1

    play(story())


def test_without_its_guard_a_transaction_is_booked_whenever_it_is_told() -> None:
    async def story() -> None:
        books = Books()
        flow = finance(books, SOLD, off=("booked_once",))
        await flow.round()
        await flow.round()
        assert [posting.batch for posting in books.taken] == ["batch-1", "batch-2"]

    play(story())


def test_without_its_guard_tax_is_worked_out_piece_by_piece() -> None:
    async def story() -> None:
        books = Books()
        await finance(books, SOLD, off=("tax_as_charged",)).round()
        # A sixth of 10.00 is 1.67: three of them are a penny more than a sixth of 30.00.
        assert [each.tax_minor for each in books.taken[0].entries] == [501, -83]

    play(story())

"""The checker checked: a passing history is corrupted, and the right rule has to notice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peakproof.errors import PeakproofError
from peakproof.history import records as say
from peakproof.history.by_hand import ESTATE as BY_HAND
from peakproof.history.by_hand import ByHand
from peakproof.history.records import Line, Record
from peakproof.judging.judge import judge
from peakproof.judging.verdict import RunVerdict, Verdict

JUDGING: Final = {"payment_s": 300, "order_s": 120, "status_s": 120, "desk_s": 60, "sale_s": 120}
ESTATE: Final = {
    "masters": {**BY_HAND["masters"], "finance": "pos"},
    "bundles": {"KIT": {"MUG": 2}},
    "notify_on": "shipped",
}


def passing() -> list[Record]:
    """Three orders and three sales, a return and a conflict, all as they should be.

    The shop keeps reservations and invoices, finance books the tills, two of four bundles go.
    """
    story = ByHand(judging=JUDGING, estate=ESTATE).stock("MUG", W1=8)
    story.shows("shop", "W1", "KIT", 4, by="seed", cause="seed")
    story.stock("TEE", W1=9, S1=6).stock("CAP", W1=9, S1=3).trade()
    for number, place in (("1001", "W1"), ("1002", "S1"), ("1003", "W1")):
        story.at(story.t + 20).reserved(number, TEE=-1, CAP=-1).placed(number, place, TEE=1, CAP=1)
        if place == "S1":
            for sku in ("TEE", "CAP"):
                story.at(story.t + 1)
                story.shows("pos", "S1", sku, story.level("shop", "S1", sku)[1])
        story.life(number).reserved(number, TEE=1, CAP=1).document(number, 2998)
    story.move("MUG", 4, "shelf:W1", "lost", by="staff")
    story.changes("wms", "W1", "MUG", on_hand=-4, available=-4, by="staff", cause="adjust")
    story.at(story.t + 1).shows("shop", "W1", "MUG", 4).shows("shop", "W1", "KIT", 2)
    for sale in ("R1", "R2", "R3"):
        story.at(story.t + 20).sale(sale, TEE=1).at(story.t + 2).activity(sale, TEE=1)
        story.at(story.t + 1).shows("shop", "S1", "TEE", story.level("pos", "S1", "TEE")[1])
    story.at(story.t + 20).sale("RET", what="return", against="R1", TEE=1).at(story.t + 2)
    story.activity("RET", what="return", TEE=1)
    story.at(story.t + 1).shows("shop", "S1", "TEE", story.level("pos", "S1", "TEE")[1])
    entries = [("sale", sale, 1999) for sale in ("R1", "R2", "R3")]
    story.at(story.t + 5).books("B1", *entries).books("B2", ("return", "RET", -1999))
    story.at(story.t + 5).call("orders.update", "order:1003", status=409)
    story.at(story.t + 1).call("orders.get", "order:1003", effect="read")
    story.at(story.t + 1).call("orders.update", "order:1003")
    return story.end(story.t + 20, story.t + 1500).records


def broken(verdict: RunVerdict) -> set[str]:
    return {finding.invariant for finding in verdict.broken}


def copied(record: Any) -> Any:
    return msgspec.structs.replace(record)


def where(kind: type[Record], **fields: Any) -> Callable[[list[Record]], list[int]]:
    """The places of all records of a kind with these fields."""

    def find(records: list[Record]) -> list[int]:
        return [
            index
            for index, record in enumerate(records)
            if type(record) is kind
            and all(getattr(record, name) == value for name, value in fields.items())
        ]

    return find


def last_levels(by: str) -> Callable[[list[Record]], list[int]]:
    """The last figure of every cell (bundles have none), where ``by`` wrote it while trading."""

    def find(records: list[Record]) -> list[int]:
        last: dict[tuple[str, str, str], int] = {}
        for index, record in enumerate(records):
            if isinstance(record, say.Level) and record.sku != "KIT":
                last[record.system, record.place, record.sku] = index
        found = [(index, records[index]) for index in last.values()]
        return [i for i, r in found if isinstance(r, say.Level) and r.by == by and r.t > 1]

    return find


def drop(records: list[Record], index: int) -> None:
    del records[index]


def double(records: list[Record], index: int) -> None:
    records.insert(index, copied(records[index]))


def earlier(records: list[Record], index: int) -> None:
    """The record comes one place sooner than it should."""
    records.insert(index - 1, records.pop(index))


def alter(**changes: Any) -> Callable[[list[Record], int], None]:
    """Fields of the record change: by a number, or to a value."""

    def change(records: list[Record], index: int) -> None:
        record: Any = copied(records[index])
        for name, value in changes.items():
            was = getattr(record, name)
            setattr(record, name, was + value if isinstance(was, int) else value)
        records[index] = record

    return change


def more_units(records: list[Record], index: int) -> None:
    record: Any = copied(records[index])
    record.lines = tuple(Line(x.line, x.sku, x.units + 1, x.price_minor) for x in record.lines)
    records[index] = record


def refund(records: list[Record], index: int) -> None:
    record: Any = records[index]
    records.insert(index, say.Payment(record.t, "staff", 0, "shop", record.order, "refunded", 2998))


def refund_again(records: list[Record], index: int) -> None:
    refund(records, index)
    refund(records, index)


def cut(records: list[Record], index: int) -> None:
    """The warehouse says that it will not ship a unit of the order that it takes."""
    work: Any = records[index]
    lines = (Line("1", "TEE", 1),)
    records.insert(
        index + 1, say.WorkCut(work.t, "warehouse", 0, "wms", work.number, lines, "short")
    )


def first(records: list[Record], index: int) -> None:
    """The record comes before the parcels of its instant and the minutes before."""
    record = copied(records.pop(index))
    place = next(i for i, one in enumerate(records) if one.t > record.t - 30)
    record.t = records[place].t
    records.insert(place, record)


CORRUPTIONS: Final[dict[str, tuple[Any, Any, str]]] = {
    "a movement is missing": (where(say.Move), drop, "units_conserved"),
    "a movement is there twice": (where(say.Move), double, "units_conserved"),
    "a movement has another number": (where(say.Move), alter(units=1), "units_conserved"),
    "a balance is missing": (where(say.Balance), drop, "units_conserved"),
    "a balance is wrong": (where(say.Balance), alter(units=1), "units_conserved"),
    "an order is accepted twice": (where(say.Placed), double, "order_lost"),
    "an order is accepted for more": (where(say.Placed), more_units, "order_lost"),
    "a payment is missing": (where(say.Payment), drop, "unpaid_release"),
    "a payment only failed": (where(say.Payment), alter(what="failed"), "unpaid_release"),
    "a warehouse order comes before its payment": (where(say.Work), earlier, "unpaid_release"),
    "a warehouse order is missing": (where(say.Work), drop, "order_lost"),
    "a warehouse order is there twice": (where(say.Work), double, "order_duplicated"),
    "a warehouse order is for more": (where(say.Work), more_units, "order_duplicated"),
    "a warehouse order names nothing": (
        where(say.Work), alter(refs=("?",), number="X"), "order_lost",
    ),
    "the channel never hears": (
        where(say.OrderState, means="shipped"), drop, "status_stalled",
    ),
    "a parcel is missing": (where(say.Parcel), drop, "confirmed_twice"),
    "a parcel is there twice": (where(say.Parcel), double, "stock_diverged"),
    "a confirmation is there twice": (where(say.Confirmed), double, "confirmed_twice"),
    "a confirmation is for more": (where(say.Confirmed), more_units, "confirmed_twice"),
    "a notice is there twice": (where(say.Notice), double, "confirmed_twice"),
    "a notice comes before its parcel": (where(say.Notice), first, "notified_early"),
    "a confirmation is missing": (where(say.Confirmed), drop, "confirmation_missing"),
    "a confirmation has another name": (
        where(say.Confirmed), alter(ref="X"), "confirmation_missing",
    ),
    "a capture is missing": (where(say.Payment), drop, "shipped_uncaptured"),
    "a capture is for less": (
        where(say.Payment), alter(amount_minor=-100), "shipped_uncaptured",
    ),
    "a warehouse order is elsewhere": (
        where(say.Work, place="W1"), alter(place="S1"), "misrouted",
    ),
    "a parcel holds more": (where(say.Parcel), more_units, "wrong_item_shipped"),
    "a unit is cut": (where(say.Work), cut, "paid_unfulfilled"),
    "two refunds beside the goods": (
        where(say.OrderState, means="shipped"), refund_again, "refunded_twice",
    ),
    "a reservation is missing": (where(say.Reservation), drop, "reservation_leak"),
    "a reservation is there twice": (where(say.Reservation), double, "reservation_leak"),
    "an invoice is a penny out": (
        where(say.Document), alter(amount_minor=1), "document_stuck",
    ),
    "an invoice stays open": (where(say.Document), alter(state="open"), "document_stuck"),
    "an entry is missing": (where(say.Booked), drop, "ledger_unbalanced"),
    "an entry is there twice": (where(say.Booked), double, "ledger_unbalanced"),
    "an entry is a penny out": (
        where(say.Booked), alter(amount_minor=1), "ledger_unbalanced",
    ),
    "an entry has no account": (where(say.Booked), alter(account=""), "ledger_unbalanced"),
    "a batch is closed twice": (where(say.Batch), double, "ledger_unbalanced"),
    "a figure of the bundle is missing": (
        where(say.Level, sku="KIT", available=2), drop, "bundle_diverged",
    ),
    "a refund beside the goods": (
        where(say.OrderState, means="shipped"),
        refund,
        "refunded_and_shipped",
    ),
    "a sale is missing": (where(say.Sale, what="sale"), drop, "ghost_stock"),
    "a sale is there twice": (where(say.Sale, what="sale"), double, "stock_diverged"),
    "a sale is for more": (where(say.Sale, what="sale"), more_units, "till_sale_lost"),
    "a booking is there twice": (where(say.Activity), double, "till_sale_lost"),
    "a booking of a sale is for more": (
        where(say.Activity, what="sale"), more_units, "till_sale_lost",
    ),
    "a figure of the connector's is too high": (
        last_levels("connector"), alter(available=1, on_hand=1), "stock_diverged",
    ),
    "a figure of the connector's is too low": (
        last_levels("connector"), alter(available=-1, on_hand=-1), "stock_diverged",
    ),
    "a figure of the connector's is missing": (last_levels("connector"), drop, "stock_diverged"),
}  # fmt: skip
"""What is done to which records, and the rule that has to notice."""


def test_the_history_passes_as_it_is() -> None:
    verdict = judge(passing())

    assert verdict.verdict is Verdict.HOLDS
    held = {f.invariant for f in verdict.findings if f.verdict is Verdict.HOLDS}
    undecided = {"refunded_and_shipped", "refunded_twice", "paid_unfulfilled"}
    assert held >= {rule for _, _, rule in CORRUPTIONS.values()} - undecided


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_is_caught_by_its_rule_wherever_it_strikes(name: str) -> None:
    find, corrupt, rule = CORRUPTIONS[name]
    places = find(passing())
    assert places

    for place in places:
        records = passing()
        corrupt(records, place)
        assert rule in broken(judge(records)), f"{name} at record {place}"


ANYTHING: Final = st.lists(
    st.tuples(st.sampled_from(["drop", "double", "swap", "late"]), st.integers(2, 10_000)),
    min_size=1,
    max_size=6,
)


@given(ANYTHING)
@settings(max_examples=150)
def test_whatever_is_done_to_a_history_the_judge_answers(changes: list[tuple[str, int]]) -> None:
    """No corruption makes it crash, and the same records always give the same verdict."""
    records = passing()
    for action, number in changes:
        place = 2 + number % (len(records) - 3)
        if action == "drop":
            drop(records, place)
        elif action == "double":
            double(records, place)
        elif action == "swap":
            records[place], records[place + 1] = records[place + 1], records[place]
        else:
            records.append(records.pop(place))
    try:
        first = judge(records)
    except PeakproofError:
        return
    assert judge(records) == first

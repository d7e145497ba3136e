"""The process is killed inside a transaction: for every kind of record, all of it or nothing."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.engine.test_store import order, sale

from peakproof_engine.errors import StoreError
from peakproof_engine.model import Counted, Parked, Share, StepRecord
from peakproof_engine.store import schema
from peakproof_engine.store.database import Store

KILLED = 77
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs os.fork")


def contents(path: Path) -> dict[str, list[Any]]:
    """Every row of every table, read without the engine; the file must be whole."""
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall()
            for (name,) in sorted(names)
            if not name.startswith("sqlite_")
        }
    finally:
        connection.close()


def child(work: Callable[[], None]) -> int:
    """Do some work in a process of its own; the status with which it ended."""
    number = os.fork()
    if number == 0:
        try:
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def killed_before(path: Path, statement: int, message: Callable[[Store], None]) -> int:
    """Write a message in a process that is killed just before so many statements were done."""

    def work() -> None:
        store = Store(str(path))
        execute = store._execute
        done = 0

        def counted(*given: Any) -> Any:
            nonlocal done
            if done == statement:
                os._exit(KILLED)
            done += 1
            return execute(*given)

        store._execute = counted
        with store:
            message(store)
        os._exit(0)

    return child(work)


# --- the kinds of record --------------------------------------------------------------------------


def claims_a_message(store: Store) -> None:
    assert store.claim("m-2", 5.0)


def takes_an_order_in(store: Store) -> None:
    assert store.claim("m-3", 5.0)
    store.put_order(order("1002"))
    store.put_share("W1", "TEE", "web", Share(9, 4, 0, "e-1", 1.0))
    store.set_mark("orders", "8.0")


def changes_an_order(store: Store) -> None:
    changed = order("1001")
    changed.version, changed.payment = 2, "captured"
    store.put_order(changed)


def finishes_an_order(store: Store) -> None:
    store.close_order(order("1001"))


def books_a_movement(store: Store) -> None:
    store.put_movement(sale("sale:T1"), is_open=False)
    store.put_share("S1", "TEE", "till", Share(3, 1, 1, "", 0.0))


def takes_a_movement_in(store: Store) -> None:
    store.put_movement(sale("sale:T2"), is_open=True)
    store.put_share("S1", "TEE", "till", Share(3, 2, 0, "", 0.0))


def begins_steps(store: Store) -> None:
    for units in (3, -2):
        number = store.new_step()
        store.put_step(StepRecord(number, "W1", "TEE", "web", units))
    store.put_share("W1", "TEE", "web", Share(8, 2, 0, "e-1", 1.0))


def sends_a_step(store: Store) -> None:
    (step,) = store.steps()
    step.version, step.sent = 4, 1
    store.put_step(step)


def ends_a_step(store: Store) -> None:
    store.put_share("W1", "TEE", "web", Share(4, 2, 0, "e-1", 1.0))
    store.drop_step(1)


def applies_a_count(store: Store) -> None:
    store.put_movement(sale("count:C2"), is_open=True)
    store.put_count("S1", "TEE", Counted(3.0, 4.0, ["sale:T1"]))


def parks_an_exception(store: Store) -> None:
    store.put_exception(Parked("order:2", "unknown_item", "operations", "", 1.0), is_open=True)
    changed = order("1001")
    changed.parked = "no such item"
    store.put_order(changed)


def closes_an_exception(store: Store) -> None:
    store.put_exception(Parked("order:1", "unknown_item", "operations", "", 1.0), is_open=False)


def moves_a_mark(store: Store) -> None:
    store.set_mark("orders", "9.0")
    store.set_mark("sales", "9.0")


def forgets_what_is_old(store: Store) -> None:
    store.forget_before(1e9)


MESSAGES = (
    claims_a_message, takes_an_order_in, changes_an_order, finishes_an_order, books_a_movement,
    takes_a_movement_in, begins_steps, sends_a_step, ends_a_step, applies_a_count,
    parks_an_exception, closes_an_exception, moves_a_mark, forgets_what_is_old,
)  # fmt: skip


def filled(path: Path) -> None:
    """A store that has something of everything."""
    store = Store(str(path))
    with store:
        store.claim("m-1", 1.0)
        store.put_order(order("1001"))
        store.put_order(order("1000"))
        store.close_order(order("1000"))
        store.put_movement(sale("sale:T1"), is_open=True)
        store.put_movement(sale("sale:T0"), is_open=False)
        store.put_share("W1", "TEE", "web", Share(5, 2, 0, "e-1", 1.0))
        store.put_step(StepRecord(store.new_step(), "W1", "TEE", "web", -1))
        store.put_count("S1", "TEE", Counted(1.0, 2.0, []))
        store.put_exception(Parked("order:1", "unknown_item", "operations", "", 1.0), is_open=True)
        store.set_mark("orders", "7.0")
    store.close()


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.__name__)
def test_killed_before_any_statement_a_message_is_whole_or_not_there(
    tmp_path: Path, message: Callable[[Store], None]
) -> None:
    path = tmp_path / "engine.db"
    filled(path)
    before = contents(path)
    for statement in range(40):
        status = killed_before(path, statement, message)
        if status == 0:
            break
        assert status == KILLED
        assert contents(path) == before, f"killed before statement {statement}"
    assert statement >= 3
    assert contents(path) != before


def test_every_table_and_every_way_to_write_is_in_these_messages() -> None:
    written: set[str] = set()

    class Listening(Store):
        def __getattribute__(self, name: str) -> Any:
            written.add(name)
            return super().__getattribute__(name)

    for message in MESSAGES:
        store = Listening()
        store.put_step(StepRecord(store.new_step(), "W1", "TEE", "web", -1))
        with store:
            message(store)
        store.close()
    reads = {
        "close", "mark", "order", "order_by_id", "knows_order", "open_orders", "movement",
        "open_movements", "booked_movements", "shares", "steps", "counts", "exceptions", "path",
    }  # fmt: skip
    public = {name for name in vars(Store) if not name.startswith("_")}
    assert public - reads <= written


def test_killed_after_the_commit_everything_is_there(tmp_path: Path) -> None:
    path = tmp_path / "engine.db"
    filled(path)

    def work() -> None:
        store = Store(str(path))
        with store:
            takes_an_order_in(store)
        os._exit(KILLED)

    assert child(work) == KILLED
    store = Store(str(path))
    assert not store.claim("m-3", 6.0)
    assert store.order("1002") == order("1002")
    assert store.mark("orders") == "8.0"
    store.close()


def test_what_was_rolled_back_is_not_remembered_either(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "engine.db"))
    store.set_mark("orders", "1.0")

    def message() -> None:
        with store:
            takes_an_order_in(store)
            assert store.mark("orders") == "8.0"
            raise InterruptedError

    with pytest.raises(InterruptedError):
        message()
    assert store.mark("orders") == "1.0"
    assert store.mark("sales") == ""
    assert store.claim("m-3", 6.0)
    assert not store.knows_order("1002")
    store.close()


def test_a_full_disk_is_said_to_be_full_and_leaves_the_message_out(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "engine.db"))
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    def message() -> None:
        with store:
            for number in range(1000):
                store.claim(f"m-{number}".ljust(400), 1.0)

    with pytest.raises(sqlite3.OperationalError, match="full"):
        message()
    store._connection.execute("PRAGMA max_page_count = 100000")
    message()
    assert not store.claim("m-0".ljust(400), 1.0)
    store.close()


def test_a_commit_that_fails_leaves_the_message_out_and_the_store_in_order(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "engine.db"))
    execute = store._execute

    def failing(*given: Any) -> Any:
        if given[0] == "COMMIT":
            raise sqlite3.OperationalError("disk I/O error")
        return execute(*given)

    def message() -> None:
        with store:
            takes_an_order_in(store)

    store._execute = failing
    with pytest.raises(sqlite3.OperationalError, match="disk I/O error"):
        message()
    store._execute = execute
    assert store.mark("orders") == ""
    message()
    assert store.knows_order("1002")
    store.close()


def test_a_transaction_that_was_left_open_holds_nobody_up_after_its_process_died(
    tmp_path: Path,
) -> None:
    path = tmp_path / "engine.db"
    filled(path)
    assert killed_before(path, 3, takes_an_order_in) == KILLED
    store = Store(str(path))
    with store:
        takes_an_order_in(store)
    assert store.knows_order("1002")
    store.close()


def test_a_number_of_a_step_is_not_given_again_after_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "engine.db"
    store = Store(str(path))
    first = store.new_step()
    store.put_step(StepRecord(first, "W1", "TEE", "web", 1))
    store.drop_step(first)
    store.close()

    def work() -> None:
        with Store(str(path)) as lost:
            lost.new_step()
            os._exit(KILLED)

    assert child(work) == KILLED
    store = Store(str(path))
    assert list(store.steps()) == []
    assert store.new_step() > first
    store.close()


# --- the first start ------------------------------------------------------------------------------


@pytest.mark.parametrize("tables", range(9))
def test_a_first_start_that_is_killed_is_begun_anew(tmp_path: Path, tables: int) -> None:
    """Killed after so many of the statements that make the tables."""
    path = tmp_path / "engine.db"
    statements = [part for part in schema.TABLES.split(";") if part.strip()]

    def work() -> None:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN")
        for statement in statements[:tables]:
            connection.execute(statement)
        os._exit(KILLED)

    assert child(work) == KILLED
    filled(path)
    assert len(contents(path)["orders"]) == 2


def test_half_a_store_of_another_make_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "engine.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(schema.TABLES.split(";")[0])
    connection.close()
    with pytest.raises(StoreError, match="schema version 0"):
        Store(str(path))

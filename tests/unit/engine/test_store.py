"""The store: what is written is there again, and a crash leaves a message whole or not at all."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peakproof_engine.errors import StoreError
from peakproof_engine.model import (
    Counted,
    Movement,
    MovementLine,
    Order,
    OrderLine,
    Parked,
    Share,
    StepRecord,
    Work,
)
from peakproof_engine.store.database import Store
from peakproof_engine.store.schema import VERSION, empty_database


def order(number: str = "1001", placed_s: float = 10.0) -> Order:
    return Order(
        number=number, id=f"id-{number}", version=1, placed_s=placed_s, currency="GBP",
        total_minor=1000, lines=[OrderLine("a", "TEE", 2, "W1")], works=[Work(number, "W1")],
    )  # fmt: skip


def sale(id_: str = "sale:T1") -> Movement:
    return Movement(
        id=id_, kind="sale", node="S1", lines=[MovementLine("TEE", 1)], occurred_s=5.0,
        recorded_s=6.0, reference="T1",
    )  # fmt: skip


@pytest.fixture(params=["memory", "file"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return ":memory:" if request.param == "memory" else str(tmp_path / "engine.db")


def test_an_order_comes_back_as_it_was_and_is_found_by_number_and_id(path: str) -> None:
    store = Store(path)
    store.put_order(order())
    assert store.order("1001") == order()
    assert store.order_by_id("id-1001") == order()
    assert store.knows_order("1001")
    assert store.order("1002") is None
    assert store.order_by_id("id-1002") is None
    assert not store.knows_order("1002")
    store.close()


def test_open_orders_come_oldest_first_and_finished_ones_stay_known(path: str) -> None:
    store = Store(path)
    for number, placed_s in (("3", 30.0), ("1", 10.0), ("2", 20.0)):
        store.put_order(order(number, placed_s))
    store.close_order(order("2", 20.0))
    assert [each.number for each in store.open_orders()] == ["1", "3"]
    assert store.knows_order("2")
    store.put_order(order("2", 20.0))
    assert [each.number for each in store.open_orders()] == ["1", "2", "3"]
    store.close()


def test_a_message_can_be_claimed_once(path: str) -> None:
    store = Store(path)
    assert store.claim("m1", 1.0)
    assert not store.claim("m1", 2.0)
    assert store.claim("m2", 1.0)
    store.close()


def test_marks_movements_shares_counts_and_exceptions_come_back(path: str) -> None:
    store = Store(path)
    assert store.mark("orders") == ""
    store.set_mark("orders", "1.5")
    store.set_mark("orders", "2.5")
    assert store.mark("orders") == "2.5"
    store.put_movement(sale(), is_open=True)
    store.put_movement(sale("sale:T2"), is_open=False)
    assert [each.id for each in store.open_movements()] == ["sale:T1"]
    assert store.movement("sale:T2") == sale("sale:T2")
    assert store.movement("sale:T3") is None
    for share in (Share(None), Share(5, 2, 1, "entry", 3.0, 4, 6)):
        store.put_share("W1", "TEE", "web", share)
        assert list(store.shares()) == [("W1", "TEE", "web", share)]
    store.put_count("S1", "TEE", Counted(1.0, 2.0, ["sale:T1"]))
    assert list(store.counts()) == [("S1", "TEE", Counted(1.0, 2.0, ["sale:T1"]))]
    parked = Parked("order:1", "unknown_item", "operations", "no TEE", 1.0)
    store.put_exception(parked, is_open=True)
    store.put_exception(parked, is_open=False)
    assert list(store.exceptions()) == [(parked, False)]
    store.close()


def test_what_was_booked_is_found_by_the_answer_and_not_by_the_sale(path: str) -> None:
    store = Store(path)
    for id_, answered_s in (("sale:A", 300.0), ("sale:B", 200.0), ("sale:C", 100.0)):
        waiting = sale(id_)
        store.put_movement(waiting, is_open=True)
        waiting.stage, waiting.answered_s = "booked", answered_s
        store.put_movement(waiting, is_open=False)
    dropped = sale("sale:D")
    dropped.stage, dropped.recorded_s = "dropped", 250.0
    store.put_movement(dropped, is_open=False)
    store.put_movement(sale("sale:E"), is_open=True)
    assert [each.id for each in store.booked_movements(200.0)] == ["sale:B", "sale:A"]
    store.close()


def test_a_step_gets_a_number_that_no_other_ever_has(path: str) -> None:
    store = Store(path)
    first = store.new_step()
    step = StepRecord(first, "W1", "TEE", "web", -1)
    store.put_step(step)
    assert list(store.steps()) == [step]
    store.drop_step(first)
    assert list(store.steps()) == []
    assert store.new_step() > first
    store.close()


def test_what_nobody_will_ask_for_any_more_is_forgotten(path: str) -> None:
    store = Store(path)
    store.claim("old", 1.0)
    store.claim("new", 100.0)
    for number, placed_s in (("old", 1.0), ("open", 2.0), ("new", 100.0)):
        store.put_order(order(number, placed_s))
    store.close_order(order("old", 1.0))
    store.close_order(order("new", 100.0))
    store.put_movement(sale(), is_open=False)
    store.forget_before(50.0)
    assert [number for number in ("old", "open", "new") if store.knows_order(number)] == [
        "open", "new",
    ]  # fmt: skip
    assert store.movement("sale:T1") is None
    assert store.claim("old", 1.0)
    assert not store.claim("new", 1.0)
    store.close()


def test_a_transaction_that_fails_leaves_nothing(path: str) -> None:
    store = Store(path)
    never = sale("sale:T1")
    never.lines = [object()]  # type: ignore[list-item]

    def message() -> None:
        with store:
            store.put_order(order())
            store.put_movement(never, is_open=True)

    with pytest.raises(TypeError):
        message()
    assert not store.knows_order("1001")
    store.close()


def test_a_store_that_was_closed_is_closed(path: str) -> None:
    store = Store(path)
    store.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        store.mark("orders")


# --- files ----------------------------------------------------------------------------------


def test_a_store_of_another_version_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "engine.db")
    Store(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    with pytest.raises(StoreError, match=f"schema version {VERSION + 1}, this engine needs"):
        Store(path)


def test_a_database_of_somebody_else_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = str(tmp_path / "other.db")
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with pytest.raises(StoreError, match="schema version 0"):
        Store(path)
    connection = sqlite3.connect(path)
    names = connection.execute("SELECT name FROM sqlite_master").fetchall()
    connection.close()
    assert names == [("theirs",)]


def test_what_is_no_database_or_no_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("this is no database, whatever its name says" * 50)
    with pytest.raises(StoreError, match=r"text\.db"):
        Store(str(tmp_path / "text.db"))
    with pytest.raises(StoreError, match="cannot be used"):
        Store(str(tmp_path / "nowhere" / "engine.db"))


def test_a_store_in_memory_begins_with_the_same_tables_as_a_file(tmp_path: Path) -> None:
    made = sqlite3.connect(":memory:")
    made.deserialize(empty_database())
    path = tmp_path / "engine.db"
    Store(str(path)).close()
    on_disk = sqlite3.connect(path)
    asked = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
    assert made.execute(asked).fetchall() == on_disk.execute(asked).fetchall()
    made.close()
    on_disk.close()


# --- crashes --------------------------------------------------------------------------------


def all_of(path: str) -> dict[str, Any]:
    """Everything that a store holds."""
    store = Store(path)
    held = {
        "orders": [each.number for each in store.open_orders()],
        "shares": list(store.shares()),
        "movements": [(each.id, each.stage) for each in store.open_movements()],
        "steps": [step.units for step in store.steps()],
        "claimed": not store.claim("message", 1.0),
        "mark": store.mark("orders"),
        "parked": [parked.key for parked, _ in store.exceptions()],
    }
    store.close()
    return held


def take_order(store: Store) -> None:
    store.claim("message", 1.0)
    store.put_share("W1", "TEE", "web", Share(5, 2, 0, "entry", 0.0))
    store.put_order(order())
    store.set_mark("orders", "7.0")


def take_step(store: Store) -> None:
    step = store.new_step()
    store.put_step(StepRecord(step, "W1", "TEE", "web", 3))
    store.put_share("W1", "TEE", "web", Share(8, 0, 0, "entry", 0.0))


def book_sale(store: Store) -> None:
    store.put_movement(sale(), is_open=True)
    store.put_share("S1", "TEE", "till", Share(5, 1, 0, "", 0.0))
    store.put_exception(Parked("sale:T1", "unknown_item", "operations", "", 1.0), is_open=True)


@pytest.mark.parametrize("message", [take_order, take_step, book_sale])
def test_killed_between_any_two_statements_a_message_is_in_the_store_whole_or_not_at_all(
    tmp_path: Path, message: Callable[[Store], None]
) -> None:
    before, images = _images(tmp_path, message)
    found = [all_of(str(image)) for image in images]
    after = found[-1]
    assert after != before
    assert found[:-1] == [before] * (len(found) - 1)
    assert len(found) >= 4


def _images(tmp_path: Path, message: Callable[[Store], None]) -> tuple[dict[str, Any], list[Path]]:
    """What a disk would hold had the process been killed after each statement of a message."""
    live = tmp_path / "live"
    live.mkdir()
    path = live / "engine.db"
    Store(str(path)).close()
    before = all_of(str(shutil.copy(path, tmp_path / "before.db")))
    store = Store(str(path))
    images: list[Path] = []

    def snap(done: Any) -> Any:
        image = tmp_path / f"image-{len(images)}"
        shutil.copytree(live, image)
        images.append(image / "engine.db")
        return done

    execute = store._execute
    store._execute = lambda *given: snap(execute(*given))
    with store:
        message(store)
    store.close()
    return before, images


def test_a_first_start_that_is_killed_leaves_either_no_tables_or_all(tmp_path: Path) -> None:
    path = tmp_path / "engine.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN")
    connection.execute("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    connection.close()
    assert all_of(str(path))["orders"] == []

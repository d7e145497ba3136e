"""What the engine must not lose, in SQLite: one transaction for each message.

``with store:`` is a transaction; everything that a message changes is written inside one, so
that a crash between any two statements leaves the message either taken in or not at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from types import TracebackType
from typing import Final

import msgspec

from peakproof_engine.model import Counted, Movement, Order, Parked, Share, StepRecord
from peakproof_engine.store.schema import open_database

_encode: Final = msgspec.msgpack.Encoder().encode
_order: Final = msgspec.msgpack.Decoder(Order).decode
_movement: Final = msgspec.msgpack.Decoder(Movement).decode
_counted: Final = msgspec.msgpack.Decoder(Counted).decode
_step: Final = msgspec.msgpack.Decoder(StepRecord).decode
_parked: Final = msgspec.msgpack.Decoder(Parked).decode


class Store:
    """Inbox, outbox, shares and exceptions of one engine."""

    __slots__ = ("_connection", "_execute", "_last_step", "_marks", "_new_steps", "_open", "path")

    def __init__(self, path: str = ":memory:") -> None:
        """Open a store.

        Raises:
            StoreError: see :func:`peakproof_engine.store.schema.open_database`.
        """
        self.path = path
        self._connection: sqlite3.Connection = open_database(path)
        # One cursor for all: whoever reads fetches at once.
        self._execute = self._connection.cursor().execute
        self._marks: dict[str, str] = {}
        self._open: dict[str, None] = {}
        self._last_step = -1
        self._new_steps: dict[int, None] = {}

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Store:
        self._execute("BEGIN IMMEDIATE")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._undo()
            return
        try:
            self._execute("COMMIT")
        except sqlite3.Error:
            self._undo()
            raise

    def _undo(self) -> None:
        self._marks.clear()
        self._open.clear()
        self._new_steps.clear()
        self._last_step = -1
        # A full disk ends the transaction by itself, and is what the caller has to hear of.
        if self._connection.in_transaction:
            self._execute("ROLLBACK")

    # --- inbox ------------------------------------------------------------------------

    def claim(self, message: str, at_s: float) -> bool:
        """Take a message for ours; False when it was taken before."""
        done = self._execute("INSERT OR IGNORE INTO inbox VALUES (?, ?)", (message, at_s))
        return done.rowcount == 1

    def forget_before(self, at_s: float) -> None:
        """Drop claims and finished work that nobody will ask for any more."""
        self._execute("DELETE FROM inbox WHERE at < ?", (at_s,))
        self._execute("DELETE FROM orders WHERE open = 0 AND at < ?", (at_s,))
        self._execute("DELETE FROM movements WHERE open = 0 AND at < ?", (at_s,))

    # --- marks ------------------------------------------------------------------------

    def mark(self, name: str) -> str:
        """A named mark, such as how far a sweep has come; "" when it was never set."""
        known = self._marks.get(name)
        if known is None:
            row = self._execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
            known = self._marks[name] = "" if row is None else str(row[0])
        return known

    def set_mark(self, name: str, value: str) -> None:
        """Set a named mark."""
        self._execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))
        self._marks[name] = value

    # --- orders -----------------------------------------------------------------------

    def put_order(self, order: Order) -> None:
        """Write an open order down as it is now."""
        if order.number in self._open:
            # Nothing but the body changes, so no index does.
            self._execute(
                "UPDATE orders SET body = ? WHERE number = ?", (_encode(order), order.number)
            )
            return
        self._open[order.number] = None
        self._execute(
            "INSERT INTO orders VALUES (?, ?, 1, ?, ?) ON CONFLICT (number) "
            "DO UPDATE SET open = 1, body = excluded.body",
            (order.number, order.id, order.placed_s, _encode(order)),
        )

    def close_order(self, order: Order) -> None:
        """The order is finished: it stays known by its number."""
        self._open.pop(order.number, None)
        self._execute(
            "INSERT INTO orders VALUES (?, ?, 0, ?, ?) ON CONFLICT (number) "
            "DO UPDATE SET open = 0, body = excluded.body",
            (order.number, order.id, order.placed_s, _encode(order)),
        )

    def order(self, number: str) -> Order | None:
        """An order, open or finished."""
        row = self._execute("SELECT body FROM orders WHERE number = ?", (number,)).fetchone()
        return None if row is None else _order(row[0])

    def order_by_id(self, id_: str) -> Order | None:
        """An order by the shop's id, open or finished."""
        row = self._execute("SELECT body FROM orders WHERE id = ?", (id_,)).fetchone()
        return None if row is None else _order(row[0])

    def knows_order(self, number: str) -> bool:
        """Whether an order of that number was ever taken in."""
        row = self._execute("SELECT 1 FROM orders WHERE number = ?", (number,)).fetchone()
        return row is not None

    def open_orders(self) -> Iterator[Order]:
        """All orders that are not finished, oldest first."""
        rows = self._execute("SELECT body FROM orders WHERE open = 1 ORDER BY at, number")
        for (body,) in rows.fetchall():
            yield _order(body)

    # --- movements --------------------------------------------------------------------

    def put_movement(self, movement: Movement, *, is_open: bool) -> None:
        """Write a movement down as it is now.

        Open ones go by when they were recorded, finished ones by when the master answered.
        """
        at_s = movement.recorded_s if is_open else movement.answered_s or movement.recorded_s
        self._execute(
            "INSERT INTO movements VALUES (?, ?, ?, ?) ON CONFLICT (id) "
            "DO UPDATE SET open = excluded.open, at = excluded.at, body = excluded.body",
            (movement.id, is_open, at_s, _encode(movement)),
        )

    def movement(self, id_: str) -> Movement | None:
        """A movement, open or booked."""
        row = self._execute("SELECT body FROM movements WHERE id = ?", (id_,)).fetchone()
        return None if row is None else _movement(row[0])

    def open_movements(self) -> Iterator[Movement]:
        """All movements that are not booked, oldest first."""
        rows = self._execute("SELECT body FROM movements WHERE open = 1 ORDER BY at, id")
        for (body,) in rows.fetchall():
            yield _movement(body)

    def booked_movements(self, since_s: float) -> Iterator[Movement]:
        """Movements that the master has taken since a time, in the order of its answers."""
        rows = self._execute(
            "SELECT body FROM movements WHERE open = 0 AND at >= ? ORDER BY at, id", (since_s,)
        )
        for (body,) in rows.fetchall():
            movement = _movement(body)
            if movement.stage == "booked":
                yield movement

    # --- shares and steps -------------------------------------------------------------

    def put_share(self, node: str, sku: str, channel: str, share: Share) -> None:
        """Write the books of a share down."""
        self._execute(
            "INSERT OR REPLACE INTO shares VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                node, sku, channel, share.given, share.sold, share.acked, share.entry,
                share.based_s, share.doubt, share.left,
            ),
        )  # fmt: skip

    def shares(self) -> Iterator[tuple[str, str, str, Share]]:
        """All shares: node, SKU, channel, books."""
        rows = self._execute("SELECT * FROM shares ORDER BY node, sku, channel").fetchall()
        for node, sku, channel, *books in rows:
            yield node, sku, channel, Share(*books)

    def new_step(self) -> int:
        """The number of a step that is about to be taken; never given twice."""
        if self._last_step < 0:
            row = self._execute("SELECT seq FROM sqlite_sequence WHERE name = 'steps'").fetchone()
            self._last_step = 0 if row is None else int(row[0])
        self._last_step += 1
        self._new_steps[self._last_step] = None
        return self._last_step

    def put_step(self, step: StepRecord) -> None:
        """Write a step down as it is now; one that was dropped stays so."""
        if step.step in self._new_steps:
            del self._new_steps[step.step]
            self._execute("INSERT INTO steps VALUES (?, ?)", (step.step, _encode(step)))
        else:
            self._execute("UPDATE steps SET body = ? WHERE step = ?", (_encode(step), step.step))

    def drop_step(self, step: int) -> None:
        """The outcome of a step is known and booked."""
        self._execute("DELETE FROM steps WHERE step = ?", (step,))

    def steps(self) -> Iterator[StepRecord]:
        """All steps whose outcome is not booked."""
        for (body,) in self._execute("SELECT body FROM steps ORDER BY step").fetchall():
            yield _step(body)

    # --- counts -----------------------------------------------------------------------

    def put_count(self, node: str, sku: str, counted: Counted) -> None:
        """A stock count has been applied to the master."""
        self._execute(
            "INSERT OR REPLACE INTO counts VALUES (?, ?, ?)", (node, sku, _encode(counted))
        )

    def counts(self) -> Iterator[tuple[str, str, Counted]]:
        """The latest applied count of each cell: node, SKU, count."""
        rows = self._execute("SELECT node, sku, body FROM counts ORDER BY node, sku").fetchall()
        for node, sku, body in rows:
            yield node, sku, _counted(body)

    # --- exceptions -------------------------------------------------------------------

    def put_exception(self, parked: Parked, *, is_open: bool) -> None:
        """Write an exception down as it is now."""
        self._execute(
            "INSERT INTO exceptions VALUES (?, ?, ?, ?) ON CONFLICT (key, kind) "
            "DO UPDATE SET open = excluded.open, body = excluded.body",
            (parked.key, parked.kind, is_open, _encode(parked)),
        )

    def exceptions(self) -> Iterator[tuple[Parked, bool]]:
        """All exceptions, and whether each is still open."""
        rows = self._execute("SELECT body, open FROM exceptions ORDER BY key, kind").fetchall()
        for body, is_open in rows:
            yield _parked(body), bool(is_open)

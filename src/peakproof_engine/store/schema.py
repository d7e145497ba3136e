"""The tables of the store, and how a database comes to have them."""

from __future__ import annotations

import sqlite3
from functools import cache
from typing import Final

from peakproof_engine.errors import StoreError

VERSION: Final = 3
"""Rises when a table changes in a way that an older engine cannot read."""

TABLES: Final = """
CREATE TABLE meta (
    name TEXT PRIMARY KEY, value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE inbox (
    message TEXT PRIMARY KEY, at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE orders (
    number TEXT PRIMARY KEY, id TEXT NOT NULL, open INTEGER NOT NULL, at REAL NOT NULL, body BLOB
) WITHOUT ROWID;
CREATE INDEX orders_by_id ON orders (id);
CREATE INDEX open_orders ON orders (at) WHERE open = 1;
CREATE TABLE movements (
    id TEXT PRIMARY KEY, open INTEGER NOT NULL, at REAL NOT NULL, body BLOB
) WITHOUT ROWID;
CREATE INDEX open_movements ON movements (at) WHERE open = 1;
CREATE TABLE shares (
    node TEXT NOT NULL, sku TEXT NOT NULL, channel TEXT NOT NULL, given INTEGER,
    sold INTEGER NOT NULL, acked INTEGER NOT NULL, entry TEXT NOT NULL, based REAL NOT NULL,
    doubt INTEGER NOT NULL, departed INTEGER NOT NULL,
    PRIMARY KEY (node, sku, channel)
) WITHOUT ROWID;
CREATE TABLE steps (
    step INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL
);
CREATE TABLE counts (
    node TEXT NOT NULL, sku TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (node, sku)
) WITHOUT ROWID;
CREATE TABLE exceptions (
    key TEXT NOT NULL, kind TEXT NOT NULL, open INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (key, kind)
) WITHOUT ROWID;
"""


@cache
def empty_database() -> bytes:
    """A database with all tables and no rows, ready to be opened by ``deserialize``."""
    made = sqlite3.connect(":memory:", isolation_level=None)
    try:
        made.executescript(TABLES)
        made.execute(f"PRAGMA user_version = {VERSION}")
        return made.serialize()
    finally:
        made.close()


def open_database(path: str) -> sqlite3.Connection:
    """Open a file, or ``:memory:``; a new one gets its tables.

    Raises:
        StoreError: the file cannot be opened, is no database or has another schema version.
    """
    try:
        opened = sqlite3.connect(path, isolation_level=None, cached_statements=64)
        if path == ":memory:":
            _fill(opened)
        else:
            _prepare(opened, path)
    except sqlite3.Error as error:
        raise StoreError(f"{path}: cannot be used as a store: {error}") from None
    return opened


def _fill(opened: sqlite3.Connection) -> None:
    """Give a database in memory its tables.

    A copy and not ``deserialize`` itself: what that opens writes each page twice.
    """
    made = sqlite3.connect(":memory:")
    try:
        made.deserialize(empty_database())
        made.backup(opened)
    finally:
        made.close()


def _prepare(opened: sqlite3.Connection, path: str) -> None:
    found = opened.execute("PRAGMA user_version").fetchone()[0]
    tables = opened.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if found != VERSION and (found or tables):
        opened.close()
        raise StoreError(
            f"{path}: the store has schema version {found}, this engine needs {VERSION}, and "
            "stores are not converted; let the engine that wrote it finish what is open, then "
            "name a new file in [store] path"
        )
    opened.execute("PRAGMA journal_mode = WAL")
    # A power cut may take the last commits: the sweeps begin before the stored watermark then,
    # and everything that was already done is looked up before it is done again.
    opened.execute("PRAGMA synchronous = NORMAL")
    if found != VERSION:
        # One transaction, so that a crash leaves either no tables or all of them.
        opened.executescript(f"BEGIN;\n{TABLES}\nPRAGMA user_version = {VERSION};\nCOMMIT;")

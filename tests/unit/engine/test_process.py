"""The engine as a process that cannot begin: it says why in one line, and ends with 2."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.unit.engine.stage import document

from peakproof_engine.store.database import Store
from peakproof_engine.store.schema import VERSION


def toml(of: dict[str, Any], under: str = "") -> str:
    """A document as TOML: of strings, of lists of them, of tables and of lists of those."""
    plain: list[str] = []
    tables: list[str] = []
    for name, value in of.items():
        if isinstance(value, dict):
            tables.append(f"[{under}{name}]\n{toml(value, f'{under}{name}.')}")
        elif isinstance(value, list) and isinstance(value[0], dict):
            tables += [f"[[{under}{name}]]\n{toml(each, f'{under}{name}.')}" for each in value]
        else:
            plain.append(f"{name} = {value!r}")
    return "\n".join(plain + tables)


def begin(folder: Path, store: Path) -> subprocess.CompletedProcess[str]:
    """Start an engine on a store."""
    config = folder / "engine.toml"
    config.write_text(toml(document(store__path=str(store))), "utf-8")
    return subprocess.run(
        [sys.executable, "-m", "peakproof_engine", "--config", str(config)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("version", [VERSION - 1, VERSION + 1])
def test_a_store_of_another_version_is_refused_in_one_line_and_not_touched(
    version: int, tmp_path: Path
) -> None:
    path = tmp_path / "engine.db"
    Store(str(path)).close()
    connection = sqlite3.connect(path)
    # As an engine left it that kept no journal of its own.
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    before = path.read_bytes()
    done = begin(tmp_path, path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"{path}: the store has schema version {version}, this engine needs {VERSION}, and stores "
        "are not converted; let the engine that wrote it finish what is open, then name a new "
        "file in [store] path\n"
    )
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["engine.db", "engine.toml"]


def test_a_file_that_is_no_store_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("this is no database, whatever its name says" * 50, "utf-8")
    done = begin(tmp_path, path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{path}: cannot be used as a store: file is not a database\n"

"""The vendors' own Node clients, run by a script beside their packages."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "contract" / "node"


def report_of(client: str, script: str, *arguments: str) -> Any:
    """What a script of a client's folder prints, as JSON; skips where Node or a package lacks."""
    folder = FOLDER / client
    node = needed(client)
    ran = subprocess.run(
        [node, script, *arguments],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def needed(client: str) -> str:
    """Node.js, if it is there with the packages of a client; the test is skipped otherwise."""
    folder = FOLDER / client
    pinned = json.loads((folder / "package.json").read_text("utf-8"))["dependencies"]
    node = shutil.which("node")
    if node is None or not all((folder / "node_modules" / name).is_dir() for name in pinned):
        pytest.skip(f"needs Node.js, and npm ci in tests/contract/node/{client}")
    return node

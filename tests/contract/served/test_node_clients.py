"""The vendors' own Node clients, unchanged, against what `peakproof serve` serves."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.contract.served.conftest import Access

pytestmark = [pytest.mark.node, pytest.mark.slow]

FOLDER = Path(__file__).parents[1] / "node"


def seen_by(client: str, package: str, *arguments: str) -> Any:
    """What the script of a client prints about a server."""
    node, folder = shutil.which("node"), FOLDER / client
    if node is None or not (folder / "node_modules" / package).is_dir():
        pytest.skip(f"needs Node.js, and npm ci in tests/contract/node/{client}")
    ran = subprocess.run(
        [node, "served.mjs", *arguments],
        cwd=folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_the_shops_client_reads_writes_pages_and_meets_refusals(served: Access) -> None:
    shop = served["commercetools"]
    access = [shop["url"], shop["project_key"], shop["client_id"], shop["client_secret"]]
    assert seen_by("commercetools", "@commercetools/platform-sdk", *access) == {
        "paged": 36,
        "written": [201, 1, 4],
        "error": [400, "DuplicateField"],
        "conflict": [409, "ConcurrentModification"],
        "read": 7,
    }


def test_the_tills_client_reads_writes_pages_and_meets_refusals(served: Access) -> None:
    till = served["pos"]
    assert seen_by("square", "square", till["url"], till["access_token"]) == {
        "read": ["S1", "S2"],
        "paged": 24,
        "written": [1, "250"],
        "conflict": [409, "CONFLICT"],
        "kept": "first",
        "error": [404, "NOT_FOUND"],
    }

"""The vendor's own JavaScript client, unchanged, against the fake over loopback HTTP."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.contract.commercetools.loopback import Loopback
from tests.contract.commercetools.shop import Shop

pytestmark = [pytest.mark.node, pytest.mark.slow]

FOLDER = Path(__file__).parents[1] / "node" / "commercetools"


@pytest.fixture(scope="module")
def node() -> str:
    """Node.js, with the packages that ``package.json`` pins."""
    found = shutil.which("node")
    npm = shutil.which("npm")
    if found is None or npm is None:
        pytest.skip("needs Node.js and npm")
    if not (FOLDER / "node_modules").is_dir():
        subprocess.run(
            [npm, "install", "--no-audit", "--no-fund", "--no-package-lock"],
            cwd=FOLDER, check=True, capture_output=True, timeout=300,
        )  # fmt: skip
    return found


def test_the_vendors_client_reads_writes_pages_and_meets_refusals(node: str) -> None:
    with Loopback(Shop()) as served:
        held = served.shop.service.credentials
        done = subprocess.run(
            [node, "client.mjs", served.url, served.shop.key, held["client_id"],
             held["client_secret"]],
            cwd=FOLDER, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report == {
        "paged": 48,
        "duplicate": [400, "DuplicateField", "sku"],
        "conflict": [409, "ConcurrentModification", 2],
        "missing": 404,
        "forced": [200, 99],
        "order": [2850, "Shipped", "W1"],
        "messages": [
            "OrderCreated", "DeliveryAdded", "ParcelAddedToDelivery", "OrderShipmentStateChanged",
        ],
    }  # fmt: skip
    assert served.shop.cell("TEE") == (97, 97)
    updates = [status for name, status in served.application.statuses
               if name == "inventory.update"]  # fmt: skip
    assert updates == [200, 409, 409, 200]

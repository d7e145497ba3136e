"""The vendor's own Node client, untouched, against the fake on a loopback socket."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from peakproof.wire.message import Request, Response

if TYPE_CHECKING:
    from tests.contract.pos.conftest import Till

pytestmark = [pytest.mark.node, pytest.mark.slow]

FOLDER = Path(__file__).parents[1] / "node" / "square"


def test_the_node_client_reads_writes_conflicts_and_verifies(till: Till) -> None:
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules" / "square").is_dir():
        pytest.skip("needs Node.js, and npm ci in tests/contract/node/square")
    shop = till.shop
    order = shop.make_order("TEE-BLUE-M")
    shop.ok("PUT", f"/v2/orders/{order['id']}", {"order": {"version": 1, "reference_id": "first"}})

    def ring(request: Request) -> Response | None:
        if request.path != "/ring":
            return None
        shop.notices.clear()
        shop.ring("TEE-RED-M")
        (notice,) = shop.notices
        signature = notice.headers(1)["x-square-hmacsha256-signature"]
        sent = {"body": notice.body.decode(), "signature": signature}
        return Response(200, msgspec.json.encode(sent), {"content-type": "application/json"})

    till.application.before = ring
    ran = subprocess.run(
        [node, "client.mjs", till.url, till.token, order["id"], shop.iso()],
        cwd=FOLDER, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    seen = msgspec.json.decode(ran.stdout)
    assert seen == {
        "locations": ["S1", "S2", "W1"],
        "counts": [["W1", "100"], ["S2", "3"], ["S1", "5"], ["S1", "10"]],
        "price": "2499",
        "written": ["21"],
        "version": 2,
        "total": "2499",
        "conflict": [409, "CONFLICT", "order.version"],
        "verified": True,
        "forged": False,
    }
    assert shop.count("TEE-BLUE-M", "S1") == "21"
    puts = [each for each in till.application.requests if each.method == "PUT"]
    assert len(puts) == 1

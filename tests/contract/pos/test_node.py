"""The vendor's own Node client, untouched, against the fake on a loopback socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from tests.node_client import report_of

from peakproof.wire.message import Request, Response

if TYPE_CHECKING:
    from tests.contract.pos.conftest import Till

pytestmark = [pytest.mark.node, pytest.mark.slow]


def test_the_node_client_reads_writes_conflicts_and_verifies(till: Till) -> None:
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
    seen = report_of("square", "client.mjs", till.url, till.token, order["id"], shop.iso())
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

"""Two slips of otherwise right connectors, laid over the reference engine's calls.

``swapped``: somebody sorted one column of the item map and not the other, so two products have each
other's number in the warehouse. Every call succeeds, every figure adds up, and customers open the
wrong parcel. ``late``: confirmations go through a nightly job instead of when the parcel leaves.

    peakproof run commercetools_deposco/calm-day --connector examples/connectors/slips.py:swapped
    peakproof run commercetools_deposco/calm-day --connector examples/connectors/slips.py:late
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from peakproof_engine import CONNECTOR

NIGHT_S = 400.0
"""How long the job lets a confirmation wait; the shop was promised five minutes."""


class Slip:
    """A rehearsal whose calls go by way of ours."""

    def __init__(self, rehearsal: Any) -> None:
        self._rehearsal = rehearsal

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rehearsal, name)


class Swapped(Slip):
    """Orders for the first two items that were ever ordered name each other in the warehouse."""

    def __init__(self, rehearsal: Any) -> None:
        super().__init__(rehearsal)
        self._first: list[str] = []

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float
    ) -> Any:
        """A call; new orders have their item numbers changed."""
        if method == "POST" and url.endswith("/orders") and b"orderLine" in body:
            body = self._mapped(body)
        return await self._rehearsal.send(method, url, headers, body, timeout_s)

    def _mapped(self, body: bytes) -> bytes:
        document = json.loads(body)
        for order in document["order"]:
            for line in order["orderLines"]["orderLine"]:
                sku = line["itemNumber"]
                if sku not in self._first and len(self._first) < 2:
                    self._first.append(sku)
                if sku in self._first and len(self._first) == 2:
                    line["itemNumber"] = self._first[1 - self._first.index(sku)]
        return json.dumps(document).encode()


class Late(Slip):
    """Confirmations of parcels wait for the job."""

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float
    ) -> Any:
        """A call; those that confirm a parcel go later."""
        if b"addDelivery" in body:
            await asyncio.sleep(NIGHT_S)
        return await self._rehearsal.send(method, url, headers, body, timeout_s)


async def swapped(rehearsal: Any) -> None:
    """The reference engine with two item numbers mixed up."""
    await CONNECTOR(Swapped(rehearsal))


async def late(rehearsal: Any) -> None:
    """The reference engine with confirmations that wait."""
    await CONNECTOR(Late(rehearsal))

"""The reference engine, and beside it a monitor that cries wolf.

The monitor compares shop and warehouse every few seconds and reports each difference at once. A
difference that only waits for a message that is on its way is none: after the third call for
nothing, nobody reads what it reports.

    peakproof run calm-day --connector examples/connectors/alarmist.py:connector
"""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from peakproof_engine import CONNECTOR

LOOK_S = 2.0


class Monitor:
    """Reads the figures of both sides and tells the exception desk where they differ."""

    def __init__(self, rehearsal: Any, client: httpx.AsyncClient) -> None:
        self.rehearsal = rehearsal
        self.client = client
        self.deposco = rehearsal.config["systems"]["deposco"]
        self.shop = rehearsal.config["systems"]["commercetools"]
        self.told: set[tuple[str, int]] = set()

    async def look(self, token: str) -> None:
        there, shown = await self.in_warehouse(), await self.in_shop(token)
        for sku in sorted(there):
            off = shown.get(sku, 0) - there[sku]
            if off and (sku, off) not in self.told:
                self.told.add((sku, off))
                reason = f"the shop shows {off:+d}"
                await self.rehearsal.report(sku, "stock_difference", "operations", reason)

    async def in_warehouse(self) -> dict[str, int]:
        unit = self.deposco["business_unit"]
        answer = await self.client.get(
            f"{self.deposco['url']}/integration/{self.deposco['code']}"
            f"/enterpriseinventory/{unit}/availability",
            params={"measures": "atpQty", "pageSize": 100},
            auth=(self.deposco["user"], self.deposco["password"]),
        )
        rows = answer.json()["enterpriseInventory"]
        return {
            row["itemNumber"]: sum(int(place["atpQty"]) for place in row["facilities"])
            for row in rows
        }

    async def in_shop(self, token: str) -> dict[str, int]:
        answer = await self.client.get(
            f"{self.shop['url']}/{self.shop['project_key']}/inventory",
            params={"limit": 500},
            headers={"authorization": f"Bearer {token}"},
        )
        shown: dict[str, int] = {}
        for entry in answer.json()["results"]:
            shown[entry["sku"]] = shown.get(entry["sku"], 0) + entry["availableQuantity"]
        return shown

    async def token(self) -> str:
        answer = await self.client.post(
            f"{self.shop['auth_url']}/oauth/token",
            auth=(self.shop["client_id"], self.shop["client_secret"]),
            data={"grant_type": "client_credentials", "scope": self.shop["scope"]},
        )
        token: str = answer.json()["access_token"]
        return token


async def monitor(rehearsal: Any) -> None:
    async with httpx.AsyncClient(transport=rehearsal.httpx_transport(), timeout=10) as client:
        watch = Monitor(rehearsal, client)
        token = await watch.token()
        while True:
            await asyncio.sleep(LOOK_S)
            await watch.look(token)


async def connector(rehearsal: Any) -> None:
    """Run the engine and the monitor side by side."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(CONNECTOR(rehearsal))
        tasks.create_task(monitor(rehearsal))

"""Connectors that play finance alone: one that keeps the books right, and wrong ones."""

from __future__ import annotations

import asyncio
import json
from typing import Any

ROUND_S = 60.0
PERIOD = "day"


async def _search(rehearsal: Any) -> list[dict[str, Any]]:
    """All finished transactions of the tills."""
    pos = rehearsal.config["systems"]["pos"]
    places = [n["places"]["pos"] for n in rehearsal.config["nodes"] if "pos" in n["places"]]
    body = json.dumps({
        "location_ids": places, "limit": 1000,
        "query": {"filter": {"state_filter": {"states": ["COMPLETED"]}}},
    }).encode()  # fmt: skip
    headers = {
        "authorization": f"Bearer {pos['access_token']}", "content-type": "application/json",
    }  # fmt: skip
    url = f"{pos['url']}/v2/orders/search"
    status, _, answer = await rehearsal.send("POST", url, headers, body, 10.0)
    assert status == 200, answer
    found: list[dict[str, Any]] = json.loads(answer).get("orders", [])
    return found


def _entry(order: dict[str, Any], kind: str, amounts: dict[str, Any], sign: int) -> dict[str, Any]:
    return {
        "ref": order["id"], "kind": kind, "account": "4000" if kind == "sale" else "4010",
        "amount_minor": sign * amounts["total_money"]["amount"],
        "tax_minor": sign * amounts["tax_money"]["amount"], "currency": "GBP",
    }  # fmt: skip


def _entries(order: dict[str, Any]) -> list[dict[str, Any]]:
    made = []
    if order.get("line_items"):
        sold = {"total_money": order["total_money"], "tax_money": order["total_tax_money"]}
        made.append(_entry(order, "sale", sold, 1))
    if order.get("returns"):
        made.append(_entry(order, "return", order["return_amounts"], -1))
    return made


async def _keep(rehearsal: Any, wrong: str) -> None:
    rehearsal.declare(("finance",))
    booked: dict[str, None] = {}
    batch = 0
    while True:
        await asyncio.sleep(ROUND_S)
        entries: list[dict[str, Any]] = []
        for order in await _search(rehearsal):
            if order["id"] in booked and not (wrong == "twice" and batch == 5):
                continue
            booked[order["id"]] = None
            for entry in _entries(order):
                if wrong == "returns dropped" and entry["kind"] == "return":
                    continue
                if wrong == "tax by total":
                    entry["tax_minor"] = entry["amount_minor"] // 5
                if wrong == "no account":
                    entry["account"] = ""
                entries.append(entry)
        if entries:
            batch += 1
            assert await rehearsal.book(f"B{batch}", PERIOD, entries)


async def careful(rehearsal: Any) -> None:
    """Books each transaction once, as the till tells it."""
    await _keep(rehearsal, "")


async def doubling(rehearsal: Any) -> None:
    """Forgets once what it has booked."""
    await _keep(rehearsal, "twice")


async def dropping(rehearsal: Any) -> None:
    """Takes returns for something else."""
    await _keep(rehearsal, "returns dropped")


async def estimating(rehearsal: Any) -> None:
    """Works the tax out by itself, from the total and as if it came on top."""
    await _keep(rehearsal, "tax by total")


async def unmapped(rehearsal: Any) -> None:
    """Has no account for anything."""
    await _keep(rehearsal, "no account")

"""Connectors on clients that know nothing of a rehearsal: aiohttp, httpx, plain streams.

Each copies the warehouse's stock to the shop, one entry after the other, at intervals; the one on
aiohttp also listens to the warehouse's notices with a server of its own.
"""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
import httpx
from aiohttp import web

Ask = Callable[[str, str, dict[str, str], bytes], Awaitable[tuple[int, bytes]]]
ROUND_S = 20.0


class Copier:
    """Warehouse levels to shop entries, over any client."""

    def __init__(self, config: dict[str, Any], ask: Ask) -> None:
        self.ask = ask
        self.deposco = config["systems"]["deposco"]
        self.shop = config["systems"]["commercetools"]
        self.base = f"{self.deposco['url']}/integration/{self.deposco['code']}"
        self.login = _basic(self.deposco["user"], self.deposco["password"])
        self.token = ""

    async def read(self, method: str, url: str, headers: dict[str, str], body: bytes = b"") -> Any:
        """A JSON document, an exception for everything else."""
        status, answer = await self.ask(method, url, headers, body)
        if status >= 300:
            raise ValueError(f"{method} {url}: {status}")
        return json.loads(answer)

    async def levels(self) -> dict[tuple[str, str], int]:
        """What the warehouse can promise, by SKU and facility."""
        unit = self.deposco["business_unit"]
        path = f"/enterpriseinventory/{unit}/availability?measures=atpQty&pageSize=100&pageNumber=1"
        headers = {"authorization": self.login, "accept": "application/json"}
        found = await self.read("GET", self.base + path, headers)
        return {
            (row["itemNumber"], place["facility"]): max(0, int(place["atpQty"]))
            for row in found["enterpriseInventory"]
            for place in row["facilities"]
        }

    async def entries(self) -> list[Any]:
        """The shop's stock entries with their channels."""
        if not self.token:
            scope = quote(self.shop["scope"])
            granted = await self.read(
                "POST",
                f"{self.shop['auth_url']}/oauth/token",
                {
                    "authorization": _basic(self.shop["client_id"], self.shop["client_secret"]),
                    "content-type": "application/x-www-form-urlencoded",
                },
                f"grant_type=client_credentials&scope={scope}".encode(),
            )
            self.token = granted["access_token"]
        found = await self.read(
            "GET", f"{self.project()}?limit=500&expand=supplyChannel", self.own()
        )
        listed: list[Any] = found["results"]
        return listed

    def project(self) -> str:
        return f"{self.shop['url']}/{self.shop['project_key']}/inventory"

    def own(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}", "content-type": "application/json"}

    async def copy(self) -> None:
        """One round; an error ends it, and the next one begins anew."""
        levels = await self.levels()
        for entry in await self.entries():
            units = levels.get((entry["sku"], entry["supplyChannel"]["obj"]["key"]))
            if units is None or units == entry["quantityOnStock"]:
                continue
            change = {"action": "changeQuantity", "quantity": units}
            body = json.dumps({"version": entry["version"], "actions": [change]}).encode()
            await self.read("POST", f"{self.project()}/{entry['id']}", self.own(), body)

    async def listen(self, url: str) -> None:
        """Have the warehouse tell its levels."""
        body = {"events": {"event": ["INVENTORY_AVAILABILITY"]}, "callbackUrl": url}
        headers = {
            "authorization": self.login,
            "content-type": "application/json",
            "accept": "application/json",
        }
        await self.read("POST", f"{self.base}/webhooks", headers, json.dumps(body).encode())

    async def forever(self, wake: asyncio.Event) -> None:
        """A round whenever something was told, and at intervals."""
        while True:
            with suppress(ValueError, KeyError, OSError, httpx.HTTPError, aiohttp.ClientError):
                await self.copy()
            with suppress(TimeoutError):
                async with asyncio.timeout(ROUND_S):
                    await wake.wait()
            wake.clear()


def _basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


async def on_aiohttp(rehearsal: Any) -> None:
    """A client session and a server of aiohttp's."""
    rehearsal.declare({"stock"})
    wake = asyncio.Event()

    async def told(request: web.Request) -> web.Response:
        await request.read()
        wake.set()
        return web.Response()

    app = web.Application()
    app.router.add_post("/notices", told)
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    await web.TCPSite(runner, "connector.test", 80).start()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:

        async def ask(
            method: str, url: str, headers: dict[str, str], body: bytes
        ) -> tuple[int, bytes]:
            async with session.request(method, url, headers=headers, data=body) as answer:
                return answer.status, await answer.read()

        copier = Copier(rehearsal.config, ask)
        try:
            await copier.listen("http://connector.test/notices")
            await copier.forever(wake)
        finally:
            await runner.cleanup()


async def on_httpx(rehearsal: Any) -> None:
    """httpx as it comes, without the rehearsal's transport."""
    rehearsal.declare({"stock"})
    async with httpx.AsyncClient(timeout=10) as client:

        async def ask(
            method: str, url: str, headers: dict[str, str], body: bytes
        ) -> tuple[int, bytes]:
            answer = await client.request(method, url, headers=headers, content=body)
            return answer.status_code, answer.content

        await Copier(rehearsal.config, ask).forever(asyncio.Event())


async def on_streams(rehearsal: Any) -> None:
    """asyncio's own streams, one connection a call."""
    rehearsal.declare({"stock"})

    async def ask(method: str, url: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        reader, writer = await asyncio.open_connection(parts.hostname, 80)
        lines = [f"{method} {target} HTTP/1.1", f"host: {parts.hostname}", "connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"content-length: {len(body)}", "", ""]
        try:
            writer.write("\r\n".join(lines).encode() + body)
            async with asyncio.timeout(10):
                answer = await reader.read()
        finally:
            writer.close()
        head, _, content = answer.partition(b"\r\n\r\n")
        if not head:
            raise ConnectionResetError(url)
        return int(head.split(b" ", 2)[1]), content

    await Copier(rehearsal.config, ask).forever(asyncio.Event())

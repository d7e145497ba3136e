"""A connector as an agency might write it in an afternoon, with httpx and a timer.

It copies: stock from the warehouse system to the shop and the tills, paid web orders to the
warehouse, till sales to the warehouse, shipments back to the shop. Nothing in it is silly, and on
a quiet day it is right. It offers *all* the stock to every channel, though, so the last unit of a
SKU is on sale in two places at once, and whoever is second in the same few seconds gets nothing.

    peakproof run last-unit-race --connector examples/connectors/naive.py:connector
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import httpx

POLL_S = 5.0
LOOK_BACK = timedelta(minutes=5)


class Naive:
    """One connector: a client, a token, and what was last seen."""

    def __init__(self, rehearsal: Any, client: httpx.AsyncClient) -> None:
        self.rehearsal = rehearsal
        self.client = client
        self.config = rehearsal.config
        self.deposco = self.config["systems"]["deposco"]
        self.shop = self.config["systems"]["commercetools"]
        self.pos = self.config["systems"].get("pos")
        self.token = ""
        self.pushed: dict[tuple[str, str, str], int] = {}
        self.done: set[str] = set()
        self.keys = 0

    # --- the three systems ----------------------------------------------------------------

    async def ask_deposco(self, method: str, path: str, **extra: Any) -> httpx.Response:
        url = f"{self.deposco['url']}/integration/{self.deposco['code']}{path}"
        auth = (self.deposco["user"], self.deposco["password"])
        return await self.client.request(method, url, auth=auth, **extra)

    async def ask_shop(self, method: str, path: str, **extra: Any) -> httpx.Response:
        if not self.token:
            answer = await self.client.post(
                f"{self.shop['auth_url']}/oauth/token",
                auth=(self.shop["client_id"], self.shop["client_secret"]),
                data={"grant_type": "client_credentials", "scope": self.shop["scope"]},
            )
            self.token = answer.json()["access_token"]
        return await self.client.request(
            method,
            f"{self.shop['url']}/{self.shop['project_key']}{path}",
            headers={"authorization": f"Bearer {self.token}"},
            **extra,
        )

    async def ask_pos(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        assert self.pos is not None
        answer = await self.client.post(
            f"{self.pos['url']}{path}",
            headers={"authorization": f"Bearer {self.pos['access_token']}"},
            json=body,
        )
        found: dict[str, Any] = answer.json()
        return found

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.rehearsal.epoch_s + self.rehearsal.now(), UTC)

    # --- stock: warehouse -> shop and tills -------------------------------------------------

    async def push_stock(self) -> None:
        unit = self.deposco["business_unit"]
        page = 1
        while True:
            answer = await self.ask_deposco(
                "GET",
                f"/enterpriseinventory/{unit}/availability",
                params={"measures": "atpQty", "pageNumber": page, "pageSize": 100},
            )
            rows = answer.json()["enterpriseInventory"]
            for row in rows:
                for facility in row["facilities"]:
                    units = max(0, int(facility["atpQty"]))
                    await self.push_level(row["itemNumber"], facility["facility"], units)
            if len(rows) < 100:
                return
            page += 1

    async def push_level(self, sku: str, facility: str, units: int) -> None:
        for node in self.config["nodes"]:
            if node["places"]["deposco"] != facility:
                continue
            for system, write in (("commercetools", self.set_shop), ("pos", self.set_till)):
                place = node["places"].get(system)
                if place and self.pushed.get((system, sku, place)) != units:
                    await write(sku, place, units)
                    self.pushed[system, sku, place] = units

    async def set_shop(self, sku: str, place: str, units: int) -> None:
        found = await self.ask_shop(
            "GET",
            "/inventory",
            params={"where": f'sku="{sku}"', "expand": "supplyChannel", "limit": 100},
        )
        for entry in found.json()["results"]:
            if entry["supplyChannel"]["obj"]["key"] == place:
                await self.ask_shop(
                    "POST",
                    f"/inventory/{entry['id']}",
                    json={
                        "version": entry["version"],
                        "actions": [{"action": "changeQuantity", "quantity": units}],
                    },
                )

    async def set_till(self, sku: str, place: str, units: int) -> None:
        self.keys += 1
        count = {
            "catalog_object_id": await self.variation(sku),
            "state": "IN_STOCK",
            "location_id": place,
            "quantity": str(units),
            "occurred_at": self.now().isoformat().replace("+00:00", "Z"),
        }
        await self.ask_pos(
            "/v2/inventory/changes/batch-create",
            {
                "idempotency_key": f"naive-{self.keys}",
                "changes": [{"type": "PHYSICAL_COUNT", "physical_count": count}],
            },
        )

    async def variation(self, sku: str) -> str:
        found = await self.ask_pos(
            "/v2/catalog/search",
            {
                "object_types": ["ITEM_VARIATION"],
                "query": {"exact_query": {"attribute_name": "sku", "attribute_value": sku}},
            },
        )
        identity: str = found["objects"][0]["id"]
        return identity

    # --- orders: shop -> warehouse; shipments: warehouse -> shop ------------------------------

    async def take_orders(self) -> None:
        found = await self.ask_shop(
            "GET",
            "/orders",
            params={
                "where": 'paymentState="Paid" and orderState="Open"',
                "sort": "createdAt asc",
                "limit": 100,
            },
        )
        for order in found.json()["results"]:
            number = order["orderNumber"]
            if f"order:{number}" in self.done:
                continue
            lines = [
                {
                    "lineNumber": str(index),
                    "customerLineNumber": line["id"],
                    "itemNumber": line["variant"]["sku"],
                    "orderPackQuantity": str(line["quantity"]),
                    "pack": {"type": "Each", "quantity": "1"},
                    "lineStatus": "New",
                }
                for index, line in enumerate(order["lineItems"], start=1)
            ]
            channel = order["lineItems"][0]["supplyChannel"]["id"]
            body = {
                "businessUnit": self.deposco["business_unit"],
                "number": number,
                "type": "Sales Order",
                "status": "New",
                "otherReferenceNumber": order["id"],
                "facility": await self.channel_key(channel),
                "shipVia": "STANDARD",
                "orderLines": {"orderLine": lines},
            }
            await self.ask_deposco(
                "POST", "/orders", json={"order": [body]}, headers={"accept": "application/json"}
            )
            self.done.add(f"order:{number}")

    async def channel_key(self, identity: str) -> str:
        key: str = (await self.ask_shop("GET", f"/channels/{identity}")).json()["key"]
        return key

    async def confirm_shipments(self) -> None:
        today = self.now().strftime("%Y%m%d")
        answer = await self.ask_deposco("GET", f"/status/order/{today},{today}")
        if not answer.content:
            return
        for status in ElementTree.fromstring(answer.content):
            number = status.findtext("orderNumber", "")
            if status.findtext("orderStatus") != "Complete" or f"ship:{number}" in self.done:
                continue
            order = (await self.ask_shop("GET", f"/orders/order-number={number}")).json()
            tracking = status.findtext(".//trackingNumber", "")
            items = [
                {"id": line["id"], "quantity": line["quantity"]} for line in order["lineItems"]
            ]
            await self.ask_shop(
                "POST",
                f"/orders/{order['id']}",
                json={
                    "version": order["version"],
                    "actions": [
                        {
                            "action": "addDelivery",
                            "items": items,
                            "parcels": [{"trackingData": {"trackingId": tracking}}],
                        },
                        {"action": "changeShipmentState", "shipmentState": "Shipped"},
                    ],
                },
            )
            self.done.add(f"ship:{number}")

    # --- till sales and returns -> warehouse --------------------------------------------------

    async def book_sales(self) -> None:
        if self.pos is None:
            return
        since = (self.now() - LOOK_BACK).isoformat().replace("+00:00", "Z")
        found = await self.ask_pos(
            "/v2/orders/search",
            {
                "location_ids": [
                    node["places"]["pos"]
                    for node in self.config["nodes"]
                    if node["places"].get("pos")
                ],
                "query": {
                    "filter": {
                        "state_filter": {"states": ["COMPLETED"]},
                        "date_time_filter": {"closed_at": {"start_at": since}},
                    },
                    "sort": {"sort_field": "CLOSED_AT", "sort_order": "ASC"},
                },
            },
        )
        for sale in found.get("orders", []):
            if f"sale:{sale['id']}" in self.done:
                continue
            sold = [(line, "saleQuantity") for line in sale.get("line_items", [])]
            for back in sale.get("returns", []):
                sold += [(line, "returnedQuantity") for line in back["return_line_items"]]
            await self.book(sale, sold)
            self.done.add(f"sale:{sale['id']}")

    async def book(self, sale: dict[str, Any], sold: list[tuple[dict[str, Any], str]]) -> None:
        lines = [
            {
                "externalLineNumber": str(index),
                "item": await self.sku(line["catalog_object_id"]),
                "pack": "Each",
                quantity: line["quantity"],
            }
            for index, (line, quantity) in enumerate(sold, start=1)
        ]
        kind = "Sale" if sold and sold[0][1] == "saleQuantity" else "Return"
        transaction = {
            "type": kind,
            "referenceNumber": sale["id"],
            "facility": sale["location_id"],
            "primarySalesChannel": "POS",
            "saleReturnLines": {"saleReturnLine": lines},
        }
        await self.ask_deposco(
            "POST",
            "/retailActivities",
            json={"retailActivity": [{"retailTransaction": transaction}]},
            headers={"accept": "application/json"},
        )

    async def sku(self, variation: str) -> str:
        assert self.pos is not None
        answer = await self.client.get(
            f"{self.pos['url']}/v2/catalog/object/{variation}",
            headers={"authorization": f"Bearer {self.pos['access_token']}"},
        )
        sku: str = answer.json()["object"]["item_variation_data"]["sku"]
        return sku


async def connector(rehearsal: Any) -> None:
    """Poll for ever; an error in one round is forgotten in the next, as timers do."""
    rehearsal.declare({"stock", "orders", "fulfilment", "till_sales", "returns"})
    async with httpx.AsyncClient(transport=rehearsal.httpx_transport(), timeout=10) as client:
        naive = Naive(rehearsal, client)
        while True:
            for step in (
                naive.book_sales,
                naive.take_orders,
                naive.push_stock,
                naive.confirm_shipments,
            ):
                try:
                    await step()
                except (httpx.HTTPError, KeyError, ValueError):
                    continue
            await asyncio.sleep(POLL_S)

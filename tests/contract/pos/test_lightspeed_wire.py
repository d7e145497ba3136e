"""The second face over the wire, in a trading day: polled by version, pushed by webhook."""

from __future__ import annotations

import asyncio
import hmac
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from peakproof import catalogue
from peakproof.explore.rounds import Failed, play
from peakproof.run.setting import Setting

POLLED: dict[str, int] = {}
PUSHED: dict[str, int] = {}
TURNED_AWAY: list[str] = []
"""What the connector below has seen in the last run: figures by record, dates of refusals."""


async def follower(rehearsal: Any) -> None:
    """A connector that stocks the stores, then asks what is after the last version, and listens."""
    for kept in (POLLED, PUSHED, TURNED_AWAY):
        kept.clear()
    own = rehearsal.config["systems"]["pos"]
    base = f"{own['url']}/api/2026-07"
    headers = {
        "authorization": f"Bearer {own['personal_token']}", "user-agent": "follower",
        "content-type": "application/json",
    }  # fmt: skip
    versions: dict[str, int] = {}

    async def listen(_method: str, _path: str, given: dict[str, str], body: bytes) -> int:
        digest = hmac.new(own["app_secret"].encode(), body, "sha256").hexdigest()
        if given["x-signature"] != f"signature={digest}, algorithm=HMAC-SHA256":
            return 401
        record = msgspec.json.decode(dict(parse_qsl(body.decode()))["payload"])
        if record["version"] > versions.get(record["id"], 0):
            versions[record["id"]] = record["version"]
            PUSHED[record["id"]] = record["current_inventory_level"]
        return 204

    async def ask(path: str, body: object = None, method: str = "POST") -> tuple[int, Any]:
        sent = b"" if body is None else msgspec.json.encode(body)
        status, answered, content = await rehearsal.send(method, base + path, headers, sent, 10.0)
        if status == 429:
            TURNED_AWAY.append(answered["retry-after"])
        return status, msgspec.json.decode(content)

    rehearsal.on_hook(listen)
    url = f"{rehearsal.config['hooks']['url']}/lightspeed"
    hook = {"active": True, "type": "inventory.update", "url": url}
    assert (await ask("/webhooks", hook))[0] == 201
    outlets = [each["id"] for each in (await ask("/outlets", method="GET"))[1]["data"]]
    stock = [{"outlet_id": outlet, "current_amount": 9} for outlet in outlets]
    for product in (await ask("/products", method="GET"))[1].get("data", ()):
        await ask(f"/products/{product['id']}", {"details": {"inventory": stock}}, "PUT")
    cursor = 0
    while True:
        status, records = await ask("/inventory", {"after": cursor, "sort_direction": "asc"})
        for record in records if status == 200 else ():
            cursor = record["version"]
            POLLED[record["id"]] = record["current_inventory_level"]
        await asyncio.sleep(20.0)


def _play(scenario: str, **settings: object) -> dict[str, int]:
    (named,) = catalogue.select([f"pos_deposco/{scenario}"])
    overrides = [("services.pos.surface", "lightspeed")]
    overrides += [(f"services.pos.lightspeed.{name}", value) for name, value in settings.items()]  # type: ignore[misc] # any value
    setting = Setting(
        named=named, seed=3, connector=f"{__name__}:follower", overrides=tuple(overrides)
    )
    outcome = play(setting)
    assert not isinstance(outcome, Failed), outcome
    return dict(outcome.counts)


def test_what_is_polled_and_what_is_pushed_come_to_the_same() -> None:
    counts = _play("calm-day")
    assert counts["sale"] > 0
    assert PUSHED
    assert {id_: POLLED[id_] for id_ in PUSHED} == PUSHED
    assert TURNED_AWAY == []


def test_who_asks_too_much_is_told_a_date() -> None:
    _play("calm-day", rate_base=5, rate_per_register=0)
    assert TURNED_AWAY
    assert all(date.endswith(" GMT") for date in TURNED_AWAY)
    assert POLLED

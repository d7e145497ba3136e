"""What a connector that is a process is told: placeholders, its configuration, a stock file."""

from __future__ import annotations

import csv
import socket
from collections.abc import Mapping
from pathlib import Path

import tomli_w

from peakproof.run.setting import keeps_books
from peakproof.run.stage import Stage
from peakproof.scenario import merge
from peakproof.wire.server import LOOPBACK


def briefing(
    stage: Stage,
    urls: Mapping[str, str],
    *,
    desk_url: str,
    books_url: str,
    folder: Path,
    rate: float,
    since_s: float,
) -> dict[str, str]:
    """Every placeholder with its value; the files that some of them name are written.

    ``urls`` are the served systems, ``folder`` is the connector's own for this run. Run time goes
    ``rate`` times faster than the machine's clock since ``since_s`` (seconds since 1970).
    """
    access: dict[str, dict[str, str]] = {}
    for name, service in stage.services.items():
        url = urls[name]
        host = url.partition("://")[2]
        access[name] = {"url": url, "auth_url": url, "host": host, **service.credentials}
    values = {
        f"{name}.{key}": value for name, keys in access.items() for key, value in keys.items()
    }
    port = free_port()
    values["hooks.port"] = str(port)
    values["hooks.listen"] = f"{LOOPBACK}:{port}"
    values["hooks.url"] = f"http://{LOOPBACK}:{port}"
    values["desk.url"] = desk_url
    values["books.url"] = books_url
    values["stock_csv"] = str(_stock_csv(stage, folder))
    values["workdir"] = str(folder)
    values["clock.rate"] = f"{rate:g}"
    values["clock.since_s"] = f"{since_s:.3f}"
    systems = {
        name: {key: value for key, value in keys.items() if key != "host"}
        for name, keys in access.items()
    }
    document = merge(
        stage.document(systems),
        {
            "store": {"path": str(folder / "store.sqlite")},
            "desk": {"url": desk_url},
            **({"books": {"url": books_url}} if keeps_books(stage.scenario) else {}),
            "hooks": {"url": values["hooks.url"], "listen": values["hooks.listen"]},
            # Times in the document are run time: who reads them has to know how fast it goes.
            "clock": {"rate": float(rate), "since_s": since_s},
        },
    )
    config = folder / "connector.toml"
    config.write_text(tomli_w.dumps(document), "utf-8")
    values["config"] = str(config)
    return values


def _stock_csv(stage: Stage, folder: Path) -> Path:
    """What the stock master holds now, as a nightly export would say it."""
    file = folder / "stock.csv"
    estate, ledger = stage.scenario.estate, stage.world.ledger
    with file.open("w", newline="", encoding="utf-8") as sink:
        writer = csv.writer(sink)
        writer.writerow(["sku", "quantityOnStock"])
        for sku in sorted({sku for _place, sku, _units in ledger.balances()}):
            units = sum(ledger.at(f"shelf:{node['id']}", sku) for node in estate["nodes"])
            writer.writerow([sku, units])
    return file


def free_port() -> int:
    """A port on loopback where nobody listens now, for a connector's own listener."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        number: int = probe.getsockname()[1]
        return number

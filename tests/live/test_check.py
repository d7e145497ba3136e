"""`peakproof check`: connectors that nobody here wrote, as processes, judged from outside."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CHECK = [sys.executable, "-m", "peakproof", "check"]
IMPORTER = ROOT / "examples" / "sphere-stock-import" / "node_modules" / ".bin" / "stock-import"
ACCESS = [
    "--projectKey", "{commercetools.project_key}",
    "--clientId", "{commercetools.client_id}",
    "--clientSecret", "{commercetools.client_secret}",
    "--sphereHost", "{commercetools.host}", "--sphereProtocol", "http",
    "--sphereAuthHost", "{commercetools.host}", "--sphereAuthProtocol", "http",
    "--file", "{stock_csv}", "--logDir", "{workdir}",
]  # fmt: skip


def check(*arguments: str, timeout_s: float = 90) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*CHECK, *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=timeout_s, check=False,
    )  # fmt: skip


def imported(scenario: str) -> tuple[int, dict[str, Any]]:
    node = shutil.which("node")
    if node is None or not IMPORTER.exists():
        pytest.skip("needs Node.js, and npm ci in examples/sphere-stock-import")
    done = check(
        f"commercetools_deposco/{scenario}", "--flow", "stock", "--json", "-",
        "--", node, str(IMPORTER), *ACCESS,
    )  # fmt: skip
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)["scenarios"][0]


def at_rest(told: dict[str, Any]) -> list[tuple[str, str]]:
    """Each SKU that the shop shows wrongly in the end: what was expected, what was found."""
    breaches = {
        breach["evidence"]["key"]: (
            breach["evidence"]["expected"].split(" ")[0], breach["evidence"]["found"],
        )
        for breach in told["broken"]
        if breach["invariant"] == "stock_diverged" and "At rest" in breach["evidence"]["sentence"]
    }  # fmt: skip
    return sorted(breaches.values())


@pytest.mark.node
@pytest.mark.slow
def test_a_published_importer_holds_in_calm_weather() -> None:
    code, told = imported("stock-import")
    assert (code, told["verdict"]) == (0, "holds")
    assert "orders" not in {one["invariant"] for one in told["broken"]}


@pytest.mark.node
@pytest.mark.slow
def test_one_conflict_makes_it_write_the_wrong_sku_and_both_are_named() -> None:
    code, told = imported("stock-import-conflict")
    assert (code, told["verdict"]) == (1, "broken")
    # Item 1 has 15 and shows 20, item 2 has 20 and shows 15: two SKUs, expected and found.
    assert at_rest(told) == [("15", "20"), ("20", "15")]
    assert told["counts"]["strike"] == 1


@pytest.mark.node
@pytest.mark.slow
def test_a_shopper_between_its_read_and_its_write_breaks_it_without_any_fault() -> None:
    code, told = imported("stock-import-sale")
    assert (code, told["verdict"]) == (1, "broken")
    assert at_rest(told) == [("14", "15")]
    assert told["counts"].get("strike", 0) == 0


@pytest.mark.slow
def test_the_engine_as_a_process_holds_the_race() -> None:
    done = check(
        "pos_deposco/last-unit-race", "--stays", "--rate", "20", "--json", "-",
        "--", sys.executable, "-m", "peakproof_engine", "--config", "{config}",
    )  # fmt: skip
    assert done.stdout, done.stderr
    told = json.loads(done.stdout)["scenarios"][0]
    assert told["verdict"] == "holds", told["broken"]
    assert told["counts"].get("placed", 0) + told["counts"].get("sale", 0) == 1


ONE_ORDER = """\
title = "Long after trading"
base = "one-shelf"
duration_s = 30.0
invariants = ["order_lost"]

[estate]
integration = "commercetools_deposco"

"""
LATE = {
    "the money": """\
[[events]]
at_s = 20.0
act = { kind = "order", sku = 1, place = "W1", payment_s = 300.0 }
""",
    # Nobody asks for orders, so the news of one is a notification, and that is slow.
    "the news": """\
[connector.cadence]
orders_s = 3600.0

[[weather]]
kind = "webhook_delay"
system = "commercetools"
delay_s = 240.0

[[events]]
at_s = 20.0
act = { kind = "order", sku = 1, place = "W1", payment_s = 2.0 }
""",
}


@pytest.mark.slow
@pytest.mark.parametrize("what", LATE)
def test_what_is_due_long_after_trading_is_waited_for(tmp_path: Path, what: str) -> None:
    """Nothing moves for longer than a connector must be quiet; then it comes, and is answered."""
    scenario, history = tmp_path / "late.toml", tmp_path / "late.ndjson"
    scenario.write_text(ONE_ORDER + LATE[what], "utf-8")
    done = check(
        str(scenario), "--stays", "--rate", "30", "--history", str(history), "--json", "-",
        "--", sys.executable, "-m", "peakproof_engine", "--config", "{config}",
    )  # fmt: skip
    assert done.stdout, done.stderr
    told = json.loads(done.stdout)["scenarios"][0]
    assert told["verdict"] == "holds", told["broken"]
    # The history that it kept is judged alike.
    again = subprocess.run(
        [sys.executable, "-m", "peakproof", "judge", str(history), "--json", "-"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert json.loads(again.stdout)["scenarios"] == [told]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["stock-import", "--", "/no/such/thing"], 4, "did not start: /no/such/thing: No such"),
        (["stock-import", "--", "/"], 4, "did not start: /: Permission denied"),
        (["stock-import", "--", "false"], 4, "had called nothing"),
        (["stock-import", "--", "echo", "{commercetool.url}"], 2, "did you mean"),
        (["stock-import", "--flow", "stok", "--", "true"], 2, "did you mean stock"),
        (["stock-imports", "--", "true"], 2, "Did you mean"),
        (["clean-day", "--", "true"], 2, "check plays one scenario"),
        (["stock-import", "--stays", "--set", "open_s=30", "--", "sh", "-c", "echo no key; exit 3"],
         4, "ended early, with exit code 3"),
        (["stock-import", "--stays", "--set", "open_s=1", "--", "sleep", "60"],
         4, "called nothing in 1 s; its last output:\n  (it printed nothing)"),
        (["stock-import", "--limit", "1", "--", "sh", "-c", "echo $0 is slow; sleep 60"],
         4, "took longer than 1 s; the connector's last output:\n  | sh is slow"),
        (["stock-import", "--rate", "0.5", "--", "true"], 2, "at real speed or faster"),
        (["stock-import", "--set", "restarts=[{}]", "--", "true"], 2, "say --stays"),
        (["stock-import", "--stays", "--set", "open_s=30", "--",
          sys.executable, "-m", "peakproof_engine", "--config", "{stock_csv}"],
         4, "ended early, with exit code 2; its last output:\n  | "),
    ],
)  # fmt: skip
def test_what_goes_wrong_with_the_command_is_told(
    arguments: list[str], code: int, said: str
) -> None:
    done = check(*arguments)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_verdict_says_how_to_check_again() -> None:
    done = check("stock-import", "--flow", "stock", "--", "sh", "-c", "echo {workdir}; exit 0")
    assert done.returncode == 1, done.stderr
    told = " ".join(done.stdout.split())
    assert "peakproof check commercetools_deposco/stock-import --seed 1 … -- sh …" in told


def test_an_early_end_shows_the_last_output() -> None:
    done = check(
        "stock-import", "--stays", "--set", "open_s=30", "--", "sh", "-c", "echo no key; exit 3"
    )
    assert "| no key" in done.stderr

"""Same seed, same bytes: in another process, under another hash seed, and not otherwise."""

from __future__ import annotations

import os
import subprocess
import sys

from peakproof_simulators.trading.standins import LittleRun

PROGRAM = """
import sys
from peakproof_simulators.trading.standins import LittleRun

run = LittleRun(
    {
        "stock": {"rule": "lognormal", "units": 8, "miscounted": 0.1},
        "items": {"count": 300},
        "trading": {"day": "busy", "tills": {"asks": False}, "floor": {"split_share": 0.3}},
    },
    seed=int(sys.argv[1]),
)
run.day.start(1800.0)
run.go_on(600.0)
run.day.act({"kind": "order", "tag": "A"})
run.day.act({"kind": "sale"})
run.go_on(3000.0)
run.day.act({"kind": "ship", "order": "A"})
print(run.world.recorder.digest(), run.world.ledger.total, run.day.items[0].name)
"""


def played(*, seed: int, hash_seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(seed)],
        env=environment, check=True, capture_output=True, text=True, timeout=120,
    ).stdout  # fmt: skip


def test_the_same_seed_gives_the_same_bytes_in_every_process_and_another_seed_others() -> None:
    first = played(seed=1, hash_seed="1")
    again = played(seed=1, hash_seed="77")
    other = played(seed=2, hash_seed="1")

    assert first == again
    assert first.split()[0] != other.split()[0]


def test_two_runs_in_one_process_do_not_disturb_each_other() -> None:
    def fresh() -> LittleRun:
        run = LittleRun({"trading": {"day": "busy"}}, seed=5)
        run.day.start(600.0)
        return run

    alone, one, two = fresh(), fresh(), fresh()
    alone.go_on(900.0)
    for _ in range(9):
        one.go_on(100.0)
        two.go_on(100.0)

    assert (
        alone.world.recorder.digest() == one.world.recorder.digest() == two.world.recorder.digest()
    )

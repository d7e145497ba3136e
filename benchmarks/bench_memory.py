"""What two million stock rows take of memory in each fake that holds stock: ``make bench``."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, Final

import pytest

MOST_MIB: Final = 2048
ROWS: Final = 2_000_000


def _filled(*asked: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.stock_rows", *asked],
        capture_output=True, text=True, timeout=1800, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, float] = json.loads(done.stdout)
    return told


@pytest.mark.benchmark(group="two million stock rows")
@pytest.mark.parametrize(
    "asked",
    [("deposco",), ("pos", "square"), ("pos", "both"), ("commercetools",), ("centra",),
     ("adobe_commerce",)],
    ids=" ".join,
)  # fmt: skip
def bench_two_million_rows(benchmark: Any, capsys: Any, asked: tuple[str, ...]) -> None:
    """100,000 SKUs, each at 20 of 200 places, in a process of its own."""
    told = benchmark.pedantic(_filled, args=asked, rounds=1)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{' '.join(asked)}: {told['peak_mib']:,.0f} MiB at most, {told['taken_s']:.0f} s"
        )
    assert told["rows"] == ROWS
    assert told["peak_mib"] <= MOST_MIB

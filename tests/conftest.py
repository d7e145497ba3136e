"""How tests are shared out among processes, and what did not run is said in the last line."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Sequence
from typing import Any

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

hypothesis.settings.register_profile("unhurried", deadline=None)  # other processes run beside it
hypothesis.settings.load_profile("unhurried")

LIVE = "tests/live/"
"""These keep pace with a real clock, two of them at a time might not: one share, the first."""

LONG = "tests/simulation/test_run_sameness.py"
"""Each of these takes as long as other files do, and shares nothing with the next."""

_SKIPPED: dict[str, str] = {}


class Shares(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """Whoever is free takes the next file: what the tests of a file share is made once."""

    def add_node_collection(self, node: Any, collection: Sequence[str]) -> None:
        """Tests are told apart by their names alone; Schemathesis has one for all operations."""
        seen: Counter[str] = Counter()
        names = []
        for name in collection:
            seen[name] += 1
            names.append(name if seen[name] == 1 else f"{name} {seen[name]}")
        super().add_node_collection(node, names)

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file.startswith(LIVE):
            return LIVE
        return nodeid if file == LONG else file


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are cores: whoever plays the live tests mostly waits for the clock."""
    return (os.cpu_count() or 1) + 1


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Shares:
    config.option.loadscopereorder = False
    return Shares(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if _is_worker(config):
        items.sort(key=lambda item: not item.nodeid.startswith(LIVE))


def pytest_collection_finish() -> None:
    """What is there now stays to the end: the garbage collector need not walk it ever again."""
    gc.collect()
    gc.freeze()


def pytest_collectreport(report: pytest.CollectReport) -> None:
    _note(report)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _note(report)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    everything = bool(os.environ.get("PEAKPROOF_ALL")) and not _is_worker(session.config)
    if everything and _SKIPPED and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure(config: pytest.Config) -> None:
    if _is_worker(config) or config.option.collectonly:
        return
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    reasons = list(dict.fromkeys(_SKIPPED.values()))
    told = f"{len(_SKIPPED)} tests: {'; '.join(reasons)}" if _SKIPPED else "nothing"
    reporter.write_line(f"Not run: {told}.")


def _is_worker(config: pytest.Config) -> bool:
    """Whether this process runs tests for another one, which reports."""
    return hasattr(config, "workerinput")


def _note(report: pytest.CollectReport | pytest.TestReport) -> None:
    """A test, or a whole file, that does not run here."""
    if report.skipped:
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _SKIPPED[report.nodeid] = why.removeprefix("Skipped: ")

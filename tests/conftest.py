"""What did not run is said in the last line, and is a failure where everything must run."""

from __future__ import annotations

import os

import pytest

_SKIPPED: dict[str, str] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped:
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _SKIPPED[report.nodeid] = why.removeprefix("Skipped: ")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if os.environ.get("PEAKPROOF_ALL") and _SKIPPED and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    reasons = list(dict.fromkeys(_SKIPPED.values()))
    told = f"{len(_SKIPPED)} tests: {'; '.join(reasons)}" if _SKIPPED else "nothing"
    reporter.write_line(f"Not run: {told}.")

"""How tests are shared out among processes; what was asked at random, and what did not run, is said
in the last lines."""

from __future__ import annotations

import gc
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
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

GENERATED_AT_LEAST = 20_000
FACES = 8
"""Of so many faces of fakes in all; who asks only some of them need not ask so much."""

_SKIPPED: dict[str, str] = {}
_GENERATED: Counter[tuple[Any, ...]] = Counter()
"""Generated requests by face, operation, class, status and outcome (``tests/generated.py``)."""


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
        items.sort(key=_when)


def _when(item: pytest.Item) -> int:
    """What takes longest begins first, so that nobody waits for it at the end."""
    return 0 if item.nodeid.startswith(LIVE) else 1 if item.nodeid.startswith(LONG) else 2


def pytest_collection_finish() -> None:
    """What is there now stays to the end: the garbage collector need not walk it ever again."""
    gc.collect()
    gc.freeze()


def pytest_collectreport(report: pytest.CollectReport) -> None:
    _note(report)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _note(report)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A process is done: what it counted comes to the sum."""
    for *counted, n in getattr(node, "workeroutput", {}).get("generated", ()):
        _GENERATED[tuple(counted)] += n


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    here = getattr(sys.modules.get("tests.generated"), "COUNTS", {})
    if _is_worker(session.config):
        worker: Any = session.config
        worker.workeroutput["generated"] = [[*key, n] for key, n in here.items()]
        return
    _GENERATED.update(here)
    if os.environ.get("PEAKPROOF_ALL") and exitstatus == 0 and (_SKIPPED or _too_few()):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if _GENERATED:
        terminalreporter.section("generated requests")
        for line in _counted(by_operation=bool(os.environ.get("PEAKPROOF_ALL"))):
            terminalreporter.write_line(line)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _is_worker(config) or config.option.collectonly:
        return
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    reasons = list(dict.fromkeys(_SKIPPED.values()))
    told = f"{len(_SKIPPED)} tests: {'; '.join(reasons)}" if _SKIPPED else "nothing"
    reporter.write_line(f"Not run: {told}.")


def _too_few() -> bool:
    """Whether all faces of the fakes were asked, and not enough."""
    faces = {face for face, _name, effect, *_ in _GENERATED if effect != "unknown"}
    return len(faces) == FACES and _GENERATED.total() < GENERATED_AT_LEAST


def _counted(*, by_operation: bool) -> Iterator[str]:
    """Counts by face, class and status; by operation as well, or how many of them were reached."""
    rows: dict[tuple[str, ...], Counter[int]] = {}
    reached: dict[tuple[str, str], set[str]] = {}
    for (face, name, effect, status, came), n in _GENERATED.items():
        rows.setdefault((face, effect, name) if by_operation else (face, effect), Counter())[
            status
        ] += n
        reached.setdefault((face, came), set()).add(name)
    for row, statuses in sorted(rows.items()):
        told = ", ".join(f"{status}: {n}" for status, n in sorted(statuses.items()))
        yield f"{' '.join(row)}: {statuses.total():,} ({told})"
    for face in sorted({face for face, _came in reached}):
        done, refused = (len(reached.get((face, came), ())) for came in ("done", "refused"))
        yield f"{face}: {done} operations done, {refused} refused"
    short = f", {GENERATED_AT_LEAST:,} are asked for" if _too_few() else ""
    yield f"{_GENERATED.total():,} generated requests in all{short}"


def _is_worker(config: pytest.Config) -> bool:
    """Whether this process runs tests for another one, which reports."""
    return hasattr(config, "workerinput")


def _note(report: pytest.CollectReport | pytest.TestReport) -> None:
    """A test, or a whole file, that does not run here."""
    if report.skipped:
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _SKIPPED[report.nodeid] = why.removeprefix("Skipped: ")

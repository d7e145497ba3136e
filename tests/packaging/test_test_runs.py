"""How processes share a test run, and its last line: what did not run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = {
    "test_one.py": "import pytest\n\ndef test_a():\n    pytest.skip('no Node.js')\n",
    "test_two.py": "import pytest\n\npytest.importorskip('no_such_package')\n",
    "test_three.py": "def test_b():\n    pass\n",
}
NOTING = """
import os

def test_a():
    with open({noted!r}, "a") as noted:
        noted.write(os.environ["PYTEST_XDIST_WORKER"] + {file!r} + chr(10))

def test_b():
    test_a()
"""


def run(folder: Path, *options: str, everything: bool) -> tuple[int, str]:
    """Exit code and last line of a test run over the files of a folder."""
    code, told = told_by(folder, *options, everything=everything)
    return code, told[-1]


def told_by(folder: Path, *options: str, everything: bool) -> tuple[int, list[str]]:
    """Exit code and all lines."""
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    usual = {name: told for name, told in os.environ.items() if not name.startswith("PYTEST_")}
    usual.pop("PEAKPROOF_ALL", None)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "xdist", "-p", "no:cacheprovider", *options],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
        env={**usual, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        | ({"PEAKPROOF_ALL": "1"} if everything else {}),
    )  # fmt: skip
    return done.returncode, done.stdout.splitlines()


@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_skipped_test_and_a_skipped_file_are_named_and_fail_where_all_must_run(
    processes: str, tmp_path: Path
) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    for everything in (False, True):
        code, last = run(tmp_path, "-n", processes, everything=everything)
        assert code == int(everything)
        assert last.startswith("Not run: 2 tests: ")
        assert "no Node.js" in last
        assert "could not import 'no_such_package'" in last


def test_a_run_that_left_nothing_out_says_so_and_passes(tmp_path: Path) -> None:
    (tmp_path / "test_three.py").write_text(FILES["test_three.py"], "utf-8")
    assert run(tmp_path, "-n", "2", everything=True) == (0, "Not run: nothing.")


def test_live_tests_and_the_tests_of_a_file_are_run_by_one_process_live_tests_first(
    tmp_path: Path,
) -> None:
    noted = tmp_path / "noted"
    files = [f"tests/{folder}/test_{each}.py" for folder in ("early", "live") for each in "abcd"]
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(NOTING.format(noted=str(noted), file=f" {name}"), "utf-8")
    options = ["-n", "2", "--import-mode=importlib"]
    assert run(tmp_path, *options, everything=True) == (0, "Not run: nothing.")
    ran = [line.split(" ") for line in noted.read_text("utf-8").splitlines()]
    assert sorted(file for _worker, file in ran) == sorted(files * 2)
    (live,) = {worker for worker, file in ran if "/live/" in file}
    order = [file for worker, file in ran if worker == live]
    assert order[:8] == [file for file in files if "/live/" in file for _twice in range(2)]
    assert len({(worker, file) for worker, file in ran}) == len(files)
    assert len({worker for worker, _file in ran}) == 2


def test_tests_of_the_same_name_are_all_run(tmp_path: Path) -> None:
    noted = tmp_path / "noted"
    text = NOTING.format(noted=str(noted), file=" once")
    (tmp_path / "test_noting.py").write_text(text, "utf-8")
    twice = ["--keep-duplicates", "test_noting.py", "test_noting.py"]
    assert run(tmp_path, "-n", "2", *twice, everything=True) == (0, "Not run: nothing.")
    assert len(noted.read_text("utf-8").splitlines()) == 4


COUNTING = """
import sys
from collections import Counter
from types import SimpleNamespace

def test_a():
    counted = sys.modules.setdefault("tests.generated", SimpleNamespace(COUNTS=Counter()))
    counted.COUNTS["fake{at}", "a.list", "read", 200, "done"] += {n}
    counted.COUNTS["fake{at}", "a.list", "read", 404, "refused"] += 1
    counted.COUNTS["fake", "unknown.path", "unknown", 404, "refused"] += 1
"""


@pytest.mark.parametrize(
    ("processes", "faces", "n", "code"), [("2", 8, 2, 1), ("0", 7, 2, 0), ("2", 8, 2500, 0)]
)
def test_generated_requests_are_counted_over_all_processes_and_too_few_of_them_fail(
    tmp_path: Path, processes: str, faces: int, n: int, code: int
) -> None:
    for at in range(faces):
        (tmp_path / f"test_{at}.py").write_text(COUNTING.format(at=at, n=n), "utf-8")
    found, told = told_by(tmp_path, "-n", processes, everything=True)
    assert found == code
    assert f"fake0 read a.list: {n + 1:,} (200: {n}, 404: 1)" in told
    assert "fake0: 1 operations done, 1 refused" in told
    assert [line for line in told if line.startswith(f"{faces * (n + 2):,} generated requests")]
    assert told[-1] == "Not run: nothing."

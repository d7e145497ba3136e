"""The wheel: what is in it, and that it works where there is no checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from importlib.metadata import distribution, version
from pathlib import Path
from sysconfig import get_path
from typing import Any, Final

import pytest

pytestmark = pytest.mark.slow

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = {
    "peakproof": ROOT / "src",
    "peakproof_engine": ROOT / "src",
    "peakproof_simulators": ROOT / "simulators",
    "peakproof_scenarios": ROOT / "scenarios",
}
ENGINE_AWAY: Final = "import sys; sys.modules['peakproof_engine'] = None; "
"""Makes every import of the engine fail."""


class Installed:
    """The wheel in a folder of its own, beside the libraries and nothing of the checkout."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self.home = home

    def python(self, *arguments: str, code: int = 0) -> str:
        """Run Python where no ``.pth`` file leads to the checkout; its standard output."""
        path = os.pathsep.join((str(self.folder), get_path("purelib"), get_path("platlib")))
        done = subprocess.run(
            [sys.executable, "-S", "-P", "-W", "error", *arguments],
            cwd=self.home,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def peakproof(self, *arguments: str, code: int = 0) -> str:
        """Run the ``peakproof`` command; its standard output."""
        return self.python("-m", "peakproof", *arguments, code=code)


def _pip(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments],
        check=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with the build backend that is installed here."""
    folder = tmp_path_factory.mktemp("wheel")
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    """Every path in the wheel."""
    with zipfile.ZipFile(wheel) as opened:
        return opened.namelist()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel, installed; commands run in an empty folder."""
    folder = tmp_path_factory.mktemp("installed")
    _pip("install", "--no-deps", "--no-index", "--target", str(folder), str(wheel))
    return Installed(folder, tmp_path_factory.mktemp("elsewhere"))


# --- what is in it --------------------------------------------------------------------


def test_it_takes_no_top_level_name_but_its_own(names: list[str]) -> None:
    tops = {name.partition("/")[0] for name in names}

    assert tops == {*PACKAGES, f"peakproof-{version('peakproof')}.dist-info"}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_and_table_of_a_package_is_in_it(package: str, names: list[str]) -> None:
    source = PACKAGES[package]
    files = [
        str(file.relative_to(source))
        for file in (source / package).rglob("*")
        if file.suffix in (".py", ".toml", ".md")
    ]

    assert sorted(set(files) - set(names)) == []
    assert f"{package}/py.typed" in names


def test_scenarios_estates_and_sources_are_in_it(names: list[str]) -> None:
    for integration in ("pos_deposco", "commercetools_deposco"):
        assert f"peakproof_scenarios/{integration}/estate.toml" in names
        assert f"peakproof_scenarios/{integration}/last-unit-race.toml" in names
    for fake in ("deposco", "pos", "commercetools"):
        assert f"peakproof_simulators/{fake}/SOURCES.md" in names


# --- that it works --------------------------------------------------------------------


def test_all_four_packages_come_from_the_wheel(installed: Installed) -> None:
    code = f"import {', '.join(PACKAGES)}; " + "; ".join(
        f"print({package}.__file__)" for package in PACKAGES
    )

    files = installed.python("-c", code).split()

    assert [Path(file).is_relative_to(installed.folder) for file in files] == [True] * 4


def test_it_lists_every_scenario(installed: Installed) -> None:
    listed = json.loads(installed.peakproof("scenarios", "--json", "-"))

    shipped = [
        f"{file.parent.name}/{file.stem}"
        for file in (ROOT / "scenarios/peakproof_scenarios").glob("*/*.toml")
        if file.parent.name != "common" and file.stem != "estate"
    ]
    assert [one["id"] for one in listed["scenarios"]] == sorted(shipped)


def test_it_plays_and_judges_a_scenario(installed: Installed) -> None:
    played = json.loads(installed.peakproof("run", "last-unit-race", "--json", "-"))

    assert played["verdict"] == "holds"
    assert len(played["scenarios"]) == 5


def test_it_prints_the_schema_that_is_published(installed: Installed) -> None:
    published = (ROOT / "docs/scenario.schema.json").read_text("utf-8")

    assert installed.peakproof("schema") == published


def test_the_same_names_are_registered_here_as_in_the_wheel(installed: Installed) -> None:
    """A checkout set up before the last change of an entry point behaves unlike the wheel."""
    code = (
        "from importlib.metadata import distribution; "
        "print(sorted((p.group, p.name, p.value) for p in distribution('peakproof').entry_points))"
    )
    here = sorted((p.group, p.name, p.value) for p in distribution("peakproof").entry_points)

    assert installed.python("-c", code).strip() == str(here), "run `make setup` again"


# --- a verdict needs no engine --------------------------------------------------------


@pytest.fixture(scope="module", params=["", "allocation"], ids=["holds", "broken"])
def saved(
    request: pytest.FixtureRequest, installed: Installed, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any], int]:
    """A history, with the verdict of its run and the exit code."""
    history = tmp_path_factory.mktemp("kept") / "race.ndjson"
    without = ["--without", request.param] if request.param else []
    code = 1 if request.param else 0
    told = installed.peakproof(
        "run", "pos_deposco/last-unit-race", *without, "--history", str(history), "--json", "-",
        code=code,
    )  # fmt: skip
    return history, json.loads(told), code


def test_a_saved_history_is_judged_alike_where_the_engine_cannot_be_imported(
    installed: Installed, saved: tuple[Path, dict[str, Any], int], tmp_path: Path
) -> None:
    history, verdict, code = saved
    page = tmp_path / "page.html"

    judged = installed.python(
        "-c", f"{ENGINE_AWAY}from peakproof.cli import main; main()",
        "judge", str(history), "--json", "-", "--html", str(page), code=code,
    )  # fmt: skip

    assert verdict["verdict"] == ("broken" if code else "holds")
    assert json.loads(judged) == verdict
    assert ("<svg" in page.read_text("utf-8")) is bool(code)


def test_the_engine_is_really_away_there(installed: Installed) -> None:
    installed.python("-c", f"{ENGINE_AWAY}import peakproof_engine.config", code=1)


# --- what an import costs -------------------------------------------------------------


def test_importing_peakproof_imports_nothing_else(installed: Installed) -> None:
    code = (
        "import sys; before = set(sys.modules); import peakproof; print(set(sys.modules) - before)"
    )

    assert installed.python("-c", code).strip() == "{'peakproof'}"


def test_the_command_line_loads_no_simulator_and_no_server_until_it_needs_one(
    installed: Installed,
) -> None:
    heavy = (
        "simpy",
        "falcon",
        "httpx",
        "uvicorn",
        "uvloop",
        "lxml",
        "faker",
        "msgspec",
        "pydantic",
    )
    code = "import sys, peakproof.cli; print(*(n for n in sys.argv[1:] if n in sys.modules))"
    own = [name for name in PACKAGES if name != "peakproof"]

    assert installed.python("-c", code, *heavy, *own).strip() == ""

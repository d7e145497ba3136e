"""What ``docs/scenarios.md`` shows is played as it stands there, in somebody else's package."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from importlib import resources
from pathlib import Path
from typing import Final

import pytest
from jsonschema_rs import Draft202012Validator

from peakproof.scenario import Scenario
from peakproof.wire.kinds import KINDS
from peakproof_simulators.trading import Day

DOCS: Final = Path(__file__).parents[2] / "docs"
PAGE: Final = (DOCS / "scenarios.md").read_text("utf-8")
SHIPPED: Final = Path(str(resources.files("peakproof_scenarios")))

FILES: Final = dict(re.findall(r"`([a-z_]+/[a-z-]+\.toml)`[.:]\n\n```toml\n(.*?)```", PAGE, re.S))
COMMANDS: Final = re.findall(r"^peakproof (.+?)\s+# .*exit code (\d)$", PAGE, re.M)
ENTRY_POINT: Final = re.search(r'entry-points\."(peakproof\.scenarios)"\]\n(.+)\n', PAGE)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package that the page announces, and the page's files in it."""
    folder = tmp_path_factory.mktemp("elsewhere")
    assert ENTRY_POINT is not None
    group, line = ENTRY_POINT.groups()
    package = folder / line.partition('"')[2].strip('"')
    for name, text in FILES.items():
        file = package / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        estate = f"{file.parent.name}/estate.toml"
        (package / estate).write_bytes((SHIPPED / estate).read_bytes())
    (package / "__init__.py").touch()
    installed = folder / f"{package.name}-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {package.name}\nVersion: 1\n"
    )
    (installed / "entry_points.txt").write_text(f"[{group}]\n{line.replace(chr(34), '')}\n")
    return folder


def peakproof(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command with the package of that folder installed."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "peakproof", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_page_has_the_examples_that_the_tests_below_play() -> None:
    assert list(FILES) == ["pos_deposco/two-left.toml", "pos_deposco/two-left-lost.toml"]
    assert [code for _, code in COMMANDS] == ["0", "1", "0"]


@pytest.mark.slow
@pytest.mark.parametrize(("command", "code"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_a_command_of_the_page_ends_as_the_page_says(
    command: str, code: str, elsewhere: Path
) -> None:
    done = peakproof(elsewhere, *shlex.split(command))

    assert done.returncode == int(code), done.stdout + done.stderr


@pytest.mark.slow
def test_the_second_example_holds_and_proves_what_it_says(elsewhere: Path) -> None:
    done = peakproof(elsewhere, "prove", "two-left-lost", "--stated", "--json", "-")

    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["dull"] == []


@pytest.mark.parametrize("name", FILES)
def test_an_example_fits_the_published_schema(name: str) -> None:
    validator = Draft202012Validator(json.loads((DOCS / "scenario.schema.json").read_text("utf-8")))

    assert [error.message for error in validator.iter_errors(tomllib.loads(FILES[name]))] == []


def test_the_schema_line_of_the_example_leads_to_the_schema() -> None:
    ((name, text), *_) = FILES.items()
    mark, _, path = text.splitlines()[0].partition(" ")

    assert mark == "#:schema"
    assert (SHIPPED / name).parent.joinpath(path).resolve() == DOCS / "scenario.schema.json"


def test_the_page_names_every_field_every_weather_and_every_event() -> None:
    strikes = {"call": "calls", "hook": "notifications", "both": "climate"}
    weather = [f"| `{k.name}` | {strikes[k.on]} | {k.about} |" for k in KINDS.values()]
    events = [f"| `{name}` | {kind.doc} |" for name, kind in Day.kinds().items()]
    lines = PAGE.splitlines()

    missing = [row for row in (*weather, *events) if row not in lines]
    assert missing == [], "add these rows to docs/scenarios.md"
    told = " ".join(line.split("|")[1] for line in lines if line.startswith("| `"))
    assert [field for field in Scenario.__struct_fields__ if f"`{field}`" not in told] == []

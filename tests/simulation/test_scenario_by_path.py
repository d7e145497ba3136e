"""A scenario file by its path, from the command line to the replay of its history."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

MINE: Final = """\
title = "Mine"
base = "last-unit-race"

[estate]
integration = "pos_deposco"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.toml").write_text(MINE, "utf-8")
    return tmp_path


def peakproof(
    folder: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "peakproof", *arguments], env={**os.environ, **environment},
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_seeds_of_a_file_are_played_by_many_workers(folder: Path) -> None:
    done = peakproof(folder, "run", "./mine.toml", "--seeds", "4", "--workers", "2", "--json", "-")

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["scenarios"]
    assert [(one["id"], one["seed"]) for one in told] == [
        ("pos_deposco/mine", seed) for seed in (1, 2, 3, 4)
    ]


def test_a_folder_with_too_long_a_name_for_what_workers_need_is_told(folder: Path) -> None:
    deep = folder / ("x" * 110)
    deep.mkdir()
    arguments = ["run", "./mine.toml", "--seeds", "2", "--workers"]
    done = peakproof(folder, *arguments, "2", TMPDIR=str(deep))

    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "TMPDIR is too long" in done.stderr
    assert str(deep) in done.stderr
    assert list(deep.iterdir()) == []
    assert peakproof(folder, *arguments, "1", TMPDIR=str(deep)).returncode == 0


def test_the_command_that_is_printed_plays_the_file_again(folder: Path) -> None:
    arguments = ["run", "./mine.toml", "--without", "allocation", "--set", "settle_s=500.5"]
    done = peakproof(folder, *arguments, "--set", 'title=Zwei „x" 😀', "--set", "restarts=[{}]")

    assert done.returncode == 1, done.stderr
    printed = " ".join(done.stdout.partition("play it again:")[2].split())
    words = shlex.split(printed)
    assert words[:3] == ["peakproof", "run", "./mine.toml"]
    assert 'title="Zwei „x\\" 😀"' in words
    assert peakproof(folder, *words[1:]).stdout == done.stdout


def test_a_history_of_a_file_is_replayed_from_the_file_and_judged_without_it(folder: Path) -> None:
    ran = peakproof(folder, "run", "mine.toml", "--history", "kept.ndjson")
    assert ran.returncode == 0, ran.stderr

    again = peakproof(folder, "replay", "kept.ndjson")
    assert again.returncode == 0, again.stderr
    assert "The same history, byte for byte" in again.stdout

    (folder / "mine.toml").unlink()
    assert peakproof(folder, "judge", "kept.ndjson").returncode == 0
    gone = peakproof(folder, "replay", "kept.ndjson")
    assert (gone.returncode, gone.stderr) == (
        2, "peakproof: There is no scenario file 'mine.toml'.\n",
    )  # fmt: skip


def test_what_a_file_states_is_proved(folder: Path) -> None:
    done = peakproof(folder, "prove", "mine.toml", "--stated", "--json", "-")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["scenarios"] == ["pos_deposco/mine"]
    assert json.loads(done.stdout)["dull"] == []


@pytest.mark.parametrize("command", ["run", "prove", "check"])
def test_a_wrong_file_ends_each_command_with_exit_code_2(folder: Path, command: str) -> None:
    (folder / "mine.toml").write_text("opens_s = 3\n" + MINE, "utf-8")
    rest = ("--", "true") if command == "check" else ()

    done = peakproof(folder, command, "mine.toml", *rest)

    assert done.returncode == 2
    assert done.stderr.startswith("peakproof: mine.toml:1: opens_s: unknown field")


def test_check_plays_a_file_live(folder: Path) -> None:
    words = [sys.executable, "-c", "pass"]

    done = peakproof(folder, "check", "mine.toml", "--", *words)

    assert done.returncode == 1, done.stderr
    assert "BROKEN" in done.stdout, "a connector that does nothing keeps nothing in step"
    assert "play it again:  peakproof check mine.toml --seed 1" in done.stdout


@pytest.mark.parametrize(
    "arguments", [("run", "--nonsense"), ("nonsense",), ("run", "--seeds", "0", "x")]
)
def test_a_wrong_command_line_is_told_in_a_sentence(
    folder: Path, arguments: tuple[str, ...]
) -> None:
    done = peakproof(folder, *arguments)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "Error: " in done.stderr

"""Scenario files by path: what they stand on, what they are called, and what is wrong with them."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Final

import pytest

from peakproof import catalogue
from peakproof.errors import ScenarioError, UsageError
from peakproof.run.judged import rehearse
from peakproof.run.setting import Setting, override
from peakproof.scenario import Named

SHIPPED: Final = Path(str(resources.files("peakproof_scenarios")))
MINE: Final = """\
title = "Mine"
base = "last-unit-race"
open_s = 17.0

[estate]
integration = "pos_deposco"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(name: str, text: str = MINE) -> str:
    file = Path(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return name


def only(*wanted: str, mode: str = "") -> Named:
    (named,) = catalogue.select(wanted, mode=mode)
    return named


def refusal(path: str) -> str:
    with pytest.raises(UsageError) as caught:
        rehearse(Setting(named=only(path), seed=1))
    assert caught.value.exit_code == 2
    return str(caught.value)


# --- which integration, which name ----------------------------------------------------


def test_a_file_plays_in_the_installed_integration_that_it_names() -> None:
    named = only(written("./mine.toml"))

    assert (named.id, named.file, named.path) == ("pos_deposco/mine", "./mine.toml", "./mine.toml")
    assert named.scenario.title == "Mine"
    assert named.scenario.open_s == 17.0
    base = only("pos_deposco/last-unit-race").scenario
    assert named.scenario.events == base.events
    assert named.scenario.estate == base.estate


def test_a_file_that_names_none_plays_in_the_one_of_its_folders_name() -> None:
    text = 'title = "Mine"\nbase = "calm-day"\n'

    named = only(written("commercetools_deposco/mine.toml", text))

    assert named.id == "commercetools_deposco/mine"
    assert named.scenario.estate == only("commercetools_deposco/calm-day").scenario.estate


def test_a_file_says_more_than_its_folder() -> None:
    assert only(written("commercetools_deposco/mine.toml")).integration == "pos_deposco"


def test_a_folder_with_an_estate_of_its_own_is_an_integration_of_its_own() -> None:
    estate = (SHIPPED / "pos_deposco/estate.toml").read_text("utf-8")
    written("shops/here/estate.toml", estate.replace('"GBP"', '"EUR"'))
    written("shops/common/rush.toml", 'title = "Common"\nopen_s = 9.0\nsettle_s = 77.0\n')
    written("shops/here/below.toml", 'title = "Below"\nbase = "rush"\nopen_s = 8.0\n')

    named = only(written("shops/here/mine.toml", 'title = "Mine"\nbase = "below"\n'))

    assert named.id == "here/mine"
    assert named.scenario.estate["currency"] == "EUR"
    assert (named.scenario.open_s, named.scenario.settle_s) == (8.0, 77.0)


def test_a_file_beside_it_goes_before_the_installed_one_of_the_same_name() -> None:
    written("last-unit-race.toml", MINE.replace("17.0", "23.0"))

    scenario = only(written("mine.toml", MINE.replace("open_s = 17.0\n", ""))).scenario

    assert scenario.open_s == 23.0, "the one beside it, which stands on the installed one"
    assert scenario.events == only("pos_deposco/last-unit-race").scenario.events


def test_an_installed_file_is_the_same_scenario_by_its_path() -> None:
    path = str(SHIPPED / "pos_deposco" / "sync-loop.toml")

    by_path, by_name = only(path), only("pos_deposco/sync-loop")

    assert (by_path.id, by_path.scenario) == (by_name.id, by_name.scenario)


def test_paths_and_names_can_be_asked_for_together() -> None:
    one, other = written("a/mine.toml"), written("b/mine.toml")

    chosen = catalogue.select([one, other, "pos_deposco/last-unit-race", one])

    assert [(named.id, named.path) for named in chosen] == [
        ("pos_deposco/mine", one),
        ("pos_deposco/mine", other),
        ("pos_deposco/last-unit-race", ""),
    ]


def test_a_file_that_is_only_for_live_runs_is_refused_in_virtual_time() -> None:
    path = written("mine.toml", MINE.replace("[estate]", 'modes = ["live"]\n[estate]'))

    assert only(path, mode="live").name == "mine"
    with pytest.raises(UsageError, match=r"'mine\.toml' is live only"):
        only(path, mode="virtual")


# --- what can be wrong ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = [\n", "mine.toml: this is not valid TOML: "),
        (MINE.replace("open_s", "opens_s"), "mine.toml:3: opens_s: unknown field; did you mean"),
        (MINE.replace("17.0", '"x"'), "mine.toml:3: open_s: expected `float`, got `str`"),
        (MINE.replace("17.0", "-1"), "mine.toml:3: open_s: expected `float` >= 0.0"),
        (
            MINE.replace("[estate]", 'modes = ["virtuall"]\n[estate]'),
            "mine.toml:5: modes.0: invalid enum value 'virtuall'; expected live or virtual",
        ),
        (MINE.replace("unit-race", "unit-rac"), "mine.toml:2: base: there is no scenario"),
        (
            MINE.replace("pos_deposco", "pos_depsco"),
            "mine.toml:6: estate.integration: expected an integration (it is 'pos_depsco'; "
            "did you mean pos_deposco",
        ),
        (
            MINE + '[[weather]]\nkind = "latency"\n[[weather]]\n\nkind = "hail"\n',
            "mine.toml:11: weather[1].kind: there is no weather 'hail'",
        ),
        (
            MINE + '[[events]]\nat_s = 3\nact = { kind = "sale", sku = 1, store = "S9" }\n',
            "mine.toml:9: events[0].act: event sale.store: there is no store with a till 'S9'",
        ),
        (MINE + '[judging]\npublish_s = "x"\n', "mine.toml:8: judging: publish_s: expected"),
        (
            MINE + '[connector.policy]\nstock = "mirrored"\n',
            "mine.toml:8: connector: policy.stock: Invalid enum value 'mirrored'",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_file_line_and_field(text: str, expected: str) -> None:
    assert refusal(written("mine.toml", text)).startswith(expected)


def test_a_file_that_is_not_there_is_a_usage_error() -> None:
    assert refusal("gone.toml") == "There is no scenario file 'gone.toml'."


def test_a_file_that_is_no_text_is_a_scenario_error() -> None:
    Path("mine.toml").write_bytes(b"\xff\xfe")

    assert refusal("mine.toml").startswith("mine.toml: this is not valid UTF-8")


def test_an_estate_is_no_scenario() -> None:
    with pytest.raises(ScenarioError, match=r"estate\.toml: this is an estate"):
        only(str(SHIPPED / "pos_deposco" / "estate.toml"))


def test_a_file_without_an_integration_is_told_which_there_are() -> None:
    said = refusal(written("elsewhere/mine.toml", 'title = "Mine"\n'))

    assert "estate.integration: expected an integration (the folder's name is 'elsewhere'" in said
    assert "or an estate.toml beside the file" in said


def test_a_mistake_on_the_command_line_is_not_blamed_on_a_line_of_the_file() -> None:
    named = only(written("mine.toml", MINE + "[judging]\npublish_s = 5.0\n"))

    with pytest.raises(UsageError) as caught:
        rehearse(Setting(named=named, seed=1, overrides=(override("judging.publish_s=x"),)))
    assert str(caught.value).startswith("mine.toml with --set judging.publish_s: judging: ")
    with pytest.raises(UsageError, match=r"^mine\.toml with --set: open_s: expected `float`"):
        rehearse(Setting(named=named, seed=1, overrides=(override("open_s=x"),)))

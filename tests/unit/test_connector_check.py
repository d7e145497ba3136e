"""What a connector has against its configuration is the scenario's mistake, not its failure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from peakproof import catalogue
from peakproof.errors import ConnectorError, PeakproofError, ScenarioError
from peakproof.explore.rounds import Failed, play
from peakproof.run.setting import Setting, check_document, override
from peakproof_engine import CONNECTOR
from peakproof_engine.errors import ConfigError

OWN = '''
"""A connector that looks at its configuration, or falls over it."""

class Own:
    def check(self, document):
        if document["policy"]["stock"] == "mirror":
            raise ValueError("policy.stock: expected allocation, which is all that there is here")

    async def __call__(self, rehearsal):
        raise ValueError("a slip of the pen")

own = Own()

async def plain(rehearsal):
    raise ValueError("a slip of the pen")
'''


def failure(*settings: str, connector: str = "reference") -> Failed:
    (named,) = catalogue.select(["pos_deposco/last-unit-race"])
    overrides = tuple(override(text) for text in settings)
    outcome = play(Setting(named=named, seed=1, connector=connector, overrides=overrides))
    assert isinstance(outcome, Failed)
    return outcome


@pytest.fixture
def own(tmp_path: Path) -> str:
    file = tmp_path / "own.py"
    file.write_text(OWN, "utf-8")
    return str(file)


@pytest.mark.parametrize(
    ("setting", "field", "problem"),
    [
        ("connector.policy.stock=foo", "policy.stock", "Invalid enum value 'foo'"),
        ("connector.cadence.stock_s=-1", "cadence.stock_s", "Expected `float` > 0.0"),
        ("connector.polcy.stock=1", "polcy", "there is no such field"),
        ("connector.policy=3", "policy", "Expected `object`, got `int`"),
    ],
)
def test_a_wrong_setting_of_the_engine_is_told_by_its_field(
    setting: str, field: str, problem: str
) -> None:
    failed = failure(setting)

    assert failed.exit_code == 2
    key = setting.partition("=")[0]
    assert failed.message == (
        f"pos_deposco/last-unit-race.toml with --set {key}: connector: {field}: {problem}"
    )


def test_any_connector_may_refuse_its_configuration(own: str) -> None:
    failed = failure("connector.policy.stock=mirror", connector=f"{own}:own")

    assert failed.exit_code == 2
    assert failed.message.endswith(": connector: policy.stock: expected allocation, which is all "
                                   "that there is here")  # fmt: skip


@pytest.mark.parametrize("name", ["own", "plain"])
def test_the_same_error_while_it_runs_is_the_connectors_own_failure(own: str, name: str) -> None:
    failed = failure(connector=f"{own}:{name}")

    assert failed.exit_code == ConnectorError.exit_code
    assert failed.message == "The connector ended with ValueError: a slip of the pen"


def test_a_policy_that_is_no_table_is_refused_for_any_connector(own: str) -> None:
    failed = failure("connector.policy=3", connector=f"{own}:plain")

    assert failed.exit_code == 2
    assert "connector.policy: expected a table, got 3" in failed.message


def test_the_engine_checks_a_document_without_starting() -> None:
    document: dict[str, Any] = {"integration": "pos_deposco"}

    with pytest.raises(ConfigError, match=r"^systems: expected, not there$"):
        CONNECTOR.check(document)
    with pytest.raises(ScenarioError, match=r"^connector: systems: expected, not there$"):
        check_document(CONNECTOR, document)


def test_a_fault_in_the_check_itself_is_no_mistake_of_the_scenario() -> None:
    class Broken:
        def check(self, document: dict[str, Any]) -> None:
            raise KeyError("policy")

    with pytest.raises(KeyError) as caught:
        check_document(Broken(), {})
    assert not isinstance(caught.value, PeakproofError)

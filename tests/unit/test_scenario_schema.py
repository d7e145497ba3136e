"""The published schema of scenario files says what the loader says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema_rs import Draft202012Validator, meta

from peakproof.errors import UsageError
from peakproof.history.recorder import Recorder
from peakproof.judging.estate import check_demand, read_estate, read_judging
from peakproof.judging.invariants import INVARIANTS
from peakproof.report.listing import as_json
from peakproof.run.setting import Setting
from peakproof.run.stage import build, judging_document
from peakproof.scenario_file import load as load_scenario
from peakproof.scenario_schema import scenario_schema
from peakproof.wire.kinds import AIM_FIELDS, KINDS
from peakproof.wire.rules import parse_rules
from peakproof_simulators.trading import Day
from peakproof_simulators.trading.events import read_event

PUBLISHED: Final = Path(__file__).parents[2] / "docs/scenario.schema.json"
SHIPPED: Final = Path(str(resources.files("peakproof_scenarios")))
FILES: Final = sorted(str(file.relative_to(SHIPPED)) for file in SHIPPED.rglob("*.toml"))

SCHEMA: Final = scenario_schema()
VALIDATOR: Final = Draft202012Validator(SCHEMA)

Events = dict[str, Any]


def refusals(document: Mapping[str, Any]) -> list[str]:
    """What the schema has against a document."""
    return [
        f"{'.'.join(map(str, error.instance_path))}: {error.message[:200]}"
        for error in VALIDATOR.iter_errors(document)
    ]


def load(folder: Path, text: str) -> None:
    """Read a scenario of the integration ``pos_deposco`` as a run does, up to its first second."""
    home = folder / "pos_deposco"
    home.mkdir()
    (home / "estate.toml").write_bytes((SHIPPED / "pos_deposco/estate.toml").read_bytes())
    (home / "own.toml").write_text(text, "utf-8")
    setting = Setting(named=load_scenario(folder, "pos_deposco", "own"), seed=1)

    def wait(_seconds: float) -> Any:
        raise AssertionError("nothing moves while a scenario is read")

    stage = build(setting, recorder=Recorder(), wait=wait, on_fault=lambda _fault: None)
    stage.aim_events()
    estate = read_estate(stage.opening_record("virtual").estate)
    judging = read_judging(judging_document(setting.scenario), invariants=INVARIANTS)
    check_demand(judging, estate)


# --- the file in docs -----------------------------------------------------------------


def test_the_published_schema_is_what_the_command_prints() -> None:
    assert PUBLISHED.read_text("utf-8") == as_json(SCHEMA), (
        "docs/scenario.schema.json is out of date: "
        "run `peakproof schema --json docs/scenario.schema.json`"
    )


def test_the_schema_is_valid_json_schema_of_its_dialect() -> None:
    assert meta.is_valid(SCHEMA)
    assert SCHEMA["$schema"].endswith("2020-12/schema")
    assert SCHEMA["$id"]


def test_every_definition_is_referred_to_and_every_reference_leads_somewhere() -> None:
    wanted = {f"#/$defs/{name}" for name in SCHEMA["$defs"]}

    assert set(_references(SCHEMA)) == wanted


def _references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [one for item in node for one in _references(item)]
    if not isinstance(node, dict):
        return []
    own = [str(node["$ref"])] if "$ref" in node else []
    return own + [one for item in node.values() for one in _references(item)]


def test_every_table_and_every_kind_says_in_words_what_it_is() -> None:
    nameless = [name for name, one in SCHEMA["$defs"].items() if not one.get("description")]
    silent = [name for name, one in SCHEMA["properties"].items() if not one.get("description")]

    assert nameless == []
    assert [name for name in silent if "$ref" not in SCHEMA["properties"][name]] == []


# --- what is right --------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES)
def test_every_shipped_file_fits_as_it_is_written(file: str) -> None:
    """Also the estates, and files that say only what differs from their base."""
    assert refusals(tomllib.loads((SHIPPED / file).read_text("utf-8"))) == []


RIGHT: Final = {
    "nothing but a title": 'title = "t"',
    "a table of its estate alone": 'title = "t"\n[estate.masters]\nsales = "pos"',
    "a window that begins at the opening": (
        'title = "t"\n[[weather]]\nkind = "outage"\nsystem = "pos"\nwindow = [0, 5]'
    ),
    "an nth of several": 'title = "t"\n[[weather]]\nkind = "slow"\nnth = [1, 3]',
    "an nth beside an every that is off": (
        'title = "t"\n[[weather]]\nkind = "slow"\nnth = 2\nevery = 0'
    ),
    "an event aimed at a call": (
        'title = "t"\n[[events]]\nact = { kind = "sale", sku = "any" }\n'
        'on = { system = "deposco", operation = "items.*", nth = 2, when = "before" }'
    ),
    "a restart at any moment": 'title = "t"\n[[restarts]]',
    "a limit": 'title = "t"\n[judging]\nghost_s = 10\ngates.oversold = { regret = 1 }',
    "24 shares of a day": (
        f'title = "t"\n[trading.web.demand]\nper_hour = 3\nprofile = {[1.0] * 24}'
    ),
    "a connector's own field": 'title = "t"\n[connector.policy]\nmy_own = true',
    "a setting of a fake": 'title = "t"\n[services.commercetools]\nstock_lag_s = 3.5',
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_what_is_right_is_taken_by_the_loader_and_by_the_schema(text: str, tmp_path: Path) -> None:
    load(tmp_path, text)

    assert refusals(tomllib.loads(text)) == []


# --- what is wrong --------------------------------------------------------------------

WRONG: Final = {
    "an unknown field": ('title = "t"\nduratoin_s = 3', "did you mean duration_s"),
    "a title that is a number": ("title = 3", "expected `str`"),
    "a time as text": ('title = "t"\nopen_s = "60"', "expected `float`"),
    "a mode that there is not": ('title = "t"\nmodes = ["real"]', "invalid enum value 'real'"),
    "an unknown invariant": ('title = "t"\ninvariants = ["oversolt"]', "did you mean oversold"),
    "an unknown table": ('title = "t"\n[wether]\nkind = "slow"', "unknown field"),
    "an unknown limit": ('title = "t"\n[judging]\nghosts_s = 1.0', "did you mean ghost_s"),
    "a limit below 0": ('title = "t"\n[judging]\nghost_s = -1.0', ">= 0"),
    "a gate of no invariant": ('title = "t"\n[judging.gates]\nsold = {}', "no invariant 'sold'"),
    "an unknown gate": ('title = "t"\n[judging]\ngates.oversold.max = 1', "unknown field"),
    "a demand without units": (
        'title = "t"\n[[judging.demand]]\nchannel = "web"', "missing required field `units`"
    ),
    "an unknown kind of weather": (
        'title = "t"\n[[weather]]\nkind = "outtage"', "did you mean outage"
    ),
    "weather without a kind": ('title = "t"\n[[weather]]\nsystem = "pos"', "kind: it is missing"),
    "an unknown field of weather": (
        'title = "t"\n[[weather]]\nkind = "slow"\nextra = 3', "did you mean extra_s"
    ),
    "a field of other weather": (
        'title = "t"\n[[weather]]\nkind = "slow"\nkeep = 0.5', "slow has no such field"
    ),
    "a parameter out of range": (
        'title = "t"\n[[weather]]\nkind = "error_before"\nstatus = 99', ">= 100"
    ),
    "an aim at call 0": ('title = "t"\n[[weather]]\nkind = "slow"\nnth = 0', ">= 1"),
    "two choices among calls": (
        'title = "t"\n[[weather]]\nkind = "slow"\nnth = 2\nevery = 3', "not nth and every"
    ),
    "nth and chance": (
        'title = "t"\n[[weather]]\nkind = "slow"\nnth = 2\nprobability = 0.5',
        "not nth and probability",
    ),
    "every and chance": (
        'title = "t"\n[[weather]]\nkind = "slow"\nevery = 2\nprobability = 0.5',
        "not every and probability",
    ),
    "a chance above 1": ('title = "t"\n[[weather]]\nkind = "slow"\nprobability = 2', "<= 1"),
    "a window of one time": ('title = "t"\n[[weather]]\nkind = "slow"\nwindow = [3]', "length 2"),
    "a window before the opening": (
        'title = "t"\n[[weather]]\nkind = "slow"\nwindow = [-5, 5]', "0 <= from_s"
    ),
    "climate aimed at a call": (
        'title = "t"\n[[climate]]\nkind = "latency"\nnth = 1', "cannot be aimed at single calls"
    ),
    "an unknown event": (
        'title = "t"\n[[events]]\nat_s = 1\nact = { kind = "sail" }', "did you mean sale"
    ),
    "an event without a kind": (
        'title = "t"\n[[events]]\nat_s = 1\nact = { sku = 1 }', "kind is missing"
    ),
    "an unknown field of an event": (
        'title = "t"\n[[events]]\nat_s = 1\nact = { kind = "sale", unit = 1 }', "mean units"
    ),
    "an event that lacks a field": (
        'title = "t"\n[[events]]\nat_s = 1\nact = { kind = "receipt", sku = 1 }', "field `node`"
    ),
    "an event at no time": (
        'title = "t"\n[[events]]\nact = { kind = "sale" }', "give either at_s or on"
    ),
    "an event at a time and at a call": (
        'title = "t"\n[[events]]\nat_s = 1\nact = { kind = "sale" }\non = { nth = 1 }',
        "give either at_s or on",
    ),
    "an event without an act": ('title = "t"\n[[events]]\nat_s = 1', "missing required field"),
    "an aim of an event that cannot be": (
        'title = "t"\n[[events]]\nact = { kind = "sale" }\non = { nth = 1, every = 2 }',
        "every: give one of",
    ),
    "an unknown field of an aim": (
        'title = "t"\n[[events]]\nact = { kind = "sale" }\non = { sytem = "pos" }',
        "on.sytem: unknown field",
    ),
    "a restart that takes less than no time": (
        'title = "t"\n[[restarts]]\ndown_s = -1', "restarts.0.down_s: expected `float` >= 0"
    ),
    "an unknown field of a restart": ('title = "t"\n[[restarts]]\nafter_s = 1', "unknown field"),
    "no items at all": ('title = "t"\n[items]\ncount = 0', ">= 1"),
    "an unknown rule of stock": ('title = "t"\n[stock]\nrule = "much"', "invalid enum value"),
    "a cell of no item": ('title = "t"\n[[stock.cells]]\nunits = 3', "missing required field"),
    "an unknown day": ('title = "t"\n[trading]\nday = "hectic"', "no named day 'hectic'"),
    "an unknown profile": (
        'title = "t"\n[trading.web.demand]\nprofile = "us"', "no profile 'us'"
    ),
    "a share above 1": ('title = "t"\n[trading.web]\ncancel_share = 1.5', "<= 1"),
    "an unknown system": (
        'title = "t"\n[estate]\nsystems = ["deposko"]', "no system 'deposko'"
    ),
    "an unknown word about the estate": (
        'title = "t"\n[estate]\nwarehous = "deposco"', "did you mean warehouse"
    ),
    "settings of a fake that there is not": (
        'title = "t"\n[services.deposko]\nouter_207 = true', "did you mean deposco"
    ),
    "an unknown setting of a fake": (
        'title = "t"\n[services.deposco]\nouter_208 = true', "outer_208"
    ),
    "a setting of the wrong type": (
        'title = "t"\n[services.pos]\nkeys_kept_s = "long"', "keys_kept_s"
    ),
    "a policy that there is not": (
        'title = "t"\n[connector.policy]\nstock = "guess"', "invalid enum value 'guess'"
    ),
    "a break without invariants": (
        'title = "t"\nproves = [{ without = ["allocation"] }]', "missing required field `breaks`"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "told"), WRONG.values(), ids=WRONG)
def test_what_the_loader_refuses_is_refused_by_the_schema(
    text: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as refused:
        load(tmp_path, text)

    assert told in str(refused.value)
    assert refusals(tomllib.loads(text)) != []


# --- every kind -----------------------------------------------------------------------


@pytest.mark.parametrize("name", KINDS)
def test_weather_of_each_kind_has_a_branch_with_just_its_fields(name: str) -> None:
    branch = SCHEMA["$defs"][f"weather.{name}"]
    fields = set(branch["properties"]) - {"kind", *AIM_FIELDS}

    assert branch["properties"]["kind"] == {"const": name}
    assert branch["description"] == KINDS[name].about
    assert fields == set(KINDS[name].fields())
    rule = {"kind": name, **{field: KINDS[name].fields()[field] for field in fields}}
    parse_rules([rule])
    assert refusals({"weather": [{"kind": name}]}) == []
    assert refusals({"weather": [{"kind": name, "nonsense": 1}]}) != []


@pytest.mark.parametrize("name", Day.kinds())
def test_events_of_each_kind_have_a_branch_with_just_their_fields(name: str) -> None:
    kind = Day.kinds()[name]
    branch = SCHEMA["$defs"][f"event.{name}"]
    least: Events = {"sku": 1, "node": "W1", "to": "S1"}
    act = {"kind": name, **{field: least[field] for field in branch["required"] if field in least}}

    assert branch["description"] == kind.doc
    assert set(branch["properties"]) == {"kind", *kind.parameters.__struct_fields__}
    assert isinstance(read_event(act)[1], kind.parameters)
    assert refusals({"events": [{"at_s": 1.0, "act": act}]}) == []
    assert refusals({"events": [{"at_s": 1.0, "act": {**act, "nonsense": 1}}]}) != []
    for field in branch["required"]:
        less = {key: value for key, value in act.items() if key != field}
        assert refusals({"events": [{"at_s": 1.0, "act": less}]}) != [], field

"""The configuration: what is wrong is said with its file, its line, its field and what was
expected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.engine.stage import config, document

from peakproof_engine.config import from_document, from_file
from peakproof_engine.config_text import line_of
from peakproof_engine.errors import ConfigError

TOML = """\
integration = "commercetools_deposco"

[systems.deposco]
url = "https://wms.test"
code = "acme"
business_unit = "BU1"
user = "u"
password = "p"
client_id = "ci"
client_secret = "cs"

[systems.commercetools]
url = "https://shop.test"
project_key = "acme"
client_id = "ci"
client_secret = "cs"
scope = "manage_project:acme"

[[nodes]]
id = "W1"
kind = "warehouse"
places = { deposco = "FAC1", commercetools = "web-w1" }

[[nodes]]
id = "W2"
kind = "warehouse"
places = { deposco = "FAC2", commercetools = "web-w2" }

[[channels]]
id = "web"
system = "commercetools"
nodes = ["W1", "W2"]

[policy]
hold_back = 1

[cadence]
stock_s = 10.0
"""


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "engine.toml"
    file.write_text(TOML)
    read = from_file(str(file))
    assert read.policy.hold_back == 1
    assert read.cadence.stock_s == 10.0
    assert [node.id for node in read.nodes] == ["W1", "W2"]
    assert read.systems.pos is None


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("hold_back = 1", "hold_bakc = 1", 35, "policy.hold_bakc: there is no such field"),
        ("hold_back = 1", "hold_back = -1", 35, "policy.hold_back: Expected `int` >= 0"),
        ("stock_s = 10.0", 'stock_s = "10"', 38, "cadence.stock_s: Expected `float`, got `str`"),
        ("stock_s = 10.0", "stock_s = 0", 38, "cadence.stock_s: Expected `float` > 0"),
        ('kind = "warehouse"\nplaces = { deposco = "FAC2"', 'kind = "shed"\nplaces = { deposco '
         '= "FAC2"', 26, "nodes.1.kind: Invalid enum value 'shed'"),
        ('user = "u"\n', "", 3, "systems.deposco.user: expected, not there"),
        ("commercetools_deposco", "shopify_deposco", 1, "integration: Invalid enum value"),
        ('"FAC2"', '"FAC1"', 27, "nodes.1.places.deposco: 'FAC1' already stands for node W1"),
        ('["W1", "W2"]', '["W1", "W9"]', 32, "channels.0.nodes: there is no node 'W9'"),
        ('["W1", "W2"]', "[]", 32, "channels.0.nodes: expected at least one node"),
        ('id = "W2"', 'id = "W1"', 25, "nodes.1.id: there are two nodes 'W1'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(
    tmp_path: Path, old: str, new: str, line: int, says: str
) -> None:
    file = tmp_path / "engine.toml"
    assert old in TOML
    file.write_text(TOML.replace(old, new))
    with pytest.raises(ConfigError) as error:
        from_file(str(file))
    assert str(error.value).startswith(f"{file}:{line}: {says}")


def test_a_file_that_is_not_there_or_no_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: cannot be read"):
        from_file(str(tmp_path / "nowhere.toml"))
    file = tmp_path / "engine.toml"
    file.write_text("integration = \n")
    with pytest.raises(ConfigError, match=r"engine\.toml: this is not valid TOML: .*line 1"):
        from_file(str(file))


def without_pos_place() -> dict[str, Any]:
    made = document()
    del made["nodes"][1]["places"]["pos"]
    return made


def two_stores() -> dict[str, Any]:
    made = document(channels=[{"id": "till", "system": "pos", "nodes": ["S1", "S2"]}])
    made["nodes"].append(
        {"id": "S2", "kind": "store", "places": {"deposco": "FAC3", "pos": "LOC2"}}
    )
    return made


def two_bare_places() -> dict[str, Any]:
    """The shop sells from its entry without a channel, and two nodes could be meant."""
    made = document(channels=[{"id": "web", "system": "commercetools", "nodes": ["W1"]}])
    for node in made["nodes"]:
        node["places"]["commercetools"] = ""
    return made


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (document(nodes=[]), "nodes: expected at least one node"),
        (document(systems__pos=None), "systems.pos"),
        (without_pos_place(), "channels.1.nodes: node 'S1' has no place in pos"),
        (
            document(masters__stock="commercetools"),
            "masters.stock: commercetools cannot master stock here; deposco or pos can",
        ),
        (document(guards__off=["alocation"]), "guards.off: there is no guard 'alocation'"),
        (document(budget={"deposco": 0}), "budget"),
        (
            document(channels=[{"id": "web", "system": "deposco", "nodes": ["W1"]}]),
            "channels.0.system: deposco is the stock master and sells nothing",
        ),
        (
            document(channels=[{"id": "web", "system": "commercetools", "nodes": ["W1"]}] * 2),
            "channels.1.id: there are two channels 'web'",
        ),
        (
            document(
                systems__centra={"url": "https://market.test", "integration_token": "t"},
                nodes=[
                    {
                        "id": "W1",
                        "kind": "warehouse",
                        "places": {"deposco": "FAC1", "commercetools": "web-w1"},
                    },
                    {"id": "W2", "kind": "warehouse", "places": {"deposco": "F2", "centra": "W2"}},
                ],
                channels=[
                    {"id": "web", "system": "commercetools", "nodes": ["W1"]},
                    {"id": "app", "system": "centra", "nodes": ["W2"]},
                ],
            ),
            "channels.1.system: commercetools is the shop; there is one",
        ),
        (
            document(channels=[{"id": "web", "system": "commercetools", "nodes": ["W1", "W1"]}]),
            "channels.0.nodes: web sells from 'W1' already",
        ),
        (
            document(
                channels=[
                    {"id": "till", "system": "pos", "nodes": ["S1"]},
                    {"id": "kiosk", "system": "pos", "nodes": ["S1"]},
                ]
            ),
            "channels.1.nodes: till sells from 'S1' already",
        ),
        (two_stores(), "channels.0.nodes: expected one node: the tills of one store"),
        (two_bare_places(), "nodes.1.places.commercetools: '' already stands for node W1"),
    ],
)
def test_what_contradicts_itself_is_refused(made: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as error:
        from_document(made)
    assert says in str(error.value)


def test_a_web_shop_may_sell_from_the_entry_without_a_supply_channel() -> None:
    made = document()
    made["nodes"][0]["places"]["commercetools"] = ""
    assert from_document(made).nodes[0].places["commercetools"] == ""


def test_access_may_carry_keys_that_the_engine_does_not_read() -> None:
    assert config(systems__pos__environment="sandbox").systems.pos is not None


def test_a_field_is_found_by_its_nearest_line() -> None:
    assert line_of(TOML, ["channels", "0", "nodes"]) == 32
    assert line_of(TOML, ["nodes", "1", "places", "deposco"]) == 27
    assert line_of(TOML, ["policy", "unknown"]) == 34
    assert line_of(TOML, ["desk", "url"]) == 0

"""The OpenAPI document and the list of sources: made from the table, complete."""

from __future__ import annotations

import subprocess
import sys
from importlib import resources
from pathlib import Path

import msgspec
import pytest
from openapi_spec_validator import validate
from tests.contract.patchworks.works import Works, announced

from peakproof.errors import ScenarioError
from peakproof_simulators.patchworks import create_service
from peakproof_simulators.patchworks.errors import REFUSALS
from peakproof_simulators.patchworks.scripts import SCRIPTS, script
from peakproof_simulators.patchworks.settings import Settings
from peakproof_simulators.patchworks.shapes import AnyShape, AnyTrigger
from peakproof_simulators.patchworks.values import TRANSFORMS

SOURCES = (
    resources.files("peakproof_simulators.patchworks").joinpath("SOURCES.md").read_text("utf-8")
)


def test_the_document_is_valid_openapi_and_survives_json() -> None:
    document = announced().document
    validate(document)
    assert msgspec.json.decode(msgspec.json.encode(document)) == document


def test_every_operation_has_a_name_of_its_own_and_says_where_it_is_from() -> None:
    operations = Works().service.operations
    names = [operation.name for operation in operations]
    assert len(names) == len(set(names)) == 39
    assert all(operation.source for operation in operations)


@pytest.mark.parametrize(
    ("name", "effect"),
    [
        ("flow.start", "write"), ("flow.manual_raw_version", "write"), ("account.login", "auth"),
        ("run.list", "read"), ("run.retry", "write"), ("webhook.get", "write"),
        ("callback.post", "write"), ("queue.drop", "write"), ("pool.create", "write"),
    ],
)  # fmt: skip
def test_operations_say_what_they_do(name: str, effect: str) -> None:
    found = {operation.name: operation.effect for operation in Works().service.operations}
    assert found[name] == effect


@pytest.mark.parametrize("setting", Settings.__struct_fields__)
def test_every_setting_is_among_the_sources(setting: str) -> None:
    assert f"`{setting}`" in SOURCES


@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_is_among_the_sources(code: str) -> None:
    assert f"`{code}`" in SOURCES


def test_every_operation_shape_trigger_and_transform_is_among_the_sources() -> None:
    groups = {operation.name.partition(".")[0] for operation in Works().service.operations}
    wanted = [f"`{group}.*`" for group in sorted(groups)]
    for union in (AnyShape, AnyTrigger):
        wanted += [f"`{kind.__struct_config__.tag}`" for kind in union.__args__]
    wanted += [f"`{name}`" for name in (*TRANSFORMS, *SCRIPTS)]
    assert [each for each in wanted if each not in SOURCES] == []


def test_every_quirk_is_among_the_sources() -> None:
    assert [n for n in range(1, 18) if f"PQ{n} " not in SOURCES] == []


def test_a_setting_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(ScenarioError, match=r"settings of patchworks: .*`nonsense`"):
        create_service(Works().world, {"nonsense": 1})
    with pytest.raises(ScenarioError, match=r"\$\.concurrency"):
        create_service(Works().world, {"concurrency": 0})


def test_a_script_has_a_name_of_its_own() -> None:
    with pytest.raises(ValueError, match="there is a script 'confirmation' already"):
        script("confirmation")(lambda task: task.payload)


PLAY = """
import sys
sys.path.insert(0, sys.argv[1])
from tests.contract.patchworks.works import Works, flow, push
works = Works(seed=int(sys.argv[2]), delivered_twice=0.3, crash_after_push=0.2)
works.install(
    flow("a", {"shape": "de_dupe", "mode": "filter_and_track", "pool": "p", "key": "id"},
         push(output="payload"), {"shape": "track_data", "value": "id"}),
    pools=[{"name": "p"}],
)
for number in range(12):
    works.post(f"/flows/{works.id_of('a')}/start/raw", {"id": str(number % 7)})
    works.run(11)
works.run(200)
import hashlib, json
told = [json.dumps(works.service.inspect()), json.dumps(works.service.credentials)]
told += [json.dumps(works.get(path, {"per_page": 250}).body)
         for path in ("/flow-runs", "/flows", "/data-pool", "/tracked-data", "/payload-metadata")]
print(hashlib.sha256("".join(told).encode()).hexdigest())
"""


def play(seed: int, hash_seed: str) -> str:
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", PLAY, str(root), str(seed)],
        env={"PYTHONHASHSEED": hash_seed, "PATH": ""},
        capture_output=True, text=True, check=True, cwd=root,
    )  # fmt: skip
    return done.stdout


def test_the_same_seed_gives_the_same_bytes_in_any_process() -> None:
    first = play(1, "0")
    assert first == play(1, "4242")
    assert first != play(2, "0")

"""Counts the generated requests: what each fake was asked, and what came of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable
from typing import Final

from tests.faithfulness.answers import outcome
from tests.faithfulness.operations import PINS

from peakproof.wire.message import Response
from peakproof_simulators.kit.service import Call, VendorService

Counted = tuple[str, str, str, int, str]
"""A fake's face, an operation and its class (its effect), a status, and what it comes to."""

COUNTS: Final[Counter[Counted]] = Counter()
"""Of this process; the terminal shows the sum over all (``tests/conftest.py``)."""
FACES: Final = {"lightspeed": "pos lightspeed", "v1": "deposco v1", "v2": "deposco v2"}
AT_THE_END: Final = {
    face: f"tests/contract/{file}.py::test_what_no_written_test_looks_at_is_reached"
    for face, file in {
        "adobe_commerce": "adobe_commerce/test_schemathesis", "centra": "centra/test_schemathesis",
        "commercetools": "commercetools/test_schemathesis", "deposco v1": "deposco/test_fuzz_v1",
        "deposco v2": "deposco/test_fuzz_v2", "patchworks": "patchworks/test_schemathesis",
        "pos": "pos/test_schemathesis", "pos lightspeed": "pos/test_lightspeed_schemathesis",
    }.items()
}  # fmt: skip
"""By face: the test that runs after its generated requests."""
_WATCHED: Final[dict[int, VendorService]] = {}
_serve: Final = Call.serve


def watch(service: VendorService) -> None:
    """Every request to this service is a generated one, from now on."""
    _WATCHED[id(service)] = service


def _served(call: Call) -> Response | Awaitable[Response]:
    answer = _serve(call)
    if id(call.service) not in _WATCHED:
        return answer
    return _count(call, answer) if isinstance(answer, Response) else _settled(call, answer)


async def _settled(call: Call, answer: Awaitable[Response]) -> Response:
    return _count(call, await answer)


def _count(call: Call, response: Response) -> Response:
    operation = call.operation
    face = FACES.get(operation.name.partition(".")[0], call.service.name)
    effect = "unknown" if operation.name.startswith("unknown.") else operation.effect
    COUNTS[face, operation.name, effect, response.status, outcome(response)] += 1
    return response


Call.serve = _served  # type: ignore[assignment, method-assign]  # once, wherever requests are made


def unreached(face: str) -> list[str]:
    """What the generated requests of a face alone are to reach, and did not."""
    pinned = json.loads(PINS.read_text("utf-8")).get(face.partition(" ")[0], {})
    wanted = {
        (name, came)
        for name, pins in pinned.items()
        for came, test in pins.items()
        if test == AT_THE_END[face]
    }
    met = {(name, came) for of, name, _effect, _status, came in COUNTS if of == face}
    return [f"{name}: never {came}" for name, came in sorted(wanted - met)]

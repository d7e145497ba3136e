"""GraphQL as operations: one of HTTP, and a finer one for each field of the two roots.

Weather and aimed events know a call by the first field that it asks for: ``changeStock``.
"""

from __future__ import annotations

from typing import Final

from peakproof.history.records import Effect
from peakproof_simulators.centra.integration import face
from peakproof_simulators.centra.integration.finding import QUERIES
from peakproof_simulators.centra.integration.schema import MUTATIONS
from peakproof_simulators.kit.operations import Operation, Provenance

STOCK: Final = frozenset({"setStock", "changeStock"})
SOURCE: Final = "vendor's Integration API documentation"
PATH: Final = "/graphql"


def _operation(
    name: str, effect: Effect, summary: str, provenance: Provenance = "documented"
) -> Operation:
    return Operation(
        name=name, method="POST", path=PATH, handler=face.serve, effect=effect, summary=summary,
        provenance=provenance, source=SOURCE, body=face.GraphQLRequest, auth="token",
        answers={
            200: face.GraphQLAnswer, 400: face.GraphQLRefusal, 403: face.GraphQLRefusal,
            429: face.GraphQLRefusal,
        },
    )  # fmt: skip


HTTP: Final = _operation("graphql", "write", "Execute a GraphQL document", "chosen")
"""What a document is that names no known field."""

FINER: Final[dict[str, Operation]] = {
    **{name: _operation(name, "read", f"The query {name}") for name in QUERIES},
    **{
        name: _operation(name, "stock" if name in STOCK else "write", f"The mutation {name}")
        for name in MUTATIONS
    },
    "__schema": _operation("introspection", "read", "What the schema has", "chosen"),
    "__type": _operation("introspection", "read", "What a type of the schema has", "chosen"),
    "__typename": _operation("introspection", "read", "The name of a root", "chosen"),
}
"""By the first field that a document asks for."""

"""What every mutation has in common: a payload with errors and warnings, and 200 all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from peakproof_simulators.centra import facts
from peakproof_simulators.centra.errors import Fault
from peakproof_simulators.centra.integration.session import Info, Session

Write = Callable[..., dict[str, Any]]
"""``write(session, **arguments)``: the fields of the payload beside errors and warnings."""

EMPTY: Final[dict[str, Any]] = {
    "stockChanges": [], "orders": [], "eventListeners": [], "idConversions": [],
    "isDeleted": False,
}  # fmt: skip
"""What a failed mutation answers in fields that cannot be null."""


def mutation(write: Write) -> Callable[..., dict[str, Any]]:
    """A resolver: refusals become ``userErrors``, and are told to the history."""

    def resolve(_root: Any, info: Info, **arguments: Any) -> dict[str, Any]:
        session: Session = info.context
        centra = session.centra
        centra.warnings = []
        try:
            made = write(session, **arguments)
        except Fault as fault:
            facts.refused(centra, fault.key, fault.reason, fault.message)
            error = {"message": fault.message, "path": list(fault.path)}
            return {**EMPTY, "userErrors": [error], "userWarnings": []}
        made["userErrors"] = []
        made["userWarnings"] = [
            {"message": text, "path": list(path)} for text, path in centra.warnings
        ]
        return made

    return resolve

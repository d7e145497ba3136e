"""Flows as the platform keeps them: versions, addresses, whether they may run."""

from __future__ import annotations

import msgspec

from peakproof_simulators.patchworks import shapes as form


class NotEnabled(Exception):
    """A flow cannot be started: it is not deployed, or not enabled."""


class FlowEntry(msgspec.Struct):
    """A flow as the platform keeps it: its versions, and which of them is deployed."""

    id: str
    name: str
    webhook_id: str
    signature: str
    created_s: float
    versions: list[Version] = []
    deployed: Version | None = None
    enabled: bool = True

    @property
    def status(self) -> str:
        """As the dashboard says it."""
        if self.deployed is None:
            return "Draft"
        return "Deployed" if self.enabled else "Inactive"


class Version:
    """One version of a flow."""

    def __init__(self, id: str, number: int, flow: form.Flow, entry: FlowEntry) -> None:
        self.id = id
        self.number = number
        self.flow = flow
        self.entry = entry

    def enabled(self) -> bool:
        """Whether the flow may run."""
        return self.entry.enabled

    def step_id(self, place: str) -> str:
        """The id of the step at a place."""
        return f"{self.id}-{place}"

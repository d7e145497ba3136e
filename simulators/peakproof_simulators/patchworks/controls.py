"""The fake's own control operations and its whole state, for the control plane."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from peakproof.errors import ScenarioError
from peakproof_simulators.patchworks import flowset
from peakproof_simulators.patchworks.company import FAULTS, Company
from peakproof_simulators.patchworks.flowbook import FlowEntry
from peakproof_simulators.patchworks.runs import STATUSES

Json = Any


class Controls:
    """What is done to a company past its API. Every control takes and gives a JSON object."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def by_name(self) -> dict[str, Callable[[dict[str, Any]], Json]]:
        """The controls by their names."""
        return {
            "install": self.install,
            "deploy": self.deploy,
            "enable": lambda told: self._switch(told, on=True),
            "disable": lambda told: self._switch(told, on=False),
            "announce": self.announce,
            "strike": self.strike,
        }

    def install(self, told: dict[str, Any]) -> Json:
        """A whole flow set: ``{"set", "config", "off"}``."""
        found = flowset.read(told.get("set", {}))
        self._company.install(found, told.get("config", {}), off=told.get("off", ()))
        return {"flows": [entry.id for entry in self._company.flows.values()]}

    def deploy(self, told: dict[str, Any]) -> Json:
        """A new version of a flow: its document under ``flow``."""
        flow = flowset.read_flow(told.get("flow", {}), self._company.set)
        entry = self._company.deploy(flow)
        return {"flow_id": entry.id, "version_id": entry.versions[-1].id}

    def announce(self, told: dict[str, Any]) -> Json:
        """Something happened: ``{"event", "payload"}``."""
        return {"started": self._company.announce(str(told["event"]), told.get("payload", {}))}

    def strike(self, told: dict[str, Any]) -> Json:
        """Have a fault strike once: ``{"fault", "flow"}``; without a flow, whichever is next."""
        if told.get("fault") not in FAULTS:
            raise ScenarioError(f"strike: there is no {told.get('fault')!r}; there are {FAULTS}")
        self._company.aim(str(told["fault"]), str(told.get("flow", "")))
        return {}

    def _switch(self, told: dict[str, Any], *, on: bool) -> Json:
        entry = self._entry(told)
        entry.enabled = on
        return {"status": entry.status}

    def _entry(self, told: dict[str, Any]) -> FlowEntry:
        entry = self._company.flows.get(self._company.flow_named.get(str(told.get("flow")), ""))
        if entry is None:
            raise ScenarioError(f"there is no flow {told.get('flow')!r}")
        return entry

    def inspect(self) -> dict[str, Any]:
        """The whole state as plain values."""
        company, memory = self._company, self._company.memory
        state: dict[str, Any] = msgspec.to_builtins(
            {
                "flows": [
                    {"id": each.id, "name": each.name, "status": each.status,
                     "versions": len(each.versions)}
                    for each in company.flows.values()
                ],
                "queue": [
                    {"id": job.id, "flow": company.flows[job.flow_id].name, "state": job.state,
                     "trigger": job.trigger, "attempts": job.attempts, "queued_s": job.queued_s}
                    for job in company.line.waiting()
                ],
                "runs": [
                    {"id": run.id, "flow": run.name, "status": STATUSES[run.status],
                     "trigger": run.job.trigger, "started_s": run.started_s,
                     "finished_s": run.finished_s, "operations": run.operations,
                     "caught": run.caught, "summary": run.summary}
                    for run in company.archive.runs.values()
                ],
                "pools": {
                    pool.name: [row.value for row in pool.seen.values()]
                    for pool in memory.pools.values()
                },
                "tables": {table.name: table.rows for table in memory.tables.values()},
                "tracked": list(memory.tracked.values()),
                "mails": list(company.mails),
                "lost": company.lost,
                "dropped": company.dropped,
            }
        )  # fmt: skip
        return state

"""Looking at payloads that are kept and at the queue; taking a job out of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any, Final

import msgspec

from peakproof.wire.message import Response
from peakproof_simulators.kit.service import Call
from peakproof_simulators.patchworks.desk import Desk, asked, listed_in
from peakproof_simulators.patchworks.errors import invalid, refusal
from peakproof_simulators.patchworks.reading import flow_shown, page, version_shown
from peakproof_simulators.patchworks.runs import (
    RANKS,
    Job,
    Kept,
    Payload,
    body_of,
    media_of,
    size_of,
)

Json = Any
QUEUE_INCLUDES: Final = ("flow", "flowVersion", "payloadMetadata")
STATES: Final = ("buffered", "held", "queued")
_PRIORITIES: Final = {rank: name for name, rank in RANKS.items()}


# --- payloads -----------------------------------------------------------------------------------


def payloads(desk: Desk, call: Call) -> Response:
    """What is known of the payloads that are kept."""
    wanted = asked(desk, call)
    archive = desk.company.archive
    archive.forget()
    run_id = wanted.values.get("filter[flow_run_id]")
    step_id = wanted.values.get("filter[flow_step_id]")
    if run_id is None and step_id is None:
        places, beside = wanted.page_of(call.request.path, len(archive.payloads))
        page_rows = islice(archive.payloads.values(), places.start, places.stop)
        return desk.reply({"data": [_shown(desk, kept) for kept in page_rows], **beside})
    if run_id is None:
        rows = list(archive.payloads.values())
    else:
        found = archive.runs.get(run_id)
        ids = found.kept if found is not None else []
        rows = [archive.payloads[id] for id in ids if id in archive.payloads]
    if step_id is not None:
        rows = [kept for kept in rows if _step(desk, kept) == step_id]
    return page(desk, call, wanted, rows, lambda kept: _shown(desk, kept))


def _shown(desk: Desk, kept: Kept) -> Json:
    return {"id": kept.id, "attributes": _payload(desk, kept)}


def _payload(desk: Desk, kept: Kept) -> dict[str, Json]:
    return {
        "flow_run_id": kept.run_id, "flow_step_id": _step(desk, kept), "size": size_of(kept),
        "content_type": media_of(kept), "is_failed": kept.failed, "created_at": desk.iso(kept.at_s),
    }  # fmt: skip


def _step(desk: Desk, kept: Kept) -> str:
    run = desk.company.archive.runs.get(kept.run_id)
    return kept.step_id if run is None else f"{run.version_id}-{kept.step_id}"


def download(desk: Desk, call: Call) -> Response:
    """A payload as it was."""
    kept = desk.company.archive.payload(call.params["id"])
    if kept is None:
        raise refusal("no_such", model="PayloadMetadata", id=call.params["id"])
    return Response(200, body_of(kept), {"content-type": media_of(kept)})


# --- the queue ----------------------------------------------------------------------------------


def queue(desk: Desk, call: Call) -> Response:
    """What waits to run, the next job first."""
    wanted = asked(desk, call)
    included = listed_in(wanted.values, "include", QUEUE_INCLUDES)
    state = wanted.values.get("filter[status]")
    if state is not None and state not in STATES:
        raise invalid("filter.status", "The selected filter.status is invalid.")
    rows = [job for job in desk.company.line.waiting() if state in (None, job.state)]
    return page(desk, call, wanted, rows, lambda job: _job(desk, job, included))


def _job(desk: Desk, job: Job, included: Sequence[str]) -> Json:
    company = desk.company
    entry = company.flows[job.flow_id]
    attributes: dict[str, Json] = {
        "flow_id": job.flow_id, "flow_version_id": job.version_id, "flow_run_id": job.run_id,
        "status": job.state, "trigger": job.trigger, "priority": _PRIORITIES[job.rank],
        "attempts": job.attempts, "queued_at": desk.iso(job.queued_s),
    }  # fmt: skip
    if "flow" in included:
        attributes["flow"] = {"id": entry.id, **flow_shown(desk, entry)}
    if "flowVersion" in included:
        attributes["flow_version"] = version_shown(company.versions[job.version_id])
    if "payloadMetadata" in included:
        attributes["payload_metadata"] = [_bare(each) for each in job.payloads]
    return {"id": job.id, "attributes": attributes}


def _bare(each: Payload) -> dict[str, Json]:
    return {"size": len(msgspec.json.encode(each.content))}


def drop(desk: Desk, call: Call) -> Response:
    """Take a job out of the queue: it will never run."""
    if not desk.company.line.drop(call.params["id"]):
        raise refusal("no_such", model="ScheduledFlow", id=call.params["id"])
    return desk.reply({"message": "Scheduled flow deleted."})

"""Looking at flows, runs and logs; retrying a run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from peakproof.wire.message import Response
from peakproof_simulators.kit.service import Call
from peakproof_simulators.patchworks import shapes as form
from peakproof_simulators.patchworks.desk import Asked, Desk, asked, listed_in, one_of
from peakproof_simulators.patchworks.errors import invalid, refusal
from peakproof_simulators.patchworks.flowbook import FlowEntry, NotEnabled, Version
from peakproof_simulators.patchworks.flowset import every_shape
from peakproof_simulators.patchworks.runs import TRIGGERS, Archive, Run, size_of

Json = Any
RUN_INCLUDES: Final = ("flow", "flowVersion", "payloadSize", "retriedFlowRun")
LOG_SORTS: Final = ("id", "-id", "created_at", "-created_at")
DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
RUN_SORTS: Final = ("started_at", "-started_at", "finished_at", "-finished_at")
_TRUTH: Final = {"1": True, "true": True, "0": False, "false": False}


def page(desk: Desk, call: Call, wanted: Asked, rows: Sequence[Any], shown: Any) -> Response:
    """The answer to a list: the rows on the page that was asked for."""
    places, beside = wanted.page_of(call.request.path, len(rows))
    data = [shown(rows[place]) for place in places]
    return desk.reply({"data": data, **beside})


# --- flows --------------------------------------------------------------------------------------


def flows(desk: Desk, call: Call) -> Response:
    """All flows."""
    wanted = asked(desk, call)
    included = listed_in(wanted.values, "include", ("flowVersions",))
    entries = list(desk.company.flows.values())

    def shown(entry: FlowEntry) -> Json:
        found: dict[str, Json] = {"id": entry.id, "attributes": flow_shown(desk, entry)}
        if included:
            found["attributes"]["flow_versions"] = [version_shown(each) for each in entry.versions]
        return found

    return page(desk, call, wanted, entries, shown)


def flow_shown(desk: Desk, entry: FlowEntry) -> dict[str, Json]:
    """A flow's attributes."""
    latest = entry.deployed or entry.versions[-1]
    return {
        "name": entry.name, "status": entry.status, "is_enabled": entry.enabled,
        "priority": latest.flow.priority,
        "deployed_version_id": None if entry.deployed is None else entry.deployed.id,
        "created_at": desk.iso(entry.created_s),
    }  # fmt: skip


def version_shown(version: Version) -> dict[str, Json]:
    """A version in short."""
    return {"id": version.id, "flow_id": version.entry.id, "version": version.number}


def steps(desk: Desk, call: Call) -> Response:
    """The steps of a version: a list, or a tree."""
    version = desk.company.versions.get(call.params["id"])
    if version is None:
        raise refusal("no_such", model="FlowVersion", id=call.params["id"])
    wanted = asked(desk, call)
    as_tree = _truth(wanted.values, "to_tree")
    listed: list[Json] = []
    by_place: dict[str, Json] = {}
    for place, shape in every_shape(version.flow):
        parent = next((up for up in _above(place) if up in by_place), None)
        attributes: dict[str, Json] = {
            "name": shape.name or type(shape).__name__,
            "shape": type(shape).__struct_config__.tag,
            "flow_version_id": version.id,
            "parent_id": None if parent is None else version.step_id(parent),
        }
        row = by_place[place] = {"id": version.step_id(place), "attributes": attributes}
        if as_tree:
            attributes["children"] = []
        if as_tree and parent is not None:
            by_place[parent]["attributes"]["children"].append(row)
        else:
            listed.append(row)
    return page(desk, call, wanted, listed, lambda row: row)


def _above(place: str) -> Iterable[str]:
    while "." in place:
        place = place.rpartition(".")[0]
        yield place


def webhooks(desk: Desk, call: Call) -> Response:
    """The addresses of webhooks and callbacks, signatures and all."""
    wanted = asked(desk, call)
    rows: list[Json] = []
    for entry in desk.company.flows.values():
        trigger = entry.versions[-1].flow.trigger
        kind = {form.Webhook: "webhook", form.CallbackTrigger: "callback"}.get(type(trigger))
        if kind is None or wanted.values.get("filter[flow_id]", entry.id) != entry.id:
            continue
        path = f"/{kind}s/api/v1/{desk.settings.company}/{entry.webhook_id}"
        url = f"{path}?patchworks_signature={entry.signature}"
        attributes = {"flow_id": entry.id, "kind": kind, "url": url}
        rows.append({"id": entry.webhook_id, "attributes": attributes})
    return page(desk, call, wanted, rows, lambda row: row)


# --- runs ---------------------------------------------------------------------------------------


def runs(desk: Desk, call: Call) -> Response:
    """Runs that have started, the newest first unless asked otherwise."""
    wanted = asked(desk, call)
    included = listed_in(wanted.values, "include", RUN_INCLUDES)
    fits, values = _run_filters(desk, wanted.values), wanted.values
    sort = values.get("sort", "-started_at")
    one_of(sort, "sort", RUN_SORTS)
    archive = desk.company.archive
    archive.forget()
    among = _among(archive, values)
    if sort == "-started_at" and len(fits) <= ("filter[flow_id]" in values):
        places, beside = wanted.page_of(call.request.path, len(among))
        shown = list(islice(reversed(among.values()), places.start, places.stop))
    else:
        found = [run for run in among.values() if all(fit(run) for fit in fits)]
        found.sort(key=_finished if "finished" in sort else _started)
        if sort.startswith("-"):
            found.reverse()
        places, beside = wanted.page_of(call.request.path, len(found))
        shown = [found[place] for place in places]
    data = [_run(desk, run, included, values) for run in shown]
    return desk.reply({"data": data, **beside})


def _among(archive: Archive, values: Mapping[str, str]) -> dict[str, Run]:
    """The runs among which a filter can find some: those of a flow or a status, else all."""
    flow, status = values.get("filter[flow_id]"), values.get("filter[status]", "")
    if flow is not None:
        return archive.by_flow.get(flow, {})
    if len(status) == 1:
        return archive.by_status[int(status)]
    return archive.runs


def _started(run: Run) -> tuple[float, int]:
    return run.started_s, run.number


def _finished(run: Run) -> tuple[float, int]:
    return run.finished_s, run.number


Fit = Callable[[Run], bool]


def _run_filters(desk: Desk, values: Mapping[str, str]) -> list[Fit]:
    fits: list[Fit] = []
    for name, text in values.items():
        if not name.startswith("filter["):
            continue
        field = name[7:-1]
        fits.append(_RUN_FILTERS[field](desk, field, text))
    return fits


def _by_status(_desk: Desk, field: str, text: str) -> Fit:
    wanted = set(text.split(","))
    if not wanted <= {"1", "2", "3", "4", "5"}:
        raise invalid(f"filter.{field}", "The selected filter.status is invalid.")
    return lambda run: str(run.status) in wanted


def _by_flow(_desk: Desk, _field: str, text: str) -> Fit:
    return lambda run: run.job.flow_id == text


def _by_version(_desk: Desk, _field: str, text: str) -> Fit:
    return lambda run: run.version_id == text


def _by_trigger(_desk: Desk, field: str, text: str) -> Fit:
    if text not in TRIGGERS:
        raise invalid(f"filter.{field}", "The selected filter.trigger is invalid.")
    return lambda run: run.job.trigger == text


def _by_search(_desk: Desk, _field: str, text: str) -> Fit:
    words = text.lower()
    return lambda run: words in f"{run.id} {run.name} {run.summary}".lower()


def _by_start(desk: Desk, field: str, text: str) -> Fit:
    at_s = _moment(desk, f"filter.{field}", text)
    if field == "started_after":
        return lambda run: run.started_s > at_s
    return lambda run: run.started_s < at_s


def _by_day(desk: Desk, field: str, text: str) -> Fit:
    if not re.match(DAY, text) or "\n" in text:
        raise invalid(f"filter.{field}", f"The filter.{field} field must be a valid date.")
    began_s = _moment(desk, f"filter.{field}", text)
    return lambda run: began_s <= run.started_s < began_s + 86400.0


def _by_user(_desk: Desk, _field: str, _text: str) -> Fit:
    return lambda _run: False


def _by_flag(_desk: Desk, field: str, text: str) -> Fit:
    wanted = _truth({f"filter[{field}]": text}, f"filter[{field}]")
    if field == "has_warnings":
        return lambda run: run.has_warnings == wanted
    return lambda run: run.retried == wanted


_RUN_FILTERS: Final[dict[str, Callable[[Desk, str, str], Fit]]] = {
    "status": _by_status, "flow_id": _by_flow, "flow_version_id": _by_version,
    "trigger": _by_trigger, "search": _by_search, "started_after": _by_start,
    "started_before": _by_start, "started_on": _by_day, "user_id": _by_user,
    "has_warnings": _by_flag, "retried": _by_flag,
}  # fmt: skip
RUN_FILTERS: Final = tuple(f"filter[{name}]" for name in _RUN_FILTERS)
"""The filters of runs, as parameters."""


def _moment(desk: Desk, field: str, text: str) -> float:
    """Run time of epoch milliseconds, or of a date."""
    if text.isascii() and text.isdigit() and len(text) < 16:
        return int(text) / 1000.0 - desk.company.epoch_s
    try:
        return desk.world.clock.seconds(text)
    except (ValueError, OverflowError):
        raise invalid(field, f"The {field} field must be a valid date.") from None


def _truth(values: Mapping[str, str], name: str) -> bool:
    text = values.get(name, "false").lower()
    if text not in _TRUTH:
        raise invalid(name, f"The {name} field must be true or false.")
    return _TRUTH[text]


def run(desk: Desk, call: Call) -> Response:
    """One run."""
    wanted = asked(desk, call)
    included = listed_in(wanted.values, "include", RUN_INCLUDES)
    return desk.reply({"data": _run(desk, _found(desk, call), included, wanted.values)})


def _found(desk: Desk, call: Call) -> Run:
    found = desk.company.archive.find(call.params["id"])
    if found is None:
        raise refusal("no_such", model="FlowRun", id=call.params["id"])
    call.keys.append(f"run:{found.id}")
    return found


def _run(desk: Desk, run: Run, included: Sequence[str], values: Mapping[str, str]) -> Json:
    company, job = desk.company, run.job
    finished = run.finished_s >= 0.0
    attributes: dict[str, Json] = {
        "name": run.name, "status": run.status, "flow_id": job.flow_id,
        "flow_version_id": run.version_id, "virtual_environment": job.environment,
        "user_id": None, "trigger": job.trigger, "summary": run.summary,
        "started_at": desk.iso(run.started_s),
        "finished_at": desk.iso(run.finished_s) if finished else None,
        "duration": round(run.finished_s - run.started_s, 3) if finished else None,
        "retry_flow_run_id": job.retry_of, "has_warnings": run.has_warnings,
    }  # fmt: skip
    for name in included:
        if name == "flow":
            entry = company.flows[job.flow_id]
            shown = {"id": entry.id, **flow_shown(desk, entry)}
            fields = [each for each in values.get("fields[flow]", "").split(",") if each]
            attributes["flow"] = {k: v for k, v in shown.items() if not fields or k in fields}
        elif name == "flowVersion":
            attributes["flow_version"] = version_shown(company.versions[run.version_id])
        elif name == "payloadSize":
            kept = (company.archive.payloads.get(each) for each in run.kept)
            attributes["payload_size"] = sum(size_of(each) for each in kept if each is not None)
        else:
            was = company.archive.runs.get(job.retry_of or "")
            attributes["retried_flow_run"] = None if was is None else {
                "id": was.id, "status": was.status,
            }  # fmt: skip
    return {"id": run.id, "attributes": attributes}


def retry(desk: Desk, call: Call) -> Response:
    """Play a run again, at once and from its start: whatever it sent is sent again."""
    found = _found(desk, call)
    if not desk.company.archive.has_input(found):
        raise refusal("no_payload")
    try:
        again = desk.company.retry(found)
    except NotEnabled:
        raise refusal("not_enabled") from None
    begun = {"id": again.id, "flow_run_id": again.id}
    return desk.reply({"message": "Flow run retried.", "data": begun})


def logs(desk: Desk, call: Call) -> Response:
    """The log of a run, in order."""
    found = _found(desk, call)
    wanted = asked(desk, call)
    values = wanted.values
    included = listed_in(values, "include", ("flowRunLogMetadata", "flowStep"))
    one_of(values.get("sort", "id"), "sort", LOG_SORTS)
    listed_in(values, "fields[flowStep]", ("id", "name"))
    with_ids = _truth(values, "load_payload_ids")
    version = desk.company.versions[found.version_id]
    names = {place: shape.name for place, shape in every_shape(version.flow)}
    rows = found.logs[::-1] if values.get("sort", "id").startswith("-") else found.logs

    def shown(line: Any) -> Json:
        step = {"id": version.step_id(line.step_id), "name": names.get(line.step_id, line.step_id)}
        attributes = {
            "created_at": desk.iso(line.at_s), "log_level": line.level,
            "log_message": line.message, "flow_step_id": step["id"],
        }  # fmt: skip
        if with_ids:
            attributes["payload_metadata_id"] = line.payload_id
        if "fields[flowStep]" in values or "flowStep" in included:
            attributes["flow_step"] = step
        if "flowRunLogMetadata" in included:
            kept = [] if line.payload_id is None else [{"payload_metadata_id": line.payload_id}]
            attributes["flow_run_log_metadata"] = kept
        return {"id": str(line.id), "attributes": attributes}

    return page(desk, call, wanted, rows, shown)

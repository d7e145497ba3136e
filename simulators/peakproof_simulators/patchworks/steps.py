"""The shapes that call nobody: what each makes of a payload."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from peakproof_simulators.patchworks import shapes as form
from peakproof_simulators.patchworks.effects import Doing, Wait
from peakproof_simulators.patchworks.memory import LONGEST_TRACKED, Tracked
from peakproof_simulators.patchworks.runs import Payload
from peakproof_simulators.patchworks.scripts import SCRIPTS, Several, Task
from peakproof_simulators.patchworks.values import (
    Failure,
    built,
    fill,
    get,
    holds,
    many,
    said,
    value,
)

if TYPE_CHECKING:
    from peakproof_simulators.patchworks.interpreter import Running

Json = Any


def _map(running: Running, _step: str, shape: form.Map, unit: list[Payload]) -> list[Payload]:
    payload = unit[0]
    scope = running.scope(payload)
    made = built(scope, shape.fields)
    if shape.keep and isinstance(payload.content, dict):
        made = _merged(payload.content, made)
    return [Payload(made, payload.meta)]


def _merged(under: dict[str, Json], over: dict[str, Json]) -> dict[str, Json]:
    made = dict(under)
    for key, each in over.items():
        below = made.get(key)
        both = isinstance(below, dict) and isinstance(each, dict)
        made[key] = _merged(below, each) if both else each  # type: ignore[arg-type]  # see both
    return made


def _filter(running: Running, _step: str, shape: form.Filter, unit: list[Payload]) -> list[Payload]:
    payload = unit[0]
    scope = running.scope(payload)
    if not shape.list:
        return [payload] if holds(scope, shape.where) else []
    rows = many(get(scope, shape.list))
    kept = [row for row in rows if holds(scope.of(row, outer=payload.content), shape.where)]
    return [_with(payload, shape.list, kept)]


def _with(payload: Payload, path: str, found: Json) -> Payload:
    """The payload with something else at a path; the rest is shared, the way there is copied."""
    steps = path.split(".")
    made: dict[str, Json] = dict(payload.content)
    here = made
    for step in steps[:-1]:
        below = here.get(step)
        here[step] = dict(below) if isinstance(below, dict) else {}
        here = here[step]
    here[steps[-1]] = found
    return Payload(made, payload.meta)


def _split(running: Running, _step: str, shape: form.Split, unit: list[Payload]) -> list[Payload]:
    payload = unit[0]
    rows = many(get(running.scope(payload), shape.list) if shape.list else payload.content)
    meta = {**payload.meta, "around": payload.content} if shape.around else payload.meta
    return [Payload(row, meta) for row in rows]


def _batch(running: Running, _step: str, shape: form.Batch, unit: list[Payload]) -> list[Payload]:
    payload = unit[0]
    rows = many(get(running.scope(payload), shape.list) if shape.list else payload.content)
    starts = range(0, len(rows), shape.size)
    return [Payload(rows[start : start + shape.size], payload.meta) for start in starts]


def _track(running: Running, step: str, shape: form.Track, unit: list[Payload]) -> list[Payload]:
    company, found = running.company, value(running.scope(unit[0]), shape.value)
    told = "" if found is None else said(found)
    if len(told) > LONGEST_TRACKED:
        if company.settings.long_tracked_values == "fail":
            raise Failure(f"A tracked value has at most {LONGEST_TRACKED} characters.", final=True)
        told = told[:LONGEST_TRACKED]
    company.memory.track(
        Tracked(
            company.memory.number(), running.run.job.flow_id, running.run.id,
            running.version.step_id(step), shape.entity_type, told, shape.direction,
            shape.success, company.now(),
        )
    )  # fmt: skip
    return unit


def _cache(running: Running, _step: str, shape: form.Cache, unit: list[Payload]) -> list[Payload]:
    memory, payload = running.company.memory, unit[0]
    levels = {"flow_run": running.run.id, "flow": running.run.job.flow_id, "company": ""}
    level, scope = f"{shape.level}:{levels[shape.level]}", running.scope(payload)
    key = fill(scope, shape.key)
    content = payload.content if shape.value is None else value(scope, shape.value)
    if shape.action == "load":
        found = memory.cached(level, key)
        if not shape.into:
            return [Payload(found, payload.meta)]
        return [_with(payload, shape.into, found)]
    if shape.action == "append":
        content = [*many(memory.cached(level, key)), content]
    elif shape.action == "save_all_pages":
        content = [each.content for each in unit]
    memory.cache(level, key, content)
    return unit


def _lookup(running: Running, _step: str, shape: form.Lookup, unit: list[Payload]) -> list[Payload]:
    payload = unit[0]
    found = value(running.scope(payload), shape.value)
    other = running.look_up(shape.table, found, shape.direction, shape.no_match or "")
    return [_with(payload, shape.to, other)]


def _script(running: Running, _step: str, shape: form.Script, unit: list[Payload]) -> list[Payload]:
    company, payload = running.company, unit[0]
    task = Task(
        payload=payload.content,
        meta=payload.meta,
        variables=running.run.job.variables,
        config=company.config,
        tables={
            name: dict(company.memory.tables[id].rows)
            for name, id in company.memory.table_named.items()
        },
        arguments=shape.arguments,
    )
    try:
        made = SCRIPTS[shape.script](task)
    except Failure:
        raise
    except Exception as error:
        raise Failure(f"Script '{shape.script}': {type(error).__name__}: {error}") from error
    several = made.payloads if isinstance(made, Several) else [made]
    return [Payload(each, payload.meta) for each in several]


def _manual(
    _: Running, _step: str, shape: form.ManualPayload, unit: list[Payload]
) -> list[Payload]:
    return [Payload(shape.payload, unit[0].meta)]


def _notify(running: Running, step: str, shape: form.Notify, unit: list[Payload]) -> list[Payload]:
    scope = running.scope(unit[0])
    key, reason = fill(scope, shape.key), fill(scope, shape.reason)
    running.log("INFO", f"Notified {shape.owner}: {shape.kind} {key}: {reason}", step)
    running.company.notify(key, shape.kind, shape.owner, reason)
    return unit


def _run_flow(
    running: Running, _step: str, shape: form.RunFlow, unit: list[Payload]
) -> list[Payload]:
    running.company.start_named(shape.flow, [unit[0]], trigger="Shape")
    return unit


def _callback(
    running: Running, _step: str, shape: form.Callback, unit: list[Payload]
) -> list[Payload]:
    job, payload = running.run.job, unit[0]
    if job.answer is not None:
        body = payload.content
        if shape.body is not None:
            body = value(running.scope(payload), shape.body)
        answer, job.answer = job.answer, None
        answer(shape.status, [body])
    return unit


def de_dupe(running: Running, shape: form.DeDupe, payload: Payload) -> Doing[list[Payload]]:
    """Drop what is known, note what is not. Between the look and the note others may look."""
    memory = running.company.memory
    pool, scope = memory.pool(shape.pool), running.scope(payload)
    rows = many(get(scope, shape.list)) if shape.list else [payload.content]
    keyed: list[tuple[str, Json]] = []
    for row in rows:
        found = value(scope.of(row, outer=payload.content), shape.key)
        if found is None:
            raise Failure(f"No value to de-duplicate by in pool '{shape.pool}'.", final=True)
        keyed.append((said(found), row))
    if shape.mode != "track":
        keyed = [each for each in keyed if not memory.seen(pool, shape.entity_type, each[0])]
    if shape.mode == "filter_and_track":
        keyed = list({key: (key, row) for key, row in reversed(keyed)}.values())[::-1]
        if running.company.settings.dedupe_gap_s:
            yield Wait(running.company.settings.dedupe_gap_s)
    if shape.mode != "filter":
        for key, _row in keyed:
            memory.note(pool, shape.entity_type, key)
    if not shape.list:
        return [payload] if keyed else []
    return [_with(payload, shape.list, [row for _key, row in keyed])]


Step = Callable[["Running", str, Any, list[Payload]], list[Payload]]
STEPS: Final[dict[type[form.Shape], Step]] = {
    form.Map: _map,
    form.Filter: _filter,
    form.Split: _split,
    form.Batch: _batch,
    form.Track: _track,
    form.Cache: _cache,
    form.Lookup: _lookup,
    form.Script: _script,
    form.ManualPayload: _manual,
    form.Notify: _notify,
    form.RunFlow: _run_flow,
    form.Callback: _callback,
}
"""What each shape does with one payload (or with all of them, where it takes the bucket)."""

"""The table of operations: what the vendor's APIs have and this fake models.

The vendor's hosts are one host here: Core and Start below ``/api/v1`` (their paths do not
collide), webhooks below ``/webhooks/api/v1``, callbacks below ``/callbacks/api/v1``.
"""

from __future__ import annotations

import re
from typing import Any, Final

from peakproof.history.records import Effect
from peakproof_simulators.kit.operations import Handler, Operation, Parameter, Provenance
from peakproof_simulators.patchworks import keeping, reading, remembering, starting
from peakproof_simulators.patchworks import payloads as payload
from peakproof_simulators.patchworks.runs import TRIGGERS

CORE: Final = "/api/v1"
KEY: Final = "key"
DOCS: Final = "vendor's documentation"
MCP: Final = "vendor's MCP server"
CLIENT: Final = "a public PHP client"

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_FLAG: Final[dict[str, Any]] = {"type": "string", "enum": ["true", "false", "1", "0"]}
_DATE: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}
_PAGE: Final = (
    Parameter("page", {"type": "integer", "minimum": 1, "maximum": 999999999}),
    Parameter("per_page", {"type": "integer", "minimum": 1, "maximum": 999999999}),
)
_ENVIRONMENT: Final = (
    Parameter("virtual_environment_id", _TEXT),
    Parameter("flow_variables", {"type": "string", "contentMediaType": "application/json"}),
)
_SIGNATURE: Final = Parameter("patchworks_signature", _TEXT, about="the address's fixed secret")
_RUN_SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "filter[trigger]": {"type": "string", "enum": list(TRIGGERS)},
    "filter[status]": {"type": "string", "pattern": "^[1-5](,[1-5])*$"},
    "filter[started_on]": {"type": "string", "format": "date", "pattern": reading.DAY},
    "filter[has_warnings]": _FLAG,
    "filter[retried]": _FLAG,
}


def _words(name: str, allowed: tuple[str, ...]) -> Parameter:
    """A list of words, separated by commas."""
    word = "|".join(re.escape(each) for each in allowed)
    pattern = f"^({word})(,({word}))*$"
    return Parameter(name, {"type": "string", "pattern": pattern}, about="separated by commas")


_RUN_INCLUDE: Final = (
    _words("include", reading.RUN_INCLUDES),
    Parameter("fields[flow]", _TEXT),
)
_RUN_QUERY: Final = (
    *(Parameter(name, _RUN_SCHEMAS.get(name, _TEXT)) for name in reading.RUN_FILTERS),
    Parameter("sort", {"type": "string", "enum": list(reading.RUN_SORTS)}), *_RUN_INCLUDE, *_PAGE,
)  # fmt: skip


def _operation(
    name: str,
    method: str,
    path: str,
    handler: Handler,
    *,
    summary: str,
    answers: dict[int, Any],
    source: str,
    effect: Effect = "read",
    provenance: Provenance | None = None,
    body: Any = None,
    query: tuple[Parameter, ...] = (),
    auth: str = KEY,
    body_required: bool = True,
) -> Operation:
    refused = (400, 401, 413, 422, 429) if auth else (400, 413, 422, 429)
    named = (404,) if "{" in path else ()
    return Operation(
        name=name, method=method, path=path, handler=handler, effect=effect, summary=summary,
        provenance=provenance or ("observed" if source == CLIENT else "documented"),
        source=source, body=body, query=query, auth=auth,
        body_required=body_required,
        answers={**dict.fromkeys((*refused, *named), payload.Problem), **answers},
    )  # fmt: skip


def _starts() -> list[Operation]:
    rows = (
        ("start", "start", starting.start, payload.StartBody, "Queue a run."),
        (
            "start_raw",
            "start/raw",
            starting.start_raw,
            Any,
            "Queue a run; the body is its payload.",
        ),
        ("manual", "manual", starting.manual, payload.StartBody, "Run past the queue."),
        ("manual_raw", "manual/raw", starting.manual_raw, Any, "Run past the queue, raw."),
    )
    return [
        _operation(
            f"flow.{name}{'_version' if version else ''}", "POST",
            f"{CORE}/flows/{{flow_id}}/{path}{version}", handler, summary=summary, body=body,
            answers={200: payload.Initialised}, source=f"{DOCS}: Start API", effect="write",
            query=_ENVIRONMENT, body_required=False,
        )
        for name, path, handler, body, summary in rows
        for version in ("", "/{version_id}")
    ]  # fmt: skip


def _logins() -> list[Operation]:
    return [
        _operation(
            f"account.login{suffix}", "POST", path, starting.log_in, summary="Log in: a JWT.",
            answers={200: payload.LoginToken, 401: payload.Problem}, source=source, effect="auth",
            body=payload.LoginBody, auth="",
        )
        for suffix, path, source in (
            ("", "/api/v1/login", CLIENT), ("_fabric", "/fabric/api/login", DOCS),
        )
    ] + [
        _operation(
            "account.user", "GET", "/api/v2/my/user", starting.me, summary="Who is logged in.",
            answers={200: payload.One[payload.UserAttributes]}, source=CLIENT,
        )
    ]  # fmt: skip


def _inbound() -> list[Operation]:
    found: list[Operation] = []
    for suffix, more in (("", ""), ("_environment", "/{environment}")):
        for method in ("GET", "POST"):
            found.append(
                _operation(
                    f"webhook.{method.lower()}{suffix}", method,
                    f"/webhooks{CORE}/{{company}}/{{ulid}}{more}", starting.webhook,
                    summary="Accept a webhook; its flow runs later.", effect="write", auth="",
                    answers={200: Any, **dict.fromkeys((401, 403), payload.Problem)},
                    source=f"{DOCS}: webhooks", query=(_SIGNATURE,),
                    body=Any if method == "POST" else None, body_required=False,
                )
            )  # fmt: skip
        found.append(
            _operation(
                f"callback.post{suffix}", "POST",
                f"/callbacks{CORE}/{{company}}/{{ulid}}{more}", starting.callback,
                summary="Run a flow and answer with its first callback shape.", effect="write",
                answers={
                    **dict.fromkeys((200, 201, 202), list[Any]),
                    **dict.fromkeys((401, 403, 504), payload.Problem),
                }, auth="",
                source=f"{DOCS}: callbacks", query=(_SIGNATURE,), body=Any, body_required=False,
            )
        )  # fmt: skip
    return found


def _flows() -> list[Operation]:
    return [
        _operation(
            "flow.list", "GET", f"{CORE}/flows", reading.flows, summary="All flows.", source=MCP,
            answers={200: payload.Listed[payload.FlowAttributes]},
            query=(_words("include", ("flowVersions",)), *_PAGE),
        ),
        _operation(
            "flow.steps", "GET", f"{CORE}/flow-versions/{{id}}/steps", reading.steps,
            summary="The steps of a version.", source=CLIENT,
            answers={200: payload.Listed[payload.StepAttributes]},
            query=(Parameter("to_tree", _FLAG), *_PAGE),
        ),
        _operation(
            "flow.webhooks", "GET", f"{CORE}/flow-webhooks", reading.webhooks,
            summary="Addresses of webhooks and callbacks.", provenance="chosen",
            source=f"{DOCS}; the path is chosen",
            query=(Parameter("filter[flow_id]", _TEXT), *_PAGE),
            answers={200: payload.Listed[payload.WebhookAttributes]},
        ),
    ]  # fmt: skip


def _runs() -> list[Operation]:
    return [
        _operation(
            "run.list", "GET", f"{CORE}/flow-runs", reading.runs, summary="Runs.", query=_RUN_QUERY,
            answers={200: payload.Listed[payload.RunAttributes]}, source=f"{MCP}; {CLIENT}",
        ),
        _operation(
            "run.get", "GET", f"{CORE}/flow-runs/{{id}}", reading.run, summary="One run.",
            answers={200: payload.One[payload.RunAttributes]}, source=CLIENT, query=_RUN_INCLUDE,
        ),
        _operation(
            "run.retry", "POST", f"{CORE}/flow-runs/{{id}}/retry", reading.retry,
            summary="Play a run again from its start, at once.", effect="write", source=CLIENT,
            answers={200: payload.Initialised},
        ),
        _operation(
            "run.logs", "GET", f"{CORE}/flow-runs/{{id}}/flow-run-logs", reading.logs,
            summary="The log of a run.", source=MCP,
            answers={200: payload.Listed[payload.LogAttributes]},
            query=(
                _words("include", ("flowRunLogMetadata", "flowStep")),
                _words("fields[flowStep]", ("id", "name")),
                Parameter("load_payload_ids", _FLAG),
                Parameter("sort", {"type": "string", "enum": list(reading.LOG_SORTS)}), *_PAGE,
            ),
        ),
        _operation(
            "payload.list", "GET", f"{CORE}/payload-metadata", keeping.payloads,
            summary="Payloads that are kept.", source=CLIENT,
            answers={200: payload.Listed[payload.PayloadAttributes]},
            query=(
                Parameter("filter[flow_run_id]", _TEXT), Parameter("filter[flow_step_id]", _TEXT),
                *_PAGE,
            ),
        ),
        _operation(
            "payload.download", "GET", f"{CORE}/payload-metadata/{{id}}/download",
            keeping.download, summary="A payload as it was.", source=MCP, answers={200: Any},
        ),
        _operation(
            "queue.list", "GET", f"{CORE}/scheduled-flows", keeping.queue,
            summary="What waits to run.", source=CLIENT, provenance="inferred",
            answers={200: payload.Listed[payload.QueuedAttributes]},
            query=(
                Parameter("filter[status]", {"type": "string", "enum": list(keeping.STATES)}),
                _words("include", keeping.QUEUE_INCLUDES), *_PAGE,
            ),
        ),
        _operation(
            "queue.drop", "DELETE", f"{CORE}/scheduled-flows/{{id}}", keeping.drop,
            summary="Take a job out of the queue.", effect="write", source=CLIENT,
            answers={200: payload.Message},
        ),
    ]  # fmt: skip


def _memory() -> list[Operation]:
    pool, table = f"{CORE}/data-pool", f"{CORE}/cross-reference-lookups"
    one_pool = payload.One[payload.PoolAttributes]
    one_table = payload.One[payload.TableAttributes]
    said = f"{DOCS}; the path is chosen"
    rows: tuple[tuple[str, str, str, Handler, str, dict[int, Any], Any], ...] = (
        ("pool.list", "GET", pool, remembering.pools, "Data pools.",
         {200: payload.Listed[payload.PoolAttributes]}, None),
        ("pool.create", "POST", pool, remembering.add_pool, "A new data pool.",
         {201: one_pool}, payload.PoolBody),
        ("pool.get", "GET", f"{pool}/{{id}}", remembering.pool, "One data pool.",
         {200: one_pool}, None),
        ("pool.update", "PATCH", f"{pool}/{{id}}", remembering.change_pool, "Rename a pool.",
         {200: one_pool}, payload.PoolPatch),
        ("pool.delete", "DELETE", f"{pool}/{{id}}", remembering.drop_pool, "A pool goes.",
         {200: payload.Message}, None),
        ("pool.seen", "GET", f"{pool}/{{id}}/deduped-data", remembering.deduped,
         "What a pool has seen.", {200: payload.Listed[payload.SeenAttributes]}, None),
        ("table.list", "GET", table, remembering.tables, "Cross-references.",
         {200: payload.Listed[payload.TableAttributes]}, None),
        ("table.create", "POST", table, remembering.add_table, "A new cross-reference.",
         {201: one_table}, payload.TableBody),
        ("table.get", "GET", f"{table}/{{id}}", remembering.table, "One cross-reference.",
         {200: one_table}, None),
        ("table.update", "PATCH", f"{table}/{{id}}", remembering.change_table, "Other rows.",
         {200: one_table}, payload.TablePatch),
    )  # fmt: skip
    return [
        _operation(
            name, method, path, handler, summary=summary, answers=answers, body=body,
            source=CLIENT if name.startswith("pool") else said,
            provenance="observed" if name.startswith("pool") else "chosen",
            effect="read" if method == "GET" else "write",
            query=_PAGE if name in ("pool.list", "pool.seen", "table.list") else (),
        )
        for name, method, path, handler, summary, answers, body in rows
    ]  # fmt: skip


def _tracked() -> Operation:
    names = ("flow_id", "flow_run_id", "step_id", "value")
    return _operation(
        "tracked.list", "GET", f"{CORE}/tracked-data", remembering.tracked,
        summary="Tracked values.", provenance="chosen", source=f"{DOCS}; the path is chosen",
        answers={200: payload.Listed[payload.TrackedAttributes]},
        query=(
            *(Parameter(f"filter[{name}]", _TEXT) for name in names),
            Parameter("filter[entity_type_id]", {"type": "integer", "minimum": 37, "maximum": 77}),
            Parameter("filter[created_after]", _DATE), Parameter("filter[created_before]", _DATE),
            *_PAGE,
        ),
    )  # fmt: skip


OPERATIONS: Final = (
    *_logins(), *_starts(), *_inbound(), *_flows(), *_runs(), *_memory(), _tracked(),
)  # fmt: skip
"""All operations of the fake."""

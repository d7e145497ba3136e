"""Starting flows: by the Start API, by webhook, by callback; logging in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from hmac import compare_digest
from typing import Any, Final

import msgspec

from peakproof.wire.message import Response
from peakproof_simulators.kit.service import Call
from peakproof_simulators.patchworks import payloads as payload
from peakproof_simulators.patchworks import shapes as form
from peakproof_simulators.patchworks.desk import Desk, asked
from peakproof_simulators.patchworks.errors import JSON, invalid, refusal
from peakproof_simulators.patchworks.flowbook import FlowEntry, NotEnabled, Version
from peakproof_simulators.patchworks.runs import Payload
from peakproof_simulators.patchworks.values import decoded

INITIALISED: Final = "Flow initialised."
SIGNATURE: Final = "patchworks_signature"
_START: Final = msgspec.json.Decoder(payload.StartBody)
_LOGIN: Final = msgspec.json.Decoder(payload.LoginBody)
Json = Any


def log_in(desk: Desk, call: Call) -> Response:
    """A token for an e-mail address and a password."""
    body = desk.read(call, _LOGIN, payload.LoginBody.__struct_fields__)
    token = desk.log_in(body.email, body.password)
    lifetime_s = int(desk.settings.token_lifetime_s)
    return desk.reply({"token": token, "token_type": "Bearer", "expires_in": lifetime_s})


def me(desk: Desk, _call: Call) -> Response:
    """Who is logged in."""
    own = desk.credentials
    return desk.one("1", {"email": own["email"], "company": desk.settings.company})


# --- the Start API ------------------------------------------------------------------------------


def start(desk: Desk, call: Call) -> Response:
    """Queue a run whose payload comes as text in a document."""
    return _start(desk, call, _texted(desk, call), at_once=False)


def start_raw(desk: Desk, call: Call) -> Response:
    """Queue a run whose payload is the body."""
    return _start(desk, call, _content(desk.sized(call)), at_once=False)


def manual(desk: Desk, call: Call) -> Response:
    """Run at once, past the queue; the payload comes as text in a document."""
    return _start(desk, call, _texted(desk, call), at_once=True)


def manual_raw(desk: Desk, call: Call) -> Response:
    """Run at once, past the queue; the payload is the body."""
    return _start(desk, call, _content(desk.sized(call)), at_once=True)


def _texted(desk: Desk, call: Call) -> Json:
    if not desk.sized(call):
        return {}
    body = desk.read(call, _START, payload.StartBody.__struct_fields__)
    return {} if body.payload is None else _content(body.payload.encode())


def _content(body: bytes) -> Json:
    """A payload; an empty record when there is none."""
    return decoded(body) if body else {}


def _start(desk: Desk, call: Call, content: Json, *, at_once: bool) -> Response:
    company, wanted = desk.company, asked(desk, call)
    entry = company.flows.get(call.params["flow_id"])
    if entry is None:
        raise refusal("no_such", model="Flow", id=call.params["flow_id"])
    version = _version(desk, entry, call.params.get("version_id"))
    call.keys.append(f"flow:{entry.name}")
    try:
        job = company.start(
            entry,
            [Payload(content)],
            trigger="Manual" if at_once else "API",
            version=version,
            at_once=at_once,
            variables=_variables(wanted.values.get("flow_variables")),
            environment=wanted.values.get("virtual_environment_id"),
        )
    except NotEnabled:
        raise refusal(_why_not(entry)) from None
    return desk.reply({"message": INITIALISED, "data": _begun(job.run_id)})


def _begun(run_id: str) -> dict[str, str]:
    return {"id": run_id, "flow_run_id": run_id}


def _why_not(entry: FlowEntry) -> str:
    return "not_deployed" if entry.deployed is None else "not_enabled"


def _version(desk: Desk, entry: FlowEntry, id: str | None) -> Version | None:
    if id is None:
        return None
    version = desk.company.versions.get(id)
    if version is None or version.entry is not entry:
        raise refusal("no_such", model="FlowVersion", id=id)
    return version


def _variables(text: str | None) -> dict[str, Json]:
    if not text:
        return {}
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise invalid("flow_variables", "The flow_variables field must be a JSON object.") from None


# --- webhooks and callbacks ---------------------------------------------------------------------


def _addressed(desk: Desk, call: Call, kind: type[form.Trigger]) -> tuple[FlowEntry, Version]:
    """The flow behind an address, whose signature must fit.

    Raises:
        VendorError: 404, 403, or 422.
    """
    entry = desk.company.by_webhook.get(call.params["ulid"])
    latest = entry.versions[-1] if entry is not None else None
    if (
        entry is None
        or latest is None
        or call.params["company"] != desk.settings.company
        or not isinstance(latest.flow.trigger, kind)
    ):
        raise refusal("no_such", model="Webhook", id=call.params["ulid"])
    given = call.one(SIGNATURE) or call.request.headers.get("patchworks-signature", "")
    if not compare_digest(given.encode(), entry.signature.encode()):
        raise refusal("bad_signature", status=desk.settings.bad_signature_status)
    if entry.deployed is None or not entry.enabled:
        raise refusal("idle_webhook", status=desk.settings.idle_webhook_status)
    return entry, entry.deployed


def webhook(desk: Desk, call: Call) -> Response:
    """Accept a webhook. That the answer is 200 says nothing of what becomes of it."""
    entry, version = _addressed(desk, call, form.Webhook)
    trigger = version.flow.trigger
    assert isinstance(trigger, form.Webhook)
    body = desk.sized(call)
    call.keys.append(f"flow:{entry.name}")
    over = desk.webhooks.take()
    if over is not None and desk.settings.webhook_excess == "refuse":
        raise refusal("too_many", headers=over)
    if over is not None and desk.settings.webhook_excess == "accept_and_drop":
        desk.company.dropped += 1
    else:
        desk.company.start(
            entry, [_sent(call, body)], trigger="Webhook",
            environment=call.params.get("environment"),
        )  # fmt: skip
    return Response(trigger.status, trigger.body.encode(), {"content-type": trigger.content_type})


def _sent(call: Call, body: bytes) -> Payload:
    """What was sent: the body, which wins over the parameters of the URL."""
    pairs = {name: value for name, value in call.parameters if name != SIGNATURE}
    content = _content(body) if body else dict(pairs)
    return Payload(content, {"parameters": pairs})


def callback(desk: Desk, call: Call) -> Awaitable[Response]:
    """Run a flow at once and wait for what its first callback shape says."""
    entry, _version = _addressed(desk, call, form.CallbackTrigger)
    sent = _sent(call, desk.sized(call))
    call.keys.append(f"flow:{entry.name}")
    over = desk.callbacks.take()
    if over is not None:
        raise refusal("too_many", headers=over)
    return _answered(desk, call, entry, sent)


async def _answered(desk: Desk, call: Call, entry: FlowEntry, sent: Payload) -> Response:
    told: asyncio.Future[Response] = asyncio.get_running_loop().create_future()

    def answer(status: int, body: Json) -> None:
        if not told.done():
            told.set_result(Response(status, msgspec.json.encode(body), {"content-type": JSON}))

    def give_up() -> None:
        if not told.done():
            told.set_result(refusal("callback_timeout").response)

    desk.company.start(
        entry, [sent], trigger="Callback", at_once=True, answer=answer,
        environment=call.params.get("environment"),
    )  # fmt: skip
    desk.world.after(desk.settings.callback_timeout_s, give_up)
    return await told

"""The connector shape: requests to other systems, their pages, tries, limits and answers."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from peakproof_simulators.patchworks import shapes as form
from peakproof_simulators.patchworks.effects import Answer, Ask, Doing, Enter, Gate, Wait
from peakproof_simulators.patchworks.runs import Payload
from peakproof_simulators.patchworks.values import (
    Failure,
    Fields,
    Scope,
    decoded,
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
JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"
_LATER: Final = frozenset({408, 425, 429})
"""Refusals below 500 that may go away by themselves."""


class Link:
    """A connector instance at work: where it leads, its token, its limits.

    ``budget`` is how many calls a second its system allows to all flows together (0: any).
    """

    def __init__(
        self, connection: form.Connection, access: dict[str, Json], budget: float = 0.0
    ) -> None:
        self.connection = connection
        self.access = access
        self.gate = Gate(connection.at_once)
        self.pace_s = 1.0 / budget if budget else 0.0
        self.pace = Gate(1)
        self.token = ""
        self._minute_s = -60.0
        self._free = 0

    def wait_s(self, now_s: float) -> float:
        """How long the next request has to wait for its turn; taking the turn."""
        most = self.connection.per_minute
        if not most:
            return 0.0
        if now_s >= self._minute_s + 60.0:
            self._minute_s, self._free = now_s, most
        while not self._free:
            self._minute_s, self._free = self._minute_s + 60.0, most
        self._free -= 1
        return max(0.0, self._minute_s - now_s)


class Asking(msgspec.Struct):
    """One request as a shape has it, before it is authorised."""

    method: str
    url: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    timeout_s: float

    @property
    def address(self) -> str:
        """The whole URL."""
        if not self.query:
            return self.url
        return (
            f"{self.url}{'&' if '?' in self.url else '?'}{urlencode(self.query, quote_via=quote)}"
        )


def call_out(
    running: Running, step: str, shape: form.Connector, unit: list[Payload]
) -> Doing[list[Payload]]:
    """Send what a connector shape has to send, and make payloads of the answers.

    Raises:
        Failure: a request was refused, or never answered, as often as it was tried.
    """
    link = running.company.link(shape.connection)
    payload = Payload([each.content for each in unit], unit[0].meta) if shape.batch else unit[0]
    if shape.direction == "pull":
        return (yield from _pull(running, step, shape, link, payload))
    scope = running.scope(payload, connection=link.access)
    asking = _asking(running, shape, link, scope)
    body = yield from _asked(running, step, shape, link, asking)
    running.company.after_push(running)
    if shape.output == "payload":
        return unit
    return [_with_answer(payload, shape.into, body)]


def _with_answer(payload: Payload, into: str, found: Json) -> Payload:
    if not into:
        return Payload(found, payload.meta)
    if not isinstance(payload.content, dict):
        raise Failure(f"There is no record to put '{into}' into.", final=True)
    return Payload({**payload.content, into: found}, payload.meta)


def _pull(
    running: Running, step: str, shape: form.Connector, link: Link, payload: Payload
) -> Doing[list[Payload]]:
    scope = running.scope(payload, connection=link.access)
    asking, pages = _asking(running, shape, link, scope), shape.pages
    listed: list[Json] = []
    number = pages.first if pages is not None else 0
    for _page in range(running.company.settings.pages_most):
        if pages is not None and pages.kind != "link":
            asking = msgspec.structs.replace(asking, query=_page_query(asking.query, pages, number))
        body = yield from _asked(running, step, shape, link, asking)
        rows = many(get(scope.of(body), shape.rows)) if shape.rows else body
        if shape.into and shape.rows:
            listed += rows
        else:
            listed.append(rows)
        following = _next(scope.of(body), pages, rows, link)
        if following is None:
            break
        if following:
            asking = msgspec.structs.replace(asking, url=following, query=[])
        number += pages.size if pages is not None and pages.kind == "offset" else 1
    else:
        raise Failure(f"More than {running.company.settings.pages_most} pages.", final=True)
    if not shape.into:
        return [Payload(each, payload.meta) for each in listed]
    return [_with_answer(payload, shape.into, listed if shape.rows else listed[0])]


def _page_query(
    query: list[tuple[str, str]], pages: form.Pages, number: int
) -> list[tuple[str, str]]:
    kept = [pair for pair in query if pair[0] not in (pages.parameter, pages.size_parameter)]
    kept.append((pages.parameter, str(number)))
    if pages.size_parameter:
        kept.append((pages.size_parameter, str(pages.size)))
    return kept


def _next(scope: Scope, pages: form.Pages | None, rows: Json, link: Link) -> str | None:
    """The URL of the next page, "" when the number says it all, None when there is no more."""
    if pages is None:
        return None
    if pages.kind == "link":
        found = get(scope, pages.next)
        if not isinstance(found, str) or not found:
            return None
        return found if "://" in found else f"{_root(link.access.get('url', ''))}{found}"
    count = len(many(rows))
    return "" if count and (pages.until == "empty" or count >= pages.size) else None


def _root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


# --- one request ----------------------------------------------------------------------------


def _asking(running: Running, shape: form.Connector, link: Link, scope: Scope) -> Asking:
    body = b""
    headers = {"accept": JSON}
    if shape.method in ("POST", "PUT", "PATCH"):
        content = scope.record if shape.body is None else value(scope, shape.body)
        body = msgspec.json.encode(content)
        headers["content-type"] = JSON
    told = {**link.connection.headers, **shape.headers}
    headers.update({name.lower(): fill(scope, text) for name, text in told.items()})
    base = fill(scope, link.connection.url).rstrip("/")
    return Asking(
        shape.method, base + fill(scope, shape.path, quoted=True), _query(scope, shape.query),
        headers, body, shape.timeout_s or running.company.settings.request_timeout_s,
    )  # fmt: skip


def _query(scope: Scope, fields: Fields) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, source in fields.items():
        pairs += [(name, said(each)) for each in many(value(scope, source))]
    return pairs


def _asked(
    running: Running, step: str, shape: form.Connector, link: Link, asking: Asking
) -> Doing[Json]:
    """The body of the answer, after as many tries as the shape has."""
    settings = running.company.settings
    tries = 1 + (settings.connector_retries if shape.retries is None else shape.retries)
    wait_s = settings.retry_first_s
    attempt = 1
    while True:
        try:
            answer = yield from _answered(running, link, asking)
            return _read(running, step, shape, asking, answer)
        except OSError as error:
            failure = Failure(f"{asking.method} {asking.url}: {_why(error)}")
        except Failure as refused:
            failure = refused
        if failure.again or failure.final or attempt == tries:
            raise failure
        running.log("WARNING", f"Attempt {attempt} failed: {failure.message}", step)
        attempt += 1
        if settings.retry_backoff == "exponential":
            yield Wait(wait_s)
            wait_s *= 2


def _why(error: OSError) -> str:
    return str(error) or type(error).__name__


def _answered(running: Running, link: Link, asking: Asking) -> Doing[Answer]:
    """One request under the connection's login; a login that is over is renewed once."""
    answer = yield from _authorised(running, link, asking, renew=False)
    auth = link.connection.auth
    if answer.status == 401 and isinstance(auth, form.ClientCredentials) and auth.renews:
        answer = yield from _authorised(running, link, asking, renew=True)
    return answer


def _authorised(running: Running, link: Link, asking: Asking, *, renew: bool) -> Doing[Answer]:
    headers = dict(asking.headers)
    yield from _authorise(running, link, headers, renew=renew)
    asked = Ask(asking.method, asking.address, headers, asking.body, asking.timeout_s)
    return (yield from _carried(running, link, asked))


def _carried(running: Running, link: Link, asked: Ask) -> Doing[Answer]:
    now = running.company.now
    wait_s = link.wait_s(now())
    if wait_s >= running.deadline_s - now():
        raise Failure("The shape ran out of time.", final=True)
    if wait_s:
        yield Wait(wait_s)
    rank = running.run.job.rank
    if link.pace_s:
        yield Enter(link.pace, rank)
        running.company.later(link.pace_s, link.pace.leave)
    yield Enter(link.gate, rank)
    try:
        running.run.operations += 1
        left_s = max(running.deadline_s - now(), 0.001)
        answer: Answer = yield asked._replace(timeout_s=min(asked.timeout_s, left_s))
        running.weight += len(asked.body) + len(answer.body)
        return answer
    finally:
        link.gate.leave()


def _authorise(
    running: Running, link: Link, headers: dict[str, str], *, renew: bool
) -> Doing[None]:
    auth = link.connection.auth
    if auth is None:
        return
    scope = Scope(None, {"connection": link.access}, running.look_up, 0.0)
    if isinstance(auth, form.Header):
        headers[auth.header.lower()] = fill(scope, auth.value)
    elif isinstance(auth, form.Basic):
        headers["authorization"] = _basic(fill(scope, auth.user), fill(scope, auth.password))
    else:
        if renew or not link.token:
            link.token = yield from _fresh_token(running, link, auth, scope)
        headers["authorization"] = f"Bearer {link.token}"


def _fresh_token(
    running: Running, link: Link, auth: form.ClientCredentials, scope: Scope
) -> Doing[str]:
    told = [("grant_type", "client_credentials")]
    if auth.scope:
        told.append(("scope", fill(scope, auth.scope)))
    base = fill(scope, link.connection.url).rstrip("/")
    headers = {
        "authorization": _basic(fill(scope, auth.client_id), fill(scope, auth.client_secret)),
        "content-type": _FORM,
        "accept": JSON,
    }
    body, timeout_s = urlencode(told).encode(), running.company.settings.request_timeout_s
    asked = Ask("POST", base + auth.token_path, headers, body, timeout_s)
    answer = yield from _carried(running, link, asked)
    found = decoded(answer.body)
    token = found.get("access_token") if isinstance(found, dict) else None
    if answer.status >= 400 or not isinstance(token, str):
        raise Failure(f"No token from {auth.token_path}: {answer.status}")
    return token


def _basic(user: str, password: str) -> str:
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


# --- one answer -----------------------------------------------------------------------------


def _read(
    running: Running, step: str, shape: form.Connector, asking: Asking, answer: Answer
) -> Json:
    """What an answer says, as far as the shape looks into it."""
    body = decoded(answer.body)
    path = urlsplit(asking.url).path
    told = f"{answer.status} {asking.method} {path} ({len(answer.body)} bytes)"
    running.log("DEBUG", told, step)
    seen = Scope(
        {"status": answer.status, "body": body, "headers": answer.headers},
        {"config": running.company.config}, running.look_up, 0.0,
    )  # fmt: skip
    for reading in shape.response:
        if holds(seen, reading.when):
            if reading.response_code == 0:
                return body
            message = fill(seen, reading.message) or told
            raise Failure(message, again=reading.response_code == 2, final=not reading.passes)
    if answer.status == 404 and shape.absent:
        return None
    if answer.status >= 400:
        final = answer.status < 500 and answer.status not in _LATER
        raise Failure(f"{told}: {answer.body[:200].decode('utf-8', 'replace')}", final=final)
    return body

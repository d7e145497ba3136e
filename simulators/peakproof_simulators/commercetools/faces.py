"""The HTTP face that all resources share: query, create, read, update, delete, HEAD."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, NamedTuple

import msgspec

from peakproof.history.records import Refused
from peakproof.wire.message import Response
from peakproof_simulators.commercetools import queries
from peakproof_simulators.commercetools.change import Change
from peakproof_simulators.commercetools.errors import Refusal, malformed, no_such
from peakproof_simulators.commercetools.payloads.carts import Cart
from peakproof_simulators.commercetools.payloads.common import LARGEST, Resource
from peakproof_simulators.commercetools.polls import Polls
from peakproof_simulators.commercetools.reading import Reader
from peakproof_simulators.commercetools.settings import Settings
from peakproof_simulators.commercetools.state import SYSTEM, Kind, Project
from peakproof_simulators.kit.service import Call

JSON: Final = "application/json; charset=utf-8"
LOUD: Final = frozenset({400})
"""Statuses of refusals that are told as facts (409 is in the call's record already)."""
QUIET: Final = frozenset({"InvalidJsonInput", "InvalidInput"})

_MOST_BYTES: Final = 4 << 20
"""JSON of resources that a face keeps at most, for who reads the same again."""

_encode: Final = msgspec.json.Encoder().encode

Answer = Response | Awaitable[Response]
Face = Callable[[Project, Call], Answer]


class Business(NamedTuple):
    """What differs from resource to resource behind the common face.

    ``create(project, draft)`` answers a change; ``delete(project, resource, version)`` acts;
    ``key(project, resource)`` is the name that a judge reads; ``shown`` is how a resource is
    answered; ``tried`` is awaited before it is stored; ``hint`` names what a draft is about;
    ``prepare`` runs before anything is read.
    """

    kind: Kind
    create: Callable[[Project, Any], Change[Any]]
    draft: Any
    update: Any
    page: Any
    delete: Callable[[Project, Any, int | None], None]
    key: Callable[[Project, Any], str]
    named: tuple[str, tuple[str, ...]] = ("key", ("key",))
    shown: Callable[[Any], Any] | None = None
    tried: Callable[[Any], Coroutine[Any, Any, None]] | None = None
    structs: tuple[type[Any], ...] = ()
    hint: Callable[[Any], str | None] | None = None
    prepare: Callable[[Project], None] | None = None


def answer(project: Project, call: Call, status: int, body: Any) -> Response:
    """A JSON answer (``None``: no body, as every answer to HEAD).

    ``X-Correlation-ID`` is the client's own, or a new one.
    """
    request = call.request
    if body is not None and request.method != "HEAD":
        return _answer(project, call, status, _encode(body))
    correlation = request.headers.get("x-correlation-id") or project.next_correlation()
    return Response(status, b"", {"x-correlation-id": correlation})


def _answer(project: Project, call: Call, status: int, content: bytes) -> Response:
    correlation = call.request.headers.get("x-correlation-id") or project.next_correlation()
    return Response(status, content, {"content-type": JSON, "x-correlation-id": correlation})


def refuse(project: Project, call: Call, refusal: Refusal) -> Response:
    """The vendor's answer to what a rule refused; a refused write is a fact."""
    if refusal.status in LOUD and refusal.code not in QUIET and call.operation.effect != "read":
        _tell(project, call, refusal)
    return answer(project, call, refusal.status, refusal.envelope())


def _tell(project: Project, call: Call, refusal: Refusal) -> None:
    world = project.world
    skus = refusal.fields.get("skus")
    if call.keys:
        key = call.keys[0].partition(":")[2]
    elif skus:
        key = skus[0]
    else:
        key = str(refusal.fields.get("duplicateValue", ""))
    world.emit(
        Refused(
            world.t, world.by, world.n, SYSTEM, key, refusal.code, refusal.envelope()["message"]
        )
    )


def guarded(face: Face) -> Face:
    """The face, with refusals turned into answers and the caller known as the author."""

    def serve(project: Project, call: Call) -> Answer:
        token = call.caller
        project.author = token.author if token is not None else None
        try:
            made = face(project, call)
        except Refusal as refusal:
            return refuse(project, call, refusal)
        finally:
            project.author = None
        return made if isinstance(made, Response) else _settled(project, call, made)

    return serve


async def _settled(project: Project, call: Call, made: Awaitable[Response]) -> Response:
    world = project.world
    by, n = world.by, world.n
    try:
        return await made
    except Refusal as refusal:
        was, was_n = world.by, world.n
        world.by, world.n = by, n
        try:
            return refuse(project, call, refusal)
        finally:
            world.by, world.n = was, was_n


# --- storing --------------------------------------------------------------------------------


def store(
    project: Project, call: Call, business: Business, change: Change[Any], status: int
) -> Answer:
    """Carry a change out and answer it; first ask whoever has to be asked."""
    asked = project.extensions.wanted(business.kind, change)
    if not asked and business.tried is None:
        return _stored(project, call, business, change, status)
    return _store_later(project, call, business, change, status=status, asked=asked)


def _stored(
    project: Project, call: Call, business: Business, change: Change[Any], status: int
) -> Response:
    resource = project.carry_out(business.kind, change)
    if change.before is None:
        call.keys.clear()
    key = business.key(project, resource)
    if key not in call.keys:
        call.keys.append(key)
    if change.holdings is not None and isinstance(resource, Cart):
        warnings = tuple(change.holdings.warnings) or None
        resource = msgspec.structs.replace(resource, warnings=warnings)
    return shown(project, call, business, resource, status)


async def _store_later(
    project: Project,
    call: Call,
    business: Business,
    change: Change[Any],
    *,
    status: int,
    asked: list[Any],
) -> Response:
    """Ask extensions (or try a destination) outside; then look again and store."""
    world, author = project.world, call.caller.author
    by, n = world.by, world.n
    replies = [
        (extension, await project.extensions.ask(business.kind, change, extension))
        for extension in asked
    ]
    if business.tried is not None:
        await business.tried(change)
    was = (world.by, world.n, project.author)
    world.by, world.n, project.author = by, n, author
    try:
        for check in change.checks:
            check()
        for extension, actions in replies:
            project.extensions.apply(business.kind, change, extension, actions)
        return _stored(project, call, business, change, status)
    finally:
        world.by, world.n, project.author = was


def shown(project: Project, call: Call, business: Business, resource: Any, status: int) -> Response:
    """A resource as it is answered, with references written out when the caller asks."""
    if business.shown is not None:
        resource = business.shown(resource)
    paths = call.every("expand") if call.request.query else []
    if paths:
        queries.check_expansion(paths)
        resource = queries.expanded(resource, paths, project.lookup)
    return answer(project, call, status, resource)


# --- finding --------------------------------------------------------------------------------


def find(project: Project, call: Call, business: Business) -> Any:
    """The resource of the URL.

    Raises:
        Refusal: 404.
    """
    if business.prepare is not None:
        business.prepare(project)
    collection = business.kind.collection
    id = call.params.get("ID")
    if id is not None:
        resource = collection.by_id.get(id)
        if resource is None:
            raise no_such(f"ID '{id}'")
        return resource
    name, path = business.named
    value = call.params[name]
    resource = collection.one(path, value)
    if resource is None:
        raise no_such(f"{name} '{value}'")
    return resource


def check_parameters(project: Project, call: Call, *allowed: str) -> None:
    """Refuse query parameters that the endpoint does not have.

    Raises:
        Refusal: there is one, and the settings want it refused.
    """
    if call.request.query and project.settings.unknown_parameters == "refuse":
        for name, _ in call.parameters:
            if name not in allowed:
                raise malformed(name, "This endpoint has no such parameter.")


def version_of(call: Call) -> int | None:
    """The ``version`` parameter of a DELETE."""
    text = call.one("version")
    if text is None:
        return None
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 16:
        raise malformed("version", f"The value '{text}' is not a number.")
    return min(int(text), LARGEST)


# --- the faces of one resource ----------------------------------------------------------------


class Faces:
    """Handlers of one kind of resource; ``operations.py`` puts them into the table."""

    def __init__(self, business: Business, settings: Settings) -> None:
        ignore, strict = settings.unknown_fields == "ignore", settings.unknown_parameters
        self.business = business
        self.drafts: Reader[Any] = Reader(business.draft, ignore_unknown=ignore)
        self.updates: Reader[Any] = Reader(business.update, ignore_unknown=ignore)
        self._polls = Polls(business.structs or (business.kind.struct,), strict=strict == "refuse")
        self._written: dict[str, tuple[Any, bytes]] = {}
        self._written_bytes = 0

    def query(self, project: Project, call: Call) -> Answer:
        """A page of resources."""
        query, page = self._found(project, call)
        business = self.business
        results: list[Any] = page.results
        call.keys.extend([business.key(project, one) for one in results])
        if business.shown is not None:
            results = [business.shown(one) for one in results]
        if query.expand:
            expand = query.expand
            listed = [_encode(queries.expanded(one, expand, project.lookup)) for one in results]
        else:
            listed = self._encoded(results)
        total = b"" if page.total is None else b'"total":%d,' % page.total
        content = b'{"limit":%d,"offset":%d,"count":%d,%b"results":[%b]}' % (
            query.limit, query.offset, len(listed), total, b",".join(listed),
        )  # fmt: skip
        return _answer(project, call, 200, content)

    def _encoded(self, resources: list[Any]) -> list[bytes]:
        """Resources as JSON. They are replaced, never changed: who polls reads the same often."""
        written = self._written.get
        listed = [
            known[1]
            if (known := written(one.id)) is not None and known[0] is one
            else self._write(one)
            for one in resources
        ]
        if self._written_bytes > _MOST_BYTES:
            self._written.clear()
            self._written_bytes = 0
        return listed

    def _write(self, resource: Any) -> bytes:
        content = _encode(resource)
        before = self._written.get(resource.id)
        self._written_bytes += len(content) - (len(before[1]) if before is not None else 0)
        self._written[resource.id] = resource, content
        return content

    def any(self, project: Project, call: Call) -> Answer:
        """HEAD of the collection: is there any?"""
        query = self._read(project, call)
        query.limit, query.offset, query.with_total = 1, 0, False
        found = self._run(project, call, query).results
        return answer(project, call, 200 if found else 404, None)

    def _found(self, project: Project, call: Call) -> tuple[queries.Query, queries.Page[Any]]:
        if not call.stale_s and not project.settings.query_lag_s:
            asked = self._polls.find(call.request.query)
            if asked is not None:
                if self.business.prepare is not None:
                    self.business.prepare(project)
                page = asked[0].run(self.business.kind.collection, asked[1])
                if page is not None:
                    return asked[0].query, page
        query = self._read(project, call)
        return query, self._run(project, call, query)

    def _read(self, project: Project, call: Call) -> queries.Query:
        strict = project.settings.unknown_parameters == "refuse"
        return queries.read(call.parameters, strict=strict)

    def _run(self, project: Project, call: Call, query: queries.Query) -> queries.Page[Any]:
        if self.business.prepare is not None:
            self.business.prepare(project)
        kind = self.business.kind
        return queries.run(
            kind.collection,
            kind.struct,
            query,
            structs=self.business.structs,
            lag_s=max(call.stale_s, project.settings.query_lag_s),
        )

    def create(self, project: Project, call: Call) -> Answer:
        """A new resource: 201."""
        check_parameters(project, call, "expand")
        draft = self.drafts.read(call.request.body)
        hint = self.business.hint(draft) if self.business.hint is not None else None
        if hint is not None:
            call.keys.append(hint)
        change = self.business.create(project, draft)
        return store(project, call, self.business, change, 201)

    def get(self, project: Project, call: Call) -> Answer:
        """One resource, strongly consistent."""
        check_parameters(project, call, "expand")
        resource = find(project, call, self.business)
        call.keys.append(self.business.key(project, resource))
        return shown(project, call, self.business, resource, 200)

    def head(self, project: Project, call: Call) -> Answer:
        """HEAD of one resource: is it there?"""
        check_parameters(project, call)
        find(project, call, self.business)
        return answer(project, call, 200, None)

    def update(self, project: Project, call: Call) -> Answer:
        """Update actions on the version that the caller has read."""
        check_parameters(project, call, "expand")
        resource: Resource = find(project, call, self.business)
        call.keys.append(self.business.key(project, resource))
        body = self.updates.read(call.request.body)
        change = project.update(self.business.kind, resource, body.version, body.actions)
        return store(project, call, self.business, change, 200)

    def delete(self, project: Project, call: Call) -> Answer:
        """Take a resource away: it is answered as it was."""
        check_parameters(project, call, "expand", "version", "dataErasure")
        resource = find(project, call, self.business)
        call.keys.append(self.business.key(project, resource))
        made = shown(project, call, self.business, resource, 200)
        self.business.delete(project, resource, version_of(call))
        return made

"""A fake as the wire sees it: routing, dispatch, the vendor's refusals."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol, cast
from urllib.parse import unquote

import msgspec
from falcon.routing import CompiledRouter

from peakproof.errors import PeakproofError, SimulatorFault
from peakproof.wire.message import Request, Response
from peakproof_simulators.kit.openapi import document
from peakproof_simulators.kit.operations import Operation
from peakproof_simulators.kit.seed import Seed

if TYPE_CHECKING:
    from peakproof.world import World

Lane = tuple[Operation, dict[str, str]]
_MOST_LANES: Final = 4096
"""Paths whose way through a fake is remembered, so that a long run does not fill the memory."""


class VendorError(Exception):
    """A refusal in the vendor's own words: raise it anywhere below a handler."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


class Call(msgspec.Struct):
    """One request on its way through a fake; what a handler is given beside the state.

    ``params`` are those of the path; calls to one path share them. ``caller`` is who calls, as the
    vendor's ``authenticate`` says (a client, a merchant, None).
    """

    service: VendorService
    request: Request
    operation: Operation
    params: dict[str, str]
    keys: list[str] = []
    stale_s: float = 0.0
    caller: Any = None
    pairs: list[tuple[str, str]] | None = None

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The query as decoded pairs, in order."""
        if self.pairs is None:
            self.pairs = self.request.parameters()
        return self.pairs

    def one(self, name: str) -> str | None:
        """The last value of a query parameter, None when it is absent."""
        found = None
        for key, value in self.parameters:
            if key == name:
                found = value
        return found

    def every(self, name: str) -> list[str]:
        """All values of a repeatable query parameter."""
        return [value for key, value in self.parameters if key == name]

    def serve(self) -> Response | Awaitable[Response]:
        """Authenticate, act, answer; see :class:`peakproof.service.Inbound`."""
        service, operation = self.service, self.operation
        try:
            if operation.auth:
                self.caller = service.vendor.authenticate(self)
            answer = operation.handler(service.state, self)
        except VendorError as refusal:
            return refusal.response
        except PeakproofError:
            raise
        except Exception as error:
            raise self._fault(error) from error
        return answer if isinstance(answer, Response) else self._settle(answer)

    async def _settle(self, answer: Awaitable[Response]) -> Response:
        try:
            return await answer
        except VendorError as refusal:
            return refusal.response
        except PeakproofError:
            raise
        except Exception as error:
            raise self._fault(error) from error

    def _fault(self, error: Exception) -> SimulatorFault:
        request = self.request
        return SimulatorFault(
            f"{self.service.name}: {self.operation.name} failed inside the fake on "
            f"{request.method} {request.path}: {type(error).__name__}: {error}"
        )


class Vendor(Protocol):
    """What differs from vendor to vendor before and around an operation."""

    def authenticate(self, call: Call) -> Any:
        """Who calls; raises :class:`VendorError` with the vendor's 401 or 403."""

    def unknown_path(self, call: Call) -> Response:
        """The answer to a path that the vendor does not have."""

    def unknown_method(self, call: Call, allowed: Sequence[str]) -> Response:
        """The answer to a method that the path does not have."""

    def refusal(self, status: int, headers: Mapping[str, str]) -> Response:
        """The vendor's body for a fault of the wire (429, 500, 502, 503, 504)."""

    def expire_tokens(self) -> None:
        """Forget the tokens given out so far."""


class _Resource:
    """The methods of one path."""

    __slots__ = ("methods",)

    def __init__(self) -> None:
        self.methods: dict[str, Operation] = {}


@cache
def _router(templates: tuple[str, ...]) -> CompiledRouter:
    """Finds the template that a path fits; compiled once for all runs of a process."""
    router = CompiledRouter()
    for template in templates:
        router.add_route(template, template)
    return router


class VendorService:
    """A fake behind its operations table; satisfies :class:`peakproof.service.Service`."""

    seed_type = Seed

    def __init__(
        self,
        *,
        name: str,
        title: str,
        world: World,
        state: Any,
        vendor: Vendor,
        operations: Sequence[Operation],
        inspect: Callable[[], dict[str, Any]],
        seed: Callable[[Seed], None],
        credentials: Mapping[str, str],
        roles: Mapping[str, Any],
        security: Mapping[str, dict[str, Any]],
        controls: Mapping[str, Callable[[dict[str, Any]], Any]] | None = None,
        base_path: str = "",
        hosts: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.hosts = tuple(hosts)
        self.title = title
        self.world = world
        self.state = state
        self.vendor = vendor
        self.operations = tuple(operations)
        self.roles = dict(roles)
        self.security = dict(security)
        self.controls = dict(controls or {})
        self.base_path = base_path
        self.inspect = inspect
        self.seed = seed
        self.credentials = dict(credentials)
        self._exact: dict[str, _Resource] = {}
        self._templates: dict[str, _Resource] = {}
        self._lanes: dict[tuple[str, str], Lane] = {}
        self._add_routes()
        self._router = _router(tuple(self._templates))
        self._lost = _pseudo("unknown.path", lambda _state, call: vendor.unknown_path(call))
        self._wrong = _pseudo("unknown.method", self._unknown_method)

    def receive(self, request: Request) -> Call:
        """Find the operation of a request; unknown ones become the vendor's own refusal."""
        lane = self._lanes.get((request.method, request.path))
        if lane is None:
            lane = self._lane(request.method, request.path)
        return Call(self, request, lane[0], lane[1])

    def _lane(self, method: str, path: str) -> Lane:
        """Where a request goes. Known ones are kept: who polls asks for the same each time."""
        decoded = unquote(path) if "%" in path else path
        resource = self._exact.get(decoded)
        params: dict[str, str] = {}
        if resource is None:
            found = self._router.find(decoded)
            if found is None:
                return self._lost, params
            resource, params = self._templates[cast(str, found[3])], found[2]
        operation = resource.methods.get(method)
        if operation is None:
            return self._wrong, {"path": decoded}
        if len(self._lanes) >= _MOST_LANES:
            self._lanes.clear()
        lane = self._lanes[method, path] = (operation, params)
        return lane

    def refusal(self, status: int, headers: Mapping[str, str]) -> Response:
        """The vendor's own body for a fault of the wire."""
        return self.vendor.refusal(status, headers)

    def expire_tokens(self) -> None:
        """All access tokens given out so far stop working."""
        self.vendor.expire_tokens()

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document of the operations table."""
        return document(self.title, self.operations, self.security)

    def _add_routes(self) -> None:
        by_path: dict[str, _Resource] = {}
        for operation in self.operations:
            path = self.base_path + operation.path
            resource = by_path.get(path)
            if resource is None:
                resource = by_path[path] = _Resource()
                named = self._templates if "{" in path else self._exact
                named[path] = resource
            if operation.method in resource.methods:
                raise SimulatorFault(f"{self.name}: {operation.method} {path} is there twice")
            resource.methods[operation.method] = operation

    def _unknown_method(self, _state: Any, call: Call) -> Response:
        path = call.params["path"]
        resource = self._exact.get(path)
        if resource is None:
            found = self._router.find(path)
            assert found is not None
            resource = self._templates[cast(str, found[3])]
        return self.vendor.unknown_method(call, sorted(resource.methods))


def _pseudo(name: str, handler: Callable[[Any, Call], Response]) -> Operation:
    return Operation(
        name=name, method="*", path="*", handler=handler, effect="other", summary="",
        provenance="chosen", source="", answers={}, auth="",
    )  # fmt: skip

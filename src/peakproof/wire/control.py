"""The control plane of a served fake: apart from the vendor's paths, and behind a token.

Under ``/_peakproof/`` on every served system, with the header ``x-peakproof-token``: seed and
reset, the state, the weather, recent records, the OpenAPI document, and the fake's own controls.
Nothing that it answers or writes holds a secret.
"""

from __future__ import annotations

import hmac
import re
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec

from peakproof.errors import PeakproofError, UsageError
from peakproof.history.records import Call, Hook, Record, Strike
from peakproof.service import Service
from peakproof.toml_file import nearest
from peakproof.wire.aim import fits
from peakproof.wire.message import Request, Response
from peakproof.wire.rules import parse_rules
from peakproof.wire.weather import Weather

if TYPE_CHECKING:
    from peakproof.wire.exchange import Wire

PREFIX: Final = "/_peakproof/"
TOKEN_HEADER: Final = "x-peakproof-token"

_KEPT_RECORDS: Final = 500
_JSON: Final = {"content-type": "application/json"}
_SECRET_NAME: Final = re.compile(r"password|secret|token|credential|^authorization$", re.IGNORECASE)
_OPEN_CREDENTIALS: Final = frozenset(
    {"code", "business_unit", "user", "client_id", "project_key", "scope", "merchant_id"}
)
"""The credentials that are names, not secrets."""
_HIDDEN: Final = "(hidden)"


class _Refused(Exception):
    """A request of the control plane that cannot be: status, message, field."""

    def __init__(self, status: int, message: str, field: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.field = field


class Control:
    """Answers the control plane of all systems of a wire.

    ``remake`` makes a fresh fake by system (for ``reset``); ``seed_type`` is the struct that
    ``service.seed`` takes.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        token: str,
        seed_type: Any = None,
        remake: Mapping[str, Callable[[], Service]] | None = None,
    ) -> None:
        if len(token) < 8:
            raise UsageError("the control plane needs a token of at least 8 characters")
        self._wire = wire
        self._token = token.encode()
        self._seed_type = seed_type
        self._remake = dict(remake or {})
        self._recent: deque[Record] = deque(maxlen=_KEPT_RECORDS)
        wire.world.listeners.append(self._hear)
        self._routes: dict[str, dict[str, Callable[[str, Request], Any]]] = {
            "seed": {"POST": self._seed},
            "reset": {"POST": self._reset},
            "state": {"GET": self._state},
            "weather": {
                "GET": self._weather,
                "PUT": self._put_weather,
                "DELETE": self._delete_weather,
            },
            "calls": {"GET": self._calls},
            "openapi.json": {"GET": lambda system, _request: wire.services[system].openapi()},
        }

    def answer(self, system: str, request: Request) -> Response:
        """Answer a request whose path begins with :data:`PREFIX`."""
        given = request.headers.get(TOKEN_HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, self._token):
            return _json(401, {"error": f"the header {TOKEN_HEADER} is missing or wrong"})
        path = request.path.removeprefix(PREFIX)
        try:
            answered = self._methods(system, path)
            if request.method not in answered:
                allowed = ", ".join(answered)
                return _json(405, {"error": f"{path} takes {allowed}"}, {"allow": allowed})
            made = answered[request.method](system, request)
        except _Refused as refused:
            body = {"error": str(refused)} | ({"field": refused.field} if refused.field else {})
            return _json(refused.status, body)
        except Exception as error:
            fault = self._wire.blame(error, f"the control plane of {system}, {path}")
            return _json(500, {"error": str(fault)})
        return _json(200, made)

    def _methods(self, system: str, path: str) -> dict[str, Callable[[str, Request], Any]]:
        name, _, act = path.partition("/")
        if name == "act" and act:
            return {"POST": lambda system, request: self._act(system, act, request)}
        found = self._routes.get(path)
        if found is None:
            near = nearest(path, self._routes)
            raise _Refused(
                404,
                f"there is no {path!r}; "
                + (f"did you mean {near}?" if near else f"there are {', '.join(self._routes)}"),
            )
        return found

    # --- the fake ------------------------------------------------------------------------

    def _seed(self, system: str, request: Request) -> dict[str, Any]:
        service: Any = self._wire.services[system]
        wanted = getattr(service, "seed_type", None) or self._seed_type
        if wanted is None or not hasattr(service, "seed"):
            raise _Refused(404, f"{system} cannot be seeded here")
        seed = _decoded(request.body, wanted)
        with self._wire.world.acting("seed"):
            self._doing(lambda: service.seed(seed))
        return {"seeded": system}

    def _reset(self, system: str, _request: Request) -> dict[str, Any]:
        remake = self._remake.get(system)
        if remake is None:
            raise _Refused(404, f"{system} cannot be reset here")
        self._wire.replace(system, remake())
        return {"reset": system}

    def _state(self, system: str, _request: Request) -> Any:
        service = self._wire.services[system]
        return hide(service.inspect(), secrets_of(service))

    def _act(self, system: str, name: str, request: Request) -> Any:
        service = self._wire.services[system]
        controls: Mapping[str, Callable[[dict[str, Any]], Any]] = getattr(service, "controls", {})
        control = controls.get(name)
        if control is None:
            near = nearest(name, controls)
            known = near or ", ".join(sorted(controls)) or "none"
            raise _Refused(404, f"{system} has no control {name!r}; there are: {known}")
        given = _decoded(request.body or b"{}", dict[str, Any])
        with self._wire.world.acting("staff"):
            made = self._doing(lambda: control(given))
        return hide(msgspec.to_builtins(made), secrets_of(service))

    def _doing(self, action: Callable[[], Any]) -> Any:
        """Do what was asked; what is wrong with the asking becomes a 400."""
        try:
            return action()
        except msgspec.ValidationError as error:
            raise _not_fitting(error) from None
        except UsageError as error:
            raise _Refused(400, str(error)) from None
        except PeakproofError:
            raise
        except KeyError as error:
            name = str(error.args[0]) if error.args else "?"
            raise _Refused(400, f"{name} is missing or unknown", name) from None
        except (ValueError, TypeError) as error:
            raise _Refused(400, str(error)) from None

    # --- the wire ------------------------------------------------------------------------

    def _weather(self, system: str, _request: Request) -> Any:
        rules = self._wire.weather.rules
        return [rule.document() for rule in rules if fits(rule.target.system, system)]

    def _put_weather(self, system: str, request: Request) -> Any:
        documents = []
        for index, document in enumerate(_decoded(request.body, list[dict[str, Any]])):
            if document.setdefault("system", system) != system:
                field = f"weather[{index}].system"
                raise _Refused(400, f"{field}: this is the weather of {system}", field)
            documents.append(document)
        try:
            rules = parse_rules(documents)
        except UsageError as error:
            message = str(error)
            raise _Refused(400, message, message.partition(":")[0]) from None
        self._replace_weather(system, rules)
        return [rule.document() for rule in rules]

    def _delete_weather(self, system: str, _request: Request) -> Any:
        self._replace_weather(system, ())
        return []

    def _replace_weather(self, system: str, rules: tuple[Any, ...]) -> None:
        old = self._wire.weather
        if old.plan is not None:
            raise _Refused(409, "this run replays a plan; its weather cannot be changed")
        kept = [rule for rule in old.rules if rule.target.system != system]
        fresh = Weather(self._wire.world, [*kept, *rules])
        fresh.origin_s, fresh.armed = old.origin_s, old.armed
        self._wire.set_weather(fresh)

    def _calls(self, system: str, request: Request) -> Any:
        limit = 100
        for name, value in request.parameters():
            if name != "limit":
                raise _Refused(400, f"{name}: calls takes limit", name)
            if not value.isdecimal() or not 1 <= int(value) <= _KEPT_RECORDS:
                raise _Refused(400, f"limit: a number from 1 to {_KEPT_RECORDS}", "limit")
            limit = int(value)
        mine = [one for one in self._recent if getattr(one, "system", None) == system]
        return msgspec.to_builtins(mine[-limit:])

    def _hear(self, record: Record) -> None:
        if isinstance(record, Call | Hook | Strike):
            self._recent.append(record)


def secrets_of(service: Any) -> tuple[str, ...]:
    """The values of a fake's credentials that nobody else may read."""
    credentials: Mapping[str, str] = getattr(service, "credentials", {})
    return tuple(
        value for name, value in credentials.items() if name not in _OPEN_CREDENTIALS and value
    )


def hide(value: Any, secrets: tuple[str, ...]) -> Any:
    """A copy of plain JSON values in which no secret stands, by name or by value."""
    if isinstance(value, dict):
        return {
            _masked(str(name), secrets): _HIDDEN
            if _SECRET_NAME.search(str(name)) and inner not in (None, "", [], {})
            else hide(inner, secrets)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [hide(inner, secrets) for inner in value]
    return _masked(value, secrets) if isinstance(value, str) else value


def _masked(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        if secret in text:
            text = text.replace(secret, _HIDDEN)
    return text


def _decoded(body: bytes, wanted: Any) -> Any:
    try:
        return msgspec.json.decode(body, type=wanted)
    except msgspec.ValidationError as error:
        raise _not_fitting(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _Refused(400, f"this is not valid JSON: {error}") from None


def _not_fitting(error: msgspec.ValidationError) -> _Refused:
    message, _, path = str(error).partition(" - at `")
    field = path.rstrip("`").removeprefix("$").removeprefix(".")
    unknown = re.search(r"unknown field `([^`]+)`", message)
    if unknown:
        field = f"{field}.{unknown.group(1)}".removeprefix(".")
    return _Refused(400, f"{field}: {message}" if field else message, field)


def _json(status: int, value: Any, headers: dict[str, str] | None = None) -> Response:
    return Response(status, msgspec.json.encode(value), {**_JSON, **(headers or {})})

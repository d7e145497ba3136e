"""What the API keeps beside the company: who may call, how often, and how answers are made."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from hmac import compare_digest
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlencode

import msgspec

from peakproof.wire.message import Response
from peakproof_simulators.patchworks.errors import JSON, WIRE, invalid, refusal, unfit

if TYPE_CHECKING:
    from peakproof.world import World
    from peakproof_simulators.kit.service import Call
    from peakproof_simulators.patchworks.company import Company
    from peakproof_simulators.patchworks.settings import Settings

T = TypeVar("T")
_MINUTE_S: Final = 60.0
_encode: Final = msgspec.json.Encoder().encode


class Throttle:
    """So many calls a minute; the minute begins with the first call (Laravel's way)."""

    def __init__(self, most: int, now: Callable[[], float]) -> None:
        self.most = most
        self._now = now
        self._began_s = -_MINUTE_S
        self._used = 0

    def take(self) -> dict[str, str] | None:
        """Count a call: None when it may pass, else the headers of the refusal."""
        if not self.most:
            return None
        now_s = self._now()
        if now_s >= self._began_s + _MINUTE_S:
            self._began_s, self._used = now_s, 0
        if self._used < self.most:
            self._used += 1
            return None
        left_s = int(self._began_s + _MINUTE_S - now_s) + 1
        return {
            "retry-after": str(left_s), "x-ratelimit-limit": str(self.most),
            "x-ratelimit-remaining": "0",
        }  # fmt: skip


class Desk:
    """The state that the handlers of the API are given."""

    def __init__(
        self, world: World, company: Company, settings: Settings, credentials: dict[str, str]
    ) -> None:
        self.world = world
        self.company = company
        self.settings = settings
        self.credentials = credentials
        self.tokens: dict[str, float] = {}
        """Tokens of logins, with the run time at which they end."""
        self.calls = Throttle(settings.api_per_minute, company.now)
        self.webhooks = Throttle(settings.webhooks_per_minute, company.now)
        self.callbacks = Throttle(settings.callbacks_per_minute, company.now)
        self._ids = world.ids("patchworks", "tokens")

    # --- the vendor's ways; satisfies the kit's ``Vendor`` ------------------------------------

    def authenticate(self, call: Call) -> str:
        """Who calls: ``key`` or ``user``.

        Raises:
            VendorError: 401, or 429.
        """
        header = call.request.headers.get("authorization", "")
        kind, _, token = header.partition(" ")
        caller = ""
        if not token and compare_digest(header.encode(), self.credentials["api_key"].encode()):
            caller = "key"
        elif kind.lower() == "bearer" and self.tokens.get(token, 0.0) > self.company.now():
            caller = "user"
        if not caller:
            raise refusal("unauthenticated")
        over = self.calls.take()
        if over is not None:
            raise refusal("too_many", headers=over)
        return caller

    def unknown_path(self, call: Call) -> Response:
        """404, as Laravel says it."""
        return refusal("not_found", path=call.request.path.lstrip("/")).response

    def unknown_method(self, call: Call, allowed: Sequence[str]) -> Response:
        """405, with the methods that there are."""
        return refusal(
            "bad_method", method=call.request.method, path=call.request.path.lstrip("/"),
            allowed=", ".join(allowed), headers={"allow": ", ".join(allowed)},
        ).response  # fmt: skip

    def refusal(self, status: int, headers: Mapping[str, str]) -> Response:
        """The body for a fault of the wire."""
        body = {"message": WIRE.get(status, "Server Error")}
        return Response(status, _encode(body), {"content-type": JSON, **headers})

    def expire_tokens(self) -> None:
        """No token of a login works any more; API keys do."""
        self.tokens.clear()

    def log_in(self, email: str, password: str) -> str:
        """A token in the form of a JWT.

        Raises:
            VendorError: these are not the credentials.
        """
        own = self.credentials
        if (email, password) != (own["email"], own["password"]):
            raise refusal("bad_login", "email", status=401)
        head = _base64(_encode({"typ": "JWT", "alg": "HS256"}))
        ends_s = self.company.now() + self.settings.token_lifetime_s
        claims = {"sub": email, "exp": int(self.company.epoch_s + ends_s), "jti": self._ids.uuid()}
        token = f"{head}.{_base64(_encode(claims))}.{self._ids.token(43)}"
        while self.tokens and next(iter(self.tokens.values())) <= self.company.now():
            del self.tokens[next(iter(self.tokens))]  # the longest ago was given out first
        self.tokens[token] = ends_s
        return token

    # --- reading and answering ----------------------------------------------------------------

    def read(self, call: Call, decoder: msgspec.json.Decoder[T], fields: Iterable[str]) -> T:
        """The body of a call.

        Raises:
            VendorError: 413, or 422 with the field that is wrong.
        """
        body = self.sized(call)
        try:
            found = decoder.decode(body)
            if self.settings.unknown_fields == "refuse":
                for name in msgspec.json.decode(body, type=dict[str, msgspec.Raw]):
                    if name not in fields:
                        raise invalid(name, f"The {name} field is not allowed.")
        except msgspec.ValidationError as error:
            raise unfit(error) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise invalid("body", "The body is not valid JSON.") from None
        return found

    def sized(self, call: Call) -> bytes:
        """The body of a call as it came.

        Raises:
            VendorError: 413, it is too large.
        """
        if len(call.request.body) > self.settings.body_limit_bytes:
            raise refusal("too_large")
        return call.request.body

    def reply(self, body: Any, status: int = 200) -> Response:
        """An answer."""
        return Response(status, _encode(body), {"content-type": JSON})

    def one(self, id: str, attributes: Any, status: int = 200) -> Response:
        """The answer about one resource."""
        return self.reply({"data": {"id": id, "attributes": attributes}}, status)

    def iso(self, at_s: float) -> str:
        """A run time as the API says it."""
        return self.world.clock.iso(at_s)


class Asked(msgspec.Struct):
    """What a list was asked for: filters and other parameters, by name, and the page."""

    values: dict[str, str]
    page: int
    per_page: int

    def page_of(self, path: str, total: int) -> tuple[range, dict[str, Any]]:
        """The places on the page, and what goes beside them."""
        last = max(1, -(-total // self.per_page))
        first = (self.page - 1) * self.per_page
        places = range(min(first, total), min(first + self.per_page, total))
        shown = {name: each for name, each in self.values.items() if name != "page"}

        def link(page: int) -> str:
            return f"{path}?{urlencode({**shown, 'page': page})}"

        meta = {
            "current_page": self.page, "from": places.start + 1 if places else None,
            "last_page": last, "path": path, "per_page": self.per_page,
            "to": places.stop if places else None, "total": total,
        }  # fmt: skip
        links = {
            "first": link(1), "last": link(last),
            "prev": link(self.page - 1) if self.page > 1 else None,
            "next": link(self.page + 1) if self.page < last else None,
        }  # fmt: skip
        return places, {"meta": meta, "links": links}


def asked(desk: Desk, call: Call) -> Asked:
    """The parameters of a list; each may be there once.

    Raises:
        VendorError: one is unknown or wrong.
    """
    known = {parameter.name for parameter in call.operation.query}
    values: dict[str, str] = {}
    for name, value in call.parameters:
        if name not in known:
            if desk.settings.unknown_parameters == "refuse":
                raise _unknown(name, known)
            continue
        values[name] = value
    settings = desk.settings
    page = whole(values, "page", 1)
    per_page = min(whole(values, "per_page", settings.per_page), settings.per_page_most)
    return Asked(values, page, per_page)


def _unknown(name: str, known: Iterable[str]) -> Exception:
    what = name.partition("[")[0]
    if name.startswith(("filter[", "fields[")):
        listed = [each.partition("[")[2].rstrip("]") for each in sorted(known) if
                  each.startswith(f"{what}[")]  # fmt: skip
        name = name.partition("[")[2].rstrip("]")
    else:
        what, listed = "parameter", sorted(known)
    return refusal("invalid_query", what=what, name=name, allowed=", ".join(listed))


def whole(values: Mapping[str, str], name: str, default: int) -> int:
    """A positive whole number of a query.

    Raises:
        VendorError: it is none.
    """
    text = values.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or not 0 < len(text) < 10 or int(text) < 1:
        raise invalid(name, f"The {name} field must be an integer of at least 1.")
    return int(text)


def listed_in(values: Mapping[str, str], name: str, allowed: Sequence[str]) -> list[str]:
    """A list separated by commas, of allowed words.

    Raises:
        VendorError: a word is not allowed.
    """
    if name not in values:
        return []
    words = values[name].split(",")
    for word in words:
        one_of(word, name, allowed)
    return words


def one_of(word: str, what: str, allowed: Sequence[str]) -> str:
    """A word that is allowed.

    Raises:
        VendorError: it is not.
    """
    if word not in allowed:
        raise refusal("invalid_query", what=what, name=word, allowed=", ".join(allowed))
    return word


def _base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()

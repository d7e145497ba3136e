"""Who calls: administrators by token, an integration by signature, guests by nothing."""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote

from oauthlib.oauth1.rfc5849 import signature

from peakproof_simulators.adobe_commerce.errors import Refusal, refuse, required
from peakproof_simulators.adobe_commerce.settings import Credentials

if TYPE_CHECKING:
    from peakproof.wire.message import Request
    from peakproof_simulators.adobe_commerce.state import Shop

INTEGRATION: Final = 1
ADMIN: Final = 2
GUEST: Final = 4

_PAIR: Final = re.compile(r'(?:^|,)\s*([^=\s,]+)\s*=\s*"([^"]*)"')
_NEEDED: Final = (
    "oauth_consumer_key", "oauth_token", "oauth_signature", "oauth_signature_method",
    "oauth_nonce", "oauth_timestamp",
)  # fmt: skip
_MOST_NONCES: Final = 65536
PROBLEMS: Final[dict[str, int]] = {
    "version_rejected": 1, "parameter_absent": 2, "parameter_rejected": 3, "timestamp_refused": 4,
    "nonce_used": 5, "signature_method_rejected": 6, "signature_invalid": 7,
    "consumer_key_rejected": 8, "token_used": 9, "token_expired": 10, "token_revoked": 11,
    "token_rejected": 12, "verifier_invalid": 13, "permission_unknown": 14,
    "permission_denied": 15, "method_not_allowed": 16, "consumer_key_invalid": 17,
}  # fmt: skip
"""The documented numbers of what can be wrong with a signature."""


class Caller(NamedTuple):
    """Who calls. ``resources`` None: everything."""

    kind: int
    id: int
    resources: frozenset[str] | None


NOBODY: Final = Caller(GUEST, 0, frozenset())


class _Signed:
    """A request as the library reads it."""

    def __init__(self, method: str, uri: str, params: list[tuple[str, str]], signed: str) -> None:
        self.http_method = method
        self.uri = uri
        self.params = params
        self.signature = signed


class Door:
    """Gives out tokens and says who calls."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        settings = shop.settings
        ids = shop.world.ids("adobe_commerce", "credentials")
        self.held = settings.credentials or Credentials(
            consumer_key=ids.token(32).lower(),
            consumer_secret=ids.token(32).lower(),
            access_token=ids.token(32).lower(),
            access_token_secret=ids.token(32).lower(),
            admin_user="connector",
            admin_password=ids.token(16),
        )
        self._ids = shop.world.ids("adobe_commerce", "tokens")
        resources = frozenset(settings.integration_resources) or None
        self.integration = Caller(INTEGRATION, 1, resources)
        self._live: dict[str, float] = {}
        self._failures: dict[str, tuple[int, float]] = {}
        self._nonces: dict[str, None] = {}
        self._placements: deque[float] = deque()
        self._blocked_until_s = -1.0
        bearer = settings.integration_bearer
        self._bearer = shop.profile.bearer_integration if bearer is None else bearer

    def sign_in(self, username: str, password: str, code: str | None = None) -> str:
        """A token for an administrator; ``code`` is the second factor, None at the plain door.

        Raises:
            Refusal: names are empty, wrong, locked, or two factors are asked for.
        """
        missing = [
            name for name, given in (("username", username), ("password", password)) if not given
        ]
        if missing:
            raise required(missing)
        shop, now = self.shop, self.shop.world.t
        failures, since = self._failures.get(username, (0, now))
        if failures and now - since >= shop.settings.lockout_s:
            failures = 0
        right = (username, password) == (self.held.admin_user, self.held.admin_password)
        if failures >= shop.settings.lockout_failures or not right:
            if failures < shop.settings.lockout_failures:
                self._failures[username] = (failures + 1, now)
            raise refuse("sign_in")
        if shop.settings.two_factor and code is None:
            text = refuse("two_factor").message
            raise Refusal(shop.profile.two_factor, text, {"active_providers": ["google"]})
        if code is not None and not self._second(code):
            raise refuse("second_factor")
        self._failures.pop(username, None)
        self._forget_old(now)
        token = self._ids.token(32).lower()
        self._live[token] = now + shop.settings.admin_token_lifetime_s
        return token

    def _forget_old(self, now: float) -> None:
        """Let go of tokens that ended; they ended in the order in which they were given out."""
        while self._live and next(iter(self._live.values())) <= now:
            del self._live[next(iter(self._live))]

    def _second(self, code: str) -> bool:
        """Whether a second factor is right: the one of the settings, else any six digits."""
        wanted = self.shop.settings.two_factor_code
        return code == wanted if wanted else len(code) == 6 and code.isdigit()

    def forget(self) -> None:
        """No token that was given out works any more."""
        self._live.clear()

    def caller(self, request: Request) -> Caller:
        """Who calls; an unknown or old bearer is a guest.

        Raises:
            Refusal: a signature is wrong.
        """
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        kind = scheme.lower()
        if kind == "bearer":
            if self._live.get(text, -1.0) > self.shop.world.t:
                return Caller(ADMIN, 1, None)
            if self._bearer and text == self.held.access_token:
                return self.integration
        elif kind == "oauth":
            self._check(request, text)
            return self.integration
        return NOBODY

    def allow(self, request: Request, resource: str) -> Caller:
        """The caller, if it may use a resource.

        Raises:
            Refusal: it may not.
        """
        caller = self.caller(request)
        if caller.resources is not None and resource not in caller.resources:
            raise refuse("unauthorized", {"resources": resource})
        return caller

    def _check(self, request: Request, text: str) -> None:
        """Is it signed by our integration?"""
        given = {unquote(name): unquote(value) for name, value in _PAIR.findall(text)}
        if any(not given.get(name) for name in _NEEDED):
            raise self._problem("parameter_absent", 400)
        if given.get("oauth_version", "1.0") != "1.0":
            raise self._problem("version_rejected", 400)
        if given["oauth_consumer_key"] != self.held.consumer_key:
            raise self._problem("consumer_key_rejected", 401)
        stamp, window = given["oauth_timestamp"], self.shop.settings.oauth_timestamp_window_s
        if not stamp.isdigit() or (
            window and int(stamp) > self.shop.world.clock.epoch_s + self.shop.world.t + window
        ):
            raise self._problem("timestamp_refused", 400)
        nonce = f"{stamp} {given['oauth_nonce']}"
        if nonce in self._nonces:
            raise self._problem("nonce_used", 401)
        if given["oauth_token"] != self.held.access_token:
            raise self._problem("token_rejected", 401)
        if given["oauth_signature_method"] != "HMAC-SHA256":
            raise self._problem("signature_method_rejected", 400)
        if not self._genuine(request, given):
            raise self._problem("signature_invalid", 401)
        if len(self._nonces) >= _MOST_NONCES:
            del self._nonces[next(iter(self._nonces))]
        self._nonces[nonce] = None

    def _genuine(self, request: Request, given: dict[str, str]) -> bool:
        host = request.headers.get("host", "adobe.test")
        unsigned = [
            (name, value) for name, value in given.items()
            if name not in ("oauth_signature", "realm")
        ]  # fmt: skip
        params = [*unsigned, *request.parameters()]
        for scheme in ("http", "https"):
            uri = f"{scheme}://{host}{request.path}"
            signed = _Signed(request.method, uri, params, given["oauth_signature"])
            try:
                if signature.verify_hmac_sha256(
                    signed, self.held.consumer_secret, self.held.access_token_secret
                ):
                    return True
            except ValueError:
                return False
        return False

    def _problem(self, name: str, status: int) -> Refusal:
        """A signature that is refused; the body is the usual one, see ``oauth_error_code``."""
        if not self.shop.settings.oauth_error_code:
            return Refusal(401, *_consumer(), why=name)
        return Refusal(status, *_consumer(), code=PROBLEMS[name], why=name)

    def pace(self) -> None:
        """One more order is being placed by a guest.

        Raises:
            Refusal: 429, there were too many.
        """
        settings = self.shop.settings
        if not (settings.order_rate_limit and self.shop.profile.rate_limit):
            return
        now, seen = self.shop.world.t, self._placements
        while seen and seen[0] <= now - settings.order_rate_period_s:
            seen.popleft()
        if now >= self._blocked_until_s:
            if len(seen) < settings.order_rate_guest:
                seen.append(now)
                return
            self._blocked_until_s = now + 3 * settings.order_rate_period_s
        raise refuse("rate_limited", **{"pragma": "no-cache", "cache-control": "no-store"})


def _consumer() -> tuple[str, dict[str, Any]]:
    return refuse("unauthorized").message, {"resources": "self"}

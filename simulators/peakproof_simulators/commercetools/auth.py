"""Tokens: who may do what, for how long."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple
from urllib.parse import parse_qsl

import msgspec
from msgspec import Meta

from peakproof_simulators.commercetools.errors import Refusal
from peakproof_simulators.commercetools.payloads.common import Author, Payload

if TYPE_CHECKING:
    from peakproof_simulators.commercetools.state import Project
    from peakproof_simulators.kit.service import Call

EVERYTHING: Final = "manage_project"
SCOPES: Final = frozenset(
    {
        EVERYTHING, "view_products", "manage_products", "view_orders", "manage_orders",
        "view_payments", "manage_payments", "view_types", "manage_types", "view_states",
        "manage_states", "view_messages", "manage_subscriptions", "manage_extensions",
        "view_published_products", "introspect_oauth_tokens",
    }
)  # fmt: skip
"""The scopes that this fake's client may ask for."""


class TokenRequest(msgspec.Struct, kw_only=True):
    """The form of the token endpoint; client id and secret come by HTTP Basic."""

    grant_type: Annotated[str, Meta(examples=["client_credentials"])]
    scope: str | None = None


class IntrospectionRequest(msgspec.Struct, kw_only=True):
    """The form of the introspection endpoint."""

    token: str


class TokenAnswer(msgspec.Struct, kw_only=True):
    """An access token; ``scope`` repeats what was asked for."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str


class Introspection(Payload, kw_only=True):
    """Whether a token works, and what it is for; ``exp`` in milliseconds since 1970."""

    active: bool
    scope: str | None = None
    client_id: str | None = msgspec.field(name="client_id", default=None)
    exp: int | None = None


class Token(NamedTuple):
    """An access token. ``names`` are its scopes without the project."""

    text: str
    scope: str
    names: frozenset[str]
    expires: float
    everything: bool
    author: Author


class Tokens:
    """Gives out and checks the access tokens of a project's one API client."""

    def __init__(self, project: Project) -> None:
        self.project = project
        ids = project.world.ids("commercetools", "credentials")
        given = project.settings.credentials
        self.client_id = given.client_id if given is not None else ids.token(24)
        self.client_secret = given.client_secret if given is not None else ids.token(32)
        self.author = Author(client_id=self.client_id, is_platform_client=False)
        self._ids = project.world.ids("commercetools", "tokens")
        self._live: dict[str, Token] = {}
        self.passes: dict[str, Token] = {}
        """By the header as it was sent: what was found to be allowed everything in the project."""

    def check_client(self, header: str) -> None:
        """Is it our client, by HTTP Basic?

        Raises:
            Refusal: it is not.
        """
        kind, _, text = header.partition(" ")
        if kind.lower() == "basic":
            try:
                client_id, _, secret = b64decode(text, validate=True).decode().partition(":")
            except ValueError:
                client_id = secret = ""
            if (client_id, secret) == (self.client_id, self.client_secret):
                return
        raise Refusal("invalid_client")

    def give(self, scope: str | None) -> TokenAnswer:
        """A new token for a space-separated list of scopes (all of the project if none).

        Raises:
            Refusal: a scope is unknown or of another project.
        """
        key = self.project.settings.project_key
        asked = scope.strip() if scope and scope.strip() else f"{EVERYTHING}:{key}"
        names = frozenset(self._name(one, key) for one in asked.split())
        token = Token(
            text=self._ids.token(32),
            scope=asked,
            names=names,
            expires=self.project.world.t + self.project.settings.token_lifetime_s,
            everything=EVERYTHING in names,
            author=self.author,
        )
        self._live[token.text] = token
        return TokenAnswer(
            access_token=token.text,
            token_type="Bearer",
            expires_in=int(self.project.settings.token_lifetime_s),
            scope=asked,
        )

    def _name(self, scope: str, key: str) -> str:
        name, _, of = scope.partition(":")
        if name not in SCOPES or of != key:
            raise Refusal("invalid_scope", scope=scope)
        return name

    def introspect(self, text: str) -> Introspection:
        """Does a token work?"""
        token = self._live.get(text)
        if token is None or token.expires <= self.project.world.t:
            return Introspection(active=False)
        return Introspection(
            active=True,
            scope=token.scope,
            client_id=self.client_id,
            exp=int((self.project.world.clock.epoch_s + token.expires) * 1000),
        )

    def allow(self, header: str, scopes: Iterable[str], project_key: str) -> Token:
        """The token of a request; it must work and have one of the scopes in the project.

        Raises:
            Refusal: 401 ``invalid_token`` or 403 ``insufficient_scope``.
        """
        token = self._live.get(header[7:]) if header[:7].lower() == "bearer " else None
        if token is None or token.expires <= self.project.world.env.now:
            raise Refusal("invalid_token")
        if project_key == self.project.settings.project_key:
            if token.everything:
                self.passes[header] = token
                return token
            if not token.names.isdisjoint(scopes):
                return token
        raise Refusal("insufficient_scope", scopes=", ".join(scopes))

    def forget(self) -> None:
        """No token works any more."""
        self._live.clear()
        self.passes.clear()


def form(call: Call) -> dict[str, Any]:
    """The fields of a form, or of the query string: clients send them in either."""
    found = dict(call.parameters)
    body = call.request.body
    if body:
        try:
            found.update(parse_qsl(body.decode(), keep_blank_values=True))
        except ValueError:
            raise Refusal("invalid_request", text="The form cannot be read.") from None
    return found

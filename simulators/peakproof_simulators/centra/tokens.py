"""Tokens of the Integration API: made in the admin, with permissions, always to expire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from peakproof_simulators.centra.state import Centra

DAY_S: Final = 86_400.0
COOKIE: Final = "graphql-access"


class Token(msgspec.Struct):
    """A token; ``permissions`` None: all there are. ``name`` is the integration's."""

    name: str
    expires_s: float
    permissions: frozenset[str] | None = None

    def may(self, permission: str) -> bool:
        """Whether a permission such as ``Order:read`` is held."""
        return self.permissions is None or permission in self.permissions


class Tokens:
    """All tokens by their text, and the key of the Order API."""

    def __init__(self, centra: Centra) -> None:
        self._centra = centra
        fixed = centra.settings.credentials
        ids = centra.world.ids("centra", "credentials")
        made = ids.token(40), ids.token(32), ids.token(24)
        self.given = fixed.integration_token if fixed is not None else made[0]
        self.order_api_key = fixed.order_api_key if fixed is not None else made[1]
        self.webhook_secret = fixed.webhook_secret if fixed is not None else made[2]
        self.by_text: dict[str, Token] = {}
        self.add(self.given, centra.settings.integration_name, None)

    def add(
        self, text: str, name: str, permissions: Sequence[str] | None, days: float | None = None
    ) -> Token:
        """Make a token that expires after some days (those of the settings unless given)."""
        lasts = self._centra.settings.token_lifetime_days if days is None else days
        held = None if permissions is None else frozenset(permissions)
        token = self.by_text[text] = Token(name, self._centra.now + lasts * DAY_S, held)
        return token

    def make(self, name: str, permissions: Sequence[str] | None, days: float | None) -> str:
        """Make a token with a text of its own."""
        text = self._centra.ids.token(40)
        self.add(text, name, permissions, days)
        return text

    def find(self, headers: dict[str, str]) -> Token | None:
        """The token of a request, from the header or the cookie; None: unknown or expired."""
        header = headers.get("authorization", "")
        text = header[7:] if header[:7].lower() == "bearer " else _cookie(headers.get("cookie", ""))
        token = self.by_text.get(text)
        if token is None or token.expires_s <= self._centra.now:
            return None
        return token

    def expire(self) -> None:
        """All tokens stop working (keys of the Order API do not expire) until somebody in the
        admin renews the given one: after the time of the settings, or by the control plane."""
        for token in self.by_text.values():
            token.expires_s = self._centra.now
        renewed_s = self._centra.settings.token_renewed_after_s
        if renewed_s is not None:
            self._centra.world.after(renewed_s, self.renew)

    def renew(self) -> None:
        """The given token works again for its whole life."""
        self.add(self.given, self._centra.settings.integration_name, None)


def _cookie(text: str) -> str:
    for part in text.split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE:
            return value
    return ""

"""What a resolver knows of the call that it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec
from graphql import GraphQLResolveInfo

if TYPE_CHECKING:
    from peakproof_simulators.centra.state import Centra
    from peakproof_simulators.centra.tokens import Token


class Session(msgspec.Struct):
    """One request of an integration; ``stale_s`` is how old the answers to lists are."""

    centra: Centra
    token: Token
    stale_s: float = 0.0


Info: TypeAlias = GraphQLResolveInfo[Session]


def centra_of(info: Info) -> Centra:
    """The environment that a resolver works on."""
    session: Session = info.context
    return session.centra

"""The one place that knows which adapter stands for which system."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from peakproof_engine.systems.access import System
from peakproof_engine.systems.commercetools import Commercetools
from peakproof_engine.systems.deposco import Deposco
from peakproof_engine.systems.parts import Kit, News, Parts, UnsignedError
from peakproof_engine.systems.pos import Pos


def deposco(made: Deposco) -> Parts:
    """Stock master, item master and warehouse."""

    def read(headers: Mapping[str, str], body: bytes) -> Sequence[News]:
        news = made.read_notice(headers, body)
        return () if news is None else (news,)

    return Parts(subscribe=made.subscribe, read=read, stock=made, warehouse=made, items=made)


def commercetools(made: Commercetools) -> Parts:
    """A shop; its notices carry a key of ours."""
    key = made.hook_key.encode()

    def read(headers: Mapping[str, str], body: bytes) -> Sequence[News]:
        if not hmac.compare_digest(headers.get("aeg-sas-key", "").encode(), key):
            raise UnsignedError
        return made.read_notice(body)

    return Parts(
        learn=made.learn_places, subscribe=made.subscribe, read=read, probed=True, shop=made
    )


def pos(made: Pos) -> Parts:
    """The tills; their notices are signed."""

    def read(headers: Mapping[str, str], body: bytes) -> Sequence[News]:
        if not made.is_signed(headers, body):
            raise UnsignedError
        news = made.read_notice(body)
        return () if news is None else (news,)

    return Parts(learn=made.learn, subscribe=made.subscribe, read=read, tills=made)


def _deposco(kit: Kit) -> Parts:
    access = kit.config.systems.deposco
    assert access is not None
    return deposco(
        Deposco(
            access, kit.line(access.url), kit.clock, kit.guards,
            token_line=kit.other(access.auth_url, access.url),
        )
    )  # fmt: skip


def _commercetools(kit: Kit) -> Parts:
    access = kit.config.systems.commercetools
    assert access is not None
    return commercetools(
        Commercetools(
            access, kit.line(access.url), kit.clock, kit.guards, places=kit.places,
            authorised=kit.config.policy.release_on == "authorised",
            auth_line=kit.other(access.auth_url, access.url),
        )
    )  # fmt: skip


def _pos(kit: Kit) -> Parts:
    access = kit.config.systems.pos
    assert access is not None
    return pos(
        Pos(access, kit.line(access.url), kit.clock, kit.guards, places=kit.places, own=kit.own)
    )


CONNECT: Final[dict[System, Callable[[Kit], Parts]]] = {
    "deposco": _deposco,
    "commercetools": _commercetools,
    "pos": _pos,
}
"""How the adapter of each system is made."""

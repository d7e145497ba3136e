"""The one place that knows which adapter stands for which system."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from peakproof_engine.systems.access import System
from peakproof_engine.systems.adobe_commerce import AdobeCommerce
from peakproof_engine.systems.centra import Centra
from peakproof_engine.systems.commercetools import Commercetools
from peakproof_engine.systems.deposco import Deposco
from peakproof_engine.systems.parts import Kit, News, Parts, UnsignedError
from peakproof_engine.systems.pos import Pos
from peakproof_engine.systems.pos_store import PosStore
from peakproof_engine.systems.pos_store_wire import EVENTS as STOCK_EVENTS


def deposco(made: Deposco) -> Parts:
    """Stock master, item master and warehouse."""

    def read(headers: Mapping[str, str], body: bytes) -> Sequence[News]:
        news = made.read_notice(headers, body)
        return () if news is None else (news,)

    return Parts(
        subscribe=made.subscribe, read=read, stock=made, movements=made, warehouse=made,
        items=made,
    )  # fmt: skip


def commercetools(made: Commercetools) -> Parts:
    """A shop; its notices carry a key of ours."""
    key = made.hook_key.encode()

    def read(headers: Mapping[str, str], body: bytes) -> Sequence[News]:
        if not hmac.compare_digest(headers.get("aeg-sas-key", "").encode(), key):
            raise UnsignedError
        return made.read_notice(body)

    return Parts(
        learn=made.learn_places, subscribe=made.subscribe, read=read, probed=True, shop=made,
        entries=made,
    )  # fmt: skip


def centra(made: Centra) -> Parts:
    """A shop; its notices are set up in the admin, so it is asked instead."""

    async def subscribe(_url: str) -> None:
        return None

    def read(_headers: Mapping[str, str], _body: bytes) -> Sequence[News]:
        raise UnsignedError

    return Parts(learn=made.learn_places, subscribe=subscribe, read=read, shop=made, moves=made)


def pos(made: Pos) -> Parts:
    """The tills; their notices are signed."""

    def read(headers: Mapping[str, str], body: bytes) -> Sequence[News]:
        if not made.is_signed(headers, body):
            raise UnsignedError
        news = made.read_notice(body)
        return () if news is None else (news,)

    return Parts(learn=made.learn, subscribe=made.subscribe, read=read, tills=made)


def pos_store(made: Pos, store: PosStore) -> Parts:
    """The tills whose stock book is the one that counts, and whose stores ship."""

    def read(headers: Mapping[str, str], body: bytes) -> Sequence[News]:
        if not made.is_signed(headers, body):
            raise UnsignedError
        return store.read_notice(body)

    return Parts(
        learn=made.learn, subscribe=made.subscribe, read=read, stock=store, warehouse=store,
        items=store, tills=made,
    )  # fmt: skip


def adobe_commerce(made: AdobeCommerce) -> Parts:
    """A shop; its events are set up in the shop, so it is asked instead."""

    def read(_headers: Mapping[str, str], _body: bytes) -> Sequence[News]:
        raise UnsignedError

    return Parts(
        learn=made.learn_places, subscribe=made.subscribe, read=read, shop=made, entries=made
    )


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


def _centra(kit: Kit) -> Parts:
    access = kit.config.systems.centra
    assert access is not None
    return centra(
        Centra(
            access, kit.line(access.url), kit.clock, kit.guards, places=kit.places,
            late_s=kit.config.policy.late_s,
        )
    )  # fmt: skip


def _pos(kit: Kit) -> Parts:
    access = kit.config.systems.pos
    assert access is not None
    masters, line = kit.config.masters, kit.line(access.url)
    if "pos" not in (masters.stock, masters.fulfilment):
        return pos(Pos(access, line, kit.clock, kit.guards, places=kit.places, own=kit.own))
    made = Pos(
        access, line, kit.clock, kit.guards, places=kit.places, own=kit.own, events=STOCK_EVENTS
    )
    return pos_store(made, PosStore(made, kit.clock, kit.guards, kit.places))


def _adobe_commerce(kit: Kit) -> Parts:
    access = kit.config.systems.adobe_commerce
    assert access is not None
    return adobe_commerce(
        AdobeCommerce(
            access, kit.line(access.url), kit.clock, kit.guards, places=kit.places,
            late_s=kit.config.policy.late_s,
        )
    )  # fmt: skip


CONNECT: Final[dict[System, Callable[[Kit], Parts]]] = {
    "deposco": _deposco,
    "commercetools": _commercetools,
    "pos": _pos,
    "centra": _centra,
    "adobe_commerce": _adobe_commerce,
}
"""How the adapter of each system is made."""

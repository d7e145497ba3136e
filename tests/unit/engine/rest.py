"""A host of REST calls that answers in a given order and remembers what it was asked."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import unquote_plus

import msgspec
from tests.unit.engine.stage import clock

from peakproof_engine.config import Wire
from peakproof_engine.guards import Guards
from peakproof_engine.http import Line
from peakproof_engine.systems.access import AdobeCommerceAccess, PosAccess
from peakproof_engine.systems.adobe_commerce import AdobeCommerce
from peakproof_engine.systems.pos import Pos
from peakproof_engine.systems.pos_store import PosStore

TOKEN: Final = "/rest/V1/integration/admin/token"
LATE_S: Final = 60.0


class Host:
    """An answer may be a document, a status, or an error; tokens are given to whoever asks."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, Any]] = []

    async def send(
        self, method: str, url: str, headers: dict[str, str], body: bytes, timeout_s: float
    ) -> tuple[int, dict[str, str], bytes]:
        """See ``Send``."""
        path = unquote_plus(url.removeprefix("https://host.test"))
        if path == TOKEN:
            assert msgspec.json.decode(body) == {"username": "u", "password": "p"}
            return 200, {}, b'"fresh"'
        assert headers["authorization"] in {"Bearer fresh", "Bearer till-token"}
        self.asked.append((method, path, msgspec.json.decode(body) if body else None))
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, tuple):
            return answer[0], {}, msgspec.json.encode(answer[1])
        return 200, {}, msgspec.json.encode(answer)

    @property
    def calls(self) -> list[str]:
        """What was asked, without queries and bodies."""
        return [f"{method} {path.partition('?')[0]}" for method, path, _ in self.asked]


def line(host: Host) -> Line:
    """The way to the host."""
    guards = Guards()
    return Line("host", "https://host.test", send=host.send, clock=clock(), guards=guards,
                wire=Wire())  # fmt: skip


def shop(host: Host, *off: str) -> AdobeCommerce:
    """The adapter of the web shop, with sources ``north`` and ``south``."""
    access = AdobeCommerceAccess("https://host.test", "u", "p")
    return AdobeCommerce(
        access, line(host), clock(), Guards(off), places=["north", "south"], late_s=LATE_S
    )


def stores(host: Host, *off: str) -> PosStore:
    """The adapter of the stores on top of the tills."""
    access = PosAccess("https://host.test", "till-token")
    guards = Guards(off)
    tills = Pos(access, line(host), clock(), guards, places=["LOC1"], own="peakproof-")
    return PosStore(tills, clock(), guards, ["LOC1"])

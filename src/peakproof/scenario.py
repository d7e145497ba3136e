"""A scenario: what is traded, what goes wrong, what is judged. Read from TOML files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

import msgspec

from peakproof.wire.aim import Target

Mode = Literal["virtual", "live"]
Span = Annotated[float, msgspec.Meta(ge=0)]

REFERENCE: Final = "reference"
"""What the connector that is right is called, whichever plays that part in an estate."""

PHASE_OPEN: Final = "open"
PHASE_TRADE: Final = "trade"
PHASE_CALM: Final = "calm"
PHASE_END: Final = "end"


class On(Target, forbid_unknown_fields=True, frozen=True):
    """A moment on the wire: just before or after the effect of calls that fit the target.

    With ``of`` = ``hook`` it aims at notifications. Calls are counted from the opening of trading.
    """

    when: Literal["before", "after"] = "after"
    of: Literal["call", "hook"] = "call"
    times: int = 1


class Event(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A business event, aimed: at a run time after opening, or at a call on the wire.

    ``act`` is the kind of event with its parameters, such as
    ``{kind = "sale", sku = 1, store = "S1"}``. ``after_s`` waits so long after the moment.
    """

    act: dict[str, Any]
    at_s: Span | None = None
    on: On | None = None
    after_s: Span = 0.0


class Restart(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The connector's process is killed, and started again on its store ``down_s`` later.

    It is killed at the calls that ``on`` aims at (which have reached the system by then); without
    ``on``, once, at a random one of its awaits while trading is open.
    """

    on: On | None = None
    down_s: Span = 5.0


class Break(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """With these guards off the scenario must break with one of these invariants."""

    without: tuple[str, ...]
    breaks: tuple[str, ...]


class Scenario(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One scenario file, merged over its integration's ``estate.toml``.

    ``title`` and ``story`` are for people, ``base`` names the scenario to stand on, ``modes`` are
    the ways in which it can be played. ``invariants`` are the rules that have to have been put to
    the test, ``proves`` says what breaks with which guards off. ``epoch`` is the calendar time at
    which a run begins.

    Times are seconds of run time. ``open_s`` is what the connector gets to publish before
    trading opens; weather windows and ``at_s`` count from the opening. For ``duration_s`` trading
    is open, in ``settle_s`` after that everything has to come to rest. ``stock``, ``items`` and
    ``trading`` are the trading day's own tables, ``climate`` is the weather that is always there
    (latency) and ``weather`` what strikes, ``events`` are what happens in the business besides,
    ``restarts`` says when the connector is killed, ``clocks`` by how many seconds the clock of a
    system is ahead (below 0: behind), ``services`` are the settings of the fakes, ``connector`` is
    what the connector's configuration says beyond the estate.
    """

    title: str
    story: str = ""
    base: str = ""
    invariants: tuple[str, ...] = ()
    proves: tuple[Break, ...] = ()
    modes: tuple[Mode, ...] = ("virtual", "live")
    epoch: str = "2026-11-27T06:00:00+00:00"
    open_s: Span = 30.0
    duration_s: Span = 600.0
    settle_s: Span = 600.0
    estate: dict[str, Any] = {}
    judging: dict[str, Any] = {}
    stock: dict[str, Any] = {}
    items: dict[str, Any] = {}
    trading: dict[str, Any] = {}
    services: dict[str, dict[str, Any]] = {}
    connector: dict[str, Any] = {}
    climate: tuple[dict[str, Any], ...] = ()
    weather: tuple[dict[str, Any], ...] = ()
    events: tuple[Event, ...] = ()
    restarts: tuple[Restart, ...] = ()
    clocks: dict[str, float] = {}

    def subject(self, connector: str) -> str:
        """The connector that is meant by a name: ``reference`` is the one that the estate names."""
        if connector != REFERENCE:
            return connector
        return str(self.estate.get(REFERENCE, REFERENCE))


class Named(msgspec.Struct, frozen=True):
    """A scenario with its identity: ``id`` is ``<integration>/<name>``.

    ``file`` is what messages call its file and ``text`` what that says by itself; ``path`` is where
    it lies if it is not an installed one, "" if it is.
    """

    id: str
    integration: str
    name: str
    file: str
    scenario: Scenario
    text: str = ""
    path: str = ""


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one document over another: tables merge key by key, everything else is replaced."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, Mapping):
            merged[key] = merge(below, value)
        else:
            merged[key] = value
    return merged

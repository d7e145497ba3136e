"""The kinds of weather, each declared once: its name, its parameters, where it applies.

A kind is a struct whose fields are its parameters with their defaults; its docstring is the
sentence that guides and error messages show. What it does to a call or to a notification is its
method ``strike``, which writes into a :class:`Fate` or a :class:`HookFate`; the pipeline reads
those and knows no kind by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal, TypeVar

import msgspec

from peakproof.errors import HarnessFault

On = Literal["call", "hook", "both"]
Role = Literal["ground", "adds", "decides"]
"""``ground`` is the climate (latency): part of the seed, never an entry of a plan. ``adds`` goes
together with anything; of those that ``decide`` how a call ends only one strikes a call."""

Ending = Literal["answer", "silence", "refuse", "reset", "truncate"]
"""How a call ends for its caller. A connection that already stands cannot be refused: there
``refuse`` is a reset."""
BodyKind = Literal["vendor", "html", "empty"]
RetryForm = Literal["seconds", "http_date", "epoch", "iso", "none"]

AIM_FIELDS: Final = ("system", "operation", "nth", "every", "probability", "window", "key")
"""The fields of a weather rule that say where it strikes; no parameter may be called so."""


class Retry(msgspec.Struct, frozen=True):
    """When a refused caller may come back, and how the vendor writes that."""

    wait_s: float
    form: RetryForm
    header: str


class Fate:
    """What weather does to one call: kinds write it, the pipeline carries it out."""

    __slots__ = (
        "back_s", "body", "decided", "ending", "expires", "keep", "names", "out_s", "retry",
        "serves", "stale_s", "status",
    )  # fmt: skip

    def __init__(self) -> None:
        self.names: list[str] = []
        self.decided = False
        self.out_s = 0.0
        """Seconds more on the way to the system."""
        self.back_s = 0.0
        """Seconds more on the way back."""
        self.serves = True
        """Whether the system acts at all."""
        self.ending: Ending = "answer"
        self.status = 0
        """The status in place of the system's own answer, 0 to leave that as it is."""
        self.body: BodyKind = "vendor"
        self.retry: Retry | None = None
        self.keep = 1.0
        """The part of the body that arrives when the answer is truncated."""
        self.stale_s = 0.0
        self.expires = False
        """Whether all access tokens stop working just before the call arrives."""


class HookFate:
    """What weather does to one notification on its way to the connector."""

    __slots__ = ("at_most_s", "decided", "delay_s", "held", "lost", "names", "offsets_s")

    def __init__(self) -> None:
        self.names: list[str] = []
        self.decided = False
        self.delay_s = 0.0
        self.lost = 0
        """The first so many attempts never arrive; -1: none ever does."""
        self.offsets_s: tuple[float, ...] = (0.0,)
        """One delivery for each, so long after the notification was sent."""
        self.held: Literal["", "key", "system"] = ""
        """Hold it back until a later notification of the same key (or system) has arrived."""
        self.at_most_s = 0.0


class Parameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The root of all kinds. ``concrete`` fixes what is left to chance when a kind strikes."""

    name: ClassVar[str] = ""

    def concrete(self, draw: Callable[[], float]) -> Parameters:
        """The same with every random part drawn; ``draw`` gives numbers from 0 up to 1."""
        return self

    def arguments(self) -> dict[str, Any]:
        """The parameters that differ from their defaults, as plain JSON values."""
        return {
            name: msgspec.to_builtins(getattr(self, name))
            for name, default in zip(self.__struct_fields__, self.__struct_defaults__, strict=True)
            if getattr(self, name) != default
        }


class CallWeather(Parameters, frozen=True):
    """A kind that strikes calls."""

    def strike(self, fate: Fate) -> None:
        """Write into the fate of a call what this does to it."""
        raise HarnessFault(f"weather {type(self).__name__} does nothing to a call")


class HookWeather(Parameters, frozen=True):
    """A kind that strikes notifications."""

    def strike(self, fate: HookFate) -> None:
        """Write into the fate of a notification what this does to it."""
        raise HarnessFault(f"weather {type(self).__name__} does nothing to a notification")


@dataclass(frozen=True, slots=True)
class Kind:
    """A registered kind. ``once``: without an n-th it strikes the first call that fits, only."""

    name: str
    on: On
    role: Role
    about: str
    parameters: type[Parameters]
    reads_only: bool = False
    once: bool = False

    def fields(self) -> dict[str, Any]:
        """Parameter names with their defaults, in the order of declaration."""
        return {
            field.name: field.default
            if field.default is not msgspec.NODEFAULT
            else field.default_factory()
            for field in msgspec.structs.fields(self.parameters)
        }


KINDS: Final[dict[str, Kind]] = {}
"""Every kind of weather by name, in the order of declaration."""

P = TypeVar("P", bound=type[Parameters])
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def kind(
    name: str, *, on: On, role: Role, reads_only: bool = False, once: bool = False
) -> Callable[[P], P]:
    """Register a struct of parameters as a kind of weather; it is checked on the spot."""

    def register(parameters: P) -> P:
        about = " ".join((parameters.__doc__ or "").split("\n\n")[0].split())
        made = Kind(name, on, role, about, parameters, reads_only, once)
        _check(made)
        KINDS[name] = made
        return parameters

    return register


def _check(made: Kind) -> None:
    if not _NAME.fullmatch(made.name) or made.name in KINDS:
        raise HarnessFault(f"weather {made.name!r}: the name is taken or is no snake_case name")
    if not made.about.endswith(".") or made.about.endswith(".."):
        raise HarnessFault(f"weather {made.name}: its docstring must begin with a sentence")
    for field in msgspec.structs.fields(made.parameters):
        if field.name in AIM_FIELDS or field.name == "kind":
            raise HarnessFault(f"weather {made.name}: {field.name} says where it strikes")
        if field.required:
            raise HarnessFault(f"weather {made.name}: {field.name} has no default")
    calm = made.parameters()
    if msgspec.convert(msgspec.to_builtins(calm), made.parameters) != calm:
        raise HarnessFault(f"weather {made.name}: its defaults do not survive JSON")
    strikes: Any = {"call": CallWeather, "hook": HookWeather, "both": Parameters}[made.on]
    if not issubclass(made.parameters, strikes) or (made.on == "both") != (made.role == "ground"):
        raise HarnessFault(f"weather {made.name}: it cannot be {made.role} on {made.on}")
    if made.role == "ground":
        return
    fate: Any = Fate() if made.on == "call" else HookFate()
    struck: Any = calm.concrete(lambda: 0.25)
    before = {slot: getattr(fate, slot) for slot in fate.__slots__}
    struck.strike(fate)
    if before == {slot: getattr(fate, slot) for slot in fate.__slots__}:
        raise HarnessFault(f"weather {made.name}: with its defaults it does nothing")

"""The register of invariants: each checks itself in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, Protocol, TypeVar, get_args

import msgspec

from peakproof.errors import HarnessFault
from peakproof.history.records import Record
from peakproof.judging.court import Court
from peakproof.judging.estate import FLOWS, Judging

Reader = Callable[[Any], None]
Owner = Literal[
    "finance", "operations", "e-commerce", "merchandising", "customer service", "retail",
    "peakproof",
]  # fmt: skip
"""Who answers for a breach in a retailer's house (or, for its own faults, this project)."""


class Rule(Protocol):
    """An invariant at work on one history."""

    def reads(self) -> Mapping[type[Record], Reader]:
        """What to call with each record of which kind; the books have read it before."""

    def close(self) -> None:
        """The history is over: say what only now can be said."""


class Invariant(msgspec.Struct, frozen=True):
    """A rule as the register knows it.

    ``flows``: it is judged when the connector plays one of them (none: always). ``limits`` name
    the fields of ``Judging`` that it is judged by. ``needs_desk``: without an exception desk it
    stays undecided. ``owner`` is whose job a breach is, ``cure`` what to do about it: first for
    the customer, then for the connector.
    """

    name: str
    about: str
    flows: tuple[str, ...]
    limits: tuple[str, ...]
    needs_desk: bool
    owner: Owner
    cure: str
    make: Callable[[Court], Rule]


OWNERS: Final[tuple[Owner, ...]] = get_args(Owner)
REGISTER: Final[dict[str, Invariant]] = {}

Made = TypeVar("Made", bound=Callable[[Court], Rule])


def invariant(
    name: str,
    *,
    flows: tuple[str, ...],
    owner: Owner,
    cure: str,
    limits: tuple[str, ...] = (),
    needs_desk: bool = False,
) -> Callable[[Made], Made]:
    """Check a rule in; the first sentence of its docstring tells people what it asks.

    Raises:
        HarnessFault: the name is taken, there is no docstring, a flow, a limit or an owner does
            not exist, or nothing is said about what to do.
    """

    def check_in(make: Made) -> Made:
        about = " ".join((make.__doc__ or "").split("\n\n")[0].split())
        if name in REGISTER:
            raise HarnessFault(f"There are two invariants {name!r}")
        if not about.endswith("."):
            raise HarnessFault(f"The invariant {name!r} does not say in a sentence what it asks")
        if owner not in OWNERS or not cure.endswith("."):
            raise HarnessFault(f"The invariant {name!r} does not say who does what about a breach")
        for flow in flows:
            if flow not in FLOWS:
                raise HarnessFault(f"The invariant {name!r} belongs to no flow {flow!r}")
        for limit in limits:
            if limit not in Judging.__struct_fields__:
                raise HarnessFault(f"The invariant {name!r} reads no limit {limit!r}")
        REGISTER[name] = Invariant(name, about, flows, limits, needs_desk, owner, cure, make)
        return make

    return check_in

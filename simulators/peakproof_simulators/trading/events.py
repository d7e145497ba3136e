"""Business events that a scenario can aim: the registry of their kinds.

A kind is a name, a sentence, a table of parameters and a function ``act(day, parameters)`` that
does it now and answers whether it happened. The registry checks itself when a kind is registered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from peakproof.errors import HarnessFault, ScenarioError
from peakproof.toml_file import explain
from peakproof_simulators.trading.estate import unknown
from peakproof_simulators.trading.tables import Table

if TYPE_CHECKING:
    from peakproof_simulators.trading.day import Day

Parameters = TypeVar("Parameters", bound=Table)


class EventKind(msgspec.Struct, frozen=True):
    """One kind of business event; ``doc`` is the sentence that the handbook prints."""

    name: str
    doc: str
    parameters: type[Table]
    act: Callable[[Day, Any], bool]
    check: Callable[[Day, Any], object] | None = None

    def described(self) -> dict[str, str]:
        """Each parameter with its description."""
        return dict(_descriptions(self.parameters))


KINDS: Final[dict[str, EventKind]] = {}
"""All kinds, by name, in the order of their registration."""


def kind(
    name: str,
    parameters: type[Parameters],
    *,
    check: Callable[[Day, Parameters], object] | None = None,
) -> Callable[[Callable[[Day, Parameters], bool]], Callable[[Day, Parameters], bool]]:
    """Register the function that does a kind of event.

    ``check`` raises ScenarioError for parameters that can never be right in an estate.

    Raises:
        HarnessFault: the name is taken, or something is not documented.
    """

    def register(
        act: Callable[[Day, Parameters], bool],
    ) -> Callable[[Day, Parameters], bool]:
        doc = (act.__doc__ or "").strip()
        if not name.isidentifier() or name in KINDS:
            raise HarnessFault(f"event kind {name!r}: the name is taken or no identifier")
        if not doc.endswith("."):
            raise HarnessFault(f"event kind {name}: its function needs a sentence for the handbook")
        if not parameters.__struct_config__.forbid_unknown_fields:
            raise HarnessFault(f"event kind {name}: unknown parameters must be refused")
        for field, description in _descriptions(parameters):
            if not description:
                raise HarnessFault(f"event kind {name}: parameter {field} has no description")
        KINDS[name] = EventKind(name, " ".join(doc.split()), parameters, act, check)
        return act

    return register


def _descriptions(parameters: type[Table]) -> list[tuple[str, str]]:
    info = msgspec.inspect.type_info(parameters)
    assert isinstance(info, msgspec.inspect.StructType)
    return [(field.encode_name, _description(field.type)) for field in info.fields]


def _description(info: Any) -> str:
    extra = getattr(info, "extra_json_schema", None) or {}
    return str(extra.get("description", ""))


def read_event(event: Mapping[str, Any]) -> tuple[EventKind, Table]:
    """The kind and the checked parameters of an event.

    Raises:
        ScenarioError: there is no such kind, or a parameter is wrong.
    """
    name = event.get("kind")
    if not isinstance(name, str):
        raise ScenarioError(f"event {dict(event)}: kind is missing; there are: {', '.join(KINDS)}")
    found = KINDS.get(name)
    if found is None:
        raise ScenarioError(unknown("event", "kind", name, list(KINDS)))
    parameters = {key: value for key, value in event.items() if key != "kind"}
    try:
        return found, msgspec.convert(parameters, found.parameters)
    except msgspec.ValidationError as error:
        raise ScenarioError(
            explain(str(error), found.parameters, file=f"event {name}", text="")
        ) from None

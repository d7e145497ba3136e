"""Weather rules as people write them: a kind, its parameters, and where it strikes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from peakproof.errors import ScenarioError
from peakproof.toml_file import nearest
from peakproof.wire import call_weather, hook_weather
from peakproof.wire.aim import Target
from peakproof.wire.kinds import AIM_FIELDS, KINDS, Kind, Parameters

DECLARED: Final = (call_weather, hook_weather)
"""The modules that declare kinds; importing them fills the registry."""

_CLIMATE_FIELDS: Final = ("nth", "every", "probability", "key")


class Rule(msgspec.Struct, frozen=True):
    """One kind of weather with its parameters and its target."""

    kind: Kind
    parameters: Parameters
    target: Target

    def document(self) -> dict[str, Any]:
        """The rule as it would be written, defaults left out."""
        made: dict[str, Any] = {"kind": self.kind.name}
        made.update(msgspec.to_builtins(self.target))
        made.update(self.parameters.arguments())
        plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(made))
        return plain


def known_kind(name: object, where: str) -> Kind:
    """The kind of that name.

    Raises:
        ScenarioError: there is none; the message has the nearest names.
    """
    found = KINDS.get(name) if isinstance(name, str) else None
    if found is None:
        near = nearest(name, KINDS) if isinstance(name, str) else ""
        hint = f"did you mean {near}?" if near else f"there are {', '.join(KINDS)}"
        raise ScenarioError(f"{where}.kind: there is no weather {name!r}; {hint}")
    return found


def parameters_of(kind: Kind, given: Mapping[str, Any], where: str) -> Parameters:
    """The parameters of a kind, checked.

    Raises:
        ScenarioError: one is unknown or has the wrong type; the message names it.
    """
    known = list(kind.fields())
    for name in given:
        if name not in known:
            near = nearest(name, [*known, *AIM_FIELDS])
            hint = f"did you mean {near}?" if near else f"there are {', '.join(known) or 'none'}"
            raise ScenarioError(f"{where}.{name}: weather {kind.name} has no such field; {hint}")
    parameters: Parameters = _converted(given, kind.parameters, where)
    return parameters


def parse_rules(documents: Sequence[Any], *, where: str = "weather") -> tuple[Rule, ...]:
    """Read weather rules.

    Raises:
        ScenarioError: a rule is wrong; the message names its place, its field and, for a name
            that does not exist, the nearest one.
    """
    return tuple(_rule(document, f"{where}[{index}]") for index, document in enumerate(documents))


def _rule(document: Any, where: str) -> Rule:
    if not isinstance(document, Mapping):
        raise ScenarioError(f"{where}: a rule is a table, not {document!r}")
    if "kind" not in document:
        raise ScenarioError(f"{where}.kind: it is missing; there are {', '.join(KINDS)}")
    kind = known_kind(document["kind"], where)
    aimed = {name: document[name] for name in AIM_FIELDS if name in document}
    given = {
        name: value for name, value in document.items() if name != "kind" and name not in AIM_FIELDS
    }
    parameters = parameters_of(kind, given, where)
    target = _converted(aimed, Target, where)
    problem = target.problem()
    if problem is None and kind.role == "ground":
        problem = next(
            (
                (name, f"{kind.name} is climate: it cannot be aimed at single calls")
                for name in _CLIMATE_FIELDS
                if name in aimed
            ),
            None,
        )
    if problem is not None:
        raise ScenarioError(f"{where}.{problem[0]}: {problem[1]}")
    return Rule(kind, parameters, target)


def _converted(given: Mapping[str, Any], wanted: Any, where: str) -> Any:
    try:
        return msgspec.convert(given, wanted)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$")
        field = path.rstrip("`")
        raise ScenarioError(f"{where}{field}: {message[0].lower()}{message[1:]}") from None

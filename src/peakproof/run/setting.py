"""What a run is made of, as data: which scenario, seed, connector, guards off, settings."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from typing import Any, Final

import msgspec

from peakproof import catalogue
from peakproof.errors import ScenarioError, UsageError
from peakproof.scenario import REFERENCE, Named, Scenario, merge
from peakproof.toml_file import explain, fields_of, locate, nearest

HISTORY_FORMAT: Final = 1
HOOK_HOST: Final = "connector.test"
ONE_RESTART: Final[tuple[str, Any]] = ("restarts", [{}])
"""A setting laid over a scenario: its connector is killed once, at a random await."""
_TABLE: Final = "connector"
"""The table of a scenario whose contents only the connector knows."""
HOOK_URL: Final = f"http://{HOOK_HOST}"


class Setting(msgspec.Struct, frozen=True):
    """Everything that a run depends on; the first record of its history repeats it."""

    named: Named
    seed: int
    connector: str = REFERENCE
    without: tuple[str, ...] = ()
    overrides: tuple[tuple[str, Any], ...] = ()
    policy: str = "in_order"
    plan: tuple[dict[str, Any], ...] | None = None

    @property
    def subject(self) -> str:
        """The connector that plays: ``reference`` is the one that the scenario's estate names."""
        return self.scenario.subject(self.connector)

    @property
    def scenario(self) -> Scenario:
        """The scenario with the run's own settings laid over it."""
        if not self.overrides:
            return self.named.scenario
        document: dict[str, Any] = msgspec.to_builtins(self.named.scenario)
        for dotted, value in self.overrides:
            document = merge(document, _nested(dotted, value))
        try:
            return msgspec.convert(document, Scenario)
        except msgspec.ValidationError as error:
            said = explain(str(error), Scenario, file=f"{self.named.file} with --set", text="")
            raise UsageError(said) from None


def _nested(dotted: str, value: Any) -> dict[str, Any]:
    for step in reversed(dotted.split(".")):
        value = {step: value}
    document: dict[str, Any] = value
    return document


def override(text: str) -> tuple[str, Any]:
    """Read ``key=value`` of ``--set``; the value is TOML, or plain text when it is not.

    Raises:
        UsageError: there is no ``=``.
    """
    key, sign, value = text.partition("=")
    if not sign or not key.strip():
        raise UsageError(f"--set {text}: write key=value, such as duration_s=60")
    try:
        return key.strip(), msgspec.toml.decode(f"v = {value}")["v"]
    except msgspec.DecodeError:
        return key.strip(), value


def versions() -> dict[str, str]:
    """What the outcome of a run may depend on beside its data."""
    return dict(_versions())


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    return (
        ("peakproof", version("peakproof")),
        ("python", platform.python_version()),
        ("simpy", version("simpy")),
        ("faker", version("faker")),
    )


def keeps_books(scenario: Scenario) -> bool:
    """Whether finance closes its books on some system's records in this scenario."""
    return bool(scenario.estate["masters"].get("finance"))


def judged_estate(scenario: Scenario) -> dict[str, Any]:
    """The estate as the judge reads it: stock cells of each system with the nodes behind them.

    Raises:
        ScenarioError: the connector's policy is no table.
    """
    estate = scenario.estate
    asks = scenario.trading.get("tills", {}).get("asks", True)
    sales = estate["masters"].get("sales", "")
    places: dict[str, dict[str, list[str]]] = {}
    for node in estate["nodes"]:
        for system, code in node["places"].items():
            places.setdefault(system, {}).setdefault(code, []).append(node["id"])
    policy = scenario.connector.get("policy", {})
    if not isinstance(policy, dict):
        raise ScenarioError(f"connector.policy: expected a table, got {policy!r}")
    return {
        "nodes": [{"id": node["id"], "kind": node["kind"]} for node in estate["nodes"]],
        "places": places,
        "channels": [
            {"asks": asks, "walk_in": not asks, **one} if one["system"] == sales else one
            for one in estate["channels"]
        ],
        "masters": dict(estate["masters"]),
        "warehouse": estate["warehouse"],
        "currency": estate["currency"],
        "policy": policy.get("stock", "allocation"),
        "release_on": policy.get("release_on", "captured"),
        "hold_back": policy.get("hold_back", 0),
        "hold_backs": policy.get("hold_backs", {}),
        **_stated(policy, "notify_on"),
        **_stated(estate, "accounts"),
    }


def _stated(table: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {name: table[name]} if name in table else {}


def connector_document(
    scenario: Scenario, systems: Mapping[str, Mapping[str, str]], *, without: tuple[str, ...]
) -> dict[str, Any]:
    """The configuration that a connector gets: the same document as the engine's TOML file."""
    estate = scenario.estate
    document = {
        "integration": estate["integration"],
        "systems": {name: dict(access) for name, access in systems.items()},
        "nodes": list(estate["nodes"]),
        "channels": list(estate["channels"]),
        "masters": {"fulfilment": estate["warehouse"], **estate["masters"]},
        "guards": {"off": list(without)},
        "hooks": {"url": HOOK_URL},
        **_stated(estate, "accounts"),
    }
    return merge(document, scenario.connector)


def check_document(subject: Any, document: Mapping[str, Any]) -> None:
    """Let a connector that can look at its configuration say what is wrong with it.

    Raises:
        ScenarioError: it refuses it: its ``check(document)`` raised ``ValueError``.
    """
    check = getattr(subject, "check", None)
    if check is None:
        return
    try:
        check(document)
    except ValueError as error:
        raise ScenarioError(f"{_TABLE}: {error}") from None


@contextmanager
def placed(setting: Setting) -> Iterator[None]:
    """What is wrong with the scenario of a run is told with file and line, or with its ``--set``.

    Raises:
        ScenarioError: what was raised inside, with its place.
    """
    try:
        yield
    except ScenarioError as error:
        fields = [str(step) for step in fields_of(str(error))]
        named = setting.named
        line = locate(named.text, fields)
        place = f"{named.file}:{line}" if line else named.file
        for key, _value in setting.overrides:
            if all(one == other for one, other in zip(key.split("."), fields, strict=False)):
                place = f"{named.file} with --set {key}"
        raise ScenarioError(f"{place}: {error}") from None


def checked_guards(
    connector: str, without: Iterable[str], chosen: Iterable[Named]
) -> tuple[str, ...]:
    """The guards to switch off, if the connector of each scenario has them.

    Raises:
        UsageError: one has no guard of that name; the message has the nearest names.
    """
    wanted = tuple(dict.fromkeys(without))
    if not wanted:
        return ()
    for subject in dict.fromkeys(named.scenario.subject(connector) for named in chosen):
        guards = getattr(catalogue.connector(subject), "guards", {})
        for name in wanted:
            if name not in guards:
                near = nearest(name, guards)
                hint = f"did you mean {near}?" if near else f"it has {', '.join(guards) or 'none'}."
                raise UsageError(f"The connector {subject} has no guard {name!r}; {hint}")
    return wanted

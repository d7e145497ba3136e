"""Finds what is installed: simulators, scenarios, connectors, the trading day."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import resources
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final

from peakproof.errors import ConnectorError, ScenarioError, UsageError
from peakproof.scenario import Named, Scenario, merge
from peakproof.toml_file import convert, nearest, parse

_ESTATE: Final = "estate.toml"
_SHARED: Final = "common"


@cache
def _points(group: str) -> dict[str, EntryPoint]:
    """What is installed under a group; the metadata of every distribution is read for it."""
    return {point.name: point for point in entry_points(group=group)}


def _named(group: str, name: str, what: str) -> Any:
    found = _points(group)
    if name not in found:
        near = nearest(name, found)
        hint = f" Did you mean {near}?" if near else f" There are: {', '.join(sorted(found))}."
        raise UsageError(f"There is no {what} {name!r}.{hint}")
    return found[name].load()


def simulator(name: str) -> Callable[..., Any]:
    """The maker of a fake: ``create_service(world, settings)``."""
    made: Callable[..., Any] = _named("peakproof.simulators", name, "system")
    return made


def simulators() -> list[str]:
    """The names of all fakes that are installed."""
    return sorted(_points("peakproof.simulators"))


def trading_day() -> Callable[..., Any]:
    """The maker of the trading day."""
    made: Callable[..., Any] = _named("peakproof.trading", "day", "trading day")
    return made


def trading_schema() -> dict[str, Any]:
    """JSON Schema of the tables and events that the trading day reads."""
    made: dict[str, Any] = _named("peakproof.trading", "schema", "trading day")()
    return made


def settings(name: str) -> type[Any] | None:
    """The struct of what a scenario may set in a fake or in a connector; None: it offers none."""
    found = {point.name: point for point in entry_points(group="peakproof.settings")}
    if name not in found:
        return None
    kind: type[Any] = found[name].load()
    return kind


def connector(name: str) -> Any:
    """A connector by its registered name, as ``module:object`` or as ``file.py:object``.

    Raises:
        UsageError: nothing has that name.
        ConnectorError: the module cannot be imported.
    """
    if ":" not in name:
        return _named("peakproof.connectors", name, "connector")
    module_name, _, attribute = name.rpartition(":")
    try:
        module = _module(module_name)
    except UsageError:
        raise
    except Exception as error:
        raise ConnectorError(
            f"The connector {name!r} cannot be imported: {type(error).__name__}: {error}"
        ) from error
    found = getattr(module, attribute, None)
    if found is None:
        near = nearest(attribute, dir(module))
        hint = f" Did you mean {near}?" if near else ""
        raise UsageError(f"{module_name} has no {attribute!r}.{hint}")
    return found


def _module(name: str) -> Any:
    path = Path(name)
    if path.suffix != ".py":
        if str(Path.cwd()) not in sys.path:
            sys.path.insert(0, str(Path.cwd()))
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name and name.startswith(error.name):
                raise UsageError(f"There is no module {name!r} here.") from None
            raise
    if not path.is_file():
        raise UsageError(f"There is no file {name!r}.")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


@cache
def scenarios() -> dict[str, Named]:
    """All scenarios that are installed, by full id, in order."""
    found: dict[str, Named] = {}
    for point in sorted(entry_points(group="peakproof.scenarios"), key=lambda p: p.name):
        for named in _in_package(point.value):
            if named.id in found:
                raise ScenarioError(f"{named.file}: there is another scenario {named.id}")
            found[named.id] = named
    return dict(sorted(found.items()))


def virtual_scenarios() -> list[Named]:
    """The scenarios that can be played in virtual time."""
    return [named for named in scenarios().values() if "virtual" in named.scenario.modes]


def select(wanted: Iterable[str], *, mode: str = "") -> list[Named]:
    """Scenarios by full id, or by short name, which means it in every integration that has it.

    Raises:
        UsageError: a name fits nothing (the message has the nearest names), or none that it fits
            can be played in that mode.
    """
    everything = scenarios()
    chosen: dict[str, Named] = {}
    for name in wanted:
        fits = [item for item in everything.values() if name in (item.id, item.name)]
        if not fits:
            near = nearest(
                name, dict.fromkeys([*everything, *(item.name for item in everything.values())])
            )
            hint = f" Did you mean {near}?" if near else ""
            raise UsageError(f"There is no scenario {name!r}.{hint} See `peakproof scenarios`.")
        if mode and not any(mode in item.scenario.modes for item in fits):
            modes = " and ".join(fits[0].scenario.modes)
            raise UsageError(
                f"The scenario {name!r} is {modes} only; see `peakproof check --help`."
            )
        chosen.update((item.id, item) for item in fits if not mode or mode in item.scenario.modes)
    return list(chosen.values())


def _in_package(package: str) -> Iterator[Named]:
    root = resources.files(package)
    for folder in sorted(root.iterdir(), key=lambda entry: entry.name):
        if not folder.is_dir() or not folder.joinpath(_ESTATE).is_file():
            continue
        for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if file.name.endswith(".toml") and file.name != _ESTATE:
                yield load(root, folder.name, file.name.removesuffix(".toml"))


def load(root: Any, integration: str, name: str) -> Named:
    """Read one scenario file, laid over its base, its folder's estate and the common files."""
    path = f"{integration}/{name}.toml"
    text = root.joinpath(path).read_text("utf-8")
    own = parse(text, file=path)
    merged = parse(root.joinpath(integration, _ESTATE).read_text("utf-8"), file=_ESTATE)
    for base in reversed(_bases(root, integration, own, path)):
        merged = merge(merged, base)
    merged = merge(merged, own)
    scenario = convert(merged, Scenario, file=path, text=text)
    return Named(f"{integration}/{name}", integration, name, path, scenario)


def _bases(root: Any, integration: str, own: dict[str, Any], path: str) -> list[dict[str, Any]]:
    """What a file stands on, nearest first: its folder's scenario of that name, or the common one.

    A file may stand on the common one of its own name.
    """
    found: list[dict[str, Any]] = []
    seen = [path]
    base = own.get("base", "")
    while base:
        choices = (f"{integration}/{base}.toml", f"{_SHARED}/{base}.toml")
        file = next((c for c in choices if c not in seen and root.joinpath(c).is_file()), None)
        if file is None:
            raise ScenarioError(f"{seen[-1]}: base: there is no scenario {base!r} to stand on")
        seen.append(file)
        tables = parse(root.joinpath(file).read_text("utf-8"), file=file)
        found.append(tables)
        base = tables.get("base", "")
    return found

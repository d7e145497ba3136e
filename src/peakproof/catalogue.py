"""Finds what is installed: simulators, scenarios, connectors, the trading day."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import resources
from importlib.metadata import EntryPoint, entry_points
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from peakproof.errors import ConnectorError, ScenarioError, UsageError
from peakproof.scenario import Named
from peakproof.scenario_file import ESTATE, FILE, load, load_path
from peakproof.toml_file import nearest


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
    for root in _packages():
        for named in _in_package(root):
            if named.id in found:
                raise ScenarioError(f"{named.file}: there is another scenario {named.id}")
            found[named.id] = named
    return dict(sorted(found.items()))


def virtual_scenarios() -> list[Named]:
    """The scenarios that can be played in virtual time."""
    return [named for named in scenarios().values() if "virtual" in named.scenario.modes]


def select(wanted: Iterable[str], *, mode: str = "") -> list[Named]:
    """Scenarios by full id, by short name (it means every integration that has it), or by path.

    What ends in ``.toml`` is the path of a file, installed or not; see :func:`load_path`.

    Raises:
        UsageError: a name fits nothing (the message has the nearest names), or none that it fits
            can be played in that mode.
        ScenarioError: a file is wrong.
    """
    chosen: dict[str, Named] = {}
    for name in wanted:
        is_file = name.endswith(FILE)
        fits = [load_path(name, _packages)] if is_file else _installed(name)
        if mode and not any(mode in item.scenario.modes for item in fits):
            modes = " and ".join(fits[0].scenario.modes)
            raise UsageError(
                f"The scenario {name!r} is {modes} only; see `peakproof check --help`."
            )
        fits = [item for item in fits if not mode or mode in item.scenario.modes]
        chosen.update((item.path or item.id, item) for item in fits)
    return list(chosen.values())


def select_one(name: str, *, mode: str) -> Named:
    """The one scenario of that name that can be played in that mode.

    Raises:
        UsageError: there are none or several; see :func:`select`.
        ScenarioError: a file is wrong.
    """
    chosen = select([name], mode=mode)
    if len(chosen) != 1:
        ids = ", ".join(one.id for one in chosen)
        raise UsageError(f"{name} means {ids}: check plays one scenario at a time; name it whole.")
    return chosen[0]


def _installed(name: str) -> list[Named]:
    everything = scenarios()
    fits = [item for item in everything.values() if name in (item.id, item.name)]
    if fits:
        return fits
    names = dict.fromkeys([*everything, *(item.name for item in everything.values())])
    near = nearest(name, names)
    hint = f" Did you mean {near}?" if near else ""
    raise UsageError(f"There is no scenario {name!r}.{hint} See `peakproof scenarios`.")


def _packages() -> list[Traversable]:
    """The packages of scenarios that are installed."""
    points = sorted(entry_points(group="peakproof.scenarios"), key=lambda point: point.name)
    return [resources.files(point.value) for point in points]


def _in_package(root: Traversable) -> Iterator[Named]:
    for folder in sorted(root.iterdir(), key=lambda entry: entry.name):
        if not folder.is_dir() or not folder.joinpath(ESTATE).is_file():
            continue
        for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if file.name.endswith(FILE) and file.name != ESTATE:
                yield load(root, folder.name, file.name.removesuffix(FILE))

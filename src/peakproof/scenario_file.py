"""Reads a scenario file, laid over the files that it stands on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, NamedTuple

from peakproof.errors import ScenarioError, UsageError
from peakproof.scenario import Named, Scenario, merge
from peakproof.toml_file import convert, locate, nearest, parse

FILE: Final = ".toml"
ESTATE: Final = f"estate{FILE}"
_SHARED: Final = "common"
_OWNER: Final = "integration"
"""The field of ``estate`` by which a file says whose estate it plays in."""


class Folder(NamedTuple):
    """A folder of scenarios; ``name`` is what messages call it."""

    name: str
    entry: Traversable

    def read(self, file: str) -> Source | None:
        """A file of the folder; None when there is none of that name."""
        entry = self.entry.joinpath(file)
        return _read(entry, f"{self.name}/{file}") if entry.is_file() else None


class Source(NamedTuple):
    """A file that was read: what messages call it, and what it says."""

    entry: Traversable
    name: str
    text: str
    tables: dict[str, Any]

    def place(self, *field: str) -> str:
        """The file, with the line on which a field stands if it does."""
        line = locate(self.text, field)
        return f"{self.name}:{line}" if line else self.name


def load(root: Traversable, integration: str, name: str) -> Named:
    """Read a scenario of a package: over its base, its folder's estate and the common files.

    Raises:
        ScenarioError: a file is wrong; the message has file, line and field.
    """
    home = Folder(integration, root.joinpath(integration))
    source = home.read(name + FILE)
    assert source is not None
    scenario = _laid(source, home, _package(root, integration))
    return Named(f"{integration}/{name}", integration, name, source.name, scenario, source.text)


def load_path(path: str, installed: Callable[[], Iterable[Traversable]]) -> Named:
    """Read a scenario file that lies anywhere; ``installed`` are the packages that there are.

    With an ``estate.toml`` beside it, it is read as a file of a package; else it is laid over an
    integration that is installed: the one that its ``estate.integration`` names, or its folder.

    Raises:
        UsageError: there is no such file.
        ScenarioError: a file is wrong; the message has file, line and field.
    """
    file = Path(path)
    if not file.is_file():
        raise UsageError(f"There is no scenario file {path!r}.")
    if file.name == ESTATE:
        raise ScenarioError(f"{path}: this is an estate; expected a scenario that stands over one")
    source, home, here = _read(file, path), Folder(str(file.parent), file.parent), file.absolute()
    if here.with_name(ESTATE).is_file():
        integration = here.parent.name
        folders = [home, Folder(_SHARED, here.parent.parent / _SHARED)]
        estate = home
    else:
        integration, root = _installed_for(source, here.parent.name, installed())
        estate, *others = _package(root, integration)
        folders = [home, estate, *others]
    scenario = _laid(source, estate, folders)
    return Named(
        f"{integration}/{file.stem}", integration, file.stem, path, scenario, source.text, path
    )


def _package(root: Traversable, integration: str) -> list[Folder]:
    return [Folder(name, root.joinpath(name)) for name in (integration, _SHARED)]


def _installed_for(
    source: Source, folder: str, packages: Iterable[Traversable]
) -> tuple[str, Traversable]:
    """The integration that a file without an estate of its own means, and where it is installed."""
    estate = source.tables.get("estate")
    said = estate.get(_OWNER) if isinstance(estate, dict) else None
    name = folder if said is None else str(said)
    roots = {
        entry.name: root
        for root in packages
        for entry in root.iterdir()
        if entry.is_dir() and entry.joinpath(ESTATE).is_file()
    }
    if name in roots:
        return name, roots[name]
    near = nearest(name, roots)
    hint = f"did you mean {near}?" if near else f"there are {', '.join(sorted(roots))}"
    about = "the folder's name is" if said is None else "it is"
    place = source.place("estate", _OWNER)
    raise ScenarioError(
        f"{place}: estate.{_OWNER}: expected an integration ({about} {name!r}; {hint}), or an "
        f"{ESTATE} beside the file"
    )


def _laid(source: Source, estate: Folder, folders: Sequence[Folder]) -> Scenario:
    """A file over its bases over the estate; the bases are looked for in the folders, in turn."""
    ground = estate.read(ESTATE)
    assert ground is not None
    merged = ground.tables
    for base in reversed(_bases(source, folders)):
        merged = merge(merged, base)
    return convert(merge(merged, source.tables), Scenario, file=source.name, text=source.text)


def _bases(source: Source, folders: Sequence[Folder]) -> list[dict[str, Any]]:
    """What a file stands on, nearest first. It may stand on another one of its own name."""
    found: list[dict[str, Any]] = []
    seen, entries = [source], [source.entry]
    while base := seen[-1].tables.get("base", ""):
        read = (folder.read(f"{base}{FILE}") for folder in folders)
        below = next((one for one in read if one is not None and one.entry not in entries), None)
        if below is None:
            place = seen[-1].place("base")
            raise ScenarioError(f"{place}: base: there is no scenario {base!r} to stand on")
        seen.append(below)
        entries.append(below.entry)
        found.append(below.tables)
    return found


def _read(entry: Traversable, name: str) -> Source:
    try:
        text = entry.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{name}: this is not valid UTF-8: {error.reason}") from None
    return Source(entry, name, text, parse(text, file=name))

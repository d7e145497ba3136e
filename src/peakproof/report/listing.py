"""Scenarios as a list, proofs as a table: for people and for machines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import msgspec
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from peakproof.explore.prove import ALL_ON, Cell, Matrix

if TYPE_CHECKING:
    from peakproof.scenario import Named


def scenarios_document(listed: Sequence[Named]) -> dict[str, Any]:
    """The scenarios as plain JSON values."""
    return {
        "scenarios": [
            {
                "id": named.id,
                "integration": named.integration,
                "title": named.scenario.title,
                "invariants": list(named.scenario.invariants),
                "modes": list(named.scenario.modes),
            }
            for named in listed
        ]
    }


def as_json(document: Any) -> str:
    """Plain values as indented JSON with a newline at the end."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def print_scenarios(console: Console, listed: Sequence[Named]) -> None:
    """Names and titles, integration by integration."""
    for integration, group in groupby(listed, key=lambda named: named.integration):
        console.print(Text(integration, style="bold"))
        table = Table.grid(padding=(0, 2), pad_edge=False)
        table.add_column(no_wrap=True, style="cyan")
        table.add_column(overflow="fold")
        for named in group:
            table.add_row(named.name, named.scenario.title)
        console.print(Padding(table, (0, 0, 1, 2)))
    console.print(
        "Play one:  [bold]peakproof run NAME[/bold]    all:  [bold]peakproof run --all[/bold]"
    )


def print_matrix(console: Console, matrix: Matrix, *, of_all: bool) -> None:
    """Each scenario with all guards on, then each guard off that it speaks of.

    Which guards nobody needs can only be told ``of_all`` scenarios.
    """
    table = Table.grid(padding=(0, 2), pad_edge=False)
    table.add_column(no_wrap=True, style="cyan")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for named in matrix.scenarios:
        columns = sorted(key for scenario, key in matrix.cells if scenario == named.id)
        for key in columns:
            cell = matrix.cell(named.id, key)
            name = Text(named.id) if key == ALL_ON else Text(f"  without {key}", style="dim")
            table.add_row(name, _verdicts(cell), _broken(cell))
    console.print(table)
    told = [("dull scenarios", matrix.dull())]
    if of_all:
        told.append(("unneeded guards", matrix.unneeded()))
    for word, names in told:
        console.print(f"\n{word}: {', '.join(names) if names else 'none'}")


def _verdicts(cell: Cell) -> str:
    return ", ".join(f"{verdict} {count}" for verdict, count in sorted(cell.verdicts.items()))


def _broken(cell: Cell) -> str:
    most = sorted(cell.broken.items(), key=lambda item: (-item[1], item[0]))
    return cell.message or ", ".join(name for name, _count in most[:4])

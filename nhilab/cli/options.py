"""Options that several commands share, and checks made before anything is computed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from nhilab.base.errors import InputError
from nhilab.scenario.scenario import Scenario

ScenarioPath = Annotated[Path, typer.Argument(metavar="SCENARIO", help="The scenario file.", show_default=False)]
Seed = Annotated[
    int | None, typer.Option("--seed", metavar="S", min=0, help="Which chance.", show_default="the scenario's")
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", metavar="N", min=1, help="Processes; no result depends on it.", show_default="CPUs"),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]


def known_strategies(scenario: Scenario, path: Path, names: list[str]) -> None:
    """Refuse a strategy the scenario does not have.

    Raises
    ------
    InputError
        Naming those it has.
    """
    for name in names:
        if name not in scenario.strategies:
            raise InputError(path, "strategies", name, "one of " + ", ".join(scenario.strategies))


def writable_file(path: Path) -> None:
    """Refuse a file that could not be written; its folder is made.

    Raises
    ------
    InputError
        If it is a folder, or its folder cannot be written.
    """
    if path.is_dir():
        raise InputError(path, "", "a folder", "a file that can be written")
    writable_folder(path.parent)


def writable_folder(path: Path) -> None:
    """Refuse a folder that could not be written; it is made.

    Raises
    ------
    InputError
        If it cannot be made or written.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise InputError(path, "", error.strerror or str(error), "a folder that can be written") from error

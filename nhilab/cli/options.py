"""Options that several commands share, and checks made before anything is computed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from nhilab.base.errors import InputError
from nhilab.base.files import STDOUT, is_special
from nhilab.cli import complete
from nhilab.cli.complete import metric_keys
from nhilab.scenario.known_keys import one_of
from nhilab.scenario.scenario import Scenario


def _for_people(context: typer.Context, quiet: bool) -> bool:
    """Whether to keep quiet: asked for, or implied where standard output is for a program."""
    return quiet or any(value == STDOUT for value in context.params.values())


ScenarioPath = Annotated[
    Path,
    typer.Argument(
        metavar="SCENARIO", help="The scenario file.", show_default=False, autocompletion=complete.scenario_files
    ),
]
Seed = Annotated[
    int | None, typer.Option("--seed", metavar="S", min=0, help="Which chance.", show_default="the scenario's")
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", metavar="N", min=1, help="Processes; no result depends on it.", show_default="CPUs"),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="WHERE",
        help="Compute on Dask: tcp://HOST:PORT, a scheduler file, a name in Dask's settings, or local.",
    ),
]
Replications = Annotated[int, typer.Option("--replications", metavar="N", min=1, help="Independent replications.")]
Campaigns = Annotated[int, typer.Option("--campaigns", metavar="N", min=1, help="Thieves per replication.")]
Strategy = Annotated[
    str | None,
    typer.Option(
        "-s", "--strategy", metavar="STRATEGY", help="The one to study.", show_default="the first",
        autocompletion=complete.strategy_names,
    ),
]  # fmt: skip
Json = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="File for the numbers; - prints them, and nothing else.")
]
Figure = Annotated[Path | None, typer.Option("--figure", metavar="FILE.svg", help="File for the figure, .svg or .png.")]
Report = Annotated[Path | None, typer.Option("--report", metavar="FILE.html", help="File for the page.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.", callback=_for_people)]


def console() -> Console:
    """Standard output for people: as wide as the terminal, and plain where ``NO_COLOR`` is set."""
    return Console(color_system=None if os.environ.get("NO_COLOR") else "auto")


def known_strategies(scenario: Scenario, path: Path, names: list[str]) -> None:
    """Refuse a strategy the scenario does not have.

    Raises
    ------
    InputError
        Naming those it has.
    """
    for name in names:
        if name not in scenario.strategies:
            raise InputError(path, "strategies", name, one_of(name, scenario.strategies))


def one_strategy(scenario: Scenario, path: Path, name: str | None) -> str:
    """The strategy asked for, or the first.

    Raises
    ------
    InputError
        If the scenario has none of that name.
    """
    known_strategies(scenario, path, [] if name is None else [name])
    return name or next(iter(scenario.strategies))


def known_metrics(names: list[str]) -> tuple[str, ...]:
    """Refuse a key that no report has.

    Raises
    ------
    InputError
        Naming those there are.
    """
    keys = metric_keys()
    for name in names:
        if name not in keys:
            raise InputError("--metric", "", name, "one of " + ", ".join(keys))
    return tuple(dict.fromkeys(names))


def writable_page(path: Path) -> None:
    """Refuse a file for a page that could not be written, or whose name promises something else.

    Raises
    ------
    InputError
        If it ends otherwise than in .html or .htm, or cannot be written.
    """
    writable_file(path)
    if path != STDOUT and path.suffix.lower() not in (".html", ".htm"):
        raise InputError(path, "", path.suffix, "a file that ends in .html, or - for standard output")


def writable_figure(path: Path) -> None:
    """Refuse a file for a figure that could not be written, or of a kind that is not drawn.

    Raises
    ------
    InputError
        If it ends otherwise than in .svg or .png, or cannot be written.
    """
    if path.suffix.lower() not in (".svg", ".png"):
        raise InputError(path, "", path.suffix, "a file that ends in .svg or .png")
    writable_file(path)


def writable_file(path: Path) -> None:
    """Refuse a file that could not be written; its folder is made.

    Raises
    ------
    InputError
        If it is a folder, or its folder cannot be written.
    """
    if path == STDOUT or is_special(path):
        return
    if path.is_dir():
        raise InputError(path, "", "a folder", "a file that can be written")
    writable_folder(Path(os.path.realpath(path)).parent if path.is_symlink() else path.parent)


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

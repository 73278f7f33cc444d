"""Options that several commands share, and checks made before anything is computed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from nhilab.base.errors import InputError
from nhilab.metrics.catalogue import METRICS
from nhilab.scenario.scenario import Scenario

ScenarioPath = Annotated[Path, typer.Argument(metavar="SCENARIO", help="The scenario file.", show_default=False)]
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
    typer.Option("-s", "--strategy", metavar="STRATEGY", help="The one to study.", show_default="the first"),
]
Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="File for the numbers.")]
Figure = Annotated[Path | None, typer.Option("--figure", metavar="FILE.svg", help="File for the figure, .svg or .png.")]
Report = Annotated[Path | None, typer.Option("--report", metavar="FILE.html", help="File for the page.")]
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
    keys = [
        k for name, metric in METRICS.items() for k in (name, *(f"{name}_p{round(100 * q)}" for q in metric.quantiles))
    ]
    for name in names:
        if name not in keys:
            raise InputError("--metric", "", name, "one of " + ", ".join(keys))
    return tuple(dict.fromkeys(names))


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

"""``nhilab cells``: what is in a folder of finished cells, and how folders become one."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from nhilab.cli.options import Quiet, writable_folder
from nhilab.study.cell import code_digest
from nhilab.study.store import CellStore, cache_folder

cells = typer.Typer(help="Finished cells: list, merge and prune folders of them.", rich_markup_mode=None)

Folder = Annotated[
    Path | None, typer.Argument(metavar="FOLDER", help="A folder of cells.", show_default="where studies keep them")
]


@cells.command("list")
def list_command(folder: Folder = None) -> None:
    """Count a folder's cells by scenario, strategy, seed and campaigns."""
    store = _store(folder)
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    damaged, total = 0, 0
    for _, cell, size in store.kept():
        total += size
        if cell is None:
            damaged += 1
            continue
        code = "this" if cell.code == code_digest() else cell.code[:8]
        groups[cell.scenario[:12], cell.strategy, str(cell.seed), str(cell.campaigns), code].append(size)
    table = Table("scenario", "strategy", "seed", "campaigns", "code", box=None)
    for name in ("cells", "kB"):
        table.add_column(name, justify="right")
    for group, sizes in sorted(groups.items()):
        table.add_row(*group, str(len(sizes)), f"{sum(sizes) / 1000:.0f}")
    console = Console()
    if groups:
        console.print(table)
    n = sum(map(len, groups.values()))
    console.print(f"{n} cells, {damaged} damaged files, {total / 1e6:.1f} MB", highlight=False)


@cells.command("merge")
def merge_command(
    into: Annotated[Path, typer.Argument(metavar="INTO", help="The folder that takes them.", show_default=False)],
    others: Annotated[list[Path], typer.Argument(metavar="FROM...", help="Folders to take from.", show_default=False)],
    quiet: Quiet = False,
) -> None:
    """Take the cells of other folders into one; a study that needs them computes none of them again."""
    writable_folder(into)
    merged = CellStore(into).merge([CellStore(other) for other in others])
    if not quiet:
        typer.echo(f"{merged.taken} cells taken, {merged.present} already there, {merged.damaged} damaged files left")


@cells.command("prune")
def prune_command(folder: Folder = None, quiet: Quiet = False) -> None:
    """Remove the cells of other versions of the lab, which no study will ask for, and damaged files."""
    removed = _store(folder).prune(code=code_digest())
    if not quiet:
        typer.echo(f"{removed} files removed")


def _store(folder: Path | None) -> CellStore:
    if folder is None:
        writable_folder(folder := cache_folder())
    return CellStore(folder)

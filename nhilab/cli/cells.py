"""``nhilab cells``: what is in a folder of finished cells, and how folders become one."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.table import Table

from nhilab.base.files import write_json
from nhilab.cli.options import Json, Quiet, console, writable_file, writable_folder
from nhilab.study.cells.cell import code_digest
from nhilab.study.cells.store import CellStore, cache_folder

_GROUP: Final = ("scenario", "strategy", "seed", "campaigns", "code")
Folder = Annotated[
    Path | None, typer.Argument(metavar="FOLDER", help="A folder of cells.", show_default="where studies keep them")
]


def list_command(folder: Folder = None, json: Json = None, quiet: Quiet = False) -> None:
    """Count a folder's cells by scenario, strategy, seed and campaigns."""
    if json is not None:
        writable_file(json)
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
    n = sum(map(len, groups.values()))
    if json is not None:
        listed = [
            {**dict(zip(_GROUP, group, strict=True)), "cells": len(s), "bytes": sum(s)} for group, s in groups.items()
        ]
        write_json(json, {"cells": n, "damaged": damaged, "bytes": total, "groups": listed})
    if quiet:
        return
    table = Table(*_GROUP, box=None)
    for name in ("cells", "kB"):
        table.add_column(name, justify="right")
    for group, sizes in sorted(groups.items()):
        table.add_row(*group, str(len(sizes)), f"{sum(sizes) / 1000:.0f}")
    out = console()
    if groups:
        out.print(table)
    out.print(f"{n} cells, {damaged} damaged files, {total / 1e6:.1f} MB", highlight=False)


def merge_command(
    into: Annotated[Path, typer.Argument(metavar="INTO", help="The folder that takes them.", show_default=False)],
    others: Annotated[list[Path], typer.Argument(metavar="FROM...", help="Folders to take from.", show_default=False)],
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Take the cells of other folders into one; a study that needs them computes none of them again."""
    writable_folder(into)
    merged = CellStore(into).merge([CellStore(other) for other in others])
    if json is not None:
        write_json(json, {"taken": merged.taken, "present": merged.present, "damaged": merged.damaged})
    if not quiet:
        typer.echo(f"{merged.taken} cells taken, {merged.present} already there, {merged.damaged} damaged files left")


def prune_command(folder: Folder = None, json: Json = None, quiet: Quiet = False) -> None:
    """Remove the cells of other versions of the lab, which no study will ask for, and damaged files."""
    removed = _store(folder).prune(code=code_digest())
    if json is not None:
        write_json(json, {"removed": removed})
    if not quiet:
        typer.echo(f"{removed} files removed")


def _store(folder: Path | None) -> CellStore:
    if folder is None:
        writable_folder(folder := cache_folder())
    return CellStore(folder)

"""Ledgers and compromises as folders: one Parquet file per table, the rest in a manifest."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import json
import platform
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np

from nhilab.base.errors import InputError
from nhilab.base.estate import Estate
from nhilab.base.files import read_text, whole_folder, write_json
from nhilab.base.tables import Table
from nhilab.ledger.compromises import Compromises
from nhilab.ledger.tables import Ledger

Result = TypeVar("Result", Ledger, Compromises)

LEDGER_SCHEMA: Final = "nhilab/ledger/1"
COMPROMISES_SCHEMA: Final = "nhilab/compromises/1"
MANIFEST: Final = "manifest.json"


def versions() -> dict[str, str]:
    """Versions that results depend on: of the language, of numpy, of this package."""
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "nhilab": importlib.metadata.version("nhilab"),
    }


def write_ledger(ledger: Ledger, folder: Path, manifest: Mapping[str, object]) -> None:
    """Write a ledger as a folder, all or nothing.

    Parameters
    ----------
    ledger : Ledger
    folder : Path
        A new or empty folder, or one that holds an earlier ledger, which is replaced.
    manifest : mapping
        What the ledger is of, as JSON: strategy, scenario, scenario_digest, seed, elapsed times. Schema, digest, clock
        and versions are added. The Parquet files depend on the ledger alone, to the byte.

    Raises
    ------
    InputError
        If the folder holds something else or cannot be written.
    """
    own = {"schema": LEDGER_SCHEMA, "digest": ledger.digest(), "clock": ledger.clock(), "versions": versions()}
    _write(folder, ledger.tables(), {**manifest, **own})


def read_ledger(folder: Path) -> Ledger:
    """Read what `write_ledger` wrote.

    Raises
    ------
    InputError
        If a file is missing, is not what was written, or the content's digest differs.
    """
    manifest = read_manifest(folder, LEDGER_SCHEMA)
    estate = Estate(**_tables(Estate, folder))
    ledger = Ledger(estate=estate, **_tables(Ledger, folder), **_clock(folder, manifest, Ledger))
    return _agreeing(ledger, folder, manifest)


def write_compromises(compromises: Compromises, folder: Path, manifest: Mapping[str, object]) -> None:
    """Write what campaigns found as a folder, in the way of `write_ledger`."""
    tables = {f.name: getattr(compromises, f.name) for f in dataclasses.fields(compromises)}
    own = {
        "schema": COMPROMISES_SCHEMA,
        "digest": compromises.digest(),
        "clock": {"follow_up": compromises.follow_up},
        "versions": versions(),
    }
    _write(folder, {k: v for k, v in tables.items() if isinstance(v, Table)}, {**manifest, **own})


def read_compromises(folder: Path) -> Compromises:
    """Read what `write_compromises` wrote, in the way of `read_ledger`."""
    manifest = read_manifest(folder, COMPROMISES_SCHEMA)
    compromises = Compromises(**_tables(Compromises, folder), **_clock(folder, manifest, Compromises))
    return _agreeing(compromises, folder, manifest)


def read_manifest(folder: Path, schema: str) -> dict[str, Any]:
    """Manifest of a folder.

    Raises
    ------
    InputError
        If it cannot be read or is of another schema.
    """
    path = folder / MANIFEST
    try:
        content = json.loads(read_text(path))
    except ValueError as error:
        raise InputError(path, "", str(error), "a manifest in JSON") from error
    found = content.get("schema") if isinstance(content, dict) else type(content).__name__
    if found != schema:
        raise InputError(path, "schema", found, schema)
    return dict(content)


def check_free(folder: Path, schema: str) -> None:
    """Refuse a folder that holds anything but an earlier result of the same schema.

    Raises
    ------
    InputError
        If replacing it would lose something else.
    """
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if folder.exists() or folder.is_symlink():
        allowed = "a new or empty folder, or an earlier result of the same kind"
        names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        if MANIFEST not in names or any(not n.endswith(".parquet") for n in names - {MANIFEST}):
            raise InputError(folder, "", "other content", allowed)
        read_manifest(folder, schema)


def _write(folder: Path, tables: Mapping[str, Table], manifest: Mapping[str, object]) -> None:
    check_free(folder, str(manifest["schema"]))
    with whole_folder(folder) as beside:
        for name, table in tables.items():
            table.write(beside / f"{name}.parquet")
        write_json(beside / MANIFEST, manifest)


def _tables(owner: type, folder: Path) -> dict[str, Any]:
    """Those fields of a class that are tables, read from their files."""
    types = typing.get_type_hints(owner)
    kinds = {name: kind for name, kind in types.items() if isinstance(kind, type) and issubclass(kind, Table)}
    return {name: kind.read(folder / f"{name}.parquet") for name, kind in kinds.items()}


def _clock(folder: Path, manifest: Mapping[str, Any], owner: type) -> dict[str, Any]:
    clock = manifest.get("clock")
    found = clock if isinstance(clock, dict) else {}
    lengths = [name for name, kind in typing.get_type_hints(owner).items() if kind is int]
    for name in lengths:
        if type(found.get(name)) is not int:
            raise InputError(folder / MANIFEST, f"clock.{name}", found.get(name), "whole µs")
    return {name: found[name] for name in lengths}


def _agreeing(result: Result, folder: Path, manifest: Mapping[str, Any]) -> Result:
    if result.digest() != manifest.get("digest"):
        raise InputError(folder / MANIFEST, "digest", manifest.get("digest"), f"{result.digest()}, that of the tables")
    return result

"""Finished cells, one file each, named by their hash."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from nhilab.base.errors import InputError
from nhilab.base.files import whole_file
from nhilab.base.quantities import FloatArray
from nhilab.study.cells.cell import Cell, Finding, Outcome
from nhilab.study.intervals.means import Pool

_DIGEST: Final = hashlib.sha256().digest_size

LOSSES: Final = ".losses"
"""What was sampled again for a finished cell (`nhilab.study.costs.loss_samples`) lies beside it, under its name."""
_SUFFIX: Final = ".cell"
_PART: Final = ".part"
_LEFT_S: Final = 3600.0


class Merged(NamedTuple):
    """What became of the cells of other stores: taken, already there, or damaged and left alone."""

    taken: int
    present: int
    damaged: int


class Kept(NamedTuple):
    """A file of a store: the cell in it, None if it is damaged, and its size in bytes."""

    path: Path
    cell: Cell | None
    size: int


def cache_folder() -> Path:
    """Where cells are kept without an output folder: $NHILAB_CACHE, or the user's cache folder."""
    named = os.environ.get("NHILAB_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "nhilab" / "cells"


@dataclass(frozen=True)
class CellStore:
    """A folder of finished cells. Files are whole or absent; one that cannot be read counts as absent."""

    folder: Path

    def path(self, cell: Cell) -> Path:
        """File of a cell, whether it is there or not."""
        return self.folder / f"{cell.key()}{_SUFFIX}"

    def load(self, cell: Cell) -> Outcome | None:
        """Outcome of a cell, or None if it is not there, damaged, or lacks one of the thieves asked for."""
        arrays = _read(self.path(cell))
        if arrays is None or _about(arrays)["key"] != cell.key():
            return None
        return _outcome(arrays) if set(cell.thieves) <= set(_about(arrays)["thieves"]) else None

    def save(self, cell: Cell, outcome: Outcome) -> None:
        """Keep the outcome of a cell.

        Raises
        ------
        InputError
            If the folder cannot be written.
        """
        packed = io.BytesIO()
        np.savez_compressed(packed, **_arrays(cell, outcome))
        content = packed.getvalue()
        with whole_file(self.path(cell)) as beside:
            beside.write_bytes(hashlib.sha256(content).digest() + content)

    def kept(self) -> Iterator[Kept]:
        """Files of the store, by name.

        Raises
        ------
        InputError
            If the folder cannot be read.
        """
        try:
            paths = sorted(path for path in self.folder.iterdir() if path.suffix == _SUFFIX)
        except OSError as error:
            raise InputError(self.folder, "", error.strerror or str(error), "a folder of cells") from error
        for path in paths:
            with suppress(FileNotFoundError):  # somebody else removed it
                yield Kept(path, _cell(path), path.stat().st_size)

    def merge(self, others: Iterable[CellStore]) -> Merged:
        """Take the cells of other stores that are not here, or damaged here; files as they are, whole or not at all.

        Raises
        ------
        InputError
            If a folder cannot be read, or this one not written.
        """
        taken = present = damaged = 0
        for other in others:
            for path, cell, _ in other.kept():
                mine = self.folder / path.name
                if cell is None:
                    damaged += 1
                elif _holds(_cell(mine), cell):
                    present += 1
                else:
                    with whole_file(mine) as beside:
                        shutil.copyfile(path, beside)
                    taken += 1
        return Merged(taken, present, damaged)

    def prune(self, *, code: str) -> int:
        """Remove cells of other code and damaged ones, with what lies beside them, and what was left half written.

        Returns
        -------
        int
            Files removed.
        """
        old = [path for path, cell, _ in self.kept() if cell is None or cell.code != code]
        living = {path.stem for path, _, _ in self.kept()} - {path.stem for path in old}
        old += [path for path in self.folder.iterdir() if path.suffix == LOSSES and path.stem not in living]
        old += [path for path in self.folder.iterdir() if path.name.endswith(_PART) and _left(path)]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)


def _arrays(cell: Cell, outcome: Outcome) -> dict[str, Any]:
    groups = [outcome.findings, *outcome.by_entry.values(), *outcome.others.values()]
    rows = [(group, name, finding) for group, findings in enumerate(groups) for name, finding in findings.items()]
    about = {
        "key": cell.key(),
        "cell": asdict(cell),
        "entries": list(outcome.by_entry),
        "thieves": list(outcome.others),
        "rows": [(group, name) for group, name, _ in rows],
        "hypothetical": outcome.hypothetical,
        "ledger": outcome.ledger,
        "compromises": outcome.compromises,
    }
    findings = [finding for _, _, finding in rows]
    return {
        "about": np.frombuffer(json.dumps(about).encode(), np.uint8),
        "numbers": np.array([(f.numerator, f.denominator, f.pool.weight) for f in findings]),
        "sizes": np.array([len(f.pool.values) for f in findings], np.int64),
        "values": np.concatenate([f.pool.values for f in findings]),
    }


def _read(path: Path) -> dict[str, Any] | None:
    """What is in a file of a store, None if it cannot be read or is damaged."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, packed = content[:_DIGEST], content[_DIGEST:]
    if digest != hashlib.sha256(packed).digest():
        return None
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _about(arrays: Mapping[str, Any]) -> dict[str, Any]:
    about: dict[str, Any] = json.loads(arrays["about"].tobytes())
    return about


def _cell(path: Path) -> Cell | None:
    """The cell in a file, None if it cannot be read, is damaged or is not the one of its name."""
    arrays = _read(path)
    if arrays is None:
        return None
    about = _about(arrays)
    written = about.get("cell")
    cell = Cell(**{**written, "thieves": tuple(written.get("thieves", ()))}) if written else None
    return cell if cell is not None and cell.key() == about["key"] == path.stem else None


def _holds(mine: Cell | None, other: Cell) -> bool:
    """Whether a cell that is here says all that another of the same work does."""
    return mine is not None and mine.key() == other.key() and set(other.thieves) <= set(mine.thieves)


def _left(path: Path) -> bool:
    """Nobody has written to it for an hour."""
    with suppress(OSError):
        return time.time() - path.stat().st_mtime > _LEFT_S
    return False


def _outcome(arrays: Mapping[str, Any]) -> Outcome:
    about = _about(arrays)
    ends = np.cumsum(arrays["sizes"])[:-1]
    values: list[FloatArray] = np.split(arrays["values"], ends)
    entries, thieves = about["entries"], about["thieves"]
    groups: list[dict[str, Finding]] = [{} for _ in range(1 + len(entries) + len(thieves))]
    for (group, name), numbers, own in zip(about["rows"], arrays["numbers"].tolist(), values, strict=True):
        groups[group][name] = Finding(numbers[0], numbers[1], Pool(own, numbers[2]))
    return Outcome(
        findings=groups[0],
        by_entry=dict(zip(entries, groups[1:], strict=False)),
        others=dict(zip(thieves, groups[1 + len(entries) :], strict=True)),
        hypothetical=about["hypothetical"],
        ledger=about["ledger"],
        compromises=about["compromises"],
    )

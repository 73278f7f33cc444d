"""Finished cells, one file each, named by their hash."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from nhilab.base.files import whole_file
from nhilab.base.quantities import FloatArray
from nhilab.study.cell import Cell, Finding, Outcome
from nhilab.study.intervals import Pool

_DIGEST: Final = hashlib.sha256().digest_size


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
        return self.folder / f"{cell.key()}.cell"

    def load(self, cell: Cell) -> Outcome | None:
        """Outcome of a cell, or None if it is not there or damaged."""
        try:
            content = self.path(cell).read_bytes()
        except OSError:
            return None
        digest, packed = content[:_DIGEST], content[_DIGEST:]
        if digest != hashlib.sha256(packed).digest():
            return None
        with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
            return _outcome({name: arrays[name] for name in arrays.files}, cell)

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


def _arrays(cell: Cell, outcome: Outcome) -> dict[str, Any]:
    groups = [("", outcome.findings), *outcome.by_entry.items()]
    rows = [(entry, name, finding) for entry, findings in groups for name, finding in findings.items()]
    about = {
        "key": cell.key(),
        "entries": list(outcome.by_entry),
        "rows": [(entry, name) for entry, name, _ in rows],
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


def _outcome(arrays: Mapping[str, Any], cell: Cell) -> Outcome | None:
    about = json.loads(arrays["about"].tobytes())
    if about["key"] != cell.key():
        return None
    ends = np.cumsum(arrays["sizes"])[:-1]
    values: list[FloatArray] = np.split(arrays["values"], ends)
    groups: dict[str, dict[str, Finding]] = {"": {}, **{entry: {} for entry in about["entries"]}}
    for (entry, name), numbers, own in zip(about["rows"], arrays["numbers"].tolist(), values, strict=True):
        groups[entry][name] = Finding(numbers[0], numbers[1], Pool(own, numbers[2]))
    return Outcome(
        findings=groups.pop(""),
        by_entry=groups,
        hypothetical=about["hypothetical"],
        ledger=about["ledger"],
        compromises=about["compromises"],
    )

"""Tables: frozen sets of equally long columns, the waist of the lab."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nhilab.base.errors import InputError
from nhilab.base.quantities import NEVER, SECOND

StrArray = NDArray[np.str_]


def column(dtype: str, meaning: str, unit: str = "", neutral: object = None) -> Any:
    """Declare a column of a `Table`: its dtype, what it means, its unit and its neutral value.

    ``unit="µs"`` columns are shown to people in seconds, `NEVER` as null. A column with a neutral value may
    be left out when the table is made: a mechanism that does not exist yet leaves it neutral.
    """
    metadata = {"dtype": dtype, "meaning": meaning, "unit": unit, "neutral": neutral}
    if neutral is None:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(metadata=metadata, default=None)


@dataclass(frozen=True, eq=False, kw_only=True)
class Table:
    """Columns of one length; the row number is the id. Subclasses declare columns with `column`."""

    frame_name: ClassVar[str] = "table"

    def __post_init__(self) -> None:
        given = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        lengths = {len(v) for v in given.values() if v is not None}
        if len(lengths) != 1:
            raise ValueError(f"{type(self).__name__}: columns of lengths {sorted(lengths)}")
        n = lengths.pop()
        for field in dataclasses.fields(self):
            dtype = np.dtype(field.metadata["dtype"])
            value = given[field.name]
            array = np.full(n, field.metadata["neutral"], dtype) if value is None else np.array(value, dtype)
            array.setflags(write=False)
            object.__setattr__(self, field.name, array)

    def __len__(self) -> int:
        return len(getattr(self, dataclasses.fields(self)[0].name))

    @classmethod
    def of(cls, **columns: Any) -> Self:
        """The table of columns given as lists or arrays of any numeric type; they take the declared dtypes."""
        return cls(**columns)

    @classmethod
    def empty(cls) -> Self:
        """The table with no rows."""
        return cls(**{f.name: np.empty(0, f.metadata["dtype"]) for f in dataclasses.fields(cls)})

    def columns(self) -> dict[str, NDArray[Any]]:
        """Columns by name, in their declared order."""
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}

    def frame(self) -> pl.DataFrame:
        """The table for people: a row id, float seconds for µs, null for `NEVER`."""
        shown: dict[str, pl.Series] = {"id": pl.Series("id", np.arange(len(self), dtype=np.int32))}
        for field in dataclasses.fields(self):
            array = getattr(self, field.name)
            if field.metadata["unit"] == "µs":
                seconds = pl.Series(field.name, array / SECOND)
                shown[field.name] = seconds.set(pl.Series(array >= NEVER), None)
            else:
                shown[field.name] = _series(field.name, array)
        return pl.DataFrame(shown)

    def update(self, digest: Any) -> None:
        """Feed names, dtypes and bytes to a hashlib digest."""
        for name, array in self.columns().items():
            digest.update(f"{name}:{len(array)}:{array.dtype.kind}".encode())
            if array.dtype.kind == "U":
                digest.update(np.char.str_len(array).astype(np.int64).data)
                digest.update("".join(array.tolist()).encode())
            else:
                digest.update(np.ascontiguousarray(array).data)

    def write(self, path: Path) -> None:
        """Write the exact columns (µs, not seconds) as one Parquet file.

        Raises
        ------
        InputError
            If it cannot be written whole, as on a full disk.
        """
        frame = pl.DataFrame([_series(name, array) for name, array in self.columns().items()])
        try:
            frame.write_parquet(path, compression="zstd", statistics=False)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise InputError(path, "", str(error), "a disk with room for it that can be written") from error

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what `write` wrote.

        Raises
        ------
        InputError
            If the file is not Parquet or lacks a column.
        """
        try:
            frame = pl.read_parquet(path)
        except Exception as error:
            raise InputError(path, "", type(error).__name__, "a Parquet file of this lab") from error
        names = [f.name for f in dataclasses.fields(cls)]
        for name in names:
            if name not in frame.columns:
                raise InputError(path, f"column {name}", "nothing", f"columns {', '.join(names)}")
        return cls(**{name: frame[name].to_numpy() for name in names})


_Kind = TypeVar("_Kind", bound=Table)


def joined(tables: list[_Kind]) -> _Kind:
    """The rows of tables of one kind, one table after the other."""
    kind = type(tables[0])
    names = [f.name for f in dataclasses.fields(kind)]
    return kind(**{name: np.concatenate([getattr(table, name) for table in tables]) for name in names})


def _series(name: str, array: NDArray[Any]) -> pl.Series:
    return pl.Series(name, array.tolist(), pl.String) if array.dtype.kind == "U" else pl.Series(name, array)


def digest_of(*tables: Table) -> str:
    """SHA-256 over the exact content of tables, in order."""
    digest = hashlib.sha256()
    for table in tables:
        digest.update(type(table).__name__.encode())
        table.update(digest)
    return digest.hexdigest()
